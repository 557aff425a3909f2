"""Rung 1: the points, corrected by the records of the authority as far as its appeals can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.model.classifier import RiskClassifier
from dispute_risk.model.corrections import Fits, curvature_of, fit_corrections
from dispute_risk.model.design import Design
from dispute_risk.model.fitted import FittedLine
from dispute_risk.model.level import chance, fit_lines
from dispute_risk.model.one_core import on_one_core
from dispute_risk.model.points import POINTS, PointsItem, PointsModel, item_values
from dispute_risk.model.rows import (
    TrainingRows,
    choose_simplest,
    family_weights,
    folds_of,
    row_losses,
    training_rows,
)

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["PENALTIES", "PointsAnchoredRidge", "RidgeFit", "fit_ridge"]

PENALTIES = (30.0, 100.0, 300.0, 1000.0, 3000.0)
"""Penalties tried, on the scale of monthly rows."""
TOO_FEW_TO_TUNE = 20
"""With fewer appeals the strongest penalty is taken: the data cannot tell penalties apart."""
ROWS_FOR_CURVATURE = 6_000
"""Rows that give the direction of the first steps; where they end does not depend on it."""


@dataclass(frozen=True)
class RidgeFit:
    """A fitted ridge and what was learned on the way, for the rungs above.

    Parameters
    ----------
    line : FittedLine
    penalty : float
    fold : ndarray of int, shape (rows,)
    out_of_fold, points_out_of_fold : ndarray of shape (rows,)
        Log-odds of each row from a fit without its family.
    """

    line: FittedLine
    penalty: float
    fold: np.ndarray
    out_of_fold: np.ndarray
    points_out_of_fold: np.ndarray


def points_line(rows: TrainingRows, points: Sequence[PointsItem]) -> FittedLine:
    """Fit rung 0 as a line without corrections."""
    model = PointsModel.fit(rows.names, rows.values, rows.outcome, rows.weight, points)
    given = np.average(item_values(model.items, rows.names, rows.values), axis=0, weights=rows.weight)
    empty = Design(rows.names, ("number",) * len(rows.names), (0,) * len(rows.names), ())
    return FittedLine(model, given, empty, 0.0, np.zeros(0))


class _Problem:
    """The rows of a ridge in the form the sums need: columns, totals of points, limits."""

    def __init__(self, rows: TrainingRows, catalogue: Catalogue | None, points: Sequence[PointsItem]) -> None:
        self.rows = rows
        self.base = points_line(rows, points)
        items = self.base.points.items
        self.design = Design.fit(rows.names, rows.values, rows.weight, catalogue, items)
        self.columns = self.design.matrix(rows.values)
        self.total = item_values(items, rows.names, rows.values).sum(axis=1)
        self.per_item = {(item.feature, float(item.at_least)): float(item.points) for item in items}

    def limits(self, per_point: float) -> tuple[np.ndarray, np.ndarray]:
        return self.design.bounds({key: per_point * points for key, points in self.per_item.items()})

    def anchors(self, weights: np.ndarray) -> list[tuple[float, float]]:
        """Fit level and slope of the points under each column of weights."""
        return fit_lines(self.total, self.rows.outcome, weights, slope_at_least=0.0)

    def fit(
        self, weights: np.ndarray, anchors: Sequence[tuple[float, float]], penalties: Sequence[float], **how: Any
    ) -> Fits:
        offset = np.column_stack([level + slope * self.total for level, slope in anchors])
        limits = [self.limits(slope) for _, slope in anchors]
        lower = np.column_stack([low for low, _ in limits])
        upper = np.column_stack([high for _, high in limits])
        return fit_corrections(
            self.columns, self.rows.outcome, weights, offset, np.asarray(penalties, dtype=float), lower, upper, **how
        )


@on_one_core
def fit_ridge(
    rows: TrainingRows,
    catalogue: Catalogue | None = None,
    points: Sequence[PointsItem] = POINTS,
    penalties: Sequence[float] = PENALTIES,
    folds: int = 4,
    n_refits: int = 0,
    random_state: int = 0,
    fold: np.ndarray | None = None,
) -> RidgeFit:
    """Fit the points-anchored ridge: choose the penalty by families, fit, and refit on drawn families.

    Parameters
    ----------
    rows : TrainingRows
    catalogue : Catalogue, optional
    points : sequence of PointsItem
    penalties : sequence of float
        One penalty is taken as it is; of several, the largest whose out-of-fold log loss is within one standard
        error of the smallest loss.
    folds, n_refits, random_state : int
    fold : ndarray of int, optional
        Folds already dealt.

    Notes
    -----
    The columns are standardised once, on all rows, so that folds share them; no outcome enters there.
    """
    problem = _Problem(rows, catalogue, points)
    fold = folds_of(rows, folds, random_state) if fold is None else fold
    tunable = rows.appeals >= TOO_FEW_TO_TUNE
    ordered = sorted({float(penalty) for penalty in penalties}, reverse=True)
    candidates = ordered if tunable else ordered[:1]
    near = _near(problem, candidates)
    chosen, out_of_fold, points_out_of_fold = 0, np.zeros(0), np.zeros(0)
    if tunable:
        chosen, out_of_fold, points_out_of_fold = _cross_fit(problem, candidates, fold, near)
    penalty = candidates[chosen]
    line = _final(problem, penalty, near[:, [chosen]])
    if n_refits:
        line = _with_refits(problem, line, penalty, n_refits, random_state)
    return RidgeFit(line, penalty, fold, out_of_fold, points_out_of_fold)


def _near(problem: _Problem, penalties: Sequence[float]) -> np.ndarray:
    """Return the answer of each penalty on all rows, nearly: where the exact fits, and those of each fold, begin."""
    base, number = problem.base.points, len(penalties)
    return problem.fit(
        np.repeat(problem.rows.weight[:, None], number, axis=1), [(base.level, base.per_point)] * number, penalties,
        curvature_group=np.zeros(number, dtype=int), curvature_rows=ROWS_FOR_CURVATURE, tolerance=1e-4, most_steps=12,
    ).solution


def _curvature_without_folds(problem: _Problem, solution: np.ndarray, fold: np.ndarray) -> dict[int, np.ndarray]:
    """Return for each fold the curvature at a solution over the rows of all the others: each row is added up once."""
    base, rows = problem.base.points, problem.rows
    p = chance(base.level + base.per_point * problem.total + solution[0] + problem.columns @ solution[1:])
    bent = rows.weight * p * (1 - p)
    of_fold = [curvature_of(problem.columns[fold == number], bent[fold == number]) for number in range(fold.max() + 1)]
    return {number: np.sum(of_fold[:number] + of_fold[number + 1:], axis=0) for number in range(len(of_fold))}


def _cross_fit(
    problem: _Problem, penalties: Sequence[float], fold: np.ndarray, near: np.ndarray
) -> tuple[int, np.ndarray, np.ndarray]:
    """Choose the penalty on held-out families; return its place with the held-out log-odds of ridge and points."""
    rows, folds, number = problem.rows, int(fold.max()) + 1, len(penalties)
    kept = np.column_stack([rows.weight * (fold != one) for one in range(folds)])
    anchors = problem.anchors(kept)
    fits = problem.fit(
        np.repeat(kept, number, axis=1),
        [anchor for anchor in anchors for _ in penalties],
        list(penalties) * folds,
        start=np.tile(near, folds),
        curvature=_curvature_without_folds(problem, near[:, number // 2], fold),
        curvature_group=np.repeat(np.arange(folds), number),
        tolerance=1e-7,
        most_steps=25,
    )
    row = np.arange(len(fold))
    held_out = [fits.reach[row, fold * number + place] for place in range(number)]
    losses = [row_losses(reach, rows.outcome) for reach in held_out]
    chosen = choose_simplest(losses, rows.weight, rows.family)
    level, slope = np.array(anchors).T
    return chosen, held_out[chosen], level[fold] + slope[fold] * problem.total


def _final(problem: _Problem, penalty: float, near: np.ndarray) -> FittedLine:
    base = problem.base
    anchor = (base.points.level, base.points.per_point)
    fits = problem.fit(
        problem.rows.weight[:, None], [anchor], [penalty], start=near, tolerance=1e-10, refresh_every=True)
    solution = fits.solution[:, 0]
    return FittedLine(base.points, base.points_mean, problem.design, float(solution[0]), solution[1:])


def _with_refits(problem: _Problem, line: FittedLine, penalty: float, n_refits: int, random_state: int) -> FittedLine:
    """Refit on drawn families, all at once from the final fit, with its curvature (a few steps suffice)."""
    rows = problem.rows
    drawn = family_weights(rows.families, n_refits, np.random.default_rng([random_state, 1]))
    weights = rows.weight[:, None] * drawn[rows.family]
    anchors = problem.anchors(weights)
    solution = np.concatenate([[line.level], line.coefficients])
    p = chance(line.points.level + line.points.per_point * problem.total + solution[0]
               + problem.columns @ solution[1:])
    fits = problem.fit(
        weights,
        anchors,
        [penalty] * n_refits,
        start=np.repeat(solution[:, None], n_refits, axis=1),
        curvature={0: curvature_of(problem.columns, rows.weight * p * (1 - p))},
        curvature_group=np.zeros(n_refits, dtype=int),
        tolerance=1e-5,
        most_steps=8,
    )
    refits = np.column_stack([np.array(anchors), fits.solution.T])
    return FittedLine(line.points, line.points_mean, line.design, line.level, line.coefficients, refits)


class PointsAnchoredRidge(RiskClassifier):
    """Ridge logistic that starts from the breach points: with few appeals it is the points, with more it departs.

    Minimises `sum(weight * negative log-likelihood) + penalty / 2 * |coefficients|²` with the calibrated points as
    offset. Where the catalogue fixes a direction the total effect, points included, keeps its sign.

    Parameters
    ----------
    catalogue : Catalogue, optional
        Units, directions and limits; without it every column is a plain number and there are no points.
    points : tuple of PointsItem
    penalties : tuple of float
        Tried on held-out families; give one to fix it.
    n_refits : int
        Family-bootstrap refits, for `interval`.
    random_state : int

    Attributes
    ----------
    fitted_ : FittedLine
    penalty_ : float
    classes_ : ndarray

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 2))
    >>> y = (rng.random(400) < chance(X[:, 0] - 1)).astype(int)
    >>> risk = PointsAnchoredRidge().fit(X, y).predict_proba(X)[:, 1]
    >>> bool(risk[X[:, 0] > 1].mean() > risk[X[:, 0] < 0].mean())
    True
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        points: tuple[PointsItem, ...] = POINTS,
        penalties: tuple[float, ...] = PENALTIES,
        n_refits: int = 0,
        random_state: int = 0,
    ) -> None:
        self.catalogue = catalogue
        self.points = points
        self.penalties = penalties
        self.n_refits = n_refits
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> PointsAnchoredRidge:
        """Fit on rows with a known outcome; `groups` are families, each its own row where not given."""
        rows = training_rows(self, X, y, groups, sample_weight, self.catalogue)
        fit = fit_ridge(
            rows, self.catalogue, self.points, self.penalties, n_refits=self.n_refits, random_state=self.random_state
        )
        self.classes_, self.fitted_, self.penalty_ = rows.classes, fit.line, fit.penalty
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the log-odds of an appeal, shape (rows,)."""
        values = self._checked_values(X)
        return self.fitted_.log_odds(values)
