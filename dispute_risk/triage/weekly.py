"""Makes the lists of one week: who is on them, why, which duty is broken, what to do next, and what moved."""

from __future__ import annotations

import datetime as dt

import numpy as np

from dispute_risk.features.declare import Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.triage.areas import area_table, duty_table
from dispute_risk.triage.listed import COLUMNS, listed_rows
from dispute_risk.triage.lists import WeeklyLists
from dispute_risk.triage.memory import NOTHING, Memory
from dispute_risk.triage.movement import Earlier, movement_table
from dispute_risk.triage.routing import DECLARED_RULES, Routing
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy, select
from dispute_risk.triage.snapshot import OpenCases, open_cases
from dispute_risk.triage.told import told_of

__all__ = ["COLUMNS", "lists_of", "weekly_lists"]


def weekly_lists(
    searches: Searches,
    catalogue: Catalogue,
    fitted: FittedRisk,
    as_of: dt.date,
    capacity: int,
    *,
    authority: str,
    release: str,
    data_note: str,
    synthetic: bool = False,
    horizon_days: int = 182,
    policy: Policy = DEFAULT_POLICY,
    last_as_of: dt.date | None = None,
    notes: tuple[str, ...] = (),
    memory: Memory = NOTHING,
    routing: Routing = DECLARED_RULES,
) -> WeeklyLists:
    """Return the lists of a week, compared with those of the week before.

    The earlier lists are those that were kept (`triage.memory`). Where none was, they are made anew from what was known on
    that day, with the same model, so that a move on the list is a move of the case and not of the model.

    Parameters
    ----------
    searches : Searches
        Of a history known by `as_of`, or longer: later facts are not used.
    catalogue, fitted
        The model's features, and the model.
    as_of : date
    capacity : int
        Cases each area can act on in the week.
    authority, release, data_note, synthetic, horizon_days, notes
        Shown on every page.
    policy : Policy
    last_as_of : date, optional
        The date of the list to compare with; that of the list kept, else a week earlier, where not given.
    memory : Memory
        What the weeks before left.
    routing : Routing
        What orders the likely disputes and chooses the steps.
    """
    return lists_of(
        open_cases(searches, catalogue, fitted, as_of), capacity, authority=authority, release=release, data_note=data_note,
        synthetic=synthetic, horizon_days=horizon_days, policy=policy, last_as_of=last_as_of, notes=notes, memory=memory,
        routing=routing,
    )


def lists_of(
    now: OpenCases,
    capacity: int,
    *,
    authority: str,
    release: str,
    data_note: str,
    synthetic: bool = False,
    horizon_days: int = 182,
    policy: Policy = DEFAULT_POLICY,
    last_as_of: dt.date | None = None,
    notes: tuple[str, ...] = (),
    memory: Memory = NOTHING,
    routing: Routing = DECLARED_RULES,
) -> WeeklyLists:
    """Return the lists of open cases looked up already; for the parameters see `weekly_lists`."""
    kept = memory.as_of is not None and last_as_of in (None, memory.as_of)
    last_as_of = last_as_of or memory.as_of or now.as_of - dt.timedelta(days=7)
    chosen = select(now, capacity, policy, memory, routing.benefit(now))
    earlier = _kept(memory) if kept else _made_anew(now, last_as_of, capacity, policy, routing)
    ranks = {key: rank for key, (_, rank) in earlier.items()}
    listed = [np.zeros(0, np.int64), *(rows for areas in chosen.values() for rows in areas.values())]
    rows = np.concatenate(listed)
    told = told_of(now, rows, rows[~now.in_dispute[rows]], last_as_of)  # as the page of each case tells it
    cases = listed_rows(now, chosen, told, ranks, memory, routing, policy.weekly_slots)
    return WeeklyLists(
        cases,
        movement_table(cases, now, earlier, memory),
        area_table(now, cases),
        duty_table(now),
        now.as_of,
        capacity,
        authority,
        release,
        data_note,
        synthetic,
        horizon_days,
        policy.shares(),
        (*notes, *_notes(release, memory, kept, routing)),
        last_as_of,
    )


def _kept(memory: Memory) -> Earlier:
    return {(str(row["list"]), str(row["case_id"])): (str(row["area"]), int(row["rank"])) for row in memory.rows}


def _made_anew(now: OpenCases, last_as_of: dt.date, capacity: int, policy: Policy, routing: Routing) -> Earlier:
    before = open_cases(now.searches, now.catalogue, now.fitted, last_as_of, ranges=False)
    earlier = select(before, capacity, policy, benefit=routing.benefit(before))
    return {(name, str(before.case_id[row])): (area, rank) for name, areas in earlier.items()
            for area, rows in areas.items() for rank, row in enumerate(rows.tolist(), 1)}


def _notes(release: str, memory: Memory, kept: bool, routing: Routing) -> tuple[str, ...]:
    """Say what a reader must know of the comparison and of the routing."""
    notes = []
    if kept and memory.release != release:
        notes.append(f"The list before was made with release {memory.release}: a move on the lists may be a move of the model.")
    if routing.name:
        notes.append(f"Order and steps follow {routing.name}.")
    return tuple(notes)
