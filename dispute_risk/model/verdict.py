"""Whether the model may replace the breach points: accept, not proven, or reject, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispute_risk.model.capacity import Capacity
from dispute_risk.model.metrics import CalibrationLine, bootstrap_families
from dispute_risk.model.rows import row_losses

__all__ = ["EQUITY_UNTESTED", "EQUITY_VETO", "FEWEST_TEST_APPEALS", "Comparison", "Veto", "compare_with_points", "verdict_of"]

FEWEST_TEST_APPEALS = 100
SLOPE_ALLOWED = (0.8, 1.25)
LISTED_OBSERVED_ALLOWED = (0.67, 1.5)
RECALL_LOSS = 0.02
FEWEST_OVERLAP = 0.7
EQUITY_VETO, EQUITY_UNTESTED = "Equity veto", "Equity was not tested."
"""How the reasons of a verdict begin that rest on the comparison of groups, and what stands there where none was made."""


@dataclass(frozen=True)
class Comparison:
    """A model against the points on the same rows, families drawn together.

    Parameters
    ----------
    gain : float
        Log loss of the points minus that of the model, per row.
    gain_low, gain_high : float
        One-sided 95 % bounds of the gain, each way.
    recall_gain : float
        Recall at capacity of the model minus that of the points.
    chance_recall_worse : float
        Share of the draws in which recall is worse by more than 0.02.
    """

    gain: float
    gain_low: float
    gain_high: float
    recall_gain: float
    chance_recall_worse: float


@dataclass(frozen=True)
class Veto:
    """What the check of equity found against a model.

    Parameters
    ----------
    words : str
        A sentence.
    beyond_chance : bool
        Whether its range lies wholly outside what is allowed: evidence of harm, which rejects. A figure outside that chance
        could explain stands in the way of acceptance all the same.
    """

    words: str
    beyond_chance: bool = True


def compare_with_points(
    outcome: np.ndarray,
    family: np.ndarray,
    model_reach: np.ndarray,
    points_reach: np.ndarray,
    model_list: Capacity,
    points_list: Capacity,
    repeats: int,
    random_state: int,
) -> Comparison:
    """Compare log loss and recall at capacity, paired, over families drawn with replacement."""
    gain = row_losses(points_reach, outcome) - row_losses(model_reach, outcome)
    sums = bootstrap_families(family, {"gain": gain, "rows": np.ones(len(gain))}, repeats, random_state)
    drawn = sums["gain"] / sums["rows"]
    difference = (model_list.found_by_case - points_list.found_by_case).astype(float)
    cases = bootstrap_families(
        model_list.case_family, {"found": difference, "appeals": model_list.appeal_by_case.astype(float)}, repeats,
        random_state,
    )
    recall = cases["found"] / np.maximum(cases["appeals"], 1.0)
    return Comparison(
        float(gain.mean()), float(np.quantile(drawn, 0.05)), float(np.quantile(drawn, 0.95)),
        float(difference.sum() / max(model_list.appeals, 1)), float(np.mean(recall < -RECALL_LOSS)),
    )


def verdict_of(
    comparison: Comparison,
    appeals: int,
    line: CalibrationLine,
    listed_observed: float,
    overlap: float,
    vetoes: Sequence[Veto],
    temporal: bool,
) -> tuple[str, tuple[str, ...]]:
    """Apply the acceptance rule and return the verdict with a sentence for everything that stood in its way."""
    harm = [f"{EQUITY_VETO}: {veto.words}" for veto in vetoes if veto.beyond_chance]
    if comparison.gain_high < 0:
        harm.append("The model is worse than the breach points on log loss "
                    f"(gain {comparison.gain:.5f} a row, 95 % upper bound {comparison.gain_high:.5f}).")
    short = []
    if not temporal:
        short.append("There is no test on later dates.")
    if appeals < FEWEST_TEST_APPEALS:
        short.append(f"The test holds {appeals} distinct appeals; {FEWEST_TEST_APPEALS} are needed.")
    if comparison.gain_low <= 0:
        short.append("A gain over the breach points on log loss is not established "
                     f"(gain {comparison.gain:.5f} a row, 95 % lower bound {comparison.gain_low:.5f}).")
    if comparison.recall_gain < 0 or comparison.chance_recall_worse >= 0.2:
        short.append(f"Recall at capacity may be worse than with the points (difference {comparison.recall_gain:+.3f}, "
                     f"chance of losing more than {RECALL_LOSS}: {comparison.chance_recall_worse:.2f}).")
    low, high = line.slope_range  # the slope lies within its range: an overlap is all that has to be asked
    if low > SLOPE_ALLOWED[1] or high < SLOPE_ALLOWED[0]:
        short.append(f"The spread of the risks is off: slope {line.slope:.2f} ({low:.2f} to {high:.2f}).")
    if not LISTED_OBSERVED_ALLOWED[0] <= listed_observed <= LISTED_OBSERVED_ALLOWED[1]:
        short.append("Among the cases listed, appeals seen over appeals expected are "
                     f"{listed_observed:.2f}; {LISTED_OBSERVED_ALLOWED[0]} to {LISTED_OBSERVED_ALLOWED[1]} is allowed.")
    if not overlap >= FEWEST_OVERLAP:
        short.append(f"The list is not stable: {overlap:.0%} of it stays in refits; {FEWEST_OVERLAP:.0%} is needed.")
    short += [f"{EQUITY_VETO}, within chance: {veto.words}" for veto in vetoes if not veto.beyond_chance]
    if harm:
        return "reject", (*harm, *short)
    if short:
        return "not proven", tuple(short)
    return "accept", (f"On {appeals} later appeals the model gains {comparison.gain:.5f} a row on log loss over the "
                      f"breach points (95 % lower bound {comparison.gain_low:.5f}), and every other condition holds.",)
