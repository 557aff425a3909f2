"""The rules of thumb an officer could use instead of a model, computed from the same records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.model.points import POINTS, item_values, items_for

__all__ = ["OFFICER_RULES", "OfficerRule", "rules_for"]

REFUSALS = ("refuse_to_assess_window", "refuse_to_issue_window", "refuse_to_amend_window", "refuse_to_reassess_window",
            "cease_to_maintain_window")
WINDOW_DAYS_LEFT = ("days_left_to_appeal",)
DAYS_SINCE_DECISION = ("days_since_notice",)
FAR = 1e6


@dataclass(frozen=True)
class OfficerRule:
    """A rule of thumb: whose case comes first.

    Parameters
    ----------
    name : str
    sentence : str
        As an officer would say it.
    needs : tuple of tuple of str
        Features it rests on; of each inner tuple one is enough.
    order : callable
        From the feature table to a number a row; the highest come first.
    """

    name: str
    sentence: str
    needs: tuple[tuple[str, ...], ...]
    order: Callable[[pd.DataFrame], np.ndarray]

    def possible(self, names: Sequence[str]) -> bool:
        """Whether the features it needs are among `names`."""
        return all(any(choice in names for choice in choices) for choices in self.needs)


def _column(features: pd.DataFrame, names: Sequence[str], blank: float = 0.0) -> np.ndarray:
    """Return the first of several columns there is, with blanks filled."""
    for name in names:
        if name in features:
            return np.asarray(features[name].fillna(blank), dtype=float)
    return np.full(len(features), blank)


def _any_refusal(features: pd.DataFrame) -> np.ndarray:
    held = [name for name in REFUSALS if name in features]
    return np.asarray(features[held].fillna(0).max(axis=1) > 0, dtype=float)


def _newest(features: pd.DataFrame) -> np.ndarray:
    """Order by how new the decision is: a window with more days left was opened later."""
    if any(name in features for name in DAYS_SINCE_DECISION):
        return -_column(features, DAYS_SINCE_DECISION, blank=FAR)
    return _column(features, WINDOW_DAYS_LEFT, blank=-FAR)


def _points(features: pd.DataFrame) -> np.ndarray:
    names = [str(name) for name in features.columns]
    return item_values(items_for(names, POINTS)[0], names, features.to_numpy(dtype=float)).sum(axis=1)


OFFICER_RULES: tuple[OfficerRule, ...] = (
    OfficerRule("most_days_past_20_weeks", "Take first the plans that are longest past the 20 weeks.",
                (("days_past_20_weeks",),), lambda features: _column(features, ["days_past_20_weeks"])),
    OfficerRule("longest_since_we_wrote", "Take first the families we have not written to for longest.",
                (("days_since_we_wrote",),), lambda features: _column(features, ["days_since_we_wrote"])),
    OfficerRule("refusals_first", "Take first the refusals that can be appealed, the newest decision first.",
                (REFUSALS,), lambda features: 2 * FAR * _any_refusal(features) + _newest(features)),
    OfficerRule("complaint_first", "Take first the cases with an open complaint.",
                (("complaint_open",),), lambda features: _column(features, ["complaint_open"])),
    OfficerRule("most_messages", "Take first the families who wrote most in the last 90 days.",
                (("family_messages_90d",),), lambda features: _column(features, ["family_messages_90d"])),
    OfficerRule("refusal_closing_soonest", "Take first the refusals whose appeal window closes soonest.",
                (REFUSALS, WINDOW_DAYS_LEFT),
                lambda features: 2 * FAR * _any_refusal(features) - _column(features, WINDOW_DAYS_LEFT, blank=FAR)),
    OfficerRule("breach_points", "Add up the breach points and take the highest first.",
                (tuple(item.feature for item in POINTS),), _points),
)
"""The rules, each of which a model has to beat by half before anyone should change how they work."""


def rules_for(features: pd.DataFrame) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the order each possible rule gives the rows, and a sentence for each that the records do not allow.

    Examples
    --------
    >>> orders, impossible = rules_for(pd.DataFrame({"days_past_20_weeks": [0.0, 30.0]}))
    >>> orders["most_days_past_20_weeks"].tolist()
    [0.0, 30.0]
    >>> len(impossible)
    5
    """
    names = [str(name) for name in features.columns]
    orders = {rule.name: rule.order(features) for rule in OFFICER_RULES if rule.possible(names)}
    impossible = [
        f"Rule left out, its features are not in the table: {rule.sentence}"
        for rule in OFFICER_RULES if not rule.possible(names)
    ]
    return orders, impossible
