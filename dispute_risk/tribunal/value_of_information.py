"""What a report that is missing is worth knowing before an option is chosen: at most, and as far as it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.tribunal.costs import DRAWS, unit_costs
from dispute_risk.tribunal.shares import PooledShares

__all__ = ["Signal", "ValueOfInformation", "expected_utilities", "value_of_information"]

FOR_AUTHORITY = 2
"""Place of `decided_for_authority` among the endings of `record.ENDINGS`."""


@dataclass(frozen=True)
class Signal:
    """How well a report tells beforehand whether an appeal would be decided for the authority in full.

    Parameters
    ----------
    sensitivity : float
        Of 1 appeal that would be decided for the authority, the share in which the report speaks for its decision.
    specificity : float
        Of 1 that would not, the share in which the report speaks for the family.

    Notes
    -----
    No published figure was found for either. The default of 8 in 10 is an assumption, said as one wherever it is used.
    """

    sensitivity: float = 0.8
    specificity: float = 0.8

    def __post_init__(self) -> None:
        if not (0 <= self.sensitivity <= 1 and 0 <= self.specificity <= 1):
            raise ValueError(f"shares from 0 to 1 are needed; got {self.sensitivity!r} and {self.specificity!r}")


@dataclass(frozen=True)
class ValueOfInformation:
    """What knowing more is worth before an option is chosen, in pounds.

    Parameters
    ----------
    certainty : float
        Expected value of perfect information: what it would be worth to know how the appeal ends.
    report : float
        Expected value of sample information: what the report is worth, which tells it with errors.
    stake : float
        The value in dispute that it is worked out for.
    cheapest : str
        The option of least expected cost without any report.
    signal : Signal
    """

    certainty: float
    report: float
    stake: float
    cheapest: str
    signal: Signal

    def summary(self) -> str:
        """Say it in plain words, with what it does not say."""
        duty = ("Advice that the regulations ask for is owed whatever it is worth: this says nothing about asking for it, only "
                "about waiting for it before choosing.")
        if self.report < 1:
            return (f"With GBP {self.stake:,.0f} in dispute, no report can change which option costs least, so there is nothing "
                    f"to wait for on the ground of cost. {duty}")
        return (f"With GBP {self.stake:,.0f} in dispute, to know for certain how such an appeal ends would be worth at most "
                f"GBP {self.certainty:,.0f} before choosing; a report that tells it right about "
                f"{round(10 * self.signal.sensitivity)} times in 10 (an assumption) at most GBP {self.report:,.0f}. "
                f"A report that costs less than that is worth more than the argument. {duty}")


def expected_utilities(
    shares: PooledShares, stake: float, random_state: int | np.random.Generator | None = 0, draws: int = DRAWS
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return what each option is worth to the authority's budget under each ending, and the chance of each ending.

    Parameters
    ----------
    shares : PooledShares
        How appeals on the ground end.
    stake : float
        Pounds that depend on a decision for the authority in full.
    random_state : int, Generator or None
    draws : int
        From the posterior of the shares, and from the costs.

    Returns
    -------
    utilities : dict of str to ndarray, shape (endings,)
        Minus the expected cost, plus the stake where an answered appeal is decided for the authority.
    chances : ndarray, shape (endings,)
    """
    random = np.random.default_rng(random_state)
    unit = unit_costs()
    no_hearing, hearing = unit["casework_no_hearing"].low, unit["casework_hearing"].low
    lost, mediation = unit["lost_appeal_authority"].high, unit["mediation"]
    chances = random.dirichlet(shares.alpha, draws).mean(axis=0)
    decided = float(random.uniform(hearing, max(hearing, lost), draws).mean())
    early = float(random.uniform(0, no_hearing, draws).mean())
    mediated = float(random.uniform(mediation.low, mediation.high, draws).mean()) + early
    answered = np.full(len(chances), -decided)
    answered[0] = -no_hearing
    answered[FOR_AUTHORITY] += stake
    same = np.ones(len(chances))
    return {"concede": -early * same, "consent_order": -no_hearing * same, "mediate": -mediated * same,
            "answer": answered}, chances


def value_of_information(
    shares: PooledShares, stake: float, signal: Signal | None = None, random_state: int | np.random.Generator | None = 0,
    draws: int = DRAWS,
) -> ValueOfInformation:
    """Return what certainty, and what a report, would be worth before an option is chosen.

    Parameters
    ----------
    shares : PooledShares
        How appeals on the ground end: a record of past appeals, never the chance of this one.
    stake : float
        Pounds in dispute, 0 or more.
    signal : Signal, optional
    random_state : int, Generator or None
    draws : int

    Notes
    -----
    EVPI = sum_k P(k) max_o U(o, k) - max_o sum_k P(k) U(o, k); EVSI the same with the chances as they would be after each
    of the two signals, weighted by the chance of the signal. By convexity EVPI >= EVSI >= 0. Utilities are linear in the
    shares, so their posterior means are enough.

    References
    ----------
    H. Raiffa and R. Schlaifer (1961), "Applied statistical decision theory", Harvard University, chapters 4 and 5.

    Examples
    --------
    >>> from dispute_risk.tribunal.shares import pooled_shares
    >>> found = value_of_information(pooled_shares([30, 60, 10], [0.32, 0.67, 0.01], 20), 40_000)
    >>> found.certainty >= found.report >= 0
    True
    """
    if stake < 0:
        raise ValueError(f"pounds in dispute are 0 or more; got {stake!r}")
    signal = signal or Signal()
    utilities, chances = expected_utilities(shares, stake, random_state, draws)
    table = np.array(list(utilities.values()))
    before = table @ chances
    speaks_for = np.where(np.arange(len(chances)) == FOR_AUTHORITY, signal.sensitivity, 1 - signal.specificity)
    best = float(before.max())
    certainty = float((chances * table.max(axis=0)).sum()) - best
    # max_o of P(s) E[U | s] needs no division by P(s), so a signal that never comes is no special case.
    after = sum(float((table @ (chances * told)).max()) for told in (speaks_for, 1 - speaks_for))
    return ValueOfInformation(max(certainty, 0.0), min(max(after - best, 0.0), max(certainty, 0.0)), float(stake),
                              list(utilities)[int(before.argmax())], signal)
