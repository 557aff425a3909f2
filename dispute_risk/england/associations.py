"""What goes with a higher appeal rate across authorities, and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from dispute_risk.england.published import LATEST_YEAR, Published, published

__all__ = ["COMPARED_WITH", "Associations", "associations", "rank_correlation"]

COMPARED_WITH: dict[str, str] = {
    "plans_in_20_weeks": "new plans within 20 weeks",
    "plans_over_1_year": "new plans that took over a year",
    "reviews_in_4_weeks": "review decisions within 4 weeks",
    "refusal_to_assess": "requests refused",
    "refusal_to_issue": "no plan after assessment",
    "mediation_on_requests": "requests with mediation",
    "appeal_rate_last_year": "its own appeal rate a year before",
    "plans": "number of plans in force",
    "need_asd": "plans for autism, share",
    "need_semh": "plans for social, emotional needs, share",
    "special": "plans in special schools, share",
    "independent": "plans in independent special schools",
}
"""What the appeal rate is held against, with labels."""

Z_95 = 1.959964
FIRST_YEAR = 2019


@dataclass(frozen=True)
class Associations:
    """Rank correlations of the appeal rate with other published figures, by year.

    Parameters
    ----------
    table : DataFrame
        `year`, `base` ('old' or 'new'), `measure`, `label`, `authorities`, `correlation`, `low`, `high` (95 %), and
        `beyond_size` with `beyond_size_low`, `beyond_size_high`: the same with the number of plans taken out.
    """

    table: pd.DataFrame

    def in_year(self, year: int, base: str = "old") -> pd.DataFrame:
        """Return the rows of one year and base, strongest first."""
        rows = self.table[(self.table["year"] == year) & (self.table["base"] == base)]
        return rows.sort_values("correlation", key=np.abs, ascending=False, kind="stable").reset_index(drop=True)

    def summary(self) -> str:
        """Say how to read the table, and that it says nothing about single cases."""
        return (
            "Rank correlation over authorities: +1 where the order is the same, 0 where there is none. Where the 95% "
            "interval holds 0, no association is shown. With a dozen figures a year, one in twenty intervals would "
            "miss 0 by chance. It is about areas, not cases: what goes with a higher rate here need not be what "
            "brings a family to appeal."
        )


def associations(source: Published | None = None, last_year: int = LATEST_YEAR) -> Associations:
    """Return how appeal rates go with timeliness, refusals, mediation, size, need and placement, for each year.

    Parameters
    ----------
    source : Published, optional
        The figures; by default those shipped.
    last_year : int
        The last year to show; the first is 2019, from which the newer files run.

    Examples
    --------
    >>> rows = associations().in_year(2024).set_index("measure")
    >>> bool(rows.loc["plans_in_20_weeks", "low"] < 0 < rows.loc["plans_in_20_weeks", "high"])
    True
    """
    return _associations(source or published(), last_year)


@cache
def _associations(figures: Published, last_year: int) -> Associations:
    rows = []
    for year in range(FIRST_YEAR, last_year + 1):
        others = _others(figures, year)
        for base in ("old", "new"):
            rate = f"appeal_rate_{base}_base"
            own = figures.compared(rate, year)["rate"]
            for measure in others.columns if len(own) else ():
                rows.append(_row(year, base, measure, own, others))
    return Associations(pd.DataFrame(rows).dropna(subset="correlation").reset_index(drop=True))


def rank_correlation(
    first: pd.Series, second: pd.Series, given: pd.Series | None = None
) -> tuple[float, float, float, int]:
    """Return Spearman's rank correlation with its 95 % interval and the number of pairs.

    Parameters
    ----------
    first, second : Series
        Figures by authority; only authorities in both are used.
    given : Series, optional
        A figure to take out of both first (partial rank correlation).

    Returns
    -------
    correlation, low, high : float
        The interval is Fisher's, with the standard error of Bonett and Wright (Psychometrika 65, 2000, 23-28). All are
        NaN with fewer than 20 pairs.
    pairs : int
    """
    together = pd.concat([first, second] if given is None else [first, second, given], axis=1).dropna()
    pairs, taken_out = len(together), 0 if given is None else 1
    if pairs < 20 or together.nunique().min() < 2:
        return np.nan, np.nan, np.nan, pairs
    ranks = together.rank().to_numpy()
    matrix = np.corrcoef(ranks, rowvar=False)
    correlation = matrix[0, 1]
    if taken_out:
        correlation = (correlation - matrix[0, 2] * matrix[1, 2]) / np.sqrt(
            (1 - matrix[0, 2] ** 2) * (1 - matrix[1, 2] ** 2))
    correlation = float(np.clip(correlation, -0.999999, 0.999999))
    error = np.sqrt((1 + correlation**2 / 2) / (pairs - taken_out - 3))
    middle = np.arctanh(correlation)
    return correlation, float(np.tanh(middle - Z_95 * error)), float(np.tanh(middle + Z_95 * error)), pairs


def _others(figures: Published, year: int) -> pd.DataFrame:
    counts, needs = figures.counts(year), figures.counts(LATEST_YEAR)
    rates = ("plans_in_20_weeks", "plans_over_1_year", "reviews_in_4_weeks", "refusal_to_assess", "refusal_to_issue",
             "mediation_on_requests")
    columns: dict[str, pd.Series] = {name: figures.rate_counts(name, year)["rate"] for name in rates}
    columns["appeal_rate_last_year"] = figures.compared("appeal_rate_old_base", year - 1)["rate"]
    columns["plans"] = counts["plans"]
    if year == LATEST_YEAR:  # needs are held for January 2025 only
        for code in ("asd", "semh"):
            columns[f"need_{code}"] = needs[f"need_{code}"] / needs["plans_with_need"]
    columns["special"] = counts["plans_special"] / counts["plans"]
    columns["independent"] = counts["plans_special_independent"] / counts["plans"]
    return pd.DataFrame({name: column.reindex(counts.index) for name, column in columns.items()})


def _row(year: int, base: str, measure: str, own: pd.Series, others: pd.DataFrame) -> dict[str, object]:
    correlation, low, high, pairs = rank_correlation(own, others[measure])
    row: dict[str, object] = {"year": year, "base": base, "measure": measure, "label": COMPARED_WITH[measure],
                              "authorities": pairs, "correlation": correlation, "low": low, "high": high}
    beyond = (np.nan, np.nan, np.nan, 0)
    if measure != "plans":
        beyond = rank_correlation(own, others[measure], others["plans"])
    return row | dict(zip(("beyond_size", "beyond_size_low", "beyond_size_high"), beyond[:3], strict=True))
