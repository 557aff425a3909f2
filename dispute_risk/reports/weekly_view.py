"""The lists of a week as each area manager reads them: this week's cases first, new ones at the top."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dispute_risk.explain.words import count_in_words, day_in_words, joined_in_words
from dispute_risk.reports.weekly_lines import (
    MOVEMENTS,
    SHORT_HEADINGS,
    CaseLine,
    DutyLine,
    MoveLine,
    blank_to_none,
    lines_of,
)
from dispute_risk.triage.lists import LISTS, WeeklyLists

__all__ = ["LIST_OF_SHARE", "AreaWeek", "area_weeks", "changed_in_words", "file_stems", "horizon_in_words", "places",
           "shares_in_words"]

SHARES: dict[str, str] = {
    "benefit": "by expected benefit",
    "quiet_need": "for the unheard",
    "random_audit": "drawn at random for a check of the file",
}
"""What a share of the week is given for, as the policy names it."""

LIST_OF_SHARE: dict[str, str] = {"benefit": "likely_disputes", "quiet_need": "unheard", "random_audit": "random_audit"}
"""The list that fills each share of the week."""


@dataclass(frozen=True)
class AreaWeek:
    """One area's week, in the order in which it is read.

    Parameters
    ----------
    area, file_stem : str
        The area as recorded, and as it may stand in a file's name.
    this_week : tuple of CaseLine
        The cases to act on, cut at capacity, new ones first.
    lists : mapping of str to tuple of CaseLine
        Every list in full, this week's cases first, new ones first within those.
    moves, duties : tuples
    figures : mapping
        The area's row of `WeeklyLists.areas`; empty where there is none.
    changed : str
        What changed since the list before, in one sentence.
    """

    area: str
    file_stem: str
    this_week: tuple[CaseLine, ...]
    lists: Mapping[str, tuple[CaseLine, ...]]
    moves: tuple[MoveLine, ...]
    duties: tuple[DutyLine, ...]
    figures: Mapping[str, Any]
    changed: str

    @property
    def new_this_week(self) -> int:
        """How many of this week's cases are new."""
        return sum(line.is_new for line in self.this_week)

    @property
    def usual_risk(self) -> float | None:
        """The average risk of the area's cases at risk, to hold a case's risk against."""
        at_risk, expected = self.figures.get("at_risk"), self.figures.get("expected_appeals")
        return min(expected / at_risk, 1.0) if at_risk and expected is not None else None

    @property
    def numbers(self) -> dict[str, int]:
        """The number under which each of this week's cases stands, by case."""
        return {line.case_id: number for number, line in reversed(list(enumerate(self.this_week, 1)))}

    @property
    def made_up_of(self) -> str:
        """How many of this week's cases come from each list, such as "6 likely disputes and 3 unheard"."""
        counts = {key: sum(line.list == key for line in self.this_week) for key in LISTS}
        return joined_in_words([f"{count} {SHORT_HEADINGS[key].lower()}" for key, count in counts.items() if count])

    def beyond(self, list_key: str) -> tuple[CaseLine, ...]:
        """Return the cases of a list that are not among this week's."""
        return tuple(line for line in self.lists[list_key] if not line.this_week)

    def last_dates_ahead(self, as_of: dt.date, days: int) -> list[tuple[dt.date, list[CaseLine]]]:
        """Return the days ahead on which a listed case has its last date, each with its cases, each case once."""
        last = as_of + dt.timedelta(days=days)
        by_day: dict[dt.date, dict[str, CaseLine]] = {}
        for line in (line for lines in self.lists.values() for line in lines):
            if line.last_date_on is not None and as_of <= line.last_date_on < last:
                by_day.setdefault(line.last_date_on, {}).setdefault(line.case_id, line)
        return [(day, list(cases.values())) for day, cases in sorted(by_day.items())]

    def dates_ahead(self, field: str, as_of: dt.date, days: int) -> dict[dt.date, int]:
        """Count the listed cases with a date in the days ahead, each case once."""
        last = as_of + dt.timedelta(days=days)
        found = {(line.case_id, getattr(line, field)) for lines in self.lists.values() for line in lines}
        ahead = sorted(day for _, day in found if day is not None and as_of <= day < last)
        return {day: ahead.count(day) for day in ahead}


def file_stems(areas: Sequence[str]) -> dict[str, str]:
    """Give each area a name that any file system takes, no two alike.

    Parameters
    ----------
    areas : sequence of str

    Returns
    -------
    dict of str to str
        Area to the part of a file's name that stands for it. Accents, spaces and slashes are replaced; two areas that
        would come out alike, also to a file system that does not tell capitals apart, are numbered.

    Examples
    --------
    >>> file_stems(["NE", "North / East", "north-east"])
    {'NE': 'NE', 'North / East': 'North-East', 'north-east': 'north-east-2'}
    """
    taken: set[str] = set()
    stems: dict[str, str] = {}
    for area in areas:
        plain = unicodedata.normalize("NFKD", area).encode("ascii", "ignore").decode()
        stem = wanted = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:60] or "area"
        number = 1
        while stem.lower() in taken:
            number += 1
            stem = f"{wanted}-{number}"
        taken.add(stem.lower())
        stems[area] = stem
    return stems


def horizon_in_words(days: int) -> str:
    """Say the horizon in weeks where it is whole weeks.

    Examples
    --------
    >>> horizon_in_words(182), horizon_in_words(90)
    ('26 weeks', '90 days')
    """
    return count_in_words(days // 7, "week") if days % 7 == 0 else count_in_words(days, "day")


def places(capacity: int, policy: Mapping[str, float]) -> dict[str, int]:
    """Share an area's places of the week as the policy says, by largest remainder.

    Parameters
    ----------
    capacity : int
        Cases an area can act on in the week.
    policy : mapping of str to float
        Share by purpose; where it is empty every place goes to the likely disputes.

    Returns
    -------
    dict of str to int
        Places by purpose; they add up to the capacity.

    Examples
    --------
    >>> places(10, {"benefit": 0.6, "quiet_need": 0.3, "random_audit": 0.1})
    {'benefit': 6, 'quiet_need': 3, 'random_audit': 1}
    """
    shares = {purpose: share for purpose, share in policy.items() if share > 0} or {"benefit": 1.0}
    exact = {purpose: capacity * share / sum(shares.values()) for purpose, share in shares.items()}
    # Rounded before flooring: 10 * 0.3 / 1.0 must not come out as 2.
    given = {purpose: math.floor(round(amount, 9)) for purpose, amount in exact.items()}
    by_remainder = sorted(exact, key=lambda purpose: given[purpose] - exact[purpose])
    for purpose in by_remainder[: capacity - sum(given.values())]:
        given[purpose] += 1
    return given


def shares_in_words(policy: Mapping[str, float]) -> str:
    """Say how the policy shares out the places of the week; '' where there is no policy.

    Examples
    --------
    >>> shares_in_words({"benefit": 0.6, "quiet_need": 0.4})
    '60 in 100 by expected benefit and 40 in 100 for the unheard'
    """
    return joined_in_words([f"{100 * share:.0f} in 100 {SHARES.get(purpose, purpose)}"
                            for purpose, share in policy.items() if share > 0])


def _this_week(lines: Sequence[CaseLine], lists: WeeklyLists) -> set[tuple[str, str]]:
    """Return the (list, case) pairs to act on this week.

    The lists come cut to capacity. Where they hold more, they are cut here as the policy says, so that a page never
    asks for more than an area can do.
    """
    offered = [line for line in lines if line.list in LIST_OF_SHARE.values()]
    if len(offered) <= lists.capacity:
        return {(line.list, line.case_id) for line in offered}
    chosen: set[tuple[str, str]] = set()
    for purpose, count in places(lists.capacity, lists.policy).items():
        taken = {case_id for _, case_id in chosen}
        free = [line for line in offered if line.list == LIST_OF_SHARE.get(purpose) and line.case_id not in taken]
        chosen |= {(line.list, line.case_id) for line in sorted(free, key=lambda line: line.rank)[:count]}
    return chosen


def changed_in_words(moves: Iterable[MoveLine], last_as_of: dt.date | None) -> str:
    """Say in one sentence what moved since the list before.

    Parameters
    ----------
    moves : iterable of MoveLine
    last_as_of : date or None
        The as-of date of the list before; None where there is none.

    Returns
    -------
    str
    """
    if last_as_of is None:
        return "There is no earlier list to compare with."
    cases: dict[str, set[str]] = {movement: set() for movement in MOVEMENTS}
    for move in moves:
        cases.setdefault(move.movement, set()).add(move.case_id)
    told = [f"{len(found):,} {MOVEMENTS.get(movement, movement)}" for movement, found in cases.items() if found]
    since = f"Since the list of {day_in_words(last_as_of)}"
    return f"{since}: {joined_in_words(told)}." if told else f"{since} nothing has moved."


def _one_area(area: str, stem: str, lists: WeeklyLists, lines: list[CaseLine], moves: list[MoveLine],
              duties: list[DutyLine], figures: Mapping[str, Any]) -> AreaWeek:
    chosen = _this_week(lines, lists)
    # Where there is no earlier list every case would be "new", and so is every random draw: the mark would say nothing.
    compared = lists.last_as_of is not None
    marked = [
        replace(
            line,
            is_new=bool(line.is_new) and compared and line.list != "random_audit",
            this_week=(line.list, line.case_id) in chosen,
        )
        for line in lines
    ]
    order = list(LISTS)
    marked.sort(key=lambda line: (not line.this_week, not line.is_new, order.index(line.list), line.rank))
    movement_order = list(MOVEMENTS)
    moves.sort(key=lambda move: (movement_order.index(move.movement), order.index(move.list), move.rank or math.inf))
    return AreaWeek(
        area=area,
        file_stem=stem,
        this_week=tuple(line for line in marked if line.this_week),
        lists={key: tuple(line for line in marked if line.list == key) for key in LISTS},
        moves=tuple(moves),
        duties=tuple(sorted(duties, key=lambda duty: -duty.outstanding)),
        figures=figures,
        changed=changed_in_words(moves, lists.last_as_of),
    )


def area_weeks(lists: WeeklyLists) -> list[AreaWeek]:
    """Lay out the week of every area, areas in the order of `lists.areas`.

    Parameters
    ----------
    lists : WeeklyLists

    Returns
    -------
    list of AreaWeek
        One for each area that is in the areas or the cases.
    """
    cases = {area: lines_of(rows, CaseLine) for area, rows in lists.cases.groupby("area", sort=True)}
    moves = {area: lines_of(rows, MoveLine) for area, rows in lists.movement.groupby("area")}
    duties = {area: lines_of(rows, DutyLine) for area, rows in lists.duties.groupby("area")}
    figures = {
        str(row["area"]): {str(name): blank_to_none(value) for name, value in row.items()}
        for row in lists.areas.to_dict("records")
    }
    areas = list(dict.fromkeys([*figures, *map(str, cases)]))
    stems = file_stems(areas)
    return [
        _one_area(area, stems[area], lists, cases.get(area, []), moves.get(area, []), duties.get(area, []),
                  figures.get(area, {}))
        for area in areas
    ]
