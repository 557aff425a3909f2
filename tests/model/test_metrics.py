"""Figures checked against scikit-learn, statsmodels, or by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from dispute_risk.model import metrics
from dispute_risk.model.level import chance


def drawn(rows=5000, seed=0):
    rng = np.random.default_rng(seed)
    reach = rng.normal(-3, 1, rows)
    return (rng.random(rows) < chance(reach)).astype(float), chance(reach), rng.integers(0, rows // 5, rows)


@settings(max_examples=50, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 1), some.integers(1, 9)), min_size=5, max_size=60))
def test_ranking_figures_are_those_of_scikit_learn_with_ties(pairs):
    outcome, risk = np.array(pairs, dtype=float).T
    if 0 < outcome.sum() < len(outcome):
        assert metrics.average_precision(outcome, risk) == pytest.approx(average_precision_score(outcome, risk))
        assert metrics.area_under_curve(outcome, risk) == pytest.approx(roc_auc_score(outcome, risk))


def test_losses_are_those_of_scikit_learn():
    outcome, risk, _ = drawn()
    assert metrics.log_loss(outcome, risk) == pytest.approx(sklearn_log_loss(outcome, risk))
    base = brier_score_loss(outcome, np.full(len(outcome), outcome.mean()))
    assert metrics.scaled_brier(outcome, risk) == pytest.approx(1 - brier_score_loss(outcome, risk) / base)
    assert metrics.skill(outcome, np.full(len(outcome), outcome.mean())) == pytest.approx(0, abs=1e-12)


def test_true_risks_are_found_calibrated_and_halved_log_odds_are_not():
    outcome, risk, family = drawn(40000)
    line = metrics.calibration_line(outcome, risk, family)
    assert line.slope_range[0] < 1 < line.slope_range[1] and line.intercept_range[0] < 0 < line.intercept_range[1]
    off = metrics.calibration_line(outcome, chance(np.log(risk / (1 - risk)) * 2 + 3), family)
    assert off.slope == pytest.approx(line.slope / 2, rel=1e-3) and off.slope_range[1] < 0.8


def test_the_range_of_the_slope_is_the_clustered_one_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    outcome, risk, family = drawn()
    line = metrics.calibration_line(outcome, risk, family)
    columns = sm.add_constant(np.log(risk / (1 - risk)))
    fit = sm.GLM(outcome, columns, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": family, "use_correction": False})
    assert line.slope == pytest.approx(fit.params[1], abs=1e-4)
    assert (line.slope_range[1] - line.slope) / 1.96 == pytest.approx(fit.bse[1], rel=1e-3)


def test_the_curve_is_near_for_true_risks_and_far_for_doubled_ones():
    outcome, risk, _ = drawn(40000)
    near, _ = metrics.curve_differences(outcome, risk)
    far, ninetieth = metrics.curve_differences(outcome, 2 * risk / (1 + risk))
    assert near < 0.006 < 0.03 < far < ninetieth


def test_the_calibration_table_shares_out_expected_appeals():
    outcome, risk, _ = drawn(20000)
    table = metrics.calibration_table(outcome, risk)
    assert table["rows"].sum() == 20000 and (np.diff(table["risk"]) > 0).all()
    expected = table["rows"] * table["risk"]
    assert np.allclose(expected, expected.mean(), rtol=0.05)
    assert ((table["low"] <= table["observed"]) & (table["observed"] <= table["high"])).all()


def test_net_benefit_by_hand():
    outcome, risk = np.array([1.0, 0, 0, 1]), np.array([0.5, 0.5, 0.1, 0.1])
    assert metrics.net_benefit(outcome, risk, 0.2) == pytest.approx(0.25 - 0.25 * 0.25)


def test_families_are_drawn_whole():
    family = np.repeat(np.arange(200), 5)
    value = np.repeat(np.random.default_rng(6).normal(size=200), 5)
    sums = metrics.bootstrap_families(family, {"value": value, "rows": np.ones(1000)}, 2000)
    assert (sums["rows"] == 1000).all()
    assert (sums["value"] / 1000).std() == pytest.approx(value[::5].std() / np.sqrt(200), rel=0.08)


def test_average_precision_of_draws_is_that_of_rows_repeated():
    outcome, risk, family = drawn(400, 7)
    risk = np.round(risk, 2)
    drawn_ap = metrics.bootstrap_average_precision(outcome, risk, family, 3, random_state=8)
    weights = np.random.default_rng(8).multinomial(
        len(np.unique(family)), np.full(len(np.unique(family)), 1 / len(np.unique(family))), size=3)
    place = np.unique(family, return_inverse=True)[1]
    for repeat in range(3):
        weight = weights[repeat][place]
        expected = average_precision_score(np.repeat(outcome, weight), np.repeat(risk, weight))
        assert drawn_ap[repeat] == pytest.approx(expected, rel=1e-4)
