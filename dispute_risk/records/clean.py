"""What a cell may hold: text turned into dates, codes, flags and numbers, with what is not allowed told apart."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from dispute_risk.records.tables import Column

__all__ = ["Fault", "cleaned", "is_blank", "stripped"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_NO_SUCH_DAY, _NO_DATE = np.iinfo(np.int64).min, np.iinfo(np.int64).min + 1
"""In place of a day's number: written like a date but not in the calendar, and not a date at all."""
_ORDINAL_OF_1970 = dt.date(1970, 1, 1).toordinal()
TEXT = object if pd.__version__ < "3" else "str"


@dataclass(frozen=True)
class Fault:
    """Cells of a column that are not allowed for one reason.

    Parameters
    ----------
    cells : array of bool
        Which rows.
    problem : str
        What is wrong, to follow the value.
    what_to_do : str
        What is allowed.
    """

    cells: np.ndarray
    problem: str
    what_to_do: str


def stripped(texts: pd.Series) -> pd.Series:
    """Return text without the spaces around it."""
    return texts.str.strip()


def is_blank(texts: pd.Series) -> np.ndarray:
    """Return which cells are blank."""
    return (texts == "").to_numpy(dtype=bool)


def cleaned(column: Column, texts: pd.Series) -> tuple[pd.Series, list[Fault]]:
    """Return a column in its own type, blank where a cell is blank or not allowed, and what is not allowed.

    Parameters
    ----------
    column : Column
        Its declaration; a `_recorded_on` companion is declared like the date it goes with.
    texts : Series of str
        As `stripped` gives it.

    Returns
    -------
    (Series, list of Fault)
        Dates as datetime64[s], codes as categories in the order of their codelist, flags and numbers as float32,
        the rest as text.

    Examples
    --------
    >>> when = Column("received_on", "day it came", "date")
    >>> values, faults = cleaned(when, pd.Series(["2025-02-28", "31/02/2025", ""]))
    >>> int(values.notna().sum()), faults[0].problem
    (1, 'is not a date')
    """
    if column.kind == "identifier":
        return (texts.where(texts != "", None) if is_blank(texts).any() else texts), []
    places, different = pd.factorize(texts)
    return _CLEANERS[column.kind](column, places, different.to_numpy(dtype=object), texts.index)


def _faults(places: np.ndarray, by_value: dict[tuple[str, str], list[int]]) -> list[Fault]:
    """Spread faults of the different values over the rows that hold them."""
    found = []
    for (problem, what_to_do), which in by_value.items():
        cells = np.isin(places, which)
        if cells.any():
            found.append(Fault(cells, problem, what_to_do))
    return found


def _date(column: Column, places: np.ndarray, different: np.ndarray,
          index: pd.Index) -> tuple[pd.Series, list[Fault]]:
    days = np.array([_day(text) for text in different], dtype=np.int64)
    shaped = days != _NO_DATE
    faults: dict[tuple[str, str], list[int]] = {
        ("is not a date", "Write YYYY-MM-DD."): list(np.flatnonzero(~shaped & (different != ""))),
        ("is not a day of the calendar", "Write YYYY-MM-DD."): list(np.flatnonzero(days == _NO_SUCH_DAY)),
    }
    seconds = np.where(shaped & (days != _NO_SUCH_DAY), days * 86_400, _NO_SUCH_DAY).view("datetime64[s]")
    return pd.Series(seconds[places], index=index), _faults(places, faults)


@lru_cache(maxsize=32_768)
def _day(text: str) -> int:
    """Return the number of a day since 1970; the same few thousand days fill every column of dates."""
    if not _DATE.fullmatch(text):
        return _NO_DATE
    try:
        return dt.date(int(text[:4]), int(text[5:7]), int(text[8:10])).toordinal() - _ORDINAL_OF_1970
    except ValueError:
        return _NO_SUCH_DAY


def _spread(values: pd.Series, places: np.ndarray, index: pd.Index) -> pd.Series:
    return values.take(places).set_axis(index) if len(values) else values.set_axis(index)


def _code(column: Column, places: np.ndarray, different: np.ndarray,
          index: pd.Index) -> tuple[pd.Series, list[Fault]]:
    assert column.codes is not None
    allowed = list(column.codes)
    known = {code: place for place, code in enumerate(allowed)}
    at = np.array([known.get(text, -1) for text in different], dtype=np.int64)
    faults: dict[tuple[str, str], list[int]] = {}
    for place, text in enumerate(different):
        if text and text not in known:
            faults.setdefault(_unknown_code(column, text, allowed), []).append(place)
    codes = at[places] if len(at) else np.array([], dtype=np.int64)
    values = pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(allowed))
    return pd.Series(values, index=index), _faults(places, faults)


def _unknown_code(column: Column, text: str, allowed: list[str]) -> tuple[str, str]:
    """Say what is allowed in place of a code, the nearest first where one is near."""
    assert column.codes is not None
    alike = {code.lower(): code for code in allowed} | {label.lower(): code for code, label in
                                                        column.codes.labels.items()}
    near = difflib.get_close_matches(text.lower(), list(alike), n=1, cutoff=0.75)
    hint = f"Perhaps {alike[near[0]]}. " if near else ""
    return f"is not a code of the list '{column.codes.name}'", f"{hint}Allowed: {column.codes.allowed()}."


def _codes(column: Column, places: np.ndarray, different: np.ndarray,
           index: pd.Index) -> tuple[pd.Series, list[Fault]]:
    """Clean a cell of several codes; of a cell with an unknown code the others are kept."""
    assert column.codes is not None
    faults: dict[tuple[str, str], list[int]] = {}
    kept = np.empty(len(different), dtype=object)
    for place, text in enumerate(different):
        parts = [part.strip() for part in text.split(";") if part.strip()]
        known = list(dict.fromkeys(part for part in parts if part in column.codes))
        kept[place] = ";".join(known) or None
        if len(known) < len(set(parts)):
            unknown = ", ".join(sorted(set(parts).difference(known)))
            reason = f"holds {unknown}, not on the list '{column.codes.name}'; the other codes of the cell are used"
            faults.setdefault((reason, f"Allowed, with ; between: {column.codes.allowed()}."), []).append(place)
    return pd.Series(kept[places] if len(kept) else [], index=index, dtype=TEXT), _faults(places, faults)


def _flag(column: Column, places: np.ndarray, different: np.ndarray,
          index: pd.Index) -> tuple[pd.Series, list[Fault]]:
    said = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "": np.nan}
    values = pd.Series([said.get(text, np.nan) for text in different], dtype="float32")
    wrong = [place for place, text in enumerate(different) if text not in said]
    faults = _faults(places, {("is neither 0 nor 1", "Write 1 for yes, 0 for no, nothing for not recorded."): wrong})
    return _spread(values, places, index), faults


def _number(column: Column, places: np.ndarray, different: np.ndarray,
            index: pd.Index) -> tuple[pd.Series, list[Fault]]:
    numbers = pd.to_numeric(pd.Series(different, dtype=object), errors="coerce").astype("float64").to_numpy()
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    outside = ~np.isnan(numbers) & ~((numbers >= column.low) & (numbers <= column.high))
    allowed = f"Allowed: {column.low:g} to {column.high:g}."
    faults = _faults(places, {
        ("is not a number", allowed): list(np.flatnonzero(np.isnan(numbers) & (different != ""))),
        ("is outside the range", allowed): list(np.flatnonzero(outside)),
    })
    return _spread(pd.Series(np.where(outside, np.nan, numbers), dtype="float32"), places, index), faults


_CLEANERS: dict[str, Callable[[Column, np.ndarray, np.ndarray, pd.Index], tuple[pd.Series, list[Fault]]]] = {
    "date": _date, "code": _code, "codes": _codes, "flag": _flag, "number": _number,
}
