"""What can be said of a decision on the day it was sent: which kind it was, and what was wrong with it by then."""

from __future__ import annotations

import numpy as np

from dispute_risk import terms
from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Flag
from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.decisions import finals, notice_facts
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import first_known_between, join_by_case, next_known
from dispute_risk.timeline.recorded import Recorded

__all__ = ["DECISION_FEATURES", "LAST_DAYS_BEFORE_DATE", "decision_facts"]

LAST_DAYS_BEFORE_DATE = 14
"""A plan finalised in the last two of its 20 weeks was written to the date (causes table T20)."""
CHOICE_DAYS = 365
"""A school asked for longer before a plan than this belongs to an earlier one."""
ORDINARY = ("mainstream", "early_years", "post16")
"""One type for this purpose: which of them it is follows from the child's age, not from a choice refused."""


def decision_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return the latest decision, plans late or written to the date, and plans against the family's choice.

    For `History.of(casebook, more=(decision_facts,))`. Each fact about a plan holds as long as that plan is the latest.
    """
    notices = notice_facts(recorded)["notice"]
    until = next_known(notices.case, notices.happened, notices.known)
    return {
        "latest_decision": Facts.of(
            notices.case, notices.happened, notices.known, until, notices.columns, notices.labels
        ),
        **_against_the_date(recorded),
        "choice_refused_at_plan": _choice_refused(recorded),
    }


def _against_the_date(recorded: Recorded) -> dict[str, Facts]:
    """Return first final plans sent after their 20 weeks, and those sent in the last two of them."""
    case, day, known, rows = finals(recorded)
    superseded = next_known(case, day, known)
    first = np.flatnonzero(recorded.is_code("plans", "kind", "final")[rows])
    asked_case, asked_day = recorded.case("requests"), recorded.day("requests", "received_on")
    asked_known = recorded.known("requests", "received_on")
    # An exception is known from the decision on the request, as in `request_facts`.
    excused = np.where(recorded.number("requests", "exception") == 1, recorded.known("requests", "decision_sent_on"), FOREVER)
    plan, request = join_by_case(case[first], asked_case)
    plan = first[plan]
    fits = (asked_day[request] != NO_DAY) & (asked_day[request] <= day[plan])
    plan, request = plan[fits], request[fits]
    newer = first_known_between(case[plan], asked_day[request], day[plan], asked_case, asked_day, asked_known)
    due = clock("final_plan").due_on(asked_day[request])
    left = due - day[plan]

    ends = np.minimum(superseded[plan], newer)

    def some(mask: np.ndarray, until: np.ndarray) -> Facts:
        return Facts.of(
            case[plan][mask], day[plan][mask], np.maximum(known[plan], asked_known[request])[mask], until[mask],
            {"due_on": due[mask]},
        )

    return {
        "plan_late": some(left < 0, np.minimum(ends, excused[request])),
        "plan_written_to_date": some((left >= 0) & (left < LAST_DAYS_BEFORE_DATE), ends),
    }


def _choice_refused(recorded: Recorded) -> Facts:
    """Return plans that name a school other than the family asked for: another type, or one that had said no.

    A consultation counts for the first final plan after it. A school that has not answered is not counted as refused, and
    a plan that names no school is counted as that instead.
    """
    case, day, known, rows = finals(recorded)
    superseded = next_known(case, day, known)
    named = ~recorded.is_code("plans", "section_i", "type_only", "blank")[rows]
    plan_type = recorded.code("plans", "setting_type")[rows]
    chosen = np.flatnonzero(recorded.number("consultations", "preferred_by_family") == 1)
    sent, sent_known = recorded.day("consultations", "sent_on"), recorded.known("consultations", "sent_on")
    plan, asked = join_by_case(case, recorded.case("consultations")[chosen])
    asked = chosen[asked]
    gap = day[plan] - sent[asked]
    fits = (sent[asked] != NO_DAY) & (gap >= 0) & (gap <= CHOICE_DAYS) & named[plan]
    plan, asked = plan[fits], asked[fits]
    between = first_known_between(case[plan], sent[asked] - 1, day[plan] - 1, case, day, known)
    kind = recorded.code("consultations", "setting_type")[asked]
    other = (plan_type[plan] >= 0) & (kind >= 0) & (plan_type[plan] != kind)
    other &= ~(recorded.is_code("plans", "setting_type", *ORDINARY)[rows[plan]]
               & recorded.is_code("consultations", "setting_type", *ORDINARY)[asked])
    answered = recorded.day("consultations", "responded_on")[asked]
    said_no = recorded.is_code("consultations", "response", "no_cannot_meet_need", "no_full")[asked]
    refused = said_no & (answered != NO_DAY) & (answered <= day[plan]) & ~other
    since = np.maximum(known[plan], sent_known[asked])
    told = np.maximum(since, recorded.known("consultations", "responded_on")[asked])
    counts = (other | refused) & (between == FOREVER)
    return Facts.of(
        case[plan][counts], day[plan][counts], np.where(other, since, told)[counts], superseded[plan][counts],
        {"asked_on": sent[asked][counts]},
    )


def _kind(decision: str, label: str) -> Feature:
    return Feature(
        f"latest_{decision}", f"the latest appealable decision is: {label}", "window", "flag",
        "Children and Families Act 2014 s.51(2)", Flag("latest_decision", ("decision_type", decision)),
    )


DECISION_FEATURES: tuple[Feature, ...] = (
    *(_kind(decision, label) for decision, label in terms.DECISION_TYPE.labels.items()),
    Feature("plan_late", "the first final plan was sent after its 20 weeks", "delay", "flag",
            "SEND Regulations 2014 reg 13(2)", Flag("plan_late")),
    Feature("plan_written_to_date", "the first final plan was sent in the last two of its 20 weeks", "delay", "flag",
            "SEND Regulations 2014 reg 13(2); causes table T20", Flag("plan_written_to_date")),
    Feature("choice_refused_at_plan", "the latest plan names another school than the family asked for", "placement",
            "flag", "Children and Families Act 2014 s.39; causes table T9", Flag("choice_refused_at_plan")),
)
"""Columns of decision rows beside those of the standard catalogue."""
