"""The sums behind the ridge: many penalised logistic fits at once, each with its own weights, penalty and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dispute_risk.model.level import chance

__all__ = ["Fits", "curvature_of", "fit_corrections"]

FREE_MARGIN = 1e-9


@dataclass(frozen=True)
class Fits:
    """Levels and coefficients of several fits side by side.

    Parameters
    ----------
    solution : ndarray of shape (1 + columns, fits)
        The level in the first row.
    reach : ndarray of shape (rows, fits)
        Log-odds of every row under every fit, rows of weight 0 (held out) included.
    converged : bool
    """

    solution: np.ndarray
    reach: np.ndarray
    converged: bool


def curvature_of(columns: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the second derivative of the negative log-likelihood, level first, for weights w·p·(1-p)."""
    scaled = columns * np.sqrt(weight)[:, None]
    inner = scaled.T @ scaled
    edge = columns.T @ weight
    return np.block([[np.array([[weight.sum()]]), edge[None, :]], [edge[:, None], inner]])


class _Running:
    """The fits that have not yet ended, side by side: where each stands, and its gradient and loss there."""

    def __init__(
        self, columns: np.ndarray, outcome: np.ndarray, weight: np.ndarray, offset: np.ndarray, penalised: np.ndarray,
        limits: tuple[np.ndarray, np.ndarray], solution: np.ndarray,
    ) -> None:
        self.columns, self.weight, self.offset, self.penalised = columns, weight, offset, penalised
        self.yes = np.flatnonzero(outcome)
        self.weight_yes = weight[self.yes] * outcome[self.yes, None]
        self.low, self.high = limits
        self.fit, self.size = np.arange(weight.shape[1]), np.ones(weight.shape[1])
        self.newton = [_Newton() for _ in self.fit]
        self.solution = solution
        self.reach, self.gradient, self.loss = self._at(solution)

    def _at(self, solution: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return log-odds of every row, gradient and penalised negative log-likelihood at a solution of each fit."""
        reach = self.columns @ solution[1:]
        reach += self.offset
        reach += solution[0]
        odds = np.clip(reach, -500, 500)
        linear = np.einsum("ij,ij->j", self.weight_yes, odds[self.yes])
        np.exp(odds, out=odds)
        above = 1.0 + odds
        residual = np.divide(odds, above, out=odds)
        loss = np.einsum("ij,ij->j", self.weight, np.log(above, out=above)) - linear
        residual *= self.weight
        residual[self.yes] -= self.weight_yes
        gradient = np.vstack([residual.sum(axis=0), self.columns.T @ residual]) + self.penalised * solution
        return reach, gradient, loss + 0.5 * (self.penalised * solution**2).sum(axis=0)

    def remaining(self) -> np.ndarray:
        """Return the largest part of each fit's gradient that is not held by a limit."""
        held = _held(self.gradient, self.solution, self.low, self.high)
        return np.asarray(np.abs(np.where(held, 0.0, self.gradient)).max(axis=0))

    def step(self, curvatures: Mapping[int, np.ndarray], groups: np.ndarray) -> bool:
        """Go one Newton step in every fit, a shorter one after a step that made it worse; whether all got better."""
        proposed = np.empty_like(self.solution)
        for place, (group, newton) in enumerate(zip(groups[self.fit].tolist(), self.newton, strict=True)):
            low, high, now = self.low[:, place], self.high[:, place], self.solution[:, place]
            step = newton.step(self.gradient[:, place], curvatures[group], self.penalised[:, place], now, low, high)
            proposed[:, place] = np.clip(now - self.size[place] * step, low, high)
        found = (proposed, *self._at(proposed))
        worse = ~(found[3] <= self.loss + 1e-12 * np.abs(self.loss))
        if worse.any():
            for new, old in zip(found, (self.solution, self.reach, self.gradient, self.loss), strict=True):
                new[..., worse] = old[..., worse]
        self.solution, self.reach, self.gradient, self.loss = found
        self.size = np.where(worse, self.size / 4, np.minimum(1.0, self.size * 2))
        return not worse.any()

    def keep(self, kept: np.ndarray) -> None:
        """Go on with some of the fits only."""
        for name in ("weight", "offset", "penalised", "weight_yes", "low", "high", "fit", "size", "solution", "reach",
                     "gradient", "loss"):
            setattr(self, name, np.ascontiguousarray(getattr(self, name)[..., kept]))
        self.newton = [newton for newton, goes_on in zip(self.newton, kept, strict=True) if goes_on]


class _Newton:
    """Newton steps of one fit; what was factorised is kept while curvature and free coefficients stay the same."""

    def __init__(self) -> None:
        self.bent: np.ndarray | None = None
        self.free = np.zeros(0, dtype=bool)
        self.factor: Any = None

    def step(
        self, gradient: np.ndarray, curvature: np.ndarray, penalised: np.ndarray, solution: np.ndarray,
        lower: np.ndarray, upper: np.ndarray,
    ) -> np.ndarray:
        """Step in the coefficients that are not held at a limit (Bertsekas 1982, projected Newton)."""
        from scipy.linalg import cho_solve

        free = ~_held(gradient, solution, lower, upper)
        if self.bent is not curvature or not np.array_equal(free, self.free):
            self.bent, self.free = curvature, free
            self.factor = _factorised(curvature[np.ix_(free, free)] + np.diag(penalised[free]))
        step = np.zeros_like(solution)
        step[free] = cho_solve(self.factor, gradient[free], check_finite=False)
        return step


def _factorised(inner: np.ndarray) -> Any:
    """Return the Cholesky factor; columns that say the same without a penalty are held apart by a trace of one."""
    from scipy.linalg import cho_factor

    ridge = 1e-12 * max(float(np.trace(inner)), 1e-300) / max(len(inner), 1)
    for _ in range(12):
        try:
            return cho_factor(inner + ridge * np.eye(len(inner)), lower=True, check_finite=False)
        except np.linalg.LinAlgError:
            ridge *= 10
    raise np.linalg.LinAlgError("the curvature of the likelihood is not positive definite")


def _held(gradient: np.ndarray, solution: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return which coefficients stand at a limit and would go beyond it."""
    return np.asarray(((solution <= lower + FREE_MARGIN) & (gradient > 0))
                      | ((solution >= upper - FREE_MARGIN) & (gradient < 0)))


def fit_corrections(
    columns: np.ndarray,
    outcome: np.ndarray,
    weight: np.ndarray,
    offset: np.ndarray,
    penalty: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    start: np.ndarray | None = None,
    curvature: Mapping[int, np.ndarray] | None = None,
    curvature_group: np.ndarray | None = None,
    refresh_every: bool = False,
    curvature_rows: int | None = None,
    tolerance: float = 1e-8,
    most_steps: int = 60,
) -> Fits:
    """Minimise, for each fit, the weighted negative log-likelihood plus `penalty / 2 * |coefficients|²` within limits.

    All fits share one product of matrices per step, which on one core is many times faster than one after another.

    Parameters
    ----------
    columns : ndarray of shape (rows, columns)
    outcome : ndarray of shape (rows,)
    weight, offset : ndarray of shape (rows, fits)
    penalty : ndarray of shape (fits,)
    lower, upper : ndarray of shape (columns, fits)
    start : ndarray of shape (1 + columns, fits), optional
        Where to start (a warm start).
    curvature : mapping of int to ndarray of shape (1 + columns, 1 + columns), optional
        A curvature without penalty for each group, to begin with; computed anew only from step 8 on.
    curvature_group : ndarray of int, shape (fits,), optional
        Fits that share a curvature (same weights, another penalty); by default each has its own.
    refresh_every : bool
        Compute the curvature anew at each step; otherwise in steps 0, 1, 2, 4, 8, ... and after a step that failed.
    curvature_rows : int, optional
        Take the curvature from about this many rows, evenly spread and scaled up: other steps, the same answer.
    tolerance : float
        Largest gradient left, per unit of weight.

    Returns
    -------
    Fits
    """
    fits, unlimited = weight.shape[1], np.full((1, weight.shape[1]), np.inf)
    low, high = np.vstack([-unlimited, lower]), np.vstack([unlimited, upper])
    penalised = np.vstack([np.zeros((1, fits)), np.repeat(penalty[None, :], columns.shape[1], axis=0)])
    begin = np.clip(np.zeros(low.shape) if start is None else start, low, high)
    running = _Running(columns, outcome, weight, offset, penalised, (low, high), begin)
    groups = np.arange(fits) if curvature_group is None else curvature_group
    curvatures = {} if curvature is None else dict(curvature)
    enough = tolerance * np.maximum(weight.sum(axis=0), 1e-12)
    every = 1 if curvature_rows is None else max(1, len(columns) // curvature_rows)
    solution, reach, converged = np.empty_like(begin), np.empty_like(offset), np.zeros(fits, dtype=bool)
    better = True
    for turn in range(most_steps + 1):
        at_end = running.remaining() <= enough[running.fit]
        ended = at_end | (running.size < 1e-8) | (turn == most_steps)
        if ended.any():
            solution[:, running.fit[ended]], reach[:, running.fit[ended]] = running.solution[:, ended], running.reach[:, ended]
            converged[running.fit[at_end]] = True
            running.keep(~ended)
        if not len(running.fit):
            break
        if (curvature is None or turn >= 8) and (refresh_every or not better or turn & (turn - 1) == 0):
            curvatures = _curvatures(running, groups, every)
        better = running.step(curvatures, groups)
    return Fits(solution, reach, bool(converged.all()))


def _curvatures(running: _Running, groups: np.ndarray, every: int) -> dict[int, np.ndarray]:
    """Return one curvature a group, at the middle of its fits that go on."""
    found = {}
    mine = groups[running.fit]
    for group in np.unique(mine):
        members = np.flatnonzero(mine == group)
        middle = members[len(members) // 2]
        p = chance(running.reach[::every, middle])
        found[int(group)] = curvature_of(running.columns[::every], every * running.weight[::every, middle] * p * (1 - p))
    return found
