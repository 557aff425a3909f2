"""The command `features`: the catalogue of features, to read, to dispute, or to write as a page."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["command"]


@click.command(name="features")
@click.option("--family", metavar="NAME", help="Only features of one family, such as advice or placement.")
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the catalogue as a Markdown page.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, for a program to read.")
def command(family: str | None, write: Path | None, also: Path | None, as_json: bool) -> None:
    """Print what the model looks at: every feature, its unit, its source, and what a blank means.

    \b
    Examples:
      dispute-risk features --family placement
      dispute-risk features --write CATALOGUE.md
    """
    from dispute_risk.commands.opening import catalogue_with, own_features
    from dispute_risk.features.catalogue import as_markdown, as_table
    from dispute_risk.features.declare import FAMILIES

    catalogue = catalogue_with(own_features(also), voice=True)
    rows = as_table(catalogue)
    if family is not None:
        if family not in FAMILIES:
            raise click.BadParameter(f"{family!r} is not a family. Allowed: {', '.join(FAMILIES)}.", param_hint="--family")
        rows = [row for row in rows if row["family"] == FAMILIES[family]]
    if write is not None:
        from dispute_risk.records.write import written_beside

        with written_beside(write) as beside:
            beside.write_text(as_markdown(catalogue), encoding="utf-8")
        click.echo(f"Written to {write}: {len(catalogue)} features.")
    elif as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print(rows)


def _print(rows: list[dict[str, str]]) -> None:
    heading = ""
    for row in rows:
        if row["family"] != heading:
            heading = row["family"]
            click.echo(f"\n{heading}\n{'-' * len(heading)}")
        marks = f"{row['unit']}{', advocacy' if row['advocacy'] == 'yes' else ''}"
        click.echo(f"{row['name']} ({marks})\n    {row['label']}\n    {row['source']}; {row['direction']}")
    click.echo(f"\n{len(rows)} features.")
