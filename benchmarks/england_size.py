"""England's size on one machine: risks and lists of up to 640,000 plans in 160 authorities, part by part, in bounded memory."""

from __future__ import annotations

from measuring import keep, machine, say  # first: it sets the number of threads

# isort: split
import argparse
import datetime as dt
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.landmarks import landmarks
from dispute_risk.model.released import save_release
from dispute_risk.model.rows import TrainingRows, thinned
from dispute_risk.model.training import train
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.partitions import AuthorityParts, open_parts, write_parts
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.history import History
from dispute_risk.triage.many import Job, folder_name, score_many

SIZES = (1_000, 4_000, 16_000, 64_000, 256_000, 640_000)
MIX = (2_000, 2_000, 4_000, 8_000)
"""Plans of the four authorities of which every 16,000 plans are made; 640,000 plans are 160 of them (England has 153)."""
YEARS = 9
ASKED_MINUTES, ASKED_GIGABYTES, ASKED_EXPONENT = 30, 8.0, 1.1
ENGLAND = 640_000
AS_OF_DAYS_BEFORE_THE_END = 14
NOT_EVENTS = ("cases",)


@dataclass(frozen=True)
class Layout:
    """Where the records, models and results of the runs are.

    Parameters
    ----------
    work : path
    bases : tuple of int
        Sizes that are simulated; everything else is copied from them.
    """

    work: Path
    years: int

    def base(self, plans: int) -> AuthorityParts:
        """Return an invented authority of so many plans, made once."""
        place = self.work / f"base-{plans}-{self.years}"
        if not place.exists():
            book = simulate(plans, self.years, seed=plans).casebook
            write_parts(replace(book, name=f"base {plans}"), place, cases_in_a_part=10**9)
        return next(iter(open_parts(place).values()))

    def england(self, plans: int, mix: tuple[int, ...]) -> Path:
        """Return a folder of authorities that together have so many plans, made once."""
        place = self.work / f"england-{plans}-{self.years}"
        if not (place / "done").exists():
            shutil.rmtree(place, ignore_errors=True)
            sizes = [plans] if plans < sum(mix) else list(mix) * (plans // sum(mix))
            for kind in sorted(set(sizes)):
                book = self.base(kind).whole()
                for number, size in enumerate(sizes):
                    if size == kind:
                        write_parts(copied(book, f"Invented {number:03d}", number), place)
            (place / "done").write_text("")
        return place

    def models(self, authorities: list[str], learned_from: int) -> Path:
        """Return a folder with a release for each authority; all are copies of one, trained on an invented authority."""
        place = self.work / f"models-{learned_from}-{self.years}"
        one = place / "_learned"
        if not one.exists():
            book = self.base(learned_from).whole()
            fitted = train(History.of(book), STANDARD, book.recorded_to, test=False,
                           estimator="auto" if learned_from >= MIX[0] else "points").fitted
            save_release(one, fitted, STANDARD, name="invented", as_of=book.recorded_to - dt.timedelta(days=20),
                         horizon_days=182, synthetic=True, data_fingerprints={}, random_state=0, metrics={}, verdict="accept")
        for name in authorities:
            if not (place / folder_name(name)).exists():
                shutil.copytree(one, place / folder_name(name))
        return place


def copied(book: Casebook, name: str, seed: int) -> Casebook:
    """Return the records of another authority: the same lives under other numbers, cases and rows in another order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(book.tables["cases"]))
    place = pd.Series(np.argsort(order), index=book.tables["cases"]["case_id"].to_numpy())
    tables = {}
    for table, frame in book.tables.items():
        at = place.reindex(frame["case_id"]).to_numpy()
        moved = frame.take(np.argsort(at, kind="stable")).reset_index(drop=True)
        numbers = [column for column in moved if column.endswith("_id") and column != "setting_id"]
        tables[table] = moved.assign(**{column: (f"{seed:03d}-" + moved[column]).astype("str") for column in numbers})
    return replace(book, tables=tables, name=name)


# --- one run, in a process of its own --------------------------------------------------------------------------------


class TimedParts(AuthorityParts):
    """Parts that keep count of the seconds spent on reading them."""

    seconds = 0.0

    def part(self, bucket: int) -> Casebook:
        started = time.process_time()
        found = super().part(bucket)
        TimedParts.seconds += time.process_time() - started
        return found


def one_run(folder: Path, models: Path) -> dict[str, Any]:
    """Return the figures of scoring every authority of a folder."""
    authorities = [TimedParts(**vars(one)) for one in open_parts(folder).values()]
    as_of = authorities[0].recorded_to - dt.timedelta(days=AS_OF_DAYS_BEFORE_THE_END)
    wall, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as out:
        scored = score_many(authorities, models, Path(out), Job(as_of))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    problems = [one.problem for one in scored if one.problem]
    if problems:
        raise SystemExit("\n".join(problems))
    events = sum(rows for one in authorities for table, rows in one.rows.items() if table not in NOT_EVENTS)
    return {"authorities": len(authorities), "events": events, "at_risk": sum(one.cases_at_risk for one in scored),
            "listed": sum(one.listed for one in scored), "wall": wall, "cpu": cpu, "reading": TimedParts.seconds,
            "sorting": one_sort(authorities), "peak_gb": peak_gb()}


def one_sort(authorities: list[TimedParts]) -> float:
    """Return the seconds that one sort of as many keys as there are events takes, authority by authority: the floor."""
    rng, seconds = np.random.default_rng(0), 0.0
    for one in authorities:
        keys = rng.integers(0, 2**48, sum(one.rows.values()))
        started = time.process_time()
        keys.sort()
        seconds += time.process_time() - started
    return seconds


def training_table(base: AuthorityParts) -> dict[str, Any]:
    """Return the size of the training table of one authority, all rows and with rows without an appeal sampled."""
    history = History.of(base.whole())
    rows = landmarks(history, STANDARD)
    known = rows.known
    family = np.unique(rows.family[known], return_inverse=True)[1]
    outcome = rows.outcome[known].astype(float)
    whole = TrainingRows(("a",), np.zeros((len(outcome), 1)), outcome, np.ones(len(outcome)), family, np.array([0.0, 1.0]))
    kept = thinned(whole, 0)
    appealed = np.zeros(whole.families, bool)
    appealed[family[outcome == 1]] = True
    return {"rows": len(known), "known": int(known.sum()), "appeals": int(outcome.sum()), "kept": len(kept.outcome),
            "of_families_with_an_appeal": int(appealed[family].sum()), "columns": len(STANDARD),
            "bytes": int(rows.features.to_numpy().nbytes),
            "peak_gb": peak_gb()}


def peak_gb() -> float:
    """Return the most memory this process has held, in GB.

    The kernel's own account where there is one: what `getrusage` says is handed down from the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(held.split()[1]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def child(*words: str) -> dict[str, Any]:
    """Run this script on one task in a process of its own, so that its peak of memory is its own."""
    done = subprocess.run([sys.executable, __file__, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


# --- the page --------------------------------------------------------------------------------------------------------


def exponent(runs: dict[int, dict[str, Any]], least: int = 0) -> float:
    """Return the power of the number of events with which processor time grows, by least squares on logarithms."""
    chosen = [run for plans, run in runs.items() if plans >= least]
    if len(chosen) < 2:
        return float("nan")
    return float(np.polyfit(np.log([run["events"] for run in chosen]), np.log([run["cpu"] for run in chosen]), 1)[0])


def table_of(runs: dict[int, dict[str, Any]]) -> str:
    """Return the runs as a table."""
    head = ("| plans | authorities | events | cases given a risk | s on the clock | s of processor | of it reading | one sort | "
            "events a second | peak GB |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    lines = [f"| {plans:,} | {run['authorities']} | {run['events']:,} | {run['at_risk']:,} | {run['wall']:.1f} | "
             f"{run['cpu']:.1f} | {run['reading']:.1f} | {run['sorting']:.2f} | "
             f"{run['events'] / run['cpu']:,.0f} | {run['peak_gb']:.2f} |"
             for plans, run in sorted(runs.items())]
    return "\n".join([head, *lines])


def training_lines(found: dict[str, Any], plans: int, years: int) -> str:
    """Return what England's training table would take, from that of one authority."""
    scale = ENGLAND / plans
    rows, kept = found["known"] * scale, max(found["of_families_with_an_appeal"], 1) * scale
    # The sampled rows: all of families with an appeal, and 15 others for each row with one, as `model.rows.thinned` does.
    sampled = kept + min(15 * found["appeals"] * scale, rows - kept)
    width = found["columns"] * 4 / 1e9
    return (
        f"Training stays on one machine. Measured on {plans:,} plans and {years} years: {found['rows']:,} rows on the first "
        f"Monday of each month from half a year after every table has begun, {found['known']:,} with a known outcome, "
        f"{found['appeals']:,} of them with an appeal; {found['columns']} columns of 4 bytes; peak {found['peak_gb']:.2f} GB. "
        f"At {ENGLAND:,} plans that is {rows:,.0f} rows and {rows * width:.1f} GB as a table of float32. With every row of a "
        "family with an appeal kept, and the rows without sampled and weighted back (`model.rows.thinned`: 15 for each row "
        f"with an appeal), {sampled:,.0f} rows and {sampled * width:.1f} GB, twice that while the estimator holds them as "
        "float64. The rows can be drawn before their features are built, so the whole table never has to exist."
    )


def page(runs: dict[int, dict[str, Any]], training: str) -> str:
    """Return the page of results."""
    largest = max(runs)
    run = runs[largest]
    return "\n\n".join([
        "# England's size on one machine",
        "Invented data. Made by `python benchmarks/england_size.py`.",
        "Risk, range, band and three reasons for every case at risk, and the lists of every area, for each authority by "
        "itself from Parquet in parts (`dispute-risk score-many`). Four authorities (2,000 twice, 4,000 and 8,000 plans) make "
        f"up every 16,000 plans. They were simulated once for {YEARS} years and copied under other numbers with cases and rows "
        "in another order: the copies show time and memory, not variety. The models are copies of one. An event is a row of any "
        "table but `cases`. Each size ran in a process of its own, one thread.",
        table_of(runs),
        f"Processor time grows with the number of events to the power {exponent(runs):.2f} over all sizes, and "
        f"{exponent(runs, 16_000):.2f} from 16,000 plans (asked: at most {ASKED_EXPONENT}). The largest run, {largest:,} plans, "
        f"took {run['wall'] / 60:.1f} minutes on the clock (asked for {ENGLAND:,}: at most {ASKED_MINUTES}) and "
        f"{run['peak_gb']:.2f} GB at its peak (asked: at most {ASKED_GIGABYTES:g}). Memory follows the largest part, and not the "
        "number of authorities.",
        training, machine("pyarrow"),
    ])


def missed(runs: dict[int, dict[str, Any]]) -> list[str]:
    """Return a line for each figure that was asked for and missed."""
    run = runs[max(runs)]
    found = []
    if run["wall"] > ASKED_MINUTES * 60:
        found.append(f"{run['wall'] / 60:.1f} minutes")
    if run["peak_gb"] > ASKED_GIGABYTES:
        found.append(f"{run['peak_gb']:.2f} GB")
    if exponent(runs) > ASKED_EXPONENT:
        found.append(f"exponent {exponent(runs):.2f}")
    return found


def asked_for() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tiny run that shows the script works; keeps no results")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="plans; runs kept from before are added")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dispute-risk-england-size",
                        help="where records are made, and kept for the next run; about 2 GB for all sizes")
    parser.add_argument("--run", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--table", nargs=1, type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Make the records, score each size in a process of its own, and say how time and memory grow."""
    asked = asked_for()
    if asked.run:
        say(json.dumps(one_run(*asked.run)))
        return
    if asked.table:
        say(json.dumps(training_table(next(iter(open_parts(asked.table[0]).values())))))
        return
    if asked.smoke:
        with tempfile.TemporaryDirectory() as work:
            measured(Layout(Path(work), 2), [200, 400], (200, 200), 200, keeps=False)
        return
    asked.work.mkdir(parents=True, exist_ok=True)
    measured(Layout(asked.work, YEARS), sorted(asked.sizes), MIX, 4_000, keeps=True)


def measured(layout: Layout, sizes: list[int], mix: tuple[int, ...], learned_from: int, keeps: bool) -> None:
    """Measure the sizes in turn, the page written anew after each."""
    held = layout.work / "runs.json"
    runs = {int(plans): run for plans, run in json.loads(held.read_text()).items()} if held.exists() else {}
    models = layout.models([], learned_from)
    found = child("--table", str(layout.base(learned_from).folder))
    training = training_lines(found, learned_from, layout.years)
    for plans in sizes:
        started = time.perf_counter()
        folder = layout.england(plans, mix)
        layout.models(list(open_parts(folder)), learned_from)
        say(f"{plans:,} plans: records ready in {time.perf_counter() - started:.0f} s")
        runs[plans] = child("--run", str(folder), str(models))
        say(table_of({plans: runs[plans]}))
        held.write_text(json.dumps(runs))
        if keeps:
            keep("england_size.md", page(runs, training))
    say(page(runs, training))
    if keeps and missed(runs):
        raise SystemExit("Missed: " + ", ".join(missed(runs)))


if __name__ == "__main__":
    main()
