"""Requests, decisions and plans: what was decided, what is still awaited, and how long a decision can be appealed."""

from __future__ import annotations

import numpy as np

from dispute_risk import terms
from dispute_risk.timeline.clocks import appeal_window_closes_on, clock
from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import first_known_between, first_known_from, join_by_case, next_known
from dispute_risk.timeline.recorded import Recorded

__all__ = ["notice_facts", "plan_facts", "request_facts"]

DECISION_TYPES = list(terms.DECISION_TYPE)
NEAR_DEADLINE_DAYS = 7
"""A plan finalised this close to its 20-week date was written to the date (law.md section 6, T20)."""


def finals(recorded: Recorded) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return case, day, day known and row of every final or final amended plan."""
    mask = recorded.is_code("plans", "kind", "final", "amended_final")
    rows = np.flatnonzero(mask & (recorded.case("plans") >= 0))
    return (
        recorded.case("plans")[rows],
        recorded.day("plans", "issued_on")[rows],
        recorded.known("plans", "issued_on")[rows],
        rows,
    )


def _request_ended(recorded: Recorded) -> np.ndarray:
    """Return for each request the day from which nothing more is awaited: refused, withdrawn, or a plan made."""
    case, received = recorded.case("requests"), recorded.day("requests", "received_on")
    decided = recorded.known("requests", "decision_sent_on")
    ended = np.where(recorded.is_code("requests", "decision", "refuse", "withdrawn"), decided, FOREVER)
    turned_down = recorded.is_code("assessments", "outcome", "refuse", "withdrawn")
    refused_later = first_known_from(
        case,
        received,
        recorded.case("assessments")[turned_down],
        recorded.day("assessments", "outcome_sent_on")[turned_down],
        recorded.known("assessments", "outcome_sent_on")[turned_down],
    )
    plan_case, plan_day, plan_known, _ = finals(recorded)
    made = first_known_from(case, received, plan_case, plan_day, plan_known)
    return np.minimum(np.minimum(ended, refused_later), made).astype(np.int32)


def request_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return requests and the clocks they start: to decide in 6 weeks, to finalise in 20."""
    case, received = recorded.case("requests"), recorded.day("requests", "received_on")
    known = recorded.known("requests", "received_on")
    decided = recorded.known("requests", "decision_sent_on")
    ended = _request_ended(recorded)
    # A claimed exception lifts the date once it is known; the file keeps no earlier day for it than the decision's.
    excused = np.where(recorded.number("requests", "exception") == 1, decided, FOREVER).astype(np.int32)
    source = {"source": recorded.code("requests", "source")}
    labels = {"source": recorded.labels("requests", "source")}
    decide_by = clock("decide_to_assess").due_on(received)
    finish_by = clock("final_plan").due_on(received)
    late = (recorded.day("requests", "decision_sent_on") > decide_by) & (decided < FOREVER)
    return {
        "request": Facts.of(case, received, known, None, source, labels),
        "plan_awaited": Facts.of(case, received, known, ended, source, labels),
        "duty_decide_to_assess": Facts.of(
            case, received, known, np.minimum(decided, ended), {"due_on": decide_by}
        ),
        "duty_final_plan": Facts.of(case, received, known, np.minimum(ended, excused), {"due_on": finish_by}),
        "decided_late": Facts.of(
            case[late],
            recorded.day("requests", "decision_sent_on")[late],
            np.maximum(decided, known)[late],
            None,
            {"due_on": decide_by[late]},
        ),
    }


def plan_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return plans as they stood: the latest final plan, drafts awaiting one, and plans written to the date."""
    case, day, known, rows = finals(recorded)
    superseded = next_known(case, day, known)
    columns = {name: recorded.code("plans", name)[rows] for name in ("section_i", "setting_type", "written_by", "kind")}
    labels = {name: recorded.labels("plans", name) for name in columns}
    draft = np.flatnonzero(recorded.is_code("plans", "kind", "draft"))
    draft_case, draft_day = recorded.case("plans")[draft], recorded.day("plans", "issued_on")[draft]
    draft_known = recorded.known("plans", "issued_on")[draft]
    return {
        "plan_made": Facts.of(case, day, known, None, columns, labels),
        "latest_plan": Facts.of(case, day, known, superseded, columns, labels),
        "draft_waiting": Facts.of(
            draft_case, draft_day, draft_known, first_known_from(draft_case, draft_day, case, day, known)
        ),
        "final_near_deadline": _plan_against_request(recorded, superseded),
        "draft_time_too_short": _draft_too_short(draft_case, draft_day, draft_known, case, day, known, superseded),
    }


def _plan_against_request(recorded: Recorded, superseded: np.ndarray) -> Facts:
    """Return the first final plans issued within a week of their 20-week date, while they are the latest plan."""
    case, day, known, rows = finals(recorded)
    first = np.flatnonzero(recorded.is_code("plans", "kind", "final")[rows])
    asked_case, asked_day = recorded.case("requests"), recorded.day("requests", "received_on")
    asked_known = recorded.known("requests", "received_on")
    plan, request = join_by_case(case[first], asked_case)
    plan = first[plan]
    before = (asked_day[request] != NO_DAY) & (asked_day[request] <= day[plan])
    plan, request = plan[before], request[before]
    newer = first_known_between(case[plan], asked_day[request], day[plan], asked_case, asked_day, asked_known)
    due = clock("final_plan").due_on(asked_day[request])
    near = np.abs(day[plan] - due) <= NEAR_DEADLINE_DAYS
    return Facts.of(
        case[plan][near],
        day[plan][near],
        np.maximum(known[plan], asked_known[request])[near],
        np.minimum(superseded[plan], newer)[near],
        {"due_on": due[near], "received_on": asked_day[request][near]},
    )


def _draft_too_short(
    draft_case: np.ndarray,
    draft_day: np.ndarray,
    draft_known: np.ndarray,
    case: np.ndarray,
    day: np.ndarray,
    known: np.ndarray,
    superseded: np.ndarray,
) -> Facts:
    """Return final plans sent before the 15 days of comment on a draft were over."""
    draft, plan = join_by_case(draft_case, case)
    last_day_to_comment = clock("comment_on_draft").due_on(draft_day)
    hurried = (day[plan] > draft_day[draft]) & (day[plan] <= last_day_to_comment[draft])
    draft, plan = draft[hurried], plan[hurried]
    return Facts.of(
        case[plan],
        day[plan],
        np.maximum(known[plan], draft_known[draft]),
        superseded[plan],
        {"draft_on": draft_day[draft]},
    )


def _notices(recorded: Recorded) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return case, day sent, day known and decision type of every appealable notice (s.51(2))."""
    reassessment = recorded.is_code("requests", "kind", "reassessment")
    refused = recorded.is_code("requests", "decision", "refuse")
    parts = [
        ("requests", "decision_sent_on", refused & ~reassessment, "refuse_to_assess"),
        ("requests", "decision_sent_on", refused & reassessment, "refuse_to_reassess"),
        ("assessments", "outcome_sent_on", recorded.is_code("assessments", "outcome", "refuse"), "refuse_to_issue"),
        ("plans", "issued_on", recorded.is_code("plans", "kind", "final"), "plan_issued"),
        ("plans", "issued_on", recorded.is_code("plans", "kind", "amended_final"), "plan_amended"),
        ("reviews", "decision_sent_on", recorded.is_code("reviews", "decision", "maintain"), "refuse_to_amend"),
        ("reviews", "decision_sent_on", recorded.is_code("reviews", "decision", "cease"), "cease_to_maintain"),
    ]
    if not recorded.casebook.has("plans", "kind"):
        # Without the plans table, the review's own date of the final amended plan is the best record of the notice.
        parts.append(("reviews", "amended_final_on", recorded.day("reviews", "amended_final_on") != NO_DAY,
                      "plan_amended"))
    case = np.concatenate([recorded.case(name)[mask] for name, _, mask, _ in parts])
    day = np.concatenate([recorded.day(name, column)[mask] for name, column, mask, _ in parts])
    # A decision is a fact of its request: it is not known before the request is.
    asked = recorded.known("requests", "received_on")
    known = np.concatenate(
        [np.maximum(recorded.known(name, column), asked if name == "requests" else 0)[mask]
         for name, column, mask, _ in parts]
    )
    kind = np.concatenate(
        [np.full(int(mask.sum()), DECISION_TYPES.index(decision), np.int16) for _, _, mask, decision in parts]
    )
    return case, day, known, kind


def notice_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return appealable notices and the windows in which each can be appealed.

    A window runs from the day the notice was known to the last day on which the Tribunal may receive the appeal; a
    mediation certificate about the same kind of decision opens a further one of a month.
    """
    case, day, known, kind = _notices(recorded)
    closes = appeal_window_closes_on(day)
    labels = {"decision_type": DECISION_TYPES}
    extended = _certified_windows(recorded, case, day, known, kind)
    window = Facts.of(
        np.concatenate([case, extended[0]]),
        np.concatenate([day, extended[1]]),
        np.concatenate([known, extended[2]]),
        np.concatenate([np.where(day == NO_DAY, NO_DAY, closes + 1), extended[3] + 1]),
        {
            "decision_type": np.concatenate([kind, extended[4]]),
            "closes_on": np.concatenate([closes, extended[3]]),
        },
        labels,
    )
    return {"notice": Facts.of(case, day, known, None, {"decision_type": kind, "closes_on": closes}, labels),
            "window": window}


def _certified_windows(
    recorded: Recorded, case: np.ndarray, day: np.ndarray, known: np.ndarray, kind: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return case, day sent, day known, last day and decision type of windows that a certificate extends."""
    certified = np.flatnonzero(recorded.day("mediations", "certificate_on") != NO_DAY)
    about = recorded.code("mediations", "decision_type")[certified]
    on = recorded.day("mediations", "certificate_on")[certified]
    on_known = recorded.known("mediations", "certificate_on")[certified]
    notice, certificate = join_by_case(case, recorded.case("mediations")[certified])
    # The notice must be of the same kind and not so old that the certificate belongs to another one.
    gap = on[certificate] - day[notice]
    fits = (kind[notice] == about[certificate]) & (gap >= 0) & (gap <= 122) & (day[notice] != NO_DAY)
    notice, certificate = notice[fits], certificate[fits]
    closes = appeal_window_closes_on(day[notice], on[certificate])
    return case[notice], day[notice], np.maximum(known[notice], on_known[certificate]), closes, kind[notice]
