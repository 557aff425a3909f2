"""The pictures of an authority's standing, drawn as SVG: the funnel, the years, and the intervals of a list."""

from __future__ import annotations

from functools import partial
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.reports.svg_parts import text

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.england.funnel import Funnel

__all__ = ["funnel_picture", "interval_picture", "trend_picture"]

WIDTH, HEIGHT = 760, 430
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 18, 52
Z_95, Z_998 = 1.959964, 3.090232
OWN, LIKE, OTHER, LIMIT = "#0b3c6f", "#b35900", "#8a8f98", "#3d4450"

_text = partial(text, fill="#23272e")


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _ticks(highest: float, number: int = 5) -> list[float]:
    """Return round values from 0 up to about the highest."""
    if not highest > 0:
        return [0.0, 1.0]
    raw = highest / number
    size = 10 ** np.floor(np.log10(raw))
    step = float(size * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw))
    return [round(step * index, 10) for index in range(int(np.ceil(highest / step - 1e-9)) + 1)]


def _svg(title: str, description: str, body: list[str], height: int = HEIGHT, width: int = WIDTH) -> str:
    label = f"{title}. {description}"
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="inherit" font-size="13">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(body)}</svg>"
    )


def _polyline(points: list[tuple[float, float]], colour: str, more: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" {more}/>'


def _axes(across: list[tuple[float, str]], up: list[tuple[float, str]], x_label: str, y_label: str) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#e3e6ea"/>'
             + _text(LEFT - 7, y + 4, words, "end") for y, words in up]
    parts += [f'<line x1="{x:.1f}" y1="{bottom}" x2="{x:.1f}" y2="{bottom + 5}" stroke="{LIMIT}"/>'
              + _text(x, bottom + 19, words) for x, words in across]
    parts.append(f'<line x1="{LEFT}" y1="{bottom}" x2="{right}" y2="{bottom}" stroke="{LIMIT}"/>')
    parts.append(_text((LEFT + right) / 2, HEIGHT - 10, x_label))
    middle = (TOP + bottom) / 2
    parts.append(_text(15, middle, y_label, more=f'transform="rotate(-90 15 {middle:.1f})"'))
    return parts


def funnel_picture(funnel: Funnel, name: str, like: list[str]) -> str:
    """Return the funnel of one rate as SVG: every authority a dot, this one marked, limits drawn and named.

    Parameters
    ----------
    funnel : Funnel
    name : str
        The authority to mark.
    like : list of str
        Comparable authorities, drawn in a second colour.
    """
    table = funnel.table
    largest = float(table["base"].max()) * 1.04
    highest = min(max(float(table["rate"].max()) * 1.04, float(funnel.limits(largest, Z_998)[1]), 1), 100)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def across(base: float) -> float:
        return LEFT + (right - LEFT) * float(np.sqrt(base / largest))

    ticks = _ticks(highest)
    top_value = max(ticks[-1], highest) if ticks[-1] <= 100 else 100

    def up(rate: float) -> float:
        return bottom - (bottom - TOP) * min(float(rate), top_value) / top_value

    sizes = np.linspace(np.sqrt(max(float(table["base"].min()) * 0.9, 1)), np.sqrt(largest), 160) ** 2
    marks = [size for size in (50, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000) if size <= largest]
    marks = [size for here, size in enumerate(marks) if not here or across(size) - across(marks[here - 1]) > 48]
    body = _axes([(across(size), f"{size:,.0f}") for size in marks],
                 [(up(rate), _n(rate)) for rate in ticks], "Size of the base (wider apart on the left)", "Rate per 100")
    body += _bands(funnel, sizes, top_value, across, up)
    body.append(f'<line x1="{LEFT}" x2="{right}" y1="{up(funnel.target):.1f}" y2="{up(funnel.target):.1f}" '
                f'stroke="{LIMIT}" stroke-width="1.5"/>')
    dots = list(zip(map(str, table.index), table["base"].tolist(), table["rate"].tolist(), strict=True))
    for alike, colour, radius in ((False, OTHER, 3.2), (True, LIKE, 4.2)):
        for other, base, rate in dots:
            if other != name and (other in like) == alike:
                body.append(f'<circle cx="{across(base):.1f}" cy="{up(rate):.1f}" r="{radius}" fill="{colour}" '
                            f'fill-opacity="0.75"><title>{escape(other)}: {rate:.1f}</title></circle>')
    own = next((rate for other, _, rate in dots if other == name), None)
    where = f"{name} is not in the picture"
    if own is not None:
        where = f"{name} is at {own:.1f}"
        body += _marked(name, own, across(float(table["base"][name])), up(own))
    return _svg(f"{funnel.label}, {funnel.year}", f"{len(table)} authorities by size of base. England "
                f"{funnel.target:.1f} per 100. {where}.", body)


def _marked(name: str, rate: float, x: float, y: float) -> list[str]:
    """Return the dot and label of the authority the picture is about."""
    side, anchor = (-12, "end") if x > WIDTH * 0.7 else (12, "start")
    halo = 'font-weight="700" paint-order="stroke" stroke="#fff" stroke-width="4"'
    return [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{OWN}" stroke="#fff" stroke-width="2"/>',
            _text(x + side, y - 9, f"{name} {rate:.1f}", anchor, fill=OWN, more=halo)]


def _bands(funnel: Funnel, sizes: np.ndarray, top: float, across, up) -> list[str]:
    """Return the shaded band of chance alone and the two pairs of limits that allow for the spread."""
    low, high = funnel.limits(sizes, chance_only=True)
    outline = [(across(s), up(v)) for s, v in zip(sizes, high, strict=True)]
    outline += [(across(s), up(v)) for s, v in zip(sizes[::-1], low[::-1], strict=True)]
    shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in outline)
    parts = [f'<polygon points="{shape}" fill="#cfe0f3" fill-opacity="0.8"/>']
    for z, dash in ((Z_95, ""), (Z_998, 'stroke-dasharray="6 5"')):
        for limit in funnel.limits(sizes, z):
            points = [(across(s), up(v)) for s, v in zip(sizes, limit, strict=True) if v <= top]
            parts.append(_polyline(points, LIMIT, f'stroke-width="1.2" {dash}'))
    return parts


def trend_picture(trend: pd.DataFrame, name: str, region: str, title: str) -> str:
    """Return one rate over the years as SVG: the authority with its 95 % interval, England and the region.

    Parameters
    ----------
    trend : DataFrame
        Rows of one measure of `Standing.trend`.
    name, region, title : str
        For the labels.
    """
    years = trend["year"].to_numpy(int)
    highest = float(np.nanmax(trend[["high", "rate", "england", "region_rate"]].to_numpy(float)))
    ticks = _ticks(min(highest, 100))
    right, bottom = WIDTH - RIGHT - 120, HEIGHT - BOTTOM
    first, last = int(years.min()), int(years.max())

    def across(year: float) -> float:
        return LEFT + (right - LEFT) * ((year - first) / (last - first) if last > first else 0.5)

    def up(rate: float) -> float:
        return bottom - (bottom - TOP) * float(rate) / ticks[-1]

    body = _axes([(across(year), str(year)) for year in range(first, last + 1)],
                 [(up(rate), _n(rate)) for rate in ticks], "Calendar year", "Rate per 100")
    if trend["after_break"].any() and not trend["after_break"].all():
        x = across(2021.5)
        body.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="{LIMIT}" '
                    'stroke-dasharray="3 4"/>')
        body.append(_text(x - 5, TOP + 11, "new return from 2022", "end"))
    for _, known in trend.dropna(subset=["low"]).groupby("after_break"):
        upper = [(across(year), up(value)) for year, value in zip(known["year"], known["high"], strict=True)]
        lower = [(across(year), up(value)) for year, value in zip(known["year"], known["low"], strict=True)]
        outline = upper + lower[::-1]
        shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in outline)
        body.append(f'<polygon points="{shape}" fill="{OWN}" fill-opacity="0.13"/>')
    ends: list[tuple[float, str, str]] = []
    for column, colour, label, more in (("region_rate", LIKE, region, 'stroke-width="1.6" stroke-dasharray="7 4"'),
                                        ("england", LIMIT, "England", 'stroke-width="1.8"'),
                                        ("rate", OWN, name, 'stroke-width="2.8"')):
        line = trend.dropna(subset=[column])
        if not len(line):
            continue
        for _, part in line.groupby("after_break"):  # years before and after a break do not compare: no line between
            points = [(across(y), up(v)) for y, v in zip(part["year"], part[column], strict=True)]
            body.append(_polyline(points, colour, more))
        if column == "rate":
            body += [f'<circle cx="{across(y):.1f}" cy="{up(v):.1f}" r="3.6" fill="{colour}"/>'
                     for y, v in zip(line["year"], line[column], strict=True)]
        ends.append((up(line[column].iloc[-1]), colour, f"{label} {line[column].iloc[-1]:.1f}"))
    body += _end_labels(ends, right + 10)
    own = trend.dropna(subset=["rate"])
    words = ", ".join(f"{row.year} {row.rate:.1f}" for row in own.itertuples())
    return _svg(f"{title}, {first} to {last}", f"{name}: {words or 'not published'}.", body)


def _end_labels(ends: list[tuple[float, str, str]], x: float) -> list[str]:
    """Return the labels at the ends of the lines, moved apart so that none hides another."""
    ordered = sorted(ends)
    places = [y for y, _, _ in ordered]
    for index, (before, here) in enumerate(pairwise(list(places)), start=1):
        places[index] = max(here, max(before, places[index - 1]) + 16)
    bold = 'font-weight="600" font-size="12"'
    return [_text(x, y + 4, label if len(label) <= 24 else label[:23] + "…", "start", fill=colour, more=bold)
            for y, (_, colour, label) in zip(places, ordered, strict=True)]


def interval_picture(
    rows: list[tuple[str, float, float, float]], title: str, x_label: str, middle: float, ratio: bool = False
) -> str:
    """Return a list of figures with intervals as SVG, one a row, against a middle line.

    Parameters
    ----------
    rows : list of (label, value, low, high)
    title, x_label : str
    middle : float
        0 for correlations, 1 for ratios.
    ratio : bool
        Whether the scale is one of ratios (equal factors equally far apart).
    """
    left, height = 300, 30 + 25 * len(rows) + 48
    shown = np.array([row[1:] for row in rows], float)
    if ratio:
        low, high = max(float(np.nanmin(shown)) * 0.9, 0.2), min(float(np.nanmax(shown)) * 1.1, 5)
        ticks = [tick for tick in (0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4) if low <= tick <= high]
    else:
        low, high, ticks = -1.0, 1.0, [-1, -0.5, 0, 0.5, 1]

    def across(value: float) -> float:
        value = min(max(value, low), high)
        share = np.log(value / low) / np.log(high / low) if ratio else (value - low) / (high - low)
        return left + (WIDTH - RIGHT - 50 - left) * float(share)

    bottom = height - 48
    body = [f'<line x1="{across(tick):.1f}" x2="{across(tick):.1f}" y1="{TOP}" y2="{bottom}" '
            f'stroke="{LIMIT if tick == middle else "#e3e6ea"}"/>' + _text(across(tick), bottom + 18, _tick(tick))
            for tick in ticks]
    body.append(_text((left + WIDTH - RIGHT - 50) / 2, height - 8, x_label))
    for index, (label, value, value_low, value_high) in enumerate(rows):
        y = TOP + 16 + 25 * index
        clear = value_low > middle or value_high < middle
        colour = OWN if clear else OTHER
        body.append(_text(left - 12, y + 4, label, "end"))
        if not np.isnan(value_low):
            body.append(f'<line x1="{across(value_low):.1f}" x2="{across(value_high):.1f}" y1="{y}" y2="{y}" '
                        f'stroke="{colour}" stroke-width="3" stroke-opacity="0.55"/>')
        body.append(f'<circle cx="{across(value):.1f}" cy="{y}" r="5" fill="{colour}"/>')
        body.append(_text(WIDTH - RIGHT, y + 4, f"{value:.2f}", "end", fill=colour))
    words = "; ".join(f"{label} {value:.2f} ({value_low:.2f} to {value_high:.2f})" if not np.isnan(value_low)
                      else f"{label} {value:.2f}" for label, value, value_low, value_high in rows)
    return _svg(title, words, body, height)


def _tick(value: float) -> str:
    return f"{value:g}"
