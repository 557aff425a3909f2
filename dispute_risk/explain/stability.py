"""Which reasons would still be given had other families been learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.explain.reasons import LEAST_SHOWN, fold_to_families
from dispute_risk.features.declare import NEVER_A_CAUSE, Catalogue

if TYPE_CHECKING:
    from dispute_risk.model.fitted import FittedRisk

__all__ = ["stable_families"]

STABLE_SHARE = 0.8
"""A reason is given where it is among the strongest in at least this share of the bootstrap refits (methods section 3)."""


def stable_families(
    fitted: FittedRisk, catalogue: Catalogue, values: np.ndarray, most: int = 3, added: np.ndarray | None = None
) -> np.ndarray:
    """Return which families of features stay among the strongest when the model is fitted to other families' records.

    For the pair the ridge half is refitted and the trees are kept, as for the range of a risk.

    Parameters
    ----------
    fitted : FittedRisk
    catalogue : Catalogue
        In the order of the columns.
    values : ndarray of shape (rows, features)
    most : int
        How many reasons are given.
    added : ndarray of shape (rows, features), optional
        What `fitted.contributions` adds to these rows, where it is known already.

    Returns
    -------
    ndarray of bool, shape (rows, families)
        In the order of `explain.reasons.fold_to_families`; all True for a model without refits.
    """
    added = fitted.contributions(values)[1] if added is None else added
    present, folded = fold_to_families(catalogue, added)
    line = fitted.line
    if not len(line.refits):
        return np.ones(folded.shape, bool)
    linear = line.contributions(values)[1]
    share = fitted.slope * (0.5 if fitted.trees is not None else 1.0)
    hidden = np.array([family in NEVER_A_CAUSE for family in present])
    kept = np.zeros(folded.shape)
    for refitted in line.refit_contributions(values):
        _, strength = fold_to_families(catalogue, added + share * (refitted - linear))
        strength = np.where(hidden, -np.inf, strength)
        place = np.argsort(np.argsort(-strength, axis=1, kind="stable"), axis=1, kind="stable")
        kept += (place < most) & (strength >= LEAST_SHOWN)
    return kept >= STABLE_SHARE * len(line.refits)
