"""The columns of the ridge as a step of scikit-learn's kind, for notebooks and for other estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from dispute_risk.model.design import Design, feature_values

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.points import PointsItem

__all__ = ["DesignMatrix"]


class DesignMatrix(TransformerMixin, BaseEstimator):
    """Turn features with blanks into the ridge's standardised columns.

    Parameters
    ----------
    catalogue : Catalogue, optional
        Unit, direction and limits of each feature; without it each is a plain number.
    points : tuple of PointsItem
        Their limits become steps as well.

    Attributes
    ----------
    design_ : Design
        The recipe; `design_.columns` says which feature each column came from.

    Examples
    --------
    >>> DesignMatrix().fit_transform(np.array([[0.0, 1], [2, np.nan]])).tolist()
    [[-1.0, 0.0, -1.0], [1.0, 0.0, 1.0]]
    """

    def __init__(self, catalogue: Catalogue | None = None, points: tuple[PointsItem, ...] = ()) -> None:
        self.catalogue = catalogue
        self.points = points

    def __sklearn_tags__(self) -> Any:
        """Say that blanks are allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> DesignMatrix:
        """Learn the columns; the outcome is not looked at."""
        values = self._values(X, reset=True)
        weight = _check_sample_weight(sample_weight, values, dtype=np.float64, ensure_non_negative=True)
        given = getattr(self, "feature_names_in_", [f"x{place}" for place in range(values.shape[1])])
        names = self.catalogue.names if self.catalogue is not None else [str(name) for name in given]
        self.design_ = Design.fit(names, values, weight, self.catalogue, self.points)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the standardised columns, shape (rows, columns)."""
        check_is_fitted(self)
        return self.design_.matrix(self._values(X, reset=False))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return a name for each column: the feature, and the limit or `blank`."""
        check_is_fitted(self)
        names, out = self.design_.names, []
        for column in self.design_.columns:
            name = "+".join(names[place] for place in column.features)
            ending = {"value": "", "step": f">={column.at_least:g}", "blank": " blank"}[column.kind]
            out.append(name + ending)
        return np.array(out, dtype=object)

    def _values(self, X: Any, reset: bool) -> np.ndarray:
        if self.catalogue is not None:
            X = feature_values(X, self.catalogue.names)
        return np.asarray(validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"))
