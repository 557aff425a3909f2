"""The command `check`: what is wrong with the records, what they cover, and what is lost by what they do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dispute_risk.commands.opening import Records
from dispute_risk.errors import ProblemsFound, UnreadableFile, UnusableRecords

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.records.read import CasebookRead

__all__ = ["command"]


@click.command(name="check")
@click.argument("casebook", type=Records())
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write problems.csv, coverage.csv and set_aside/ (a file a table) into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, for a program to read.")
@click.pass_context
def command(context: click.Context, casebook: Path | str, out: Path | None, as_json: bool) -> None:
    """Check the records of a CASEBOOK: a folder of CSV or Parquet files, or an Excel workbook.

    Finds every problem at once and says where it is, what is allowed and what to do. Nothing in the records is
    changed: a cell that is not allowed counts as not recorded, a row that cannot be used is set aside, and both are
    listed. Columns that look like personal data are refused: not read, and never copied.

    \b
    Example:
      dispute-risk check records/northmoor --out checked

    \b
    Leaves with
      0  if all can be used (notes do not matter)
      3  if a file is missing or cannot be read
      4  if a required table is missing or nothing in it can be used
      5  if there are problems, and the rest can be used
    """
    from dispute_risk.records.read import inspect_casebook

    read = inspect_casebook(casebook)
    costs = _costs_of_silence()
    coverage = read.coverage(costs) if read.usable is not None else None
    if as_json:
        click.echo(json.dumps(_as_json(read, coverage), indent=2, ensure_ascii=False))
    else:
        click.echo(read.summary())
        if coverage is not None:
            click.echo(f"\n{coverage.summary()}")
    if out is not None:
        _write(read, coverage, out)
        if not as_json:
            click.echo(f"\nWritten to {out}: {', '.join(sorted(item.name for item in out.iterdir()))}")
    context.exit(_exit_code(read))


def _exit_code(read: CasebookRead) -> int:
    if read.usable is None:
        return UnreadableFile.exit_code if read.unreadable else UnusableRecords.exit_code
    return 0 if read.clean else ProblemsFound.exit_code


def _costs_of_silence() -> dict[str, list[str]]:
    """Return what is lost without each table or column, as the catalogue of features knows it."""
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec("dispute_risk.features.catalogue") is None:
        return {}
    catalogue = import_module("dispute_risk.features.catalogue")
    costs = getattr(catalogue, "costs_of_silence", None)
    return dict(costs()) if costs is not None else {}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s"))


def _as_json(read: CasebookRead, coverage: Any) -> dict[str, Any]:
    book = read.usable
    return {
        "usable": book is not None,
        "exit_code": _exit_code(read),
        "authority": book.name if book else None,
        "synthetic": book.synthetic if book else None,
        "recorded_to": book.recorded_to.isoformat() if book else None,
        "fingerprint": book.fingerprint if book else None,
        "tables": _records(read.counts.reset_index()),
        "problems": _records(read.problems),
        "coverage": _records(coverage.table) if coverage is not None else [],
        "areas": _records(coverage.areas) if coverage is not None else [],
    }


def _write(read: CasebookRead, coverage: Any, out: Path) -> None:
    from dispute_risk.records.write import write_csv, written_beside

    def marked(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(invented="yes") if read.usable is not None and read.usable.synthetic else table

    write_csv(marked(read.problems), out / "problems.csv")
    if coverage is not None:
        write_csv(marked(coverage.table), out / "coverage.csv")
        write_csv(marked(coverage.areas), out / "coverage_by_area.csv")
    # The whole folder is replaced, so that no set-aside file of an earlier run is taken for one of this run.
    with written_beside(out / "set_aside", folder=True, replace=True) as beside:
        for name, rows in read.set_aside.items():
            write_csv(rows, beside / f"{name}.csv")
