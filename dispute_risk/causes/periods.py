"""The quarters of a period: three months each, counted from its first day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.explain.words import short_day

__all__ = ["quarter_in_words", "quarter_spans", "quarters_of"]


def quarter_spans(start_on: dt.date, end_on: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return first and last day of each quarter; the last one ends with the period.

    >>> [str(last) for _, last in quarter_spans(dt.date(2025, 1, 1), dt.date(2025, 8, 10))]
    ['2025-03-31', '2025-06-30', '2025-08-10']
    """
    spans: list[tuple[dt.date, dt.date]] = []
    step = 0
    while True:
        first = (pd.Timestamp(start_on) + pd.DateOffset(months=3 * step)).date()
        if first > end_on:
            return spans
        following = (pd.Timestamp(start_on) + pd.DateOffset(months=3 * (step + 1))).date()
        spans.append((first, min(following - dt.timedelta(days=1), end_on)))
        step += 1


def quarters_of(days: pd.Series, start_on: dt.date, end_on: dt.date) -> np.ndarray:
    """Return for each day within the period the quarter it falls in, as `first/last`."""
    spans = quarter_spans(start_on, end_on)
    starts = np.array([first for first, _ in spans], "datetime64[s]")
    place = np.searchsorted(starts, days.to_numpy().astype("datetime64[s]"), "right") - 1
    return np.array([f"{first.isoformat()}/{last.isoformat()}" for first, last in spans], object)[place]


def quarter_in_words(span: str) -> str:
    """Say a quarter: its months where it is made of whole months, its days otherwise.

    >>> quarter_in_words("2025-01-01/2025-03-31"), quarter_in_words("2025-07-01/2025-07-31")
    ('Jan to Mar 2025', 'Jul 2025')
    >>> quarter_in_words("2025-07-01/2025-08-10")
    '1 Jul 2025 to 10 Aug 2025'
    """
    first, last = (dt.date.fromisoformat(one) for one in span.split("/"))
    if first.day == 1 and (last + dt.timedelta(days=1)).day == 1:
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%b %Y}"
        years = f"{first:%b}" if first.year == last.year else f"{first:%b %Y}"
        return f"{years} to {last:%b %Y}"
    return f"{short_day(first)} to {short_day(last)}"
