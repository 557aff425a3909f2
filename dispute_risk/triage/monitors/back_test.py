"""Forecasts tested on the past: made at the end of each month from what was known then, held against what came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.triage.monitors.forecast_methods import AHEAD, METHODS
from dispute_risk.triage.monitors.month_counts import MonthCounts, month_end

__all__ = ["BOOKED", "BackTest", "back_test", "prediction_range"]

BOOKED = "booked"
BOOKED_LABEL = "due dates already on record, less the share that fell away before"
MOST_ORIGINS = 48
"""Past months from whose ends forecasts are tried, at most."""
HORIZONS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2])
"""Months ahead are pooled into 1 to 3, 4 to 6, 7 to 12 when the spread of the errors is taken."""
LEAST_ERRORS = 12
"""With fewer past errors the spread is that of the counts themselves."""
ORIGINS_OF_THREE_YEARS = 36
"""Month ends followed for a whole year overlap: with fewer than these the errors of 12 months are taken to go all the same
way, unless they were larger still."""
RANGE = (0.1, 0.9)
TOO_NARROW = 0.7
"""Where a range meant to hold 80 in 100 held fewer than 70, the reader is told to allow for more."""
AS_GOOD = 0.02
"""A simpler method counts as doing as well where its error is within 2 % of the best, or within one standard error."""


@dataclass(frozen=True)
class BackTest:
    """How the ways to forecast did on the past, and what the one in use says now.

    Parameters
    ----------
    table : DataFrame
        One row a method: `method`, `label`, `origins` (month ends from which it was tried), `forecasts`, `mean_error` (how far
        off a month, either way), `bias` (forecast less actual, a month), `held` (share of months inside the 80 % range made
        beforehand, NaN where none could be made), `held_of` (months that share is of), `in_use`.
    chosen : str
    ahead : ndarray, shape (12,)
        Expected in each of the next months.
    spread_by_month : ndarray, shape (12,)
        Variance of the errors over the mean, 1 where chance alone.
    spread_of_year : float
        The same of 12 months together.
    """

    table: pd.DataFrame
    chosen: str
    ahead: np.ndarray
    spread_by_month: np.ndarray
    spread_of_year: float

    def summary(self) -> str:
        """Return in words how good it was, beside the two plainest ways."""
        rows = self.table.set_index("method")
        used = rows.loc[self.chosen]
        if not used["origins"]:
            return "It could not be tested on the past."
        plainest = [self.table[self.table["method"] == name].iloc[0]
                    for name in ("same_month_last_year", "mean_of_last_12") if name != self.chosen]
        others = [f"{row['label']}: {row['mean_error']:.1f}" for row in plainest]
        said = (f"Method: {used['label']}. Tried from the end of {used['origins']} past months it was off by "
                f"{used['mean_error']:.1f} a month ({'; '.join(others)}).")
        if used["held_of"]:
            said += f" Its range, meant to hold 80 in 100 months, held {100 * used['held']:.0f} in 100 of {used['held_of']:,}."
            if used["held"] < TOO_NARROW:
                said += " It has been too narrow: allow for more."
        return said


def prediction_range(mean: float, spread: float) -> tuple[float, float]:
    """Return the range that holds 80 in 100: negative binomial with this mean and variance `spread` times the mean.

    A count that chance alone spreads (`spread` 1) is Poisson.

    Examples
    --------
    >>> prediction_range(10, 1.0), prediction_range(10, 2.0)
    ((6.0, 14.0), (5.0, 16.0))
    """
    low, high = _ranges(np.array([mean], float), np.array([spread], float))
    return float(low[0]), float(high[0])


def _ranges(mean: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import nbinom, poisson

    mean, wide = np.maximum(mean, 1e-9), spread > 1 + 1e-6
    over = np.where(wide, spread, 2.0)
    low, high = (np.where(wide, nbinom.ppf(end, mean / (over - 1), 1 / over), poisson.ppf(end, mean)) for end in RANGE)
    return low, high


def back_test(counts: MonthCounts, last: int, on: int, booked: bool = False) -> BackTest:
    """Return how each method did on the past, the simplest that does as well, and its numbers for the next 12 months.

    Parameters
    ----------
    counts : MonthCounts
    last : int
        The last full month.
    on : int
        The day of the records; each past forecast is made as many days after its month's end as this one is.
    booked : bool
        Whether what is already on record for the months ahead is tried too (reviews have due dates).
    """
    months = last - counts.first_month + 1
    start = counts.first_month + (24 if months >= 36 else 12) - 1
    origins = np.arange(max(start, last - MOST_ORIGINS), last + 1)  # the last origin is now
    lag = on - int(month_end(last))
    actual = counts.made_up(last, on)
    made = {name: np.full((len(origins), AHEAD), np.nan) for name in METHODS
            if METHODS[name].months_needed <= origins[0] - counts.first_month + 1}
    if booked:
        made[BOOKED] = _from_dates_on_record(counts, origins, lag)
    for row, origin in enumerate(origins):
        past = counts.made_up(int(origin), int(month_end(int(origin))) + lag)
        for name in made:
            if name != BOOKED:
                made[name][row] = METHODS[name].ahead(past)
    target = origins[:, None] + 1 + np.arange(AHEAD)
    came = np.where(target <= last, actual[np.minimum(target, last) - counts.first_month], np.nan)
    chosen = _simplest_as_good(made, came)
    table = pd.DataFrame([_judged(name, made[name], came, origins, actual) | {"in_use": name == chosen} for name in made])
    ahead = made[chosen][-1]
    spread = _spreads(made[chosen], came, np.ones_like(came, bool), actual)
    return BackTest(table, chosen, ahead, spread[HORIZONS], _spread_of_year(made[chosen], came, spread[-1]))


def _from_dates_on_record(counts: MonthCounts, origins: np.ndarray, lag: int) -> np.ndarray:
    """Return what was on record for each month ahead, times the share that such dates came to before."""
    every = np.arange(counts.first_month, int(origins[-1]) + 1)
    on_record = np.array([counts.counted(int(o) + 1, int(o) + AHEAD, int(month_end(int(o))) + lag) for o in every])
    result = np.empty((len(origins), AHEAD))
    for row, origin in enumerate(origins):
        known = counts.counted(counts.first_month, int(origin), int(month_end(int(origin))) + lag)
        here = int(origin) - counts.first_month
        for step in range(AHEAD):
            # Origins whose month at this distance was over by then; the last 12 of them.
            before = np.arange(max(here - step - AHEAD, 0), max(here - step, 0))
            said, came = on_record[before, step].sum(), known[before + 1 + step].sum()
            result[row, step] = on_record[here, step] * (came / said if len(before) >= AHEAD // 2 and said else 1.0)
    return result


def _simplest_as_good(made: dict[str, np.ndarray], came: np.ndarray) -> str:
    """Return the first method whose error is as small as the best one's, as far as the past can tell them apart."""
    months = (~np.isnan(came)).sum(axis=1)[:-1]
    if not months.sum():
        return next(iter(made))
    # Each origin counts by the months that followed it, so that the mean is the mean error of all months.
    error = {name: np.nansum(np.abs(ahead - came)[:-1], axis=1) / months.mean() for name, ahead in made.items()}
    best = min(error, key=lambda name: float(error[name].mean()))
    for name, own in error.items():
        worse = own - error[best]
        if worse.mean() <= max(AS_GOOD * error[best].mean(), _standard_error(worse)):
            return name
    return best


def _standard_error(series: np.ndarray) -> float:
    """Return the standard error of the mean of forecasts that overlap (Newey and West 1987, 11 lags)."""
    left, size = series - series.mean(), len(series)
    variance = float(left @ left)
    for step in range(1, min(AHEAD, size)):
        variance += 2 * (1 - step / AHEAD) * float(left[step:] @ left[:-step])
    return float(np.sqrt(max(variance, 0.0))) / size


def _judged(name: str, ahead: np.ndarray, came: np.ndarray, origins: np.ndarray, actual: np.ndarray) -> dict[str, object]:
    """Return the error of one method, and the share of months inside ranges made from earlier errors alone."""
    there = ~np.isnan(came)
    target = origins[:, None] + 1 + np.arange(AHEAD)
    spread = np.full(ahead.shape, np.nan)
    for row, origin in enumerate(origins):
        earlier = there & (target <= origin)
        if min(int(earlier[:, group == HORIZONS].sum()) for group in range(3)) >= LEAST_ERRORS:
            spread[row] = _spreads(ahead, came, earlier, actual)[HORIZONS]
    held = there & ~np.isnan(spread)
    low, high = _ranges(ahead[held], spread[held])
    inside, of = int(((low <= np.round(came[held])) & (np.round(came[held]) <= high)).sum()), int(held.sum())
    off = (ahead - came)[there]
    return {"method": name, "label": BOOKED_LABEL if name == BOOKED else METHODS[name].label,
            "origins": int(there.any(axis=1).sum()), "forecasts": int(there.sum()),
            "mean_error": float(np.abs(off).mean()) if len(off) else np.nan, "bias": float(off.mean()) if len(off) else np.nan,
            "held": inside / of if of else np.nan, "held_of": of}


def _spreads(ahead: np.ndarray, came: np.ndarray, use: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Return the variance of the errors over the mean, at least 1, of 1 to 3, 4 to 6 and 7 to 12 months ahead."""
    squared = (ahead - came) ** 2 / np.maximum(ahead, 0.5)
    result = np.empty(3)
    for group in range(3):
        own = squared[:, group == HORIZONS][use[:, group == HORIZONS]]
        own = own[~np.isnan(own)]
        recent = actual[-24:]
        plain = recent.var(ddof=1) / max(recent.mean(), 0.5)
        result[group] = max(1.0, float(own.mean()) if len(own) >= LEAST_ERRORS else float(plain))
    return np.maximum.accumulate(result)  # what lies further off is not known more surely


def _spread_of_year(ahead: np.ndarray, came: np.ndarray, furthest: float) -> float:
    whole, together = ~np.isnan(came).any(axis=1), 1 + AHEAD * (furthest - 1)
    if not whole.any():
        return together
    expected, actual = ahead[whole].sum(axis=1), came[whole].sum(axis=1)
    seen = max(1.0, float(((expected - actual) ** 2 / np.maximum(expected, 0.5)).mean()))
    return seen if whole.sum() >= ORIGINS_OF_THREE_YEARS else max(seen, together)
