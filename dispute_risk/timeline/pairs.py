"""Joins by case: which rows of one kind meet which rows of another."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.days import FOREVER
from dispute_risk.timeline.facts import Facts, Snapshots, keys

__all__ = ["active_pairs", "first_known_between", "first_known_from", "join_by_case", "next_known", "ranges"]


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
    at = rows.key
    fact, row = ranges(
        np.searchsorted(at, keys(facts.case, facts.known), "left"),
        np.searchsorted(at, keys(facts.case, facts.until), "left"),
    )
    return row, fact


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
