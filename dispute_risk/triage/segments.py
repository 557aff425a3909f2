"""A straight trend with a yearly wave and a step, fitted to monthly counts: how much other they are after a date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["FEWEST_AFTER", "FEWEST_BEFORE", "Fitted", "design", "fit", "months_needed", "placebo_share"]

FEWEST_BEFORE, FEWEST_AFTER = 12, 6
"""Whole months without which nothing is compared: a year before, so that seasons are seen, and half a year after."""
LONGEST = 60
POWER, SURE = 0.8416, 1.96
"""Normal quantiles of 80 % power, and of a two-sided test at 5 %."""


@dataclass(frozen=True)
class Fitted:
    """A fitted line of monthly counts.

    Parameters
    ----------
    line : ndarray of shape (columns,)
    covariance : ndarray of shape (columns, columns)
    dispersion : float
        Variance over mean.
    freedom : int
        Months less columns.
    """

    line: np.ndarray
    covariance: np.ndarray
    dispersion: float
    freedom: int

    def step(self) -> tuple[float, float, float]:
        """Return the ratio at the step, the last column, with its 95 % range."""
        from scipy.stats import t

        wide = float(t.ppf(0.975, self.freedom)) * float(np.sqrt(self.covariance[-1, -1]))
        middle = float(self.line[-1])
        return float(np.exp(middle)), float(np.exp(middle - wide)), float(np.exp(middle + wide))


def design(months: np.ndarray, step_from: np.datetime64 | None) -> np.ndarray:
    """Return level, trend and yearly wave, and with a step date the step as the last column."""
    month = np.asarray(months, "datetime64[M]").astype(int).astype(float)
    turn = 2 * np.pi * month / 12
    columns = [np.ones(len(month)), (month - month.mean()) / 12, np.cos(turn), np.sin(turn)]
    if step_from is not None:
        columns.append((np.asarray(months, "datetime64[M]") >= step_from.astype("datetime64[M]")).astype(float))
    return np.column_stack(columns)


def fit(columns: np.ndarray, count: np.ndarray, base: np.ndarray) -> Fitted:
    """Fit log(count / base) = columns, by quasi-Poisson regression, with errors that allow for neighbouring months."""
    line = np.zeros(columns.shape[1])
    line[0] = np.log(max(count.sum(), 0.5) / base.sum())
    for _ in range(60):
        mean = base * np.exp(np.clip(columns @ line, -30, 30))
        inner = (columns * mean[:, None]).T @ columns + 1e-9 * np.eye(len(line))
        step = np.linalg.solve(inner, columns.T @ (count - mean))
        line = line + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    mean = base * np.exp(np.clip(columns @ line, -30, 30))
    freedom = max(len(count) - len(line), 1)
    dispersion = max(float((((count - mean) ** 2) / np.maximum(mean, 1e-9)).sum() / freedom), 1e-3)
    bread = np.linalg.inv((columns * mean[:, None]).T @ columns + 1e-9 * np.eye(len(line)))
    scores = columns * (count - mean)[:, None]
    middle = scores.T @ scores
    for lag in (1, 2, 3):  # Newey and West 1987, three months
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / 4) * (cross + cross.T)
    robust = bread @ middle @ bread * len(count) / freedom
    plain = bread * dispersion
    # The wider of the two: with so few months the robust one is often too narrow.
    return Fitted(line, robust if robust[-1, -1] > plain[-1, -1] else plain, dispersion, freedom)


def placebo_share(month: np.ndarray, count: np.ndarray, base: np.ndarray, first: np.datetime64, size: float) -> float:
    """Return the share of launch dates invented in the months before that give a step as large; NaN where there are too few."""
    mine = month < first
    month, count, base = month[mine], count[mine], base[mine]
    dates = month[FEWEST_AFTER: len(month) - FEWEST_AFTER + 1]
    if len(month) < FEWEST_BEFORE + FEWEST_AFTER or len(dates) < 5:
        return np.nan
    steps = [abs(float(fit(design(month, date), count, base).line[-1])) for date in dates]
    return float(np.mean(np.array(steps) >= size))


def months_needed(months: np.ndarray, each_month: float, dispersion: float, ratio: float) -> int | None:
    """Return how many months after a launch are needed to see a ratio with 80 % power, at 5 % two-sided.

    The variance is that of the step in the very model the comparison fits (level, trend, season, step).

    Parameters
    ----------
    months : ndarray of datetime64
        Months on record before the launch.
    each_month : float
        Mean count of a month.
    dispersion : float
        Variance over mean.
    ratio : float

    Returns
    -------
    int or None
        None where five years are not enough.

    Examples
    --------
    >>> months = np.arange("2022-01", "2025-01", dtype="datetime64[M]")
    >>> few, many = months_needed(months, 8.0, 1.2, 0.8), months_needed(months, 400.0, 1.2, 0.8)
    >>> few is None or few > many
    True
    """
    begun = np.asarray(months, "datetime64[M]")
    for after in range(FEWEST_AFTER, LONGEST + 1):
        every = np.concatenate([begun, begun[-1] + 1 + np.arange(after)])
        columns = design(every, begun[-1] + 1)
        spread = np.linalg.pinv((columns * each_month).T @ columns)[-1, -1] * dispersion
        if abs(np.log(ratio)) >= (POWER + SURE) * np.sqrt(spread):
            return after
    return None
