"""Rows of decisions: from the day one is known, every fortnight, until its window closes or a dispute shows."""

import datetime as dt

import numpy as np
import pytest
from casebooks import one_case, random_casebook

from dispute_risk.causes.decision_rows import PERIOD_DAYS, decision_rows
from dispute_risk.errors import NotEnoughHistory
from dispute_risk.records.known import known_by

START = dt.date(2024, 1, 1)
REFUSED = {"received_on": "2025-01-06", "decision": "refuse", "decision_sent_on": "2025-02-10"}


def days(rows) -> list[str]:
    return rows.on.astype("datetime64[D]").astype(str).tolist()


def test_a_refusal_is_looked_at_on_its_day_and_every_fortnight_for_two_months():
    rows = decision_rows(one_case(requests=[REFUSED]), START)
    assert days(rows) == ["2025-02-10", "2025-02-24", "2025-03-10", "2025-03-24", "2025-04-07"]
    assert rows.features[PERIOD_DAYS].tolist() == [14, 14, 14, 14, 4]  # the last day is 10 April
    assert set(rows.features["latest_refuse_to_assess"]) == {1.0}


def test_a_decision_recorded_late_begins_when_it_was_known():
    late = {**REFUSED, "decision_sent_recorded_on": "2025-03-01"}
    assert days(decision_rows(one_case(requests=[late]), START)) == ["2025-03-01", "2025-03-15", "2025-03-29"]


def test_a_second_decision_cuts_the_period_of_the_first_short():
    again = {"received_on": "2025-02-17", "decision": "refuse", "decision_sent_on": "2025-03-01", "kind": "assessment"}
    rows = decision_rows(one_case(requests=[REFUSED, again]), START)
    assert days(rows)[:4] == ["2025-02-10", "2025-02-24", "2025-03-01", "2025-03-10"]
    assert rows.features[PERIOD_DAYS].tolist()[:3] == [14, 5, 9]


def test_nothing_is_looked_at_once_a_dispute_shows_and_the_appeal_is_that_of_the_rows_before():
    asked = {"decision_type": "refuse_to_assess", "requested_on": "2025-03-05", "certificate_on": "2025-03-20"}
    appeal = {"registered_on": "2025-04-25", "lodged_on": "2025-04-08", "grounds": "refuse_to_assess"}
    rows = decision_rows(one_case(requests=[REFUSED], mediations=[asked], appeals=[appeal]), START)
    assert days(rows) == ["2025-02-10", "2025-02-24"]
    assert rows.wait_days.tolist() == [74, 60]


def test_dates_limit_the_rows_and_an_empty_period_says_so():
    rows = decision_rows(one_case(requests=[REFUSED]), dt.date(2025, 2, 20), dt.date(2025, 3, 15))
    assert days(rows) == ["2025-02-24", "2025-03-10"]
    with pytest.raises(NotEnoughHistory, match="No decision could be appealed"):
        decision_rows(one_case(requests=[REFUSED]), dt.date(2025, 6, 1))


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_recorded_later_changes_a_row(seed):
    book = random_casebook(seed, cases=300, rows=900)
    cut = dt.date(2024, 9, 1)
    whole = decision_rows(book, dt.date(2023, 9, 1), cut)
    before = decision_rows(known_by(book, cut), dt.date(2023, 9, 1), cut)
    assert len(whole) > 20
    assert whole.case_id.tolist() == before.case_id.tolist()
    assert np.array_equal(whole.on, before.on)
    for name in whole.features:
        assert np.array_equal(whole.features[name], before.features[name], equal_nan=True), name


def test_periods_of_a_case_do_not_overlap():
    rows = decision_rows(random_casebook(3, cases=40, rows=300))
    ends = rows.on + rows.features[PERIOD_DAYS].to_numpy().astype("timedelta64[D]")
    same = rows.case_id[1:] == rows.case_id[:-1]
    assert np.all(ends[:-1][same] <= rows.on[1:][same])


def test_rows_never_begin_before_the_records_do():
    book = random_casebook(4, cases=300, rows=900)
    assert decision_rows(book, dt.date(2020, 1, 1)).on.min() == decision_rows(book).on.min()
