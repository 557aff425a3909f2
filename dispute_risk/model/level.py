"""The level of the risks: turning points into chances, and bringing a model's level up to date with recent appeals."""

from __future__ import annotations

import numpy as np

__all__ = ["chance", "fit_line", "fit_lines", "level_difference", "log_odds", "shrunk_level_update"]

LARGEST_LOG_ODDS = 35.0
"""Beyond this a chance is 0 or 1 to the last digit a computer holds."""


def chance(log_odds: np.ndarray) -> np.ndarray:
    """Turn log-odds into a probability.

    Examples
    --------
    >>> chance(np.array([0.0, 2.0])).round(3).tolist()
    [0.5, 0.881]
    """
    limited = np.clip(log_odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    return np.asarray(1.0 / (1.0 + np.exp(-limited)))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Turn a probability into log-odds; 0 and 1 are kept finite.

    Examples
    --------
    >>> log_odds(np.array([0.5, 0.881])).round(2).tolist()
    [0.0, 2.0]
    """
    smallest = float(chance(np.array(-LARGEST_LOG_ODDS)))
    inside = np.clip(np.asarray(probability, dtype=float), smallest, 1.0 - 1e-15)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _compressed(
    values: np.ndarray, outcome: np.ndarray, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up rows that share a value: distinct values, rows and appeals at each (points take only a few values)."""
    weight = np.ones(len(values)) if weight is None else np.asarray(weight, dtype=float)
    distinct, place = np.unique(values, return_inverse=True)
    rows = np.bincount(place, weights=weight, minlength=len(distinct))
    return distinct, rows, np.bincount(place, weights=weight * outcome, minlength=len(distinct))


def fit_line(
    values: np.ndarray,
    outcome: np.ndarray,
    weight: np.ndarray | None = None,
    slope_at_least: float | None = None,
    offset_only: bool = False,
) -> tuple[float, float]:
    """Fit `log-odds = a + b * values` by maximum likelihood and return `(a, b)`.

    Parameters
    ----------
    values : ndarray of shape (rows,)
        Points, or a model's log-odds.
    outcome : ndarray of shape (rows,)
        1 an appeal, 0 none.
    weight : ndarray of shape (rows,), optional
    slope_at_least : float, optional
        Smallest slope allowed; below it the slope is held there (more points can never mean less risk).
    offset_only : bool
        Hold the slope at 1 and fit the level alone (the calibration intercept).

    Notes
    -----
    The slope carries a penalty of a thousandth on the standardised values, so that a line which separates appeals
    from the rest still has an answer; with 30 appeals this moves nothing that is shown.

    Examples
    --------
    >>> a, b = fit_line(np.array([0., 0, 0, 0, 1, 1, 1, 1]), np.array([0., 0, 0, 1, 0, 1, 1, 1]))
    >>> round(b, 1)
    2.2
    """
    distinct, rows, yes = _compressed(np.asarray(values, dtype=float), np.asarray(outcome, dtype=float), weight)
    total = rows.sum()
    rate = min(max(yes.sum() / total, 1e-6), 1 - 1e-6)
    start = float(np.log(rate / (1 - rate)))
    spread = float(distinct.max() - distinct.min()) if len(distinct) else 0.0
    if spread == 0.0 and not offset_only:
        slope = 0.0 if slope_at_least is None else max(slope_at_least, 0.0)
        return start - slope * float(distinct[0]), slope
    if offset_only:
        return _newton_level(distinct, rows, yes, slope=1.0), 1.0
    level, slope = _newton_line(distinct, rows, yes, start)
    if slope_at_least is not None and slope < slope_at_least:
        return _newton_level(distinct, rows, yes, slope_at_least), slope_at_least
    return level, slope


def fit_lines(
    values: np.ndarray, outcome: np.ndarray, weights: np.ndarray, slope_at_least: float | None = None
) -> list[tuple[float, float]]:
    """Fit one line under each column of weights, shape (rows, fits): see `fit_line`; values are sorted only once.

    Examples
    --------
    >>> values, outcome = np.array([0., 0, 1, 1]), np.array([0., 1, 0, 1])
    >>> [round(level, 3) for level, _ in fit_lines(values, outcome, np.array([[1., 3], [1, 1], [1, 3], [1, 1]]))]
    [0.0, -1.099]
    """
    distinct, place = np.unique(values, return_inverse=True)
    number = len(distinct)
    seen, sums = np.repeat([0.0, 1.0], number), np.tile(distinct, 2)
    mine = place + number * (np.asarray(outcome) == 1)
    return [fit_line(sums, seen, np.bincount(mine, weights=weight, minlength=2 * number), slope_at_least)
            for weight in weights.T]


def _newton_level(values: np.ndarray, rows: np.ndarray, yes: np.ndarray, slope: float) -> float:
    """Solve for the level at a given slope; the expected number equals the observed one."""
    low, high = -60.0, 60.0
    target = min(max(yes.sum(), 1e-9), rows.sum() - 1e-9)
    for _ in range(100):
        middle = (low + high) / 2
        if rows @ chance(middle + slope * values) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _newton_line(values: np.ndarray, rows: np.ndarray, yes: np.ndarray, start: float) -> tuple[float, float]:
    """Newton's method with halved steps for a logistic line, on standardised values."""
    centre = rows @ values / rows.sum()
    scale = max(float(np.sqrt(rows @ (values - centre) ** 2 / rows.sum())), 1e-12)
    columns = np.column_stack([np.ones(len(values)), (values - centre) / scale])
    tiny = np.diag([0.0, 1e-3])  # keeps a perfectly separating line finite; see Notes of fit_line

    def loss(line: np.ndarray) -> float:
        reach = columns @ line
        return float(rows @ np.logaddexp(0.0, reach) - yes @ reach + 0.5 * line @ tiny @ line)

    line, now = np.array([start, 0.0]), np.inf
    now = loss(line)
    for _ in range(60):
        p = chance(columns @ line)
        slope_of_loss = columns.T @ (rows * p - yes) + tiny @ line
        curvature = (columns * (rows * p * (1 - p))[:, None]).T @ columns + tiny + 1e-12 * np.eye(2)
        step = np.linalg.solve(curvature, slope_of_loss)
        size = 1.0
        while size > 1e-6 and loss(line - size * step) > now:
            size /= 2
        line = line - size * step if size > 1e-6 else line
        now = loss(line)
        if size <= 1e-6 or np.abs(step).max() < 1e-11:
            break
    return float(line[0] - line[1] * centre / scale), float(line[1] / scale)


def level_difference(model_log_odds: np.ndarray, outcome: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Return how far, in log-odds, a model's level lies below the appeals seen: expected then equals observed."""
    return fit_line(model_log_odds, outcome, weight, offset_only=True)[0]


def shrunk_level_update(
    model_log_odds: np.ndarray, outcome: np.ndarray, case_id: np.ndarray, usual_drift: float = 0.3
) -> float:
    """Return the number to add to the log-odds so that the level follows recent appeals, shrunk towards no change.

    The raw difference `delta` is multiplied by `t² / (t² + 1 / E)`: `E` distinct appeals seen (cases with an appeal
    among the rows), `t` the usual drift. With few appeals a raw update is mostly noise.

    Parameters
    ----------
    model_log_odds, outcome, case_id : ndarray of shape (rows,)
        The last three landmarks whose outcome is known.
    usual_drift : float
        Standard deviation of the yearly drift of the level, in log-odds.

    Examples
    --------
    With no appeal at all nothing is learned:

    >>> shrunk_level_update(np.array([-2.0, -2.0]), np.array([0.0, 0.0]), np.array(["a", "b"]))
    0.0
    """
    appeals = len(np.unique(np.asarray(case_id)[np.asarray(outcome) == 1]))
    if appeals == 0:
        return 0.0
    difference = level_difference(model_log_odds, outcome)
    return difference * usual_drift**2 / (usual_drift**2 + 1.0 / appeals)
