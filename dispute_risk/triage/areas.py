"""The areas side by side: how many cases, how many appeals to expect, which duties are outstanding."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.model.level import chance
from dispute_risk.timeline.days import NO_DAY
from dispute_risk.triage.breach_index import DUTIES
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["area_table", "duty_table"]

EIGHTY_PER_CENT = 1.2816
"""Standard errors on either side that hold 80 % of a normal distribution."""
SOON_DAYS = 28


def area_table(cases: OpenCases, listed: pd.DataFrame) -> pd.DataFrame:
    """Return one row an area, as `WeeklyLists.areas` describes it.

    Expected appeals are the sum of the risks; their range allows for chance (each case may or may not appeal) and for
    what the bootstrap refits say of the level.
    """
    scored = ~cases.in_dispute
    searches = cases.searches
    left = _days_left(cases)
    refits = _refit_risks(cases)
    records = []
    for area in searches.history.area_names:
        here = cases.area == area
        at_risk = here & scored
        risk = cases.risk[at_risk]
        spread = EIGHTY_PER_CENT * np.sqrt(float((risk * (1 - risk)).sum()) + _level_variance(refits, at_risk))
        on_list = listed[(listed["area"] == area) & listed["list"].isin(["likely_disputes", "unheard", "random_audit"])]
        records.append(
            {
                "area": area, "open_cases": int(here.sum()), "at_risk": int(at_risk.sum()),
                "expected_appeals": float(risk.sum()), "expected_low": max(float(risk.sum()) - spread, 0.0),
                "expected_high": float(risk.sum()) + spread,
                "windows_open": int((cases.state[here] == "window_open").sum()),
                "windows_closing_28_days": int(((left >= 0) & (left <= SOON_DAYS) & here).sum()),
                "duties_outstanding": int((cases.statutory[here]).sum()),
                "already_in_dispute": int((here & cases.in_dispute).sum()),
                "on_list": len(on_list), "new_on_list": int(on_list["is_new"].sum()),
            }
        )
    return pd.DataFrame(records)


def _refit_risks(cases: OpenCases) -> np.ndarray:
    """Return the risk of each row under each bootstrap refit of the model, shape (rows, refits), for all areas at once."""
    line, values = cases.fitted.line, cases.features.to_numpy(np.float64)
    if not len(values) or not len(line.refits):
        return np.zeros((len(values), 0))
    centre, refits = line.log_odds_and_refits(values)
    with np.errstate(divide="ignore"):
        whole = np.log(cases.risk) - np.log1p(-cases.risk)
    return np.asarray(chance(whole[:, None] + cases.fitted.slope * (refits - centre[:, None])))


def _level_variance(refits: np.ndarray, mask: np.ndarray) -> float:
    """Return the variance of the expected number over the bootstrap refits of the model."""
    return float(refits[mask].sum(axis=0).var()) if mask.any() and refits.shape[1] else 0.0


def _days_left(cases: OpenCases) -> np.ndarray:
    day = cases.searches.extreme("window", None, None, "closes_on", True, cases.rows)
    return np.where(day == NO_DAY, -1, day - cases.rows.on)


def duty_table(cases: OpenCases) -> pd.DataFrame:
    """Return one row an area and duty: how many cases, and how long."""
    area = cases.area[cases.duties["row"].to_numpy()]
    name, over = cases.duties["duty"].to_numpy(dtype=object), cases.duties["days_over"].to_numpy()
    records = []
    for here in cases.searches.history.area_names:
        for duty in DUTIES:
            if duty.name == "silence":  # no duty of law, and so common that it would drown the others
                continue
            days = over[(area == here) & (name == duty.name)]
            records.append(
                {
                    "area": here, "duty": duty.label, "source": duty.source, "outstanding": len(days),
                    "median_days_over": float(np.median(days)) if len(days) else np.nan,
                    "longest_days_over": float(days.max()) if len(days) else np.nan,
                }
            )
    return pd.DataFrame(records)
