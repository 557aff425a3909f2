"""What is told of each listed case: its reasons, what changed, its last dates, its broken duties; looked up all at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.explain.reasons import NO_STABLE_REASON, filled, reasons, what_changed
from dispute_risk.explain.stability import stable_families
from dispute_risk.features.build import build_features
from dispute_risk.timeline.days import NO_DAY, day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.outcome import STATES
from dispute_risk.timeline.pairs import active_pairs
from dispute_risk.triage.actions import Situation
from dispute_risk.triage.breach_index import DUTIES
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["DUTY", "Told", "situation_of", "told_of"]

DUTY = {duty.name: duty for duty in DUTIES}


@dataclass(frozen=True)
class Told:
    """What is told of one case.

    Parameters
    ----------
    reasons : list of str
        Sentences of the risk, strongest first.
    changed : str
        What moved the risk since the earlier list.
    broken : list
        Rows of `triage.breach_index.outstanding_duties`, worst first.
    duty_sentences : list of str
    windows : tuple of str
        Decision types that can be appealed now.
    last_day : int
        Day number of the last date that matters.
    last_day_is : str
    state : str
        Where the case stands, in words.
    """

    reasons: list[str]
    changed: str
    broken: list[Any]
    duty_sentences: list[str]
    windows: tuple[str, ...]
    last_day: int
    last_day_is: str
    state: str


def told_of(now: OpenCases, listed: np.ndarray, by_risk: np.ndarray, since: dt.date) -> dict[int, Told]:
    """Return what is told of every listed row; reasons and changes of risk only for those of `by_risk`.

    What has been told of the same open cases is told again, not worked out again: the lists and the pages behind them
    tell of the same cases.

    Parameters
    ----------
    now : OpenCases
    listed, by_risk : ndarray of int
        Rows of `now`; `by_risk` is part of `listed`.
    since : date
        Date of the earlier list.
    """
    listed, by_risk = np.unique(listed), np.unique(by_risk)
    reasoned = set(by_risk.tolist())
    known = {row: now.told[row, row in reasoned, since] for row in listed.tolist()
             if (row, row in reasoned, since) in now.told}
    rest = np.array([row for row in listed.tolist() if row not in known], np.int64)
    if len(rest):
        known.update(_worked_out(now, rest, rest[np.isin(rest, by_risk)], since))
        now.told.update({(row, row in reasoned, since): known[row] for row in rest.tolist()})
    return known


def _worked_out(now: OpenCases, listed: np.ndarray, by_risk: np.ndarray, since: dt.date) -> dict[int, Told]:
    said = dict(zip(by_risk.tolist(), _of_the_risk(now, by_risk, since), strict=True))
    cases = now.rows.take(listed)
    windows, states = _windows(now, cases), _states(now, listed)
    broken: dict[int, list[Any]] = {row: [] for row in listed.tolist()}
    for duty in list[Any](now.duties[now.duties["row"].isin(listed)].itertuples()):
        broken[duty.row].append(duty)
    told = {}
    for place, row in enumerate(listed.tolist()):
        given, changed = said.get(row, ([], ""))
        kinds, last_day, last_day_is = windows[place]
        sentences = _duty_sentences(now, broken[row])
        told[row] = Told(given, changed, broken[row], sentences, kinds, last_day, last_day_is, states[place])
    return told


def situation_of(now: OpenCases, row: int, told: Told) -> Situation:
    """Return what the choice of a next step rests on, for one open case."""
    def some(name: str) -> bool:
        return name in now.features.columns and bool(now.column(name)[row] > 0)

    return Situation(
        float(now.risk[row]),
        tuple((broken.duty, DUTY[broken.duty].step) for broken in told.broken if broken.duty != "silence"),
        told.windows,
        some("type_only_window") and not set(told.windows) - {"plan_issued", "plan_amended"},
        now.state[row] == "no_right_yet",
        some("advice_outstanding"),
        some("unanswered_contacts"),
        some("no_officer_now"),
    )


def _of_the_risk(now: OpenCases, rows: np.ndarray, since: dt.date) -> list[tuple[list[str], str]]:
    """Return reasons and what changed, for rows that are listed by their risk."""
    if not len(rows):
        return []
    cases = now.rows.take(rows)
    features = now.features.iloc[rows].reset_index(drop=True)
    contributions = now.contributions(rows)
    stable = stable_families(now.fitted, now.catalogue, features.to_numpy(np.float64), added=contributions)
    found = reasons(now.searches, cases, now.catalogue, features, contributions, stable=stable)
    changed = _changes(now, cases, features, contributions, since)
    return [
        ([reason.sentence for reason in few] or [NO_STABLE_REASON], change)
        for few, change in zip(found, changed, strict=True)
    ]


def _changes(
    now: OpenCases, cases: Snapshots, features: pd.DataFrame, contributions: np.ndarray, since: dt.date
) -> list[str]:
    then = Snapshots.of(cases.case, day_number(since))
    earlier = build_features(now.searches.history, then, now.catalogue, now.searches)
    added = now.fitted.contributions(earlier.to_numpy(np.float64))[1]
    return what_changed(now.searches, cases, now.catalogue, (features, contributions), (earlier, added), since)


def _windows(now: OpenCases, cases: Snapshots) -> list[tuple[tuple[str, ...], int, str]]:
    """Return for each case the decisions open to appeal, the last day that matters, and what that day is."""
    window = now.searches.history.facts["window"]
    kinds: list[list[str]] = [[] for _ in range(len(cases))]
    last = np.full(len(cases), NO_DAY, np.int64)
    row, fact = active_pairs(window, cases)
    for place, position in zip(row, fact, strict=True):
        kinds[place].append(window.label("decision_type", position))
        last[place] = max(last[place], int(window.columns["closes_on"][position]))
    what = np.where(last == NO_DAY, "", "last day for an appeal").astype(object)
    last, what = _tribunal_dates(now, cases, last, what)
    return [(tuple(dict.fromkeys(kinds[place])), int(last[place]), str(what[place])) for place in range(len(cases))]


def _tribunal_dates(
    now: OpenCases, cases: Snapshots, last: np.ndarray, what: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Put the next date of a registered appeal in the place of the appeal window."""
    appeals = now.searches.history.facts["appeal_open"]
    row, fact = active_pairs(appeals, cases)
    for place, position in zip(row, fact, strict=True):
        for column, said in (("hearing_on", "hearing"), ("response_due_on", "response due at the Tribunal")):
            day = int(appeals.columns[column][position])
            if day != NO_DAY and day >= cases.on[place]:
                last[place], what[place] = day, said
    return last, what


def _duty_sentences(now: OpenCases, broken: list[Any]) -> list[str]:
    """Return what is said of the broken duties of one case, the worst first."""
    return [
        filled(DUTY[row.duty].sentence, now.duty_facts[row.duty], int(row.fact), float(row.days_over)) for row in broken
    ]


def _states(now: OpenCases, rows: np.ndarray) -> list[str]:
    lodged = now.searches.count("in_dispute", ("appeal", "appeal lodged"), None, now.rows.take(rows)) > 0
    disputed = np.where(lodged, "Appeal lodged with the Tribunal", "Mediation adviser contacted, or certificate issued")
    return [
        str(disputed[place]) if now.in_dispute[row] else STATES[now.state[row]] for place, row in enumerate(rows)
    ]
