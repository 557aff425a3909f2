"""Cuts that never learn from what was not yet known."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from dispute_risk.model.rolling import rolling_blocks, validation_plan


@settings(max_examples=60, deadline=None)
@given(some.integers(1, 60), some.integers(30, 200), some.integers(0, 60), some.integers(0, 10**6))
def test_nothing_is_learned_whose_outcome_was_not_known_at_the_start_of_the_test(months, horizon, lag, seed):
    rng = np.random.default_rng(seed)
    on = (np.datetime64("2020-01", "M") + rng.integers(0, months, 300)).astype("datetime64[D]")
    known = rng.random(300) < 0.9
    blocks = rolling_blocks(on, known, horizon, lag)
    tested = np.zeros(300, dtype=int)
    for block in blocks:
        assert (on[block.train] + np.timedelta64(horizon + lag, "D") <= on[block.test].min()).all()
        assert known[block.train].all() and known[block.test].all()
        assert len(np.unique(on[block.test])) <= 3 and len(np.unique(on[block.train])) >= 12
        tested += block.test
    assert tested.max(initial=0) <= 1
    assert [block.test_from for block in blocks] == sorted(block.test_from for block in blocks)


def test_thirty_months_of_known_outcomes_are_enough_and_twenty_nine_are_not():
    for months, enough in ((30, True), (29, False)):
        on = (np.datetime64("2020-01", "M") + np.arange(months)).astype("datetime64[D]")
        assert (len(rolling_blocks(on, np.ones(months, dtype=bool), 182)) >= 4) == enough


def test_a_long_history_is_tested_on_later_dates(landmarks):
    plan = validation_plan(landmarks)
    assert plan.kind == "rolling" and len(plan.blocks) == 4 and plan.banner == ""


def test_a_short_history_falls_back_to_families_and_says_so(landmarks):
    start = landmarks.on.min()
    short = landmarks.where(landmarks.on < start + np.timedelta64(400, "D"))
    plan = validation_plan(short)
    assert plan.kind == "grouped" and plan.banner.startswith("No temporal validation")
    assert "90-day" not in plan.banner
    for block in plan.blocks:
        assert not set(short.family[block.train]) & set(short.family[block.test])
    assert sum(block.test.sum() for block in plan.blocks) == len(short)


def test_with_two_years_the_90_day_model_is_named(landmarks):
    start = landmarks.on.min()
    two_years = landmarks.where(landmarks.on < start + np.timedelta64(27 * 30, "D"))
    assert "90-day" in validation_plan(two_years).banner
    assert validation_plan(dataclasses.replace(two_years, horizon_days=90)).kind == "rolling"


def test_unknown_outcomes_are_neither_learned_from_nor_tested_on(landmarks):
    outcome = landmarks.outcome.copy()
    outcome[landmarks.on > landmarks.on.max() - np.timedelta64(180, "D")] = np.nan
    plan = validation_plan(dataclasses.replace(landmarks, outcome=outcome))
    for block in plan.blocks:
        assert not np.isnan(outcome[block.test | block.train]).any()
