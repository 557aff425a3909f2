"""Causes proposed with their evidence, and kappa against statsmodels."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk import terms
from dispute_risk.tribunal.agreement import agreement, agreement_by_code
from dispute_risk.tribunal.case_file import case_file
from dispute_risk.tribunal.cause_coding import SIGNALS, proposed_causes
from dispute_risk.tribunal.checklist import checklist

AS_OF = dt.date(2025, 7, 14)


def test_causes_are_proposed_with_dated_evidence(casebook) -> None:
    file = case_file(casebook, "K1", AS_OF)
    proposed = {one.code: one for one in proposed_causes(file, checklist(file))}
    assert {"late_assess", "advice_missing", "evidence_ignored", "no_school_named", "sufficiency"} <= set(proposed)
    assert "communication_gap" not in proposed  # one message only
    assert "review_late" not in proposed and "cease_process" not in proposed
    assert "2 June 2025" in " ".join(proposed["advice_missing"].evidence)
    assert all(one.evidence and all(said.strip().endswith((".", "?")) for said in one.evidence)
               for one in proposed.values())


def test_an_answer_of_the_officer_proposes_its_cause(casebook) -> None:
    file = case_file(casebook, "K1", AS_OF)
    codes = {one.code for one in proposed_causes(file, checklist(file, {"section_f_specific": "no"}))}
    assert "section_f_unspecific" in codes
    assert "section_f_unspecific" not in {one.code for one in proposed_causes(file, checklist(file))}


def test_what_came_after_the_appeal_is_no_cause(casebook) -> None:
    casebook.tables["consultations"].loc[0, "responded_on"] = casebook.tables["appeals"].loc[0, "registered_on"]
    file = case_file(casebook, "K1", AS_OF)
    assert SIGNALS["sufficiency"](file) == ""


def test_a_plan_written_to_the_date_is_told_from_one_that_was_not(casebook) -> None:
    # The 20 weeks end on 19 May 2025; the drawn plan of 2 June is 14 days off.
    assert SIGNALS["quality_for_speed"](case_file(casebook, "K1", AS_OF)) == ""
    casebook.tables["plans"].loc[1, "issued_on"] = casebook.tables["plans"].loc[0, "issued_on"]
    said = SIGNALS["quality_for_speed"](case_file(casebook, "K1", AS_OF))
    assert "22 May 2025" in said and "1 piece of advice missing and under 15 days for the draft" in said


def test_officers_and_vacancies_in_the_year_before(casebook) -> None:
    spells = [("F1", "2024-12-01", "2025-01-31"), ("F2", "2025-02-01", "2025-03-31"), ("", "2025-04-01", "2025-04-30"),
              ("F3", "2025-05-01", None), ("F4", "2025-07-10", None)]
    rows = pd.DataFrame([("K1", *spell) for spell in spells], columns=["case_id", "officer_id", "from_on", "to_on"])
    for name in ("from_on", "to_on"):
        rows[name] = pd.to_datetime(rows[name]).astype("datetime64[s]")
    file = case_file(casebook.with_tables({**casebook.tables, "allocations": rows}), "K1", AS_OF)
    assert SIGNALS["officer_churn"](file) == (
        "3 changes of officer in the year before the appeal; nobody held the case from 1 April 2025.")


def test_signals_are_codes_of_the_taxonomy() -> None:
    assert set(SIGNALS) <= set(terms.CAUSE)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=4, max_size=60))
def test_kappa_and_its_interval_agree_with_statsmodels(pairs: list[tuple[str, str]]) -> None:
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    first, second = zip(*pairs, strict=True)
    found = agreement(first, second)
    table = np.array([[sum(p == (a, b) for p in pairs) for b in "abc"] for a in "abc"])
    chance = (table.sum(0) / len(pairs)) @ (table.sum(1) / len(pairs))
    if np.isclose(chance, 1):
        assert np.isnan(found.kappa)
        return
    if (table.sum(0) > 0).sum() == 1 or (table.sum(1) > 0).sum() == 1:
        assert found.kappa == pytest.approx(0)  # statsmodels divides by zero where a coder gave one code throughout
        return
    expected = inter_rater.cohens_kappa(table)
    assert found.kappa == pytest.approx(expected.kappa, abs=1e-9)
    margin = 1.959963985 * np.sqrt(max(expected.var_kappa, 0))
    assert found.low == pytest.approx(max(expected.kappa - margin, -1), abs=1e-6)
    assert found.high == pytest.approx(min(expected.kappa + margin, 1), abs=1e-6)


def test_two_coders_by_cause() -> None:
    first = [["late_assess"], ["late_assess", "advice_missing"], ["advice_missing"], []]
    table = agreement_by_code(first, [["late_assess"], ["advice_missing"], ["advice_missing"], []])
    assert table.loc["advice_missing", "kappa"] == pytest.approx(1)
    # Cross table of late_assess: both 1, first only 1, neither 2: observed 3/4, chance 2/4 x 1/4 + 2/4 x 3/4 = 1/2.
    assert table.loc["late_assess", "kappa"] == pytest.approx(0.5)
    assert "kappa" in agreement(["a", "b"], ["a", "b"]).summary()


def test_codings_of_different_appeals_are_refused() -> None:
    with pytest.raises(ValueError, match="same appeals"):
        agreement(["a"], ["a", "b"])
