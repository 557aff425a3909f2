"""Study design 3: areas that began to offer meetings before others, each against those that had not begun.

Assumes that without the pilot appeals per decision would have moved alike in all areas, and that areas did not begin
when things were turning. It cannot answer with fewer than four areas, fewer than two that began and two that waited,
where the areas moved apart before, or where there are too few appeals. It corroborates; it does not prove.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.mediation.area_quarters import AreaQuarters
from dispute_risk.mediation.effect import Z_95, Effect, Naive, refused

__all__ = ["PreTrend", "event_study", "permutation_p", "pre_trend", "staggered"]

ASSUMES = (
    "Without the pilot, appeals per 100 decisions would have risen or fallen alike in all areas.",
    "No area began when its appeals were about to turn, and none changed before it began.",
    "An offer in one area does not change appeals in another.",
    "Offers are the only thing that came with the pilot: the difference is put down to the cases offered.",
)
FEWEST_AREAS, FEWEST_BEGUN, FEWEST_WAITING = 4, 2, 2
FEWEST_BEFORE, FEWEST_APPEALS = 3, 40
REDRAWS = 499
ALARM = 0.05
WRONG = ("Wrong: it sets areas with offers against areas without, whenever, and takes what differs between areas and years for "
         "the effect of the offer.")


@dataclass(frozen=True)
class PreTrend:
    """How areas moved against those waiting before they began.

    Parameters
    ----------
    slope, standard_error, p : float
        Appeals per 100 decisions and quarter; NaN where it cannot be worked out.
    """

    slope: float
    standard_error: float
    p: float


def staggered(
    panel: AreaQuarters, *, random_state: int = 0, data: str = "", redraws: int = REDRAWS, events: bool = True
) -> Effect:
    """Return the effect of an offer from areas that began at different times, or the reason why it cannot be told.

    For each area and quarter after its start: its appeals per decision against its own mean before, less the same
    difference in the areas that had not begun (Callaway and Sant'Anna 2021, with all earlier quarters as the base). No
    area that has begun is ever a comparison, which is what goes wrong in the usual regression with area and quarter
    (Goodman-Bacon 2021). Those differences are averaged by the decisions in them. The range is by leaving out one area at
    a time, with t on one degree of freedom less than there are areas.

    Parameters
    ----------
    panel : AreaQuarters
    random_state : int
    data : str
        The records it comes from.
    redraws : int
        Ways of dealing the starts that are tried where there are too many to try all; 0 leaves the permutation out.
    events : bool
        Whether the difference by quarter since the start is worked out too.
    """
    known: dict[str, Any] = {
        "assumes": ASSUMES, "data": data or panel.data, "naive": _naive(panel), "n_offered": int(panel.offered.sum()),
        "n_comparison": int(panel.decisions.sum() - panel.offered.sum()),
        "details": {"panel": panel.table, **({"event_study": event_study(panel)} if events else {})}}
    reasons = _cannot(panel)
    if reasons:
        return refused("staggered", reasons, **known)
    before = pre_trend(panel)
    if before.p < ALARM:
        return refused("staggered", [
            f"The areas moved apart before any offer was made: by {before.slope:+.2f} appeals in 100 decisions a quarter (p = "
            f"{before.p:.3f}). What came after cannot be put down to the offers."], **known)
    after = panel.after
    share = float(panel.offered[after].sum() / panel.decisions[after].sum())
    value, error, freedom = _left_out(panel, overall)
    quantile = _t(freedom)
    p, floor = permutation_p(panel, random_state, redraws) if redraws else (np.nan, np.nan)
    known["details"]["permutation"] = pd.DataFrame({"p": [p], "smallest_possible": [floor]})
    scale = 100 / share
    rate = 100 * float((panel.rate * panel.decisions)[after].sum() / panel.decisions[after].sum())
    return Effect(
        "staggered", scale * value, scale * (value - quantile * error), scale * (value + quantile * error), scale * error,
        rate, rate - 100 * value, whom="the areas that began, while others had not; rates are per 100 decisions, offered or not",
        method=f"{panel.count} areas, {int(panel.begun.sum())} begun; {share:.0%} of decisions offered a meeting after the "
        f"start; one area left out at a time, t({freedom}); permutation p {p:.3f}, and it could not be below {floor:.3f}; trend "
        f"before the start {before.slope:+.2f} a quarter (p {before.p:.2f}).", **known)


def _cannot(panel: AreaQuarters) -> list[str]:
    reasons = []
    if panel.count < FEWEST_AREAS:
        reasons.append(f"Too few areas: {panel.count}; at least {FEWEST_AREAS} are needed.")
    used = _usable(panel)
    begun = int(used.any(axis=1).sum())
    if begun < FEWEST_BEGUN:
        reasons.append(f"Too few areas began while at least {FEWEST_WAITING} others waited: {begun}; at least {FEWEST_BEGUN} are "
                       "needed.")
    short = [str(panel.areas[one]) for one in np.flatnonzero(panel.begun) if (~panel.after[one]).sum() < FEWEST_BEFORE]
    if short:
        reasons.append(f"Fewer than {FEWEST_BEFORE} quarters are recorded before the start of {', '.join(short)}.")
    if panel.appeals.sum() < FEWEST_APPEALS:
        reasons.append(f"Too few appeals: {int(panel.appeals.sum())}; at least {FEWEST_APPEALS} are needed.")
    return reasons


def _waiting(panel: AreaQuarters, area: int | np.integer, keep: np.ndarray) -> np.ndarray:
    """Return which areas had not begun, for each quarter: the only comparison, and only areas that began later than this one.

    An area that began earlier has offers in the quarters this one is measured from.
    """
    return ~panel.after & (keep & (panel.start > panel.start[area]))[:, None]


def _usable(panel: AreaQuarters, keep: np.ndarray | None = None, fewest: int = FEWEST_WAITING) -> np.ndarray:
    """Return the quarters of areas that have begun in which enough others still wait."""
    kept = np.ones(panel.count, bool) if keep is None else keep
    waiting = (~panel.after & kept[:, None]).sum(axis=0)
    return panel.after & kept[:, None] & (waiting >= fewest)[None, :]


def _apart(panel: AreaQuarters, area: int | np.integer, keep: np.ndarray) -> np.ndarray:
    """Return the area's rate less that of areas waiting, by quarter, measured from their means before it began.

    The same areas stand on both sides of each difference: those waiting in a quarter are measured against their own means.
    """
    before = ~panel.after[area]
    base = np.average(panel.rate[area, before], weights=panel.decisions[area, before])
    weight = panel.decisions[:, before]
    own = (panel.rate[:, before] * weight).sum(axis=1) / weight.sum(axis=1)
    waits = _waiting(panel, area, keep) * panel.decisions
    total = waits.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        others = (waits * (panel.rate - own[:, None])).sum(axis=0) / total
    return panel.rate[area] - base - others


def overall(panel: AreaQuarters, keep: np.ndarray) -> float:
    """Return the mean difference after the start, by decisions; NaN where nothing is left to compare."""
    used = _usable(panel, keep, fewest=1)
    total, weight = 0.0, 0.0
    for area in np.flatnonzero(used.any(axis=1)):
        cells = used[area]
        total += float((_apart(panel, area, keep)[cells] * panel.decisions[area, cells]).sum())
        weight += float(panel.decisions[area, cells].sum())
    return total / weight if weight else np.nan


def _left_out(panel: AreaQuarters, figure: object) -> tuple[float, float, int]:
    """Return a figure, its standard error by leaving out one area at a time, and the degrees of freedom."""
    everyone = np.ones(panel.count, bool)
    value = figure(panel, everyone)  # type: ignore[operator]
    others = np.array([figure(panel, everyone & (np.arange(panel.count) != one))  # type: ignore[operator]
                       for one in range(panel.count)])
    others = others[np.isfinite(others)]
    count = len(others)
    if count < 3:
        return value, np.nan, 0
    return value, float(np.sqrt((count - 1) / count * ((others - others.mean()) ** 2).sum())), count - 1


def _t(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, freedom)) if freedom > 0 else Z_95


def _slope(panel: AreaQuarters, keep: np.ndarray) -> float:
    slopes, weights = [], []
    for area in np.flatnonzero(panel.begun & keep):
        before = ~panel.after[area]
        if before.sum() < FEWEST_BEFORE or not (_waiting(panel, area, keep)[:, before].any(axis=0)).all():
            continue
        when = np.arange(before.sum()) - (before.sum() - 1) / 2
        slopes.append(float(when @ _apart(panel, area, keep)[before] / (when @ when)))
        weights.append(float(when @ when))
    return float(np.average(slopes, weights=weights)) if slopes else np.nan


def pre_trend(panel: AreaQuarters) -> PreTrend:
    """Return whether areas moved apart before they began, per 100 decisions and quarter.

    Passing is no proof: with few areas a trend worth worrying about is often missed (Roth 2022).
    """
    from scipy.stats import t

    slope, error, freedom = _left_out(panel, _slope)
    if not (np.isfinite(slope) and error > 0):
        return PreTrend(100 * slope, np.nan, np.nan)
    return PreTrend(100 * slope, 100 * error, float(2 * t.sf(abs(slope / error), freedom)))


def event_study(panel: AreaQuarters) -> pd.DataFrame:
    """Return the difference by quarter since the start, those before it too: quarter, difference, low, high, areas."""
    def at(quarter: int) -> object:
        def figure(given: AreaQuarters, keep: np.ndarray) -> float:
            values, weights = [], []
            for area in np.flatnonzero(given.begun & keep):
                place = given.start[area] + quarter
                some = 0 <= place < given.rate.shape[1] and given.decisions[area, int(place)] > 0
                if some and _waiting(given, area, keep)[:, int(place)].any():
                    values.append(_apart(given, area, keep)[int(place)])
                    weights.append(given.decisions[area, int(place)])
            return float(np.average(values, weights=weights)) if values else np.nan
        return figure

    lines = []
    length = panel.rate.shape[1]
    for quarter in range(-length, length):
        value, error, freedom = _left_out(panel, at(quarter))
        areas = sum(0 <= panel.start[area] + quarter < length for area in np.flatnonzero(panel.begun))
        if np.isfinite(value):
            reach = _t(freedom) * error
            lines.append((quarter, 100 * value, 100 * (value - reach), 100 * (value + reach), areas))
    return pd.DataFrame(lines, columns=["quarter", "difference", "low", "high", "areas"])


def permutation_p(panel: AreaQuarters, random_state: int = 0, redraws: int = REDRAWS) -> tuple[float, float]:
    """Return how often starts dealt out anew give as large a difference, and the smallest p there could be.

    With four areas and two that began there are six ways to deal the starts, so p is never below one in six.
    """
    starts = panel.start
    repeats = np.unique(starts, return_counts=True)[1]
    ways = factorial(len(starts)) // prod(factorial(int(one)) for one in repeats)
    everyone = np.ones(panel.count, bool)
    actual = abs(overall(panel, everyone))
    if ways <= redraws:
        dealt = [np.array(one) for one in sorted(set(permutations(starts.tolist())))]
        seen = sum(abs(overall(panel.begun_at(one), everyone)) >= actual - 1e-12 for one in dealt)
        return seen / ways, 1 / ways
    rng = np.random.default_rng(random_state)
    seen = sum(abs(overall(panel.begun_at(rng.permutation(starts)), everyone)) >= actual - 1e-12 for _ in range(redraws))
    return (1 + seen) / (1 + redraws), 1 / (1 + redraws)


def _naive(panel: AreaQuarters) -> Naive:
    """Return areas and quarters with offers against those without, as they stand."""
    after = panel.after
    if not after.any() or after.all():
        return Naive(words=WRONG)
    rates, counts = [], []
    for cells in (after, ~after):
        counts.append(panel.decisions[cells].sum())
        rates.append(panel.appeals[cells].sum() / counts[-1])
    share = panel.offered[after].sum() / panel.decisions[after].sum()
    if not share > 0:
        return Naive(words=WRONG)
    value = 100 * (rates[0] - rates[1]) / share
    error = 100 * np.sqrt(sum(rate * (1 - rate) / count for rate, count in zip(rates, counts, strict=True))) / share
    return Naive(float(value), float(value - Z_95 * error), float(value + Z_95 * error), WRONG)
