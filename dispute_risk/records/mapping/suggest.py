"""Drafting a mapping: which table each sheet fills and which column each heading is, from its words and its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.records.mapping.headings import (
    MOST_CODES,
    Heading,
    alike,
    fit,
    heading_row,
    headings_of,
    several_codes,
    spelt_out,
    suggested_codes,
)
from dispute_risk.records.mapping.rules import plain
from dispute_risk.records.mapping.sources import Source, is_database, read_sources
from dispute_risk.records.mapping.vocabulary import TABLE_WORDS
from dispute_risk.records.tables import TABLES, Column, Table, recorded_column

__all__ = ["Draft", "DraftColumn", "DraftTable", "draft_mapping"]

SURE, LIKELY, LEAST = 0.8, 0.65, 0.5


@dataclass(frozen=True)
class DraftColumn:
    """What a heading seems to be: the column, how sure (0 to 1), its codes and the words left without one."""

    column: str
    heading: str
    sure: float
    codes: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    split: str = ""
    formats: str = ""

    @property
    def how_sure(self) -> str:
        """How sure, in a word."""
        return "sure" if self.sure >= SURE else "likely" if self.sure >= LIKELY else "a guess, look at it"


@dataclass(frozen=True)
class DraftTable:
    """One table of the casebook and the sheet that seems to fill it."""

    fills: str
    sheet: str
    sure: float
    columns: tuple[DraftColumn, ...]
    second: bool = False


@dataclass(frozen=True)
class Draft:
    """A drafted mapping.

    Parameters
    ----------
    tables : tuple of DraftTable
    headings_in_row : dict of str to int
        By sheet, where the headings stand.
    personal : dict of str to dict of str to str
        By sheet, headings that look like personal data, with the reason.
    loose : dict of str to list of str
        By sheet, headings without a column.
    """

    tables: tuple[DraftTable, ...]
    headings_in_row: Mapping[str, int]
    personal: Mapping[str, Mapping[str, str]]
    loose: Mapping[str, list[str]]

    @property
    def table(self) -> pd.DataFrame:
        """One row a heading: sheet, heading, fills, column, sure (0 to 1), how_sure."""
        lines = [(one.sheet, column.heading, one.fills, column.column, round(column.sure, 2), column.how_sure)
                 for one in self.tables for column in one.columns]
        lines += [(sheet, heading, "", "", np.nan, f"left out: {why}") for sheet, found in self.personal.items()
                  for heading, why in found.items()]
        lines += [(sheet, heading, "", "", np.nan, "not placed") for sheet, found in self.loose.items()
                  for heading in found]
        return pd.DataFrame(lines, columns=["sheet", "heading", "fills", "column", "sure", "how_sure"])


def draft_mapping(export: str | Path) -> Draft:
    """Draft the mapping of an export from its headings and values.

    Parameters
    ----------
    export : path or str
        Workbook, CSV file, folder of them, or SQLAlchemy URL.

    Raises
    ------
    UnreadableFile
        If the export cannot be read.

    Notes
    -----
    Headings are spelt out and compared with the vocabulary by RapidFuzz (token sort and token set ratios); dates, yes
    or no boxes, codes and numbers are told apart by their values; the best assignment of headings to columns is taken
    (Jonker-Volgenant, `scipy.optimize.linear_sum_assignment`). Every line is a proposal for a person to look at.
    """
    raw = _all_sources(export)
    rows = {name: heading_row(source) for name, source in raw.items()}
    sources = {name: _below(source, rows[name]) for name, source in raw.items()}
    personal: dict[str, dict[str, str]] = {}
    headings: dict[str, list[Heading]] = {}
    for name, source in sources.items():
        looked_at, personal[name] = headings_of(source)
        headings[name] = looked_at
    shared = _shared_headings(headings)
    first = {name: _best_table(name, found, shared) for name, found in headings.items()}
    tables = _without_rivals([table for table in first.values() if table is not None])
    taken = {table.fills for table in tables}
    for table in list(tables):
        second = _second_table(table, headings[table.sheet], shared, taken)
        if second is not None:
            tables.append(second)
            taken.add(second.fills)
    order = {declared.name: place for place, declared in enumerate(TABLES)}
    used = {(table.sheet, column.heading) for table in tables for column in table.columns}
    loose = {name: [one.name for one in found if (name, one.name) not in used] for name, found in headings.items()}
    return Draft(tuple(sorted(tables, key=lambda table: order[table.fills])), rows, personal, loose)


def _below(source: Source, row: int) -> Source:
    """The same sheet with its headings taken from a row further down."""
    if row == 1:
        return source
    at = int(np.flatnonzero(source.rows == row)[0])
    headings = [str(text) or f"(column {place})" for place, text in enumerate(source.frame.iloc[at], 1)]
    frame = source.frame.iloc[at + 1:].set_axis(headings, axis=1).reset_index(drop=True)
    return Source(source.name, source.label, frame, source.rows[at + 1:], source.unsplit)


def _all_sources(export: str | Path) -> dict[str, Source]:
    if is_database(export):
        from dispute_risk.records.sql import table_names

        return read_sources(export, {}, table_names(str(export)))
    return read_sources(export, {})


def _shared_headings(headings: Mapping[str, list[Heading]]) -> set[str]:
    """Headings that stand in most sheets: the number that joins everything is among them."""
    counts: dict[str, int] = {}
    for found in headings.values():
        for one in found:
            counts[plain(one.name)] = counts.get(plain(one.name), 0) + 1
    return {name for name, count in counts.items() if len(headings) > 1 and count > len(headings) / 2}


def _assigned(declared: Table, headings: list[Heading], shared: set[str]) -> list[tuple[Column, Heading, float]]:
    from scipy.optimize import linear_sum_assignment

    columns = list(declared)
    fits = np.array([[fit(declared, column, heading, shared) for heading in headings] for column in columns])
    if not fits.size:
        return []
    chosen = zip(*linear_sum_assignment(-np.where(fits >= LEAST, fits, 0)), strict=True)
    return [(columns[at], headings[to], float(fits[at, to])) for at, to in chosen if fits[at, to] >= LEAST]


def _companions(declared: Table, placed: list[tuple[Column, Heading, float]],
                headings: list[Heading]) -> list[DraftColumn]:
    """Give each day of recording to the date it belongs to: by its other words, else by standing right after it."""
    order = {heading.name: place for place, heading in enumerate(headings)}
    dates = [(column, heading) for column, heading, _ in placed if column.is_fact_date]
    found: dict[str, DraftColumn] = {}
    for heading in (one for one in headings if one.recorded and one.kind == "date"):
        rest = " ".join(word for word in heading.words.split() if word not in ("date", "on"))
        scores = []
        for column, date in dates:
            words = " ".join(word for word in date.words.split() if word not in ("date", "on"))
            follows = order[heading.name] == order[date.name] + 1
            same = alike(rest, (words, column.name.removesuffix("_on").replace("_", " "))) if rest else 0.5
            scores.append((0.7 * same + 0.3 * follows, column))
        best = max(scores, key=lambda one: one[0], default=None)
        if best is not None and best[0] >= LEAST - 0.1:
            name = recorded_column(best[1].name)
            if name not in found or found[name].sure < best[0]:
                found[name] = DraftColumn(name, heading.name, min(1.0, best[0]), formats=heading.formats)
    return list(found.values())


def _draft_column(column: Column, heading: Heading, sure: float) -> DraftColumn:
    codes: dict[str, str] = {}
    unknown: tuple[str, ...] = ()
    split = ""
    if column.kind == "codes" and column.codes is not None:
        codes, unknown, split = several_codes(heading, column.codes)
    elif column.name == "area":
        codes = _spellings(heading.values)
    elif column.kind == "code" and column.codes is not None:
        codes, unknown = suggested_codes(column.codes, heading.values)
    return DraftColumn(column.name, heading.name, min(1.0, sure), codes, unknown, split,
                       heading.formats if column.kind == "date" else "")


def _spellings(values: tuple[str, ...]) -> dict[str, str]:
    """Each spelling of an area with the most frequent one of the same letters (values come most frequent first)."""
    usual: dict[str, str] = {}
    for value in values:
        usual.setdefault(plain(value), value)
    return {value: usual[plain(value)] for value in usual.values()} if len(values) < MOST_CODES else {}


def _table_for(name: str, declared: Table, headings: list[Heading], shared: set[str]) -> DraftTable:
    placed = _assigned(declared, headings, shared)
    columns = [_draft_column(*one) for one in placed] + _companions(declared, placed, headings)
    named = alike(spelt_out(name), TABLE_WORDS[declared.name])
    needed = [column.name for column in declared if column.required]
    there = {column.column for column in columns}
    share = sum(column.sure for column in columns) / max(1, len(headings))
    complete = sum(name in there for name in needed) / len(needed)
    return DraftTable(declared.name, name, 0.4 * named + 0.4 * share + 0.2 * complete, tuple(columns))


def _best_table(name: str, headings: list[Heading], shared: set[str]) -> DraftTable | None:
    drafts = [_table_for(name, declared, headings, shared) for declared in TABLES]
    best = max(drafts, key=lambda draft: draft.sure)
    return best if best.sure >= LEAST - 0.1 and best.columns else None


def _without_rivals(tables: list[DraftTable]) -> list[DraftTable]:
    """Keep all sheets of a table only where both are sure (they are stacked); else the surer one."""
    best: dict[str, float] = {}
    for table in tables:
        best[table.fills] = max(best.get(table.fills, 0.0), table.sure)
    return [table for table in tables if table.sure >= min(best[table.fills], LIKELY)]


def _second_table(first: DraftTable, headings: list[Heading], shared: set[str],
                  taken: set[str]) -> DraftTable | None:
    """A sheet that keeps two things on one line, such as a request and what came of the assessment."""
    used = {column.heading for column in first.columns}
    identifiers = {column.heading for column in first.columns if column.column.endswith("_id")}
    rest = [one for one in headings if one.name not in used or one.name in identifiers]
    best: DraftTable | None = None
    for declared in TABLES:
        if declared.name in taken:
            continue
        draft = _table_for(first.sheet, declared, rest, shared)
        fresh = [column for column in draft.columns if column.heading not in identifiers]
        there = {column.column for column in draft.columns}
        own = [column for column in fresh if not column.column.endswith("_recorded_on")]
        if (len(own) >= 2 and all(column.name in there for column in declared if column.required)
                and np.mean([column.sure for column in own]) >= LIKELY and (best is None or draft.sure > best.sure)):
            best = DraftTable(draft.fills, draft.sheet, draft.sure, draft.columns, True)
    return best
