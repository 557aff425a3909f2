"""Counts made fit to publish: small numbers withheld, the rest rounded, and nothing that subtraction could give back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispute_risk.causes.counts import (
    ALL,
    Cell,
    CountTable,
    Relation,
    counts_people,
    in_time,
    interval_shown,
    relations_of,
    rounded,
)
from dispute_risk.causes.ranges import Web, may_be_nought, narrowed, shown_in
from dispute_risk.errors import OutputNotWritten

__all__ = ["BASE", "THRESHOLD", "WITHHELD", "Protected", "protect"]

THRESHOLD, BASE = 6, 5
"""Counts from 1 to 5 are withheld and the others rounded to the nearest 5 (methods section 4); conventions differ between
publishers, so both can be set."""

WITHHELD = "c"
"""How a withheld number is written, as the Department for Education does."""


@dataclass(frozen=True)
class Protected:
    """Tables that can be published.

    Parameters
    ----------
    tables : tuple of CountTable
        In the order given; numbers rounded, NaN where withheld.
    threshold, base : int
    small, further, noughts : int
        Numbers withheld because they are small, larger ones that would give a small one away, and noughts. For the
        authority only: to publish which is which would undo it.
    narrowed : tuple of str
        Where an earlier release narrows a number that this one withholds, in words. It cannot be taken back.
    """

    tables: tuple[CountTable, ...]
    threshold: int
    base: int
    small: int = 0
    further: int = 0
    noughts: int = 0
    narrowed: tuple[str, ...] = ()

    def table(self, name: str) -> CountTable:
        """Return one table by its name."""
        return next(table for table in self.tables if table.name == name)

    def summary(self) -> str:
        """Say for the authority what was withheld and why."""
        return (f"Withheld: {self.small} numbers from 1 to {self.threshold - 1}, {self.further} larger ones that would give "
                f"such a number away, {self.noughts} noughts. The rest is rounded to the nearest {self.base}."
                + "".join(f" {one}" for one in self.narrowed))


def protect(
    tables: Sequence[CountTable], threshold: int = THRESHOLD, base: int = BASE, before: Sequence[CountTable] = ()
) -> Protected:
    """Withhold small counts, round the others, and withhold more until no small count can be worked out.

    Every table of the document is protected together. A number is taken to be safe when everything published (sums of
    rows and columns, the same number in another table, those left over outside an overlapping category, the rounding,
    earlier releases) leaves open the whole of 1 to `threshold` - 1 for it. While one is not, the smallest of the numbers
    that narrow it down is withheld too. Withholding more only widens the others, so each has to be looked at once. Noughts
    are shown, except under a withheld total and where a whole group would be known to be of one kind.

    Parameters
    ----------
    tables : sequence of CountTable
        True counts; whole numbers.
    threshold : int
        The smallest count that is shown.
    base : int
        Others are rounded to the nearest multiple.
    before : sequence of CountTable
        Tables of earlier releases as published, NaN where withheld.

    Returns
    -------
    Protected

    Raises
    ------
    OutputNotWritten
        Where two tables hold different numbers for the same thing, so that nothing can be said of what they give away.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"area": ["all", "N", "S", "W"], "count": [60, 30, 27, 3]})
    >>> made = protect([CountTable("by area", ("area",), counts, "2025-01-01", "2025-12-31")])
    >>> made.tables[0].counts["count"].tolist()
    [60.0, 30.0, 25.0, nan]

    The 3 can be anything from 1 to 11 here. Had nothing been rounded, another area would have been withheld:

    >>> exact = protect([CountTable("by area", ("area",), counts, "2025-01-01", "2025-12-31")], base=1)
    >>> exact.tables[0].counts["count"].tolist()
    [60.0, 30.0, nan, nan]
    """
    work = _Work(tables, threshold, base, before)
    work.withhold_small()
    work.withhold_lone()
    work.bound_all()
    done: set[Cell] = set()
    while left := [cell for cell in work.to_guard() if cell not in done]:
        for cell in left:
            work.guard(cell)
            done.add(cell)
    return Protected(
        tuple(table.with_counts([work.shown[cell] for cell in table.cells]) for table in tables), threshold, base,
        work.small, work.further, work.noughts, tuple(work.narrowed),
    )


class _Work:
    def __init__(
        self, tables: Sequence[CountTable], threshold: int, base: int, before: Sequence[CountTable]
    ) -> None:
        self.threshold, self.base = threshold, base
        self.true = _one_number_a_cell(tables)
        self.public = {cell for table in tables for cell, public in zip(table.cells, table.rows_published(), strict=True)
                       if public}
        self.shown = {cell: float(rounded(count, base)) for cell, count in self.true.items()}
        self.own = [relation for table in tables for relation in relations_of(table)]
        for relation in self.own:
            self._left_over(relation)
        self.old = shown_in(before)
        nested, self.rests = _across_releases(self.public, self.old)
        self.web = Web(self.true, [*self.own, *(one for table in before for one in relations_of(table)), *nested])
        self.below: dict[Cell, list[Cell]] = {}
        for relation in self.own:
            self.below.setdefault(relation.total, []).extend(cell for cell in relation.parts if cell in self.public)
        self.small = self.further = self.noughts = 0
        self.narrowed: list[str] = []

    def _left_over(self, relation: Relation) -> None:
        """Give those outside an overlapping category their true number: the total less those in it."""
        if relation.total not in self.true:
            self.true[relation.total] = sum(self.true[cell] for cell in relation.parts)
        unknown = [cell for cell in relation.parts if cell not in self.true]
        if unknown:
            rest = self.true[relation.total] - sum(self.true.get(cell, 0) for cell in relation.parts)
            self.true[unknown[0]] = rest

    def bound_all(self) -> None:
        """Set up what a reader knows of every number from what is shown so far."""
        noughts = may_be_nought(self.own, self.public, self.shown)
        for cell in self.web.cells:
            low, high = 0.0, math.inf
            if cell in self.public:
                shown = self.shown[cell]
                low, high = ((float(cell not in noughts), math.inf) if math.isnan(shown)
                             else interval_shown(shown, self.threshold, self.base))
            self.web.bound(cell, *narrowed(low, high, self.old.get(cell, math.nan), self.threshold, self.base))

    def _withhold(self, cell: Cell) -> None:
        """Withhold a number, and the noughts under it: they would say which of its parts are there."""
        if math.isnan(self.shown[cell]):
            return
        self.shown[cell] = math.nan
        self.small += self._is_small(cell)
        self.noughts += not self.true[cell]
        self.further += self.true[cell] >= self.threshold
        for part in self.below.get(cell, []):
            if not self.true[part]:
                self._withhold(part)

    def _is_small(self, cell: Cell) -> bool:
        return counts_people(cell) and cell in self.true and 0 < self.true[cell] < self.threshold

    def withhold_small(self) -> None:
        for cell in self.public:
            if self._is_small(cell):
                self._withhold(cell)

    def withhold_lone(self) -> None:
        """Where all of a group are of one kind, withhold the noughts beside it too."""
        for relation in self.own:
            some = [cell for cell in relation.parts if self.true[cell]]
            kinds = len(relation.parts) > 1 and not in_time(relation) and self.public.issuperset(relation.parts)
            if len(some) == 1 and kinds:
                for cell in relation.parts:
                    self._withhold(cell)

    def to_guard(self) -> list[Cell]:
        """Return the numbers that must not be worked out, the most entangled first."""
        tied: dict[Cell, int] = {}
        for relation in self.web.relations:
            for cell in (relation.total, *relation.parts):
                tied[cell] = tied.get(cell, 0) + 1
        hidden_noughts = [cell for cell in self.public if math.isnan(self.shown[cell]) and not self.true[cell]]
        wanted = [cell for cell in self.true if self._is_small(cell)] + hidden_noughts + self.rests
        return sorted((cell for cell in wanted if cell in tied), key=lambda cell: (-tied[cell], _name(cell)))

    def guard(self, cell: Cell) -> None:
        """Withhold more until the whole of 1 to threshold - 1 is left open for a cell."""
        most, place = self.threshold - 1, self.web.number[cell]
        while self.web.seen_low[place] > 1 or self.web.seen_high[place] < most:
            open_ended = cell in self.rests  # how large the difference of two releases is nobody has counted
            low, high, tight = self.web.range_of(cell, limit=math.inf if open_ended else most)
            if math.isnan(low):
                self.narrowed.append(f"Numbers of an earlier release no longer fit those of this one ({_name(cell)}).")
                return
            if (low <= 1 + 1e-7 and high >= most - 1e-7) or (open_ended and (low > most or high <= 1e-7)):
                return
            choice = self._next_to_withhold(cell, tight)
            if choice is None:
                self.narrowed.append(f"{_name(cell)} can be narrowed to {low:.0f} to {high:.0f}, and nothing is left to "
                                     "withhold: an earlier release holds the rest.")
                return
            self._withhold(choice)
            self.bound_all()

    def _next_to_withhold(self, cell: Cell, tight: list[Cell]) -> Cell | None:
        """Return the smallest number that narrows the cell down; failing that, the smallest beside it."""
        beside = [one for relation in self.web.relations if cell in (relation.total, *relation.parts)
                  for one in (relation.total, *relation.parts)]
        for group in (tight, beside, self.web.cells):
            free = [one for one in group if one in self.public and not math.isnan(self.shown[one]) and self.true[one]
                    and one[0] == cell[0] and math.isnan(self.old.get(one, math.nan))]
            if free:
                return min(free, key=lambda one: (self.true[one], -len(one[1]), _name(one)))
        return None


def _one_number_a_cell(tables: Sequence[CountTable]) -> dict[Cell, int]:
    true: dict[Cell, int] = {}
    wrong = []
    for table in tables:
        for cell, count in zip(table.cells, table.counts["count"], strict=True):
            if not (count >= 0 and float(count).is_integer()):
                raise ValueError(f"{table.name}, {_name(cell)}: {count!r} is not a count")
            if true.setdefault(cell, int(count)) != count:
                wrong.append(f"{_name(cell)}: {true[cell]} and {count:g} ({table.name})")
    for table in tables:
        for relation in relations_of(table):
            if relation.total not in true:
                continue
            parts = [true[cell] for cell in relation.parts if cell in true]
            exact = len(parts) == len(relation.parts)
            if (exact and sum(parts) != true[relation.total]) or sum(parts) > true[relation.total]:
                wrong.append(f"{_name(relation.total)}: {true[relation.total]}, and its parts make {sum(parts)} ({table.name})")
    if wrong:
        raise OutputNotWritten("The tables contradict each other, so that nobody can say what they give away. "
                               "Nothing was published.", wrong)
    return true


def _across_releases(new: set[Cell], old: dict[Cell, float]) -> tuple[list[Relation], list[Cell]]:
    """Return the differences between numbers of two releases of which one period lies within the other."""
    relations, rests = [], []
    by_kind: dict[tuple[str, frozenset[tuple[str, str]]], list[Cell]] = {}
    for cell in new:
        by_kind.setdefault(cell[:2], []).append(cell)
    for cell in old:
        for other in by_kind.get(cell[:2], []) if cell not in new else []:  # what is in this release is tied there
            for inner, outer in ((cell, other), (other, cell)):
                if (inner[2], inner[3]) != (outer[2], outer[3]) and outer[2] <= inner[2] and inner[3] <= outer[3]:
                    rest = (cell[0], cell[1] | {("outside", f"{inner[2]}/{inner[3]}")}, outer[2], outer[3])
                    relations.append(Relation(outer, (inner, rest)))
                    rests.append(rest)
    return relations, list(dict.fromkeys(rests))


def _name(cell: Cell) -> str:
    kept = ", ".join(f"{name} {value}" for name, value in sorted(cell[1]))
    return f"{cell[0]} {kept or ALL}, {cell[2]} to {cell[3]}"


def shown_words(value: float) -> str:
    """Return a published number as it is written."""
    return WITHHELD if np.isnan(value) else f"{value:,.0f}"
