"""Where one authority stands: every published rate against England, its region and like authorities, by year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from dispute_risk.england.associations import Associations, associations
from dispute_risk.england.comparable import Comparable, comparable_authorities
from dispute_risk.england.doubts import doubt_on
from dispute_risk.england.expected import ExpectedAppeals, expected_appeals
from dispute_risk.england.funnel import Funnel, funnel
from dispute_risk.england.measures import ATTRIBUTION, RATES, SERIES_BREAK_YEAR, Rate
from dispute_risk.england.names import FORMER_AUTHORITIES
from dispute_risk.england.published import LATEST_YEAR, NOT_COMPARED, Published, published
from dispute_risk.england.verdict import verdict
from dispute_risk.england.who_appeals import TOPICS, GroupRates, who_appeals
from dispute_risk.errors import UnknownName
from dispute_risk.triage.monitors.waiting_times import wilson

__all__ = ["YEARS", "Standing", "where_it_stands", "wilson_interval"]

YEARS: tuple[int, ...] = (2019, 2020, 2021, 2022, 2023, 2024)
"""Years a standing can be asked for; earlier years are shown in the trend."""


@dataclass(frozen=True)
class Standing:
    """Where one authority stands in one year; the reports only lay it out.

    Parameters
    ----------
    name, region : str
    year : int
    table : DataFrame
        One row a rate (index: its name), in the order of `RATES`, only those published for that year. Columns: `label`,
        `base`, `about`, `better`, `source`, `count`, `of`, `rate`, `low`, `high` (95 % interval for chance), `england`,
        `region_rate`, `like_rate` (comparable authorities added together), `p10`, `p25`, `p50`, `p75`, `p90` (over
        authorities), `rank` (1 the highest), `authorities`, `position` (key of `POSITIONS`, '' where not compared),
        `verdict` (sentence), `note`, `doubt`. Rates are per 100; NaN where not published.
    trend : DataFrame
        `measure`, `year`, `rate`, `low`, `high`, `count`, `of`, `england`, `region_rate`, `after_break` (bool).
    published_appeals : DataFrame
        Appeals and bases as published, symbols in words: `year`, `appeals`, `old_base`, `old_rate`, `new_base`,
        `new_rate` for the authority, and the same with `england_` before for England.
    funnels : dict of str to Funnel
        By rate name.
    comparable : Comparable
    associations : Associations
    groups : dict of str to GroupRates
    expected : ExpectedAppeals or None
        None before 2023, or where the authority published too little.
    notes : tuple of str
        What a reader must know before using the figures.
    sources : DataFrame
    attribution : str
    """

    name: str
    region: str
    year: int
    table: pd.DataFrame
    trend: pd.DataFrame
    published_appeals: pd.DataFrame
    funnels: dict[str, Funnel]
    comparable: Comparable
    associations: Associations
    groups: dict[str, GroupRates]
    expected: ExpectedAppeals | None
    notes: tuple[str, ...]
    sources: pd.DataFrame
    attribution: str = ATTRIBUTION

    def summary(self) -> str:
        """Say in one paragraph where the authority stands on appeals."""
        appeals = str(self.published_appeals.set_index("year")["appeals"][self.year])
        row = self.table.loc["appeal_rate_old_base"]
        words = f"{self.name}, {self.year}: {appeals} appeals registered, "
        if np.isnan(row["rate"]):
            return words + "rate not published."
        verdict_words = str(row["verdict"])
        return words + f"{row['rate']:.1f} per 100 on the old base (England {row['england']:.1f}). {verdict_words}"


def where_it_stands(typed: str, year: int = LATEST_YEAR, source: Published | None = None) -> Standing:
    """Return where an authority stands.

    Parameters
    ----------
    typed : str
        The authority as people write it ("Surrey County Council", "st helens", "936").
    year : int
        Calendar year, 2019 to 2024.
    source : Published, optional
        The figures; by default those shipped.

    Raises
    ------
    UnknownName
        Where no authority, or more than one, fits, or the authority did not exist in that year.
    ValueError
        Where the year is not held.

    Examples
    --------
    >>> where_it_stands("surrey").published_appeals.set_index("year").loc[2024, "appeals"]
    '1,059'
    """
    figures = source or published()
    if year not in YEARS:
        raise ValueError(f"year {year} is not held; choose {YEARS[0]} to {YEARS[-1]}")
    name = figures.find(typed)
    if figures.value("appeals", name, year).value is None or name not in figures.counts(year).index:
        first = int(figures.authorities["first_year"][name])
        raise UnknownName(f"{name} has no published appeals for {year}. Its figures run from {first}.")
    comparable = comparable_authorities(name, year=year, source=figures)
    funnels = _funnels(figures, year)
    table = pd.DataFrame([_row(figures, rate, name, year, comparable, funnels) for rate in RATES
                          if year in figures.years(rate)]).set_index("name")
    region = str(figures.authorities["region"][name])
    return Standing(
        name, region, year, table, _trend(figures, name), _published_appeals(figures, name), funnels, comparable,
        associations(figures, year), {topic: who_appeals(topic, source=figures) for topic in TOPICS},
        _expected(figures, name, year), _notes(figures, name, year, table), figures.sources,
    )


def wilson_interval(count: float, base: float) -> tuple[float, float]:
    """Return the 95 % interval of a proportion, per cent (Wilson 1927); NaN where the base is 0.

    Examples
    --------
    >>> low, high = wilson_interval(0, 20)
    >>> round(low, 1), round(high, 1)
    (0.0, 16.1)
    """
    low, high = wilson(count / base, base) if base > 0 else (np.nan, np.nan)
    return 100 * low, 100 * high


@cache
def _funnels(figures: Published, year: int) -> dict[str, Funnel]:
    return {rate.name: funnel(rate, year, figures) for rate in RATES if len(figures.rate_counts(rate, year)) >= 10}


def _pooled(rows: pd.DataFrame) -> float:
    """Return the rate of several authorities added together; only those that published both count and base."""
    return float(100 * rows["count"].sum() / rows["base"].sum()) if rows["base"].sum() > 0 else np.nan


def _row(
    figures: Published, rate: Rate, name: str, year: int, comparable: Comparable, funnels: dict[str, Funnel]
) -> dict[str, object]:
    everyone = figures.rate_counts(rate, year)
    doubt = doubt_on(rate, name, year)
    has = name in everyone.index
    count = float(everyone["count"].get(name, np.nan))
    base = float(everyone["base"].get(name, np.nan))
    low, high = wilson_interval(count, base) if has else (np.nan, np.nan)
    funnel_here = funnels.get(rate.name)
    everyone = figures.compared(rate, year)
    compared = funnel_here.table if funnel_here is not None else everyone.iloc[:0]
    position = str(compared.loc[name, "position"]) if name in compared.index else ""
    spread = compared["rate"].quantile([0.1, 0.25, 0.5, 0.75, 0.9]).to_numpy()
    region = everyone[everyone["region"] == figures.authorities.loc[name, "region"]]
    like = everyone[everyone.index.isin(comparable.names)]
    england = funnel_here.target if funnel_here is not None else _pooled(everyone)
    row: dict[str, object] = {
        "name": rate.name, "label": rate.label, "base": rate.base, "about": rate.about, "better": rate.better,
        "source": rate.source, "count": count, "of": base, "rate": 100 * count / base if has else np.nan, "low": low,
        "high": high, "england": england, "region_rate": _pooled(region), "like_rate": _pooled(like),
        **dict(zip(("p10", "p25", "p50", "p75", "p90"), spread, strict=True)),
        "rank": float(compared["rank"].get(name, np.nan)), "authorities": len(compared),
        "position": position, "note": rate.note, "doubt": doubt,
    }
    row["verdict"] = verdict(row, name, figures, rate, year)
    return row


def _trend(figures: Published, name: str) -> pd.DataFrame:
    rows = []
    region = figures.authorities.loc[name, "region"]
    for rate in RATES:
        for year in figures.years(rate):
            published_here, everyone = figures.rate_counts(rate, year), figures.compared(rate, year)
            shown = published_here.drop(index=name) if doubt_on(rate, name, year) else published_here
            count, base = (float(shown[column].get(name, np.nan)) for column in ("count", "base"))
            low, high = wilson_interval(count, base)
            rows.append((rate.name, year, 100 * count / base, low, high, count, base, _pooled(everyone),
                         _pooled(everyone[everyone["region"] == region]),
                         rate.breaks_in_2022 and year >= SERIES_BREAK_YEAR))
    columns = ["measure", "year", "rate", "low", "high", "count", "of", "england", "region_rate", "after_break"]
    return pd.DataFrame(rows, columns=columns)


def _published_appeals(figures: Published, name: str) -> pd.DataFrame:
    measures = {"appeals": "appeals", "old_base": "decisions_old_base", "old_rate": "published_rate_old_base",
                "new_base": "decisions_new_base", "new_rate": "published_rate_new_base"}
    rows = []
    for year in range(2014, LATEST_YEAR + 1):
        row: dict[str, object] = {"year": year}
        for place, who in (("", name), ("england_", "England")):
            for key, measure in measures.items():
                value = figures.value(measure, who, year)
                if value.value is not None and key.endswith("rate"):
                    row[place + key] = f"{value.value:.1f}"
                else:
                    row[place + key] = value.words
        rows.append(row)
    return pd.DataFrame(rows)


def _expected(figures: Published, name: str, year: int) -> ExpectedAppeals | None:
    try:
        return expected_appeals(name, year=year, source=figures)
    except ValueError:
        return None


def _notes(figures: Published, name: str, year: int, table: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if name in NOT_COMPARED:
        notes.append(f"{name} has so few plans that no rate is compared; counts are shown.")
    for former, (ended, successors) in FORMER_AUTHORITIES.items():
        if name in successors:
            notes.append(f"{name} took the place of {former} (or a part of it) in {ended}; earlier years are "
                         "not joined on.")
    if name == "Dorset":
        notes.append("Dorset lost Christchurch to Bournemouth, Christchurch and Poole in 2019; earlier years are of "
                     "the larger county.")
    notes.extend(f"{label}: {doubt}" for label, doubt in zip(table["label"], table["doubt"], strict=True) if doubt)
    notes.append(
        "Two bases. The old base holds every plan in force; the new base, in development, holds decisions taken in the "
        "year. Never compare a rate on one with a rate on the other.")
    if year == LATEST_YEAR:
        notes.append(_new_base_note(figures))
    notes.append(
        f"In {SERIES_BREAK_YEAR} the return moved from totals to one row per child. Requests, timeliness and mediation "
        "before and after do not compare exactly. Appeals are the Tribunal's own count and are not affected.")
    notes.append("An appeal rate counts the families who appealed. It does not count those who were let down and "
                 "did not.")
    return tuple(notes)


def _new_base_note(figures: Published) -> str:
    """Say why the published England rate on the new base is too high, from the figures themselves."""
    matched = figures.rate_counts("appeal_rate_new_base", LATEST_YEAR)
    rate = figures.value("published_rate_new_base", "England", LATEST_YEAR).words
    without = int(figures.counts(LATEST_YEAR)["appeals"].notna().sum() - len(matched))
    return (
        f"England's published rate on the new base ({rate}) divides the appeals of all authorities by the decisions of "
        f"{len(matched)}: {without} have no base published. Over authorities with both it is {_pooled(matched):.1f}; "
        "the figure shown here also leaves out those whose base is in doubt.")


