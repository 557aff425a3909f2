"""What an offer, a meeting and an appeal cost: amounts with price year, source and range, and which are still placeholders."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np
from scipy.special import expit, logit

from dispute_risk.mediation.deflator import Deflator

__all__ = ["NORMAL_90", "STATUSES", "Input", "PublishedCost", "appeal_inputs", "declared_inputs"]

NORMAL_90 = 1.2815515655446004
"""The 90th percentile of the standard normal distribution: `low` and `high` are 10th and 90th percentiles."""

STATUSES: dict[str, str] = {
    "own records": "counted in this authority's records",
    "study": "from this authority's own study of its offers",
    "published": "read in a published source",
    "worked out": "worked out from published figures; the arithmetic is in the source",
    "convention": "a convention of this tool, not a finding",
    "placeholder": "TO BE COMPLETED: a placeholder, not a fact",
    "not valued": "no figure; counted as nothing",
    "entered": "entered by the authority",
}
"""What an input rests on."""

SCALES = ("plain", "log", "logit", "fixed")


class PublishedCost(Protocol):
    """A cost as `tribunal.costs` declares it."""

    @property
    def code(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def price_year(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def verified(self) -> str: ...
    @property
    def caveat(self) -> str: ...


@dataclass(frozen=True)
class Input:
    """One number the business case rests on.

    Parameters
    ----------
    code : str
    label : str
        What it is, in words.
    unit : str
        'GBP', 'hours', 'share', 'per 100', 'a year' or 'areas'.
    central, low, high : float
        As stated, in the prices of `price_year`; `low` and `high` are the 10th and 90th percentiles.
    scale : {'plain', 'log', 'logit', 'fixed'}
        On which scale the range is spread: amounts on the log, shares on the log-odds, an effect as it is.
    price_year : str
        '' where it is no amount of money.
    status : str
        Key of `STATUSES`.
    source, note : str
    """

    code: str
    label: str
    unit: str
    central: float
    low: float
    high: float
    scale: str = "fixed"
    price_year: str = ""
    status: str = "convention"
    source: str = ""
    note: str = ""

    @property
    def to_complete(self) -> bool:
        """Whether it is a placeholder."""
        return self.status == "placeholder"

    @property
    def uncertain(self) -> bool:
        """Whether it is varied at all."""
        return self.scale != "fixed" and self.high > self.low

    def problems(self) -> list[str]:
        """Return what is wrong with it, one line each."""
        found = []
        numbers = (self.central, self.low, self.high)
        if not all(math.isfinite(number) for number in numbers):
            return [f"{self.code}: {numbers} are not all numbers."]
        if not self.low <= self.central <= self.high:
            found.append(f"{self.code}: low {self.low:g}, central {self.central:g}, high {self.high:g} do not rise. "
                         "Put the central value between low and high.")
        if self.scale not in SCALES:
            found.append(f"{self.code}: scale {self.scale!r} is none of {', '.join(SCALES)}.")
        if self.unit == "share" and not (self.low >= 0 and self.high <= 1):
            found.append(f"{self.code}: a share lies between 0 and 1; got {self.low:g} to {self.high:g}.")
        if self.unit == "per 100" and not (self.low >= -100 and self.high <= 100):
            found.append(f"{self.code}: a number per 100 lies between -100 and 100; got {self.low:g} to {self.high:g}.")
        if self.unit not in ("share", "per 100") and self.low < 0:
            found.append(f"{self.code}: {self.low:g} is below 0. Give an amount of 0 or more.")
        if self.scale == "log" and not self.low > 0:
            found.append(f"{self.code}: a range needs a low end above 0; got {self.low:g}. Where it costs nothing, "
                         'give 0 for all three and scale = "fixed".')
        if self.scale == "logit" and not (self.low > 0 and self.high < 1):
            found.append(f"{self.code}: a range of a share needs ends between 0 and 1; got {self.low:g} to {self.high:g}.")
        if self.status not in STATUSES:
            found.append(f"{self.code}: status {self.status!r} is none of {', '.join(STATUSES)}.")
        return found

    def in_prices_of(self, deflator: Deflator, year: int) -> Input:
        """Return it in the prices of a year; no change where it is no amount of money."""
        if not self.price_year:
            return self
        factor = deflator.factor(self.price_year, year)
        return replace(self, central=self.central * factor, low=self.low * factor, high=self.high * factor,
                       price_year=str(year))

    def at(self, standard_normal: float | np.ndarray) -> np.ndarray:
        """Return the value at a number of standard deviations: the ends of the range lie at the 10th and 90th percentile.

        Parameters
        ----------
        standard_normal : float or ndarray
            Values of a standard normal variable.

        Examples
        --------
        >>> fee = Input("fee", "fee", "GBP", 1400.0, 1200.0, 1650.0, "log", "2024")
        >>> [round(float(fee.at(z))) for z in (-NORMAL_90, 0, NORMAL_90)]
        [1200, 1400, 1650]
        """
        z = np.asarray(standard_normal, float)
        if not self.uncertain:
            return np.full_like(z, self.central)
        to, back = {"plain": (lambda x: x, lambda x: x), "log": (np.log, np.exp), "logit": (logit, expit)}[self.scale]
        middle = to(self.central)
        step = np.where(z < 0, middle - to(self.low), to(self.high) - middle) / NORMAL_90
        return np.asarray(back(middle + z * step))


@cache
def declared_inputs() -> dict[str, Input]:
    """Return the unit costs that no other part of the package declares, by code."""
    text = resources.files("dispute_risk.mediation").joinpath("unit_costs.csv").read_text("utf-8")
    return {
        row["code"]: Input(row["code"], row["label"], row["unit"], float(row["central"]), float(row["low"]),
                           float(row["high"]), row["scale"], row["price_year"], row["status"], row["source"], row["note"])
        for row in csv.DictReader(text.splitlines())
    }


SPREAD = {"casework_no_hearing": (0.5, 1.3), "hearing_extra": (0.5, 2.0), "courts_per_hearing": (0.5, 1.5)}
"""Ends of the range as parts of the central amount: a convention, as the sources give no range."""

_RANGE_NOTE = "the range is this tool's convention, since the source gives none"


def appeal_inputs(costs: Mapping[str, PublishedCost]) -> dict[str, Input]:
    """Return the cost of a meeting and of an appeal from the published costs, by code.

    Parameters
    ----------
    costs : mapping of str to PublishedCost
        `tribunal.costs.unit_costs()`: declared once, there.

    Notes
    -----
    The casework of an appeal is the Department's figure for a hypothetical case of medium difficulty, from a sample it
    calls unrepresentative, so its range is wide: half to 1.3 times before a hearing, half to twice for the hearing, whose
    upper end brings an appeal that is heard near the estimate of Pro Bono Economics.
    """
    before, heard, courts, meeting = (costs[code] for code in
                                      ("casework_no_hearing", "casework_hearing", "courts", "mediation"))
    return {
        "fee_per_meeting": Input(
            "fee_per_meeting", "what one mediation meeting costs the authority in payments", "GBP",
            (meeting.low + meeting.high) / 2, meeting.low, meeting.high, "log", meeting.price_year, "worked out",
            meeting.source, f"the middle of the range; {meeting.caveat}"),
        "casework_no_hearing": _spread(
            "casework_no_hearing", "the authority's casework on an appeal up to a hearing", before.low, before),
        "hearing_extra": _spread(
            "hearing_extra", "what a hearing adds to the authority's casework", heard.low - before.low, heard),
        "courts_per_hearing": _spread(
            "courts_per_hearing", "cost to the courts of an appeal that is decided", courts.low, courts, "worked out"),
    }


def _spread(code: str, label: str, central: float, cost: PublishedCost, status: str = "published") -> Input:
    low, high = SPREAD[code]
    return Input(code, label, "GBP", central, low * central, high * central, "log", cost.price_year, status, cost.source,
                 f"{cost.caveat}; {_RANGE_NOTE}")
