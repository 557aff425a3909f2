"""What an area finds with the places it has: who is listed, and how many appeals were among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Capacity", "at_capacity", "flagged_share"]


def flagged_share(order_by: np.ndarray, list_of: np.ndarray, capacity: int) -> np.ndarray:
    """Return what share of each row is on its list of `capacity` cases.

    Rows tied at the cut share the places left equally: the share is the chance of being listed if ties were broken
    by lot, and every figure made from it is the average over all ways of breaking them.

    Parameters
    ----------
    order_by : ndarray of shape (rows,)
        The highest come first.
    list_of : ndarray of shape (rows,)
        The list (area and date) a row belongs to.
    capacity : int

    Examples
    --------
    >>> flagged_share(np.array([3.0, 1, 1, 0]), np.array([0, 0, 0, 0]), 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    which = np.unique(list_of, return_inverse=True)[1]
    order = np.lexsort((-order_by, which))
    lists, values = which[order], order_by[order]
    first_of_list = np.searchsorted(lists, lists)
    new_tie = np.append(True, (lists[1:] != lists[:-1]) | (values[1:] != values[:-1]))
    tie = np.cumsum(new_tie) - 1
    size = np.bincount(tie)[tie]
    before = np.flatnonzero(new_tie)[tie] - first_of_list
    share = np.empty(len(order_by))
    share[order] = np.clip((capacity - before) / size, 0.0, 1.0)
    return share


@dataclass(frozen=True)
class Capacity:
    """What an area finds with the places it has.

    Parameters
    ----------
    precision : float
        Of the distinct cases listed, the share with an appeal registered within the horizon of a date on the list.
    recall : float
        Of the distinct cases with an appeal, the share listed while it was within the horizon.
    listed, found, appeals : float
        Distinct cases (listed and found are expectations where risks are tied).
    median_lead_days : float
        From the first time on the list to registration; NaN where registration dates are not given.
    found_by_case, appeal_by_case, listed_by_case : ndarray of shape (cases,)
    case_family : ndarray of shape (cases,)
    """

    precision: float
    recall: float
    listed: float
    found: float
    appeals: int
    median_lead_days: float
    found_by_case: np.ndarray
    appeal_by_case: np.ndarray
    case_family: np.ndarray
    listed_by_case: np.ndarray


def at_capacity(
    outcome: np.ndarray,
    share: np.ndarray,
    case_id: np.ndarray,
    family: np.ndarray,
    on: np.ndarray | None = None,
    registered_on: np.ndarray | None = None,
) -> Capacity:
    """Return precision and recall in distinct cases, from the shares of `flagged_share`."""
    _, first, case = np.unique(case_id, return_index=True, return_inverse=True)
    never = np.log1p(-np.minimum(share, 1 - 1e-12))
    listed = -np.expm1(np.bincount(case, weights=never))
    found = -np.expm1(np.bincount(case, weights=never * (outcome == 1)))
    appeal = np.bincount(case, weights=outcome == 1) > 0
    lead = np.nan
    if on is not None and registered_on is not None:
        lead = _median_lead(share, outcome, case, on, registered_on)
    total = float(listed.sum())
    return Capacity(
        float(found.sum()) / total if total else np.nan,
        float(found.sum() / appeal.sum()) if appeal.any() else np.nan,
        total, float(found.sum()), int(appeal.sum()), lead, found, appeal, family[first], listed,
    )


def _median_lead(
    share: np.ndarray, outcome: np.ndarray, case: np.ndarray, on: np.ndarray, registered_on: np.ndarray
) -> float:
    """Return the median number of days from the first likely place on the list to registration."""
    hit = (share >= 0.5) & (outcome == 1) & ~np.isnat(registered_on)
    if not hit.any():
        return np.nan
    days = (registered_on[hit] - on[hit]).astype("timedelta64[D]").astype(float)
    longest = np.full(case.max() + 1, -np.inf)
    np.maximum.at(longest, case[hit], days)
    return float(np.median(longest[np.isfinite(longest)]))
