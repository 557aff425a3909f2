"""The rules of a mapping: how one sheet is read, one table filled, one column found and its words translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dispute_risk.records.tables import Table, recorded_column

__all__ = ["ColumnRule", "ExportMapping", "JoinRule", "SheetRule", "TableRule", "WideRule", "declared_names", "plain"]


@dataclass(frozen=True)
class ColumnRule:
    """Where one column of a casebook table comes from.

    Parameters
    ----------
    name : str
        Column of the casebook.
    headings : tuple of str
        Headings of the export; the first that is filled in counts, or all of them where `together` is given.
    codes : dict of str to str
        Local word (as `plain` gives it) to code; a word that is not there stays as it is, and the check lists it.
    formats : tuple of str
        How its dates are written, for `strptime`.
    split : str
        What stands between several codes in one cell.
    constant : str
        The same value for every row.
    together : str
        What to put between the cells of several headings to make one identifier of them.
    numbered : str
        Beginning of a running number, for a table whose rows have none.
    """

    name: str
    headings: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    split: str = ""
    constant: str = ""
    together: str | None = None
    numbered: str = ""


@dataclass(frozen=True)
class JoinRule:
    """Another sheet whose one row for each identifier is laid beside the rows of the first."""

    sheet: str
    heading: str
    matches: str


@dataclass(frozen=True)
class WideRule:
    """One of several rows that a wide row of the export becomes, such as one professional's advice."""

    columns: Mapping[str, ColumnRule]


@dataclass(frozen=True)
class SheetRule:
    """How one sheet, file or database table is read.

    Parameters
    ----------
    headings_in_row : int
        Row of the headings as a person sees it; what stands above is a title.
    left_out : dict of str to str
        Headings that are not used, each with the reason.
    query : str
        For a database: the SELECT to read in place of the table of that name.
    """

    headings_in_row: int = 1
    left_out: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


@dataclass(frozen=True)
class TableRule:
    """How one table of the casebook is filled.

    Parameters
    ----------
    fills : str
        Table of the casebook.
    sheets : tuple of str
        Sheets of the export; several are stacked.
    columns : dict of str to ColumnRule
    where : dict of str to tuple of str
        Heading and the words it must hold for the row to count.
    joins : tuple of JoinRule
    wide : tuple of WideRule
        Each turns a row of the export into one row of the table.
    rows_need : tuple of str
        Columns of which at least one must be filled in; otherwise the row says nothing for this table.
    once_for : tuple of str
        Columns of which each combination counts once, with its first row.
    """

    fills: str
    sheets: tuple[str, ...]
    columns: Mapping[str, ColumnRule]
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joins: tuple[JoinRule, ...] = ()
    wide: tuple[WideRule, ...] = ()
    rows_need: tuple[str, ...] = ()
    once_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportMapping:
    """The whole mapping of an authority's export.

    Parameters
    ----------
    about : dict
        What the casebook will say of itself: authority, synthetic, recorded_to.
    tables : tuple of TableRule
    sheets : dict of str to SheetRule
    not_recorded : frozenset of str
        Words that stand for a blank, as `plain` gives them.
    letters : {'upper', 'lower', 'as written'}
        How the letters of identifiers are made the same.
    pseudonymise : tuple of str
        Columns whose values are replaced by a keyed hash.
    file : str
        Name of the file, for messages.
    """

    about: Mapping[str, Any]
    tables: tuple[TableRule, ...]
    sheets: Mapping[str, SheetRule] = field(default_factory=dict)
    not_recorded: frozenset[str] = frozenset()
    letters: str = "upper"
    pseudonymise: tuple[str, ...] = ()
    file: str = "mapping"

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Every sheet the mapping reads, in the order in which it names them."""
        named = [name for rule in self.tables for name in (*rule.sheets, *(join.sheet for join in rule.joins))]
        return tuple(dict.fromkeys(named))

    def sheet(self, name: str) -> SheetRule:
        """Return how a sheet is read."""
        return self.sheets.get(name, SheetRule())


def plain(text: str) -> str:
    """Return text for comparison: no outer spaces, single inner ones, small letters.

    >>> plain("  Not  PLACED ")
    'not placed'
    """
    return " ".join(text.split()).casefold()


def declared_names(declared: Table) -> list[str]:
    """Return every column a table may have, the days of recording included."""
    return [name for column in declared
            for name in ([column.name, recorded_column(column.name)] if column.kind == "date" else [column.name])]
