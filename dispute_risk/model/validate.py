"""Testing the model on later dates: the figures, the officers' rules beside it, and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.model import metrics
from dispute_risk.model.capacity import at_capacity, flagged_share
from dispute_risk.model.estimator import admitted_rungs, fit_ladder
from dispute_risk.model.figures import by_stratum, figures_of, rules_beside
from dispute_risk.model.leaks import fall_when_earlier, features_that_know_too_much
from dispute_risk.model.level import chance, fit_line, log_odds
from dispute_risk.model.one_core import on_one_core
from dispute_risk.model.points import POINTS, PointsItem
from dispute_risk.model.recent_level import recent_level
from dispute_risk.model.rolling import REGISTRATION_LAG_DAYS, Block, Plan, rows_of, validation_plan
from dispute_risk.model.rows import choose_simplest, row_losses
from dispute_risk.model.verdict import EQUITY_UNTESTED, Comparison, Veto, compare_with_points, verdict_of

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.fitted import FittedRisk
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["BASELINES", "Equity", "Validation", "validate"]

BASELINES = {"base_rate": "everyone at the rate of the past", "days_overdue": "days past the 20 weeks alone"}
LEVEL_LOOKS_BACK = np.timedelta64(2 * 365, "D")
RUNG_ORDER = ("points", "ridge", "pair")
LIFT_OVER_RULES = 1.5

Equity = Callable[["Landmarks", np.ndarray, np.ndarray], list[Veto]]
"""Takes the test rows, their risks and their share of the list; returns what stands in the way of acceptance."""


FEWEST_TO_TEST = 3
"""Families with an appeal below which not even "not proven" can be said."""


@dataclass(frozen=True)
class Validation:
    """What a test of the model showed.

    Parameters
    ----------
    table : DataFrame
        One row a model: baselines, then rungs. Columns: rows, appeals, log loss, skill, average precision with its
        95 % range, scaled Brier, AUROC, calibration intercept and slope with ranges, O/E, ICI, E90, precision and
        recall at capacity, O/E of the list, median lead time in days, net benefit.
    rules : DataFrame
        Each officer's rule: sentence, precision and recall at capacity, and the candidate's precision over the rule's.
    by_stratum : DataFrame
        Points and candidate by state of the appeal right, and for cases not seen in training.
    calibration : DataFrame
        Groups of equal expected appeals: rows, risk, observed, low, high.
    candidate : str
        The simplest rung that does as well as the best on later data.
    verdict : {'accept', 'not proven', 'reject'}
    reasons : tuple of str
    stability : float
        Mean share of the list that stays in 30 bootstrap refits (of the ridge half; see `FittedRisk.interval`).
    comparison : Comparison
    plan : Plan
    capacity : int
        Cases an area can act on at each landmark.
    alarms : tuple of str
        Leak alarms; a model with an alarm is not for use until each is explained.
    predictions : DataFrame
        Case, date, area, state, outcome, share of the list, and the risk by each model.
    """

    table: pd.DataFrame
    rules: pd.DataFrame
    by_stratum: pd.DataFrame
    calibration: pd.DataFrame
    candidate: str
    verdict: str
    reasons: tuple[str, ...]
    stability: float
    comparison: Comparison
    plan: Plan
    capacity: int
    alarms: tuple[str, ...] = ()
    predictions: pd.DataFrame = field(default_factory=pd.DataFrame)

    def summary(self) -> str:
        """Return the verdict and the figures that matter, in sentences."""
        row = self.table.set_index("model").loc[self.candidate]
        best = self.rules.iloc[0] if len(self.rules) else None
        lines = [
            *([self.plan.banner] if self.plan.banner else []),
            f"Verdict: {self.verdict}. Candidate: {self.candidate}.",
            *self.reasons,
            f"Tested on {row['rows']:.0f} rows with {row['appeals']:.0f} distinct appeals.",
            f"With {self.capacity} places an area at each landmark: {row['precision']:.0%} of the cases listed had an "
            f"appeal within the horizon, {row['recall']:.0%} of the appeals were listed.",
            f"Calibration slope {row['slope']:.2f} ({row['slope_low']:.2f} to {row['slope_high']:.2f}), observed over "
            f"expected {row['observed_over_expected']:.2f}.",
        ]
        if best is not None:
            reached = "at least" if best["candidate_over_rule"] >= LIFT_OVER_RULES else "less than"
            lines.append(f"Best officer's rule: {best['rule'].replace('_', ' ')}, precision {best['precision']:.0%}. "
                         f"Candidate over rule: {best['candidate_over_rule']:.2f} "
                         f"({best['candidate_over_rule_low']:.2f} to {best['candidate_over_rule_high']:.2f}; {reached} "
                         f"{LIFT_OVER_RULES}).")
        return "\n".join([*lines, *self.alarms])


@on_one_core
def validate(
    landmarks: Landmarks,
    catalogue: Catalogue,
    capacity: int,
    *,
    points: tuple[PointsItem, ...] = POINTS,
    registered_on: np.ndarray | None = None,
    earlier: Landmarks | None = None,
    equity: Equity | None = None,
    threshold: float = 0.12,
    registration_lag_days: int = REGISTRATION_LAG_DAYS,
    most_blocks: int = 4,
    repeats: int = 1000,
    random_state: int = 0,
) -> Validation:
    """Test points, ridge and pair on later dates and apply the acceptance rule.

    Parameters
    ----------
    landmarks : Landmarks
    catalogue : Catalogue
    capacity : int
        Cases an area can act on at each landmark; the list is made by area and date, ties shared by lot.
    points : tuple of PointsItem
    registered_on : ndarray of datetime64[D], optional
        Registration of the appeal of each row, for lead times.
    earlier : Landmarks, optional
        The same rows with their features taken 14 days earlier, for the leak alarm (`landmarks(shift_days=14)`).
    equity : callable, optional
        Returns its vetoes; without it equity is said to be untested.
    threshold : float
        Risk at which an early conversation breaks even (GBP 150 a conversation, a fifth averted, GBP 6,056 a heard
        appeal: 0.12), for net benefit.
    registration_lag_days : int
    most_blocks : int
        Tests of three months each on later dates, the latest so many; at least four.
    repeats, random_state : int

    Raises
    ------
    NotEnoughHistory
        No rows with a known outcome and an appeal, or fewer than `FEWEST_TO_TEST` families with an appeal to test on.
    """
    if not (landmarks.outcome[landmarks.known] == 1).any():
        raise NotEnoughHistory("No landmark with a known outcome has an appeal; there is nothing to test on.")
    plan = validation_plan(landmarks, registration_lag_days, most_blocks, random_state)
    tested, last = _predict_blocks(landmarks, catalogue, points, plan, random_state)
    mask = tested["row"].to_numpy(dtype=bool)
    rows, tested = landmarks.where(mask), tested.loc[mask].reset_index(drop=True)
    if len(np.unique(rows.family[rows.outcome == 1])) < FEWEST_TO_TEST:
        raise NotEnoughHistory(f"Fewer than {FEWEST_TO_TEST} families had an appeal on the dates to test on: no figure would "
                               "mean anything. Hand over a longer history.")
    registered = landmarks.registered_on if registered_on is None else registered_on
    registered = None if registered is None else registered[mask]
    names = [name for name in (*BASELINES, *RUNG_ORDER) if name in tested]
    return _assess(rows, tested, names, capacity, registered, plan, last, earlier, equity, threshold, repeats,
                   random_state, landmarks)


def _predict_blocks(
    landmarks: Landmarks, catalogue: Catalogue, points: tuple[PointsItem, ...], plan: Plan, random_state: int
) -> tuple[pd.DataFrame, tuple[Block, FittedRisk]]:
    """Fit every rung in every block; return the log-odds of all test rows and the last block's best model."""
    out = pd.DataFrame({"row": np.zeros(len(landmarks), dtype=bool)})
    for name in (*BASELINES, *RUNG_ORDER, "seen"):
        out[name] = np.nan
    last = None
    case = np.unique(landmarks.case_id, return_inverse=True)[1]
    for block in plan.blocks:
        rows = rows_of(landmarks, catalogue, block.train)
        if rows.appeals == 0:
            continue
        final = block is plan.blocks[-1]
        ladder = fit_ladder(rows, admitted_rungs(rows.appeals), catalogue, points,
                            n_refits=30 if final else 0, random_state=random_state)
        values = landmarks.features.loc[block.test, list(rows.names)].to_numpy(dtype=float)
        best, reach, before = None, dict[str, np.ndarray](), _before(landmarks, block, plan)
        for rung in RUNG_ORDER:  # a rung not yet admitted in an early block is represented by the one below
            best = ladder.fitted.get(rung, best)
            assert best is not None
            if best.rung not in reach:
                reach[best.rung] = best.log_odds(values) + _level_move(best, before, block)
            out.loc[block.test, rung] = reach[best.rung]
        rate = float(log_odds(np.array(rows.outcome.mean())))
        out.loc[block.test, "base_rate"] = rate
        out.loc[block.test, "days_overdue"] = _days_overdue(rows.names, rows.values, rows.outcome, values, rate)
        out.loc[block.test, "row"] = True
        learned = np.isin(case[block.test], np.unique(case[block.train]))
        out.loc[block.test, "seen"] = learned.astype(float)
        assert best is not None
        last = (block, best)
    if last is None:
        raise NotEnoughHistory("No block has an appeal to learn from; there is nothing to test.")
    return out, last


def _before(landmarks: Landmarks, block: Block, plan: Plan) -> Landmarks | None:
    """Return what was known when the block began; None where the blocks do not lie on later dates."""
    if plan.kind != "rolling":
        return None
    return landmarks.where((landmarks.on < block.test_from) & (landmarks.on > block.test_from - LEVEL_LOOKS_BACK))


def _level_move(model: FittedRisk, before: Landmarks | None, block: Block) -> float:
    """Return the move of the level that was known when the block began, as `train` makes it at release."""
    return 0.0 if before is None else recent_level(model, before, block.test_from.astype(object))


def _days_overdue(
    names: tuple[str, ...], values: np.ndarray, outcome: np.ndarray, tested: np.ndarray, rate: float
) -> np.ndarray:
    if "days_past_20_weeks" not in names:
        return np.full(len(tested), rate)
    place = names.index("days_past_20_weeks")

    def taken(table: np.ndarray) -> np.ndarray:
        return np.log1p(np.maximum(np.nan_to_num(table[:, place]), 0) / 20)

    level, slope = fit_line(taken(values), outcome)
    return np.asarray(level + slope * taken(tested))


def _assess(
    rows: Landmarks, tested: pd.DataFrame, names: list[str], capacity: int, registered: np.ndarray | None, plan: Plan,
    last: tuple[Block, FittedRisk], earlier: Landmarks | None, equity: Equity | None, threshold: float, repeats: int,
    random_state: int, landmarks: Landmarks,
) -> Validation:
    outcome = rows.outcome.astype(float)
    reach = {name: tested[name].to_numpy() for name in names}
    lists = np.char.add(np.char.add(rows.area.astype(str), "|"), rows.on.astype(str))
    shares = {name: flagged_share(reach[name], lists, capacity) for name in names}
    held = {name: at_capacity(outcome, shares[name], rows.case_id, rows.family, rows.on, registered)
            for name in names}
    table = figures_of(outcome, reach, rows.family, shares, held, threshold, repeats, random_state)
    rungs = [name for name in RUNG_ORDER if name in names]
    family = np.unique(rows.family, return_inverse=True)[1]
    losses = [row_losses(reach[name], outcome) for name in rungs]
    candidate = rungs[choose_simplest(losses, np.ones(len(outcome)), family)]
    risk = chance(reach[candidate])
    comparison = compare_with_points(outcome, rows.family, reach[candidate], reach["points"], held[candidate],
                                     held["points"], repeats, random_state)
    overlap = _stability(last, landmarks, capacity)
    line = metrics.calibration_line(outcome, risk, rows.family)
    vetoes = equity(rows, risk, shares[candidate]) if equity is not None else []
    verdict, reasons = verdict_of(
        comparison, held[candidate].appeals, line,
        metrics.observed_over_expected(outcome, risk, shares[candidate]), overlap, vetoes, plan.kind == "rolling",
    )
    if candidate == "points" and verdict != "reject":
        verdict, reasons = "not proven", ("No other rung is better than the breach points by more than chance.",)
    if equity is None:
        reasons = (*reasons, EQUITY_UNTESTED)
    alarms = features_that_know_too_much(landmarks)
    if earlier is not None:
        alarms += fall_when_earlier(last[1], landmarks.where(last[0].test), earlier)
    rules, impossible = rules_beside(rows, outcome, lists, capacity, held[candidate], repeats, random_state)
    return Validation(
        table, rules, by_stratum(rows, tested, outcome, reach, candidate), pd.DataFrame(
            metrics.calibration_table(outcome, risk)), candidate, verdict, (*reasons, *impossible), overlap, comparison,
        plan, capacity, tuple(alarms), _predictions(rows, reach, shares[candidate]),
    )


def _stability(last: tuple[Block, FittedRisk], landmarks: Landmarks, capacity: int) -> float:
    """Return the mean share of the lists of the last block that stays when the ridge half is refitted."""
    block, model = last
    if len(model.line.refits) == 0:
        return np.nan
    rows = landmarks.where(block.test)
    values = rows.features.loc[:, list(model.names)].to_numpy(dtype=float)
    lists = np.char.add(np.char.add(rows.area.astype(str), "|"), rows.on.astype(str))
    centre = model.line.log_odds(values)
    now = model.log_odds(values)
    listed = flagged_share(now, lists, capacity)
    moved = now[:, None] + model.slope * (model.line.refit_log_odds(values) - centre[:, None])
    shares = [flagged_share(refit, lists, capacity) for refit in moved.T]
    return float(np.mean([np.minimum(listed, share).sum() / listed.sum() for share in shares]))


def _predictions(rows: Landmarks, reach: dict[str, np.ndarray], share: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({
        "case_id": rows.case_id, "on": rows.on.astype("datetime64[s]"), "area": rows.area, "state": rows.state,
        "outcome": rows.outcome, "listed": share, **{name: chance(values) for name, values in reach.items()},
    })
