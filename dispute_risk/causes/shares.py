"""The share of appeals statistically associated with what went wrong, one by one and together, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Shares", "appeal_shares"]

DRAWS = 500


@dataclass(frozen=True)
class Shares:
    """Shares of appeals statistically associated with exposures; never to be read as appeals that could be avoided.

    Parameters
    ----------
    share, low, high : ndarray of shape (exposures,)
        Of all appeals, with 95 % intervals.
    joint, joint_low, joint_high : float
        Of all exposures together. The single shares overlap, and add up to more than this.
    """

    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    joint: float
    joint_low: float
    joint_high: float


def appeal_shares(
    amount: np.ndarray, family: np.ndarray, log_ratio: np.ndarray, influence: np.ndarray, random_state: int = 0
) -> Shares:
    """Return the share of appeals associated with each exposure and with all of them.

    For an appeal with amounts `x` of the exposures, the part associated with one of them is `1 - exp(-x b)`, its log rate
    ratio being `b`, and with all of them `1 - exp(-sum of x b)`; the share is the mean over appeals (Bruzzi and others,
    American Journal of Epidemiology 1985, 122, 904). It is what standardisation gives under proportional hazards: the
    appeals expected with every exposure set to none, over those there were. Intervals are of a bootstrap over families, in
    which log ratios move by each family's influence on them instead of being fitted afresh.

    Parameters
    ----------
    amount : ndarray of shape (appeals, exposures)
        Exposures of each appeal, 0 for none.
    family : ndarray of int, shape (appeals,)
        Position of the family of each appeal among the rows of `influence`.
    log_ratio : ndarray of shape (exposures,)
    influence : ndarray of shape (families, exposures)
        As `RateFit.influence`, for these exposures.
    random_state : int

    Returns
    -------
    Shares

    Examples
    --------
    >>> found = appeal_shares(np.array([[1.0], [0.0]]), np.array([0, 1]), np.log([2.0]), np.zeros((2, 1)))
    >>> found.share.tolist(), round(found.joint, 3)
    ([0.25], 0.25)
    """
    parts = 1.0 - np.exp(-amount * log_ratio)
    joint = 1.0 - np.exp(-(amount * log_ratio).sum(axis=1))
    rng = np.random.default_rng(random_state)
    families = len(influence)
    singles, together = np.empty((DRAWS, amount.shape[1])), np.empty(DRAWS)
    for draw in range(DRAWS):
        times = np.bincount(rng.integers(0, families, families), minlength=families)
        moved = log_ratio + (times - 1.0) @ influence
        weight = times[family].astype(float)
        total = weight.sum()
        if not total:
            singles[draw], together[draw] = np.nan, np.nan
            continue
        singles[draw] = weight @ (1.0 - np.exp(-amount * moved)) / total
        together[draw] = weight @ (1.0 - np.exp(-amount @ moved)) / total
    low, high = np.nanpercentile(singles, [2.5, 97.5], axis=0)
    joint_low, joint_high = np.nanpercentile(together, [2.5, 97.5])
    return Shares(parts.mean(axis=0), low, high, float(joint.mean()), float(joint_low), float(joint_high))
