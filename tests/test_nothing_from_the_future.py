"""Facts recorded later change nothing: no feature, no standing, no duty, no outcome known by then."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from casebooks import random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.records.known import known_by
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import standing
from dispute_risk.triage.breach_index import outstanding_duties

seeds = st.integers(0, 10**6)
day_offsets = st.integers(30, 900)


def both(seed: int, offset: int) -> tuple[dt.date, History, History, Snapshots, Snapshots]:
    """Return a day, the whole history, the history as it stood on that day, and the rows of each."""
    casebook = random_casebook(seed)
    on = dt.date(2023, 1, 1) + dt.timedelta(days=offset)
    whole, then = History.of(casebook), History.of(known_by(casebook, on))
    here = np.flatnonzero(np.isin(whole.case_id, then.case_id))
    day = day_number(on)
    return on, whole, then, Snapshots.of(here, day), Snapshots.of(np.arange(len(then.case_id)), day)


@settings(max_examples=15, deadline=None)
@given(seed=seeds, offset=day_offsets)
def test_no_feature_of_any_case_sees_what_was_recorded_later(seed, offset):
    _, whole, then, rows, rows_then = both(seed, offset)
    with_the_future = build_features(whole, rows, STANDARD)
    without = build_features(then, rows_then, STANDARD)
    differ = ~((with_the_future == without) | (with_the_future.isna() & without.isna())).all()
    # float32 rates over teams are the same numbers, not nearly the same
    assert not differ.any(), f"these features see the future: {', '.join(differ.index[differ])}"


@settings(max_examples=12, deadline=None)
@given(seed=seeds, offset=day_offsets)
def test_standing_and_broken_duties_are_those_of_the_day(seed, offset):
    _, whole, then, rows, rows_then = both(seed, offset)
    now, was = standing(whole, rows), standing(then, rows_then)
    assert (now.state == was.state).all()
    assert (now.in_dispute == was.in_dispute).all()
    # the position of the fact in its table is another one when later facts are there; everything said of it is the same
    before, after = outstanding_duties(whole, rows), outstanding_duties(then, rows_then)
    pd.testing.assert_frame_equal(before.drop(columns="fact"), after.drop(columns="fact"))


@settings(max_examples=8, deadline=None)
@given(seed=seeds, offset=day_offsets, chunk=st.integers(1, 5))
def test_a_part_of_the_cases_gives_the_same_rows(seed, offset, chunk):
    whole = History.of(random_casebook(seed))
    day = day_number(dt.date(2023, 1, 1) + dt.timedelta(days=offset))
    everyone = np.arange(len(whole.case_id))
    all_rows = build_features(whole, Snapshots.of(everyone, day), STANDARD)
    part = everyone[::chunk]
    own = build_features(whole.only(part), Snapshots.of(np.arange(len(part)), day), STANDARD)
    pd.testing.assert_frame_equal(own, all_rows.iloc[::chunk].reset_index(drop=True))


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_all_dates_at_once_are_the_same_as_one_date_at_a_time(seed):
    whole = History.of(random_casebook(seed))
    days = day_number("2023-06-01") + np.array([0, 90, 91, 300])
    count = len(whole.case_id)
    rows = Snapshots.of(np.repeat(np.arange(count), len(days)), np.tile(days, count))
    together = build_features(whole, rows, STANDARD)
    for place, day in enumerate(days):
        alone = build_features(whole, Snapshots.of(np.arange(count), day), STANDARD)
        pd.testing.assert_frame_equal(alone, together.iloc[place :: len(days)].reset_index(drop=True))


def test_the_check_would_notice_a_feature_that_looks_ahead(monkeypatch):
    """The property can fail: ignoring the day of recording is caught."""
    casebook = random_casebook(3)
    on = dt.date(2023, 9, 1)
    honest = History.of(casebook)
    cheat = {
        name: type(facts).of(facts.case, facts.happened, facts.happened, facts.until, facts.columns, facts.labels)
        for name, facts in honest.facts.items()
    }
    looking_ahead = History(
        honest.case_id, cheat, honest.area_of_case, honest.area_names, honest.area_facts, honest.attributes,
        honest.attribute_labels, honest.family, honest.recorded_to,
    )
    then = History.of(known_by(casebook, on))
    day = day_number(on)
    here = np.flatnonzero(np.isin(honest.case_id, then.case_id))
    seen = build_features(looking_ahead, Snapshots.of(here, day), STANDARD)
    known = build_features(then, Snapshots.of(np.arange(len(then.case_id)), day), STANDARD)
    assert not seen.equals(known)
