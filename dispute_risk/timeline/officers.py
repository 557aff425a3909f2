"""Who held the case: spells of officers, changes, days without one; never for a named officer."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.days import NO_DAY
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import first_known_between, join_by_case, next_known
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.schooling import ended

__all__ = ["officer_facts", "spells"]


def spells(recorded: Recorded) -> tuple[np.ndarray, ...]:
    """Return case, first day, day known, first day over, and officer (-1 for nobody) of each spell."""
    case, start = recorded.case("allocations"), recorded.day("allocations", "from_on")
    known = recorded.known("allocations", "from_on")
    officer, _ = recorded.identifier("allocations", "officer_id")
    until = np.minimum(ended(recorded, "allocations"), next_known(case, start, known))
    return case, start, known, until.astype(np.int32), officer


def officer_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return spells with an officer, spells without one, and changes of officer."""
    case, start, known, until, officer = spells(recorded)
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
