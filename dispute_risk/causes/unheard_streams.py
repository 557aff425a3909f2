"""What the places for the unheard and the random places would have rested on, for past dates of a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.model.fairness_groups import groups_of_rows
from dispute_risk.model.fairness_lists import Streams, equity_veto
from dispute_risk.timeline.days import day_numbers
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.triage.breach_index import breach_index
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy
from dispute_risk.triage.voice import quietness

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks
    from dispute_risk.model.verdict import Veto
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.timeline.history import History

__all__ = ["equity_check", "streams_of"]


def equity_check(
    casebook: Casebook, history: History, capacity: int, policy: Policy = DEFAULT_POLICY
) -> Callable[[Landmarks, np.ndarray, np.ndarray], list[Veto]]:
    """Return the check of equity for `train` and `validate`, on the groups and the lists of an authority.

    Parameters
    ----------
    casebook : Casebook
        With the columns that are audited and are never features.
    history : History
        Of the same records.
    capacity : int
        Cases an area can act on at each date.
    policy : Policy
    """
    return equity_veto(lambda rows: groups_of_rows(casebook, rows.case_id, rows.on),
                       lambda rows: streams_of(history, rows, capacity, policy))


def streams_of(history: History, rows: Landmarks, capacity: int, policy: Policy = DEFAULT_POLICY) -> Streams:
    """Return breach index and quietness of cases on past dates, as known on each.

    Parameters
    ----------
    history : History
        Of which the rows are.
    rows : Landmarks
    capacity : int
        Cases an area can act on at each date.
    policy : Policy
    """
    order = np.argsort(history.case_id.astype(str), kind="stable")
    case = order[np.searchsorted(history.case_id.astype(str)[order], rows.case_id.astype(str))]
    days = day_numbers(rows.on)
    by_case = np.lexsort((days, case))
    snapshots = Snapshots.of(case[by_case], days[by_case])
    need, quiet = np.zeros(len(rows)), np.zeros(len(rows))
    need[by_case] = breach_index(history, snapshots)
    quiet[by_case] = quietness(history, snapshots)
    kept = np.ones(len(rows), bool)
    for day in np.unique(days):
        here = days == day
        failed = here & (need >= policy.least_breach)
        if failed.any():
            kept[here] = quiet[here] >= np.quantile(quiet[failed], policy.quiet_from)
    return Streams(need, kept, policy.slots(capacity), policy.least_breach)
