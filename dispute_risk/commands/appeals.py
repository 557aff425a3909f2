"""The command `appeals`: every open appeal by its next date, duties not met first."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from dispute_risk.commands.opening import Day

__all__ = ["command"]


@click.command(name="appeals")
@click.argument("casebook", type=click.Path(path_type=Path))
@click.option("--as-of", type=Day(), metavar="DATE",
              help="Use only what was known by this day. [default: the last day on record]")
@click.option("--area", default="", metavar="AREA", help="Only this area team.")
@click.option("--conceded", is_flag=True, help="In place of the list: whose appeals were conceded, by deprivation and by whether "
              "the family was represented, for the quarterly report.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON, for a program to read.")
def command(casebook: Path, as_of: dt.date | None, area: str, conceded: bool, as_json: bool) -> None:
    """List the open appeals of a CASEBOOK by their next date.

    First come outcomes that were not carried out in time by the records, then hearings long past without an outcome,
    then everything by the date that comes next.

    \b
    Examples:
      dispute-risk appeals records/northmoor --area N
      dispute-risk appeals records/northmoor --conceded
    """
    if conceded:
        if area:
            raise click.UsageError("--conceded is over all areas: the numbers of one would say nothing. Leave out --area.")
        _conceded(casebook, as_of, as_json)
        return
    from dispute_risk.tribunal.open_appeals import TABLES_NEEDED, open_appeals
    from dispute_risk.tribunal.reading import read_for_appeals

    book = read_for_appeals(casebook, tables=TABLES_NEEDED)
    listed = open_appeals(book, as_of or book.recorded_to, area)
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


def _conceded(casebook: Path, as_of: dt.date | None, as_json: bool) -> None:
    from dispute_risk.tribunal.concessions import TABLES_NEEDED, concessions
    from dispute_risk.tribunal.reading import read_for_appeals

    book = read_for_appeals(casebook, tables=TABLES_NEEDED)
    found = concessions(book, as_of or book.recorded_to)
    if as_json:
        click.echo(json.dumps({"authority": found.authority, "synthetic": found.synthetic, "as_of": found.as_of.isoformat(),
                               "groups": found.table.to_dict("records")}, indent=2, ensure_ascii=False))
        return
    from textwrap import wrap

    click.echo("\n".join(part for line in [*(["INVENTED RECORDS, not a real authority."] if found.synthetic else []),
                                           *found.summary().splitlines()]
                         for part in wrap(line, 79, initial_indent="", subsequent_indent="    ", replace_whitespace=False)))
