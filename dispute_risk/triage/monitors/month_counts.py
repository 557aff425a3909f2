"""What came in each month, as it was known at the time: appeals registered, mediations to be held, reviews that fell due.

A month is not whole when it ends: some of it is recorded later. So each count knows the day it was known, the past is
forecast from what was known then, and the last months are made up for what experience says is still to come.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import FOREVER, NO_DAY, add_months, day_number, to_dates
from dispute_risk.timeline.outcome import AGE_LIMIT_YEARS
from dispute_risk.timeline.pairs import first_known_between
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.review_dates import review_anchors

__all__ = ["STREAMS", "MonthCounts", "appeals", "last_full_month", "mediations", "month_end", "month_of", "months_as_dates",
           "reviews_due"]

STREAMS: dict[str, str] = {
    "reviews": "Reviews that fall due",
    "appeals": "Appeals registered",
    "mediations": "Mediations to be held",
}
"""What is forecast, each with its heading."""

NO_THANKS_DAYS = 7
"""A certificate this soon after the family spoke to the adviser, with no meeting, says that it wanted none: the certificate
is due in 3 working days (regulations as read through IPSEA, V), which is a week at most with a weekend and a holiday."""
RESTARTED_DAYS = 92
"""A review held more than three months before the due date starts a new year: the old date then falls away."""
LATE_MONTHS, LEARN_MONTHS = 6, 24
"""Counts of the last 6 months are made up, from how late the 24 months before them were recorded."""


def month_of(days: np.ndarray) -> np.ndarray:
    """Return months as whole numbers, counted from January 1970."""
    return to_dates(np.asarray(days)).astype("datetime64[M]").astype(int)


def month_end(month: np.ndarray | int) -> np.ndarray:
    """Return the day number of the last day of each month."""
    first_of_next = (np.asarray(month).astype("datetime64[M]") + 1).astype("datetime64[D]")
    return ((first_of_next - np.datetime64("1900-01-01")).astype(int) - 1).astype(np.int64)


@dataclass(frozen=True)
class MonthCounts:
    """Dated facts of one kind, to be counted by month as they were known on any day.

    Parameters
    ----------
    month, known : ndarray of int
        Month each belongs to, and the day it was known.
    gone : ndarray of int
        Day from which it was known not to count after all (a plan that ended before its review was due).
    first_month : int
        First month in which the records of this kind are whole.
    """

    month: np.ndarray
    known: np.ndarray
    gone: np.ndarray
    first_month: int

    def counted(self, from_month: int, to_month: int, on: int) -> np.ndarray:
        """Return the count of each month from one to another, both included, as known at the end of a day."""
        here = (self.known <= on) & (on < self.gone) & (self.month >= from_month) & (self.month <= to_month)
        return np.bincount(self.month[here] - from_month, minlength=to_month - from_month + 1).astype(float)

    def made_up(self, last_month: int, on: int) -> np.ndarray:
        """Return the counts up to the last full month, the latest made up for what is recorded late.

        The share of a month that is known so many days after its end is that of the 24 months before.
        """
        counts = self.counted(self.first_month, last_month, on)
        learn_to = last_month - LATE_MONTHS
        seen = (self.month <= learn_to) & (self.month > learn_to - LEARN_MONTHS) & (self.known <= on) & (on < self.gone)
        delay = self.known[seen] - month_end(self.month[seen])
        for back in range(min(LATE_MONTHS, len(counts))):
            age = on - int(month_end(last_month - back))
            share = float((delay <= age).mean()) if seen.any() else 1.0
            counts[len(counts) - 1 - back] /= max(share, 0.5)
        return counts


def _of(days: np.ndarray, known: np.ndarray) -> MonthCounts:
    present = (days != NO_DAY) & (known < FOREVER)
    month = month_of(days[present])
    return MonthCounts(month, np.maximum(known, days)[present].astype(np.int64),
                       np.full(int(present.sum()), FOREVER, np.int64),
                       int(month.min()) + 1 if len(month) else 0)  # the first month is seldom whole


def appeals(recorded: Recorded) -> MonthCounts:
    """Return appeals by the month of registration."""
    return _of(recorded.day("appeals", "registered_on"), recorded.known("appeals", "registered_on"))


def mediations(recorded: Recorded) -> MonthCounts:
    """Return mediations that had to be arranged, by the month in which the family asked.

    A family that spoke to the adviser and had its certificate within a week, with no meeting, wanted none and is left out;
    a mediation held with no day of asking counts on the day it was held.
    """
    asked, held = recorded.day("mediations", "requested_on"), recorded.day("mediations", "held_on")
    certificate = recorded.day("mediations", "certificate_on")
    declined = (held == NO_DAY) & (certificate != NO_DAY) & (certificate - asked <= NO_THANKS_DAYS)
    on = np.where(asked != NO_DAY, asked, held)
    known = np.where(asked != NO_DAY, recorded.known("mediations", "requested_on"), recorded.known("mediations", "held_on"))
    return _of(np.where(declined, NO_DAY, on), known)


def reviews_due(recorded: Recorded, as_of: dt.date) -> MonthCounts:
    """Return the reviews of plans in force by the month in which they fall due, ahead of `as_of` too.

    A date falls away where the file was closed, or the young person turned 25, before it, and where the plan was reviewed
    again more than three months before it, for then a new year runs.
    """
    anchors = review_anchors(recorded)
    anchors = anchors[anchors["basis"] != "amended"].sort_values(["case", "on", "known"])
    anchors = anchors.drop_duplicates(["case", "on"])
    case, on, known = (anchors[name].to_numpy() for name in ("case", "on", "known"))
    due = clock("review").due_on(on)
    again = first_known_between(case, on, due - RESTARTED_DAYS, case, on, known)
    closed, closed_known = recorded.day("cases", "closed_on")[case], recorded.known("cases", "closed_on")[case]
    ended = np.where((closed != NO_DAY) & (closed <= due), closed_known, FOREVER)
    birthday = add_months(recorded.day("cases", "birth_date")[case], 12 * AGE_LIMIT_YEARS)
    of_age = (birthday == NO_DAY) | (due < birthday)
    held = recorded.day("reviews", "meeting_on")
    # Reviews before the records begin are not there to count from: due dates are whole a year after the first meetings.
    first = int(month_of(held[held != NO_DAY]).min()) + 13 if (held != NO_DAY).any() else 0
    return MonthCounts(month_of(due[of_age]), known[of_age].astype(np.int64),
                       np.minimum(again, ended)[of_age].astype(np.int64), first)


def months_as_dates(months: np.ndarray) -> pd.DatetimeIndex:
    """Return months counted from January 1970 as the first day of each."""
    return pd.DatetimeIndex(np.asarray(months).astype("datetime64[M]").astype("datetime64[s]"))


def last_full_month(as_of: dt.date) -> int:
    """Return the last month that was over at the end of a day."""
    month = int(month_of(np.array([day_number(as_of)]))[0])
    return month if int(month_end(month)) == day_number(as_of) else month - 1
