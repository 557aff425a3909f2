"""Quietness: contact over the whole record against what is usual, and nothing else about a family."""

from __future__ import annotations

import numpy as np
import pytest
from casebooks import casebook, random_casebook
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.triage.voice import _rates, quietness


def plans(contacts: dict[str, int], opened: str = "2024-01-01", recorded_to: str = "2026-01-01", **more: list[dict]):
    """Cases with a plan; so many messages of each family in 2025."""
    ids = sorted(contacts)
    return casebook(
        recorded_to,
        cases=[{"case_id": one, "area": "North", "opened_on": opened} for one in ids],
        plans=[{"case_id": one, "plan_id": one, "kind": "final", "issued_on": opened} for one in ids],
        contacts=[{"case_id": one, "contact_id": f"{one}{n}", "happened_on": f"2025-0{n % 9 + 1}-06", "direction": "in",
                   "party": "family", "channel": "email"} for one in ids for n in range(contacts[one])],
        **more,
    )


def quiet(book, on: str = "2025-12-01") -> list[float]:
    history = History.of(book)
    return quietness(history, Snapshots.of(np.arange(len(history.case_id)), day_number(on))).tolist()


def test_contact_over_what_is_usual_worked_out_by_hand():
    # Two plans open for the same days: two messages each are usual. (2 + 2) / (0 + 2) and (2 + 2) / (4 + 2).
    assert quiet(plans({"A": 0, "B": 4})) == pytest.approx([2, 4 / 6])


def test_nobody_is_quiet_or_loud_where_no_contact_is_recorded():
    assert quiet(plans({"A": 0, "B": 0, "C": 0})) == [1, 1, 1]
    assert len(quietness(History.of(plans({"A": 0})), Snapshots.of(np.zeros(0, int), 0))) == 0


def test_a_message_not_yet_known_does_not_count():
    before = quiet(plans({"A": 0, "B": 4}), "2025-01-01")
    assert before == [1, 1]


def test_a_complaint_and_an_appeal_are_signs_of_being_heard():
    alone = quiet(plans({"A": 1, "B": 1}))
    assert alone[0] == alone[1] == 1
    complaint = [{"case_id": "B", "received_on": "2025-05-05"}]
    assert quiet(plans({"A": 1, "B": 1}, complaints=complaint))[1] < 1
    appeal = [{"case_id": "B", "appeal_id": "1", "registered_on": "2025-05-05"}]
    assert quiet(plans({"A": 1, "B": 1}, appeals=appeal))[1] < 1


def test_families_are_compared_for_as_long_as_their_file_was_open():
    message = {"direction": "in", "party": "family", "channel": "email"}
    book = casebook(
        "2026-01-01",
        cases=[{"case_id": "A", "area": "North", "opened_on": "2024-01-01"},
               {"case_id": "B", "area": "North", "opened_on": "2025-09-01"}],
        contacts=[{"case_id": "A", "contact_id": "1", "happened_on": "2024-01-08", **message},
                  {"case_id": "B", "contact_id": "2", "happened_on": "2025-10-06", **message}],
    )
    long, short = quiet(book)
    assert long > 1 > short  # one message each, in two years and in three months


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 10**6), day=st.integers(0, 900))
def test_later_records_do_not_move_it_and_nothing_but_contact_does(seed, day):
    from dispute_risk.records.known import known_by
    from dispute_risk.timeline.days import to_date

    book = random_casebook(seed, cases=8, rows=60)
    on = day_number("2023-01-05") + day
    whole = History.of(book)
    cut = History.of(known_by(book, to_date(on)))
    rows = Snapshots.of(np.arange(8), on)
    there = np.flatnonzero(np.isin(whole.case_id, cut.case_id))  # the others are not known yet
    alike = quietness(whole, Snapshots.of(there, on)), quietness(cut, Snapshots.of(np.arange(len(there)), on))
    np.testing.assert_allclose(*alike)
    cases = book.tables["cases"].copy()
    for column in ("sex", "ethnicity", "home_language_not_english", "deprivation_decile", "primary_need"):
        cases[column] = cases[column].to_numpy()[::-1]
    other = History.of(book.with_tables({**book.tables, "cases": cases}))
    assert quietness(other, rows).tolist() == quietness(whole, rows).tolist()


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_the_rates_are_the_non_negative_least_squares(seed):
    from scipy.optimize import nnls

    draw = np.random.default_rng(seed)
    days = draw.poisson(200, (60, 3)) * (draw.random((60, 3)) < draw.random(3))
    days[:, 2] = np.maximum(days.max(axis=1), days[:, 2])
    if draw.random() < 0.2:
        days[:, 1] = days[:, 0]  # two kinds of spell that always go together
    contacts = draw.poisson(np.maximum(days @ draw.normal(0, 0.01, 3), 0.0)).astype(float)
    rates, best = _rates(days.astype(float), contacts), nnls(days.astype(float), contacts)[0]
    assert (rates >= 0).all()
    np.testing.assert_allclose(days @ rates, days @ best, rtol=1e-9, atol=1e-9)
