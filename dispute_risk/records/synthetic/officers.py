"""Who holds the cases of the invented authority: officers, those who leave, and the weeks when nobody does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.records.synthetic.streams import Streams

__all__ = ["Desks", "desks"]

CASES_A_DESK = 170


@dataclass(frozen=True)
class Desks:
    """Desks of the area teams: each case sits on one, officers come and go.

    Parameters
    ----------
    of_case : ndarray of int
        Desk of each case.
    holder : ndarray of int, shape (desks, weeks)
        Number of the officer at the desk in each week, -1 where nobody is.
    changes : ndarray of int, shape (desks, weeks)
        New officers at the desk in the 26 weeks up to each week.
    """

    of_case: np.ndarray
    holder: np.ndarray
    changes: np.ndarray

    def one_more_week(self) -> Desks:
        """Return desks for a week beyond the records, everybody staying."""
        return Desks(self.of_case, np.hstack([self.holder, self.holder[:, -1:]]),
                     np.hstack([self.changes, self.changes[:, -1:]]))


def desks(area: np.ndarray, plans: int, weeks: int, settings: Settings, streams: Streams) -> Desks:
    """Draw the desks, who sits at them in each week, and which case lies on which desk."""
    draw = streams.of("officers")
    each = max(2, round(plans / CASES_A_DESK / settings.areas))
    of_case = area * each + (draw.random(len(area)) * each).astype(int)
    count = each * settings.areas
    leave = draw.random((count, weeks)) < settings.officer_churn / 52.18 * draw.gamma(2, 0.5, (count, 1))
    empty_for = draw.geometric(1 / 6, (count, weeks))
    if not settings.on("officer_churn"):
        leave[:] = False
    holder = np.empty((count, weeks), np.int32)
    sits, empty_until, following = np.arange(count), np.zeros(count, int), count
    for week in range(weeks):
        leaves = leave[:, week] & (week >= empty_until)
        empty_until[leaves] = week + empty_for[leaves, week]
        sits[leaves] = following + np.arange(leaves.sum())
        following += int(leaves.sum())
        holder[:, week] = np.where(week < empty_until, -1, sits)
    return Desks(of_case, holder, _changes(holder))


def _changes(holder: np.ndarray) -> np.ndarray:
    new = np.zeros(holder.shape, np.int32)
    new[:, 1:] = (holder[:, 1:] != holder[:, :-1]) & (holder[:, 1:] >= 0)
    total = np.cumsum(new, axis=1)
    total[:, 26:] -= total[:, :-26].copy()
    return total
