"""Uses that are refused: what is noticed, what it says, and what passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.errors import RefusedUse, UnreadableFile
from dispute_risk.triage.refused import (
    CANNOT_STOP,
    PURPOSES,
    REFUSED,
    refuse_columns,
    refuse_own_features,
    refuse_policy,
    refuse_purpose,
)
from dispute_risk.triage.selection import read_policy

SIGNED = """[capacity_split]
benefit = 0.5
quiet_need = 0.4
random_audit = 0.1

[lists]
signed_by = "Head of Provision and Placement"
"""


def test_the_policy_of_the_design_passes(tmp_path):
    place = tmp_path / "policy.toml"
    place.write_text(SIGNED)
    refuse_policy(place)
    assert read_policy(place).benefit == 0.5


@pytest.mark.parametrize("text", [
    "[capacity_split]\nresist = 1.0\n", "[capacity_split]\nbenefit = 1.0\npurpose = \"defend the cases we can win\"\n",
    "[savings]\nprovision_saved = 0.4\n", "[lists]\norder = [\"lower priority for ethnic groups\"]\n", "panel = true\n",
])
def test_a_policy_for_another_purpose_is_refused_with_the_place(tmp_path, text):
    place = tmp_path / "policy.toml"
    place.write_text(text)
    with pytest.raises(RefusedUse) as refused:
        refuse_policy(place)
    assert refused.value.problems and refused.value.exit_code == 10
    assert "random check" in str(refused.value)


def test_all_fields_are_named_at_once(tmp_path):
    place = tmp_path / "policy.toml"
    place.write_text("[capacity_split]\nresist = 0.5\ndeter = 0.5\n")
    with pytest.raises(RefusedUse) as refused:
        refuse_policy(place)
    assert len(refused.value.problems) == 2


def test_a_file_that_cannot_be_read_is_no_refusal(tmp_path):
    with pytest.raises(UnreadableFile):
        refuse_policy(tmp_path / "none.toml")
    (tmp_path / "broken.py").write_text("FEATURES = (")
    with pytest.raises(UnreadableFile):
        refuse_own_features(tmp_path / "broken.py")


@pytest.mark.parametrize("line", [
    'recorded.identifier("allocations", "officer_id")', 'recorded.code("cases", "ethnicity")', 'recorded.code("cases", "sex")',
    'Feature("officer_rating", "appeals of this officer", "caseload", "count", "ours")', "frame.deprivation_decile.mean()",
])
def test_features_of_who_a_family_or_an_officer_is_are_refused_before_the_file_is_run(tmp_path, line):
    place = tmp_path / "ours.py"
    heading = '"""About ethnicity and sex: words in a heading are no use of them."""'
    place.write_text(f'{heading}\nraise SystemExit("was run")\n{line}\n')
    with pytest.raises(RefusedUse, match="line 3"):
        refuse_own_features(place)


def test_an_honest_file_of_features_passes(tmp_path):
    place = tmp_path / "ours.py"
    place.write_text('"""Calls. Never ethnicity."""\nNAME = "officer_changes_1y"\nPARTY = "provider"\nKIND = "officer"\n')
    refuse_own_features(place)


@pytest.mark.parametrize("column", ["officer_id", "officer", "Caseworker", "staff_name", "officer_rating", "appeals_by_officer"])
def test_a_table_by_officer_is_refused(column):
    with pytest.raises(RefusedUse, match="by area or team"):
        refuse_columns(["area", column], "the export")


def test_tables_of_the_tool_pass():
    from dispute_risk.triage.weekly import COLUMNS

    refuse_columns([*COLUMNS, "days_without_officer_1y", "officer_changes_1y", "no_officer_now"], "the weekly list")


@pytest.mark.parametrize("purpose", ["panel", "Placement panel", "letter to the family", "staff appraisal", "marketing", ""])
def test_other_purposes_are_refused_and_say_what_is_allowed(purpose):
    with pytest.raises(RefusedUse, match="officers_list"):
        refuse_purpose(purpose)


@given(st.sampled_from(sorted(PURPOSES)))
def test_known_purposes_pass(purpose):
    assert refuse_purpose(purpose.replace("_", " ").title()) == purpose


def test_what_cannot_be_stopped_is_told():
    assert len(CANNOT_STOP) >= 4 and any("renamed" in one for one in CANNOT_STOP)
    assert all(one.use and one.noticed and one.instead for one in REFUSED)
