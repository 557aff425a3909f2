"""The pictures of a test: risk against what was seen, and how many of those listed had an appeal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import pandas as pd

from dispute_risk.reports.charts import GRID, INK, PALE

__all__ = ["calibration_picture", "per_100", "share_bar"]

SIDE, LEFT, TOP, BOTTOM, RIGHT = 460, 66, 16, 54, 18
TICKS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
"""Risks marked on the axes: close together where most cases lie."""


def per_100(share: float) -> str:
    """Say a share as cases out of 100, finer where it is small.

    >>> per_100(0.1396), per_100(0.0342), per_100(0.0022)
    ('14', '3.4', '0.22')
    """
    cases = 100 * share
    return f"{cases:.0f}" if cases >= 9.95 or cases == 0 else f"{cases:.1f}" if cases >= 0.995 else f"{cases:.2g}"


def _text(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333d47" {more}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" {more}/>'


def _svg(width: int, height: int, says: str, body: Sequence[str]) -> str:
    return (f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
            f'aria-label="{escape(says, quote=True)}" font-size="12">{"".join(body)}</svg>')


def _says(groups: pd.DataFrame) -> str:
    told = [f"risk {per_100(risk)}, seen {per_100(seen)} ({per_100(low)} to {per_100(high)})"
            for risk, seen, low, high in groups[["risk", "observed", "low", "high"]].to_numpy(float).tolist()]
    return f"Risk and what was seen in groups of cases, per 100: {'; '.join(told)}."


def calibration_picture(groups: pd.DataFrame) -> str:
    """Draw for each group of rows the mean risk against the share with an appeal, with its range.

    Both axes are on the square root of the risk: nearly all cases lie under 5 in 100, which equal steps would press
    into a corner, and unlike a logarithm the root can show that nobody appealed.

    Parameters
    ----------
    groups : DataFrame
        Columns `risk`, `observed`, `low`, `high`, from `Validation.calibration`.

    Returns
    -------
    str
        An SVG element.
    """
    numbers, length = groups[["risk", "observed", "low", "high"]].to_numpy(float), SIDE
    top = min(max(float(numbers.max(initial=0.01)) * 1.08, 0.02), 1.0)

    def reach(share: float) -> float:
        return length * math.sqrt(min(max(share, 0.0), top) / top)

    floor, end = TOP + length, LEFT + length
    middle, last, body = TOP + length / 2, -99.0, []
    for tick in (tick for tick in TICKS if tick <= top):
        x, y = LEFT + reach(tick), floor - reach(tick)
        body += [_line(LEFT, y, end, y, "#e3e6ea"), _line(x, TOP, x, floor, "#e3e6ea")]
        if reach(tick) - last >= 20:
            body += [_text(x, floor + 18, f"{100 * tick:g}"), _text(LEFT - 8, y + 4, f"{100 * tick:g}", "end")]
            last = reach(tick)
    body += [_line(LEFT, floor, end, floor, GRID), _line(LEFT, TOP, LEFT, floor, GRID),
             _line(LEFT, floor, end, TOP, "#333d47", 'stroke-dasharray="5 4"'),
             _text(LEFT + length / 2, floor + 42, "Risk given, per 100 cases"),
             _text(16, middle, "Appeal seen, per 100 cases", more=f'transform="rotate(-90 16 {middle:.1f})"')]
    for risk, seen, low, high in numbers.tolist():
        x = LEFT + reach(risk)
        body += [_line(x, floor - reach(low), x, floor - reach(high), PALE, 'stroke-width="5"'),
                 f'<circle cx="{x:.1f}" cy="{floor - reach(seen):.1f}" r="5" fill="{INK}"/>']
    return _svg(LEFT + length + RIGHT, TOP + length + BOTTOM, _says(groups), body)


def share_bar(share: float, top: float, strong: bool, width: int = 220) -> str:
    """Draw a share as a bar on a scale from nought to `top`; `strong` marks the model's own.

    Parameters
    ----------
    share, top : float
        Of 1. Give bars that are compared the same top.
    strong : bool
    width : int
        Pixels.

    Returns
    -------
    str
        An SVG element.
    """
    long = (width - 2) * min(max(share / top, 0.0), 1.0) if top > 0 else 0.0
    paint = INK if strong else PALE
    return _svg(width, 16, f"{per_100(share)} in 100",
                [_line(1, 0, 1, 16, "#333d47"), f'<rect x="1" y="2" width="{long:.1f}" height="12" fill="{paint}"/>'])
