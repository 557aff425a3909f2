"""The charts: sums by hand, limits by simulation, false alarms as promised, and what they cannot see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.model.cusum import (
    Chart,
    Limits,
    _path,
    blind_spots,
    limits_for,
    poisson_chart,
    share_chart,
)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=40))
@settings(max_examples=60)
def test_the_sum_starts_again_at_nought_whenever_it_falls_below(gains):
    by_hand, total = [], 0.0
    for gain in gains:
        total = max(0.0, total + gain)
        by_hand.append(total)
    assert np.allclose(_path(np.array(gains)), by_hand, atol=1e-9)


def test_one_month_by_hand():
    chart = poisson_chart(["2025-01-31"], np.array([15.0]), np.array([10.0]), 1e6)
    assert chart.up[0] == pytest.approx(15 * np.log(1.5) - 10 * 0.5)
    assert chart.down[0] == 0.0


def test_limits_agree_with_the_published_design():
    # methods 10: 2.25 to 2.75 for one side; here both sides together share the false alarms, so they lie a little higher
    for expected, one_side in ((3, 2.25), (5, 2.5), (15, 2.75), (40, 2.25)):
        found = limits_for(float(expected), reference=1e6)
        assert one_side - 0.2 < found.up < one_side + 1.0
        assert one_side - 0.2 < found.down < one_side + 1.1


@pytest.mark.parametrize("expected", [4.0, 15.0])
def test_nothing_changed_gives_an_alarm_once_in_five_years_or_more_rarely(expected):
    rng = np.random.default_rng(5)
    runs = 300
    alarms = sum(
        poisson_chart(np.arange("2020-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]"),
                      rng.poisson(expected, 60).astype(float), np.full(60, expected), 1e6).signal_on is not None
        for _ in range(runs))
    # A mean run of 60 months without a signal means 63 % signalled within 60 months.
    assert alarms / runs < 0.63 + 3 * np.sqrt(0.63 * 0.37 / runs)


def test_an_unsure_expectation_asks_for_more_evidence():
    assert limits_for(15.0, reference=50).up > limits_for(15.0, reference=1e6).up


def test_half_as_many_again_is_seen_in_months_and_a_tenth_more_is_not():
    table = blind_spots(15.0, reference=1e6).set_index("change")
    assert table.loc[1.5, "median_months"] <= 4
    assert table.loc[1.1, "missed_share"] > 0.4
    small = blind_spots(3.0, reference=1e6).set_index("change")
    assert small.loc[1.25, "missed_share"] > table.loc[1.25, "missed_share"]


def test_a_share_that_jumps_is_seen_and_dated():
    weeks = np.arange("2024-01-01", "2025-06-30", 7, dtype="datetime64[D]")
    trials = np.full(len(weeks), 30.0)
    hits = np.where(np.arange(len(weeks)) < 40, 7.0, 14.0)
    chart = share_chart(weeks, hits, trials, 7 / 30, 1000)
    assert chart.direction == "more" and chart.stands
    assert 40 <= int(np.flatnonzero(weeks == chart.signal_on)[0]) <= 46
    assert abs(chart.since - 40) <= 1
    ratio, low, high = chart.ratio(chart.since)
    assert low < 2.0 < high and ratio == pytest.approx(2.0, abs=0.2)


def test_a_signal_that_faded_no_longer_stands():
    weeks = np.arange("2024-01-01", "2026-06-29", 7, dtype="datetime64[D]")
    hits = np.full(len(weeks), 7.0)
    hits[10:25] = 15.0
    chart = share_chart(weeks, hits, np.full(len(weeks), 30.0), 7 / 30, 1000)
    assert chart.signal_on is not None and not chart.stands


def test_a_chart_without_periods_says_nothing():
    chart = poisson_chart([], np.zeros(0), np.zeros(0), 100)
    assert chart.signal_on is None and not chart.stands and chart.direction == ""
    assert np.isnan(chart.ratio()[0])


def test_fewer_is_told_from_more():
    days = np.arange("2024-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]")
    chart = Chart(days, np.zeros(12), np.full(12, 5.0), np.zeros(12), np.linspace(0.5, 6, 12), Limits(3, 3))
    assert chart.direction == "fewer"
    assert chart.ratio()[0] == 0.0 and chart.ratio()[2] < 0.2
