"""The tables of a casebook as whole numbers: which case, which day, known from which day."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import TABLES, recorded_column, table
from dispute_risk.timeline.days import FOREVER, NO_DAY, day_numbers

__all__ = ["Recorded"]


class Recorded:
    """Reads columns of a casebook as arrays; a column that was not handed over is blank throughout.

    Parameters
    ----------
    casebook : Casebook
    """

    def __init__(self, casebook: Casebook) -> None:
        self.casebook = casebook
        self.case_id = casebook.tables["cases"]["case_id"].astype(str).to_numpy()
        self._number = pd.Index(self.case_id)
        self._cases: dict[str, np.ndarray] = {}
        self._days: dict[tuple[str, str], np.ndarray] = {}
        self._codes: dict[tuple[str, str], np.ndarray] = {}

    @cached_property
    def area(self) -> tuple[np.ndarray, list[str]]:
        """Number of the area of each case, and the names of the areas."""
        numbers, names = pd.factorize(self.casebook.tables["cases"]["area"].astype(str), sort=True)
        return numbers.astype(np.int32), [str(name) for name in names]

    @cached_property
    def file_known(self) -> np.ndarray:
        """Day on which each file was known: with its opening, or with the first of its own rows if that was earlier.

        A request is often recorded before the file it belongs to. A file with no opening is known from the start.
        """
        opened = self.known("cases", "opened_on")
        first = opened.copy()
        for declared in TABLES:
            if declared.name == "cases" or declared.name not in self.casebook:
                continue
            case = self.case(declared.name)
            found = np.flatnonzero(case >= 0)
            of_case = case[found].astype(np.intp)  # numpy takes its short way only with numbers of its own kind
            for anchor in declared.anchors:
                np.minimum.at(first, of_case, self.known(declared.name, anchor)[found])
        return np.where(opened == FOREVER, 0, first).astype(np.int32)

    def rows(self, name: str) -> int:
        """Return how many rows a table has; 0 where it was not handed over."""
        return len(self.casebook.tables[name]) if name in self.casebook else 0

    def case(self, name: str) -> np.ndarray:
        """Return the number of the case of each row of a table (int32)."""
        if name not in self._cases:
            ids = self.casebook.tables[name]["case_id"] if name in self.casebook else pd.Series([], dtype=str)
            self._cases[name] = self._number.get_indexer(pd.Index(ids.astype(str))).astype(np.int32)
        return self._cases[name]

    def day(self, name: str, column: str) -> np.ndarray:
        """Return a date column as day numbers; `NO_DAY` where blank."""
        if not self.casebook.has(name, column):
            return np.full(self.rows(name), NO_DAY, np.int32)
        at = (name, column)
        if at not in self._days:
            self._days[at] = day_numbers(self.casebook.tables[name][column].to_numpy())
            self._days[at].flags.writeable = False  # asked for by several themes
        return self._days[at]

    def known(self, name: str, column: str) -> np.ndarray:
        """Return the day on which a date became known; `FOREVER` where the date is blank.

        The companion `_recorded_on` where it is filled, else the date itself; nothing is known before it happened.
        """
        happened = self.day(name, column)
        recorded = self.day(name, recorded_column(column))
        return np.where(happened == NO_DAY, FOREVER, np.maximum(happened, recorded)).astype(np.int32)

    def code(self, name: str, column: str) -> np.ndarray:
        """Return a coded column as positions in its codelist (int16); -1 where blank."""
        declared = table(name).column(column).codes
        assert declared is not None, f"{name}.{column} has no codelist"
        if not self.casebook.has(name, column):
            return np.full(self.rows(name), -1, np.int16)
        at = (name, column)
        if at not in self._codes:
            self._codes[at] = _positions(self.casebook.tables[name][column], list(declared))
            self._codes[at].flags.writeable = False
        return self._codes[at]

    def is_code(self, name: str, column: str, *codes: str) -> np.ndarray:
        """Return a mask of the rows whose code is one of these."""
        declared = table(name).column(column).codes
        assert declared is not None, f"{name}.{column} has no codelist"
        positions = [list(declared).index(one) for one in codes]
        return np.isin(self.code(name, column), positions)

    def labels(self, name: str, column: str) -> list[str]:
        """Return the codes behind the numbers of `code`."""
        declared = table(name).column(column).codes
        assert declared is not None, f"{name}.{column} has no codelist"
        return list(declared)

    def number(self, name: str, column: str) -> np.ndarray:
        """Return a flag or number as float32; NaN where blank."""
        if not self.casebook.has(name, column):
            return np.full(self.rows(name), np.nan, np.float32)
        return self.casebook.tables[name][column].to_numpy(np.float32, na_value=np.nan)

    def identifier(self, name: str, column: str) -> tuple[np.ndarray, list[str]]:
        """Return an identifier as numbers (-1 where blank) with the identifiers behind them."""
        if not self.casebook.has(name, column):
            return np.full(self.rows(name), -1, np.int32), []
        values = self.casebook.tables[name][column]
        numbers, names = pd.factorize(values.where(values.notna() & (values.astype(str) != "")))
        return numbers.astype(np.int32), [str(one) for one in names]


def _positions(values: pd.Series, codes: list[str]) -> np.ndarray:
    """Return coded values as positions in a codelist (int16); -1 where blank or not on it."""
    if isinstance(values.dtype, pd.CategoricalDtype) and list(values.cat.categories) == codes:
        return values.cat.codes.to_numpy(np.int16, copy=True)
    return pd.Categorical(values, categories=codes).codes.astype(np.int16)
