"""Dates that cannot be: before there were such records, after the last day on record, or an end before its start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from dispute_risk.records.check import CheckedTable, declaration, report_cells
from dispute_risk.records.problems import NOTE, Problems
from dispute_risk.records.tables import RECORDED

__all__ = ["EARLIEST", "EARLIEST_BIRTH", "LONGEST_PLAN_YEARS", "check_dates", "latest_day"]

EARLIEST = dt.date(1990, 1, 1)
"""No fact of a case still open in 2014 or later is older; systems write 1900-01-01 for "unknown"."""
EARLIEST_BIRTH = dt.date(1980, 1, 1)
LONGEST_PLAN_YEARS = 5
"""A hearing or due date further ahead than this is a slip of the keyboard."""


def latest_day(tables: Mapping[str, CheckedTable]) -> dt.date | None:
    """Return the last day on which anything happened or was recorded, planned dates left out.

    A handful of dates more than a year after all the others (a slip such as 2052 for 2025) does not count: otherwise
    one slip would make the whole casebook look years old. `check_dates` finds them.
    """
    parts: list[np.ndarray] = []
    for checked in tables.values():
        for name in checked.cells:
            column = declaration(checked.declared, str(name))
            if column.is_fact_date:
                days = checked.cells[name].to_numpy(dtype="datetime64[D]")
                parts.append(days[~np.isnat(days)].astype(np.int64))
    filled = np.concatenate(parts) if parts else np.array([], dtype=np.int64)
    if not len(filled):
        return None
    first = int(filled.min())
    counts = np.bincount(filled - first)
    different = np.flatnonzero(counts)
    gaps = np.diff(different, prepend=different[0]) > 366
    few = counts[different][::-1].cumsum()[::-1] <= len(filled) // 1000
    stray = np.flatnonzero(gaps & few)
    last = different[stray[0] - 1] if len(stray) else different[-1]
    return dt.date(1970, 1, 1) + dt.timedelta(days=first + int(last))


def check_dates(checked: CheckedTable, recorded_to: dt.date, problems: Problems) -> None:
    """Blank, or set aside, what cannot be: before 1990, after the last day on record, or an end before its start."""
    next_day = pd.Timestamp(recorded_to) + pd.Timedelta(days=1)  # a night run may bear the date of the day after
    furthest = pd.Timestamp(recorded_to) + pd.DateOffset(years=LONGEST_PLAN_YEARS)
    for name in list(checked.cells):
        column = declaration(checked.declared, str(name))
        if column.kind != "date":
            continue
        born = name == "birth_date"
        earliest = EARLIEST_BIRTH if born else EARLIEST
        days = checked.cells[name]
        last = furthest if column.plan and not born else next_day
        numbers = days.to_numpy()
        early, late = numbers < np.datetime64(earliest), numbers > last.to_datetime64()
        if not (early.any() or late.any()):
            continue
        report_cells(checked, column, early, f"lies before {earliest}", "Give the right date, or leave it blank.",
                     problems)
        end = (f", more than {LONGEST_PLAN_YEARS} years ahead" if last == furthest
               else f", and the records end on {recorded_to}")
        report_cells(checked, column, late, f"lies after {last.date()}{end}",
                     "Give the right date, or the right recorded_to in casebook.toml.", problems)
        checked.cells[name] = days.mask(early | late)
    _check_order(checked, problems)
    _check_recorded(checked, problems)


def _check_order(checked: CheckedTable, problems: Problems) -> None:
    for first, second in checked.declared.orders:
        if first in checked.cells and second in checked.cells:
            wrong = checked.cells[second].to_numpy() < checked.cells[first].to_numpy()
            if not wrong.any():
                continue
            report_cells(checked, checked.declared.column(second), wrong, f"lies before {first} of the same row",
                    "Put right whichever of the two dates is wrong.", problems)
            checked.cells[second] = checked.cells[second].mask(wrong)


def _check_recorded(checked: CheckedTable, problems: Problems) -> None:
    """Note what was recorded before it happened: it still counts as known only from the day it happened."""
    for name in [str(name) for name in checked.cells if str(name).endswith(RECORDED)]:
        happened = name.removesuffix(RECORDED) + "_on"
        recorded, day = checked.cells[name].to_numpy(), checked.cells[happened].to_numpy()
        early = recorded < day
        problems.add(NOTE, checked.file, f"lies before {happened}: recorded before it happened",
                     "It counts as known from the day it happened; nothing needs doing.", table=checked.declared.name,
                     column=name, rows=checked.rows[early],
                     values=checked.texts[name][early].to_numpy(dtype=object))
        without = ~np.isnat(recorded) & np.isnat(day)
        if without.any():
            checked.cells[name] = checked.cells[name].mask(without)
