"""Where an authority stands, as plain text that fits 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.england.headlines import change_in_appeals

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.england.standing import Standing

__all__ = ["england_text"]

WIDTH = 80
_HEADINGS = {"appeals": "Appeals", "decisions": "Decisions", "time": "Time limits", "mediation": "Mediation"}


def england_text(standing: Standing) -> str:
    """Return the standing as text: what each figure is, against whom, and whether the difference is more than chance.

    Examples
    --------
    >>> from dispute_risk.england.standing import where_it_stands
    >>> max(len(line) for line in england_text(where_it_stands("Tameside")).splitlines()) <= 80
    True
    """
    lines = [f"Where {standing.name} stands in England, {standing.year} ({standing.region})", ""]
    lines += _appeals(standing)
    for about, heading in _HEADINGS.items():
        rows = standing.table[standing.table["about"] == about]
        if len(rows):
            lines += ["", heading, _header()]
            for _, row in rows.iterrows():
                lines += _rate(row, standing)
    lines += ["", "Comparable authorities, nearest first"]
    for other, row in standing.comparable.table.iloc[1:].iterrows():
        lines += textwrap.wrap(f"{other}: {row['why']}", WIDTH, initial_indent="- ", subsequent_indent="  ")
    lines += _wrap(standing.comparable.summary())
    lines += _associated(standing)
    lines += _groups(standing)
    if standing.expected is not None:
        lines += ["", "Appeals to expect", *_wrap(standing.expected.summary())]
    lines += ["", "Before you use these figures"]
    for note in standing.notes:
        lines += textwrap.wrap(note, WIDTH, initial_indent="- ", subsequent_indent="  ")
    lines += ["", "Sources"]
    used = standing.sources[standing.sources["source"].isin({*standing.table["source"], "requests_groups"})]
    for _, source in used.iterrows():
        lines += textwrap.wrap(f"{source['title']} ({source['publisher']})", WIDTH, initial_indent="- ",
                               subsequent_indent="  ")
    lines += _wrap(standing.attribution)
    return "\n".join(lines)


def _wrap(words: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _appeals(standing: Standing) -> list[str]:
    lines = ["Appeals registered, as published",
             f"  {'Year':<6}{'Appeals':>9}{'Old base':>11}{'Rate':>7}{'England':>9}   New base, in development"]
    for _, row in standing.published_appeals.iterrows():
        if row["year"] > standing.year or row["appeals"] == "not published":
            continue
        new = ""
        if row["england_new_rate"] != "not published":
            if row["new_rate"][:1].isdigit():
                new = f"{row['new_base']}, rate {row['new_rate']}; England {row['england_new_rate']}"
            else:
                new = f"{row['new_rate']}; England {row['england_new_rate']}"
        rate = row["old_rate"] if row["old_rate"][:1].isdigit() else "-"
        lines.append(f"  {row['year']:<6}{row['appeals']:>9}{row['old_base']:>11}{rate:>7}{row['england_old_rate']:>9}"
                     f"   {new}".rstrip())
    change = change_in_appeals(standing)
    return lines + (_wrap(change.words) if change else [])


def _header() -> str:
    return f"  {'per 100':<34}{'here':>7}{'England':>9}{'region':>8}{'alike':>7}{'middle':>8}"


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.1f}"


def _rate(row: pd.Series, standing: Standing) -> list[str]:
    figures = [_number(row[column]) for column in ("rate", "england", "region_rate", "like_rate", "p50")]
    widths = (7, 9, 8, 7, 8)
    cells = "".join(f"{figure:>{width}}" for figure, width in zip(figures, widths, strict=True))
    lines = [f"  {row['label'][:34]:<34}{cells}"]
    lines += _wrap(f"{row['verdict']}", "    ")
    if not np.isnan(row["p10"]):
        spread = f"Eight in ten authorities: {row['p10']:.1f} to {row['p90']:.1f}."
        lines += _wrap(spread + _years(row.name, standing), "    ")
    lines += _wrap(f"Base: {row['base']}.", "    ")
    if row["note"]:
        lines += _wrap(row["note"], "    ")
    return lines


def _years(measure: object, standing: Standing) -> str:
    """Return the years before, from the series break on where there is one."""
    rows = standing.trend[(standing.trend["measure"] == measure) & (standing.trend["year"] < standing.year)]
    rows = rows[rows["year"] >= standing.year - 3].dropna(subset=["rate"])
    words = ", ".join(f"{row.year} {row.rate:.1f}" for row in rows.itertuples())
    return f" Here before: {words}." if words else ""


def _associated(standing: Standing) -> list[str]:
    rows = standing.associations.in_year(standing.year)
    lines = ["", f"What goes with a higher appeal rate across authorities, {standing.year}, old base",
             f"  {'rank correlation':<54}{'95% interval':>20}"]
    for _, row in rows.iterrows():
        clear = "*" if row["low"] > 0 or row["high"] < 0 else " "
        interval = f"{row['low']:+.2f} to {row['high']:+.2f}"
        lines.append(f"{clear} {row['label'][:46]:<47}{row['correlation']:>+7.2f}{interval:>20}")
    return [*lines, "  * the interval does not hold 0", *_wrap(standing.associations.summary())]


def _groups(standing: Standing) -> list[str]:
    groups = standing.groups["ethnicity"]
    table = groups.table
    lines = ["", "Who reaches the Tribunal after a refusal to assess, by ethnicity (England)",
             f"  {'':<38}{'refusals':>9}{'appeals':>9}{'per 100':>9}{'ratio':>13}"]
    for group, row in table.iterrows():
        low, high = row["appeal_ratio_low"], row["appeal_ratio_high"]
        ratio = "1" if np.isnan(low) else f"{low:.2f}-{high:.2f}"
        lines.append(f"  {str(group)[:38]:<38}{row['appeal_base']:>9,.0f}{row['appeal_count']:>9,.0f}"
                     f"{row['appeal_rate']:>9.1f}{ratio:>13}")
    return lines + _wrap(groups.summary())
