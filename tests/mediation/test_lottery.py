"""The lot: who is held out, who is drawn near the last place, and that the same salt gives the same list."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.mediation.lottery import NO_LOTTERY, Lottery, draw_first

SIGNED = Lottery(0.15, 0.2, "a word", "head of SEND")
NAMES = np.array([f"A{number:05d}" for number in range(4000)])
MONDAY = dt.date(2025, 6, 2)


def test_hold_out_has_its_share_stays_for_a_year_and_rotates_in_april():
    held = SIGNED.held_out(NAMES, MONDAY)
    assert abs(held.mean() - 0.15) < 0.02
    assert (held == SIGNED.held_out(NAMES, dt.date(2026, 3, 31))).all()
    after = SIGNED.held_out(NAMES, dt.date(2026, 4, 1))
    assert abs(after.mean() - 0.15) < 0.02
    assert abs((held & after).mean() - 0.15**2) < 0.01  # the next year is another lot


def test_hold_out_of_a_case_rests_on_nothing_but_the_case_and_the_salt():
    assert (SIGNED.held_out(NAMES[::-1], MONDAY)[::-1] == SIGNED.held_out(NAMES, MONDAY)).all()
    assert (Lottery(0.15, 0.2, "another", "x").held_out(NAMES, MONDAY) != SIGNED.held_out(NAMES, MONDAY)).any()


@pytest.mark.parametrize("lottery", [NO_LOTTERY, Lottery(0.15, 0.2, "a word", ""), Lottery(0.15, 0.2, "", "head of SEND")])
def test_without_a_name_or_a_salt_there_is_no_lottery(lottery):
    assert not lottery.on and not lottery.held_out(NAMES, MONDAY).any()
    drawn = draw_first(np.arange(20.0), 5, lottery, seed=1)
    assert drawn.rows.tolist() == [19, 18, 17, 16, 15] and not len(drawn.band)


def test_everything_wrong_with_a_lottery_is_said_at_once():
    assert len(Lottery(0.9, -1.0, "", "").problems()) == 4
    assert SIGNED.problems() == []


def test_same_seed_same_list_and_another_week_another_draw():
    value = np.linspace(1, 2, 60)
    first = draw_first(value, 20, SIGNED, SIGNED.seed(MONDAY, "NE"))
    again = draw_first(value, 20, SIGNED, SIGNED.seed(MONDAY, "NE"))
    later = draw_first(value, 20, SIGNED, SIGNED.seed(dt.date(2025, 6, 9), "NE"))
    assert first.rows.tolist() == again.rows.tolist() != later.rows.tolist()
    assert set(first.band.tolist()) == set(range(36, 44)) == set(later.band.tolist())


def test_chance_recorded_is_the_chance_there_was():
    value = np.arange(30.0)
    won = np.zeros(30)
    for seed in range(2000):
        won[draw_first(value, 10, SIGNED, seed).rows] += 1
    chance = draw_first(value, 10, SIGNED, 0).chance
    assert np.abs(won / 2000 - chance).max() < 0.05
    assert (won[chance == 1] == 2000).all() and (won[chance == 0] == 0).all()


@given(st.lists(st.floats(-1, 5), max_size=40), st.integers(0, 12), st.integers(0, 99))
def test_places_are_filled_and_chances_add_up_to_them(values, places, seed):
    value = np.array(values)
    drawn = draw_first(value, places, SIGNED, seed)
    can = int((value > 0).sum())
    assert len(drawn.rows) == len(set(drawn.rows.tolist())) == min(places, can)
    assert drawn.chance.sum() == pytest.approx(min(places, can))
    assert (drawn.chance[value <= 0] == 0).all() and (drawn.chance[drawn.rows] > 0).all()
