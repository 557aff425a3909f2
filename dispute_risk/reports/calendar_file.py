"""The dates of an appeal as a calendar file (.ics) with reminders, for the calendar the officer already uses."""

from __future__ import annotations

import datetime as dt
import hashlib
import os

from dispute_risk.tribunal.timetable import Step, Timetable

__all__ = ["REMINDERS_DAYS", "calendar_text", "write_calendar"]

REMINDERS_DAYS: dict[str, tuple[int, ...]] = {
    "response": (10, 5, 1),
    "evidence": (14, 7, 1),
    "bundle": (14, 7, 1),
    "hearing": (14, 7, 1),
    "decision": (0,),
}
"""Days before each date on which the calendar reminds; a duty after an outcome takes `DUTY_REMINDERS`."""
DUTY_REMINDERS = (7, 1)

LINE_OCTETS = 75
"""RFC 5545 section 3.1: a line is at most 75 octets, folded with a space."""


def calendar_text(dates: Timetable) -> str:
    """Return the dates that are not over as an iCalendar file (RFC 5545).

    Parameters
    ----------
    dates : Timetable

    Returns
    -------
    str
        CRLF line ends, lines folded at 75 octets. Each date is a whole-day event with its reminders. A date that moves
        keeps its UID, so that a calendar replaces the event instead of showing two.

    Notes
    -----
    The file holds the number of the case and no name. `DTSTAMP` is the as-of date, so that the same records give the
    same file.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//dispute_risk//appeal timetable//EN", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH"]
    for step in dates.steps:
        if step.on is not None and step.status in ("ahead", "today"):
            lines += _event(dates, step)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def write_calendar(dates: Timetable, path: str | os.PathLike[str]) -> None:
    """Write the calendar file beside its place and move it in, so that it is never half written.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written.
    """
    from dispute_risk.records.write import written_beside

    with written_beside(path) as beside:
        beside.write_bytes(calendar_text(dates).encode())


def _event(dates: Timetable, step: Step) -> list[str]:
    assert step.on is not None
    invented = "Invented records: " if dates.synthetic else ""
    title = f"{invented}{step.what}, case {dates.case_id}, appeal {dates.appeal_id}"
    about = f"{step.what}: {step.by_whom}. Source: {step.source} ({step.verified})."
    if step.note:
        about += f"\n{step.note}"
    stamp = dt.datetime.combine(dates.as_of, dt.time(), dt.UTC)
    event = [
        "BEGIN:VEVENT",
        f"UID:{_uid(dates, step)}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{step.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{step.on + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(about)}",
        "CLASS:CONFIDENTIAL",
        "TRANSP:TRANSPARENT",
    ]
    for days in REMINDERS_DAYS.get(step.code, DUTY_REMINDERS):
        event += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(title)}",
                  f"TRIGGER:{'-P' + str(days) + 'D' if days else 'PT9H'}", "END:VALARM"]
    return [*event, "END:VEVENT"]


def _uid(dates: Timetable, step: Step) -> str:
    """A UID that stays when the date moves and that does not show the case number."""
    key = f"{dates.case_id}\0{dates.appeal_id}\0{step.code}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@dispute-risk"


def _escaped(text: str) -> str:
    """Return text as RFC 5545 section 3.3.11 writes it."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> str:
    """Fold a line so that no piece is over 75 octets and no character is cut in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += octets
    return "\r\n".join([*pieces, piece])
