"""Each statutory clock against dates counted by hand on a calendar."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.timeline.clocks import CLOCKS, appeal_window_closes_on, clock, clocks_in_force
from dispute_risk.timeline.days import NO_DAY, day_number, to_date


@pytest.mark.parametrize(
    ("name", "starts", "last_day_in_time"),
    [
        ("decide_to_assess", "2025-01-06", "2025-02-17"),
        ("advice", "2025-03-03", "2025-04-14"),
        ("refuse_to_issue", "2025-01-06", "2025-04-28"),
        ("final_plan", "2025-01-06", "2025-05-26"),
        ("comment_on_draft", "2025-04-01", "2025-04-15"),  # the day of service is the first of the fifteen
        ("school_consultation", "2025-04-01", "2025-04-16"),
        ("review", "2024-02-29", "2025-02-28"),
        ("review", "2024-09-12", "2025-09-12"),
        ("review_report", "2025-06-02", "2025-06-16"),
        ("review_decision", "2025-06-02", "2025-06-30"),
        ("amended_plan", "2025-06-30", "2025-08-25"),
        ("amended_plan_overall", "2025-06-02", "2025-08-25"),  # 4 weeks and 8 weeks, one after the other
        ("reassessment_plan", "2025-01-06", "2025-04-14"),
        ("contact_mediation_adviser", "2024-12-31", "2025-02-28"),
        ("hold_mediation", "2025-04-01", "2025-05-01"),
    ],
)
def test_the_last_day_in_time(name, starts, last_day_in_time):
    due = clock(name).due_on(np.array([day_number(starts), NO_DAY]))
    assert str(to_date(int(due[0]))) == last_day_in_time
    assert due[1] == NO_DAY


def test_every_clock_with_a_length_was_counted_by_hand():
    counted = {row[0] for row in test_the_last_day_in_time.pytestmark[0].args[1]}
    assert counted == {one.name for one in CLOCKS if one.limit != "a fixed date"}


@pytest.mark.parametrize(
    ("sent", "certificate", "closes"),
    [
        ("2025-01-06", None, "2025-03-06"),
        ("2024-12-31", None, "2025-02-28"),
        ("2025-06-10", None, "2025-09-01"),  # 10 August: no day of August counts
        ("2025-06-30", None, "2025-09-01"),
        ("2025-07-01", None, "2025-09-01"),
        ("2025-10-25", None, "2026-01-02"),  # 25 December
        ("2025-10-31", None, "2026-01-02"),  # 31 December
        ("2025-02-18", None, "2025-04-22"),  # Good Friday 2025
        ("2025-02-08", None, "2025-04-08"),
        ("2025-03-08", None, "2025-05-08"),
        ("2025-01-06", "2025-01-10", "2025-03-06"),  # the certificate's month ends first: two months stand
        ("2025-01-06", "2025-02-20", "2025-03-20"),  # one month from the certificate is later
        ("2025-05-15", "2025-07-10", "2025-09-01"),  # 10 August
        ("2024-12-31", "2025-01-31", "2025-02-28"),
    ],
)
def test_the_last_day_for_an_appeal(sent, certificate, closes):
    day = NO_DAY if certificate is None else day_number(certificate)
    end = appeal_window_closes_on(np.array([day_number(sent)]), np.array([day]))
    assert str(to_date(int(end[0]))) == closes


@given(
    sent=st.dates(dt.date(2015, 1, 1), dt.date(2035, 1, 1)),
    wait=st.integers(0, 150),
)
def test_a_certificate_never_shortens_the_time_and_an_end_is_never_in_august_or_at_christmas(sent, wait):
    day = np.array([day_number(sent)])
    without = to_date(int(appeal_window_closes_on(day)[0]))
    end = to_date(int(appeal_window_closes_on(day, day + wait)[0]))
    assert end >= without
    for last in (without, end):
        assert last.month != 8 and last.weekday() < 5
        assert (last.month, last.day) not in {(12, one) for one in range(25, 32)} | {(1, 1)}


def test_a_notice_that_was_never_sent_opens_no_window():
    assert appeal_window_closes_on(np.array([NO_DAY])).tolist() == [NO_DAY]


def test_clocks_say_where_they_come_from_and_what_they_ask():
    assert len({one.code for one in CLOCKS}) == len({one.name for one in CLOCKS}) == len(CLOCKS)
    for one in CLOCKS:
        assert "(V" in one.source and one.duty and one.starts, one.code
        assert sum(bool(number) for number in (one.weeks, one.days, one.months)) <= 1, one.code


def test_clocks_hold_from_the_start_of_part_3_of_the_act():
    assert clocks_in_force(dt.date(2014, 8, 31)) == ()
    assert clocks_in_force(dt.date(2014, 9, 1)) == CLOCKS


def test_limits_in_words():
    assert clock("final_plan").limit == "20 weeks"
    assert clock("review").limit == "12 months"
    assert clock("hold_mediation").limit == "30 days"
    assert clock("phase_transfer").limit == "a fixed date"


def test_there_is_no_clock_of_an_unknown_name():
    with pytest.raises(KeyError):
        clock("final_plan_late")
