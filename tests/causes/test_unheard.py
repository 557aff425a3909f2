"""The unheard: who is on the list, how it stands beside the risk list, and how it moves with the weights."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from dispute_risk.causes.unheard import reweighted, unheard
from dispute_risk.causes.unheard_check import draw_check, read_check, wilson
from dispute_risk.causes.unheard_streams import equity_check, streams_of
from dispute_risk.errors import UnreadableFile
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.fairness_groups import groups_of_rows
from dispute_risk.model.landmarks import landmarks
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.history import History
from dispute_risk.triage.selection import DEFAULT_POLICY, select
from dispute_risk.triage.snapshot import open_cases


@pytest.fixture(scope="module")
def authority():
    simulation = simulate(500, 2, seed=7)
    history = History.of(simulation.casebook)
    rows = landmarks(history, STANDARD, first=dt.date(2025, 3, 1))
    known = rows.where(rows.known)
    model = AppealRiskModel(STANDARD, "points", random_state=0).fit(known.features, known.outcome, groups=known.family)
    day = pd.Timestamp(simulation.truth.rows["on"].max()).date()
    cases = open_cases(Searches(history), STANDARD, model.fitted_, day, ranges=False)
    return simulation, history, rows, cases


@pytest.fixture(scope="module")
def found(authority):
    simulation, _, _, cases = authority
    ids = cases.case_id.astype(str)
    groups = groups_of_rows(simulation.casebook, ids, cases.rows.on.astype("datetime64[D]")).set_index(ids)
    return unheard(cases, 10, groups)


def test_the_list_is_the_one_of_the_week(authority, found):
    cases = authority[3]
    week = {str(cases.case_id[row]) for rows in select(cases, 10)["unheard"].values() for row in rows}
    assert set(found.cases.loc[found.cases["on_list"], "case_id"]) == week
    assert len(week) == 12 and found.places == 3


def test_everybody_on_it_is_owed_something_and_stands_first(found):
    assert (found.cases["breach_index"] >= DEFAULT_POLICY.least_breach).all()
    assert found.cases["on_list"].iloc[:12].all() and not found.cases["on_list"].iloc[12:].any()
    assert (found.cases["duties"] != "").all() and found.table is found.cases


def test_tables_add_up(found):
    assert found.by_area["unheard"].sum() == len(found.cases) == found.by_duration["unheard"].sum()
    sexes = found.by_group[found.by_group["dimension"] == "sex"]
    assert sexes["unheard"].sum() == len(found.cases)
    assert sexes["at_risk"].sum() == found.by_area["at_risk"].sum()


def test_small_groups_are_shown_and_not_compared(found):
    small = found.by_group[found.by_group["small"]]
    assert len(small) and (small["failed"] < 20).all() and small["share_on_list"].isna().all()
    assert found.by_group.loc[~found.by_group["small"], "share_on_list"].notna().all()


def test_a_risk_list_of_the_same_length_stands_beside_it(found):
    lists = found.beside_risk.set_index("list")
    assert (lists["cases"] == 12).all()
    assert lists.loc["unheard", "also_unheard_listed"] == 12
    assert lists.loc["unheard", "mean_breach_index"] > 2 * lists.loc["by lot", "mean_breach_index"]
    assert lists.loc["unheard", "share_quiet"] > lists.loc["risk", "share_quiet"]


def test_every_weight_is_halved_and_made_half_as_large_again(authority, found):
    cases = authority[3]
    from dispute_risk.triage.breach_index import DUTIES, breach_index

    assert len(found.sensitivity) == 2 * len(DUTIES)
    assert found.sensitivity["stays"].between(0, 1).all() and (found.sensitivity["enter"] == found.sensitivity["leave"]).all()
    assert found.sensitivity["leave"].sum() > 0, "some weight matters"
    again = reweighted(cases, {"no_school_named": 0.5})
    expected = breach_index(cases.searches.history, cases.rows, weights={"no_school_named": 0.5})
    np.testing.assert_allclose(again.breach, expected)
    assert cases.breach.sum() > again.breach.sum()


def test_the_summary_says_what_the_risk_list_would_have_shown(found):
    assert "A risk list of the same length would have shown" in found.summary()


def test_truly_owed_quiet_families_are_listed_far_more_than_by_lot(authority, found):
    """On an invented authority: three times the base rate at least (the benchmark measures it over several)."""
    simulation, _, _, cases = authority
    truth = simulation.truth.rows
    truth = truth[truth["on"] == pd.Timestamp(cases.as_of)].set_index("case_id")
    wronged = (truth["unmet_duty"] >= 1.5) & truth["quiet"]
    listed = wronged.reindex(found.cases.loc[found.cases["on_list"], "case_id"]).mean()
    assert listed >= 3 * wronged.mean() > 0


def test_families_of_groups_that_appeal_less_are_not_pushed_down(authority):
    """Fewer messages, the same duties: never a later place on the list."""
    simulation, _, _, cases = authority
    tables = dict(simulation.casebook.tables)
    deprived = set(tables["cases"].loc[tables["cases"]["deprivation_decile"] <= 4, "case_id"])
    contacts = tables["contacts"]
    silent = (contacts["direction"] == "in") & contacts["case_id"].isin(deprived) & contacts["replied_on"].isna()
    quieter = simulation.casebook.with_tables({**tables, "contacts": contacts[~silent].reset_index(drop=True)})
    other = open_cases(Searches(History.of(quieter)), STANDARD, cases.fitted, cases.as_of, ranges=False)
    before, after = (set(unheard(one, 10).cases["case_id"]) & deprived for one in (cases, other))
    assert silent.sum() > 50 and len(after) >= len(before) > 0


def test_streams_of_past_dates_are_those_of_the_day(authority):
    _, history, rows, cases = authority
    streams = streams_of(history, rows, 10)
    day = rows.on == np.datetime64(cases.as_of)
    assert day.any()
    place = pd.Series(cases.breach, index=cases.case_id.astype(str))
    np.testing.assert_allclose(streams.need[day], place[rows.case_id[day].astype(str)].to_numpy())
    assert streams.slots == (6, 3, 1) and 0 < streams.quiet[day].mean() < 1


def test_the_check_of_equity_can_be_asked_by_the_test_of_a_model(authority):
    simulation, history, rows, _ = authority
    known = rows.where(rows.known)
    risk = np.full(len(known), known.outcome.mean())
    said = equity_check(simulation.casebook, history, 10)(known, risk, np.zeros(len(known)))
    assert isinstance(said, list)


# --- the blind check --------------------------------------------------------------------------------------------------


def drawn():
    return draw_check(np.array([f"L{n:02}" for n in range(30)]), np.array([f"C{n:02}" for n in range(50)]), 20, 3)


def test_the_sheet_does_not_say_why_a_file_was_drawn():
    check = drawn()
    assert len(check.sheet) == 40 and "drawn_as" not in check.sheet.columns
    kinds = check.key["drawn_as"].tolist()
    assert kinds.count("listed") == kinds.count("by lot") == 20
    assert kinds != sorted(kinds) and kinds != sorted(kinds, reverse=True), "shuffled"
    assert draw_check(np.array(["A"]), np.array(["A", "B"]), 20).key["case_id"].sort_values().tolist() == ["A", "B"]


def test_what_comes_back_is_counted_with_its_range():
    check = drawn()
    listed = (check.key["drawn_as"] == "listed").to_numpy()
    sheet = check.sheet.assign(duty_outstanding=np.where(listed, "Yes", "no"), not_in_the_records="no")
    sheet.loc[sheet.index[~listed][:2], "not_in_the_records"] = "yes"
    result = read_check(sheet, check.key)
    table = result.table.set_index("drawn_as")
    assert table.loc["listed", ["files", "with_duty", "share"]].tolist() == [20, 20, 1.0]
    assert table.loc["listed", "low"] == pytest.approx(0.839, abs=0.001) == pytest.approx(wilson(20, 20)[0], abs=0.001)
    assert table.loc["by lot", ["with_duty", "not_in_records"]].tolist() == [0, 2]
    assert result.unread == 0 and "Listed: in 20 of 20 files" in result.summary()


def test_a_file_not_read_is_counted_as_unread():
    check = drawn()
    sheet = check.sheet.assign(duty_outstanding=["yes"] * 39 + [""], not_in_the_records="")
    assert read_check(sheet, check.key).unread == 1


def test_a_sheet_that_is_not_this_one_is_refused_with_every_problem():
    check = drawn()
    sheet = check.sheet.assign(duty_outstanding="yes", not_in_the_records="no")
    sheet.loc[0, "duty_outstanding"], sheet.loc[1, "case_id"] = "perhaps", "X"
    with pytest.raises(UnreadableFile) as caught:
        read_check(sheet, check.key)
    assert len(caught.value.problems) == 2
    with pytest.raises(UnreadableFile, match="has no column duty_outstanding"):
        read_check(check.sheet.drop(columns="duty_outstanding"), check.key)
