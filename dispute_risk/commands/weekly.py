"""The command `weekly`: the risk list of each area, to work in and to read, and a page for the head of service."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.triage.lists import WeeklyLists

__all__ = ["command"]


def _draft(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """Write a policy file to fill in, and stop."""
    if path is None or context.resilient_parsing:
        return
    from importlib.resources import files

    from dispute_risk.errors import OutputNotWritten
    from dispute_risk.records.write import written_beside

    if path.exists():
        raise OutputNotWritten(f"{path} is there already, and may be signed. Give another name, or move it away.")
    with written_beside(path) as beside:
        beside.write_bytes(files("dispute_risk.triage").joinpath("policy.toml").read_bytes())
    click.echo(f"Written: {path}. As it stands it changes nothing; read it, choose, have it signed, and give it with --policy.")
    context.exit()


@click.command(name="weekly")
@click.argument("casebook", type=Records())
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases each area can act on this week.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder for the files.")
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="How capacity is shared out, as TOML; 60 % likely disputes, 30 % unheard, 10 % file checks if not given.")
@click.option("--draft-policy", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", is_eager=True,
              expose_value=False, callback=_draft, help="Write such a file, every choice explained, and stop.")
@click.option("--since", type=Day(), metavar="DATE", help="Compare with the list of this date.  [default: a week before]")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--ledger", metavar="FILE|URL", help="Where the list is recorded and the weeks before are remembered: a file, or "
              "a PostgreSQL URL.  [default: CASEBOOK-ledger.sqlite]")
@click.option("--no-ledger", is_flag=True, help="Record nothing and remember nothing.")
@click.option("--by", "who", metavar="WHO", help="Who makes it.  [default: DISPUTE_RISK_OFFICER, or your user name]")
@click.option("--replace", is_flag=True, help="Write over workbooks that are there already; they may hold ticks and notes.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for a program to read.")
def command(
    casebook: Path | str, model: Path, as_of: dt.date, capacity: int, out: Path, policy: Path | None, since: dt.date | None,
    also: Path | None, ledger: str | None, no_ledger: bool, who: str | None, replace: bool, as_json: bool,
) -> None:
    """Write this week's risk list of each area of a CASEBOOK into DIR.

    For each area a workbook to work in and a page to read, for the head of service a page over all areas, and every table
    as CSV. The list is kept in the ledger beside the casebook, so that next week's says what is new, what moved and what was
    done (record it with dispute-risk triage). A list is to offer help sooner: never to resist an appeal, and never to decide
    what a child gets.

    \b
    Example:
      dispute-risk weekly records/northmoor --model models/2025-03 --as-of 2025-03-10 --capacity 10 --out monday
    """
    if since is not None and since >= as_of:
        raise click.BadParameter(f"{since} is not before --as-of {as_of}. Give the date of an earlier list.",
                                 param_hint="--since")
    if ledger and no_ledger:
        raise click.UsageError("Give --ledger or --no-ledger, one of them.")
    from dispute_risk.commands.desk import Desk, user
    from dispute_risk.commands.opening import step, without_collecting

    click.get_current_context().with_resource(without_collecting())
    from dispute_risk.reports.weekly_files import write_weekly
    from dispute_risk.triage.ledger.opening import beside, open_if_there, open_ledger

    if policy is not None:
        from dispute_risk.commands.opening import signed_policy

        signed_policy(policy)  # a mistake in it is told before the records are read
    place = ledger or (None if no_ledger or not isinstance(casebook, Path) else beside(casebook))
    earlier = None if place is None else open_if_there(place)
    desk = Desk(casebook, model, as_of, capacity, earlier, who or user(), policy, also, since)
    made = desk.made()
    with step("Writing the files"):
        written = write_weekly(made.lists, out, replace=replace)
    kept = None if place is None else open_ledger(place)
    run = dataclasses.replace(desk, ledger=kept).recorded(made) if kept is not None else None
    _say(made.lists, written, out, run, kept.name if kept is not None else "", as_json)


def _say(lists: WeeklyLists, written: list[Path], out: Path, run: int | None, ledger: str, as_json: bool) -> None:
    listed = lists.cases[lists.cases["list"].isin(["likely_disputes", "unheard", "random_audit"])]
    new, done = int(listed["is_new"].sum()), int((lists.movement["movement"] == "done").sum())
    if as_json:
        click.echo(json.dumps({
            "as_of": lists.as_of.isoformat(), "listed": len(listed), "files": [str(path) for path in written], "new": new,
            "done": done, "release": lists.release, "run": run, "ledger": ledger or None}, indent=2))
        return
    click.echo(f"{len(listed)} cases to act on in {len(lists.areas)} areas, {new} of them new since {lists.last_as_of}"
               f"{f'; {done} left the lists as done' if done else ''}.")
    click.echo(f"Open {written[0]} first, then the page and workbook of each area in {out}.")
    if run is not None:
        click.echo(f"On record as run {run} of {ledger}. Work through it, and record what is done: dispute-risk triage.")
    else:
        click.echo("Nothing is recorded, so next week's list cannot say what was done.")
