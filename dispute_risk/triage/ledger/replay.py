"""Makes a past week's lists again from the ledger, so that every page of them comes out byte for byte as it was."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.triage.ledger.opening import Ledger
from dispute_risk.triage.ledger.reading import run_of
from dispute_risk.triage.lists import WeeklyLists

__all__ = ["replayed"]


def replayed(ledger: Ledger, run: int) -> WeeklyLists:
    """Return the lists of a run as they were recorded; cases erased since are left out, and a note says so.

    Raises
    ------
    UnknownName
        The ledger holds no such run.
    """
    made = run_of(ledger, run)
    about = made.about
    with ledger.reading() as link:
        bodies = link.rows(
            "SELECT p.body FROM ledger_entries e JOIN ledger_payloads p ON p.number = e.number "
            "WHERE e.kind = 'moved' AND e.run = :run AND p.body IS NOT NULL ORDER BY e.number", run=run)
    moved = [json.loads(body)["row"] for (body,) in bodies]
    notes = tuple(about["notes"])
    if made.erased:
        notes += (f"{made.erased} of the cases listed were erased from the record since.",)
    last = about["last_as_of"]
    return WeeklyLists(
        _frame(list(made.listed), about["columns"]["cases"]),
        _frame(moved, about["columns"]["movement"]),
        _frame(about["areas"], about["columns"]["areas"]),
        _frame(about["duties"], about["columns"]["duties"]),
        made.as_of, about["capacity"], about["authority"], about["release"], about["data_note"], about["synthetic"],
        about["horizon_days"], dict(about["policy"]), notes, dt.date.fromisoformat(last) if last else None,
    )


def _frame(rows: Any, columns: list[list[str]]) -> pd.DataFrame:
    """Return rows as the table they were taken from: the same columns in the same order, each of its own kind."""
    return pd.DataFrame({name: _column([row[name] for row in rows], kind) for name, kind in columns},
                        columns=[name for name, _ in columns])


def _column(values: list[Any], kind: str) -> Any:
    if kind.startswith("datetime64"):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object)), dtype=kind)
    if kind.startswith("float"):
        return np.array([np.nan if value is None else value for value in values], dtype=kind)
    return pd.Series(values, dtype=kind)
