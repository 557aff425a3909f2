"""Joins by case against the plain loops they replace."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.pairs import (
    Stretches,
    active_pairs,
    first_known_between,
    first_known_from,
    join_by_case,
    next_known,
    ranges,
)

seeds = st.integers(0, 2**32 - 1)
LAST_DAY = 25


def table(seed: int, most: int = 25) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return case, day and day known of a few rows; some are known late, some never, some in the wrong order."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(0, most))
    case, day = rng.integers(0, 4, rows), rng.integers(0, LAST_DAY, rows)
    known = np.where(rng.random(rows) < 0.1, FOREVER, day + rng.choice([0, 0, 1, 6, 40], rows))
    return case.astype(np.int32), day.astype(np.int32), known.astype(np.int32)


@given(seed=seeds)
def test_first_known_from(seed):
    case, start, _ = table(seed)
    other_case, other_day, other_known = table(seed + 1)
    expected = [
        min((known for c, day, known in zip(other_case, other_day, other_known, strict=True) if c == one and day >= on),
            default=FOREVER)
        for one, on in zip(case, start, strict=True)
    ]
    assert first_known_from(case, start, other_case, other_day, other_known).tolist() == expected


@given(seed=seeds)
def test_next_known(seed):
    case, day, known = table(seed)
    expected = [
        min((known[i] for i in range(len(case)) if case[i] == case[row] and day[i] > day[row]), default=FOREVER)
        for row in range(len(case))
    ]
    assert next_known(case, day, known).tolist() == expected


@given(seed=seeds)
def test_first_known_between(seed):
    case, after, _ = table(seed)
    up_to = after + np.random.default_rng(seed).integers(-2, 12, len(after))
    other_case, other_day, other_known = table(seed + 1)
    expected = [
        min((known for c, day, known in zip(other_case, other_day, other_known, strict=True) if c == one and a < day <= b),
            default=FOREVER)
        for one, a, b in zip(case, after, up_to, strict=True)
    ]
    assert first_known_between(case, after, up_to, other_case, other_day, other_known).tolist() == expected


@given(seed=seeds)
def test_active_pairs_are_all_facts_known_and_not_over_on_each_date(seed):
    case, day, known = table(seed)
    until = known.astype(np.int64) + np.random.default_rng(seed).integers(0, 30, len(case))
    facts = Facts.of(case, day, known, np.minimum(until, FOREVER))
    row_case, row_on, _ = table(seed + 1)
    order = np.lexsort((row_on, row_case))
    rows = Snapshots.of(row_case[order], row_on[order])
    row, fact = active_pairs(facts, rows)
    expected = {
        (r, f)
        for r in range(len(rows)) for f in range(len(facts))
        if facts.case[f] == rows.case[r] and facts.known[f] <= rows.on[r] < facts.until[f]
    }
    found = list(zip(row.tolist(), fact.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert set(found) == expected


def held(seed: int, for_ever: bool = False) -> tuple[Facts, Snapshots]:
    """Return random facts of six cases and random rows, several on the same date, some of cases without facts."""
    case, day, known = table(seed)
    until = known.astype(np.int64) + np.random.default_rng(seed).integers(0, 30, len(case))
    facts = Facts.of(case, day, known, None if for_ever else np.minimum(until, FOREVER))
    row_case, row_on, _ = table(seed + 1)
    order = np.lexsort((row_on, row_case))
    return facts, Snapshots.of(row_case[order], row_on[order])


def days_of(facts: Facts, rows: Snapshots) -> list[list[int]]:
    """Return for each row the days of the facts known and holding on its date, in the order of recording: by a loop."""
    return [
        [int(facts.happened[f]) for f in range(len(facts))
         if facts.case[f] == case and facts.known[f] <= on < facts.until[f]]
        for case, on in zip(rows.case, rows.on, strict=True)
    ]


@given(seed=seeds)
def test_stretches_say_of_every_row_what_a_loop_says(seed):
    facts, rows = held(seed)
    expected, runs = days_of(facts, rows), Stretches.of(facts, rows)
    assert int(runs.rows.sum()) == len(rows)
    assert runs.on_rows(runs.latest(facts.happened)).tolist() == [max(days, default=NO_DAY) for days in expected]
    assert runs.on_rows(runs.earliest(facts.happened)).tolist() == [min(days, default=NO_DAY) for days in expected]
    assert runs.on_rows(runs.added(facts.happened.astype(float))).tolist() == [sum(days) for days in expected]


@given(seed=seeds)
def test_of_facts_that_hold_for_ever_the_one_known_last_stands(seed):
    facts, rows = held(seed, for_ever=True)
    runs = Stretches.of(facts, rows)
    expected = [days[-1] if days else NO_DAY for days in days_of(facts, rows)]
    assert runs.on_rows(runs.standing(facts.happened)).tolist() == expected


@given(seed=seeds)
def test_join_by_case_is_every_pair_of_the_same_case(seed):
    left, right = table(seed)[0], table(seed + 1)[0]
    one, other = join_by_case(left, right)
    expected = {(i, j) for i in range(len(left)) for j in range(len(right)) if left[i] == right[j]}
    found = list(zip(one.tolist(), other.tolist(), strict=True))
    assert len(found) == len(expected) and set(found) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_ranges_are_each_counted_out(pairs):
    first, last = np.array([p[0] for p in pairs], int), np.array([p[1] for p in pairs], int)
    which, position = ranges(first, last)
    expected = [(number, at) for number, (a, b) in enumerate(pairs) for at in range(a, b)]
    assert list(zip(which.tolist(), position.tolist(), strict=True)) == expected
