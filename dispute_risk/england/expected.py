"""How many appeals to expect in an authority too small for a model, from national rates and its own history.

Each authority's level is its appeals over those expected at national rates for its own refusals and plans. Levels
follow a gamma distribution between authorities and drift from year to year; what is observed is a Poisson count. Both
spreads are estimated from all authorities by the likelihood of each year's appeals given the years before (empirical
Bayes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from dispute_risk.england.doubts import doubt_on
from dispute_risk.england.published import LATEST_YEAR, NOT_COMPARED, Published, published

__all__ = ["DECISIONS", "ExpectedAppeals", "Spread", "expected_appeals", "fitted_spread", "predicted_by_history"]

DECISIONS: dict[str, tuple[str, str]] = {
    "refuse_to_assess": ("refused_to_assess", "refusal to assess, per refusal"),
    "refuse_to_issue": ("refused_to_issue", "refusal to issue a plan, per refusal"),
    "plan": ("plans", "the plan itself (contents, placement, amending, ceasing), per plan in force"),
}
"""Decision types: the published count that is the base, and the label."""

FIRST_YEAR = 2019
"""The first year for which refusals, plans and appeals are all held."""

_LEVELS = np.round(np.geomspace(1.0, 8.0, 9), 4)
_DRIFTS = np.round(np.linspace(0.10, 0.50, 17), 4)


@dataclass(frozen=True)
class Spread:
    """How far authorities differ, and how far one moves in a year.

    Parameters
    ----------
    shape : float
        Shape of the gamma distribution of levels between authorities (mean 1, variance 1 / shape).
    drift : float
        Coefficient of variation of the change in an authority's level from one year to the next.
    """

    shape: float
    drift: float


@dataclass(frozen=True)
class ExpectedAppeals:
    """Appeals to expect in a year at the national level of the year given.

    Parameters
    ----------
    name : str
    year : int
        Year whose national rates, and (unless others were given) whose decisions, are used.
    level, level_low, level_high : float
        The authority's level against national rates: 1 is the national level, 2 twice that.
    coverage : float
        Share that the ranges are meant to hold, for example 0.8.
    table : DataFrame
        Index: decision type, and 'all'. Columns: `label`, `decisions`, `national_rate` (per 100), `at_national_rates`,
        `expected`, `low`, `high` (appeals in a year), `rate`, `rate_low`, `rate_high` (per 100, shrunk).
    years_of_history : int
        Years of the authority's own appeals used.
    spread : Spread
    """

    name: str
    year: int
    level: float
    level_low: float
    level_high: float
    coverage: float
    table: pd.DataFrame
    years_of_history: int
    spread: Spread

    def rate(self, decision_type: str) -> float:
        """Return the expected appeals for one decision of this type (0 to 1), for use as a prior."""
        return float(self.table["rate"][decision_type]) / 100

    def summary(self) -> str:
        """Say what is expected, with its range, and what the range leaves out."""
        total = self.table.loc["all"]
        return (
            f"{self.name}: about {total['expected']:,.0f} appeals in a year ({total['low']:,.0f} to "
            f"{total['high']:,.0f}, {100 * self.coverage:.0f} in 100) at the national level of {self.year}; "
            "national rates alone would give "
            f"{total['at_national_rates']:,.0f}. Its level is {self.level:.2f} times the national one "
            f"({self.level_low:.2f} to {self.level_high:.2f}), from {self.years_of_history} years of its own appeals. "
            "A change in the national level is not in the range. By decision type: appeals linked to a refusal are "
            "under-recorded, so the part that falls on the plan is too large."
        )


def expected_appeals(
    name: str | None,
    decisions: Mapping[str, float] | None = None,
    year: int = LATEST_YEAR,
    coverage: float = 0.8,
    source: Published | None = None,
) -> ExpectedAppeals:
    """Return the appeals to expect from an authority in a year, by decision type.

    Parameters
    ----------
    name : str or None
        The authority as people write it, or its code. None for one of which nothing is published: its level is then the
        national one, with the spread found between authorities as its range, and `decisions` must be given.
    decisions : mapping of str to float, optional
        Decisions of each type in a year (`refuse_to_assess`, `refuse_to_issue`) and plans in force (`plan`); by default
        those the authority published for `year`.
    year : int
        Year of the national rates (2023 or 2024), and the last year of the authority's history used.
    coverage : float
        Share the ranges are meant to hold.
    source : Published, optional
        The figures; by default those shipped.

    Raises
    ------
    UnknownName
        Where no authority, or more than one, fits the name.
    ValueError
        Where `decisions` names a type that is not in `DECISIONS`, is negative, or nothing is published to fall back on,
        or neither name nor decisions are given.

    Examples
    --------
    >>> result = expected_appeals("Tameside")
    >>> bool(result.table.loc["all", "low"] < result.table.loc["all", "expected"] < result.table.loc["all", "high"])
    True
    """
    figures = source or published()
    if name is None and decisions is None:
        raise ValueError("give the name of an authority, or its decisions of a year")
    name = figures.find(name) if name is not None else "An authority of which nothing is published"
    own = _decisions(figures, name, year, decisions)
    rates = _national_rates(figures, year)
    spread, history = fitted_spread(figures), _history(figures)
    own_history = history[(history["name"] == name) & (history["year"] <= year)].sort_values("year")
    shape, mean = spread.shape, 1.0
    for appeals, exposure in own_history[["appeals", "exposure"]].to_numpy(float):
        shape, mean = _learn(shape, mean, appeals, exposure)
        shape = _drifted(shape, spread.drift)
    low, high = _gamma_range(shape, mean, coverage)
    table = _by_decision(own, rates, shape, mean, coverage)
    return ExpectedAppeals(name, year, float(mean), low, high, coverage, table, len(own_history), spread)


def predicted_by_history(
    first_year: int = 2022, coverage: float = 0.8, source: Published | None = None
) -> pd.DataFrame:
    """Return each authority's appeals in each year beside what the years before gave, to see how often the range held.

    Returns
    -------
    DataFrame
        `name`, `year`, `appeals`, `at_national_rates`, `expected`, `low`, `high`, `held` (bool).
    """
    figures = source or published()
    spread = fitted_spread(figures)
    rows = []
    for name, own in _history(figures).groupby("name"):
        shape, mean = spread.shape, 1.0
        for year, appeals, exposure in own.sort_values("year")[["year", "appeals", "exposure"]].to_numpy(float):
            low, high = _count_range(shape, mean * exposure, coverage)
            rows.append((name, int(year), appeals, exposure, mean * exposure, low, high, low <= appeals <= high))
            shape, mean = _learn(shape, mean, appeals, exposure)
            shape = _drifted(shape, spread.drift)
    columns = ["name", "year", "appeals", "at_national_rates", "expected", "low", "high", "held"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["year"] >= first_year].reset_index(drop=True)


@cache
def fitted_spread(source: Published) -> Spread:
    """Return the spread between authorities and the yearly drift under which the published appeals are likeliest."""
    history = _history(source)
    appeals = history.pivot_table(index="name", columns="year", values="appeals").to_numpy(float)
    exposure = history.pivot_table(index="name", columns="year", values="exposure").to_numpy(float)
    likelihood = {(k, d): _log_likelihood(k, d, appeals, exposure) for k in _LEVELS for d in _DRIFTS}
    shape, drift = max(likelihood, key=likelihood.__getitem__)
    return Spread(float(shape), float(drift))


def _log_likelihood(shape: float, drift: float, appeals: np.ndarray, exposure: np.ndarray) -> float:
    """Log-likelihood of every year's appeals given the years before, over all authorities."""
    from scipy.special import gammaln

    shapes, means, total = np.full(len(appeals), shape), np.ones(len(appeals)), 0.0
    for year in range(appeals.shape[1]):
        seen = ~np.isnan(appeals[:, year]) & ~np.isnan(exposure[:, year])
        count, size = appeals[seen, year], exposure[seen, year]
        k, m = shapes[seen], means[seen]
        mean = m * size  # the count is negative binomial: Poisson around a gamma-distributed level
        total += float((gammaln(count + k) - gammaln(k) - gammaln(count + 1) + k * np.log(k / (k + mean))
                        + count * np.log(mean / (k + mean))).sum())
        shapes[seen], means[seen] = _learn(k, m, count, size)
        shapes = _drifted(shapes, drift)
    return total


def _learn(shape, mean, appeals, exposure):
    """Return shape and mean of the gamma distribution of the level after a year's appeals (Poisson-gamma)."""
    new_shape, new_rate = shape + appeals, shape / mean + exposure
    return new_shape, new_shape / new_rate


def _drifted(shape, drift: float):
    """Return the shape a year later: the mean stays, the variance grows by that of the drift."""
    return 1 / (1 / shape + drift**2)


@cache
def _history(figures: Published) -> pd.DataFrame:
    """Return appeals, and those expected at that year's national rates, by authority and year from 2019."""
    rows = []
    rates = _national_rates(figures, LATEST_YEAR)
    weights = pd.Series({column: rates[kind] / 100 for kind, (column, _) in DECISIONS.items()})
    for year in range(FIRST_YEAR, LATEST_YEAR + 1):
        counts = figures.counts(year)
        by_type = counts[[column for column, _ in DECISIONS.values()]].mul(weights).sum(axis=1, skipna=False)
        # Where a refusal count is not published, the old base stands in, at the same total.
        old = counts["decisions_old_base"] * counts["appeals"].sum() / counts["decisions_old_base"].sum()
        both = by_type.notna() & counts["appeals"].notna()
        level = counts.loc[both, "appeals"].sum() / by_type[both].sum()
        exposure = (by_type * level).fillna(old)
        rows.append(pd.DataFrame({"name": counts.index, "year": year, "appeals": counts["appeals"].to_numpy(),
                                  "exposure": exposure.to_numpy()}))
    table = pd.concat(rows, ignore_index=True).dropna()
    doubtful = [bool(doubt_on("appeal_rate_old_base", str(name), int(year)))
                for name, year in zip(table["name"], table["year"], strict=True)]
    return table[~np.array(doubtful) & ~table["name"].isin(NOT_COMPARED) & (table["exposure"] > 0)]


def _national_rates(figures: Published, year: int) -> dict[str, float]:
    """Return appeals per 100 decisions of each type in England; those not linked to a refusal fall on the plan."""
    england = figures.counts(year, "England").loc["England"]
    if "request_appeals" not in england or pd.isna(england["request_appeals"]):
        raise ValueError(f"appeals by decision type are published from 2023; {year} is not held")
    linked = {"refuse_to_assess": england["request_appeals"], "refuse_to_issue": england["assessment_appeals"]}
    linked["plan"] = england["appeals"] - linked["refuse_to_assess"] - linked["refuse_to_issue"]
    return {kind: float(100 * linked[kind] / england[column]) for kind, (column, _) in DECISIONS.items()}


def _decisions(
    figures: Published, name: str, year: int, given: Mapping[str, float] | None
) -> dict[str, float]:
    if given is not None:
        wrong = [kind for kind in given if kind not in DECISIONS or not given[kind] >= 0]
        if wrong:
            raise ValueError(f"decisions {wrong}: use {', '.join(DECISIONS)}, each with a number of 0 or more")
        return {kind: float(given.get(kind, 0)) for kind in DECISIONS}
    values = {kind: figures.value(column, name, year).value for kind, (column, _) in DECISIONS.items()}
    missing = [kind for kind, value in values.items() if value is None]
    if missing:
        raise ValueError(f"{name} published no {', '.join(missing)} for {year}; give the decisions yourself")
    return {kind: float(value) for kind, value in values.items() if value is not None}


def _by_decision(
    decisions: dict[str, float], rates: dict[str, float], shape: float, mean: float, coverage: float
) -> pd.DataFrame:
    rows = {}
    low_level, high_level = _gamma_range(shape, mean, coverage)
    national = {kind: decisions[kind] * rates[kind] / 100 for kind in DECISIONS}
    for kind, (_, label) in DECISIONS.items():
        low, high = _count_range(shape, mean * national[kind], coverage)
        rows[kind] = (label, decisions[kind], rates[kind], national[kind], mean * national[kind], low, high,
                      mean * rates[kind], low_level * rates[kind], high_level * rates[kind])
    total = sum(national.values())
    low, high = _count_range(shape, mean * total, coverage)
    rows["all"] = ("all appeals", np.nan, np.nan, total, mean * total, low, high, np.nan, np.nan, np.nan)
    return pd.DataFrame.from_dict(rows, orient="index", columns=[
        "label", "decisions", "national_rate", "at_national_rates", "expected", "low", "high", "rate", "rate_low",
        "rate_high"])


def _count_range(shape: float, expected: float, coverage: float) -> tuple[float, float]:
    from scipy.stats import nbinom

    if expected <= 0:
        return 0.0, 0.0
    tail = (1 - coverage) / 2
    low, high = nbinom.ppf([tail, 1 - tail], shape, shape / (shape + expected))
    return float(low), float(high)


def _gamma_range(shape: float, mean: float, coverage: float) -> tuple[float, float]:
    from scipy.stats import gamma

    tail = (1 - coverage) / 2
    low, high = gamma.ppf([tail, 1 - tail], shape, scale=mean / shape)
    return float(low), float(high)
