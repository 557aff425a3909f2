"""Dates of appeals against dates counted by hand on a calendar of England."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.errors import DisputeRiskError
from dispute_risk.tribunal.case_file import case_file
from dispute_risk.tribunal.timetable import is_working_day, timetable, working_days_after, working_days_before

D = dt.date
DAYS = st.dates(D(2015, 1, 1), D(2035, 12, 31))


@pytest.mark.parametrize(("start", "count", "end"), [
    # Plain: Monday 2 June 2025; 3, 4, 5, 6, 9 June are days 1 to 5.
    (D(2025, 6, 2), 5, D(2025, 6, 9)),
    # A Saturday: Monday is day 1.
    (D(2025, 6, 7), 1, D(2025, 6, 9)),
    # All of August is out: 1 September 2025 is a Monday.
    (D(2025, 7, 31), 1, D(2025, 9, 1)),
    # Friday 11 July: 14 days to 31 July (14-18, 21-25, 28-31), so day 30 is the 16th of September: Monday 22nd.
    (D(2025, 7, 11), 30, D(2025, 9, 22)),
    # Friday 12 December 2025: 15-19 (5), 22-24 (8), then 2 January 2026 is day 9, Monday 5 January day 10.
    (D(2025, 12, 12), 9, D(2026, 1, 2)),
    (D(2025, 12, 12), 10, D(2026, 1, 5)),
    # Easter 2025: Good Friday 18 April and Easter Monday 21 April are out; Thursday 17 April, then Tuesday 22nd.
    (D(2025, 4, 16), 2, D(2025, 4, 22)),
    # Early May bank holiday, Monday 5 May 2025.
    (D(2025, 5, 2), 1, D(2025, 5, 6)),
    # Spring bank holiday, Monday 26 May 2025.
    (D(2025, 5, 23), 2, D(2025, 5, 28)),
    # Boxing Day 2026 is a Saturday, so Monday 28 December would be the bank holiday: out in any case until 2 January,
    # a Saturday; Monday 4 January 2027 is day 1.
    (D(2026, 12, 24), 1, D(2027, 1, 4)),
    # The coronation, Monday 8 May 2023, after the bank holiday of 1 May.
    (D(2023, 4, 28), 5, D(2023, 5, 9)),
])
def test_days_after_counted_by_hand(start: D, count: int, end: D) -> None:
    assert working_days_after(start, count) == end


@pytest.mark.parametrize(("start", "count", "end"), [
    # Tuesday 20 January 2026: 19, 16, 15, 14, 13, 12, 9, 8, 7, 6.
    (D(2026, 1, 20), 10, D(2026, 1, 6)),
    # Friday 9 January 2026: 8, 7, 6, 5, 2 January, then 24, 23, 22, 19, 18 December.
    (D(2026, 1, 9), 10, D(2025, 12, 18)),
    # Wednesday 10 September 2025: 9, 8, 5, 4, 3, 2, 1 September (7), then 31, 30, 29 July.
    (D(2025, 9, 10), 10, D(2025, 7, 29)),
    # Sunday 4 January 2026: Friday 2 January is day 1, 24 December day 2.
    (D(2026, 1, 4), 2, D(2025, 12, 24)),
    # Friday 25 April 2025: 24, 23, 22 (3), 17, 16, 15, 14 (7), 11, 10, 9.
    (D(2025, 4, 25), 10, D(2025, 4, 9)),
])
def test_days_before_counted_by_hand(start: D, count: int, end: D) -> None:
    assert working_days_before(start, count) == end


@settings(deadline=None)
@given(DAYS, st.integers(1, 40))
def test_days_after_and_before_undo_each_other(start: D, count: int) -> None:
    end = working_days_after(start, count)
    assert end > start and is_working_day(end)
    counted = sum(is_working_day(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))
    assert counted == count
    if is_working_day(start):
        assert working_days_before(end, count) == start


def test_timetable_of_an_open_appeal(casebook) -> None:
    dates = timetable(case_file(casebook, "K1", D(2025, 7, 14)))
    found = {step.code: step.on for step in dates.steps}
    assert found == {"lodged": D(2025, 7, 1), "registered": D(2025, 7, 11), "response": D(2025, 9, 22),
                     "evidence": None, "bundle": D(2026, 1, 6), "hearing": D(2026, 1, 20), "decision": D(2026, 2, 3)}
    assert dates.next_step is not None and dates.next_step.code == "response"
    response = dates.step("response")
    assert response is not None and response.note == "" and response.verified == "recorded"


def test_record_wins_and_the_difference_is_shown(casebook) -> None:
    casebook.tables["appeals"].loc[0, "response_due_on"] = "2025-09-01"
    response = timetable(case_file(casebook, "K1", D(2025, 7, 14))).step("response")
    assert response is not None and response.on == D(2025, 9, 1)
    assert "2025-09-22" in response.note


def test_the_officers_date_wins_over_the_record(casebook) -> None:
    file = case_file(casebook, "K1", D(2025, 7, 14))
    dates = timetable(file, {"response": D(2025, 9, 24), "evidence": D(2025, 11, 3), "hearing": D(2025, 12, 31)})
    response, hearing, bundle = dates.step("response"), dates.step("hearing"), dates.step("bundle")
    assert response is not None and response.on == D(2025, 9, 24) and "2025-09-22" in response.note
    assert hearing is not None and "not a Tribunal working day" in hearing.note
    assert bundle is not None and bundle.on == D(2025, 12, 11)  # 24, 23, 22, 19, 18, 17, 16, 15, 12, 11 December
    with pytest.raises(DisputeRiskError, match="judge"):
        timetable(file, {"judge": D(2025, 9, 1)})


def test_response_sent_is_done_or_breached(casebook) -> None:
    file = case_file(casebook, "K1", D(2025, 10, 1))
    states = [timetable(file, given).step("response").status  # type: ignore[union-attr]
              for given in ({}, {"response_sent": D(2025, 9, 22)}, {"response_sent": D(2025, 9, 23)})]
    assert states == ["check", "done", "breached"]


def test_nothing_later_than_the_as_of_date_is_known(casebook) -> None:
    before = timetable(case_file(casebook, "K2", D(2024, 11, 18)))
    assert before.step("outcome") is None
    after = timetable(case_file(casebook, "K2", D(2024, 11, 19)))
    duty = after.step("duty_1")
    assert duty is not None and duty.on == D(2024, 12, 3) and duty.status == "ahead"


def test_a_duty_after_an_order_is_breached_or_done(casebook) -> None:
    late = timetable(case_file(casebook, "K2", D(2024, 12, 10))).step("duty_1")
    assert late is not None and late.status == "breached" and late.days_left(D(2024, 12, 10)) == -7
    casebook.tables["plans"].loc[2, ["issued_on", "kind"]] = [casebook.tables["appeals"].loc[1, "outcome_on"],
                                                              "amended_final"]
    done = timetable(case_file(casebook, "K2", D(2024, 12, 10))).step("duty_1")
    assert done is not None and done.status == "done"


def test_recorded_dates_of_the_letters_are_used_and_the_officers_win(casebook) -> None:
    appeals = casebook.tables["appeals"]
    for name, day in (("papers_received_on", "2025-07-15"), ("response_sent_on", "2025-09-19"),
                      ("evidence_due_on", "2025-11-03"), ("bundle_due_on", "2026-01-05")):
        appeals[name] = pd.Series([pd.Timestamp(day), pd.NaT], dtype="datetime64[s]")
    dates = timetable(case_file(casebook, "K1", dt.date(2025, 10, 1)))
    assert dates.step("response").status == "done" and "Sent on 2025-09-19" in dates.step("response").note
    assert dates.step("evidence").on == dt.date(2025, 11, 3) and dates.step("evidence").verified == "recorded"
    assert dates.step("bundle").on == dt.date(2026, 1, 5)
    before = timetable(case_file(casebook, "K1", dt.date(2025, 9, 10)))
    assert before.step("response").status == "ahead", "what was sent later was not known yet"
    told = timetable(case_file(casebook, "K1", dt.date(2025, 10, 1)), {"evidence": dt.date(2025, 11, 10)})
    assert told.step("evidence").on == dt.date(2025, 11, 10) and "2025-11-03" in told.step("evidence").note
    late = timetable(case_file(casebook, "K1", dt.date(2025, 10, 1)), {"response": dt.date(2025, 9, 12)})
    assert late.step("response").status == "breached"
