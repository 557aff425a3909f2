"""The pictures of a business case: how far each input moves the answer, and how the answer is spread."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dispute_risk.explain.words import first_capital
from dispute_risk.mediation.scenarios import pounds, said
from dispute_risk.reports.svg_parts import DARK, INK, PALE, drawing, line, text

__all__ = ["spread_picture", "tornado_picture"]

WIDTH, LABELS, RIGHT, ROW = 900, 330, 20, 34
SIZE = 13
"""Height of the letters, in pixels."""

_text = partial(text, more=None)  # nothing further is ever said of words here


def steps(low: float, high: float, wanted: int = 6) -> list[float]:
    """Return round amounts between two ends, for an axis.

    >>> steps(-142_000, 12_000)
    [-125000.0, -100000.0, -75000.0, -50000.0, -25000.0, 0.0]
    """
    width = max(high - low, 1.0)
    power = 10.0 ** (len(str(int(width))) - 1)
    step = next(size * power for size in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10) if width / (size * power) <= wanted + 1)
    first = int(low // step) + (1 if low % step else 0)
    return [step * place for place in range(first, int(high // step) + 1)]


def _axis(low: float, high: float, left: float, base: float) -> tuple[list[str], float, float]:
    """Return the axis in pounds, and where nothing and one pound lie."""
    scale = (WIDTH - RIGHT - left) / max(high - low, 1.0)
    zero = left - low * scale
    body = []
    for amount in steps(low, high):
        x = zero + amount * scale
        body += [line(x, 8, x, base), _text(x, base + 18, pounds(amount))]
    if low <= 0 <= high:
        body.append(line(zero, 4, zero, base, DARK, 'stroke-width="2"'))
    return body, zero, scale


def tornado_picture(table: pd.DataFrame, central: float, most: int = 10) -> str:
    """Draw for each input the net present social value at its 10th and its 90th percentile.

    Parameters
    ----------
    table : DataFrame
        From `mediation.uncertainty.tornado`.
    central : float
        The net present social value at the central values.
    most : int
        Inputs drawn.
    """
    rows = table.head(most)
    ends = [central, *rows["net_at_low"], *rows["net_at_high"]]
    room = 0.04 * (max(ends) - min(ends) + 1)
    base = 14.0 + ROW * len(rows)
    # Nothing stays on the axis only where that leaves the bars room.
    low, high = min(ends) - room, max(ends) + room
    if 0 < low < 2 * (high - low) or 0 > high > -2 * (high - low):
        low, high = min(low, -room), max(high, room)
    body, zero, scale = _axis(low, high, LABELS, base)
    for place, row in enumerate(rows.to_dict("records")):
        y = 14.0 + ROW * place
        at_low, at_high, middle = (zero + scale * float(end) for end in (row["net_at_low"], row["net_at_high"], central))
        for end, fill in ((at_low, PALE), (at_high, INK)):
            left = min(end, middle)
            body.append(f'<rect x="{left:.1f}" y="{y + 5:.1f}" width="{abs(end - middle):.1f}" height="18" fill="{fill}"/>')
        label = first_capital(str(row["label"]))
        body.append(_text(LABELS - 10, y + 12, label if len(label) <= 48 else label[:47] + "…", "end"))
        ends_said = f"{said(float(row['low']), str(row['unit']))} to {said(float(row['high']), str(row['unit']))}"
        body.append(_text(LABELS - 10, y + 27, ends_said, "end", "#545b66"))
    x = zero + scale * central
    body.append(line(x, 4, x, base, DARK, 'stroke-dasharray="4 3"'))
    told = "; ".join(f"{label}: {pounds(float(at_low))} to {pounds(float(at_high))}"
                     for label, at_low, at_high in rows[["label", "net_at_low", "net_at_high"]].to_numpy(object).tolist())
    return drawing(WIDTH, base + 26, f"Net present social value at the two ends of each input. {told}.", body, SIZE)


def spread_picture(bars: pd.DataFrame, low: float, middle: float, high: float) -> str:
    """Draw how the net present social value is spread over the draws, with its middle and its 10th and 90th percentile."""
    base, tall = 150.0, 120.0
    first, last = float(bars["low"].min()), float(bars["high"].max())
    room = last - first
    if 0 < first < room or 0 > last > -room:
        first, last = min(first, 0.0) - 0.03 * room, max(last, 0.0) + 0.03 * room
    body, zero, scale = _axis(first, last, 30.0, base)
    top = max(float(bars["draws"].max()), 1.0)
    for row in bars.itertuples():
        x, wide = zero + scale * float(row.low), scale * (float(row.high) - float(row.low))  # type: ignore[arg-type]
        height = tall * float(row.draws) / top  # type: ignore[arg-type]
        inside = low <= (float(row.low) + float(row.high)) / 2 <= high  # type: ignore[arg-type]
        body.append(f'<rect x="{x:.1f}" y="{base - height:.1f}" width="{max(wide - 1, 0.5):.1f}" height="{height:.1f}" '
                    f'fill="{INK if inside else PALE}"/>')
    x = zero + scale * middle
    body.append(line(x, 8, x, base, "#fff", 'stroke-width="3" stroke-dasharray="4 3"'))
    says = (f"Net present social value over the draws: middle {pounds(middle)}; eight in ten between {pounds(low)} and "
            f"{pounds(high)}.")
    return drawing(WIDTH, base + 26, says, body, SIZE)
