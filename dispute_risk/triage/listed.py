"""One row for each listed case: why it is there, which duty is broken, the step, when to take it, what is on record."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.explain.words import risk_in_words
from dispute_risk.timeline.days import day_number, to_date
from dispute_risk.triage.act_now import PREPARE_DAYS, Ahead, Timing, ahead_of, timing
from dispute_risk.triage.actions import Step
from dispute_risk.triage.bands import band_of
from dispute_risk.triage.memory import Memory
from dispute_risk.triage.routing import Routing
from dispute_risk.triage.slots import Asked, Route, Slots, routes
from dispute_risk.triage.snapshot import OpenCases
from dispute_risk.triage.told import DUTY, Told, situation_of
from dispute_risk.triage.what_if import alternatives

__all__ = ["COLUMNS", "listed_rows", "steps_and_timing"]

SATURDAY = 5
WEEK_DAYS = 7

COLUMNS = [
    "list", "area", "rank", "case_id", "is_new", "last_rank", "on_list_since", "weeks_on_list", "recorded", "risk", "risk_low",
    "risk_high", "band", "risk_words", "state", "breach_index", "broken_duty", "duty_due_on", "last_date_on", "last_date_is",
    "reason_1", "reason_2", "reason_3", "next_step", "step_owner", "step_by_on", "step_why", "second_step", "route",
    "act_from_on", "last_act_on", "timing", "what_changed",
]  # fmt: skip


def listed_rows(
    now: OpenCases, chosen: dict[str, dict[str, np.ndarray]], told: dict[int, Told], ranks: dict[tuple[str, str], int],
    memory: Memory, routing: Routing, slots: Slots,
) -> pd.DataFrame:
    """Return one row for each case and list it is on, as `WeeklyLists.cases` describes it.

    Parameters
    ----------
    now : OpenCases
    chosen : dict
        By list and area the rows on it, first first (`triage.selection.select`).
    told : dict of int to Told
    ranks : dict
        Place of each (list, case) of the earlier week.
    memory : Memory
    routing : Routing
    slots : Slots
    """
    places = [(name, area, rank, int(row)) for name, areas in chosen.items() for area, rows in areas.items()
              for rank, row in enumerate(rows.tolist(), 1)]
    decided = _decided(now, places, told, routing, slots)
    since, bands = memory.since(), band_of(now.risk)
    records = []
    for (name, area, rank, row), (route, when) in zip(places, decided, strict=True):
        case, case_id = told[row], str(now.case_id[row])
        last_rank = ranks.get((name, case_id))
        first = since.get((name, case_id), now.as_of) if last_rank is not None else now.as_of
        # The other lists rest on broken duties, not on the risk: the duties are their reasons.
        given = case.reasons if name == "likely_disputes" else case.duty_sentences
        records.append(
            {
                "list": name, "area": area, "rank": rank, "case_id": case_id,
                "is_new": last_rank is None, "last_rank": np.nan if last_rank is None else float(last_rank),
                "on_list_since": pd.Timestamp(first), "weeks_on_list": (now.as_of - first).days // WEEK_DAYS,
                "recorded": memory.told.get(case_id, ""),
                **_risk_columns(now, row), "band": str(bands[row]), "risk_words": risk_in_words(now.risk[row]),
                "state": case.state, "breach_index": float(now.breach[row]),
                **_duty_columns(case), **_last_date(case),
                **{f"reason_{n}": given[n - 1] if len(given) >= n else "" for n in (1, 2, 3)},
                **_step_columns(route, when, now.as_of, case.last_day),
                "what_changed": case.changed if name == "likely_disputes" else "",
            }
        )
    return pd.DataFrame(records, columns=COLUMNS)


def steps_and_timing(
    now: OpenCases, row: int, told: Told, name: str, routing: Routing, slots: Slots
) -> tuple[list[Step], Route, Timing]:
    """Return the eligible steps of one case taken by itself, its route and its timing."""
    choice = routing.choice(now, row, situation_of(now, row, told), name)
    (route, when), = _decided(now, [(name, str(now.area[row]), 1, row)], {row: told}, routing, slots)
    steps = [route.step, *(step for step in (choice.first, *choice.others) if step is not route.step)]
    return steps, route, when


def _decided(
    now: OpenCases, places: list[tuple[str, str, int, int]], told: dict[int, Told], routing: Routing, slots: Slots
) -> list[tuple[Route, Timing]]:
    """Return the route and the timing of each listed case, room shared out area by area."""
    rows = np.unique(np.array([row for *_, row in places], np.int64))
    ahead = ahead_of(now, rows)
    lower = _with_advice(now, ahead)
    choices = [routing.choice(now, row, situation_of(now, row, told[row]), name) for name, _, _, row in places]
    presses = [_timing(now, row, told[row], ahead[row], lower, choice.first).presses
               for (_, _, _, row), choice in zip(places, choices, strict=True)]
    found: dict[int, Route] = {}
    for area in dict.fromkeys(area for _, area, _, _ in places):
        here = [number for number, place in enumerate(places) if place[1] == area]
        asked = [Asked(str(now.case_id[places[number][3]]), choices[number], presses[number]) for number in here]
        found.update(zip(here, routes(asked, slots, area), strict=True))
    return [(found[number], _timing(now, row, told[row], ahead[row], lower, found[number].step))
            for number, (_, _, _, row) in enumerate(places)]


def _timing(now: OpenCases, row: int, told: Told, ahead: Ahead, lower: dict[int, float], step: Step) -> Timing:
    return timing(step, day_number(now.as_of), told.last_day, told.last_day_is, ahead, float(now.risk[row]),
                  lower.get(row, float("nan")))


def _with_advice(now: OpenCases, ahead: dict[int, Ahead]) -> dict[int, float]:
    """Return what the estimate would be had the advice arrived, for the cases of which some is due within a week."""
    rows = [row for row, one in ahead.items() if one.advice_kind and not now.in_dispute[row]]
    found = {}
    for row, supposed in zip(rows, alternatives(now, rows), strict=True):
        arrived = [one.risk for one in supposed if one.families == ("advice",)]
        if arrived:
            found[row] = arrived[0]
    return found


def _risk_columns(now: OpenCases, row: int) -> dict[str, object]:
    return {"risk": now.risk[row], "risk_low": now.low[row], "risk_high": now.high[row]}


def _duty_columns(case: Told) -> dict[str, object]:
    first = next((broken for broken in case.broken if broken.duty != "silence"), None)
    if first is None:
        return {"broken_duty": "", "duty_due_on": pd.NaT}
    return {"broken_duty": DUTY[first.duty].label, "duty_due_on": first.due_on}


def _last_date(case: Told) -> dict[str, object]:
    day = to_date(case.last_day)
    return {"last_date_on": pd.NaT if day is None else pd.Timestamp(day), "last_date_is": case.last_day_is}


def _step_columns(route: Route, when: Timing, as_of: dt.date, last_day: int) -> dict[str, object]:
    by = as_of + dt.timedelta(days=route.step.within_days)
    start, latest = to_date(when.act_from) or as_of, to_date(last_day)
    by = max(by, start)
    if latest is not None and latest >= as_of:
        # Early enough before the last date to matter; where that has passed, today.
        by = max(min(by, latest - dt.timedelta(days=PREPARE_DAYS)), as_of)
    if by.weekday() >= SATURDAY:
        by -= dt.timedelta(days=by.weekday() - SATURDAY + 1)
        if by < start:  # a list made on a weekend: not before the day of the list
            by += dt.timedelta(days=3)
    last_act = to_date(when.last_act)
    return {
        "next_step": route.step.label,
        "step_owner": route.step.owner,
        "step_by_on": pd.Timestamp(by),
        "step_why": route.step.why,
        "second_step": route.second.label if route.second else "",
        "route": route.said,
        "act_from_on": pd.Timestamp(start),
        "last_act_on": pd.NaT if last_act is None else pd.Timestamp(last_act),
        "timing": when.said,
    }
