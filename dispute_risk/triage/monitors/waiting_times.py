"""How long people wait, counting those who still wait: shares answered by a day, the middle wait, with their ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Waits", "waits_of", "wilson"]

Z_95 = 1.959964


def wilson(share: float, of: float) -> tuple[float, float]:
    """Return the 95 % range of a share of some number (Wilson 1927); not a number where there is nothing to count.

    A share above one, of a count that passes its base, has a range too, which ends at one.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.5, 20)]
    [0.299, 0.701]
    """
    if not of > 0 or np.isnan(share):
        return float("nan"), float("nan")
    z2 = Z_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 * float(np.sqrt(max(share * (1 - share), 0.0) / of + z2 / (4 * of * of))) / (1 + z2 / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Waits:
    """The share still waiting after each day (Kaplan and Meier 1958), and how sure it is.

    Parameters
    ----------
    days : ndarray of int
        0, 1, … the longest day seen.
    waiting : ndarray of float
        Share still waiting after each day.
    worth : ndarray of float
        How many fully observed messages the estimate is worth (by Greenwood's variance), for its range.
    seen_to : int
        Last day on which the share is known: after it everyone left was still waiting or not followed.
    """

    days: np.ndarray
    waiting: np.ndarray
    worth: np.ndarray
    seen_to: int

    def answered_by(self, day: int) -> tuple[float, float, float]:
        """Return the share answered within some days and its 95 % range; not a number where it is too early to say."""
        if not len(self.days) or day > self.seen_to:
            return float("nan"), float("nan"), float("nan")
        at = min(day, len(self.days) - 1)
        share = 1 - float(self.waiting[at])
        return share, *wilson(share, float(self.worth[at]))

    def median(self) -> tuple[float, float, float]:
        """Return the day by which half were answered, and its 95 % range; infinite where half never were.

        The range holds the days at which the range of the share holds one half (Brookmeyer and Crowley 1982). Not a
        number where too few were followed for long enough.
        """
        reached = np.flatnonzero(self.waiting <= 0.5 + 1e-12)
        ends = np.array([wilson(1 - s, w) for s, w in zip(self.waiting, self.worth, strict=True)]).reshape(-1, 2)
        possible, certain = np.flatnonzero(ends[:, 1] >= 0.5), np.flatnonzero(ends[:, 0] > 0.5)
        if not len(self.days):
            return float("nan"), float("nan"), float("nan")
        first = [float(self.days[found[0]]) if len(found) else float("inf") for found in (reached, possible, certain)]
        return first[0], first[1], first[2]


def waits_of(days: np.ndarray, answered: np.ndarray, design_effect: float = 1.0) -> Waits:
    """Return the waits of some messages.

    Parameters
    ----------
    days : ndarray of int
        Days until the answer, or until the day of the records where there was none.
    answered : ndarray of bool
    design_effect : float
        How many messages are worth one: those of the same family are not independent.

    Examples
    --------
    >>> waits = waits_of(np.array([1, 3, 3, 6]), np.array([True, True, False, True]))
    >>> [round(float(share), 3) for share in waits.waiting]
    [1.0, 0.75, 0.75, 0.5, 0.5, 0.5, 0.0]
    """
    days = np.asarray(days, dtype=np.int64)
    if not len(days):
        return Waits(np.zeros(0, int), np.zeros(0), np.zeros(0), -1)
    size = int(days.max()) + 1
    done = np.bincount(days[answered], minlength=size).astype(float)
    gone = np.bincount(days, minlength=size).astype(float)
    at_risk = gone[::-1].cumsum()[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        waiting = np.cumprod(1 - done / at_risk)
        greenwood = np.cumsum(np.where(done > 0, done / (at_risk * (at_risk - done)), 0.0))
        worth = (1 - waiting) / (waiting * greenwood)
    # Where all or none were answered the variance says nothing: those still followed are what there is.
    plain = (waiting <= 1e-12) | (waiting >= 1 - 1e-12) | ~np.isfinite(worth)
    worth = np.where(plain, np.where(waiting <= 1e-12, len(days), at_risk), worth) / max(design_effect, 1.0)
    last_known = int(days[~answered].max()) if (~answered).any() else size - 1
    everyone_done = waiting[-1] <= 1e-12
    return Waits(np.arange(size), waiting, worth, 10**6 if everyone_done else last_known)
