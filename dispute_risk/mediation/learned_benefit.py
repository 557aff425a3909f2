"""Learns from an authority's own offers what an offer does: the effect alone, by cause only where that stands a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.mediation.benefit import GATE, TAKE_UP, Benefit, causes_of, place_only, prior_of
from dispute_risk.mediation.decision_risk import learn_decision_risk, like_the_offered
from dispute_risk.mediation.nuisance import cross_fitted, family_folds
from dispute_risk.mediation.shared_effects import LEAST_AGREEMENT, SharedEffect, agreement, taken_together
from dispute_risk.mediation.time_left import time_left
from dispute_risk.mediation.trial_by_cause import EFFECTS, Information, TrialByCause

if TYPE_CHECKING:
    from dispute_risk.mediation.eligible import Eligible

__all__ = ["gain_by_cause", "learn_benefit", "trial_of"]

FEWEST_OFFERED, FEWEST_APPEALS = 50, 10
"""Offers with a known outcome, and appeals among them, without which the published effect stands."""
FEWEST_FOLLOWED, FOLLOWED_DAYS = 20, 91
"""The guess at the share of offers taken up is worth so many offers; an offer is given so long to come to a meeting."""
FOLDS = 5
MOST_FROM_OTHERS = 3.0
"""What effects by cause gained on other authorities' families counts for so much at most, either way: odds of twenty to one."""


def learn_benefit(
    eligible: Eligible, risk: np.ndarray | None = None, *, shared: Sequence[SharedEffect] = (), folds: int = FOLDS,
    random_state: int = 0,
) -> Benefit:
    """Return what the authority's own offers say of their effect, by cause only where that stands a test.

    The risk of each case had it not been offered is foretold by a model of other families that were not offered, and is set
    right by cause together with the effect, from both sides (`TrialByCause`). Effects by cause are pulled towards none, or
    towards what other authorities found, and used only if they foretell the outcomes of families left out better than one
    figure does (methods 6.1). What they gained on other authorities' families counts for `MOST_FROM_OTHERS` at most: enough to
    outweigh chance among one's own few appeals. Estimates that one's own offers plainly contradict are left out.

    Parameters
    ----------
    eligible : Eligible
        Offers and the like cases without, cut at the as-of date.
    risk : ndarray of float, optional
        Risk of each row without an offer; by default learned from the rows not offered.
    shared : sequence of SharedEffect
        Estimates of other authorities.
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
    decisions = None
    if risk is None and known.any() and _sides(eligible, known):
        risk = _without(eligible, folds, random_state)
        decisions = learn_decision_risk(eligible, risk, left)
    counts = _counts(eligible, known)
    centre = prior_of(take_up)
    if risk is None or counts[0] < FEWEST_OFFERED or counts[1] < FEWEST_APPEALS:
        return Benefit(*centre, take_up=take_up, left=left, n_offered=counts[0], n_appeals=counts[1], decisions=decisions,
                       shared_by=_names(shared))
    trial, used = _trial(eligible, risk, known, centre)
    before, others = Information.before(centre), taken_together(shared)
    contradicted: tuple[str, ...] = ()
    if shared and agreement(trial.information(), others) < LEAST_AGREEMENT:
        contradicted, shared = _names(shared), ()
    if shared:
        before = before + others
    gain = gain_by_cause(trial, eligible.rows["family"].to_numpy()[used], before, folds=folds, random_state=random_state)
    by_others = float(np.clip(sum(one.gain for one in shared), -MOST_FROM_OTHERS, MOST_FROM_OTHERS))
    opened = gain + by_others > GATE
    line = trial.likeliest(before if opened else None)
    by_cause = tuple(float(one) for one in line[2: len(EFFECTS)]) if opened else ()
    days = (eligible.rows["day"] - eligible.rows["notice_day"]).to_numpy(float)
    days = days[known & eligible.rows["offered"].to_numpy(bool)]
    return Benefit(float(line[0]), float(line[1]), by_cause, take_up, left, gain, *counts, float(np.median(days)),
                   "by_cause" if opened else "one_figure", decisions,
                   _names(shared), by_others, contradicted)


def trial_of(eligible: Eligible, *, folds: int = FOLDS, random_state: int = 0) -> tuple[TrialByCause, np.ndarray]:
    """Return an authority's offers as a trial by cause, and the family of each of its cases.

    Raises
    ------
    NotEnoughHistory
        Where the offers are too few to learn from.
    """
    known = eligible.known
    offered, appeals = _counts(eligible, known)
    if not _sides(eligible, known) or appeals < FEWEST_APPEALS:
        raise NotEnoughHistory(f"There are {offered} offers with a known outcome, with {appeals} appeals; {FEWEST_OFFERED} with "
                               f"{FEWEST_APPEALS} are needed before their effect can be shared. Wait for more.")
    trial, used = _trial(eligible, _without(eligible, folds, random_state), known, prior_of(_take_up(eligible)))
    return trial, eligible.rows["family"].to_numpy()[used]


def _names(shared: Sequence[SharedEffect]) -> tuple[str, ...]:
    return tuple(one.authority for one in shared)


def gain_by_cause(
    trial: TrialByCause, family: np.ndarray, before: Information, *, folds: int = FOLDS, random_state: int = 0
) -> float:
    """Return by how much effects by cause raise the log-likelihood of families left out, over one figure."""
    fold = family_folds(family, folds, random_state)
    return float(sum(trial.where(fold == one).fit(trial.where(fold != one).likeliest(before))
                     - trial.where(fold == one).fit(trial.where(fold != one).likeliest()) for one in range(folds)))


def _counts(eligible: Eligible, known: np.ndarray) -> tuple[int, int]:
    offered = known & eligible.rows["offered"].to_numpy(bool)
    return int(offered.sum()), int(np.nansum(eligible.rows["outcome"].to_numpy(float)[offered]))


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


def _trial(
    eligible: Eligible, risk: np.ndarray, known: np.ndarray, centre: tuple[float, float]
) -> tuple[TrialByCause, np.ndarray]:
    """Return the cases offered and those like them that were not, and their positions."""
    rows = eligible.rows
    offered = rows["offered"].to_numpy(bool)
    count = np.where(offered, 1.0, np.where(rows["offered_later"].to_numpy(bool), 0.0, like_the_offered(eligible)))
    used = np.flatnonzero(known & (count > 0))
    mine = eligible.features.iloc[used]
    return TrialByCause(np.clip(risk[used], 1e-4, 0.98), offered[used], causes_of(mine), place_only(mine),
                  rows["outcome"].to_numpy(float)[used], count[used], centre), used


def _not_asked(columns: np.ndarray, outcome: np.ndarray, weight: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.full(len(others), outcome.mean())  # the chance of an offer is not needed here


def _take_up(eligible: Eligible) -> float:
    """Return meetings held per offer that is old enough, with a guess worth 20 offers added."""
    made = eligible.offers.table
    old = made[made["day"] <= eligible.history.last_day - FOLLOWED_DAYS]
    held = float(old["held_day"].notna().sum())
    return (held + FEWEST_FOLLOWED * TAKE_UP) / (len(old) + FEWEST_FOLLOWED)
