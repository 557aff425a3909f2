"""Appeals registered month by month, against how many the model expected, without waiting half a year for its answers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.recent_level import followed_share
from dispute_risk.model.usual_level import poisson_line
from dispute_risk.timeline.days import add_months, day_number, day_numbers, to_dates
from dispute_risk.timeline.outcome import REGISTRATION_DAYS

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["PAST_YEARS", "appeals_by_month", "calibration_over_time", "seasonal", "waiting_shares"]

FEWEST_APPEALS = 20
"""Rows with an appeal from which the waiting times of one state of the appeal right are taken by themselves."""

PAST_YEARS = 3
"""The season is learned from so many years before the months that are looked at."""
SEASON_SD, FEWEST_MONTHS, FEWEST_IN_SEASONS = 0.2, 18, 60
"""How far a season may lie off on the log, as a rule; months and appeals without which none is taken in."""


def waiting_shares(rows: Landmarks, until: dt.date) -> dict[str, np.ndarray]:
    """Return, for each state of the appeal right, which share of the appeals within the horizon comes by each day.

    Parameters
    ----------
    rows : Landmarks
        With waiting times.
    until : date
        Only rows whose horizon had run out by then are used.

    Returns
    -------
    dict of str to ndarray of shape (horizon_days + 1,)
    """
    assert rows.wait_days is not None, "the rows were made without waiting times"
    matured = day_numbers(rows.on) + rows.horizon_days + REGISTRATION_DAYS <= day_number(until)
    whole = followed_share(rows.wait_days[matured], rows.horizon_days)
    shares = {}
    for state in np.unique(rows.state):
        wait = rows.wait_days[matured & (rows.state == state)]
        enough = (wait <= rows.horizon_days).sum() >= FEWEST_APPEALS
        shares[str(state)] = followed_share(wait, rows.horizon_days) if enough else whole
    return shares


def _months(first: dt.date, last: dt.date) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last day of each whole month between two dates, as day numbers."""
    begin = np.datetime64(first, "M")
    if begin.astype("datetime64[D]") < np.datetime64(first):
        begin = begin + 1
    starts = day_numbers(np.arange(begin, np.datetime64(last, "M") + 1).astype("datetime64[D]"))
    ends = add_months(starts, 1) - 1
    whole = ends <= day_number(last)
    return starts[whole], ends[whole]


def appeals_by_month(
    rows: Landmarks, risk: np.ndarray, shares: dict[str, np.ndarray], first: dt.date, last: dt.date,
    weight: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the appeals registered in each calendar month among cases that had been given a risk, and those expected.

    Every month is looked at from each of the six landmarks before it: a row's risk, times the share of appeals that come
    so many days on, is what it adds to the month. An appeal that was foreseen from four landmarks stands in four of these
    sums, so they are divided by how often an appeal was counted on average (weighted by itself); what is left are numbers
    of separate appeals, which a chart of counts may use. The time a registration takes to be recorded is the only wait.

    Parameters
    ----------
    rows : Landmarks
        Monthly rows, those whose outcome is not known yet included.
    risk : ndarray of shape (rows,)
    shares : dict
        From `waiting_shares`.
    first, last : date
        Whole months from `first`, as far as registrations are complete on `last`.
    weight : ndarray of shape (rows,), optional
        Weights that undo the routing of cases by design (1 / chance of not being routed; 0 for routed cases). Without
        them the chart speaks of the risk as cases are now handled.

    Returns
    -------
    DataFrame
        `month` (first day), `month_ends_on`, `observed`, `expected` (both in separate appeals), `rows`.
    """
    assert rows.wait_days is not None, "the rows were made without waiting times"
    on, horizon = day_numbers(rows.on), rows.horizon_days
    weight = np.ones(len(rows)) if weight is None else np.asarray(weight, float)
    table = np.vstack([shares[state] for state in sorted(shares)])
    state = np.searchsorted(sorted(shares), rows.state)
    starts, ends = _months(first, last - dt.timedelta(days=REGISTRATION_DAYS))
    registered = on + np.where(np.isfinite(rows.wait_days), rows.wait_days, 10**6)
    out = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        near = (on < end) & (on > start - horizon)
        low, high = np.clip(start - 1 - on[near], 0, horizon), np.clip(end - on[near], 0, horizon)
        part = table[state[near], high] - table[state[near], low]
        came = (registered[near] >= start) & (registered[near] <= end) & (registered[near] - on[near] <= horizon)
        counted = np.bincount(np.unique(rows.case_id[near][came], return_inverse=True)[1],
                              weights=weight[near][came]) if came.any() else np.zeros(1)
        out.append((start, end, float(weight[near] @ came), float((weight[near] * risk[near]) @ part), int(near.sum()),
                    float((counted**2).sum()), float(counted.sum())))
    found = pd.DataFrame(out, columns=["month", "month_ends_on", "observed", "expected", "rows", "squares", "sums"])
    times = found["squares"].sum() / found["sums"].sum() if len(found) and found["sums"].sum() > 0 else 1.0
    found["observed"], found["expected"] = found["observed"] / times, found["expected"] / times
    found["month"], found["month_ends_on"] = to_dates(found["month"].to_numpy()), to_dates(found["month_ends_on"].to_numpy())
    return found[["month", "month_ends_on", "observed", "expected", "rows"]]


def seasonal(months: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Return the months with the season taken into what was expected, as far as earlier years show one.

    A risk of half a year does not say in which month the appeal comes, and fewer come in late summer than in spring. Set
    against the months of a summer alone, a model would look too high. The season is a yearly wave with its overtone in
    appeals seen over expected of earlier years, drawn towards none (Poisson regression with a ridge).

    Parameters
    ----------
    months, past : DataFrame
        From `appeals_by_month`: those to be looked at, and those of the years before.

    Returns
    -------
    DataFrame
        `months`, with `expected` multiplied month by month; over a year the factors are 1 on average.

    Examples
    --------
    >>> first = np.arange("2021-01", "2024-01", dtype="datetime64[M]").astype("datetime64[s]")
    >>> past = pd.DataFrame({"month": first, "observed": 20.0 + 10 * np.cos(2 * np.pi * np.arange(36) / 12), "expected": 20.0})
    >>> found = seasonal(past.iloc[:12].assign(month=past["month"].iloc[:12] + pd.DateOffset(years=3)), past)
    >>> [int(found["expected"].iloc[place].round()) for place in (0, 6)]
    [29, 11]
    """
    some = past[past["expected"] > 0]
    if len(some) < FEWEST_MONTHS or some["observed"].sum() < FEWEST_IN_SEASONS or not len(months):
        return months
    line = poisson_line(_waves(some["month"]), some["observed"].to_numpy(float), some["expected"].to_numpy(float),
                        np.array([1e-9, *[SEASON_SD**-2] * 4]))
    year = np.exp(_waves(pd.Series(np.arange("2001-01", "2002-01", dtype="datetime64[M]")))[:, 1:] @ line[1:])
    factor = np.exp(_waves(months["month"])[:, 1:] @ line[1:]) / year.mean()
    return months.assign(expected=months["expected"] * factor)


def _waves(month: pd.Series) -> np.ndarray:
    angle = 2 * np.pi * (pd.to_datetime(month).dt.month.to_numpy(float) - 0.5) / 12
    return np.column_stack([np.ones(len(angle)), *(wave(turn * angle) for turn in (1, 2) for wave in (np.cos, np.sin))])


def calibration_over_time(rows: Landmarks, risk: np.ndarray, last: dt.date, early_days: int = 90) -> pd.DataFrame:
    """Return, for each landmark, appeals seen over expected within the horizon and within 90 days, as far as they are in.

    Parameters
    ----------
    rows : Landmarks
    risk : ndarray of shape (rows,)
    last : date
        As of.
    early_days : int
        The shorter horizon, whose answers come in three months earlier.

    Returns
    -------
    DataFrame
        `on`, `cases`, `observed`, `expected` (NaN until the horizon has run out), `early_observed`, `early_expected`.
    """
    assert rows.wait_days is not None, "the rows were made without waiting times"
    shares, end = waiting_shares(rows, last), day_number(last) - REGISTRATION_DAYS
    states, number_of_state = np.unique(rows.state, return_inverse=True)
    early = np.array([shares[str(state)][min(early_days, rows.horizon_days)] for state in states])[number_of_state]
    out = []
    for day in np.unique(rows.on):
        here = rows.on == day
        number = int(day_numbers(np.array([day]))[0])
        wait = rows.wait_days[here]
        full, short = number + rows.horizon_days <= end, number + early_days <= end
        out.append({
            "on": day, "cases": int(here.sum()),
            "observed": float((wait <= rows.horizon_days).sum()) if full else np.nan,
            "expected": float(risk[here].sum()) if full else np.nan,
            "early_observed": float((wait <= early_days).sum()) if short else np.nan,
            "early_expected": float((risk[here] * early[here]).sum()) if short else np.nan,
        })
    return pd.DataFrame(out)
