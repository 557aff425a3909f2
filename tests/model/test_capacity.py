"""Lists of a given length: full, ordered, and fair where risks are tied."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dispute_risk.model.capacity import at_capacity, flagged_share


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 4), some.integers(0, 3)), min_size=1, max_size=40), some.integers(1, 6))
def test_a_list_is_full_and_ordered(pairs, capacity):
    order, lists = np.array(pairs, dtype=float).T
    share = flagged_share(order, lists, capacity)
    for one in np.unique(lists):
        mine = lists == one
        assert share[mine].sum() == pytest.approx(min(capacity, mine.sum()))
        for value in np.unique(order[mine]):
            assert len(set(np.round(share[mine & (order == value)], 12))) == 1
            if (share[mine & (order == value)] > 0).any():
                assert (share[mine & (order > value)] == 1).all()


def test_ties_give_what_lots_would_give_on_average():
    rng = np.random.default_rng(5)
    order, outcome = rng.integers(0, 3, 30).astype(float), (rng.random(30) < 0.4).astype(float)
    share = flagged_share(order, np.zeros(30), 7)
    lots = [outcome[np.lexsort((rng.random(30), -order))[:7]].sum() for _ in range(4000)]
    assert (share * outcome).sum() == pytest.approx(np.mean(lots), abs=0.06)


def test_capacity_counts_cases_once():
    case = np.array(["a", "a", "b", "c", "c"])
    outcome = np.array([0.0, 1, 0, 1, 1])
    share = np.array([1.0, 1, 1, 0, 0])
    on = np.array(["2025-01-06", "2025-02-03", "2025-01-06", "2025-01-06", "2025-02-03"], dtype="datetime64[D]")
    registered = np.where(case == "b", np.datetime64("NaT"), np.datetime64("2025-03-05"))
    held = at_capacity(outcome, share, case, np.arange(5), on, registered)
    assert (held.precision, held.recall, held.appeals) == (pytest.approx(0.5), pytest.approx(0.5), 2)
    assert held.median_lead_days == 30
