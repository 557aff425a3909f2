"""Causes as the tribunal officer coded them when an appeal was closed or registered, and how they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from dispute_risk import terms
from dispute_risk.causes.appeal_rates import Counted
from dispute_risk.causes.counts import ALL, CountTable
from dispute_risk.causes.crude import false_discovery_rates
from dispute_risk.causes.periods import quarter_spans

__all__ = ["Coded", "coded_causes"]

LEAST_QUARTERS, LEAST_MENTIONS = 4, 10
"""A trend is drawn over at least this many quarters, and for causes coded at least this often."""
FALSE_DISCOVERIES = 0.1
"""A cause is said to have changed only at this rate of false discoveries (methods section 4.7)."""
Z_95 = 1.959964

CHANGES: dict[str, str] = {
    "rose": "coded more often as the period went on",
    "fell": "coded less often as the period went on",
    "": "no change shown",
    "few": "too few to say",
}


@dataclass(frozen=True)
class Coded:
    """Appeals of the period by the causes coded.

    Parameters
    ----------
    appeals : DataFrame
        Rows of `Counted.appeals` with `causes` as coded.
    table : CountTable
        Causes among coded appeals, overlapping.
    coding : CountTable
        Appeals coded and not.
    by_quarter : CountTable
        Causes by quarter, among coded appeals.
    trend : DataFrame
        `cause`, `mentions`, `ratio_a_year`, `low`, `high` (95 %; how many times as often, relative to appeals coded, after a
        year), `q`, `change` (key of `CHANGES`). For the authority itself: exact numbers.
    """

    appeals: pd.DataFrame
    table: CountTable
    coding: CountTable
    by_quarter: CountTable
    trend: pd.DataFrame

    @property
    def coded(self) -> int:
        """How many appeals of the period are coded."""
        return int((self.appeals["causes"].map(len) > 0).sum())


def coded_causes(made: Counted, officer: Mapping[str, tuple[str, ...]] | None = None) -> Coded:
    """Return the causes coded for the appeals of a period.

    Parameters
    ----------
    made : Counted
    officer : mapping of str to tuple of str, optional
        Case to causes, where the officer's answers are at hand; they take the place of what the records hold.

    Notes
    -----
    The code says what the officer saw in the file. It is no proof of what moved the family, and one file may carry several.
    """
    officer = officer or {}
    appeals = made.appeals.copy()
    columns: Any = (appeals["case_id"], appeals["causes"])
    appeals["causes"] = [tuple(code for code in officer.get(case, causes) if code in terms.CAUSE)
                         for case, causes in zip(*columns, strict=True)]
    coded = appeals[appeals["causes"].map(len) > 0]
    period, where = (made.start_on.isoformat(), made.end_on.isoformat()), ({"area": made.area} if made.area else {})
    coding = pd.DataFrame([(ALL, len(appeals)), ("yes", len(coded)), ("no", len(appeals) - len(coded))],
                          columns=["coded", "count"])
    spans = [f"{first}/{last}" for first, last in quarter_spans(made.start_on, made.end_on)]
    lines = [(cause, span, int(sum(cause in one for one in coded.loc[coded["quarter"] == span, "causes"])))
             for cause in terms.CAUSE for span in spans]
    quarters = pd.DataFrame(lines, columns=["cause", "quarter", "count"])
    totals = quarters.groupby("cause", sort=False)["count"].sum()
    by_span = coded.groupby("quarter").size().reindex(spans, fill_value=0)
    once = pd.DataFrame([(ALL, len(coded)), *totals.items()], columns=["cause", "count"])
    margins = [*((cause, ALL, count) for cause, count in totals.items()), *((ALL, span, n) for span, n in by_span.items()),
               (ALL, ALL, len(coded))]
    crossed = pd.concat([quarters, pd.DataFrame(margins, columns=["cause", "quarter", "count"])], ignore_index=True)
    of_coded = {**where, "coded": "yes"}
    return Coded(
        appeals,
        CountTable("coded causes", ("cause",), once, *period, overlapping=("cause",), covering=("cause",), where=of_coded),
        CountTable("appeals coded", ("coded",), coding, *period, where=where, unpublished=frozenset({("coded", "no")})),
        CountTable("coded causes by quarter", ("cause", "quarter"), crossed, *period, overlapping=("cause",),
                   quarter="quarter", where=of_coded),
        _trends(quarters.pivot_table(index="cause", columns="quarter", values="count", aggfunc="sum").reindex(
                    index=list(terms.CAUSE), columns=spans),
                by_span.to_numpy(float), spans),
    )


def _trends(counts: pd.DataFrame, coded: np.ndarray, spans: list[str]) -> pd.DataFrame:
    """Return how the share of each cause among coded appeals changed, by a quasi-Poisson line over quarters."""
    ends = np.array([[np.datetime64(day) for day in span.split("/")] for span in spans])
    years = ((ends[:, 0] + (ends[:, 1] - ends[:, 0]) / 2) - ends[0, 0]).astype(float) / 365.25
    rows = []
    for cause, one in counts.iterrows():
        mentions = one.to_numpy(float)
        slope, error = np.nan, np.nan
        if (coded > 0).sum() >= LEAST_QUARTERS and mentions.sum() >= LEAST_MENTIONS:
            slope, error = _slope(mentions[coded > 0], coded[coded > 0], years[coded > 0])
        rows.append((cause, int(mentions.sum()), slope, error))
    table = pd.DataFrame(rows, columns=["cause", "mentions", "slope", "error"])
    known = table["slope"].notna().to_numpy()
    table["q"] = false_discovery_rates(2 * norm.sf(np.abs((table["slope"] / table["error"]).to_numpy(float))))
    for name, z in (("ratio_a_year", 0.0), ("low", -Z_95), ("high", Z_95)):
        table[name] = np.exp(table["slope"] + z * table["error"])
    sure = table["q"] < FALSE_DISCOVERIES
    table["change"] = np.select([~known, sure & (table["slope"] > 0), sure], ["few", "rose", "fell"], "")
    return table[["cause", "mentions", "ratio_a_year", "low", "high", "q", "change"]]


def _slope(mentions: np.ndarray, coded: np.ndarray, years: np.ndarray) -> tuple[float, float]:
    """Return slope and standard error of log(mentions / coded) on years; dispersion at least 1."""
    centred = years - np.average(years, weights=coded)
    design = np.column_stack([np.ones(len(years)), centred])
    beta = np.array([np.log(mentions.sum() / coded.sum()), 0.0])
    for _ in range(50):
        mean = coded * np.exp(np.clip(design @ beta, -30, 30))
        step = np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (mentions - mean))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    mean = coded * np.exp(np.clip(design @ beta, -30, 30))
    dispersion = max(1.0, float(((mentions - mean) ** 2 / mean).sum()) / max(len(years) - 2, 1))
    error = np.sqrt(dispersion * np.linalg.inv(design.T @ (design * mean[:, None]))[1, 1])
    return float(beta[1]), float(error)
