"""How appeals ended: the authority's own record drawn towards the national picture, as far as the numbers are small."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gammaln

__all__ = ["KAPPA", "KAPPAS", "PooledShares", "aalen_johansen", "fitted_kappa", "pooled_shares"]

KAPPA = 20.0
"""Strength of the prior, in appeals, while too few are closed to estimate it (methods section 5, experiment E12)."""
KAPPAS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
CLOSED_TO_ESTIMATE = 150
"""From this many closed appeals the strength is estimated (empirical Bayes)."""
INTERVAL = 0.8


@dataclass(frozen=True)
class PooledShares:
    """Shares of the ways an appeal ends, for one group of appeals.

    Parameters
    ----------
    outcomes : tuple of str
    counts : ndarray, shape (outcomes,)
        Closed appeals of the group; whole numbers unless corrected for those still open.
    prior : ndarray
        Shares drawn towards.
    kappa : float
        Strength of the prior, in appeals.
    """

    outcomes: tuple[str, ...]
    counts: np.ndarray
    prior: np.ndarray
    kappa: float

    @property
    def alpha(self) -> np.ndarray:
        """Parameters of the Dirichlet posterior: counts + kappa * prior."""
        return self.counts + self.kappa * self.prior

    @property
    def shares(self) -> np.ndarray:
        """Posterior means."""
        return self.alpha / self.alpha.sum()

    @property
    def interval(self) -> np.ndarray:
        """80 % intervals, shape (outcomes, 2): the quantiles of each Beta margin."""
        tail, total = (1 - INTERVAL) / 2, self.alpha.sum()
        return np.column_stack([betaincinv(self.alpha, total - self.alpha, q) for q in (tail, 1 - tail)])

    @property
    def closed(self) -> float:
        """How many closed appeals it rests on."""
        return float(self.counts.sum())


def pooled_shares(
    counts: Sequence[float] | np.ndarray, prior: Sequence[float] | np.ndarray, kappa: float,
    outcomes: Sequence[str] = (),
) -> PooledShares:
    """Draw counts towards prior shares (Dirichlet-multinomial, conjugate).

    Parameters
    ----------
    counts : sequence of float
        Closed appeals by outcome.
    prior : sequence of float
        Positive; brought to a sum of one.
    kappa : float
        How many appeals the prior is worth; 0 leaves the raw shares, a very large one the prior.

    Raises
    ------
    ValueError
        If the lengths differ, a count is negative, a prior share is not positive, or kappa is negative.

    Examples
    --------
    >>> pooled_shares([3, 7], [0.5, 0.5], 10).shares.tolist()
    [0.4, 0.6]
    """
    seen, share = np.asarray(counts, float), np.asarray(prior, float)
    if seen.shape != share.shape or np.any(seen < 0) or np.any(share <= 0) or kappa < 0:
        raise ValueError(f"counts >= 0, prior > 0 of the same length and kappa >= 0 are needed; got {counts}, {prior}, "
                         f"{kappa}.")
    names = tuple(outcomes) or tuple(str(place) for place in range(len(seen)))
    return PooledShares(names, seen, share / share.sum(), float(kappa))


def _log_likelihood(counts: np.ndarray, prior: np.ndarray, kappa: float) -> float:
    """Dirichlet-multinomial log-likelihood of the groups (rows), the multinomial coefficient left out."""
    alpha = kappa * prior
    total = counts.sum(axis=1)
    return float(np.sum(gammaln(kappa) - gammaln(total + kappa)) + np.sum(gammaln(counts + alpha) - gammaln(alpha)))


def fitted_kappa(counts: np.ndarray, prior: Sequence[float] | np.ndarray) -> float:
    """Return the strength of the prior under which the groups' counts are most likely.

    Under 150 closed appeals it is not estimated: `KAPPA`.

    Parameters
    ----------
    counts : ndarray, shape (groups, outcomes)
    prior : sequence of float

    Notes
    -----
    A search over `KAPPAS`, because the likelihood is flat and no finer value means anything.
    """
    table = np.atleast_2d(np.asarray(counts, float))
    if table.sum() < CLOSED_TO_ESTIMATE:
        return KAPPA
    share = np.asarray(prior, float) / np.sum(prior)
    return max(KAPPAS, key=lambda kappa: _log_likelihood(table, share, kappa))


def aalen_johansen(
    days: Sequence[float], outcome: Sequence[str], outcomes: Sequence[str]
) -> Mapping[str, float]:
    """Return the share that ends each way, taking those still open into account.

    Parameters
    ----------
    days : sequence of float
        Days from registration to the outcome, or to the as-of date where the appeal is open.
    outcome : sequence of str
        One of `outcomes`, or '' where the appeal is open.
    outcomes : sequence of str

    Returns
    -------
    mapping of str to float
        Cause-specific shares by the last outcome seen; they add up to at most one.

    References
    ----------
    O. Aalen and S. Johansen (1978), "An empirical transition matrix for non-homogeneous Markov chains based on censored
    observations", Scandinavian Journal of Statistics 5, 141-150.
    """
    time, how = np.asarray(days, float), np.asarray(outcome, dtype=object)
    shares = dict.fromkeys(outcomes, 0.0)
    surviving = 1.0
    for day in np.unique(time[how != ""]):
        at_risk = int((time >= day).sum())
        ended = 0
        for one in outcomes:
            count = int(((time == day) & (how == one)).sum())
            shares[one] += surviving * count / at_risk
            ended += count
        surviving *= 1 - ended / at_risk
    assert math.isclose(sum(shares.values()) + surviving, 1, abs_tol=1e-9)
    return shares
