"""Office working days: Monday to Friday without the bank holidays of England, August and Christmas week included.

A family that writes in August waits in August, so replies are not counted in the Tribunal's working days.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from dispute_risk.timeline.days import NO_DAY, to_dates

__all__ = ["office_days_between"]

FIRST_YEAR, LAST_YEAR = 2005, 2060
"""Years for which bank holidays of England are counted."""


@cache
def _calendar() -> np.busdaycalendar:
    import holidays

    bank = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1))
    return np.busdaycalendar(weekmask="1111100", holidays=np.array(sorted(bank), dtype="datetime64[D]"))


def office_days_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how many office working days lie after each start and up to each end, inclusive.

    Parameters
    ----------
    start, end : ndarray of int
        Day numbers. An answer on the day itself takes 0 days; a message of a Saturday answered on Monday takes 1.

    Returns
    -------
    ndarray of int
        -1 where either day is not recorded.

    Examples
    --------
    >>> from dispute_risk.timeline.days import day_number
    >>> friday, tuesday = day_number("2025-08-22"), day_number("2025-08-26")
    >>> int(office_days_between(np.array([friday]), np.array([tuesday]))[0])  # the Monday is a bank holiday
    1
    """
    start, end = np.broadcast_arrays(np.asarray(start), np.asarray(end))
    present = (start != NO_DAY) & (end != NO_DAY)
    result = np.full(start.shape, -1, np.int64)
    result[present] = np.busday_count(to_dates(start[present]) + 1, to_dates(end[present]) + 1, busdaycal=_calendar())
    return result
