"""Who is at risk on a date, in which state, and what is known of an appeal: yes, no, or not yet."""

import numpy as np
import pytest
from casebooks import casebook, one_case, random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import REGISTRATION_DAYS, appeal_within, days_to_appeal, standing

HALF_A_YEAR = 182


def one(on: str) -> Snapshots:
    return Snapshots.of(np.array([0]), day_number(on))


def state(history: History, on: str) -> str:
    return str(standing(history, one(on)).state[0])


REQUEST = {"received_on": "2025-01-06", "kind": "assessment"}


def test_a_case_goes_from_no_right_to_an_open_window_to_a_plan_in_force():
    told = History.of(one_case(requests=[REQUEST], plans=[{"kind": "final", "issued_on": "2025-05-26"}]))
    assert state(told, "2025-01-05") == ""
    assert state(told, "2025-01-06") == state(told, "2025-05-25") == "no_right_yet"
    # two months to 26 July, a Saturday, so to Monday 28 July
    assert state(told, "2025-05-26") == state(told, "2025-07-28") == "window_open"
    assert state(told, "2025-07-29") == "plan_in_force"


def test_after_a_refusal_and_its_two_months_no_appeal_can_come_of_the_case():
    told = History.of(one_case(requests=[{**REQUEST, "decision": "refuse", "decision_sent_on": "2025-02-10"}]))
    assert state(told, "2025-02-10") == state(told, "2025-04-10") == "window_open"
    assert state(told, "2025-04-11") == ""


def test_a_request_for_a_new_assessment_with_a_plan_is_a_plan_in_force():
    told = History.of(one_case(plans=[{"kind": "final", "issued_on": "2023-05-02"}], requests=[REQUEST]))
    assert state(told, "2025-01-07") == "plan_in_force"


def test_a_closed_file_is_not_at_risk():
    told = History.of(one_case(case={"closed_on": "2025-03-03"}, requests=[REQUEST]))
    assert state(told, "2025-03-02") == "no_right_yet"
    assert state(told, "2025-03-03") == ""


def test_nobody_is_at_risk_from_the_25th_birthday():
    told = History.of(one_case(case={"birth_date": "2000-04-14"}, plans=[{"kind": "final", "issued_on": "2023-05-02"}]))
    assert state(told, "2025-04-13") == "plan_in_force"
    assert state(told, "2025-04-14") == ""


def test_without_a_date_of_birth_a_case_stays_in():
    told = History.of(one_case(case={"birth_date": None}, plans=[{"kind": "final", "issued_on": "2023-05-02"}]))
    assert state(told, "2025-04-14") == "plan_in_force"


def test_a_case_in_dispute_is_seen_and_not_at_risk():
    told = History.of(one_case(plans=[{"kind": "final", "issued_on": "2025-05-26"}],
                               mediations=[{"decision_type": "plan_issued", "certificate_on": "2025-07-01"}]))
    before, after = standing(told, one("2025-06-30")), standing(told, one("2025-07-01"))
    assert before.at_risk.tolist() == [True] and before.in_dispute.tolist() == [False]
    assert after.at_risk.tolist() == [False] and after.in_dispute.tolist() == [True]
    assert after.state.tolist() == ["window_open"]


# --- the outcome ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("registered", "outcome"),
    [
        ("2024-03-04", 0.0),  # on the landmark itself: already happened
        ("2024-03-05", 1.0),
        ("2024-09-02", 1.0),  # day 182
        ("2024-09-03", 0.0),  # day 183
        ("2024-01-01", 0.0),  # an earlier appeal is not this outcome
        (None, 0.0),
    ],
)
def test_an_appeal_counts_from_the_day_after_to_the_last_day_of_26_weeks(registered, outcome):
    appeals = [] if registered is None else [{"registered_on": registered}]
    told = History.of(one_case("2025-06-30", appeals=appeals))
    assert appeal_within(told, one("2024-03-04"), HALF_A_YEAR).tolist() == [outcome]


def test_an_outcome_that_has_not_run_its_time_is_not_a_no():
    # 26 weeks and 28 days after 1 July 2024 is 27 January 2025
    told = History.of(one_case("2025-01-27", appeals=[]))
    assert appeal_within(told, one("2024-07-01"), HALF_A_YEAR).tolist() == [0.0]
    short = History.of(one_case("2025-01-26", appeals=[]))
    assert np.isnan(appeal_within(short, one("2024-07-01"), HALF_A_YEAR)).all()


def test_an_early_appeal_of_an_unripe_date_is_not_a_yes_either():
    told = History.of(one_case("2025-01-26", appeals=[{"registered_on": "2024-07-15"}]))
    assert np.isnan(appeal_within(told, one("2024-07-01"), HALF_A_YEAR)).all()


def test_the_outcome_waits_for_the_time_a_registration_takes():
    assert REGISTRATION_DAYS == 28


def test_the_appeal_of_another_case_is_not_this_ones():
    told = History.of(casebook(
        "2025-06-30", cases=[{"case_id": name, "area": "N", "opened_on": "2020-01-01"} for name in ("A", "B", "C")],
        appeals=[{"case_id": "B", "appeal_id": "1", "registered_on": "2024-04-01"}],
    ))
    rows = Snapshots.of(np.arange(3), day_number("2024-03-04"))
    assert appeal_within(told, rows, HALF_A_YEAR).tolist() == [0.0, 1.0, 0.0]
    assert days_to_appeal(told, rows).tolist() == [np.inf, 28.0, np.inf]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), horizon=st.sampled_from([1, 30, 90, 182, 365]))
def test_the_outcome_against_a_loop_over_the_appeals(seed, horizon):
    records = random_casebook(seed, cases=8, rows=25)
    told = History.of(records)
    days = day_number("2023-01-01") + np.array([0, 200, 400, 700, 900])
    rows = Snapshots.of(np.repeat(np.arange(8), len(days)), np.tile(days, 8))
    found, wait = appeal_within(told, rows, horizon), days_to_appeal(told, rows)
    appeals = records.tables["appeals"]
    for row in range(len(rows)):
        on = np.datetime64("1900-01-01") + int(rows.on[row])
        dates = appeals.loc[appeals["case_id"] == told.case_id[rows.case[row]], "registered_on"].to_numpy("M8[D]")
        gaps = [(one - on).astype(int) for one in dates if not np.isnat(one) and one > on]
        ripe = on + horizon + REGISTRATION_DAYS <= np.datetime64(records.recorded_to)
        assert wait[row] == min(gaps, default=np.inf)
        assert np.isnan(found[row]) if not ripe else found[row] == float(any(gap <= horizon for gap in gaps))
