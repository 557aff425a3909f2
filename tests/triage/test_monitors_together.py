"""All monitors: the order of rows changes nothing, what was recorded later changes nothing, officers are not in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
from casebooks import random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.records.known import known_by
from dispute_risk.triage.monitors.data_gaps import data_gaps
from dispute_risk.triage.monitors.forecast import forecast
from dispute_risk.triage.monitors.order_served import order_served
from dispute_risk.triage.monitors.response_times import response_times
from dispute_risk.triage.monitors.review_backlog import review_backlog
from dispute_risk.triage.monitors.together import monitors

EACH = (response_times, review_backlog, forecast, order_served, data_gaps)


def same(one: object, other: object) -> None:
    """Insist that two results say the same, table by table."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif is_dataclass(one):
        for field in fields(one):
            same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for name in one:
            same(one[name], other[name])
    else:
        np.testing.assert_equal(one, other) if not isinstance(one, np.ndarray | float | tuple) else np.testing.assert_allclose(
            one, other)


def day(offset: int) -> dt.date:
    return dt.date(2023, 1, 1) + dt.timedelta(days=offset)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6), offset=st.integers(100, 900))
def test_rows_may_come_in_any_order(seed, offset):
    book = random_casebook(seed, cases=15, rows=80)
    rng = np.random.default_rng(seed)
    shuffled = book.with_tables({name: frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
                                 for name, frame in book.tables.items()})
    same(monitors(book, day(offset)), monitors(shuffled, day(offset)))


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6), offset=st.integers(100, 800))
def test_what_was_recorded_later_changes_nothing(seed, offset):
    book, on = random_casebook(seed, cases=15, rows=80), day(offset)
    then = known_by(book, on)
    for monitor in EACH:
        same(monitor(book, on), monitor(then, on))


def test_officers_change_nothing_but_the_gaps_in_their_own_column():
    book = random_casebook(7)
    others = book.tables["allocations"].assign(officer_id="O9")
    swapped = book.with_tables({**book.tables, "allocations": others})
    for monitor in EACH[:4]:
        same(monitor(book, day(700)), monitor(swapped, day(700)))


def test_after_the_last_day_recorded_nobody_waits_longer():
    book = random_casebook(3)
    later = book.recorded_to + dt.timedelta(days=20)
    found = monitors(book, later)
    assert found.as_of == book.recorded_to
    same(found, monitors(book, book.recorded_to))


def test_the_headlines_are_those_of_the_tables():
    found = monitors(random_casebook(5), day(700))
    told = found.headlines()
    assert told["reviews_overdue"] == len(found.reviews.cases)
    assert told["passed_over_now"] == len(found.order.overtaken)
    assert told["gaps_that_touch_the_lists"] == len(found.gaps.table)
    assert told["invented"] is True
    assert len(found.summary().split("\n")) == 7
