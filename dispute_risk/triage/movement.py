"""What moved on the lists since the week before: new, up, down, done, put off, left, each with what lies behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.explain.words import day_in_words, risk_in_words
from dispute_risk.triage.memory import CLEARLY, Memory
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["MOVING", "Earlier", "movement_table"]

MOVING = ("likely_disputes", "unheard")
"""The lists that capacity limits and that remember; the others are lists of everything, or drawn anew."""

Earlier = dict[tuple[str, str], tuple[str, int]]
"""The area and the place of each (list, case) of the earlier week."""


def movement_table(cases: pd.DataFrame, now: OpenCases, earlier: Earlier, memory: Memory) -> pd.DataFrame:
    """Return what moved on the lists that capacity limits.

    Parameters
    ----------
    cases : DataFrame
        This week's rows.
    now : OpenCases
    earlier : dict
    memory : Memory
    """
    records = [
        {
            "case_id": row.case_id, "area": row.area, "list": row.list,
            "movement": "new" if row.is_new else ("up" if row.rank < row.last_rank else "down"),
            "last_rank": row.last_rank, "rank": float(row.rank),
            "why": row.what_changed or row.reason_1 if row.list == "likely_disputes" else row.broken_duty,
        }
        for row in list[Any](cases.itertuples())
        if row.list in MOVING and (row.is_new or row.rank != row.last_rank)
    ]
    listed = set(zip(cases["list"], cases["case_id"], strict=True))
    place = {str(case_id): row for row, case_id in enumerate(now.case_id)} if earlier else {}
    for (name, case_id), (area, rank) in earlier.items():
        if name in MOVING and (name, case_id) not in listed:
            movement, why = _left(now, place.get(case_id, -1), case_id, name, memory)
            records.append({"case_id": case_id, "area": area, "list": name, "movement": movement,
                            "last_rank": float(rank), "rank": np.nan, "why": why})
    return pd.DataFrame(records, columns=["case_id", "area", "list", "movement", "last_rank", "rank", "why"])


def _left(now: OpenCases, row: int, case_id: str, name: str, memory: Memory) -> tuple[str, str]:
    """Return how a case left a list, and why."""
    acted = memory.acted.get(case_id)
    if row >= 0 and not now.in_dispute[row] and acted is not None and acted.until > now.as_of:
        return acted.kind, f"{acted.said}{_beware(now, row, acted.until) if acted.kind == 'put_off' else ''}"
    said = f"{acted.said} " if acted is not None and acted.kind == "done" else ""
    movement = "done" if said else "left"
    if row < 0:
        return movement, f"{said}No appeal can come of it any more: the case was closed, or the time for an appeal is over."
    if now.in_dispute[row]:
        return "left", f"{said}Now already in dispute: it is on that list."
    if name == "likely_disputes":
        more = f" more than {CLEARLY:g} times as high" if memory.run is not None else ""
        return movement, f"{said}Its risk is now {risk_in_words(now.risk[row])}; other cases come first{more}."
    return movement, f"{said}Its duty was put right, or other cases come first."


def _beware(now: OpenCases, row: int, until: Any) -> str:
    """Say where the last day for an appeal comes before a case that was put off comes back."""
    day = now.searches.extreme("window", None, None, "closes_on", True, now.rows.take(np.array([row])))
    from dispute_risk.timeline.days import to_date

    closes = to_date(int(day[0]))
    return f" Beware: the last day for an appeal, {day_in_words(closes)}, comes before." if closes and closes < until else ""
