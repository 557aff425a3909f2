"""Letters, calls and silence in the invented authority: who writes, who is answered, who complains."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.ledger import BLANK, code, day_in_week
from dispute_risk.records.synthetic.notices import window_is_open
from dispute_risk.records.synthetic.world import ABSENT, ASSESSING, CLOSED, DRAFTED, PLAN, REFUSED, REQUESTED, World

__all__ = ["OVERDUE_AFTER_WEEKS", "vacant_desk", "week_of_contacts"]

OVERDUE_AFTER_WEEKS = 2
FORGOTTEN_AFTER_WEEKS = 13
"""An unanswered message counts as overdue from the third to the thirteenth week; the family has given up after that."""
WEEKLY_RATE = {REQUESTED: 0.16, ASSESSING: 0.14, DRAFTED: 0.30, PLAN: 0.022, REFUSED: 0.015}
"""Messages a week from a family with an ordinary voice; invented."""


def vacant_desk(world: World) -> np.ndarray:
    """Return which cases nobody holds this week."""
    return world.desks.holder[world.desks.of_case, world.week] < 0


def week_of_contacts(world: World) -> None:
    """Take in this week's messages, answer some of them, write to families, and receive complaints."""
    draw = world.uniform("contacts", 6)
    _age_the_unanswered(world)
    _messages_in(world, draw)
    _messages_out(world, draw)
    if world.settings.on("complaints"):
        _complain(world)


def _age_the_unanswered(world: World) -> None:
    state, week = world.state, world.week
    for who in world.replies_due.pop(week, []):
        np.add.at(state.overdue, who, 1)
    for who in world.answers_due.pop(week, []):
        np.subtract.at(state.overdue, who, 1)


def _messages_in(world: World, draw: np.ndarray) -> None:
    # Families write more when they are loud, when a letter has just come, when they wait, and when nobody answers.
    state, people = world.state, world.people
    rate = np.zeros(len(world), np.float32)
    for stage, weekly in WEEKLY_RATE.items():
        rate[state.stage == stage] = weekly
    rate *= np.exp(0.35 * people.voice - 0.06)
    rate += 0.05 * np.minimum(state.overdue, 4) * (rate > 0)
    rate += 0.10 * (window_is_open(world) & (state.stage != CLOSED))
    rate += 0.03 * (state.unnamed == 1) * (state.stage == PLAN)
    none = np.exp(-rate)
    count = (draw[0] >= none).astype(int) + (draw[0] >= none * (1 + rate))
    for number in (1, 2):
        who = np.flatnonzero(count >= number)
        _file_message(world, who, (draw[1, who] + 0.37 * number) % 1, (draw[2, who] + 0.53 * number) % 1, draw[3, who])


def _file_message(world: World, who: np.ndarray, first: np.ndarray, second: np.ndarray, third: np.ndarray) -> None:
    week, people = world.week, world.people
    vacant = world.desks.holder[world.desks.of_case[who], week] < 0
    never = second < np.where(vacant, 0.42, 0.17)
    lag = np.where(never, 9_999, np.floor(-np.where(vacant, 22, 8) * np.log1p(-first * 0.999))).astype(np.int32)
    day = day_in_week(week, third)
    weeks = lag // 7 + 1
    late = weeks > OVERDUE_AFTER_WEEKS
    world.replies_due.setdefault(week + OVERDUE_AFTER_WEEKS + 1, []).append(who[late])
    for wait in np.unique(np.minimum(weeks[late], FORGOTTEN_AFTER_WEEKS)):
        ends = late & (np.minimum(weeks, FORGOTTEN_AFTER_WEEKS) == wait)
        world.answers_due.setdefault(week + max(int(wait), OVERDUE_AFTER_WEEKS + 1) + 1, []).append(who[ends])
    loud = 1 / (1 + np.exp(-(people.voice[who] - 3.2)))
    party = np.where(first < loud, 3 + (second * 3).astype(int), np.where(first > 0.88, 1, 0))
    world.ledger.open(
        "contacts", who, happened=day, direction=0, channel=np.where(first < 0.75, 0, 1), party=party,
        replied=np.where(never, BLANK, day + lag), claimed=(third * 997 % 1 * 1000).astype(int))


def _messages_out(world: World, draw: np.ndarray) -> None:
    # Routine letters out: they say that somebody wrote, not that anything was put right.
    state, week = world.state, world.week
    rate = np.where(np.isin(state.stage, (REQUESTED, ASSESSING, DRAFTED)), 0.13, 0.02)
    rate = np.where(np.isin(state.stage, (ABSENT, CLOSED)), 0, rate) * np.where(vacant_desk(world), 0.25, 1)
    who = np.flatnonzero(draw[4] < rate)
    world.ledger.open("contacts", who, happened=day_in_week(week, draw[5, who]), direction=1,
                      channel=(draw[5, who] * 13 % 1 * 4).astype(int),
                      party=np.where(draw[5, who] * 7 % 1 < 0.7, 0, 1))
    state.spoken_wk[who] = week


def _complain(world: World) -> None:
    state, people, week = world.state, world.people, world.week
    draw = world.uniform("complaints", 4)
    live = ~np.isin(state.stage, (ABSENT, CLOSED))
    chance = 0.00012 * np.exp(0.5 * np.minimum(state.overdue, 4) + 0.6 * people.voice + 0.6 * (state.unnamed == 1))
    who = np.flatnonzero(live & (draw[0] < chance) & (week - state.complaint_wk > 8))
    again = (state.complaint_wk[who] >= 0) & (week - state.complaint_wk[who] < 40)
    stage = np.where(again, np.where(draw[1, who] < 0.3, 2, 1), 0)
    theme = np.where(state.overdue[who] > 0, 0, np.where(state.unnamed[who] == 1, code("complaints", "theme",
                     "provision_not_made"), (draw[2, who] * 6).astype(int)))
    day = day_in_week(week, draw[3, who])
    world.ledger.open("complaints", who, received=day, stage=stage, theme=theme,
                      responded=np.where(draw[1, who] > 0.9, BLANK, day + 8 + (draw[1, who] * 50).astype(int)),
                      upheld=(draw[2, who] < 0.55).astype(int))
    state.complaint_wk[who] = week
