"""The command `appeal`: one registered appeal with its dates, points to check, evidence, options and rulings."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day

if TYPE_CHECKING:
    from dispute_risk.tribunal.desk import AppealPage

__all__ = ["command"]


def _named_dates(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> dict[str, dt.date]:
    dates = {}
    for value in values:
        name, _, day = value.partition("=")
        try:
            dates[name.strip()] = dt.date.fromisoformat(day.strip())
        except ValueError:
            raise click.BadParameter(f"{value!r}: write NAME=YYYY-MM-DD, such as evidence=2026-03-02.") from None
    return dates


@click.command(name="appeal")
@click.argument("casebook", required=False, type=click.Path(path_type=Path))
@click.argument("case_id", required=False)
@click.option("--as-of", type=Day(), metavar="DATE",
              help="Use only what was known by this day. [default: the last day on record]")
@click.option("--appeal-id", default="", metavar="ID", help="Which appeal, if the case has several.")
@click.option("--date", "dates", multiple=True, callback=_named_dates, metavar="NAME=DATE",
              help="A date from the Tribunal's letter: papers, response, response_sent, evidence, bundle or hearing. "
                   "May be repeated.")
@click.option("--answers", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The officer's answers (TOML). See --answers-form.")
@click.option("--answers-form", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write a form with every question, to fill in and give with --answers.")
@click.option("--checklist-done", is_flag=True, help="The checklist was gone through on paper: show the costs.")
@click.option("--stake", type=click.FloatRange(0), metavar="POUNDS",
              help="What is in dispute, in pounds: says what a missing report is worth before choosing (with the costs).")
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the dates ahead as a calendar file with reminders.")
@click.option("--law", metavar="WORDS", help="Only search the table of rulings, such as --law \"section F\".")
@click.option("--law-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Search your own edited copy of the table of rulings (with --law).")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, for a program to read.")
def command(
    casebook: Path | None, case_id: str | None, as_of: dt.date | None, appeal_id: str, dates: dict[str, dt.date],
    answers: Path | None, answers_form: Path | None, checklist_done: bool, stake: float | None, ics: Path | None, law: str | None,
    law_file: Path | None, as_json: bool,
) -> None:
    """Take one registered appeal of a CASEBOOK from its dates to its options.

    Shows every date counted in Tribunal working days, the legal test as a checklist answered from the records where
    they can answer it, the evidence still to ask for, what each option means and obliges, how past appeals ended, the
    causes the records speak for, and the rulings on the point. It never gives the chance of one case, and no advice
    to resist.

    \b
    Examples:
      dispute-risk appeal records/northmoor A692881
      dispute-risk appeal records/northmoor A692881 --date evidence=2026-03-02 --ics dates.ics
      dispute-risk appeal records/northmoor A692881 --answers-form answers.toml
      dispute-risk appeal --law "section F"
    """
    if law is not None:
        _search_law(law, law_file, as_json)
        return
    if casebook is None or case_id is None:
        raise click.UsageError("Give CASEBOOK and CASE_ID, or --law WORDS.")
    from dispute_risk.tribunal.answers import answers_form as form
    from dispute_risk.tribunal.answers import read_answers
    from dispute_risk.tribunal.desk import appeal_page
    from dispute_risk.tribunal.reading import read_for_appeals

    given = read_answers(answers, case_id) if answers else None
    book = read_for_appeals(casebook, [case_id])
    page = appeal_page(book, case_id, min(as_of or book.recorded_to, dt.date(2079, 1, 1)), given, dates, appeal_id,
                       checklist_done, stake=stake)
    _show(page, as_json)
    if ics is not None:
        from dispute_risk.reports.calendar_file import write_calendar

        write_calendar(page.dates, ics)
        click.echo(f"\nCalendar written to {ics}", err=as_json)
    if answers_form is not None:
        _write_form(form(page.file, page.checklist), answers_form)
        click.echo(f"\nQuestions written to {answers_form}", err=as_json)


def _show(page: AppealPage, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(page.as_data(), indent=2, ensure_ascii=False))
        return
    from dispute_risk.reports.appeal_text import HEADINGS, appeal_lines

    for line in appeal_lines(page):
        # Bold goes only to a terminal; click leaves it out where the output is piped.
        click.secho(line, bold=True if line in HEADINGS else None)


def _search_law(words: str, path: Path | None, as_json: bool) -> None:
    from dispute_risk.tribunal.case_law import case_law

    found = case_law(path).about(words)
    if as_json:
        click.echo(json.dumps([{**vars(one), "grounds": list(one.grounds)} for one in found.rulings], indent=2,
                              ensure_ascii=False))
        return
    from dispute_risk.reports.appeal_text import case_law_lines

    click.echo("\n".join(case_law_lines(found)))


def _write_form(text: str, path: Path) -> None:
    from dispute_risk.errors import OutputNotWritten
    from dispute_risk.records.write import written_beside

    if path.exists():
        raise OutputNotWritten(f"--answers-form: {path} is there already and may hold answers. Give another name.")
    with written_beside(path) as beside:
        beside.write_text(text, "utf-8")
