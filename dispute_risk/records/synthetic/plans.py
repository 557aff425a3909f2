"""Plans of the invented authority: decided on, drafted, rushed to the date or late, and made final."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.advice import KINDS, late_and_missing
from dispute_risk.records.synthetic.ledger import LIMB, SETTING, code, day_in_week
from dispute_risk.records.synthetic.notices import give_notice
from dispute_risk.records.synthetic.placements import choose_setting, move
from dispute_risk.records.synthetic.world import ASSESSING, DRAFTED, PLAN, REFUSED, World

__all__ = ["start_draft", "week_of_plans", "write_final"]

REFUSE_TO_ISSUE_LOG_ODDS = -2.66
"""Log-odds of refusing a plan after a typical assessment; set so that 6 in 100 are refused."""
DEADLINE_WEEKS = 19
"""Last week, counted from the request's, whose letters still leave within 20 weeks."""


def week_of_plans(world: World) -> None:
    """Decide which assessments lead to a plan, draft those plans, and make final those that are due."""
    draw = world.uniform("plans", 12)
    _decide_to_issue(world, draw)
    due = np.flatnonzero((world.state.stage == DRAFTED) & (world.state.final_wk <= world.week))
    write_final(world, due, "final", draw)


def _decide_to_issue(world: World, draw: np.ndarray) -> None:
    # An officer waits a while for outstanding reports, less when the twenty weeks run out, and then writes without.
    state, people, week = world.state, world.people, world.week
    ready = np.flatnonzero((state.stage == ASSESSING) & (state.psychology_wk >= 0) & (state.psychology_wk < week))
    age = week - state.requested_wk[ready]
    give_up = np.where(state.recovery[ready] == 1, 0.75, 0.24)
    give_up = np.where((age >= 13) & (age <= DEADLINE_WEEKS), 0.6, give_up)
    ready = ready[(late_and_missing(world, ready) == 0) | (draw[0, ready] < give_up)]
    odds = REFUSE_TO_ISSUE_LOG_ODDS - 0.6 * people.severity[ready]
    refused = (draw[1, ready] < 1 / (1 + np.exp(-odds))) & (state.ordered[ready] == 0)
    world.ledger.open("panels", ready, panel=week * 7 + 1, question=code("panels", "question", "issue"),
                      result=refused.astype(int), reverses_earlier=(draw[2, ready] > 0.97).astype(int),
                      papers_complete=(draw[3, ready] < 0.8).astype(int))
    world.ledger.open("assessments", ready, request_row=state.request_row[ready], outcome=refused.astype(int),
                      outcome_sent=week * 7 + 6)
    turned_down = ready[refused]
    state.stage[turned_down] = REFUSED
    wrong = draw[4, turned_down] < 1 / (1 + np.exp(-(0.6 + 0.9 * people.severity[turned_down])))
    give_notice(world, turned_down, LIMB["refuse_to_issue"], wrong)
    start_draft(world, ready[~refused], draw)


def start_draft(world: World, who: np.ndarray, draw: np.ndarray) -> None:
    """Send the draft, ask the settings, and set the week in which the plan will be final."""
    state, week = world.state, world.week
    choose_setting(world, who, world.uniform("placements", 8))
    if not len(who):
        return
    _version(world, who, "draft", day=week * 7 + 6)
    # Fifteen days to comment at the least; a queue for writing; and a push when the date is near.
    wait = 3 + np.floor(np.log1p(-draw[5, who]) / np.log(1 - np.where(state.recovery[who] == 1, 0.5, 0.2)))
    deadline = state.requested_wk[who] + DEADLINE_WEEKS
    pushed = (week + 3 <= deadline) & (week + wait > deadline) & (draw[6, who] < 0.8)
    state.final_wk[who] = np.where(pushed, deadline, week + wait)
    state.stage[who] = DRAFTED


def write_final(world: World, who: np.ndarray, kind: str, draw: np.ndarray) -> None:
    """Send a final or final amended plan; what is missing from it stays missing until the next."""
    state, week = world.state, world.week
    if not len(who):
        return
    if kind == "final":
        age = week - state.requested_wk[who]
        state.rushed[who] = (age >= 18) & (age <= DEADLINE_WEEKS)
        state.missing[who] = late_and_missing(world, who)
        state.ignored[who] = _cite(world, who)
    else:
        state.rushed[who] = 0
        # An amendment takes in what has come meanwhile, more often than not.
        state.missing[who] *= draw[7, who] < 0.35
        state.ignored[who] *= draw[8, who] < 0.5
    state.vague[who] = 0.6 * (state.recovery[who] == 1) + 0.4 * state.rushed[who] + draw[9, who]
    state.unnamed[who] = state.section_i[who] > 0
    _version(world, who, kind, day=day_in_week(week, draw[10, who]))
    into = who[(state.section_i[who] == 0) & (state.named[who] != state.setting[who])]
    move(world, into, state.named[into], week * 7 + 6)
    state.stage[who], state.plan_wk[who] = PLAN, week
    state.meeting_wk[who] = np.where(state.phase[who] == 1, state.meeting_wk[who],
                                     week + 44 + (draw[11, who] * 14).astype(np.int32))
    wrong = draw[8, who] < 0.25 + 0.25 * (state.missing[who] > 0) + 0.3 * state.unnamed[who]
    give_notice(world, who, LIMB["plan_issued" if kind == "final" else "plan_amended"], wrong)
    state.phase[who] = 0


def _cite(world: World, who: np.ndarray) -> np.ndarray:
    # Each report that came is taken into the plan or not; returns how many that came were not.
    state = world.state
    ignored = np.zeros(len(who), np.int32)
    chance = np.where(state.recovery[who] == 1, 0.2, 0.06)
    draw = world.uniform("citing", len(KINDS))
    for number in range(len(KINDS)):
        asked = state.advice_due[who, number] >= 0
        came = asked & (state.advice_due[who, number] <= world.week)
        left_out = came & (draw[number, who] < chance)
        ignored += left_out
        world.ledger.fill("advice", state.advice_row[who[asked], number], cited=(came & ~left_out)[asked].astype(int))
    return ignored


def _version(world: World, who: np.ndarray, kind: str, day: np.ndarray | int) -> None:
    state = world.state
    section_i = state.section_i[who]
    if kind in ("draft", "amended_draft"):
        section_i = np.full(len(who), code("plans", "section_i", "blank"))
    world.ledger.open(
        "plans", who, kind=code("plans", "kind", kind), issued=day, section_i=section_i,
        setting_type=np.where(section_i == 2, SETTING["none"], state.named[who]),
        written_by=np.where(state.recovery[who] == 1, 1, 0), phase_transfer=state.phase[who])
