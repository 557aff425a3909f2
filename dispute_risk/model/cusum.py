"""Charts that add up small differences between what was seen and what was expected, and say when they are more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

__all__ = ["RATIO", "RUN_LENGTH_MONTHS", "Chart", "Limits", "blind_spots", "limits_for", "poisson_chart", "share_chart"]

RATIO = 1.5
"""The change the charts are tuned to: half as many again, or a third fewer (methods 10)."""
RUN_LENGTH_MONTHS = 60
"""With nothing changed, a chart speaks up falsely once in this many months on average, or more rarely."""
PATHS, SEED = 4000, 20_260
SIMULATED_MONTHS = 60


@dataclass(frozen=True)
class Limits:
    """Heights at which the two sides of a chart give a signal.

    Parameters
    ----------
    up, down : float
        For more than expected, and for fewer.
    """

    up: float
    down: float


@dataclass(frozen=True)
class Chart:
    """One chart: what was seen in each period against what was expected, and the two sums.

    Parameters
    ----------
    on : ndarray of datetime64[D], shape (periods,)
        Last day of each period.
    observed, expected : ndarray of float, shape (periods,)
        Events; of a share, the events expected of the period's decisions.
    up, down : ndarray of float, shape (periods,)
        The sums: evidence that there are more, and that there are fewer. They never fall below 0.
    limits : Limits
    """

    on: np.ndarray
    observed: np.ndarray
    expected: np.ndarray
    up: np.ndarray
    down: np.ndarray
    limits: Limits

    def _crossed(self) -> np.ndarray:
        return np.asarray((self.up >= self.limits.up) | (self.down >= self.limits.down))

    @property
    def signal_on(self) -> np.datetime64 | None:
        """Last day of the first period in which a sum reached its limit; None where none did."""
        crossed = self._crossed()
        return self.on[np.argmax(crossed)] if crossed.any() else None

    @property
    def stands(self) -> bool:
        """Whether a signal stands: its sum has not fallen back to 0 since. A signal that faded asks for nothing any more."""
        crossed = self._crossed()
        if not crossed.any():
            return False
        last = len(crossed) - 1 - int(np.argmax(crossed[::-1]))
        path = self.up if self.up[last] >= self.limits.up else self.down
        return bool((path[last:] > 0).all())

    @property
    def direction(self) -> str:
        """'more', 'fewer', or '' without a signal."""
        crossed = self._crossed()
        if not crossed.any():
            return ""
        return "more" if self.up[int(np.argmax(crossed))] >= self.limits.up else "fewer"

    @property
    def since(self) -> int:
        """Number of the period in which the run began that led to the first signal: the likely time of the change.

        Without a signal, of the run that the higher sum is in now.
        """
        crossed = self._crossed()
        end = int(np.argmax(crossed)) + 1 if crossed.any() else len(self.on)
        rising = self.direction == "more" if crossed.any() else self.up[-1:].sum() >= self.down[-1:].sum()
        at_rest = np.flatnonzero((self.up if rising else self.down)[:end] <= 0)
        return min(int(at_rest[-1]) + 1 if len(at_rest) else 0, max(end - 1, 0))

    def ratio(self, first: int = 0) -> tuple[float, float, float]:
        """Return seen over expected from a period on, and the ends of its 95 % range (Byar's approximation).

        >>> chart = poisson_chart(np.array(["2025-01-31"]), np.array([12.0]), np.array([10.0]), 120)
        >>> [round(float(value), 2) for value in chart.ratio()]
        [1.2, 0.62, 2.1]
        """
        seen, expected = float(self.observed[first:].sum()), float(self.expected[first:].sum())
        if expected <= 0:
            return np.nan, np.nan, np.nan
        low = seen * (1 - 1 / (9 * seen) - 1.96 / (3 * np.sqrt(seen))) ** 3 if seen > 0 else 0.0
        more = seen + 1
        high = more * (1 - 1 / (9 * more) + 1.96 / (3 * np.sqrt(more))) ** 3
        return seen / expected, low / expected, high / expected


def _path(gain: np.ndarray) -> np.ndarray:
    """Add up gains along the last axis, starting again at 0 whenever the sum falls below it."""
    total = np.cumsum(gain, axis=-1)
    lowest = np.minimum.accumulate(np.minimum(total, 0.0), axis=-1)
    return np.asarray(total - lowest)


def _poisson_gain(observed: np.ndarray, expected: np.ndarray, ratio: float) -> np.ndarray:
    return np.asarray(observed * np.log(ratio) - expected * (ratio - 1))


def _share_gain(hits: np.ndarray, trials: np.ndarray, share: np.ndarray, odds: float) -> np.ndarray:
    return np.asarray(hits * np.log(odds) - trials * np.log1p(share * (odds - 1)))


@lru_cache(maxsize=512)
def _limits(
    each: float, share: float, reference: float, periods_a_month: float, run_length: float, more: float, ratio: float,
    seed: int,
) -> Limits:
    """Find the limits by simulation; `share` 0 means counts with mean `each`, otherwise `each` decisions a period."""
    rng = np.random.default_rng([SEED, seed])
    periods = max(2, round(SIMULATED_MONTHS * periods_a_month))
    known = rng.gamma(max(reference, 1.0), 1.0, (PATHS, 1)) / max(reference, 1.0)
    if share > 0:
        trials = np.maximum(rng.poisson(each, (PATHS, periods)), 0)
        hits = rng.binomial(trials, share)
        taken = np.clip(share * known, 1e-6, 1 - 1e-6)
        up, down = _share_gain(hits, trials, taken, ratio), _share_gain(hits, trials, taken, 1 / ratio)
    else:
        counts, expected = rng.poisson(each, (PATHS, periods)), each * known * np.ones((1, periods))
        up, down = _poisson_gain(counts, expected, ratio), _poisson_gain(counts, expected, 1 / ratio)
    # Runs without a signal die out geometrically: this share of paths is still silent after the months simulated.
    silent = [float(np.exp(-SIMULATED_MONTHS * part / run_length)) for part in (more, 1 - more)]
    return Limits(*(float(np.quantile(_path(side).max(axis=1), part)) for side, part in zip((up, down), silent, strict=True)))


def limits_for(
    expected: float, *, share: float = 0.0, reference: float = 500.0, periods_a_month: float = 1.0,
    run_length_months: float = RUN_LENGTH_MONTHS, ratio: float = RATIO, more: float = 0.5, random_state: int = 0,
) -> Limits:
    """Return the limits at which, with nothing changed, a two-sided chart signals once in `run_length_months` or more rarely.

    Parameters
    ----------
    expected : float
        Events expected in a period; of a share, decisions in a period.
    share : float
        0 for a chart of counts; the usual share of a chart of shares.
    reference : float
        Events on which the expectation rests: an expectation that is itself unsure makes more false alarms.
    periods_a_month : float
        1 for monthly charts, 4.35 for weekly ones.
    run_length_months, ratio : float
    more : float
        Part of the false alarms given to the side for more than expected; the other side has the rest.
    random_state : int

    Examples
    --------
    >>> limits = limits_for(15.0, reference=1e6)
    >>> 2.0 < limits.up < 4.0
    True
    """
    if not expected > 0:
        return Limits(np.inf, np.inf)
    return _limits(_two_digits(expected), _two_digits(share), _two_digits(min(reference, 1e6)),
                   _two_digits(periods_a_month), float(run_length_months), float(more), float(ratio), int(random_state))


def _two_digits(number: float) -> float:
    return float(f"{number:.2g}")


def poisson_chart(
    on: Sequence[object] | np.ndarray, observed: np.ndarray, expected: np.ndarray, reference: float, *,
    periods_a_month: float = 1.0, run_length_months: float = RUN_LENGTH_MONTHS, ratio: float = RATIO,
    dispersion: float = 1.0, more: float = 0.5, each: float | None = None,
) -> Chart:
    """Chart counts against their expectation, both sides (a cumulative sum of likelihood ratios, Page 1954).

    Parameters
    ----------
    on : array of dates, shape (periods,)
    observed, expected : ndarray of float, shape (periods,)
    reference : float
        Events on which the expectation rests.
    periods_a_month, run_length_months, ratio : float
    dispersion : float
        Variance over mean of the counts when nothing has changed; counts are divided by it.
    more : float
        Part of the false alarms given to the side for more than expected.
    each : float, optional
        Events usual in a period, for the limits; the mean of `expected` where not given. A fixed number keeps the limits
        where they are from one month to the next.
    """
    seen, awaited = np.asarray(observed, float) / dispersion, np.asarray(expected, float) / dispersion
    usual = each / dispersion if each is not None else float(awaited.mean()) if len(awaited) else 0.0
    limits = limits_for(usual, reference=reference / dispersion, periods_a_month=periods_a_month,
                        run_length_months=run_length_months, ratio=ratio, more=more)
    return Chart(np.asarray(on, "datetime64[D]"), np.asarray(observed, float), np.asarray(expected, float),
                 _path(_poisson_gain(seen, awaited, ratio)), _path(_poisson_gain(seen, awaited, 1 / ratio)), limits)


def share_chart(
    on: Sequence[object] | np.ndarray, hits: np.ndarray, trials: np.ndarray, share: float | np.ndarray, reference: float, *,
    periods_a_month: float = 4.35, run_length_months: float = RUN_LENGTH_MONTHS, odds: float = RATIO,
    dispersion: float = 1.0, more: float = 0.5, each: float | None = None, usual: float | None = None,
) -> Chart:
    """Chart what share of decisions goes one way against the usual share, tuned to odds half as high again or a third lower.

    Parameters
    ----------
    on : array of dates, shape (periods,)
    hits, trials : ndarray of float, shape (periods,)
        Decisions of that kind, and all decisions.
    share : float or ndarray of shape (periods,)
        The usual share, by period where it has seasons.
    reference : float
        Decisions of that kind on which the share rests.
    periods_a_month, run_length_months, odds, dispersion, more : float
        As for `poisson_chart`.
    each, usual : float, optional
        Decisions in a usual period and the usual share, for the limits; the means of the chart where not given.
    """
    fixed = np.clip(np.broadcast_to(np.asarray(share, float), (len(hits),)), 1e-6, 1 - 1e-6)
    typical = usual if usual is not None else float(fixed.mean()) if len(fixed) else 0.5
    y, n = np.asarray(hits, float) / dispersion, np.asarray(trials, float) / dispersion
    decisions = each / dispersion if each is not None else float(n.mean()) if len(n) else 0.0
    limits = limits_for(decisions, share=typical, reference=reference / dispersion, periods_a_month=periods_a_month,
                        run_length_months=run_length_months, ratio=odds, more=more)
    return Chart(np.asarray(on, "datetime64[D]"), np.asarray(hits, float), np.asarray(trials, float) * fixed,
                 _path(_share_gain(y, n, fixed, odds)), _path(_share_gain(y, n, fixed, 1 / odds)), limits)


def blind_spots(
    expected: float, changes: Sequence[float] = (1.1, 1.25, 1.5, 2.0, 0.8, 0.67), *, reference: float = 500.0,
    run_length_months: float = RUN_LENGTH_MONTHS, months: int = 12,
) -> pd.DataFrame:
    """Return what a monthly chart of so many expected events does not see: how long each change goes unnoticed.

    Parameters
    ----------
    expected : float
        Appeals expected in a month.
    changes : sequence of float
        Seen over expected after the change.
    reference, run_length_months : float
        As for `limits_for`.
    months : int
        A change is said to be missed where the chart is still silent after so many.

    Returns
    -------
    DataFrame
        `change`, `median_months` (inf where more than half of the runs stay silent for ten years), `missed_share`.

    Examples
    --------
    >>> table = blind_spots(5.0)
    >>> bool(table["median_months"].iloc[2] < table["median_months"].iloc[1])
    True
    """
    rows = _blind_spots(_two_digits(expected), tuple(changes), _two_digits(min(reference, 1e6)), run_length_months, months)
    return pd.DataFrame(rows, columns=["change", "median_months", "missed_share"])


@lru_cache(maxsize=64)
def _blind_spots(
    expected: float, changes: tuple[float, ...], reference: float, run_length_months: float, months: int
) -> list[tuple[float, float, float]]:
    limits = limits_for(expected, reference=reference, run_length_months=run_length_months)
    rng = np.random.default_rng([SEED, 1])
    periods = 120
    rows = []
    for change in changes:
        counts = rng.poisson(expected * change, (PATHS // 2, periods))
        awaited = np.full(counts.shape, expected, float)
        crossed = _path(_poisson_gain(counts, awaited, RATIO)) >= limits.up
        crossed |= _path(_poisson_gain(counts, awaited, 1 / RATIO)) >= limits.down
        first = np.where(crossed.any(axis=1), crossed.argmax(axis=1) + 1, np.inf)
        rows.append((change, float(np.median(first)), float((first > months).mean())))
    return rows
