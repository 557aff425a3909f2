"""Rate ratios adjusted together: proportional hazards in discrete time, with families kept whole and a weak prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["RateFit", "fit_rates"]

LARGEST_STEP, ITERATIONS, CLOSE_ENOUGH = 3.0, 60, 1e-9


@dataclass(frozen=True)
class RateFit:
    """Log rate ratios and how surely they are known.

    Parameters
    ----------
    coefficient : ndarray of shape (columns,)
        Log rate ratios, the constant first.
    covariance : ndarray of shape (columns, columns)
        With families as the independent units.
    model_variance : ndarray of shape (columns,)
        As if every row were independent, the prior counted.
    influence : ndarray of shape (families, columns)
        By how much each family moved the coefficients; what a bootstrap over families needs.
    log_likelihood : float
        Without the prior.
    """

    coefficient: np.ndarray
    covariance: np.ndarray
    model_variance: np.ndarray
    influence: np.ndarray
    log_likelihood: float

    @property
    def standard_error(self) -> np.ndarray:
        """Standard errors, families kept whole, and never below those of independent rows.

        The spread between families is itself ill known where few appeals are exposed, and then comes out too small.
        """
        return np.sqrt(np.maximum(np.diag(self.covariance), self.model_variance))


def fit_rates(
    design: np.ndarray, event: np.ndarray, length: np.ndarray, family: np.ndarray, *, free: int = 1
) -> RateFit:
    """Fit the complementary log-log model of an event in each period, by Fisher scoring.

    With hazard `exp(design @ coefficient)` for each unit of length, an event falls in a period with chance
    `1 - exp(-length * hazard)`: exact for proportional hazards whatever the hazard does in time. Each coefficient but
    the first `free` has a log-F(1, 1) prior (Greenland and Mansournia, Statistics in Medicine 2015, 34, 3133), which is
    worth one event: it keeps ratios finite where few appeals are exposed and moves others little.

    Parameters
    ----------
    design : ndarray of shape (rows, columns), float64
        First column constant.
    event : ndarray of shape (rows,)
        1 or 0.
    length : ndarray of shape (rows,)
        Time at risk, above 0.
    family : ndarray of int, shape (rows,)
    free : int
        Leading columns without a prior.

    Returns
    -------
    RateFit

    Raises
    ------
    ValueError
        Where there is no event, or the fit does not settle.

    Examples
    --------
    >>> event = np.array([1.0, 0, 0, 0] * 50)
    >>> fit = fit_rates(np.ones((200, 1)), event, np.ones(200), np.arange(200))
    >>> bool(abs(fit.coefficient[0] - np.log(-np.log(0.75))) < 1e-6)
    True
    """
    if not event.any():
        raise ValueError("no event in the rows: there is nothing to fit")
    prior = np.ones(design.shape[1])
    prior[:free] = 0.0
    offset = np.log(length)
    coefficient = np.zeros(design.shape[1])
    coefficient[0] = np.log(event.sum() / length.sum())
    value = _objective(design, event, offset, coefficient, prior)
    for _ in range(ITERATIONS):
        slope, weight, _ = _pieces(design, event, offset, coefficient)
        gradient = design.T @ slope + prior * (0.5 - _logistic(coefficient))
        step = np.linalg.solve(_information(design, weight, coefficient, prior), gradient)
        step *= min(1.0, LARGEST_STEP / max(np.abs(step).max(), 1e-12))
        promised = float(gradient @ step)
        trial = _objective(design, event, offset, coefficient + step, prior)
        while trial < value - 1e-12 * abs(value) and np.abs(step).max() > 1e-12:
            step = step / 2
            trial = _objective(design, event, offset, coefficient + step, prior)
        coefficient, value = coefficient + step, trial
        if promised < CLOSE_ENOUGH * max(1.0, event.sum()):
            break
    else:
        raise ValueError("the fit does not settle; check the rows for columns that repeat one another")
    return _with_families(design, event, offset, coefficient, prior, family)


def _with_families(
    design: np.ndarray, event: np.ndarray, offset: np.ndarray, coefficient: np.ndarray, prior: np.ndarray,
    family: np.ndarray,
) -> RateFit:
    """Return the fit with the spread that families, not rows, give it (sandwich)."""
    slope, weight, likelihood = _pieces(design, event, offset, coefficient)
    bread = np.linalg.inv(_information(design, weight, coefficient, prior))
    order = np.argsort(family, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(family[order]) != 0])
    score = np.add.reduceat(design[order] * slope[order, None], starts, axis=0)
    influence = score @ bread
    few = len(starts) / max(len(starts) - 1, 1)
    return RateFit(coefficient, few * influence.T @ influence, np.diag(bread).copy(), influence, likelihood)


def _pieces(
    design: np.ndarray, event: np.ndarray, offset: np.ndarray, coefficient: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the slope of each row's log likelihood, its weight, and the log likelihood."""
    rate = np.exp(np.clip(design @ coefficient + offset, -50.0, 6.0))
    odds = rate / np.expm1(rate)
    happened = event > 0
    slope = np.where(happened, odds, -rate)
    likelihood = np.where(happened, np.log(-np.expm1(-rate)), -rate).sum()
    return slope, rate * odds, float(likelihood)


def _objective(
    design: np.ndarray, event: np.ndarray, offset: np.ndarray, coefficient: np.ndarray, prior: np.ndarray
) -> float:
    penalty = prior @ (0.5 * coefficient - np.logaddexp(0.0, coefficient))
    return _pieces(design, event, offset, coefficient)[2] + float(penalty)


def _information(design: np.ndarray, weight: np.ndarray, coefficient: np.ndarray, prior: np.ndarray) -> np.ndarray:
    place = _logistic(coefficient)
    return design.T @ (design * weight[:, None]) + np.diag(prior * place * (1 - place) + 1e-10)


def _logistic(value: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-value))
