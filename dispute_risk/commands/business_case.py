"""The command `business-case`: is the mediation pilot worth extending, for Word, the web and a spreadsheet that recalculates."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from dispute_risk.commands.opening import Day, Records

__all__ = ["command"]


@click.command(name="business-case")
@click.argument("casebook", type=Records())
@click.option("--as-of", type=Day(), required=True, metavar="DATE", help="Nothing known after this date is used.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the files.")
@click.option("--inputs", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="An edited inputs.toml; without it the inputs are drafted from the records and published costs.")
@click.option("--no-study", is_flag=True, help="Do not study this authority's own offers; rest on the published study.")
@click.option("--no-word", is_flag=True, help="Write no Word document (it needs python-docx).")
@click.option("--replace", is_flag=True, help="Write over documents that are there already; they may hold edits.")
@click.option("--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True,
              help="Draws of the sensitivity analysis.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of every random draw.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, for a program to read.")
def command(
    casebook: Path | str, as_of: dt.date, out: Path, inputs: Path | None, no_study: bool, no_word: bool, replace: bool,
    draws: int, seed: int, as_json: bool,
) -> None:
    """Work out whether the mediation pilot of a CASEBOOK is worth extending, and write the case into DIR.

    Writes a Word document, a page, a workbook whose results follow its inputs, the inputs as a file to edit and give back
    with --inputs, and the tables. Money not spent on a child's provision or place is never a benefit.

    \b
    Example:
      dispute-risk business-case records/northmoor --as-of 2025-12-29 --out case
      dispute-risk business-case records/northmoor --as-of 2025-12-29 --out case2 --inputs case/inputs.toml
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.england.published import LATEST_YEAR, published
    from dispute_risk.mediation.business_case import business_case, drafted_inputs
    from dispute_risk.mediation.case_inputs import read_inputs
    from dispute_risk.mediation.naive import naive_national
    from dispute_risk.mediation.pilot_facts import pilot_facts
    from dispute_risk.mediation.studies import studies
    from dispute_risk.records.known import known_by
    from dispute_risk.reports.business_case_files import write_business_case
    from dispute_risk.tribunal.costs import unit_costs

    opened = open_records(casebook, as_of)
    book = known_by(opened.read.casebook, as_of)
    facts = pilot_facts(opened.history, book.tables["appeals"], as_of)
    with step("Studying the offers made"):
        designs = () if no_study else studies(book, random_state=seed)
    drafted, effect = drafted_inputs(facts, designs, unit_costs())
    given = read_inputs(inputs, drafted) if inputs is not None else drafted
    with step("Working the case through"):
        case = business_case(
            given, facts, effect, designs, authority=book.name, as_of=as_of, synthetic=book.synthetic, costs=unit_costs(),
            national=naive_national(published().figures, LATEST_YEAR), draws=draws, random_state=seed,
        )
    with step("Writing the files"):
        written = write_business_case(case, out, data_note=opened.data_note, records=str(casebook), word=not no_word,
                                      replace=replace)
    if as_json:
        click.echo(json.dumps({
            "summary": case.summary(), "placeholders": [one.code for one in case.inputs.placeholders],
            "studies_answer": case.studies_answer, "options": json.loads(case.table.to_json(orient="records")),
            "switching": json.loads(case.switching_table.to_json(orient="records")), "files": [str(path) for path in written],
        }, indent=2))
    else:
        click.echo(case.summary())
        click.echo(f"\nWritten to {out}: {', '.join(path.name for path in written)}. Open {written[0]} first.")
