"""How many reviews, appeals and mediations to expect by month, tested on the past, with ranges that hold 80 in 100."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors import month_counts as counts_of
from dispute_risk.triage.monitors.back_test import BackTest, back_test, prediction_range
from dispute_risk.triage.monitors.month_counts import STREAMS, MonthCounts

__all__ = ["LEAST_MONTHS", "Forecast", "StreamForecast", "forecast", "forecast_stream"]

LEAST_MONTHS = 24
"""With fewer full months than this the answer is: cannot forecast."""


@dataclass(frozen=True)
class StreamForecast:
    """The forecast of one kind of work.

    Parameters
    ----------
    stream : str
        Key of `STREAMS`.
    history : DataFrame
        One row a full month: `month`, `count` as recorded by now, `made_up` (late recording allowed for).
    table : DataFrame
        One row a month ahead: `month`, `expected`, `low`, `high` (80 % range). Empty where it cannot be forecast.
    total : tuple of float
        Expected in the 12 months together, low and high; not a number where there is none.
    test : BackTest or None
    cannot : str
        Why it cannot be forecast; '' where it can.
    """

    stream: str
    history: pd.DataFrame
    table: pd.DataFrame
    total: tuple[float, float, float]
    test: BackTest | None
    cannot: str = ""

    def summary(self) -> str:
        """Return the forecast, and how far it can be trusted, in words."""
        name = STREAMS[self.stream]
        if self.cannot or self.test is None:
            return f"{name}: cannot forecast. {self.cannot}"
        months = self.table["month"]
        said = (f"{name}: about {self.total[0]:,.0f} from {months.iloc[0]:%B %Y} to {months.iloc[-1]:%B %Y} "
                f"({self.total[1]:,.0f} to {self.total[2]:,.0f}).")
        return f"{said} {self.test.summary()}"


@dataclass(frozen=True)
class Forecast:
    """The forecasts of every kind of work.

    Parameters
    ----------
    streams : dict of str to StreamForecast
    as_of : date
    """

    streams: dict[str, StreamForecast]
    as_of: dt.date

    def summary(self) -> str:
        """Return every forecast in words, one a line."""
        return "\n".join(one.summary() for one in self.streams.values())


def forecast(casebook: Casebook, as_of: dt.date) -> Forecast:
    """Return what to expect in the 12 months after the last full month.

    Parameters
    ----------
    casebook : Casebook
        Facts recorded after `as_of` are not used, and each past forecast uses only what was recorded by its own day.
    as_of : date

    Examples
    --------
    Where the history is too short it says so, and makes up no number::

        >>> forecast(casebook, as_of).streams["appeals"].cannot        # doctest: +SKIP
        'There are 14 full months of it, and 24 are needed.'
    """
    recorded = Recorded(known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook)
    made = {"reviews": counts_of.reviews_due(recorded, as_of), "appeals": counts_of.appeals(recorded),
            "mediations": counts_of.mediations(recorded)}
    return Forecast({name: forecast_stream(name, made[name], as_of) for name in STREAMS}, as_of)


def forecast_stream(stream: str, counts: MonthCounts, as_of: dt.date) -> StreamForecast:
    """Return the forecast of one kind of work from its counts."""
    last, on = counts_of.last_full_month(as_of), day_number(as_of)
    months = last - counts.first_month + 1 if len(counts.month) and counts.first_month else 0
    if months <= 0:
        none = pd.DataFrame(columns=["month", "count", "made_up"])
        return _cannot(stream, none, "There is no full month of it in the records.")
    history = pd.DataFrame({
        "month": counts_of.months_as_dates(np.arange(counts.first_month, last + 1)),
        "count": counts.counted(counts.first_month, last, on).astype(int), "made_up": counts.made_up(last, on),
    })
    if months < LEAST_MONTHS:
        return _cannot(stream, history, f"There are {months} full months of it, and {LEAST_MONTHS} are needed.")
    if not history["count"].iloc[-LEAST_MONTHS:].sum():
        return _cannot(stream, history, "None is recorded in the last 24 months.")
    test = back_test(counts, last, on, booked=stream == "reviews")
    expected = test.ahead
    ends = [prediction_range(mean, spread) for mean, spread in zip(expected, test.spread_by_month, strict=True)]
    table = pd.DataFrame({"month": counts_of.months_as_dates(np.arange(last + 1, last + 13)), "expected": expected,
                          "low": [low for low, _ in ends], "high": [high for _, high in ends]})
    whole = float(expected.sum())
    return StreamForecast(stream, history, table, (whole, *prediction_range(whole, test.spread_of_year)), test)


def _cannot(stream: str, history: pd.DataFrame, why: str) -> StreamForecast:
    empty = pd.DataFrame(columns=["month", "expected", "low", "high"])
    return StreamForecast(stream, history, empty, (float("nan"),) * 3, None, why)
