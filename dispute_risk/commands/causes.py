"""The command `causes`: what lies behind the appeals of a period, for the authority itself or fit to publish."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.causes.cause_costs import UnitCost
    from dispute_risk.causes.model_reasons import ModelReasons
    from dispute_risk.causes.patterns import Patterns
    from dispute_risk.causes.report import CausesReport
    from dispute_risk.causes.trends import Trend
    from dispute_risk.commands.opening import Opened

__all__ = ["command"]


@click.command(name="causes")
@click.argument("casebook", type=Records())
@click.option("--from", "start_on", type=Day(), required=True, metavar="DATE", help="First day of the period.")
@click.option("--to", "end_on", type=Day(), required=True, metavar="DATE", help="Last day of the period.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="A new folder for the page, the workbook and the tables.")
@click.option("--area", default="", metavar="AREA", help="One area only.")
@click.option("--model", type=click.Path(path_type=Path), metavar="MODEL_DIR",
              help="A released model, to set its reasons beside the patterns.")
@click.option("--coding", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
              help="Folder of answers files in which the officer coded causes; they come before what the records hold.")
@click.option("--compare-years", type=click.IntRange(1, 10), default=3, show_default=True, metavar="N",
              help="Years up to the end of the period over which patterns are compared; one holds too few appeals.")
@click.option("--publish", is_flag=True, help="Withhold small numbers, round the rest, leave out every case number.")
@click.option("--published-before", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True,
              metavar="DIR", help="With --publish: a folder published earlier, so that the two give nothing away together.")
@click.option("--replace", is_flag=True, help="Write over a folder that is there already.")
@click.option("--json", "as_json", is_flag=True, help="Print the key points as JSON, for a program to read.")
def command(
    casebook: Path | str, start_on: dt.date, end_on: dt.date, out: Path, area: str, model: Path | None, coding: Path | None,
    compare_years: int, publish: bool, published_before: tuple[Path, ...], replace: bool, as_json: bool,
) -> None:
    """Report what lies behind the appeals registered in a period of a CASEBOOK, into DIR.

    Appeals by what was appealed, area, stage, need and placement, with rates on a named base; the causes the tribunal
    officer coded; what appealed cases have in common, compared with cases that could have appealed and did not; each
    pattern with its duty and its cost; and the same duties in all open cases. Associations, never proof of a cause.

    \b
    Examples:
      dispute-risk causes records/northmoor --from 2025-01-01 --to 2025-12-31 --out causes-2025
      dispute-risk causes records/northmoor --from 2025-01-01 --to 2025-12-31 --publish --out for-committee
    """
    from dispute_risk.causes.released_counts import read_counts, same_rules
    from dispute_risk.causes.report import published
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.reports.causes_files import write_causes

    if end_on < start_on:
        raise click.BadParameter(f"{end_on} is before --from {start_on}. Give a last day on or after the first.",
                                 param_hint="--to")
    if published_before and not publish:
        raise click.UsageError("--published-before means something only with --publish. Add --publish, or leave it out.")
    opened = open_records(casebook, None)
    report = _report(opened, start_on, end_on, area, model, coding, compare_years)
    if publish:
        from dispute_risk.causes.disclosure import BASE, THRESHOLD

        before = [table for folder in published_before for table in read_counts(folder)]
        for folder in published_before:
            same_rules(folder, THRESHOLD, BASE)
        with step("Withholding small numbers, and what would give them away"):
            report = published(report, before)
    with step("Writing the files"):
        written = write_causes(report, out, replace=replace)
    _say(report, written, out, as_json)


def _report(
    opened: Opened, start_on: dt.date, end_on: dt.date, area: str, model: Path | None, coding: Path | None, years: int
) -> CausesReport:
    from dispute_risk.causes.appeal_rates import counted
    from dispute_risk.causes.coded import coded_causes
    from dispute_risk.causes.duties_everywhere import duties_everywhere
    from dispute_risk.causes.report import causes_report
    from dispute_risk.commands.opening import step

    book = opened.read.casebook
    with step("Counting appeals and decisions"):
        made = counted(book, opened.history, start_on, end_on, area)
        coded = coded_causes(made, _officer_coding(coding) if coding else None)
        everywhere = duties_everywhere(opened.history, made)
    with step("Comparing appealed cases with cases that could have appealed"):
        found, moved, why_not = _patterns(opened, start_on, end_on, area, years)
    reasons = None
    if model is not None:
        with step("Taking the model's reasons"):
            reasons = _model_reasons(opened, model, start_on, end_on, area)
    return causes_report(
        made, coded, everywhere, patterns=found, trend=moved, no_patterns=why_not, reasons=reasons, costs=_costs(),
        authority=book.name, recorded_to=book.recorded_to, synthetic=book.synthetic, data_note=opened.data_note,
    )


def _patterns(
    opened: Opened, start_on: dt.date, end_on: dt.date, area: str, years: int
) -> tuple[Patterns | None, Trend | None, str]:
    """Return the patterns and their trend, or why there are none: a small area has too few appeals, and the rest stands."""
    from dispute_risk.causes.decision_rows import decision_rows
    from dispute_risk.causes.patterns import patterns
    from dispute_risk.causes.trends import trend
    from dispute_risk.errors import NotEnoughHistory

    first = min(start_on, end_on - dt.timedelta(days=round(365.25 * years)))
    try:
        rows = decision_rows(opened.read.casebook, first, end_on)
        if area:
            rows = rows.where(rows.area == area)
        return patterns(rows, first, end_on), trend(rows, first, end_on), ""
    except NotEnoughHistory as error:
        return None, None, error.message


def _model_reasons(opened: Opened, model: Path, start_on: dt.date, end_on: dt.date, area: str) -> ModelReasons:
    from dispute_risk.causes.model_reasons import model_reasons
    from dispute_risk.commands.releases import open_release
    from dispute_risk.model.landmarks import HORIZON_DAYS, landmarks

    release, catalogue = open_release(model, opened.history.recorded_to, opened.catalogue)
    rows = landmarks(opened.history, catalogue, first=start_on - dt.timedelta(days=HORIZON_DAYS), last=end_on)
    return model_reasons(rows, release.fitted, catalogue, start_on, end_on, area=area, release=release.name,
                         trained_to=str(release.manifest.get("as_of", "")))


def _costs() -> list[UnitCost]:
    from dispute_risk.causes.cause_costs import CASEWORK, UnitCost
    from dispute_risk.tribunal.costs import unit_costs

    known = unit_costs()
    return [UnitCost(known[code].what, known[code].high, known[code].price_year, known[code].source, known[code].caveat)
            for code in CASEWORK]


def _officer_coding(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the causes coded in answers files, by case; the primary one first."""
    import tomllib

    from dispute_risk.errors import UnreadableFile
    from dispute_risk.tribunal.answers import read_answers

    coded = {}
    for path in sorted(folder.glob("*.toml")):
        answers = read_answers(path)
        case_id = tomllib.loads(path.read_text("utf-8-sig")).get("case_id", "")
        if not case_id:
            raise UnreadableFile(f"--coding: {path.name} does not name its case. Add a first line: case_id = \"...\".")
        if answers.primary_cause or answers.further_causes:
            coded[str(case_id)] = tuple(one for one in (answers.primary_cause, *answers.further_causes) if one)
    return coded


def _say(report: CausesReport, written: list[Path], out: Path, as_json: bool) -> None:
    from dispute_risk.reports.causes_page import document

    points = document(report).points
    if as_json:
        click.echo(json.dumps({"key_points": points, "for_publication": report.for_publication,
                               "files": [str(path) for path in written]}, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(points))
    if report.protected is not None:
        click.echo(f"\n{report.protected.summary()} This line is for you, not for the report.")
    click.echo(f"\nWritten to {out}. Open {written[0]} first.")
