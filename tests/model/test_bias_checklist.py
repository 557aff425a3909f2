"""The checklist: nothing passes because nobody looked, and every answer has its evidence."""

from __future__ import annotations

import pytest

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.bias_checklist import CHECKS, bias_checklist
from dispute_risk.model.verdict import EQUITY_UNTESTED, EQUITY_VETO

GOOD = {"appeals": 180.0, "slope": 1.0, "slope_low": 0.8, "slope_high": 1.2, "observed_over_expected": 1.05,
        "listed_observed_over_expected": 0.9, "stability": 0.8}


def manifest(**more):
    return {"synthetic": False, "features": list(STANDARD.names), "horizon_days": 182, "rung": "ridge", "verdict": "accept",
            "reasons": ["Log loss is lower."], "metrics": dict(GOOD), "data": {"casebook": "ab"}, "versions": {"python": "3.11"},
            "random_state": 0, **more}


def status(table, asks):
    return table.loc[table["asks"].str.startswith(asks), "status"].item()


def test_every_check_has_a_status_evidence_a_source_and_what_it_follows():
    table = bias_checklist(manifest())
    assert len(table) == len(CHECKS)
    assert set(table["status"]) <= {"pass", "unknown", "fail"}
    assert (table[["evidence", "source", "after"]].map(len) > 3).all(axis=None)


def test_without_records_answers_or_a_test_nothing_of_them_passes():
    table = bias_checklist(manifest(verdict="not tested", metrics={}))
    for asks in ("Is it known when", "Does every area", "Were families heard", "Is its fit watched", "Are there enough",
                 "Are high and low", "Do as many", "Would other", "Were groups"):
        assert status(table, asks) == "unknown", asks
    assert status(table, "Was it tested") == "fail"


@pytest.mark.parametrize(("change", "asks", "expected"), [
    ({"appeals": 60.0}, "Are there enough", "fail"), ({"slope": 0.5}, "Are high and low", "fail"),
    ({"observed_over_expected": 1.6}, "Do as many", "fail"), ({"stability": 0.4}, "Would other", "fail"),
    ({}, "Are there enough", "pass"),
])
def test_figures_outside_what_is_asked_for_fail(change, asks, expected):
    assert status(bias_checklist(manifest(metrics={**GOOD, **change})), asks) == expected


def test_what_the_comparison_of_groups_found_is_told_as_the_verdict_told_it():
    assert status(bias_checklist(manifest()), "Were groups") == "pass"
    assert status(bias_checklist(manifest(reasons=["Few appeals.", EQUITY_UNTESTED])), "Were groups") == "unknown"
    table = bias_checklist(manifest(reasons=[f"{EQUITY_VETO}, within chance: 45% of the list, 51% of what is owed."]))
    assert status(table, "Were groups") == "fail"
    assert "45% of the list" in table.loc[table["asks"].str.startswith("Were groups"), "evidence"].item()


def test_features_named_after_audited_columns_fail():
    assert status(bias_checklist(manifest(features=["ethnicity_white"])), "Are protected") == "fail"
    assert status(bias_checklist(manifest()), "Are protected") == "pass"


def test_records_and_answers_are_taken_in():
    table = bias_checklist(manifest(), {"families_told": "Notice of May 2025."},
                           {"recorded_on_share": 0.3, "quiet_quarters": 0.0})
    assert status(table, "Is it known when") == "fail"
    assert status(table, "Does every area") == "pass"
    assert status(table, "Were families heard") == "pass"
    assert "Notice of May 2025" in table.loc[table["asks"] == "Were families heard?", "evidence"].item()


def test_invented_records_and_the_voice_in_the_outcome_never_pass():
    assert status(bias_checklist(manifest(synthetic=True)), "Are the records those") == "fail"
    assert status(bias_checklist(manifest()), "Does the outcome mean") == "fail"
