"""The lists of a week: every promise of `WeeklyLists`, the movement since last week, and the table of risks."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from casebooks import casebook, random_casebook

from dispute_risk.explain.words import risk_in_words
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import STATES
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.lists import LISTS, WeeklyLists
from dispute_risk.triage.risk_table import risk_table
from dispute_risk.triage.snapshot import open_cases
from dispute_risk.triage.weekly import COLUMNS, weekly_lists

MONDAY = dt.date(2024, 6, 3)
SAID = {"authority": "Invented", "release": "test", "data_note": "random records", "synthetic": True}


@pytest.fixture(scope="module")
def searches() -> Searches:
    records = random_casebook(3, cases=120, rows=300)
    # as random as the rest, appeals and mediations would put nearly every case in dispute
    few = {name: records.tables[name].iloc[:15].reset_index(drop=True) for name in ("appeals", "mediations")}
    return Searches(History.of(records.with_tables({**records.tables, **few})))


@pytest.fixture(scope="module")
def week(searches, fitted) -> WeeklyLists:
    return weekly_lists(searches, STANDARD, fitted, MONDAY, 10, **SAID)


def test_every_column_promised_is_there_and_every_list_is_filled(week):
    assert list(week.cases.columns) == COLUMNS
    promised = re.findall(r"`(\w+)`", re.sub(r"movement : .*", "", WeeklyLists.__doc__, flags=re.S))
    assert set(COLUMNS) <= set(promised)
    assert set(week.cases["list"]) == set(LISTS)
    assert week.last_as_of == dt.date(2024, 5, 27) and week.synthetic


def test_ranks_run_from_one_within_a_list_and_area(week):
    for _, rows in week.cases.groupby(["list", "area"]):
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert rows["case_id"].is_unique


def test_risks_are_shown_in_words_and_only_of_cases_that_have_one(week):
    disputed = week.cases["list"] == "already_in_dispute"
    assert week.cases.loc[disputed, "risk"].isna().all() and (week.cases.loc[disputed, "band"] == "").all()
    scored = week.cases[~disputed]
    assert scored["risk"].between(0, 1).all()
    assert scored["risk_words"].tolist() == [risk_in_words(risk) for risk in scored["risk"]]
    assert set(scored["state"]) <= set(STATES.values())


def test_every_case_on_a_list_says_why_and_what_to_do(week):
    assert (week.cases["next_step"] != "").all() and (week.cases["step_owner"] != "").all()
    assert set(week.cases["next_step"]) <= {step.label for step in STEPS.values()}
    likely = week.cases[week.cases["list"] == "likely_disputes"]
    assert (likely["reason_1"] != "").all()
    for name in ("duties_outstanding", "unheard", "random_audit"):
        rows = week.cases[week.cases["list"] == name]
        assert (rows["broken_duty"] != "").all() and (rows["reason_1"] != "").all(), name


def test_a_step_is_never_dated_before_the_day_nor_on_a_weekend(week):
    by = week.cases["step_by_on"]
    assert (by.dt.day_of_week < 5).all()
    assert (by >= pd.Timestamp(MONDAY)).all()


@pytest.mark.parametrize(("on", "by"), [("2025-08-28", "2025-08-28"), ("2025-08-30", "2025-09-01"),
                                        ("2025-08-31", "2025-09-01")])
def test_close_to_the_last_day_a_step_is_for_today_and_from_a_weekend_for_monday(fitted, on, by):
    # the window closes on Monday 1 September 2025; 30 and 31 August are a weekend
    records = casebook(
        cases=[{"case_id": "K1", "area": "North", "opened_on": "2025-01-06"}],
        plans=[{"case_id": "K1", "plan_id": "P1", "kind": "final", "issued_on": "2025-06-09"}],
    )
    lists = weekly_lists(Searches(History.of(records)), STANDARD, fitted, dt.date.fromisoformat(on), 10, **SAID)
    assert str(lists.cases.loc[0, "step_by_on"].date()) == by


def test_the_last_date_is_never_past(week):
    dated = week.cases[week.cases["last_date_on"].notna()]
    assert len(dated) and (dated["last_date_on"] >= pd.Timestamp(MONDAY)).all()
    assert set(dated["last_date_is"]) <= {"last day for an appeal", "hearing", "response due at the Tribunal"}
    assert (week.cases.loc[week.cases["last_date_on"].isna(), "last_date_is"] == "").all()


def test_movement_follows_from_the_two_lists(week, searches, fitted):
    last = weekly_lists(searches, STANDARD, fitted, week.last_as_of, 10, **SAID)
    for name in ("likely_disputes", "unheard"):
        before = last.cases[last.cases["list"] == name].set_index("case_id")["rank"]
        now = week.cases[week.cases["list"] == name].set_index("case_id")["rank"]
        moved = week.movement[week.movement["list"] == name].set_index("case_id")
        assert set(moved.index[moved["movement"] == "new"]) == set(now.index) - set(before.index)
        assert set(moved.index[moved["movement"] == "left"]) == set(before.index) - set(now.index)
        for case_id in set(now.index) & set(before.index):
            if now[case_id] != before[case_id]:
                assert moved.loc[case_id, "movement"] == ("up" if now[case_id] < before[case_id] else "down")
    assert (week.movement["why"] != "").all()


def test_areas_and_duties_add_up_to_the_open_cases(week, searches, fitted):
    cases = open_cases(searches, STANDARD, fitted, MONDAY)
    areas = week.areas.set_index("area")
    assert areas["open_cases"].sum() == len(cases.rows)
    assert (areas["at_risk"] + areas["already_in_dispute"] == areas["open_cases"]).all()
    assert areas["expected_appeals"].sum() == pytest.approx(np.nansum(cases.risk))
    assert (areas["expected_low"] <= areas["expected_appeals"]).all()
    assert (areas["expected_appeals"] <= areas["expected_high"]).all()
    broken = cases.duties[cases.duties["duty"] != "silence"]
    assert week.duties["outstanding"].sum() == len(broken)
    assert (week.duties["longest_days_over"].dropna() >= week.duties["median_days_over"].dropna()).all()


def test_the_same_week_is_the_same_lists(week, searches, fitted):
    again = weekly_lists(searches, STANDARD, fitted, MONDAY, 10, **SAID)
    pd.testing.assert_frame_equal(again.cases, week.cases)
    pd.testing.assert_frame_equal(again.movement, week.movement)


def test_no_open_case_gives_empty_lists_and_no_mistake(searches, fitted):
    empty = weekly_lists(searches, STANDARD, fitted, dt.date(1990, 1, 1), 10, **SAID)
    assert len(empty.cases) == len(empty.movement) == 0
    assert list(empty.cases.columns) == COLUMNS


def test_one_case_told_from_beginning_to_end(fitted):
    """A plan without a school and without the speech and language report; the window closes on 1 September."""
    records = casebook(
        cases=[{"case_id": "K1", "area": "North", "opened_on": "2025-01-06"}],
        advice=[{"case_id": "K1", "kind": "speech_language", "requested_on": "2025-03-03"}],
        plans=[{"case_id": "K1", "plan_id": "P1", "kind": "final", "issued_on": "2025-06-09", "section_i": "type_only"}],
    )
    monday = dt.date(2025, 6, 16)
    lists = weekly_lists(Searches(History.of(records)), STANDARD, fitted, monday, 10, **SAID)
    row = lists.cases[lists.cases["list"] == "likely_disputes"].iloc[0]
    # log-odds: -3 + 1 (window) + 0.8 (no school) + 0.6 (report missing) = -0.6
    assert row["risk"] == pytest.approx(1 / (1 + np.exp(0.6)))
    assert row["state"] == "A decision can be appealed now" and row["band"] == "very high"
    assert [row["reason_1"], row["reason_2"], row["reason_3"]] == [
        "A decision sent on 9 June 2025 can be appealed until 1 September 2025.",
        "The plan of 9 June 2025 names only a type of school, no school.",
        "Speech and language advice was asked for on 3 March 2025 and had not arrived when the plan was finalised on "
        "9 June 2025.",
    ]
    assert row["broken_duty"] == "plan names a type of school and no school"
    assert row["breach_index"] == pytest.approx(3 + 1.5)
    assert str(row["last_date_on"].date()) == "2025-09-01" and row["last_date_is"] == "last day for an appeal"
    assert row["next_step"].startswith("Name a school in section I") and row["step_owner"] == "placements lead"
    assert str(row["step_by_on"].date()) == "2025-06-26"
    assert bool(row["is_new"]) is False  # the plan was there on 9 June too
    assert lists.cases["list"].tolist() == ["likely_disputes", "duties_outstanding"]


def test_a_case_that_goes_into_dispute_leaves_the_list_and_the_week_says_so(fitted):
    records = casebook(
        cases=[{"case_id": "K1", "area": "North", "opened_on": "2025-01-06"}],
        plans=[{"case_id": "K1", "plan_id": "P1", "kind": "final", "issued_on": "2025-05-05", "section_i": "type_only"}],
        appeals=[{"case_id": "K1", "appeal_id": "A1", "registered_on": "2025-06-11", "response_due_on": "2025-07-23"}],
    )
    lists = weekly_lists(Searches(History.of(records)), STANDARD, fitted, dt.date(2025, 6, 16), 10, **SAID)
    row = lists.cases.iloc[0]
    assert lists.cases["list"].tolist() == ["already_in_dispute"]
    assert row["state"] == "Appeal lodged with the Tribunal" and np.isnan(row["risk"])
    assert row["last_date_is"] == "response due at the Tribunal" and str(row["last_date_on"].date()) == "2025-07-23"
    assert row["next_step"] == STEPS["answer_appeal"].label
    left = lists.movement[lists.movement["movement"] == "left"]
    assert "Now already in dispute: it is on that list." in left["why"].tolist()


def test_the_table_of_risks_begins_with_what_a_reader_looks_for(searches, fitted):
    cases = open_cases(searches, STANDARD, fitted, MONDAY)
    table = risk_table(cases, invented=True)
    assert list(table.columns[:7]) == ["case_id", "area", "risk", "band", "reason_1", "reason_2", "reason_3"]
    assert len(table) == int((~cases.in_dispute).sum())
    assert table["risk"].is_monotonic_decreasing and table["risk"].notna().all()
    assert (table["reason_1"] != "").all()
    assert set(table["invented"]) == {"invented, not a real authority"}
    assert "invented" not in risk_table(cases)


class Offers:
    """A routing of another stage: the quietest first, and mediation for everybody."""

    name = "an invented policy"

    def benefit(self, cases):
        return -cases.risk

    def choice(self, cases, row, situation, which_list):
        from dispute_risk.triage.actions import Choice, choose_steps

        usual = choose_steps(situation, which_list)
        if which_list != "likely_disputes":
            return usual
        return Choice(STEPS["offer_mediation"], (usual.first, *usual.others), "It is expected to gain most.")


def test_another_routing_orders_and_chooses_and_what_is_owed_still_comes_first(searches, fitted):
    lists = weekly_lists(searches, STANDARD, fitted, MONDAY, 10, routing=Offers(), **SAID)
    likely = lists.cases[lists.cases["list"] == "likely_disputes"]
    for _, rows in likely.groupby("area"):
        assert rows["risk"].is_monotonic_increasing
    broken = likely["broken_duty"] != ""
    assert broken.any()
    assert (likely.loc[broken, "next_step"] != STEPS["offer_mediation"].label).all()
    offered = likely[likely["next_step"] == STEPS["offer_mediation"].label]
    assert (offered["route"].str.startswith("It is expected to gain most.")).all()
    assert "Order and steps follow an invented policy." in lists.notes


def test_slots_of_the_policy_hold_on_the_lists(searches, fitted):
    from dispute_risk.triage.selection import Policy
    from dispute_risk.triage.slots import Slots

    free = weekly_lists(searches, STANDARD, fitted, MONDAY, 10, routing=Offers(), **SAID)
    policy = Policy(weekly_slots=Slots({"offer_mediation": {"default": 1}}))
    full = weekly_lists(searches, STANDARD, fitted, MONDAY, 10, routing=Offers(), policy=policy, **SAID)

    def offered(lists) -> int:
        offers = lists.cases[lists.cases["next_step"] == STEPS["offer_mediation"].label]
        return int(offers.groupby("area")["case_id"].nunique().max()) if len(offers) else 0

    assert offered(full) == min(offered(free), 1)
    if offered(free) > 1:
        assert full.cases["route"].str.contains("Full this week in").any()
