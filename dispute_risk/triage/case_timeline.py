"""What happened in a case, in the order of the dates and in words, with the duties not met in time marked."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np

from dispute_risk import terms
from dispute_risk.explain.reasons import filled
from dispute_risk.explain.words import days_in_words
from dispute_risk.timeline.days import NO_DAY, to_date
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["SAID", "case_timeline", "case_timelines"]


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
    """Return the lines of one case, the earliest first; see `case_timelines`."""
    return case_timelines(now, np.array([row]))[row]


def case_timelines(now: OpenCases, rows: np.ndarray) -> dict[int, list[dict[str, Any]]]:
    """Return the lines of some cases by row, the earliest first, looked up together.

    Parameters
    ----------
    now : OpenCases
    rows : ndarray of int

    Returns
    -------
    dict of int to list of dict
        `on` (date), `said` (str), `broken` (bool, a duty not met in time).
    """
    rows = np.unique(rows)
    lines: list[list[tuple[int, bool, str]]] = [[] for _ in rows]
    cases = now.rows.take(rows)
    for name, said in SAID.items():
        facts = now.searches.history.facts[name]
        owner, places = _known(facts, cases, name == "draft_waiting", said.late)
        if said.latest_only:
            last = np.append(np.diff(owner) != 0, True)[: len(owner)]
            owner, places = owner[last], places[last]
        days = facts.happened[places].tolist()
        for mine, day, text in zip(owner.tolist(), days, _sentences(said.sentence, facts, places), strict=True):
            lines[mine].append((day, said.late, text))
    for name, sentence in STILL_DUE.items():
        facts = now.searches.history.facts[name]
        owner, places = _known(facts, cases, True, True)
        due = facts.columns["due_on"][places].astype(np.int64)
        over = cases.on[owner] - due
        told = (due != NO_DAY) & (over > 0) & (over <= STILL_DUE_DAYS)
        owner, places, due, over = owner[told], places[told], due[told], over[told]
        for mine, day, days_over, text in zip(owner.tolist(), due.tolist(), over.tolist(),
                                              _sentences(sentence, facts, places), strict=True):
            lines[mine].append((day, True, f"{text} in {days_in_words(days_over)}."))
    return {row: [{"on": to_date(day), "said": text, "broken": late} for day, late, text in sorted(set(mine))]
            for row, mine in zip(rows.tolist(), lines, strict=True)}


def _sentences(sentence: str, facts: Facts, places: np.ndarray) -> list[str]:
    """Return what is said of each fact; many facts have the same to say, and it is put into words once."""
    asked = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    columns = {name: values for name, values in facts.columns.items()
               if name in asked or (name == "result" and "decided" in asked)}
    told = Facts(facts.case, facts.happened, facts.known, facts.until, columns, facts.labels)
    known: dict[tuple[Any, ...], str] = {}
    found = []
    values = [column[places].tolist() for column in columns.values()]
    for place, *said in zip(places.tolist(), *values, strict=True):
        same = tuple(said)
        if same not in known:
            known[same] = _sentence(sentence, told, place)
        found.append(known[same])
    return found


def _sentence(sentence: str, facts: Facts, place: int) -> str:
    decided = facts.label("result", place) if "result" in facts.columns else ""
    said = filled(sentence, facts, place, np.nan, {"decided": terms.PANEL_RESULT.label(decided) if decided else "not recorded"})
    return said.replace(", from not recorded", "")


def _known(facts: Facts, cases: Snapshots, held: bool, not_families: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the facts of cases that were known on their day, and still held where that is asked, by when they happened.

    Each fact with the place of its case among those given. What a family itself was asked to send and did not is no duty
    that the authority left unmet.
    """
    # Of the kind of the column: a search for wider numbers would copy the whole of it first.
    asked = cases.case.astype(facts.case.dtype)
    start, stop = np.searchsorted(facts.case, asked), np.searchsorted(facts.case, asked, "right")
    count = stop - start
    owner = np.repeat(np.arange(len(count)), count)
    places = np.arange(len(owner)) + np.repeat(start - np.cumsum(count) + count, count)
    told = facts.known[places] <= cases.on[owner]
    if held:
        told &= facts.until[places] > cases.on[owner]
    if "kind" in facts.labels and not_families:
        families = [number for number, code in enumerate(facts.labels["kind"]) if code == "parent"]
        told &= ~np.isin(facts.columns["kind"][places], families)
    owner, places = owner[told], places[told]
    order = np.lexsort((facts.happened[places], owner))
    return owner[order], places[order]
