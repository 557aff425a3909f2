"""The command `train`: learn from the past, test on later dates, and release what has earned its place."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.model.training import Trained

__all__ = ["command"]


@click.command(name="train")
@click.argument("casebook", type=Records())
@click.option("--as-of", type=Day(), metavar="DATE", help="Learn from nothing known after this date.  [default: the "
              "last day recorded]")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR",
              help="Folder for the release; must not exist.")
@click.option("--horizon", type=click.IntRange(30, 400), default=182, show_default=True, metavar="DAYS",
              help="How far ahead an appeal counts.")
@click.option("--estimator", type=click.Choice(["auto", "points", "ridge", "pair"]), default="auto", show_default=True,
              help="auto takes the simplest rung that does as well as the best.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases an area can act on in a week, for the test.")
@click.option("--validation", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write the validation report of the test here, as dispute-risk validate does.")
@click.option("--national", metavar="NAME", help="The authority whose published figures set the level where fewer than 30 cases "
              "had an appeal, so that none can be trained; none to refuse instead.  [default: the casebook's name]")
@click.option("--skip-test", is_flag=True, help="Release without a test on later dates; the card says so.")
@click.option("--no-voice", is_flag=True, help="Leave out the signals of advocacy.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of every random draw.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for a program to read.")
def command(
    casebook: Path | str, as_of: dt.date | None, out: Path, horizon: int, estimator: str, capacity: int,
    validation: Path | None, national: str | None, skip_test: bool, no_voice: bool, also: Path | None, seed: int, as_json: bool,
) -> None:
    """Train a model on a CASEBOOK and release it into MODEL_DIR, with a card and a manifest.

    Nothing recorded after --as-of is used, outcomes included. With fewer than 30 cases that had an appeal no model can be
    trained: the breach points go live, at the level that published rates give for this authority's decisions. The release
    is a folder of plain numbers; nothing in it is ever executed on opening.

    \b
    Example:
      dispute-risk train records/northmoor --as-of 2025-03-03 --out models/2025-03
    """
    from dispute_risk.causes.unheard_streams import equity_check
    from dispute_risk.commands.national import yearly_appeals
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.errors import OutputNotWritten
    from dispute_risk.model.training import release_trained, train

    if out.exists():
        raise OutputNotWritten(f"{out} is there already. A release is never overwritten; give it another name.")
    opened = open_records(casebook, as_of, also, voice=not no_voice)
    book = opened.read.casebook
    cut = min(as_of, book.recorded_to) if as_of is not None else book.recorded_to
    known = opened.known
    expected = None if national == "none" else yearly_appeals(known, cut, national)
    with step("Learning from the past, and testing on later dates" if not skip_test else "Learning from the past"):
        trained = train(
            opened.history, opened.catalogue, cut, horizon_days=horizon, estimator=estimator, capacity=capacity,
            test=not skip_test, equity=equity_check(known, opened.history, capacity), random_state=seed, national=expected,
        )
    release_trained(
        trained, out, opened.catalogue, name=f"{book.name} {cut:%Y-%m-%d}", synthetic=book.synthetic,
        data_fingerprints={"casebook": book.fingerprint}, random_state=seed,
    )
    if validation is not None and trained.validation is not None:
        from dispute_risk.reports.validation_page import write_validation

        write_validation(trained.validation, validation, authority=book.name, as_of=cut, horizon_days=horizon,
                         synthetic=book.synthetic, data_note=opened.data_note)
    if as_json:
        click.echo(json.dumps(_as_json(trained, out), indent=2))
    else:
        click.echo(trained.summary())
        click.echo(f"Released in {out}: read {out / 'CARD.md'} before it is used.")


def _as_json(trained: Trained, out: Path) -> dict[str, Any]:
    return {
        "released_in": str(out), "rung": trained.fitted.rung, "verdict": trained.verdict,
        "reasons": list(trained.reasons), "as_of": trained.as_of.isoformat(),
        "metrics": {key: None if math.isnan(value) else float(value) for key, value in trained.metrics.items()},
    }
