"""Forecasts: simple enough to check by hand, tested on the past with what was known then, silent where they must be."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook

from dispute_risk.timeline.days import FOREVER, day_number
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.back_test import BOOKED, back_test, prediction_range
from dispute_risk.triage.monitors.forecast import forecast, forecast_stream
from dispute_risk.triage.monitors.forecast_methods import (
    growth_and_pattern,
    level_and_pattern,
    mean_of_last_12,
    same_month_last_year,
)
from dispute_risk.triage.monitors.month_counts import (
    MonthCounts,
    appeals,
    last_full_month,
    mediations,
    month_end,
    month_of,
    reviews_due,
)

JANUARY_2020 = 600
"""Months are counted from January 1970."""


def made_of(counts: list[int], late_days: int = 0) -> MonthCounts:
    """Return facts with these counts by month from January 2020 on, each known so many days after its month ended."""
    month = np.repeat(JANUARY_2020 + np.arange(len(counts)), counts)
    known = month_end(month) + late_days
    return MonthCounts(month, known, np.full(len(month), FOREVER), JANUARY_2020)


def end_of(counts: list[int]) -> int:
    return JANUARY_2020 + len(counts) - 1


def test_months_are_numbered_and_end_on_their_last_day():
    assert month_of(np.array([day_number("2020-01-31"), day_number("2020-02-01")])).tolist() == [600, 601]
    assert int(month_end(601)) == day_number("2020-02-29")
    assert last_full_month(dt.date(2020, 2, 29)) == 601
    assert last_full_month(dt.date(2020, 2, 28)) == 600


def test_the_plain_ways_by_hand():
    counts = np.arange(1.0, 25.0)
    assert mean_of_last_12(counts) == pytest.approx([18.5] * 12)
    assert same_month_last_year(counts).tolist() == list(range(13, 25))


def test_a_pattern_far_beyond_chance_is_followed_and_chance_is_not():
    loud = np.tile([400.0] * 6 + [1200.0] * 6, 3)
    assert level_and_pattern(loud) == pytest.approx(np.tile([400.0] * 6 + [1200.0] * 6, 1), rel=0.01)
    flat = np.tile([10.0, 11, 9, 10, 12, 8, 10, 9, 11, 10, 10, 10], 3)
    assert level_and_pattern(flat) == pytest.approx([10.0] * 12)  # less spread than chance: no pattern


def test_growth_in_many_is_followed_and_growth_in_few_is_drawn_towards_none():
    many = np.repeat([1000.0, 1200.0], 12)
    ahead = growth_and_pattern(many)
    assert ahead[-1] == pytest.approx(1200 * 1.2 ** (17.5 / 12), rel=0.02)
    few = np.repeat([1.0, 1.2], 12)
    assert growth_and_pattern(few)[-1] < 1.2 * 1.2 ** (17.5 / 12) - 0.1


def test_the_range_holds_what_it_says():
    rng = np.random.default_rng(1)
    for mean, spread in ((3.0, 1.0), (12.0, 2.0), (80.0, 4.0)):
        low, high = prediction_range(mean, spread)
        drawn = rng.poisson(mean, 20_000) if spread == 1 else rng.negative_binomial(mean / (spread - 1), 1 / spread, 20_000)
        assert 0.8 <= ((drawn >= low) & (drawn <= high)).mean() < 0.93  # whole numbers: never less, sometimes more


def test_counts_are_those_known_at_the_time_and_the_last_months_are_made_up():
    # half of each month is known at its end, the rest 40 days later
    month = np.repeat(JANUARY_2020 + np.arange(36), 10)
    known = month_end(month) + np.tile([0] * 5 + [40] * 5, 36)
    counts = MonthCounts(month, known, np.full(360, FOREVER), JANUARY_2020)
    last, on = JANUARY_2020 + 35, int(month_end(JANUARY_2020 + 35))
    assert counts.counted(last - 2, last, on).tolist() == [10, 5, 5]
    assert counts.made_up(last, on)[-3:] == pytest.approx([10, 10, 10])


def test_a_forecast_of_the_past_uses_only_what_was_recorded_by_then():
    # as many again of months 12 to 17 turn up on the very last day: no forecast before could have known of them
    counts, on = [10] * 48, int(month_end(JANUARY_2020 + 47))
    early = made_of(counts)
    late = np.repeat(JANUARY_2020 + np.arange(12, 18), 10)

    def known_from(day: np.ndarray) -> float:
        both = MonthCounts(np.concatenate([early.month, late]), np.concatenate([early.known, day]),
                           np.full(len(early.month) + len(late), FOREVER), JANUARY_2020)
        return float(back_test(both, end_of(counts), on).table.set_index("method").loc["mean_of_last_12", "mean_error"])

    assert known_from(np.full(60, on)) == pytest.approx(0)
    assert known_from(month_end(late)) > 0.4  # had it been known, the first forecasts would have been 15, and 10 came


def test_errors_of_the_past_by_hand():
    counts = [10] * 24 + [16] * 12  # 36 months: tried from month 24 on
    test = back_test(made_of(counts), end_of(counts), int(month_end(end_of(counts))))
    rows = test.table.set_index("method")
    # mean of the last 12 at origin k (k = 0..11 of the new year) is 10 + k/2, and 12 - k months come, all 16
    errors = [abs(16 - (10 + k / 2)) for k in range(12) for _ in range(12 - k)]
    assert rows.loc["mean_of_last_12", "mean_error"] == pytest.approx(np.mean(errors))
    assert rows.loc["mean_of_last_12", "bias"] == pytest.approx(-np.mean(errors))
    assert (rows.loc["mean_of_last_12", "origins"], rows.loc["mean_of_last_12", "forecasts"]) == (12, 78)
    assert rows.loc["same_month_last_year", "mean_error"] == pytest.approx(6)


def test_the_simplest_that_does_as_well_is_used():
    rng = np.random.default_rng(3)
    flat = rng.poisson(20, 72).tolist()
    assert back_test(made_of(flat), end_of(flat), int(month_end(end_of(flat)))).chosen == "mean_of_last_12"
    waves = (60 + 50 * np.sin(np.arange(72) * np.pi / 6)).round().astype(int).tolist()
    chosen = back_test(made_of(waves), end_of(waves), int(month_end(end_of(waves)))).chosen
    assert chosen == "same_month_last_year"  # a pattern that repeats to the unit needs nothing more


def test_ranges_made_beforehand_held_about_80_in_100_months_of_invented_authorities():
    held, of = 0.0, 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        level = rng.uniform(6, 60) * (1 + 0.3 * np.sin(np.arange(72) * np.pi / 6))
        counts = rng.negative_binomial(level / 1.0, 0.5).tolist()
        test = back_test(made_of(counts), end_of(counts), int(month_end(end_of(counts))))
        used = test.table.set_index("method").loc[test.chosen]
        held, of = held + used["held"] * used["held_of"], of + int(used["held_of"])
    assert of > 2000
    assert 0.74 <= held / of <= 0.90


def test_too_short_a_history_cannot_be_forecast_and_gives_no_number():
    counts = [5] * 23
    found = forecast_stream("appeals", made_of(counts), dt.date(2021, 11, 30))
    assert found.cannot == "There are 23 full months of it, and 24 are needed."
    assert found.table.empty and np.isnan(found.total[0]) and found.test is None
    assert "cannot forecast" in found.summary()
    found = forecast_stream("appeals", made_of([5] * 24), dt.date(2021, 12, 31))
    assert not found.cannot
    assert set(found.test.table["method"]) == {"mean_of_last_12", "same_month_last_year"}
    assert found.table["expected"].to_list() == pytest.approx([5] * 12)


def test_two_years_of_nothing_cannot_be_forecast():
    assert forecast_stream("appeals", made_of([3] * 12 + [0] * 30), dt.date(2023, 6, 30)).cannot.startswith("None is recorded")


def test_the_months_ahead_are_those_after_the_last_full_month():
    found = forecast_stream("appeals", made_of([6] * 40), dt.date(2023, 5, 17))
    assert str(found.table["month"].iloc[0].date()) == "2023-05-01"
    assert len(found.table) == 12
    assert (found.table["low"] <= found.table["expected"]).all() and (found.table["expected"] <= found.table["high"]).all()
    assert found.total[1] <= found.total[0] <= found.total[2]


def test_appeals_count_in_the_month_of_registration_from_the_day_they_were_known():
    records = Recorded(casebook("2025-06-30", cases=[{"case_id": "C1", "area": "N"}], appeals=[
        {"case_id": "C1", "appeal_id": "A0", "registered_on": "2024-01-20"},
        {"case_id": "C1", "appeal_id": "A1", "registered_on": "2025-01-20", "registered_recorded_on": "2025-03-05"},
        {"case_id": "C1", "appeal_id": "A2", "registered_on": None, "lodged_on": "2025-02-01"}]))
    counts = appeals(records)
    january = int(month_of(np.array([day_number("2025-01-20")]))[0])
    assert counts.counted(january, january, day_number("2025-03-04")).tolist() == [0]
    assert counts.counted(january, january, day_number("2025-03-05")).tolist() == [1]
    assert counts.first_month == january - 11  # the first month is not whole


def test_a_family_that_wanted_no_mediation_needs_no_slot():
    records = Recorded(casebook("2025-06-30", cases=[{"case_id": "C1", "area": "N"}], mediations=[
        {"case_id": "C1", "decision_type": "refuse_to_assess", "requested_on": "2025-01-06", "certificate_on": "2025-01-09"},
        {"case_id": "C1", "decision_type": "refuse_to_assess", "requested_on": "2025-01-06", "certificate_on": "2025-02-06"},
        {"case_id": "C1", "decision_type": "refuse_to_assess", "requested_on": "2025-01-06", "held_on": "2025-01-09",
         "certificate_on": "2025-01-10"},
        {"case_id": "C1", "decision_type": "refuse_to_assess", "held_on": "2025-01-20"},
        {"case_id": "C1", "decision_type": "refuse_to_assess", "certificate_on": "2025-01-20"}]))
    counts = mediations(records)
    january = int(month_of(np.array([day_number("2025-01-06")]))[0])
    assert counts.counted(january, january, day_number("2025-06-30")).tolist() == [3]


def test_reviews_count_in_the_month_they_fall_due_while_the_plan_is_in_force():
    cases = [{"case_id": f"C{n}", "area": "N"} for n in range(5)]
    cases[1]["closed_on"], cases[2]["birth_date"] = "2024-12-01", "2000-01-05"
    plans = [{"case_id": f"C{n}", "plan_id": f"P{n}", "kind": "final", "issued_on": "2024-01-10"} for n in range(5)]
    reviews = [{"case_id": "C3", "review_id": "R3", "meeting_on": "2024-05-01"},  # early: a new year runs
               {"case_id": "C4", "review_id": "R4", "meeting_on": "2024-12-01"}]  # in the last three months: this year's review
    counts = reviews_due(Recorded(casebook("2025-06-30", cases=cases, plans=plans, reviews=reviews)), dt.date(2025, 6, 30))
    january = int(month_of(np.array([day_number("2025-01-10")]))[0])
    assert counts.counted(january, january, day_number("2025-06-30")).tolist() == [2]  # C0 and C4
    # before any of that was known, the dates of all but the young person who turns 25 were on record
    assert counts.counted(january, january, day_number("2024-02-01")).tolist() == [4]


def test_dates_on_record_foretell_reviews_better_than_any_count():
    rng = np.random.default_rng(5)
    held = [int(n) for n in rng.integers(5, 40, 60)]  # no pattern, no level: only the dates of last year tell
    month = np.repeat(JANUARY_2020 + 12 + np.arange(60), held)
    known = month_end(month - 12)
    gone = np.where(rng.random(len(month)) < 0.1, known + 100, FOREVER)
    counts = MonthCounts(month, known, gone, JANUARY_2020 + 12)
    last = JANUARY_2020 + 12 + 47
    test = back_test(counts, last, int(month_end(last)), booked=True)
    rows = test.table.set_index("method")
    assert test.chosen == BOOKED
    assert rows.loc[BOOKED, "mean_error"] < 0.4 * rows["mean_error"].drop(BOOKED).min()
    on_record = counts.counted(last + 1, last + 12, int(month_end(last)))
    assert (test.ahead <= on_record).all() and test.ahead.sum() > 0.8 * on_record.sum()


def test_every_stream_is_there_and_says_why_it_cannot():
    found = forecast(casebook("2025-06-30", cases=[{"case_id": "C1", "area": "N"}]), dt.date(2025, 6, 30))
    assert list(found.streams) == ["reviews", "appeals", "mediations"]
    assert found.summary().count("cannot forecast") == 3
