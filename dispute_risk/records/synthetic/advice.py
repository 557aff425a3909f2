"""Advice for assessments in the invented authority: asked for, waited for, and sometimes never received."""

from __future__ import annotations

import numpy as np

from dispute_risk import terms
from dispute_risk.records.synthetic.ledger import code
from dispute_risk.records.synthetic.world import ASSESSING, NEVER_WEEK, World

__all__ = ["KINDS", "advice_fates", "ask_for_advice", "late_and_missing", "week_of_advice"]

KINDS = ("educational_psychology", "education", "health", "social_care", "parent", "speech_language",
         "occupational_therapy", "camhs", "sensory", "physiotherapy")
TYPICAL_WEEKS = np.array([0, 4, 5, 4.5, 2, 7, 8, 10, 5, 6], np.float32)
NEVER_SHARE = np.array([0, 0.01, 0.05, 0.05, 0.02, 0.16, 0.16, 0.2, 0.05, 0.08], np.float32)
"""Invented: weeks that half of the reports take, and the share that never comes."""
PSYCHOLOGY_WAIT_WEEKS = 12.0
"""Mean wait for educational psychology after the first three weeks, in an area of ordinary pace."""
KIND_CODES = np.array([code("advice", "kind", kind) for kind in KINDS], np.int32)


def advice_fates(world: World) -> dict[str, np.ndarray]:
    """Draw which advice each child needs and how slowly each report would come."""
    draw = world.streams.of("advice_fates")
    size, needs = len(world), list(terms.NEED)
    asked = np.zeros((size, len(KINDS)), bool)
    asked[:, :5] = True
    chance = np.full((size, 5), [0.3, 0.15, 0.04, 0.03, 0.02])
    for need, column, value in (("SLCN", 0, 0.85), ("ASD", 0, 0.65), ("ASD", 1, 0.4), ("PD", 1, 0.7), ("SEMH", 2, 0.3),
                                ("HI", 3, 1.0), ("VI", 3, 1.0), ("MSI", 3, 1.0), ("PD", 4, 0.6), ("PMLD", 4, 0.6)):
        chance[world.people.need == needs.index(need), column] = value
    asked[:, 5:] = draw.random((size, 5)) < chance
    pace = 0.3 * world.people.area_pace[:, None]
    weeks = TYPICAL_WEEKS * np.exp(0.55 * draw.standard_normal((size, len(KINDS))) + pace)
    never = draw.random((size, len(KINDS))) < NEVER_SHARE
    return {"asked": asked, "weeks": np.where(never, NEVER_WEEK, np.ceil(weeks)).astype(np.int32),
            "slow": draw.standard_normal(size).astype(np.float32)}


def ask_for_advice(world: World, who: np.ndarray) -> None:
    """Ask for every report the child needs; the clock of six weeks starts."""
    state, week, fates = world.state, world.week, world.fates
    state.assess_wk[who], state.psychology_wk[who], state.patience_wk[who] = week, -1, -1
    state.advice_due[who], state.advice_row[who] = -1, -1
    for number in range(len(KINDS)):
        asked = who[fates["asked"][who, number]]
        due = np.minimum(week + fates["weeks"][asked, number], NEVER_WEEK)
        state.advice_due[asked, number] = NEVER_WEEK if number == 0 else due
        state.advice_row[asked, number] = world.ledger.open(
            "advice", asked, kind=KIND_CODES[number], request_row=state.request_row[asked], requested=week * 7 + 6)
    chosen = world.uniform("recovery_team", 1)[0]
    here = world.settings.recovery_from_on is None or world.since(world.settings.recovery_from_on)
    share = world.settings.recovery_share if here and world.settings.on("recovery_team") else 0
    state.recovery[who] = chosen[who] < share


def week_of_advice(world: World) -> None:
    """Take in the reports that arrive this week, and those of educational psychology as capacity allows."""
    state, week = world.state, world.week
    draw = world.uniform("advice", 1)[0]
    rows, kinds = np.nonzero(state.advice_due == week)
    if len(rows):
        world.ledger.fill("advice", state.advice_row[rows, kinds], received=week * 7 + 2 + (kinds % 2))
    waiting = np.flatnonzero((state.stage == ASSESSING) & (state.psychology_wk < 0) & (week >= state.assess_wk + 3))
    seen = waiting[draw[waiting] < _chance_of_being_seen(world, waiting)]
    state.psychology_wk[seen], state.advice_due[seen, 0] = week, week
    world.ledger.fill("advice", state.advice_row[seen, 0], received=week * 7 + 3)


def _chance_of_being_seen(world: World, waiting: np.ndarray) -> np.ndarray:
    # Capacity follows the backlog at a power below one: agency hours are bought when it grows, so waits settle.
    settings, people = world.settings, world.people
    areas = settings.areas
    world.sickness = 0.8 * world.sickness + 0.15 * world.streams.of("sickness").standard_normal(areas)
    backlog = np.bincount(people.area[waiting], minlength=areas).astype(float)
    inflow = world.plans * 0.26 * 0.74 / 52.18 * np.bincount(people.area, minlength=areas) / len(people)
    pace = np.zeros(areas)
    pace[people.area] = people.area_pace
    usual = np.maximum(inflow * PSYCHOLOGY_WAIT_WEEKS * np.exp(pace), 0.5)
    capacity = inflow * (1 - settings.ep_shortage) * (np.maximum(backlog, 0.2) / usual) ** 0.6 * np.exp(world.sickness)
    share = capacity / np.maximum(backlog, 1)
    own = np.exp(-0.1 * world.fates["slow"][waiting])
    return np.minimum(share[people.area[waiting]] * own, 0.95)


def late_and_missing(world: World, who: np.ndarray) -> np.ndarray:
    """Return how many reports asked for in the assessment have not come by now."""
    due = world.state.advice_due[who]
    return (due > world.week).sum(axis=1)
