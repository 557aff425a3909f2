"""The weekly list of about 6,000 open cases in a process that starts cold, and how long the help page takes."""

from __future__ import annotations

from measuring import Took, arguments, keep, machine, say  # first: it sets the number of threads

# isort: split
import csv
import datetime as dt
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [sys.executable, "-m", "dispute_risk.cli"]
WEEKLY_SECONDS, HELP_SECONDS = 5.0, 0.4


def run(*words: str) -> str:
    """Run a command of the package to its end and return what it said; stop where it fails."""
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"dispute-risk {' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def cold(repeats: int, *words: str) -> Took:
    """Return what a command takes from the start of its process to its end, on the clock and of the processor."""
    wall, processor = [], []
    for _ in range(repeats):
        before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        run(*words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.perf_counter() - clock)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Took(tuple(wall), tuple(processor))


def last_monday(casebook: Path) -> dt.date:
    """Return the Monday before the last day on which anything was opened."""
    with open(casebook / "cases.csv", newline="", encoding="utf-8") as file:
        last = max(dt.date.fromisoformat(row["opened_on"]) for row in csv.DictReader(file) if row.get("opened_on"))
    return last - dt.timedelta(days=last.weekday())


def hot_spots(folder: Path, words: list[str], most: int = 25) -> list[str]:
    """Return the functions of the package in which the command spends most time, those they call included."""
    profile = folder / "profile"
    code = ("import cProfile, sys, time\n"  # of the processor: the clock would count what others do on the machine
            "from dispute_risk.cli import main\n"
            "profile = cProfile.Profile(time.process_time)\n"
            "try:\n    profile.runcall(main, sys.argv[2:])\n"
            "finally:\n    profile.dump_stats(sys.argv[1])\n")
    subprocess.run([sys.executable, "-c", code, str(profile), *words], capture_output=True, check=False)
    found = pstats.Stats(str(profile)).stats  # type: ignore[attr-defined]
    ours = [(numbers[3], numbers[0], f"{Path(where[0]).parent.name}/{Path(where[0]).name}:{where[2]}")
            for where, numbers in found.items() if "dispute_risk" in where[0]]
    return [f"{total:6.2f} s {calls:8,} calls  {name}" for total, calls, name in sorted(ours, reverse=True)[:most]]


def import_seconds() -> float:
    """Return the seconds that importing the libraries of the weekly list takes in a fresh process."""
    code = ("import time; t = time.process_time(); import numpy, pandas, dispute_risk.triage.weekly, "
            "dispute_risk.reports.weekly_files, dispute_risk.records.read; print(time.process_time() - t)")
    return min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
               for _ in range(2))


def main() -> None:
    """Make the records and a model once, then measure."""
    asked = arguments(__doc__)
    os.environ["COLUMNS"] = "100"
    plans, years, repeats = (250, 2, 1) if asked.smoke else (5_600, 3, 5)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        casebook, model = folder / "casebook", folder / "model"
        run("simulate", str(casebook), "--plans", str(plans), "--years", str(years), "--seed", "1")
        as_of = last_monday(casebook).isoformat()
        run("train", str(casebook), "--as-of", as_of, "--out", str(model), "--skip-test", "--estimator",
            "ridge" if asked.smoke else "pair")
        weekly = ["weekly", str(casebook), "--model", str(model), "--as-of", as_of, "--replace", "--out",
                  str(folder / "monday")]
        score = ["score", str(casebook), "--model", str(model), "--as-of", as_of, "--out", str(folder / "risk.csv")]
        lists, scored, help_page = cold(repeats, *weekly), cold(repeats, *score), cold(repeats + 2, "--help")
        with open(folder / "risk.csv", newline="", encoding="utf-8") as file:
            cases = sum(1 for _ in csv.DictReader(file))
        spots = [] if asked.smoke else hot_spots(folder, weekly)
    lines = [
        f"dispute-risk weekly, {cases:,} open cases of an invented authority, cold process: {lists}; asked: at most "
        f"{WEEKLY_SECONDS:.0f} s.",
        f"dispute-risk score on the same records: {scored}.",
        f"dispute-risk --help: {help_page}; asked: at most {HELP_SECONDS} s.",
    ]
    say("\n".join(lines))
    if not asked.smoke:
        imports = import_seconds()
        say(f"Importing the libraries alone: {imports:.2f} s of processor.\n" + "\n".join(spots))
        keep("weekly_cold.md", "\n\n".join([
            "# The weekly list in a cold process", "Invented data. Made by `python benchmarks/weekly_cold.py`.", *lines,
            f"Importing the libraries alone: {imports:.2f} s of processor.", machine("lightgbm", "xlsxwriter"),
            "Where the time goes, under a profiler (which slows small calls down), functions called included:",
            "```text\n" + "\n".join(spots) + "\n```",
        ]))
        if lists.best > WEEKLY_SECONDS or help_page.best > HELP_SECONDS:
            raise SystemExit("Slower than asked.")


if __name__ == "__main__":
    main()
