"""Checks of the records: what is read, what counts as not recorded, which rows are set aside, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.records.clean import cleaned, is_blank, stripped
from dispute_risk.records.files import RawTable, text_frame
from dispute_risk.records.personal_data import masked, personal_heading, personal_values
from dispute_risk.records.problems import BLANKED, NOTE, REFUSED, SET_ASIDE, STOPS, UNKNOWN, Problems
from dispute_risk.records.tables import RECORDED, Column, Table, recorded_column

__all__ = ["CheckedTable", "check_cells", "check_rows", "declaration", "report_cells"]


@dataclass
class CheckedTable:
    """One table while it is checked: the text as it was, the values as they are read, and why rows are set aside."""

    declared: Table
    file: str
    rows: np.ndarray
    texts: pd.DataFrame
    cells: pd.DataFrame
    reasons: pd.Series
    unsplit: pd.DataFrame
    rows_in: int

    @property
    def used(self) -> np.ndarray:
        """Which rows are used."""
        return np.asarray(self.reasons.to_numpy(dtype=object) == "", dtype=bool)

    def set_aside(self, cells: np.ndarray, reason: str) -> None:
        """Set rows aside; a row that already is keeps all its reasons."""
        if not cells.any():
            return
        before = self.reasons[cells]
        self.reasons[cells] = np.where(before == "", reason, before + "; " + reason)

    def used_rows(self) -> pd.DataFrame:
        """Return the rows that are used."""
        used = self.used
        return self.cells.copy() if used.all() else self.cells[used].reset_index(drop=True).copy()

    def aside_rows(self) -> pd.DataFrame:
        """Return the rows set aside as they were handed over, each with its row in the file and the reasons.

        Only declared columns are kept: what is not part of a casebook might be personal data.
        """
        aside = np.flatnonzero(~self.used)
        texts = self.texts.take(aside)
        kept = text_frame({str(name): masked(texts[name].to_numpy(dtype=object)) for name in texts})
        kept.insert(0, "reason", self.reasons.to_numpy(dtype=object)[aside])
        kept.insert(0, "row", self.rows[aside])
        whole = pd.concat([kept, self.unsplit], ignore_index=True) if len(self.unsplit) else kept
        return whole.astype({"row": "int64"}).sort_values("row", ignore_index=True)


def check_cells(raw: RawTable, declared: Table, problems: Problems) -> CheckedTable:
    """Read every declared column of a table and tell apart what is not allowed in a cell.

    Parameters
    ----------
    raw : RawTable
    declared : Table
    problems : Problems
        Takes everything found.

    Returns
    -------
    CheckedTable
        Rows with a required cell that is blank or not allowed are set aside.
    """
    raw = _without_blank_rows(_stripped(raw), problems)
    columns = _columns_to_read(raw, declared, problems)
    texts = text_frame({name: raw.frame[heading] for name, heading in columns.items()})
    texts = texts.set_axis(pd.RangeIndex(len(raw.rows)))
    checked = CheckedTable(declared, raw.file, raw.rows, texts, pd.DataFrame(index=texts.index),
                           pd.Series("", index=texts.index, dtype=object), raw.set_aside,
                           len(raw.rows) + len(raw.set_aside))
    values = {}
    for name in columns:
        column = declaration(declared, name)
        values[name], faults = cleaned(column, texts[name])
        for fault in faults:
            report_cells(checked, column, fault.cells, fault.problem, fault.what_to_do, problems)
    checked.cells = pd.DataFrame(values, index=texts.index)
    _check_required(checked, problems)
    return checked


def _stripped(raw: RawTable) -> RawTable:
    """Return the table without the spaces around its cells, taken off once for all that is asked of them."""
    cells = [stripped(raw.frame.iloc[:, place]) for place in range(raw.frame.shape[1])]
    return replace(raw, frame=pd.concat(cells, axis=1)) if cells else raw


def _without_blank_rows(raw: RawTable, problems: Problems) -> RawTable:
    blank = np.ones(len(raw.frame), dtype=bool)
    for place in range(raw.frame.shape[1]):
        if not blank.any():
            return raw
        blank &= is_blank(raw.frame.iloc[:, place])
    if not blank.any():
        return raw
    problems.add(NOTE, raw.file, f"has {int(blank.sum()):,} blank rows", "Nothing needs doing.", table=raw.name)
    return replace(raw, frame=raw.frame[~blank].reset_index(drop=True), rows=raw.rows[~blank])


def declaration(declared: Table, name: str) -> Column:
    """Return the declaration of a column, or of the companion that says when a date was recorded."""
    if name in declared:
        return declared.column(name)
    date = declared.column(name.removesuffix(RECORDED) + "_on")
    return Column(name, f"day on which the system knew: {date.meaning}", "date")


def _columns_to_read(raw: RawTable, declared: Table, problems: Problems) -> dict[str, str]:
    """Return declared name and heading of the columns that are read; name those refused, unknown or without record."""
    companions = {recorded_column(column.name): column.name for column in declared if column.kind == "date"}
    found: dict[str, str] = {}
    for heading in raw.frame.columns:
        name = str(heading).lower()
        if name in declared or name in companions:
            if not _refused_values(raw, declared, heading, name, problems):
                found[name] = heading
        else:
            _name_undeclared(raw, declared, str(heading), problems)
    for companion, date in companions.items():
        if companion in found and date not in found:
            problems.add(NOTE, raw.file, f"is there without {date} and is not used", f"Hand over {date} as well.",
                         table=declared.name, column=companion)
            del found[companion]
        elif date in found and companion not in found and declared.column(date).is_fact_date:
            problems.add(NOTE, raw.file, "has no day of recording; the day it happened counts as the day it was known",
                         f"Hand over {companion} if the system keeps it.", table=declared.name, column=date)
    order = [name for column in declared
             for name in ([column.name, recorded_column(column.name)] if column.kind == "date" else [column.name])]
    return {name: found[name] for name in order if name in found}


def _refused_values(raw: RawTable, declared: Table, heading: str, name: str, problems: Problems) -> bool:
    """Whether a pseudonym turns out to be personal data; a table cannot be used without a pseudonym it needs."""
    column = declaration(declared, name)
    if column.kind != "identifier":
        return False
    kind = personal_values(raw.frame[heading], share=0.5, names=name in ("officer_id", "family_id"))
    if not kind:
        return False
    severity = STOPS if column.required and declared.required else REFUSED
    problems.add(severity, raw.file, f"holds what looks like {kind}",
                 "Replace it by a pseudonym before handing it over: a casebook is pseudonymous.", table=declared.name,
                 column=heading)
    return True


def _name_undeclared(raw: RawTable, declared: Table, heading: str, problems: Problems) -> None:
    kind = personal_heading(heading) or personal_values(raw.frame[heading], share=0.05)
    if kind:
        problems.add(REFUSED, raw.file, f"looks like {kind}, is not read and never copied",
                     "Leave it out of the next export.", table=declared.name, column=heading)
        return
    wanted = heading.lower().replace(" ", "_").replace("-", "_")
    near = [column.name for column in declared if column.name in (wanted, wanted + "_on")]
    hint = f"If it is {near[0]}, name it so." if near else "Nothing needs doing, unless a column above is missing."
    problems.add(UNKNOWN, raw.file, "is not part of a casebook and is kept out of the model", hint,
                 table=declared.name, column=heading)


def report_cells(checked: CheckedTable, column: Column, cells: np.ndarray, problem: str, what_to_do: str,
                 problems: Problems) -> None:
    """List cells that are not allowed; rows that need them are set aside."""
    if not cells.any():
        return
    problems.add(SET_ASIDE if column.required else BLANKED, checked.file, problem, what_to_do,
                 table=checked.declared.name, column=column.name, rows=checked.rows[cells],
                 values=checked.texts[column.name][cells].to_numpy(dtype=object))
    if column.required:
        checked.set_aside(cells, f"{column.name} {problem}")


def _check_required(checked: CheckedTable, problems: Problems) -> None:
    every_row = np.ones(len(checked.rows), dtype=bool)
    for column in checked.declared:
        if not column.required:
            continue
        if column.name not in checked.texts:
            stops = checked.declared.required
            problems.add(STOPS if stops else SET_ASIDE, checked.file,
                         f"is missing, so that none of the {len(checked.rows):,} rows can be used",
                         f"Hand it over: {column.meaning}.", table=checked.declared.name, column=column.name)
            checked.set_aside(every_row, f"no column {column.name}")
            continue
        blank = is_blank(checked.texts[column.name])
        for name, other in checked.declared.instead:
            if name == column.name and other in checked.texts:
                blank = blank & is_blank(checked.texts[other])
        if not blank.any():
            continue
        problems.add(SET_ASIDE, checked.file, "is blank", f"Every row needs it: {column.meaning}.",
                     table=checked.declared.name, column=column.name, rows=checked.rows[blank])
        checked.set_aside(blank, f"{column.name} is blank")


def check_rows(checked: CheckedTable, used: Mapping[str, pd.DataFrame], problems: Problems) -> None:
    """Set aside rows that point nowhere, rows that are there twice, and rows that share a number with another.

    Parameters
    ----------
    checked : CheckedTable
    used : mapping of str to DataFrame
        The tables already checked, which identifiers may point to.
    problems : Problems
    """
    name = checked.declared.name
    for column, target in checked.declared.points_to:
        if target in used and column in checked.cells and column in used[target]:
            lost = checked.used & _missing(checked.cells[column], used[target][column])
            if lost.any():
                _check_pointer(checked, column, target, lost, problems)
    key = [column for column in checked.declared.key if column in checked.cells]
    shared = _again(checked.texts[key], checked.used, keep=False)
    if not shared.any():
        return
    repeated = _again(checked.texts, shared)
    problems.add(SET_ASIDE, checked.file, "is a repeated row: every cell is the same as in a row above",
                 "Nothing needs doing; the first is used.", table=name, rows=checked.rows[repeated])
    checked.set_aside(repeated, "repeated row")
    if not key:
        return
    same = _again(checked.texts[key], shared & checked.used)
    reason = "is in a row above too, with other content; the first row is used"
    problems.add(SET_ASIDE, checked.file, reason, "Give each row a number of its own, or remove the wrong one.",
                 table=name, column=", ".join(key), rows=checked.rows[same],
                 values=checked.texts[key[0]][same].to_numpy(dtype=object))
    checked.set_aside(same, f"{', '.join(key)} {reason}")


def _again(texts: pd.DataFrame, among: np.ndarray, keep: Any = "first") -> np.ndarray:
    """Return which rows, of those looked at, hold the same text as another one (as one above, for keep='first')."""
    found = among.copy()
    if texts.shape[1]:
        looked_at = texts if among.all() else texts[among]
        found[among] = looked_at.duplicated(keep=keep).to_numpy()
    return found


def _missing(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Return which values are not found among others."""
    places, different = pd.factorize(values)
    known = set(among.dropna().to_numpy(dtype=object))
    lost = np.array([*(value not in known for value in different.to_numpy(dtype=object)), False], dtype=bool)
    return lost[places]


def _check_pointer(checked: CheckedTable, column: str, target: str, lost: np.ndarray, problems: Problems) -> None:
    """Set aside rows of a case that is not there; a row whose request is not there still counts for its case."""
    whole = column == "case_id"
    reason = f"is not among the rows used of {target}"
    problems.add(SET_ASIDE if whole else NOTE, checked.file, reason,
                 f"Hand over the row of {target}, or put the number right." + ("" if whole else " The row is used."),
                 table=checked.declared.name, column=column, rows=checked.rows[lost],
                 values=checked.texts[column][lost].to_numpy(dtype=object))
    if whole:
        checked.set_aside(lost, f"{column} {reason}")
