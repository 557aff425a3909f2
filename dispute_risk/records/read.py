"""Reading a casebook: an authority's files in, checked tables out, with everything that was wrong and set aside."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dispute_risk.errors import UnreadableFile, UnusableRecords
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.check import CheckedTable, check_cells, check_rows
from dispute_risk.records.coverage import Coverage, coverage_of
from dispute_risk.records.dates import check_dates, latest_day
from dispute_risk.records.files import HandedOver, handed_over
from dispute_risk.records.problems import BLANKED, NOTE, SET_ASIDE, STOPS, Problems, grouped_lines
from dispute_risk.records.tables import TABLES

__all__ = ["CasebookRead", "check_tables", "inspect_casebook", "read_casebook"]


@dataclass(frozen=True)
class CasebookRead:
    """What came of reading a casebook.

    Parameters
    ----------
    usable : Casebook or None
        The checked tables; None where something stops their use.
    problems : DataFrame
        One row a problem: severity, table, file, row, column, value, problem, what_to_do, message.
    set_aside : mapping of str to DataFrame
        By table, the rows that could not be used, as they were, with `row` and `reason`.
    counts : DataFrame
        By table: rows_in, rows_used, rows_set_aside, cells_blanked.
    unreadable : bool
        Whether a file could not be read at all.
    """

    usable: Casebook | None
    problems: pd.DataFrame
    set_aside: Mapping[str, pd.DataFrame]
    counts: pd.DataFrame
    unreadable: bool = False

    @property
    def casebook(self) -> Casebook:
        """The casebook; raises what stops its use, every reason at once."""
        if self.usable is not None:
            return self.usable
        kind = UnreadableFile if self.unreadable else UnusableRecords
        stops = self.problems.loc[self.problems["severity"] == STOPS, "message"]
        raise kind("The records cannot be used until this is put right:", stops.tolist())

    @property
    def clean(self) -> bool:
        """Whether every row and cell handed over is used (columns kept out and notes do not matter)."""
        return not self.problems["severity"].isin([STOPS, SET_ASIDE, BLANKED]).any()

    def coverage(self, costs: Mapping[str, list[str]] | None = None) -> Coverage:
        """Return what is absent or silent, from when to when each area recorded, and what that costs."""
        return coverage_of(self.casebook, costs or {})

    def summary(self) -> str:
        """Return the counts by table and the problems, grouped, as text."""
        head = [self.usable.summary()] if self.usable is not None else ["The records cannot be used as they are."]
        width = max((len(name) for name in self.counts.index), default=5)
        lines = [f"{'table':<{width}} {'rows in':>10} {'used':>10} {'set aside':>10} {'cells blanked':>14}"]
        lines += [f"{name:<{width}} {int(row['rows_in']):>10,} {int(row['rows_used']):>10,} "
                  f"{int(row['rows_set_aside']):>10,} {int(row['cells_blanked']):>14,}"
                  for name, row in self.counts.iterrows()]
        return "\n".join([*head, "", *lines, "", *(grouped_lines(self.problems) or ["No problems found."])])


def read_casebook(path: str | os.PathLike[str]) -> CasebookRead:
    """Read and check a casebook.

    Parameters
    ----------
    path : path
        A folder of CSV and Parquet files named after the tables (`cases.csv`, `appeals.parquet`, ...), with or without
        a `casebook.toml`; or an Excel workbook with a sheet a table.

    Returns
    -------
    CasebookRead
        `.casebook`, `.problems`, `.set_aside`, `.counts`, `.coverage(costs)`.

    Raises
    ------
    UnreadableFile
        If there is nothing there, or a file is not what its name says, cut short or otherwise unreadable.
    UnusableRecords
        If a required table is missing, or nothing in it can be used.

    Notes
    -----
    Nothing is repaired in silence. A cell that is not allowed counts as not recorded; a row that cannot be used is set
    aside; both are listed. `inspect_casebook` does the same and does not raise what stops the use.
    """
    read = inspect_casebook(path)
    read.casebook  # noqa: B018 - raises what stops the use
    return read


def inspect_casebook(path: str | os.PathLike[str]) -> CasebookRead:
    """Read and check a casebook as `read_casebook` does, but return what stops its use among the problems.

    Raises
    ------
    UnreadableFile
        Only if there is no folder or workbook at `path`.
    """
    if "://" in str(path):
        from dispute_risk.records.sql import casebook_in_database

        return casebook_in_database(str(path))
    problems = Problems()
    return check_tables(handed_over(Path(path), problems), problems)


def check_tables(given: HandedOver, problems: Problems) -> CasebookRead:
    """Check tables of text, from whatever source they come (files, a workbook, a mapping, a database).

    Parameters
    ----------
    given : HandedOver
        The tables as text, with what is said of them.
    problems : Problems
        What was found so far; takes everything found here.
    """
    checked = {declared.name: check_cells(given.tables[declared.name], declared, problems)
               for declared in TABLES if declared.name in given.tables}
    recorded_to = _recorded_to(given, checked, problems)
    used: dict[str, pd.DataFrame] = {}
    for name, table in checked.items():
        check_dates(table, recorded_to, problems)
        check_rows(table, used, problems)
        rows = table.used_rows()
        if len(rows) or not table.rows_in:
            used[name] = rows
    _check_required_tables(given, checked, used, problems)
    found = problems.table()
    set_aside = {name: table.aside_rows() for name, table in checked.items() if table.rows_in > int(table.used.sum())}
    casebook = None
    if not (found["severity"] == STOPS).any():
        casebook = Casebook(used, recorded_to, given.about.get("authority", given.name),
                            given.about.get("synthetic", False), given.fingerprint,
                            {name: len(rows) for name, rows in set_aside.items()})
    return CasebookRead(casebook, found, set_aside, _counts(checked, found), problems.unreadable)


def _recorded_to(given: HandedOver, checked: Mapping[str, CheckedTable], problems: Problems) -> dt.date:
    said = given.about.get("recorded_to")
    if said is not None:
        return said
    latest = latest_day(checked)
    if latest is None:
        return dt.date.max.replace(year=2100)  # no date anywhere: the required dates stop the reading
    problems.add(NOTE, "", f"recorded_to is not given; the last day on which anything was recorded, {latest}, is taken",
                 "Write recorded_to = YYYY-MM-DD in casebook.toml.")
    return latest


def _check_required_tables(given: HandedOver, checked: Mapping[str, CheckedTable], used: Mapping[str, pd.DataFrame],
                           problems: Problems) -> None:
    unreadable = set(problems.table().query("severity == @STOPS")["table"])
    for declared in TABLES:
        if declared.name not in checked and declared.name not in unreadable:
            if declared.required and not problems.unreadable:
                problems.add(STOPS, declared.name, "is missing, and nothing can be done without it",
                             f"Hand over {declared.name}.csv, {declared.name}.parquet or a sheet {declared.name}: "
                             f"one row is {declared.one_row_is}.", table=declared.name)
        elif declared.required and declared.name in checked and not len(used.get(declared.name, ())):
            table = checked[declared.name]
            if declared.name == "appeals" and not table.rows_in:
                # A return of the Department has no register of appeals; the duties can be listed without one.
                problems.add(NOTE, table.file, "has headings but no rows: nothing can be learned from it",
                             "No model can be trained: dispute-risk train starts from national rates instead.",
                             table=declared.name)
                continue
            count = f"{table.rows_in:,} rows, none of them usable" if table.rows_in else "headings but no rows"
            problems.add(STOPS, table.file, f"has {count}",
                         "Put right what is listed for its rows, or hand over its rows.", table=declared.name)


def _counts(checked: Mapping[str, CheckedTable], problems: pd.DataFrame) -> pd.DataFrame:
    blanked = problems[problems["severity"] == BLANKED].groupby("table").size()
    rows = {name: {"rows_in": table.rows_in, "rows_used": int(table.used.sum()),
                   "rows_set_aside": table.rows_in - int(table.used.sum()), "cells_blanked": int(blanked.get(name, 0))}
            for name, table in checked.items()}
    columns = ["rows_in", "rows_used", "rows_set_aside", "cells_blanked"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("table")
