"""What stands in the way of an offer on a day: the last day for an appeal, how old the decision is, offers made lately."""

from __future__ import annotations

import datetime as dt

import numpy as np

from dispute_risk.explain.words import day_in_words
from dispute_risk.timeline.days import NO_DAY, day_number, to_date
from dispute_risk.timeline.pairs import active_pairs
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["CONTACT_DAYS", "closes", "days_since_notice", "decision_type", "late", "lately", "offers_of_the_quarter"]

CONTACT_DAYS = 60
"""No second offer within so many days of an offer or a meeting (methods 6.2)."""
SHARES_KEPT_DAYS = 91
"""Fair shares are kept over a quarter: the offers on record of the last 13 weeks count."""


def closes(cases: OpenCases) -> np.ndarray:
    """Return the last day for an appeal of each row, as a day number; `NO_DAY` where no decision can be appealed."""
    window = cases.searches.history.facts["window"]
    last = np.full(len(cases.rows), NO_DAY, np.int64)
    row, fact = active_pairs(window, cases.rows)
    np.maximum.at(last, row, window.columns["closes_on"][fact].astype(np.int64))
    return last


def days_since_notice(cases: OpenCases) -> np.ndarray:
    """Return the days since the latest decision that can be appealed; NaN where there is none."""
    sent = _latest_window(cases)[0]
    return np.where(sent >= 0, cases.rows.on - sent, np.nan)


def decision_type(cases: OpenCases) -> np.ndarray:
    """Return the kind of the latest decision that can be appealed (`terms.DECISION_TYPE`); '' where there is none."""
    window = cases.searches.history.facts["window"]
    fact = _latest_window(cases)[1]
    labels = np.asarray(window.labels["decision_type"], dtype=object)
    return np.where(fact >= 0, labels[window.columns["decision_type"][fact]], "").astype(str)


def _latest_window(cases: OpenCases) -> tuple[np.ndarray, np.ndarray]:
    """Return the day and the number of each row's latest decision that can be appealed; -1 for none."""
    window = cases.searches.history.facts["window"]
    sent, which = np.full(len(cases.rows), -1, np.int64), np.full(len(cases.rows), -1, np.int64)
    row, fact = active_pairs(window, cases.rows)
    told = window.happened[fact].astype(np.int64)
    np.maximum.at(sent, row, told)
    latest = told == sent[row]
    which[row[latest]] = fact[latest]
    return sent, which


def late(as_of: dt.date, last_day: np.ndarray, lead_days: int) -> np.ndarray:
    """Return the flag of each row whose last day for an appeal comes before the earliest meeting; '' for none."""
    today, meeting = day_number(as_of), as_of + dt.timedelta(days=lead_days)
    told = np.full(len(last_day), "", dtype=object)
    for row in np.flatnonzero((last_day != NO_DAY) & (last_day >= today) & (last_day < day_number(meeting))).tolist():
        last = day_in_words(to_date(int(last_day[row])))
        told[row] = (f"Beware: the last day for an appeal, {last}, comes before the earliest meeting ({day_in_words(meeting)}). "
                     "Tell the family so first; its right of appeal does not wait.")
    return told


def lately(cases: OpenCases) -> np.ndarray:
    """Return which families were offered a meeting, or met, within `CONTACT_DAYS`."""
    today, found = day_number(cases.as_of), np.zeros(len(cases.rows), bool)
    for name in ("pilot_offer", "mediation_held"):
        facts = cases.searches.history.facts[name]
        recent = (facts.known <= today) & (facts.happened <= today) & (facts.happened > today - CONTACT_DAYS)
        at = cases.positions_of(facts.case[recent].astype(np.int64))
        found[at[at >= 0]] = True
    return found


def offers_of_the_quarter(cases: OpenCases) -> list[tuple[str, str]]:
    """Return case and area of every offer made within the last 13 weeks, as known on the day."""
    history = cases.searches.history
    facts, today = history.facts["pilot_offer"], day_number(cases.as_of)
    recent = facts.case[(facts.known <= today) & (facts.happened > today - SHARES_KEPT_DAYS) & (facts.happened <= today)]
    areas = np.asarray(history.area_names)[history.area_of_case[recent]]
    return [(str(history.case_id[case]), str(area)) for case, area in zip(recent, areas, strict=True)]
