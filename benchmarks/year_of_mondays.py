"""A year of Mondays on one ledger: each week's list made, worked through and recorded; nothing grows but the ledger."""

from __future__ import annotations

from measuring import arguments, keep, machine, say  # first: it sets the number of threads

# isort: split
import datetime as dt
import filecmp
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

SEED = 20
PLANS, YEARS, WEEKS, CAPACITY = 1_000, 3, 52, 6
RETRAIN_WEEKS = 13
LATE, EARLY = 10, 10
"""The last and the first so many weeks are held against each other."""
TIME_GROWS, MEMORY_GROWS = 1.25, 1.10
"""Last weeks over first weeks, time over the yardstick: more than this and the run fails."""


@dataclass(frozen=True)
class Week:
    """What one Monday took.

    Parameters
    ----------
    processor : float
        Seconds for the list.
    yardstick : float
        Seconds for starting Python and importing pandas right after it: how fast the machine was just then.
    peak_mb : float
        Most memory the process held.
    ledger_mb : float
        Size of the ledger at the end of the week.
    acted : int
        Cases the officer acted on.
    """

    processor: float
    yardstick: float
    peak_mb: float
    ledger_mb: float
    acted: int


def run(*words: str) -> tuple[str, float, float]:
    """Run a command of the package; see `run_python`."""
    return run_python("-m", "dispute_risk.cli", *words)


def run_python(*words: str) -> tuple[str, float, float]:
    """Run Python in a process of its own; return what it said, its processor seconds and its peak memory in MB."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}:\n{said}")
    return said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


@dataclass(frozen=True)
class Year:
    """The authority, its ledger and the choices that stay the same all year."""

    folder: Path

    @property
    def casebook(self) -> Path:
        """The records, to the end of the year: every list is cut at its own Monday."""
        return self.folder / "casebook"

    @property
    def ledger(self) -> Path:
        """The one ledger."""
        return self.folder / "casebook-ledger.sqlite"

    def out(self, on: dt.date) -> Path:
        """Where the list of a Monday is written."""
        return self.folder / "mondays" / on.isoformat()

    def model(self, on: dt.date, week: int) -> Path:
        """Return the model of the quarter, trained when the quarter began."""
        begun = on - dt.timedelta(weeks=week % RETRAIN_WEEKS)
        place = self.folder / f"model-{begun}"
        if not place.exists():
            run("train", str(self.casebook), "--as-of", begun.isoformat(), "--out", str(place), "--skip-test", "--estimator",
                "ridge")
        return place

    def monday(self, on: dt.date, week: int, officer: random.Random) -> Week:
        """Make the list of a Monday and work through it."""
        model = self.model(on, week)
        _, seconds, peak = run("weekly", str(self.casebook), "--model", str(model), "--as-of", on.isoformat(), "--capacity",
                               str(CAPACITY), "--out", str(self.out(on)), "--by", "officer")
        yardstick = run_python("-c", "import pandas")[1]
        acted = self.worked_through(on, model, officer)
        return Week(seconds, yardstick, peak, self.ledger.stat().st_size / 1e6, acted)

    def worked_through(self, on: dt.date, model: Path, officer: random.Random) -> int:
        """Record what an officer does about the cases of a list: most get their step, some are put off or overridden.

        Recorded through the ledger itself: what the command line adds, its tests show.
        """
        from dispute_risk.triage.actions import STEPS
        from dispute_risk.triage.ledger.opening import open_ledger
        from dispute_risk.triage.ledger.reading import run_of, runs
        from dispute_risk.triage.ledger.writing import record

        ledger = open_ledger(self.ledger)
        number = runs(ledger)[-1].number
        day = on + dt.timedelta(days=2)
        at = dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)
        steps = {step.label: name for name, step in STEPS.items()}
        acted = 0
        for row in run_of(ledger, number).listed:
            if row["list"] not in ("likely_disputes", "unheard", "random_audit"):
                continue
            drawn, case_id = officer.random(), str(row["case_id"])
            said = {"who": "officer", "at": at, "run": number, "on": day}
            if drawn < 0.5:
                record(ledger, "did", case_id, step=steps[row["next_step"]], **said)
            elif drawn < 0.6:
                record(ledger, "snoozed", case_id, until=on + dt.timedelta(days=officer.choice((14, 28, 60))), **said)
            elif drawn < 0.65:
                record(ledger, "override", case_id, why="The officer met the family last week.", **said)
            elif drawn < 0.7:
                record(ledger, "knew", case_id, **said)
            acted += drawn < 0.7
        return acted


def as_installed(folder: Path) -> None:
    """Let Python keep what it translated, as it does where the package is installed, but outside the checkout."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "translated")


def replayed_as_they_were(year: Year, mondays: list[dt.date]) -> int:
    """Write every past list again from the ledger, compare it with the files of its day, and return how many files."""
    from dispute_risk.reports.weekly_files import write_weekly
    from dispute_risk.triage.ledger.opening import open_ledger
    from dispute_risk.triage.ledger.reading import runs
    from dispute_risk.triage.ledger.replay import replayed

    ledger, files = open_ledger(year.ledger), 0
    for run_made, on in zip(runs(ledger), mondays, strict=True):
        again = year.folder / "again" / on.isoformat()
        for path in write_weekly(replayed(ledger, run_made.number), again):
            if not filecmp.cmp(path, year.out(on) / path.name, shallow=False):
                raise SystemExit(f"The list of {on} does not come out of the ledger as it was: {path.name} differs.")
            files += 1
    return files


def verified(place: Path) -> int:
    """Check every entry of the ledger against its seal, and return how many there are."""
    from dispute_risk.triage.ledger.chain import verify
    from dispute_risk.triage.ledger.opening import open_ledger

    verdict = verify(open_ledger(place))
    if not verdict.sound:
        raise SystemExit(verdict.summary())
    return verdict.entries


def slope(values: list[float]) -> tuple[float, float]:
    """Return the growth a week as a share of the middle value, with its standard error (least squares)."""
    weeks = np.arange(len(values)) - (len(values) - 1) / 2
    values_of = np.array(values)
    by = float(weeks @ values_of / (weeks @ weeks))
    left = values_of - values_of.mean() - by * weeks
    error = float(np.sqrt(left @ left / max(len(values) - 2, 1) / (weeks @ weeks)))
    return by / median(values), error / median(values)


def grown(values: list[float]) -> float:
    """Return the middle of the last weeks over the middle of the first, the first Monday of all left out."""
    some = max(len(values) // 5, 1)
    return median(values[-min(LATE, some):]) / median(values[1 : 1 + min(EARLY, some)])


def told(weeks: list[Week], files: int, entries: int, seconds: float) -> list[str]:
    """Return what is said of the year."""
    processor, peak = [week.processor for week in weeks], [week.peak_mb for week in weeks]
    added = [later.ledger_mb - earlier.ledger_mb for earlier, later in pairwise(weeks)]
    held = [week.processor / week.yardstick for week in weeks]
    (time_by, time_error), (memory_by, memory_error) = slope(held), slope(peak)
    return [
        f"{len(weeks)} Mondays on one ledger; {sum(week.acted for week in weeks):,} actions recorded by a scripted officer. The "
        f"ledger verifies: {entries:,} entries, none altered.",
        f"Every past list comes out of the ledger byte for byte as it was written: {files:,} files compared.",
        f"Processor time of a list: {median(processor):.2f} s (middle), {processor[0]:.2f} s the first week (the records are "
        f"read), {processor[-1]:.2f} s the last. Held against starting Python and importing pandas just then (a machine with "
        f"other work on it is slower): {median(held):.1f} times it; growth a week {100 * time_by:+.2f} % (standard error "
        f"{100 * time_error:.2f}); last weeks over first {grown(held):.2f}. The records known on a Monday grow by "
        "a year's worth as well.",
        f"Peak memory: {median(peak):.0f} MB (middle), most {max(peak):.0f} MB; growth a week {100 * memory_by:+.2f} % (standard "
        f"error {100 * memory_error:.2f}); last weeks over first {grown(peak):.2f}.",
        f"The ledger grows by {median(added):.2f} MB a week ({min(added):.2f} to {max(added):.2f}), to "
        f"{weeks[-1].ledger_mb:.1f} MB.",
        f"All of it took {seconds / 60:.1f} minutes on the clock.",
    ]


def main() -> None:
    """Live through the year and hold its end against its beginning."""
    asked = arguments(__doc__)
    plans, years, count = (200, 2, 3) if asked.smoke else (PLANS, YEARS, WEEKS)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        year = Year(Path(temporary))
        as_installed(year.folder)
        run("simulate", str(year.casebook), "--plans", str(plans), "--years", str(years), "--seed", str(SEED))
        last = last_recorded(year.casebook)
        first = last - dt.timedelta(days=last.weekday(), weeks=count - 1)
        mondays = [first + dt.timedelta(weeks=week) for week in range(count)]
        officer, weeks = random.Random(SEED), []
        for week, on in enumerate(mondays):
            weeks.append(year.monday(on, week, officer))
        entries = verified(year.ledger)
        files = replayed_as_they_were(year, mondays)
    lines = told(weeks, files, entries, time.monotonic() - started)
    say("\n".join(lines))
    if asked.smoke:
        return
    keep("year_of_mondays.md", "\n\n".join([
        "# A year of Mondays on one ledger",
        f"Invented data, {plans:,} plans, capacity {CAPACITY} in each area, a new model every {RETRAIN_WEEKS} weeks. Made by "
        "`python benchmarks/year_of_mondays.py`.", *lines, machine("xlsxwriter"), _table(mondays, weeks)]))
    held = [week.processor / week.yardstick for week in weeks]
    if grown(held) > TIME_GROWS or grown([week.peak_mb for week in weeks]) > MEMORY_GROWS:
        raise SystemExit("The weeks grow.")


def last_recorded(casebook: Path) -> dt.date:
    """Return the last day recorded."""
    from dispute_risk.records.read import read_casebook

    return read_casebook(casebook).casebook.recorded_to


def _table(mondays: list[dt.date], weeks: list[Week]) -> str:
    rows = ["| Monday | processor s | over the yardstick | peak MB | ledger MB | acted on |", "|---|---:|---:|---:|---:|---:|"]
    rows += [f"| {on} | {week.processor:.2f} | {week.processor / week.yardstick:.1f} | {week.peak_mb:.0f} | "
             f"{week.ledger_mb:.2f} | {week.acted} |"
             for on, week in zip(mondays, weeks, strict=True)]
    return "\n".join(rows)


if __name__ == "__main__":
    main()
