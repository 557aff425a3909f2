"""Study design 2: offers rationed by lot, or by places, among cases that could all have been offered.

Assumes that who was drawn, or how many stood in line for the week's places, has nothing to do with who would have
appealed, and works only through the offer. It cannot answer where there was no rationing, where the places followed
risk, or where there are too few cases.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.errors import UnusableRecords
from dispute_risk.mediation.doubly_robust import FEWEST_A_SIDE, FEWEST_APPEALS, naive_difference
from dispute_risk.mediation.effect import Z_95, Effect, refused
from dispute_risk.mediation.eligible import Eligible
from dispute_risk.mediation.nuisance import cross_fitted

__all__ = ["LIST_COLUMNS", "drawn_rows", "encouragement", "rationed_by_places"]

LIST_COLUMNS = ("case_id", "on", "drawn")
"""What a list of the lottery must hold; `stratum` too where the chance of being drawn differed."""
ASSUMES = (
    "Among cases that stood in line together, who was drawn was chance.",
    "Being drawn changes nothing but the offer.",
    "A family that meets only when offered is not made more likely to appeal by the offer alone (for the effect of attending).",
)
SUSPICIOUS = 2.576
"""A difference in risk between drawn and not drawn that chance makes in 1 of 100 lotteries."""
WEAK = 10.0
"""First-stage F below which an effect of attending is not given (Staiger and Stock 1997)."""
REDRAWS = 499


def drawn_rows(eligible: Eligible, listed: pd.DataFrame) -> Eligible:
    """Return the cases of a lottery list, with what was known of them and what came of them.

    Parameters
    ----------
    eligible : Eligible
    listed : DataFrame
        case_id, on (the day of the draw), drawn (0/1), and stratum where the chance differed: those who stood in line
        together. Without it, those of an area and week.

    Raises
    ------
    UnusableRecords
        Where columns are missing, or no row of the list can be found among the cases eligible that week.
    """
    missing = [name for name in LIST_COLUMNS if name not in listed.columns]
    if missing:
        raise UnusableRecords(f"The list of the lottery lacks {', '.join(missing)}. It needs {', '.join(LIST_COLUMNS)}, one row "
                              "a case that stood in line, drawn or not.")
    chances = listed.assign(on=pd.to_datetime(listed["on"]).astype("datetime64[s]"), case_id=listed["case_id"].astype(str))
    rows = eligible.rows.reset_index(names="place")
    pairs = chances.merge(rows, on="case_id", suffixes=("_drawn", ""))
    gap = (pairs["on_drawn"] - pairs["on"]).dt.days
    pairs = pairs[(gap >= 0) & (gap < 7)].drop_duplicates(["case_id", "on_drawn"])
    if pairs.empty:
        raise UnusableRecords("No case of the list could have been offered a meeting on its day, by the records. Check case_id "
                              "and on against the decisions.")
    kept = eligible.where(pairs["place"].to_numpy())
    together = pairs["area"].astype(str) + " " + pairs["on_drawn"].dt.strftime("%Y-%m-%d")
    stratum = pairs["stratum"].astype(str) if "stratum" in pairs else together
    drawn = pairs["drawn"].to_numpy(float)
    return kept.with_rows(instrument=drawn, stratum=stratum.to_numpy(), cluster=kept.rows["family"].to_numpy())


def rationed_by_places(eligible: Eligible) -> Eligible:
    """Return the rows with the pressure on the week's places as what moves offers, for offers without a recorded lottery.

    The places of an area are its mean number of offers a week in that quarter; the more cases stand in line in a week, the
    smaller the chance of each. Cases of an area and quarter are compared with each other, and ranges go by area and week.
    """
    rows = eligible.rows
    week = rows["area"].astype(str) + " " + rows["on"].dt.strftime("%Y-%m-%d")
    stratum = rows["area"].astype(str) + " " + rows["on"].dt.to_period("Q").astype(str)
    line = rows.groupby(week)["case_id"].transform("size")
    places = rows.groupby(stratum)["offered"].transform("sum") / rows.groupby(stratum)["on"].transform("nunique")
    return eligible.with_rows(instrument=np.minimum(places / line, 1.0), stratum=stratum, cluster=week)


def encouragement(rationed: Eligible, *, folds: int = 5, random_state: int = 0) -> Effect:
    """Return the effect of being drawn for an offer, and of meeting, or the reason why neither can be told.

    Parameters
    ----------
    rationed : Eligible
        From `drawn_rows` or `rationed_by_places`.

    Returns
    -------
    Effect
        `risk_difference` is the effect of the offer: the difference by lot, divided by how much more often those drawn were
        offered. `effect_of_attending` is for families who meet when offered; its range is Anderson and Rubin's, which
        stays right where few meet.
    """
    kept = rationed.where(rationed.known)
    rows = kept.rows
    outcome, offered, attended = (rows[name].to_numpy(float) for name in ("outcome", "offered", "attended"))
    naive = naive_difference(outcome, offered == 1)
    known: dict[str, Any] = {"assumes": ASSUMES, "data": kept.data, "naive": naive, "n_offered": int(offered.sum()),
             "n_comparison": int((1 - offered).sum())}
    push = within(rows["instrument"].to_numpy(float), rows["stratum"])
    reasons = _cannot(rows, push, outcome, offered)
    if reasons:
        return refused("encouragement", reasons, **known)
    told = cross_fitted(kept.columns, outcome, offered == 1, rows["family"].to_numpy(), folds=folds, random_state=random_state,
                        both=False).if_not_offered
    cluster = rows["cluster"].to_numpy()
    slope, error = _ratio(push, told, push, cluster)
    if abs(slope) > SUSPICIOUS * error:
        return refused("encouragement", [
            f"The rationing went with risk: before any offer, expected appeals differ by {100 * slope:+.1f} in 100 between drawn "
            "and not drawn, more than chance makes in 99 of 100 lotteries. It was no lottery."], **known)
    # What the records foretell is taken off first: the same difference, with less chance in it.
    rest = outcome - told
    strength = _strength(push, offered, cluster)
    if strength < WEAK:
        return refused("encouragement", [f"The rationing hardly moved the offers (F = {strength:.1f}; 10 is needed)."], **known)
    value, error = _ratio(push, rest, offered, cluster)
    rate = 100 * float(outcome[offered == 1].mean())
    attending = _attending(push, rest, attended, cluster)
    return Effect(
        "encouragement", 100 * value, 100 * (value - Z_95 * error), 100 * (value + Z_95 * error), 100 * error, rate,
        rate - 100 * value, take_up=float(attended[offered == 1].mean()), effect_of_attending=attending[0],
        attending_low=attending[1], attending_high=attending[2], whom="the cases that stood in line",
        method=f"{rows['stratum'].nunique():,} lines, {len(rows):,} cases; difference within lines after taking off the expected "
        f"outcome, two-stage least squares, ranges by {'family' if (cluster == rows['family']).all() else 'area and week'}; "
        f"first stage F = {strength:.0f}.",
        details={"redraws": _redrawn(rows, rest, random_state)}, **known)


def within(values: np.ndarray, stratum: pd.Series | np.ndarray) -> np.ndarray:
    """Return the values less the mean of their stratum."""
    frame = pd.Series(np.asarray(values, float))
    return np.asarray(frame - frame.groupby(np.asarray(stratum)).transform("mean"))


def _cannot(rows: pd.DataFrame, push: np.ndarray, outcome: np.ndarray, offered: np.ndarray) -> list[str]:
    if not np.abs(push).max(initial=0) > 1e-9:
        return ["There was no rationing: in every line all were drawn or none was."]
    reasons = []
    live = np.abs(push) > 1e-9
    for mask, who in ((offered == 1, "offered"), (offered == 0, "not offered")):
        if (mask & live).sum() < FEWEST_A_SIDE:
            reasons.append(f"Too few: {int((mask & live).sum())} cases {who} in lines that were rationed; at least "
                           f"{FEWEST_A_SIDE} are needed.")
    if outcome.sum() < 2 * FEWEST_APPEALS:
        reasons.append(f"Too few appeals: {int(outcome.sum())}; at least {2 * FEWEST_APPEALS} are needed.")
    return reasons


def _clustered(part: np.ndarray, cluster: np.ndarray) -> float:
    """Return the variance of a sum whose terms come in clusters."""
    total = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=part)
    return float((total**2).sum() * len(total) / max(len(total) - 1, 1))


def _ratio(push: np.ndarray, outcome: np.ndarray, treated: np.ndarray, cluster: np.ndarray) -> tuple[float, float]:
    """Return what the push does to the outcome over what it does to the treatment, and its standard error."""
    moved = float(push @ treated)
    value = float(push @ outcome) / moved
    mean = (outcome - value * treated).mean()
    return value, float(np.sqrt(_clustered(push * (outcome - value * treated - mean), cluster)) / abs(moved))


def _strength(push: np.ndarray, treated: np.ndarray, cluster: np.ndarray) -> float:
    if treated.std() == 0:
        return 0.0
    slope = float(push @ treated) / float(push @ push)
    rest = treated - treated.mean() - slope * push
    error = np.sqrt(_clustered(push * rest, cluster)) / float(push @ push)
    return float((slope / error) ** 2) if error > 0 else np.inf


def _attending(push: np.ndarray, outcome: np.ndarray, attended: np.ndarray, cluster: np.ndarray) -> tuple[float, float, float]:
    """Return the effect of meeting per 100 who met, with Anderson and Rubin's range; NaN where few met or it has no end."""
    if _strength(push, attended, cluster) < WEAK:
        return np.nan, np.nan, np.nan
    value = float(push @ outcome) / float(push @ attended)
    a, b = push * (outcome - outcome.mean()), push * (attended - attended.mean())
    number = np.unique(cluster, return_inverse=True)[1]
    sums = np.bincount(number, weights=a), np.bincount(number, weights=b)
    scale = Z_95**2 * len(sums[0]) / max(len(sums[0]) - 1, 1)
    # (A - x B)^2 <= z^2 V(A - x B) is a quadratic in x.
    first, second = sums[0].sum(), sums[1].sum()
    square = second**2 - scale * (sums[1] ** 2).sum()
    middle = first * second - scale * (sums[0] * sums[1]).sum()
    rest = first**2 - scale * (sums[0] ** 2).sum()
    root = middle**2 - square * rest
    if square <= 0 or root < 0:
        return 100 * value, np.nan, np.nan
    return 100 * value, 100 * (middle - np.sqrt(root)) / square, 100 * (middle + np.sqrt(root)) / square


def _redrawn(rows: pd.DataFrame, outcome: np.ndarray, random_state: int) -> pd.DataFrame:
    """Return how often lots drawn anew within the lines make as large a difference: the exact test of no effect at all."""
    drawn, stratum = rows["instrument"].to_numpy(float), np.unique(rows["stratum"].to_numpy(), return_inverse=True)[1]
    rng, seen = np.random.default_rng(random_state), 0
    actual = abs(within(drawn, stratum) @ outcome)
    order = np.argsort(stratum, kind="stable")
    ordered, line, value = drawn[order], stratum[order], outcome[order]
    centred = value - (np.bincount(line, weights=value) / np.bincount(line))[line]
    for _ in range(REDRAWS):
        shuffled = np.lexsort((rng.random(len(line)), line))
        seen += abs(ordered[shuffled] @ centred) >= actual - 1e-12
    return pd.DataFrame({"redraws": [REDRAWS], "as_large": [seen], "p": [(1 + seen) / (1 + REDRAWS)]})
