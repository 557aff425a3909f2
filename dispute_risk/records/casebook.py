"""A casebook: an authority's checked tables, with the day up to which they were recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Casebook"]


@dataclass(frozen=True)
class Casebook:
    """The checked tables of one authority.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Every table that was handed over, with declared columns only: dates (and their `_recorded_on` companions) as
        `datetime64[s]`, codes as categories in the order of their codelist, identifiers as strings, flags and numbers
        as float32 with NaN for a blank. A column that was not handed over is absent.
    recorded_to : date
        The last day on which anything was recorded; nothing is known after it.
    name : str
        The authority's name, or the folder's.
    synthetic : bool
        Whether the records are invented; then every page that comes of them says so.
    fingerprint : str
        SHA-256 of the content of the files read, in hexadecimal.
    set_aside : mapping of str to int
        Rows by table that could not be used and were set aside.
    """

    tables: Mapping[str, pd.DataFrame]
    recorded_to: dt.date
    name: str = "authority"
    synthetic: bool = False
    fingerprint: str = ""
    set_aside: Mapping[str, int] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def has(self, table: str, column: str) -> bool:
        """Whether the table was handed over with that column."""
        return table in self.tables and column in self.tables[table].columns

    def with_tables(self, tables: Mapping[str, pd.DataFrame], recorded_to: dt.date | None = None) -> Casebook:
        """Return the same authority with other tables."""
        return replace(self, tables=dict(tables), recorded_to=recorded_to or self.recorded_to)

    def summary(self) -> str:
        """Return one line: who, how many cases, up to when."""
        cases = len(self.tables["cases"]) if "cases" in self.tables else 0
        appeals = len(self.tables["appeals"]) if "appeals" in self.tables else 0
        invented = " (invented records, not a real authority)" if self.synthetic else ""
        return f"{self.name}{invented}: {cases:,} cases, {appeals:,} appeals, recorded to {self.recorded_to}"
