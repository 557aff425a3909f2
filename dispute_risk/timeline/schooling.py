"""Where the child is and where the child should be: placements, schools consulted, panels."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.decisions import finals
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import join_by_case, next_known
from dispute_risk.timeline.recorded import Recorded

__all__ = ["consultation_facts", "ended", "panel_facts", "placement_facts"]

SPECIALIST = ("special", "independent", "resourced_mainstream", "eotas")
CHOICE_DAYS = 365
"""A school consulted longer before a plan than this is taken to belong to an earlier one."""
OUT_OF_SCHOOL = ("none", "alternative_provision")
"""Home education is left out: parents may choose it lawfully, and the record does not say whether they did."""


def ended(recorded: Recorded, name: str) -> np.ndarray:
    """Return the first day on which a spell (`from_on` to `to_on`, both inclusive) was known to be over."""
    last, last_known = recorded.day(name, "to_on"), recorded.known(name, "to_on")
    return np.where(last == NO_DAY, FOREVER, np.maximum(last_known, last + 1)).astype(np.int32)


def placement_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return the present placement, and whether it is the type that was agreed."""
    case, start = recorded.case("placements"), recorded.day("placements", "from_on")
    known = recorded.known("placements", "from_on")
    until = np.minimum(ended(recorded, "placements"), next_known(case, start, known))
    actual, agreed = recorded.code("placements", "setting_type"), recorded.code("placements", "agreed_type")
    labels = {name: recorded.labels("placements", name) for name in ("setting_type", "agreed_type")}
    differs = recorded.is_code("placements", "agreed_type", *SPECIALIST) & (actual != agreed) & (actual >= 0)
    columns = {"setting_type": actual, "agreed_type": agreed}
    every = Facts.of(case, start, known, until, columns, labels)

    def some(mask: np.ndarray) -> Facts:
        picked = {name: values[mask] for name, values in columns.items()}
        return Facts.of(case[mask], start[mask], known[mask], until[mask], picked, labels)

    return {
        "placement": every,
        "placement_differs": some(differs),
        "out_of_school": some(recorded.is_code("placements", "setting_type", *OUT_OF_SCHOOL)),
    }


def consultation_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return schools consulted: asked, not answered in 15 days, refused, and the family's choice refused."""
    case, sent = recorded.case("consultations"), recorded.day("consultations", "sent_on")
    sent_known = recorded.known("consultations", "sent_on")
    answered = recorded.day("consultations", "responded_on")
    answered_known = np.maximum(recorded.known("consultations", "responded_on"), sent_known)
    refused = recorded.is_code("consultations", "response", "no_cannot_meet_need", "no_full") & (answered != NO_DAY)
    chosen = recorded.number("consultations", "preferred_by_family") == 1
    columns = {"setting_type": recorded.code("consultations", "setting_type"),
               "response": recorded.code("consultations", "response"), "sent_on": sent}
    labels = {name: recorded.labels("consultations", name) for name in ("setting_type", "response")}

    def refusals(mask: np.ndarray) -> Facts:
        picked = {name: values[mask] for name, values in columns.items()}
        return Facts.of(case[mask], answered[mask], answered_known[mask], None, picked, labels)

    return {
        "consultation": Facts.of(case, sent, sent_known, None, columns, labels),
        "consultation_unanswered": Facts.of(
            case, sent, sent_known, recorded.known("consultations", "responded_on"),
            {"due_on": clock("school_consultation").due_on(sent)},
        ),
        "preference_not_followed": _preference_not_followed(recorded),
        "consultation_refused": refusals(refused),
        "choice_refused": refusals(refused & chosen),
    }


def _preference_not_followed(recorded: Recorded) -> Facts:
    """Return final plans that do not follow the family's choice of school, while each is the latest plan.

    The school the family asked for, consulted in the year before the plan, had said no or had not answered when the plan
    was finalised, or the plan names another type of setting than that school's (Children and Families Act 2014 s.39).
    """
    plan_case, plan_day, plan_known, rows = finals(recorded)
    plan_type = recorded.code("plans", "setting_type")[rows]
    superseded = next_known(plan_case, plan_day, plan_known)
    chosen = np.flatnonzero(recorded.number("consultations", "preferred_by_family") == 1)
    sent, sent_known = recorded.day("consultations", "sent_on"), recorded.known("consultations", "sent_on")
    plan, asked = join_by_case(plan_case, recorded.case("consultations")[chosen])
    asked = chosen[asked]
    gap = plan_day[plan] - sent[asked]
    fits = (sent[asked] != NO_DAY) & (gap >= 0) & (gap <= CHOICE_DAYS)
    plan, asked = plan[fits], asked[fits]
    kind = recorded.code("consultations", "setting_type")[asked]
    answered, answered_known = recorded.day("consultations", "responded_on"), recorded.known("consultations", "responded_on")
    in_time = (answered[asked] != NO_DAY) & (answered[asked] <= plan_day[plan])
    refused = in_time & recorded.is_code("consultations", "response", "no_cannot_meet_need", "no_full")[asked]
    other_type = (plan_type[plan] >= 0) & (kind >= 0) & (plan_type[plan] != kind)
    known = np.maximum(plan_known[plan], sent_known[asked])
    # Three ways in which the choice was not followed, each known from a day of its own; an answer recorded late ends the
    # belief that there was none.
    ways = (
        (other_type, known, superseded[plan]),
        (refused, np.maximum(known, answered_known[asked]), superseded[plan]),
        (~other_type, known, np.where(in_time, np.minimum(superseded[plan], answered_known[asked]), superseded[plan])),
    )
    return Facts.of(
        np.concatenate([plan_case[plan][mask] for mask, _, _ in ways]),
        np.concatenate([plan_day[plan][mask] for mask, _, _ in ways]),
        np.concatenate([since[mask] for mask, since, _ in ways]),
        np.concatenate([until[mask] for mask, _, until in ways]),
        {"asked_on": np.concatenate([sent[asked][mask] for mask, _, _ in ways])},
    )


def panel_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return panel items, with those deferred, not agreed, reversed and taken on incomplete papers."""
    case, on = recorded.case("panels"), recorded.day("panels", "panel_on")
    known = recorded.known("panels", "panel_on")
    columns = {name: recorded.code("panels", name) for name in ("question", "result")}
    labels = {name: recorded.labels("panels", name) for name in columns}

    def some(mask: np.ndarray) -> Facts:
        picked = {name: values[mask] for name, values in columns.items()}
        return Facts.of(case[mask], on[mask], known[mask], None, picked, labels)

    return {
        "panel": some(np.ones(len(case), bool)),
        "panel_deferred": some(recorded.is_code("panels", "result", "deferred")),
        "panel_not_agreed": some(recorded.is_code("panels", "result", "not_agreed")),
        "panel_reversed": some(recorded.number("panels", "reverses_earlier") == 1),
        "panel_papers_incomplete": some(recorded.number("panels", "papers_complete") == 0),
    }
