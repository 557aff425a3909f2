"""The command `triage`: the officer's queue, one case in full, and what was done about it, on record."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dispute_risk.commands.desk import Desk, say, user
from dispute_risk.commands.opening import Day

if TYPE_CHECKING:
    from dispute_risk.triage.ledger.reading import Run
    from dispute_risk.triage.queue import Queue

__all__ = ["command"]


def _steps_begun(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the steps that a word begins, for the completion of the shell."""
    from dispute_risk.triage.actions import STEPS

    return [name for name in STEPS if name.startswith(begun)]


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
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The signed policy the list was made with, if it was made with one.")
@click.option("--area", default="", metavar="AREA", help="Only this area.")
@click.option("--state", default="", metavar="STATE", help="Only no_right_yet, window_open, plan_in_force or in_dispute.")
@click.option("--list", "which", default="", metavar="LIST", help="Only likely_disputes, unheard, random_audit, "
              "duties_outstanding or already_in_dispute.")
@click.option("--step", default="", metavar="STEP", callback=_step_name, shell_complete=_steps_begun,
              help="Only cases with this next step.")
@click.option("--due-within", type=click.IntRange(0), metavar="N", help="Only cases with a date in the next N days.")
@click.option("--all", "put_off_too", is_flag=True, help="Also the cases that were put off.")
@click.option("--walk", is_flag=True, help="Go through the queue case by case from the keyboard.")
@click.option("--did", metavar="STEP", callback=_step_name, shell_complete=_steps_begun,
              help="Record a step that was taken.")
@click.option("--snooze", type=Day(), metavar="DATE", help="Put the case off until a date.")
@click.option("--override", metavar="WHY", help="Record that the list is overridden, and why.")
@click.option("--knew", is_flag=True, help="Record that you already knew.")
@click.option("--outcome", metavar="WHAT", help="Record what became of it.")
@click.option("--on", type=Day(), metavar="DATE", help="Day on which it was done.  [default: today]")
@click.option("--note", default="", metavar="TEXT", help="A note on what is recorded.")
@click.option("--by", "who", metavar="WHO", help="Who you are.  [default: DISPUTE_RISK_OFFICER, or your user name]")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, for a program to read.")
def command(
    casebook: Path, case_id: str | None, model: Path, as_of: dt.date, ledger: str | None, capacity: int,
    policy: Path | None, area: str, state: str, which: str, step: str, due_within: int | None, put_off_too: bool,
    walk: bool, did: str | None, snooze: dt.date | None, override: str | None, knew: bool, outcome: str | None,
    on: dt.date | None, note: str, who: str | None, as_json: bool,
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

    desk = Desk(casebook, model, as_of, capacity, open_ledger(ledger or beside(casebook)), who or user(), policy)
    run = desk.run()
    if case_id is not None:
        _one_case(desk, run, case_id, [(kind, {**said, "on": on, "note": note}) for kind, said in recording], as_json)
        return
    from dispute_risk.triage.ledger.reading import run_of, standing
    from dispute_risk.triage.queue import queue

    def shown() -> Queue:
        return queue(run_of(desk.kept, run.number), standing(desk.kept), area=area, state=state, step=step, which=which,
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


def _one_case(desk: Desk, run: Run, case_id: str, recording: list[Any], as_json: bool) -> None:
    if not recording:
        desk.show(run, case_id, as_json)
        return
    from dispute_risk.reports.triage_text import entry_in_words, wrapped
    from dispute_risk.triage.ledger.reading import case_entries

    page = desk.page(run, case_id)  # a case that is not open is refused before anything is recorded
    for kind, said in recording:
        desk.record(kind, case_id, run, **said)
    entries = case_entries(desk.kept, case_id)[-len(recording):]
    if as_json:
        click.echo(json.dumps({"case_id": case_id, "run": run.number, "recorded": [
            {"number": entry.number, "kind": entry.kind, **entry.said} for entry in entries]}, indent=2, ensure_ascii=False))
    else:
        say([line for entry in entries for line in wrapped(entry_in_words(entry), 0)])
        until = next((said["until"] for kind, said in recording if kind == "snoozed"), None)
        last = page["last_date_on"]
        if until is not None and last and dt.date.fromisoformat(last) < until:
            say(wrapped(f"Beware: the {page['last_date_is']}, {last}, comes before.", 0))


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
