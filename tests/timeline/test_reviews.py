"""Reviews of plans and phase transfers, drawn by hand."""

import pytest
from casebooks import held_on, one_case, told_on

from dispute_risk.timeline.history import History


def history(**tables) -> History:
    return History.of(one_case(**tables))


FIRST_PLAN = {"kind": "final", "issued_on": "2024-05-13"}


def test_the_first_review_is_due_a_year_after_the_first_plan():
    told = history(plans=[FIRST_PLAN])
    assert told_on(told, "duty_review", "due_on", "2025-12-01") == ["2025-05-13"]


def test_a_review_meeting_starts_the_next_year():
    told = history(plans=[FIRST_PLAN], reviews=[{"meeting_on": "2025-06-02", "meeting_recorded_on": "2025-06-16"}])
    assert told_on(told, "duty_review", "due_on", "2025-06-15") == ["2025-05-13"]
    assert told_on(told, "duty_review", "due_on", "2025-06-16") == ["2026-06-02"]
    assert held_on(told, "review_meeting", "2025-06-15") == []
    assert held_on(told, "review_meeting", "2025-06-16") == ["2025-06-02"]


def test_an_amended_plan_does_not_put_the_review_off():
    told = history(plans=[FIRST_PLAN, {"kind": "amended_final", "issued_on": "2025-02-03"}])
    assert told_on(told, "duty_review", "due_on", "2025-12-01") == ["2025-05-13"]


def test_the_decision_is_due_four_weeks_after_the_meeting():
    told = history(reviews=[{"meeting_on": "2025-06-02", "decision": "maintain", "decision_sent_on": "2025-07-14",
                             "decision_sent_recorded_on": "2025-07-16"}])
    assert told_on(told, "duty_review_decision", "due_on", "2025-06-02") == ["2025-06-30"]
    assert held_on(told, "duty_review_decision", "2025-07-15") == ["2025-06-02"]
    assert held_on(told, "duty_review_decision", "2025-07-16") == []
    assert held_on(told, "review_decided_late", "2025-07-15") == []
    assert told_on(told, "review_decided_late", "meeting_on", "2025-07-16") == ["2025-06-02"]


def test_a_decision_on_the_last_day_of_the_four_weeks_is_in_time():
    told = history(reviews=[{"meeting_on": "2025-06-02", "decision": "maintain", "decision_sent_on": "2025-06-30"}])
    assert held_on(told, "review_decided_late", "2025-12-01") == []


def test_an_amendment_notice_shows_that_the_review_was_dealt_with():
    told = history(reviews=[{"meeting_on": "2025-06-02"}], plans=[{"kind": "amended_draft", "issued_on": "2025-06-23"}])
    assert held_on(told, "duty_review_decision", "2025-06-22") == ["2025-06-02"]
    assert held_on(told, "duty_review_decision", "2025-06-23") == []


def test_an_amendment_notice_asks_for_the_final_plan_in_eight_weeks():
    told = history(plans=[{"kind": "amended_draft", "issued_on": "2025-06-30"},
                          {"kind": "amended_final", "issued_on": "2025-09-15", "issued_recorded_on": "2025-09-18"}])
    assert told_on(told, "duty_amended_plan", "due_on", "2025-06-30") == ["2025-08-25"]
    assert held_on(told, "duty_amended_plan", "2025-09-17") == ["2025-06-30"]
    assert held_on(told, "duty_amended_plan", "2025-09-18") == []


def test_without_a_plans_table_the_review_tells_of_the_amendment():
    told = history(reviews=[{"meeting_on": "2025-06-02", "amended_draft_on": "2025-06-30",
                             "amended_final_on": "2025-09-15"}])
    assert told_on(told, "duty_amended_plan", "due_on", "2025-07-01") == ["2025-08-25"]
    assert held_on(told, "duty_amended_plan", "2025-09-15") == []


# --- phase transfer ---------------------------------------------------------------------------------------------------


def transfer(born: str, *plans: dict) -> History:
    return History.of(one_case(case={"birth_date": born}, plans=list(plans)))


@pytest.mark.parametrize(
    ("born", "begins", "due", "what"),
    [
        ("2014-05-10", "2024-09-01", "2025-02-14", "from primary to secondary school in September 2025"),
        ("2014-08-31", "2024-09-01", "2025-02-14", "eleven on the last day of the school year"),
        ("2014-09-01", "2025-09-01", "2026-02-14", "eleven a day later, a year later"),
        ("2021-03-01", "2024-09-01", "2025-02-14", "starts school in September 2025"),
        ("2009-02-01", "2024-09-01", "2025-03-30", "to a college in September 2025"),
    ],
)
def test_the_date_of_a_phase_transfer_follows_from_the_date_of_birth(born, begins, due, what):
    told = transfer(born, {"kind": "final", "issued_on": "2022-05-02"})
    assert told_on(told, "duty_phase_transfer", "due_on", begins) == [due], what
    eve = f"{begins[:4]}-08-31"
    assert begins not in held_on(told, "duty_phase_transfer", eve)


def test_a_plan_marked_for_the_transfer_settles_it():
    told = transfer("2014-05-10", {"kind": "final", "issued_on": "2022-05-02", "phase_transfer": 0},
                    {"kind": "amended_final", "issued_on": "2025-01-20", "phase_transfer": 0},
                    {"kind": "amended_final", "issued_on": "2025-02-10", "issued_recorded_on": "2025-02-12",
                     "phase_transfer": 1})
    assert held_on(told, "duty_phase_transfer", "2025-02-11") == ["2024-09-01"]
    assert held_on(told, "duty_phase_transfer", "2025-02-12") == []


def test_where_transfers_are_not_marked_any_plan_of_that_school_year_settles_it():
    told = transfer("2014-05-10", {"kind": "final", "issued_on": "2022-05-02"},
                    {"kind": "amended_final", "issued_on": "2025-01-20"})
    assert held_on(told, "duty_phase_transfer", "2025-01-19") == ["2024-09-01"]
    assert held_on(told, "duty_phase_transfer", "2025-01-20") == []


def test_the_duty_ends_with_the_school_year_and_needs_a_plan():
    told = transfer("2014-05-10", {"kind": "final", "issued_on": "2022-05-02"})
    assert held_on(told, "duty_phase_transfer", "2025-08-31") == ["2024-09-01"]
    assert held_on(told, "duty_phase_transfer", "2025-09-01") == []
    assert held_on(transfer("2014-05-10"), "duty_phase_transfer", "2025-01-06") == []


def test_without_a_date_of_birth_no_transfer_is_guessed():
    told = History.of(one_case(case={"birth_date": None}, plans=[{"kind": "final", "issued_on": "2022-05-02"}]))
    assert len(told.facts["duty_phase_transfer"]) == 0
