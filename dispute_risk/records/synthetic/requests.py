"""Requests for an assessment in the invented authority: received, taken to panel, agreed or refused."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.advice import ask_for_advice
from dispute_risk.records.synthetic.ledger import LIMB, code, day_in_week
from dispute_risk.records.synthetic.notices import give_notice
from dispute_risk.records.synthetic.world import ASSESSING, PLAN, REFUSED, REQUESTED, World

__all__ = ["open_requests", "week_of_requests"]

REFUSAL_LOG_ODDS = -1.27
"""Log-odds of refusing to assess for a typical request; set so that a quarter of requests are refused."""


def week_of_requests(world: World) -> None:
    """Receive this week's requests, decide those that are due, and hear requests for re-assessment."""
    draw = world.uniform("requests", 8)
    new = np.flatnonzero((world.people.arrives == world.week) & (world.people.begins == 1))
    open_requests(world, new, draw, ordered=False)
    if world.settings.on("repeat_requests"):
        again = np.flatnonzero(
            (world.state.stage == REFUSED) & (world.state.dispute == 0)
            & (world.week - world.state.notice_wk > 26) & (draw[6] < 0.008)
        )
        open_requests(world, again, draw, ordered=False)
    _decide(world, draw)
    if world.settings.on("reassessments"):
        _reassess(world)


def open_requests(world: World, who: np.ndarray, draw: np.ndarray, ordered: bool) -> None:
    """Open a request for each case; `ordered` where the Tribunal or an agreement already says it will be assessed."""
    state, week = world.state, world.week
    if not len(who):
        return
    source = np.where(world.people.by_parent[who], 0, 1 + (draw[1, who] > 0.9) + (draw[1, who] > 0.96))
    state.request_row[who] = world.ledger.open(
        "requests", who, received=day_in_week(week, draw[0, who]), kind=code("requests", "kind", "assessment"),
        source=code("requests", "source", "other") if ordered else source,
        exception=(draw[7, who] < 0.04).astype(int),
    )
    slow = np.where(draw[2, who] < 0.93, 4 + (draw[3, who] < 0.6), 6 + 10 * draw[3, who])
    state.decide_wk[who] = week + (1 if ordered else slow.astype(np.int32))
    state.requested_wk[who], state.ordered[who], state.stage[who] = week, int(ordered), REQUESTED


def _decide(world: World, draw: np.ndarray) -> None:
    state, people, week = world.state, world.people, world.week
    due = np.flatnonzero((state.stage == REQUESTED) & (state.decide_wk <= week))
    if world.settings.on("panel_deferrals"):
        put_off = (draw[4, due] < 0.07) & (state.ordered[due] == 0)
        _panel(world, due[put_off], "deferred", draw)
        state.decide_wk[due[put_off]] = week + 2
        due = due[~put_off]
    odds = REFUSAL_LOG_ODDS + 0.45 * people.by_parent[due] - 0.7 * people.severity[due]
    odds += np.log(1.8) * world.since(world.settings.refusals_jump_on)
    refused = (draw[5, due] < 1 / (1 + np.exp(-odds))) & (state.ordered[due] == 0)
    withdrawn = ~refused & (draw[5, due] > 0.983)
    sent = np.full(len(due), week * 7 + 6)
    world.ledger.fill("requests", state.request_row[due], decision_sent=sent,
                      decision=np.where(refused, 1, np.where(withdrawn, 2, 0)))
    _panel(world, due[refused], "not_agreed", draw)
    _panel(world, due[~refused], "agreed", draw)
    state.stage[due] = np.where(refused | withdrawn, REFUSED, ASSESSING)
    state.notice_wk[due[withdrawn]] = week
    state.limb[due[withdrawn]] = -1
    ask_for_advice(world, due[~refused & ~withdrawn])
    turned_down = due[refused]
    wrong = draw[3, turned_down] < 1 / (1 + np.exp(-(0.5 + 0.9 * people.severity[turned_down])))
    give_notice(world, turned_down, LIMB["refuse_to_assess"], wrong)


def _panel(world: World, who: np.ndarray, result: str, draw: np.ndarray) -> None:
    world.ledger.open(
        "panels", who, panel=world.week * 7 + 1, question=code("panels", "question", "assess"),
        result=code("panels", "result", result), reverses_earlier=(draw[7, who] > 0.97).astype(int),
        papers_complete=(draw[0, who] < 0.8).astype(int),
    )


def _reassess(world: World) -> None:
    # A family asks for a fresh assessment of a child who has a plan; most are refused.
    state, week = world.state, world.week
    draw = world.uniform("reassessments", 4)
    asks = np.flatnonzero((state.stage == PLAN) & (state.reassess_wk < 0) & (draw[0] < 0.00018)
                          & (state.review_stage == 0) & (state.dispute == 0))
    row = world.ledger.open("requests", asks, received=day_in_week(week, draw[1, asks]), source=0, exception=0,
                            kind=code("requests", "kind", "reassessment"))
    state.request_row[asks], state.reassess_wk[asks] = row, week + 2
    due = np.flatnonzero((state.stage == PLAN) & (state.reassess_wk == week))
    refused = draw[2, due] < 0.6
    world.ledger.fill("requests", state.request_row[due], decision=refused.astype(int),
                      decision_sent=day_in_week(week, draw[3, due]))
    state.reassess_wk[due] = -1
    give_notice(world, due[refused], LIMB["refuse_to_reassess"], draw[3, due[refused]] < 0.5)
    agreed = due[~refused]
    state.review_stage[agreed], state.review_row[agreed], state.review_final_wk[agreed] = 2, -1, week + 14
