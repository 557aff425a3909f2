"""Learns from an authority's own offers what an offer does: the effect alone, by cause only where that stands a test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.mediation.benefit import CAUSES, GATE, TAKE_UP, Benefit, about_the_place, causes_of, place_only, prior_of
from dispute_risk.mediation.nuisance import cross_fitted, family_folds
from dispute_risk.mediation.time_left import time_left

if TYPE_CHECKING:
    from dispute_risk.mediation.eligible import Eligible

__all__ = ["learn_benefit", "like_the_offered", "right_by_cause"]

GENERAL_SD, PLACE_SD, CAUSE_SD = 0.30, 0.15, 0.35
"""How far the log rate ratio of an offer may lie from what is taken before (methods 6.1): in general, for disputes about the
place alone, and what each cause adds."""
RISK_SD = 1.0
"""How far the risk foretold may be off within a cause, on the log."""
FEWEST_OFFERED, FEWEST_APPEALS = 50, 10
"""Offers with a known outcome, and appeals among them, without which the published effect stands."""
FEWEST_FOLLOWED, FOLLOWED_DAYS = 20, 91
"""The guess at the share of offers taken up is worth so many offers; an offer is given so long to come to a meeting."""
FOLDS = 5
HARDLY_EVER = 0.05
"""Kinds of case of which a smaller share is offered do not count for the risk of those that are."""


def learn_benefit(
    eligible: Eligible, risk: np.ndarray | None = None, *, folds: int = FOLDS, random_state: int = 0
) -> Benefit:
    """Return what the authority's own offers say of their effect, by cause only where that stands a test.

    The risk of each case had it not been offered is foretold by a model of other families that were not offered, and is set
    right by cause together with the effect, from both sides (`_Trial`). Effects by cause are pulled towards none, and used only
    if they foretell the outcomes of families left out better than one figure does (methods 6.1).

    Parameters
    ----------
    eligible : Eligible
        Offers and the like cases without, cut at the as-of date.
    risk : ndarray of float, optional
        Risk of each row without an offer; by default learned from the rows not offered.
    folds, random_state : int
        Families are dealt into folds.

    Returns
    -------
    Benefit
        `rests_on` says what it is: by cause, one figure, or the published effect where offers are too few.
    """
    left = time_left(eligible.history, eligible.offers)
    take_up = _take_up(eligible)
    known = eligible.known
    if risk is None and known.any() and _sides(eligible, known):
        risk = _without(eligible, folds, random_state)
    offered = known & eligible.rows["offered"].to_numpy(bool)
    outcome = eligible.rows["outcome"].to_numpy(float)[offered]
    counts = int(offered.sum()), int(np.nansum(outcome))
    centre = prior_of(take_up)
    days = (eligible.rows["day"] - eligible.rows["notice_day"]).to_numpy(float)[offered]
    if risk is None or counts[0] < FEWEST_OFFERED or counts[1] < FEWEST_APPEALS:
        return Benefit(*centre, take_up=take_up, left=left, n_offered=counts[0], n_appeals=counts[1])
    trial, used = _trial(eligible, risk, known, centre)
    fold = family_folds(eligible.rows["family"].to_numpy()[used], folds, random_state)
    gain = sum(trial.where(fold == one).fit(trial.where(fold != one).map(True))
               - trial.where(fold == one).fit(trial.where(fold != one).map(False)) for one in range(folds))
    opened = bool(gain > GATE)
    line = trial.map(opened)
    by_cause = tuple(float(one) for one in line[2: 2 + len(CAUSES)]) if opened else ()
    return Benefit(float(line[0]), float(line[1]), by_cause, take_up, left, float(gain), *counts, float(np.median(days)),
                   "by_cause" if opened else "one_figure")


def _sides(eligible: Eligible, known: np.ndarray) -> bool:
    """Whether both the offered and the others with a known outcome are there to learn a risk from."""
    offered = eligible.rows["offered"].to_numpy(bool)
    appealed = eligible.rows["outcome"].to_numpy(float) == 1
    return bool((known & offered).sum() >= FEWEST_OFFERED and (known & ~offered & appealed).sum() >= FEWEST_APPEALS)


def _without(eligible: Eligible, folds: int, random_state: int) -> np.ndarray:
    """Return the risk of each row without an offer, learned on other families."""
    rows = eligible.rows
    outcome, offered = rows["outcome"].to_numpy(float), rows["offered"].to_numpy(bool)
    stays = ~rows["offered_later"].to_numpy(bool)
    fold = family_folds(rows["family"].to_numpy(), folds, random_state)
    return cross_fitted(eligible.columns, outcome, offered, rows["family"].to_numpy(), fold=fold, both=False,
                        learn_offer=_not_asked, usable=stays.astype(float)).if_not_offered


def _trial(eligible: Eligible, risk: np.ndarray, known: np.ndarray, centre: tuple[float, float]) -> tuple[_Trial, np.ndarray]:
    """Return the cases offered and those like them that were not, and their positions."""
    rows = eligible.rows
    offered = rows["offered"].to_numpy(bool)
    count = np.where(offered, 1.0, np.where(rows["offered_later"].to_numpy(bool), 0.0, like_the_offered(eligible)))
    used = np.flatnonzero(known & (count > 0))
    mine = eligible.features.iloc[used]
    return _Trial(np.clip(risk[used], 1e-4, 0.98), offered[used], causes_of(mine), place_only(mine),
                  rows["outcome"].to_numpy(float)[used], count[used], centre), used


def like_the_offered(eligible: Eligible) -> np.ndarray:
    """Return how much each row without an offer counts when a risk is set right: as cases like it are offered.

    A pilot need not offer every kind of case. A plan in which nothing is lacking is hardly ever offered a meeting; if such
    plans counted, the risk of the others would be set wrong. Kinds are told by the decision, advice and place.
    """
    advice = causes_of(eligible.features)[:, 0].astype(int).astype(str)
    place = about_the_place(eligible.features).astype(int).astype(str)
    kind = eligible.rows["decision_type"].astype(str).to_numpy() + "|" + advice + "|" + place
    offered = eligible.rows["offered"].to_numpy(float)
    number = np.unique(kind, return_inverse=True)[1]
    share = (np.bincount(number, weights=offered) / np.bincount(number))[number]
    return np.where(share < HARDLY_EVER, 0.0, share / np.maximum(1 - share, 0.05))


def right_by_cause(
    risk: np.ndarray, flags: np.ndarray, outcome: np.ndarray, other_risk: np.ndarray, other_flags: np.ndarray,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """Return the risks of other rows, set right so that on the rows given they are right on average within each cause.

    A model that shrinks understates the risk where a cause holds, and an effect would then look too small just there.
    """
    from sklearn.linear_model import LogisticRegression

    def columns(of: np.ndarray, flag: np.ndarray) -> np.ndarray:
        held = np.clip(of, 1e-4, 0.98)
        return np.column_stack([np.log(held / (1 - held)), flag])

    counts = np.ones(len(outcome)) if weight is None else weight
    if len(np.unique(outcome[counts > 0])) < 2:
        return other_risk
    model = LogisticRegression(C=10.0, solver="newton-cholesky", max_iter=200)
    model.fit(columns(risk, flags), outcome, sample_weight=counts)
    return np.asarray(model.predict_proba(columns(other_risk, other_flags))[:, 1])


def _not_asked(columns: np.ndarray, outcome: np.ndarray, weight: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.full(len(others), outcome.mean())  # the chance of an offer is not needed here


def _take_up(eligible: Eligible) -> float:
    """Return meetings held per offer that is old enough, with a guess worth 20 offers added."""
    made = eligible.offers.table
    old = made[made["day"] <= eligible.history.last_day - FOLLOWED_DAYS]
    held = float(old["held_day"].notna().sum())
    return (held + FEWEST_FOLLOWED * TAKE_UP) / (len(old) + FEWEST_FOLLOWED)


@dataclass(frozen=True)
class _Trial:
    """Cases offered and like them: the risk foretold, what may change the effect, what came of it, and how much each counts.

    The risk foretold may be off within a cause, by chance as well. So it is set right by cause together with the effect, on
    both sides at once; what is then called an effect by cause is a difference between the two sides, and a shift that both
    share is none.
    """

    risk: np.ndarray
    offered: np.ndarray
    flags: np.ndarray
    place: np.ndarray
    outcome: np.ndarray
    count: np.ndarray
    centre: tuple[float, float]

    def where(self, mask: np.ndarray) -> _Trial:
        return _Trial(self.risk[mask], self.offered[mask], self.flags[mask], self.place[mask], self.outcome[mask],
                      self.count[mask], self.centre)

    @cached_property
    def sides(self) -> np.ndarray:
        """One column a parameter: the effect in general, of the place alone, by cause; and the same of the risk itself."""
        both = np.column_stack([~self.place, self.place, self.flags]).astype(float)
        return np.hstack([both * self.offered[:, None], both])

    def chance(self, line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the chance of an appeal of each row, and its slope in the logs."""
        raw = self.risk * np.exp(np.minimum(self.sides @ line, 3.0))
        return np.clip(raw, 1e-6, 0.999), raw * (raw < 0.999)

    def fit(self, line: np.ndarray) -> float:
        """Return the log-likelihood of the rows."""
        chance, _ = self.chance(line)
        return float((self.count * (self.outcome * np.log(chance) + (1 - self.outcome) * np.log(1 - chance))).sum())

    def map(self, vary: bool) -> np.ndarray:
        """Return the most likely line given the prior; effects by cause are nothing where they may not vary."""
        from scipy.optimize import minimize

        count = self.flags.shape[1]
        centre = np.array([*self.centre, *np.zeros(2 * count + 2)])
        spread = np.array([GENERAL_SD, PLACE_SD, *np.full(count, CAUSE_SD), *np.full(count + 2, RISK_SD)])
        free = np.ones(len(centre), bool)
        free[2: 2 + count] = vary

        def loss(part: np.ndarray) -> tuple[float, np.ndarray]:
            line = centre.copy()
            line[free] = part
            chance, slope = self.chance(line)
            pull = (line - centre) / spread
            push = self.count * (self.outcome / chance - (1 - self.outcome) / (1 - chance)) * slope
            return -self.fit(line) + 0.5 * float(pull @ pull), (-(self.sides.T @ push) + pull / spread)[free]

        found = centre.copy()
        found[free] = minimize(loss, centre[free], jac=True, method="L-BFGS-B").x
        return found
