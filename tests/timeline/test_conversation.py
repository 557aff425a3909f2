"""Messages, replies, silences and complaints, as they were known on each day."""

import pytest
from casebooks import held_on, one_case, told_on

from dispute_risk.timeline.history import History


def contact(**row) -> History:
    row = {"happened_on": "2025-02-03", "direction": "in", "channel": "email", "party": "family", **row}
    return History.of(one_case(contacts=[row]))


def test_a_message_is_unanswered_until_the_reply_is_recorded():
    told = contact(replied_on="2025-02-17", replied_recorded_on="2025-02-20")
    assert held_on(told, "unanswered", "2025-02-02") == []
    assert held_on(told, "unanswered", "2025-02-03") == ["2025-02-03"]
    assert held_on(told, "unanswered", "2025-02-19") == ["2025-02-03"]
    assert held_on(told, "unanswered", "2025-02-20") == []
    assert told_on(told, "reply", "reply_days", "2025-02-20") == [14.0]
    assert held_on(told, "we_wrote", "2025-02-19") == []
    assert held_on(told, "we_wrote", "2025-02-20") == ["2025-02-17"]


def test_a_message_found_in_an_inbox_months_later_counts_from_its_recording():
    told = contact(happened_recorded_on="2025-07-01", replied_on="2025-02-17")
    assert held_on(told, "family_message", "2025-06-30") == []
    assert held_on(told, "family_message", "2025-07-01") == ["2025-02-03"]
    assert held_on(told, "unanswered", "2025-07-01") == []


@pytest.mark.parametrize(
    ("row", "asks_for_an_answer"),
    [
        ({}, True),
        ({"channel": "phone"}, True),
        ({"channel": "letter"}, True),
        ({"channel": "text"}, True),
        ({"channel": "video"}, False),
        ({"channel": "face_to_face"}, False),
        ({"direction": "out"}, False),
        ({"direction": None}, False),
        ({"party": "school"}, False),
        ({"party": None}, False),
    ],
)
def test_which_contacts_ask_for_an_answer(row, asks_for_an_answer):
    assert bool(held_on(contact(**row), "unanswered", "2025-03-03")) is asks_for_an_answer


def test_we_wrote_is_our_message_to_the_family_or_our_answer():
    assert held_on(contact(direction="out"), "we_wrote", "2025-02-03") == ["2025-02-03"]
    assert held_on(contact(direction="out", party="school"), "we_wrote", "2025-02-03") == []
    assert held_on(contact(), "we_wrote", "2025-12-01") == []


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_meeting_is_a_meeting_whoever_asked_for_it(direction):
    told = contact(channel="face_to_face", direction=direction)
    assert held_on(told, "met_family", "2025-02-03") == ["2025-02-03"]
    assert held_on(contact(channel="video"), "met_family", "2025-02-03") == []


@pytest.mark.parametrize("party", ["solicitor", "elected_member", "advice_service"])
def test_who_speaks_for_a_family_is_kept_apart(party):
    told = contact(party=party)
    assert held_on(told, party, "2025-02-03") == ["2025-02-03"]
    assert held_on(told, "family_message", "2025-02-03") == []


def test_messages_from_the_school():
    assert held_on(contact(party="school"), "school_message", "2025-02-03") == ["2025-02-03"]
    assert held_on(contact(party="school", direction="out"), "school_message", "2025-02-03") == []


def test_a_complaint_is_open_until_its_answer_is_known_and_upheld_from_then():
    told = History.of(one_case(complaints=[{
        "received_on": "2025-02-03", "theme": "delay", "responded_on": "2025-03-10",
        "responded_recorded_on": "2025-03-14", "upheld": 1}]))
    assert held_on(told, "complaint_open", "2025-03-13") == ["2025-02-03"]
    assert held_on(told, "complaint_open", "2025-03-14") == []
    assert held_on(told, "complaint_upheld", "2025-03-13") == []
    assert held_on(told, "complaint_upheld", "2025-03-14") == ["2025-03-10"]
    assert told_on(told, "complaint", "theme", "2025-12-01") == ["delay"]


@pytest.mark.parametrize("row", [{"upheld": 0, "responded_on": "2025-03-10"}, {"upheld": 1}])
def test_a_complaint_not_upheld_or_not_answered_is_not_upheld(row):
    told = History.of(one_case(complaints=[{"received_on": "2025-02-03", **row}]))
    assert held_on(told, "complaint_upheld", "2025-12-01") == []
