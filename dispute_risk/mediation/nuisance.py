"""How likely an offer was, and how likely an appeal without it: learned on other families, and foretold for each case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispute_risk.model.one_core import on_one_core

__all__ = ["Learner", "Nuisance", "cross_fitted", "family_folds", "linear", "logistic"]

Learner = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Takes columns, outcome and weights of the rows to learn from and columns of others, and foretells those."""

OFFER_STRENGTH, OUTCOME_STRENGTH = 0.1, 0.03
"""Inverse penalties: coefficients of about 0.3 (offer) and 0.2 (appeal) in log-odds for a standard deviation are taken as
usual, three times that for what cases are known to be chosen by. They are not chosen by log loss: what foretells best
shrinks so hard that part of the choice of cases is left in: ranges then held the planted effect in 89 % of 80 simulations."""
NEVER, ALWAYS = 0.01, 0.99
"""Chances of an offer are kept between these."""


@dataclass(frozen=True)
class Nuisance:
    """What was foretold of each row by models that had not seen its family.

    Parameters
    ----------
    offer : ndarray of float, shape (rows,)
        Chance of an offer.
    if_not_offered, if_offered : ndarray of float, shape (rows,)
        Outcome expected without and with an offer.
    """

    offer: np.ndarray
    if_not_offered: np.ndarray
    if_offered: np.ndarray


def family_folds(family: np.ndarray, folds: int, random_state: int) -> np.ndarray:
    """Return the fold of each row; a family is never split.

    >>> family_folds(np.array([4, 4, 9, 7]), 2, 0)[:2].tolist() in ([0, 0], [1, 1])
    True
    """
    names, number = np.unique(family, return_inverse=True)
    place = np.random.default_rng(random_state).permutation(len(names)) % folds
    return place[number]


def logistic(strength: float) -> Learner:
    """Return a ridge logistic regression with an inverse penalty."""

    def fitted(columns: np.ndarray, outcome: np.ndarray, weight: np.ndarray, others: np.ndarray) -> np.ndarray:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200)
        return np.asarray(model.fit(columns, outcome, sample_weight=weight).predict_proba(others)[:, 1])

    return fitted


def linear(strength: float = 1.0) -> Learner:
    """Return a ridge regression, for outcomes that are amounts."""

    def fitted(columns: np.ndarray, outcome: np.ndarray, weight: np.ndarray, others: np.ndarray) -> np.ndarray:
        from sklearn.linear_model import Ridge

        return np.asarray(Ridge(alpha=strength).fit(columns, outcome, sample_weight=weight).predict(others))

    return fitted


@on_one_core
def cross_fitted(
    columns: np.ndarray, outcome: np.ndarray, offered: np.ndarray, family: np.ndarray, *, folds: int = 5,
    random_state: int = 0, learn_offer: Learner | None = None, learn_outcome: Learner | None = None,
    fold: np.ndarray | None = None, usable: np.ndarray | None = None, both: bool = True,
) -> Nuisance:
    """Foretell offer and outcome of each row from the rows of other families.

    Parameters
    ----------
    columns : ndarray of shape (rows, columns)
    outcome : ndarray of shape (rows,)
        Rows with NaN are foretold and not learned from.
    offered : ndarray of bool
    family : ndarray of int
    folds, random_state : int
    learn_offer, learn_outcome : Learner, optional
        Ridge logistic by default, with `OFFER_STRENGTH` and `OUTCOME_STRENGTH`.
    fold : ndarray of int, optional
        Folds given from outside, in place of `folds` and `random_state`.
    usable : ndarray of float, optional
        Weight of each row when the outcome is learned; 0 leaves it out.
    both : bool
        Whether the outcome with an offer is wanted too.
    """
    known = ~np.isnan(outcome)
    weight = np.ones(len(outcome)) if usable is None else usable
    told = {name: np.full(len(outcome), np.nan) for name in ("offer", "without", "with")}
    side = {"without": known & ~offered & (weight > 0), "with": known & offered}
    offer = learn_offer or logistic(OFFER_STRENGTH)
    learn = learn_outcome or logistic(OUTCOME_STRENGTH)
    place = family_folds(family, folds, random_state) if fold is None else fold
    for part in np.unique(place):
        here, there = place != part, place == part
        told["offer"][there] = offer(columns[here], offered[here].astype(float), np.ones(here.sum()), columns[there])
        for name, mask in side.items():
            if name == "with" and not both:
                continue
            rows = here & mask
            if len(np.unique(outcome[rows])) < 2:
                told[name][there] = outcome[rows].mean() if rows.any() else 0.0
            else:
                told[name][there] = learn(columns[rows], outcome[rows], weight[rows], columns[there])
    return Nuisance(np.clip(told["offer"], NEVER, ALWAYS), told["without"], told["with"])
