"""The command `simulate`: an invented authority's records, to try everything on without a real child's data."""

from __future__ import annotations

from pathlib import Path

import click

from dispute_risk.errors import OutputNotWritten

__all__ = ["command"]


@click.command(name="simulate")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--plans", type=click.IntRange(200, 60_000), default=3000, show_default=True,
              help="Plans maintained at the end, about.")
@click.option("--years", type=click.IntRange(1, 15), default=4, show_default=True, help="Years of records.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True,
              help="The same seed gives the same records.")
@click.option("--scenario", metavar="NAME", default="S0", show_default=True,
              help="S0 to S10: what is different in this authority; see below.")
@click.option("--truth", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write the true risks and causes here, apart from the records.")
@click.option("--kind", type=click.Choice(["csv", "parquet", "xlsx"]), default="csv", show_default=True,
              help="Kind of files; xlsx makes one workbook, and DIR is its name.")
def command(folder: Path, plans: int, years: int, seed: int, scenario: str, truth: Path | None, kind: str) -> None:
    """Invent an authority and write its records to DIR.

    The records have the shape of a real council's and England's published totals; every child in them is invented, and
    every page that is made from them says so. A folder that holds anything but an earlier invented casebook is left
    alone.

    \b
    Example:
      dispute-risk simulate demo --plans 3000 --years 4 --seed 1

    \b
    Scenarios:
      S0  nothing changes            S1  appeals grow by a quarter a year
      S2  the law changes            S3  quiet families' contacts go unrecorded
      S4  offers follow risk         S5  early resolution has no effect
      S6  it works for the loud      S7  offers went to the most determined
      S8  a tiny authority           S9  a system migration lost the history
      S10 contacts are logged and nothing is done
    """
    from dispute_risk.records.synthetic import Settings, simulate
    from dispute_risk.records.write import write_casebook

    settings = Settings.scenario(scenario)
    replaces = _may_be_replaced(folder)
    if truth is not None:
        _refuse_truth_inside(truth, folder)
    invented = simulate(plans, years, seed, settings, oracle_paths=4 if truth is not None else 0,
                        oracle_every_months=3)
    place = write_casebook(invented.casebook, folder, kind=kind, replace=replaces)
    click.echo(f"{invented.casebook.summary()}\nWritten to {place}. All of it is invented: no real child, family, "
               "officer or authority.")
    if truth is not None:
        invented.truth.write(truth)
        click.echo(f"The truth about it is in {truth}: keep it away from whoever analyses the records.")


def _may_be_replaced(folder: Path) -> bool:
    # Only an earlier invented casebook may be overwritten, and a workbook never.
    if not folder.exists():
        return False
    if folder.is_dir():
        held = {item.name for item in folder.iterdir()}
        if not held:
            return True
        if "casebook.toml" in held and _says_invented(folder / "casebook.toml") and _only_tables(held):
            return True
    raise OutputNotWritten(
        f"{folder} is already there and is not an earlier invented casebook; nothing was written. Choose a new name, "
        "or remove it first."
    )


def _only_tables(held: set[str]) -> bool:
    from dispute_risk.records.tables import TABLES

    expected = {f"{declared.name}.{ending}" for declared in TABLES for ending in ("csv", "parquet")}
    return held <= expected | {"casebook.toml"}


def _says_invented(about: Path) -> bool:
    import tomllib

    try:
        return tomllib.loads(about.read_text(encoding="utf-8")).get("synthetic") is True
    except (OSError, ValueError):
        return False


def _refuse_truth_inside(truth: Path, folder: Path) -> None:
    if truth.resolve().is_relative_to(folder.resolve()):
        raise OutputNotWritten(f"The truth must not lie inside the casebook: {truth} is within {folder}. Choose a "
                               "folder beside it.")
