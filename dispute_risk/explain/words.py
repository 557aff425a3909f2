"""How a risk, a date and a number of days are said in words, the same way on every page."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from bisect import bisect_right
from collections.abc import Sequence

__all__ = [
    "count_in_words",
    "day_in_words",
    "days_in_words",
    "first_capital",
    "frequency",
    "joined_in_words",
    "range_in_words",
    "risk_in_words",
    "short_day",
    "when_in_words",
]

RISKS_SAID: tuple[tuple[int, int], ...] = (
    (1, 100), (1, 75), (1, 50), (1, 40), (1, 30), (1, 25), (1, 20), (1, 15), (1, 12), (1, 10), (1, 9), (1, 8), (1, 7),
    (1, 6), (1, 5), (1, 4), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (3, 4), (4, 5), (9, 10),
)
"""The frequencies a risk may be said as, rising; people read small whole numbers more surely than percentages."""

LEAST_SAID = 0.0095
"""Below this (it would round to under 1.0 in 100) a risk is said as "fewer than 1 in 100"."""

MOST_SAID = 0.925
"""From here a risk is said as "more than 9 in 10": no model of appeals supports a finer claim."""

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

DAYS_SAID_PLAINLY = 27
"""Up to this many days the number stands alone; after it weeks are added."""

DAYS_SAID_IN_WEEKS = 182
"""Up to this many days the number is followed by weeks; after it by months."""


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


# A risk is said as the frequency nearest on the log-odds, so the cut between two neighbours lies half-way there.
# The cuts rise with the frequencies: a higher risk can never be said as a lower one.
_ODDS = [_log_odds(cases / out_of) for cases, out_of in RISKS_SAID]
_CUTS = [(lower + upper) / 2 for lower, upper in itertools.pairwise(_ODDS)]


def _checked(probability: float) -> float:
    if not 0 <= probability <= 1:
        raise ValueError(f"A risk lies between 0 and 1; got {probability!r}.")
    return float(probability)


def _missing(number: float | None) -> bool:
    return number is None or math.isnan(number)


def risk_in_words(risk: float | None) -> str:
    """Say a risk as a small natural frequency.

    Parameters
    ----------
    risk : float or None
        A probability from 0 to 1; None or NaN where there is none.

    Returns
    -------
    str
        Such as "about 1 in 6"; "fewer than 1 in 100"; "more than 9 in 10"; '' where there is no risk to say. A higher
        risk is never said as a lower frequency.

    Raises
    ------
    ValueError
        If the risk is outside 0 to 1.

    Examples
    --------
    >>> risk_in_words(0.16), risk_in_words(0.021), risk_in_words(0.004), risk_in_words(0.68)
    ('about 1 in 6', 'about 1 in 50', 'fewer than 1 in 100', 'about 2 in 3')
    """
    if risk is None or _missing(risk):
        return ""
    risk = _checked(risk)
    if risk < LEAST_SAID:
        return "fewer than 1 in 100"
    if risk >= MOST_SAID:
        return "more than 9 in 10"
    cases, out_of = RISKS_SAID[bisect_right(_CUTS, _log_odds(risk))]
    return f"about {cases} in {out_of}"


def _in_100(probability: float) -> int:
    return math.floor(100 * _checked(probability) + 0.5)


def range_in_words(low: float | None, high: float | None) -> str:
    """Say a range of risk in cases out of 100.

    Parameters
    ----------
    low, high : float or None
        The ends of the range, from 0 to 1.

    Returns
    -------
    str
        Such as "8 to 17"; '' where an end is missing.

    Examples
    --------
    >>> range_in_words(0.08, 0.17), range_in_words(0.002, 0.02), range_in_words(0.121, 0.124)
    ('8 to 17', 'fewer than 1 to 2', '12')
    """
    if low is None or high is None or _missing(low) or _missing(high):
        return ""
    if low > high:
        raise ValueError(f"A range runs from its lower to its upper end; got {low!r} to {high!r}.")
    first, last = _in_100(low), _in_100(high)
    if last == 0:
        return "fewer than 1"
    said = str(first) if first else "fewer than 1"
    return said if first == last else f"{said} to {last}"


def frequency(risk: float | None, low: float | None = None, high: float | None = None) -> str:
    """Say a risk, with its range, as a number of similar cases out of 100.

    Parameters
    ----------
    risk : float or None
        A probability from 0 to 1; None or NaN where there is none.
    low, high : float, optional
        The ends of its range.

    Returns
    -------
    str

    Examples
    --------
    >>> frequency(0.12, 0.08, 0.17)
    'about 12 in 100 similar cases (8 to 17)'
    >>> frequency(0.003, 0.001, 0.012)
    'fewer than 1 in 100 similar cases (fewer than 1 to 1)'
    >>> frequency(0.5)
    'about 50 in 100 similar cases'
    """
    if risk is None or _missing(risk):
        return ""
    cases = _in_100(risk)
    said = f"about {cases} in 100 similar cases" if cases else "fewer than 1 in 100 similar cases"
    within = range_in_words(low, high)
    return f"{said} ({within})" if within else said


def day_in_words(day: dt.date | None, *, weekday: bool = False) -> str:
    """Say a date in full.

    Parameters
    ----------
    day : date or None
        None where it is not recorded.
    weekday : bool, default False
        Put the day of the week before it.

    Returns
    -------
    str
        Such as "3 March 2025"; "not recorded" where there is none.

    Examples
    --------
    >>> day_in_words(dt.date(2025, 3, 3)), day_in_words(dt.date(2025, 3, 3), weekday=True), day_in_words(None)
    ('3 March 2025', 'Monday 3 March 2025', 'not recorded')
    """
    if day is None:
        return "not recorded"
    said = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {said}" if weekday else said


def short_day(day: dt.date | None, *, year: bool = True) -> str:
    """Say a date in little room, as a table or a chart needs it; '' where there is none.

    Examples
    --------
    >>> short_day(dt.date(2025, 9, 3)), short_day(dt.date(2025, 9, 3), year=False)
    ('3 Sep 2025', '3 Sep')
    """
    if day is None:
        return ""
    said = f"{day.day} {MONTHS[day.month - 1][:3]}"
    return f"{said} {day.year}" if year else said


def days_in_words(days: float) -> str:
    """Say a number of days, with weeks or months beside it where that is easier to picture.

    Parameters
    ----------
    days : float
        Days, 0 or more; rounded to whole days.

    Returns
    -------
    str

    Examples
    --------
    >>> days_in_words(1), days_in_words(12), days_in_words(61), days_in_words(400)
    ('1 day', '12 days', '61 days (about 9 weeks)', '400 days (about 13 months)')
    """
    if not math.isfinite(days) or days < 0:
        raise ValueError(f"A number of days is 0 or more; got {days!r}.")
    whole = math.floor(days + 0.5)
    said = count_in_words(whole, "day")
    if whole <= DAYS_SAID_PLAINLY:
        return said
    if whole <= DAYS_SAID_IN_WEEKS:
        return f"{said} (about {math.floor(whole / 7 + 0.5)} weeks)"
    return f"{said} (about {math.floor(whole * 12 / 365.25 + 0.5)} months)"


def when_in_words(day: dt.date | None, as_of: dt.date) -> str:
    """Say how far a date lies from the as-of date.

    Parameters
    ----------
    day : date or None
    as_of : date

    Returns
    -------
    str
        Such as "in 5 days", "tomorrow", "today", "12 days ago"; '' where there is no date.

    Examples
    --------
    >>> [when_in_words(dt.date(2025, 3, day), dt.date(2025, 3, 10)) for day in (1, 9, 10, 11, 15)]
    ['9 days ago', 'yesterday', 'today', 'tomorrow', 'in 5 days']
    """
    if day is None:
        return ""
    ahead = (day - as_of).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if ahead in near:
        return near[ahead]
    return f"in {count_in_words(ahead, 'day')}" if ahead > 0 else f"{count_in_words(-ahead, 'day')} ago"


def count_in_words(count: int, thing: str, things: str = "") -> str:
    """Say a count with its noun.

    Examples
    --------
    >>> count_in_words(1, "case"), count_in_words(1200, "case"), count_in_words(2, "duty", "duties")
    ('1 case', '1,200 cases', '2 duties')
    """
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def first_capital(text: str) -> str:
    """Start a text with a capital and leave the rest as it is, abbreviations too.

    Examples
    --------
    >>> first_capital("plan for an EHC review"), first_capital("")
    ('Plan for an EHC review', '')
    """
    return text[:1].upper() + text[1:]


def joined_in_words(parts: Sequence[str]) -> str:
    """Join phrases as a sentence does.

    Examples
    --------
    >>> joined_in_words(["4 new", "3 moved up", "5 left"])
    '4 new, 3 moved up and 5 left'
    """
    *first, last = parts if parts else ("",)
    return f"{', '.join(first)} and {last}" if first else last
