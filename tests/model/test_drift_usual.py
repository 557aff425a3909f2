"""What is usual for a weekly number: seasons, kinds, slow trends, and how seldom it is then wrong."""

from __future__ import annotations

import numpy as np
import pytest

from dispute_risk.model.cusum import poisson_chart
from dispute_risk.model.usual_level import GUARD_WEEKS, unevenness, usual_level, yearly_wave

WEEKS, REFERENCE = 170, 104
ENDS = 40_005 + 7 * np.arange(WEEKS)
THEN = np.arange(WEEKS) < REFERENCE


def test_a_yearly_wave_is_taken_in_only_where_it_is_sure():
    rng = np.random.default_rng(0)
    before, flat = ENDS[THEN], rng.poisson(10, REFERENCE).astype(float)
    wave = rng.poisson(10 * np.exp(0.8 * np.cos(2 * np.pi * before / 365.25))).astype(float)
    assert (yearly_wave(flat, np.full(REFERENCE, flat.mean()), before, ENDS) == 1).all()
    seen = yearly_wave(wave, np.full(REFERENCE, wave.mean()), before, ENDS)
    assert np.ptp(np.log(seen)) == pytest.approx(1.6, abs=0.4)


def test_decisions_in_batches_slow_the_chart():
    rng = np.random.default_rng(0)
    even, batches = rng.binomial(10, 0.5, REFERENCE).astype(float), 10.0 * rng.binomial(1, 0.5, REFERENCE)
    expected, decisions = np.full(REFERENCE, 5.0), np.full(REFERENCE, 10.0)
    assert unevenness(batches, expected, decisions) > 2 > unevenness(even, expected, decisions) >= 1


def test_a_pulse_of_amended_plans_moves_no_share():
    # four times as many amended plans every February, which name a school more often than first plans do
    february = (ENDS % 365) < 28
    base = np.array([np.full(WEEKS, 15.0), np.where(february, 80.0, 20.0)])
    hits = base * np.array([[0.20], [0.04]])
    found = usual_level(hits, base, ENDS, THEN, True)
    assert np.allclose(found.expected, hits.sum(axis=0), rtol=0.05)
    alike = usual_level(hits.sum(axis=0, keepdims=True), base.sum(axis=0, keepdims=True), ENDS, THEN, True)
    assert np.abs(alike.expected - hits.sum(axis=0)).max() > 3 * np.abs(found.expected - hits.sum(axis=0)).max()


def test_a_slow_trend_is_followed_and_a_jump_is_not_within_a_quarter():
    base = np.full((1, WEEKS), 100.0)
    falling = usual_level(base * 0.1 * np.exp(-0.15 * np.arange(WEEKS) / 52), base, ENDS, THEN, False)
    assert falling.expected[-1] / (10 * np.exp(-0.15 * WEEKS / 52)) < 1.13  # a fixed level would be 34 % too high
    jump = np.where(np.arange(WEEKS) < 120, 10.0, 20.0)[None]
    found = usual_level(jump, base, ENDS, THEN, False).expected
    assert np.allclose(found[120 : 120 + GUARD_WEEKS], 10, rtol=0.01)


def test_charts_started_anew_hold_the_quarter_before_to_be_usual():
    base, jump = np.full((1, WEEKS), 100.0), np.where(np.arange(WEEKS) < 120, 10.0, 20.0)[None]
    found = usual_level(jump, base, ENDS, THEN, False, anew=133)
    assert np.allclose(found.expected[133:], 20, rtol=0.05)
    assert found.events == pytest.approx(10 * GUARD_WEEKS, rel=0.01)


def test_shares_never_pass_all_decisions():
    base = np.full((1, WEEKS), 4.0)
    assert (usual_level(base * 0.99, base, ENDS, THEN, True).expected <= 4.0).all()


def test_false_alarms_are_as_rare_as_designed_with_seasons_and_a_slow_trend():
    rng = np.random.default_rng(7)
    truth = 5 * np.exp(-0.06 * np.arange(WEEKS) / 52) * np.exp(0.3 * np.cos(2 * np.pi * ENDS / 365.25))
    alarms, runs = 0, 150
    for _ in range(runs):
        hits, base = rng.poisson(truth).astype(float)[None], np.full((1, WEEKS), 100.0)
        usual = usual_level(hits, base, ENDS, THEN, False)
        chart = poisson_chart(ENDS[~THEN].astype("datetime64[D]"), hits[0, ~THEN], usual.expected[~THEN], usual.events,
                              periods_a_month=4.35, run_length_months=200, each=5.0, dispersion=1.0)
        alarms += chart.signal_on is not None
    # 66 weeks of 870: one run in thirteen
    assert alarms / runs < 0.076 + 3 * np.sqrt(0.076 * 0.924 / runs)
