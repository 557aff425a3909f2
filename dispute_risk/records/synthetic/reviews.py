"""Reviews of plans in the invented authority: due each year, held, decided late, amended; and phase transfers."""

from __future__ import annotations

import datetime as dt

import numpy as np

from dispute_risk.records.synthetic.ledger import BLANK, LIMB, SETTING, code, day_in_week
from dispute_risk.records.synthetic.notices import give_notice
from dispute_risk.records.synthetic.placements import choose_setting
from dispute_risk.records.synthetic.plans import write_final
from dispute_risk.records.synthetic.world import PLAN, World

__all__ = ["week_of_reviews"]

WITHIN_FOUR_WEEKS = 0.43
"""Share of reviews meant to be decided in four weeks; phase transfers add a little. England 2024: 44.4 %."""
INTERIM_A_YEAR = 0.15
"""Reviews called early, a year and plan; invented."""
PHASE_AGES = {4: 0.9, 7: 0.25, 11: 1.0, 16: 0.8}
"""Age on 31 August before the new school, and the share of plans that then move phase; invented."""


def week_of_reviews(world: World) -> None:
    """Call the autumn's phase-transfer reviews, hold this week's meetings, send decisions and final plans."""
    draw = world.uniform("reviews", 8)
    if world.settings.on("phase_transfer"):
        _call_phase_transfers(world, draw)
    _meet(world, draw)
    _decide(world, draw)
    _amend(world)


def _call_phase_transfers(world: World, draw: np.ndarray) -> None:
    state, monday = world.state, world.calendar.monday(world.week)
    if not (monday.month == 9 and monday.day <= 7):
        return
    first = world.calendar.first_day
    start = (np.datetime64(dt.date(monday.year + 1, 8, 31), "D") - first).astype(int)
    age = np.floor((start - world.people.birth_day) / 365.25).astype(int)
    moves = np.zeros(len(world), bool)
    for birthday, share in PHASE_AGES.items():
        moves |= (age == birthday) & (draw[0] < share)
    who = np.flatnonzero(moves & (state.stage == PLAN) & (state.close_wk < 0) & (state.review_stage == 0))
    state.phase[who] = 1
    state.meeting_wk[who] = world.week + 4 + (draw[1, who] * 10).astype(np.int32)


def _meet(world: World, draw: np.ndarray) -> None:
    state, week = world.state, world.week
    at_rest = (state.stage == PLAN) & (state.close_wk < 0)
    sudden = at_rest & (draw[7] < INTERIM_A_YEAR / 52.18) & (week - state.plan_wk > 8) & (state.phase == 0)
    held = np.flatnonzero(at_rest & ((state.meeting_wk == week) | sudden))
    busy = state.review_stage[held] > 0
    waits = held[busy & (state.meeting_wk[held] == week)]
    state.meeting_wk[waits] = week + 8
    held = held[~busy]
    young = world.people.birth_day[held] > week * 7 - 5 * 365
    kind = np.where(sudden[held] & (state.meeting_wk[held] != week), code("reviews", "kind", "interim"), young)
    kind = np.where(state.phase[held] == 1, code("reviews", "kind", "phase_transfer"), kind)
    meeting = day_in_week(week, draw[2, held])
    late = np.where(state.phase[held] == 1, 0, ((draw[3, held] - 0.35) * 70).astype(int))
    came = meeting + 4 + np.floor(-18 * np.log1p(-draw[4, held] * 0.98)).astype(int)
    state.review_row[held] = world.ledger.open(
        "reviews", held, kind=kind, meeting=meeting, due=meeting - late,
        report_received=np.where(draw[4, held] > 0.94, BLANK, came))
    slow = 5 + np.floor(-11 * np.log1p(-draw[6, held] * 0.995))
    slow = np.where(state.phase[held] == 1, 4 + 5 * draw[6, held], slow)
    lag = np.where(draw[5, held] < WITHIN_FOUR_WEEKS, 2 + (draw[6, held] > 0.5), slow)
    state.review_decide_wk[held] = week + lag.astype(np.int32)
    state.review_stage[held] = 1
    state.meeting_wk[held] = week + 46 + (draw[4, held] * 16).astype(np.int32)


def _decide(world: World, draw: np.ndarray) -> None:
    state, week = world.state, world.week
    due = np.flatnonzero((state.stage == PLAN) & (state.review_stage == 1) & (state.review_decide_wk <= week))
    choice = draw[0, due]
    old = (week * 7 - world.people.birth_day[due]) > 16 * 365.25
    cease = (choice < np.where(old, 0.045, 0.009)) & (state.phase[due] == 0) & (state.dispute[due] == 0)
    amend = ~cease & ((choice > 0.66) | (state.phase[due] == 1) | ((choice > 0.45) & (state.unnamed[due] == 1)))
    sent = day_in_week(week, draw[1, due])
    world.ledger.fill("reviews", state.review_row[due], decision=np.where(cease, 2, np.where(amend, 1, 0)),
                      decision_sent=sent)
    keeps, ends, changes = due[~amend & ~cease], due[cease], due[amend]
    state.review_stage[keeps] = 0
    wants = draw[2, keeps] < 0.25
    give_notice(world, keeps, LIMB["refuse_to_amend"], wants)
    state.review_stage[ends] = 0
    give_notice(world, ends, LIMB["cease_to_maintain"], draw[2, ends] < 0.55)
    state.close_wk[ends] = week + 11
    _start_amending(world, changes, sent[amend], draw)


def _start_amending(world: World, who: np.ndarray, sent: np.ndarray, draw: np.ndarray) -> None:
    state, week = world.state, world.week
    world.ledger.fill("reviews", state.review_row[who], amended_draft=sent)
    world.ledger.open("plans", who, kind=code("plans", "kind", "amended_draft"), issued=sent,
                      section_i=code("plans", "section_i", "blank"), setting_type=state.setting[who],
                      written_by=0, phase_transfer=state.phase[who])
    state.recovery[who] = draw[5, who] < 0.06 * (world.settings.recovery_share > 0)
    lag = 4 + np.floor(-5 * np.log1p(-draw[3, who] * 0.99))
    phase = state.phase[who] == 1
    target = _statutory_week(world, who)
    late = np.where(draw[4, who] < 0.75, -(draw[3, who] * 2.9), 1 + 6 * draw[3, who])
    state.review_final_wk[who] = np.where(phase, np.maximum(target + late, week + 3), week + lag).astype(np.int32)
    state.review_stage[who] = 2
    # What section I will say is settled while the notice is out: always for a new phase, sometimes otherwise.
    again = phase | (draw[6, who] < 0.22) | (state.unnamed[who] == 1)
    choose_setting(world, who[again], world.uniform("placements_reviewed", 8))
    _next_phase(world, who[phase])
    same = who[~again]
    state.section_i[same], state.named[same] = 0, state.setting[same]
    state.preference_refused[same] = 0


def _next_phase(world: World, who: np.ndarray) -> None:
    state = world.state
    age = (world.week * 7 - world.people.birth_day[who]) / 365.25
    state.named[who[state.named[who] == SETTING["early_years"]]] = SETTING["mainstream"]
    leaves = (age > 14.5) & np.isin(state.named[who], (SETTING["mainstream"], SETTING["resourced_mainstream"]))
    state.named[who[leaves]] = SETTING["post16"]


def _statutory_week(world: World, who: np.ndarray) -> np.ndarray:
    # 15 February, or 31 March for a move from secondary school to post-16 (SEND Regulations 2014 reg 18(1)).
    monday = world.calendar.monday(world.week)
    year = monday.year + (monday.month >= 8)
    age = (world.week * 7 - world.people.birth_day[who]) / 365.25
    return np.where(age > 14.5, world.calendar.week_of(dt.date(year, 3, 31)),
                    world.calendar.week_of(dt.date(year, 2, 14))) - 1


def _amend(world: World) -> None:
    state, week = world.state, world.week
    due = np.flatnonzero((state.stage == PLAN) & (state.review_stage == 2) & (state.review_final_wk <= week))
    draw = world.uniform("amended_plans", 12)
    rows = state.review_row[due]
    sent = day_in_week(week, draw[10, due])
    world.ledger.fill("reviews", rows[rows >= 0], amended_final=sent[rows >= 0])
    state.review_stage[due] = 0
    held = state.meeting_wk[due].copy()
    write_final(world, due, "amended_final", draw)
    state.meeting_wk[due] = held
