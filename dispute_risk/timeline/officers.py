"""Who held the case: spells of officers, changes, days without one; for the team, never for a named officer."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import first_known_between, join_by_case, next_known
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.schooling import ended

__all__ = ["officer_facts", "team_facts"]


def _spells(recorded: Recorded) -> tuple[np.ndarray, ...]:
    """Return case, first day, day known, first day over, and officer (-1 for nobody) of each spell."""
    case, start = recorded.case("allocations"), recorded.day("allocations", "from_on")
    known = recorded.known("allocations", "from_on")
    officer, _ = recorded.identifier("allocations", "officer_id")
    until = np.minimum(ended(recorded, "allocations"), next_known(case, start, known))
    return case, start, known, until.astype(np.int32), officer


def officer_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return spells with an officer, spells without one, and changes of officer."""
    case, start, known, until, officer = _spells(recorded)
    held, nobody = officer >= 0, officer < 0
    over = ended(recorded, "allocations")
    return {
        "held": Facts.of(case[held], start[held], known[held], until[held]),
        "no_officer": Facts.of(case[nobody], start[nobody], known[nobody], until[nobody]),
        "no_officer_spell": Facts.of(
            case[nobody], start[nobody], known[nobody], None,
            {"to_on": recorded.day("allocations", "to_on")[nobody], "over": over[nobody]},
        ),
        "officer_change": _changes(case[held], start[held], known[held], officer[held]),
    }


def _changes(case: np.ndarray, start: np.ndarray, known: np.ndarray, officer: np.ndarray) -> Facts:
    """Return the spells of another officer than the one before, for as long as that one is known as the one before.

    The same officer again, after a gap or in a new row, is no change; a spell in between that is recorded later is.
    """
    # Spells of the same day are told apart by their place in the file.
    place = (start.astype(np.int64) << 24) + np.arange(len(start))
    this, before = join_by_case(case, case)
    other = (start[before] < start[this]) & (officer[before] != officer[this]) & (start[before] != NO_DAY)
    this, before = this[other], before[other]
    until = first_known_between(
        case[this], place[before], (start[this].astype(np.int64) << 24) - 1, case, place, known
    )
    return Facts.of(case[this], start[this], np.maximum(known[this], known[before]), until)


def team_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return facts keyed by area: cases held, officers at work, appeals registered, cases open."""
    case, start, known, until, officer = _spells(recorded)
    area, _ = recorded.area
    held = (officer >= 0) & (case >= 0)
    team = _of_case(area, case[held])
    opened = recorded.file_known
    # Nothing about a case counts for its team before the file itself was known.
    known = np.maximum(known, _of_case(opened, case))
    registered = recorded.day("appeals", "registered_on")
    appeal_case = recorded.case("appeals")
    appeal_known = np.maximum(recorded.known("appeals", "registered_on"), _of_case(opened, appeal_case))
    return {
        "team_case_held": Facts.of(team, start[held], known[held], until[held]),
        "team_officer": _at_work(team, officer[held], start[held], known[held], until[held]),
        "team_appeal": Facts.of(
            _of_case(area, appeal_case),
            registered, appeal_known,
        ),
        "team_case_open": Facts.of(area, opened, None, recorded.known("cases", "closed_on")),
    }


def _of_case(values: np.ndarray, case: np.ndarray) -> np.ndarray:
    """Return a value of each row's case; -1 for a row of no known case."""
    result = np.full(len(case), -1, np.int32)
    result[case >= 0] = values[case[case >= 0]]
    return result


def _at_work(
    team: np.ndarray, officer: np.ndarray, start: np.ndarray, known: np.ndarray, until: np.ndarray
) -> Facts:
    """Return the runs of days on which an officer held at least one case of a team, as it was known."""
    keep = known < until
    team, officer, start = team[keep], officer[keep], start[keep]
    known, until = known[keep].astype(np.int64), until[keep].astype(np.int64)
    order = np.lexsort((known, officer, team))
    if not len(order):
        return Facts.of(team, start)
    who = team[order].astype(np.int64) * (officer.max() + 1) + officer[order]
    offset = np.unique(who, return_inverse=True)[1] << 17
    reach = np.maximum.accumulate(until[order] + offset)
    new_run = np.ones(len(order), bool)
    new_run[1:] = known[order][1:] + offset[1:] > reach[:-1]
    first = np.flatnonzero(new_run)
    last = np.append(first[1:], len(order)) - 1
    ends = np.minimum(reach[last] - offset[last], FOREVER).astype(np.int32)
    return Facts.of(team[order][first], known[order][first].astype(np.int32), None, ends)
