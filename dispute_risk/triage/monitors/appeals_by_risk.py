"""Appeals to expect from the risks of the open cases added up, beside what counting the past says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.disputes import REGISTRATION_DAYS
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.outcome import appeal_within, standing
from dispute_risk.triage.monitors.back_test import prediction_range

if TYPE_CHECKING:
    from dispute_risk.timeline.history import History
    from dispute_risk.triage.snapshot import OpenCases

__all__ = ["RisksAddedUp", "risks_added_up"]

LOOKS_BACK = 8
EVERY_DAYS = 91
LEAST_APPEALS = 30


@dataclass(frozen=True)
class RisksAddedUp:
    """Risks added up, and raised to all appeals.

    Parameters
    ----------
    cases : int
        Open cases that are given a risk.
    added_up : float
        Their risks added up: appeals to expect from them within the horizon.
    share : float
        Share of past appeals that came from such cases; the rest came of cases already in dispute or not yet open. Not a
        number where there were fewer than 30.
    share_of : int
        Appeals that share rests on.
    expected, low, high : float
        All appeals to expect, with what chance alone leaves open (80 %).
    horizon_days : int
    as_of : date
    """

    cases: int
    added_up: float
    share: float
    share_of: int
    expected: float
    low: float
    high: float
    horizon_days: int
    as_of: dt.date

    def summary(self) -> str:
        """Return it in words, with what it is worth."""
        said = (f"By the model: the risks of {self.cases:,} open cases add up to {self.added_up:,.1f} appeals within "
                f"{self.horizon_days} days.")
        if np.isnan(self.share):
            return f"{said} How many come of other cases cannot be said: fewer than {LEAST_APPEALS} past appeals to go by."
        return (f"{said} Of {self.share_of:,} past appeals, {self.share:.0%} came from cases that stood as these do; for all "
                f"appeals together that makes about {self.expected:,.0f} ({self.low:,.0f} to {self.high:,.0f} by chance alone). "
                "This way is not tested on the past here, since the model has learned from it.")


def risks_added_up(cases: OpenCases, horizon_days: int) -> RisksAddedUp:
    """Return the appeals to expect from the risks of the open cases.

    Parameters
    ----------
    cases : OpenCases
        Of a history with nothing known after its as-of date.
    horizon_days : int
        Of the model.
    """
    added_up, scored = float(np.nansum(cases.risk)), int((~np.isnan(cases.risk)).sum())
    share, of = _share_from_at_risk(cases.searches.history, cases.as_of, horizon_days)
    if of < LEAST_APPEALS or share <= 0:
        return RisksAddedUp(scored, added_up, float("nan"), of, *(float("nan"),) * 3, horizon_days, cases.as_of)
    low, high = prediction_range(added_up / share, 1.0)
    return RisksAddedUp(scored, added_up, share, of, added_up / share, low, high, horizon_days, cases.as_of)


def _share_from_at_risk(history: History, as_of: dt.date, horizon_days: int) -> tuple[float, int]:
    """Return the share of past appeals that came from cases given a risk on a day up to two years and a horizon before."""
    latest = day_number(as_of) - horizon_days - REGISTRATION_DAYS
    everyone = np.arange(len(history.case_id), dtype=np.int32)
    registered = history.facts["appeal"].happened
    from_them = appeals = 0
    for step in range(LOOKS_BACK):
        on = latest - step * EVERY_DAYS
        rows = Snapshots.of(everyone, on)
        at_risk = rows.take(standing(history, rows).at_risk)
        from_them += int(np.nansum(appeal_within(history, at_risk, horizon_days)))
        appeals += int(((registered > on) & (registered <= on + horizon_days)).sum())
    return (from_them / appeals if appeals else float("nan")), appeals
