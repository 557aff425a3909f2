"""The records of the cases that are at the Tribunal, read in a second, without waiting for the whole casebook."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.dates import latest_day
from dispute_risk.records.files import HandedOver, RawTable, handed_over
from dispute_risk.records.problems import Problems
from dispute_risk.records.read import check_tables
from dispute_risk.records.tables import TABLES, Table, recorded_column

__all__ = ["read_for_appeals"]

def read_for_appeals(
    path: str | os.PathLike[str], case_ids: Collection[str] | None = None, tables: Collection[str] | None = None
) -> Casebook:
    """Read a casebook as `read_casebook` does, but only the rows of some cases besides the appeals.

    One difference: a number given to rows of two cases (a plan, a review) is noticed only where both are read.

    Parameters
    ----------
    path : path
        Folder or workbook of the casebook.
    case_ids : collection of str, optional
        The cases wanted; every case with an appeal where it is not given. All appeals are read in any case, with the
        rows of `cases` they belong to: they are the authority's own record.
    tables : collection of str, optional
        The tables wanted; all where it is not given.

    Returns
    -------
    Casebook
        `recorded_to` is that of the whole casebook; rows that cannot be used are set aside as ever.

    Raises
    ------
    UnreadableFile, UnusableRecords
        As `read_casebook`.
    """
    problems = Problems()
    given = handed_over(Path(path), problems)
    if "recorded_to" not in given.about and (latest := _latest_recorded(given)) is not None:
        given.about["recorded_to"] = latest
    if tables is not None:
        given.tables = {name: table for name, table in given.tables.items() if name in tables}
    appealed = _cases_of(given.tables.get("appeals"))
    wanted = set(case_ids) if case_ids is not None else appealed
    keep = {"appeals": None, "cases": appealed | wanted}
    for name, table in given.tables.items():
        rows = keep.get(name, wanted)
        given.tables[name] = table if rows is None else _only(table, rows)
    return check_tables(given, problems).casebook


def _heading(frame: pd.DataFrame, wanted: str) -> str | None:
    return next((name for name in frame.columns if str(name).strip().lower() == wanted), None)


def _cases_of(table: RawTable | None) -> set[str]:
    if table is None or (heading := _heading(table.frame, "case_id")) is None:
        return set()
    return set(table.frame[heading].astype(str).str.strip())


def _only(table: RawTable, wanted: set[str]) -> RawTable:
    heading = _heading(table.frame, "case_id")
    if heading is None:
        return table  # the check says what is wrong with it
    ids = table.frame[heading].astype(str)
    kept = ids.isin(wanted).to_numpy()
    if not kept.any():
        kept = ids.str.strip().isin(wanted).to_numpy()
    return replace(table, frame=table.frame[kept].reset_index(drop=True), rows=table.rows[kept])


@dataclass(frozen=True)
class _Dates:
    """The dates of a table, as much of a checked table as `latest_day` looks at."""

    declared: Table
    cells: dict[str, pd.Series]


def _latest_recorded(given: HandedOver) -> dt.date | None:
    """Return the last day on which anything was recorded, by the rule of the check of the whole casebook."""
    dates: dict[str, Any] = {}
    for declared in TABLES:
        if declared.name not in given.tables:
            continue
        frame = given.tables[declared.name].frame
        facts = [column.name for column in declared.columns if column.is_fact_date]
        cells = {}
        for name in [*facts, *map(recorded_column, facts)]:
            if (heading := _heading(frame, name)) is not None:
                counts = frame[heading].value_counts()
                days = pd.to_datetime(pd.Series(counts.index.astype(str)).str.strip().str[:10], format="%Y-%m-%d",
                                      errors="coerce")
                cells[name] = days.repeat(counts.tolist())
        dates[declared.name] = _Dates(declared, cells)
    return latest_day(dates)
