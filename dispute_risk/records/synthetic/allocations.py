"""Spells of case officers in the invented authority, case by case, with the weeks when nobody held the case."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.ledger import BLANK
from dispute_risk.records.synthetic.lifetimes import opened_days
from dispute_risk.records.synthetic.settings import WARM_UP_WEEKS
from dispute_risk.records.synthetic.world import World

__all__ = ["allocations"]


def allocations(world: World) -> dict[str, np.ndarray]:
    """Return one row for each spell of an officer, or of nobody, on a case."""
    opened = opened_days(world)
    closings = world.ledger.columns("closings")
    closed = np.full(len(world), world.calendar.weeks * 7)
    if closings:
        closed[closings["case"]] = closings["day"]
    parts = [_desk(world, desk, opened, closed) for desk in range(len(world.desks.holder))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _desk(world: World, desk: int, opened: np.ndarray, closed: np.ndarray) -> dict[str, np.ndarray]:
    holder = world.desks.holder[desk]
    starts = np.flatnonzero(np.r_[True, holder[1:] != holder[:-1]])
    ends = np.r_[starts[1:], len(holder)] * 7 - 1
    cases = np.flatnonzero((world.desks.of_case == desk) & (opened < 900_000) & (closed >= WARM_UP_WEEKS * 7))
    begin = np.maximum(opened[cases][:, None], starts[None, :] * 7)
    begin[:, 0] = np.maximum(opened[cases], 0)
    stop = np.minimum(closed[cases][:, None], ends[None, :])
    which, spell = np.nonzero((begin <= stop) & (stop >= WARM_UP_WEEKS * 7))
    last = world.calendar.weeks * 7 - 1
    stop_day = stop[which, spell]
    return {"case": cases[which], "officer": np.where(holder[starts[spell]] < 0, BLANK, holder[starts[spell]]),
            "from": begin[which, spell], "to": np.where(stop_day >= last, BLANK, stop_day)}
