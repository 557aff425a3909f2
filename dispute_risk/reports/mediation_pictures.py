"""The pictures of the study of mediation: every figure with its range on one scale, and areas before and after they began."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dispute_risk.reports.svg_parts import DARK, INK, PALE, drawing, line, text

__all__ = ["areas_picture", "forest_picture"]

WIDTH, LEFT, RIGHT, ROW = 760, 300, 120, 34
WRONG = "#8a5a00"


def _reach(low: float, high: float, values: Sequence[float]) -> tuple[float, float]:
    known = [one for one in (*values, 0.0, low, high) if np.isfinite(one)]
    pad = max(0.08 * (max(known) - min(known)), 0.5)
    return min(known) - pad, max(known) + pad


def _ticks(low: float, high: float) -> list[float]:
    step = next((one for one in (1, 2, 5, 10, 20, 50) if (high - low) / one <= 9), 100)
    return [float(one) for one in np.arange(np.ceil(low / step) * step, high, step)]


def forest_picture(lines: Sequence[tuple[str, float, float, float, bool]]) -> str:
    """Draw figures with their ranges under each other; those that are wrong are dashed and hollow.

    Parameters
    ----------
    lines : sequence of (label, value, low, high, wrong)
        Appeals per 100 offered; a line without a value says that it cannot be told.

    Returns
    -------
    str
        An SVG element.
    """
    low, high = _reach(0, 0, [end for line in lines for end in line[1:4]])
    floor = 14 + ROW * len(lines)

    def at(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)

    body, said = [], []
    for tick in _ticks(low, high):
        body += [line(at(tick), 8, at(tick), floor, DARK if tick == 0 else "#e3e6ea"),
                 text(at(tick), floor + 16, f"{tick:+g}".replace("-", "−") if tick else "0")]
    for place, (label, value, under, over, wrong) in enumerate(lines):
        y = 14 + ROW * place + ROW / 2
        body.append(text(LEFT - 12, y + 4, label, "end"))
        if not np.isfinite(value):
            body.append(text(at(0) + 8, y + 4, "cannot be told", "start"))
            said.append(f"{label}: cannot be told")
            continue
        paint = WRONG if wrong else INK
        body += [line(at(under), y, at(over), y, paint, 'stroke-width="3"' + (' stroke-dasharray="5 4"' if wrong else "")),
                 f'<circle cx="{at(value):.1f}" cy="{y:.1f}" r="6" fill="{"#fff" if wrong else paint}" stroke="{paint}" '
                 'stroke-width="2"/>',
                 text(WIDTH - RIGHT + 10, y + 4, f"{value:+.1f} ({under:+.1f}, {over:+.1f})".replace("-", "−"), "start")]
        said.append(f"{label}: {value:+.1f} ({under:+.1f} to {over:+.1f})")
    body.append(text(LEFT + (WIDTH - LEFT - RIGHT) / 2, floor + 34,
                     "Appeals registered per 100 offered: fewer to the left, more to the right"))
    return drawing(WIDTH, floor + 44, "; ".join(said), body)


def areas_picture(table: pd.DataFrame, shown: int = 8) -> str:
    """Draw the difference between areas that began and areas that waited, by quarter since the start.

    Parameters
    ----------
    table : DataFrame
        From `mediation.staggered.event_study`.
    shown : int
        Quarters on each side.

    Returns
    -------
    str
        An SVG element; empty where there is nothing to draw.
    """
    part = table[table["quarter"].between(-shown, shown)]
    if part.empty:
        return ""
    ends = [one for one in part[["difference", "low", "high"]].to_numpy(float).ravel() if np.isfinite(one)]
    low, high = _reach(0, 0, np.clip(ends, -25, 25).tolist())
    first, last = int(part["quarter"].min()), int(part["quarter"].max())
    floor, left, width = 230, 60, 620

    def at(quarter: float) -> float:
        return left + width * (quarter - first + 0.5) / (last - first + 1)

    def up(value: float) -> float:
        return floor - (floor - 14) * (min(max(value, low), high) - low) / (high - low)

    body = [line(left, up(tick), left + width, up(tick), DARK if tick == 0 else "#e3e6ea") for tick in _ticks(low, high)]
    body += [text(left - 8, up(tick) + 4, f"{tick:+g}".replace("-", "−") if tick else "0", "end")
             for tick in _ticks(low, high)]
    body.append(line(at(-0.5), 10, at(-0.5), floor, more='stroke-dasharray="5 4"'))
    for quarter, value, under, over in part[["quarter", "difference", "low", "high"]].to_numpy(float).tolist():
        if np.isfinite(under) and np.isfinite(over):
            body.append(line(at(quarter), up(under), at(quarter), up(over), PALE, 'stroke-width="5"'))
        body += [f'<circle cx="{at(quarter):.1f}" cy="{up(value):.1f}" r="5" fill="{INK}"/>',
                 text(at(quarter), floor + 18, f"{quarter:+.0f}".replace("-", "−"))]
    body.append(text(left + width / 2, floor + 38, "Quarters since the area began; left of the line nothing had been offered"))
    told = "; ".join(f"quarter {row.quarter:+d}: {row.difference:+.1f}" for row in part.itertuples())
    return drawing(left + width + 20, floor + 48, f"Appeals per 100 decisions against areas that waited. {told}", body)
