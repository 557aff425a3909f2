"""What each fact of a case adds to its risk, exactly: the parts of a case add up to its log-odds, to the last digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.features.declare import FAMILIES, Catalogue
from dispute_risk.model.design import feature_values

if TYPE_CHECKING:
    from dispute_risk.model.fitted import FittedRisk

__all__ = ["Contributions", "contributions"]


@dataclass(frozen=True)
class Contributions:
    """What each feature adds to the calibrated log-odds of each row.

    Parameters
    ----------
    base : float
        Calibrated log-odds of a case that is average in everything (of training).
    by_feature : DataFrame of shape (rows, features)
        Log-odds added by each feature of the catalogue; points, steps, blanks and trees folded into it.
    """

    base: float
    by_feature: pd.DataFrame

    @property
    def log_odds(self) -> np.ndarray:
        """Calibrated log-odds of each row: base plus everything added."""
        return np.asarray(self.base + self.by_feature.to_numpy().sum(axis=1))

    def by_family(self, catalogue: Catalogue) -> pd.DataFrame:
        """Add features up within the families of reasons, in the order of `FAMILIES`.

        Features that go together share what they add arbitrarily; their families do not.
        """
        family_of = {feature.name: feature.family for feature in catalogue}
        held = [family_of[name] for name in self.by_feature.columns]
        fold = np.array([[float(family == name) for name in FAMILIES] for family in held])
        return pd.DataFrame(self.by_feature.to_numpy() @ fold, columns=list(FAMILIES), index=self.by_feature.index)

    def table(self, row: int, catalogue: Catalogue) -> pd.DataFrame:
        """Return one row's features, largest first: feature, label, family, log-odds added."""
        added = self.by_feature.iloc[row]
        declared = [catalogue[str(name)] for name in added.index]
        out = pd.DataFrame({
            "feature": [feature.name for feature in declared],
            "label": [feature.label for feature in declared],
            "family": [FAMILIES[feature.family] for feature in declared],
            "adds": added.to_numpy(),
        })
        return out.sort_values("adds", ascending=False, ignore_index=True)


def contributions(model: Any, features: pd.DataFrame) -> Contributions:
    """Return the exact contributions of every feature to the calibrated log-odds.

    The linear part of the points and the ridge is counted from the average of training; the trees by the exact
    path-dependent Shapley values LightGBM gives. Both add up on the log-odds, and so does their mean, before and
    after the level is corrected.

    Parameters
    ----------
    model : FittedRisk, Release or AppealRiskModel
        Anything that is a fitted risk, or has one as `fitted` or `fitted_`.
    features : DataFrame of shape (rows, features)
        NaN is a blank.

    Raises
    ------
    UnknownName
        Features of the model are missing.
    """
    fitted = _fitted(model)
    base, added = fitted.contributions(feature_values(features, fitted.names))
    index = features.index if isinstance(features, pd.DataFrame) else None
    return Contributions(base, pd.DataFrame(added, columns=list(fitted.names), index=index))


def _fitted(model: Any) -> FittedRisk:
    for name in ("fitted_", "fitted"):
        if hasattr(model, name):
            found: FittedRisk = getattr(model, name)
            return found
    whole: FittedRisk = model
    return whole
