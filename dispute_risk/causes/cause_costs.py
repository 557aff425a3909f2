"""What the appeals associated with each pattern cost the authority to work on, at published costs of one appeal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["CASEWORK", "UnitCost", "cost_range", "pounds_in_words"]

CASEWORK = ("casework_no_hearing", "lost_appeal_authority")
"""Codes in the table of costs: the least and the most that one appeal is put at."""

NOT_COUNTED = ("The cost of the placement or the provision in dispute is not in it: it is what the child is owed. Nor is what "
               "families and the Tribunal spend. An appeal with several patterns stands in each line, so lines do not add up.")


@dataclass(frozen=True)
class UnitCost:
    """The published cost of one appeal, as one end of a range.

    Parameters
    ----------
    what : str
    pounds : float
    price_year : str
    source : str
    caveat : str
    """

    what: str
    pounds: float
    price_year: str
    source: str
    caveat: str = ""

    def in_words(self) -> str:
        """Say the cost with its price year, source and caveat."""
        return (f"GBP {self.pounds:,.0f} ({self.price_year} prices): {self.what}. Source: {self.source}"
                + (f"; {self.caveat}" if self.caveat else "") + ".")


def cost_range(appeals: float, costs: Sequence[UnitCost]) -> tuple[float, float]:
    """Return the least and the most that a number of appeals costs, in pounds to the nearest thousand.

    Prices of different years are not brought to one level: what that would add is small beside the range.

    >>> cost_range(10, [UnitCost("a", 4331, "2015-17", "x"), UnitCost("b", 8600, "2021/22", "y")])
    (43000.0, 86000.0)
    """
    if math.isnan(appeals) or not costs:
        return np.nan, np.nan
    ends = sorted(cost.pounds for cost in costs)
    return float(round(appeals * ends[0], -3)), float(round(appeals * ends[-1], -3))


def pounds_in_words(low: float, high: float) -> str:
    """Say a range of pounds.

    >>> pounds_in_words(43000, 86000), pounds_in_words(860000, 1204000)
    ('GBP 43,000 to 86,000', 'GBP 860,000 to 1.2 million')
    """
    def one(pounds: float) -> str:
        return f"{pounds / 1e6:.1f} million" if pounds >= 1e6 else f"{pounds:,.0f}"

    return f"GBP {one(low)} to {one(high)}"
