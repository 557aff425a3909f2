"""Counts and rates before anything is held equal, with exact intervals, and control of false discoveries."""

from __future__ import annotations

import numpy as np

__all__ = ["exact_rate_ratio", "false_discovery_rates"]


def exact_rate_ratio(
    appeals_exposed: int, months_exposed: float, appeals_unexposed: int, months_unexposed: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the ratio of two rates with its exact mid-P interval.

    Given how many appeals there were, those exposed are binomial (Rothman, Greenland and Lash, Modern Epidemiology, ch. 14);
    the interval takes half the chance of the number found, which is less wide than the fully exact one.

    Returns
    -------
    ratio, low, high : float
        NaN where there is nothing to compare; the upper limit is infinite where nobody unexposed appealed.

    Examples
    --------
    >>> [round(value, 2) for value in exact_rate_ratio(10, 100, 10, 200)]
    [2.0, 0.81, 4.93]
    """
    total = appeals_exposed + appeals_unexposed
    if not total or months_exposed <= 0 or months_unexposed <= 0:
        return np.nan, np.nan, np.nan
    base = months_exposed / months_unexposed
    ratio = appeals_exposed / appeals_unexposed / base if appeals_unexposed else np.inf
    tail = (1 - level) / 2
    low = _where_chance_is(1 - tail, appeals_exposed, total, base) if appeals_exposed else 0.0
    high = _where_chance_is(tail, appeals_exposed, total, base) if appeals_unexposed else np.inf
    return ratio, low, high


def _where_chance_is(wanted: float, exposed: int, total: int, base: float) -> float:
    """Return the rate ratio at which so few are exposed, or half as likely as many, with the chance wanted."""
    from scipy.special import bdtr

    low, high = -40.0, 40.0
    for _ in range(100):  # the chance falls as the ratio grows: halve the range
        middle = (low + high) / 2
        chance = 1 / (1 + np.exp(-middle) / base)
        below = (bdtr(exposed - 1, total, chance) if exposed else 0.0) + bdtr(exposed, total, chance)
        low, high = (middle, high) if below / 2 > wanted else (low, middle)
    return float(np.exp(low))


def false_discovery_rates(p: np.ndarray) -> np.ndarray:
    """Return for each p-value the rate of false discoveries if all as small are reported; NaN stays NaN.

    Benjamini and Hochberg, Journal of the Royal Statistical Society B 1995, 57, 289.

    Examples
    --------
    >>> false_discovery_rates(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    found = np.full(len(p), np.nan)
    stated = np.flatnonzero(~np.isnan(p))
    order = stated[np.argsort(p[stated], kind="stable")]
    if len(order):
        each = p[order] * len(order) / np.arange(1, len(order) + 1)
        found[order] = np.minimum(np.minimum.accumulate(each[::-1])[::-1], 1.0)
    return found
