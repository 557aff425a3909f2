"""What was wrong with a plan on the day it was sent: late, written to the date, against the family's choice."""

import pytest
from casebooks import held_on, one_case, told_on

from dispute_risk.causes.decision_facts import decision_facts
from dispute_risk.timeline.history import History

ASKED = "2025-01-06"  # 20 weeks end on 26 May 2025


def history(**tables) -> History:
    return History.of(one_case(**tables), more=(decision_facts,))


def plan(on: str, kind: str = "final", **more) -> dict:
    return {"kind": kind, "issued_on": on, "section_i": "setting_named", "setting_type": "mainstream", **more}


def asked(kind: str = "special", on: str = "2025-04-01", **more) -> dict:
    return {"sent_on": on, "setting_type": kind, "preferred_by_family": 1, **more}


@pytest.mark.parametrize(("issued", "late", "to_date"), [
    ("2025-05-12", [], []), ("2025-05-13", [], ["2025-05-13"]), ("2025-05-26", [], ["2025-05-26"]),
    ("2025-05-27", ["2025-05-27"], []), ("2025-09-01", ["2025-09-01"], []),
])
def test_the_last_two_of_the_twenty_weeks_and_the_days_after(issued, late, to_date):
    made = history(requests=[{"received_on": ASKED, "decision": "assess"}], plans=[plan(issued)])
    assert held_on(made, "plan_late", "2025-10-01") == late
    assert held_on(made, "plan_written_to_date", "2025-10-01") == to_date


def test_an_exception_lifts_the_date():
    excused = {"received_on": ASKED, "decision": "assess", "decision_sent_on": "2025-02-10", "exception": 1}
    assert held_on(history(requests=[excused], plans=[plan("2025-09-01")]), "plan_late", "2025-10-01") == []
    told_late = {**excused, "decision_sent_recorded_on": "2025-09-15"}
    made = history(requests=[told_late], plans=[plan("2025-09-01")])
    assert held_on(made, "plan_late", "2025-09-14") == ["2025-09-01"]
    assert held_on(made, "plan_late", "2025-09-15") == []


def test_an_amended_plan_has_no_twenty_weeks_and_ends_what_was_said_of_the_first():
    made = history(requests=[{"received_on": ASKED, "decision": "assess"}],
                   plans=[plan("2025-09-01"), plan("2025-11-03", "amended_final")])
    assert held_on(made, "plan_late", "2025-11-02") == ["2025-09-01"]
    assert held_on(made, "plan_late", "2025-11-03") == []
    assert told_on(made, "latest_decision", "decision_type", "2025-11-02") == ["plan_issued"]
    assert told_on(made, "latest_decision", "decision_type", "2025-11-03") == ["plan_amended"]


@pytest.mark.parametrize(("consulted", "counts"), [
    (asked("special"), True),
    (asked("special", responded_on="2025-04-20", response="yes"), True),
    (asked("mainstream", responded_on="2025-04-20", response="no_full"), True),
    (asked("mainstream", responded_on="2025-06-20", response="no_full"), False),  # after the plan
    (asked("mainstream"), False),  # no answer is not a no
    (asked("mainstream", responded_on="2025-04-20", response="yes"), False),
    (asked("early_years"), False),  # which of the ordinary types follows from age
    (asked("special", preferred_by_family=0), False),
    (asked("special", on="2024-05-01"), False),  # more than a year before
])
def test_which_plans_are_against_the_choice_of_the_family(consulted, counts):
    made = history(plans=[plan("2025-05-12")], consultations=[consulted])
    assert bool(held_on(made, "choice_refused_at_plan", "2025-06-30")) is counts


def test_a_plan_that_names_no_school_is_counted_as_that_and_not_here():
    made = history(plans=[plan("2025-05-12", section_i="type_only")], consultations=[asked("special")])
    assert held_on(made, "choice_refused_at_plan", "2025-06-30") == []


def test_a_choice_counts_for_the_first_plan_after_it_only():
    made = history(plans=[plan("2025-05-12"), plan("2025-09-01", "amended_final")], consultations=[asked("special")])
    assert held_on(made, "choice_refused_at_plan", "2025-08-31") == ["2025-05-12"]
    assert held_on(made, "choice_refused_at_plan", "2025-09-01") == []


def test_a_no_recorded_late_is_known_from_then():
    told = asked("mainstream", responded_on="2025-04-20", responded_recorded_on="2025-07-01", response="no_full")
    made = history(plans=[plan("2025-05-12")], consultations=[told])
    assert held_on(made, "choice_refused_at_plan", "2025-06-30") == []
    assert held_on(made, "choice_refused_at_plan", "2025-07-01") == ["2025-05-12"]
