"""Requests, plans and notices: short case histories drawn by hand, read back on dates."""

import pytest
from casebooks import held_on, one_case, told_on

from dispute_risk.timeline.history import History


def history(**tables) -> History:
    return History.of(one_case(**tables))


def request_of_6_january(**more) -> dict:
    return {"received_on": "2025-01-06", "kind": "assessment", "source": "parent", **more}


def final(issued_on: str, **more) -> dict:
    return {"kind": "final", "issued_on": issued_on, **more}


# --- requests -------------------------------------------------------------------------------------------------------


def test_a_request_starts_both_clocks():
    told = history(requests=[request_of_6_january()])
    assert told_on(told, "duty_decide_to_assess", "due_on", "2025-01-06") == ["2025-02-17"]
    assert told_on(told, "duty_final_plan", "due_on", "2025-01-06") == ["2025-05-26"]


def test_a_request_recorded_two_weeks_late_is_not_known_before():
    told = history(requests=[request_of_6_january(received_recorded_on="2025-01-20")])
    assert held_on(told, "request", "2025-01-19") == []
    assert held_on(told, "request", "2025-01-20") == ["2025-01-06"]
    # the clock ran all the same
    assert told_on(told, "duty_final_plan", "due_on", "2025-01-20") == ["2025-05-26"]


def test_a_decision_to_assess_ends_the_first_clock_and_not_the_second():
    told = history(requests=[request_of_6_january(decision="assess", decision_sent_on="2025-03-03",
                                                  decision_sent_recorded_on="2025-03-05")])
    assert held_on(told, "duty_decide_to_assess", "2025-03-04") == ["2025-01-06"]
    assert held_on(told, "duty_decide_to_assess", "2025-03-05") == []
    assert held_on(told, "duty_final_plan", "2025-12-01") == ["2025-01-06"]
    assert held_on(told, "plan_awaited", "2025-12-01") == ["2025-01-06"]


def test_a_decision_sent_two_weeks_late_is_remembered_from_its_recording():
    told = history(requests=[request_of_6_january(decision="assess", decision_sent_on="2025-03-03",
                                                  decision_sent_recorded_on="2025-03-05")])
    assert held_on(told, "decided_late", "2025-03-04") == []
    assert held_on(told, "decided_late", "2025-03-05") == ["2025-03-03"]
    assert told_on(told, "decided_late", "due_on", "2025-03-05") == ["2025-02-17"]


def test_a_decision_on_the_last_day_is_in_time():
    told = history(requests=[request_of_6_january(decision="assess", decision_sent_on="2025-02-17")])
    assert held_on(told, "decided_late", "2025-12-01") == []


@pytest.mark.parametrize("decision", ["refuse", "withdrawn"])
def test_a_refusal_or_withdrawal_ends_the_wait_for_a_plan(decision):
    told = history(requests=[request_of_6_january(decision=decision, decision_sent_on="2025-02-10")])
    assert held_on(told, "plan_awaited", "2025-02-09") == ["2025-01-06"]
    assert held_on(told, "plan_awaited", "2025-02-10") == held_on(told, "duty_final_plan", "2025-02-10") == []


def test_a_refusal_after_the_assessment_ends_the_wait_for_a_plan():
    told = history(requests=[request_of_6_january(decision="assess", decision_sent_on="2025-02-10")],
                   assessments=[{"outcome": "refuse", "outcome_sent_on": "2025-04-28"}])
    assert held_on(told, "plan_awaited", "2025-04-27") == ["2025-01-06"]
    assert held_on(told, "plan_awaited", "2025-04-28") == []


def test_a_final_plan_ends_the_wait_from_the_day_it_was_recorded():
    told = history(requests=[request_of_6_january()],
                   plans=[final("2025-06-02", issued_recorded_on="2025-06-04")])
    assert held_on(told, "duty_final_plan", "2025-06-03") == ["2025-01-06"]
    assert held_on(told, "duty_final_plan", "2025-06-04") == held_on(told, "plan_awaited", "2025-06-04") == []


def test_a_draft_does_not_end_the_wait():
    told = history(requests=[request_of_6_january()], plans=[{"kind": "draft", "issued_on": "2025-04-14"}])
    assert held_on(told, "duty_final_plan", "2025-09-01") == ["2025-01-06"]
    assert held_on(told, "draft_waiting", "2025-04-14") == ["2025-04-14"]


def test_the_plan_of_an_earlier_request_does_not_end_a_later_one():
    told = history(requests=[request_of_6_january(kind="reassessment")], plans=[final("2023-05-02")])
    assert held_on(told, "duty_final_plan", "2025-06-30") == ["2025-01-06"]


def test_a_claimed_exception_lifts_the_twenty_weeks_once_it_is_known():
    told = history(requests=[request_of_6_january(decision="assess", decision_sent_on="2025-02-10", exception=1)])
    assert held_on(told, "duty_final_plan", "2025-02-09") == ["2025-01-06"]
    assert held_on(told, "duty_final_plan", "2025-02-10") == []
    assert held_on(told, "plan_awaited", "2025-02-10") == ["2025-01-06"]


# --- plans ----------------------------------------------------------------------------------------------------------


def test_the_latest_plan_is_the_latest_as_it_was_known():
    told = history(plans=[final("2025-03-03", section_i="type_only"),
                          {"kind": "amended_final", "issued_on": "2025-09-01", "issued_recorded_on": "2025-09-10",
                           "section_i": "setting_named"}])
    assert told_on(told, "latest_plan", "section_i", "2025-09-09") == ["type_only"]
    assert told_on(told, "latest_plan", "section_i", "2025-09-10") == ["setting_named"]
    assert held_on(told, "plan_made", "2025-09-10") == ["2025-03-03", "2025-09-01"]


def test_an_old_plan_found_afterwards_does_not_become_the_latest():
    told = history(plans=[final("2024-03-03", issued_recorded_on="2025-10-01"), final("2025-09-01")])
    assert held_on(told, "latest_plan", "2025-10-02") == ["2025-09-01"]
    assert held_on(told, "plan_made", "2025-09-30") == ["2025-09-01"]
    assert held_on(told, "plan_made", "2025-10-02") == ["2024-03-03", "2025-09-01"]


def test_a_draft_waits_until_the_final_plan_is_known():
    told = history(plans=[{"kind": "draft", "issued_on": "2025-04-14"},
                          final("2025-05-12", issued_recorded_on="2025-05-14")])
    assert held_on(told, "draft_waiting", "2025-05-13") == ["2025-04-14"]
    assert held_on(told, "draft_waiting", "2025-05-14") == []


@pytest.mark.parametrize(
    ("finalised", "to_the_date"),
    [("2025-05-18", False), ("2025-05-19", True), ("2025-05-26", True), ("2025-06-02", True), ("2025-06-03", False)],
)
def test_a_plan_within_a_week_of_its_date_was_written_to_the_date(finalised, to_the_date):
    told = history(requests=[request_of_6_january()], plans=[final(finalised)])
    assert bool(held_on(told, "final_near_deadline", "2025-12-01")) is to_the_date


def test_a_plan_is_measured_against_its_own_request_and_not_an_earlier_one():
    told = history(requests=[request_of_6_january(), {"received_on": "2025-03-03"}], plans=[final("2025-05-26")])
    assert held_on(told, "final_near_deadline", "2025-12-01") == []


@pytest.mark.parametrize(("finalised", "too_short"), [("2025-05-15", True), ("2025-05-16", False)])
def test_the_fifteen_days_for_a_draft_begin_with_the_day_it_was_served(finalised, too_short):
    told = history(plans=[{"kind": "draft", "issued_on": "2025-05-01"}, final(finalised)])
    assert bool(held_on(told, "draft_time_too_short", "2025-12-01")) is too_short
    if too_short:
        assert told_on(told, "draft_time_too_short", "draft_on", "2025-12-01") == ["2025-05-01"]


# --- appealable notices -----------------------------------------------------------------------------------------------

SENT = "2025-01-06"


@pytest.mark.parametrize(
    ("decision", "tables"),
    [
        ("refuse_to_assess", {"requests": [{"received_on": "2024-12-02", "kind": "assessment", "decision": "refuse",
                                            "decision_sent_on": SENT}]}),
        ("refuse_to_reassess", {"requests": [{"received_on": "2024-12-02", "kind": "reassessment", "decision": "refuse",
                                              "decision_sent_on": SENT}]}),
        ("refuse_to_issue", {"assessments": [{"outcome": "refuse", "outcome_sent_on": SENT}]}),
        ("plan_issued", {"plans": [final(SENT)]}),
        ("plan_amended", {"plans": [{"kind": "amended_final", "issued_on": SENT}]}),
        ("refuse_to_amend", {"reviews": [{"meeting_on": "2024-12-09", "decision": "maintain",
                                          "decision_sent_on": SENT}]}),
        ("cease_to_maintain", {"reviews": [{"meeting_on": "2024-12-09", "decision": "cease",
                                            "decision_sent_on": SENT}]}),
    ],
)
def test_every_appealable_decision_opens_two_months(decision, tables):
    told = history(**tables)
    assert held_on(told, "window", "2025-01-05") == []
    assert told_on(told, "window", "decision_type", "2025-01-06") == [decision]
    assert told_on(told, "window", "closes_on", "2025-03-06") == ["2025-03-06"]
    assert held_on(told, "window", "2025-03-07") == []
    assert told_on(told, "notice", "decision_type", "2025-12-01") == [decision]


@pytest.mark.parametrize(
    "tables",
    [
        {"requests": [{"received_on": "2024-12-02", "decision": "assess", "decision_sent_on": SENT}]},
        {"requests": [{"received_on": "2024-12-02", "decision": "withdrawn", "decision_sent_on": SENT}]},
        {"assessments": [{"outcome": "issue", "outcome_sent_on": SENT}]},
        {"plans": [{"kind": "draft", "issued_on": SENT}, {"kind": "amended_draft", "issued_on": SENT}]},
        {"reviews": [{"meeting_on": "2024-12-09", "decision": "amend", "decision_sent_on": SENT}]},
    ],
)
def test_what_cannot_be_appealed_opens_no_window(tables):
    assert held_on(history(**tables), "notice", "2025-12-01") == []


def certificate_of(day: str, about: str = "plan_issued", **more) -> dict:
    return {"decision_type": about, "certificate_on": day, **more}


def test_a_certificate_extends_the_time_by_a_month_from_its_date():
    told = history(plans=[final(SENT)], mediations=[certificate_of("2025-02-20")])
    assert told_on(told, "window", "closes_on", "2025-03-07") == ["2025-03-20"]
    assert held_on(told, "window", "2025-03-20") == [SENT]
    assert held_on(told, "window", "2025-03-21") == []


def test_a_certificate_recorded_late_opens_the_window_again_when_it_is_known():
    told = history(plans=[final(SENT)],
                   mediations=[certificate_of("2025-02-20", certificate_recorded_on="2025-03-15")])
    assert held_on(told, "window", "2025-03-14") == []
    assert told_on(told, "window", "closes_on", "2025-03-15") == ["2025-03-20"]


@pytest.mark.parametrize(
    "certificate",
    [
        certificate_of("2025-02-20", "refuse_to_assess"),  # about another decision
        certificate_of("2025-01-03"),  # before the notice
        certificate_of("2025-06-10"),  # so long after that it belongs to another notice
    ],
)
def test_a_certificate_about_something_else_extends_nothing(certificate):
    told = history(plans=[final(SENT)], mediations=[certificate])
    assert told_on(told, "window", "closes_on", "2025-03-06") == ["2025-03-06"]
    assert held_on(told, "window", "2025-03-07") == held_on(told, "window", "2025-06-20") == []


def test_without_a_plans_table_the_review_tells_of_the_amended_plan():
    review = {"meeting_on": "2024-09-09", "amended_draft_on": "2024-10-07", "amended_final_on": SENT}
    assert told_on(history(reviews=[review]), "notice", "decision_type", "2025-12-01") == ["plan_amended"]


def test_with_a_plans_table_the_amended_plan_is_counted_once():
    review = {"meeting_on": "2024-09-09", "amended_draft_on": "2024-10-07", "amended_final_on": SENT}
    told = history(reviews=[review], plans=[{"kind": "amended_final", "issued_on": SENT}])
    assert told_on(told, "notice", "decision_type", "2025-12-01") == ["plan_amended"]
