"""Questions answered from the records of the drawn case, each for the right reason."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from dispute_risk import terms
from dispute_risk.errors import UnknownName
from dispute_risk.tribunal.case_file import case_file
from dispute_risk.tribunal.checklist import checklist
from dispute_risk.tribunal.legal_tests import ITEMS, items_for

AS_OF = dt.date(2025, 7, 14)


@pytest.fixture
def lines(casebook):
    asked = checklist(case_file(casebook, "K1", AS_OF))
    return {line.item.code: line for line in asked.lines}


@pytest.mark.parametrize(("code", "answer", "said"), [
    # 30 December 2024 + 20 weeks = 19 May 2025; sent on 2 June, 14 days late.
    ("decision_in_time", "no", "14 days late"),
    ("exception", "no", "no exception"),
    ("advice_before_decision", "no", "speech and language advice, asked for on 3 February 2025 and not received"),
    ("advice_used", "no", "occupational therapy advice received on 1 April 2025"),
    ("advice_recent", "yes", "1 April 2025"),
    ("comment_time", "no", "11 days later"),
    ("school_named", "no", "type of school only"),
    ("family_choice_consulted", "yes", "full (30 May 2025)"),
    ("consultations_answered", "no", "1 did not answer"),
    ("named_type_said_yes", "no", "full"),
    ("mediation_offered", "yes", "offered on 5 June 2025"),
    ("spoken_since", "no", "since 11 July 2025"),
    ("family_answered", "no", "10 June 2025"),
    ("papers_complete", "not recorded", ""),
    ("section_f_specific", "not recorded", ""),
    ("notice_complete", "not recorded", ""),
])
def test_answers_from_the_records(lines, code: str, answer: str, said: str) -> None:
    assert lines[code].answer == answer
    assert said in lines[code].records.said


def test_other_grounds_are_not_asked(lines) -> None:
    assert "assess_test" not in lines and "cease_process" not in lines and "refusal_evidenced" not in lines


def test_the_officer_wins_over_the_records(casebook) -> None:
    file = case_file(casebook, "K1", AS_OF)
    line = {one.item.code: one for one in checklist(file, {"decision_in_time": "yes"}).lines}["decision_in_time"]
    assert (line.answer, line.answered_by, line.records.answer) == ("yes", "officer", "no")


def test_completed_only_when_nothing_is_left_to_ask(casebook) -> None:
    file = case_file(casebook, "K1", AS_OF)
    asked = checklist(file)
    assert not asked.completed
    answered = checklist(file, {line.item.code: "yes" for line in asked.to_ask})
    assert answered.completed and len(answered.unmet) == len(asked.unmet)


def test_advice_recorded_after_the_as_of_date_is_not_known(casebook) -> None:
    advice = casebook.tables["advice"]
    advice["received_recorded_on"] = advice["received_on"]
    advice.loc[1, ["received_on", "received_recorded_on"]] = pd.to_datetime(["2025-05-20", "2025-07-15"])
    answers = [{line.item.code: line.answer for line in checklist(case_file(casebook, "K1", day)).lines}
               for day in (AS_OF, dt.date(2025, 7, 15))]
    assert [one["advice_before_decision"] for one in answers] == ["no", "yes"]


@pytest.mark.parametrize("ground", list(terms.GROUND))
def test_every_ground_is_asked_about_the_test_itself(ground: str) -> None:
    items = items_for([ground])
    assert 10 <= len(items) <= 26
    assert any(ground in item.grounds for item in items)


def test_items_are_declared_once_with_known_codes() -> None:
    codes = [item.code for item in ITEMS]
    assert len(set(codes)) == len(codes)
    for item in ITEMS:
        assert item.source and item.verified in ("V", "V2", "practice") and item.put_right
        assert set(item.grounds) <= set(terms.GROUND)
        assert not item.cause or item.cause in terms.CAUSE
        assert item.question.endswith("?")


def test_a_case_without_an_appeal_is_named(casebook) -> None:
    with pytest.raises(UnknownName, match="K9"):
        case_file(casebook, "K9", AS_OF)
    with pytest.raises(UnknownName, match="known by 2025-06-30"):
        case_file(casebook, "K1", dt.date(2025, 6, 30))
