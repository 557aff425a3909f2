"""The order served: who was passed over and by how many, drawn by hand; a lottery measures 50, order of arrival 100."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook

from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.order_served import order_served
from dispute_risk.triage.monitors.queues import queues

AS_OF = dt.date(2025, 6, 30)


def day(number: int) -> str:
    return str(dt.date(2025, 1, 1) + dt.timedelta(days=number))


def requests(*spells: tuple[int, int | None], area: str = "North", start: int = 0, **more):
    """Return cases and requests from (day received, day decided) counted from 1 January 2025."""
    cases = [{"case_id": f"C{start + n}", "area": area} for n in range(len(spells))]
    rows = [{"case_id": f"C{start + n}", "request_id": f"Q{start + n}", "kind": "assessment", "received_on": day(got),
             "decision": "assess" if sent is not None else None, "decision_sent_on": day(sent) if sent is not None else None,
             **more} for n, (got, sent) in enumerate(spells)]
    return cases, rows


def row(found, queue: str = "decision", area: str = "All areas"):
    return found.table[(found.table["queue"] == queue) & (found.table["area"] == area)].iloc[0]


def test_a_few_requests_by_hand():
    # A waits from day 0 and is never decided; B 5 to 20; C 10 to 15; D 12 to 30
    cases, rows = requests((0, None), (5, 20), (10, 15), (12, 30))
    found = order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF)
    # C on day 15: A and B older, D newer. B on day 20: A older, D newer. D on day 30: A older.
    whole = row(found)
    assert (whole["served"], whole["passed_over"], whole["comparisons"], whole["waiting"]) == (3, 3, 6, 1)
    assert whole["older_waiting"] == 1
    assert np.isnan(whole["older_first"])  # three finished: too few for a measure
    left = found.overtaken[found.overtaken["queue"] == "decision"]
    assert left[["case_id", "times", "most_days_newer", "days_waiting"]].to_numpy().tolist() == [["C0", 3, 12, 180]]


def test_order_of_arrival_measures_1_and_the_reverse_0():
    in_order = requests(*[(n, 50 + n) for n in range(80)])
    found = order_served(casebook("2025-12-31", cases=in_order[0], requests=in_order[1]), AS_OF)
    assert (row(found)["older_first"], row(found)["low"], row(found)["passed_over"]) == (1, 1, 0)
    reverse = requests(*[(n, 170 - n) for n in range(80)])
    found = order_served(casebook("2025-12-31", cases=reverse[0], requests=reverse[1]), AS_OF)
    assert (row(found)["older_first"], row(found)["high"]) == (0, 0)


def test_a_lottery_measures_about_half_and_its_range_says_so():
    inside = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        waiting, spells, got = list(range(30)), {}, 30
        for when in range(31, 130):  # one comes in and one drawn at random is decided every day
            waiting.append(got)
            got += 1
            spells[waiting.pop(rng.integers(len(waiting)))] = when
        cases, rows = requests(*[(min(n, 30) if n < 30 else n, spells.get(n)) for n in range(got)])
        whole = row(order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF))
        inside += whole["low"] <= 0.5 <= whole["high"]
        assert 0.35 < whole["older_first"] < 0.65
    assert inside >= 5  # meant to hold 95 in 100; weeks in a row resemble each other


def test_areas_and_kinds_are_never_compared_with_each_other():
    north, south = requests((0, None), (1, None)), requests((10, 20), (11, 21), area="South", start=10)
    found = order_served(casebook("2025-12-31", cases=north[0] + south[0], requests=north[1] + south[1]), AS_OF)
    assert row(found)["passed_over"] == 0
    assert found.overtaken.empty


def test_those_received_or_finished_on_the_same_day_pass_nobody_over():
    cases, rows = requests((0, 20), (0, 10), (5, 20))
    found = order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF)
    assert row(found)["passed_over"] == 0


def test_recorded_reasons_are_set_aside_and_said():
    cases, rows = requests(*[(0, None)] * 2, *[(10 + n, 20 + 7 * n) for n in range(12)])
    rows[0]["exception"] = 1.0
    rows[0]["decision"], rows[0]["decision_sent_on"] = None, None
    for case in cases[2:]:
        case["looked_after"] = 1.0
    found = order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF)
    whole = row(found)
    assert whole["served"] == whole["reasons"] == 12
    assert whole["older_first"] < 1
    assert np.isnan(whole["older_first_set_aside"])  # every one had a reason: nothing is left to measure


def test_an_exception_of_the_older_one_is_left_out_of_the_comparison():
    cases, rows = requests((0, 140), *[(10 + n, 20 + 7 * n) for n in range(12)])
    rows[0]["exception"] = 1.0
    whole = row(order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF))
    assert whole["older_first_set_aside"] == 1  # the others were served in order
    assert whole["older_first"] < 1


def test_withdrawn_and_closed_leave_without_being_served():
    cases, rows = requests((0, None), (5, 30), (6, 31))
    cases[0]["closed_on"] = day(10)
    rows[1]["decision"] = "withdrawn"
    found = order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF)
    assert (row(found)["served"], row(found)["passed_over"], row(found)["waiting"]) == (1, 0, 0)


def test_a_plan_ends_the_wait_for_the_plan_and_a_refusal_ends_it_unserved():
    cases, rows = requests((0, 30), (1, 31), (2, 32))
    rows[2]["decision"] = "refuse"
    plans = [{"case_id": "C0", "plan_id": "P0", "kind": "final", "issued_on": day(140)}]
    ended = [{"case_id": "C1", "request_id": "Q1", "outcome": "refuse", "outcome_sent_on": day(100)}]
    table = queues(Recorded(casebook("2025-12-31", cases=cases, requests=rows, plans=plans, assessments=ended)))
    of_plan = table[table["queue"] == "plan"].set_index("case_id")
    assert (of_plan["until"] - of_plan["since"]).to_dict() == {"C0": 140, "C1": 99, "C2": 30}
    assert of_plan["served"].to_dict() == {"C0": True, "C1": False, "C2": False}


def test_a_decision_whose_letter_is_not_recorded_ends_with_what_came_of_it():
    cases, rows = requests((0, None))
    plans = [{"case_id": "C0", "plan_id": "P0", "kind": "final", "issued_on": day(140)}]
    table = queues(Recorded(casebook("2025-12-31", cases=cases, requests=rows, plans=plans)))
    wait = table[table["queue"] == "decision"].iloc[0]
    assert wait["until"] - wait["since"] == 140
    assert not wait["served"]


def test_reviews_and_amendment_notices_have_queues_of_their_own():
    cases = [{"case_id": "C0", "area": "N"}, {"case_id": "C1", "area": "N"}]
    reviews = [{"case_id": "C0", "review_id": "R0", "meeting_on": day(0), "kind": "phase_transfer"},
               {"case_id": "C1", "review_id": "R1", "meeting_on": day(5), "decision_sent_on": day(25), "decision": "amend"}]
    plans = [{"case_id": "C0", "plan_id": "P0", "kind": "amended_draft", "issued_on": day(40)},
             {"case_id": "C0", "plan_id": "P1", "kind": "amended_final", "issued_on": day(90)}]
    table = queues(Recorded(casebook("2025-12-31", cases=cases, reviews=reviews, plans=plans)))
    told = {(one.queue, one.case_id): (one.until - one.since, one.served, one.urgent) for one in table.itertuples()}
    assert told == {("review_decision", "C0"): (40, False, True), ("review_decision", "C1"): (20, True, False),
                    ("amended_plan", "C0"): (50, True, False)}


def test_an_appeal_that_ended_for_the_family_is_a_reason_for_15_weeks():
    cases, rows = requests((0, 100), (0, 120))
    appeals = [{"case_id": case, "appeal_id": f"A{case}", "registered_on": "2024-10-01", "outcome": "conceded",
                "outcome_on": day(10)} for case in ("C0", "C1")]
    table = queues(Recorded(casebook("2025-12-31", cases=cases, requests=rows, appeals=appeals)))
    assert table[table["queue"] == "decision"].set_index("case_id")["urgent"].to_dict() == {"C0": True, "C1": False}


def test_only_the_last_year_counts():
    cases, rows = requests((-500, -450), (-500, 20))
    found = order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF)
    assert row(found)["served"] == 1


def test_the_sentence_names_the_queue_furthest_from_order():
    cases, rows = requests(*[(n, 170 - n) for n in range(80)])
    said = order_served(casebook("2025-12-31", cases=cases, requests=rows), AS_OF).summary()
    assert said.startswith("Requests waiting for the decision whether to assess: when one was finished, it was the older in 0 of")
    assert "Too little was finished" in order_served(casebook("2025-12-31", cases=cases[:2], requests=rows[:2]), AS_OF).summary()


@pytest.mark.parametrize("seed", [0, 1])
def test_ranges_are_the_same_for_the_same_seed(seed):
    cases, rows = requests(*[(n, 50 + 3 * (n % 7) + n) for n in range(80)])
    book = casebook("2025-12-31", cases=cases, requests=rows)
    assert order_served(book, AS_OF, seed).table.equals(order_served(book, AS_OF, seed).table)
