"""Which authorities are like this one in size, need and place, chosen without looking at how they do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from dispute_risk.england.published import LATEST_YEAR, NOT_COMPARED, Published, published

__all__ = ["LIKENESS", "Comparable", "Likeness", "comparable_authorities"]


@dataclass(frozen=True)
class Likeness:
    """One thing on which authorities are compared, and how much it counts."""

    name: str
    label: str
    weight: float


LIKENESS: tuple[Likeness, ...] = (
    Likeness("plans", "number of plans in force (on the log scale)", 2.0),
    Likeness("need_asd", "share of plans for autistic spectrum disorder", 1.0),
    Likeness("need_semh", "share for social, emotional and mental health", 1.0),
    Likeness("need_slcn", "share for speech, language and communication", 1.0),
    Likeness("need_mld", "share for moderate learning difficulty", 1.0),
    Likeness("special", "share of plans in special schools", 1.0),
)
"""What likeness rests on. Appeals, refusals, timeliness and mediation are not among them: matching on what is to be
compared would hide the difference."""

OTHER_REGION = 1.0
"""Added to the squared distance where the other authority is in another region, in the same units as a weight."""


@dataclass(frozen=True)
class Comparable:
    """The authorities most like one authority.

    Parameters
    ----------
    name : str
        The authority.
    year : int
        Plans in force at the end of this year; needs are those of January 2025.
    table : DataFrame
        Nearest first, the authority itself in the first row: `distance`, `region`, `plans`, `need_asd`, `need_semh`,
        `need_slcn`, `need_mld`, `special` (per cent of plans), `why` (sentence).
    """

    name: str
    year: int
    table: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The comparable authorities, nearest first, without the authority itself."""
        return [str(name) for name in self.table.index[1:]]

    def summary(self) -> str:
        """Say how the authorities were chosen."""
        weights = "; ".join(f"{likeness.label}, weight {likeness.weight:g}" for likeness in LIKENESS)
        return (
            f"Chosen by distance over standardised figures: {weights}; another region adds {OTHER_REGION:g}. Appeals, "
            "refusals, timeliness and mediation were not looked at. Deprivation and sparsity are not in these files, "
            "so check the choice against what you know of the areas."
        )


def comparable_authorities(
    name: str, number: int = 10, year: int = LATEST_YEAR, source: Published | None = None
) -> Comparable:
    """Return the authorities most like this one.

    Parameters
    ----------
    name : str
        Published name of the authority.
    number : int
        How many to return.
    year : int
        Year of the number of plans.
    source : Published, optional
        The figures; by default those shipped.

    Raises
    ------
    KeyError
        Where the authority has no figures on size and need.

    Examples
    --------
    >>> "Hampshire" in comparable_authorities("Surrey").names
    True
    """
    figures = source or published()
    table = _features(figures, year)
    if name not in table.index:
        raise KeyError(f"{name} has no figures on size and need for {year}")
    others = table.drop(index=[other for other in NOT_COMPARED if other in table.index and other != name])
    measured = others[[likeness.name for likeness in LIKENESS]].assign(plans=np.log(others["plans"]))
    spread = measured.drop(index=[other for other in NOT_COMPARED if other in measured.index]).std()
    difference = (measured - measured.loc[name]) / spread
    squared = (difference**2).mul(pd.Series({likeness.name: likeness.weight for likeness in LIKENESS})).sum(axis=1)
    squared = squared + OTHER_REGION * (others["region"] != others.loc[name, "region"])
    nearest = others.assign(distance=np.sqrt(squared)).sort_values("distance", kind="stable").head(number + 1)
    rows = dict(nearest.iterrows())
    nearest["why"] = [_why(row, rows[name], str(other) == name) for other, row in rows.items()]
    return Comparable(name, year, nearest)


@cache
def _features(figures: Published, year: int) -> pd.DataFrame:
    counts, needs = figures.counts(year), figures.counts(LATEST_YEAR)
    table = pd.DataFrame({"plans": counts["plans"]})
    for code in ("asd", "semh", "slcn", "mld"):
        table[f"need_{code}"] = 100 * needs[f"need_{code}"] / needs["plans_with_need"]
    table["special"] = _share_in_special_schools(figures, year).reindex(table.index)
    table["region"] = figures.authorities["region"].reindex(table.index)
    return table.dropna()


def _share_in_special_schools(figures: Published, year: int) -> pd.Series:
    """Return the share of plans in special schools, per cent; the year before stands in where a year has no figure."""
    share = pd.Series(dtype=float)
    for earlier in range(year, year - 3, -1):
        counts = figures.counts(earlier)
        if "plans_special" in counts:
            share = share.combine_first(100 * counts["plans_special"] / counts["plans"])
    return share


def _why(row: pd.Series, own: pd.Series, itself: bool) -> str:
    """Say what is alike and what is most unlike, in figures."""
    if itself:
        return "this authority"
    ratio = row["plans"] / own["plans"]
    place = "same region" if row["region"] == own["region"] else str(row["region"])
    labels = {"need_asd": "autism", "need_semh": "SEMH", "need_slcn": "SLCN", "need_mld": "MLD",
              "special": "special schools"}
    gaps = {label: abs(row[key] - own[key]) for key, label in labels.items()}
    closest, furthest = min(gaps, key=gaps.__getitem__), max(gaps, key=gaps.__getitem__)
    keys = {label: key for key, label in labels.items()}
    return (
        f"{place}; {ratio:.1f} times the plans; closest on {closest} ({row[keys[closest]]:.0f}% v "
        f"{own[keys[closest]]:.0f}%), furthest on {furthest} ({row[keys[furthest]]:.0f}% v {own[keys[furthest]]:.0f}%)"
    )
