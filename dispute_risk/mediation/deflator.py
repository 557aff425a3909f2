"""How a price of another year is brought to the prices of the business case, and the Treasury's rules with their dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Deflator", "Rules", "rules", "weights_of"]

_CALENDAR = re.compile(r"(\d{4})")
_FINANCIAL = re.compile(r"(\d{4})/(\d{2})")
_SPAN = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Deflator:
    """A price index by calendar year.

    Parameters
    ----------
    index : mapping of int to float
        Level of prices by calendar year.
    series, source, status, to_check : str
        Which series it is, where it was read, and what is still to be checked.
    """

    index: Mapping[int, float]
    series: str = ""
    source: str = ""
    status: str = ""
    to_check: str = ""

    @property
    def latest(self) -> int:
        """The last year held: the prices a business case is written in."""
        return max(self.index)

    def level(self, price_year: str) -> float:
        """Return the level of prices of a price year.

        Parameters
        ----------
        price_year : str
            '2024' is a calendar year; '2018/19' a financial year, three quarters of the first year and one of the
            second; '2015-17' the plain mean over those calendar years.

        Raises
        ------
        ValueError
            Where the price year is written otherwise, or lies outside the series.
        """
        weights = weights_of(price_year)
        missing = sorted(set(weights) - set(self.index))
        if missing:
            raise ValueError(
                f"price year {price_year!r}: the deflator holds {min(self.index)} to {self.latest}, not "
                f"{', '.join(map(str, missing))}. Add the year to [deflator.index] of the inputs file."
            )
        return sum(weight * self.index[year] for year, weight in weights.items())

    def factor(self, price_year: str, into: int | None = None) -> float:
        """Return what an amount of a price year is multiplied by.

        Parameters
        ----------
        price_year : str
        into : int, optional
            Calendar year to bring it to; the latest if not given.

        Examples
        --------
        >>> round(Deflator({2018: 80.0, 2019: 84.0, 2024: 100.0}).factor("2018/19"), 4)
        1.2346
        """
        return self.level(str(into or self.latest)) / self.level(price_year)


def weights_of(price_year: str) -> dict[int, float]:
    """Return the weight of each calendar year in a price year.

    >>> weights_of("2018/19")
    {2018: 0.75, 2019: 0.25}
    """
    text = str(price_year).strip()
    if match := _CALENDAR.fullmatch(text):
        return {int(match[1]): 1.0}
    if (match := _FINANCIAL.fullmatch(text)) and (int(match[1]) + 1) % 100 == int(match[2]):
        return {int(match[1]): 0.75, int(match[1]) + 1: 0.25}
    if (match := _SPAN.fullmatch(text)) and int(match[2]) > int(match[1]) % 100:
        first, last = int(match[1]), int(match[1][:2] + match[2])
        return dict.fromkeys(range(first, last + 1), 1 / (last - first + 1))
    raise ValueError(
        f"price year {price_year!r} is none. Write 2024 (a calendar year), 2018/19 (a financial year) or 2015-17 (a mean)."
    )


@dataclass(frozen=True)
class Rules:
    """The rules of appraisal used.

    Parameters
    ----------
    discount_rate : float
        A year, real: 0.035.
    costs_added, benefits_taken_off : float
        Optimism bias, as shares.
    benefits_in_year_of_offer : float
        Share of the casework not needed that falls in the year of the offer; the rest falls in the next.
    deflator : Deflator
    notes : mapping of str to mapping
        Source, status and what is to be checked, by rule.
    """

    discount_rate: float
    costs_added: float
    benefits_taken_off: float
    benefits_in_year_of_offer: float
    deflator: Deflator
    notes: Mapping[str, Mapping[str, str]]

    @property
    def to_check(self) -> dict[str, str]:
        """What has to be checked before the case is signed, by rule."""
        return {name: note["to_check"] for name, note in self.notes.items() if note.get("to_check")}


@cache
def rules() -> Rules:
    """Return the rules that come with the package.

    Examples
    --------
    >>> rules().discount_rate
    0.035
    """
    return rules_of(tomllib.loads(resources.files("dispute_risk.mediation").joinpath("green_book.toml").read_text("utf-8")))


def rules_of(given: Mapping[str, Any]) -> Rules:
    """Return the rules of a table such as `green_book.toml` holds."""
    held = given["deflator"]
    notes = {name: {key: str(part[key]) for key in ("source", "status", "to_check", "read_on") if key in part}
             for name, part in given.items()}
    deflator = Deflator({int(year): float(level) for year, level in held["index"].items()}, str(held.get("series", "")),
                        str(held.get("source", "")), str(held.get("status", "")), str(held.get("to_check", "")))
    return Rules(float(given["discount"]["rate"]), float(given["optimism_bias"]["costs_added"]),
                 float(given["optimism_bias"]["benefits_taken_off"]),
                 float(given["timing"]["benefits_in_year_of_offer"]), deflator, notes)
