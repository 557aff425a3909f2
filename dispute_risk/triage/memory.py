"""What the lists remember: since when a case has been on one, and what was done, put off or overridden since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dispute_risk.explain.words import day_in_words
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.ledger.opening import Ledger
from dispute_risk.triage.ledger.reading import Entry, Run, entries_of_people, run_of, runs

__all__ = ["NOTHING", "STAYS_DAYS", "Acted", "Memory", "remember"]

STAYS_DAYS = 28
"""A case keeps its place for so long unless it is acted on or resolved, and stays off for so long once acted on
(methods 6.2), so that a manager sees change and not churn."""
CLEARLY = 2.0
"""A risk so many times another is no churn: such a case takes a kept place, and brings back a case that was acted on."""
TOLD_DAYS = 182
"""What was recorded longer ago is not told on the lists; the ledger keeps it."""


@dataclass(frozen=True)
class Acted:
    """The last that was done about a case.

    Parameters
    ----------
    on : date
    kind : {'done', 'overridden', 'put_off'}
    said : str
    risk_then : float
        Its risk on the list that was acted on; NaN where it had none.
    until : date
        First day on which it may be listed again.
    """

    on: dt.date
    kind: str
    said: str
    risk_then: float
    until: dt.date


@dataclass(frozen=True)
class Memory:
    """What is remembered when a list is made.

    Parameters
    ----------
    run : int or None
        The earlier list in the ledger; None where there is none.
    as_of : date or None
        Its date.
    release : str
        The release of the model it was made with.
    rows : tuple of mapping
        Its rows (`WeeklyLists.cases`).
    told : mapping of str to str
        By case, what is on record, in sentences.
    acted : mapping of str to Acted
        By case, what keeps it off the lists that capacity limits.
    """

    run: int | None = None
    as_of: dt.date | None = None
    release: str = ""
    rows: tuple[Mapping[str, Any], ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    acted: Mapping[str, Acted] = field(default_factory=dict)

    def ranks(self) -> dict[tuple[str, str], int]:
        """Return the place of each case on each list of the earlier week."""
        return {(str(row["list"]), str(row["case_id"])): int(row["rank"]) for row in self.rows}

    def since(self) -> dict[tuple[str, str], dt.date]:
        """Return since when each case of the earlier week had been on its list without a break."""
        found = {}
        for row in self.rows:
            since = row.get("on_list_since")
            first = dt.date.fromisoformat(since) if since else self.as_of
            if first is not None:
                found[str(row["list"]), str(row["case_id"])] = first
        return found

    def keeps(self, name: str, case_id: np.ndarray, as_of: dt.date) -> np.ndarray:
        """Whether each case keeps its place on a list: on it for less than four weeks."""
        young = [case for (on, case), first in self.since().items() if on == name and (as_of - first).days < STAYS_DAYS]
        return _among(case_id, young)

    def chosen_by(self, name: str, value: np.ndarray, case_id: np.ndarray, as_of: dt.date) -> np.ndarray:
        """Return what cases are chosen by: one that keeps its place gives it up only to one that stands clearly higher."""
        return np.where(self.keeps(name, case_id, as_of), CLEARLY * value, value)

    def off(self, case_id: np.ndarray, risk: np.ndarray, as_of: dt.date) -> np.ndarray:
        """Whether each case is off the lists that capacity limits: acted on or put off, and its risk not clearly up since."""
        resting = _among(case_id, [case for case, acted in self.acted.items() if acted.until > as_of])
        for row in np.flatnonzero(resting).tolist():
            acted = self.acted[str(case_id[row])]
            if acted.kind == "done" and risk[row] >= CLEARLY * acted.risk_then:
                resting[row] = False
        return resting


NOTHING = Memory()
"""Where no week came before, or none is to be remembered."""


def _among(case_id: np.ndarray, wanted: Iterable[str]) -> np.ndarray:
    names = set(wanted)
    if not names:
        return np.zeros(len(case_id), bool)
    return np.fromiter((str(one) in names for one in case_id), bool, len(case_id))


def remember(ledger: Ledger, as_of: dt.date, **series: Any) -> Memory:
    """Return what a ledger remembers for a list of a day.

    Parameters
    ----------
    ledger : Ledger
    as_of : date
        Only earlier lists count, and no list older than four weeks.
    series
        What must be the same for two lists to be held against each other, such as the capacity.
    """
    made = [run for run in runs(ledger) if run.about]
    earlier = [run for run in made if all(run.about.get(name) == value for name, value in series.items())
               and 0 < (as_of - run.as_of).days <= STAYS_DAYS]
    # Of two lists of one day, the later is the one that was worked from.
    last = max(earlier, key=lambda run: (run.as_of, run.number), default=None)
    days = {run.number: run.as_of for run in made}
    people = [entry for entry in entries_of_people(ledger) if entry.said]
    dated = [(day, entry) for entry in people if (day := _day(entry, days, as_of)) is not None]
    # A risk of then is held against one of now only while the case rests: of older runs it need not be looked up.
    resting = {entry.run for day, entry in dated if (as_of - day).days < STAYS_DAYS}
    listed = {run: _risks(run_of(ledger, run)) for run in resting if run in days}
    told: dict[str, list[str]] = {}
    acted: dict[str, Acted] = {}
    for day, entry in sorted(dated, key=lambda pair: (pair[0], pair[1].number)):
        case_id = str(entry.said["case_id"])
        if (as_of - day).days <= TOLD_DAYS and (said := _in_words(entry, day)):
            told.setdefault(case_id, []).append(said)
        if (one := _acted(entry, day, listed.get(entry.run or 0, {}).get(case_id, float("nan")))) is not None:
            acted[case_id] = one
    rows = run_of(ledger, last.number).listed if last else ()
    return Memory(last.number if last else None, last.as_of if last else None, str(last.about["release"]) if last else "",
                  rows, {case_id: " ".join(dict.fromkeys(few)) for case_id, few in told.items()}, acted)


def _day(entry: Entry, days: Mapping[int, dt.date], as_of: dt.date) -> dt.date | None:
    """Return the day of a deed, None where it came after the list.

    A list of the past that is worked through today was acted on in its own week.
    """
    day = dt.date.fromisoformat(entry.said["on"]) if entry.said.get("on") else entry.recorded_on
    if day > as_of and entry.run is not None and entry.run in days:
        day = days[entry.run]
    return day if day <= as_of else None


def _risks(run: Run) -> dict[str, float]:
    return {str(row["case_id"]): float(row["risk"]) for row in run.listed if row["risk"] is not None}


def _acted(entry: Entry, day: dt.date, risk: float) -> Acted | None:
    rests = day + dt.timedelta(days=STAYS_DAYS)
    said = _in_words(entry, day)
    if entry.kind in ("did", "outcome"):
        return Acted(day, "done", said, risk, rests)
    if entry.kind == "override":
        return Acted(day, "overridden", said, risk, rests)
    if entry.kind == "snoozed":
        return Acted(day, "put_off", said, risk, dt.date.fromisoformat(entry.said["until"]))
    return None


def _in_words(entry: Entry, day: dt.date) -> str:
    """Say what was recorded: what, by which role, when; never by whom."""
    said, on = entry.said, day_in_words(day)
    if entry.kind == "did":
        step = STEPS.get(said["step"])
        return f"Done on {on}: {step.label if step else said['step']}{f' ({step.owner})' if step else ''}."
    return {
        "snoozed": f"Put off on {on} until {day_in_words(dt.date.fromisoformat(said['until']))}." if "until" in said else "",
        "override": f"List overridden on {on}: {said.get('why', '')}.",
        "knew": f"Already known to the officer on {on}.",
        "outcome": f"Outcome recorded on {on}: {said.get('what', '')}.",
    }.get(entry.kind, "")
