"""What the records say happened, when the authority knew it, and until when it held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dispute_risk.timeline.days import FOREVER, NO_DAY

__all__ = ["Facts", "Snapshots", "keys"]


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
        numbers = [number for number, label in enumerate(self.labels[column]) if label in wanted]
        return self.take(np.isin(self.columns[column], numbers))

    def take(self, mask: np.ndarray) -> Facts:
        """Return the facts of a mask or of sorted positions."""
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
        return shorter.take(shorter.known < shorter.until)

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

    @property
    def key(self) -> np.ndarray:
        """One sortable number a row."""
        return keys(self.case, self.on)

    def take(self, mask: np.ndarray) -> Snapshots:
        """Return the rows of a mask."""
        return Snapshots(self.case[mask], self.on[mask])
