"""Act now or wait: what is owed never waits, a last date is never passed, and waiting has to be worth it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.days import NO_DAY, day_number
from dispute_risk.timeline.history import History
from dispute_risk.triage.act_now import POUNDS, SAVED_PER_RISK, Ahead, ahead_of, appeal_first, timing, waiting_worth
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.snapshot import open_cases

ON = day_number("2025-06-02")
NONE = Ahead()
ADVICE = Ahead(advice_on=ON + 5, advice_kind="educational_psychology", in_time=0.6)
APPEAL = "last day for an appeal"


def test_the_last_day_to_act_leaves_a_fortnight_before_the_window_closes():
    found = timing(STEPS["meet_family"], ON, day_number("2025-07-21"), APPEAL, NONE, 0.2, float("nan"))
    assert found.last_act == day_number("2025-07-07") and not found.presses
    assert found.said == ("Act within 7 days; the last day that leaves it time is 7 July 2025 (the last day for an appeal is "
                          "21 July 2025).")
    near = timing(STEPS["name_a_school"], ON, day_number("2025-06-24"), APPEAL, NONE, 0.2, float("nan"))
    assert near.said == "Act by 10 June 2025: the last day for an appeal is 24 June 2025." and not near.presses
    soon = timing(STEPS["meet_family"], ON, day_number("2025-06-20"), APPEAL, NONE, 0.2, float("nan"))
    assert soon.presses and soon.said.startswith("Act by 6 June 2025, before the next list: the last day for an appeal")
    late = timing(STEPS["meet_family"], ON, day_number("2025-06-10"), APPEAL, NONE, 0.2, float("nan"))
    assert late.presses and late.said.startswith("Act today: the last day for an appeal is 10 June 2025")


def test_the_date_of_a_duty_presses_the_steps_that_work_towards_it_and_no_other():
    due = Ahead(day_number("2025-06-10"), "the final plan is due")
    assert timing(STEPS["chase_advice"], ON, NO_DAY, "", due, 0.1, float("nan")).said == (
        "Act by 5 June 2025, before the next list: the final plan is due on 10 June 2025.")
    assert not timing(STEPS["reply"], ON, NO_DAY, "", due, 0.1, float("nan")).presses


def test_a_call_can_wait_for_advice_that_may_make_it_needless():
    found = timing(STEPS["call_family"], ON, NO_DAY, "", ADVICE, 0.10, 0.05)
    assert found.act_from == ON + 6
    assert found.said == (
        "Can wait until 8 June 2025: educational psychology advice is due in 5 days, and about 6 in 10 of such reports came in "
        "time in the last year. With it the estimate would be about 1 in 20, where the step no longer pays for itself. Of 1,000 "
        "such cases about 3 would have appealed by then.")


@pytest.mark.parametrize("step, last_day, ahead, risk, lower", [
    ("call_family", NO_DAY, ADVICE, 0.30, 0.28),  # it would be called anyway
    ("call_family", NO_DAY, ADVICE, 0.10, 0.12),  # the advice would not lower the estimate
    ("call_family", NO_DAY, ADVICE, 0.10, float("nan")),
    ("call_family", ON + 10, ADVICE, 0.10, 0.05),  # the window closes
    ("call_family", NO_DAY, Ahead(advice_on=ON + 5, advice_kind="health"), 0.10, 0.05),  # nobody knows how often it is in time
    ("name_a_school", NO_DAY, ADVICE, 0.10, 0.05),  # owed
    ("reply", NO_DAY, ADVICE, 0.10, 0.05),
])
def test_anything_else_is_done_now(step, last_day, ahead, risk, lower):
    found = timing(STEPS[step], ON, last_day, APPEAL if last_day != NO_DAY else "", ahead, risk, lower)
    assert found.act_from == ON and "Can wait" not in found.said


@given(step=st.sampled_from(sorted(STEPS)), days=st.integers(-1, 90), risk=st.floats(0.001, 0.99), share=st.floats(0, 1),
       lower=st.floats(0, 1), advice=st.integers(0, 7))
def test_what_is_owed_never_waits_and_nobody_waits_past_the_last_day(step, days, risk, share, lower, advice):
    ahead = Ahead(advice_on=ON + advice, advice_kind="health", in_time=share)
    found = timing(STEPS[step], ON, ON + days if days >= 0 else NO_DAY, APPEAL if days >= 0 else "", ahead, risk, risk * lower)
    assert found.said.endswith(".") and found.act_from >= ON
    if STEPS[step].owed:
        assert found.act_from == ON
    if found.last_act != NO_DAY and found.act_from > ON:
        assert found.act_from <= found.last_act


@given(risk=st.floats(0.01, 0.9), lower=st.floats(0, 1), share=st.floats(0, 0.99))
def test_waiting_is_worth_no_less_than_acting_where_nobody_would_appeal_meanwhile(risk, lower, share):
    cost = POUNDS["call_family"]
    assert waiting_worth(risk, risk * lower, share, 0.0, cost) >= SAVED_PER_RISK * risk - cost - 1e-6
    assert waiting_worth(risk, risk * lower, share, risk, cost) == pytest.approx(0, abs=1e-6)


def test_an_appeal_comes_first_as_often_as_the_days_waited_are_of_the_days_left():
    assert appeal_first(0.2, 5, 10) == pytest.approx(0.1) and appeal_first(0.2, 30, 10) == 0.2


def test_the_dates_ahead_are_read_from_what_was_known_on_the_day(fitted):
    """Requested on 3 February: the final plan is due on 23 June. Advice asked for on 25 April is due on 6 June."""
    others = [{"case_id": f"C{n}", "kind": "health", "requested_on": "2025-01-06",
               "received_on": "2025-02-10" if n < 15 else "2025-03-31"} for n in range(20)]
    records = casebook(
        cases=[{"case_id": "K1", "area": "N", "opened_on": "2025-02-03"},
               *({"case_id": f"C{n}", "area": "N", "opened_on": "2025-01-01"} for n in range(20))],
        requests=[{"case_id": "K1", "request_id": "R1", "received_on": "2025-02-03", "kind": "assessment", "decision": "assess",
                   "decision_sent_on": "2025-03-10"}],
        advice=[{"case_id": "K1", "kind": "health", "requested_on": "2025-04-25"}, *others],
    )
    cases = open_cases(Searches(History.of(records)), STANDARD, fitted, dt.date(2025, 6, 2))
    row = int(np.flatnonzero(cases.case_id == "K1")[0])
    found = ahead_of(cases, np.array([row]))[row]
    assert (found.duty_on, found.duty_is) == (day_number("2025-06-23"), "the final plan is due")
    assert (found.advice_on, found.advice_kind) == (day_number("2025-06-06"), "health")
    assert found.in_time == pytest.approx(15 / 20)
    earlier = open_cases(cases.searches, STANDARD, fitted, dt.date(2025, 4, 22))
    row = int(np.flatnonzero(earlier.case_id == "K1")[0])
    assert ahead_of(earlier, np.array([row]))[row].advice_on == NO_DAY
