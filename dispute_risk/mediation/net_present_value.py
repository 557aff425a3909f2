"""What an option costs and frees, year by year and purse by purse, and what that is worth today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pandas as pd

from dispute_risk.mediation.deflator import Rules

__all__ = ["AUTHORITY", "SOCIETY", "Benefit", "Cost", "Purse", "Reach", "Worth", "worth"]


class Purse(Enum):
    """Who pays, and in what: kept apart to the end."""

    CASH = "the authority's payments"
    TIME = "the authority's officer time"
    COURTS = "the courts"
    FAMILY = "families"


class Cost(Enum):
    """What offering meetings costs."""

    FEES = "fees for meetings"
    MEETING_TIME = "officer time for meetings"
    OFFER_TIME = "officer time to make offers"
    RUNNING = "running the scheme"
    MOBILISATION = "setting up in new areas"


class Benefit(Enum):
    """What fewer appeals free: a closed list, on which provision and placement can have no place.

    An appeal is about what a child is given. Money not spent on it is never a benefit here, or the case would reward
    withholding what the law requires. Python lets nobody add to an enumeration that has members.
    """

    CASEWORK_CASH = "payments for appeals not needed"
    CASEWORK_TIME = "officer time for appeals not needed"
    COURTS = "hearings not needed"
    FAMILY = "families' costs not incurred"


PURSE_OF: dict[Cost | Benefit, Purse] = {
    Cost.FEES: Purse.CASH, Cost.RUNNING: Purse.CASH, Cost.MOBILISATION: Purse.CASH,
    Cost.MEETING_TIME: Purse.TIME, Cost.OFFER_TIME: Purse.TIME,
    Benefit.CASEWORK_CASH: Purse.CASH, Benefit.CASEWORK_TIME: Purse.TIME, Benefit.COURTS: Purse.COURTS,
    Benefit.FAMILY: Purse.FAMILY,
}
AUTHORITY = (Purse.CASH, Purse.TIME)
SOCIETY = tuple(Purse)


@dataclass(frozen=True)
class Reach:
    """How many offers are made, in how many areas, for how long.

    Parameters
    ----------
    offers_a_year : float or ndarray
    areas, new_areas : float or ndarray
        Areas the scheme runs in, and how many of them start with it.
    years : int
        Whole years of offers; 0 for none.
    """

    offers_a_year: float | np.ndarray
    areas: float | np.ndarray
    new_areas: float | np.ndarray
    years: int


@dataclass(frozen=True)
class Worth:
    """Costs and benefits of an option against stopping, by year, in real prices.

    Parameters
    ----------
    costs, benefits : mapping to ndarray, shape (years + 1,) or (years + 1, draws)
        Before discounting and before optimism bias.
    rules : Rules
    appeals_fewer : ndarray
        Appeals not registered, by year of offer; shape as above.
    """

    costs: Mapping[Cost, np.ndarray]
    benefits: Mapping[Benefit, np.ndarray]
    rules: Rules
    appeals_fewer: np.ndarray

    def __post_init__(self) -> None:
        wrong = [repr(line) for line in self.costs if not isinstance(line, Cost)]
        wrong += [repr(line) for line in self.benefits if not isinstance(line, Benefit)]
        if wrong:
            raise TypeError(
                f"{', '.join(wrong)} is no line of a business case. Costs: {', '.join(line.name for line in Cost)}; benefits: "
                f"{', '.join(line.name for line in Benefit)}. Provision and placement are in neither."
            )

    def present(self, line: Cost | Benefit, adjusted: bool = True) -> np.ndarray:
        """Return the present value of a line, with or without optimism bias.

        A benefit below nothing (more appeals, not fewer) is made larger, not smaller, by optimism bias.
        """
        by_year = self.costs[line] if isinstance(line, Cost) else self.benefits[line]
        amounts = np.asarray(by_year, float)
        factors = (1 + self.rules.discount_rate) ** -np.arange(len(amounts), dtype=float)
        value = np.tensordot(factors, amounts, axes=1)
        if not adjusted:
            return np.asarray(value)
        if isinstance(line, Cost):
            return np.asarray(value * (1 + self.rules.costs_added))
        off = self.rules.benefits_taken_off
        return np.asarray(np.where(value >= 0, value * (1 - off), value * (1 + off)))

    def cost(self, purses: Collection[Purse] = SOCIETY, adjusted: bool = True) -> np.ndarray:
        """Return the present value of the costs that fall on some purses."""
        return np.asarray(sum((self.present(line, adjusted) for line in self.costs if PURSE_OF[line] in purses),
                              np.zeros(())))

    def benefit(self, purses: Collection[Purse] = SOCIETY, adjusted: bool = True) -> np.ndarray:
        """Return the present value of the benefits that fall to some purses."""
        return np.asarray(sum((self.present(line, adjusted) for line in self.benefits if PURSE_OF[line] in purses),
                              np.zeros(())))

    def net(self, purses: Collection[Purse] = SOCIETY, adjusted: bool = True) -> np.ndarray:
        """Return benefits less costs: to society, the net present social value."""
        return self.benefit(purses, adjusted) - self.cost(purses, adjusted)

    def ratio(self, purses: Collection[Purse] = SOCIETY, adjusted: bool = True) -> float:
        """Return benefits over costs; NaN where nothing is spent."""
        cost = float(self.cost(purses, adjusted))
        return float(self.benefit(purses, adjusted)) / cost if cost else float("nan")

    @property
    def table(self) -> pd.DataFrame:
        """One row a line: kind, line, purse, amounts by year, present value without and with optimism bias."""
        rows = []
        for kind, lines in (("cost", self.costs), ("benefit", self.benefits)):
            for line, amounts in lines.items():
                row: dict[str, object] = {"kind": kind, "line": line.value, "purse": PURSE_OF[line].value}
                row |= {f"year_{year}": float(amount) for year, amount in enumerate(amounts)}
                row |= {"present_value": float(self.present(line, adjusted=False)),
                        "present_value_adjusted": float(self.present(line))}
                rows.append(row)
        return pd.DataFrame(rows)


def worth(values: Mapping[str, float | np.ndarray], reach: Reach, rules: Rules) -> Worth:
    """Return what an option costs and frees against stopping.

    Parameters
    ----------
    values : mapping of str to float or ndarray
        The inputs by code, all in the same prices; arrays of draws are worked through at once.
    reach : Reach
    rules : Rules

    Notes
    -----
    Meetings are offers times take-up. Fewer appeals are meetings times the effect per 100 meetings. An appeal not
    registered frees its casework before a hearing, and, in the share that would be decided, the hearing as well. What is
    spent already is spent under every option and is left out, and so is the child's provision.
    """
    years = reach.years + 1
    running = np.arange(years) < reach.years
    first = (np.arange(years) == 0) & running

    def spread(amount: float | np.ndarray, when: np.ndarray) -> np.ndarray:
        amounts = np.asarray(amount, float)
        return when.astype(float).reshape(-1, *([1] * amounts.ndim)) * amounts

    offers = np.asarray(reach.offers_a_year, float)
    meetings = offers * values["take_up"]
    fewer = meetings * values["effect_per_100_meetings"] / 100
    hour = values["officer_hourly_cost"]
    costs = {
        Cost.FEES: spread(meetings * values["fee_per_meeting"], running),
        Cost.MEETING_TIME: spread(meetings * values["hours_per_meeting"] * hour, running),
        Cost.OFFER_TIME: spread(offers * values["hours_per_offer"] * hour, running),
        Cost.RUNNING: spread(reach.areas * np.asarray(values["running_per_area"], float), running),
        Cost.MOBILISATION: spread(reach.new_areas * np.asarray(values["mobilisation_per_area"], float), first),
    }
    soon = rules.benefits_in_year_of_offer
    when = soon * running + (1 - soon) * np.concatenate([[False], running[:-1]])
    benefits = {line: spread(fewer * amount, when) for line, amount in per_appeal(values).items()}
    return Worth(costs, benefits, rules, spread(fewer, running))


def per_appeal(values: Mapping[str, float | np.ndarray]) -> dict[Benefit, float | np.ndarray]:
    """Return what one appeal not registered frees, by benefit, in the prices of `values`."""
    heard, before, extra = values["hearing_share"], values["casework_no_hearing"], values["hearing_extra"]
    before_cash, extra_cash = values["casework_cash_share"], values["hearing_cash_share"]
    return {
        Benefit.CASEWORK_CASH: before * before_cash + heard * extra * extra_cash,
        Benefit.CASEWORK_TIME: before * (1 - before_cash) + heard * extra * (1 - extra_cash),
        Benefit.COURTS: heard * values["courts_per_hearing"],
        Benefit.FAMILY: values["family_per_appeal"],
    }
