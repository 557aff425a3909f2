"""The voice ratio: how much lower a risk reads because the family is quiet, not because it is owed less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from dispute_risk.features.declare import Catalogue

__all__ = ["reference_voice", "voice_ratio"]

REFERENCE_PERCENTILE = 80
"""Contact of the reference family (methods 8.1)."""


def reference_voice(catalogue: Catalogue, features: pd.DataFrame) -> dict[str, float]:
    """Return the value of each signal of advocacy for the reference family.

    Counts of messages at the 80th percentile of the cases at hand, flags and disputes at none.
    """
    reference = {}
    for feature in catalogue:
        if feature.voice:
            values = features[feature.name].to_numpy()
            counted = feature.unit == "count" and feature.family == "voice"
            reference[feature.name] = float(np.nanpercentile(values, REFERENCE_PERCENTILE)) if counted else 0.0
    return reference


def voice_ratio(
    risk_of: Callable[[pd.DataFrame], np.ndarray],
    catalogue: Catalogue,
    features: pd.DataFrame,
    risk: np.ndarray,
    reference: dict[str, float] | None = None,
) -> np.ndarray:
    """Return the risk at the reference voice over the risk as it is, for each row.

    Above 1, the family is quieter than the reference family; the risk understates the dispute it may have.

    Parameters
    ----------
    risk_of : callable
        From features to risk.
    risk : ndarray
        Risk of the features as they are.
    reference : dict of str to float, optional
        From `reference_voice`, of the cases at hand where not given.
    """
    reference = reference_voice(catalogue, features) if reference is None else reference
    return np.asarray(risk_of(features.assign(**reference).astype(np.float32))) / np.maximum(risk, 1e-9)
