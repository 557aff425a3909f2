"""One line of the weekly lists each: a case, a movement, a duty, with its blanks and dates made plain."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from dispute_risk.explain.words import count_in_words, range_in_words, risk_in_words

__all__ = ["MOVEMENTS", "SHORT_HEADINGS", "CaseLine", "DutyLine", "MoveLine", "blank_to_none", "lines_of"]

SHORT_HEADINGS: dict[str, str] = {
    "likely_disputes": "Likely disputes",
    "duties_outstanding": "Duties outstanding",
    "unheard": "Unheard",
    "random_audit": "File check",
    "already_in_dispute": "Already in dispute",
}
"""Each list in the few letters that a sheet's tab or a tag has room for."""

MOVEMENTS: dict[str, str] = {
    "done": "done", "new": "new", "up": "moved up", "down": "moved down", "put_off": "put off", "overridden": "overridden",
    "left": "left the lists",
}  # fmt: skip
"""What a case can do between two lists, in the order in which it is told: what was done first."""


@dataclass(frozen=True)
class CaseLine:
    """One case on one list; blanks are '' or None. The fields are those of `WeeklyLists.cases`."""

    list: str
    area: str
    rank: int
    case_id: str
    is_new: bool
    last_rank: float | None
    risk: float | None
    risk_low: float | None
    risk_high: float | None
    band: str
    risk_words: str
    state: str
    breach_index: float | None
    broken_duty: str
    duty_due_on: dt.date | None
    last_date_on: dt.date | None
    last_date_is: str
    reason_1: str
    reason_2: str
    reason_3: str
    next_step: str
    step_owner: str
    step_by_on: dt.date | None
    step_why: str
    second_step: str
    what_changed: str
    on_list_since: dt.date | None = None
    weeks_on_list: int = 0
    recorded: str = ""
    route: str = ""
    act_from_on: dt.date | None = None
    last_act_on: dt.date | None = None
    timing: str = ""
    this_week: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons there are, in order."""
        return tuple(reason for reason in (self.reason_1, self.reason_2, self.reason_3) if reason)

    @property
    def list_name(self) -> str:
        """The list's short heading."""
        return SHORT_HEADINGS.get(self.list, self.list)

    @property
    def age_said(self) -> str:
        """How long it has been on its list, '' in its first week: a file check is drawn anew each week."""
        if self.weeks_on_list < 1 or self.list in ("random_audit", "already_in_dispute"):
            return ""
        return f"{count_in_words(int(self.weeks_on_list), 'week')} on the list"

    @property
    def shows_risk(self) -> bool:
        """Whether the risk is shown: only the likely disputes are ordered by it.

        Beside a case that waits for a duty, or that is quiet, a low risk would read as a leave to wait.
        """
        return self.list == "likely_disputes" and self.risk is not None

    @property
    def risk_said(self) -> str:
        """The risk in words, '' where it is not shown."""
        return (self.risk_words or risk_in_words(self.risk)) if self.shows_risk else ""

    @property
    def range_said(self) -> str:
        """The range of the risk, such as "8 to 17 in 100"; '' where it is not shown."""
        within = range_in_words(self.risk_low, self.risk_high) if self.shows_risk else ""
        return f"{within} in 100" if within else ""

    @property
    def band_said(self) -> str:
        """The band of the risk, '' where it is not shown."""
        return self.band if self.shows_risk else ""


@dataclass(frozen=True)
class MoveLine:
    """One case that moved since the list before."""

    case_id: str
    area: str
    list: str
    movement: str
    last_rank: float | None
    rank: float | None
    why: str

    @property
    def list_name(self) -> str:
        """The list's short heading."""
        return SHORT_HEADINGS.get(self.list, self.list)

    @property
    def said(self) -> str:
        """What it did, with its places, such as "moved up from 7 to 3"."""
        before, now = (None if place is None else int(place) for place in (self.last_rank, self.rank))
        if self.movement == "new":
            return "new" if now is None else f"new, at {now}"
        if self.movement in ("left", "done", "put_off", "overridden"):
            what = "left the list" if self.movement == "left" else MOVEMENTS[self.movement]
            return what if before is None else f"{what} (was {before})"
        told = MOVEMENTS.get(self.movement, self.movement)
        return told if before is None or now is None else f"{told} from {before} to {now}"


@dataclass(frozen=True)
class DutyLine:
    """One duty and how many cases of an area wait for it."""

    area: str
    duty: str
    source: str
    outstanding: int
    median_days_over: float | None
    longest_days_over: float | None


def blank_to_none(value: Any) -> Any:
    """Return None for a blank, a date for a timestamp, and anything else as it is."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.date() if isinstance(value, dt.datetime) else value


def lines_of(table: pd.DataFrame, kind: type[Any]) -> list[Any]:
    """Turn a table into lines of one kind, in the table's order; a blank text is ''."""
    texts = {field.name for field in fields(kind) if field.type == "str"}
    names = [field.name for field in fields(kind) if field.name in table.columns]
    columns = []
    for name in names:
        values = [blank_to_none(value) for value in table[name].tolist()]
        columns.append(["" if value is None else str(value) for value in values] if name in texts else values)
    return [kind(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]
