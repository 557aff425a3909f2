"""What every rung answers when scikit-learn asks: the chances of an appeal and the likelier class, from its log-odds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dispute_risk.model.design import feature_values
from dispute_risk.model.level import chance

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["RiskClassifier"]


class RiskClassifier(ClassifierMixin, BaseEstimator):
    """A classifier with two classes whose `decision_function` gives the log-odds of the second, an appeal.

    Attributes
    ----------
    catalogue : Catalogue or None
        The features expected, in order; without it, the columns the estimator was fitted on.
    classes_ : ndarray of shape (2,)
    """

    catalogue: Catalogue | None
    classes_: np.ndarray

    def __sklearn_tags__(self) -> Any:
        """Say that only two classes are taken, and that blanks are allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the log-odds of an appeal, shape (rows,)."""
        raise NotImplementedError

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of no appeal and of an appeal, shape (rows, 2)."""
        risk = chance(self.decision_function(X))
        return np.column_stack([1 - risk, risk])

    def predict(self, X: Any) -> np.ndarray:
        """Return the likelier class of each row; use `predict_proba` for anything shown to people."""
        likelier = (self.decision_function(X) > 0).astype(int)
        return np.asarray(self.classes_[likelier])

    def _checked_values(self, X: Any) -> np.ndarray:
        """Return the features to predict from, checked against those the estimator was fitted on."""
        check_is_fitted(self)
        if self.catalogue is not None:
            return feature_values(X, self.catalogue.names)
        return np.asarray(validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan"))
