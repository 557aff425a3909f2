"""Which groups reach the Tribunal after a refusal to assess, counted as the national figures are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.fairness_groups import groups_of_rows

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["REACHED_WITHIN_DAYS", "reach"]

REACHED_WITHIN_DAYS = 182
FEWEST_REFUSALS = 20
Z_95 = 1.959964
COLUMNS = ["dimension", "group", "refused", "appealed", "rate", "ratio", "ratio_low", "ratio_high", "compared_with", "small"]


def reach(casebook: Casebook, dimensions: tuple[str, ...] = ("sex", "ethnicity", "age")) -> pd.DataFrame:
    """Return refusals to assess and appeals against them by group, each against the largest group.

    Parameters
    ----------
    casebook : Casebook
    dimensions : tuple of str
        Those the Department publishes: `england.who_appeals`.

    Returns
    -------
    DataFrame
        `dimension`, `group`, `refused`, `appealed` (registered within 182 days), `rate` (per 100 refusals), `ratio` to the
        largest group with `ratio_low`, `ratio_high` (95 %, Katz), `compared_with`, `small` (fewer than 20 refusals: shown,
        not compared). Refusals of the last 210 days are left out, as their appeals may still come.
    """
    refused = _refusals(casebook)
    if refused is None or not len(refused):
        return pd.DataFrame(columns=COLUMNS)
    groups = groups_of_rows(casebook, refused["case_id"].to_numpy(str), refused["on"].to_numpy())
    records = []
    for dimension in (name for name in dimensions if name in groups.columns):
        label = groups[dimension].to_numpy(object)
        counted = pd.DataFrame({"group": label, "appealed": refused["appealed"].to_numpy()}).dropna()
        counts = counted.groupby("group")["appealed"].agg(["size", "sum"])
        largest = str(counts["size"].idxmax())
        reference = tuple(counts[name].to_dict()[largest] for name in ("sum", "size"))
        for group, (size, appealed) in counts.astype(int).iterrows():
            ratio = _ratio(appealed, size, reference[0], reference[1]) if group != largest else (1.0, np.nan, np.nan)
            small = size < FEWEST_REFUSALS
            records.append(dict(zip(COLUMNS, (
                dimension, str(group), size, appealed, 100 * appealed / size, *((np.nan,) * 3 if small else ratio), largest,
                small), strict=True)))
    return pd.DataFrame(records, columns=COLUMNS)


def _refusals(casebook: Casebook) -> pd.DataFrame | None:
    """Return refusals to assess with the day they were sent, and whether an appeal was registered soon after."""
    requests, appeals = casebook.tables.get("requests"), casebook.tables["appeals"]
    if requests is None or not {"decision", "decision_sent_on"} <= set(requests.columns):
        return None
    known = pd.Timestamp(casebook.recorded_to) - pd.Timedelta(days=REACHED_WITHIN_DAYS + 28)
    refused = requests[(requests["decision"] == "refuse") & (requests["decision_sent_on"] <= known)]
    refused = refused[["case_id", "decision_sent_on"]].rename(columns={"decision_sent_on": "on"}).reset_index(drop=True)
    about = appeals["registered_on"].notna()
    if "grounds" in appeals.columns:
        about &= appeals["grounds"].fillna("refuse_to_assess").str.contains("refuse_to_assess")
    met = refused.reset_index().merge(appeals.loc[about, ["case_id", "registered_on"]], on="case_id")
    days = (met["registered_on"] - met["on"]).dt.days
    soon = met.loc[(days >= 0) & (days <= REACHED_WITHIN_DAYS), "index"].unique()
    return refused.assign(appealed=refused.index.isin(soon).astype(int))


def _ratio(count: int, base: int, other_count: float, other_base: float) -> tuple[float, float, float]:
    half = 0.5 if count == 0 or other_count == 0 else 0.0
    a, n, b, m = count + half, base + half, other_count + half, other_base + half
    value = (a / n) / (b / m)
    error = float(np.sqrt(max(1 / a - 1 / n + 1 / b - 1 / m, 0.0)))
    return value, value * float(np.exp(-Z_95 * error)), value * float(np.exp(Z_95 * error))
