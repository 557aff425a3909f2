"""The command `demo`: the whole week on an invented authority, from records to Monday's list."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from dispute_risk.errors import OutputNotWritten

__all__ = ["command"]

PLANS, YEARS, CAPACITY = 1600, 4, 10
"""An authority of a size that shows everything and is done in two minutes on a laptop."""


@click.command(name="demo")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), show_default=True,
              metavar="DIR", help="Folder for everything the demo makes; must not exist, or be an earlier demo.")
@click.option("--plans", type=click.IntRange(200, 60_000), default=PLANS, show_default=True, metavar="N",
              help="Plans the invented authority maintains.")
@click.option("--years", type=click.IntRange(3, 15), default=YEARS, show_default=True, help="Years of records.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, another authority.")
@click.pass_context
def command(context: click.Context, out: Path, plans: int, years: int, seed: int) -> None:
    """Invent an authority, check its records, train and validate a model, and write Monday's list.

    Everything it makes is marked as invented. It ends by saying where to look and what an officer would see first.

    \b
    Example:
      dispute-risk demo --out demo
    """
    started = time.monotonic()
    _make_room(out)
    for number, (title, run) in enumerate(_steps(context, out, plans, years, seed), 1):
        click.echo(f"\n{number}. {title}")
        run()
    click.echo(f"\nDone in {time.monotonic() - started:.0f} seconds. All of it is invented: no real child or authority.\n")
    for line in _where_to_look(out):
        click.echo(line)


def _make_room(out: Path) -> None:
    import shutil

    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / "records" / "casebook.toml").is_file():
        raise OutputNotWritten(f"{out} is there and is no earlier demo. Name another folder with --out.")
    shutil.rmtree(out)


def _steps(
    context: click.Context, out: Path, plans: int, years: int, seed: int
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the title and the work of each step; each is the command a user would type."""
    from dispute_risk.commands import check, simulate, train, weekly

    records, model = out / "records", out / "model"

    def checked() -> None:
        # check leaves with a code of its own for a script; the demo goes on.
        try:
            context.invoke(check.command, casebook=records, out=out / "checked", as_json=False)
        except click.exceptions.Exit as left:
            if left.exit_code not in (0, 5):
                raise

    yield (f"dispute-risk simulate {records} --plans {plans} --years {years} --seed {seed}",
           lambda: context.invoke(simulate.command, folder=records, plans=plans, years=years, seed=seed))
    yield f"dispute-risk check {records}", checked
    monday = _last_monday(records)
    yield (f"dispute-risk train {records} --as-of {monday} --out {model} --validation {out / 'validation'}",
           lambda: context.invoke(train.command, casebook=records, as_of=monday, out=model, capacity=CAPACITY,
                                  validation=out / "validation"))
    yield (f"dispute-risk weekly {records} --model {model} --as-of {monday} --capacity {CAPACITY} --out {out / 'monday'}",
           lambda: context.invoke(weekly.command, casebook=records, model=model, as_of=monday, capacity=CAPACITY,
                                  out=out / "monday"))


def _last_monday(records: Path) -> dt.date:
    """Return the last Monday of the records."""
    from dispute_risk.records.read import read_casebook

    last = read_casebook(records).casebook.recorded_to
    return last - dt.timedelta(days=last.weekday())


def _where_to_look(out: Path) -> list[str]:
    monday = out / "monday"
    pages = sorted(path.name for path in monday.glob("weekly_*.html"))
    lines = [
        "Where to look:",
        f"  {monday / 'head_of_service.html'}   the areas side by side",
        f"  {monday / pages[0]}   the list of one area, to read" if pages else "",
        f"  {monday / pages[0].replace('.html', '.xlsx')}   the same, to work in" if pages else "",
        f"  {out / 'validation' / 'validation.html'}   would it have helped?",
        "",
        "What an officer sees first:",
        *_first_case(monday / "weekly.csv"),
    ]
    return [line for line in lines if line is not None]


def _first_case(table: Path) -> list[str]:
    import csv

    with table.open(encoding="utf-8-sig", newline="") as file:
        first = next((row for row in csv.DictReader(file) if row["list"] == "likely_disputes"), None)
    if first is None:
        return ["  No case is on the list this week."]
    reasons = [first[f"reason_{number}"] for number in (1, 2, 3) if first[f"reason_{number}"]]
    return [
        f"  Case {first['case_id']}, area {first['area']}: risk {first['risk_words']} ({first['band']}).",
        *(f"    - {reason}" for reason in reasons),
        f"  Next: {first['next_step']} ({first['step_owner']}, by {first['step_by_on']}).",
    ]
