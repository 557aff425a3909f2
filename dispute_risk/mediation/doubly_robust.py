"""Study design 1: cases offered a meeting against cases alike in the same week that were not.

Assumes that, among cases alike in all that is recorded on the day of the offer, who was offered had nothing to do with
who would have appealed. It cannot answer where nobody alike went without an offer, or where there are too few cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.mediation.effect import Z_95, Effect, Naive, refused, shrunk
from dispute_risk.mediation.eligible import Eligible
from dispute_risk.mediation.nuisance import Learner, Nuisance, cross_fitted

__all__ = ["ASSUMES", "Estimate", "choice_left", "doubly_robust", "estimate", "naive_difference", "staying_unoffered"]

ASSUMES = (
    "Among cases alike in what the records show on the day, an offer did not go by anything else that goes with appealing.",
    "An offer to one family does not change what another family does.",
    "The pilot's offers and the appeals are recorded alike for all.",
)
FEWEST_A_SIDE, FEWEST_APPEALS = 50, 10
"""Cases with a known outcome on each side, and appeals on each side taken together with the other at least twice that."""
FEWEST_EFFECTIVE = 50
"""Of those not offered, how many must in effect carry the comparison (Kish)."""
NEARLY_CERTAIN, MOST_NEARLY_CERTAIN = 0.95, 0.05
"""Where more than this share was all but certain to be offered, overlap weights are used instead."""
MOST_CHOICE_LEFT = 0.25
"""How far apart, in standard deviations, the weighted groups may be in how likely an offer was (Rubin 2001)."""
MOST_WEIGHT = 10.0
"""Cap on the weight of a case that stayed without an offer."""
WHOM = {
    "offered": "the cases that were offered a meeting",
    "eligible": "all cases that could have been offered a meeting",
    "overlap": "cases that could have gone either way (overlap weights)",
}


@dataclass(frozen=True)
class Estimate:
    """One doubly robust figure, in the units of the outcome.

    Parameters
    ----------
    value, standard_error : float
    part : ndarray
        What each row adds; their mean is `value`.
    influence : ndarray
        What each row does to the figure, for ranges by family.
    effective : float
        How many of those without an offer carry the comparison (Kish).
    """

    value: float
    standard_error: float
    part: np.ndarray
    influence: np.ndarray
    effective: float


def estimate(
    outcome: np.ndarray, offered: np.ndarray, told: Nuisance, family: np.ndarray, target: str = "offered",
    stays: np.ndarray | None = None,
) -> Estimate:
    """Return the augmented inverse-probability estimate, with a standard error by family.

    Right where either the chance of an offer or the expected outcome is right (Robins, Rotnitzky and Zhao 1994).

    Parameters
    ----------
    outcome : ndarray of float
    offered : ndarray of bool
    told : Nuisance
        Cross-fitted.
    family : ndarray of int
    target : {'offered', 'eligible', 'overlap'}
        Effect on those offered, on all that could be, or on those who could have gone either way (Li, Morgan and
        Zaslavsky 2018).
    stays : ndarray of float, optional
        Weight of a row that stayed without an offer; 0 for one offered later.
    """
    d, chance = offered.astype(float), told.offer
    stay = np.ones(len(d)) if stays is None else stays
    rest = (1 - d) * stay
    if target == "offered":
        without = rest * chance / (1 - chance)
        part, base = d * (outcome - told.if_not_offered) - without * (outcome - told.if_not_offered), d
    elif target == "eligible":
        without = rest / (1 - chance)
        part = (told.if_offered - told.if_not_offered + d * (outcome - told.if_offered) / chance
                - without * (outcome - told.if_not_offered))
        base = np.ones(len(d))
    elif target == "overlap":
        without = rest * chance
        tilt = chance * (1 - chance)
        part = (tilt * (told.if_offered - told.if_not_offered) + d * (1 - chance) * (outcome - told.if_offered)
                - without * (outcome - told.if_not_offered))
        base = tilt
    else:
        raise ValueError(f"target is {target!r}; allowed: {', '.join(WHOM)}")
    value = part.sum() / base.sum()
    influence = (part - value * base) / base.mean()
    return Estimate(float(value), by_family(influence, family), part / base.mean(), influence, kish(without))


def choice_left(chance: np.ndarray, offered: np.ndarray, stays: np.ndarray, target: str) -> float:
    """Return how much likelier an offer was for those offered than for those set beside them, after weighting.

    In standard deviations of the log-odds. Where offers went nearly by rule a smoothed chance looks like overlap; the
    groups it makes still differ, and this shows it.
    """
    log_odds = np.log(chance / (1 - chance))
    mine = np.ones(offered.sum()) if target == "offered" else 1 - chance[offered] if target == "overlap" else 1 / chance[offered]
    theirs = stays * (chance / (1 - chance) if target == "offered" else chance if target == "overlap" else 1 / (1 - chance))
    apart = np.average(log_odds[offered], weights=mine) - np.average(log_odds[~offered], weights=theirs[~offered])
    return float(apart / np.sqrt((log_odds[offered].var() + log_odds[~offered].var()) / 2 + 1e-12))


def by_family(influence: np.ndarray, family: np.ndarray) -> float:
    """Return the standard error of a mean whose rows come in families."""
    total = np.bincount(np.unique(family, return_inverse=True)[1], weights=influence)
    count = len(total)
    return float(np.sqrt(count / max(count - 1, 1) * (total**2).sum()) / len(influence))


def kish(weight: np.ndarray) -> float:
    """Return how many equally weighted cases the weights are worth."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0


def staying_unoffered(eligible: Eligible, chance: np.ndarray) -> np.ndarray:
    """Return the weight of each row as one that stays without an offer: 0 where an offer came later.

    A case offered in a later week leaves the comparison then; those like it that stayed are counted for it too. Only weeks
    in which an offer could still have been made count, so a family that had begun an appeal is not weighted for it.
    """
    rows = eligible.rows
    log_stay = np.log(1 - chance)
    order = np.lexsort((rows["day"].to_numpy(), rows["notice"].to_numpy()))
    notice = rows["notice"].to_numpy()[order]
    running = np.cumsum(log_stay[order][::-1])[::-1]
    last = np.searchsorted(notice, notice, "right")
    beyond = np.append(running, 0.0)[last]
    later = np.empty(len(rows))
    later[order] = running - log_stay[order] - beyond
    return np.where(rows["offered_later"], 0.0, np.minimum(np.exp(-later), MOST_WEIGHT))


def naive_difference(outcome: np.ndarray, offered: np.ndarray) -> Naive:
    """Return the difference of the two groups as they stand, per 100."""
    yes, no = outcome[offered], outcome[~offered]
    if not (len(yes) and len(no)):
        return Naive()
    value = 100 * (yes.mean() - no.mean())
    error = 100 * np.sqrt(yes.var() / len(yes) + no.var() / len(no))
    return Naive(float(value), float(value - Z_95 * error), float(value + Z_95 * error))


def doubly_robust(
    eligible: Eligible, *, target: str = "offered", folds: int = 5, repeats: int = 3, random_state: int = 0,
    learn_offer: Learner | None = None, learn_outcome: Learner | None = None,
) -> Effect:
    """Return the effect of an offer by comparing cases alike on the day, or the reason why it cannot be told.

    Parameters
    ----------
    eligible : Eligible
    target : {'offered', 'eligible', 'overlap'}
        Where cases were all but certain to be offered, `overlap` is used whatever was asked, and said.
    folds, repeats, random_state : int
        Families are dealt into folds; the median over repeats is given, so that the deal does not decide.
    learn_offer, learn_outcome : Learner, optional

    Returns
    -------
    Effect
    """
    kept = eligible.where(eligible.known)
    rows = kept.rows
    outcome, offered = rows["outcome"].to_numpy(), rows["offered"].to_numpy(bool)
    family = rows["family"].to_numpy()
    known: dict[str, Any] = {"assumes": ASSUMES, "data": eligible.data}
    never = ~rows["offered_later"].to_numpy(bool)
    naive = naive_difference(outcome[never], offered[never])
    known |= {"n_offered": int(offered.sum()), "n_comparison": int((~offered & never).sum()), "naive": naive}
    reasons = _too_few(outcome, offered & never | offered, ~offered & never)
    if reasons:
        return refused("doubly_robust", reasons, **known)
    found: list[Estimate] = []
    for repeat in range(repeats):
        told, stays = _told(kept, folds, random_state + repeat, learn_offer, learn_outcome, target)
        if repeat == 0 and _target(target, told.offer[offered] if target == "offered" else told.offer) != target:
            target = "overlap"
            told, stays = _told(kept, folds, random_state, learn_offer, learn_outcome, target)
        found.append(estimate(outcome, offered, told, family, target, stays))
    value, error = _median(found)
    effective = float(np.median([one.effective for one in found]))
    if effective < FEWEST_EFFECTIVE:
        return refused("doubly_robust", [
            f"Want of overlap: of {known['n_comparison']:,} cases without an offer only {effective:.0f} in effect are like those "
            f"offered; at least {FEWEST_EFFECTIVE} are needed."], **known)
    left = choice_left(told.offer, offered, stays, target)
    if left > MOST_CHOICE_LEFT:
        return refused("doubly_robust", [
            f"Want of overlap: even after weighting, those offered were likelier to be offered than those set beside them, by "
            f"{left:.2f} standard deviations; at most {MOST_CHOICE_LEFT} is allowed. Offers went nearly by rule."], **known)
    rate = 100 * float(outcome[offered].mean())
    take_up = float(rows.loc[offered, "attended"].mean())
    return Effect(
        "doubly_robust", 100 * value, 100 * (value - Z_95 * error), 100 * (value + Z_95 * error), 100 * error, rate,
        rate - 100 * value, whom=WHOM[target], take_up=take_up, method=_method(kept, folds, repeats, effective),
        by_ground=by_decision(rows, found[0], offered, target, 100 * value),
        details={"propensity": pd.DataFrame({"offered": offered, "chance": told.offer, "stays": stays,
                                             "without": told.if_not_offered})}, **known)


def _told(kept: Eligible, folds: int, random_state: int, learn_offer: Learner | None,
          learn_outcome: Learner | None, target: str) -> tuple[Nuisance, np.ndarray]:
    """Return what is foretold of each row, and its weight as one that stays without an offer."""
    rows = kept.rows
    outcome, offered, family = rows["outcome"].to_numpy(), rows["offered"].to_numpy(bool), rows["family"].to_numpy()
    first = cross_fitted(kept.columns, outcome, offered, family, folds=folds, random_state=random_state,
                         learn_offer=learn_offer, learn_outcome=learn_outcome, both=target != "offered",
                         usable=(~rows["offered_later"].to_numpy(bool)).astype(float))
    return first, staying_unoffered(kept, first.offer)


def _too_few(outcome: np.ndarray, offered: np.ndarray, comparison: np.ndarray) -> list[str]:
    reasons = []
    if not comparison.any():
        return ["Every case that could be offered was offered: there is nobody to compare with."]
    for mask, who in ((offered, "offered"), (comparison, "not offered")):
        if mask.sum() < FEWEST_A_SIDE:
            reasons.append(f"Too few: {int(mask.sum())} cases {who} with a known outcome; at least {FEWEST_A_SIDE} are needed.")
    appeals = int(outcome[offered].sum()), int(outcome[comparison].sum())
    if appeals[1] < FEWEST_APPEALS or sum(appeals) < 2 * FEWEST_APPEALS:
        reasons.append(f"Too few appeals: {appeals[0]} among those offered and {appeals[1]} among the others; at least "
                       f"{FEWEST_APPEALS} among the others and {2 * FEWEST_APPEALS} in all are needed.")
    return reasons


def _target(asked: str, chance: np.ndarray) -> str:
    if asked == "overlap":
        return asked
    extreme = (chance > NEARLY_CERTAIN) if asked == "offered" else (chance > NEARLY_CERTAIN) | (chance < 1 - NEARLY_CERTAIN)
    return "overlap" if extreme.mean() > MOST_NEARLY_CERTAIN else asked


def _median(found: list[Estimate]) -> tuple[float, float]:
    value = float(np.median([one.value for one in found]))
    return value, float(np.sqrt(np.median([one.standard_error**2 + (one.value - value) ** 2 for one in found])))


def _method(kept: Eligible, folds: int, repeats: int, effective: float) -> str:
    return (f"Weekly trials from the day of the offer, {len(kept):,} rows; augmented inverse-probability weighting, "
            f"{folds} folds by family, median of {repeats} deals, {kept.columns.shape[1]} columns adjusted for; the comparison "
            f"is worth {effective:.0f} cases.")


def by_decision(
    rows: pd.DataFrame, found: Estimate, offered: np.ndarray, target: str, overall: float
) -> pd.DataFrame:
    """Return the effect by kind of decision, and the same pulled towards the overall figure."""
    lines = []
    for kind in sorted(rows["decision_type"].unique()):
        here = (rows["decision_type"] == kind).to_numpy()
        counts = int((offered & here).sum()), int((~offered & here).sum()), int(rows.loc[here, "outcome"].sum())
        line: dict[str, object] = dict(zip(("n_offered", "n_comparison", "appeals"), counts, strict=True))
        line |= {"decision_type": kind, "told": ""}
        few = counts[0] < FEWEST_A_SIDE // 2 or counts[1] < FEWEST_A_SIDE // 2 or counts[2] < FEWEST_APPEALS
        if few or target != "offered":
            line["told"] = "too few to say" if few else "not worked out with overlap weights"
        else:
            share = (offered & here).sum() / len(rows)
            part = np.where(here, found.part * offered.mean(), 0.0) / share
            value = float(part.mean())
            error = 100 * by_family(part - value * (offered & here) / share, rows["family"].to_numpy())
            pulled, _ = shrunk(100 * value, error, overall, max(abs(overall), 1.0))
            line |= {"risk_difference": 100 * value, "low": 100 * value - Z_95 * error, "high": 100 * value + Z_95 * error,
                     "standard_error": error, "shrunk": float(pulled)}
        lines.append(line)
    order = ["decision_type", "n_offered", "n_comparison", "appeals", "risk_difference", "low", "high", "standard_error",
             "shrunk", "told"]
    return pd.DataFrame(lines).reindex(columns=order)
