"""The command `monitors`: replies to families, reviews, the work ahead, the order cases are served in, and data gaps."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from dispute_risk.commands.opening import Day, Records

__all__ = ["command"]


@click.command(name="monitors")
@click.argument("casebook", type=Records())
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the page and the workbook.")
@click.option("--model", type=click.Path(path_type=Path), metavar="MODEL_DIR",
              help="A released model: adds up the risks of the open cases beside the forecast of appeals.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases each area can act on this week, for the list that gaps are held against (with --model).")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print the headline figures as JSON, for a program to read.")
def command(
    casebook: Path | str, as_of: dt.date, out: Path, model: Path | None, capacity: int, also: Path | None, as_json: bool
) -> None:
    """Show how the service stands: a page to read and a workbook to work in, from a CASEBOOK.

    How soon families are answered, which reviews are overdue and fall due, what work to expect, whether older requests are
    served before newer ones, and where the records are silent. By area team, never by officer. No model is needed.

    \b
    Example:
      dispute-risk monitors records/northmoor --as-of 2025-03-10 --out monitors
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.commands.releases import open_release
    from dispute_risk.reports.monitors_page import write_monitors_page
    from dispute_risk.reports.monitors_workbook import write_monitors_workbook
    from dispute_risk.triage.monitors.together import monitors

    opened = open_records(casebook, as_of, also, cut=False)
    catalogue, with_model = opened.catalogue, dict[str, Any]()
    if model is not None:
        release, catalogue = open_release(model, as_of, opened.catalogue)
        with_model = {"fitted": release.fitted, "horizon_days": int(release.manifest["horizon_days"]), "release": release.name}
    with step("Working out the figures, and trying the forecasts on the past"):
        found = monitors(opened.read.casebook, as_of, data_note=opened.data_note, catalogue=catalogue, capacity=capacity,
                         **with_model)
    with step("Writing the page and the workbook"):
        written = [write_monitors_page(found, out / "monitors.html"), write_monitors_workbook(found, out / "monitors.xlsx")]
    if as_json:
        click.echo(json.dumps({**found.headlines(), "files": [str(path) for path in written]}, indent=2))
    else:
        click.echo(f"{found.summary()}\n\nOpen {written[0]} first; {written[1]} lists the cases.")
