"""Rate ratios adjusted together: against statsmodels, against arithmetic by hand, and for what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.causes.penalised import fit_rates


def drawn(seed: int, rows: int = 3_000, families: int = 700, strength: float = 0.8):
    """Return rows of families that differ, with a flag that multiplies the hazard by exp(strength)."""
    rng = np.random.default_rng(seed)
    family = rng.integers(0, families, rows)
    flag, amount = rng.random(rows) < 0.3, rng.normal(size=rows)
    length = rng.uniform(0.2, 1.5, rows)
    rate = length * np.exp(-2.5 + strength * flag + 0.3 * amount + 0.4 * rng.normal(size=families)[family])
    event = (rng.random(rows) < -np.expm1(-rate)).astype(float)
    return np.column_stack([np.ones(rows), flag, amount]), event, length, family


def test_without_the_prior_it_is_the_complementary_log_log_model_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    design, event, length, family = drawn(1)
    ours = fit_rates(design, event, length, family, free=3)
    link = sm.families.links.CLogLog()
    theirs = sm.GLM(event, design, sm.families.Binomial(link=link), offset=np.log(length)).fit(tol=1e-12)
    assert np.allclose(ours.coefficient, theirs.params, atol=1e-6)
    # Fisher scoring keeps the expected information, as a GLM of statsmodels does.
    assert np.allclose(np.sqrt(ours.model_variance), theirs.bse, rtol=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-9)


def test_the_spread_between_families_is_that_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    design, event, length, family = drawn(2)
    ours = fit_rates(design, event, length, family, free=3)
    link = sm.families.links.CLogLog()
    # Independence working correlation in GEE: the same estimates, and the same sandwich without our factor.
    theirs = sm.GEE(event, design, family, family=sm.families.Binomial(link=link), offset=np.log(length)).fit(
        ctol=1e-10, maxiter=200)
    number = len(np.unique(family))
    assert np.allclose(ours.coefficient, theirs.params, atol=1e-5)
    assert np.allclose(ours.covariance * (number - 1) / number, theirs.cov_params(), rtol=2e-3, atol=1e-7)


def test_the_prior_is_that_of_one_event_and_pulls_towards_no_difference():
    # Log-F(1, 1): the slope of the penalised likelihood is zero where the score is sigma(b) - 1/2.
    design, event, length, family = drawn(3, rows=400)
    fit = fit_rates(design, event, length, family)
    rate = np.exp(design @ fit.coefficient) * length
    slope = np.where(event > 0, rate / np.expm1(rate), -rate)
    at = fit.coefficient[1:]
    assert np.allclose((design.T @ slope)[1:], 1 / (1 + np.exp(-at)) - 0.5, atol=1e-4)
    free = fit_rates(design, event, length, family, free=3)
    assert abs(fit.coefficient[1]) < abs(free.coefficient[1])


def test_nobody_exposed_appealed_and_the_ratio_is_still_finite_and_widely_uncertain():
    event = np.array([1.0] * 10 + [0.0] * 190)
    flag = np.array([0.0] * 180 + [1.0] * 20)
    fit = fit_rates(np.column_stack([np.ones(200), flag]), event, np.ones(200), np.arange(200))
    low, high = fit.coefficient[1] + np.array([-1.96, 1.96]) * fit.standard_error[1]
    assert -5 < fit.coefficient[1] < 0
    assert low < 0 < high


def test_rows_of_one_family_are_not_taken_for_evidence_of_their_own():
    design, event, length, family = drawn(4, rows=600, families=600)
    five = [np.repeat(part, 5, axis=0) for part in (design, event, length, family)]
    one, all_five = fit_rates(design, event, length, family, free=3), fit_rates(*five, free=3)
    assert np.allclose(one.coefficient, all_five.coefficient, atol=1e-6)
    assert np.allclose(one.covariance, all_five.covariance, rtol=1e-4)
    assert all_five.model_variance[1] < 0.3 * one.model_variance[1]
    assert np.all(all_five.standard_error >= np.sqrt(all_five.model_variance))


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), times=st.floats(0.1, 20))
def test_the_unit_of_time_does_not_matter(seed, times):
    design, event, length, family = drawn(seed, rows=300, families=80)
    event[:3] = 1.0
    one, other = fit_rates(design, event, length, family), fit_rates(design, event, length * times, family)
    assert np.allclose(one.coefficient[1:], other.coefficient[1:], atol=1e-5)
    assert one.coefficient[0] == pytest.approx(other.coefficient[0] + np.log(times), abs=1e-5)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_a_period_without_an_event_may_be_cut_in_two(seed):
    design, event, length, family = drawn(seed, rows=300, families=80)
    event[:3] = 1.0
    quiet = np.flatnonzero(event == 0)
    cut = length.copy()
    cut[quiet] *= 0.4
    whole = fit_rates(design, event, length, family)
    parts = fit_rates(np.vstack([design, design[quiet]]), np.r_[event, np.zeros(len(quiet))],
                      np.r_[cut, length[quiet] * 0.6], np.r_[family, family[quiet]])
    assert np.allclose(whole.coefficient, parts.coefficient, atol=1e-5)


def test_rows_without_an_event_are_refused():
    with pytest.raises(ValueError, match="no event"):
        fit_rates(np.ones((5, 1)), np.zeros(5), np.ones(5), np.arange(5))
