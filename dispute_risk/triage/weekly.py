"""Makes the lists of one week: who is on them, why, which duty is broken, what to do next, and what moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.explain.words import risk_in_words
from dispute_risk.features.declare import Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.timeline.days import to_date
from dispute_risk.triage.actions import Choice, Situation, choose_steps
from dispute_risk.triage.areas import area_table, duty_table
from dispute_risk.triage.bands import band_of
from dispute_risk.triage.lists import WeeklyLists
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy, select
from dispute_risk.triage.snapshot import OpenCases, open_cases
from dispute_risk.triage.told import DUTY, Told, told_of

__all__ = ["weekly_lists"]

SATURDAY = 5
PREPARE_DAYS = 14
"""A step is to be taken at least this long before the last day for an appeal, where that is still possible."""


def weekly_lists(
    searches: Searches,
    catalogue: Catalogue,
    fitted: FittedRisk,
    as_of: dt.date,
    capacity: int,
    *,
    authority: str,
    release: str,
    data_note: str,
    synthetic: bool = False,
    horizon_days: int = 182,
    policy: Policy = DEFAULT_POLICY,
    last_as_of: dt.date | None = None,
    notes: tuple[str, ...] = (),
) -> WeeklyLists:
    """Return the lists of a week, compared with those of the week before.

    The earlier lists are made anew from what was known on that day, with the same model, so that a move on the list is a
    move of the case and not of the model.

    Parameters
    ----------
    searches : Searches
        Of a history known by `as_of`, or longer: later facts are not used.
    catalogue, fitted
        The model's features, and the model.
    as_of : date
    capacity : int
        Cases each area can act on in the week.
    authority, release, data_note, synthetic, horizon_days, notes
        Shown on every page.
    policy : Policy
    last_as_of : date, optional
        A week earlier where not given.
    """
    last_as_of = last_as_of or as_of - dt.timedelta(days=7)
    now = open_cases(searches, catalogue, fitted, as_of)
    before = open_cases(searches, catalogue, fitted, last_as_of, ranges=False)
    chosen, earlier = select(now, capacity, policy), select(before, capacity, policy)
    ranks = {
        (name, int(before.rows.case[row])): rank
        for name, areas in earlier.items()
        for rows in areas.values()
        for rank, row in enumerate(rows, 1)
    }
    listed = [rows for areas in chosen.values() for rows in areas.values()]
    told = told_of(now, np.concatenate(listed), np.concatenate(list(chosen["likely_disputes"].values())), last_as_of)
    tables = [
        _listed(now, name, area, rows, ranks, told)
        for name, areas in chosen.items()
        for area, rows in areas.items()
        if len(rows)
    ]
    cases = pd.concat(tables, ignore_index=True) if tables else _listed(now, "unheard", "", np.zeros(0, int), {}, {})
    return WeeklyLists(
        cases,
        _movement(cases, now, before, earlier),
        area_table(now, cases),
        duty_table(now),
        as_of,
        capacity,
        authority,
        release,
        data_note,
        synthetic,
        horizon_days,
        policy.shares(),
        notes,
        last_as_of,
    )


def _listed(
    now: OpenCases, name: str, area: str, rows: np.ndarray, ranks: dict[tuple[str, int], int], told: dict[int, Told]
) -> pd.DataFrame:
    """Return one row for each case of a list and area, as `WeeklyLists.cases` describes it."""
    records = []
    for rank, row in enumerate(rows.tolist(), 1):
        case = told[row]
        choice = choose_steps(_situation(now, row, case), name)
        last_rank = ranks.get((name, int(now.rows.case[row])), np.nan)
        risk = now.risk[row]
        # The other lists rest on broken duties, not on the risk: the duties are their reasons.
        given = case.reasons if name == "likely_disputes" else case.duty_sentences
        records.append(
            {
                "list": name, "area": area, "rank": rank, "case_id": str(now.case_id[row]),
                "is_new": bool(np.isnan(last_rank)), "last_rank": last_rank,
                "risk": risk, "risk_low": now.low[row], "risk_high": now.high[row],
                "band": str(band_of(np.array([risk]))[0]), "risk_words": risk_in_words(risk),
                "state": case.state, "breach_index": float(now.breach[row]),
                **_duty_columns(case), **_last_date(case),
                **{f"reason_{n}": given[n - 1] if len(given) >= n else "" for n in (1, 2, 3)},
                **_step_columns(choice, now.as_of, case.last_day),
                "what_changed": case.changed if name == "likely_disputes" else "",
            }
        )
    return pd.DataFrame(records, columns=COLUMNS)


COLUMNS = [
    "list", "area", "rank", "case_id", "is_new", "last_rank", "risk", "risk_low", "risk_high", "band", "risk_words",
    "state", "breach_index", "broken_duty", "duty_due_on", "last_date_on", "last_date_is", "reason_1", "reason_2",
    "reason_3", "next_step", "step_owner", "step_by_on", "step_why", "second_step", "what_changed",
]  # fmt: skip


def _situation(now: OpenCases, row: int, case: Told) -> Situation:
    features = now.features.iloc[row]

    def some(name: str) -> bool:
        return bool(name in features.index and features[name] > 0)

    return Situation(
        float(now.risk[row]),
        tuple((broken.duty, DUTY[broken.duty].step) for broken in case.broken if broken.duty != "silence"),
        case.windows,
        some("type_only_window") and not set(case.windows) - {"plan_issued", "plan_amended"},
        now.state[row] == "no_right_yet",
        some("advice_outstanding"),
        some("unanswered_contacts"),
        some("no_officer_now"),
    )


def _duty_columns(case: Told) -> dict[str, object]:
    first = next((broken for broken in case.broken if broken.duty != "silence"), None)
    if first is None:
        return {"broken_duty": "", "duty_due_on": pd.NaT}
    return {"broken_duty": DUTY[first.duty].label, "duty_due_on": first.due_on}


def _last_date(case: Told) -> dict[str, object]:
    day = to_date(case.last_day)
    return {"last_date_on": pd.NaT if day is None else pd.Timestamp(day), "last_date_is": case.last_day_is}


def _step_columns(choice: Choice, as_of: dt.date, last_day: int) -> dict[str, object]:
    by = as_of + dt.timedelta(days=choice.first.within_days)
    latest = to_date(last_day)
    if latest is not None and latest >= as_of:
        # Early enough before the last date to matter; where that has passed, today.
        by = max(min(by, latest - dt.timedelta(days=PREPARE_DAYS)), as_of)
    if by.weekday() >= SATURDAY:
        by -= dt.timedelta(days=by.weekday() - SATURDAY + 1)
        if by < as_of:  # a list made on a weekend: not before the day of the list
            by += dt.timedelta(days=3)
    return {
        "next_step": choice.first.label,
        "step_owner": choice.first.owner,
        "step_by_on": pd.Timestamp(by),
        "step_why": choice.first.why,
        "second_step": choice.second.label if choice.second else "",
    }


def _movement(
    cases: pd.DataFrame, now: OpenCases, before: OpenCases, earlier: dict[str, dict[str, np.ndarray]]
) -> pd.DataFrame:
    """Return what moved on the lists that capacity limits: new, up, down, and left with the reason."""
    moving = ("likely_disputes", "unheard")
    records = [
        {
            "case_id": row.case_id, "area": row.area, "list": row.list,
            "movement": "new" if row.is_new else ("up" if row.rank < row.last_rank else "down"),
            "last_rank": row.last_rank, "rank": float(row.rank),
            "why": row.what_changed or row.reason_1 if row.list == "likely_disputes" else row.broken_duty,
        }
        for row in list[Any](cases.itertuples())
        if row.list in moving and (row.is_new or row.rank != row.last_rank)
    ]
    listed = set(zip(cases["list"], cases["case_id"], strict=True))
    for name in moving:
        for area, rows in earlier[name].items():
            for rank, row in enumerate(rows, 1):
                case_id = str(before.case_id[row])
                if (name, case_id) not in listed:
                    records.append(
                        {"case_id": case_id, "area": area, "list": name, "movement": "left", "last_rank": float(rank),
                         "rank": np.nan, "why": _why_left(now, int(before.rows.case[row]), name)}
                    )
    return pd.DataFrame(records, columns=["case_id", "area", "list", "movement", "last_rank", "rank", "why"])


def _why_left(now: OpenCases, case: int, name: str) -> str:
    row = int(now.positions_of(np.array([case]))[0])
    if row < 0:
        return "No appeal can come of it any more: the case was closed, or the time for an appeal is over."
    if now.in_dispute[row]:
        return "Now already in dispute: it is on that list."
    if name == "likely_disputes":
        return f"Its risk is now {risk_in_words(now.risk[row])}; other cases come first."
    return "Its duty was put right, or other cases come first."
