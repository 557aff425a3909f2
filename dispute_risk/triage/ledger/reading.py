"""Reads a ledger: the runs, a list as it was shown, and everything that was recorded of a case."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispute_risk.errors import UnknownName
from dispute_risk.triage.ledger.opening import Ledger, Link

__all__ = [
    "Entry", "Run", "Standing", "case_entries", "entries_of_people", "files_fingerprint", "last_run", "page_of", "places_drawn",
    "run_of", "runs", "standing",
]  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One entry with what it says; `said` is empty where it was erased."""

    number: int
    recorded_at: str
    kind: str
    run: int | None
    said: Mapping[str, Any]

    @property
    def recorded_on(self) -> dt.date:
        """The day of recording, in Greenwich time."""
        return dt.date.fromisoformat(self.recorded_at[:10])


@dataclass(frozen=True)
class Run:
    """A list that was made.

    Parameters
    ----------
    number : int
    recorded_at : str
    about : mapping
        As-of date, release, fingerprints, areas, duties and whatever else `record_run` kept.
    listed : tuple of mapping
        The rows of `WeeklyLists.cases` in their order; empty unless it was asked for.
    erased : int
        Rows that were erased since.
    """

    number: int
    recorded_at: str
    about: Mapping[str, Any]
    listed: tuple[Mapping[str, Any], ...] = ()
    erased: int = 0

    @property
    def as_of(self) -> dt.date:
        """The as-of date."""
        return dt.date.fromisoformat(self.about["as_of"])


ENTRY = """SELECT e.number, e.recorded_at, e.kind, e.run, p.body
    FROM ledger_entries e JOIN ledger_payloads p ON p.number = e.number"""


def _entries(link: Link, where: str, **values: Any) -> list[Entry]:
    return [Entry(int(number), at, kind, run, json.loads(body) if body else {})
            for number, at, kind, run, body in link.rows(f"{ENTRY} WHERE {where} ORDER BY e.number", **values)]


def runs(ledger: Ledger) -> list[Run]:
    """Return every run, the earliest first."""
    with ledger.reading() as link:
        return [Run(int(entry.run or 0), entry.recorded_at, entry.said) for entry in _entries(link, "e.kind = 'run'")]


def run_of(ledger: Ledger, number: int) -> Run:
    """Return a run with its list; raises UnknownName where there is none of that number."""
    with ledger.reading() as link:
        made = _entries(link, "e.kind = 'run' AND e.run = :run", run=number)
        listed = _entries(link, "e.kind = 'listed' AND e.run = :run", run=number)
    if not made:
        raise UnknownName(f"The ledger {ledger.name} holds no run {number}. List them: dispute-risk ledger runs.")
    kept = sorted((entry.said for entry in listed if entry.said), key=lambda said: said["place"])
    return Run(number, made[0].recorded_at, made[0].said, tuple(said["row"] for said in kept), len(listed) - len(kept))


def last_run(ledger: Ledger, **about: Any) -> Run | None:
    """Return the latest run of which all this is so (`as_of`, `release`, …), without its list; None where there is none."""
    fitting = [run for run in runs(ledger) if all(run.about.get(name) == value for name, value in about.items())]
    return fitting[-1] if fitting else None


def places_drawn(ledger: Ledger) -> list[tuple[dt.date, Mapping[str, Any]]]:
    """Return every case that had a chance of a place, with its Monday; of two runs for one Monday the last counts."""
    last = {run.as_of: run.number for run in runs(ledger)}
    on = {number: as_of for as_of, number in last.items()}
    with ledger.reading() as link:
        found = _entries(link, "e.kind = 'drawn'")
    return [(on[entry.run], entry.said) for entry in found if entry.run in on and entry.said]


def page_of(ledger: Ledger, run: int, case_id: str) -> Mapping[str, Any] | None:
    """Return the page of a case as a run made it; None where the run made none, or it was erased."""
    with ledger.reading() as link:
        found = _entries(link, "e.kind = 'page' AND e.run = :run AND p.case_id = :case_id", run=run, case_id=case_id)
    return found[-1].said["page"] if found else None


def case_entries(ledger: Ledger, case_id: str, kinds: tuple[str, ...] = ()) -> list[Entry]:
    """Return everything recorded of a case, the earliest first."""
    with ledger.reading() as link:
        found = _entries(link, "p.case_id = :case_id", case_id=case_id)
    return [entry for entry in found if not kinds or entry.kind in kinds]


@dataclass(frozen=True)
class Standing:
    """What people last recorded of a case.

    Parameters
    ----------
    done : tuple of (str, date)
        Steps taken, each with its day, the earliest first.
    snoozed_until : date or None
    override : str
    knew : bool
    """

    done: tuple[tuple[str, dt.date], ...] = ()
    snoozed_until: dt.date | None = None
    override: str = ""
    knew: bool = False
    outcomes: tuple[tuple[str, dt.date], ...] = field(default=())

    def asleep(self, on: dt.date) -> bool:
        """Whether the case was put off beyond a day."""
        return self.snoozed_until is not None and self.snoozed_until > on


def entries_of_people(ledger: Ledger) -> list[Entry]:
    """Return what people recorded of any case, who looked left out, the earliest first."""
    with ledger.reading() as link:
        return _entries(link, "e.kind IN ('did', 'snoozed', 'override', 'knew', 'outcome')")


def standing(ledger: Ledger) -> dict[str, Standing]:
    """Return by case what people recorded of it; a later word takes the place of an earlier one."""
    found = entries_of_people(ledger)
    said: dict[str, list[Entry]] = {}
    for entry in found:
        if entry.said:
            said.setdefault(str(entry.said["case_id"]), []).append(entry)
    return {case_id: _standing(entries) for case_id, entries in said.items()}


def _standing(entries: list[Entry]) -> Standing:
    snoozes = [entry.said["until"] for entry in entries if entry.kind == "snoozed"]
    return Standing(
        tuple((entry.said["step"], _day_of(entry)) for entry in entries if entry.kind == "did"),
        dt.date.fromisoformat(snoozes[-1]) if snoozes else None,
        next((entry.said["why"] for entry in reversed(entries) if entry.kind == "override"), ""),
        any(entry.kind == "knew" for entry in entries),
        tuple((entry.said["what"], _day_of(entry)) for entry in entries if entry.kind == "outcome"),
    )


def _day_of(entry: Entry) -> dt.date:
    on = entry.said.get("on")
    return dt.date.fromisoformat(on) if on else entry.recorded_on


def files_fingerprint(place: str | Path) -> str:
    """Return the SHA-256 of the files of a folder, or of one file, names and contents; '' where there are none.

    It needs no table to be read, so that a page prepared from the same files can be shown at once.
    """
    place = Path(place)
    files = sorted(path for path in place.iterdir() if path.is_file()) if place.is_dir() else [place]
    digest = hashlib.sha256()
    for path in files:
        if path.name.startswith(".") or ".sqlite" in path.name or not path.is_file():
            continue  # a ledger kept in the same folder grows, and is no record
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
