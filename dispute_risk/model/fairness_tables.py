"""Group by group: who is listed, how many appeals are found, whether the risk means the same, and how sure that is."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.model.capacity import at_capacity, flagged_share
from dispute_risk.model.metrics import bootstrap_families, calibration_line

__all__ = ["FEWEST_APPEALS", "OBSERVED_ALLOWED", "group_levels", "group_table", "pair_table", "shrunk"]

FEWEST_APPEALS = 20
"""With fewer appeals a group cannot be assessed, and is never said to have passed (methods 8.2)."""
OBSERVED_ALLOWED = (0.67, 1.5)

CANNOT, DIFFERS, APART, SAME = "cannot be assessed", "differs beyond what is allowed", "differs", "no difference shown"


def group_levels(
    outcome: np.ndarray, risk: np.ndarray, family: np.ndarray, case_id: np.ndarray, groups: pd.DataFrame, repeats: int,
    random_state: int,
) -> list[dict[str, Any]]:
    """Return for every group its rows, cases, appeals, and appeals seen over expected with a range over families."""
    columns: dict[str, np.ndarray] = {}
    kept = []
    for dimension in groups.columns:
        code, names = pd.factorize(groups[dimension], sort=True)  # blanks are -1 and belong to no group
        for place, group in enumerate(names):
            mask = code == place
            kept.append((dimension, str(group), mask))
            columns[f"{len(kept)}seen"], columns[f"{len(kept)}expected"] = mask * outcome, mask * risk
    if not kept:
        return []
    sums = bootstrap_families(family, columns, repeats, random_state)
    records = []
    for place, (dimension, group, mask) in enumerate(kept, 1):
        seen, expected = float(outcome[mask].sum()), float(risk[mask].sum())
        drawn = (sums[f"{place}seen"] + 1e-12) / (sums[f"{place}expected"] + 1e-12)
        low, high = np.quantile(drawn, [0.025, 0.975])
        appeals = len(np.unique(case_id[mask & (outcome == 1)]))
        records.append({
            "dimension": dimension, "group": group, "rows": int(mask.sum()), "cases": len(np.unique(case_id[mask])),
            "appeals": appeals, "seen": seen, "expected": expected,
            "observed_over_expected": seen / expected if expected > 0 else np.nan,
            "observed_over_expected_low": float(low), "observed_over_expected_high": float(high),
            "finding": _finding(appeals, float(low), float(high)), "mask": mask,
        })
    return records


def _finding(appeals: int, low: float, high: float) -> str:
    if appeals < FEWEST_APPEALS:
        return CANNOT
    if high < OBSERVED_ALLOWED[0] or low > OBSERVED_ALLOWED[1]:
        return DIFFERS
    return APART if high < 1 or low > 1 else SAME


def shrunk(ratio: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Draw ratios of groups towards their common value, the less is known of a group the more (empirical Bayes).

    On the log scale, with standard errors from the ranges and the spread between groups by the method of moments
    (DerSimonian and Laird). A group with an endless range takes the common value.

    Examples
    --------
    >>> shrunk(np.array([0.5, 2.0]), np.array([0.1, 0.4]), np.array([2.5, 10.0])).round(2).tolist()
    [0.81, 1.23]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value, error = np.log(ratio), (np.log(high) - np.log(low)) / (2 * 1.959964)
    usable = np.isfinite(value) & np.isfinite(error) & (error > 0)
    if not usable.any():
        return ratio.copy()
    weight = np.where(usable, 1 / np.where(usable, error, 1.0) ** 2, 0.0)
    value = np.where(usable, value, 0.0)
    common = float(weight @ value / weight.sum())
    spread = float(weight @ (value - common) ** 2) - (usable.sum() - 1)
    between = max(spread / max(weight.sum() - (weight**2).sum() / weight.sum(), 1e-12), 0.0) if usable.sum() > 1 else 0.0
    trust = np.where(usable, between / (between + np.where(usable, error, 1.0) ** 2), 0.0)
    return np.asarray(np.exp(common + trust * (value - common)))


def group_table(
    outcome: np.ndarray, risk: np.ndarray, listed: np.ndarray, family: np.ndarray, case_id: np.ndarray, groups: pd.DataFrame,
    on: np.ndarray, registered_on: np.ndarray | None, need: np.ndarray | None, repeats: int, random_state: int,
) -> pd.DataFrame:
    """Return one row a group, as `Fairness.table` describes it."""
    records = []
    overall = float(listed.sum()) / len(listed)
    for row in group_levels(outcome, risk, family, case_id, groups, repeats, random_state):
        mask = row.pop("mask")
        records.append({**row, **_of_the_list(mask, outcome, risk, listed, family, case_id, on, registered_on, overall),
                        **_slope(mask, outcome, risk, family, row["appeals"]), **_need(mask, listed, need)})
    table = pd.DataFrame(records)
    if len(table):
        ratios = ("observed_over_expected", "observed_over_expected_low", "observed_over_expected_high")
        table["observed_over_expected_shrunk"] = np.concatenate([
            shrunk(*(part[name].to_numpy(float) for name in ratios)) for _, part in table.groupby("dimension", sort=False)])
    return table


def _of_the_list(
    mask: np.ndarray, outcome: np.ndarray, risk: np.ndarray, listed: np.ndarray, family: np.ndarray, case_id: np.ndarray,
    on: np.ndarray, registered_on: np.ndarray | None, overall: float,
) -> dict[str, float]:
    registered = None if registered_on is None else registered_on[mask]
    held = at_capacity(outcome[mask], listed[mask], case_id[mask], family[mask], on[mask], registered)
    # The same share of this group's rows, highest risk first: what it would find with a threshold of its own.
    own = flagged_share(risk[mask], np.zeros(int(mask.sum())), round(overall * mask.sum()))
    inside = at_capacity(outcome[mask], own, case_id[mask], family[mask])
    enough = held.appeals >= FEWEST_APPEALS
    return {
        "share_listed": held.listed / max(len(held.listed_by_case), 1), "precision": held.precision if enough else np.nan,
        "recall": held.recall if enough else np.nan, "recall_own_threshold": inside.recall if enough else np.nan,
        "median_lead_days": held.median_lead_days if enough else np.nan,
    }


def _slope(mask: np.ndarray, outcome: np.ndarray, risk: np.ndarray, family: np.ndarray, appeals: int) -> dict[str, float]:
    if appeals < FEWEST_APPEALS:
        return {"slope": np.nan, "slope_low": np.nan, "slope_high": np.nan}
    line = calibration_line(outcome[mask], risk[mask], family[mask])
    return {"slope": line.slope, "slope_low": line.slope_range[0], "slope_high": line.slope_range[1]}


def _need(mask: np.ndarray, listed: np.ndarray, need: np.ndarray | None) -> dict[str, float]:
    if need is None:
        return {}
    share, owed = listed[mask], need[mask]
    on, off = float(share.sum()), float((1 - share).sum())
    return {"need_listed": float(share @ owed) / on if on > 0 else np.nan,
            "need_not_listed": float((1 - share) @ owed) / off if off > 0 else np.nan}


def pair_table(
    outcome: np.ndarray, risk: np.ndarray, listed: np.ndarray, family: np.ndarray, case_id: np.ndarray, groups: pd.DataFrame,
    repeats: int, random_state: int,
) -> pd.DataFrame:
    """Return the groups that two dimensions make together, where at least 20 appeals fall into one; furthest from 1 first."""
    pairs = pd.DataFrame({
        f"{one} and {other}": _joined(groups[one], groups[other], case_id, outcome == 1)
        for one, other in combinations(groups.columns, 2)
    })
    records = []
    kept = pairs.loc[:, pairs.notna().any()]
    for row in group_levels(outcome, risk, family, case_id, kept, repeats, random_state):
        mask = row.pop("mask")
        held = at_capacity(outcome[mask], listed[mask], case_id[mask], family[mask])
        records.append({**row, "share_listed": held.listed / max(len(held.listed_by_case), 1), "recall": held.recall})
    if not records:
        return pd.DataFrame(columns=["dimension", "group", "rows", "cases", "appeals", "observed_over_expected", "finding"])
    table = pd.DataFrame(records)
    far = np.abs(np.log(table["observed_over_expected"].clip(lower=1e-6)))
    return table.iloc[np.argsort(-far.to_numpy(), kind="stable")].reset_index(drop=True)


def _joined(one: pd.Series, other: pd.Series, case_id: np.ndarray, appealed: np.ndarray) -> pd.Series:
    """Return the groups that two dimensions make, blank where fewer than 20 cases of one had an appeal."""
    (left, left_names), (right, right_names) = pd.factorize(one, sort=True), pd.factorize(other, sort=True)
    both = np.where((left >= 0) & (right >= 0), left * len(right_names) + right, -1)
    seen = np.unique(np.column_stack([both[appealed], case_id[appealed]]), axis=0)[:, 0] if appealed.any() else np.zeros(0, int)
    counts = np.bincount(seen[seen >= 0], minlength=max(len(left_names) * len(right_names), 1))
    names = np.array([f"{a}, {b}" for a in left_names for b in right_names] + [None], dtype=object)
    names[:-1][counts[: len(names) - 1] < FEWEST_APPEALS] = None
    return pd.Series(names[both], dtype=object)
