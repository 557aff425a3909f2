"""The causes report of a period and area: everything counted once, for the authority itself or as it may be published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from dispute_risk.causes.appeal_rates import Counted
from dispute_risk.causes.appeal_tables import count_tables
from dispute_risk.causes.cause_costs import UnitCost
from dispute_risk.causes.coded import Coded
from dispute_risk.causes.counts import ALL, CountTable
from dispute_risk.causes.disclosure import BASE, THRESHOLD, Protected, protect
from dispute_risk.causes.duties_everywhere import Everywhere
from dispute_risk.causes.exposures import ON
from dispute_risk.causes.model_reasons import ModelReasons
from dispute_risk.causes.patterns import Patterns
from dispute_risk.causes.trends import Trend
from dispute_risk.errors import OutputNotWritten

__all__ = ["CausesReport", "causes_report", "published"]

@dataclass(frozen=True)
class CausesReport:
    """What is known of the appeals of a period.

    Parameters
    ----------
    counted : Counted
    tables : mapping of str to CountTable
        Every count of the report by name: true numbers, or rounded ones with NaN where withheld.
    coded : Coded
    patterns : Patterns or None
    trend : Trend or None
        The same patterns from quarter to quarter; never published, for nearly all of its counts are small.
    no_patterns : str
        Why there are none, where there are none.
    everywhere : Everywhere
    reasons : ModelReasons or None
    costs : tuple of UnitCost
    authority : str
    recorded_to : date
    synthetic : bool
    data_note : str
    protected : Protected or None
        Given where the report is to be published.
    """

    counted: Counted
    tables: Mapping[str, CountTable]
    coded: Coded
    patterns: Patterns | None
    trend: Trend | None
    no_patterns: str
    everywhere: Everywhere
    reasons: ModelReasons | None
    costs: tuple[UnitCost, ...]
    authority: str
    recorded_to: dt.date
    synthetic: bool = False
    data_note: str = ""
    protected: Protected | None = field(default=None, repr=False)

    @property
    def for_publication(self) -> bool:
        """Whether small numbers are withheld, the rest rounded, and case numbers left out."""
        return self.protected is not None

    def count(self, table: str, *values: str) -> float:
        """Return a number of a table by its categories (`ALL` for a margin); NaN where it is withheld or not there."""
        held = self.tables.get(table)
        if held is None:
            return np.nan
        mask = np.ones(len(held.counts), bool)
        for name, value in zip(held.dims, values or (ALL,) * len(held.dims), strict=True):
            mask &= (held.counts[name].astype(str) == value).to_numpy()
        found = held.counts.loc[mask, "count"]
        return float(found.iloc[0]) if len(found) else np.nan


def causes_report(
    made: Counted, coded: Coded, everywhere: Everywhere, *, patterns: Patterns | None, trend: Trend | None = None,
    no_patterns: str = "",
    reasons: ModelReasons | None = None, costs: Sequence[UnitCost] = (), authority: str, recorded_to: dt.date,
    synthetic: bool = False, data_note: str = "",
) -> CausesReport:
    """Put the parts of the report together, with every count in a table of its own."""
    tables = count_tables(made)
    more = [coded.coding, coded.table, coded.by_quarter, everywhere.appealed, everywhere.open_cases,
            *(reasons.tables.values() if reasons else ()), *(pattern_tables(patterns, made) if patterns else ())]
    tables.update({table.name: table for table in more})
    return CausesReport(made, tables, coded, patterns, trend, no_patterns, everywhere, reasons, tuple(costs), authority,
                        recorded_to, synthetic, data_note)


def published(
    report: CausesReport, before: Sequence[CountTable] = (), threshold: int = THRESHOLD, base: int = BASE
) -> CausesReport:
    """Return the report as it may be published: small numbers withheld, the rest rounded, all tables protected together.

    The causes and the patterns by quarter are left out: they are nearly all small.

    Raises
    ------
    OutputNotWritten
        Where earlier releases, taken together with this one, would give a small number away whatever is withheld.
    """
    names = [name for name in report.tables if name != report.coded.by_quarter.name]
    made = protect([report.tables[name] for name in names], threshold, base, before)
    if made.narrowed:
        raise OutputNotWritten("An earlier release already shows too much for this report to be safe beside it. Publish the "
                               "same period and areas as before, or the year only.", made.narrowed)
    return replace(report, tables=dict(zip(names, made.tables, strict=True)), trend=None, protected=made)


def pattern_tables(patterns: Patterns, made: Counted) -> list[CountTable]:
    """Return the counts behind the patterns: appeals and case-months with each, among the decisions it is judged on."""
    out: list[CountTable] = []
    for measure, exposed, every, total in (("appeals compared", "appeals_exposed", "appeals", float(patterns.appeals)),
                                           ("case-months", "months_exposed", "months", patterns.months)):
        sizes = {ON["all"]: round(total)}
        sizes |= {str(base): round(count) for base, count in zip(patterns.table["base"], patterns.table[every], strict=True)}
        for base, rows in patterns.table.groupby("base", sort=False):
            above = next((one for one in _within(str(base))[1:] if one in sizes), ON["all"])
            if base != ON["all"]:
                link = pd.DataFrame([(ALL, sizes[above]), ("yes", sizes[str(base)])], columns=[base, "count"])
                out.append(_table(made, f"{measure}, all {base}", str(base), link, measure, _among(above, sizes)))
            lines = [(ALL, sizes[str(base)]), *zip(rows["exposure"], rows[exposed].round(), strict=True)]
            out.append(_table(made, f"{measure}, {base}", "pattern", pd.DataFrame(lines, columns=["pattern", "count"]),
                              measure, _among(str(base), sizes)))
    return out


def _table(made: Counted, name: str, dim: str, counts: pd.DataFrame, measure: str, among: dict[str, str]) -> CountTable:
    where = {**({"area": made.area} if made.area else {}), **among}
    return CountTable(name, (dim,), counts, made.start_on.isoformat(), made.end_on.isoformat(), measure, overlapping=(dim,),
                      where=where)


def _within(base: str) -> list[str]:
    """Return a kind of decision and those that hold it, the smallest first."""
    chain = [ON["new_plan"], ON["plan"], ON["with_plan"]]
    return [*(chain[chain.index(base):] if base in chain else [base]), ON["all"]]


def _among(base: str, sizes: Mapping[str, int]) -> dict[str, str]:
    return {one: "yes" for one in _within(base) if one in sizes and one != ON["all"]}
