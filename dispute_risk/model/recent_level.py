"""The level of today: how many appeals there were lately, against how many the model expected."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.model.level import chance
from dispute_risk.timeline.days import day_number, day_numbers
from dispute_risk.timeline.outcome import REGISTRATION_DAYS

if TYPE_CHECKING:
    from dispute_risk.model.fitted import FittedRisk
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["followed_share", "recent_level"]

RECENT_DAYS = 365
"""Landmarks of the last year are looked at, those not yet matured included for the part of the horizon that has run."""
USUAL_DRIFT = 0.3
"""Standard deviation of the drift of the level, in log-odds (methods 1.3); national registrations rose by 18 to 55 % a
year from 2022 to 2025, that is 0.17 to 0.44."""


def recent_level(fitted: FittedRisk, rows: Landmarks, as_of: dt.date) -> float:
    """Return the number to add to the model's log-odds so that expected appeals meet those of the last year, shrunk.

    A landmark of three months ago has run half of its horizon. Its cases' risks are multiplied by the share of appeals
    that had come by then in the matured past, and set against the appeals that did come, so that the level does not wait
    seven months for its evidence. Recent landmarks count more: each by the evidence of its own span. The difference is
    shrunk by `t² / (t² + 1/E)`, with `E` the distinct appeals seen.

    Parameters
    ----------
    fitted : FittedRisk
    rows : Landmarks
        All rows at risk up to `as_of`, also those whose outcome is not yet known. Nothing after `as_of` is looked at.
    as_of : date

    Returns
    -------
    float
        0 where there is nothing to learn from.
    """
    end = day_number(as_of)
    on = day_numbers(rows.on)
    followed = np.minimum(end - REGISTRATION_DAYS - on, rows.horizon_days)
    recent = (followed >= 28) & (on >= end - RECENT_DAYS)
    wait = rows.wait_days
    if wait is None or not recent.any():
        return 0.0
    matured = on + rows.horizon_days + REGISTRATION_DAYS <= end
    share = followed_share(wait[matured], rows.horizon_days)
    reach = fitted.log_odds(rows.features.loc[recent, list(fitted.names)].to_numpy(np.float64))
    came = wait[recent] <= followed[recent]
    appeals = len(np.unique(rows.case_id[recent][came]))
    if appeals == 0:
        return 0.0
    weight = share[followed[recent]]
    delta = _level(reach, weight, float(came.sum()))
    return delta * USUAL_DRIFT**2 / (USUAL_DRIFT**2 + 1 / appeals)


def followed_share(wait: np.ndarray, horizon_days: int) -> np.ndarray:
    """Return which share of the appeals within the horizon had come after each number of days, 0 to the horizon.

    Parameters
    ----------
    wait : ndarray of float
        Days from the landmark to the appeal of matured rows; inf where none came.
    """
    came = np.sort(wait[wait <= horizon_days])
    if not len(came):
        return np.arange(horizon_days + 1) / horizon_days
    return np.searchsorted(came, np.arange(horizon_days + 1), "right") / len(came)


def _level(reach: np.ndarray, weight: np.ndarray, observed: float) -> float:
    """Return the shift of the log-odds at which the weighted risks add up to the appeals seen (bisection)."""
    low, high = -4.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(weight @ chance(reach + middle)) < observed:
            low = middle
        else:
            high = middle
    return (low + high) / 2
