"""Months in which an area team recorded next to nothing of what it records otherwise, and columns it fills in less."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.features.catalogue import FACTS_FROM
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import TABLES, Table
from dispute_risk.timeline.days import day_number
from dispute_risk.triage.monitors.month_counts import last_full_month, month_end, months_as_dates

__all__ = ["quiet_months"]

MONTHS_BACK = 24
EXPECTED_A_MONTH = 10
"""A month is quiet where an area has at most a tenth of what the months around it have, and these at least 10 rows."""
QUIET_SHARE = 0.1
AROUND = 6
NOT_YET_MONTHS = 3
"""What is filled in later (a reply, a decision) is not looked for in the last 3 months: it may still come."""
THIN_SHARE = 0.8
THIN_ROWS = 20
"""A column is thin in an area that fills it in less than four fifths as often as the fullest area, and 20 rows or more
would have to be filled in to do as well."""

Gap = dict[str, Any]


def quiet_months(casebook: Casebook, as_of: dt.date) -> list[Gap]:
    """Return quiet months of tables and columns by area, and columns that one area fills in less than another.

    Parameters
    ----------
    casebook : Casebook
        With nothing known after `as_of`.
    as_of : date

    Returns
    -------
    list of dict
        `table`, `column` ('' for rows), `area`, `when` (in words), `state` ('quiet' or 'thin'), `last_day` (day number).
    """
    last = last_full_month(as_of)
    months = np.arange(last - MONTHS_BACK + 1, last + 1)
    area_of = casebook.tables["cases"].set_index("case_id")["area"]
    areas = sorted(str(area) for area in area_of.dropna().unique())
    gaps: list[Gap] = []
    for declared in TABLES:
        frame = casebook.tables.get(declared.name)
        if declared.name == "cases" or frame is None or not len(frame):
            continue
        begun = _begun(declared, frame)
        month = np.where(np.isnat(begun), -1, begun.astype("datetime64[M]").astype(int))
        area = frame["case_id"].map(area_of).to_numpy(dtype=object)
        here = np.isin(month, months)
        counts = {one: np.bincount(month[here & (area == one)] - months[0], minlength=MONTHS_BACK) for one in areas}
        usual = sum(each.sum() for each in counts.values()) / max(len(areas), 1) / MONTHS_BACK
        gaps += [gap for one in areas for gap in _quiet_rows(declared.name, one, months, counts[one], usual)]
        for column in _columns_that_matter(declared, frame):
            filled = frame[column].notna().to_numpy()
            of_column = {one: np.bincount(month[here & filled & (area == one)] - months[0], minlength=MONTHS_BACK)
                         for one in areas}
            gaps += _column_gaps(declared.name, column, months, counts, of_column, as_of)
    return gaps


def _begun(declared: Table, frame: pd.DataFrame) -> np.ndarray:
    """Return the day each row begins: its earliest anchor date."""
    anchors = [frame[name] for name in declared.anchors if name in frame]
    if not anchors:
        return np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[s]")
    return pd.concat(anchors, axis=1).min(axis=1).to_numpy()


def _columns_that_matter(declared: Table, frame: pd.DataFrame) -> list[str]:
    """Return the columns on which facts depend, a row's first date left out where it is the only one."""
    named = {place.split(".")[1] for places in FACTS_FROM.values() for place in places
             if place.startswith(f"{declared.name}.")}
    sole = declared.anchors if len(declared.anchors) == 1 else ()
    return [column.name for column in declared if column.name in named and column.name in frame and column.name not in sole]


def _around(counts: np.ndarray) -> np.ndarray:
    """Return the middle count of the six months before and after each month."""
    return np.array([np.median(np.delete(counts[max(at - AROUND, 0):at + AROUND + 1], min(at, AROUND)))
                     for at in range(len(counts))])


def _quiet_rows(name: str, area: str, months: np.ndarray, counts: np.ndarray, usual: float) -> list[Gap]:
    """Return runs of quiet months; an area that records nothing at all is held against the others."""
    around = _around(counts) if counts.sum() else np.full(len(months), usual)
    return _runs(name, "", area, months, (around >= EXPECTED_A_MONTH) & (counts <= QUIET_SHARE * around))


def _runs(name: str, column: str, area: str, months: np.ndarray, quiet: np.ndarray) -> list[Gap]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    names = months_as_dates(months)
    return [{"table": name, "column": column, "area": area, "state": "quiet", "last_day": int(month_end(int(months[end]))),
             "when": f"{names[start]:%B %Y}" + (f" to {names[end]:%B %Y}" if end > start else "")}
            for start, end in zip(edges[::2], edges[1::2] - 1, strict=True)]


def _column_gaps(
    name: str, column: str, months: np.ndarray, rows: dict[str, np.ndarray], filled: dict[str, np.ndarray], as_of: dt.date
) -> list[Gap]:
    whole = slice(0, MONTHS_BACK - NOT_YET_MONTHS)
    of = {area: int(count[whole].sum()) for area, count in rows.items()}
    share = {area: filled[area][whole].sum() / of[area] for area in rows if of[area] >= EXPECTED_A_MONTH}
    fullest = max(share, key=lambda area: share[area], default="")
    gaps: list[Gap] = []
    for area in share:
        with np.errstate(divide="ignore", invalid="ignore"):
            monthly = filled[area][whole] / rows[area][whole]
        expected = share[area] * rows[area][whole]
        gaps += _runs(name, column, area, months[whole], (expected >= EXPECTED_A_MONTH) & (monthly <= QUIET_SHARE * share[area]))
        missing = (share[fullest] - share[area]) * of[area]
        if share[area] < THIN_SHARE * share[fullest] and missing >= THIN_ROWS:
            gaps.append({"table": name, "column": column, "area": area, "state": "thin", "last_day": day_number(as_of),
                         "when": f"two years: {share[area]:.0%} filled in, {share[fullest]:.0%} in area {fullest}"})
    return gaps
