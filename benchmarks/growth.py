"""Features and risks from 1,000 to 64,000 plans: how time and memory grow with the number of plans."""

from __future__ import annotations

from measuring import arguments, keep, machine, most_memory_gb, say  # first: it sets the number of threads

# isort: split
import argparse
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.model.landmarks import landmarks
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import standing

PLANS_DRAWN, YEARS, MONDAYS = 8_000, 5, 12
SIZES = (1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000)
MOST_EXPONENT = 1.1
ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Size:
    """What one size took, in a process of its own.

    Parameters
    ----------
    plans, cases, facts, rows : int
    features, risks : float
        Seconds of processor, the least of the repeats.
    most_gb : float
        Most memory of the process.
    """

    plans: int
    cases: int
    facts: int
    rows: int
    features: float
    risks: float
    most_gb: float


def of_size(history: History, plans: int, drawn: int) -> History:
    """Return the history of so many plans: the first cases of the one drawn, or several copies of it, areas of their own."""
    if plans <= drawn:
        return history.only(np.arange(round(len(history.case_id) * plans / drawn)))
    copies, cases, areas = plans // drawn, len(history.case_id), len(history.area_names)

    def copied(facts: Facts, step: int) -> Facts:
        tiled = {name: np.tile(values, copies) for name, values in facts.columns.items()}
        case = np.tile(facts.case, copies) + np.repeat(np.arange(copies, dtype=np.int32) * np.int32(step), len(facts))
        return Facts(case, np.tile(facts.happened, copies), np.tile(facts.known, copies), np.tile(facts.until, copies), tiled,
                     facts.labels)

    step = int(history.family.max()) + 1
    return replace(
        history,
        case_id=np.char.add(np.repeat(np.arange(copies), cases).astype(str), np.tile(history.case_id.astype(str), copies)),
        facts={name: copied(facts, cases) for name, facts in history.facts.items()},
        area_of_case=np.tile(history.area_of_case, copies) + np.repeat(np.arange(copies, dtype=np.int32) * areas, cases),
        area_names=tuple(f"{copy} {name}" for copy in range(copies) for name in history.area_names),
        area_facts={name: copied(facts, areas) for name, facts in history.area_facts.items()},
        attributes={name: np.tile(values, copies) for name, values in history.attributes.items()},
        family=np.tile(history.family, copies) + np.repeat(np.arange(copies) * step, cases),
    )


def rows_of_a_year(history: History) -> Snapshots:
    """Return every case at risk on twelve Mondays four weeks apart."""
    days = history.last_day - 28 * np.arange(MONDAYS)[::-1]
    taken = []
    for cases in np.array_split(np.arange(len(history.case_id), dtype=np.int32), max(len(history.case_id) // 20_000, 1)):
        every = Snapshots.of(np.repeat(cases, MONDAYS), np.tile(days, len(cases)))
        part = every.take(standing(history, every).at_risk)
        taken.append((part.case, part.on))
    return Snapshots.of(np.concatenate([case for case, _ in taken]), np.concatenate([on for _, on in taken]))


def measure_one(folder: Path, plans: int, drawn: int, repeats: int) -> Size:
    """Build the features of one size and its risks, in this process."""
    history, fitted = pickle.loads((folder / "given.pickle").read_bytes())
    assert isinstance(fitted, FittedRisk)
    history = of_size(history, plans, drawn)
    rows = rows_of_a_year(history)
    features, risks = list[float](), list[float]()
    for _ in range(repeats):
        start = time.process_time()
        table = build_features(history, Snapshots.of(rows.case, rows.on), STANDARD, Searches(history))
        built = time.process_time()
        for first in range(0, len(rows), ROWS_AT_ONCE):
            fitted.log_odds(table.iloc[first : first + ROWS_AT_ONCE].to_numpy(np.float64))
        features.append(built - start)
        risks.append(time.process_time() - built)
        del table
    return Size(plans, len(history.case_id), sum(map(len, history.facts.values())), len(rows), min(features), min(risks),
                most_memory_gb())


def exponent(plans: list[int], values: list[float]) -> float:
    """Return the power of the number of plans with which a value grows: the slope of the logarithms."""
    return float(np.polyfit(np.log(plans), np.log(values), 1)[0])


def main() -> None:
    """Measure each size in a process of its own and fit the exponents."""
    asked = arguments(__doc__, _more)
    if asked.plans:
        folder = Path(asked.folder)
        size = measure_one(folder, asked.plans, asked.drawn, asked.repeats)
        (folder / f"{asked.plans}.pickle").write_bytes(pickle.dumps(size))
        return
    drawn, years, sizes = (200, 2, (100, 200, 400)) if asked.smoke else (PLANS_DRAWN, YEARS, SIZES)
    casebook = simulate(drawn, years, seed=3).casebook
    history = History.of(casebook)
    learned = landmarks(history if asked.smoke else of_size(history, 1_500, drawn), STANDARD)
    known = learned.where(learned.known)
    model = AppealRiskModel(STANDARD, "points" if asked.smoke else "pair", n_refits=0)
    fitted = model.fit(known.features, known.outcome, groups=known.family).fitted_
    found = []
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "given.pickle").write_bytes(pickle.dumps((history, fitted)))
        for plans in sizes:
            subprocess.run([sys.executable, __file__, "--plans", str(plans), "--drawn", str(drawn), "--folder", place,
                            "--repeats", "1" if asked.smoke or plans > drawn else "3"], check=True)
            found.append(pickle.loads((Path(place) / f"{plans}.pickle").read_bytes()))
    lines, power = told(found, drawn, fitted.rung)
    say("\n".join(lines))
    if not asked.smoke:
        keep("growth.md", "\n\n".join(["# Growth", "Invented data. Made by `python benchmarks/growth.py`.", *lines, machine()]))
        if power > MOST_EXPONENT:
            raise SystemExit(f"Time grows with the power {power:.2f} of the plans; asked: at most {MOST_EXPONENT}.")


def told(found: list[Size], drawn: int, rung: str) -> tuple[list[str], float]:
    """Return the lines of the page, and the exponent of time."""
    plans = [one.plans for one in found]
    time_power = exponent(plans, [one.features + one.risks for one in found])
    table = ["| plans | cases | facts | case-dates | features, s | risks, s | memory, at most, GB |",
             "|" + "---|" * 7]
    table += [f"| {one.plans:,} | {one.cases:,} | {one.facts:,} | {one.rows:,} | {one.features:.2f} | {one.risks:.2f} | "
  f"{one.most_gb:.2f} |" for one in found]
    upper = [one for one in found if one.plans >= drawn]
    return [
        f"{len(STANDARD)} features and the risk ({rung}) of every case at risk on {MONDAYS} Mondays; one thread, each size in a "
        f"process of its own, least of three repeats (one above {drawn:,} plans). Up to {drawn:,} plans the cases "
        "are the first of one invented authority; beyond, copies of it with areas of their own. Reading the records is not in "
        "it; the history is in memory before.",
        "\n".join(table),
        f"Time grows with the power {time_power:.2f} of the number of plans ({plans[0]:,} to {plans[-1]:,}; features alone "
        f"{exponent(plans, [one.features for one in found]):.2f}, from {drawn:,} plans on "
        f"{exponent([one.plans for one in upper], [one.features + one.risks for one in upper]):.2f}); asked: at most "
        f"{MOST_EXPONENT}.",
        f"At {plans[-1]:,} plans the process held at most {found[-1].most_gb:.2f} GB, "
        f"{found[-1].most_gb / plans[-1] * 1e6:.0f} kB a plan, the history and the whole table of features included.",
    ], time_power


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plans", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--drawn", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=1, help=argparse.SUPPRESS)


if __name__ == "__main__":
    main()
