"""The Monday in a process that starts cold: lists of 6,000 and of 16,000 open cases, one case at the desk, the help page."""

from __future__ import annotations

from measuring import Took, arguments, keep, machine, say  # first: it sets the number of threads

# isort: split
import csv
import datetime as dt
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-m", "dispute_risk.cli"]
WEEKLY, WEEKLY_LARGE, TRIAGE, HELP = 2.5, 5.0, 0.7, 0.3
"""Seconds of processor time that are asked for."""
PLANS, PLANS_LARGE, YEARS, REPEATS = 5_200, 13_950, 3, 5
KEPT = ".dispute_risk_kept"
NEEDED = "import pandas, jinja2, xlsxwriter, sqlite3, dispute_risk.cli, dispute_risk.triage.weekly, " \
    "dispute_risk.reports.weekly_files, dispute_risk.commands.desk, dispute_risk.triage.ledger.writing"


def run(*words: str) -> str:
    """Run a command of the package to its end and return what it said; stop where it fails."""
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"dispute-risk {' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def cold(repeats: int, *words: str, before: Callable[[], None] = lambda: None) -> Took:
    """Return what a command takes from the start of its process to its end, on the clock and of the processor."""
    return timed(repeats, lambda: run(*words), before)


def timed(repeats: int, work: Callable[[], object], before: Callable[[], None] = lambda: None) -> Took:
    """Return what the processes take that some work starts; `before` is not counted."""
    wall, processor = [], []
    for _ in range(repeats):
        before()
        used, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.perf_counter() - clock)
        processor.append(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)
    return Took(tuple(wall), tuple(processor))


def import_pandas(repeats: int) -> Took:
    """Return what starting Python and importing pandas takes: the yardstick for how fast the machine is just now."""
    return timed(repeats, lambda: subprocess.run([sys.executable, "-c", "import pandas"], check=True))


def import_all(repeats: int) -> Took:
    """Return what starting Python and importing all that the list needs takes, before anything is read."""
    return timed(repeats, lambda: subprocess.run([sys.executable, "-c", NEEDED], check=True))


def last_monday(casebook: Path) -> dt.date:
    """Return the Monday before the last day on which anything was opened."""
    with open(casebook / "cases.csv", newline="", encoding="utf-8") as file:
        last = max(dt.date.fromisoformat(row["opened_on"]) for row in csv.DictReader(file) if row.get("opened_on"))
    return last - dt.timedelta(days=last.weekday())


@dataclass(frozen=True)
class Monday:
    """An authority on a Monday, with the list of the Monday before on its ledger."""

    casebook: Path
    model: Path
    on: dt.date

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return self.casebook.with_name(f"{self.casebook.name}-ledger.sqlite")

    @property
    def words(self) -> list[str]:
        """What every command is told."""
        return [str(self.casebook), "--model", str(self.model), "--as-of", self.on.isoformat()]

    def weekly(self) -> list[str]:
        """Return the command that makes the list."""
        return ["weekly", *self.words, "--replace", "--out", str(self.casebook.with_name("monday"))]

    def begin(self) -> None:
        """Make the list of the Monday before, and set the ledger aside."""
        run(*Monday(self.casebook, self.model, self.on - dt.timedelta(days=7)).weekly())
        shutil.copy(self.ledger, self.ledger.with_suffix(".before"))

    def again(self, kept: bool) -> None:
        """Bring the ledger back to the Monday before; without the records kept, as if they had just changed."""
        shutil.copy(self.ledger.with_suffix(".before"), self.ledger)
        if not kept:
            shutil.rmtree(self.casebook / KEPT, ignore_errors=True)

    def measured(self, repeats: int) -> tuple[Took, Took]:
        """Return the list on records just changed, and on records that the last command read too."""
        self.begin()
        first = cold(repeats, *self.weekly(), before=lambda: self.again(kept=False))
        return first, cold(repeats, *self.weekly(), before=lambda: self.again(kept=True))

    def open_cases(self) -> int:
        """Return how many open cases the list was made from."""
        with open(self.casebook.with_name("monday") / "areas.csv", newline="", encoding="utf-8-sig") as file:
            return sum(int(row["open_cases"]) for row in csv.DictReader(file))

    def listed_case(self) -> str:
        """Return a case on the list."""
        shown = json.loads(run("triage", *self.words, "--json"))
        return str(shown["cases"][0]["case_id"])


def simulated(folder: Path, plans: int, years: float, seed: int) -> Path:
    """Invent an authority."""
    casebook = folder / "casebook"
    run("simulate", str(casebook), "--plans", str(plans), "--years", str(years), "--seed", str(seed))
    return casebook


def as_installed(folder: Path) -> None:
    """Let Python keep what it translated, as it does where the package is installed, but outside the checkout."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "translated")
    os.environ["COLUMNS"] = "100"


def main() -> None:
    """Make the records and a model once, then measure."""
    asked = arguments(__doc__)
    repeats = 1 if asked.smoke else REPEATS
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        as_installed(folder)
        casebook = simulated(folder, 250 if asked.smoke else PLANS, 2 if asked.smoke else YEARS, 1)
        monday = Monday(casebook, folder / "model", last_monday(casebook))
        run("train", str(casebook), "--as-of", (monday.on - dt.timedelta(days=7)).isoformat(), "--out", str(monday.model),
            "--skip-test", "--estimator", "ridge" if asked.smoke else "pair")
        lines, slow = measured(monday, repeats)
        if not asked.smoke:
            (folder / "large").mkdir()
            large = simulated(folder / "large", PLANS_LARGE, YEARS, 2)
            more, slower = measured_large(Monday(large, monday.model, last_monday(large)), repeats)
            lines, slow = [*lines, more], slow + slower
    say("\n".join(lines))
    if not asked.smoke:
        keep("weekly_cold.md", "\n\n".join([
            "# The Monday in a process that starts cold", "Invented data. Made by `python benchmarks/weekly_cold.py`.", *lines,
            machine("lightgbm", "xlsxwriter")]))
        if slow:
            raise SystemExit(f"Slower than asked: {', '.join(slow)}.")


def measured(monday: Monday, repeats: int) -> tuple[list[str], list[str]]:
    """Measure the commands of a Monday and return what is said of them, and which were slower than asked."""
    yardstick = import_pandas(repeats)
    first, second = monday.measured(repeats)
    queue = cold(repeats + 1, "triage", *monday.words)
    case = cold(repeats + 1, "triage", str(monday.casebook), monday.listed_case(), *monday.words[1:])
    help_page = cold(repeats + 2, "--help")
    yardstick = min(yardstick, import_pandas(repeats), key=lambda one: one.best)
    cases = monday.open_cases()
    lines = [
        f"dispute-risk weekly, {cases:,} open cases, lists, workbooks, pages, and the ledger with the list of the week before, "
        f"on records that a command has read since they last changed: {second}; asked: at most {WEEKLY} s.",
        f"The same on records that have just changed (read, checked and put in order anew): {first}.",
        f"dispute-risk triage, the queue of that list: {queue}; asked: at most {TRIAGE} s.",
        f"dispute-risk triage, one case of it in full: {case}; asked: at most {TRIAGE} s.",
        f"dispute-risk --help: {help_page}; asked: at most {HELP} s.",
        f"Yardstick, starting Python and importing pandas: {yardstick}. The list is "
        f"{second.best / yardstick.best:.1f} times that, on records just changed {first.best / yardstick.best:.1f} times. "
        f"With everything else that the list needs imported: {import_all(repeats)}: less than that no list can take.",
    ]
    slow = [name for name, one, most in (("weekly", second, WEEKLY), ("queue", queue, TRIAGE), ("case", case, TRIAGE),
                                         ("help", help_page, HELP)) if one.best > most]
    return lines, slow


def measured_large(monday: Monday, repeats: int) -> tuple[str, list[str]]:
    """Measure the list of a large authority, with the model of the smaller one."""
    first, second = monday.measured(repeats)
    return (f"dispute-risk weekly, {monday.open_cases():,} open cases: {second}; on records that have just changed {first}; "
            f"asked: at most {WEEKLY_LARGE} s."), ["weekly of the large authority"] * (second.best > WEEKLY_LARGE)


if __name__ == "__main__":
    main()
