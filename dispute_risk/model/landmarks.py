"""Rows for the model: each case on each monthly landmark while an appeal can still come of it, with its outcome."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.features.build import build_features
from dispute_risk.timeline.days import day_number, day_numbers, to_date, to_dates
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.outcome import appeal_within, days_to_appeal, standing

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.features.declare import Catalogue
    from dispute_risk.features.searches import Searches
    from dispute_risk.timeline.history import History

__all__ = ["HORIZON_DAYS", "Landmarks", "first_mondays", "landmarks", "landmarks_on",
           "records_begin"]

HORIZON_DAYS = 182
"""26 weeks: two months to appeal, mediation and its certificate, and the time to register (methods 1.1)."""
WARM_UP_DAYS = 183
"""Records must have run this long before the first landmark, or windows of the features would be half empty."""


@dataclass(frozen=True)
class Landmarks:
    """Rows of cases on dates, with features and a three-valued outcome.

    Parameters
    ----------
    features : DataFrame of shape (rows, features), float32
        One column a feature of the catalogue; NaN is a blank.
    outcome : ndarray of float32, shape (rows,)
        1 an appeal was registered within the horizon, 0 none was, NaN not yet known.
    on : ndarray of datetime64[D]
        The landmark date.
    case_id : ndarray of str
    family : ndarray of int
        Families, so that brothers, sisters and re-opened cases stay on the same side of every split.
    area : ndarray of str
    state : ndarray of str
        `no_right_yet`, `window_open` or `plan_in_force`.
    horizon_days : int
    wait_days : ndarray of float, shape (rows,), optional
        Days to the next appeal registered, inf where none was; for rows whose outcome is not yet known, so far.
    """

    features: pd.DataFrame
    outcome: np.ndarray
    on: np.ndarray
    case_id: np.ndarray
    family: np.ndarray
    area: np.ndarray
    state: np.ndarray
    horizon_days: int = 182
    wait_days: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def known(self) -> np.ndarray:
        """Mask of the rows whose outcome is known."""
        return ~np.isnan(self.outcome)

    @property
    def registered_on(self) -> np.ndarray | None:
        """Day of the next appeal of each row as datetime64[D], NaT where none was registered; None where not kept."""
        if self.wait_days is None:
            return None
        some = np.isfinite(self.wait_days)
        days = np.where(some, self.wait_days, 0).astype("timedelta64[D]")
        return np.where(some, self.on.astype("datetime64[D]") + days, np.datetime64("NaT"))

    def where(self, mask: np.ndarray) -> Landmarks:
        """Return the rows of a mask."""
        return Landmarks(
            self.features.loc[mask].reset_index(drop=True),
            self.outcome[mask],
            self.on[mask],
            self.case_id[mask],
            self.family[mask],
            self.area[mask],
            self.state[mask],
            self.horizon_days,
            None if self.wait_days is None else self.wait_days[mask],
        )


def first_mondays(first: dt.date, last: dt.date) -> np.ndarray:
    """Return the first Monday of each month from one date to another, as day numbers.

    >>> [str(to_date(day)) for day in first_mondays(dt.date(2025, 1, 1), dt.date(2025, 3, 31))]
    ['2025-01-06', '2025-02-03', '2025-03-03']
    """
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    mondays = np.busday_offset(months.astype("datetime64[D]"), 0, roll="forward", weekmask="1000000")
    inside = (mondays >= np.datetime64(first)) & (mondays <= np.datetime64(last))
    return day_numbers(mondays[inside])


def records_begin(history: History) -> int:
    """Return the day number from which features can be trusted: every table that is kept has run for half a year.

    A kind of fact begins where its monthly number first stays above a fifth of what it is later (a log that went live, or a
    few back-dated rows before it), or with its first percentile where there are too few to say.
    """
    kinds = ("request", "plan_made", "advice_asked", "family_message", "panel", "review_meeting", "appeal")
    starts = [
        _begins(history.facts[name].known)
        for name in kinds
        if name in history.facts and len(history.facts[name]) >= 20
    ]
    return (max(starts) if starts else day_number("1990-01-01")) + WARM_UP_DAYS


QUIET_SHARE, ENOUGH_A_MONTH = 0.2, 20
MONTH_DAYS, LAST_MONTHS_LEFT_OUT = 30, 12


def _begins(known: np.ndarray) -> int:
    first = int(np.percentile(known, 1))
    months = np.bincount((known[known >= first] - first) // MONTH_DAYS)
    usual = float(np.median(months[len(months) // 2 :]))
    if usual < ENOUGH_A_MONTH:
        return first
    # A gap in the last year is not the beginning of anything.
    quiet = np.flatnonzero(months[:-LAST_MONTHS_LEFT_OUT] < QUIET_SHARE * usual)
    return first + (int(quiet[-1]) + 1) * MONTH_DAYS if len(quiet) else first


def landmarks(
    history: History,
    catalogue: Catalogue,
    *,
    last: dt.date | None = None,
    first: dt.date | None = None,
    horizon_days: int = HORIZON_DAYS,
    shift_days: int = 0,
    searches: Searches | None = None,
) -> Landmarks:
    """Return every case at risk on the first Monday of each month, with its features and outcome.

    Every row at risk is kept; nothing is thinned or weighted (methods 1.1).

    Parameters
    ----------
    history : History
        Nothing recorded after `history.recorded_to` is in it, outcomes included.
    catalogue : Catalogue
    first, last : date, optional
        Range of landmark dates; by default from where the records can be trusted to their end.
    horizon_days : int
    shift_days : int
        Take features that many days earlier, outcomes as before: for the alarm on leaks.
    searches : Searches, optional

    Returns
    -------
    Landmarks

    Raises
    ------
    NotEnoughHistory
        Where no case is at risk on any landmark date.
    """
    last = last or history.recorded_to
    begin = first or to_date(records_begin(history)) or last
    rows = landmarks_on(history, catalogue, first_mondays(begin, last), horizon_days, shift_days, searches)
    if not len(rows):
        raise NotEnoughHistory(
            f"No case is at risk on any first Monday from {begin} to {last}: the records begin too late or hold no open "
            "case. Hand over requests and plans of at least two years."
        )
    return rows


def landmarks_on(
    history: History,
    catalogue: Catalogue,
    days: np.ndarray,
    horizon_days: int = HORIZON_DAYS,
    shift_days: int = 0,
    searches: Searches | None = None,
) -> Landmarks:
    """Return every case at risk on each of the days given (day numbers); there may be none."""
    count = len(history.case_id)
    every = Snapshots.of(np.repeat(np.arange(count, dtype=np.int32), len(days)), np.tile(days, count))
    stands = standing(history, every)
    rows = every.take(stands.at_risk)
    earlier = Snapshots(rows.case, rows.on - shift_days) if shift_days else rows
    return Landmarks(
        build_features(history, earlier, catalogue, searches),
        appeal_within(history, rows, horizon_days),
        to_dates(rows.on),
        history.case_id[rows.case],
        history.family[rows.case],
        np.asarray(history.area_names)[history.area_of_case[rows.case]],
        stands.state[stands.at_risk],
        horizon_days,
        days_to_appeal(history, rows),
    )
