"""Shallow boosted trees that may not contradict the law: the second opinion of rung 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.model.classifier import RiskClassifier
from dispute_risk.model.level import fit_line
from dispute_risk.model.rows import TrainingRows, folds_of, training_rows

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["SETTINGS", "BoostedRisk", "binned", "fit_trees", "trees_for", "trees_out_of_fold"]

SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 6,
    "max_depth": 3,
    # Cuts are searched for, not drawn: on two authorities' later dates the top of the list held more appeals that way
    # (17 against 13 in 100 on one, 9.2 against 8.7 on the other) at the same log loss.
    "extra_trees": False,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "min_sum_hessian_in_leaf": 5,
    "min_data_in_leaf": 100,
    "lambda_l2": 10,
    "max_bin": 63,
    "monotone_constraints_method": "advanced",
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,  # most columns are mostly 0: the same trees as row by row in less than half the time
    "verbose": -1,
}
"""Fixed settings: at these numbers of appeals a wider search fits noise. No class weights, no early stopping."""

BINS: dict[str, Any] = {"feature_pre_filter": False, "enable_bundle": False, "is_enable_sparse": False}
"""How values are held: folds share their bins, and columns stay apart (the same trees, a tenth sooner)."""

APPEALS = (60, 200, 1000)
TREES = (150, 300, 600)
ENOUGH_HELD_OUT = 200
"""Appeals held out that are enough for the two numbers of the level correction; more folds would only cost time."""
HELD_OUT_TREES = 0.15
"""Trees of a held-out fit for each tree of the model, each a step as much longer.

Held-out fits give nothing but those two numbers, which leave the order of the cases as it is. Against as many trees as
the model has, on four invented authorities and a given one, the log loss on later dates (0.05) was the same to 0.00004
and the appeals expected to 1 in 110.
"""


def trees_for(appeals: int) -> int:
    """Return the number of trees for a number of distinct appeals: 150, 300 and 600 at 60, 200 and 1000.

    Examples
    --------
    >>> [trees_for(appeals) for appeals in (30, 60, 200, 1000, 5000)]
    [150, 150, 300, 600, 600]
    """
    return round(float(np.interp(np.log(max(appeals, 1)), np.log(APPEALS), TREES)))


def binned(rows: TrainingRows) -> Any:
    """Put the values into bins once; folds are subsets of it."""
    import lightgbm

    dataset = lightgbm.Dataset(
        rows.values, rows.outcome, weight=rows.weight, free_raw_data=False,
        params={**{name: SETTINGS[name] for name in ("max_bin", "min_data_in_leaf", "num_threads", "verbose")}, **BINS},
    )
    return dataset.construct()


def fit_trees(
    rows: TrainingRows, catalogue: Catalogue | None, trees: int, random_state: int = 0, dataset: Any = None,
    step: float = SETTINGS["learning_rate"],
) -> Any:
    """Fit the trees and return the `lightgbm.Booster`; the directions of the catalogue are never contradicted."""
    import lightgbm

    declared = {feature.name: feature.direction for feature in catalogue} if catalogue is not None else {}
    settings = {
        **SETTINGS,
        **BINS,
        "learning_rate": step,
        "monotone_constraints": [declared.get(name, 0) for name in rows.names],
        "seed": int(random_state),
    }
    if not any(settings["monotone_constraints"]):
        del settings["monotone_constraints"], settings["monotone_constraints_method"]
    return lightgbm.train(settings, binned(rows) if dataset is None else dataset, num_boost_round=trees)


def trees_out_of_fold(
    rows: TrainingRows, catalogue: Catalogue | None, trees: int, fold: np.ndarray, random_state: int, dataset: Any
) -> np.ndarray:
    """Return the raw log-odds of each row from trees fitted without its family, fewer of them in longer steps.

    Every fold is held out in turn until `ENOUGH_HELD_OUT` appeals are; rows of the remaining folds are NaN.
    """
    held_out = np.full(len(rows.outcome), np.nan)
    folds = int(fold.max()) + 1
    fewer = max(1, round(HELD_OUT_TREES * trees))
    step = SETTINGS["learning_rate"] * trees / fewer
    for number in range(min(folds, int(np.ceil(ENOUGH_HELD_OUT * folds / max(rows.appeals, 1))))):
        kept = np.flatnonzero(fold != number)
        booster = fit_trees(rows, catalogue, fewer, random_state, dataset.subset(kept), step)
        mine = fold == number
        held_out[mine] = booster.predict(rows.values[mine], raw_score=True, num_threads=1)
    return held_out


class BoostedRisk(RiskClassifier):
    """Shallow monotone LightGBM, its level corrected on held-out families; a challenger, never run on its own.

    Parameters
    ----------
    catalogue : Catalogue, optional
        Gives the directions; delay has none.
    n_trees : int, optional
        By default from the number of appeals (`trees_for`).
    random_state : int

    Attributes
    ----------
    booster_ : lightgbm.Booster
    level_, slope_ : float
        Calibrated log-odds = level + slope * raw log-odds.
    """

    def __init__(
        self, catalogue: Catalogue | None = None, n_trees: int | None = None, random_state: int = 0
    ) -> None:
        self.catalogue = catalogue
        self.n_trees = n_trees
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> BoostedRisk:
        """Fit on rows with a known outcome; `groups` are families."""
        rows = training_rows(self, X, y, groups, sample_weight, self.catalogue)
        trees = trees_for(rows.appeals) if self.n_trees is None else self.n_trees
        dataset, fold = binned(rows), folds_of(rows, 4, self.random_state)
        held_out = trees_out_of_fold(rows, self.catalogue, trees, fold, self.random_state, dataset)
        self.classes_ = rows.classes
        self.booster_ = fit_trees(rows, self.catalogue, trees, self.random_state, dataset)
        seen = ~np.isnan(held_out)
        self.level_, self.slope_ = fit_line(held_out[seen], rows.outcome[seen], rows.weight[seen], slope_at_least=0.0)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the calibrated log-odds of an appeal, shape (rows,)."""
        values = self._checked_values(X)
        raw = self.booster_.predict(values, raw_score=True, num_threads=1)
        return np.asarray(self.level_ + self.slope_ * raw)
