"""How the benchmarks measure: one thread, wall and processor time, the machine it was on, and where results are kept."""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
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


def between(one: Took, other: Took) -> str:
    """Return the ratio of the middle processor times, with the least and the most the repeats allow."""
    middle = median(one.processor) / median(other.processor)
    least, most = min(one.processor) / max(other.processor), max(one.processor) / min(other.processor)
    return f"{middle:.2f} ({least:.2f} to {most:.2f} over {len(one.processor)} and {len(other.processor)} repeats)"


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


def most_memory_gb() -> float:
    """Return the most memory this process has held so far, in gigabytes; not a number where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux counts in the process that started this one
        told = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if told is not None:
            return int(told[1]) * 1024 / 1e9
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)


def arguments(about: str | None, more: Callable[[argparse.ArgumentParser], None] | None = None) -> argparse.Namespace:
    """Return the arguments every benchmark takes, and more where a script adds its own."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--smoke", action="store_true", help="a tiny run that shows the script works; keeps no results")
    if more is not None:
        more(parser)
    return parser.parse_args()
