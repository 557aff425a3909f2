"""Which decisions were at risk of an appeal, which appeals came of them, and what is held equal when causes are compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk import terms
from dispute_risk.causes.decision_rows import PERIOD_DAYS
from dispute_risk.errors import NotEnoughHistory
from dispute_risk.model.landmarks import Landmarks

__all__ = ["DAYS_IN_MONTH", "FLAGS", "LAST_DAYS_BEFORE_REGISTRATION", "AtRisk", "adjusters", "at_risk"]

LAST_DAYS_BEFORE_REGISTRATION = 14
"""A row this close to the registration is left out, so that what a dispute stirs up is not taken for its cause."""
DAYS_IN_MONTH = 30.4375
NEEDS = ("need_asd", "need_semh", "need_slcn", "need_mld", "need_spld")
FLAGS = ("phase_transfer_due", "under_five", "post_16", "looked_after", "requested_by_parent")
SINCE_DECISION_DAYS = (14, 28, 42, 56)
AREA_APPEALS = 5
"""Areas and quarters with fewer appeals are taken together: nothing can be held equal within them."""


@dataclass(frozen=True)
class AtRisk:
    """Rows on which an appeal could begin, and those on which one did.

    Parameters
    ----------
    rows : Landmarks
    event : ndarray of shape (rows,)
        1 on the last row before an appeal that came to be registered, else 0.
    months : ndarray of shape (rows,)
        Case-months that the row stands for.
    unplaced : int
        Appeals of the same cases and dates that no row comes before: the decision was not known, or in dispute at once.
    start_on, end_on : date
        First and last date of the rows.
    """

    rows: Landmarks
    event: np.ndarray
    months: np.ndarray
    unplaced: int
    start_on: dt.date
    end_on: dt.date

    @property
    def appeals(self) -> int:
        """Appeals that came of the rows."""
        return int(self.event.sum())


def at_risk(rows: Landmarks, start_on: dt.date, end_on: dt.date) -> AtRisk:
    """Return the rows on which a decision could be appealed, with the appeals that began there.

    An appeal is registered weeks after the family began: a certificate, perhaps a meeting, the Tribunal's post. Rows of a
    case already in dispute are not among `rows`, so the last row before the registration is the last before the dispute
    showed, and what was wrong is taken as it stood there. Rows whose outcome is not yet known are left out whole.

    Parameters
    ----------
    rows : Landmarks
        Of `decision_rows`, or monthly ones of `dispute_risk.model.landmarks`.
    start_on, end_on : date

    Returns
    -------
    AtRisk

    Raises
    ------
    NotEnoughHistory
        Where no decision could be appealed in the period, or its outcome is not yet known.
    """
    if rows.wait_days is None:
        raise ValueError("rows do not say when appeals were registered; take them from decision_rows or landmarks")
    on = rows.on.astype("datetime64[D]")
    inside = (on >= np.datetime64(start_on)) & (on <= np.datetime64(end_on)) & rows.known
    near = rows.wait_days < LAST_DAYS_BEFORE_REGISTRATION
    kept = rows.where(inside & ~near & (rows.features["window_open"].to_numpy() > 0))
    if not len(kept):
        raise NotEnoughHistory(
            f"No decision with a known outcome could be appealed between {start_on} and {end_on}. An outcome is known "
            f"{rows.horizon_days + 28} days after; choose an earlier or a longer period."
        )
    event = last_before_appeal(kept)
    reached = rows.where(inside & np.isfinite(rows.wait_days) & (rows.wait_days <= rows.horizon_days))
    every = _appeals(reached)
    unplaced = len(every) - len(np.intersect1d(every, _appeals(kept.where(event > 0))))
    days = kept.on.astype("datetime64[D]")
    return AtRisk(kept, event, _months(kept), unplaced, days.min().astype(object), days.max().astype(object))


def last_before_appeal(rows: Landmarks) -> np.ndarray:
    """Return 1 on the last row before each appeal registered within the horizon, 0 elsewhere."""
    assert rows.wait_days is not None and rows.registered_on is not None
    some = np.flatnonzero(rows.wait_days <= rows.horizon_days)
    case = np.unique(rows.case_id[some], return_inverse=True)[1] if len(some) else np.zeros(0, int)
    order = np.lexsort((rows.on[some], rows.registered_on[some], case))
    some, case = some[order], case[order]
    registered = rows.registered_on[some]
    last = np.ones(len(some), bool)
    last[:-1] = (case[1:] != case[:-1]) | (registered[1:] != registered[:-1])
    event = np.zeros(len(rows))
    event[some[last]] = 1.0
    return event


def _appeals(rows: Landmarks) -> np.ndarray:
    """Return one name for each appeal that follows some row."""
    assert rows.registered_on is not None
    return np.unique(np.char.add(rows.case_id.astype(str), rows.registered_on.astype(str)))


def _months(rows: Landmarks) -> np.ndarray:
    if PERIOD_DAYS in rows.features:
        return rows.features[PERIOD_DAYS].to_numpy(np.float64) / DAYS_IN_MONTH
    return np.ones(len(rows))


def adjusters(risk: AtRisk) -> pd.DataFrame:
    """Return what is held equal: kind of decision, time since it, phase, need, area, quarter, and how much was written.

    The number of messages from the family is among them, because a family that writes more has more messages that can
    go unanswered, and appeals more.

    Returns
    -------
    DataFrame of shape (rows, columns), float64
        Columns that do not vary are left out.
    """
    features = risk.rows.features
    columns: dict[str, np.ndarray] = {}
    for decision in list(terms.DECISION_TYPE)[1:]:
        name = f"latest_{decision}" if f"latest_{decision}" in features else f"{decision}_window"
        columns[name] = features[name].to_numpy() > 0
    since = features["days_since_notice"].to_numpy(np.float64)
    columns |= {f"since_{days}": since >= days for days in SINCE_DECISION_DAYS}
    columns |= {name: features[name].to_numpy() > 0 for name in (*NEEDS, *FLAGS) if name in features}
    columns |= _groups("area", risk.rows.area, risk.event)
    quarter = risk.rows.on.astype("datetime64[M]").astype(int) // 3
    columns |= _groups("quarter", quarter, risk.event)
    for name in ("family_messages_1y", "past_appeals"):
        if name in features:
            columns[name] = np.log1p(np.nan_to_num(features[name].to_numpy(np.float64)))
    table = pd.DataFrame({name: np.asarray(value, np.float64) for name, value in columns.items()})
    return table.loc[:, table.max() > table.min()]


def _groups(prefix: str, group: np.ndarray, event: np.ndarray) -> dict[str, np.ndarray]:
    """Return a column for each group with enough appeals but the largest, which the others are compared with."""
    names, number = np.unique(group, return_inverse=True)
    count = np.bincount(number, weights=event, minlength=len(names))
    against = int(np.argmax(count))
    return {f"{prefix}_{name}": number == place for place, name in enumerate(names)
            if place != against and count[place] >= AREA_APPEALS}
