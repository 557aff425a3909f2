"""The command `score`: one row for every case at risk, with its risk, band and reasons."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.released import Release

__all__ = ["command"]


@click.command(name="score")
@click.argument("casebook", type=Records())
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE",
              help="The CSV file to write.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--engine", type=click.Choice(["one", "spark"]), default="one", show_default=True,
              help="one: this machine. spark: a cluster, for records in parts.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for a program to read.")
def command(
    casebook: Path | str, model: Path, as_of: dt.date, out: Path, also: Path | None, engine: str, as_json: bool
) -> None:
    """Give every case of a CASEBOOK that is at risk on a date its risk, band and reasons, in a CSV file.

    The risk is the probability that an appeal is registered within the model's horizon. Cases already in dispute get
    none: they are counted, and always on the weekly list. It is no measure of what a family is owed.

    A CASEBOOK in parts (made by dispute-risk in-parts) is worked through part by part, so that memory stays bounded; with
    --engine spark the parts are spread over a cluster. The risks are the same either way.

    \b
    Example:
      dispute-risk score records/northmoor --model models/2025-03 --as-of 2025-03-10 --out risk.csv
    """
    from dispute_risk.records.partitions import is_partitioned
    from dispute_risk.records.write import write_csv

    if isinstance(casebook, Path) and is_partitioned(casebook):
        if also is not None:
            raise click.UsageError("--also does not go with records in parts: give the casebook itself.")
        table, disputed, release = _in_parts(casebook, model, as_of, engine)
    elif engine == "spark":
        raise click.UsageError("--engine spark takes records in parts. Make them with dispute-risk in-parts "
                               f"{casebook} --out DIR, and give DIR.")
    else:
        table, disputed, release = _whole(casebook, model, as_of, also)
    write_csv(table, out)
    if as_json:
        click.echo(json.dumps({"cases_at_risk": len(table), "already_in_dispute": disputed, "as_of": as_of.isoformat(),
                               "expected_appeals": float(table["risk"].sum()), "release": release.name}, indent=2))
    else:
        click.echo(f"{len(table):,} cases at risk on {as_of}, {disputed:,} already in dispute and given none. Expected: "
                   f"{table['risk'].sum():.0f} appeals within {release.manifest['horizon_days']} days.")
        click.echo(f"Written to {out}.")


def _whole(casebook: Path | str, model: Path, as_of: dt.date, also: Path | None) -> tuple[pd.DataFrame, int, Release]:
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.commands.releases import open_release
    from dispute_risk.features.searches import Searches
    from dispute_risk.triage.risk_table import risk_table
    from dispute_risk.triage.snapshot import open_cases

    opened = open_records(casebook, as_of, also)
    release, catalogue = open_release(model, as_of, opened.catalogue)
    with step("Giving every case its risk and reasons"):
        cases = open_cases(Searches(opened.history), catalogue, release.fitted, as_of)
        table = risk_table(cases, invented=opened.read.casebook.synthetic)
    return table, int(cases.in_dispute.sum()), release


def _in_parts(casebook: Path, model: Path, as_of: dt.date, engine: str) -> tuple[pd.DataFrame, int, Release]:
    from dispute_risk.commands.opening import step
    from dispute_risk.records.partitions import open_authority
    from dispute_risk.triage.many import Job, check_end, release_of, score_in_parts

    parts = open_authority(casebook)
    check_end(parts, as_of)
    found: tuple[Release, Catalogue] = release_of(model, as_of)
    with step(f"Giving every case its risk and reasons, in {parts.buckets} parts"):
        if engine == "spark":
            from dispute_risk.triage.on_spark import own_session, score_one_on_spark

            with own_session() as spark:
                table, _, disputed = score_one_on_spark(spark, parts, model, Job(as_of))
        else:
            table, _, disputed = score_in_parts(parts, *found, Job(as_of))
    return table, disputed, found[0]
