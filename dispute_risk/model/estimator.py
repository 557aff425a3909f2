"""The model of appeal risk: three rungs, each resting on the one below; the simplest that does as well is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.model.classifier import RiskClassifier
from dispute_risk.model.fitted import RANGE_SHARE, FittedLine, FittedRisk
from dispute_risk.model.level import fit_line, fit_lines
from dispute_risk.model.one_core import on_one_core
from dispute_risk.model.points import POINTS, PointsItem, item_values
from dispute_risk.model.ridge import PENALTIES, RidgeFit, fit_ridge, points_line
from dispute_risk.model.rows import TrainingRows, choose_simplest, family_weights, row_losses, thinned, training_rows
from dispute_risk.model.trees import Trees

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["APPEALS_FOR", "RUNGS", "AppealRiskModel", "admitted_rungs"]

RUNGS: dict[str, str] = {
    "points": "breach points, added up",
    "ridge": "breach points corrected by the authority's own appeals",
    "pair": "corrected points and shallow trees, averaged",
}
"""The rungs, simplest first."""

APPEALS_FOR = {"points": 0, "ridge": 30, "pair": 60}
"""Distinct appeals from which a rung is admitted."""


def admitted_rungs(appeals: int) -> list[str]:
    """Return the rungs a number of distinct appeals admits.

    Examples
    --------
    >>> admitted_rungs(45)
    ['points', 'ridge']
    """
    return [rung for rung in RUNGS if appeals >= APPEALS_FOR[rung]]


class AppealRiskModel(RiskClassifier):
    """Calibrated risk that an appeal is registered within the horizon.

    Parameters
    ----------
    catalogue : Catalogue, optional
        The features. Without it every column is a plain number, there are no points, and `auto` means the ridge.
    estimator : {'auto', 'points', 'ridge', 'pair'}
        `auto` takes the simplest admitted rung whose log loss on held-out families is within one standard error of
        the best. Whether it may replace the points is for `validate` to say, on later data.
    points : tuple of PointsItem
    penalties : tuple of float
    n_refits : int
        Family-bootstrap refits for `interval`.
    random_state : int

    Attributes
    ----------
    rung_ : str
    fitted_ : FittedRisk
        The model as plain numbers; what a release stores.
    losses_ : DataFrame
        Log loss on held-out families, one row a rung compared.
    appeals_ : int
        Distinct families with an appeal.
    classes_ : ndarray

    Examples
    --------
    >>> from dispute_risk.model.level import chance
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 2))
    >>> y = (rng.random(400) < chance(X[:, 0] - 1)).astype(int)
    >>> model = AppealRiskModel().fit(X, y)
    >>> model.rung_
    'ridge'
    >>> low, high = model.interval(X)
    >>> bool((low <= high).all())
    True
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        estimator: str = "auto",
        points: tuple[PointsItem, ...] = POINTS,
        penalties: tuple[float, ...] = PENALTIES,
        n_refits: int = 30,
        random_state: int = 0,
    ) -> None:
        self.catalogue = catalogue
        self.estimator = estimator
        self.points = points
        self.penalties = penalties
        self.n_refits = n_refits
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> AppealRiskModel:
        """Fit on rows whose outcome is known; `groups` are families, each row its own where not given."""
        rows = training_rows(self, X, y, groups, sample_weight, self.catalogue)
        wanted = self._wanted(rows)
        ladder = fit_ladder(rows, wanted, self.catalogue, self.points, self.penalties, self.n_refits, self.random_state)
        self.rung_ = ladder.choose() if len(wanted) > 1 else wanted[0]
        self.fitted_, self.losses_ = ladder.fitted[self.rung_], ladder.losses()
        self.classes_, self.appeals_ = rows.classes, rows.appeals
        return self

    def _wanted(self, rows: TrainingRows) -> list[str]:
        if self.estimator != "auto":
            if self.estimator not in RUNGS:
                raise ValueError(f"estimator is {self.estimator!r}; allowed: auto, {', '.join(RUNGS)}")
            return [self.estimator]
        return ["ridge"] if self.catalogue is None else admitted_rungs(rows.appeals)

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the calibrated log-odds of an appeal, shape (rows,)."""
        values = self._checked_values(X)
        return self.fitted_.log_odds(values)

    def interval(self, X: Any, share: float = RANGE_SHARE) -> tuple[np.ndarray, np.ndarray]:
        """Return the range of each risk over the family-bootstrap refits (80 % of them by default).

        For the pair the ridge half is refitted and the trees are taken to move with it (an approximation).
        """
        values = self._checked_values(X)
        return self.fitted_.interval(values, share)


class Ladder:
    """The rungs fitted on the same rows, with what each said of families it had not seen."""

    def __init__(self, rows: TrainingRows, fitted: dict[str, FittedRisk], held_out: dict[str, np.ndarray]) -> None:
        self.rows = rows
        self.fitted = fitted
        self.held_out = held_out

    def _seen(self) -> np.ndarray:
        return np.asarray(np.logical_and.reduce([~np.isnan(reach) for reach in self.held_out.values()]))

    def choose(self) -> str:
        """Return the simplest rung within one standard error of the best."""
        rows = self.rows
        names = [rung for rung in RUNGS if rung in self.held_out]
        seen = self._seen()
        losses = [row_losses(self.held_out[rung][seen], rows.outcome[seen]) for rung in names]
        return names[choose_simplest(losses, rows.weight[seen], rows.family[seen])]

    def losses(self) -> pd.DataFrame:
        """Return the log loss on held-out families, one row a rung."""
        rows = self.rows
        if not self.held_out:
            return pd.DataFrame({"rung": list(self.fitted), "log_loss": np.nan})
        seen = self._seen()
        weight = rows.weight[seen] / rows.weight[seen].sum()
        return pd.DataFrame({
            "rung": list(self.held_out),
            "log_loss": [float(weight @ row_losses(reach[seen], rows.outcome[seen]))
                         for reach in self.held_out.values()],
        })


@on_one_core
def fit_ladder(
    rows: TrainingRows,
    wanted: list[str],
    catalogue: Catalogue | None,
    points: tuple[PointsItem, ...] = POINTS,
    penalties: tuple[float, ...] = PENALTIES,
    n_refits: int = 0,
    random_state: int = 0,
) -> Ladder:
    """Fit the wanted rungs, sharing folds, columns and the ridge between them.

    Of many rows without an appeal a weighted sample is learned from (`model.rows.thinned`).
    """
    rows = thinned(rows, random_state)
    fitted: dict[str, FittedRisk] = {}
    held_out: dict[str, np.ndarray] = {}
    if "points" in wanted:
        fitted["points"] = FittedRisk("points", _points_with_refits(rows, points, n_refits, random_state))
    if wanted == ["points"]:
        return Ladder(rows, fitted, held_out)
    ridge = fit_ridge(rows, catalogue, points, penalties, n_refits=n_refits, random_state=random_state)
    if len(ridge.out_of_fold):
        held_out = {"points": ridge.points_out_of_fold, "ridge": ridge.out_of_fold}
        held_out = {rung: reach for rung, reach in held_out.items() if rung in wanted}
    if "ridge" in wanted:
        fitted["ridge"] = FittedRisk("ridge", ridge.line)
    if "pair" in wanted:
        fitted["pair"], held_out["pair"] = _fit_pair(rows, catalogue, ridge, random_state)
    return Ladder(rows, fitted, held_out)


def _points_with_refits(
    rows: TrainingRows, points: tuple[PointsItem, ...], n_refits: int, random_state: int
) -> FittedLine:
    line = points_line(rows, points)
    if not n_refits:
        return line
    total = item_values(line.points.items, rows.names, rows.values).sum(axis=1)
    drawn = family_weights(rows.families, n_refits, np.random.default_rng([random_state, 1]))
    lines = fit_lines(total, rows.outcome, rows.weight[:, None] * drawn[rows.family], slope_at_least=0.0)
    refits = [(*fitted, 0.0) for fitted in lines]
    return FittedLine(line.points, line.points_mean, line.design, line.level, line.coefficients, np.array(refits))


def _fit_pair(
    rows: TrainingRows, catalogue: Catalogue | None, ridge: RidgeFit, random_state: int
) -> tuple[FittedRisk, np.ndarray]:
    """Fit the trees, average with the ridge, and correct the level on held-out families."""
    from dispute_risk.model.boosted import binned, fit_trees, trees_for, trees_out_of_fold

    if not len(ridge.out_of_fold):
        raise NotEnoughHistory(
            f"The pair needs appeals to correct its level on: {rows.appeals} families with an appeal, "
            f"{APPEALS_FOR['pair']} advised. Use estimator='ridge' or 'points'."
        )
    dataset, trees = binned(rows), trees_for(rows.appeals)
    raw = (ridge.out_of_fold
           + trees_out_of_fold(rows, catalogue, trees, ridge.fold, random_state, dataset)) / 2
    seen = ~np.isnan(raw)
    level, slope = fit_line(raw[seen], rows.outcome[seen], rows.weight[seen], slope_at_least=0.0)
    grown = Trees.of(fit_trees(rows, catalogue, trees, random_state, dataset))
    return FittedRisk("pair", ridge.line, grown, level, slope), level + slope * raw
