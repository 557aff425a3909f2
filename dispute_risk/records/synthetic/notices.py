"""Letters of the invented authority that can be appealed: when a window opens and what the decision was like."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.world import World

__all__ = ["WINDOW_WEEKS", "give_notice", "window_is_open"]

WINDOW_WEEKS = 9
"""Weeks after the notice in which a family may start an appeal: two months (HESC Rules 2008 r.20(1)(c))."""


def give_notice(world: World, who: np.ndarray, limb: int, wrong: np.ndarray | bool) -> None:
    """Send an appealable decision; `wrong` where the decision would not survive the legal test.

    A family already on its way to the Tribunal keeps its live dispute: the new letter opens no second one.
    """
    state = world.state
    free = state.dispute[who] == 0
    who = who[free]
    state.notice_wk[who], state.limb[who] = world.week, limb
    state.wrong[who] = np.broadcast_to(wrong, free.shape)[free]
    state.early_wk[who], state.early_row[who], state.early_factor[who] = -1, -1, 1.0


def window_is_open(world: World) -> np.ndarray:
    """Return which cases have a live right of appeal this week."""
    state = world.state
    age = world.week - state.notice_wk
    return (state.limb >= 0) & (state.notice_wk >= 0) & (age >= 0) & (age < WINDOW_WEEKS)
