"""One case in full, as the officer's desk shows it: where it stands, why, what is owed, what can be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from dispute_risk.errors import UnknownName
from dispute_risk.explain.words import frequency, risk_in_words
from dispute_risk.timeline.days import to_date
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.bands import band_of
from dispute_risk.triage.case_timeline import case_timelines
from dispute_risk.triage.listed import steps_and_timing
from dispute_risk.triage.lists import WeeklyLists
from dispute_risk.triage.routing import DECLARED_RULES, Routing
from dispute_risk.triage.slots import NO_LIMIT
from dispute_risk.triage.snapshot import OpenCases
from dispute_risk.triage.told import DUTY, Told, situation_of, told_of
from dispute_risk.triage.what_if import Alternative, alternatives

__all__ = ["case_pages", "listed_cases"]


def listed_cases(lists: WeeklyLists) -> dict[str, str]:
    """Return the cases on any list, each with the first list it is on."""
    first: dict[str, str] = {}
    for case_id, name in zip(lists.cases["case_id"], lists.cases["list"], strict=True):
        first.setdefault(str(case_id), str(name))
    return first


def case_pages(
    now: OpenCases, cases: Mapping[str, str], since: dt.date, lists: WeeklyLists | None = None,
    routing: Routing = DECLARED_RULES,
) -> dict[str, dict[str, Any]]:
    """Return the pages of some open cases, by case, worked out together.

    Parameters
    ----------
    now : OpenCases
        Of all cases of the authority: an area's usual risk is the mean over it.
    cases : mapping of str to str
        The cases wanted, each with the list it is on; '' for one on no list.
    since : date
        Date of the earlier list, for what changed.
    lists : WeeklyLists, optional
        The lists the cases are on: their routes hold, with the room of the week shared out among all cases.
    routing : Routing

    Returns
    -------
    dict of str to dict
        `case_id`, `area`, `list`, `as_of`, `state`, `in_dispute`; `risk`, `risk_low`, `risk_high` (None in dispute),
        `risk_words`, `band`, `area_risk`, `area_words`, `area_cases`, `higher_in_area`; `reasons`, `changed`,
        `duties`, `last_date_on`, `last_date_is`, `route`, `timing`, `steps`, `alternatives`, `timeline`.

    Raises
    ------
    UnknownName
        A case that is not open on the date.
    """
    place = {str(case_id): row for row, case_id in enumerate(now.case_id)}
    missing = [case_id for case_id in cases if case_id not in place]
    if missing:
        raise UnknownName(f"case {', '.join(missing)}: not in the records, or no appeal could come of it on {now.as_of}. "
                          "Check the number, and whether the case is closed.")
    rows = np.array([place[case_id] for case_id in cases], np.int64)
    scored = rows[~now.in_dispute[rows]]
    told = told_of(now, rows, scored, since) if len(rows) else {}
    supposed = dict(zip(scored.tolist(), alternatives(now, scored.tolist()), strict=True))
    routed, happened = _routed(lists), case_timelines(now, rows)
    return {case_id: {**_page(now, row, told[row], name, supposed.get(row, []), routed.get((name, case_id)), routing),
                      "timeline": happened[row]}
            for (case_id, name), row in zip(cases.items(), rows.tolist(), strict=True)}


def _routed(lists: WeeklyLists | None) -> dict[tuple[str, str], dict[str, str]]:
    if lists is None:
        return {}
    columns = lists.cases[["list", "case_id", "next_step", "route", "timing"]]
    return {(str(row["list"]), str(row["case_id"])): {str(name): str(value) for name, value in row.items()}
            for row in columns.to_dict("records")}


def _page(now: OpenCases, row: int, told: Told, name: str, supposed: list[Alternative], routed: dict[str, str] | None,
          routing: Routing) -> dict[str, Any]:
    disputed = bool(now.in_dispute[row])
    return {
        "case_id": str(now.case_id[row]), "area": str(now.area[row]), "list": name, "as_of": now.as_of,
        "state": told.state, "in_dispute": disputed,
        **_risk(now, row),
        "reasons": told.reasons, "changed": told.changed, "duties": _duties(told),
        "last_date_on": to_date(told.last_day), "last_date_is": told.last_day_is,
        **_steps(now, row, told, name, routed, routing),
        "alternatives": _alternatives(float(now.risk[row]), supposed),
    }


def _risk(now: OpenCases, row: int) -> dict[str, Any]:
    """Return the risk of a case beside that of the cases at risk in its area."""
    risk = float(now.risk[row])
    if np.isnan(risk):
        return {"risk": None, "risk_low": None, "risk_high": None, "risk_words": "", "risk_frequency": "", "band": "",
                "area_risk": None, "area_words": "", "area_cases": 0, "higher_in_area": 0}
    here = now.risk[(now.area == now.area[row]) & ~now.in_dispute]
    low, high, usual = float(now.low[row]), float(now.high[row]), float(here.mean())
    return {"risk": risk, "risk_low": low, "risk_high": high, "risk_words": risk_in_words(risk),
            "risk_frequency": frequency(risk, low, high) if high > low else frequency(risk),
            "band": str(band_of(np.array([risk]))[0]), "area_risk": usual, "area_words": risk_in_words(usual),
            "area_cases": len(here), "higher_in_area": int((here > risk).sum())}


def _duties(told: Told) -> list[dict[str, Any]]:
    said = []
    for broken, sentence in zip(told.broken, told.duty_sentences, strict=True):
        due = None if broken.due_on != broken.due_on else broken.due_on.date()
        said.append({"duty": broken.duty, "label": DUTY[broken.duty].label, "source": DUTY[broken.duty].source,
                     "due_on": due, "days_over": int(broken.days_over), "sentence": sentence,
                     "step": DUTY[broken.duty].step})
    return said


def _steps(
    now: OpenCases, row: int, told: Told, name: str, routed: dict[str, str] | None, routing: Routing
) -> dict[str, Any]:
    """Return the eligible steps, the one to take first in front, each with why; the route; and act now or wait."""
    which = name or ("already_in_dispute" if now.in_dispute[row] else "likely_disputes")
    if routed is None:
        steps, route, when = steps_and_timing(now, row, told, which, routing, NO_LIMIT)
        said = {"route": route.said, "timing": when.said}
    else:
        choice = routing.choice(now, row, situation_of(now, row, told), which)
        first = next(step for step in STEPS.values() if step.label == routed["next_step"])
        steps = [first, *(step for step in (choice.first, *choice.others) if step is not first)]
        said = {"route": routed["route"], "timing": routed["timing"]}
    return {**said, "steps": [{"name": step.name, "label": step.label, "owner": step.owner, "within_days": step.within_days,
                               "why": step.why, "source": step.source} for step in steps]}


def _alternatives(risk: float, supposed: list[Alternative]) -> list[dict[str, Any]]:
    return [{"supposed": one.supposed, "families": list(one.families), "risk": one.risk,
             "risk_words": risk_in_words(one.risk), "change": one.risk - risk, "opens_a_window": one.opens_a_window}
            for one in supposed]
