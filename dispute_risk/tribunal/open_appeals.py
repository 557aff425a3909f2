"""All appeals that still need something, by their next date: duties after an outcome that were not met come first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispute_risk import terms
from dispute_risk.errors import UnknownName
from dispute_risk.explain.words import count_in_words, day_in_words
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.tribunal.case_file import CaseFile, Row, appeals_known, plain_rows
from dispute_risk.tribunal.timetable import Step, timetable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TABLES_NEEDED", "OpenAppeal", "OpenAppeals", "open_appeals"]

TABLES_NEEDED = ("cases", "appeals", "plans", "assessments")
RANK = {"breached": 0, "check": 1, "open": 2}


@dataclass(frozen=True)
class OpenAppeal:
    """One line of the list.

    Parameters
    ----------
    case_id, appeal_id, area : str
    grounds : tuple of str
    registered_on : date or None
    status : str
        `breached`: a duty after the outcome is overdue by the records; `check`: the hearing and the time for a
        decision have passed without an outcome, or the response date has passed and no hearing is listed; else `open`.
    next_what : str
        What the next date is; for a breach, what is overdue.
    next_on : date or None
    days_left : int or None
        Negative where overdue.
    """

    case_id: str
    appeal_id: str
    area: str
    grounds: tuple[str, ...]
    registered_on: dt.date | None
    status: str
    next_what: str
    next_on: dt.date | None
    days_left: int | None


@dataclass(frozen=True)
class OpenAppeals:
    """The list, breaches first, then by next date."""

    appeals: tuple[OpenAppeal, ...]
    as_of: dt.date
    authority: str
    synthetic: bool
    area: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """One row an appeal: case_id, appeal_id, area, grounds (; between), registered_on, status, next_what, next_on,
        days_left.
        """
        import pandas as pd

        columns = ["case_id", "appeal_id", "area", "grounds", "registered_on", "status", "next_what", "next_on",
                   "days_left"]
        return pd.DataFrame([{**vars(one), "grounds": ";".join(one.grounds)} for one in self.appeals], columns=columns)

    def summary(self) -> str:
        """Say how many there are and how they stand."""
        by = {status: sum(one.status == status for one in self.appeals) for status in RANK}
        where = f" in area {self.area}" if self.area else ""
        still_open = by["check"] + by["open"]
        return (f"{self.authority}{where}, as of {day_in_words(self.as_of)}: "
                f"{count_in_words(still_open, 'open appeal')}, {by['check']} of them to check; "
                f"{count_in_words(by['breached'], 'outcome')} overdue and not carried out by the records.")


def open_appeals(casebook: Casebook, as_of: dt.date, area: str = "") -> OpenAppeals:
    """Return every appeal that is open, or whose outcome was not carried out, as known on a date.

    Parameters
    ----------
    casebook : Casebook
        The tables of `TABLES_NEEDED` are enough.
    as_of : date
    area : str, optional
        One area team.

    Raises
    ------
    UnknownName
        If no case is in that area.
    """
    needed = casebook.with_tables({name: casebook.tables[name] for name in TABLES_NEEDED if name in casebook})
    known = known_by(needed, as_of)
    areas = {row["case_id"]: row["area"] for row in plain_rows(known.tables["cases"][["case_id", "area"]])}
    closed = {row["case_id"] for row in plain_rows(known.tables["cases"]) if row.get("closed_on")}
    if area and area not in areas.values():
        allowed = ", ".join(sorted(set(areas.values())))
        raise UnknownName(f"--area: no appeal is in area {area!r}. Areas with appeals: {allowed}.")
    rows = {name: _by_case(plain_rows(known.tables[name])) for name in ("plans", "assessments") if name in known.tables}
    lines = []
    for appeal in appeals_known(casebook, as_of):
        where = areas.get(appeal.case_id, "")
        if (area and where != area) or (not appeal.open and appeal.case_id in closed):
            continue
        file = CaseFile(appeal, None, {name: by.get(appeal.case_id, []) for name, by in rows.items()}, where, as_of)
        if (line := _line(file)) is not None:
            lines.append(line)
    lines.sort(key=lambda one: (RANK[one.status], one.next_on or dt.date.max, one.case_id, one.appeal_id))
    return OpenAppeals(tuple(lines), as_of, casebook.name, casebook.synthetic, area)


def _by_case(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["case_id"]].append(row)
    return grouped


def _line(file: CaseFile) -> OpenAppeal | None:
    """Return the line of an appeal; None where nothing is left to do."""
    dates = timetable(file)
    appeal = file.appeal
    step: Step | None
    if not appeal.open:
        # Only what has not been done at all by now: a duty met late is over.
        step = next((one for one in dates.steps if one.status == "breached" and one.on is not None
                     and one.note.startswith("The records show no")), None)
        if step is None or not file.holds("plans"):
            return None
        return _as_line(file, "breached", step)
    hearing, response, decision = dates.step("hearing"), dates.step("response"), dates.step("decision")
    if hearing is not None and decision is not None and decision.status == "check":
        return _as_line(file, "check", hearing, "Hearing passed, no outcome recorded")
    if response is not None and response.status == "check" and (hearing is None or hearing.on is None):
        return _as_line(file, "check", response, "Response was due, no hearing listed")
    return _as_line(file, "open", dates.next_step)


def _as_line(file: CaseFile, status: str, step: Step | None, what: str = "") -> OpenAppeal:
    appeal = file.appeal
    return OpenAppeal(
        appeal.case_id, appeal.appeal_id, file.area, appeal.grounds, appeal.registered_on, status,
        what or (step.what if step else "No date is recorded"), step.on if step else None,
        step.days_left(file.as_of) if step else None,
    )


def grounds_short(grounds: tuple[str, ...]) -> str:
    """Return the grounds in little room.

    >>> grounds_short(("needs", "provision", "placement"))
    'B, F, I'
    """
    short = {"needs": "B", "provision": "F", "placement": "I", "no_placement": "I (none named)"}
    return ", ".join(short.get(ground, terms.GROUND.label(ground)) for ground in grounds)
