"""The command `weekly`: the risk list of each area, to work in and to read, and a page for the head of service."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from dispute_risk.commands.opening import Day, Records

__all__ = ["command"]


@click.command(name="weekly")
@click.argument("casebook", type=Records())
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases each area can act on this week.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder for the files.")
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="How capacity is shared out, as TOML; 60 % likely disputes, 30 % unheard, 10 % file checks if not given.")
@click.option("--since", type=Day(), metavar="DATE", help="Compare with the list of this date.  [default: a week before]")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--replace", is_flag=True, help="Write over workbooks that are there already; they may hold ticks and notes.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for a program to read.")
def command(
    casebook: Path | str, model: Path, as_of: dt.date, capacity: int, out: Path, policy: Path | None, since: dt.date | None,
    also: Path | None, replace: bool, as_json: bool,
) -> None:
    """Write this week's risk list of each area of a CASEBOOK into DIR.

    For each area a workbook to work in and a page to read, for the head of service a page over all areas, and every table
    as CSV. A list is to offer help sooner: never to resist an appeal, and never to decide what a child gets.

    \b
    Example:
      dispute-risk weekly records/northmoor --model models/2025-03 --as-of 2025-03-10 --capacity 10 --out monday
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.commands.releases import open_release
    from dispute_risk.features.searches import Searches
    from dispute_risk.reports.weekly_files import write_weekly
    from dispute_risk.triage.selection import DEFAULT_POLICY, read_policy
    from dispute_risk.triage.weekly import weekly_lists

    if since is not None and since >= as_of:
        raise click.BadParameter(f"{since} is not before --as-of {as_of}. Give the date of an earlier list.",
                                 param_hint="--since")
    signed = read_policy(policy) if policy is not None else DEFAULT_POLICY
    opened = open_records(casebook, as_of, also)
    release, catalogue = open_release(model, as_of, opened.catalogue)
    book = opened.read.casebook
    with step("Making the lists"):
        lists = weekly_lists(
            Searches(opened.history), catalogue, release.fitted, as_of, capacity,
            authority=book.name, release=release.name, data_note=opened.data_note, synthetic=book.synthetic,
            horizon_days=int(release.manifest["horizon_days"]), policy=signed, last_as_of=since,
            notes=release.notes(book.synthetic),
        )
    with step("Writing the files"):
        written = write_weekly(lists, out, replace=replace)
    listed = lists.cases[lists.cases["list"].isin(["likely_disputes", "unheard", "random_audit"])]
    if as_json:
        click.echo(json.dumps({"as_of": as_of.isoformat(), "listed": len(listed), "files": [str(path) for path in written],
                               "new": int(listed["is_new"].sum()), "release": release.name}, indent=2))
    else:
        click.echo(f"{len(listed)} cases to act on in {len(lists.areas)} areas, {int(listed['is_new'].sum())} of them new "
                   f"since {lists.last_as_of}.")
        click.echo(f"Open {written[0]} first, then the page and workbook of each area in {out}.")
