"""The published figures of every authority, region and England, read from the shipped file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import pandas as pd

from dispute_risk.england.build import DATA_FOLDER
from dispute_risk.england.doubts import doubt_on
from dispute_risk.england.measures import SYMBOLS, Rate, rate_called
from dispute_risk.england.names import find_authority
from dispute_risk.errors import UnreadableFile

__all__ = ["LATEST_YEAR", "NOT_COMPARED", "Published", "PublishedValue", "published"]

LATEST_YEAR = 2024
"""The last calendar year held."""

NOT_COMPARED: tuple[str, ...] = ("City of London", "Isles of Scilly")
"""Authorities with so few plans that a rate says nothing; they are counted in totals and left out of comparisons."""


@dataclass(frozen=True)
class PublishedValue:
    """One published figure: the number, or the symbol that stands in its place."""

    measure: str
    name: str
    year: int
    value: float | None
    symbol: str = ""

    @property
    def words(self) -> str:
        """The figure as words: a number, or what its symbol means."""
        if self.value is not None:
            return f"{self.value:,.0f}" if float(self.value).is_integer() else f"{self.value:,.1f}"
        return SYMBOLS.get(self.symbol, "not published")


@dataclass(frozen=True)
class Published:
    """The shipped figures.

    Parameters
    ----------
    figures : DataFrame
        One figure a row: source, year, level ('England', 'Region', 'Authority'), name, region, topic, group, measure,
        value, symbol.
    sources : DataFrame
        One published file a row.
    """

    figures: pd.DataFrame
    sources: pd.DataFrame

    @cached_property
    def _totals(self) -> pd.DataFrame:
        whole = self.figures[self.figures["group"] == ""]
        return whole.set_index(["year", "measure", "name"])[["value", "symbol"]].sort_index()

    @cached_property
    def authorities(self) -> pd.DataFrame:
        """Authorities by name, with region, first and last year held, and whether each exists in the latest year."""
        rows = self.figures[(self.figures["level"] == "Authority") & self.figures["value"].notna()]
        table = rows.groupby("name", observed=True).agg(
            code=("code", "first"), new_code=("new_code", "first"), region=("region", "first"),
            first_year=("year", "min"), last_year=("year", "max"))
        table.index = table.index.astype(str)
        for column in ("code", "new_code", "region"):
            table[column] = table[column].astype(str)
        return table.assign(exists=table["last_year"] == LATEST_YEAR).sort_index()

    def find(self, typed: str) -> str:
        """Return the published name of the authority a person typed; see `names.find_authority`."""
        existing = self.authorities[self.authorities["exists"]]
        codes = {str(code): str(name) for column in ("code", "new_code") for name, code in existing[column].items()}
        return find_authority(typed, existing.index, codes)

    def value(self, measure: str, name: str, year: int) -> PublishedValue:
        """Return one published figure of an authority, a region or England, symbol and all."""
        try:
            row = self._totals.loc[(year, measure, name), :]
        except KeyError:
            return PublishedValue(measure, name, year, None, "not published")
        number = row["value"]
        return PublishedValue(measure, name, year, None if pd.isna(number) else float(number), str(row["symbol"]))

    @cache  # noqa: B019  one object lives as long as the program
    def counts(self, year: int, level: str = "Authority") -> pd.DataFrame:
        """Return the counts of one year: a row for each authority (or region, or England), a column for each count."""
        rows = self.figures[
            (self.figures["year"] == year) & (self.figures["level"] == level) & (self.figures["group"] == "")
        ]
        table = rows.assign(name=rows["name"].astype(str), measure=rows["measure"].astype(str)).pivot_table(
            index="name", columns="measure", values="value", aggfunc="first", dropna=False)
        table.columns.name = None
        return table.sort_index()

    @cache  # noqa: B019
    def rate_counts(self, rate: Rate | str, year: int) -> pd.DataFrame:
        """Return numerator, denominator, rate (per cent) and region of every authority that published both.

        Returns
        -------
        DataFrame
            Index: authority. Columns: `count`, `base`, `rate`, `region`. Authorities with an empty base are left out.
        """
        rate = rate_called(rate) if isinstance(rate, str) else rate
        counts = self.counts(year)
        wanted = [*rate.numerator, *rate.denominator]
        if not set(wanted) <= set(counts.columns):
            return pd.DataFrame(columns=["count", "base", "rate", "region"], dtype=float)
        table = pd.DataFrame({
            "count": counts[list(rate.numerator)].sum(axis=1, skipna=False),
            "base": counts[list(rate.denominator)].sum(axis=1, skipna=False),
        }).dropna()
        table = table[table["base"] > 0]
        return table.assign(rate=100 * table["count"] / table["base"],
                            region=self.authorities["region"].reindex(table.index))

    @cache  # noqa: B019
    def compared(self, rate: Rate | str, year: int) -> pd.DataFrame:
        """Return `rate_counts` of the authorities that are compared: not the two smallest, and no figure in doubt."""
        table = self.rate_counts(rate, year)
        left_out = [name for name in table.index if name in NOT_COMPARED or doubt_on(rate, str(name), year)]
        return table.drop(index=left_out)

    def years(self, rate: Rate | str) -> list[int]:
        """Return the years, from the first that compares, in which at least one authority published this rate."""
        rate = rate_called(rate) if isinstance(rate, str) else rate
        return [year for year in range(rate.first_year, LATEST_YEAR + 1) if len(self.rate_counts(rate, year))]

    def __hash__(self) -> int:
        return id(self)


@cache
def published() -> Published:
    """Return the figures shipped with the package.

    Raises
    ------
    UnreadableFile
        Where the shipped file is missing or damaged: the package is not whole and must be installed again.

    Examples
    --------
    >>> published().value("appeals", "England", 2024).words
    '22,276'
    """
    path = DATA_FOLDER / "england.parquet"
    try:
        values = pd.read_parquet(path, engine="pyarrow")
        sources = pd.read_csv(DATA_FOLDER / "SOURCES.csv", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise UnreadableFile(
            "The published figures that come with dispute_risk cannot be read, so the package is not whole. "
            "Install it again."
        ) from error
    return Published(values, sources)
