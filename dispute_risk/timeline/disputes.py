"""Disputes themselves: appeals, approaches about mediation, and which cases are already in dispute."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import NO_DAY, add_months
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.working_days import next_working_day

__all__ = ["REGISTRATION_DAYS", "dispute_facts"]

REGISTRATION_DAYS = 28
"""Allowance between the last day to lodge an appeal and the authority's record of its registration (methods 1.3)."""


def dispute_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return appeals registered and closed, pilot offers, mediation held, and spells in dispute.

    *In dispute* means an appeal lodged or registered and not ended, or a mediation adviser contacted or a certificate
    issued about a decision that can still be appealed. Those cases are always shown and never given a risk.
    """
    case = recorded.case("appeals")
    registered, registered_known = recorded.day("appeals", "registered_on"), recorded.known("appeals", "registered_on")
    ended, ended_known = recorded.day("appeals", "outcome_on"), recorded.known("appeals", "outcome_on")
    sent_known = np.minimum(recorded.known("appeals", "lodged_on"), registered_known)
    sent = _earlier(recorded.day("appeals", "lodged_on"), registered)
    closed = ended != NO_DAY
    about, about_known, over = _mediation_spells(recorded)
    talked = recorded.case("mediations")
    twice = np.concatenate([talked, talked])
    held = recorded.day("mediations", "held_on")
    return {
        "appeal": Facts.of(case, registered, registered_known),
        "appeal_open": Facts.of(
            case, registered, registered_known, np.maximum(ended_known, registered_known),
            {name: recorded.day("appeals", name) for name in ("response_due_on", "hearing_on")},
        ),
        "appeal_closed": Facts.of(case[closed], ended[closed], np.maximum(ended_known, registered_known)[closed]),
        "mediation_held": Facts.of(talked, held, recorded.known("mediations", "held_on")),
        "pilot_offer": Facts.of(
            talked, recorded.day("mediations", "offered_on"), recorded.known("mediations", "offered_on")
        ),
        "in_dispute": Facts.of(
            np.concatenate([case, twice]),
            np.concatenate([sent, about]),
            np.concatenate([sent_known, about_known]),
            np.concatenate([np.maximum(ended_known, sent_known), over]),
            {"appeal": np.concatenate([np.ones(len(case), np.int16), np.zeros(len(twice), np.int16)])},
            {"appeal": ["mediation adviser contacted or certificate issued", "appeal lodged"]},
        ),
    }


def _earlier(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the earlier of two days, or the one that is recorded."""
    return np.where(one == NO_DAY, other, np.where(other == NO_DAY, one, np.minimum(one, other)))


def _mediation_spells(recorded: Recorded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return day, day known and day over of each spell in which an approach by the family may still end in an appeal.

    Two months from contact with the adviser (the notice is no younger than that) and one month from a certificate, each
    with the time a registration takes. The two are spells of their own, so that each counts from when it was known.
    """
    spells = []
    for column, months in (("requested_on", clock("contact_mediation_adviser").months), ("certificate_on", 1)):
        day = recorded.day("mediations", column)
        over = next_working_day(add_months(day, months)) + REGISTRATION_DAYS + 1
        spells.append((day, recorded.known("mediations", column), over))
    day, known, over = (np.concatenate(column) for column in zip(*spells, strict=True))
    return day, known, over
