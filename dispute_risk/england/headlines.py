"""The few figures of an authority's standing that are said first, each with what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dispute_risk.england.standing import Standing

__all__ = ["Change", "Headline", "change_in_appeals", "headlines"]

Z_95 = 1.959964


@dataclass(frozen=True)
class Headline:
    """One figure said first: the figure, what it is, and against what."""

    figure: str
    what: str
    against: str


@dataclass(frozen=True)
class Change:
    """Appeals registered in a year over the year before, with the 95 % interval of two Poisson counts.

    Parameters
    ----------
    before, after : float
        Appeals in the two years.
    ratio, low, high, england : float
        `after / before`, its interval, and England's ratio.
    words : str
        The change in a sentence, with whether it differs from England's by more than chance.
    """

    before: float
    after: float
    ratio: float
    low: float
    high: float
    england: float
    words: str


def change_in_appeals(standing: Standing) -> Change | None:
    """Return the change in appeals on the year before, or None where either year has fewer than five appeals."""
    table = standing.published_appeals.set_index("year")
    try:
        numbers = [float(str(table.loc[year, column]).replace(",", ""))
                   for year in (standing.year - 1, standing.year) for column in ("appeals", "england_appeals")]
    except (KeyError, ValueError):
        return None
    before, england_before, after, england_after = numbers
    if min(before, after) < 5:
        return None
    ratio, england = after / before, england_after / england_before
    error = np.sqrt(1 / before + 1 / after)
    low, high = float(ratio * np.exp(-Z_95 * error)), float(ratio * np.exp(Z_95 * error))
    against = ("no different from England's beyond chance" if low <= england <= high else
               "a larger rise than England's by more than chance" if ratio > england else
               "less of a rise than England's by more than chance")
    words = (f"{before:,.0f} in {standing.year - 1}, {after:,.0f} in {standing.year}: {_percent(ratio)} "
             f"({_percent(low)} to {_percent(high)}); England {_percent(england)}; {against}.")
    return Change(before, after, ratio, low, high, england, words)


def headlines(standing: Standing) -> tuple[Headline, ...]:
    """Return the headlines of a standing, appeals first.

    Examples
    --------
    >>> from dispute_risk.england.standing import where_it_stands
    >>> headlines(where_it_stands("Devon"))[0].figure
    '404'
    """
    appeals = standing.published_appeals.set_index("year").loc[standing.year]
    change = change_in_appeals(standing)
    first = Headline(str(appeals["appeals"]), f"appeals registered in {standing.year}",
                     f"{_percent(change.ratio)} on the year before; England {_percent(change.england)}" if change else
                     f"England {appeals['england_appeals']}")
    rows = [_rate(standing, name, what) for name, what in (
        ("appeal_rate_old_base", "appeals per 100, old base (every plan in force counted)"),
        ("appeal_rate_new_base", "appeals per 100 decisions taken, new base (in development)"),
        ("refusal_to_assess", "of 100 requests refused"),
        ("plans_in_20_weeks", "of 100 new plans within 20 weeks"),
        ("reviews_in_4_weeks", "of 100 review decisions within 4 weeks"),
        ("appeal_after_mediation", "of 100 mediation cases followed by an appeal"),
    ) if name in standing.table.index]
    return (first, *rows)


def _rate(standing: Standing, name: str, what: str) -> Headline:
    row = standing.table.loc[name]
    figure = "not published" if np.isnan(row["rate"]) else f"{row['rate']:.1f}"
    if row["doubt"]:
        what += " (in doubt)"
    return Headline(figure, what, f"England {row['england']:.1f}; {standing.region} {row['region_rate']:.1f}")


def _percent(ratio: float) -> str:
    return f"{'+' if ratio >= 1 else '−'}{abs(100 * (ratio - 1)):.0f}%"
