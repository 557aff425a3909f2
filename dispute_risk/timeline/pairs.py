"""Joins by case: which rows of one kind meet which rows of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.facts import Facts, Snapshots, keys

__all__ = [
    "Stretches",
    "active_pairs",
    "first_known_between",
    "first_known_from",
    "join_by_case",
    "next_known",
    "ranges",
]


def ranges(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every position from each first to before each last, with the number of the range it belongs to.

    >>> ranges(np.array([0, 5]), np.array([2, 6]))
    (array([0, 0, 1]), array([0, 1, 5]))
    """
    size = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(first)), size)
    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return which, first[which] + within


def join_by_case(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of positions (left, right) that are of the same case."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    which, positions = ranges(
        np.searchsorted(ordered, left, "left"), np.searchsorted(ordered, left, "right")
    )
    return which, order[positions]


def active_pairs(facts: Facts, rows: Snapshots) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs (row, fact) where the fact is known on the row's date and still holds.

    Rows are sorted by case and date, so the dates on which a fact holds are one run of rows; the work is proportional
    to the number of pairs.

    Returns
    -------
    row, fact : ndarray of int64
        Positions, grouped by fact.
    """
    fact, row = ranges(rows.first_from(facts.case, facts.known), rows.first_from(facts.case, facts.until))
    return row, fact


@dataclass(frozen=True)
class Stretches:
    """Runs of rows on which the same facts are known and hold: what is worked out for a run is so for each of its rows.

    Rows are many (every case every week), changes are few, so the work goes with the facts and not with the rows.

    Parameters
    ----------
    rows : ndarray of int, shape (runs,)
        Number of rows of each run.
    first, last : ndarray of int, shape (facts,)
        Each fact holds from the first of these runs to before the last.
    """

    rows: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, facts: Facts, rows: Snapshots) -> Stretches:
        """Return the runs of rows sorted by case and date."""
        begins, ends = rows.first_from(facts.case, facts.known), rows.first_from(facts.case, facts.until)
        changes = np.zeros(len(rows) + 1, np.int8)
        changes[begins] = 1
        changes[ends] = 1
        changes[0] = changes[-1] = 1  # the first run begins with the first row; past the last row nothing holds
        number = np.cumsum(changes, dtype=np.int32)
        number -= 1
        return cls(np.diff(np.flatnonzero(changes)), number[begins], number[ends])

    def __len__(self) -> int:
        return len(self.rows)

    def on_rows(self, values: np.ndarray) -> np.ndarray:
        """Return for each row the value of its run."""
        return np.repeat(values, self.rows)

    def latest(self, day: np.ndarray) -> np.ndarray:
        """Return for each run the latest day among its facts, `NO_DAY` where there is none."""
        fact, run = ranges(self.first, self.last)
        found = np.full(len(self), NO_DAY, np.int32)
        np.maximum.at(found, run, day[fact].astype(np.int32))
        return found

    def earliest(self, day: np.ndarray) -> np.ndarray:
        """Return for each run the earliest day among its facts, `NO_DAY` where there is none."""
        fact, run = ranges(self.first, self.last)
        found = np.full(len(self), FOREVER, np.int32)
        np.minimum.at(found, run, day[fact].astype(np.int32))
        return np.where(found == FOREVER, np.int32(NO_DAY), found)

    def added(self, values: np.ndarray) -> np.ndarray:
        """Return for each run the sum of a value over its facts, added up in their order."""
        fact, run = ranges(self.first, self.last)
        return np.bincount(run, weights=values[fact], minlength=len(self))

    def standing(self, values: np.ndarray) -> np.ndarray:
        """Return for each run the value of the fact known last, for facts that hold for ever; `NO_DAY` before any."""
        found = np.full(len(self), NO_DAY, np.int32)
        holds = self.first < self.last
        found[self.first[holds]] = values[holds]  # of facts known between the same two rows the last one stands
        return found


def first_known_from(
    case: np.ndarray, start: np.ndarray, other_case: np.ndarray, other_day: np.ndarray, other_known: np.ndarray
) -> np.ndarray:
    """Return for each row the first day on which any other row of its case, dated on or after `start`, was known.

    Not the day on which the first of them was known: a later one may have been recorded earlier. `FOREVER` where none.
    """
    result = np.full(len(case), FOREVER, np.int32)
    order = np.lexsort((other_known, other_day, other_case))
    if not len(order):
        return result
    ordered_case = other_case[order].astype(np.int64)
    # A running minimum from the right, kept inside each case by an offset that grows towards the left.
    block = (ordered_case.max() - ordered_case) << 17
    reach = np.minimum.accumulate((other_known[order] - block)[::-1])[::-1] + block
    at = np.searchsorted(keys(ordered_case, other_day[order]), keys(case, start), "left")
    found = at < len(order)
    found[found] = ordered_case[at[found]] == case[found]
    result[found] = np.minimum(reach[at[found]], FOREVER)
    return result


def next_known(case: np.ndarray, happened: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return for each row the first day on which a later one of the same case was known; `FOREVER` where none is.

    This is when "the latest" stops being the latest, as the authority knew it at the time.
    """
    return first_known_from(case, happened + 1, case, happened, known)


def first_known_between(
    case: np.ndarray,
    after: np.ndarray,
    up_to: np.ndarray,
    other_case: np.ndarray,
    other_day: np.ndarray,
    other_known: np.ndarray,
) -> np.ndarray:
    """Return for each row the first day on which another row dated after `after` and up to `up_to` was known.

    For tables with a few rows a case: all pairs of a case are looked at.
    """
    result = np.full(len(case), FOREVER, np.int32)
    row, other = join_by_case(case, other_case)
    between = (other_day[other] > after[row]) & (other_day[other] <= up_to[row])
    np.minimum.at(result, row[between], other_known[other[between]].astype(np.int32))
    return result
