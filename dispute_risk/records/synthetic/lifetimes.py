"""Files of the invented authority that were there before, that move in with a plan, and that are closed."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.ledger import SETTING, code
from dispute_risk.records.synthetic.placements import setting_number
from dispute_risk.records.synthetic.world import ABSENT, CLOSED, PLAN, REFUSED, World

__all__ = ["begin_with_plans", "opened_days", "week_of_closing", "week_of_moving_in"]

CLOSED_REASON = {"moved_out": 0, "max_age": 1, "needs_met": 2, "higher_education": 3, "employment": 4, "deceased": 5}


def begin_with_plans(world: World) -> None:
    """Give the files in force at the beginning their first plans, amendments, reviews to come and placements."""
    draw = world.uniform("history", 8)
    who = np.flatnonzero(world.people.begins == 0)
    age_days = -world.people.birth_day[who]
    first = -np.minimum(30 + (draw[0, who] ** 1.3 * 2200).astype(np.int32), age_days - 2.3 * 365)
    _plan_in_force(world, who, np.minimum(first, -20).astype(np.int32), draw)
    amended = who[(draw[1, who] < 0.6) & (world.state.plan_wk[who] < -60)]
    issued = np.minimum((world.state.plan_wk[amended] * 7 * draw[2, amended]).astype(np.int32), -10)
    _plan_row(world, amended, "amended_final", issued, 0)
    world.state.plan_wk[amended] = issued // 7
    world.state.meeting_wk[who] = (draw[3, who] * 54).astype(np.int32)


def week_of_moving_in(world: World) -> None:
    """Take over the plans of children who move in: written elsewhere, so no right of appeal starts here."""
    who = np.flatnonzero((world.people.arrives == world.week) & (world.people.begins == 2))
    draw = world.uniform("moving_in", 8)
    issued = world.week * 7 - 60 - (draw[0, who] * 600).astype(np.int32)
    _plan_in_force(world, who, issued, draw)
    world.state.meeting_wk[who] = world.week + 6 + (draw[3, who] * 30).astype(np.int32)


def _plan_in_force(world: World, who: np.ndarray, issued: np.ndarray, draw: np.ndarray) -> None:
    state, people = world.state, world.people
    state.stage[who], state.plan_wk[who] = PLAN, issued // 7
    state.setting[who] = state.named[who] = people.setting[who]
    state.special[who] = people.setting[who] == SETTING["special"]
    state.agreed_special[who] = state.special[who]
    state.section_i[who] = 0
    state.prior[who] = draw[5, who] < 0.02
    state.vague[who] = draw[6, who]
    _plan_row(world, who, "final", issued, 0)
    _first_placement(world, who, issued + 20)


def _plan_row(world: World, who: np.ndarray, kind: str, issued: np.ndarray, written_by: int) -> None:
    world.ledger.open("plans", who, kind=code("plans", "kind", kind), issued=issued, section_i=0,
                      setting_type=world.state.setting[who], written_by=written_by, phase_transfer=0)


def _first_placement(world: World, who: np.ndarray, day: np.ndarray | int) -> None:
    kind = world.people.setting[who].astype(np.int32)
    placed = kind != SETTING["none"]
    world.state.placement_row[who[placed]] = world.ledger.open(
        "placements", who[placed], **{"from": np.broadcast_to(day, len(who))[placed]}, setting_type=kind[placed],
        setting=setting_number(world, who, kind)[placed])


def opened_days(world: World) -> np.ndarray:
    """Return the day on which each file was opened, in days since the first day of the run."""
    people = world.people
    plans = world.ledger.columns("plans")
    first = np.full(len(people), 1_000_000)
    np.minimum.at(first, plans["case"], plans["issued"])
    asked = np.full(len(people), 1_000_000)
    requests = world.ledger.columns("requests")
    np.minimum.at(asked, requests["case"], requests["received"])
    return np.where(people.begins == 0, first - 150, np.where(people.begins == 1, asked, people.arrives * 7))


def start_at_school(world: World) -> None:
    """Say where this week's newcomers go to school."""
    who = np.flatnonzero((world.people.arrives == world.week) & (world.people.begins == 1))
    world.state.setting[who] = world.state.named[who] = world.people.setting[who]
    _first_placement(world, who, world.week * 7 - 90)


def week_of_closing(world: World) -> None:
    """Close files: moved away, grown up, plan ceased, or nothing more to be done."""
    state, week = world.state, world.week
    draw = world.uniform("closing", 3)
    age = (week * 7 - world.people.birth_day) / 365.25
    yearly = np.where(age > 23, 0.6, np.where(age > 18.5, 0.42, np.where(age > 15.9, 0.22, 0.045)))
    live = ~np.isin(state.stage, (ABSENT, CLOSED)) & (state.dispute == 0)
    leaves = live & (state.stage == PLAN) & (state.close_wk < 0) & (draw[0] < yearly / 52.18)
    done = live & (state.stage == REFUSED) & (week - state.notice_wk > 16) & (draw[0] < 0.012)
    ceased = live & (state.close_wk >= 0) & (state.close_wk <= week)
    aged_out = live & (age > 24.98)
    who = np.flatnonzero(leaves | done | ceased | aged_out)
    grown = np.where(draw[1, who] < 0.4, CLOSED_REASON["higher_education"], CLOSED_REASON["employment"])
    reason = np.where(age[who] > 18.5, np.where(draw[1, who] < 0.25, CLOSED_REASON["max_age"], grown),
                      np.where(age[who] > 15.9, grown, CLOSED_REASON["moved_out"]))
    reason = np.where(ceased[who], CLOSED_REASON["needs_met"], np.where(done[who], 6, reason))
    reason = np.where(aged_out[who], CLOSED_REASON["max_age"], reason)
    world.ledger.open("closings", who, day=week * 7 + 3, reason=reason)
    state.stage[who] = CLOSED
    state.limb[who] = -1
    freed = who[(state.special[who] == 1) & leaves[who]]
    np.add.at(world.places_free, world.people.area[freed], 0.35)
