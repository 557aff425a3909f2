"""The pictures of the monitors: how soon families are answered by month, and what is ahead with its range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.reports.charts import round_top
from dispute_risk.reports.svg_parts import INK, PALE, drawing, line, text

__all__ = ["forecast_picture", "replies_picture"]

SOFT = "#47535f"
HISTORY_MONTHS = 24


def _months_below(months: pd.Series, x: np.ndarray, y: float, every: int) -> list[str]:
    """Return the names of the months under a picture, with the year where it begins."""
    parts = []
    for place, month in enumerate(months):
        if place % every == 0:
            parts.append(text(x[place], y + 15, f"{month:%b}"))
        if month.month == 1 or place == 0:
            parts.append(text(x[place], y + 29, f"{month:%Y}", more='font-weight="700"'))
    return parts


def _joined(x: np.ndarray, y: np.ndarray, more: str) -> list[str]:
    """Return a line through the points that are there, broken where one is not."""
    there = ~np.isnan(y)
    parts, run = [], []
    for place in range(len(x) + 1):
        if place < len(x) and there[place]:
            run.append(f"{x[place]:.1f},{y[place]:.1f}")
        elif run:
            parts.append(f'<polyline points="{" ".join(run)}" fill="none" {more}/>' if len(run) > 1 else
                         f'<circle cx="{run[0].split(",")[0]}" cy="{run[0].split(",")[1]}" r="2.5" fill="{INK}"/>')
            run = []
    return parts


def replies_picture(rows: pd.DataFrame, title: str, width: int = 860, height: int = 260) -> str:
    """Draw the share of messages answered within 5 working days (with its range) and within 15 (dashed), by month.

    Parameters
    ----------
    rows : DataFrame
        Rows of one area of `ResponseTimes.table`.
    title : str
        For those who do not see it.
    width, height : int
        Pixels.

    Returns
    -------
    str
        An SVG element.
    """
    left, right, top, bottom = 44.0, width - 12.0, 12.0, height - 40.0
    x = left + (np.arange(len(rows)) + 0.5) * (right - left) / max(len(rows), 1)

    def up(share: np.ndarray | float) -> np.ndarray:
        return bottom - (bottom - top) * np.asarray(share, float)

    body = [part for share in (0, 0.25, 0.5, 0.75, 1) for part in (
        line(left, float(up(share)), right, float(up(share)), more="" if not share else 'stroke-opacity="0.4"'),
        text(left - 6, float(up(share)) + 4, f"{share:.0%}", "end"))]
    low, high = up(rows["within_5_low"].to_numpy()), up(rows["within_5_high"].to_numpy())
    for place in np.flatnonzero(~np.isnan(low)):
        body.append(f'<rect x="{x[place] - 5:.1f}" y="{high[place]:.1f}" width="10" height="{low[place] - high[place]:.1f}" '
                    f'fill="{PALE}"/>')
    body += _joined(x, up(rows["within_15"].to_numpy()), f'stroke="{SOFT}" stroke-width="1.8" stroke-dasharray="5 4"')
    five = up(rows["within_5"].to_numpy())
    body += _joined(x, five, f'stroke="{INK}" stroke-width="2.4"')
    body += [f'<circle cx="{x[place]:.1f}" cy="{five[place]:.1f}" r="3.5" fill="{INK}"/>'
             for place in np.flatnonzero(~np.isnan(five))]
    body += [text(x[place], bottom - 6, "few", more='font-size="10"') for place in np.flatnonzero(rows["few"])]
    body += _months_below(rows["month"], x, bottom, 1 if width > 500 else 3)
    told = "; ".join(f"{row.month:%B %Y}: few messages" if row.few else
                     f"{row.month:%B %Y}: {row.within_5:.0%} within 5 working days" for row in rows.itertuples())
    return drawing(width, height, f"{title}. {told}.", body)


def forecast_picture(history: pd.DataFrame, ahead: pd.DataFrame, title: str, width: int = 860, height: int = 270) -> str:
    """Draw the counts of the last two years as bars, and of the months ahead as dots on their ranges.

    Parameters
    ----------
    history : DataFrame
        `StreamForecast.history`.
    ahead : DataFrame
        `StreamForecast.table`; may be empty.
    title : str
    width, height : int

    Returns
    -------
    str
        An SVG element.
    """
    past = history.iloc[-HISTORY_MONTHS:]
    months = pd.concat([past["month"], ahead["month"]], ignore_index=True)
    largest = max([1.0, *past["made_up"].to_list(), *ahead["high"].to_list()])
    scale = round_top(largest)
    left, right, top, bottom = 52.0, width - 12.0, 14.0, height - 40.0
    step = (right - left) / max(len(months), 1)
    x = left + (np.arange(len(months)) + 0.5) * step

    def up(count: float) -> float:
        return bottom - (bottom - top) * count / scale

    body = [part for share in (0, 0.5, 1) for part in (
        line(left, up(share * scale), right, up(share * scale), more='stroke-opacity="0.5"'),
        text(left - 6, up(share * scale) + 4, f"{share * scale:,.0f}", "end"))]
    for place, count in enumerate(past["count"].to_list()):
        body.append(f'<rect x="{x[place] - step * 0.34:.1f}" y="{up(count):.1f}" width="{step * 0.68:.1f}" '
                    f'height="{bottom - up(count):.1f}" fill="{PALE}" stroke="{INK}" stroke-width="0.6"/>')
    if len(ahead):
        edge = left + len(past) * step
        body += [line(edge, top, edge, bottom, more='stroke-dasharray="3 3"'), text(edge + 5, top + 8, "ahead", "start")]
    for place, (expected, low, high) in enumerate(ahead[["expected", "low", "high"]].to_numpy(float), start=len(past)):
        body.append(f'<rect x="{x[place] - 4:.1f}" y="{up(high):.1f}" width="8" height="{up(low) - up(high):.1f}" '
                    f'fill="#c3d1e1"/>')
        body.append(f'<circle cx="{x[place]:.1f}" cy="{up(expected):.1f}" r="4" fill="{INK}"/>')
    body += _months_below(months, x, bottom, 1 if step > 26 else 3)
    told = "; ".join(f"{row.month:%B %Y}: about {row.expected:.0f}, {row.low:.0f} to {row.high:.0f}"
                     for row in ahead.itertuples())
    return drawing(width, height, f"{title}. Past months as bars. {told or 'No forecast can be made'}.", body)
