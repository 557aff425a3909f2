"""Act now or wait: the last day that leaves a step its time, and whether information due within days is worth waiting for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dispute_risk import terms
from dispute_risk.explain.words import count_in_words, day_in_words, risk_in_words, when_in_words
from dispute_risk.timeline.days import NO_DAY, to_date
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.pairs import active_pairs
from dispute_risk.triage.actions import Step
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["PREPARE_DAYS", "Ahead", "Timing", "ahead_of", "timing"]

PREPARE_DAYS = 14
"""A step is to be taken at least this long before the last day for an appeal, where that is still possible."""
NEXT_LIST_DAYS = 7
YEAR_DAYS = 365
HORIZON_DAYS = 182
LEAST_COUNTED = 20
"""Under this many reports of a kind in the last year, how many came in time is not said, and nothing is waited for."""

POUNDS: dict[str, float] = {"call_family": 150, "meet_family": 150, "review_decision": 150, "offer_mediation": 400}
"""What a step costs, as the bands take it (`triage.bands`); only a step with a cost can be worth holding back."""
SAVED_PER_RISK = 0.3 * 6056
"""Pounds that a step may save for each unit of risk: the reduction and the cost of a heard appeal of the bands."""

TOWARDS_A_DUTY = ("allocate_officer", "chase_advice", "complete_the_plan", "find_the_place", "issue_decision", "name_a_school")
"""Steps that work towards a decision or a plan: the date of the decision or the plan presses them."""

LAST_DAY_SAID: dict[str, str] = {"response due at the Tribunal": "the response is due at the Tribunal on"}
"""How a last date is said where "the … is" would be no English."""

DUTIES_AHEAD: dict[str, str] = {
    "duty_decide_to_assess": "the decision whether to assess is due",
    "duty_final_plan": "the final plan is due",
    "duty_review_decision": "the decision after the review is due",
    "duty_amended_plan": "the final amended plan is due",
    "duty_phase_transfer": "the next school is to be named",
}
"""Duties with a date of their own that a step can still meet in time."""


@dataclass(frozen=True)
class Ahead:
    """The dates that lie before a case.

    Parameters
    ----------
    duty_on : int
        Day number of the next date of a duty that is not broken; `NO_DAY` for none.
    duty_is : str
    advice_on : int
        Day number on which advice asked for is due, within a week; `NO_DAY` for none.
    advice_kind : str
    in_time : float
        Share of the authority's advice of that kind, due in the last year, that came in time; NaN where too few.
    """

    duty_on: int = NO_DAY
    duty_is: str = ""
    advice_on: int = NO_DAY
    advice_kind: str = ""
    in_time: float = float("nan")


@dataclass(frozen=True)
class Timing:
    """When a step is to be taken.

    Parameters
    ----------
    act_from : int
        Day number from which it makes sense: the as-of date, or the day after information is due.
    last_act : int
        Last day number that leaves the step its time; `NO_DAY` where no date presses.
    said : str
    presses : bool
        Whether it must be taken before the next list.
    """

    act_from: int
    last_act: int
    said: str
    presses: bool


def ahead_of(now: OpenCases, rows: np.ndarray) -> dict[int, Ahead]:
    """Return the dates that lie before some open cases, looked up together.

    Parameters
    ----------
    now : OpenCases
    rows : ndarray of int
        Rows of `now`, ascending.
    """
    cases = now.rows.take(rows)
    facts = now.searches.history.facts
    nearest: dict[int, tuple[int, str]] = {}
    for name, said in DUTIES_AHEAD.items():
        holders, fact = active_pairs(facts[name], cases)
        for row, due in zip(holders.tolist(), facts[name].columns["due_on"][fact].tolist(), strict=True):
            if due >= int(cases.on[row]) and (row not in nearest or due < nearest[row][0]):
                nearest[row] = (due, said)
    advice = _advice_due(now, cases)
    shares = _in_time(now)
    found = {}
    for place, row in enumerate(rows.tolist()):
        due, said = nearest.get(place, (NO_DAY, ""))
        day, kind = advice.get(place, (NO_DAY, ""))
        found[row] = Ahead(due, said, day, kind, shares.get(kind, float("nan")))
    return found


def _advice_due(now: OpenCases, cases: Snapshots) -> dict[int, tuple[int, str]]:
    """Return the last advice of each case that is due within a week, where the plan still waits for it."""
    facts = now.searches.history.facts["duty_advice"]
    found: dict[int, tuple[int, str]] = {}
    places, positions = active_pairs(facts, cases)
    for row, one in zip(places.tolist(), positions.tolist(), strict=True):
        due, kind = int(facts.columns["due_on"][one]), facts.label("kind", one)
        if 0 <= due - int(cases.on[row]) <= NEXT_LIST_DAYS and kind != "parent" and due > found.get(int(row), (NO_DAY, ""))[0]:
            found[int(row)] = (due, kind)
    return found


def _in_time(now: OpenCases) -> Mapping[str, float]:
    """Return by kind of advice the share of that due in the last year that had come by its date."""
    facts = now.searches.history.facts["duty_advice"]
    on = int(now.rows.on[0]) if len(now.rows) else 0
    due = facts.columns["due_on"]
    judged = (due < on) & (due >= on - YEAR_DAYS) & (facts.known <= on)
    shares = {}
    for number, kind in enumerate(facts.labels.get("kind", ())):
        mine = judged & (facts.columns["kind"] == number)
        if mine.sum() >= LEAST_COUNTED:
            # Known to have come by the date itself: what was recorded late did not help anybody to decide.
            shares[kind] = float((facts.until[mine] <= due[mine]).mean())
    return shares


def timing(
    step: Step, on: int, last_day: int, last_day_is: str, ahead: Ahead, risk: float, risk_with_advice: float
) -> Timing:
    """Return when a step is to be taken: now, by the last day that leaves it its time, or after information that is due.

    What is owed is never held back. Any other step waits only where the information is due within a week, the last day
    allows it, and waiting is worth more than acting: the step may then turn out not to be needed, and the chance that
    an appeal comes first is small.

    Parameters
    ----------
    step : Step
    on : int
        Day number of the list.
    last_day, last_day_is
        Last date of the case and what it is (`triage.told`).
    ahead : Ahead
    risk : float
    risk_with_advice : float
        The estimate had the advice arrived; NaN where it is not known.
    """
    last_act, rests_on = _last_act(step, on, last_day, last_day_is, ahead)
    if last_act != NO_DAY and last_act < on:
        return Timing(on, last_act, f"Act today: {rests_on}, and the time the step needs has begun to run out.", True)
    if last_act != NO_DAY and last_act < on + NEXT_LIST_DAYS:
        return Timing(on, last_act, f"Act by {_day(last_act)}, before the next list: {rests_on}.", True)
    if ahead.advice_on != NO_DAY and not step.owed:
        return _wait_or_not(step, on, last_act, last_day, ahead, risk, risk_with_advice)
    if step.name == "chase_advice" and ahead.advice_on != NO_DAY:
        return Timing(on, last_act, f"{_kind(ahead)} advice is due on {_day(ahead.advice_on)}: remind the adviser now, and "
                      "chase it on the day after.", False)
    if last_act != NO_DAY and last_act < on + step.within_days:
        return Timing(on, last_act, f"Act by {_day(last_act)}: {rests_on}.", False)
    by = f"Act within {count_in_words(step.within_days, 'day')}"
    if last_act == NO_DAY:
        return Timing(on, last_act, f"{by}; no date presses.", False)
    return Timing(on, last_act, f"{by}; the last day that leaves it time is {_day(last_act)} ({rests_on}).", False)


def _last_act(step: Step, on: int, last_day: int, last_day_is: str, ahead: Ahead) -> tuple[int, str]:
    """Return the last day that leaves the step its time, and the date it rests on, in words."""
    dates = []
    if last_day != NO_DAY and last_day >= on:
        needed = PREPARE_DAYS if last_day_is == "last day for an appeal" else step.within_days
        said = LAST_DAY_SAID.get(last_day_is, f"the {last_day_is} is")
        dates.append((last_day - needed, f"{said} {_day(last_day)}"))
    if ahead.duty_on != NO_DAY and step.name in TOWARDS_A_DUTY:
        dates.append((ahead.duty_on - step.within_days, f"{ahead.duty_is} on {_day(ahead.duty_on)}"))
    return min(dates, default=(NO_DAY, ""))


def _wait_or_not(
    step: Step, on: int, last_act: int, last_day: int, ahead: Ahead, risk: float, risk_with_advice: float
) -> Timing:
    after = ahead.advice_on + 1
    due = f"{terms.ADVICE_KIND.label(ahead.advice_kind)} advice is due {when_in_words(to_date(ahead.advice_on), _date(on))}"
    act = Timing(on, last_act, f"Act within {count_in_words(step.within_days, 'day')}: {due}, but waiting for it gains "
                 "nothing by the estimate.", False)
    first = appeal_first(risk, after - on, last_day - on if last_day != NO_DAY else HORIZON_DAYS)
    cost = POUNDS.get(step.name)
    known = np.isfinite([risk, risk_with_advice, ahead.in_time]).all() and risk_with_advice < risk
    if cost is None or not known or (last_act != NO_DAY and last_act < after):
        return act
    now_worth = SAVED_PER_RISK * risk - cost
    if waiting_worth(risk, risk_with_advice, ahead.in_time, first, cost) <= now_worth:
        return act
    said = (f"Can wait until {_day(after)}: {due}, and about {round(10 * ahead.in_time)} in 10 of such reports came in time "
            f"in the last year. With it the estimate would be {risk_in_words(risk_with_advice)}, where the step no longer "
            f"pays for itself. Of 1,000 such cases about {round(1000 * first)} would have appealed by then.")
    return Timing(after, last_act, said, False)


def appeal_first(risk: float, wait_days: int, days_left: int) -> float:
    """Return the chance that an appeal comes while one waits, spread evenly over the days that are left for it.

    >>> round(appeal_first(0.1, 7, 182), 4)
    0.0038
    """
    return float(risk * min(wait_days / max(days_left, 1), 1.0))


def waiting_worth(risk: float, risk_with_advice: float, in_time: float, appeal_comes_first: float, cost: float) -> float:
    """Return what waiting for advice is worth in pounds, to hold against `SAVED_PER_RISK * risk - cost` for acting now.

    Whoever waits sees whether the advice comes, then takes the step only where it still pays; what an appeal in the
    meantime costs is lost. A decision with one signal, whose chance is taken from the authority's own last year. The
    estimate is the mean over both ends, so that it rises where the advice stays away.

    >>> waiting_worth(0.10, 0.05, 0.6, 0.004, 150.0) > SAVED_PER_RISK * 0.10 - 150.0
    True
    >>> waiting_worth(0.30, 0.28, 0.6, 0.012, 150.0) > SAVED_PER_RISK * 0.30 - 150.0
    False
    """
    without_advice = (risk - in_time * risk_with_advice) / (1 - in_time) if in_time < 1 else risk
    ends = ((in_time, risk_with_advice), (1 - in_time, without_advice))
    worth = sum(share * max(SAVED_PER_RISK * estimate - cost, 0.0) for share, estimate in ends)
    return worth * (1 - appeal_comes_first / max(risk, 1e-9))


def _date(day: int) -> dt.date:
    found = to_date(day)
    assert found is not None
    return found


def _day(day: int) -> str:
    return day_in_words(to_date(day))


def _kind(ahead: Ahead) -> str:
    label = terms.ADVICE_KIND.label(ahead.advice_kind)
    return label[:1].upper() + label[1:]
