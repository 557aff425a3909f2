"""The calendar file read back by a real parser, and held against the letter of RFC 5545."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.errors import OutputNotWritten
from dispute_risk.reports.calendar_file import calendar_text, write_calendar
from dispute_risk.tribunal.steps import Step, Timetable

AS_OF = dt.date(2025, 7, 14)
icalendar = pytest.importorskip("icalendar", reason="the calendar file is checked with icalendar (test extra)")


def a_step(
    code: str = "response", on: dt.date | None = dt.date(2025, 9, 22), note: str = "", status: str = "ahead"
) -> Step:
    return Step(code, "Response to the appeal", "tribunal officer", on, "30 working days; IPSEA", "V", status, note)


def a_timetable(*steps: Step, synthetic: bool = True) -> Timetable:
    return Timetable("K1", "AP1", AS_OF, steps, synthetic)


def events(text: str):
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def test_a_parser_reads_back_dates_reminders_and_text() -> None:
    later = a_step("hearing", dt.date(2026, 1, 20))
    text = calendar_text(a_timetable(a_step(note="Check; the letter, please.\nTwice."), later))
    response, hearing = events(text)
    assert response.decoded("dtstart") == dt.date(2025, 9, 22) and response.decoded("dtend") == dt.date(2025, 9, 23)
    assert str(response["summary"]) == "Invented records: Response to the appeal, case K1, appeal AP1"
    assert str(response["description"]).endswith("Check; the letter, please.\nTwice.")
    assert response["class"] == "CONFIDENTIAL"
    assert [alarm.decoded("trigger").days for alarm in response.walk("VALARM")] == [-10, -5, -1]
    assert [alarm.decoded("trigger").days for alarm in hearing.walk("VALARM")] == [-14, -7, -1]
    assert response.decoded("dtstamp") == dt.datetime(2025, 7, 14, tzinfo=dt.UTC)


def test_a_date_that_moves_keeps_its_uid_and_different_steps_differ() -> None:
    before = events(calendar_text(a_timetable(a_step(), a_step("hearing"))))
    moved = events(calendar_text(a_timetable(a_step(on=dt.date(2025, 9, 30)), a_step("hearing"))))
    assert [str(one["uid"]) for one in before] == [str(one["uid"]) for one in moved]
    assert before[0]["uid"] != before[1]["uid"] and "K1" not in str(before[0]["uid"])


def test_what_is_over_or_undated_is_left_out() -> None:
    steps = (a_step(status="done"), a_step("evidence", None, status="ask"), a_step("bundle", status="today"))
    assert [str(one["dtstart"].dt) for one in events(calendar_text(a_timetable(*steps)))] == ["2025-09-22"]
    assert len(events(calendar_text(a_timetable()))) == 0


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300))
def test_any_note_survives_folding(note: str) -> None:
    text = calendar_text(a_timetable(a_step(note=note)))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    found = str(events(text)[0]["description"])
    assert found == "Response to the appeal: tribunal officer. Source: 30 working days; IPSEA (V)." + (
        f"\n{note}" if note else "")


def test_the_same_records_give_the_same_file(tmp_path) -> None:
    dates = a_timetable(a_step())
    assert calendar_text(dates) == calendar_text(dates)
    write_calendar(dates, tmp_path / "dates.ics")
    assert (tmp_path / "dates.ics").read_bytes() == calendar_text(dates).encode()
    assert [one.name for one in tmp_path.iterdir()] == ["dates.ics"]
    with pytest.raises(OutputNotWritten):
        write_calendar(dates, tmp_path)
    assert (tmp_path / "dates.ics").read_bytes() == calendar_text(dates).encode()
