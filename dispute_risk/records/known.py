"""What the authority knew at the end of a day: its records as they stood then, with nothing that came later."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import NEVER, NEXT_PLAN, Column, Table, recorded_column, table

__all__ = ["known_by", "known_from"]

FINAL_PLANS = ("final", "amended_final")


def known_from(frame: pd.DataFrame, date_column: str) -> pd.Series:
    """Return from which day each date of a column is known: not before it happened, nor before it was recorded.

    Parameters
    ----------
    frame : DataFrame
        A table of a casebook.
    date_column : str
        A date of that table, `X_on`; where the companion `X_recorded_on` is absent or blank, the date itself counts.

    Returns
    -------
    Series of datetime64[s]
        NaT where the date is blank, and everywhere where the table has no such column.

    Examples
    --------
    >>> sent = pd.DataFrame({"sent_on": pd.to_datetime(["2025-01-06", "2025-01-06"]),
    ...                      "sent_recorded_on": pd.to_datetime(["2025-02-03", None])})
    >>> known_from(sent, "sent_on").dt.strftime("%Y-%m-%d").to_list()
    ['2025-02-03', '2025-01-06']
    """
    if date_column not in frame.columns:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    happened = frame[date_column]
    recorded = recorded_column(date_column)
    if recorded not in frame.columns:
        return happened
    later = frame[recorded].to_numpy() > happened.to_numpy()
    return happened.where(~later, frame[recorded]) if later.any() else happened


def known_by(casebook: Casebook, day: dt.date) -> Casebook:
    """Return the casebook as it stood at the end of a day.

    A row is there if one of its anchor dates was known by then (`known_from`). A row of which no anchor date is filled
    in is never there, as nobody can say when it became known; only a case without the day it was opened is always
    there, and a case is there as soon as any row of another table is, since a request is often recorded before the file
    it belongs to. In a row that is there, a cell is blank as long as its own date, or the date it is known with, is not known.

    Parameters
    ----------
    casebook : Casebook
    day : date
        Everything recorded on that day is in, everything later is out.

    Returns
    -------
    Casebook
        The same authority, `recorded_to` no later than `day`.
    """
    last = pd.Timestamp(day)
    # A code of the next plan asks for the plans known by then, whatever is done to the plans themselves.
    latest_plan = _latest_final_plan(casebook, last)
    tables = {
        name: _table_by(table(name), frame, last, latest_plan)
        for name, frame in casebook.tables.items()
        if name != "cases"
    }
    if "cases" in casebook:
        met = {case_id for frame in tables.values() if "case_id" in frame
               for case_id in pd.unique(frame["case_id"].to_numpy(dtype=object))}
        tables = {"cases": _table_by(table("cases"), casebook.tables["cases"], last, latest_plan, met), **tables}
    return casebook.with_tables(tables, min(casebook.recorded_to, day))


def _table_by(
    declared: Table, frame: pd.DataFrame, last: pd.Timestamp, latest_plan: pd.Series, met: set[str] | None = None
) -> pd.DataFrame:
    """Return the rows known by a day; `met` are cases of which another table already holds a row."""
    here = np.full(len(frame), not declared.anchors)
    undated = np.full(len(frame), True)
    for anchor in declared.anchors:
        since = known_from(frame, anchor)
        here |= (since <= last).to_numpy()
        undated &= since.isna().to_numpy()
    if declared.name == "cases":
        ids = frame["case_id"].to_numpy(dtype=object)
        here |= undated | np.fromiter((case_id in (met or ()) for case_id in ids), bool, len(ids))
    kept = frame[here].reset_index(drop=True)
    for column in declared:
        if column.name in frame.columns:
            known = _cell_known(declared, column, frame, last, latest_plan)
            if known is None or (known := known[here]).all():
                continue
            kept[column.name] = kept[column.name].where(known)
            recorded = recorded_column(column.name)
            if column.kind == "date" and recorded in frame.columns:
                kept[recorded] = kept[recorded].where(known)
    return kept.copy()


def _cell_known(declared: Table, column: Column, frame: pd.DataFrame, last: pd.Timestamp,
                latest_plan: pd.Series) -> np.ndarray | None:
    """Whether each cell of a column was known, None for all; a row that is not there yet does not matter here."""
    if column.is_fact_date:
        return (known_from(frame, column.name) <= last).to_numpy()
    if column.known_with == NEVER:
        return np.full(len(frame), False)
    if column.known_with == NEXT_PLAN:
        anchored = [frame[anchor].where(known_from(frame, anchor) <= last)
                    for anchor in declared.anchors if anchor in frame.columns]
        if not anchored:
            return np.full(len(frame), False)
        since = pd.concat(anchored, axis=1).min(axis=1)
        issued = pd.Series(latest_plan.reindex(frame["case_id"]).to_numpy(), index=frame.index)
        return (issued >= since).to_numpy()
    if column.known_with:
        return (known_from(frame, column.known_with) <= last).to_numpy()
    return None


def _latest_final_plan(casebook: Casebook, last: pd.Timestamp) -> pd.Series:
    """The day the latest final plan known by then was issued, by case."""
    if not casebook.has("plans", "issued_on") or not casebook.has("plans", "kind"):
        return pd.Series(dtype="datetime64[s]")
    plans = casebook.tables["plans"]
    final = plans[(known_from(plans, "issued_on") <= last) & plans["kind"].isin(FINAL_PLANS)]
    return final.groupby("case_id", observed=True)["issued_on"].max()
