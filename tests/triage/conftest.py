"""A risk that can be worked out by hand: a level and a weight for a few features. Invented."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dispute_risk.features.catalogue import STANDARD


class WeightedRisk:
    """Log-odds = level + sum of weight x value; a blank adds nothing. Offers what triage asks of a fitted risk."""

    def __init__(self, level: float = -3.0, **weights: float) -> None:
        self.names = tuple(STANDARD.names)
        self.level, self.slope = level, 1.0
        self.weights = np.array([weights.get(name, 0.0) for name in self.names])
        self.line = SimpleNamespace(refits=np.zeros((0, 3)))

    def log_odds(self, values):
        return self.level + np.nan_to_num(np.asarray(values, float)) @ self.weights

    def risk(self, values):
        return 1 / (1 + np.exp(-self.log_odds(values)))

    def contributions(self, values):
        return self.level, np.nan_to_num(np.asarray(values, float)) * self.weights


@pytest.fixture(scope="session")
def fitted() -> WeightedRisk:
    return WeightedRisk(
        window_open=1.0, type_only=0.8, salt_missing_at_plan=0.6, unanswered_contacts=0.3, family_messages_90d=0.5,
        no_officer_now=0.4,
    )
