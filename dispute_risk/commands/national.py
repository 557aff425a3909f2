"""How many appeals to expect of an authority in a year, by published rates, for one that has too few of its own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dispute_risk.errors import UnknownName

if TYPE_CHECKING:
    from dispute_risk.model.national_level import YearlyAppeals
    from dispute_risk.records.casebook import Casebook

__all__ = ["decisions_of_a_year", "yearly_appeals"]


def yearly_appeals(book: Casebook, as_of: dt.date, name: str | None) -> YearlyAppeals:
    """Return the appeals to expect, from the authority's own published history where it has one.

    Parameters
    ----------
    book : Casebook
        Cut at `as_of`.
    as_of : date
    name : str or None
        The authority as published; None takes the casebook's name where it is one of England's authorities, and for
        any other the national rates on the decisions of its own last year.

    Raises
    ------
    UnknownName
        Where a name was given and no authority fits it.
    """
    from dispute_risk.england.expected import expected_appeals
    from dispute_risk.model.national_level import YearlyAppeals

    own = decisions_of_a_year(book, as_of)
    try:
        found = expected_appeals(name or book.name, own)
    except UnknownName:
        if name is not None:
            raise
        found = expected_appeals(None, own)
    expected, low, high = (float(value) for value in found.table.loc["all", ["expected", "low", "high"]].to_numpy(float))
    told = (f"{expected:,.0f} appeals a year are expected ({low:,.0f} to {high:,.0f}, 80 in 100), from the "
            f"national rates of {found.year} on the decisions of this casebook's last year"
            + (f" and {found.years_of_history} published years of {found.name}." if found.years_of_history else
               "; of this authority nothing is published, so the range is as wide as authorities differ."))
    # The range of the mean, not of the count of one year: chance falls on each case anyway.
    return YearlyAppeals(expected, expected * found.level_low / found.level, expected * found.level_high / found.level, told)


def decisions_of_a_year(book: Casebook, as_of: dt.date) -> dict[str, float]:
    """Return the refusals of the year before a date, and the plans in force on it."""
    import pandas as pd

    last, first = pd.Timestamp(as_of), pd.Timestamp(as_of) - pd.Timedelta(days=365)

    def refused(table: str, decision: str, sent_on: str) -> float:
        rows = book.tables.get(table)
        if rows is None or not {decision, sent_on} <= set(rows.columns):
            return 0.0
        return float((rows[decision].eq("refuse") & (rows[sent_on] > first) & (rows[sent_on] <= last)).sum())

    plans = book.tables.get("plans")
    count = 0.0
    if plans is not None and len(plans):
        issued = set(plans.loc[plans["kind"].isin(["final", "amended_final"]) & (plans["issued_on"] <= last), "case_id"])
        cases = book.tables["cases"]
        ended = cases.get("closed_on")
        gone = set(cases.loc[ended <= last, "case_id"]) if ended is not None else set()
        count = float(len(issued - gone))
    return {"refuse_to_assess": refused("requests", "decision", "decision_sent_on"),
            "refuse_to_issue": refused("assessments", "outcome", "outcome_sent_on"), "plan": count}
