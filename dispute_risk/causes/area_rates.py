"""Rates of areas side by side, each drawn towards all areas together as far as its numbers are small; never a league table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import gammaln
from scipy.stats import chi2, gamma, poisson

__all__ = ["PLACES", "poisson_interval", "shrunk_rates"]

PLACES: dict[str, str] = {
    "within": "no further from all areas together than chance alone would put it",
    "above": "higher than chance alone would put it",
    "below": "lower than chance alone would put it",
    "": "too few to place",
}
"""Where an area stands in the funnel: the 95 % limits of chance around all areas together."""

SHAPES = np.geomspace(0.5, 500, 120)
PRIOR_SHAPE = 20.0
"""Areas of one authority mostly differ by about a fifth (1 / sqrt(20)); a few areas say little about their own spread, so
the estimate is drawn towards that."""


def poisson_interval(count: float, coverage: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a Poisson mean.

    >>> [round(end, 2) for end in poisson_interval(10)]
    [4.8, 18.39]
    """
    tail = (1 - coverage) / 2
    return (float(chi2.ppf(tail, 2 * count)) / 2 if count > 0 else 0.0, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2)


def shrunk_rates(counts: Sequence[float], bases: Sequence[float]) -> pd.DataFrame:
    """Return the rate of each area per 100, drawn towards all areas together, and where it stands in the funnel.

    Levels of areas are taken to follow a gamma distribution around the rate of all of them, and what is observed to be a
    Poisson count (empirical Bayes). The fewer decisions an area takes, the nearer its rate is drawn to the whole.

    Parameters
    ----------
    counts, bases : sequence of float
        Appeals and decisions of each area; NaN where withheld.

    Returns
    -------
    DataFrame
        In the order given: `rate`, `shrunk`, `low`, `high` (95 %), `chance_low`, `chance_high` (within which chance alone
        would leave it; all per 100), `place` (key of `PLACES`).

    Examples
    --------
    >>> table = shrunk_rates([30, 33, 2], [1000, 1100, 40])
    >>> table["rate"].round(1).tolist(), table["shrunk"].round(1).tolist()
    ([3.0, 3.0, 5.0], [3.0, 3.0, 3.1])
    """
    count, base = np.asarray(counts, float), np.asarray(bases, float)
    known = ~np.isnan(count) & ~np.isnan(base) & (base > 0)
    out = pd.DataFrame({name: np.full(len(count), np.nan) for name in
                        ("rate", "shrunk", "low", "high", "chance_low", "chance_high")})
    out["place"] = ""
    if not known.any() or not count[known].sum():
        return out
    here, expected = count[known], base[known] * count[known].sum() / base[known].sum()
    shape = _shape(here, expected)
    whole = 100 * here.sum() / base[known].sum()
    level = gamma(shape + here, scale=1 / (shape + expected))
    low, high = poisson.ppf(0.025, expected), poisson.ppf(0.975, expected)
    out.loc[known, "rate"] = 100 * here / base[known]
    out.loc[known, "shrunk"] = whole * (shape + here) / (shape + expected)
    out.loc[known, "low"], out.loc[known, "high"] = whole * level.ppf(0.025), whole * level.ppf(0.975)
    out.loc[known, "chance_low"], out.loc[known, "chance_high"] = 100 * low / base[known], 100 * high / base[known]
    out.loc[known, "place"] = np.select([here < low, here > high], ["below", "above"], "within")
    return out


def _shape(count: np.ndarray, expected: np.ndarray) -> float:
    """Return the shape of the gamma distribution of levels: the likelihood of the counts with a weak prior."""
    if len(count) < 2:
        return PRIOR_SHAPE
    shape, one, mean = SHAPES[:, None], count[None, :], expected[None, :]
    log = (gammaln(shape + one) - gammaln(shape) + shape * np.log(shape / (shape + mean))
           + one * np.log(mean / (shape + mean))).sum(axis=1)
    prior = -0.5 * (np.log(SHAPES / PRIOR_SHAPE) / np.log(4)) ** 2
    return float(SHAPES[np.argmax(log + prior)])
