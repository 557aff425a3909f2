"""The review backlog: due dates rebuilt, what is overdue, what was begun and not finished, drawn by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook

from dispute_risk.timeline.days import to_date
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.review_backlog import review_backlog
from dispute_risk.triage.monitors.review_dates import BASES, last_reviews

AS_OF = dt.date(2025, 6, 30)


def book(cases: list[dict], plans: list[dict] | None = None, reviews: list[dict] | None = None, to: str = "2025-12-31"):
    cases = [{"area": "North", "opened_on": "2020-01-01", **case} for case in cases]
    plans = [{"plan_id": f"P{n}", "kind": "final", **plan} for n, plan in enumerate(plans or [])]
    reviews = [{"review_id": f"R{n}", **review} for n, review in enumerate(reviews or [])]
    return casebook(to, cases=cases, plans=plans, reviews=reviews)


def due(records, case_id: str = "C1", as_of: dt.date = AS_OF) -> tuple[str, str]:
    table = last_reviews(Recorded(records), as_of).set_index("case_id")
    return str(to_date(int(table.loc[case_id, "due_on"]))), str(table.loc[case_id, "basis"])


def test_a_year_runs_from_the_plan_until_the_first_review_and_then_from_the_meeting():
    plan = [{"case_id": "C1", "issued_on": "2023-02-28"}]
    assert due(book([{"case_id": "C1"}], plan)) == ("2024-02-28", "plan")
    held = [{"case_id": "C1", "meeting_on": "2024-01-31"}]
    assert due(book([{"case_id": "C1"}], plan, held)) == ("2025-01-31", "meeting")


def test_a_review_without_its_meeting_is_dated_by_its_first_later_date():
    reviews = [{"case_id": "C1", "meeting_on": None, "report_received_on": "2024-05-20", "decision_sent_on": "2024-06-10"}]
    assert due(book([{"case_id": "C1"}], [{"case_id": "C1", "issued_on": "2023-02-28"}], reviews)) == (
        "2025-05-20", "after_meeting")


def test_an_amended_plan_starts_no_year_where_a_review_is_recorded_and_stands_in_where_none_is():
    amended = [{"case_id": "C1", "issued_on": "2024-11-01", "kind": "amended_final"}]
    assert due(book([{"case_id": "C1"}], amended)) == ("2025-11-01", "amended")
    both = [{"case_id": "C1", "issued_on": "2024-01-10"}, *amended]
    assert due(book([{"case_id": "C1"}], both)) == ("2025-01-10", "plan")


def overdue_book():
    cases = [{"case_id": "C1"}, {"case_id": "C2", "area": "South"}, {"case_id": "C3"},
             {"case_id": "C4", "closed_on": "2025-01-05"},
             {"case_id": "C5", "birth_date": "2000-03-01"}, {"case_id": "C6"}, {"case_id": "C7", "birth_date": "2021-01-01"}]
    plans = [{"case_id": case, "issued_on": on} for case, on in (
        ("C1", "2024-06-29"), ("C2", "2023-01-10"), ("C3", "2024-06-30"), ("C4", "2022-01-10"), ("C5", "2022-01-10"),
        ("C6", "2022-01-10"), ("C7", "2024-12-20"))]
    reviews = [{"case_id": "C6", "meeting_on": "2023-01-10", "decision": "cease", "decision_sent_on": "2023-02-01"}]
    return book(cases, plans, reviews)


def test_overdue_from_the_day_after_and_only_plans_in_force():
    found = review_backlog(overdue_book(), AS_OF)
    # C3 is due today; C4 is closed, C5 turned 25, C6 is being ceased
    assert found.cases[["case_id", "days_over"]].to_numpy().tolist() == [["C2", 537], ["C1", 1]]
    assert found.cases["basis"].tolist() == [BASES["plan"]] * 2
    whole = found.areas.iloc[0]
    assert (whole["plans_in_force"], whole["ceasing"], whole["overdue"]) == (5, 1, 2)
    assert whole["overdue_share"] == pytest.approx(2 / 4)
    assert (whole["up to 3 months"], whole["3 to 6 months"], whole["6 to 12 months"], whole["over 12 months"]) == (1, 0, 0, 1)
    assert (whole["median_days_over"], whole["longest_days_over"]) == (269, 537)
    assert (whole["under_five"], whole["under_five_waiting"]) == (1, 1)
    by_area = found.areas.set_index("area")
    assert (by_area.loc["North", "overdue"], by_area.loc["South", "overdue"]) == (1, 1)
    assert by_area.loc[["North", "South"], "plans_in_force"].sum() == whole["plans_in_force"]


def test_what_falls_due_is_counted_in_its_month():
    coming = review_backlog(overdue_book(), AS_OF).coming
    whole = coming[coming["area"] == "All areas"].set_index("month")["due"]
    assert len(whole) == 12
    assert whole["2025-06-01"] == 1  # C3, today
    assert whole["2025-12-01"] == 1  # C7
    assert whole.sum() == 2
    assert "Another 2 fall due by the end of May 2026" in review_backlog(overdue_book(), AS_OF).summary()


def unfinished(plans: list[dict], reviews: list[dict], as_of: dt.date = AS_OF):
    cases = [{"case_id": f"C{n}"} for n in range(1, 9)]
    return review_backlog(book(cases, plans, reviews), as_of)


def test_a_decision_is_late_from_the_29th_day_after_the_meeting():
    reviews = [{"case_id": "C1", "meeting_on": "2025-06-01"}, {"case_id": "C2", "meeting_on": "2025-06-02"},
               {"case_id": "C3", "meeting_on": "2025-03-01", "decision": "maintain", "decision_sent_on": "2025-06-20"},
               {"case_id": "C4", "meeting_on": "2023-03-01"}, {"case_id": "C4", "meeting_on": "2024-03-01"}]
    found = unfinished([], reviews)
    rows = found.unfinished[found.unfinished["step"] == "decision"]
    # C2 is due today; C3 was decided; C4's first review was followed by another
    assert rows[["case_id", "days_over"]].to_numpy().tolist() == [["C4", 458], ["C1", 1]]
    step = found.steps[(found.steps["step"] == "decision") & (found.steps["area"] == "All areas")].iloc[0]
    assert (step["waiting"], step["past_due"]) == (3, 2)


def test_an_amendment_notice_shows_that_the_decision_was_taken():
    plans = [{"case_id": "C1", "kind": "amended_draft", "issued_on": "2025-04-20"}]
    found = unfinished(plans, [{"case_id": "C1", "meeting_on": "2025-04-01"}])
    assert found.unfinished["step"].tolist() == ["final"]


def test_amended_plans_are_late_8_weeks_after_the_notice_and_12_after_the_meeting():
    plans = [{"case_id": "C1", "kind": "amended_draft", "issued_on": "2025-05-04"},
             {"case_id": "C2", "kind": "amended_draft", "issued_on": "2025-05-05"},
             {"case_id": "C3", "kind": "amended_draft", "issued_on": "2025-01-05"},
             {"case_id": "C3", "kind": "amended_final", "issued_on": "2025-06-25"}]
    decided = {"decision": "amend", "decision_sent_on": "2025-04-20"}
    reviews = [{"case_id": "C4", "meeting_on": "2025-04-06", **decided}, {"case_id": "C5", "meeting_on": "2025-04-07", **decided},
               {"case_id": "C6", "meeting_on": "2025-01-07", "decision": "amend", "decision_sent_on": "2025-02-01",
                "amended_final_on": "2025-06-01"}]
    found = unfinished(plans, reviews).unfinished
    late = {step: rows["case_id"].tolist() for step, rows in found.groupby("step")}
    assert late == {"final": ["C1"], "amendment": ["C4"]}
    assert (found["days_over"] == 1).all()


def test_recorded_due_dates_are_held_against_the_rebuilt_ones():
    reviews = [{"case_id": "C1", "meeting_on": "2024-01-10", "due_on": "2024-02-28"},
               {"case_id": "C1", "meeting_on": "2025-02-10", "due_on": "2025-06-10"},
               {"case_id": "C2", "meeting_on": "2025-02-10", "due_on": "2025-03-10"}]
    found = review_backlog(book([{"case_id": "C1"}, {"case_id": "C2"}], [{"case_id": "C1", "issued_on": "2023-02-28"}], reviews),
                           AS_OF)
    # the first agrees to the day, the second was due 2025-01-10, of the third nothing before is known
    assert (found.dates_recorded, found.dates_compared, found.dates_agree) == (3, 2, 1)


def test_a_meeting_recorded_later_is_not_known_yet():
    records = book([{"case_id": "C1"}], [{"case_id": "C1", "issued_on": "2023-02-28"}],
                   [{"case_id": "C1", "meeting_on": "2025-02-01", "meeting_recorded_on": "2025-07-04"}])
    assert review_backlog(records, AS_OF).areas.iloc[0]["overdue"] == 1
    assert review_backlog(records, dt.date(2025, 7, 5)).areas.iloc[0]["overdue"] == 0


def test_records_without_plans_or_reviews_say_so():
    found = review_backlog(casebook("2025-12-31", cases=[{"case_id": "C1", "area": "North"}]), AS_OF)
    assert found.cases.empty and np.isnan(found.areas.iloc[0]["overdue_share"])
    assert "no plan in force" in found.summary()
