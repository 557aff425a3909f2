"""Sharing out the week: slots that add up, lists that do not overlap, ties that no file order decides."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from casebooks import casebook, random_casebook
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.errors import UnreadableFile
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.history import History
from dispute_risk.triage.lists import LISTS
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy, read_policy, select
from dispute_risk.triage.snapshot import open_cases

MONDAY = dt.date(2025, 6, 16)


def twelve_plans_without_a_school(order: list[int]):
    """Twelve cases that differ in nothing but their number; written in any order."""
    return casebook(
        cases=[{"case_id": f"C{n:02}", "area": "North", "opened_on": "2020-01-01"} for n in order],
        plans=[{"case_id": f"C{n:02}", "plan_id": f"P{n}", "kind": "final", "issued_on": "2025-06-09",
                "section_i": "type_only"} for n in order],
    )


def opened(records, fitted, as_of: dt.date = MONDAY):
    return open_cases(Searches(History.of(records)), STANDARD, fitted, as_of)


def names(cases, chosen) -> dict[str, list[str]]:
    return {name: [str(cases.case_id[row]) for rows in areas.values() for row in rows] for name, areas in chosen.items()}


@given(capacity=st.integers(0, 200), quiet=st.floats(0, 1), audit=st.floats(0, 1))
def test_the_slots_add_up_to_the_capacity(capacity, quiet, audit):
    quiet, audit = (quiet, audit) if quiet + audit <= 1 else (quiet / 2, audit / 2)
    slots = Policy(1 - quiet - audit, quiet, audit).slots(capacity)
    assert sum(slots) == capacity and min(slots) >= 0


def test_ten_places_are_six_three_and_one():
    assert DEFAULT_POLICY.slots(10) == (6, 3, 1)
    assert DEFAULT_POLICY.shares() == {"benefit": 0.6, "quiet_need": 0.3, "random_audit": 0.1}


def test_a_tie_is_broken_the_same_way_whatever_the_order_of_the_file(fitted):
    one, other = (opened(twelve_plans_without_a_school(order), fitted) for order in (list(range(12)), list(range(11, -1, -1))))
    first, second = names(one, select(one, 10)), names(other, select(other, 10))
    assert first["likely_disputes"] == second["likely_disputes"]
    assert len(first["likely_disputes"]) == 6
    assert first == second


def test_another_week_breaks_ties_another_way(fitted):
    records = twelve_plans_without_a_school(list(range(12)))
    weeks = [names(cases := opened(records, fitted, MONDAY + dt.timedelta(weeks=week)), select(cases, 10))["likely_disputes"]
             for week in range(4)]
    assert len({tuple(week) for week in weeks}) > 1


@pytest.fixture(scope="module")
def many(fitted):
    return opened(random_casebook(3, cases=80, rows=300), fitted, dt.date(2024, 6, 3))


def test_nobody_is_on_two_of_the_lists_that_share_the_capacity(many):
    chosen = names(many, select(many, 10))
    shared = [*chosen["likely_disputes"], *chosen["unheard"], *chosen["random_audit"]]
    assert len(shared) == len(set(shared)) > 0
    assert set(chosen) == set(LISTS)
    assert not set(chosen["already_in_dispute"]) & {*shared, *chosen["duties_outstanding"]}
    assert chosen["already_in_dispute"], "the random records hold a case in dispute"


def test_every_area_gets_its_own_capacity_and_its_own_cases(many):
    for name, areas in select(many, 5).items():
        assert set(areas) == set(many.searches.history.area_names)
        for area, rows in areas.items():
            assert (many.area[rows] == area).all()
            most = {"likely_disputes": 3, "unheard": 2, "random_audit": 1, "duties_outstanding": 5}
            assert len(rows) <= most.get(name, len(many.rows))


def test_likely_disputes_go_by_risk_and_duties_by_the_breach_index(many):
    chosen = select(many, 20)
    for area in many.searches.history.area_names:
        assert (np.diff(many.risk[chosen["likely_disputes"][area]]) <= 0).all()
        assert (np.diff(many.breach[chosen["duties_outstanding"][area]]) <= 0).all()
        assert many.statutory[chosen["duties_outstanding"][area]].all()
        for name in ("unheard", "random_audit"):
            assert (many.breach[chosen[name][area]] >= DEFAULT_POLICY.least_breach).all()


def test_a_case_in_dispute_has_no_risk(many):
    assert np.isnan(many.risk[many.in_dispute]).all() and many.in_dispute.any()
    assert not np.isnan(many.risk[~many.in_dispute]).any()


# --- the policy file --------------------------------------------------------------------------------------------------


def policy_file(tmp_path, text: str):
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_signed_policy_is_read(tmp_path):
    path = policy_file(tmp_path, "[capacity_split]\nbenefit = 0.5\nquiet_need = 0.4\nrandom_audit = 0.1\n"
                                 "[lists]\nleast_breach = 1.5\nsigned_by = 'Head of SEND'\n")
    assert read_policy(path) == Policy(0.5, 0.4, 0.1, 1.5, signed_by="Head of SEND")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[capacity_split]\nbenefit = 0.9\n", "add up to 1.3. Make them add up to 1"),
        ("[capacity_split]\nbenefit = 1.2\nquiet_need = -0.2\nrandom_audit = 0.0\n", "none below 0"),
        ("[capacity_split]\nbenefits = 0.6\n", "unknown benefits. Allowed"),
        ("[split]\nbenefit = 0.6\n", "unknown split"),
        ("benefit 0.6", "cannot be read"),
    ],
)
def test_a_mistake_in_the_policy_is_named_with_the_file(tmp_path, text, message):
    with pytest.raises(UnreadableFile, match=message) as caught:
        read_policy(policy_file(tmp_path, text))
    assert "policy.toml" in str(caught.value)


def test_values_of_the_wrong_kind_are_all_named_at_once(tmp_path):
    text = "[capacity_split]\nbenefit = 'most'\nquiet_need = true\n[lists]\nsigned_by = 7\n"
    with pytest.raises(UnreadableFile) as caught:
        read_policy(policy_file(tmp_path, text))
    assert caught.value.problems == (
        "benefit = 'most' is not a number", "quiet_need = True is not a number", "signed_by = 7 is not a name in quotes")


def test_a_section_that_is_a_number_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match=r"\[capacity_split\] and \[lists\] must be sections"):
        read_policy(policy_file(tmp_path, "capacity_split = 3\n"))


def test_a_policy_that_is_not_there(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_policy(tmp_path / "none.toml")


# --- voice and bands --------------------------------------------------------------------------------------------------


def test_a_quiet_family_has_a_higher_ratio_than_a_loud_one_of_the_same_case(fitted):
    from dispute_risk.triage.voice import reference_voice, voice_ratio

    features = pd.DataFrame(0.0, index=range(10), columns=STANDARD.names).astype(np.float32)
    features["family_messages_90d"] = np.arange(10, dtype=np.float32)
    reference = reference_voice(STANDARD, features)
    assert reference["family_messages_90d"] == pytest.approx(7.2)  # the 80th percentile of 0 to 9
    assert reference["solicitor_1y"] == reference["complaints_1y"] == 0
    assert set(reference) == {feature.name for feature in STANDARD if feature.voice}
    ratio = voice_ratio(lambda table: fitted.risk(table.to_numpy()), STANDARD, features, fitted.risk(features.to_numpy()))
    assert (np.diff(ratio) < 0).all()
    assert ratio[0] > 1 > ratio[9]


def test_bands_follow_the_break_even_risks():
    from dispute_risk.triage.bands import BANDS, band_of

    assert band_of(np.array([0.0, 0.0299, 0.03, 0.0799, 0.08, 0.2199, 0.22, 1.0])).tolist() == [
        "usual", "usual", "raised", "raised", "high", "high", "very high", "very high"]
    assert [band.at_least for band in BANDS] == sorted((band.at_least for band in BANDS), reverse=True)
    # what a step costs over what it may save: 150 and 400 pounds, three tenths of 6,056
    assert [round(cost / (0.3 * 6056), 2) for cost in (400, 150)] == [BANDS[0].at_least, BANDS[1].at_least]
