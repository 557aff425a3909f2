"""Whether what goes wrong has become more or less common from quarter to quarter, and whether more appeals go with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.causes.at_risk import at_risk
from dispute_risk.causes.crude import false_discovery_rates
from dispute_risk.causes.exposures import EXPOSURES, Exposure, exposed, on_what, recorded_in
from dispute_risk.model.landmarks import Landmarks

__all__ = ["CHANGED_BELOW_Q", "LEAST_QUARTERS", "Trend", "slope_of_counts", "trend"]

CHANGED_BELOW_Q = 0.1
LEAST_QUARTERS, LEAST_COUNT = 6, 10
VERDICTS = {"up": "changed: more", "down": "changed: less", "same": "no change shown", "few": "too little to say"}
MEASURES = {"share": "share of case-months with it", "rate": "appeals for 1,000 case-months with it"}


@dataclass(frozen=True)
class Trend:
    """What goes wrong, by quarter.

    Parameters
    ----------
    table : DataFrame
        One row an exposure and quarter: `exposure`, `label`, `quarter` (first day), `whole` (half of it or more
        lies in the period), `months_exposed`, `months`, `share`, `appeals_exposed`, `rate` (per 1,000 case-months exposed).
    slopes : DataFrame
        One row an exposure and measure (`share` or `rate`): `times_a_year` (by what it multiplies in a year), `low`, `high`
        (95 %), `q`, `quarters`, `verdict`.
    start_on, end_on : date
        First and last day of the months at risk.
    """

    table: pd.DataFrame
    slopes: pd.DataFrame
    start_on: dt.date
    end_on: dt.date

    def summary(self) -> str:
        """Return one line for each change shown."""
        changed = self.slopes[self.slopes["verdict"].str.startswith("changed")]
        if not len(changed):
            return "No change shown from quarter to quarter."
        return "\n".join(f"- {row.label}, {MEASURES[str(row.measure)]}: {row.times_a_year:.2f} times a year "
                         f"({row.low:.2f} to {row.high:.2f})" for row in changed.itertuples())


def trend(
    rows: Landmarks, start_on: dt.date, end_on: dt.date, *, exposures: Sequence[Exposure] = EXPOSURES
) -> Trend:
    """Return how common each exposure was in each quarter, how many appeals went with it, and the slope of both.

    Slopes are quasi-Poisson, so that quarters may differ by more than chance alone. A quarter that the rows cover for less
    than half is left out of the slopes. "Changed" is said at a false discovery rate below 0.1 over all slopes.

    Parameters
    ----------
    rows : Landmarks
        As for `patterns`.
    start_on, end_on : date
    exposures : sequence of Exposure

    Returns
    -------
    Trend

    Raises
    ------
    NotEnoughHistory
        Where no decision with a known outcome could be appealed in the period.
    """
    risk = at_risk(rows, start_on, end_on)
    features = risk.rows.features
    month = risk.rows.on.astype("datetime64[M]").astype(int)
    first, number = np.unique(month // 3, return_inverse=True)
    whole = _covered(risk.start_on, risk.end_on, first)
    tables, slopes = [], []
    for one in recorded_in(features, exposures)[0]:
        has, base = exposed(features, one) > 0, on_what(features, one.on)

        def total(mask: np.ndarray, value: np.ndarray) -> np.ndarray:
            return np.bincount(number[mask], weights=value[mask], minlength=len(first))

        ours, months, appeals = total(has, risk.months), total(base, risk.months), total(has, risk.event)
        tables.append(pd.DataFrame({
            "exposure": one.name, "label": one.label, "whole": whole,
            "quarter": (first * 3).astype("datetime64[M]").astype("datetime64[s]"),
            "months_exposed": ours, "months": months, "share": _over(ours, months),
            "appeals_exposed": appeals.astype(int), "rate": 1_000 * _over(appeals, ours)}))
        for measure, count, time in (("share", ours, months), ("rate", appeals, ours)):
            found = slope_of_counts(first[whole] / 4, count[whole], time[whole])
            slopes.append({"exposure": one.name, "label": one.label, "measure": measure, **found})
    slope = pd.DataFrame(slopes)
    slope["q"] = false_discovery_rates(slope.pop("p").to_numpy())
    slope["verdict"] = [_verdict(ratio, q) for ratio, q in zip(slope["times_a_year"], slope["q"], strict=True)]
    return Trend(pd.concat(tables, ignore_index=True), slope, risk.start_on, risk.end_on)


def slope_of_counts(year: np.ndarray, count: np.ndarray, time: np.ndarray) -> dict[str, float]:
    """Return by what a rate multiplies in a year: quasi-Poisson regression on time, intervals by Student's t.

    Parameters
    ----------
    year, count, time : ndarray of shape (quarters,)

    Returns
    -------
    dict
        `times_a_year`, `low`, `high`, `p`, `quarters`; NaN for fewer than 6 quarters or 10 counted.

    Examples
    --------
    >>> year = np.arange(8) / 4
    >>> round(slope_of_counts(year, 100 * 1.5**year, np.ones(8))["times_a_year"], 3)
    1.5
    """
    from scipy.special import stdtr, stdtrit

    some = time > 0
    year, count, time = year[some], count[some], time[some]
    size = len(year)
    if size < LEAST_QUARTERS or count.sum() < LEAST_COUNT:
        return {"times_a_year": np.nan, "low": np.nan, "high": np.nan, "p": np.nan, "quarters": size}
    design = np.column_stack([np.ones(size), year - year.mean()])
    at = np.array([np.log(count.sum() / time.sum()), 0.0])
    for _ in range(50):
        fitted = time * np.exp(design @ at)
        step = np.linalg.solve((design.T * fitted) @ design, design.T @ (count - fitted))
        at = at + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    fitted = time * np.exp(design @ at)
    # Never below chance alone: a few quiet quarters do not make the rest surer.
    spread = max(1.0, float(((count - fitted) ** 2 / fitted).sum() / (size - 2)))
    error = float(np.sqrt(spread * np.linalg.inv((design.T * fitted) @ design)[1, 1]))
    reach = float(stdtrit(size - 2, 0.975)) * error
    low, middle, high = np.exp([at[1] - reach, at[1], at[1] + reach])
    p = 2 * float(stdtr(size - 2, -abs(at[1]) / error))
    return {"times_a_year": float(middle), "low": float(low), "high": float(high), "p": p, "quarters": size}


def _covered(start_on: dt.date, end_on: dt.date, quarter: np.ndarray) -> np.ndarray:
    """Return the quarters of which at least half lies between the dates."""
    begins = (quarter * 3).astype("datetime64[M]").astype("datetime64[D]")
    ends = (quarter * 3 + 3).astype("datetime64[M]").astype("datetime64[D]")
    inside = np.minimum(ends, np.datetime64(end_on)) - np.maximum(begins, np.datetime64(start_on))
    return np.asarray(2 * inside >= ends - begins)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def _verdict(times_a_year: float, q: float) -> str:
    if np.isnan(times_a_year):
        return VERDICTS["few"]
    if not q < CHANGED_BELOW_Q:
        return VERDICTS["same"]
    return VERDICTS["up" if times_a_year > 1 else "down"]
