"""How likely an appeal about a decision is when no meeting is offered, learned from an authority's own decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.mediation.benefit import about_the_place, causes_of, place_only
from dispute_risk.mediation.confounders import AdjustedColumns, confounder_catalogue
from dispute_risk.mediation.nuisance import OUTCOME_STRENGTH
from dispute_risk.mediation.time_left import TimeLeft
from dispute_risk.model.one_core import on_one_core

if TYPE_CHECKING:
    from dispute_risk.mediation.eligible import Eligible

__all__ = ["DecisionRisk", "learn_decision_risk", "like_the_offered"]

HARDLY_EVER = 0.25
"""Kinds of case that are offered less than this part of the usual share do not count for the risk of those that are."""
LEAST, MOST = 1e-4, 0.98


@dataclass(frozen=True)
class DecisionRisk:
    """The risk of an appeal about a decision without an offer, learned from decisions on which none was made.

    The released model foretells every open case; this one knows nothing but decisions of the kinds that are offered meetings.
    Foretelling outcomes with both, a regression gave each about half (0.48 to 0.55 on three invented authorities), so the
    two are met half way, on the log-odds.

    Parameters
    ----------
    columns : AdjustedColumns
    model, right : fitted logistic regressions
        The risk, and what sets it right within each cause.
    left : TimeLeft
    learned_at : float
        Days from the decision to the day for which the risk was learned.
    n_learned : int
        Decisions without an offer it was learned from.
    """

    columns: AdjustedColumns
    model: Any
    right: Any
    left: TimeLeft
    learned_at: float
    n_learned: int

    def of(
        self, features: pd.DataFrame, on: np.ndarray, area: np.ndarray, decision_type: np.ndarray, days: np.ndarray
    ) -> np.ndarray:
        """Return the risk of each decision that is left so many days after it."""
        risk = self.model.predict_proba(self.columns.matrix(features, on, area, decision_type))[:, 1]
        risk = self.right.predict_proba(_columns(risk, features))[:, 1]
        usual = float(self.left.still_to_come(np.array([self.learned_at]))[0])
        return np.asarray(risk * np.minimum(self.left.still_to_come(days) / max(usual, 1e-9), 1.0))

    def met_half_way(
        self, risk: np.ndarray, features: pd.DataFrame, on: np.ndarray, area: np.ndarray, decision_type: np.ndarray,
        days: np.ndarray,
    ) -> np.ndarray:
        """Return the released model's risks met half way; as they are where no decision can be appealed (days NaN)."""
        here = np.flatnonzero(~np.isnan(days) & (risk > 0))
        if not len(here):
            return risk
        own = self.of(features.iloc[here], on[here], area[here], decision_type[here], days[here])
        found = np.asarray(risk, float).copy()
        found[here] = 1 / (1 + np.exp(-(_odds(risk[here]) + _odds(own)) / 2))
        return found


@on_one_core
def learn_decision_risk(eligible: Eligible, foretold: np.ndarray, left: TimeLeft) -> DecisionRisk:
    """Return the risk of a decision without an offer, from an authority's own decisions.

    Parameters
    ----------
    eligible : Eligible
    foretold : ndarray of float
        Risk of each row without an offer, by models that had not seen its family: what the risk is set right by.
    left : TimeLeft
        When disputes begin after a decision.
    """
    from sklearn.linear_model import LogisticRegression

    rows = eligible.rows
    here = eligible.known & ~rows["offered"].to_numpy(bool) & ~rows["offered_later"].to_numpy(bool)
    features, outcome = eligible.features[here], rows["outcome"].to_numpy(float)[here]
    known_as = (rows["on"].to_numpy("M8[D]"), rows["area"].to_numpy(str), rows["decision_type"].to_numpy(str))
    columns = AdjustedColumns.of(eligible.features, confounder_catalogue(), *known_as)
    model = LogisticRegression(C=OUTCOME_STRENGTH, solver="newton-cholesky", max_iter=200)
    model.fit(columns.matrix(features, *(one[here] for one in known_as)), outcome)
    weight = like_the_offered(eligible)[here]
    if len(np.unique(outcome[weight > 0])) < 2:  # nothing to set it right by within the kinds that are offered
        weight = np.ones(len(weight))
    # A model that shrinks understates the risk where a cause holds, and an offer would then look worth too little just there.
    right = LogisticRegression(C=10.0, solver="newton-cholesky", max_iter=200)
    right.fit(_columns(foretold[here], features), outcome, sample_weight=weight)
    waited = (rows["day"] - rows["notice_day"]).to_numpy(float)[here]
    return DecisionRisk(columns, model, right, left, float(np.median(waited)), int(here.sum()))


def like_the_offered(eligible: Eligible) -> np.ndarray:
    """Return how much each row without an offer counts when a risk is set right: as cases like it are offered, 1 at most.

    A pilot need not offer every kind of case. A plan in which nothing is lacking is hardly ever offered a meeting; if such
    plans counted, the risk of the others would be set wrong. Kinds are told by the decision, advice and place. Where a pilot
    has few places, everybody is seldom offered one: what is seldom is told by the pilot's own share.
    """
    advice = causes_of(eligible.features)[:, 0].astype(int).astype(str)
    place = about_the_place(eligible.features).astype(int).astype(str)
    kind = eligible.rows["decision_type"].astype(str).to_numpy() + "|" + advice + "|" + place
    offered = eligible.rows["offered"].to_numpy(float)
    number = np.unique(kind, return_inverse=True)[1]
    share = np.bincount(number, weights=offered) / np.bincount(number)
    odds = np.where(share < HARDLY_EVER * offered.mean(), 0.0, share / np.maximum(1 - share, 0.05))
    return np.asarray((odds / max(odds.max(initial=0.0), 1e-12))[number])


def _odds(risk: np.ndarray) -> np.ndarray:
    held = np.clip(risk, LEAST, MOST)
    return np.asarray(np.log(held / (1 - held)))


def _columns(risk: np.ndarray, features: pd.DataFrame) -> np.ndarray:
    return np.column_stack([_odds(risk), causes_of(features), place_only(features)])
