"""The command `fairness`: who is on the lists and who is not, by group, and who is not heard; a page for scrutiny."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.causes.unheard import Unheard
    from dispute_risk.causes.unheard_check import BlindCheck
    from dispute_risk.commands.opening import Opened
    from dispute_risk.model.fairness_voice import WithoutVoice
    from dispute_risk.model.landmarks import Landmarks
    from dispute_risk.model.validate import Validation
    from dispute_risk.triage.selection import Policy

__all__ = ["command"]


@click.command(name="fairness")
@click.argument("casebook", type=Records())
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the page and its tables.")
@click.option("--model", type=click.Path(path_type=Path), metavar="MODEL_DIR",
              help="A released model: adds the unheard of the as-of date, and the sheet for the blind check of files.")
@click.option("--as-of", type=Day(), metavar="DATE", help="Use nothing known after this date.  [default: the last day recorded]")
@click.option("--horizon", type=click.IntRange(30, 400), default=182, show_default=True, metavar="DAYS",
              help="How far ahead an appeal counts.")
@click.option("--capacity", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="Cases an area can act on at each date.")
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="How capacity is shared out, as for the weekly list.")
@click.option("--check-files", type=click.IntRange(0, 200), default=20, show_default=True, metavar="N",
              help="Files of each kind for the blind check; needs --model.")
@click.option("--skip-voice", is_flag=True, help="Leave out the test without the signals of advocacy; half the time.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of every random draw.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for a program to read.")
def command(
    casebook: Path | str, out: Path, model: Path | None, as_of: dt.date | None, horizon: int, capacity: int,
    policy: Path | None, check_files: int, skip_voice: bool, seed: int, as_json: bool,
) -> None:
    """Check the lists made from a CASEBOOK by sex, ethnic group, language, deprivation, need, age and area.

    Learns from the past and is tested on later dates, with and without the signals of advocacy. Groups are looked at
    afterwards and are never used to make a list. Writes a page for scrutiny, and every figure as CSV into DIR.

    \b
    Example:
      dispute-risk fairness records/northmoor --model models/2025-03 --as-of 2025-03-10 --out fairness
    """
    from dispute_risk.causes.unheard_streams import streams_of
    from dispute_risk.commands.opening import open_records, signed_policy, step
    from dispute_risk.model.fairness import fairness, rows_tested
    from dispute_risk.model.fairness_groups import groups_of_rows
    from dispute_risk.model.fairness_reach import reach
    from dispute_risk.model.landmarks import landmarks
    from dispute_risk.model.validate import validate
    from dispute_risk.reports.fairness_nation import beside_nation
    from dispute_risk.reports.fairness_page import FairnessReport, write_fairness

    signed = signed_policy(policy)
    opened = open_records(casebook, as_of)
    book = opened.read.casebook
    quiet, check = _unheard(opened, model, as_of, capacity, signed, check_files, seed) if model is not None else (None, None)
    with step("Taking the features of every month"):
        rows = landmarks(opened.history, opened.catalogue, horizon_days=horizon)
    with step("Learning from the past and testing on later dates, four times over"):
        tested = validate(rows, opened.catalogue, capacity, random_state=seed)
    later = rows_tested(rows, tested)
    groups = groups_of_rows(book, later.case_id, later.on)
    with step("Looking at every group"):
        streams = streams_of(opened.history, later, capacity, signed)
        found = fairness(later, tested.predictions[tested.candidate].to_numpy(), tested.predictions["listed"].to_numpy(),
                         groups, streams, random_state=seed)
    voice = None if skip_voice else _without(opened, rows, later, tested, groups, streams.need, capacity, seed)
    report = FairnessReport(
        found, voice, quiet, beside_nation(reach(book)), check, book.name, opened.data_note, opened.history.recorded_to, horizon,
        capacity, book.synthetic,
    )
    written = write_fairness(report, out)
    if as_json:
        click.echo(json.dumps({
            "groups": json.loads(found.table.to_json(orient="records")), "vetoes": list(found.vetoes),
            "deprivation": json.loads(found.composition.to_json(orient="records")),
            "not_recorded": list(found.not_recorded), "without_advocacy": voice.overall if voice else None,
            "unheard": None if quiet is None else len(quiet.cases), "files": [str(path) for path in written],
        }, indent=2))
        return
    click.echo("\n".join(part.summary() for part in (found, voice, quiet) if part is not None))
    click.echo(f"\nOpen {written[0]} first.")
    if check is not None:
        click.echo(f"Give {out / 'file_check_sheet.csv'} to the reader of the files, and keep {out / 'file_check_key.csv'} from "
                   "them until the sheet is back.")


def _unheard(
    opened: Opened, model: Path, as_of: dt.date | None, capacity: int, policy: Policy, files: int, seed: int
) -> tuple[Unheard, BlindCheck | None]:
    from dispute_risk.causes.unheard import unheard
    from dispute_risk.causes.unheard_check import draw_check
    from dispute_risk.commands.opening import step
    from dispute_risk.commands.releases import open_release
    from dispute_risk.features.searches import Searches
    from dispute_risk.model.fairness_groups import groups_of_rows
    from dispute_risk.triage.snapshot import open_cases

    day = as_of or opened.history.recorded_to
    release, catalogue = open_release(model, day, opened.catalogue)
    with step("Finding the unheard"):
        cases = open_cases(Searches(opened.history), catalogue, release.fitted, day, ranges=False)
        ids = cases.case_id.astype(str)
        groups = groups_of_rows(opened.read.casebook, ids, cases.rows.on.astype("datetime64[D]")).set_index(ids)
        found = unheard(cases, capacity, groups, policy, seed)
    if not files:
        return found, None
    listed = found.cases.loc[found.cases["on_list"], "case_id"].to_numpy(str)
    if len(listed) < files:  # fewer places than files: the next in order stand in
        listed = found.cases["case_id"].head(files).to_numpy(str)
    return found, draw_check(listed, ids[~cases.in_dispute], files, seed)


def _without(
    opened: Opened, rows: Landmarks, later: Landmarks, tested: Validation, groups: object, need: object, capacity: int, seed: int
) -> WithoutVoice:
    from dispute_risk.commands.opening import step
    from dispute_risk.model.fairness_voice import without_voice
    from dispute_risk.model.validate import validate

    with step("The same without the signals of advocacy"):
        other = validate(rows, opened.catalogue.without_voice(), capacity, random_state=seed)
        return without_voice(later, tested.predictions["listed"].to_numpy(), other.predictions["listed"].to_numpy(),
                             groups, need, random_state=seed)  # type: ignore[arg-type]
