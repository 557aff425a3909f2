"""The officer's desk behind `weekly` and `triage`: the week made once, kept in the ledger with what was remembered."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.triage.ledger import Ledger
    from dispute_risk.triage.ledger.reading import Run
    from dispute_risk.triage.lists import WeeklyLists
    from dispute_risk.triage.memory import Memory
    from dispute_risk.triage.routing import Routing
    from dispute_risk.triage.selection import Policy
    from dispute_risk.triage.snapshot import OpenCases

__all__ = ["Desk", "Made", "now", "say", "user"]


def now() -> dt.datetime:
    """Return the time of recording."""
    return dt.datetime.now(tz=dt.UTC)


def user() -> str:
    """Return who is at the desk: DISPUTE_RISK_OFFICER, or the name of the user."""
    try:
        return os.environ.get("DISPUTE_RISK_OFFICER") or getpass.getuser()
    except (OSError, KeyError):  # no such user in a container
        return "not named"


def say(lines: list[str]) -> None:
    """Print lines, headings in bold and unmet duties in colour on a terminal that wants it."""
    from dispute_risk.reports.triage_text import BROKEN, HEADINGS

    wanted = False if os.environ.get("NO_COLOR") else None  # None: colour on a terminal, none where it is piped
    for line in lines:
        broken = line.lstrip().startswith(BROKEN)
        click.echo(click.style(line, bold=line in HEADINGS or None, fg="red" if broken else None), color=wanted)


@dataclass(frozen=True)
class Made:
    """A week that was made: its lists, the open cases behind them, the fingerprint of the records, and the routing."""

    lists: WeeklyLists
    cases: OpenCases
    fingerprint: str
    routing: Routing


@dataclass(frozen=True)
class Desk:
    """What stays the same while an officer works: the records, the model, the choices, the ledger and who it is.

    Parameters
    ----------
    casebook : path or str
    model : path
    as_of : date
    capacity : int
    ledger : Ledger or None
        None where nothing is to be recorded or remembered.
    who : str
    policy, also : path, optional
    since : date, optional
        The list to compare with.
    """

    casebook: Path | str
    model: Path
    as_of: dt.date
    capacity: int
    ledger: Ledger | None
    who: str
    policy: Path | None = None
    also: Path | None = None
    since: dt.date | None = None

    @property
    def kept(self) -> Ledger:
        """The ledger, which there is."""
        assert self.ledger is not None
        return self.ledger

    def series(self) -> dict[str, Any]:
        """Return what two lists must share to be held against each other."""
        chosen = {name: _digest(path) for name, path in (("policy", self.policy), ("also", self.also)) if path is not None}
        if self.policy is not None and (estimates := estimates_of(self.policy)):
            chosen["estimates"] = " ".join(_digest(path) for path in estimates)
        return {"capacity": self.capacity, "choices": json.dumps(chosen, sort_keys=True) if chosen else ""}

    def same(self) -> dict[str, Any]:
        """Return what makes a run the same run: date, choices, records, model.

        A run compared with a date of its own is no other's.
        """
        from dispute_risk.triage.ledger.reading import files_fingerprint

        about = {"as_of": self.as_of.isoformat(), **self.series(), "model_files": files_fingerprint(self.model),
                 "since": self.since.isoformat() if self.since else ""}
        if isinstance(self.casebook, Path):
            about["files"] = files_fingerprint(self.casebook)
        return about

    def run(self) -> Run:
        """Return the run of these records, model and date: the one on record, or a new one that is recorded now."""
        from dispute_risk.triage.ledger.reading import last_run, run_of

        if not Path(self.casebook).exists() or not self.model.exists():
            self._open()  # says what is missing
        same = self.same()
        return last_run(self.kept, **same) or run_of(self.kept, self.recorded(self.made(), same))

    def made(self) -> Made:
        """Make the lists, with what the ledger remembers of the weeks before."""
        from dispute_risk.commands.opening import signed_policy, step
        from dispute_risk.triage.memory import NOTHING, remember
        from dispute_risk.triage.weekly import lists_of

        policy = signed_policy(self.policy)
        routed_by(policy, self.capacity, str(self.policy))  # a mistake in it is told before the records are read
        cases, shown, book = self._open()
        memory = remember(self.ledger, self.as_of, **self.series()) if self.ledger is not None else NOTHING
        routing = routed_by(policy, self.capacity, str(self.policy), book, self.as_of, memory)
        with step("Making the lists"):
            lists = lists_of(cases, self.capacity, policy=policy, memory=memory, last_as_of=self.since, routing=routing, **shown)
        return Made(lists, cases, book.fingerprint, routing)

    def recorded(self, made: Made, same: Mapping[str, Any] | None = None) -> int:
        """Record lists with the page of every case on them, and return the number of the run.

        A list that is on record word for word is not recorded again.
        """
        from dispute_risk.commands.opening import step
        from dispute_risk.triage.desk import case_pages, listed_cases
        from dispute_risk.triage.ledger.reading import last_run
        from dispute_risk.triage.ledger.writing import lists_fingerprint, record_run

        about = {**(same or self.same()), "lists_fingerprint": lists_fingerprint(made.lists)}
        about.setdefault("files", f"records {made.fingerprint}")  # of a database: there is no file to look at
        if (earlier := last_run(self.kept, **about)) is not None:
            return earlier.number
        with step("Preparing the page of each case listed"):
            pages = case_pages(made.cases, listed_cases(made.lists), made.lists.last_as_of or self.as_of, made.lists,
                               made.routing)
        # What a lot decided is on record with the chance each case had, so that it can be drawn again and learned from.
        return record_run(self.kept, made.lists, inputs_fingerprint=made.fingerprint, at=now(), who=self.who, pages=pages,
                          drawn=made.routing.drawn(made.cases), **about, **made.routing.about(made.cases))

    def page(self, run: Run, case_id: str) -> Mapping[str, Any]:
        """Return the page of a case; of one on no list it is made now and recorded."""
        from dispute_risk.triage.ledger.reading import page_of
        from dispute_risk.triage.ledger.writing import plain, record_page

        page = page_of(self.kept, run.number, case_id)
        if page is None:
            from dispute_risk.commands.opening import signed_policy
            from dispute_risk.triage.desk import case_pages

            since = dt.date.fromisoformat(run.about["last_as_of"])
            routing = routed_by(signed_policy(self.policy), self.capacity, str(self.policy))
            page = plain(case_pages(self._open()[0], {case_id: ""}, since, routing=routing)[case_id])
            record_page(self.kept, run.number, page, at=now())
        return page

    def _open(self) -> tuple[OpenCases, dict[str, Any], Casebook]:
        from dispute_risk.commands.opening import open_records
        from dispute_risk.commands.releases import open_release
        from dispute_risk.features.searches import Searches
        from dispute_risk.triage.snapshot import open_cases

        opened = open_records(self.casebook, self.as_of, self.also)
        release, catalogue = open_release(self.model, self.as_of, opened.catalogue)
        book = opened.read.casebook
        shown = {"authority": book.name, "release": release.name, "data_note": opened.data_note,
                 "synthetic": book.synthetic, "horizon_days": int(release.manifest["horizon_days"]),
                 "notes": release.notes(book.synthetic)}
        return open_cases(Searches(opened.history), catalogue, release.fitted, self.as_of), shown, book

    def record(self, kind: str, case_id: str | None, run: Run, **said: Any) -> None:
        """Put on record what was seen or done."""
        from dispute_risk.triage.ledger.writing import record

        record(self.kept, kind, case_id, who=self.who, at=now(), run=run.number,
               **{name: value for name, value in said.items() if value})

    def show(self, run: Run, case_id: str, as_json: bool = False) -> None:
        """Print a case in full, and record that it was seen."""
        from dispute_risk.reports.triage_text import case_lines
        from dispute_risk.triage.ledger.reading import case_entries
        from dispute_risk.triage.ledger.writing import OF_A_CASE

        page = self.page(run, case_id)
        entries = case_entries(self.kept, case_id, tuple(kind for kind in OF_A_CASE if kind != "seen"))
        if as_json:
            recorded = [{"recorded_at": entry.recorded_at, "kind": entry.kind, **entry.said} for entry in entries]
            click.echo(json.dumps({**page, "run": run.number, "recorded": recorded}, indent=2, ensure_ascii=False))
        else:
            say(case_lines(page, run.about, entries))
        self.record("seen", case_id, run)


def routed_by(
    policy: Policy, capacity: int, where: str, book: Casebook | None = None, as_of: dt.date | None = None,
    memory: Memory | None = None,
) -> Routing:
    """Return the routing a signed policy asks for, learned from the records where they are given.

    Without `[routing] by = "benefit"` nothing of mediation is even loaded: the declared rules hold.
    """
    from dispute_risk.triage.memory import NOTHING
    from dispute_risk.triage.routing import DECLARED_RULES

    if not policy.routing:
        return DECLARED_RULES
    from dispute_risk.commands.opening import step
    from dispute_risk.mediation.benefit import PUBLISHED, Benefit
    from dispute_risk.mediation.routing_policy import learned_from, routing_for
    from dispute_risk.mediation.shared_effects import read_shared_effects

    def asked(effect: Benefit = PUBLISHED, group: dict[str, str] | None = None) -> Routing:
        return routing_for(policy.routing, places=policy.slots(capacity)[0], effect=effect, memory=memory or NOTHING, group=group,
                           least_breach=policy.least_breach, quiet_from=policy.quiet_from, where=where)

    plain_rule = asked()
    estimates = estimates_of(Path(where))
    if book is None or as_of is None or not plain_rule.name:
        read_shared_effects(estimates)  # a mistake in them is told before the records are read
        return plain_rule
    from dispute_risk.model.fairness_groups import audit_groups
    from dispute_risk.records.known import known_by

    past = known_by(book, as_of)
    with step("Learning from the offers made so far"):
        effect = learned_from(past, estimates)
    groups = audit_groups(past)["deprivation"].dropna()
    return asked(effect, {str(case_id): str(group) for case_id, group in groups.items()})


def estimates_of(policy: Path) -> list[Path]:
    """Return the files of other authorities that a policy names, from the folder it lies in.

    Nothing is checked here, and nothing heavy loaded: a week that is on record opens at once. What is wrong in the file is told
    when it is read as a policy.
    """
    try:
        named = tomllib.loads(policy.read_text(encoding="utf-8"))["routing"]["estimates"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [policy.parent / str(one) for one in named] if isinstance(named, list) else []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else "missing"
