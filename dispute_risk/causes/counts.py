"""A table of counts with its margins, and every sum that ties its numbers to each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["ALL", "Cell", "CountTable", "Relation", "counts_people", "in_time", "interval_shown", "outside", "relations_of",
           "rounded"]

ALL = "all"
"""The value of a column in a margin of a table."""

Cell = tuple[str, frozenset[tuple[str, str]], str, str]
"""What a number counts: measure, the categories it is restricted to, first day, last day. Two tables that hold the same
cell hold the same number, which is how tables of one document are linked."""


@dataclass(frozen=True)
class CountTable:
    """A table of counts with its margins.

    Parameters
    ----------
    name : str
    dims : tuple of str
        Columns that say what a row counts; `ALL` stands for the margin.
    counts : DataFrame
        Columns `dims` and `count`. Where a margin is there, the categories below it must be all there are.
    start_on, end_on : str
        First and last day counted, YYYY-MM-DD.
    measure : str
        What is counted: tables are linked where they count the same.
    overlapping : tuple of str
        Columns whose categories overlap (a case can be in several), so that they do not add up to the margin.
    covering : tuple of str
        Overlapping columns of which every case is in one category at least.
    quarter : str
        The column of periods, if there is one: values `YYYY-MM-DD/YYYY-MM-DD`.
    where : mapping of str to str
        Categories that hold for the whole table, such as one area.
    unpublished : frozenset of (column, category)
        Categories that are counted and not shown.
    """

    name: str
    dims: tuple[str, ...]
    counts: pd.DataFrame
    start_on: str
    end_on: str
    measure: str = "appeals"
    overlapping: tuple[str, ...] = ()
    covering: tuple[str, ...] = ()
    quarter: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    unpublished: frozenset[tuple[str, str]] = frozenset()

    def cell(self, values: Sequence[str]) -> Cell:
        """Return what a row counts."""
        start, end, kept = self.start_on, self.end_on, set(self.where.items())
        for name, value in zip(self.dims, values, strict=True):
            if value == ALL:
                continue
            if name == self.quarter:
                start, end = value.split("/")
            else:
                kept.add((name, value))
        return self.measure, frozenset(kept), start, end

    @property
    def cells(self) -> list[Cell]:
        """The cell of each row."""
        return [self.cell(values) for values in self.counts[list(self.dims)].astype(str).itertuples(index=False, name=None)]

    def with_counts(self, values: Sequence[float]) -> CountTable:
        """Return the same table with other numbers."""
        return CountTable(self.name, self.dims, self.counts.assign(count=np.asarray(values, float)), self.start_on,
                          self.end_on, self.measure, self.overlapping, self.covering, self.quarter, self.where, self.unpublished)

    def rows_published(self) -> np.ndarray:
        """Return which rows are shown."""
        hidden = np.zeros(len(self.counts), bool)
        for name, value in self.unpublished:
            hidden |= (self.counts[name].astype(str) == value).to_numpy()
        return ~hidden


@dataclass(frozen=True)
class Relation:
    """One number is the sum of others."""

    total: Cell
    parts: tuple[Cell, ...]


def relations_of(table: CountTable) -> list[Relation]:
    """Return every sum in a table; for overlapping categories, that those in one and those not in it make the margin."""
    rows = [tuple(map(str, row)) for row in table.counts[list(table.dims)].itertuples(index=False, name=None)]
    held, found = set(rows), []
    for place, name in enumerate(table.dims):
        parts: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for row in rows:
            margin = (*row[:place], ALL, *row[place + 1 :])
            if row[place] != ALL and margin in held:
                parts.setdefault(margin, []).append(row)
        for margin, below in parts.items():
            total = table.cell(margin)
            if name in table.overlapping:
                inside = [table.cell(row) for row in below]
                found += [Relation(total, (cell, outside(cell, name, row[place])))
                          for cell, row in zip(inside, below, strict=True)]
                if name in table.covering:
                    # All categories together make the margin and something over: those counted more than once.
                    together, over = _made_up(total, f"sum over {name}"), _made_up(total, f"over in {name}")
                    found += [Relation(together, tuple(inside)), Relation(together, (total, over))]
            else:
                found.append(Relation(total, tuple(table.cell(row) for row in below)))
    return found


def outside(cell: Cell, name: str, value: str) -> Cell:
    """Return the cell of those who are not in an overlapping category: never shown, but total less those who are."""
    measure, kept, start, end = cell
    return measure, frozenset(kept - {(name, value)} | {(name, f"not {value}")}), start, end


def _made_up(cell: Cell, name: str) -> Cell:
    return cell[0], cell[1] | {("*", name)}, cell[2], cell[3]


def counts_people(cell: Cell) -> bool:
    """Whether a cell counts cases, and is not only there to state that categories overlap."""
    return all(name != "*" for name, _ in cell[1])


def rounded(count: float, base: int) -> float:
    """Round to the nearest multiple, halves up.

    >>> [rounded(number, 5) for number in (6, 7, 8, 12, 13)]
    [5, 5, 10, 10, 15]
    """
    return base * math.floor(count / base + 0.5)


def interval_shown(shown: float, threshold: int, base: int) -> tuple[float, float]:
    """Return the least and the most that a published number can stand for.

    >>> interval_shown(5, 6, 5), interval_shown(40, 6, 5), interval_shown(0, 6, 5)
    ((6, 7), (38, 42), (0, 0))
    """
    if shown == 0:
        return 0, 0
    return max(threshold, math.ceil(shown - base / 2)), math.ceil(shown + base / 2) - 1


def in_time(relation: Relation) -> bool:
    """Whether a sum is over periods."""
    return len({cell[2:] for cell in relation.parts}) > 1
