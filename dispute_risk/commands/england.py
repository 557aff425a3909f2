"""The command `england`: where an authority stands on the published figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.england.standing import Standing

__all__ = ["command"]

_YEARS = ["2019", "2020", "2021", "2022", "2023", "2024"]


@click.command(name="england")
@click.argument("name")
@click.option("--year", type=click.Choice(_YEARS), default=_YEARS[-1], show_default=True, help="Calendar year.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write a page to read or print.")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write a workbook to sort and reuse.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, for a program to read.")
def command(name: str, year: str, html: Path | None, xlsx: Path | None, as_json: bool) -> None:
    """Show where an authority stands in England, from published figures (2014 to 2024).

    NAME is the authority as people write it, or its code. Appeals registered and their rate on both published bases,
    refusals, timeliness, review decisions and mediation are set against England, the region and comparable
    authorities, with limits that say what is no more than chance. No record of the council is read.

    \b
    Examples:
      dispute-risk england "Surrey"
      dispute-risk england "st helens" --year 2023
      dispute-risk england 878 --html devon.html --xlsx devon.xlsx

    \b
    Leaves with
      0  when done
      8  if a file cannot be written
      9  if no authority, or more than one, has that name
    """
    from dispute_risk.england.standing import where_it_stands

    standing = where_it_stands(name, int(year))
    written = _write(standing, html, xlsx)
    if as_json:
        click.echo(json.dumps(_as_json(standing), indent=2, ensure_ascii=False))
        return
    if written:
        click.echo(standing.summary())
        click.echo(f"Written: {', '.join(str(path) for path in written)}")
        return
    from dispute_risk.reports.england_text import england_text

    click.echo(england_text(standing))


def _write(standing: Standing, html: Path | None, xlsx: Path | None) -> list[Path]:
    written = []
    if html is not None:
        from dispute_risk.reports.england_page import write_england_page

        written.append(write_england_page(standing, html))
    if xlsx is not None:
        from dispute_risk.reports.england_workbook import write_england_workbook

        written.append(write_england_workbook(standing, xlsx))
    return written


def _as_json(standing: Standing) -> dict[str, Any]:
    """Return the standing as plain values; a figure that was not published is null."""
    expected = None
    if standing.expected is not None:
        expected = {"level": standing.expected.level, "level_low": standing.expected.level_low,
                    "level_high": standing.expected.level_high, "coverage": standing.expected.coverage,
                    "by_decision": _rows(standing.expected.table.rename_axis("decision_type").reset_index())}
    return {
        "authority": standing.name, "region": standing.region, "year": standing.year,
        "rates": _rows(standing.table.rename_axis("rate_name").reset_index()), "years": _rows(standing.trend),
        "appeals": _rows(standing.published_appeals),
        "comparable": _rows(standing.comparable.table.rename_axis("name").reset_index()),
        "associations": _rows(standing.associations.table),
        "groups": {topic: _rows(groups.table.rename_axis("group").reset_index())
                   for topic, groups in standing.groups.items()},
        "expected": expected, "notes": list(standing.notes), "sources": _rows(standing.sources),
        "attribution": standing.attribution,
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(table.to_json(orient="records"))
