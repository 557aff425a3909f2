"""The comparison of cases alike on the day finds a planted effect, refuses where it must, and agrees with DoubleML."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trials import trial

from dispute_risk.mediation.doubly_robust import by_family, doubly_robust, estimate, kish, staying_unoffered
from dispute_risk.mediation.nuisance import Nuisance, cross_fitted, family_folds, logistic


def test_finds_the_planted_effect_where_the_naive_comparison_has_the_wrong_sign():
    found = [doubly_robust(trial(seed), repeats=1) for seed in range(12)]
    naive = np.mean([one.naive.risk_difference for one in found])
    mean = np.mean([one.risk_difference for one in found])
    error = np.std([one.risk_difference for one in found]) / np.sqrt(12)
    assert naive > 0 and abs(mean + 6.0) < 3 * error + 0.5
    assert sum(one.low <= -6.0 <= one.high for one in found) >= 10


@pytest.mark.parametrize("target", ["offered", "eligible", "overlap"])
def test_right_chances_or_right_outcomes_are_enough(target):
    eligible = trial(3, count=40_000, effect=-0.05)
    risk, rows = eligible.columns[:, 0], eligible.rows
    outcome, offered, family = rows["outcome"].to_numpy(), rows["offered"].to_numpy(bool), rows["family"].to_numpy()
    chance = np.clip(1 / (1 + np.exp(-1.2 * risk)), 0.01, 0.99)
    without = np.clip(0.22 + 0.09 * risk, 0.01, 0.9)
    flat = np.full(len(risk), 0.15)
    for told in (Nuisance(chance, flat, flat), Nuisance(np.full(len(risk), 0.5), without, np.clip(without - 0.05, 0.01, 0.9))):
        found = estimate(outcome, offered, told, family, target)
        assert abs(found.value + 0.05) < 4 * found.standard_error and found.standard_error < 0.02


def test_refuses_nobody_to_compare_too_few_and_want_of_overlap():
    assert "nobody to compare" in doubly_robust(trial(everyone=True)).refusal
    few = doubly_robust(trial(count=80))
    assert not few.answers and "Too few" in few.refusal and few.naive is not None
    apart = trial(1, count=1200, choice=40.0)
    assert "Want of overlap" in doubly_robust(apart, repeats=1).refusal


def test_turns_to_overlap_weights_and_says_so_where_offers_were_all_but_certain():
    found = doubly_robust(trial(5, count=3000, choice=3.0), repeats=1)
    assert found.answers and "overlap weights" in found.whom


def test_families_are_never_split_and_widen_the_range():
    family = np.repeat(np.arange(50), 4)
    fold = family_folds(family, 5, 0)
    assert all(len(np.unique(fold[family == one])) == 1 for one in range(50))
    influence = np.repeat(np.random.default_rng(0).standard_normal(50), 4)
    assert by_family(influence, family) == pytest.approx(2 * by_family(influence, np.arange(200)), rel=0.02)


def test_those_offered_later_leave_and_others_like_them_count_for_more():
    eligible = trial(0, count=6)
    rows = eligible.rows.assign(notice=[1, 1, 1, 2, 2, 3], day=[7, 14, 21, 7, 14, 7], offered=[0, 0, 0, 0, 1, 0],
                                offered_later=[False, False, False, True, False, False])
    weight = staying_unoffered(replace(eligible, rows=rows), np.array([0.5, 0.2, 0.1, 0.5, 0.3, 0.4]))
    np.testing.assert_allclose(weight, [1 / (0.8 * 0.9), 1 / 0.9, 1, 0, 1, 1])


def test_weights_of_one_case_are_worth_one_case():
    assert kish(np.array([0.0, 5.0, 0.0])) == 1 and kish(np.ones(7)) == 7 and kish(np.zeros(3)) == 0


def test_by_decision_holds_every_kind_and_hides_small_ones():
    table = doubly_robust(trial(2), repeats=1).by_ground
    assert set(table["decision_type"]) == {"plan_issued", "refuse_to_assess"} and (table["told"] == "").all()
    assert ((table["low"] < table["risk_difference"]) & (table["risk_difference"] < table["high"])).all()


@pytest.mark.filterwarnings("ignore")  # of the other package, not of ours
def test_agrees_with_doubleml_to_a_hundredth_on_twenty_seeds():
    doubleml = pytest.importorskip("doubleml", reason="doubleml is not installed: the cross-check of the estimator is skipped")
    from sklearn.linear_model import LogisticRegression

    for seed in range(20):
        eligible = trial(seed, count=600)
        outcome, offered = eligible.rows["outcome"].to_numpy(), eligible.rows["offered"].to_numpy(bool)
        fold = family_folds(np.arange(len(outcome)), 5, seed)
        told = cross_fitted(eligible.columns, outcome, offered, np.arange(len(outcome)), fold=fold, learn_offer=logistic(1.0),
                            learn_outcome=logistic(1.0))
        data = doubleml.DoubleMLData.from_arrays(eligible.columns, outcome, offered.astype(float))
        for target, kind in (("eligible", "ATE"), ("offered", "ATTE")):
            learner = LogisticRegression(C=1.0, solver="newton-cholesky")
            model = doubleml.DoubleMLIRM(data, learner, learner, n_folds=5, score=kind, draw_sample_splitting=False)
            model.set_sample_splitting([(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in range(5)])
            model.fit()
            mine = estimate(outcome, offered, told, np.arange(len(outcome)), target)
            assert mine.value == pytest.approx(float(model.coef[0]), abs=0.01)
            assert mine.standard_error == pytest.approx(float(model.se[0]), rel=0.05)
