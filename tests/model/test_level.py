"""Levels: a line fitted by hand, and an update that trusts few appeals little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dispute_risk.model.level import chance, fit_line, fit_lines, level_difference, log_odds, shrunk_level_update


def test_the_line_is_that_of_a_generalised_linear_model():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(0)
    values = rng.integers(0, 9, 4000).astype(float)
    outcome = (rng.random(4000) < chance(-3 + 0.4 * values)).astype(float)
    expected = sm.GLM(outcome, sm.add_constant(values), family=sm.families.Binomial()).fit().params
    assert np.allclose(fit_line(values, outcome), expected, atol=1e-4)


def test_more_points_can_never_mean_less_risk():
    values, outcome = np.repeat([0.0, 1.0], 50), np.r_[np.ones(25), np.zeros(75)]
    assert fit_line(values, outcome)[1] < 0
    level, slope = fit_line(values, outcome, slope_at_least=0.0)
    assert slope == 0 and chance(np.array(level)) == pytest.approx(0.25)


def test_lines_fitted_together_are_those_fitted_one_by_one():
    rng = np.random.default_rng(5)
    values, outcome = rng.integers(0, 7, 900).astype(float), (rng.random(900) < 0.1).astype(float)
    weights = rng.integers(0, 4, (900, 3)) * 0.5
    together = fit_lines(values, outcome, weights, slope_at_least=0.0)
    alone = [fit_line(values, outcome, weight, slope_at_least=0.0) for weight in weights.T]
    assert np.allclose(together, alone, rtol=1e-9, atol=1e-9)
    assert any(slope > 0 for _, slope in together)


def test_a_line_through_rows_that_are_all_alike_is_their_rate():
    level, slope = fit_line(np.full(10, 3.0), np.r_[1.0, np.zeros(9)])
    assert slope == 0 and chance(np.array(level)) == pytest.approx(0.1)


def test_a_line_that_separates_stays_finite():
    level, slope = fit_line(np.array([0.0, 0, 1, 1]), np.array([0.0, 0, 1, 1]))
    assert np.isfinite([level, slope]).all() and slope > 2


@given(some.floats(-3, 3), some.integers(0, 10**6))
def test_after_the_level_difference_expected_equals_observed(off, seed):
    rng = np.random.default_rng(seed)
    reach = rng.normal(-3, 1, 500)
    outcome = (rng.random(500) < chance(reach + off)).astype(float)
    if 0 < outcome.sum() < 500:
        assert chance(reach + level_difference(reach, outcome)).sum() == pytest.approx(outcome.sum(), rel=1e-6)


def test_the_update_is_shrunk_by_the_number_of_appeals():
    reach, outcome = np.full(1000, -4.0), np.zeros(1000)
    outcome[:40] = 1
    raw = level_difference(reach, outcome)
    cases = np.arange(1000)
    assert shrunk_level_update(reach, outcome, cases) == pytest.approx(raw * 0.09 / (0.09 + 1 / 40))
    one_case = np.where(outcome == 1, 0, cases + 1)
    assert shrunk_level_update(reach, outcome, one_case) == pytest.approx(raw * 0.09 / (0.09 + 1))


def test_log_odds_and_chance_undo_each_other():
    reach = np.linspace(-20, 20, 41)
    assert np.allclose(log_odds(chance(reach)), reach, atol=1e-6)
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
