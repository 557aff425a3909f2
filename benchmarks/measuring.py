"""How the benchmarks measure: one thread, wall and processor time, the machine it was on, and where results are kept."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # before numpy is imported: every figure is of one thread

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"


@dataclass(frozen=True)
class Took:
    """Seconds of the repeats of one piece of work.

    Parameters
    ----------
    wall, processor : tuple of float
        Seconds of each repeat, on the clock and of the processor.
    result : object
        What the last repeat returned.
    """

    wall: tuple[float, ...]
    processor: tuple[float, ...]
    result: Any = None

    @property
    def best(self) -> float:
        """Least processor time: the repeat that other work on the machine disturbed least."""
        return min(self.processor)

    @property
    def best_wall(self) -> float:
        """Least time on the clock."""
        return min(self.wall)

    def __str__(self) -> str:
        return f"{self.best:.2f} s of processor, {self.best_wall:.2f} s on the clock (best of {len(self.wall)})"


def took(work: Callable[[], Any], repeats: int = 3) -> Took:
    """Do the work some times and return what it took."""
    wall, processor, result = [], [], None
    for _ in range(repeats):
        clock, cpu = time.perf_counter(), time.process_time()
        result = work()
        processor.append(time.process_time() - cpu)
        wall.append(time.perf_counter() - clock)
    return Took(tuple(wall), tuple(processor), result)


def machine(*packages: str) -> str:
    """Return one line on the machine: processors, load, versions."""
    try:
        load = f"{os.getloadavg()[0]:.1f}"
    except OSError:
        load = "not known"
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", *packages))
    return (f"One thread; {os.cpu_count()} processors, load {load} when the measurement ended; {platform.system()}, Python "
            f"{platform.python_version()}, {versions}.")


def shared(*parts: str) -> Path | None:
    """Return a file of the material that is not part of the package; None where it is not there."""
    root = Path(os.environ.get("DISPUTE_RISK_SHARED", HERE.parents[1] / "shared"))
    place = root.joinpath(*parts)
    return place if place.exists() else None


def keep(name: str, text: str) -> Path:
    """Write a page of results beside its place and move it there; return where it is."""
    RESULTS.mkdir(exist_ok=True)
    place, beside = RESULTS / name, RESULTS / f".{name}.new"
    beside.write_text(text.rstrip() + "\n", encoding="utf-8")
    os.replace(beside, place)
    return place


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def arguments(about: str | None) -> argparse.Namespace:
    """Return the arguments every benchmark takes."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--smoke", action="store_true", help="a tiny run that shows the script works; keeps no results")
    return parser.parse_args()
