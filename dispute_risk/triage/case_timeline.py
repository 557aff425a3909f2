"""What happened in a case, in the order of the dates and in words, with the duties not met in time marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dispute_risk import terms
from dispute_risk.explain.reasons import filled
from dispute_risk.explain.words import days_in_words
from dispute_risk.timeline.days import NO_DAY, to_date
from dispute_risk.timeline.facts import Facts
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["SAID", "case_timeline"]


@dataclass(frozen=True)
class _Said:
    """How facts of one kind are said; only the latest of them where a case has many."""

    sentence: str
    latest_only: bool = False
    late: bool = False


SAID: dict[str, _Said] = {
    "opened": _Said("File opened."),
    "request": _Said("Request for an assessment, from {source}."),
    "advice_asked": _Said("{kind} advice asked for."),
    "advice_arrived_late": _Said("{kind} advice arrived; it was due on {due_on}.", late=True),
    "plan_without_advice": _Said("Plan finalised without the {kind} advice asked for on {asked_on}.", late=True),
    "advice_not_cited": _Said("{kind} advice arrived; the plan that followed does not use it.", late=True),
    "decided_late": _Said("Decision whether to assess sent; it was due on {due_on}.", late=True),
    "notice": _Said("Decision that can be appealed until {closes_on}: {decision_type}."),
    "draft_waiting": _Said("Draft plan sent, no final plan since."),
    "plan_made": _Said("Final plan ({section_i})."),
    "panel": _Said("Panel on {question}: {decided}."),
    "placement": _Said("Placement: {setting_type}."),
    "consultation_refused": _Said("A school consulted on {sent_on} said no."),
    "officer_change": _Said("The case officer changed."),
    "review_meeting": _Said("Review meeting."),
    "review_decided_late": _Said("Review decided; the decision was due on {due_on}.", late=True),
    "complaint": _Said("Complaint about {theme}."),
    "met_family": _Said("We met the family."),
    "mediation_held": _Said("Mediation held."),
    "in_dispute": _Said("In dispute: {appeal}."),
    "appeal": _Said("Appeal registered."),
    "appeal_closed": _Said("Appeal ended."),
    "we_wrote": _Said("We last wrote to the family.", latest_only=True),
    "family_message": _Said("The family last wrote or called ({channel}).", latest_only=True),
}
"""The kinds of fact in a timeline and how each is said. Lines name no person."""

STILL_DUE: dict[str, str] = {
    "duty_decide_to_assess": "Decision whether to assess was due; not sent",
    "duty_final_plan": "Final plan was due; not sent",
    "duty_advice": "{kind} advice was due; not arrived",
    "duty_review": "Yearly review was due; not held",
    "duty_review_decision": "Decision after the review was due; not sent",
    "duty_amended_plan": "Final amended plan was due; not sent",
    "duty_phase_transfer": "The plan was to name the next school; it does not",
}
"""Duties whose date has passed, said on the day they were due."""


STILL_DUE_DAYS = 730
"""What was due longer ago is a matter for a review of the file; plans and reviews have overtaken it."""


def case_timeline(now: OpenCases, row: int) -> list[dict[str, Any]]:
    """Return the lines of one case, the earliest first.

    Parameters
    ----------
    now : OpenCases
    row : int

    Returns
    -------
    list of dict
        `on` (date), `said` (str), `broken` (bool, a duty not met in time).
    """
    case, on = int(now.rows.case[row]), int(now.rows.on[row])
    lines = []
    for name, said in SAID.items():
        facts = now.searches.history.facts[name]
        places = _known(facts, case, on, name == "draft_waiting", said.late)
        for place in places[-1:] if said.latest_only else places:
            lines.append((int(facts.happened[place]), said.late, _sentence(said.sentence, facts, int(place))))
    for name, sentence in STILL_DUE.items():
        facts = now.searches.history.facts[name]
        for place in _known(facts, case, on, True, True):
            due = int(facts.columns["due_on"][place])
            if due != NO_DAY and 0 < on - due <= STILL_DUE_DAYS:
                lines.append((due, True, f"{_sentence(sentence, facts, int(place))} in {days_in_words(on - due)}."))
    return [{"on": to_date(day), "said": text, "broken": late} for day, late, text in sorted(set(lines))]


def _sentence(sentence: str, facts: Facts, place: int) -> str:
    decided = facts.label("result", place) if "result" in facts.labels else ""
    said = filled(sentence, facts, place, np.nan, {"decided": terms.PANEL_RESULT.label(decided) if decided else "not recorded"})
    return said.replace(", from not recorded", "")


def _known(facts: Facts, case: int, on: int, held: bool, not_families: bool) -> np.ndarray:
    """Return the facts of a case that were known on a day, and still held where that is asked, by when they happened.

    What a family itself was asked to send and did not is no duty that the authority left unmet.
    """
    start, stop = np.searchsorted(facts.case, [case, case + 1])
    places = np.arange(start, stop)
    places = places[facts.known[places] <= on]
    if held:
        places = places[facts.until[places] > on]
    if "kind" in facts.labels and not_families:
        places = places[[facts.label("kind", place) != "parent" for place in places]]
    return places[np.argsort(facts.happened[places], kind="stable")]
