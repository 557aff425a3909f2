"""Goes through the queue case by case from the keyboard, and records what the officer answers."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dispute_risk.commands.desk import Desk
    from dispute_risk.triage.ledger.reading import Run

__all__ = ["walk_through"]

KEYS = "Enter next · b back · d done · s put off · o override · k knew · q leave"


def walk_through(desk: Desk, run: Run, cases: list[str]) -> None:
    """Show each case in turn and ask what to do with it.

    Parameters
    ----------
    desk : Desk
    run : Run
    cases : list of str
        The queue, in order.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("--walk needs a terminal with a keyboard. For a script, use --json and --did.")
    place = 0
    while 0 <= place < len(cases):
        desk.show(run, cases[place])
        key = "?"
        while key not in ("", "b", "q"):
            # A whole line, not a single key: what is typed before the page is through is kept, and read aloud as typed.
            key = _asked(f"\n[{place + 1} of {len(cases)}] {KEYS}").lower()
            _record(desk, run, cases[place], key)
        if key == "q":
            break
        place = max(place - 1, 0) if key == "b" else place + 1
    click.echo("Queue left. All that was recorded is in the ledger." if place < len(cases) else "That was the last case.")


def _record(desk: Desk, run: Run, case_id: str, key: str) -> None:
    """Ask for what a key needs and record it; a blank answer records nothing."""
    if key == "d":
        from dispute_risk.triage.actions import STEPS

        eligible = [step["name"] for step in desk.page(run, case_id)["steps"]]
        click.echo("\n".join(f"  {number}. {STEPS[name].label}" for number, name in enumerate(eligible, 1)))
        step = _chosen(_asked("Which (number, or name of a step)"), eligible)
        if step not in STEPS:
            click.echo("No such step: nothing recorded." if step else "Nothing recorded.")
            return
        desk.record("did", case_id, run, step=step, note=_asked("Note, if any"))
    elif key == "s":
        until = _day(_asked("Until (YYYY-MM-DD)"))
        if until is None or until <= run.as_of:
            click.echo(f"A date after {run.as_of} is needed, as YYYY-MM-DD: nothing recorded.")
            return
        desk.record("snoozed", case_id, run, until=until)
    elif key == "o":
        if not (why := _asked("Why")):
            click.echo("A reason is needed: nothing recorded.")
            return
        desk.record("override", case_id, run, why=why)
    elif key == "k":
        desk.record("knew", case_id, run)
    else:
        if key not in ("", "b", "q"):
            click.echo(f"{key!r} is none of them: nothing recorded.")
        return
    click.echo("Recorded.")


def _asked(what: str) -> str:
    return str(click.prompt(what, default="", show_default=False)).strip()


def _chosen(answer: str, eligible: list[str]) -> str:
    if answer.isdigit():
        return eligible[int(answer) - 1] if 1 <= int(answer) <= len(eligible) else answer
    return answer


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
