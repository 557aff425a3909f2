"""Places in the invented authority: what the family asks for, what the panel agrees, what is free, what is named."""

from __future__ import annotations

import numpy as np

from dispute_risk.records.synthetic.ledger import BLANK, SETTING, code, day_in_week
from dispute_risk.records.synthetic.world import PLAN, World

__all__ = ["choose_setting", "find_places", "move", "setting_number"]

SPECIAL = SETTING["special"]


def setting_number(world: World, who: np.ndarray, kind: np.ndarray, choice: int = 0) -> np.ndarray:
    """Return the pseudonymous number of the setting of a kind in the child's area: the first choice, the second, …"""
    local = (who * 7919 + choice * 11 + kind * 31) % 37
    return (kind * 10_000 + world.people.area[who] * 100 + local).astype(np.int32)


def choose_setting(world: World, who: np.ndarray, draw: np.ndarray) -> None:
    """Settle, while the plan is in draft, what section I will say, and ask the settings.

    The panel agrees a special place by severity of need alone; whether one is free depends on the area, and the
    loudest are served first. A family that wants another kind of setting than the panel agreed has been refused its
    preference, which is what most appeals against a plan's contents are about.
    """
    state, people = world.state, world.people
    if not len(who):
        return
    agreed = (draw[0, who] < 1 / (1 + np.exp(-(-1.0 + 1.2 * people.severity[who])))) | (state.special[who] == 1)
    wants = np.where(agreed, draw[1, who] < 0.94, draw[1, who] < 0.16)
    order = np.argsort(-(0.5 * people.voice[who] + draw[2, who]), kind="stable")
    placed = state.special[who] == 1
    placed = _hand_out(world, who, agreed & ~placed, order) | placed
    unnamed = agreed & ~placed & (draw[3, who] < 0.7)
    refused = (agreed & ~placed & ~unnamed & wants) | (agreed & ~wants) | (~agreed & wants)
    state.agreed_special[who], state.preference_refused[who] = agreed, refused
    state.section_i[who] = np.where(unnamed, np.where(draw[4, who] < 0.85, 1, 2), 0)
    named = np.where(agreed & (placed | unnamed), SPECIAL, state.setting[who])
    state.named[who] = np.where((named == SETTING["none"]) & (state.section_i[who] == 0), SETTING["mainstream"], named)
    _consult(world, who, draw, placed, wants)
    world.ledger.open(
        "panels", who, panel=world.week * 7 + 1, question=code("panels", "question", "placement"),
        result=np.where(refused, 1, np.where(draw[5, who] < 0.08, 2, 0)),
        reverses_earlier=(draw[5, who] > 0.96).astype(int), papers_complete=(draw[6, who] < 0.8).astype(int))


def _hand_out(world: World, who: np.ndarray, wanted: np.ndarray, order: np.ndarray) -> np.ndarray:
    # Whole places only, in the order given, area by area.
    given = np.zeros(len(who), bool)
    for area in range(world.settings.areas):
        queue = order[wanted[order] & (world.people.area[who[order]] == area)]
        taken = queue[: int(world.places_free[area])]
        given[taken] = True
        world.places_free[area] -= len(taken)
    return given


def _consult(world: World, who: np.ndarray, draw: np.ndarray, placed: np.ndarray, wants: np.ndarray) -> None:
    # The preferred setting first; then others of the kind that may be named. Replies come within a month or never.
    state, week = world.state, world.week
    preferred = np.where(wants, SPECIAL, state.named[who])
    refused = (state.preference_refused[who] == 1) | (state.section_i[who] > 0)
    for number in range(4):
        asked = who if number == 0 else who[draw[7, who] < (0.9, 0.45, 0.2)[number - 1]]
        at = np.searchsorted(who, asked)
        kind = preferred[at] if number == 0 else state.named[asked]
        spread = (draw[7, asked] * (13 + 8 * number)) % 1
        says_no = np.where(spread < 0.45, 2, np.where(spread < 0.85, 1, 3))
        says_yes = np.where(spread < 0.9, 0, 3)
        free = (placed[at] | (kind != SPECIAL)) & (~refused[at] | (number > 0))
        answer = np.where(free, says_yes, says_no)
        day = week * 7 + 6
        world.ledger.open(
            "consultations", asked, setting=setting_number(world, asked, kind, number), setting_type=kind,
            sent=day, responded=np.where(answer == 3, BLANK, day + 4 + (spread * 22).astype(int)),
            response=np.where(answer == 3, BLANK, answer), preferred_by_family=int(number == 0))


def move(world: World, who: np.ndarray, kind: np.ndarray | int, day: np.ndarray | int) -> None:
    """Close the present placement and open the next."""
    state = world.state
    if not len(who):
        return
    kind = np.broadcast_to(kind, len(who)).astype(np.int32)
    world.ledger.fill("placements", state.placement_row[who[state.placement_row[who] >= 0]],
                      to=np.broadcast_to(day, len(who))[state.placement_row[who] >= 0] - 1)
    agreed = np.where(state.agreed_special[who] == 1, SPECIAL, BLANK)
    state.placement_row[who] = world.ledger.open(
        "placements", who, **{"from": day}, setting_type=kind, agreed_type=agreed,
        setting=np.where(kind == SETTING["none"], BLANK, setting_number(world, who, kind)))
    state.setting[who], state.special[who] = kind, kind == SPECIAL


def find_places(world: World) -> None:
    """Add the places that come free this week, and offer them to children who have a plan and no school."""
    state, settings = world.state, world.settings
    asked_for = world.plans * 0.055 / 52.18 * np.bincount(world.people.area, minlength=settings.areas) / len(world)
    drawn = world.streams.of("places").poisson(asked_for * (1 - settings.place_shortage))
    world.places_free = np.minimum(world.places_free + drawn, 3 + asked_for * 8)
    draw = world.uniform("place_search", 2)
    waiting = np.flatnonzero((state.stage == PLAN) & (state.unnamed == 1) & (state.special == 0)
                             & (world.week - state.plan_wk > 4) & (draw[0] < 0.06))
    order = np.argsort(-(0.8 * world.people.voice[waiting] + draw[1, waiting]), kind="stable")
    placed = waiting[_hand_out(world, waiting, np.ones(len(waiting), bool), order)]
    move(world, placed, SPECIAL, day_in_week(world.week, draw[1, placed]))
    state.unnamed[placed] = 0
