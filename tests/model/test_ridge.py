"""The ridge between its two ends: the points, and an ordinary logistic regression."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import minimize

from dispute_risk.model.corrections import curvature_of, fit_corrections
from dispute_risk.model.level import chance
from dispute_risk.model.points import PointsModel
from dispute_risk.model.ridge import PointsAnchoredRidge, fit_ridge
from dispute_risk.model.rows import choose_simplest, folds_of, training_rows


@pytest.fixture(scope="module")
def fitted(landmarks, catalogue):
    return PointsAnchoredRidge(catalogue, n_refits=10).fit(landmarks.features, landmarks.outcome, landmarks.family)


def test_with_an_endless_penalty_it_is_the_points(landmarks, catalogue):
    ridge = PointsAnchoredRidge(catalogue, penalties=(1e12,)).fit(landmarks.features, landmarks.outcome)
    values = landmarks.features.to_numpy(dtype=float)
    points = PointsModel.fit(catalogue.names, values, landmarks.outcome.astype(float))
    expected = chance(points.log_odds(catalogue.names, values))
    assert np.allclose(ridge.predict_proba(landmarks.features)[:, 1], expected, atol=1e-6)


def test_without_a_penalty_it_is_a_generalised_linear_model():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3000, 4)) * [1, 10, 0.1, 3]
    y = (rng.random(3000) < chance(-2 + X @ [0.5, -0.05, 4, 0])).astype(float)
    expected = sm.GLM(y, sm.add_constant(X), family=sm.families.Binomial()).fit().predict(sm.add_constant(X))
    ridge = PointsAnchoredRidge(penalties=(1e-9,)).fit(X, y)
    assert np.abs(ridge.predict_proba(X)[:, 1] - expected).max() < 1e-4


def test_within_limits_the_answer_is_that_of_a_general_minimiser():
    rng = np.random.default_rng(2)
    columns, offset = rng.normal(size=(400, 5)), rng.normal(-1, 0.5, 400)
    outcome = (rng.random(400) < chance(offset + columns @ [1, -1, 0.5, -0.5, 0])).astype(float)
    lower = np.array([-np.inf, -0.2, 0.0, 0.0, -np.inf])
    upper = np.array([0.3, np.inf, np.inf, np.inf, np.inf])

    def loss(at):
        reach = offset + at[0] + columns @ at[1:]
        return np.sum(np.logaddexp(0, reach) - outcome * reach) + 2.5 * np.sum(at[1:] ** 2)

    bounds = [(None, None), *zip(lower, upper, strict=True)]
    expected = minimize(loss, np.zeros(6), method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9})
    found = fit_corrections(columns, outcome, np.ones((400, 1)), offset[:, None], np.array([5.0]),
                            lower[:, None], upper[:, None], tolerance=1e-10, refresh_every=True)
    assert found.converged
    assert np.allclose(found.solution[:, 0], expected.x, atol=2e-4)
    assert loss(found.solution[:, 0]) <= expected.fun + 1e-8


def test_many_fits_side_by_side_are_the_same_as_one_by_one():
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(500, 3))
    outcome = (rng.random(500) < 0.2).astype(float)
    weight, free = rng.integers(0, 3, (500, 4)).astype(float), np.full((3, 4), np.inf)
    penalty = np.array([1.0, 10, 100, 1000])
    together = fit_corrections(columns, outcome, weight, np.zeros((500, 4)), penalty, -free, free, tolerance=1e-10)
    for fit in range(4):
        alone = fit_corrections(columns, outcome, weight[:, [fit]], np.zeros((500, 1)), penalty[[fit]],
                                -free[:, [fit]], free[:, [fit]], tolerance=1e-10)
        assert np.allclose(together.solution[:, fit], alone.solution[:, 0], atol=1e-6)


def test_where_the_steps_begin_and_whose_curvature_they_take_does_not_change_the_answer():
    rng = np.random.default_rng(4)
    columns = rng.normal(size=(600, 4))
    outcome = (rng.random(600) < chance(columns[:, 0] - 2)).astype(float)
    lower, upper = np.full((4, 2), -np.inf), np.full((4, 2), np.inf)
    lower[1], upper[2] = 0.0, 0.0
    given = (columns, outcome, np.ones((600, 2)), np.zeros((600, 2)), np.array([3.0, 300.0]), lower, upper)
    plain = fit_corrections(*given, tolerance=1e-10)
    elsewhere = fit_corrections(*given, tolerance=1e-10, start=np.clip(rng.normal(size=(5, 2)), -0.3, 0.3),
                                curvature={0: curvature_of(columns, np.full(600, 0.25))},
                                curvature_group=np.zeros(2, dtype=int))
    assert plain.converged and elsewhere.converged
    assert np.allclose(elsewhere.solution, plain.solution, atol=1e-7)
    assert np.allclose(elsewhere.reach, plain.solution[0] + columns @ plain.solution[1:], atol=1e-6)
    assert (plain.solution[2] >= 0).all() and (plain.solution[3] <= 0).all()


def test_the_held_out_log_odds_know_nothing_of_the_outcomes_held_out(landmarks, catalogue):
    rows = training_rows(PointsAnchoredRidge(catalogue), landmarks.features, landmarks.outcome, landmarks.family, None,
                         catalogue)
    fold = folds_of(rows, 4, 0)
    turned = replace(rows, outcome=np.where(fold == 2, 1 - rows.outcome, rows.outcome))
    one, other = (fit_ridge(each, catalogue, penalties=(30.0,), fold=fold) for each in (rows, turned))
    assert np.abs(one.out_of_fold - other.out_of_fold)[fold == 2].max() < 1e-3
    assert np.abs(one.out_of_fold - other.out_of_fold)[fold != 2].mean() > 0.1
    assert np.array_equal(one.points_out_of_fold[fold == 2], other.points_out_of_fold[fold == 2])


@settings(max_examples=40, deadline=None)
@given(row=some.integers(0, 10**6), more=some.floats(0.1, 50), which=some.integers(0, 20))
def test_worsening_what_law_fixes_never_lowers_the_risk(fitted, landmarks, catalogue, row, more, which):
    fixed = [feature for feature in catalogue if feature.direction == 1]
    feature = fixed[which % len(fixed)]
    case = landmarks.features.iloc[[row % len(landmarks)]].astype(float).fillna(0.0)
    worse = case.copy()
    worse[feature.name] = 1.0 if feature.unit == "flag" else worse[feature.name] + more
    assert fitted.decision_function(worse)[0] >= fitted.decision_function(case)[0] - 1e-9


def test_same_seed_same_numbers(landmarks, catalogue, fitted):
    again = PointsAnchoredRidge(catalogue, n_refits=10).fit(landmarks.features, landmarks.outcome, landmarks.family)
    assert again.fitted_.coefficients.tobytes() == fitted.fitted_.coefficients.tobytes()
    assert again.fitted_.refits.tobytes() == fitted.fitted_.refits.tobytes()


def test_folds_never_split_a_family_and_share_out_the_appeals(landmarks, catalogue):
    rows = training_rows(PointsAnchoredRidge(catalogue), landmarks.features, landmarks.outcome, landmarks.family, None,
                         catalogue)
    fold = folds_of(rows, 4, 0)
    assert all(len(set(fold[rows.family == family])) == 1 for family in range(0, rows.families, 50))
    counts = [len(set(rows.family[(fold == number) & (rows.outcome == 1)])) for number in range(4)]
    assert max(counts) - min(counts) <= 1


def test_a_refit_on_drawn_families_is_the_fit_with_their_weights(landmarks, catalogue, fitted):
    from dispute_risk.model.rows import family_weights

    family = np.unique(landmarks.family, return_inverse=True)[1]
    drawn = family_weights(family.max() + 1, 10, np.random.default_rng([0, 1]))[:, 0]
    weight = drawn[family]
    values = landmarks.features.to_numpy(dtype=float)
    moved = fitted.fitted_.refit_log_odds(values)[:, 0]
    alone = PointsAnchoredRidge(catalogue, penalties=(fitted.penalty_,)).fit(
        landmarks.features, landmarks.outcome, landmarks.family, sample_weight=weight)
    # columns are standardised on the drawn rows in one and on all rows in the other: near, not the same
    assert np.corrcoef(moved, alone.decision_function(landmarks.features))[0, 1] > 0.99


def test_the_simplest_model_within_chance_of_the_best_is_taken():
    family = np.repeat(np.arange(50), 2)
    rng = np.random.default_rng(0)
    good = rng.random(100)
    noise = np.where(family % 2 == 0, 0.1, -0.1)
    assert choose_simplest([good + noise + 1e-6, good], np.ones(100), family) == 0
    assert choose_simplest([good + 0.1, good], np.ones(100), family) == 1


def test_one_class_is_refused_with_words():
    with pytest.raises(ValueError, match="one class only"):
        PointsAnchoredRidge().fit(np.ones((5, 1)), np.zeros(5))
