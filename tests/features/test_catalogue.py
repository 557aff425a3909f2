"""The catalogue: every feature can be read, disputed and traced, and none tells who the family is."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pytest
from casebooks import one_case, random_casebook

import dispute_risk.features as features
from dispute_risk.explain.reasons import LABELS
from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD, as_markdown, as_table
from dispute_risk.features.declare import FAMILIES, NEVER_A_CAUSE, Catalogue, Feature
from dispute_risk.features.searches import Searches
from dispute_risk.features.verbs import Count, OfCase
from dispute_risk.records.tables import TABLES
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.triage.breach_index import DUTIES, facts_of

ALWAYS_SAID = {"value", "days", "times", "on"}
each_feature = pytest.mark.parametrize("feature", list(STANDARD), ids=STANDARD.names)


def places_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.fixture(scope="module")
def searches() -> Searches:
    return Searches(History.of(one_case()))


def test_the_size_that_a_person_can_still_read():
    assert 60 <= len(STANDARD) <= 110
    assert len(set(STANDARD.names)) == len(STANDARD)


@each_feature
def test_a_feature_can_be_read_and_disputed(feature):
    assert feature.label and feature.source and feature.verb is not None
    assert not feature.label.endswith(".") and feature.label == feature.label.strip()
    assert feature.name == feature.name.lower() and " " not in feature.name
    # a count or a flag of nothing is 0; what can be blank says what a blank means
    if feature.unit == "days":
        assert feature.blank or type(feature.verb).__name__ == "DaysCovered"


@each_feature
def test_every_place_in_a_sentence_is_filled_by_the_fact_it_cites(feature, searches):
    facts = feature.verb.facts_for(searches)
    columns = set(facts.columns) if facts is not None else set()
    places = places_of(feature.sentence)
    assert places <= ALWAYS_SAID | columns
    if "days" in places:
        assert feature.unit == "days", "{days} is said of a feature in days only"
    if facts is None:
        assert "on" not in places
    # a coded column is said in words, which needs its codelist
    assert {name for name in places & columns if name in facts.labels} <= set(LABELS)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_every_place_in_the_sentence_of_a_duty_is_filled(duty, searches):
    facts = facts_of(searches.history, duty)
    assert duty.sentence and places_of(duty.sentence) <= {"on", "days"} | set(facts.columns)


@each_feature
def test_what_can_be_shown_as_a_reason_has_a_sentence(feature):
    if feature.actionable:
        assert feature.sentence.endswith(".")


def test_delay_and_what_is_not_fixed_by_law_carry_no_direction():
    assert {feature.name for feature in STANDARD if feature.family == "delay" and feature.direction} == set()
    assert {feature.name for feature in STANDARD if feature.voice and feature.direction} == set()
    days = [feature.name for feature in STANDARD if feature.unit == "days" and feature.direction]
    assert days == [], "days of any delay carry no direction (methods 2.1)"


def test_sex_ethnicity_language_and_deprivation_cannot_reach_a_feature():
    """The audited columns change nothing; were one read anywhere, one of these features would move."""
    records = random_casebook(5)
    audited = [(table.name, column.name) for table in TABLES for column in table if column.audit_only]
    assert {name for _, name in audited} == {"sex", "ethnicity", "home_language_not_english", "deprivation_decile"}
    tables = {name: frame.copy() for name, frame in records.tables.items()}
    rng = np.random.default_rng(0)
    for table, column in audited:
        tables[table][column] = tables[table][column].sample(frac=1, random_state=int(rng.integers(99))).to_numpy()
        assert not tables[table][column].equals(records.tables[table][column])
    before, after = History.of(records), History.of(records.with_tables(tables))
    rows = Snapshots.of(np.arange(len(before.case_id)), int(before.last_day) - 300)
    assert build_features(before, rows, STANDARD).equals(build_features(after, rows, STANDARD))
    assert set(before.attributes) == {"born", "looked_after", "primary_need"}


def test_features_of_the_child_are_those_the_law_tells_apart():
    used = {feature.verb.attribute for feature in STANDARD if isinstance(feature.verb, OfCase)}
    assert used == {"primary_need", "looked_after"}


def test_all_that_tells_how_loudly_a_family_speaks_is_in_the_voice_group():
    spoken = {"solicitor", "elected_member", "advice_service", "complaint", "complaint_open", "complaint_upheld"}
    for feature in STANDARD:
        if spoken & set(feature.verb.needs()):
            assert feature.voice, feature.name
        if feature.family == "voice":
            assert feature.voice, feature.name
    named = {feature.name for feature in STANDARD if feature.voice}
    assert {"family_messages_90d", "family_messages_1y", "requested_by_parent"} <= named
    without = STANDARD.without_voice()
    assert set(STANDARD.names) - set(without.names) == named
    assert not any(spoken & set(feature.verb.needs()) for feature in without)


def test_a_request_by_the_parent_is_a_sign_of_voice_wherever_it_is_counted():
    without = STANDARD.without_voice()
    assert not [feature.name for feature in without if getattr(feature.verb, "where", None) == ("source", "parent")]
    # messages are counted without the voice group only where they show that we did not answer
    counted = [feature.name for feature in without if "family_message" in feature.verb.needs()]
    assert counted == ["messages_since_we_wrote"]


def test_what_tells_who_a_family_is_can_never_be_acted_on():
    for feature in STANDARD:
        assert not (feature.actionable and feature.family in NEVER_A_CAUSE), feature.name
        if feature.voice:
            assert feature.family in NEVER_A_CAUSE, feature.name


def test_the_page_is_the_one_that_the_declarations_give():
    page = Path(features.__file__).parent / "CATALOGUE.md"
    assert page.read_text(encoding="utf-8") == as_markdown(STANDARD), (
        "CATALOGUE.md is out of date: write it anew with `dispute-risk features --write`")


def test_the_page_names_every_feature_and_marks_advocacy():
    page = as_markdown(STANDARD)
    assert all(f"| `{name}`" in page for name in STANDARD.names)
    assert "`solicitor_1y` (advocacy)" in page
    assert all(f"## {FAMILIES[family]}" in page for family in {feature.family for feature in STANDARD})


def test_a_row_says_all_there_is_to_dispute():
    row = next(one for one in as_table(STANDARD) if one["name"] == "ep_missing_at_plan")
    assert row["family"] == "Missing professional advice" and row["acted_on"] == "yes" and row["advocacy"] == "no"
    assert "reg 6(1)" in row["source"] and row["direction"] == "more cannot make a dispute less likely"


def test_a_declaration_with_a_mistake_is_refused():
    with pytest.raises(ValueError, match="family 'delays' is not one of"):
        Feature("late", "late", "delays", "days", "records")
    with pytest.raises(ValueError, match="unit 'weeks' is not one of"):
        Feature("late", "late", "delay", "weeks", "records")
    with pytest.raises(ValueError, match="direction 2"):
        Feature("late", "late", "delay", "days", "records", direction=2)
    one = Feature("late", "late", "delay", "days", "records", Count("request"))
    with pytest.raises(ValueError, match="declared twice: late"):
        Catalogue((one, one))
    with pytest.raises(KeyError, match="no feature early"):
        Catalogue((one,))["early"]
