"""Reasons: sentences with the case's own facts and dates, careful words, and nothing about the family."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from casebooks import one_case

from dispute_risk import terms
from dispute_risk.explain.reasons import (
    LABELS,
    NO_STABLE_REASON,
    fold_to_families,
    reasons,
    sentences_for,
    what_changed,
)
from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import FAMILIES, NEVER_A_CAUSE, Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.reports import weekly_guidance
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.bands import BANDS
from dispute_risk.triage.breach_index import DUTIES

FAMILY = {"direction": "in", "party": "family", "channel": "email"}
SEARCHES = Searches(History.of(one_case(
    requests=[{"received_on": "2025-01-06", "kind": "assessment", "source": "parent", "decision": "assess",
               "decision_sent_on": "2025-03-03"}],
    advice=[{"kind": "speech_language", "requested_on": "2025-03-03", "received_on": "2025-06-20"},
            {"kind": "occupational_therapy", "requested_on": "2025-03-10"}],
    plans=[{"kind": "final", "issued_on": "2025-06-09", "section_i": "type_only"}],
    contacts=[{**FAMILY, "happened_on": "2025-06-11"}, {**FAMILY, "happened_on": "2025-06-12"},
              {"direction": "in", "party": "solicitor", "channel": "letter", "happened_on": "2025-06-13"}],
    allocations=[{"officer_id": "O1", "from_on": "2025-01-06"}, {"officer_id": "O2", "from_on": "2025-05-12"}],
)))
ON = Snapshots.of(np.array([0]), day_number("2025-06-16"))


def features_on(rows: Snapshots = ON) -> pd.DataFrame:
    return build_features(SEARCHES.history, rows, STANDARD, SEARCHES)


def adding(**amounts: float) -> np.ndarray:
    return np.array([[amounts.get(name, 0.0) for name in STANDARD.names]])


def told(**amounts: float):
    return reasons(SEARCHES, ON, STANDARD, features_on(), adding(**amounts))[0]


def sentence(feature: str, rows: Snapshots = ON) -> str:
    return sentences_for(SEARCHES, rows, STANDARD, features_on(rows), [(0, STANDARD.names.index(feature))])[0][0]


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("salt_missing_at_plan", "Speech and language advice was asked for on 3 March 2025 and had not arrived when the "
                                 "plan was finalised on 9 June 2025."),
        ("type_only", "The plan of 9 June 2025 names only a type of school, no school."),
        ("window_open", "A decision sent on 9 June 2025 can be appealed until 1 September 2025."),
        ("messages_since_we_wrote", "The family has written twice since we last did, the latest on 12 June 2025."),
        ("officer_changes_1y", "The case officer changed once in the last year, the latest on 12 May 2025."),
        ("decided_late_2y", "The decision whether to assess was due on 17 February 2025 and was sent on 3 March 2025."),
        ("ot_outstanding", "Occupational therapy advice was asked for on 10 March 2025 and has not arrived; it was due "
                           "on 21 April 2025."),
    ],
)
def test_a_sentence_says_the_facts_of_the_case_with_their_dates(feature, said):
    assert sentence(feature) == said


def test_days_late_are_counted_on_the_day_of_the_list():
    before_the_plan = Snapshots.of(np.array([0]), day_number("2025-06-02"))
    assert sentence("days_past_20_weeks", before_the_plan) == (
        "The final plan was due on 26 May 2025, 20 weeks after the request, and is 7 days late.")


def test_the_strongest_family_comes_first_and_says_its_strongest_feature():
    found = told(type_only=0.3, salt_missing_at_plan=0.5, ot_missing_at_plan=0.4, officer_changes_1y=0.2)
    assert [reason.family for reason in found] == ["advice", "placement", "caseload"]
    assert [reason.feature for reason in found] == ["salt_missing_at_plan", "type_only", "officer_changes_1y"]
    assert found[0].contribution == pytest.approx(0.9)  # the whole family, folded
    assert found[0].on == dt.date(2025, 6, 9) and found[0].can_be_acted_on
    assert found[0].heading == "Missing professional advice"


def test_what_tells_who_the_family_is_is_never_a_reason_however_much_it_adds():
    found = told(solicitor_1y=5.0, family_messages_90d=4.0, requested_by_parent=3.0, parent_request_open=3.0,
                 complaints_1y=3.0, age_years=2.0, type_only=0.2)
    assert [reason.family for reason in found] == ["placement"]
    assert not {reason.family for reason in found} & NEVER_A_CAUSE


def test_what_adds_little_is_no_reason():
    assert told(type_only=0.09) == []
    assert len(told(type_only=0.10)) == 1


def test_what_lowers_the_risk_or_did_not_happen_is_no_reason():
    assert told(type_only=-0.8) == []
    assert told(no_officer_now=0.8) == []  # somebody holds the case


def test_a_silence_of_five_days_is_no_reason_yet():
    assert told(oldest_unanswered_days=0.8) == []
    later = Snapshots.of(np.array([0]), day_number("2025-06-30"))
    found = reasons(SEARCHES, later, STANDARD, features_on(later), adding(oldest_unanswered_days=0.8))[0]
    assert found[0].sentence == "The family wrote on 11 June 2025 and has had no answer for 19 days."


def test_no_more_than_asked_for_and_only_stable_families():
    amounts = {"type_only": 0.3, "salt_missing_at_plan": 0.5, "officer_changes_1y": 0.2, "window_open": 0.4,
               "decided_late_2y": 0.6}
    assert len(told(**amounts)) == 3
    present, _ = fold_to_families(STANDARD, adding())
    stable = np.array([[family in ("placement", "caseload") for family in present]])
    found = reasons(SEARCHES, ON, STANDARD, features_on(), adding(**amounts), stable=stable)[0]
    assert [reason.family for reason in found] == ["placement", "caseload"]


def test_families_add_up_to_the_whole_and_do_not_depend_on_the_order_of_features():
    rng = np.random.default_rng(0)
    added = rng.normal(size=(5, len(STANDARD)))
    present, folded = fold_to_families(STANDARD, added)
    np.testing.assert_allclose(folded.sum(axis=1), added.sum(axis=1))
    order = rng.permutation(len(STANDARD))
    mixed = Catalogue(tuple(STANDARD.features[place] for place in order))
    present_mixed, folded_mixed = fold_to_families(mixed, added[:, order])
    assert present_mixed == present == [family for family in FAMILIES if family in present]
    np.testing.assert_allclose(folded_mixed, folded)


# --- what changed -----------------------------------------------------------------------------------------------------


def changed(now: dict[str, float], before: dict[str, float], since: str = "2025-06-09") -> str:
    earlier = Snapshots.of(np.array([0]), day_number(since))
    return what_changed(SEARCHES, ON, STANDARD, (features_on(), adding(**now)), (features_on(earlier), adding(**before)),
                        dt.date.fromisoformat(since))[0]


def test_what_is_new_since_last_week():
    assert changed({"type_only": 0.8}, {}, "2025-06-02") == (
        "New since 2 June 2025: The plan of 9 June 2025 names only a type of school, no school.")


def test_what_has_grown_since_last_week():
    said = changed({"officer_changes_1y": 0.8}, {"officer_changes_1y": 0.2})
    assert said.startswith("Further since 9 June 2025: The case officer changed once")


def test_what_has_become_less():
    assert changed({}, {"type_only": 0.8}) == (
        "Less than on 9 June 2025: the latest plan names a type of school and no school.")


def test_nothing_is_said_of_nothing_and_nothing_of_the_family():
    assert changed({"type_only": 0.85}, {"type_only": 0.8}) == ""
    assert changed({"family_messages_90d": 2.0, "solicitor_1y": 3.0}, {}) == ""


# --- words ------------------------------------------------------------------------------------------------------------

CAUSAL = (r"because", r"due to", r"caused?", r"causing", r"drives?", r"driven", r"leads? to", r"led to", r"prevents?",
          r"will reduce", r"results? in", r"thanks to")
OF_FAMILIES = (r"difficult (parent|famil|mother|father)", r"aggressive", r"vexatious", r"demanding", r"hostile", r"litigious",
               r"articulate", r"pushy", r"unreasonable", r"persistent", r"hard to reach", r"vocal", r"middle[- ]class",
               r"kick up", r"complain(s|ing|er)s?\b")
RESISTING = (r"discourag", r"deter\b", r"dissuad", r"avoid (an|the) appeal", r"defend", r"delay the", r"wait (for|until) the "
             r"(window|time)", r"withdraw the appeal", r"oppose", r"resist")


def everything_said() -> list[tuple[str, str]]:
    texts = [(f"feature {feature.name}", text) for feature in STANDARD for text in (feature.label, feature.sentence)]
    texts += [(f"duty {duty.name}", text) for duty in DUTIES for text in (duty.label, duty.sentence)]
    texts += [(f"step {step.name}", text) for step in STEPS.values() for text in (step.label, step.why, step.owner)]
    texts += [(f"band {band.name}", band.meaning) for band in BANDS]
    texts += [("heading", heading) for heading in FAMILIES.values()]
    texts += [("no reason", NO_STABLE_REASON)]
    return texts


@pytest.mark.parametrize("pattern", CAUSAL)
def test_no_text_says_that_something_makes_an_appeal(pattern):
    found = [(where, text) for where, text in everything_said() if re.search(rf"\b{pattern}\b", text, re.I)]
    assert found == []


@pytest.mark.parametrize("pattern", OF_FAMILIES)
def test_no_text_judges_a_family(pattern):
    found = [(where, text) for where, text in everything_said() if re.search(rf"\b{pattern}", text, re.I)]
    assert found == []


@pytest.mark.parametrize("pattern", RESISTING)
def test_no_step_delays_or_discourages_an_appeal(pattern):
    steps = [(step.name, text) for step in STEPS.values() for text in (step.label, step.why)]
    assert [one for one in steps if re.search(rf"\b{pattern}", one[1], re.I)] == []


def test_the_guidance_forbids_and_never_claims_a_cause():
    text = " ".join(weekly_guidance.NOT_FOR)
    assert "Not to discourage an appeal" in text and "Not to decide provision" in text
    for pattern in CAUSAL:
        assert not re.search(rf"\b{pattern}\b", text, re.I), pattern


def test_no_label_calls_a_risk_a_score():
    assert [(where, text) for where, text in everything_said() if re.search(r"\bscor", text, re.I)] == []


def test_every_coded_place_has_its_codelist():
    assert all(isinstance(codes, terms.Codelist) for codes in LABELS.values())
