"""Filling one table of the casebook from the sheets of an export, with every row that is left aside and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.files import text_frame
from dispute_risk.records.mapping.dates import dates_as_iso
from dispute_risk.records.mapping.pseudonyms import Pseudonyms
from dispute_risk.records.mapping.rules import ColumnRule, ExportMapping, TableRule, declared_names, plain
from dispute_risk.records.mapping.sources import Source
from dispute_risk.records.tables import Table, table

__all__ = ["FLAG_WORDS", "FilledTable", "filled_table", "missing_in_export"]

FLAG_WORDS = {"yes": "1", "y": "1", "true": "1", "t": "1", "no": "0", "n": "0", "false": "0", "f": "0"}
"""What a yes/no box may hold besides 1 and 0, in any mapping."""

Aside = tuple[str, int, str]


@dataclass(frozen=True)
class FilledTable:
    """One table of the casebook as text, before it is checked.

    Parameters
    ----------
    fills : str
    frame : DataFrame
        Declared columns, all text.
    source, row : array
        Sheet and row of the export from which each row comes.
    set_aside : list of (sheet, row, reason)
        Rows of the export that gave no row.
    """

    fills: str
    frame: pd.DataFrame
    source: np.ndarray
    row: np.ndarray
    set_aside: list[Aside]


def missing_in_export(mapping: ExportMapping, sources: Mapping[str, Source]) -> list[str]:
    """Return a line for each sheet or heading that the mapping names and the export does not have."""
    lines = []
    for name in mapping.sheet_names:
        if _named(sources, name) is None:
            near = difflib.get_close_matches(plain(name), [plain(one) for one in sources], n=1)
            hint = next((f" Perhaps '{one}'." for one in sources if near and plain(one) == near[0]), "")
            lines.append(f"There is no sheet, file or table '{name}'.{hint}")
    for rule in mapping.tables:
        beside = [_named(sources, join.sheet) for join in rule.joins]
        for name in rule.sheets:
            main = _named(sources, name)
            if main is None or None in beside:
                continue
            lines += [f"{main.label} has no heading '{heading}', wanted for {rule.fills}.{_hint(heading, main)}"
                      for heading in _headings_of(rule, rule.sheets)
                      if not any(one is not None and one.heading(heading) for one in (main, *beside))]
        for join, side in zip(rule.joins, beside, strict=True):
            if side is not None and side.heading(join.heading) is None:
                lines.append(f"{side.label} has no heading '{join.heading}', by which it is joined."
                             f"{_hint(join.heading, side)}")
    return list(dict.fromkeys(lines))


def _headings_of(rule: TableRule, sheets: Iterable[str]) -> list[str]:
    """Headings every sheet must have; of several alternatives for one column, none must be there in each sheet."""
    rules = [*rule.columns.values(), *(one for wide in rule.wide for one in wide.columns.values())]
    alternatives = [one.headings for one in rules]
    stacked = len(tuple(sheets)) > 1
    return [*rule.where, *(join.matches for join in rule.joins),
            *(heading for headings in alternatives for heading in headings if not (stacked and len(headings) > 1))]


def _hint(heading: str, source: Source) -> str:
    near = difflib.get_close_matches(plain(heading), [plain(str(name)) for name in source.frame.columns], n=1)
    return f" Perhaps '{source.heading(near[0])}'." if near else ""


def _named(sources: Mapping[str, Source], name: str) -> Source | None:
    return next((source for key, source in sources.items() if plain(key) == plain(name)), None)


def filled_table(rule: TableRule, sources: Mapping[str, Source], mapping: ExportMapping,
                 pseudonyms: Pseudonyms | None) -> FilledTable:
    """Fill a table from the sheets its rule names.

    Parameters
    ----------
    rule : TableRule
    sources : mapping of str to Source
        The export; `missing_in_export` must have found nothing missing.
    mapping : ExportMapping
    pseudonyms : Pseudonyms or None
        None leaves identifiers as they are.
    """
    declared, aside = table(rule.fills), []
    parts: list[tuple[pd.DataFrame, str, np.ndarray]] = []
    for name in rule.sheets:
        source = _named(sources, name)
        assert source is not None
        aside += [(source.name, int(row), "does not have one cell for each heading") for row in source.unsplit]
        frame, rows = _chosen(rule, source, aside)
        frame = _joined(rule, frame, sources, mapping, aside)
        for columns in _narrow(rule):
            filled = {key: _cells(one, declared, frame, mapping, pseudonyms) for key, one in columns.items()}
            parts.append((text_frame(filled).set_axis(pd.RangeIndex(len(rows))), source.name, rows))
    order = [name for name in declared_names(declared) if any(name in part for part, _, _ in parts)]
    whole = pd.concat([part.reindex(columns=order, fill_value="") for part, _, _ in parts], ignore_index=True)
    names = np.concatenate([np.full(len(rows), name, dtype=object) for _, name, rows in parts])
    numbers = np.concatenate([rows for _, _, rows in parts])
    whole, kept = _numbered(rule, whole), np.ones(len(whole), dtype=bool)
    need = rule.rows_need or tuple(_wide_dates(rule, declared))
    if need:
        says_nothing = (whole[[key for key in need if key in whole]] == "").all(axis=1).to_numpy(dtype=bool)
        _leave_aside(says_nothing, f"says nothing for {rule.fills}: {', '.join(need)} blank", names, numbers, aside)
        kept &= ~says_nothing
    if rule.once_for:
        again = np.zeros(len(whole), dtype=bool)
        again[kept] = whole.loc[kept, list(rule.once_for)].duplicated().to_numpy()
        _leave_aside(again, f"another row for the same {', '.join(rule.once_for)}", names, numbers, aside)
        kept &= ~again
    return FilledTable(rule.fills, whole[kept].reset_index(drop=True), names[kept], numbers[kept], aside)


def _leave_aside(cells: np.ndarray, reason: str, names: np.ndarray, numbers: np.ndarray, aside: list[Aside]) -> None:
    aside += [(str(name), int(row), reason) for name, row in zip(names[cells], numbers[cells], strict=True)]


def _chosen(rule: TableRule, source: Source, aside: list[Aside]) -> tuple[pd.DataFrame, np.ndarray]:
    kept = np.ones(len(source.rows), dtype=bool)
    for heading, words in rule.where.items():
        kept &= source.frame[source.heading(heading)].map(plain).isin(words).to_numpy()
    reason = f"not chosen for {rule.fills}: {', '.join(rule.where)} holds something else"
    aside += [(source.name, int(row), reason) for row in source.rows[~kept]]
    return source.frame[kept].reset_index(drop=True), source.rows[kept]


def _joined(rule: TableRule, frame: pd.DataFrame, sources: Mapping[str, Source], mapping: ExportMapping,
            aside: list[Aside]) -> pd.DataFrame:
    """Lay the rows of other sheets beside; of several for one identifier the first counts, the others are set aside."""
    for join in rule.joins:
        side = _named(sources, join.sheet)
        assert side is not None
        own = side.heading(join.heading)
        matches = next(str(name) for name in frame.columns if plain(str(name)) == plain(join.matches))
        keys, wanted = _letters(side.frame[own], mapping.letters), _letters(frame[matches], mapping.letters)
        again, lost = keys.duplicated().to_numpy(), ~keys.isin(wanted).to_numpy()
        aside += [(side.name, int(row), f"another row for the same {own}") for row in side.rows[again & ~lost]]
        aside += [(side.name, int(row), f"joined to no row for {rule.fills}") for row in side.rows[lost]]
        aside += [(side.name, int(row), "does not have one cell for each heading") for row in side.unsplit]
        taken = {plain(str(name)) for name in frame.columns}
        beside = side.frame[~again].astype(object).set_axis(keys[~again]).reindex(wanted).set_axis(frame.index)
        beside = beside.where(beside.notna(), "")
        fresh = [name for name in beside.columns if plain(str(name)) not in taken]
        frame = pd.concat([frame, beside[fresh]], axis=1)
    return frame


def _narrow(rule: TableRule) -> list[dict[str, ColumnRule]]:
    return [{**rule.columns, **one.columns} for one in rule.wide] or [dict(rule.columns)]


def _wide_dates(rule: TableRule, declared: Table) -> list[str]:
    """Dates of which one must be filled in for a wide row to give a row: a constant kind alone says nothing."""
    return list(dict.fromkeys(name for one in rule.wide for name, column in one.columns.items() if column.headings
                              and name in declared and declared.column(name).kind == "date"))


def _cells(rule: ColumnRule, declared: Table, frame: pd.DataFrame, mapping: ExportMapping,
           pseudonyms: Pseudonyms | None) -> np.ndarray:
    """Return the cells of one column of the casebook as text; each different text is looked at once."""
    if not rule.headings:
        return np.full(len(frame), rule.constant, dtype=object)
    by_plain = {plain(str(name)): str(name) for name in reversed(list(frame.columns))}
    columns = [frame[by_plain[plain(heading)]].to_numpy(dtype=object) for heading in rule.headings
               if plain(heading) in by_plain]
    if rule.together is not None:
        texts = np.array([rule.together.join(cells) if all(cells) else "" for cells in zip(*columns, strict=True)],
                         dtype=object)
    else:
        texts = np.full(len(frame), "", dtype=object)
        for column in columns:
            texts = np.where(texts == "", column, texts)
    places, different = pd.factorize(pd.Series(texts, dtype=object))
    kind = declared.column(rule.name).kind if rule.name in declared else "date"
    values = _values(rule, kind, different.to_numpy(dtype=object), mapping)
    if rule.name in mapping.pseudonymise and pseudonyms is not None:
        values = np.array([pseudonyms.of(rule.name, value) for value in values], dtype=object)
    return values[places] if len(values) else texts


def _values(rule: ColumnRule, kind: str, different: np.ndarray, mapping: ExportMapping) -> np.ndarray:
    values = np.array([text if plain(text) not in mapping.not_recorded else "" for text in different], dtype=object)
    if kind == "date":
        return dates_as_iso(values, rule.formats)
    if kind == "codes":
        mark = rule.split or ";"
        parts = [[part.strip() for part in text.split(mark) if part.strip()] for text in values]
        return np.array([";".join(rule.codes.get(plain(part), part) for part in cell) for cell in parts], dtype=object)
    words = {**FLAG_WORDS, **rule.codes} if kind == "flag" else rule.codes
    coded = np.array([words.get(plain(text), text) for text in values], dtype=object)
    if rule.name.endswith("_id"):  # an area or ethnic group keeps its own letters
        return _letters(pd.Series(coded, dtype=object), mapping.letters).to_numpy(dtype=object)
    return coded


def _letters(identifiers: pd.Series, letters: str) -> pd.Series:
    bare = identifiers.str.strip()
    return bare.str.upper() if letters == "upper" else bare.str.lower() if letters == "lower" else bare


def _numbered(rule: TableRule, whole: pd.DataFrame) -> pd.DataFrame:
    """Give rows without a number of their own a running one."""
    rules = {**rule.columns, **{name: one for wide in rule.wide for name, one in wide.columns.items()}}
    for name, one in rules.items():
        if one.numbered:
            whole[name] = [f"{one.numbered}{number:06d}" for number in range(1, len(whole) + 1)]
    return whole
