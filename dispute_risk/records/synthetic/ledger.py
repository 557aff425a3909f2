"""The invented authority's filing: rows of the tables as they are opened and filled in, week by week."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispute_risk import terms
from dispute_risk.records.tables import table

__all__ = ["BLANK", "Ledger", "NoLedger", "code", "day_in_week"]

BLANK = -99_999
"""What stands for "not recorded" while numbers are kept; days before the first are small negative numbers."""

WORKING_DAYS = np.array([0, 1, 2, 3, 6], np.int32)
"""Days of a week that runs from Tuesday (0) to Monday (6), without the weekend."""

_CODES = {
    (declared.name, column.name): {value: number for number, value in enumerate(column.codes)}
    for declared in map(table, ("requests", "assessments", "advice", "plans", "reviews", "placements",
                                "consultations", "panels", "contacts", "complaints", "mediations", "appeals"))
    for column in declared
    if column.codes is not None
}
SETTING = {value: number for number, value in enumerate(terms.SETTING)}
LIMB = {value: number for number, value in enumerate(terms.DECISION_TYPE)}


def code(table_name: str, column: str, value: str) -> int:
    """Return the number under which a code is kept.

    >>> code("requests", "decision", "refuse")
    1
    """
    return _CODES[table_name, column][value]


def day_in_week(week: np.ndarray | int, uniform: np.ndarray) -> np.ndarray:
    """Return a working day of a week, in days since the first day of the run."""
    return (np.asarray(week, np.int32) * 7 + WORKING_DAYS[(uniform * 5).astype(np.intp)]).astype(np.int32)


class Ledger:
    """Rows of every table, each column an array that grows; a blank is `BLANK`."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, np.ndarray]] = {}
        self._used: dict[str, int] = {}

    def open(self, name: str, case: np.ndarray, **values: Any) -> np.ndarray:
        """Open one row for each case and return the row numbers."""
        start, count = self._used.get(name, 0), len(case)
        if not count:
            return np.zeros(0, np.int64)
        rows = np.arange(start, start + count)
        self._used[name] = start + count
        columns = self._columns.setdefault(name, {})
        for column, value in {"case": case, **values}.items():
            self._reach(columns, column, start + count)[rows] = value
        return rows

    def fill(self, name: str, rows: np.ndarray, **values: Any) -> None:
        """Fill in columns of rows opened before."""
        if not len(rows):
            return
        columns = self._columns.setdefault(name, {})
        for column, value in values.items():
            self._reach(columns, column, self._used.get(name, 0))[rows] = value

    def columns(self, name: str) -> dict[str, np.ndarray]:
        """Return the columns of a table as they stand."""
        used = self._used.get(name, 0)
        made = self._columns.get(name, {})
        return {column: self._reach(made, column, used)[:used].copy() for column in made}

    @staticmethod
    def _reach(columns: dict[str, np.ndarray], column: str, size: int) -> np.ndarray:
        held = columns.get(column)
        if held is None or len(held) < size:
            grown = np.full(max(1024, 2 * size), BLANK, np.int32)
            if held is not None:
                grown[: len(held)] = held
            columns[column] = held = grown
        return held


class NoLedger(Ledger):
    """A ledger that keeps nothing, for paths lived forward only to learn their risk."""

    def open(self, name: str, case: np.ndarray, **values: Any) -> np.ndarray:
        """Return row numbers that lead nowhere."""
        return np.zeros(len(case), np.int64)

    def fill(self, name: str, rows: np.ndarray, **values: Any) -> None:
        """Keep nothing."""
