"""The counts of a published report as one table, and read back, so that the next release can be held against it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.causes.counts import CountTable
from dispute_risk.causes.disclosure import WITHHELD
from dispute_risk.causes.report import CausesReport
from dispute_risk.errors import OutputNotWritten, UnreadableFile

__all__ = ["COUNTS_FILE", "counts_frame", "read_counts", "same_rules"]

COUNTS_FILE = "counts.csv"
COLUMNS = ("table", "measure", "start_on", "end_on", "headings", "categories", "where", "overlapping", "covering", "quarters",
           "not_shown", "withheld_under", "rounded_to", "count")


def counts_frame(report: CausesReport) -> pd.DataFrame:
    """Return one row for every published count, with what it counts; withheld numbers as "c"."""
    made = report.protected
    assert made is not None, "only a report that is to be published has counts to be held against"
    rows = []
    for table in made.tables:
        for values, count, public in zip(table.counts[list(table.dims)].astype(str).itertuples(index=False, name=None),
                                         table.counts["count"], table.rows_published(), strict=True):
            # A category that is counted and not shown is named, without its number: the sums need it.
            said = "" if not public else WITHHELD if np.isnan(count) else int(count)
            rows.append((table.name, table.measure, table.start_on, table.end_on, json.dumps(table.dims),
                         json.dumps(values), json.dumps(dict(table.where)), json.dumps(table.overlapping),
                         json.dumps(table.covering), table.quarter, json.dumps(sorted(table.unpublished)), made.threshold,
                         made.base, said))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_counts(folder: str | Path) -> list[CountTable]:
    """Return the counts of a published folder.

    Raises
    ------
    UnreadableFile
        Where the folder holds no counts of a causes report, or they were changed so that they cannot be read.
    """
    path = Path(folder) / COUNTS_FILE
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        missing = [name for name in COLUMNS if name not in frame]
        if missing:
            raise ValueError(f"column {', '.join(missing)} is missing")
        return [_read_table(str(name), rows) for name, rows in frame.groupby("table", sort=False)]
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableFile(f"--published-before {folder}: {COUNTS_FILE} cannot be read ({error}). Give the folder of a "
                             "causes report that was made with --publish, as it was written.") from error


def _read_table(name: str, rows: pd.DataFrame) -> CountTable:
    first = rows.iloc[0]
    dims = tuple(json.loads(first["headings"]))
    counts = pd.DataFrame([json.loads(values) for values in rows["categories"]], columns=list(dims))
    counts["count"] = [np.nan if count in (WITHHELD, "") else float(count) for count in rows["count"]]
    return CountTable(name, dims, counts, first["start_on"], first["end_on"], first["measure"],
                      tuple(json.loads(first["overlapping"])), tuple(json.loads(first["covering"])), first["quarters"],
                      json.loads(first["where"]), frozenset((a, b) for a, b in json.loads(first["not_shown"])))


def same_rules(folder: str | Path, threshold: int, base: int) -> None:
    """Refuse to go on where an earlier release was made by other rules; its numbers would be misread."""
    frame = pd.read_csv(Path(folder) / COUNTS_FILE, dtype=str, usecols=["withheld_under", "rounded_to"], encoding="utf-8-sig")
    found: Sequence[tuple[str, str]] = sorted(set(frame.itertuples(index=False, name=None)))
    if found != [(str(threshold), str(base))]:
        rules = "; ".join(f"under {a}, rounded to {b}" for a, b in found)
        raise OutputNotWritten(f"--published-before {folder}: numbers there were withheld {rules}; here under {threshold}, "
                               f"rounded to {base}. Publish by the same rules.")
