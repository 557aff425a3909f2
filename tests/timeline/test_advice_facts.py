"""Professional advice: asked for, outstanding, late, missing when the plan was finalised, received and not used."""

from casebooks import held_on, one_case, told_on

from dispute_risk.timeline.history import History

PLAN = {"kind": "final", "issued_on": "2025-06-09"}


def history(advice: dict, *plans: dict) -> History:
    asked = {"kind": "speech_language", "requested_on": "2025-03-03", **advice}
    return History.of(one_case(advice=[asked], plans=list(plans)))


def test_advice_is_outstanding_from_the_asking_until_its_arrival_is_recorded():
    told = history({"received_on": "2025-06-20", "received_recorded_on": "2025-06-24"})
    assert held_on(told, "duty_advice", "2025-03-02") == []
    assert told_on(told, "duty_advice", "due_on", "2025-03-03") == ["2025-04-14"]
    assert held_on(told, "duty_advice", "2025-06-23") == ["2025-03-03"]
    assert held_on(told, "duty_advice", "2025-06-24") == []
    assert held_on(told, "advice_asked", "2025-12-01") == ["2025-03-03"]


def test_advice_after_its_six_weeks_arrived_late():
    late = history({"received_on": "2025-04-15"})
    assert held_on(late, "advice_arrived_late", "2025-04-14") == []
    assert held_on(late, "advice_arrived_late", "2025-04-15") == ["2025-04-15"]
    assert held_on(history({"received_on": "2025-04-14"}), "advice_arrived_late", "2025-12-01") == []


def test_the_plan_was_finalised_without_the_advice_that_was_asked_for():
    told = history({"received_on": "2025-06-20"}, PLAN)
    assert held_on(told, "plan_without_advice", "2025-06-08") == []
    assert told_on(told, "plan_without_advice", "kind", "2025-06-09") == ["speech_language"]
    assert told_on(told, "plan_without_advice", "asked_on", "2025-06-09") == ["2025-03-03"]
    # its arrival after the plan does not undo that the plan was written without it
    assert held_on(told, "plan_without_advice", "2025-06-20") == ["2025-06-09"]


def test_a_report_in_time_but_recorded_late_was_believed_missing_until_then():
    told = history({"received_on": "2025-06-02", "received_recorded_on": "2025-07-01"}, PLAN)
    assert held_on(told, "plan_without_advice", "2025-06-09") == ["2025-06-09"]
    assert held_on(told, "plan_without_advice", "2025-06-30") == ["2025-06-09"]
    assert held_on(told, "plan_without_advice", "2025-07-01") == []


def test_a_report_of_the_day_of_the_plan_was_there():
    assert held_on(history({"received_on": "2025-06-09"}, PLAN), "plan_without_advice", "2025-06-09") == []


def test_a_new_plan_with_the_report_in_hand_puts_it_right():
    told = history({"received_on": "2025-06-20"}, PLAN, {"kind": "amended_final", "issued_on": "2025-09-15"})
    assert held_on(told, "plan_without_advice", "2025-09-14") == ["2025-06-09"]
    assert held_on(told, "plan_without_advice", "2025-09-15") == []


def test_a_new_plan_still_without_the_report_is_a_failure_of_its_own():
    told = history({}, PLAN, {"kind": "amended_final", "issued_on": "2025-09-15"})
    assert held_on(told, "plan_without_advice", "2025-09-15") == ["2025-09-15"]


def test_advice_asked_for_years_before_belongs_to_an_earlier_plan():
    told = history({}, {"kind": "final", "issued_on": "2026-09-05"})  # 551 days
    assert held_on(told, "plan_without_advice", "2026-12-01") == []
    told = history({}, {"kind": "final", "issued_on": "2026-09-04"})
    assert held_on(told, "plan_without_advice", "2026-12-01") == ["2026-09-04"]


def test_advice_not_used_is_known_with_the_plan_that_followed():
    told = history({"received_on": "2025-04-10", "cited_in_plan": 0}, {**PLAN, "issued_recorded_on": "2025-06-12"})
    assert held_on(told, "advice_not_cited", "2025-06-11") == []
    assert held_on(told, "advice_not_cited", "2025-06-12") == ["2025-04-10"]


def test_advice_used_or_never_asked_about_is_no_failure():
    for cited in (1, None):
        told = history({"received_on": "2025-04-10", "cited_in_plan": cited}, PLAN)
        assert held_on(told, "advice_not_cited", "2025-12-01") == []
