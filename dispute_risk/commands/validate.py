"""The command `validate`: would the model have helped, on dates it had not seen, against what officers would do without it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from dispute_risk.commands.opening import Day, Records

__all__ = ["command"]


@click.command(name="validate")
@click.argument("casebook", type=Records())
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the report and its tables.")
@click.option("--as-of", type=Day(), metavar="DATE", help="Use nothing known after this date.")
@click.option("--horizon", type=click.IntRange(30, 400), default=182, show_default=True, metavar="DAYS",
              help="How far ahead an appeal counts.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases an area can act on at each date tested.")
@click.option("--no-voice", is_flag=True, help="Leave out the signals of advocacy.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of every random draw.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, for a program to read.")
def command(
    casebook: Path | str, out: Path, as_of: dt.date | None, horizon: int, capacity: int, no_voice: bool, also: Path | None,
    seed: int, as_json: bool,
) -> None:
    """Test the model on a CASEBOOK and write the validation report into DIR.

    Always learns from the past and is tested on later dates, with a gap, against the rules of thumb an officer could use
    instead. Writes a page, and every figure as CSV.

    \b
    Example:
      dispute-risk validate records/northmoor --out validation --capacity 10
    """
    from dispute_risk.causes.unheard_streams import equity_check
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.model.landmarks import landmarks
    from dispute_risk.model.validate import validate
    from dispute_risk.reports.validation_page import write_validation

    opened = open_records(casebook, as_of, also, voice=not no_voice)
    with step("Taking the features of every month"):
        rows = landmarks(opened.history, opened.catalogue, horizon_days=horizon)
        earlier = landmarks(opened.history, opened.catalogue, horizon_days=horizon, shift_days=14)
    with step("Learning from the past and testing on later dates, four times over"):
        found = validate(rows, opened.catalogue, capacity, earlier=earlier,
                         equity=equity_check(opened.known, opened.history, capacity), random_state=seed)
    book = opened.read.casebook
    written = write_validation(
        found, out, authority=book.name, as_of=opened.history.recorded_to, horizon_days=horizon, synthetic=book.synthetic,
        data_note=opened.data_note,
    )
    if as_json:
        click.echo(json.dumps({
            "verdict": found.verdict, "reasons": list(found.reasons), "candidate": found.candidate,
            "stability": found.stability, "alarms": list(found.alarms), "capacity": found.capacity,
            "models": json.loads(found.table.to_json(orient="records")),
            "rules": json.loads(found.rules.to_json(orient="records")),
        }, indent=2))
    else:
        click.echo(found.summary())
        click.echo(f"\nWritten to {out}: {', '.join(path.name for path in written)}. Open {written[0]} first.")
