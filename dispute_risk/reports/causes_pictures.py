"""The pictures of the causes report: what appealed cases have in common, areas in their funnel, and the quarters."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import Any

import pandas as pd

from dispute_risk.reports.charts import round_top
from dispute_risk.reports.svg_parts import DARK, INK, PALE, drawing, text

__all__ = ["area_picture", "pattern_picture", "quarter_picture"]

FAINT = "#c9d0d8"
WIDTH, SIZE = 860, 14
"""Width of the pictures and height of their letters, in pixels."""


def _bar(x: float, y: float, width: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="15" fill="{fill}" stroke="{INK}"/>'


def pattern_picture(rows: pd.DataFrame) -> str:
    """Draw for each pattern two bars: of 100 appeals, and of 100 months at risk without an appeal, how many had it.

    Parameters
    ----------
    rows : DataFrame
        Of `pattern_lines`: `label`, `appeals_share`, `risk_share`.

    Returns
    -------
    str
        An SVG element; '' where there is nothing to draw.
    """
    rows = rows[rows["appeals_share"].notna() & rows["risk_share"].notna()]
    if not len(rows):
        return ""
    left, top, step = 350.0, 30.0, 58.0
    most = round_top(float(rows[["appeals_share", "risk_share"]].max().max()))
    body = [_bar(left, 4, 15, INK), text(left + 22, 17, "before an appeal", "start"), _bar(left + 170, 4, 15, PALE),
            text(left + 192, 17, "at risk, no appeal", "start")]
    row: Any
    for place, row in enumerate(rows.itertuples()):
        y = top + place * step
        lines = wrap(str(row.label), 46)[:3]
        body += [text(left - 14, y + 22 + 17 * (number - (len(lines) - 1) / 2), line, "end", more='font-weight="600"')
                 for number, line in enumerate(lines)]
        for share, offset, fill in ((row.appeals_share, 2, INK), (row.risk_share, 19, PALE)):
            wide = (WIDTH - left - 60) * float(share) / most
            body += [_bar(left, y + offset, wide, fill), text(left + wide + 7, y + offset + 13, f"{share:.0f} in 100", "start")]
    body.append(f'<line x1="{left}" x2="{left}" y1="{top - 4}" y2="{top + len(rows) * step - 14}" stroke="{DARK}"/>')
    says = "; ".join(f"{row.label}: {row.appeals_share:.0f} in 100 appeals, {row.risk_share:.0f} in 100 at risk without"
                     for row in rows.itertuples())
    return drawing(WIDTH, top + len(rows) * step, f"What appealed cases have in common. {says}.", body, SIZE, namespace=True)


def area_picture(rows: pd.DataFrame) -> str:
    """Draw each area's rate as a dot on the band in which chance alone would leave it, in alphabetical order."""
    rows = rows[rows["rate"].notna() & rows["chance_high"].notna()] if "chance_high" in rows else rows.iloc[:0]
    if not len(rows):
        return ""
    left, right, step, top = 150.0, WIDTH - 110.0, 34.0, 14.0
    most = round_top(float(rows[["rate", "chance_high"]].max().max()))
    height = top + step * len(rows) + 40

    def across(number: float) -> float:
        return left + (right - left) * number / most

    body = []
    for tick in (0, most / 4, most / 2, 3 * most / 4, most):
        body += [f'<line x1="{across(tick):.1f}" x2="{across(tick):.1f}" y1="{top}" y2="{height - 38:.1f}" stroke="{FAINT}"/>',
                 text(across(tick), height - 20, f"{tick:g}")]
    row: Any
    for place, row in enumerate(rows.itertuples()):
        y = top + step * place + 17
        body += [text(left - 12, y + 5, str(row.label), "end", more='font-weight="600"'),
                 f'<rect x="{across(row.chance_low):.1f}" y="{y - 8:.1f}" height="16" fill="{PALE}" '
                 f'width="{across(row.chance_high) - across(row.chance_low):.1f}"/>',
                 f'<circle cx="{across(row.rate):.1f}" cy="{y:.1f}" r="6" fill="{INK}"/>',
                 text(right + 12, y + 5, f"{row.rate:.1f} per 100", "start")]
    body.append(text((left + right) / 2, height - 3, "appeals per 100 decisions"))
    says = "; ".join(f"{row.label} {row.rate:.1f}, chance alone {row.chance_low:.1f} to {row.chance_high:.1f}"
                     for row in rows.itertuples())
    return drawing(WIDTH, height, f"Appeals per 100 decisions by area. {says}.", body, SIZE, namespace=True)


def quarter_picture(rows: pd.DataFrame) -> str:
    """Draw appeals by quarter as bars with the number on each and the rate under it; withheld ones as c."""
    left, base, tall = 10.0, 150.0, 110.0
    step = min((WIDTH - 20) / max(len(rows), 1), 170)
    top = max(float(rows["appeals"].max()), 1.0) if rows["appeals"].notna().any() else 1.0
    body: list[str] = []
    said: list[str] = []
    row: Any
    for place, row in enumerate(rows.itertuples()):
        x, known = left + place * step, not math.isnan(row.appeals)
        high = tall * row.appeals / top if known else 0
        body += [f'<rect x="{x + 14:.1f}" y="{base - high:.1f}" width="{step - 28:.1f}" height="{high:.1f}" fill="{PALE}" '
                 f'stroke="{INK}"/>',
                 text(x + step / 2, base - high - 6, f"{row.appeals:,.0f}" if known else "c", more='font-weight="700"'),
                 text(x + step / 2, base + 18, str(row.label), more='font-size="12"')]
        told = f"{row.rate:.1f} per 100" if not math.isnan(row.rate) else ""
        body.append(text(x + step / 2, base + 35, told, more='font-size="12"'))
        said.append(f"{row.label}: {row.appeals:,.0f}" if known else f"{row.label}: withheld")
    body.append(f'<line x1="{left}" x2="{left + step * len(rows):.1f}" y1="{base}" y2="{base}" stroke="{DARK}"/>')
    return drawing(WIDTH, base + 44, f"Appeals registered by quarter. {'; '.join(said)}.", body, SIZE, namespace=True)
