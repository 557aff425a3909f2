"""Bands of risk, set by what an early step costs against what it may save, never by a share of the cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["BANDS", "Band", "band_of"]


@dataclass(frozen=True)
class Band:
    """A band of risk.

    Parameters
    ----------
    name : str
    at_least : float
        Lowest risk in it.
    meaning : str
        What it is for.
    """

    name: str
    at_least: float
    meaning: str


# Break-even risk p* = cost of the step / (reduction x cost of an appeal), with the CEDAR cost of a heard appeal,
# GBP 6,056 (2014-17 prices) and a reduction of 0.3: 0.08 for an officer-led conversation of GBP 150, 0.22 for a step of
# GBP 400 (methods 1.4; the cost is the Department's, from hypothetical cases: law.md section 4).
BANDS: tuple[Band, ...] = (
    Band("very high", 0.22, "a step costing about 400 pounds would break even"),
    Band("high", 0.08, "an early conversation would break even"),
    Band("raised", 0.03, "look at it when the higher ones are done"),
    Band("usual", 0.0, "no more than the ordinary process"),
)


def band_of(risk: np.ndarray) -> np.ndarray:
    """Return the name of the band of each risk; '' where there is no risk (NaN).

    >>> band_of(np.array([0.25, 0.1, 0.01, np.nan])).tolist()
    ['very high', 'high', 'usual', '']
    """
    risk = np.asarray(risk, float)
    chosen = np.select([risk >= band.at_least for band in BANDS], [band.name for band in BANDS], default="")
    return np.where(np.isnan(risk), "", chosen)
