"""Offers by lot: the planted effect of an offer and of meeting is found, and a lottery that was none is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from trials import trial

from dispute_risk.errors import UnusableRecords
from dispute_risk.mediation.encouragement import drawn_rows, encouragement, rationed_by_places, within


def lottery(seed: int, effect: float = -0.06, count: int = 1500):
    eligible = trial(seed, count=count, effect=effect, choice=0.0)
    listed = eligible.rows[["case_id", "on", "offered"]].rename(columns={"offered": "drawn"})
    return eligible, listed


def test_finds_the_effect_of_the_offer_and_of_meeting():
    found = []
    for seed in range(10):
        eligible, listed = lottery(seed)
        found.append(encouragement(drawn_rows(eligible, listed), random_state=seed))
    assert all(one.answers for one in found) or sum(not one.answers for one in found) <= 1
    told = [one for one in found if one.answers]
    assert sum(one.low <= -6 <= one.high for one in told) >= len(told) - 2
    assert abs(np.mean([one.risk_difference for one in told]) + 6) < 2.5
    assert abs(np.mean([one.effect_of_attending for one in told]) + 12) < 5
    assert all(one.attending_low < one.effect_of_attending < one.attending_high for one in told)
    assert all(0 < one.details["redraws"]["p"].item() <= 1 for one in told)


def test_a_lottery_that_followed_risk_is_refused():
    eligible = trial(1, count=4000, choice=1.0)
    listed = eligible.rows[["case_id", "on", "offered"]].rename(columns={"offered": "drawn"})
    assert "It was no lottery" in encouragement(drawn_rows(eligible, listed)).refusal


def test_no_rationing_and_too_few_are_refused():
    eligible, listed = lottery(0)
    all_drawn = encouragement(drawn_rows(eligible.with_rows(offered=True), listed.assign(drawn=1)))
    assert "no rationing" in all_drawn.refusal
    assert "Too few" in encouragement(drawn_rows(*lottery(0, count=90))).refusal


def test_the_list_must_hold_its_columns_and_known_cases():
    eligible, listed = lottery(0)
    with pytest.raises(UnusableRecords, match="lacks drawn"):
        drawn_rows(eligible, listed.drop(columns="drawn"))
    with pytest.raises(UnusableRecords, match="No case of the list"):
        drawn_rows(eligible, listed.assign(on=pd.Timestamp("2001-01-01")))


def test_places_push_offers_and_ranges_go_by_area_and_week():
    rationed = rationed_by_places(trial(0))
    assert rationed.rows["instrument"].between(0, 1).all()
    assert rationed.rows.groupby("cluster")["instrument"].nunique().eq(1).all()


def test_within_takes_the_mean_of_each_line_away():
    np.testing.assert_allclose(within(np.array([1.0, 3.0, 5.0]), pd.Series(["a", "a", "b"])), [-1, 1, 0])


def test_meeting_is_not_told_where_nobody_meets():
    eligible, listed = lottery(4)
    rows = eligible.rows.assign(attended=False)
    found = encouragement(drawn_rows(replace(eligible, rows=rows), listed))
    assert np.isnan(found.effect_of_attending)
