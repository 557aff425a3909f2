"""Which rows count, and which of them an appeal came of."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from dispute_risk.causes.at_risk import adjusters, at_risk, last_before_appeal
from dispute_risk.errors import NotEnoughHistory
from dispute_risk.model.landmarks import Landmarks

EVER = (dt.date(2000, 1, 1), dt.date(2100, 1, 1))


def rows(*given: tuple, **columns) -> Landmarks:
    """Return rows of (case, day, days to the next appeal, known), a window open on each unless said otherwise."""
    case, on, wait, known = (list(part) for part in zip(*given, strict=True))
    wait_days = np.array(wait, float)
    outcome = np.where(known, (wait_days <= 182).astype(float), np.nan).astype(np.float32)
    features = pd.DataFrame({"window_open": 1.0, "days_since_notice": 10.0, **columns}, index=range(len(case)), dtype=float)
    for kind in ("refuse_to_issue", "plan_issued", "plan_amended", "refuse_to_reassess", "refuse_to_amend", "cease_to_maintain"):
        features[f"{kind}_window"] = 0.0
    days = np.array(on, "datetime64[D]")
    family = np.unique(case, return_inverse=True)[1]
    return Landmarks(features, outcome, days, np.array(case), family, np.array(["N"] * len(case)),
                     np.array(["window_open"] * len(case)), 182, wait_days)


def test_an_appeal_belongs_to_the_last_row_before_it():
    found = rows(("A", "2025-01-01", 90, True), ("A", "2025-01-15", 76, True), ("A", "2025-01-29", 62, True),
                 ("B", "2025-01-29", np.inf, True))
    assert last_before_appeal(found).tolist() == [0, 0, 1, 0]


def test_two_appeals_of_one_case_are_two_and_one_out_of_reach_is_none():
    found = rows(("A", "2024-01-01", 60, True), ("A", "2025-01-01", 50, True), ("A", "2025-08-01", 300, True))
    assert last_before_appeal(found).tolist() == [1, 1, 0]


def test_a_row_within_a_fortnight_of_the_registration_hands_the_appeal_to_the_one_before():
    risk = at_risk(rows(("A", "2025-01-01", 41, True), ("A", "2025-01-29", 13, True), ("B", "2025-01-01", 14, True)), *EVER)
    assert list(zip(risk.rows.case_id.tolist(), risk.event.tolist(), strict=True)) == [("A", 1.0), ("B", 1.0)]
    assert risk.unplaced == 0


def test_an_appeal_with_no_row_but_in_its_last_fortnight_is_counted_as_unplaced():
    risk = at_risk(rows(("A", "2025-01-29", 9, True), ("B", "2025-01-01", np.inf, True)), *EVER)
    assert (risk.appeals, risk.unplaced) == (0, 1)


def test_rows_whose_outcome_is_not_known_are_left_out_with_their_appeals():
    risk = at_risk(rows(("A", "2025-01-01", np.inf, True), ("B", "2025-06-01", 30, False)), *EVER)
    assert risk.rows.case_id.tolist() == ["A"]
    assert (risk.appeals, risk.end_on) == (0, dt.date(2025, 1, 1))


def test_dates_limit_the_rows_and_a_decision_must_be_open():
    given = (("A", "2025-01-01", np.inf, True), ("B", "2025-02-01", np.inf, True), ("C", "2025-02-01", np.inf, True))
    risk = at_risk(rows(*given, window_open=[1, 1, 0]), dt.date(2025, 1, 15), dt.date(2025, 3, 1))
    assert risk.rows.case_id.tolist() == ["B"]
    with pytest.raises(NotEnoughHistory, match="choose an earlier or a longer period"):
        at_risk(rows(*given), dt.date(2025, 5, 1), dt.date(2025, 6, 1))


def test_a_row_stands_for_a_month_unless_it_says_for_how_many_days():
    given = (("A", "2025-01-01", np.inf, True), ("B", "2025-02-01", np.inf, True))
    assert at_risk(rows(*given), *EVER).months.tolist() == [1, 1]
    assert at_risk(rows(*given, period_days=[14, 7]), *EVER).months == pytest.approx([14 / 30.4375, 7 / 30.4375])


def test_what_does_not_vary_is_not_held_equal_and_rare_quarters_are_taken_together():
    many = [(f"C{number}", "2025-01-06" if number % 2 else "2025-05-05", 50 if number < 24 else np.inf, True)
            for number in range(60)]
    risk = at_risk(rows(*many, ("R", "2025-08-04", 50, True), need_asd=[number % 3 == 0 for number in range(61)],
                        post_16=0.0), *EVER)
    held = adjusters(risk)
    assert "need_asd" in held
    assert "post_16" not in held
    assert len([name for name in held if name.startswith("quarter_")]) == 1
    assert not [name for name in held if name.startswith("area_")]


def test_rows_that_do_not_say_when_appeals_came_are_refused():
    from dataclasses import replace

    with pytest.raises(ValueError, match="do not say when appeals were registered"):
        at_risk(replace(rows(("A", "2025-01-01", np.inf, True)), wait_days=None), *EVER)
