"""What is usual for a weekly number: like held against like, the seasons, the level of the last year, and how uneven it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Usual", "poisson_line", "unevenness", "usual_level", "yearly_wave"]

LEVEL_WEEKS, GUARD_WEEKS = 52, 13
"""The level is that of a year, which ends a quarter before the week looked at: a slow trend that was there before is taken
along, and a sudden change stands out for longer than the two months in which it is to be seen."""
FEWEST_WEEKS = 26
PRIOR_EVENTS = 5.0
"""A kind with few events of its own is drawn to the rate of all kinds together, as if it had had so many more of them."""
WEEKS_OF_YEAR, ENOUGH_FOR_SEASONS, SURE_OF_SEASONS, WAVES = 52, 60, 13.28, 4
"""A yearly wave is taken in from a year of weeks and 60 events, where chance would give it once in a hundred (chi-square)."""


@dataclass(frozen=True)
class Usual:
    """What was usual in each week, had nothing changed.

    Parameters
    ----------
    expected : ndarray of float, shape (weeks,)
        Events to be expected in each week.
    rate : float
        Events for each unit of the base over the reference.
    events : float
        Events on which the level of a week rests.
    each_week : float
        Events expected in a week of the reference, on average.
    dispersion : float
        Variance over mean when nothing has changed; 1 at least.
    """

    expected: np.ndarray
    rate: float
    events: float
    each_week: float
    dispersion: float


def usual_level(
    hits: np.ndarray, base: np.ndarray, ends: np.ndarray, reference: np.ndarray, share: bool, anew: int | None = None
) -> Usual:
    """Return what was to be expected in each week.

    How the kinds differ is taken from the reference (a first plan is not an amended one, a notice of last week not one of
    last month), and so is the yearly wave where there is one for sure; the common level is that of the year before each
    week.

    Parameters
    ----------
    hits, base : ndarray of float, shape (kinds, weeks)
        Events, and what they are counted for (decisions, open notices), in weeks one after another.
    ends : ndarray of int, shape (weeks,)
        Last day of each week, as a day number.
    reference : ndarray of bool, shape (weeks,)
        Weeks of the reference.
    share : bool
        Whether the events are some of the decisions of the base.
    anew : int, optional
        Number of the week with which the charts start anew, after a change was settled: the level is then that of the
        quarter before it, and later of the weeks since then.

    Examples
    --------
    Twice as many plans of the kind that names a school less often: more are to be expected, though no share has moved.

    >>> ends = 7 * np.arange(120)
    >>> base = np.array([np.full(120, 10.0), np.r_[np.full(104, 10.0), np.full(16, 20.0)]])
    >>> hits = base * np.array([[0.1], [0.5]])
    >>> found = usual_level(hits, base, ends, ends < 7 * 104, True)
    >>> [round(float(value)) for value in found.expected[[0, -1]]]
    [6, 11]
    """
    then, whole = hits[:, reference], base[:, reference]
    # Of nothing at all, one in three more than were looked at is taken, so that the first cases can be seen.
    rate = max(float(then.sum()), 1.0) / float(whole.sum())
    each = (then.sum(axis=1) + PRIOR_EVENTS) / (whole.sum(axis=1) + PRIOR_EVENTS / rate)
    shape, seen = each @ base, hits.sum(axis=0)
    level = max(float(then.sum()), 1.0) / max(float(shape[reference].sum()), 1e-9)
    shape = shape * level
    wave = yearly_wave(seen[reference], shape[reference], ends[reference], ends)
    shape = shape * wave
    moved, events = _level_of_last_year(seen, shape, reference, anew)
    if np.ptp(wave) > 0:  # the wave is unsure too: each of its four numbers rests on all events of the reference
        events = 1 / (1 / events + WAVES / max(float(then.sum()), 1.0))
    ceiling = 0.98 * base.sum(axis=0) if share else np.inf
    spread = unevenness(seen[reference], shape[reference], whole.sum(axis=0) if share else None)
    return Usual(np.minimum(shape * moved, ceiling), rate, events, float(shape[reference].mean()), spread)


def _level_of_last_year(
    seen: np.ndarray, shape: np.ndarray, reference: np.ndarray, anew: int | None
) -> tuple[np.ndarray, float]:
    """Return the level before each week for the reference level, and the events it rests on."""
    number = np.arange(len(seen))
    last, weeks, fewest = np.maximum(number - GUARD_WEEKS, 0), min(LEVEL_WEEKS, int(reference.sum())), FEWEST_WEEKS
    first = np.maximum(last - LEVEL_WEEKS, 0)
    if anew is not None and anew >= GUARD_WEEKS:
        late, weeks, fewest = number >= anew, GUARD_WEEKS, GUARD_WEEKS
        last = np.where(late, np.maximum(last, anew), last)
        first = np.where(late, np.maximum(first, anew - GUARD_WEEKS), first)
    up, along = (np.concatenate([[0.0], np.cumsum(one)]) for one in (seen, shape))
    # One event of what is usual is added to both sides, so that a level is never nought.
    moved = (up[last] - up[first] + 1) / (along[last] - along[first] + 1)
    return np.where(last - first >= fewest, moved, 1.0), float(shape[reference].mean() * weeks)


def yearly_wave(hits: np.ndarray, expected: np.ndarray, before: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the factor by which each week differs with the season; 1 where no wave is sure.

    Parameters
    ----------
    hits, expected : ndarray of float, shape (weeks of the reference,)
    before, ends : ndarray of int
        Last days of the weeks of the reference, and of those the wave is wanted for.
    """
    flat = np.ones(len(ends))
    if len(before) < WEEKS_OF_YEAR or hits.sum() < ENOUGH_FOR_SEASONS:
        return flat

    def waves(days: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * days / 365.25
        return np.column_stack([np.ones(len(days)), *(wave(turn * angle) for turn in (1, 2) for wave in (np.cos, np.sin))])

    columns = waves(before)
    line = poisson_line(columns, hits, expected, np.full(5, 1e-9))  # shares here are counts for each decision
    fitted = expected * np.exp(columns @ line)
    gain = 2 * float((hits * (columns @ line) - (fitted - expected)).sum())
    return np.exp(waves(ends) @ line) if gain >= SURE_OF_SEASONS * unevenness(hits, fitted, None) else flat


def poisson_line(columns: np.ndarray, hits: np.ndarray, expected: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Return the coefficients of a Poisson regression on what was expected, each drawn to nought by its ridge.

    Parameters
    ----------
    columns : ndarray of shape (periods, coefficients)
    hits, expected : ndarray of shape (periods,)
    pull : ndarray of shape (coefficients,)
        1 / variance of each coefficient as it is taken before the data.

    Examples
    --------
    >>> line = poisson_line(np.ones((3, 1)), np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]), np.array([1e-9]))
    >>> round(float(np.exp(line[0])), 3)
    2.0
    """
    line = np.zeros(columns.shape[1])
    for _ in range(25):  # Newton's method
        mean = expected * np.exp(columns @ line)
        step = np.linalg.solve((columns * mean[:, None]).T @ columns + np.diag(pull), columns.T @ (hits - mean) - pull * line)
        line = line + np.clip(step, -1, 1)
    return line


def unevenness(hits: np.ndarray, expected: np.ndarray, decisions: np.ndarray | None) -> float:
    """Return variance over mean of four-week sums, 1 at least: decisions often come in batches.

    Parameters
    ----------
    hits, expected : ndarray of float, shape (weeks,)
    decisions : ndarray of float, shape (weeks,), optional
        Of a share: the decisions of which the hits are some.
    """
    size = len(hits) // 4
    part = expected * (1 - expected / np.maximum(decisions, 1e-9)) if decisions is not None else expected
    seen, awaited, spread = (one[: 4 * size].reshape(size, 4).sum(axis=1) for one in (hits, expected, part))
    some = spread > 0
    if some.sum() < 6:
        return 1.0
    found = float(((seen - awaited)[some] ** 2 / spread[some]).sum() / (some.sum() - 1))
    # Few sums say little: of what is more than 1 a part is taken, so that chance does not make the chart slow.
    return float(np.clip(1 + 0.7 * (found - 1), 1.0, 4.0))
