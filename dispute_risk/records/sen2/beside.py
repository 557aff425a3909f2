"""The authority's own tables laid beside the SEN2 return, above all the register of appeals, joined by pupil number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.files import RawTable, text_frame
from dispute_risk.records.mapping.dates import dates_as_iso
from dispute_risk.records.mapping.rules import declared_names
from dispute_risk.records.mapping.sources import read_sources
from dispute_risk.records.problems import SET_ASIDE, Problems
from dispute_risk.records.tables import table

__all__ = ["no_appeals", "table_beside"]


def no_appeals() -> RawTable:
    """Return the table of appeals as a return leaves it: with its required columns and no rows."""
    required = [column.name for column in table("appeals") if column.required]
    return RawTable("appeals", "SEN2 (which dates no appeal)", text_frame({name: [] for name in required}),
                    np.array([], dtype=int))


def table_beside(fills: str, register: str | Path, cases: Mapping[str, str], problems: Problems) -> RawTable:
    """Return a table of the casebook from the authority's own file.

    Parameters
    ----------
    fills : str
        Table of the casebook, such as `appeals`.
    register : path
        CSV or workbook with `upn` or `uln` in place of `case_id`, and columns of the table; dates YYYY-MM-DD or
        dd/mm/yyyy. An export with its own headings and codes goes through a mapping first.
    cases : mapping of str to str
        Case number by pupil or learner number.
    problems : Problems
        Takes the rows whose number is not in the return.

    Raises
    ------
    UnreadableFile
        If the file cannot be read, or lacks the number or a column every row needs.
    """
    declared = table(fills)
    names = declared_names(declared)
    sources = read_sources(register, {})
    if len(sources) != 1:
        raise UnreadableFile(f"{register} holds {len(sources)} sheets or files. Give one with the table {fills}.")
    source = next(iter(sources.values()))
    frame = source.frame.rename(columns=lambda name: str(name).strip().lower().replace(" ", "_"))
    number = next((name for name in ("upn", "uln", "uniquelearnernumber") if name in frame), None)
    required = [column.name for column in declared if column.required and column.name != "case_id"]
    missing = [*(["upn (or uln)"] if number is None else []), *(name for name in required if name not in frame)]
    if number is None or missing:
        raise UnreadableFile(f"{source.label} has no column {', '.join(missing)}. The table {fills} beside a return "
                             f"needs "
                             f"upn, {', '.join(required)}; it may have: {', '.join(names[1:])}.")
    case = [cases.get(text.upper(), "") for text in frame[number]]
    lost = np.array([not text for text in case], dtype=bool)
    problems.add(SET_ASIDE, source.label, "has a pupil number that is not in the return",
                 "Put the number right; a child "
                 "who left before the year is not in the return.", table=fills, column=number, rows=source.rows[lost])
    columns = {"case_id": np.array(case, dtype=object)[~lost]}
    for name in names[1:]:
        if name in frame:
            values = frame[name].to_numpy(dtype=object)[~lost]
            columns[name] = dates_as_iso(values, ("%d/%m/%Y",)) if name.endswith("_on") else values
    return RawTable(fills, source.label, text_frame(columns), source.rows[~lost])
