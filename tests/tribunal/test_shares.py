"""Pooling against its closed form and limits, its coverage in simulation, and Aalen-Johansen against hand counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.tribunal.shares import KAPPA, KAPPAS, aalen_johansen, fitted_kappa, pooled_shares

PRIOR = np.array([0.32, 0.67, 0.01])


@settings(deadline=None)
@given(st.lists(st.integers(0, 300), min_size=3, max_size=3), st.floats(0.1, 500))
def test_posterior_mean_is_the_closed_form(counts: list[int], kappa: float) -> None:
    pooled = pooled_shares(counts, PRIOR, kappa)
    expected = (np.array(counts) + kappa * PRIOR) / (sum(counts) + kappa)
    np.testing.assert_allclose(pooled.shares, expected, rtol=1e-12)
    assert pooled.shares.sum() == pytest.approx(1)
    low, high = pooled.interval.T
    assert np.all(low <= high) and np.all(low >= 0) and np.all(high <= 1)


def test_limits_of_the_strength() -> None:
    np.testing.assert_allclose(pooled_shares([10, 25, 5], PRIOR, 1e-9).shares, [0.25, 0.625, 0.125], atol=1e-6)
    np.testing.assert_allclose(pooled_shares([10, 25, 5], PRIOR, 1e9).shares, PRIOR, atol=1e-6)
    np.testing.assert_allclose(pooled_shares([0, 0, 0], PRIOR, 20).shares, PRIOR, atol=1e-12)


def test_wrong_input_is_refused() -> None:
    for counts, prior, kappa in (
        ([1, 2], PRIOR, 1), ([-1, 2, 3], PRIOR, 1), ([1, 2, 3], [1, 0, 0], 1), ([1, 2, 3], PRIOR, -1),
    ):
        with pytest.raises(ValueError, match="counts"):
            pooled_shares(counts, prior, kappa)


def test_intervals_cover_as_often_as_they_say() -> None:
    # Authorities drawn from the prior the pooling assumes: 80 % intervals must cover the truth 75 to 85 times in 100.
    random, prior, kappa = np.random.default_rng(7), np.array([0.3, 0.6, 0.1]), 20.0
    covered = []
    for _ in range(1000):
        truth = random.dirichlet(kappa * prior)
        low, high = pooled_shares(random.multinomial(60, truth), prior, kappa).interval.T
        covered.append((low <= truth) & (truth <= high))
    assert np.all(np.abs(np.mean(covered, axis=0) - 0.8) < 0.05)


def test_strength_is_estimated_only_from_enough_appeals() -> None:
    assert fitted_kappa(np.array([[10, 20, 1], [30, 60, 2]]), PRIOR) == KAPPA
    random, prior = np.random.default_rng(3), np.array([0.3, 0.6, 0.1])
    alike = np.array([random.multinomial(400, prior) for _ in range(9)])
    apart = np.array([random.multinomial(400, random.dirichlet(3 * prior)) for _ in range(9)])
    assert fitted_kappa(alike, prior) == max(KAPPAS)
    assert fitted_kappa(apart, prior) <= 10


def test_aalen_johansen_without_open_appeals_is_the_plain_share() -> None:
    shares = aalen_johansen([10, 20, 20, 30], ["a", "b", "a", "b"], ["a", "b"])
    assert shares == pytest.approx({"a": 0.5, "b": 0.5})


def test_aalen_johansen_by_hand() -> None:
    # Day 10: one of four ends by a: 1/4. Day 20: one is open and leaves. Day 30: one of the two left ends by b, 3/4 x
    # 1/2.
    shares = aalen_johansen([10, 20, 30, 40], ["a", "", "b", ""], ["a", "b"])
    assert shares == pytest.approx({"a": 0.25, "b": 0.375})
