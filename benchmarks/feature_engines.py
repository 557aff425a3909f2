"""Features of 1.7 million case-dates by 60 columns: the package against DuckDB, Polars and a pandas loop, values compared."""

from __future__ import annotations

from measuring import RESULTS, Took, arguments, between, keep, machine, most_memory_gb, say  # first: one thread

# isort: split
import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from feature_build import PandasLoop, compared_features

from dispute_risk.features.build import build_features
from dispute_risk.features.searches import Searches
from dispute_risk.model.landmarks import records_begin
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import standing

LEAST_TIMES, MOST_GB = 2.5, 1.5
NAMES = {"package": "package", "duckdb": "DuckDB, one range join a kind of fact with filtered aggregates",
         "asof": "DuckDB, counts and flags alone by two ASOF joins each", "polars": "Polars, as-of joins and lazy group-by",
         "pandas": "pandas, a loop over dates", "floor": "the floor: every byte of the result written once, one sort of the keys"}
SLOW = {"asof", "pandas"}
"""Taken over the first tenth of the cases, once: they are too slow to matter for the ratio that is asked."""
PART = 10


@dataclass(frozen=True)
class Ran:
    """What one engine took, alone in a process of its own.

    Parameters
    ----------
    took : Took
    memory_gb, before_gb : float
        Most memory of the process; and what it held before the first build, its own copy of the facts included.
    rows : int
        Case-dates built.
    wrong : list of str
        Columns whose values are not those of the package.
    """

    took: Took
    memory_gb: float
    before_gb: float
    rows: int
    wrong: list[str]


def weekly_rows(history: History, weeks: int = 1) -> Snapshots:
    """Return every case at risk every week (or every so many weeks) for which the records can be trusted."""
    days = np.arange(records_begin(history), history.last_day + 1, 7 * weeks)
    count, taken = len(history.case_id), []
    for cases in np.array_split(np.arange(count, dtype=np.int32), max(count // 2_000, 1)):
        every = Snapshots.of(np.repeat(cases, len(days)), np.tile(days, len(cases)))
        part = every.take(standing(history, every).at_risk)
        taken.append((part.case, part.on))
    return Snapshots.of(np.concatenate([case for case, _ in taken]), np.concatenate([on for _, on in taken]))


def floor(rows: Snapshots, columns: int) -> np.ndarray:
    """Write as many bytes as the result has and sort the rows' keys once: no engine can do less."""
    order = np.argsort(rows.key, kind="stable")
    values = np.empty((columns, len(rows)), np.float32)
    values[:] = order[0]
    return values


def build_with(engine: str, folder: Path, repeats: int) -> None:
    """Build in this process with one engine; leave the times, the memory and the values in the folder."""
    history, case, on = pickle.loads((folder / "given.pickle").read_bytes())
    if engine in SLOW:
        cases = int(case[-1]) // PART
        tenth = np.searchsorted(case, cases)
        history, case, on = history.only(np.arange(cases)), case[:tenth], on[:tenth]
    rows, catalogue = Snapshots.of(case, on), compared_features()
    places = np.arange(len(catalogue))
    if engine == "package":
        def work() -> np.ndarray:
            return build_features(history, Snapshots.of(case, on), catalogue, Searches(history)).to_numpy().T
    elif engine == "polars":
        from engine_polars import PolarsEngine
        work = PolarsEngine(history, rows, catalogue).build
    elif engine == "duckdb":
        from engine_duckdb import DuckEngine
        work = DuckEngine(history, rows, catalogue).build
    elif engine == "asof":
        from engine_duckdb import DuckEngine
        one = DuckEngine(history, rows, catalogue)
        places, work = np.array(one.counted), one.counts_by_asof
    elif engine == "floor":
        def work() -> np.ndarray:
            return floor(Snapshots.of(case, on), len(catalogue))
    else:
        loop = PandasLoop(history, catalogue)

        def work() -> np.ndarray:
            return loop.build(rows).to_numpy(np.float32).T
    before, memory, wall, processor = most_memory_gb(), 0.0, [], []
    for _ in range(repeats):
        clock, cpu = time.perf_counter(), time.process_time()
        values = work()
        processor.append(time.process_time() - cpu)
        wall.append(time.perf_counter() - clock)
        memory = memory or most_memory_gb()  # of the first: later ones overlap with what they replace
        if len(wall) < repeats:
            del values
    wrong = _compared(engine, folder, places, values, catalogue.names)
    (folder / f"{engine}.pickle").write_bytes(pickle.dumps(Ran(Took(tuple(wall), tuple(processor)), memory, before, len(case),
                                                         wrong)))


def _compared(engine: str, folder: Path, places: np.ndarray, values: np.ndarray, names: list[str]) -> list[str]:
    """Return a line for each column that is not the package's, whose values are kept by the first process."""
    if engine == "floor":
        return []
    if engine == "package":
        np.save(folder / "values.npy", values)
        return []
    right, wrong = np.load(folder / "values.npy", mmap_mode="r"), []
    for place, column in zip(places, values, strict=True):
        ours = np.asarray(right[place][: len(column)])
        same = (ours == column) | (np.isnan(ours) & np.isnan(column)) | (np.abs(ours - column) <= 1e-6 * np.abs(ours))
        if not same.all():
            wrong.append(f"{names[place]}: {int((~same).sum())} values differ")
    return wrong


def measured(history: History, rows: Snapshots, smoke: bool) -> dict[str, Ran]:
    """Run every engine, each in a process of its own with the same facts and rows."""
    found = {}
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "given.pickle").write_bytes(pickle.dumps((history, rows.case, rows.on)))
        for engine in NAMES:
            repeats = 1 if smoke or engine in SLOW else 3
            subprocess.run([sys.executable, __file__, "--engine", engine, "--folder", place, "--repeats", str(repeats)],
                           check=True, env=environment)
            found[engine] = pickle.loads((folder / f"{engine}.pickle").read_bytes())
            say(f"{engine}: {found[engine].took}")
    return found


def featuretools_says() -> str:
    """Return whether featuretools can build one count at one cutoff with the installed pandas, or how it fails."""
    import pandas as pd

    try:
        import featuretools

        entities = featuretools.EntitySet("authority")
        entities.add_dataframe(dataframe_name="cases", dataframe=pd.DataFrame({"case": [0, 1]}), index="case")
        entities.add_dataframe(
            dataframe_name="notices", index="notice", time_index="known",
            dataframe=pd.DataFrame({"notice": [0], "case": [1], "known": pd.to_datetime(["2024-01-01"])}))
        entities.add_relationship("cases", "case", "notices", "case")
        featuretools.dfs(entityset=entities, target_dataframe_name="cases", agg_primitives=["count"], trans_primitives=[],
                         cutoff_time=pd.Timestamp("2024-02-01"))
    except ImportError:
        return "featuretools is not installed here."
    except Exception as error:  # whatever it raises is what is to be told
        return f"featuretools {featuretools.__version__} does not work with pandas {pd.__version__}: {type(error).__name__} " \
               "on the first table handed to it."
    return f"featuretools {featuretools.__version__} works with pandas {pd.__version__}, but was not measured."


def told(ran: dict[str, Ran], rows: int, columns: int, about: str) -> tuple[list[str], float]:
    """Return the lines of the page and how many times faster the package is than the fastest other that does it all."""
    whole = [name for name in ("duckdb", "polars", "pandas") if name in ran]
    fastest = min(whole, key=lambda name: np.median(ran[name].took.processor) / ran[name].rows)
    ours, other = np.median(ran["package"].took.processor), np.median(ran[fastest].took.processor)
    table = ["| way | case-dates | processor, s (least to most) | over the package, a case-date | most memory, GB |",
             "|---|---|---|---|---|"]
    for name, one in ran.items():
        cpu, whole = one.took.processor, Took((), tuple(rows / one.rows * second for second in one.took.processor))
        table.append(f"| {NAMES[name]} | {one.rows:,} | {np.median(cpu):.2f} ({min(cpu):.2f} to {max(cpu):.2f}) | "
                     f"{between(whole, ran['package'].took)} | {one.memory_gb:.2f} |")
    return [
        f"{rows:,} case-dates x {columns} features of {about}. Every way starts from the same facts in the form it likes best, "
        "in memory; one thread; each way alone in a process of its own.",
        "\n".join(table),
        f"The fastest other way is {fastest}: the package takes {ours:.2f} s, {fastest} {other:.2f} s, {other / ours:.1f} times "
        f"as long; asked: at least {LEAST_TIMES}. Most memory of the package {ran['package'].memory_gb:.2f} GB; asked: at most "
        f"{MOST_GB}. Cells a second: {rows * columns / ours / 1e6:.0f} million.",
        "Every value of every column is the same in all ways (float32; blanks equal; rates of teams to 1e-6).",
    ], float(other / ours)


def main() -> None:
    """Measure every way on the same rows, check that they say the same, and write the page."""
    asked = arguments(__doc__, _more)
    if asked.engine:
        build_with(asked.engine, Path(asked.folder), asked.repeats)
        return
    absent = [name for name in ("duckdb", "polars") if find_spec(name) is None]
    if absent:
        say(f"SKIPPED: the comparison needs {' and '.join(absent)} (pip install {' '.join(absent)}).")
        return
    plans, years = (200, 2) if asked.smoke else (8_000, 5)
    history = History.of(simulate(plans, years, seed=3).casebook)
    rows = weekly_rows(history, 12 if asked.smoke else 1)
    if not asked.smoke:
        rows = rows.take(rows.case < rows.case[min(1_700_000, len(rows) - 1)] + 1)
    ran = measured(history, rows, asked.smoke)
    reported(ran, len(rows), len(np.unique(rows.on)), plans, years, asked.smoke)


def reported(ran: dict[str, Ran], rows: int, dates: int, plans: int, years: int, smoke: bool) -> None:
    """Say what was measured, write the page, and end with an error where values differ or a figure is missed."""
    wrong = [f"{name}: {line}" for name, one in ran.items() for line in one.wrong]
    if wrong:
        raise SystemExit("The ways do not agree:\n" + "\n".join(wrong))
    lines, times = told(ran, rows, len(compared_features()), f"an invented authority ({plans:,} plans, {years} years, every "
                        f"week from when its records can be trusted: {dates} dates)")
    lines.append(featuretools_says())
    say("\n".join(lines))
    if not smoke:
        keep("feature_engines.md", "\n\n".join(["# Features by other engines", "Invented data. Made by "
             "`python benchmarks/feature_engines.py`.", *lines, machine("duckdb", "polars")]))
        if times < LEAST_TIMES or ran["package"].memory_gb > MOST_GB:
            raise SystemExit(f"Asked: {LEAST_TIMES} times as fast, at most {MOST_GB} GB. See {RESULTS.name}/feature_engines.md.")


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=list(NAMES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=1, help=argparse.SUPPRESS)


if __name__ == "__main__":
    main()
