"""Whether the open cases still look like those the model learned from: features, blanks, codes and days to record."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.records.tables import TABLES, recorded_column
from dispute_risk.timeline.days import day_number, day_numbers, to_date

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks
    from dispute_risk.records.casebook import Casebook

__all__ = ["blank_shares", "feature_shift", "new_codes", "population_stability", "recording_lags"]

BINS = 10
CHANCE = 0.01
"""Chance of a false flag over all features together (each is held to this divided by their number)."""
ROOM = 2.0
"""A month must stand out from every month of the reference year by this factor: seasons and the slow turnover of cases
move features too, and are no drift."""
LEAST = 0.02
"""An index under this is not told of: about a seventh of the spread of a feature, too little to move risks, though among some
thousands of cases it can be beyond chance."""
RECENT_DAYS = 56
FEWEST_ROWS, ENOUGH_BEFORE = 30, 300
"""Rows from which shares are compared, and rows without a code that show that it is new."""
STEADY_TREND = 0.8
"""A feature whose monthly mean goes up or down with the months, with a correlation as high as this, is expected to go on."""


def population_stability(
    reference: np.ndarray, now: np.ndarray, bins: int = BINS
) -> tuple[float, float, int]:
    """Return how far a feature has moved: the index, what chance alone would give on average, and the number of bins.

    The population stability index is the sum over bins of (share now - share then) times the log of their ratio. With
    nothing changed it is about (1/n + 1/m) times a chi-square with bins - 1 degrees of freedom, so that a fixed limit
    such as 0.1 fires on nothing at 100 cases and sleeps at 5,000 (methods 10). Blanks are a bin of their own.

    Parameters
    ----------
    reference, now : ndarray of float
    bins : int

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> index, by_chance, count = population_stability(rng.normal(size=500), rng.normal(0.8, 1, size=500))
    >>> bool(index > 10 * by_chance), count
    (True, 10)
    """
    then, today = _counts(np.asarray(reference, float), np.asarray(now, float), bins)
    index = _index(then, today)
    n, m, used = then.sum(), today.sum(), int(((then + today) > 0).sum())
    return index, float((used - 1) * (1 / n + 1 / m)) if n and m else np.nan, used


def _places(reference: np.ndarray, now: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the bin of each value: between quantiles of the reference, each repeated value and the blanks by themselves."""
    given = reference[~np.isnan(reference)]
    edges = np.unique(np.quantile(given, np.linspace(0, 1, bins + 1)[1:-1])) if len(given) else np.zeros(0)

    def place(values: np.ndarray) -> np.ndarray:
        # a value on an edge belongs below it, so that the many noughts of a count stay in one bin
        return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, "left"))

    return place(reference), place(now), len(edges) + 2


def _counts(reference: np.ndarray, now: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    then, today, number = _places(reference, now, bins)
    return np.bincount(then, minlength=number).astype(float), np.bincount(today, minlength=number).astype(float)


def _index(then: np.ndarray, today: np.ndarray) -> float:
    used = (then + today) > 0
    then, today = then[used], today[used]
    if len(then) < 2:
        return 0.0
    p, q = (then + 0.5) / (then + 0.5).sum(), (today + 0.5) / (today + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())


def feature_shift(reference: Landmarks, now: Landmarks, chance: float = CHANCE) -> pd.DataFrame:
    """Return for each feature how far it moved from the reference year, and whether that is more than chance and seasons.

    A feature is flagged only where its index is beyond the chi-square limit of chance, large enough to matter, *and* stands
    out from every single month of the reference year held against the other months. Rows of one case in several months are
    no new evidence: the reference counts distinct cases.

    Parameters
    ----------
    reference : Landmarks
        A year of monthly rows.
    now : Landmarks
        The rows of one date.
    chance : float

    Returns
    -------
    DataFrame
        `feature`, `index`, `by_chance` (mean with nothing changed), `limit`, `largest_in_reference`, `mean_then`,
        `mean_now`, `blank_then`, `blank_now`, `flagged`; most moved first.
    """
    from scipy.stats import chi2

    months = np.unique(reference.on)
    names = list(reference.features.columns)
    cases = len(np.unique(reference.case_id))
    then, today = reference.features.to_numpy(np.float64), now.features.to_numpy(np.float64)
    month = np.searchsorted(months, reference.on)
    half = max(float(np.median(months[-1] - months).astype(float)), 1.0) if len(months) else 1.0
    ahead = float((now.on.max() - months[0]).astype("timedelta64[D]").astype(float)) / half - 1 if len(now) else 1.0
    rows = []
    for place, name in enumerate(names):
        old, new = then[:, place], today[:, place]
        old_bin, new_bin, number = _places(old, new, BINS)
        by_month = np.bincount(month * number + old_bin, minlength=len(months) * number).reshape(-1, number).astype(float)
        whole, latest = by_month.sum(axis=0), np.bincount(new_bin, minlength=number).astype(float)
        index, bins = _index(whole, latest), int(((whole + latest) > 0).sum())
        size = 1 / max(cases, 1) + 1 / max(len(new), 1)
        limit = float(chi2.ppf(1 - chance / len(names), max(bins - 1, 1))) * size
        largest = max((_index(whole - one, one) for one in by_month), default=0.0) * _trend(old, month, len(months), ahead)
        rows.append((name, index, (bins - 1) * size, limit, largest, _mean(old), _mean(new), float(np.isnan(old).mean()),
                     float(np.isnan(new).mean()) if len(new) else np.nan, index > max(limit, LEAST, ROOM * largest)))
    columns = ["feature", "index", "by_chance", "limit", "largest_in_reference", "mean_then", "mean_now", "blank_then",
               "blank_now", "flagged"]
    table = pd.DataFrame(rows, columns=columns)
    room = np.maximum(table["limit"], ROOM * table["largest_in_reference"]).clip(LEAST)
    table["beyond"] = table["index"] / room
    return table.sort_values("beyond", ascending=False, ignore_index=True)


def _trend(values: np.ndarray, month: np.ndarray, months: int, ahead: float) -> float:
    """Return by what factor a steady trend, carried on to today, makes an index larger; 1 where there is none.

    The index grows with the square of a shift. `ahead` is the distance of today from the middle of the reference in units
    of the distance of its first and last month.
    """
    given = ~np.isnan(values)
    count = np.bincount(month[given], minlength=months)
    means = np.bincount(month[given], values[given], minlength=months) / np.maximum(count, 1)
    some = count > 0
    if some.sum() >= 6 and np.ptp(means[some]) > 0:
        steady = abs(float(np.corrcoef(np.arange(months)[some], means[some])[0, 1]))
        if steady >= STEADY_TREND:
            return max(ahead, 1.0) ** 2
    return 1.0


def _mean(values: np.ndarray) -> float:
    some = values[~np.isnan(values)]
    return float(some.mean()) if len(some) else np.nan


def _dated_codes(casebook: Casebook) -> list[tuple[str, str, pd.Series, np.ndarray]]:
    """Return every coded column with the day each of its values belongs to (`NO_DAY` where it has none)."""
    found = []
    for declared in TABLES:
        if declared.name == "cases" or declared.name not in casebook:
            continue
        frame = casebook.tables[declared.name]
        for column in declared:
            if column.codes is None or column.kind == "codes" or column.name not in frame:
                continue
            dates = [name for name in (column.known_with, *declared.anchors) if name in frame]
            if dates:
                found.append((declared.name, column.name, frame[column.name], day_numbers(frame[dates[0]].to_numpy())))
    return found


def blank_shares(casebook: Casebook, as_of: dt.date, reference_to: dt.date, chance: float = CHANCE) -> pd.DataFrame:
    """Return the share of blanks of every column handed over, lately and in the reference year.

    A value is dated by the day it becomes known with (a decision by the day it was sent), so that a case which has not got
    that far yet is no blank.

    Parameters
    ----------
    casebook : Casebook
    as_of, reference_to : date
    chance : float

    Returns
    -------
    DataFrame
        `table`, `column`, `rows_now`, `blank_then`, `blank_now`, `flagged`.
    """
    from scipy.stats import binom

    rows, until, start = [], day_number(as_of), day_number(reference_to)
    for name, column, values, on in _dated_codes(casebook):
        # The newest two weeks are left out: their blanks are only not filled in yet.
        recent, before = (on > until - 14 - RECENT_DAYS) & (on <= until - 14), (on > start - 365) & (on <= start)
        if recent.sum() >= FEWEST_ROWS and before.sum() >= FEWEST_ROWS:
            blank = values.isna().to_numpy()
            rows.append((name, column, int(recent.sum()), float(blank[before].mean()), int(blank[recent].sum())))
    table = pd.DataFrame(rows, columns=["table", "column", "rows_now", "blank_then", "blank_now"])
    if not len(table):
        return table.assign(flagged=pd.Series(dtype=bool))
    # A point more than before, and more than chance would give, before it is worth a look.
    p = binom.sf(table["blank_now"] - 1, table["rows_now"], np.clip(table["blank_then"] * 1.1 + 0.01, 0, 1))
    table["blank_now"] = table["blank_now"] / table["rows_now"]
    return table.assign(flagged=p < chance / len(table))


def new_codes(casebook: Casebook, as_of: dt.date, reference_to: dt.date, fewest: int = 2) -> pd.DataFrame:
    """Return the codes that occur lately and never did before the release.

    In a table that has a `kind`, a code is looked for in each kind by itself: a recovery team that had only amended plans
    and now writes first drafts is new.

    Parameters
    ----------
    casebook : Casebook
    as_of, reference_to : date
    fewest : int
        Rows from which a new code is told of.

    Returns
    -------
    DataFrame
        `table`, `kind` ('' where the table has none), `column`, `code`, `rows`, `first_on`; the most rows first.
    """
    rows, until, start = [], day_number(as_of), day_number(reference_to)
    for name, column, values, on in _dated_codes(casebook):
        frame = casebook.tables[name]
        kinds = (frame["kind"].astype("object").fillna("").astype(str).to_numpy() if "kind" in frame and column != "kind"
                 else np.full(len(frame), ""))
        given = values.notna().to_numpy()
        text = values.astype("object").astype(str).to_numpy()
        for kind in np.unique(kinds):
            here = given & (kinds == kind)
            before = here & (on >= 0) & (on <= start)
            if before.sum() < ENOUGH_BEFORE:
                continue
            later = here & (on > start) & (on <= until)
            for code in sorted(set(text[later]) - set(text[before])):
                found = on[later & (text == code)]
                if len(found) >= fewest:
                    rows.append((name, kind, column, code, len(found), to_date(int(found.min()))))
    columns = ["table", "kind", "column", "code", "rows", "first_on"]
    return pd.DataFrame(rows, columns=columns).sort_values("rows", ascending=False, ignore_index=True)


def recording_lags(casebook: Casebook, as_of: dt.date, reference_to: dt.date) -> pd.DataFrame:
    """Return how many days pass before facts are recorded, lately and in the reference year, by table.

    Rows are dated by the day they were recorded, so that what is still in somebody's in-tray does not hide itself.

    Parameters
    ----------
    casebook : Casebook
    as_of, reference_to : date

    Returns
    -------
    DataFrame
        `table`, `rows_now`, `half_then`, `half_now` (days within which half is recorded), `most_then`, `most_now` (within
        which nine tenths are), `flagged`. Tables without a day of recording are left out.
    """
    rows = []
    until, start = day_number(as_of), day_number(reference_to)
    for declared in TABLES:
        frame = casebook.tables.get(declared.name)
        dated = [name for name in declared.anchors if frame is not None and recorded_column(name) in frame]
        if frame is None or not dated:
            continue
        happened = np.concatenate([day_numbers(frame[name].to_numpy()) for name in dated])
        noted = np.concatenate([day_numbers(frame[recorded_column(name)].to_numpy()) for name in dated])
        lag = np.maximum(noted - happened, 0)
        given = (happened >= 0) & (noted >= 0)
        now = lag[given & (noted > until - RECENT_DAYS) & (noted <= until)]
        then = lag[given & (noted > start - 365) & (noted <= start)]
        if len(now) < FEWEST_ROWS or len(then) < FEWEST_ROWS:
            continue
        (half_then, most_then), (half_now, most_now) = (np.quantile(one, [0.5, 0.9]) for one in (then, now))
        slower = most_now > 2 * most_then + 7 or half_now > 2 * half_then + 7
        rows.append((declared.name, len(now), half_then, half_now, most_then, most_now, bool(slower)))
    return pd.DataFrame(rows, columns=["table", "rows_now", "half_then", "half_now", "most_then", "most_now", "flagged"])
