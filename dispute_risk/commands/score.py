"""The command `score`: one row for every case at risk, with its risk, band and reasons."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from dispute_risk.commands.opening import Day, Records

__all__ = ["command"]


@click.command(name="score")
@click.argument("casebook", type=Records())
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE",
              help="The CSV file to write.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for a program to read.")
def command(casebook: Path | str, model: Path, as_of: dt.date, out: Path, also: Path | None, as_json: bool) -> None:
    """Give every case of a CASEBOOK that is at risk on a date its risk, band and reasons, in a CSV file.

    The risk is the probability that an appeal is registered within the model's horizon. Cases already in dispute get
    none: they are counted, and always on the weekly list. It is no measure of what a family is owed.

    \b
    Example:
      dispute-risk score records/northmoor --model models/2025-03 --as-of 2025-03-10 --out risk.csv
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.commands.releases import open_release
    from dispute_risk.features.searches import Searches
    from dispute_risk.records.write import write_csv
    from dispute_risk.triage.refused import refuse_columns
    from dispute_risk.triage.risk_table import risk_table
    from dispute_risk.triage.snapshot import open_cases

    opened = open_records(casebook, as_of, also)
    release, catalogue = open_release(model, as_of, opened.catalogue)
    with step("Giving every case its risk and reasons"):
        cases = open_cases(Searches(opened.history), catalogue, release.fitted, as_of)
        table = risk_table(cases, invented=opened.read.casebook.synthetic)
    refuse_columns(table.columns, "the risks")
    write_csv(table, out)
    disputed = int(cases.in_dispute.sum())
    if as_json:
        click.echo(json.dumps({"cases_at_risk": len(table), "already_in_dispute": disputed, "as_of": as_of.isoformat(),
                               "expected_appeals": float(table["risk"].sum()), "release": release.name}, indent=2))
    else:
        click.echo(f"{len(table):,} cases at risk on {as_of}, {disputed:,} already in dispute and given none. Expected: "
                   f"{table['risk'].sum():.0f} appeals within {release.manifest['horizon_days']} days.")
        click.echo(f"Written to {out}.")
