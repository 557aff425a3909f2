"""Rows for the model: each case on each monthly landmark while an appeal can still come of it, with its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Landmarks"]


@dataclass(frozen=True)
class Landmarks:
    """Rows of cases on dates, with features and a three-valued outcome.

    Parameters
    ----------
    features : DataFrame of shape (rows, features), float32
        One column a feature of the catalogue; NaN is a blank.
    outcome : ndarray of float32, shape (rows,)
        1 an appeal was registered within the horizon, 0 none was, NaN not yet known.
    on : ndarray of datetime64[D]
        The landmark date.
    case_id : ndarray of str
    family : ndarray of int
        Families, so that brothers, sisters and re-opened cases stay on the same side of every split.
    area : ndarray of str
    state : ndarray of str
        `no_right_yet`, `window_open` or `plan_in_force`.
    horizon_days : int
    """

    features: pd.DataFrame
    outcome: np.ndarray
    on: np.ndarray
    case_id: np.ndarray
    family: np.ndarray
    area: np.ndarray
    state: np.ndarray
    horizon_days: int = 182

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def known(self) -> np.ndarray:
        """Mask of the rows whose outcome is known."""
        return ~np.isnan(self.outcome)

    def where(self, mask: np.ndarray) -> Landmarks:
        """Return the rows of a mask."""
        return Landmarks(
            self.features.loc[mask].reset_index(drop=True),
            self.outcome[mask],
            self.on[mask],
            self.case_id[mask],
            self.family[mask],
            self.area[mask],
            self.state[mask],
            self.horizon_days,
        )
