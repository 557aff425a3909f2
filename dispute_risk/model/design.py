"""How features become the columns the ridge works with: days on a curve that flattens, a step at each legal limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import UnknownName

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.points import PointsItem

__all__ = ["WORKING_MONTH_DAYS", "Column", "Design", "feature_values"]

WORKING_MONTH_DAYS = 20.0
"""Days are taken as log(1 + days / 20): the first weeks over a limit weigh most."""
RARE, NEARLY_ALL = 0.005, 0.995
"""A blank has a column of its own where its share lies between these."""


def feature_values(features: Any, names: Sequence[str]) -> np.ndarray:
    """Return the features as an array in the order of `names`.

    Raises
    ------
    UnknownName
        Names every feature the table lacks, or says that a plain array has another width.
    """
    if isinstance(features, pd.DataFrame):
        missing = [name for name in names if name not in features.columns]
        if missing:
            raise UnknownName(
                f"The feature table lacks {len(missing)} of the {len(names)} features of the model. "
                "Build it with the same catalogue.",
                [f"missing: {name}" for name in missing],
            )
        return features.loc[:, list(names)].to_numpy(dtype=np.float64)
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(names):
        raise UnknownName(f"The feature table has shape {values.shape}; the model takes {len(names)} features.")
    return values


@dataclass(frozen=True)
class Column:
    """One column of the design.

    Parameters
    ----------
    kind : {'value', 'step', 'blank'}
    features : tuple of int
        The feature it came from; several where their blanks are the same blank.
    at_least : float
        For a step, the limit crossed.
    cap : float
        For days, the 99th percentile of the training rows above 0, after the curve.
    centre, scale : float
        Mean and standard deviation of training.
    """

    kind: str
    features: tuple[int, ...]
    at_least: float = np.nan
    cap: float = np.inf
    centre: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Design:
    """The recipe from features to standardised columns, fixed in training and the same ever after.

    Parameters
    ----------
    names, units : tuple of str
        Features in order, and the unit of each.
    directions : tuple of int
    columns : tuple of Column
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    directions: tuple[int, ...]
    columns: tuple[Column, ...]

    @classmethod
    def fit(
        cls,
        names: Sequence[str],
        values: np.ndarray,
        weight: np.ndarray | None = None,
        catalogue: Catalogue | None = None,
        points: Sequence[PointsItem] = (),
    ) -> Design:
        """Learn the columns from training rows.

        Parameters
        ----------
        names : sequence of str
        values : ndarray of shape (rows, features)
            NaN is a blank.
        weight : ndarray of shape (rows,), optional
        catalogue : Catalogue, optional
            Gives unit, direction and limits; without it each feature is a plain number.
        points : sequence of PointsItem
            Their limits become steps too, so that the data can correct every line of the points.

        Examples
        --------
        >>> design = Design.fit(["a", "b"], np.array([[0.0, 1], [2, np.nan]]))
        >>> design.matrix(np.array([[0.0, 1], [2, np.nan]])).tolist()
        [[-1.0, 0.0, -1.0], [1.0, 0.0, 1.0]]
        """
        weight = np.ones(len(values)) if weight is None else np.asarray(weight, dtype=float)
        units, directions, limits = _declared(names, catalogue, points)
        columns = []
        for place, unit in enumerate(units):
            raw = values[:, place]
            columns.append(_value_column(place, unit, raw, weight))
            columns.extend(_step_column(place, limit, raw, weight) for limit in limits[place])
        columns.extend(_blank_columns(values, weight))
        kept = tuple(column for column in columns if column.scale > 0 or column.kind == "value")
        return cls(tuple(names), units, directions, kept)

    def matrix(self, values: np.ndarray) -> np.ndarray:
        """Return the standardised columns, shape (rows, columns); a blank stands at the mean of its column."""
        out = np.empty((len(values), len(self.columns)), order="F")
        for place, column in enumerate(self.columns):
            raw = values[:, column.features[0]]
            out[:, place] = _standard(column, self.units[column.features[0]], raw)
        return np.ascontiguousarray(out)

    def folding(self) -> np.ndarray:
        """Return what share of each column belongs to each feature, shape (columns, features); rows add up to 1."""
        share = np.zeros((len(self.columns), len(self.names)))
        for place, column in enumerate(self.columns):
            share[place, list(column.features)] = 1.0 / len(column.features)
        return share

    def bounds(self, points_per_unit: Mapping[tuple[str, float], float]) -> tuple[np.ndarray, np.ndarray]:
        """Return the smallest and largest coefficient of each column that keep the declared direction.

        Parameters
        ----------
        points_per_unit : mapping of (feature, limit) to float
            Log-odds the points already give there; a correction may take that back, and no more.
        """
        lower = np.full(len(self.columns), -np.inf)
        upper = np.full(len(self.columns), np.inf)
        for place, column in enumerate(self.columns):
            direction = self.directions[column.features[0]]
            if column.kind == "blank" or direction == 0:
                continue
            feature, unit = self.names[column.features[0]], self.units[column.features[0]]
            limit = 1.0 if unit == "flag" else column.at_least
            given = points_per_unit.get((feature, limit), 0.0) * column.scale
            if direction > 0:
                lower[place] = -given
            else:
                upper[place] = min(0.0, -given)
        return lower, upper


def _declared(
    names: Sequence[str], catalogue: Catalogue | None, points: Sequence[PointsItem]
) -> tuple[tuple[str, ...], tuple[int, ...], list[list[float]]]:
    """Return unit, direction and limits of each feature; the limits of the points are added to the declared ones."""
    declared = {feature.name: feature for feature in catalogue} if catalogue is not None else {}
    units = tuple(declared[name].unit if name in declared else "number" for name in names)
    directions = tuple(declared[name].direction if name in declared else 0 for name in names)
    limits = []
    for name, unit in zip(names, units, strict=True):
        of_points = {float(item.at_least) for item in points if item.feature == name}
        of_law = {float(limit) for limit in declared[name].thresholds} if name in declared else set()
        limits.append([] if unit == "flag" else sorted(of_points | of_law))
    return units, directions, limits


def _curve(unit: str, raw: np.ndarray) -> np.ndarray:
    """Return a feature on the scale on which it is taken."""
    if unit == "days":
        return np.asarray(np.log1p(np.maximum(raw, 0.0) / WORKING_MONTH_DAYS))
    if unit == "count":
        return np.asarray(np.log1p(np.maximum(raw, 0.0)))
    return raw


def _standard(column: Column, unit: str, raw: np.ndarray) -> np.ndarray:
    blank = np.isnan(raw)
    if column.kind == "blank":
        value = blank.astype(float)
    elif column.kind == "step":
        with np.errstate(invalid="ignore"):
            value = (raw >= column.at_least).astype(float)
    else:
        value = np.minimum(_curve(unit, raw), column.cap)
    if column.scale <= 0:
        return np.zeros(len(raw))
    out = (value - column.centre) / column.scale
    if column.kind == "value":
        out[blank] = 0.0
    return np.asarray(out)


def _moments(value: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Return weighted mean and standard deviation; a spread below rounding counts as none."""
    total = weight.sum()
    if total <= 0:
        return 0.0, 0.0
    mean = float(weight @ value / total)
    spread = float(np.sqrt(max(weight @ (value - mean) ** 2 / total, 0.0)))
    return mean, spread if spread > 1e-10 * max(1.0, abs(mean)) else 0.0


def _value_column(place: int, unit: str, raw: np.ndarray, weight: np.ndarray) -> Column:
    present = ~np.isnan(raw) & (weight > 0)
    value, there = _curve(unit, raw[present]), weight[present]
    cap = np.inf
    over = value > 0
    if unit == "days" and over.any():  # of the rows over the limit: most rows are at 0, and would make the cap 0
        order = np.argsort(value[over], kind="stable")
        reached = np.searchsorted(np.cumsum(there[over][order]), 0.99 * there[over].sum())
        cap = float(value[over][order][min(reached, over.sum() - 1)])
        value = np.minimum(value, cap)
    centre, scale = _moments(value, there)
    return Column("value", (place,), cap=cap, centre=centre, scale=scale)


def _step_column(place: int, limit: float, raw: np.ndarray, weight: np.ndarray) -> Column:
    with np.errstate(invalid="ignore"):
        centre, scale = _moments((raw >= limit).astype(float), weight)
    return Column("step", (place,), at_least=limit, centre=centre, scale=scale)


def _blank_columns(values: np.ndarray, weight: np.ndarray) -> list[Column]:
    """Return a column for each distinct pattern of blanks that is neither rare nor nearly universal."""
    patterns: dict[bytes, list[int]] = {}
    moments: dict[bytes, tuple[float, float]] = {}
    for place in range(values.shape[1]):
        blank = np.isnan(values[:, place])
        centre, scale = _moments(blank.astype(float), weight)
        if RARE < centre < NEARLY_ALL:
            key = np.packbits(blank).tobytes()
            patterns.setdefault(key, []).append(place)
            moments[key] = (centre, scale)
    return [
        Column("blank", tuple(places), centre=moments[key][0], scale=moments[key][1])
        for key, places in patterns.items()
    ]
