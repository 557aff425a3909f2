"""Early-resolution offers in the invented authority: who is offered a meeting, who takes it up, what it changes."""

from __future__ import annotations

import datetime as dt

import numpy as np

from dispute_risk.records.synthetic import causes, disputes
from dispute_risk.records.synthetic.ledger import BLANK, LIMB
from dispute_risk.records.synthetic.world import World

__all__ = ["PILOT_LIST", "TAKE_UP", "chance_of_take_up", "pilot_from", "reduction", "week_of_early_resolution"]

TAKE_UP = 0.55
PLACE_ALONE = 1 / 6
"""Of the usual reduction, what is left where the dispute is about the school alone: a meeting has no place to give, and the
family needs no certificate (methods 6.1 takes 5 in 100 fewer appeals there, and 30 elsewhere)."""
PILOT_LIST = "pilot_list"
"""Who could have been offered a meeting each week, and who was: filed beside the tables, and no part of the casebook."""


def pilot_from(world: World) -> dt.date:
    """Return the first day of offers: the one chosen, or 78 weeks before the records end."""
    return world.settings.pilot_from_on or world.settings.ends_on - dt.timedelta(weeks=78)


def week_of_early_resolution(world: World) -> None:
    """Offer a meeting on some of last week's notices; the effect begins in the week in which it is held.

    Offered on refusals, on ending a plan, and on plans that lack a report, a school or the family's preference.
    """
    settings, state, week = world.settings, world.state, world.week
    if not settings.on("pilot") or not world.since(pilot_from(world)):
        return
    draw = world.uniform("pilot", 4)
    fresh = _could_be_offered(world)
    who = _by_lot(world, fresh, draw[0]) if settings.pilot_slots else _by_share(world, fresh, draw[0])
    world.ledger.open(PILOT_LIST, fresh, week=week, offered=np.isin(fresh, who), limb=state.limb[fresh])
    taken = draw[1, who] < chance_of_take_up(world, who)
    held = week + 1 + (draw[2, who] * 2.99).astype(np.int32)
    agreed = np.where(draw[3, who] < 0.5, 1, np.where(draw[3, who] < 0.75, 2, 3))
    day = week * 7 + 1
    state.early_row[who] = world.ledger.open(
        "mediations", who, decision_type=state.limb[who], offered=day, pilot=1,
        requested=np.where(taken, day + 3, BLANK), held=np.where(taken, held * 7 + 2, BLANK),
        result=np.where(taken, agreed, 0), agreement_due=np.where(taken & (agreed < 3), held * 7 + 30, BLANK),
        agreement_done=np.where(taken & (agreed == 1), held * 7 + 28, BLANK))
    state.early_wk[who] = np.where(taken, held, -1)
    state.early_factor[who] = 1 - reduction(world, who)


def _could_be_offered(world: World) -> np.ndarray:
    state, people, week = world.state, world.people, world.week
    plans = np.isin(state.limb, (LIMB["plan_issued"], LIMB["plan_amended"]))
    failing = (state.missing > 0) | (state.unnamed == 1) | (state.preference_refused == 1)
    fresh = np.flatnonzero((state.notice_wk == week - 1) & (state.dispute == 0) & ~people.hold_out & (state.limb >= 0)
                           & (state.limb != LIMB["refuse_to_amend"]) & (~plans | failing))
    weeks = world.settings.pilot_area_weeks
    if not weeks:
        return fresh
    starts = np.full(world.settings.areas, np.iinfo(np.int32).max)
    starts[: len(weeks)] = weeks[: world.settings.areas]
    begun = (world.calendar.monday(week) - pilot_from(world)).days // 7
    return fresh[starts[people.area[fresh]] <= begun]


def _by_share(world: World, fresh: np.ndarray, draw: np.ndarray) -> np.ndarray:
    settings, people = world.settings, world.people
    risk = causes.observed_log_hazard(world, fresh)
    lean = settings.confounding * people.resolve[fresh]
    if len(fresh):
        lean = lean + 0.8 * settings.routing_by_risk * (risk - np.median(risk))
    odds = settings.pilot_share / max(1e-9, 1 - settings.pilot_share) * np.exp(lean)
    return fresh[draw[fresh] < odds / (1 + odds)]


def _by_lot(world: World, fresh: np.ndarray, draw: np.ndarray) -> np.ndarray:
    # The same number of places each week, whatever the number of cases: the lowest draws of each area win.
    order = fresh[np.lexsort((draw[fresh], world.people.area[fresh]))]
    area = world.people.area[order]
    place = np.arange(len(order)) - np.searchsorted(area, area, "left")
    return np.sort(order[place < world.settings.pilot_slots])


def chance_of_take_up(world: World, who: np.ndarray) -> np.ndarray:
    """Return the chance that each family takes an offer up: the quieter, the lower."""
    return TAKE_UP + world.settings.take_up_gap / 2 * np.tanh(world.people.voice[who])


def reduction(world: World, who: np.ndarray) -> np.ndarray:
    """Return by what share a meeting held would lower each case's weekly hazard."""
    settings, state = world.settings, world.state
    size = settings.mediation_reduction
    if settings.mediation_modifier in ("cause", "cause_not_place"):
        failed = (state.missing[who] > 0) | (state.overdue[who] > 0) | (state.ignored[who] > 0)
        share = np.where(failed, 1.6, 0.4)
        if settings.mediation_modifier == "cause_not_place":
            share = np.where(disputes.place_only(world, who), PLACE_ALONE, share)
        return np.minimum(size * share, 0.95)
    if settings.mediation_modifier == "advocacy":
        return np.clip(size * (1 + 0.8 * world.people.voice[who]), 0, 0.95)
    return np.full(len(who), size)
