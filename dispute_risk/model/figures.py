"""The figures of a test: of each model, of each officer's rule, and by state of the appeal right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model import metrics
from dispute_risk.model.capacity import Capacity, at_capacity, flagged_share
from dispute_risk.model.level import chance, fit_line, log_odds
from dispute_risk.model.officer_rules import OFFICER_RULES, rules_for

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["by_stratum", "figures_of", "rules_beside"]


def figures_of(
    name: str, outcome: np.ndarray, reach: np.ndarray, family: np.ndarray, share: np.ndarray, held: Capacity,
    threshold: float, repeats: int, random_state: int,
) -> dict[str, object]:
    risk = chance(reach)
    line = metrics.calibration_line(outcome, risk, family)
    mean_difference, ninetieth = metrics.curve_differences(outcome, risk)
    drawn = metrics.bootstrap_average_precision(outcome, risk, family, min(repeats, 200), random_state)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    sums = metrics.bootstrap_families(family, {"seen": outcome, "expected": risk}, repeats, random_state)
    seen_low, seen_high = np.quantile(sums["seen"] / sums["expected"], [0.025, 0.975])
    precise = _range_of(_precisions({"held": held}, repeats, random_state)["held"])
    return {
        "model": name, "rows": len(outcome), "appeals": held.appeals,
        "log_loss": metrics.log_loss(outcome, risk), "skill": metrics.skill(outcome, risk),
        "average_precision": metrics.average_precision(outcome, risk),
        "average_precision_low": float(low), "average_precision_high": float(high),
        "scaled_brier": metrics.scaled_brier(outcome, risk), "auroc": metrics.area_under_curve(outcome, risk),
        "intercept": line.intercept, "intercept_low": line.intercept_range[0],
        "intercept_high": line.intercept_range[1],
        "slope": line.slope, "slope_low": line.slope_range[0], "slope_high": line.slope_range[1],
        "observed_over_expected": metrics.observed_over_expected(outcome, risk),
        "observed_over_expected_low": float(seen_low), "observed_over_expected_high": float(seen_high),
        "ici": mean_difference, "e90": ninetieth,
        "precision": held.precision, "precision_low": precise[0], "precision_high": precise[1], "recall": held.recall,
        "listed_observed_over_expected": metrics.observed_over_expected(outcome, risk, share),
        "median_lead_days": held.median_lead_days,
        **{f"net_benefit_{label}": metrics.net_benefit(outcome, risk, threshold * factor)
           for label, factor in (("at_half", 0.5), ("at_threshold", 1.0), ("at_half_more", 1.5))},
    }


def rules_beside(
    rows: Landmarks, outcome: np.ndarray, lists: np.ndarray, capacity: int, candidate: Capacity, repeats: int,
    random_state: int,
) -> tuple[pd.DataFrame, list[str]]:
    """Return precision and recall of each officer's rule at the same capacity, best first, and the candidate's over it.

    The range of the ratio draws families again, the same ones for the candidate and for the rule.
    """
    orders, impossible = rules_for(rows.features)
    sentences = {rule.name: rule.sentence for rule in OFFICER_RULES}
    held = {
        name: at_capacity(outcome, flagged_share(order, lists, capacity), rows.case_id, rows.family)
        for name, order in orders.items()
    }
    drawn = _precisions({"": candidate, **held}, repeats, random_state)
    found = []
    for name, one in held.items():
        low, high = _range_of(drawn[""] / np.where(drawn[name] > 0, drawn[name], np.nan))
        found.append({"rule": name, "sentence": sentences[name], "precision": one.precision, "recall": one.recall,
                      "candidate_over_rule": candidate.precision / one.precision if one.precision > 0 else np.inf,
                      "candidate_over_rule_low": low, "candidate_over_rule_high": high})
    columns = ["rule", "sentence", "precision", "recall", "candidate_over_rule", "candidate_over_rule_low",
               "candidate_over_rule_high"]
    table = pd.DataFrame(found, columns=columns).sort_values("precision", ascending=False, ignore_index=True)
    return table, impossible


def _precisions(held: dict[str, Capacity], repeats: int, random_state: int) -> dict[str, np.ndarray]:
    """Return the precision of several lists over families drawn again, each of shape (repeats,)."""
    first = next(iter(held.values()))
    columns = {f"{name}|{part}": values for name, one in held.items()
               for part, values in (("found", one.found_by_case), ("listed", one.listed_by_case))}
    sums = metrics.bootstrap_families(first.case_family, columns, repeats, random_state)
    return {name: sums[f"{name}|found"] / np.where(sums[f"{name}|listed"] > 0, sums[f"{name}|listed"], np.nan)
            for name in held}


def _range_of(drawn: np.ndarray) -> tuple[float, float]:
    """Return the ends that hold 95 % of the draws; NaN where more than a twentieth of them gave none."""
    if np.isnan(drawn).mean() > 0.05:
        return np.nan, np.nan
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def by_stratum(
    rows: Landmarks, tested: pd.DataFrame, outcome: np.ndarray, reach: dict[str, np.ndarray], candidate: str
) -> pd.DataFrame:
    strata = {str(state): rows.state == state for state in np.unique(rows.state)}
    strata["new_cases_only"] = tested["seen"].to_numpy(dtype=float) == 0
    out = []
    for stratum, mask in strata.items():
        for name in dict.fromkeys(("points", candidate)):
            seen, risk = outcome[mask], chance(reach[name][mask])
            figures: dict[str, object] = {
                "stratum": stratum, "model": name, "rows": int(mask.sum()),
                "appeals": len(np.unique(rows.case_id[mask & (outcome == 1)])),
            }
            enough = 0 < seen.sum() < len(seen)
            for label, measure in (("log_loss", metrics.log_loss), ("skill", metrics.skill),
                                   ("average_precision", metrics.average_precision),
                                   ("observed_over_expected", metrics.observed_over_expected)):
                figures[label] = measure(seen, risk) if enough else np.nan
            figures["slope"] = fit_line(log_odds(risk), seen)[1] if enough else np.nan
            out.append(figures)
    return pd.DataFrame(out)
