"""The command `mediation`: does an offer of a meeting mean fewer appeals here, by every design the records allow."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.mediation.comparison import Study
    from dispute_risk.mediation.logged_places import LoggedPlaces
    from dispute_risk.records.casebook import Casebook

__all__ = ["command"]


@click.command(name="mediation")
@click.argument("casebook", type=Records())
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the report and its tables.")
@click.option("--as-of", type=Day(), metavar="DATE", help="Use nothing known after this date.")
@click.option("--lottery", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE",
              help="List of a lottery as CSV: case_id, on, drawn (0 or 1), and stratum where chances differed.")
@click.option("--ledger", metavar="FILE",
              help="Ledger of the weekly lists: their lot is studied, and other rules are judged by it.")
@click.option("--share", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Also write what your offers say of their effect by cause, without any case, for other authorities.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of every random draw.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, for a program to read.")
def command(
    casebook: Path | str, out: Path, as_of: dt.date | None, lottery: Path | None, ledger: str | None,
    share: Path | None, seed: int, as_json: bool,
) -> None:
    """Study what the offers of a pilot in a CASEBOOK do to appeals, attack the figure, and write the report into DIR.

    Compares cases alike on the day of the offer, offers rationed by lot or places, and areas that began at different times.
    Says which of them cannot answer, and why. The comparison everybody makes first stands beside, named as wrong. Where the
    policy file keeps a lot ([routing]), the ledger of the weekly lists says what other rules for the places would have done.
    One authority has too few appeals to tell the effect of an offer by cause well. --share writes its estimates, sums over all
    offers and no case, into a file; others name it in their policy file ([routing] estimates).

    \b
    Examples:
      dispute-risk mediation records/northmoor --out mediation
      dispute-risk mediation records/northmoor --ledger records/northmoor-ledger.sqlite --out mediation
      dispute-risk mediation records/northmoor --share northmoor-effect.json --out mediation
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.mediation.effect_by_cause import effect_by_cause, effect_to_share
    from dispute_risk.mediation.shared_effects import write_shared_effect
    from dispute_risk.records.known import known_by
    from dispute_risk.reports.mediation_page import write_mediation

    opened = open_records(casebook, as_of)
    book = known_by(opened.read.casebook, as_of) if as_of is not None else opened.read.casebook
    listed, rules, places = _read_list(lottery) if lottery is not None else None, None, None
    if ledger is not None:
        with step("Judging other rules by the lot of the weekly lists"):
            places = _from_ledger(ledger, book)
            rules = places.rules(random_state=seed)
    with step("Comparing cases alike on the day of each offer, and attacking the figure"):
        study = _study(book, listed, places, seed)
        by_cause = effect_by_cause(study.eligible, random_state=seed)
    effect = effect_to_share(study.eligible, book, found=by_cause, random_state=seed) if share is not None else None
    written = write_mediation(study, out, authority=book.name, as_of=opened.history.recorded_to,
                              synthetic=book.synthetic, data_note=opened.data_note, rules=rules,
                              by_cause=by_cause)
    if share is not None and effect is not None:
        write_shared_effect(effect, share)
    if as_json:
        click.echo(json.dumps({
            "designs": json.loads(study.table.to_json(orient="records")), "headline": study.headline.design,
            "challenges": [{"name": one.name, "passed": one.passed, "words": one.words} for one in study.challenges],
            "by_cause": json.loads(by_cause.table.to_json(orient="records")) if by_cause is not None else [],
            "rules": json.loads(rules.table.to_json(orient="records")) if rules is not None else [],
        }, indent=2))
    else:
        click.echo(study.summary())
        if by_cause is not None:
            click.echo(by_cause.summary())
        if rules is not None:
            click.echo(rules.summary())
        click.echo(f"\nWritten to {out}: {', '.join(path.name for path in written)}. Open {written[0]} first.")
        if share is not None:
            click.echo(f"{share} may be sent to other authorities: it holds sums over all offers and no case. They name it in "
                       "their policy file.")


def _study(book: Casebook, listed: pd.DataFrame | None, places: LoggedPlaces | None, seed: int) -> Study:
    """Study the offers; with the lot of the ledger where no list was given and its cases could have been offered a meeting."""
    from dispute_risk.errors import UnusableRecords
    from dispute_risk.mediation.comparison import study_mediation

    if listed is None and places is not None:
        try:
            return study_mediation(book, listed=places.listed, random_state=seed)
        except UnusableRecords:
            click.echo("The lot of the ledger was drawn among cases that the pilot could not have offered a meeting: it judges "
                       "other rules, and is no lottery of offers.", err=True)
    return study_mediation(book, listed=listed, random_state=seed)


def _from_ledger(ledger: str, book: Casebook) -> LoggedPlaces:
    from dispute_risk.mediation.logged_places import logged_places
    from dispute_risk.triage.ledger.opening import open_ledger
    from dispute_risk.triage.ledger.reading import places_drawn

    return logged_places(places_drawn(open_ledger(ledger, create=False)), book)


def _read_list(path: Path) -> pd.DataFrame:
    import pandas as pd

    from dispute_risk.errors import UnreadableFile

    try:
        return pd.read_csv(path, dtype={"case_id": str})
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path} cannot be read as CSV ({error}). Save the list of the lottery as CSV (UTF-8).") from error
