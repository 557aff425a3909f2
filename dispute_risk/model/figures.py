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
    outcome: np.ndarray, reach: dict[str, np.ndarray], family: np.ndarray, shares: dict[str, np.ndarray],
    held: dict[str, Capacity], threshold: float, repeats: int, random_state: int,
) -> pd.DataFrame:
    """Return the figures of each model, a row a model; every range is over the same families drawn again."""
    risks = {name: chance(log_odds_of) for name, log_odds_of in reach.items()}
    sums = metrics.bootstrap_families(family, {"seen": outcome, **{f"of {name}": risk for name, risk in risks.items()}},
                                      repeats, random_state)
    precisions = _precisions(held, repeats, random_state)
    return pd.DataFrame([
        {"model": name, "rows": len(outcome), "appeals": held[name].appeals,
         **_figures_of_one(outcome, risk, family, sums["seen"] / sums[f"of {name}"], random_state, min(repeats, 200)),
         **_figures_of_list(outcome, risk, shares[name], held[name], precisions[name]),
         **{f"net_benefit_{label}": metrics.net_benefit(outcome, risk, threshold * factor)
            for label, factor in (("at_half", 0.5), ("at_threshold", 1.0), ("at_half_more", 1.5))}}
        for name, risk in risks.items()
    ])


def _figures_of_one(
    outcome: np.ndarray, risk: np.ndarray, family: np.ndarray, seen_over_expected: np.ndarray, random_state: int, repeats: int
) -> dict[str, float]:
    """Return the figures that look at every row."""
    line = metrics.calibration_line(outcome, risk, family)
    mean_difference, ninetieth = metrics.curve_differences(outcome, risk)
    low, high = np.nanquantile(
        metrics.bootstrap_average_precision(outcome, risk, family, repeats, random_state), [0.025, 0.975])
    seen_low, seen_high = np.quantile(seen_over_expected, [0.025, 0.975])
    return {
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
    }


def _figures_of_list(
    outcome: np.ndarray, risk: np.ndarray, share: np.ndarray, held: Capacity, drawn: np.ndarray
) -> dict[str, float]:
    """Return the figures of the cases a list would hold."""
    low, high = _range_of(drawn)
    return {
        "precision": held.precision, "precision_low": low, "precision_high": high, "recall": held.recall,
        "listed_observed_over_expected": metrics.observed_over_expected(outcome, risk, share),
        "median_lead_days": held.median_lead_days,
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
