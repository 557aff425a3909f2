"""The command `ledger`: the runs and what was recorded, checked, shown again, handed to the auditor, and erased by case."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Day

if TYPE_CHECKING:
    from dispute_risk.triage.ledger import Ledger

__all__ = ["command"]

LEDGER = click.argument("ledger", metavar="FILE|URL")


def _open(place: str) -> Ledger:
    from dispute_risk.triage.ledger.opening import open_ledger

    return open_ledger(place, create=False)


@click.group(name="ledger")
def command() -> None:
    """What the weeks left behind: runs, lists as shown, what was done and why.

    The ledger is only added to. Each entry is sealed together with the one before it, so that nothing can be altered
    unseen; what is said of a case can be erased on request, and the erasure is on record.

    \b
    Example:
      dispute-risk ledger verify records/northmoor-ledger.sqlite
    """


@command.command(name="runs")
@LEDGER
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, for a program to read.")
def _runs(ledger: str, as_json: bool) -> None:
    """List the runs.

    \b
    Example:
      dispute-risk ledger runs records/northmoor-ledger.sqlite
    """
    from dispute_risk.reports.triage_text import run_lines
    from dispute_risk.triage.ledger.reading import runs

    found = runs(_open(ledger))
    if as_json:
        said = [{"run": run.number, "recorded_at": run.recorded_at, **{name: run.about[name] for name in (
            "as_of", "release", "who", "inputs_fingerprint")}} for run in found]
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(run_lines(found)))


@command.command(name="show")
@LEDGER
@click.argument("run", type=int)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the pages and workbooks of that week again.")
def _show(ledger: str, run: int, out: Path | None) -> None:
    """Show the list of a past RUN as it was shown.

    \b
    Examples:
      dispute-risk ledger show records/northmoor-ledger.sqlite 3
      dispute-risk ledger show records/northmoor-ledger.sqlite 3 --out again
    """
    opened = _open(ledger)
    if out is not None:
        from dispute_risk.reports.weekly_files import write_weekly
        from dispute_risk.triage.ledger.replay import replayed

        written = write_weekly(replayed(opened, run), out)
        click.echo(f"{len(written)} files of run {run} written to {out}.")
        return
    from dispute_risk.reports.triage_text import queue_lines
    from dispute_risk.triage.ledger.reading import run_of
    from dispute_risk.triage.queue import queue

    click.echo("\n".join(queue_lines(queue(run_of(opened, run), {}))))


@command.command(name="case")
@LEDGER
@click.argument("case_id")
def _case(ledger: str, case_id: str) -> None:
    """Show what was recorded of a case, who saw it included.

    \b
    Example:
      dispute-risk ledger case records/northmoor-ledger.sqlite A692881
    """
    from dispute_risk.errors import UnknownName
    from dispute_risk.reports.triage_text import entry_in_words, wrapped
    from dispute_risk.triage.ledger.reading import case_entries
    from dispute_risk.triage.ledger.writing import OF_A_CASE

    entries = case_entries(_open(ledger), case_id)
    if not entries:
        raise UnknownName(f"The ledger {ledger} says nothing of case {case_id!r}. Check the number.")
    listed = [f"Run {entry.run}: {entry.said['row']['list'].replace('_', ' ')}, rank {entry.said['row']['rank']}, "
              f"{entry.said['row']['risk_words'] or 'in dispute'}." for entry in entries if entry.kind == "listed"]
    said = [*listed, *(entry_in_words(entry) for entry in entries if entry.kind in OF_A_CASE)]
    click.echo("\n".join(line for sentence in said for line in wrapped(sentence, 2, "-")))


@command.command(name="verify")
@LEDGER
@click.option("--head", default="", metavar="HASH", help="The head noted at an earlier time; it must still be there.")
def _verify(ledger: str, head: str) -> None:
    """Check that nothing was altered; name every entry that was.

    Note the head it prints in a place of its own (the minutes, say): given again later, it shows that nothing was cut off
    the end. Leaves with 11 where anything was altered.

    \b
    Example:
      dispute-risk ledger verify records/northmoor-ledger.sqlite
    """
    from dispute_risk.errors import LedgerAltered
    from dispute_risk.triage.ledger.chain import verify

    verdict = verify(_open(ledger), head)
    if not verdict.sound:
        raise LedgerAltered(f"{ledger}: {verdict.summary()} Keep the file as it is and tell the auditor.", verdict.problems)
    click.echo(f"{verdict.summary()}\nHead: {verdict.head}")


@command.command(name="export")
@LEDGER
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the files.")
def _export(ledger: str, out: Path) -> None:
    """Write the whole ledger as CSV and JSON for the auditor, with how to check it elsewhere.

    \b
    Example:
      dispute-risk ledger export records/northmoor-ledger.sqlite --out audit
    """
    from dispute_risk.triage.ledger.export import export_ledger

    written = export_ledger(_open(ledger), out)
    click.echo(f"Written: {', '.join(map(str, written))}. They hold personal data; a later erasure does not reach them.")


@command.command(name="erase")
@LEDGER
@click.argument("case_id", required=False)
@click.option("--before", type=Day(), metavar="DATE", help="What was recorded of any case before a day (retention).")
@click.option("--why", required=True, metavar="WHY", help="The request or the retention rule; kept on record.")
@click.option("--by", "who", metavar="WHO", help="Who you are.  [default: DISPUTE_RISK_OFFICER, or your user name]")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def _erase(ledger: str, case_id: str | None, before: dt.date | None, why: str, who: str | None, yes: bool) -> None:
    """Erase what the ledger says of a case, or of every case before a day. It cannot be undone.

    \b
    Examples:
      dispute-risk ledger erase records/northmoor-ledger.sqlite A692881 --why "Article 17 request 2026/14"
      dispute-risk ledger erase records/northmoor-ledger.sqlite --before 2019-09-01 --why "retention: 6 years"
    """
    from dispute_risk.commands.desk import now, user
    from dispute_risk.triage.ledger.erasure import erase_before, erase_case

    if (case_id is None) == (before is None):
        raise click.UsageError("Give CASE_ID or --before DATE, one of them.")
    opened = _open(ledger)
    if not yes:
        click.confirm(f"Erase {f'case {case_id}' if case_id else f'everything before {before}'} for good?", abort=True)
    person = who or user()
    if case_id is not None:
        blanked = erase_case(opened, case_id, why=why, who=person, at=now())
    else:
        assert before is not None
        blanked = erase_before(opened, before, why=why, who=person, at=now())
    click.echo(f"{blanked:,} entries erased. Workbooks, exports and backups made earlier are not reached: erase them too.")
