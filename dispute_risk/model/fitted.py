"""A fitted model as plain numbers: what each point and each column adds to the log-odds, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from dispute_risk.model.design import Design
from dispute_risk.model.level import chance
from dispute_risk.model.points import PointsModel, item_values
from dispute_risk.model.trees import Trees

__all__ = ["RANGE_SHARE", "FittedLine", "FittedRisk"]

RANGE_SHARE = 0.8
"""A displayed range covers this share of the bootstrap refits."""


@dataclass(frozen=True)
class FittedLine:
    """Points with corrections: rungs 0 (no corrections) and 1.

    Parameters
    ----------
    points : PointsModel
    points_mean : ndarray of shape (items,)
        Mean points of each item in training, from which contributions are counted.
    design : Design
    level : float
        Correction of the level.
    coefficients : ndarray of shape (columns,)
    refits : ndarray of shape (refits, 3 + columns)
        Level of the points, per point, level and coefficients of each family-bootstrap refit.
    """

    points: PointsModel
    points_mean: np.ndarray
    design: Design
    level: float
    coefficients: np.ndarray
    refits: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))

    @property
    def names(self) -> tuple[str, ...]:
        """Features, in order."""
        return self.design.names

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """Return the log-odds of each row."""
        offset = self.points.log_odds(self.names, values)
        return offset + self.level + self.design.matrix(values) @ self.coefficients

    def refit_log_odds(self, values: np.ndarray) -> np.ndarray:
        """Return the log-odds under each bootstrap refit, shape (rows, refits)."""
        return self.log_odds_and_refits(values)[1]

    def log_odds_and_refits(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-odds of each row, and those under each refit, from one pass over the columns."""
        total, matrix = self.points.total(self.names, values), self.design.matrix(values)
        offset = self.points.level + self.points.per_point * total
        fixed = self.refits[:, 0] + self.refits[:, 2] + total[:, None] * self.refits[:, 1]
        return offset + self.level + matrix @ self.coefficients, np.asarray(fixed + matrix @ self.refits[:, 3:].T)

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log-odds at the average of training, and what each feature adds, shape (rows, features)."""
        base = self.points.level + self.level + self.points.per_point * float(self.points_mean.sum())
        return base, next(self._adds(values, [(self.points.per_point, self.coefficients)]))

    def refit_contributions(self, values: np.ndarray) -> Iterator[np.ndarray]:
        """Yield what each feature adds under each bootstrap refit, shape (rows, features); the columns are made once."""
        return self._adds(values, ((refit[1], refit[3:]) for refit in self.refits))

    def _adds(self, values: np.ndarray, lines: Iterable[tuple[float, np.ndarray]]) -> Iterator[np.ndarray]:
        matrix, share = self.design.matrix(values), self.design.folding()
        given = item_values(self.points.items, self.names, values) - self.points_mean
        place = {name: index for index, name in enumerate(self.names)}
        for per_point, coefficients in lines:
            added = matrix @ (coefficients[:, None] * share)
            for column, item in enumerate(self.points.items):
                added[:, place[item.feature]] += per_point * given[:, column]
            yield added


@dataclass(frozen=True)
class FittedRisk:
    """What a released model is: a rung, its parts, and the line that brings it to the right level.

    Parameters
    ----------
    rung : {'points', 'ridge', 'pair'}
    line : FittedLine
    trees : Trees or None
        The other half of the pair; needs no LightGBM.
    level, slope : float
        Calibrated log-odds = level + slope * log-odds of the rung; 0 and 1 for points and ridge.
    """

    rung: str
    line: FittedLine
    trees: Trees | None = None
    level: float = 0.0
    slope: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Features, in order."""
        return self.line.names

    def raw_log_odds(self, values: np.ndarray) -> np.ndarray:
        """Return the log-odds before the level is corrected: of the pair, the mean of both halves."""
        return self._with_trees(self.line.log_odds(values), values)

    def _with_trees(self, linear: np.ndarray, values: np.ndarray) -> np.ndarray:
        return linear if self.trees is None else (linear + self.trees.raw(values)) / 2

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """Return the calibrated log-odds of each row."""
        return self.level + self.slope * self.raw_log_odds(values)

    def risk(self, values: np.ndarray) -> np.ndarray:
        """Return the probability that an appeal is registered within the horizon."""
        return chance(self.log_odds(values))

    def interval(self, values: np.ndarray, share: float = RANGE_SHARE) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the range that covers `share` of the family-bootstrap refits: see `risk_and_interval`."""
        return self.risk_and_interval(values, share)[1:]

    def risk_and_interval(
        self, values: np.ndarray, share: float = RANGE_SHARE
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the risk of each row and the ends of the range that covers `share` of the family-bootstrap refits.

        For the pair this is an approximation: only the ridge half is refitted, and the trees are taken to move with
        it, so that the whole log-odds moves by `slope` times the change of the ridge.

        Raises
        ------
        ValueError
            The model was fitted without refits.
        """
        if len(self.line.refits) == 0:
            raise ValueError("the model was fitted without bootstrap refits; fit it with n_refits=30")
        centre, refits = self.line.log_odds_and_refits(values)
        calibrated = self.level + self.slope * self._with_trees(centre, values)
        moves = self.slope * (refits - centre[:, None])
        low, high = np.quantile(moves, [(1 - share) / 2, (1 + share) / 2], axis=1)
        # the estimate itself always lies in its range, also where every refit lies to one side of it
        low, high = chance(calibrated + np.minimum(low, 0.0)), chance(calibrated + np.maximum(high, 0.0))
        return chance(calibrated), low, high

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the base and what each feature adds to the calibrated log-odds, shape (rows, features)."""
        base, added = self.line.contributions(values)
        if self.trees is not None:
            mean, shares = self.trees.contributions(values)
            base, added = (base + mean) / 2, (added + shares) / 2
        return self.level + self.slope * base, self.slope * added

    def stretched(self, by: float, about: float) -> FittedRisk:
        """Return the same model with its log-odds drawn towards (`by` below 1) or away from a value."""
        return replace(self, level=about + by * (self.level - about), slope=by * self.slope)

    def moved(self, by: float) -> FittedRisk:
        """Return the same model with its level moved by `by` log-odds (see `shrunk_level_update`)."""
        return replace(self, level=self.level + by)
