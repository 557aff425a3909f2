"""Small drawings for a page: a risk with its range, the dates of the next weeks, a few bars."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from functools import partial

from dispute_risk.explain.words import count_in_words, joined_in_words, short_day
from dispute_risk.reports.svg_parts import DARK, INK, PALE, drawing, line, text

__all__ = ["date_strip", "range_bar", "round_top", "week_bars"]

WEEKEND = "#eceff3"
STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
"""The round numbers, times a power of ten, that a scale may end on."""
SQUARES_DRAWN = 6
"""Squares drawn on a day; where there are more, the number is written over them."""
SIZE = 11
"""Height of the letters, in pixels."""

_text = partial(text, more=None)  # nothing further is ever said of words here


def round_top(largest: float) -> float:
    """Return the round number that a scale from nought can end on.

    Examples
    --------
    >>> [round_top(number) for number in (0.13, 0.45, 37, 100)]
    [0.15, 0.5, 40.0, 100.0]
    """
    if not largest > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(round(step * power, 12) for step in STEPS if largest <= step * power * (1 + 1e-9))


def range_bar(value: float, low: float | None, high: float | None, top: float, says: str, *,
              beside: float | None = None, ends: tuple[str, str] = ("", ""), width: int = 260) -> str:
    """Draw a number as a dot on its range, on a scale from nought.

    Parameters
    ----------
    value, low, high : float
        The number and its range; the range is left out where an end is None.
    top : float
        The end of the scale: give drawings that are compared the same one.
    says : str
        What the drawing says, in words, for those who do not see it.
    beside : float, optional
        A number to hold it against, drawn as a dashed line.
    ends : tuple of str
        Labels of the two ends of the scale.
    width : int
        Pixels.

    Returns
    -------
    str
        An SVG element.
    """
    left, right = 6.0, width - 6.0

    def across(number: float) -> float:
        return left + (right - left) * min(max(number / top, 0.0), 1.0)

    body = [line(left, 14, right, 14)]
    if low is not None and high is not None:
        wide = max(across(high) - across(low), 2.0)
        body.append(f'<rect x="{across(low):.1f}" y="9" width="{wide:.1f}" height="10" fill="{PALE}"/>')
    if beside is not None:
        body.append(line(across(beside), 2, across(beside), 26, DARK, 'stroke-dasharray="3 2"'))
    body.append(f'<circle cx="{across(value):.1f}" cy="14" r="5.5" fill="{INK}"/>')
    if any(ends):
        body += [_text(left - 5, 38, ends[0], "start"), _text(right + 5, 38, ends[1], "end")]
    return drawing(width, 42 if any(ends) else 28, says, body, SIZE)


def _squares(x: float, base: float, size: float, count: int, filled: bool) -> list[str]:
    paint = f'fill="{INK}"' if filled else f'fill="#fff" stroke="{INK}" stroke-width="1.5"'
    return [
        f'<rect x="{x:.1f}" y="{base - (place + 1) * (size + 2):.1f}" width="{size}" height="{size}" {paint}/>'
        for place in range(min(count, SQUARES_DRAWN))
    ]


def _strip_says(closing: Mapping[dt.date, int], due: Mapping[dt.date, int]) -> str:
    told = [f"{short_day(day)}: {count_in_words(count, 'last date')}" for day, count in sorted(closing.items())]
    told += [f"{short_day(day)}: {count_in_words(count, 'step')} due" for day, count in sorted(due.items())]
    return "Dates ahead. " + ("; ".join(told) or "None") + "."


def date_strip(closing: Mapping[dt.date, int], due: Mapping[dt.date, int], as_of: dt.date, days: int = 28) -> str:
    """Draw the days ahead with a filled square for each last date and an open one for each step due.

    Parameters
    ----------
    closing, due : mapping of date to int
        How many last dates, and how many steps to be done, fall on a day.
    as_of : date
        The first day drawn.
    days : int
        Days drawn.

    Returns
    -------
    str
        An SVG element.
    """
    column, size, base = 37.0, 11.0, 100.0
    body: list[str] = []
    for ahead in range(days):
        day, x = as_of + dt.timedelta(days=ahead), 8 + ahead * column
        if day.weekday() >= 5:
            body.append(f'<rect x="{x:.1f}" y="4" width="{column:.0f}" height="{base - 4:.0f}" fill="{WEEKEND}"/>')
        if day.weekday() == 0 or ahead == 0:
            body += [line(x, base, x, base + 6), _text(x, base + 18, short_day(day, year=False), "start")]
        body += _squares(x + 3, base, size, closing.get(day, 0), filled=True)
        body += _squares(x + 19, base, size, due.get(day, 0), filled=False)
        for count, place in ((closing.get(day, 0), x + 8), (due.get(day, 0), x + 25)):
            if count > SQUARES_DRAWN:
                body.append(_text(place, base - SQUARES_DRAWN * (size + 2) - 4, str(count)))
    width = 16 + int(days * column)
    body.append(line(8, base, width - 8, base, DARK))
    return drawing(width, 124, _strip_says(closing, due), body, SIZE)


def week_bars(counts: Sequence[int], labels: Sequence[str], top: int, says: str, *, width: int = 200) -> str:
    """Draw a few numbers as bars with the number on each, for small drawings set side by side.

    Parameters
    ----------
    counts : sequence of int
    labels : sequence of str
        A label under each bar.
    top : int
        The number a full-height bar stands for: the same in drawings that are compared.
    says : str
        What is drawn, in words; the numbers are added.

    Returns
    -------
    str
        An SVG element.
    """
    base, tall, step = 84.0, 62.0, (width - 8) / max(len(counts), 1)
    body: list[str] = [line(4, base, width - 4, base, DARK)]
    for place, (count, label) in enumerate(zip(counts, labels, strict=True)):
        x, height = 4 + place * step, tall * count / max(top, 1)
        body.append(f'<rect x="{x + 5:.1f}" y="{base - height:.1f}" width="{step - 10:.1f}" height="{height:.1f}" '
                    f'fill="{PALE}" stroke="{INK}"/>')
        body += [_text(x + step / 2, base - height - 4, str(count), fill="#111"), _text(x + step / 2, base + 14, label)]
    told = joined_in_words([f"{label}: {count}" for label, count in zip(labels, counts, strict=True)])
    return drawing(width, 104, f"{says}: {told}.", body, SIZE)
