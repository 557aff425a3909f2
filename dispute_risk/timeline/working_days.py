"""Tribunal working days: not Saturday, Sunday, a bank holiday, 25 December to 1 January, nor any day in August."""

from __future__ import annotations

from functools import cache

import numpy as np

from dispute_risk.timeline.days import NO_DAY, day_numbers, to_dates

__all__ = ["add_working_days", "next_working_day", "working_days_between"]

FIRST_YEAR, LAST_YEAR = 2005, 2060
"""Years for which bank holidays of England are counted."""


@cache
def _calendar() -> np.busdaycalendar:
    # HESC Rules 2008 as read through IPSEA's pages: law.md section 1, trap (ii).
    import holidays

    bank = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1))
    days = {np.datetime64(day, "D") for day in bank}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
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
    moved = np.busday_offset(dates, count, roll="backward" if count < 0 else "forward", busdaycal=_calendar())
    result = np.full(days.shape, NO_DAY, np.int32)
    result[present] = day_numbers(moved)
    return result


def working_days_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how many Tribunal working days lie after each start and up to each end, inclusive."""
    return np.busday_count(to_dates(np.asarray(start)) + 1, to_dates(np.asarray(end)) + 1, busdaycal=_calendar())
