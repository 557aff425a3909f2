"""How much of the risk of a decision is still to come: when families who go to dispute begin, counted from the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.timeline.history import History

if TYPE_CHECKING:
    from dispute_risk.mediation.offers import Offers

__all__ = ["LEAD_DAYS", "WINDOW_DAYS", "TimeLeft", "time_left"]

WINDOW_DAYS = 61
"""Two months from the decision (HESC Rules 2008 r.20(1)(c)), in days."""
LEAD_DAYS = 14
"""From an offer to the meeting, where the records hold too few meetings to say."""
LONGEST_DAYS = 75
WORTH = 20.0
"""So many disputes that begin evenly over the two months are added to those on record."""
FEWEST_HELD = 10


def _evenly() -> np.ndarray:
    return np.clip(1 - np.arange(LONGEST_DAYS + 1) / WINDOW_DAYS, 0, 1)


@dataclass(frozen=True)
class TimeLeft:
    """Share of the disputes about a decision that begin after each day since it.

    Parameters
    ----------
    after : ndarray of shape (76,)
        Share that begins later than day 0, 1, …; evenly over two months where nothing is known.
    lead_days : int
        Median days from an offer to the meeting.
    counted : int
        Disputes on record it rests on.
    """

    after: np.ndarray = field(default_factory=_evenly)
    lead_days: int = LEAD_DAYS
    counted: int = 0

    def still_to_come(self, days: np.ndarray) -> np.ndarray:
        """Return the share of all disputes about a decision that begins later than so many days after it.

        >>> TimeLeft().still_to_come(np.array([0.0, 61.0])).tolist()
        [1.0, 0.0]
        """
        at = np.clip(np.nan_to_num(np.asarray(days, float)), 0, LONGEST_DAYS)
        return np.asarray(np.interp(at, np.arange(LONGEST_DAYS + 1), self.after))

    def after_a_meeting(self, days: np.ndarray) -> np.ndarray:
        """Return of the risk that is left on a day the share that comes once a meeting offered on it can be held.

        NaN, no decision that can be appealed: 1, for nothing is under way.
        """
        days = np.asarray(days, float)
        now, then = self.still_to_come(days), self.still_to_come(days + self.lead_days)
        share = np.where(now > 1e-9, then / np.maximum(now, 1e-9), 0.0)
        return np.where(np.isnan(days), 1.0, share)


def time_left(history: History, offers: Offers | None = None) -> TimeLeft:
    """Return when disputes begin after a decision, from an authority's own records.

    The first sign counts: a mediation adviser asked, a certificate, an appeal lodged or registered. Decisions on which a
    meeting was offered are left out: a family that accepts asks for mediation, and is in no dispute for it.

    Parameters
    ----------
    history : History
    offers : Offers, optional
        For how long a meeting takes to come.
    """
    notices, disputes = history.facts["notice"], history.facts["in_dispute"]
    order = np.lexsort((disputes.happened, disputes.case))
    case, begins = disputes.case[order].astype(np.int64), disputes.happened[order].astype(np.int64)
    key = case * 1_000_000 + begins
    told = notices.happened.astype(np.int64)
    at = np.searchsorted(key, notices.case.astype(np.int64) * 1_000_000 + told, "left")
    there = at < len(key)
    there[there] = case[at[there]] == notices.case[there]
    if offers is not None and len(offers.table):
        there[offers.table["notice"].to_numpy(np.int64)] = False
    waited = begins[at[there]] - told[there]
    waited = waited[waited <= LONGEST_DAYS]
    later = np.array([(waited > day).sum() for day in range(LONGEST_DAYS + 1)], float)
    after = (later + WORTH * _evenly()) / (len(waited) + WORTH)
    lead = LEAD_DAYS
    if offers is not None and len(offers.table):
        gaps = (offers.table["held_day"] - offers.table["day"]).dropna()
        lead = int(gaps.median()) if len(gaps) >= FEWEST_HELD else LEAD_DAYS
    return TimeLeft(after, lead, len(waited))
