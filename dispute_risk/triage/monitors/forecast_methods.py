"""Ways to say how many there will be in each of the next months, the simplest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["METHODS", "Method", "growth_and_pattern", "level_and_pattern", "mean_of_last_12", "same_month_last_year"]

AHEAD = 12
MOST_YEARS = 4
"""The pattern over the year is taken from the last four years at most."""
GROWTH_SPREAD = 0.15
"""How far yearly growth ordinarily lies from none (on the log scale): growth seen in few cases is drawn towards none."""


@dataclass(frozen=True)
class Method:
    """One way to forecast.

    Parameters
    ----------
    label : str
    months_needed : int
        Full months of history without which it is not tried.
    ahead : callable
        Takes the counts of past months, returns the numbers expected in each of the next 12.
    """

    label: str
    months_needed: int
    ahead: Callable[[np.ndarray], np.ndarray]


def mean_of_last_12(counts: np.ndarray) -> np.ndarray:
    """Return the mean of the last 12 months, for every month ahead."""
    return np.full(AHEAD, counts[-12:].mean())


def same_month_last_year(counts: np.ndarray) -> np.ndarray:
    """Return the count of the same month a year before.

    >>> [int(n) for n in same_month_last_year(np.arange(24.0))]
    [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]
    """
    return counts[-12:].astype(float).copy()


def _pattern(counts: np.ndarray) -> np.ndarray:
    """Return the factor of each of the next 12 months of the year, drawn towards 1 where chance alone may explain it.

    Observed over expected of each month, over whole years ending now; the draw is that of gamma-Poisson shrinkage, with
    the spread between months estimated from what exceeds chance.
    """
    years = min(len(counts) // 12, MOST_YEARS)
    table = counts[-12 * years:].reshape(years, 12)
    expected = np.full(12, table.mean(axis=1).sum())
    seen = table.sum(axis=0)
    if expected[0] <= 0:
        return np.ones(12)
    spread = max(float(((seen - expected) ** 2 - expected).mean() / expected[0] ** 2), 0.0)
    weight = spread / (spread + 1 / expected[0])
    return 1 + weight * (seen / expected - 1)


def level_and_pattern(counts: np.ndarray) -> np.ndarray:
    """Return the mean of the last 12 months times the pattern over the year."""
    return counts[-12:].mean() * _pattern(counts)


def growth_and_pattern(counts: np.ndarray) -> np.ndarray:
    """Return level and pattern, grown on as the last 12 months grew over the 12 before, drawn towards no growth."""
    now, before = counts[-12:].sum(), counts[-24:-12].sum()
    growth = np.log((now + 1) / (before + 1))
    chance = 1 / (now + 1) + 1 / (before + 1)
    growth *= GROWTH_SPREAD**2 / (GROWTH_SPREAD**2 + chance)
    # The mean of the last 12 months stands 6.5 months before the first month ahead.
    return level_and_pattern(counts) * np.exp(growth * (np.arange(1, AHEAD + 1) + 5.5) / 12)


METHODS: dict[str, Method] = {
    "mean_of_last_12": Method("mean of the last 12 months", 12, mean_of_last_12),
    "same_month_last_year": Method("same month last year", 12, same_month_last_year),
    "level_and_pattern": Method("mean of the last 12 months with the pattern over the year", 24, level_and_pattern),
    "growth_and_pattern": Method("mean of the last 12 months with the pattern over the year and the growth of the last year", 24,
                                 growth_and_pattern),
}
"""Ways to forecast from counts alone, the simplest first."""
