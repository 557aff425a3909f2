"""Who is at risk on a date, in which state their right of appeal is, and whether an appeal was registered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.timeline.days import NO_DAY, add_months
from dispute_risk.timeline.disputes import REGISTRATION_DAYS
from dispute_risk.timeline.facts import Facts, Snapshots, keys
from dispute_risk.timeline.history import History

__all__ = [
    "REGISTRATION_DAYS",
    "STATES",
    "Standing",
    "active_count",
    "appeal_within",
    "days_to_appeal",
    "standing",
]

STATES: dict[str, str] = {
    "no_right_yet": "No appealable decision yet",
    "window_open": "A decision can be appealed now",
    "plan_in_force": "Plan in force, no decision open to appeal",
}
"""States of the right of appeal; the first matter in every report."""

AGE_LIMIT_YEARS = 25
"""A plan may be maintained up to the 25th birthday (Children and Families Act 2014 s.46 and Part 3)."""


def active_count(facts: Facts, rows: Snapshots) -> np.ndarray:
    """Return how many facts are known and hold on each row's date: the difference of two sorted searches."""
    at = rows.key
    begun = np.searchsorted(keys(facts.case, facts.known), at, "right")
    over = np.searchsorted(np.sort(keys(facts.case, facts.until)), at, "right")
    return begun - over


@dataclass(frozen=True)
class Standing:
    """Where each row stands.

    Parameters
    ----------
    state : ndarray of str
        Key of `STATES`; '' where no appeal can come of the case on that date.
    in_dispute : ndarray of bool
        Lodged, registered, or a certificate or adviser contacted: always seen, never given a risk.
    """

    state: np.ndarray
    in_dispute: np.ndarray

    @property
    def at_risk(self) -> np.ndarray:
        """Mask of the rows that are given a risk."""
        return (self.state != "") & ~self.in_dispute


def standing(history: History, rows: Snapshots) -> Standing:
    """Return the state of the right of appeal of each row, and whether the case is already in dispute."""

    def holds(name: str) -> np.ndarray:
        return active_count(history.facts[name], rows) > 0

    born = history.attributes.get("born", np.full(len(history.case_id), NO_DAY, np.int32))
    birthday = add_months(born, 12 * AGE_LIMIT_YEARS)[rows.case]
    open_case = holds("opened") & ((birthday == NO_DAY) | (rows.on < birthday))
    window, plan, awaited = holds("window"), holds("plan_made"), holds("plan_awaited")
    state = np.select(
        [open_case & window, open_case & awaited & ~plan, open_case & plan],
        ["window_open", "no_right_yet", "plan_in_force"],
        default="",
    )
    return Standing(state, open_case & holds("in_dispute"))


def appeal_within(history: History, rows: Snapshots, horizon_days: int) -> np.ndarray:
    """Return 1 where an appeal was registered within the horizon after the row's date, 0 where none was, else NaN.

    NaN, not yet known: the horizon, and the time a registration takes to be recorded, had not run out when the records
    end. That holds for rows with an early appeal too, since counting those alone would overstate the risk.

    Parameters
    ----------
    history : History
    rows : Snapshots
    horizon_days : int
        An appeal registered on day 1 to `horizon_days` after the row's date counts.

    Returns
    -------
    ndarray of float32
    """
    appeals = history.facts["appeal"]
    registered = np.sort(keys(appeals.case, appeals.happened))
    seen = np.searchsorted(registered, keys(rows.case, rows.on + horizon_days), "right")
    outcome = (seen > np.searchsorted(registered, rows.key, "right")).astype(np.float32)
    outcome[rows.on + horizon_days + REGISTRATION_DAYS > history.last_day] = np.nan
    return outcome


def days_to_appeal(history: History, rows: Snapshots) -> np.ndarray:
    """Return the days from each row's date to the next appeal registered for the case; inf where none is recorded."""
    appeals = history.facts["appeal"]
    order = np.argsort(keys(appeals.case, appeals.happened), kind="stable")
    case, happened = appeals.case[order], appeals.happened[order]
    at = np.searchsorted(keys(case, happened), rows.key, "right")
    found = at < len(case)
    found[found] = case[at[found]] == rows.case[found]
    wait = np.full(len(rows), np.inf)
    wait[found] = happened[at[found]] - rows.on[found]
    return wait
