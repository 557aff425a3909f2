"""The command `triage`: the officer's queue, one case in full, and what was done about it, on record."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dispute_risk.commands.opening import Day

if TYPE_CHECKING:
    from dispute_risk.triage.ledger import Ledger
    from dispute_risk.triage.ledger.reading import Run
    from dispute_risk.triage.queue import Queue

__all__ = ["Desk", "command", "now", "say", "user"]


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
class Desk:
    """What stays the same while an officer works: the records, the model, the ledger and who it is."""

    casebook: Path
    model: Path
    as_of: dt.date
    capacity: int
    ledger: Ledger
    who: str

    def run(self) -> Run:
        """Return the run of these records, model and date: the one on record, or a new one that is recorded now."""
        from dispute_risk.triage.ledger.reading import files_fingerprint, last_run, run_of

        if not self.casebook.exists() or not self.model.exists():
            self.made({})  # says what is missing
        same = {"as_of": self.as_of.isoformat(), "capacity": self.capacity,
                "files": files_fingerprint(self.casebook), "model_files": files_fingerprint(self.model)}
        return last_run(self.ledger, **same) or run_of(self.ledger, self.made(same))

    def made(self, about: Mapping[str, Any]) -> int:
        """Make the lists and the page of every case on them, record them, and return the number of the run."""
        from dispute_risk.commands.opening import step
        from dispute_risk.triage.desk import case_pages, listed_cases
        from dispute_risk.triage.ledger.writing import record_run
        from dispute_risk.triage.weekly import weekly_lists

        cases, said = self._open()
        with step("Making the lists"):
            lists = weekly_lists(cases.searches, cases.catalogue, cases.fitted, self.as_of, self.capacity, **said["shown"])
        with step("Preparing the page of each case listed"):
            pages = case_pages(cases, listed_cases(lists), lists.last_as_of or self.as_of)
        return record_run(self.ledger, lists, inputs_fingerprint=said["fingerprint"], at=now(), who=self.who, pages=pages,
                          **about)

    def page(self, run: Run, case_id: str) -> Mapping[str, Any]:
        """Return the page of a case; of one on no list it is made now and recorded."""
        from dispute_risk.triage.ledger.reading import page_of
        from dispute_risk.triage.ledger.writing import plain, record_page

        page = page_of(self.ledger, run.number, case_id)
        if page is None:
            from dispute_risk.triage.desk import case_pages

            since = dt.date.fromisoformat(run.about["last_as_of"])
            page = plain(case_pages(self._open()[0], {case_id: ""}, since)[case_id])
            record_page(self.ledger, run.number, page, at=now())
        return page

    def _open(self) -> tuple[Any, dict[str, Any]]:
        from dispute_risk.commands.opening import open_records
        from dispute_risk.commands.releases import open_release
        from dispute_risk.features.searches import Searches
        from dispute_risk.triage.snapshot import open_cases

        opened = open_records(self.casebook, self.as_of)
        release, catalogue = open_release(self.model, self.as_of, opened.catalogue)
        book = opened.read.casebook
        shown = {"authority": book.name, "release": release.name, "data_note": opened.data_note,
                 "synthetic": book.synthetic, "horizon_days": int(release.manifest["horizon_days"]),
                 "notes": release.notes(book.synthetic)}
        return open_cases(Searches(opened.history), catalogue, release.fitted, self.as_of), {
            "shown": shown, "fingerprint": book.fingerprint}

    def record(self, kind: str, case_id: str | None, run: Run, **said: Any) -> None:
        """Put on record what was seen or done."""
        from dispute_risk.triage.ledger.writing import record

        record(self.ledger, kind, case_id, who=self.who, at=now(), run=run.number,
               **{name: value for name, value in said.items() if value})

    def show(self, run: Run, case_id: str, as_json: bool = False) -> None:
        """Print a case in full, and record that it was seen."""
        from dispute_risk.reports.triage_text import case_lines
        from dispute_risk.triage.ledger.reading import case_entries
        from dispute_risk.triage.ledger.writing import OF_A_CASE

        page = self.page(run, case_id)
        entries = case_entries(self.ledger, case_id, tuple(kind for kind in OF_A_CASE if kind != "seen"))
        if as_json:
            recorded = [{"recorded_at": entry.recorded_at, "kind": entry.kind, **entry.said} for entry in entries]
            click.echo(json.dumps({**page, "run": run.number, "recorded": recorded}, indent=2, ensure_ascii=False))
        else:
            say(case_lines(page, run.about, entries))
        self.record("seen", case_id, run)


def _step_name(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from dispute_risk.triage.actions import STEPS

    if value and value not in STEPS:
        raise click.BadParameter(f"{value!r} is no step. Choose from: {', '.join(sorted(STEPS))}.")
    return value


@click.command(name="triage")
@click.argument("casebook", type=click.Path(path_type=Path))
@click.argument("case_id", required=False)
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--ledger", metavar="FILE|URL", help="Where all is recorded: a file, or a PostgreSQL URL.  "
              "[default: CASEBOOK-ledger.sqlite]")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases each area can act on this week.")
@click.option("--area", default="", metavar="AREA", help="Only this area.")
@click.option("--state", default="", metavar="STATE", help="Only no_right_yet, window_open, plan_in_force or in_dispute.")
@click.option("--list", "which", default="", metavar="LIST", help="Only likely_disputes, unheard, random_audit, "
              "duties_outstanding or already_in_dispute.")
@click.option("--step", default="", metavar="STEP", callback=_step_name, help="Only cases with this next step.")
@click.option("--due-within", type=click.IntRange(0), metavar="N", help="Only cases with a date in the next N days.")
@click.option("--all", "put_off_too", is_flag=True, help="Also the cases that were put off.")
@click.option("--walk", is_flag=True, help="Go through the queue case by case from the keyboard.")
@click.option("--did", metavar="STEP", callback=_step_name, help="Record a step that was taken.")
@click.option("--snooze", type=Day(), metavar="DATE", help="Put the case off until a date.")
@click.option("--override", metavar="WHY", help="Record that the list is overridden, and why.")
@click.option("--knew", is_flag=True, help="Record that you already knew.")
@click.option("--outcome", metavar="WHAT", help="Record what became of it.")
@click.option("--note", default="", metavar="TEXT", help="A note on what is recorded.")
@click.option("--by", "who", metavar="WHO", help="Who you are.  [default: DISPUTE_RISK_OFFICER, or your user name]")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, for a program to read.")
def command(
    casebook: Path, case_id: str | None, model: Path, as_of: dt.date, ledger: str | None, capacity: int, area: str,
    state: str, which: str, step: str, due_within: int | None, put_off_too: bool, walk: bool, did: str | None,
    snooze: dt.date | None, override: str | None, knew: bool, outcome: str | None, note: str, who: str | None,
    as_json: bool,
) -> None:
    """Show the queue of a CASEBOOK, or one case in full, and record what is done about it.

    The first call for a date makes the lists and keeps them with the page of every case in the ledger; further calls
    show them from there at once, as long as neither records nor model change.

    \b
    Examples:
      dispute-risk triage records/northmoor --model models/2025-03 --as-of 2025-03-10 --area NE --due-within 14
      dispute-risk triage records/northmoor A692881 --model models/2025-03 --as-of 2025-03-10
      dispute-risk triage records/northmoor A692881 --model models/2025-03 --as-of 2025-03-10 --did meet_family
      dispute-risk triage records/northmoor --model models/2025-03 --as-of 2025-03-10 --walk
    """
    recording = [(kind, said) for kind, said, given in (
        ("did", {"step": did}, did), ("snoozed", {"until": snooze}, snooze), ("override", {"why": override}, override),
        ("knew", {}, knew), ("outcome", {"what": outcome}, outcome)) if given]
    _check(case_id, recording, snooze, as_of, override, walk, as_json)
    from dispute_risk.triage.ledger.opening import beside, open_ledger

    desk = Desk(casebook, model, as_of, capacity, open_ledger(ledger or beside(casebook)), who or user())
    run = desk.run()
    if case_id is not None:
        _one_case(desk, run, case_id, recording, note, as_json)
        return
    from dispute_risk.triage.ledger.reading import run_of, standing
    from dispute_risk.triage.queue import queue

    def shown() -> Queue:
        return queue(run_of(desk.ledger, run.number), standing(desk.ledger), area=area, state=state, step=step, which=which,
                     due_within=due_within, put_off_too=put_off_too)

    if walk:
        from dispute_risk.commands.walking import walk_through

        walk_through(desk, run, shown().case_ids)
    else:
        _queue(desk, run, shown, as_json)


def _check(case_id: str | None, recording: list[Any], snooze: dt.date | None, as_of: dt.date, override: str | None,
           walk: bool, as_json: bool) -> None:
    if recording and case_id is None:
        raise click.UsageError("Say which case that is about: dispute-risk triage CASEBOOK CASE_ID …")
    if snooze is not None and snooze <= as_of:
        raise click.BadParameter(f"{snooze} is not after --as-of {as_of}. Give a later date.", param_hint="--snooze")
    if override is not None and not override.strip():
        raise click.BadParameter("Give the reason in words.", param_hint="--override")
    if walk and (case_id is not None or as_json):
        raise click.UsageError("--walk goes through the queue: leave out CASE_ID and --json.")


def _one_case(desk: Desk, run: Run, case_id: str, recording: list[Any], note: str, as_json: bool) -> None:
    if not recording:
        desk.show(run, case_id, as_json)
        return
    from dispute_risk.reports.triage_text import entry_in_words, wrapped
    from dispute_risk.triage.ledger.reading import case_entries

    desk.page(run, case_id)  # a case that is not open is refused before anything is recorded
    for kind, said in recording:
        desk.record(kind, case_id, run, **said, note=note)
    entries = case_entries(desk.ledger, case_id)[-len(recording):]
    if as_json:
        click.echo(json.dumps({"case_id": case_id, "run": run.number, "recorded": [
            {"number": entry.number, "kind": entry.kind, **entry.said} for entry in entries]}, indent=2, ensure_ascii=False))
    else:
        say([line for entry in entries for line in wrapped(entry_in_words(entry), 0)])


def _queue(desk: Desk, run: Run, shown: Callable[[], Queue], as_json: bool) -> None:
    from dispute_risk.reports.triage_text import queue_lines

    queue = shown()
    if as_json:
        about = {name: run.about[name] for name in ("as_of", "authority", "release", "synthetic", "inputs_fingerprint")}
        click.echo(json.dumps({"run": run.number, **about, "put_off": queue.put_off, "cases": list(queue.cases)}, indent=2,
                              ensure_ascii=False))
    else:
        say(queue_lines(queue))
    desk.record("seen", None, run, what="queue")
