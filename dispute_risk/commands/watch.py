"""The command `watch`: does the released model still fit the authority, and what to do where it does not."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.model.drift import DriftWatch
    from dispute_risk.model.released import Release
    from dispute_risk.records.casebook import Casebook

__all__ = ["command"]


@click.command(name="watch")
@click.argument("casebook", type=Records())
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the page and its tables.")
@click.option("--since", type=Day(), metavar="DATE", help="Start the charts anew on this day, after a signal was settled; the "
              "early signals are then held against the quarter before it.  [default: the as-of date of the release]")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases each area can act on in a week.")
@click.option("--recalibrate", type=click.Path(path_type=Path), metavar="NEW_DIR",
              help="Where the chart of appeals gives a signal, write the release with its level brought up to date here.")
@click.option("--points", type=click.Path(path_type=Path), metavar="NEW_DIR",
              help="Write the points of the release, without what was learned on top, as a release here.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON, for a program to read.")
def command(
    casebook: Path | str, model: Path, as_of: dt.date, out: Path, since: dt.date | None, capacity: int,
    recalibrate: Path | None, points: Path | None, also: Path | None, as_json: bool,
) -> None:
    """Hold a CASEBOOK against the one its model was released on, and say what has changed and what to do. Run it monthly.

    Watches appeals against those expected, early signals (refusals, plans without a school, who writes the plans), what the
    cases look like, blanks, days to record, new codes, the list itself, and the day of expiry. An expired release is watched
    too: the page says to use the points.

    \b
    Example:
      dispute-risk watch records/northmoor --model models/2025-03 --as-of 2025-06-02 --out watch
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.commands.releases import open_release
    from dispute_risk.errors import OutputNotWritten
    from dispute_risk.model.drift import drift_watch
    from dispute_risk.reports.governance_watch import write_watch

    for place in (recalibrate, points):
        if place is not None and place.exists():
            raise OutputNotWritten(f"{place} is there already. A release is never overwritten; give it another name.")
    opened = open_records(casebook, as_of, also)
    release, catalogue = open_release(model, _day_to_open(model, as_of), opened.catalogue)
    released_on = dt.date.fromisoformat(release.manifest["as_of"])
    if as_of <= released_on:
        raise click.BadParameter(f"{as_of} is not after the release, made from records up to {released_on}.",
                                 param_hint="--as-of")
    if since is not None and not released_on <= since < as_of:
        raise click.BadParameter(f"{since} is not between the release ({released_on}) and --as-of {as_of}.",
                                 param_hint="--since")
    with step("Holding the records against those of the release"):
        book = _known(opened.read.casebook, as_of)
        found = drift_watch(book, opened.history, catalogue, release, as_of, since=since, capacity=capacity)
    written = write_watch(found, out, opened.data_note)
    made = _write_releases(found, release, recalibrate, points)
    if as_json:
        click.echo(json.dumps({"status": found.status, "use": found.use, "level_to_add": found.level_to_add,
                               "raised": found.table.loc[found.table["status"].isin(["look into", "act"]), "check"].tolist(),
                               "files": [str(path) for path in written], "releases": [str(path) for path in made]}, indent=2))
    else:
        click.echo(found.summary())
        click.echo(f"Open {written[0]} first." + "".join(f" Written: {path}." for path in made))
        if recalibrate is not None and not found.level_to_add:
            click.echo("Not recalibrated: the chart of appeals gives no signal, and a change without one is mostly noise.")


def _known(book: Casebook, as_of: dt.date) -> Casebook:
    from dispute_risk.records.known import known_by

    return known_by(book, as_of) if as_of < book.recorded_to else book


def _day_to_open(model: Path, as_of: dt.date) -> dt.date:
    """Return a day on which the release opens: one past its expiry is watched all the same, and said to have expired."""
    try:
        expires = dt.date.fromisoformat(json.loads((model / "manifest.json").read_text(encoding="utf-8"))["expires_on"])
    except (OSError, ValueError, KeyError, TypeError):
        return as_of  # opening it then says what is wrong
    return min(as_of, expires)


def _write_releases(found: DriftWatch, release: Release, recalibrate: Path | None, points: Path | None) -> list[Path]:
    from dispute_risk.model.recalibrated import points_alone, save_changed

    made = []
    if recalibrate is not None and found.level_to_add:
        made.append(save_changed(
            release, recalibrate, release.fitted.moved(found.level_to_add), name=f"{release.name}, level of {found.as_of}",
            on=found.as_of, why=f"The level was brought up to date on {found.as_of}: log-odds moved by {found.level_to_add:+.3f} "
            "after a signal of the drift watch. It was not tested anew.", level_moved=float(found.level_to_add)))
    if points is not None:
        made.append(save_changed(
            release, points, points_alone(release.fitted), name=f"{release.name}, points alone", on=found.as_of,
            why=f"Fallback of {found.as_of}: the points alone, without what was learned on top.", verdict="not proven"))
    return made
