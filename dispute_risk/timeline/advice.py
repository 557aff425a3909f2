"""Professional advice: asked for, still outstanding, missing when the plan was finalised, received and not used."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.decisions import finals
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import first_known_between, join_by_case, next_known
from dispute_risk.timeline.recorded import Recorded

__all__ = ["advice_facts"]

ASKED_FOR_THIS_PLAN_DAYS = 550
"""Advice asked for longer before a plan than this is taken to belong to an earlier one."""


def advice_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return advice asked for, outstanding, missing at the final plan, and received but not used."""
    case = recorded.case("advice")
    asked, asked_known = recorded.day("advice", "requested_on"), recorded.known("advice", "requested_on")
    arrived, arrived_known = recorded.day("advice", "received_on"), recorded.known("advice", "received_on")
    kind, labels = recorded.code("advice", "kind"), {"kind": recorded.labels("advice", "kind")}
    due = clock("advice").due_on(asked)
    columns = {"kind": kind, "due_on": due}
    late = (arrived > due) & (arrived_known < FOREVER)
    return {
        "advice_asked": Facts.of(case, asked, asked_known, None, columns, labels),
        "duty_advice": Facts.of(case, asked, asked_known, arrived_known, columns, labels),
        "advice_arrived_late": Facts.of(
            case[late], arrived[late], np.maximum(arrived_known, asked_known)[late], None,
            {"kind": kind[late], "asked_on": asked[late], "due_on": due[late]}, labels,
        ),
        "plan_without_advice": _missing_at_plan(recorded),
        "advice_not_cited": _not_cited(recorded),
    }


def _missing_at_plan(recorded: Recorded) -> Facts:
    """Return each advice asked for and not arrived when a plan was finalised, while that plan is the latest.

    Where the report turns out to have arrived in time and was only recorded late, the fact ends on the day of
    recording: the authority believed it missing until then.
    """
    case = recorded.case("advice")
    asked, asked_known = recorded.day("advice", "requested_on"), recorded.known("advice", "requested_on")
    arrived, arrived_known = recorded.day("advice", "received_on"), recorded.known("advice", "received_on")
    plan_case, plan_day, plan_known, _ = finals(recorded)
    superseded = next_known(plan_case, plan_day, plan_known)
    plan, one = join_by_case(plan_case, case)
    waited = plan_day[plan] - asked[one]
    fits = (asked[one] != NO_DAY) & (waited >= 0) & (waited <= ASKED_FOR_THIS_PLAN_DAYS)
    plan, one = plan[fits], one[fits]
    in_time = (arrived[one] != NO_DAY) & (arrived[one] <= plan_day[plan])
    until = np.minimum(superseded[plan], np.where(in_time, arrived_known[one], FOREVER))
    return Facts.of(
        plan_case[plan],
        plan_day[plan],
        np.maximum(plan_known[plan], asked_known[one]),
        until,
        {"kind": recorded.code("advice", "kind")[one], "asked_on": asked[one]},
        {"kind": recorded.labels("advice", "kind")},
    )


def _not_cited(recorded: Recorded) -> Facts:
    """Return advice that the plan which followed does not use, while that plan is the latest."""
    unused = np.flatnonzero(recorded.number("advice", "cited_in_plan") == 0)
    case = recorded.case("advice")[unused]
    asked = recorded.day("advice", "requested_on")[unused]
    arrived = recorded.day("advice", "received_on")[unused]
    row_known = np.maximum(recorded.known("advice", "received_on"), recorded.known("advice", "requested_on"))[unused]
    plan_case, plan_day, plan_known, _ = finals(recorded)
    superseded = next_known(plan_case, plan_day, plan_known)
    plan, one = join_by_case(plan_case, case)
    fits = (asked[one] != NO_DAY) & (plan_day[plan] >= asked[one])
    plan, one = plan[fits], one[fits]
    # Only the first plan after the request counts: a later one stands for it until the first is recorded.
    earlier = first_known_between(plan_case[plan], asked[one] - 1, plan_day[plan] - 1, plan_case, plan_day, plan_known)
    return Facts.of(
        case[one], arrived[one], np.maximum(row_known[one], plan_known[plan]),
        np.minimum(superseded[plan], earlier),
        {"kind": recorded.code("advice", "kind")[unused][one], "asked_on": asked[one]},
        {"kind": recorded.labels("advice", "kind")},
    )
