"""What another rule for offers would have done, judged from the logs of the lottery, with its range or the reason why not.

Each log row is a case that could be offered a step, whether it was, the chance it had of what happened, and what came of it.
A rule is judged by giving the rows weight where it would have done what was done (inverse propensity, self-normalised), and by
the same with a forecast of the outcome taken off (doubly robust; Dudík, Langford and Li 2011).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["FEWEST_EFFECTIVE", "Logs", "Value", "compare", "cross_fitted_outcomes", "doubly_robust_value", "evaluate",
           "inverse_propensity", "table_of"]

FEWEST_EFFECTIVE = 50
REFUSED = "Cannot be evaluated from these logs"


@dataclass(frozen=True)
class Logs:
    """What was done by lot and what came of it.

    Parameters
    ----------
    offered : ndarray of bool
    chance : ndarray of float
        Chance each row had of an offer when it was drawn for.
    outcome : ndarray of float
        An appeal registered within 26 weeks: 1, 0; NaN not yet known, and then left out.
    family : ndarray
    """

    offered: np.ndarray
    chance: np.ndarray
    outcome: np.ndarray
    family: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.offered) == len(self.chance) == len(self.outcome) == len(self.family):
            raise ValueError("offered, chance, outcome and family must have one value for each row")
        if ((self.chance < 0) | (self.chance > 1)).any():
            raise ValueError("a chance must lie from 0 to 1")

    @property
    def known(self) -> np.ndarray:
        """Mask of the rows with a known outcome."""
        return ~np.isnan(self.outcome)

    def did(self) -> np.ndarray:
        """Return the chance of what happened."""
        return np.where(self.offered, self.chance, 1 - self.chance)


@dataclass(frozen=True)
class Value:
    """Appeals in each 100 cases under a rule.

    Parameters
    ----------
    name : str
    snips, robust : float
        By self-normalised inverse propensity, and doubly robust; NaN where it cannot be told.
    low, high : float
        95 % range of the doubly robust figure, by redrawing families.
    effective : float
        How many equally weighted cases the logs are worth for this rule, (sum w)^2 / sum w^2.
    n : int
    refusal : str
    draws : ndarray
        The redrawn figures.
    """

    name: str
    snips: float = np.nan
    robust: float = np.nan
    low: float = np.nan
    high: float = np.nan
    effective: float = 0.0
    n: int = 0
    refusal: str = ""
    draws: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)

    @property
    def answers(self) -> bool:
        """Whether the rule can be judged from the logs."""
        return not self.refusal

    def summary(self) -> str:
        """Return the figure with its range and the size of what it rests on, or why there is none."""
        if self.refusal:
            return f"{self.name}: {self.refusal}"
        return (f"{self.name}: {self.robust:.1f} appeals in each 100 cases (95 % range {self.low:.1f} to {self.high:.1f}; "
                f"weights alone {self.snips:.1f}), from {self.n:,} cases worth {self.effective:.0f}.")


def inverse_propensity(
    logs: Logs, target: np.ndarray, normalised: bool = True, count: np.ndarray | None = None
) -> float:
    """Return the mean outcome under a rule by weighting rows by how much likelier it makes what was done.

    Parameters
    ----------
    logs : Logs
        All outcomes known.
    target : ndarray of float
        Chance of an offer that the rule gives each row.
    normalised : bool
        Divide by the sum of weights (SNIPS) and not by the rows: hardly biased, and far steadier.
    count : ndarray of float, optional
        How often each row counts, in a redraw.
    """
    weight = _weight(logs, target)
    times = np.ones(len(weight)) if count is None else count
    under = (times * weight).sum() if normalised else times.sum()
    return float((times * weight * logs.outcome).sum() / under) if under else np.nan


def doubly_robust_value(
    logs: Logs, target: np.ndarray, if_not: np.ndarray, if_offered: np.ndarray, count: np.ndarray | None = None
) -> float:
    """Return the mean outcome under a rule from a forecast, put right by the weighted error of the forecast.

    Right where the chances are those of the draw, however poor the forecast.
    """
    forecast = np.where(logs.offered, if_offered, if_not)
    part = target * if_offered + (1 - target) * if_not + _weight(logs, target) * (logs.outcome - forecast)
    times = np.ones(len(part)) if count is None else count
    return float((times * part).sum() / times.sum())


def evaluate(
    logs: Logs, target: np.ndarray, if_not: np.ndarray | None = None, if_offered: np.ndarray | None = None, *,
    name: str = "the rule", draws: int = 400, random_state: int = 0,
) -> Value:
    """Return what the logs say of a rule, or that they cannot tell.

    Parameters
    ----------
    logs : Logs
    target : ndarray of float, shape (rows,)
        Chance of an offer that the rule would have given each row.
    if_not, if_offered : ndarray of float, optional
        Forecast outcomes, learned on other families (`cross_fitted_outcomes`); the mean of each side where not given.
    name : str
    draws, random_state : int

    Returns
    -------
    Value

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> offered = rng.random(2000) < 0.5
    >>> logs = Logs(offered, np.full(2000, 0.5), (rng.random(2000) < np.where(offered, 0.1, 0.2)) * 1.0, np.arange(2000))
    >>> 7 < evaluate(logs, np.ones(2000)).robust < 13
    True
    """
    known = logs.known
    seen = Logs(logs.offered[known], logs.chance[known], logs.outcome[known], logs.family[known])
    aim = np.asarray(target, float)[known]
    reason, effective = _why_not(seen, aim)
    if reason:
        return Value(name, effective=effective, n=len(aim), refusal=reason)
    without = _side(seen, None if if_not is None else if_not[known], False)
    with_one = _side(seen, None if if_offered is None else if_offered[known], True)
    value = 100 * doubly_robust_value(seen, aim, without, with_one)
    found = _redrawn(seen, aim, without, with_one, draws, random_state)
    low, high = _range(value, found)
    return Value(name, 100 * inverse_propensity(seen, aim), value, low, high, effective, len(aim), "", found)


def compare(one: Value, other: Value) -> Value:
    """Return the difference of two rules judged on the same logs with the same redraws, in appeals in each 100 cases.

    Below 0, the first has fewer appeals.
    """
    name = f"{one.name} against {other.name}"
    refusal = " ".join(value.summary() for value in (one, other) if value.refusal)
    if refusal:
        return Value(name, n=one.n, refusal=refusal)
    if len(one.draws) != len(other.draws) or one.n != other.n:
        raise ValueError("the two rules must be judged on the same logs with the same number of redraws")
    found, value = one.draws - other.draws, one.robust - other.robust
    low, high = _range(value, found)
    return Value(name, one.snips - other.snips, value, low, high, min(one.effective, other.effective), one.n, "", found)


def cross_fitted_outcomes(
    logs: Logs, risk: np.ndarray, benefit: np.ndarray, folds: int = 5, random_state: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return forecast outcomes without and with an offer, from risk and benefit, learned on other families.

    A line in the log-odds of the risk, and one in the benefit where an offer was made; rows with an unknown outcome are
    forecast and not learned from.
    """
    from sklearn.linear_model import LogisticRegression

    from dispute_risk.mediation.nuisance import family_folds

    held = np.clip(risk, 1e-4, 1 - 1e-4)
    level = np.log(held / (1 - held))
    made = logs.offered.astype(float)

    def columns(offer: np.ndarray) -> np.ndarray:
        return np.column_stack([level, offer, offer * np.log(np.clip(1 - benefit / held, 0.05, 1.5))])

    fold, known = family_folds(logs.family, folds, random_state), logs.known
    found = np.full((2, len(risk)), float(np.mean(logs.outcome[known])) if known.any() else 0.0)
    for one in range(folds):
        here, there = known & (fold != one), fold == one
        if len(np.unique(logs.outcome[here])) == 2 and there.any():
            model = LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=200).fit(columns(made)[here], logs.outcome[here])
            for side in (0, 1):
                found[side, there] = model.predict_proba(columns(np.full(len(risk), float(side)))[there])[:, 1]
    return found[0], found[1]


def _weight(logs: Logs, target: np.ndarray) -> np.ndarray:
    wanted = np.where(logs.offered, target, 1 - target)
    did = logs.did()
    return np.where(wanted > 0, wanted / np.where(did > 0, did, np.nan), 0.0)


def _why_not(logs: Logs, target: np.ndarray) -> tuple[str, float]:
    """Return why a rule cannot be judged, '' where it can, and the effective number of cases."""
    never = ((target > 0) & (logs.chance <= 0)) | ((target < 1) & (logs.chance >= 1))
    if never.any():
        return (f"{REFUSED}: of {int(never.sum()):,} of {len(target):,} cases the rule asks for what was never drawn for "
                "(a chance of 0 in the logs). Judge it on the cases that were drawn for, or keep a wider lottery."), 0.0
    weight = _weight(logs, target)
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0
    if effective < FEWEST_EFFECTIVE:
        return (f"{REFUSED}: they are worth {effective:.0f} cases for this rule; at least {FEWEST_EFFECTIVE} are needed. Keep "
                "the lottery going."), effective
    return "", effective


def _side(logs: Logs, given: np.ndarray | None, offered: bool) -> np.ndarray:
    if given is not None:
        return given
    mine = logs.outcome[logs.offered == offered]
    return np.full(len(logs.outcome), float(mine.mean()) if len(mine) else float(logs.outcome.mean()))


def _redrawn(
    logs: Logs, target: np.ndarray, if_not: np.ndarray, if_offered: np.ndarray, draws: int, random_state: int
) -> np.ndarray:
    """Return the doubly robust figure with families drawn anew, once for each draw."""
    number = np.unique(logs.family, return_inverse=True)[1]
    families = int(number.max()) + 1
    rng = np.random.default_rng(random_state)
    part = target * if_offered + (1 - target) * if_not + _weight(logs, target) * (
        logs.outcome - np.where(logs.offered, if_offered, if_not))
    total, size = np.bincount(number, weights=part, minlength=families), np.bincount(number, minlength=families)
    times = rng.multinomial(families, np.full(families, 1 / families), size=draws)
    return np.asarray(100 * (times @ total) / (times @ size))


def _range(value: float, found: np.ndarray) -> tuple[float, float]:
    """Return a 95 % range from redraws: their spread about the figure, which has no skew to correct for at these sizes."""
    half = 1.959964 * float(np.std(found, ddof=1))
    return value - half, value + half


def table_of(values: list[Value]) -> pd.DataFrame:
    """Return rules side by side, one row each."""
    return pd.DataFrame([{"rule": one.name, "appeals_in_100": one.robust, "low": one.low, "high": one.high, "snips": one.snips,
                          "effective_cases": one.effective, "cases": one.n, "why_not": one.refusal} for one in values])
