"""A fitted model as plain numbers: what each point and each column adds to the log-odds, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dispute_risk.model.design import Design
from dispute_risk.model.level import chance
from dispute_risk.model.points import PointsModel, item_values

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
        total = self.points.total(self.names, values)[:, None]
        fixed = self.refits[:, 0] + self.refits[:, 2] + total * self.refits[:, 1]
        return np.asarray(fixed + self.design.matrix(values) @ self.refits[:, 3:].T)

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log-odds at the average of training, and what each feature adds, shape (rows, features)."""
        folded = self.coefficients[:, None] * self.design.folding()
        added = self.design.matrix(values) @ folded
        given = item_values(self.points.items, self.names, values) - self.points_mean
        place = {name: index for index, name in enumerate(self.names)}
        for column, item in enumerate(self.points.items):
            added[:, place[item.feature]] += self.points.per_point * given[:, column]
        base = self.points.level + self.level + self.points.per_point * float(self.points_mean.sum())
        return base, added


@dataclass(frozen=True)
class FittedRisk:
    """What a released model is: a rung, its parts, and the line that brings it to the right level.

    Parameters
    ----------
    rung : {'points', 'ridge', 'pair'}
    line : FittedLine
    trees : lightgbm.Booster or None
        The other half of the pair.
    level, slope : float
        Calibrated log-odds = level + slope * log-odds of the rung; 0 and 1 for points and ridge.
    """

    rung: str
    line: FittedLine
    trees: Any = None
    level: float = 0.0
    slope: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Features, in order."""
        return self.line.names

    def raw_log_odds(self, values: np.ndarray) -> np.ndarray:
        """Return the log-odds before the level is corrected: of the pair, the mean of both halves."""
        linear = self.line.log_odds(values)
        if self.trees is None:
            return linear
        return np.asarray((linear + self.trees.predict(values, raw_score=True, num_threads=1)) / 2)

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """Return the calibrated log-odds of each row."""
        return self.level + self.slope * self.raw_log_odds(values)

    def risk(self, values: np.ndarray) -> np.ndarray:
        """Return the probability that an appeal is registered within the horizon."""
        return chance(self.log_odds(values))

    def interval(self, values: np.ndarray, share: float = RANGE_SHARE) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the range that covers `share` of the family-bootstrap refits.

        For the pair this is an approximation: only the ridge half is refitted, and the trees are taken to move with
        it, so that the whole log-odds moves by `slope` times the change of the ridge.
        """
        if len(self.line.refits) == 0:
            raise ValueError("the model was fitted without bootstrap refits; fit it with n_refits=30")
        centre = self.line.log_odds(values)
        calibrated = self.log_odds(values)
        moves = self.slope * (self.line.refit_log_odds(values) - centre[:, None])
        low, high = np.quantile(moves, [(1 - share) / 2, (1 + share) / 2], axis=1)
        # the estimate itself always lies in its range, also where every refit lies to one side of it
        return chance(calibrated + np.minimum(low, 0.0)), chance(calibrated + np.maximum(high, 0.0))

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the base and what each feature adds to the calibrated log-odds, shape (rows, features)."""
        base, added = self.line.contributions(values)
        if self.trees is not None:
            shares = self.trees.predict(values, pred_contrib=True, num_threads=1)
            base, added = (base + float(shares[0, -1])) / 2 if len(values) else base, (added + shares[:, :-1]) / 2
        return self.level + self.slope * base, self.slope * added

    def stretched(self, by: float, about: float) -> FittedRisk:
        """Return the same model with its log-odds drawn towards (`by` below 1) or away from a value."""
        return replace(self, level=about + by * (self.level - about), slope=by * self.slope)

    def moved(self, by: float) -> FittedRisk:
        """Return the same model with its level moved by `by` log-odds (see `shrunk_level_update`)."""
        return replace(self, level=self.level + by)
