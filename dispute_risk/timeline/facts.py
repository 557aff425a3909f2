"""What the records say happened, when the authority knew it, and until when it held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from dispute_risk.timeline.days import FOREVER, NO_DAY

__all__ = ["Facts", "Snapshots", "keys"]

MOST_CELLS_A_ROW = 8
"""Size of the table of cases by dates, in cells for each row, from which the rows are searched instead."""


def keys(case: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return one sortable 64-bit number for a case and a day."""
    return (case.astype(np.int64) << 16) + np.clip(day, 0, FOREVER)


@dataclass(frozen=True)
class Facts:
    """Facts of one kind, sorted by case and by the day on which each became known.

    A fact counts on a date when it was known by then and still holds: `known <= date < until`. Late recording is exact,
    because `known` is the day of recording, and so is a correction, because `until` is the day on which it was recorded.

    Parameters
    ----------
    case : ndarray of int32, shape (facts,)
        Number of the case (or of the area, for facts about a team).
    happened, known, until : ndarray of int32
        Day numbers (`timeline.days`).
    columns : mapping of str to ndarray
        Further values: day numbers where the name ends in `_on`, codes or numbers otherwise.
    labels : mapping of str to sequence of str
        For a coded column, the code behind each number.
    """

    case: np.ndarray
    happened: np.ndarray
    known: np.ndarray
    until: np.ndarray
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.case)

    @classmethod
    def of(
        cls,
        case: np.ndarray,
        happened: np.ndarray,
        known: np.ndarray | None = None,
        until: np.ndarray | None = None,
        columns: Mapping[str, np.ndarray] | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
    ) -> Facts:
        """Return facts sorted for searching; those that never became known, or held for no day, are left out.

        Parameters
        ----------
        case, happened : array-like of int
        known : array-like of int, optional
            Day of recording; the day itself where it is not given. Nothing is known before it happened.
        until : array-like of int, optional
            First day on which it no longer holds; for ever where it is not given.
        """
        case = np.asarray(case, dtype=np.int32)
        happened = np.asarray(happened, dtype=np.int32)
        known = happened if known is None else np.maximum(np.asarray(known, dtype=np.int32), happened)
        until = np.full(len(case), FOREVER, np.int32) if until is None else np.asarray(until, dtype=np.int32)
        keep = np.flatnonzero((happened != NO_DAY) & (known < FOREVER) & (known < until) & (case >= 0))
        order = keep[np.lexsort((happened[keep], known[keep], case[keep]))]
        picked = {name: np.asarray(values)[order] for name, values in (columns or {}).items()}
        return cls(case[order], happened[order], known[order], until[order], picked, dict(labels or {}))

    def where(self, column: str, codes: str | Sequence[str]) -> Facts:
        """Return the facts whose coded column is one of the codes."""
        wanted = {codes} if isinstance(codes, str) else set(codes)
        unknown = wanted - set(self.labels[column])
        if unknown:
            raise KeyError(f"{column} has no code {', '.join(sorted(unknown))}")
        # One place more than there are codes, so that a blank (-1) reads the last, which is never wanted.
        wanted_number = np.array([*(label in wanted for label in self.labels[column]), False])
        return self.take(wanted_number[self.columns[column]])

    def take(self, mask: np.ndarray | slice) -> Facts:
        """Return the facts of a mask, of sorted positions or of a slice."""
        if isinstance(mask, np.ndarray) and mask.dtype == bool:
            mask = np.flatnonzero(mask)  # looked up once for all columns
        return Facts(
            self.case[mask],
            self.happened[mask],
            self.known[mask],
            self.until[mask],
            {name: values[mask] for name, values in self.columns.items()},
            self.labels,
        )

    def within(self, days: int) -> Facts:
        """Return the same facts, each holding only until that many days after it happened."""
        until = np.minimum(self.until, np.minimum(self.happened.astype(np.int64) + days, FOREVER)).astype(np.int32)
        shorter = Facts(self.case, self.happened, self.known, until, self.columns, self.labels)
        ever = shorter.known < shorter.until
        return shorter if ever.all() else shorter.take(ever)

    def regrouped(self, group_of_case: np.ndarray) -> Facts:
        """Return the same facts keyed by group (such as the area) instead of by case."""
        return Facts.of(group_of_case[self.case], self.happened, self.known, self.until, self.columns, self.labels)

    def label(self, column: str, position: int) -> str:
        """Return the code behind one value of a coded column, '' where it is blank."""
        number = int(self.columns[column][position])
        return self.labels[column][number] if number >= 0 else ""


@dataclass(frozen=True)
class Snapshots:
    """Cases on dates, sorted by case and date: the rows a feature is taken for.

    Parameters
    ----------
    case : ndarray of int32, shape (rows,)
    on : ndarray of int32
        Day numbers; a fact known on that day counts.
    """

    case: np.ndarray
    on: np.ndarray

    @classmethod
    def of(cls, case: np.ndarray, on: np.ndarray | int) -> Snapshots:
        """Return snapshots; raises ValueError where they are not sorted by case and date."""
        case = np.asarray(case, dtype=np.int32)
        on = np.broadcast_to(np.asarray(on, dtype=np.int32), case.shape)
        if len(case) and np.any(np.diff(keys(case, on)) < 0):
            raise ValueError("snapshots must be sorted by case and then by date")
        return cls(case, on)

    def __len__(self) -> int:
        return len(self.case)

    @cached_property
    def key(self) -> np.ndarray:
        """One sortable number a row."""
        return keys(self.case, self.on)

    def first_from(self, case: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the position of the first row that is of the case and on or after the day, or is of a later case.

        The rows must be sorted by case and date. Where they lie on few dates, which landmarks do, a table of cases by
        dates answers in one look-up each; elsewhere the sorted rows are searched.
        """
        if self._places is None:
            return np.searchsorted(self.key, keys(case, day), "left")
        first_case, first_day, rank, position = self._places
        later = rank[np.minimum(np.maximum(day - first_day, 0), len(rank) - 1)]
        cell = (case.astype(np.int64) - first_case) * int(rank[-1]) + later
        return position[np.minimum(np.maximum(cell, 0), len(position) - 1)]

    @cached_property
    def _places(self) -> tuple[int, int, np.ndarray, np.ndarray] | None:
        """First case, first day, dates before each day, rows before each case and date; None where that is too large."""
        if not len(self):
            return None
        first_case, first_day = int(self.case[0]), int(self.on.min())
        occurs = np.zeros(int(self.on.max()) - first_day + 1, bool)
        occurs[self.on - first_day] = True
        rank = np.concatenate([[0], np.cumsum(occurs)])
        cells = (int(self.case[-1]) - first_case + 1) * int(rank[-1])
        if cells > MOST_CELLS_A_ROW * len(self):
            return None
        taken = (self.case.astype(np.int64) - first_case) * rank[-1] + rank[self.on - first_day]
        return first_case, first_day, rank, np.concatenate([[0], np.cumsum(np.bincount(taken, minlength=cells))])

    def take(self, mask: np.ndarray) -> Snapshots:
        """Return the rows of a mask."""
        return Snapshots(self.case[mask], self.on[mask])
