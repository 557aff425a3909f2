"""Alarms for facts that tell the outcome: a feature that knows too much, or a model good only at the very end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.metrics import area_under_curve, average_precision

if TYPE_CHECKING:
    from dispute_risk.model.fitted import FittedRisk
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["TOO_GOOD", "fall_when_earlier", "features_that_know_too_much"]

TOO_GOOD = 0.95
"""No single fact of a file tells appeals from the rest this well unless it was recorded after the event."""


def features_that_know_too_much(landmarks: Landmarks) -> list[str]:
    """Return a sentence for each feature that alone tells appeals apart with an AUROC above 0.95, either way round."""
    known = landmarks.known
    outcome = landmarks.outcome[known]
    alarms = []
    for name in landmarks.features.columns:
        column = landmarks.features[name].to_numpy()[known].astype(float)
        present = column[~np.isnan(column)]
        filled = np.where(np.isnan(column), (present.min() if len(present) else 0.0) - 1.0, column)
        area = area_under_curve(outcome, filled)
        if max(area, 1 - area) > TOO_GOOD:
            alarms.append(f"Leak alarm: feature {name} alone tells appeals apart (AUROC {max(area, 1 - area):.3f}). "
                          "Check whether it is recorded after the appeal.")
    return alarms


def fall_when_earlier(model: FittedRisk, landmarks: Landmarks, earlier: Landmarks, days: int = 14) -> list[str]:
    """Return an alarm if average precision more than halves with the facts of 14 days before, labels unchanged.

    Parameters
    ----------
    model : FittedRisk
    landmarks : Landmarks
        Test rows.
    earlier : Landmarks
        The same rows with their features taken `days` earlier, as `landmarks(shift_days=days)` builds them.
    """
    now = pd.MultiIndex.from_arrays([landmarks.case_id, landmarks.on])
    then = pd.MultiIndex.from_arrays([earlier.case_id, earlier.on])
    place = then.get_indexer(now)
    both = (place >= 0) & landmarks.known
    if not (landmarks.outcome[both] == 1).any():
        return ["Leak check with earlier facts not possible: no case with an appeal is in both sets of landmarks."]
    outcome = landmarks.outcome[both]
    names = list(model.names)
    after = average_precision(outcome, model.risk(landmarks.features.loc[both, names].to_numpy(dtype=float)))
    before = average_precision(outcome, model.risk(earlier.features.iloc[place[both]][names].to_numpy(dtype=float)))
    if before >= after / 2:
        return []
    return [f"Leak alarm: with the facts of {days} days earlier average precision falls from {after:.3f} to "
            f"{before:.3f}. The model rests on facts recorded just before the appeal."]
