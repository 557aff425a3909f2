"""How large the list is and how much of it changes from one week to the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.features.build import build_features
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.outcome import standing

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.features.searches import Searches
    from dispute_risk.model.fitted import FittedRisk

__all__ = ["ListChange", "list_change"]


@dataclass(frozen=True)
class ListChange:
    """The likely disputes of two dates, as many in each area as it can act on.

    Parameters
    ----------
    listed, new : int
        Cases on the list of the later date, and how many of them were not on the earlier one.
    at_risk : int
        Cases at risk on the later date.
    expected : float
        Sum of their risks.
    """

    listed: int
    new: int
    at_risk: int
    expected: float

    @property
    def share_new(self) -> float:
        """Share of the list that is new; NaN without a list."""
        return self.new / self.listed if self.listed else np.nan


def list_change(
    searches: Searches, catalogue: Catalogue, fitted: FittedRisk, as_of: dt.date, capacity: int, days: int = 7
) -> ListChange:
    """Return how the list of a date differs from that of a week before.

    Parameters
    ----------
    searches : Searches
    catalogue, fitted
        The features of the model in its order, and the model.
    as_of : date
    capacity : int
        Cases an area can act on.
    days : int
        Days between the two lists.
    """
    now, at_risk, expected = _listed(searches, catalogue, fitted, day_number(as_of), capacity)
    before, _, _ = _listed(searches, catalogue, fitted, day_number(as_of) - days, capacity)
    return ListChange(len(now), len(now - before), at_risk, expected)


def _listed(
    searches: Searches, catalogue: Catalogue, fitted: FittedRisk, on: int, capacity: int
) -> tuple[set[int], int, float]:
    history = searches.history
    everyone = Snapshots.of(np.arange(len(history.case_id), dtype=np.int32), on)
    rows = everyone.take(standing(history, everyone).at_risk)
    if not len(rows):
        return set(), 0, 0.0
    risk = fitted.risk(build_features(history, rows, catalogue, searches).to_numpy(np.float64))
    area = history.area_of_case[rows.case]
    chosen: set[int] = set()
    for one in np.unique(area):
        here = np.flatnonzero(area == one)
        chosen |= set(rows.case[here[np.argsort(-risk[here], kind="stable")[:capacity]]].tolist())
    return chosen, len(rows), float(risk.sum())
