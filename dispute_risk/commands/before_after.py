"""The command `before-after`: what changed once the tool was in use, by a plan frozen before the launch."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day, Records

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["command"]


class Launch(click.ParamType):
    """AREA=DATE, or a DATE for every area."""

    name = "launch"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, dt.date]:
        """Return the area ('' for all) and the date."""
        if isinstance(value, tuple):
            return value
        area, _, day = str(value).rpartition("=")
        return area, Day().convert(day, param, ctx)


@click.group(name="before-after")
def command() -> None:
    """Compare time to action and appeals before and after the tool came into use, by a plan frozen before the launch.

    \b
    Example:
      dispute-risk before-after plan records/northmoor --launch 2025-06-02 --out evaluation
      dispute-risk before-after compare records/northmoor --plan evaluation/before_after_plan.json --out evaluation
    """


@command.command(name="plan")
@click.argument("casebook", type=Records())
@click.option("--launch", "launches", type=Launch(), multiple=True, required=True, metavar="DATE or AREA=DATE",
              help="First day of use, for all areas or one by one; after the last day recorded.")
@click.option("--as-of", type=Day(), metavar="DATE", help="Use nothing known after this date.")
@click.option("--hoped", type=click.FloatRange(0.3, 0.95), default=0.8, show_default=True,
              help="Ratio after over before that is to be seen.")
@click.option("--signed-by", default="", metavar="POST", help="The post that signs the plan.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="Folder for the "
                                                                                                            "plan.")
def plan_command(
    casebook: Path | str, launches: tuple[tuple[str, dt.date], ...], as_of: dt.date | None, hoped: float, signed_by: str,
    out: Path,
) -> None:
    """Freeze what will be compared, from when, and how many months it takes in this authority to see the change hoped for.

    \b
    Example:
      dispute-risk before-after plan records/northmoor --launch NE=2025-06-02 --launch NW=2025-09-01 --out evaluation
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.reports.governance_before_after import write_plan_page
    from dispute_risk.triage.before_after import freeze, write_plan
    from dispute_risk.triage.monthly_counts import monthly_counts

    opened = open_records(casebook, as_of)
    book, until = opened.read.casebook, opened.history.recorded_to
    with step("Counting the months before"):
        counts = monthly_counts(_cut(book, until), opened.history, until)
    named = {area: day for area, day in launches if area}
    everywhere = [day for area, day in launches if not area]
    if len(everywhere) > 1 or (everywhere and named):
        raise click.UsageError("Give one date for all areas, or AREA=DATE for each; not both.")
    plan = freeze(counts, book.name, named or everywhere[0], until, book.fingerprint, hoped=hoped, signed_by=signed_by)
    place = write_plan(plan, out / "before_after_plan.json")
    write_plan_page(plan, out, opened.data_note, book.synthetic)
    click.echo(plan.summary())
    click.echo(f"Frozen in {place}. Keep it, and give its seal to somebody outside the team.")


@command.command(name="compare")
@click.argument("casebook", type=Records())
@click.option("--plan", "plan_file", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE",
              help="The frozen plan.")
@click.option("--as-of", type=Day(), metavar="DATE", help="Use nothing known after this date.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="Folder for the "
                                                                                                            "page.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, for a program to read.")
def compare_command(casebook: Path | str, plan_file: Path, as_of: dt.date | None, out: Path, as_json: bool) -> None:
    """Compare the months since the launch with those before, exactly as the frozen plan says, and say when nothing can be said.

    \b
    Example:
      dispute-risk before-after compare records/northmoor --plan evaluation/before_after_plan.json --out evaluation
    """
    from dispute_risk.commands.opening import open_records, step
    from dispute_risk.reports.governance_before_after import write_comparison
    from dispute_risk.triage.before_after import compare, read_plan
    from dispute_risk.triage.monthly_counts import monthly_counts

    plan = read_plan(plan_file)
    opened = open_records(casebook, as_of)
    book, until = opened.read.casebook, opened.history.recorded_to
    with step("Counting the months and comparing"):
        found = compare(plan, monthly_counts(_cut(book, until), opened.history, until), until)
    written = write_comparison(found, out, opened.data_note, book.synthetic)
    if as_json:
        click.echo(json.dumps({"as_of": until.isoformat(), "seal": plan.seal(),
                               "measures": json.loads(found.table.to_json(orient="records"))}, indent=2))
    else:
        click.echo(found.summary())
        click.echo(f"Open {written[0]}.")


def _cut(book: Casebook, until: dt.date) -> Casebook:
    from dispute_risk.records.known import known_by

    return known_by(book, until) if until < book.recorded_to else book
