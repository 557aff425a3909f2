"""Points at the level of national rates, for an authority with too few appeals of its own to train a model on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispute_risk.model.design import Design
from dispute_risk.model.fitted import FittedLine, FittedRisk
from dispute_risk.model.level import chance
from dispute_risk.model.points import POINTS, PointsItem, PointsModel, item_values, items_for

__all__ = ["FEWEST_APPEALS", "OPEN_SHARE", "PER_POINT", "YearlyAppeals", "points_at_level"]

FEWEST_APPEALS = 30
"""Cases with an appeal below which the authority's own records set no level (methods 2.1: the ridge is admitted from 30)."""

PER_POINT, PER_POINT_ERROR = 0.20, 0.05
"""Log-odds that a point adds, and its standard error: what the points alone, fitted where outcomes are known, came to.
`benchmarks/national_level.py` measures it on invented authorities set to England's averages and on a casebook that others
made; it is no figure about real families, and the range of each risk carries the error."""

OPEN_SHARE = 0.68
"""Share of the appeals of the next 26 weeks that come of cases at risk today, by the same measurement: the others come of
requests not yet received, or of cases already in dispute."""

DRAWS = 30
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class YearlyAppeals:
    """Appeals to expect of an authority in a year, from published rates.

    Parameters
    ----------
    expected, low, high : float
        Mean appeals a year, all above 0, and the range meant to hold it 80 times in 100.
    told : str
        A sentence that says where the figure comes from.
    """

    expected: float
    low: float
    high: float
    told: str


def points_at_level(
    names: Sequence[str],
    values: np.ndarray,
    yearly: YearlyAppeals,
    horizon_days: int,
    *,
    points: Sequence[PointsItem] = POINTS,
    random_state: int = 0,
) -> FittedRisk:
    """Return the points with the level at which the cases open today add up to the appeals expected of them.

    Parameters
    ----------
    names : sequence of str
        Features, in order.
    values : ndarray of shape (rows, features)
        Every case at risk on one date.
    yearly : YearlyAppeals
    horizon_days : int
    points : sequence of PointsItem
    random_state : int

    Returns
    -------
    FittedRisk
        Rung 'points'; its ranges hold what is not known of the level and of what a point adds.

    Examples
    --------
    >>> fitted = points_at_level(["type_only"], np.array([[1.0], [0.0], [0.0], [0.0]]),
    ...                          YearlyAppeals(1.0, 0.5, 1.8, "made up"), 182)
    >>> float(fitted.risk(np.array([[1.0], [0.0], [0.0], [0.0]])).sum().round(2))
    0.34
    """
    used, left_out = items_for(names, points)
    given = item_values(used, names, values)
    total, share = given.sum(axis=1), OPEN_SHARE * horizon_days / YEAR_DAYS
    model = PointsModel(used, left_out, _level(total, PER_POINT, yearly.expected * share), PER_POINT)
    rng = np.random.default_rng([random_state, 5])
    # The range is 80 %: 1.2816 standard errors to each side, on the log scale, as counts are skewed.
    spread = np.log(yearly.high / yearly.low) / (2 * 1.2816)
    appeals = yearly.expected * np.exp(spread * rng.standard_normal(DRAWS))
    slopes = np.maximum(PER_POINT + PER_POINT_ERROR * rng.standard_normal(DRAWS), 0.0)
    refits = np.array([(_level(total, slope, count * share), slope, 0.0)
                       for slope, count in zip(slopes, appeals, strict=True)])
    mean = given.mean(axis=0) if len(given) else np.zeros(len(used))
    empty = Design(tuple(names), ("number",) * len(names), (0,) * len(names), ())
    return FittedRisk("points", FittedLine(model, mean, empty, 0.0, np.zeros(0), refits))


def _level(total: np.ndarray, per_point: float, expected: float) -> float:
    """Return the level at which the risks of the rows add up to the appeals expected (bisection)."""
    if not len(total):
        raise ValueError("no case is at risk, so there is nothing to spread the expected appeals over")
    expected = min(max(expected, 1e-6), 0.9 * len(total))
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        if float(chance(middle + per_point * total).sum()) < expected:
            low = middle
        else:
            high = middle
    return (low + high) / 2
