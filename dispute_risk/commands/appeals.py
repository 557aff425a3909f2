"""The command `appeals`: every open appeal by its next date, duties not met first."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

__all__ = ["command"]


@click.command(name="appeals")
@click.argument("casebook", type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Use only what was known by this day. [default: the last day on record]")
@click.option("--area", default="", metavar="AREA", help="Only this area team.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON, for a program to read.")
def command(casebook: Path, as_of: dt.datetime | None, area: str, as_json: bool) -> None:
    """List the open appeals of a CASEBOOK by their next date.

    First come outcomes that were not carried out in time by the records, then hearings long past without an outcome,
    then everything by the date that comes next.

    \b
    Example:
      dispute-risk appeals records/northmoor --area N
    """
    from dispute_risk.tribunal.open_appeals import TABLES_NEEDED, open_appeals
    from dispute_risk.tribunal.reading import read_for_appeals

    book = read_for_appeals(casebook, tables=TABLES_NEEDED)
    listed = open_appeals(book, as_of.date() if as_of else book.recorded_to, area)
    if as_json:
        rows = [{**vars(one), "grounds": list(one.grounds),
                 **{name: day.isoformat() if (day := getattr(one, name)) else None
                    for name in ("registered_on", "next_on")}} for one in listed.appeals]
        click.echo(json.dumps({"authority": listed.authority, "synthetic": listed.synthetic,
                               "as_of": listed.as_of.isoformat(), "area": area or None, "appeals": rows}, indent=2,
                              ensure_ascii=False))
        return
    from dispute_risk.reports.appeal_text import open_appeals_lines

    click.echo("\n".join(open_appeals_lines(listed)))
