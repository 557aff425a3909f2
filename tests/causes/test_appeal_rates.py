"""Appeals by what was appealed, stage, area, need and placement, on casebooks drawn by hand."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from casebooks import casebook

from dispute_risk.causes.appeal_rates import BASES, KINDS, counted
from dispute_risk.causes.appeal_tables import count_tables
from dispute_risk.causes.area_rates import poisson_interval, shrunk_rates
from dispute_risk.causes.coded import coded_causes
from dispute_risk.causes.counts import ALL
from dispute_risk.causes.duties_everywhere import duties_everywhere
from dispute_risk.causes.periods import quarter_in_words, quarter_spans
from dispute_risk.england.measures import rate_called
from dispute_risk.errors import NotEnoughHistory, UnknownName
from dispute_risk.timeline.history import History

YEAR = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


def case(number, area="N", **more):
    return {"case_id": f"C{number}", "area": area, "opened_on": "2020-01-01", "birth_date": "2014-05-01", **more}


def small():
    """Six cases in two areas: every kind of appeal in view, some of them outside the period."""
    return casebook(
        "2026-02-01",
        cases=[case(1, primary_need="ASD"), case(2, primary_need="SEMH"), case(3, "S", primary_need="ASD"), case(4, "S"),
               case(5, "S", closed_on="2025-06-01", closed_reason="needs_met"), case(6)],
        requests=[{"case_id": "C1", "request_id": "R1", "received_on": "2025-01-06", "decision": "refuse",
                   "decision_sent_on": "2025-02-10"},
                  {"case_id": "C6", "request_id": "R6", "received_on": "2025-03-03", "decision": "refuse",
                   "decision_sent_on": "2025-04-07"}],
        plans=[{"case_id": "C2", "plan_id": "P2", "kind": "final", "issued_on": "2024-12-20"},
               {"case_id": "C3", "plan_id": "P3", "kind": "amended_final", "issued_on": "2025-02-14", "phase_transfer": 1},
               {"case_id": "C3", "plan_id": "P3b", "kind": "amended_final", "issued_on": "2025-09-14", "phase_transfer": 0},
               {"case_id": "C4", "plan_id": "P4", "kind": "final", "issued_on": "2025-05-01"},
               {"case_id": "C5", "plan_id": "P5", "kind": "final", "issued_on": "2021-05-01"}],
        placements=[{"case_id": "C3", "from_on": "2020-09-01", "to_on": "2025-02-28", "setting_type": "mainstream"},
                    {"case_id": "C3", "from_on": "2025-03-01", "setting_type": "special"}],
        appeals=[{"case_id": "C1", "appeal_id": "A1", "registered_on": "2025-04-01", "lodged_on": "2025-03-20",
                  "grounds": "refuse_to_assess", "causes": "threshold_misapplied;late_assess"},
                 {"case_id": "C2", "appeal_id": "A2", "registered_on": "2025-01-20", "grounds": "needs;provision"},
                 {"case_id": "C3", "appeal_id": "A3", "registered_on": "2025-04-20", "lodged_on": "2025-04-02",
                  "grounds": "placement", "causes": "communication_gap"},
                 {"case_id": "C4", "appeal_id": "A4", "registered_on": "2026-01-03", "grounds": "needs"}],
    )


@pytest.fixture(scope="module")
def made():
    book = small()
    return counted(book, History.of(book), *YEAR)


def number(tables, name, **values):
    table = tables[name]
    mask = np.ones(len(table.counts), bool)
    for dim in table.dims:
        mask &= (table.counts[dim] == values.get(dim, ALL)).to_numpy()
    return int(table.counts.loc[mask, "count"].iloc[0])


def test_only_appeals_registered_in_the_period_count_and_the_last_day_is_in_it(made):
    assert made.appeals["appeal_id"].tolist() == ["A2", "A1", "A3"]
    book = small()
    last = counted(book, History.of(book), dt.date(2025, 4, 2), dt.date(2025, 4, 20))
    assert last.appeals["appeal_id"].tolist() == ["A3"]


def test_what_was_appealed_and_which_plan(made):
    tables = count_tables(made)
    assert [number(tables, "appeals by kind", kind=kind) for kind in ("refuse_to_assess", "plan", "cease_to_maintain")] == [
        1, 2, 0]
    assert number(tables, "appeals by stage", stage="first_plan") == 1
    assert number(tables, "appeals by stage", stage="phase_transfer") == 1, "the plan before the appeal, not the later one"
    assert number(tables, "appeals by ground", ground="needs") == 1 == number(tables, "appeals by ground", ground="placement")


def test_decisions_are_those_sent_in_the_period(made):
    tables = count_tables(made)
    assert number(tables, "decisions by kind") == 5
    assert number(tables, "decisions by kind", kind="refuse_to_assess") == 2
    assert number(tables, "decisions by kind", kind="plan") == 3 == number(tables, "decisions by stage")
    assert number(tables, "decisions by area", area="S") == 3
    assert number(tables, "decisions by kind and area", kind="plan", area="S") == 3


def test_the_old_base_is_refusals_plans_in_force_and_plans_ceased_as_needs_met(made):
    tables = count_tables(made)
    # Two refusals; C2, C3 and C4 with a plan at the end of the year; C5 ceased as needs met.
    assert number(tables, "old_base by area") == 6
    assert number(tables, "old_base by area", area="S") == 3
    assert number(tables, "old_base by need", need="ASD") == 2


def test_the_old_base_is_formed_for_a_year_only():
    book = small()
    half = counted(book, History.of(book), YEAR[0], dt.date(2025, 6, 30))
    assert not half.whole_year and "old_base by area" not in count_tables(half)


def test_the_bases_are_named_as_england_names_them():
    old = rate_called("appeal_rate_old_base").base
    for words in ("refusals to assess", "ceased", "needs met", "plans"):
        assert words in old and words in BASES["old_base"][1]
    assert "right of appeal" in rate_called("appeal_rate_new_base").base and "right of appeal" in BASES["decisions"][1]


def test_where_the_child_was_when_the_appeal_was_sent(made):
    by_id = made.appeals.set_index("appeal_id")
    assert by_id.loc["A3", "placement"] == "special" and by_id.loc["A1", "placement"] == "not_recorded"
    on_letter = made.decisions.set_index(["case_id", "on"])["placement"]
    assert on_letter["C3"].tolist() == ["mainstream", "special"]


def test_every_table_adds_up(made):
    from dispute_risk.causes.disclosure import protect

    protect(list(count_tables(made).values()))  # refuses tables that contradict each other


def test_one_area_counts_that_area_only():
    book = small()
    south = counted(book, History.of(book), *YEAR, area="S")
    assert south.appeals["appeal_id"].tolist() == ["A3"] and set(south.decisions["case_id"]) == {"C3", "C4"}
    tables = count_tables(south)
    assert "appeals by area" not in tables and tables["appeals by kind"].where == {"area": "S"}


def test_a_cell_of_one_area_is_the_same_cell_in_the_report_of_all_areas(made):
    book = small()
    south = count_tables(counted(book, History.of(book), *YEAR, area="S"))["appeals by kind"]
    both = count_tables(made)["appeals by kind and area"]
    assert south.cell(("plan",)) == both.cell(("plan", "S"))


@pytest.mark.parametrize(("start", "end", "area", "error", "words"), [
    ("2025-01-01", "2026-06-01", "", NotEnoughHistory, "the records end on 2026-02-01"),
    ("2025-06-01", "2025-06-30", "", NotEnoughHistory, "No appeal was registered"),
    ("2025-01-01", "2025-12-31", "West", UnknownName, "Areas: N, S"),
    ("2025-06-01", "2025-05-30", "", ValueError, "before the first"),
])
def test_a_period_or_area_that_cannot_be_counted_is_said(start, end, area, error, words):
    book = small()
    with pytest.raises(error, match=words):
        counted(book, History.of(book), dt.date.fromisoformat(start), dt.date.fromisoformat(end), area)


def test_an_appeal_without_grounds_is_counted_as_such():
    book = casebook("2026-02-01", cases=[case(1)],
                    appeals=[{"case_id": "C1", "appeal_id": "A1", "registered_on": "2025-04-01"}])
    tables = count_tables(counted(book, History.of(book), *YEAR))
    assert number(tables, "appeals by kind", kind="not_recorded") == 1 and set(KINDS) >= set(
        tables["appeals by kind"].counts["kind"]) - {ALL}


# --- coded causes -----------------------------------------------------------------------------------------------------


def test_causes_count_among_appeals_coded_and_the_officers_answers_come_first(made):
    coded = coded_causes(made)
    assert coded.coded == 2
    counts = coded.table.counts.set_index("cause")["count"]
    assert counts[ALL] == 2 and counts["threshold_misapplied"] == 1 == counts["late_assess"] == counts["communication_gap"]
    again = coded_causes(made, {"C2": ("advice_missing",), "C3": ("sufficiency", "no such code")})
    counts = again.table.counts.set_index("cause")["count"]
    assert again.coded == 3 and counts["communication_gap"] == 0 and counts["sufficiency"] == 1


def test_a_cause_that_is_coded_ever_more_often_is_seen_and_one_that_is_not_is_not():
    appeals, rows = [], []
    for quarter in range(8):
        for place in range(30):
            name = f"C{quarter}-{place}"
            on = dt.date(2023 + quarter // 4, 3 * (quarter % 4) + 2, 1 + place % 27)
            causes = "advice_missing" if place < 3 + 3 * quarter else "late_assess"
            causes += ";officer_churn" if place % 3 == 0 else ""
            rows.append({"case_id": name, "area": "N", "opened_on": "2020-01-01"})
            appeals.append({"case_id": name, "appeal_id": name, "registered_on": on.isoformat(), "grounds": "needs",
                            "causes": causes})
    book = casebook("2025-02-01", cases=rows, appeals=appeals)
    trend = coded_causes(counted(book, History.of(book), dt.date(2023, 1, 1), dt.date(2024, 12, 31))).trend.set_index("cause")
    assert trend.loc["advice_missing", "change"] == "rose" and trend.loc["late_assess", "change"] == "fell"
    assert trend.loc["officer_churn", "change"] == "" and 0.8 < trend.loc["officer_churn", "ratio_a_year"] < 1.25
    assert trend.loc["sufficiency", "change"] == "few"
    # By hand: 3 + 3 k of 30 in quarter k rise from 3 to 24, about 3.2 times a year on a straight line in the logarithm.
    assert 1.8 < trend.loc["advice_missing", "ratio_a_year"] < 4


# --- areas ------------------------------------------------------------------------------------------------------------


def test_a_small_area_is_drawn_towards_the_whole_and_a_large_one_hardly():
    table = shrunk_rates([300, 330, 3], [10_000, 11_000, 30])
    assert abs(table["shrunk"][0] - table["rate"][0]) < 0.1
    assert table["rate"][2] == 10 and 3 < table["shrunk"][2] < 6 and table["low"][2] < table["shrunk"][2] < table["high"][2]


def test_an_area_beyond_chance_is_placed_and_one_withheld_is_not():
    table = shrunk_rates([30, 90, np.nan], [1000, 1000, 500])
    assert table["place"].tolist() == ["below", "above", ""] and np.isnan(table["rate"][2])
    assert shrunk_rates([np.nan], [10])["place"].tolist() == [""]


def test_the_poisson_interval_is_the_exact_one():
    assert [round(end, 3) for end in poisson_interval(0)] == [0, 3.689]
    assert [round(end, 2) for end in poisson_interval(5)] == [1.62, 11.67]


def test_quarters_cover_every_day_once():
    spans = quarter_spans(dt.date(2024, 11, 15), dt.date(2025, 10, 3))
    assert spans[0][0] == dt.date(2024, 11, 15) and spans[-1][1] == dt.date(2025, 10, 3)
    assert all(following[0] - last[1] == dt.timedelta(days=1) for last, following in pairwise(spans))
    assert quarter_in_words("2024-11-01/2025-01-31") == "Nov 2024 to Jan 2025"


# --- the same duties everywhere ---------------------------------------------------------------------------------------


def test_duties_are_counted_before_the_appeal_and_in_every_open_case():
    book = casebook(
        "2026-02-01",
        cases=[case(1), case(2), case(3)],
        plans=[{"case_id": f"C{k}", "plan_id": f"P{k}", "kind": "final", "issued_on": "2025-02-03",
                "section_i": "type_only" if k < 3 else "setting_named"} for k in (1, 2, 3)]
        + [{"case_id": "C1", "plan_id": "P9", "kind": "amended_final", "issued_on": "2025-05-01",
            "section_i": "setting_named"}],
        appeals=[{"case_id": "C1", "appeal_id": "A1", "registered_on": "2025-03-20", "grounds": "no_placement"}],
    )
    history = History.of(book)
    found = duties_everywhere(history, counted(book, history, *YEAR))
    appealed = found.appealed.counts.set_index("duty")["count"]
    every = found.open_cases.counts.set_index("duty")["count"]
    assert (appealed[ALL], every[ALL]) == (1, 3)
    assert (appealed["no_school_named"], every["no_school_named"]) == (1, 1), "C1's plan named a school by the end of the year"
