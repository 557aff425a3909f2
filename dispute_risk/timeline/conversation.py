"""What passed between the authority and the family: messages, replies, silences, complaints."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.days import NO_DAY
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.recorded import Recorded

__all__ = ["complaint_facts", "contact_facts"]

TWO_WEEKS = 14
EXPECTS_A_REPLY = ("email", "phone", "letter", "text")


def contact_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return messages from the family, those unanswered, our messages to them, meetings, and advocates."""
    case, on = recorded.case("contacts"), recorded.day("contacts", "happened_on")
    known = recorded.known("contacts", "happened_on")
    replied, replied_known = recorded.day("contacts", "replied_on"), recorded.known("contacts", "replied_on")
    incoming = recorded.is_code("contacts", "direction", "in")
    family = recorded.is_code("contacts", "party", "family")
    message = incoming & family & recorded.is_code("contacts", "channel", *EXPECTS_A_REPLY)
    answered = message & (replied != NO_DAY)
    channel, labels = recorded.code("contacts", "channel"), {"channel": recorded.labels("contacts", "channel")}

    def some(mask: np.ndarray) -> Facts:
        return Facts.of(case[mask], on[mask], known[mask], None, {"channel": channel[mask]}, labels)

    outgoing = ~incoming & recorded.is_code("contacts", "direction", "out") & family
    return {
        "family_message": some(message),
        "unanswered": Facts.of(case[message], on[message], known[message],
                               np.maximum(replied_known, known)[message], {"channel": channel[message]}, labels),
        # A message waits too long from the 15th day on; five working days are what families are told to expect (Surrey task
        # group 2(a)(iii)), so that two weeks is no strict measure.
        "unanswered_two_weeks": Facts.of(
            case[message], on[message], np.maximum(known[message], on[message] + TWO_WEEKS + 1),
            np.maximum(replied_known, known)[message], {"channel": channel[message]}, labels,
        ),
        "reply": Facts.of(
            case[answered], replied[answered], np.maximum(replied_known, known)[answered], None,
            {"reply_days": (replied - on)[answered].astype(np.float64), "asked_on": on[answered]},
        ),
        "we_wrote": Facts.of(
            np.concatenate([case[outgoing], case[answered]]),
            np.concatenate([on[outgoing], replied[answered]]),
            np.concatenate([known[outgoing], np.maximum(replied_known, known)[answered]]),
        ),
        "met_family": some(family & recorded.is_code("contacts", "channel", "face_to_face")),
        "school_message": some(incoming & recorded.is_code("contacts", "party", "school")),
        "solicitor": some(recorded.is_code("contacts", "party", "solicitor")),
        "elected_member": some(recorded.is_code("contacts", "party", "elected_member")),
        "advice_service": some(recorded.is_code("contacts", "party", "advice_service")),
    }


def complaint_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return complaints, those still open, and those upheld."""
    case, on = recorded.case("complaints"), recorded.day("complaints", "received_on")
    known = recorded.known("complaints", "received_on")
    answered, answered_known = recorded.day("complaints", "responded_on"), recorded.known("complaints", "responded_on")
    columns = {"theme": recorded.code("complaints", "theme")}
    labels = {"theme": recorded.labels("complaints", "theme")}
    upheld = (recorded.number("complaints", "upheld") == 1) & (answered != NO_DAY)
    return {
        "complaint": Facts.of(case, on, known, None, columns, labels),
        "complaint_open": Facts.of(case, on, known, np.maximum(answered_known, known), columns, labels),
        "complaint_upheld": Facts.of(
            case[upheld], answered[upheld], np.maximum(answered_known, known)[upheld], None,
            {"theme": columns["theme"][upheld]}, labels,
        ),
    }
