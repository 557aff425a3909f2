"""The one door to the past: files, families, areas, and what an authority adds of its own."""

import numpy as np
import pytest
from casebooks import casebook, held_on, one_case, random_casebook

from dispute_risk.errors import UnknownName
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.history import History


def test_a_file_is_open_from_its_opening_to_its_closing():
    told = History.of(one_case(case={"opened_on": "2024-03-04", "closed_on": "2025-03-03",
                                     "closed_recorded_on": "2025-03-10"}))
    assert held_on(told, "opened", "2024-03-03") == []
    assert held_on(told, "opened", "2025-03-09") == ["2024-03-04"]
    assert held_on(told, "opened", "2025-03-10") == []


def test_a_request_recorded_before_its_file_makes_the_file_known():
    told = History.of(one_case(case={"opened_on": "2025-02-03"}, requests=[{"received_on": "2025-01-06"}]))
    assert held_on(told, "opened", "2025-01-05") == []
    assert held_on(told, "opened", "2025-01-06") == ["2025-01-06"]


def test_a_table_that_was_not_handed_over_holds_nothing_and_breaks_nothing():
    told = History.of(one_case())
    assert all(len(facts) == 0 for kind, facts in told.facts.items() if kind != "opened")
    needed = {kind for feature in STANDARD for kind in feature.verb.needs()}
    known = set(told.facts) | set(told.area_facts) | set(told.attributes)
    assert needed <= known


def test_every_kind_of_fact_is_there_whatever_the_records_hold():
    assert set(History.of(one_case()).facts) == set(History.of(random_casebook(1)).facts)


def test_random_records_fill_every_kind_of_fact():
    """Were one always empty, the properties drawn on random records would say nothing of it."""
    filled = {
        kind for seed in range(6) for kind, facts in History.of(random_casebook(seed)).facts.items() if len(facts)
    }
    assert filled == set(History.of(random_casebook(0)).facts)


def test_facts_are_sorted_and_never_known_before_they_happened():
    for seed in range(3):
        for kind, facts in History.of(random_casebook(seed)).facts.items():
            assert (facts.known >= facts.happened).all() and (facts.known < facts.until).all(), kind
            assert (np.diff(facts.case.astype(np.int64) * 10**6 + facts.known) >= 0).all(), kind


def test_a_row_of_a_case_that_is_not_in_the_records_is_of_no_case():
    records = casebook(cases=[{"case_id": "C1", "area": "North", "opened_on": "2020-01-01"}],
                       plans=[{"case_id": "C9", "plan_id": "P1", "kind": "final", "issued_on": "2025-01-06"}])
    told = History.of(records)
    assert len(told.facts["plan_made"]) == len(told.facts["window"]) == 0


def test_brothers_and_sisters_are_one_family_and_a_case_without_one_is_its_own():
    told = History.of(casebook(cases=[
        {"case_id": f"C{n}", "area": "North", "family_id": family} for n, family in enumerate(["F1", None, "F1", None])
    ]))
    assert told.family[0] == told.family[2]
    assert len(set(told.family.tolist())) == 3


def test_a_case_is_found_by_its_number_or_the_mistake_is_named():
    told = History.of(one_case())
    assert told.number_of("C1") == 0
    with pytest.raises(UnknownName, match="'C7' is not in the records"):
        told.number_of("C7")


def test_a_part_of_the_cases_keeps_its_facts_under_new_numbers():
    whole = History.of(random_casebook(2))
    part = whole.only(np.array([3, 7]))
    assert part.case_id.tolist() == whole.case_id[[3, 7]].tolist()
    for kind, facts in part.facts.items():
        kept = np.isin(whole.facts[kind].case, [3, 7])
        assert facts.happened.tolist() == whole.facts[kind].happened[kept].tolist()
        assert set(facts.case.tolist()) <= {0, 1}
    assert part.attributes["born"].tolist() == whole.attributes["born"][[3, 7]].tolist()


def test_an_authority_can_add_events_of_its_own():
    def provider_calls(recorded):
        mask = recorded.is_code("contacts", "party", "provider")
        return {"provider_call": Facts.of(recorded.case("contacts")[mask],
                                          recorded.day("contacts", "happened_on")[mask],
                                          recorded.known("contacts", "happened_on")[mask])}

    told = History.of(one_case(contacts=[{"happened_on": "2025-02-03", "party": "provider"},
                                         {"happened_on": "2025-02-04", "party": "family"}]), more=(provider_calls,))
    assert held_on(told, "provider_call", "2025-02-03") == ["2025-02-03"]


def test_the_last_day_is_the_end_of_the_records():
    assert History.of(one_case("2025-06-30")).last_day == day_number("2025-06-30")
