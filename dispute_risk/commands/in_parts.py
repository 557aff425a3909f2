"""The command `in-parts`: an authority's checked records as Parquet in parts of whole cases, for a cluster or a large run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["command"]


@click.command(name="in-parts")
@click.argument("casebooks", type=Records(), nargs=-1, required=True, metavar="CASEBOOK...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Gets a folder for each authority; others that are there are left alone.")
@click.option("--cases", type=click.IntRange(1), default=20_000, show_default=True, metavar="N", help="Cases of one part.")
@click.option("--recorded-to", type=Day(), metavar="DATE",
              help="Last day recorded, for Spark tables.  [default: the latest date]")
@click.option("--invented", is_flag=True, help="The records of the Spark tables are invented.")
@click.option("--replace", is_flag=True, help="Write over the parts of the same authority that are there already.")
def command(
    casebooks: tuple[Path | str, ...], out: Path, cases: int, recorded_to: dt.date | None, invented: bool, replace: bool
) -> None:
    """Read and check each CASEBOOK and write it into DIR as Parquet, in parts of whole cases.

    The parts are what dispute-risk score-many works through, and dispute-risk score takes them too. An authority has a folder
    of its own, so rights are given and records deleted by folder.

    A CASEBOOK spark:PREFIX stands for the tables of a cluster that begin with PREFIX (spark:send. for send.cases and so on).
    They hold many authorities, told apart by their column authority; each is read, checked and written by itself.

    \b
    Example:
      dispute-risk in-parts records/northmoor --out records/parts
    """
    from dispute_risk.records.partitions import write_parts

    for casebook in casebooks:
        for book in _read(casebook, recorded_to, invented):
            written = write_parts(book, out, cases, replace=replace)
            aside = sum(book.set_aside.values())
            said = f"; {aside:,} rows were set aside, see dispute-risk check" if aside else ""
            click.echo(f"{book.summary()}{said}. Written to {written.folder}, parts: {written.buckets}.")


def _read(casebook: Path | str, recorded_to: dt.date | None, invented: bool) -> Iterator[Casebook]:
    from dispute_risk.commands.opening import step
    from dispute_risk.records.read import read_casebook

    if not str(casebook).startswith("spark:"):
        with step(f"Reading {casebook}"):
            yield read_casebook(casebook).casebook
        return
    from dispute_risk.records.spark_tables import authorities_in_tables, casebook_in_spark
    from dispute_risk.triage.on_spark import own_session

    prefix = str(casebook).removeprefix("spark:")
    with own_session() as spark:
        for authority in authorities_in_tables(spark, prefix):
            with step(f"Reading {authority}"):
                book = casebook_in_spark(spark, prefix, authority, recorded_to, invented).casebook
            yield book
