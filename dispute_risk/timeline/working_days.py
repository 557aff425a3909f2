"""Tribunal working days: not Saturday, Sunday, a bank holiday, 25 December to 1 January, nor any day in August."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from dispute_risk.timeline.days import NO_DAY, day_numbers, to_dates

__all__ = ["add_working_days", "next_working_day", "working_days_between"]

FIRST_YEAR, LAST_YEAR = 2005, 2060
"""Years for which bank holidays of England are counted."""
USUAL_YEARS = 2012, 2040
"""Years within which nearly all days of a casebook lie: counting the holidays of these alone takes half the time."""


def _calendar(dates: np.ndarray, count: int = 0) -> np.busdaycalendar:
    """Return a calendar that reaches as far as the days asked of it, and a count of working days from them."""
    present = dates[~np.isnat(dates)]
    margin_days = 60 + 3 * abs(count)  # August, Christmas and weekends leave more than one day in three
    first, last = (np.datetime64(f"{year}-01-01", "D") for year in USUAL_YEARS)
    usual = not present.size or (present.min() - margin_days >= first and present.max() + margin_days < last)
    return _calendar_of(*(USUAL_YEARS if usual else (FIRST_YEAR, LAST_YEAR)))


@cache
def _calendar_of(first_year: int, last_year: int) -> np.busdaycalendar:
    # HESC Rules 2008 as read through IPSEA's pages: law.md section 1, trap (ii).
    import holidays

    bank = holidays.country_holidays("GB", subdiv="ENG", years=range(first_year, last_year + 1))
    days = {np.datetime64(day, "D") for day in bank}
    for year in range(first_year, last_year + 1):
        days.update(np.arange(f"{year}-08-01", f"{year}-09-01", dtype="datetime64[D]"))
        days.update(np.arange(f"{year}-12-25", f"{year + 1}-01-02", dtype="datetime64[D]"))
    return np.busdaycalendar(weekmask="1111100", holidays=np.array(sorted(days)))


def next_working_day(days: np.ndarray) -> np.ndarray:
    """Return each day that is a Tribunal working day, else the next one that is.

    Parameters
    ----------
    days : ndarray of int
        Day numbers; `NO_DAY` stays.
    """
    return add_working_days(days, 0)


def add_working_days(days: np.ndarray, count: int) -> np.ndarray:
    """Return the day that many Tribunal working days after each (before, where the count is negative).

    A start that is not itself a working day counts from the next one (the one before, for a negative count).
    """
    days = np.asarray(days)
    present = days != NO_DAY
    dates = to_dates(days[present])
    roll: Literal["backward", "forward"] = "backward" if count < 0 else "forward"
    moved = np.busday_offset(dates, count, roll=roll, busdaycal=_calendar(dates, count))
    result = np.full(days.shape, NO_DAY, np.int32)
    result[present] = day_numbers(moved)
    return result


def working_days_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how many Tribunal working days lie after each start and up to each end, inclusive."""
    after, until = to_dates(np.asarray(start)) + 1, to_dates(np.asarray(end)) + 1
    calendar = _calendar(np.concatenate([np.ravel(after), np.ravel(until)]))
    return np.busday_count(after, until, busdaycal=calendar)
