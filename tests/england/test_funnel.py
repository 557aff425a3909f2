"""The funnel calls noise noise, and finds what is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dispute_risk.england.funnel import POSITIONS, funnel, funnel_of_counts
from dispute_risk.england.published import published


def authorities(spread: float, number: int = 150, rate: float = 0.03, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    base = draw.integers(400, 12_000, number)
    middle = np.arcsin(np.sqrt(rate)) + spread * draw.standard_normal(number)
    return pd.DataFrame({"count": draw.binomial(base, np.sin(middle) ** 2), "base": base},
                        index=[f"Authority {index}" for index in range(number)])


def test_chance_alone_is_not_called_a_spread():
    quiet = [funnel_of_counts(authorities(0, seed=seed), "x", "y", 2024) for seed in range(40)]
    assert np.mean([result.tau == 0 for result in quiet]) > 0.9
    outside = np.mean([(result.table["position"] != "chance").mean() for result in quiet])
    assert 0.03 < outside < 0.07


def test_about_one_in_twenty_lies_outside_where_nothing_is_unusual():
    results = [funnel_of_counts(authorities(0.04, seed=seed), "x", "y", 2024) for seed in range(40)]
    outside = np.mean([result.table["position"].isin(["unusual", "far_out"]).mean() for result in results])
    assert 0.03 < outside < 0.07
    assert np.mean([result.tau for result in results]) == pytest.approx(0.04, rel=0.1)


def test_one_authority_far_out_is_found_and_does_not_widen_the_limits():
    table = authorities(0.02)
    before = funnel_of_counts(table, "x", "y", 2024)
    table.loc["Authority 7", "count"] = int(0.15 * table.loc["Authority 7", "base"])
    after = funnel_of_counts(table, "x", "y", 2024)
    assert after.table.loc["Authority 7", "position"] == "far_out"
    assert after.table.loc["Authority 7", "rank"] == 1
    assert after.tau < 1.25 * before.tau


def test_limits_narrow_with_size_hold_england_and_nest():
    result = funnel_of_counts(authorities(0.04), "x", "y", 2024)
    sizes = np.array([100, 1_000, 10_000])
    chance_low, chance_high = result.limits(sizes, chance_only=True)
    low, high = result.limits(sizes)
    wide_low, wide_high = result.limits(sizes, 3.090232)
    assert (np.diff(high - low) < 0).all()
    assert (wide_low <= low).all() and (low <= chance_low).all() and (chance_low < result.target).all()
    assert (result.target < chance_high).all() and (chance_high <= high).all() and (high <= wide_high).all()


def test_chance_limits_hold_95_in_100_binomial_counts():
    result = funnel_of_counts(authorities(0.04), "x", "y", 2024)
    base = 3_000
    low, high = result.limits([base], chance_only=True)
    draws = 100 * np.random.default_rng(1).binomial(base, result.target / 100, 20_000) / base
    assert 0.93 < ((low[0] <= draws) & (draws <= high[0])).mean() < 0.97


def test_multiplicative_limits_flag_large_authorities_more_than_additive():
    table = authorities(0.04, seed=3)
    additive = funnel_of_counts(table, "x", "y", 2024)
    multiplied = funnel_of_counts(table, "x", "y", 2024, "multiplicative")
    large = table["base"] > 8_000
    def outside(result):
        return result.table.loc[large, "position"].isin(["unusual", "far_out"]).mean()
    assert outside(multiplied) > outside(additive)


def test_empty_and_full_counts_do_not_break_it():
    table = authorities(0.04)
    table.iloc[0, 0], table.iloc[1, 0] = 0, table.iloc[1, 1]
    result = funnel_of_counts(table, "x", "y", 2024)
    assert np.isfinite(result.table[["z_chance", "z_spread", "rate"]]).all().all()


def test_positions_of_the_pilot_authorities_in_2024():
    result = funnel("appeal_rate_old_base", 2024)
    assert result.table.loc[["Surrey", "Devon", "Tameside"], "position"].tolist() == ["ordinary"] * 3
    assert result.table["position"].isin(POSITIONS).all()
    assert 20 < result.phi < 60
    assert "3.2" in result.summary()


def test_a_funnel_needs_ten_authorities_and_a_known_method():
    with pytest.raises(ValueError, match="ten"):
        funnel("appeal_rate_new_base", 2019, published())
    with pytest.raises(ValueError, match="additive"):
        funnel_of_counts(authorities(0), "x", "y", 2024, "guess")
