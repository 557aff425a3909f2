"""Crude ratios and false discovery rates against other people's arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from dispute_risk.causes.crude import exact_rate_ratio, false_discovery_rates


@pytest.mark.parametrize(("ours", "time", "theirs", "other"), [(3, 40.0, 20, 900.0), (12, 100.0, 2, 50.0), (1, 5.0, 1, 5.0)])
def test_the_limits_leave_two_and_a_half_in_a_hundred_on_each_side(ours, time, theirs, other):
    ratio, low, high = exact_rate_ratio(ours, time, theirs, other)
    assert ratio == pytest.approx((ours / time) / (theirs / other))
    for limit, side in ((low, "at least"), (high, "at most")):
        chance = limit * time / (limit * time + other)
        half = binom.pmf(ours, ours + theirs, chance) / 2
        tail = binom.sf(ours, ours + theirs, chance) if side == "at least" else binom.cdf(ours - 1, ours + theirs, chance)
        assert tail + half == pytest.approx(0.025, abs=1e-6)


def test_nobody_on_one_side():
    assert exact_rate_ratio(0, 10, 4, 100)[:2] == (0.0, 0.0)
    assert exact_rate_ratio(4, 10, 0, 100)[0] == np.inf
    assert exact_rate_ratio(4, 10, 0, 100)[2] == np.inf
    assert exact_rate_ratio(4, 10, 0, 100)[1] > 1
    assert np.isnan(exact_rate_ratio(0, 10, 0, 100)).all()
    assert np.isnan(exact_rate_ratio(3, 0, 5, 100)).all()


@given(st.integers(1, 60), st.floats(1, 1e3), st.integers(1, 60), st.floats(1, 1e3))
def test_the_other_way_round_is_the_reciprocal(ours, time, theirs, other):
    ratio, low, high = exact_rate_ratio(ours, time, theirs, other)
    back = exact_rate_ratio(theirs, other, ours, time)
    assert np.allclose((ratio, low, high), (1 / back[0], 1 / back[2], 1 / back[1]), rtol=1e-6)
    assert low < ratio < high


def test_false_discovery_rates_are_those_of_statsmodels_and_blanks_stay_blank():
    multi = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.default_rng(0).uniform(size=40) ** 3
    assert np.allclose(false_discovery_rates(p), multi.multipletests(p, method="fdr_bh")[1])
    holed = np.insert(p, [3, 20], np.nan)
    assert np.allclose(false_discovery_rates(holed)[~np.isnan(holed)], false_discovery_rates(p))
    assert np.isnan(false_discovery_rates(holed)[np.isnan(holed)]).all()
    assert np.isnan(false_discovery_rates(np.array([np.nan]))).all()
