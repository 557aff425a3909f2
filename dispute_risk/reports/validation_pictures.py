"""The pictures of a test: risk against what was seen, and how many of those listed had an appeal."""

from __future__ import annotations

import math

import pandas as pd

from dispute_risk.reports.svg_parts import DARK, INK, PALE, drawing, line, text

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
        body += [line(LEFT, y, end, y, "#e3e6ea"), line(x, TOP, x, floor, "#e3e6ea")]
        if reach(tick) - last >= 20:
            body += [text(x, floor + 18, f"{100 * tick:g}"), text(LEFT - 8, y + 4, f"{100 * tick:g}", "end")]
            last = reach(tick)
    body += [line(LEFT, floor, end, floor), line(LEFT, TOP, LEFT, floor),
             line(LEFT, floor, end, TOP, DARK, 'stroke-dasharray="5 4"'),
             text(LEFT + length / 2, floor + 42, "Risk given, per 100 cases"),
             text(16, middle, "Appeal seen, per 100 cases", more=f'transform="rotate(-90 16 {middle:.1f})"')]
    for risk, seen, low, high in numbers.tolist():
        x = LEFT + reach(risk)
        body += [line(x, floor - reach(low), x, floor - reach(high), PALE, 'stroke-width="5"'),
                 f'<circle cx="{x:.1f}" cy="{floor - reach(seen):.1f}" r="5" fill="{INK}"/>']
    return drawing(LEFT + length + RIGHT, TOP + length + BOTTOM, _says(groups), body)


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
    return drawing(width, 16, f"{per_100(share)} in 100",
                   [line(1, 0, 1, 16, DARK), f'<rect x="1" y="2" width="{long:.1f}" height="12" fill="{paint}"/>'])
