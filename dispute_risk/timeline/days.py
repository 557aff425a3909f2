"""Days as whole numbers, so that a date, a window and a legal limit can be compared for a million rows at once."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

__all__ = ["FOREVER", "NO_DAY", "academic_year_start", "add_months", "day_number", "day_numbers", "to_date", "to_dates"]

_EPOCH = np.datetime64("1900-01-01", "D")
NO_DAY = -1
"""Day number of a date that is not recorded."""
FOREVER = 65_535
"""Day number that never comes (6 June 2079); sixteen bits, so that case and day share one 64-bit key."""


def day_number(on: dt.date | str) -> int:
    """Return the number of a day, counted from 1 January 1900.

    >>> day_number("2025-03-03")
    45717
    """
    return int((np.datetime64(on, "D") - _EPOCH).astype(int))


def day_numbers(dates: pd.Series | np.ndarray | list) -> np.ndarray:
    """Return day numbers as int32; a blank date becomes `NO_DAY`.

    Parameters
    ----------
    dates : array-like of datetime64

    Returns
    -------
    ndarray of int32
    """
    values = np.asarray(dates, dtype="datetime64[D]")
    blank = np.isnat(values)
    days = (np.where(blank, _EPOCH, values) - _EPOCH).astype(np.int32)
    days[blank] = NO_DAY
    return days


def to_dates(days: np.ndarray) -> np.ndarray:
    """Return day numbers as datetime64[D]; `NO_DAY` and `FOREVER` become NaT."""
    days = np.asarray(days)
    dates = _EPOCH + days.astype("timedelta64[D]")
    dates[(days == NO_DAY) | (days >= FOREVER)] = np.datetime64("NaT")
    return dates


def to_date(day: int) -> dt.date | None:
    """Return one day number as a date; None for `NO_DAY` and `FOREVER`."""
    if day == NO_DAY or day >= FOREVER:
        return None
    return dt.date(1900, 1, 1) + dt.timedelta(days=int(day))


def add_months(days: np.ndarray, months: int) -> np.ndarray:
    """Return the corresponding day some calendar months later; the last of the month where there is none.

    "Two months after the notice was sent" ends on the day of the same number, and a notice of 31 December ends on the
    last day of February. `NO_DAY` stays `NO_DAY`.

    >>> to_date(add_months(np.array([day_number("2024-12-31")]), 2)[0])
    datetime.date(2025, 2, 28)
    """
    days = np.asarray(days)
    present = days != NO_DAY
    dates = _EPOCH + np.where(present, days, 0).astype("timedelta64[D]")
    month = dates.astype("datetime64[M]")
    offset = dates - month.astype("datetime64[D]")
    target = month + np.timedelta64(months, "M")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    moved = np.minimum(target.astype("datetime64[D]") + offset, last)
    return np.where(present, (moved - _EPOCH).astype(np.int32), NO_DAY).astype(np.int32)


def academic_year_start(days: np.ndarray) -> np.ndarray:
    """Return the calendar year in which the school year of each day began (1 September)."""
    month = (_EPOCH + np.asarray(days).astype("timedelta64[D]")).astype("datetime64[M]").astype(int)
    return (1970 + (month - 8) // 12).astype(np.int32)
