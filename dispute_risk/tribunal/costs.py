"""What each way of going on with an appeal costs the authority, from published figures with their price years."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from dispute_risk.tribunal.shares import INTERVAL, PooledShares

__all__ = ["Cost", "ExpectedCost", "expected_costs", "stake_to_break_even", "unit_costs"]

DRAWS = 4_000


@dataclass(frozen=True)
class Cost:
    """One published or derived cost in pounds; `counted` says whether it enters the expected costs."""

    code: str
    what: str
    low: float
    high: float
    price_year: str
    counted: bool
    source: str
    verified: str
    caveat: str

    @property
    def pounds(self) -> str:
        """The amount in words of a table, such as 'GBP 1,200 to 1,650'."""
        return f"GBP {self.low:,.0f}" + ("" if self.low == self.high else f" to {self.high:,.0f}")


@dataclass(frozen=True)
class ExpectedCost:
    """Expected cost of an option in pounds, as published: years are not brought to one price level."""

    option: str
    mean: float
    low: float
    high: float
    rests_on: str


@cache
def unit_costs() -> dict[str, Cost]:
    """Return the costs that come with the package, by code."""
    text = resources.files("dispute_risk.tribunal").joinpath("costs.csv").read_text("utf-8")
    return {
        row["code"]: Cost(row["code"], row["what"], float(row["low"]), float(row["high"]), row["price_year"],
                          row["counted"] == "1", row["source"], row["verified"], row["caveat"])
        for row in csv.DictReader(text.splitlines())
    }


def expected_costs(
    shares: PooledShares, random_state: int | np.random.Generator | None = 0, draws: int = DRAWS
) -> tuple[ExpectedCost, ...]:
    """Return what each option is expected to cost the authority in casework, with 80 % intervals.

    Parameters
    ----------
    shares : PooledShares
        How appeals on the ground end: `ended_before_decision` first, then the two kinds of decision.
    random_state : int, Generator or None
    draws : int

    Returns
    -------
    tuple of ExpectedCost
        `concede`, `consent_order`, `mediate`, `answer`.

    Notes
    -----
    Casework from the start of an appeal: what is spent already does not count, so late in an appeal the real
    difference is smaller. The cost of the placement or the provision in dispute is not in it. Conceding today has no
    published figure of its own; it lies between nothing and an appeal without a hearing.
    """
    random = np.random.default_rng(random_state)
    unit = unit_costs()
    no_hearing, hearing = unit["casework_no_hearing"].low, unit["casework_hearing"].low
    lost, mediation = unit["lost_appeal_authority"].high, unit["mediation"]
    share = random.dirichlet(shares.alpha, draws)
    decided = random.uniform(hearing, max(hearing, lost), draws)
    options = {
        "concede": (random.uniform(0, no_hearing, draws), "nothing to the cost of an appeal without a hearing"),
        "consent_order": (np.full(draws, no_hearing), "an appeal without a hearing"),
        "mediate": (random.uniform(mediation.low, mediation.high, draws) + random.uniform(0, no_hearing, draws),
                    "one mediation, and the appeal as far as it has to be prepared"),
        "answer": (share[:, 0] * no_hearing + (1 - share[:, 0]) * decided,
                   "the shares that end before and after a decision, at their costs"),
    }
    tail = (1 - INTERVAL) / 2
    return tuple(
        ExpectedCost(name, float(pounds.mean()), float(np.quantile(pounds, tail)), float(np.quantile(pounds, 1 - tail)),
                     rests)
        for name, (pounds, rests) in options.items()
    )


def stake_to_break_even(share_for_authority: float, cost: float) -> float:
    """Return the value that would have to be at stake for going on to pay for itself.

    Going on pays only if the share of appeals decided for the authority in full, times the value at stake, is more than
    the cost of going on. The child's needs and the legal test come before it.

    Parameters
    ----------
    share_for_authority : float
        From 0 to 1, of appeals on the ground, not of this case.
    cost : float
        In pounds.

    Examples
    --------
    >>> round(stake_to_break_even(0.02, 6056))
    302800
    """
    if not 0 < share_for_authority <= 1:
        raise ValueError(f"a share above 0 and up to 1 is needed; got {share_for_authority!r}")
    return cost / share_for_authority
