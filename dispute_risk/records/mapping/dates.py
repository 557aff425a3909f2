"""How the dates of an export are written, in the words of the people who write them: dd/mm/yyyy and the like."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

__all__ = ["WRITTEN", "DateWordsError", "dates_as_iso", "strptime_format", "way_of_writing"]

WRITTEN = ("dd/mm/yyyy", "yyyy-mm-dd", "dd-mm-yyyy", "dd.mm.yyyy", "dd/mm/yyyy hh:mm", "dd/mm/yyyy hh:mm:ss",
           "dd-Mon-yyyy", "dd Mon yyyy", "yyyy-Mon-dd", "yyyy-Mon-dd hh:mm:ss", "dd/mm/yy", "dd-Mon-yy", "yyyymmdd")
"""Ways of writing that the drafting of a mapping tries. Month first is not among them: no English system writes it."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_WORDS = {"yyyy": "%Y", "yy": "%y", "month": "%B", "mon": "%b", "mm": "%m", "dd": "%d", "hh": "%H", "ss": "%S"}


class DateWordsError(ValueError):
    """A way of writing dates that cannot be understood."""


def strptime_format(words: str) -> str:
    """Return the format of a way of writing dates.

    >>> strptime_format("dd/mm/yyyy"), strptime_format("yyyy-Mon-dd hh:mm:ss")
    ('%d/%m/%Y', '%Y-%b-%d %H:%M:%S')

    Raises
    ------
    DateWordsError
        If day, month and year are not each there once.
    """
    text = re.sub(r"(?i)(?<=hh:)mm", "%M", words)
    text = re.sub(r"(?i)yyyy|yy|month|mon|(?<!%)mm|dd|hh|ss", lambda found: _WORDS[found[0].lower()], text)
    parts = re.findall(r"%([A-Za-z])", text)
    if [len(set(parts) & set(kind)) for kind in ("d", "mbB", "yY")] != [1, 1, 1] or len(parts) != len(set(parts)):
        raise DateWordsError(f"'{words}' is not a way of writing dates. Use dd, mm or Mon, and yyyy or yy, as in "
                             "dd/mm/yyyy, yyyy-mm-dd or dd-Mon-yyyy hh:mm:ss.")
    return text


def dates_as_iso(texts: np.ndarray, formats: tuple[str, ...]) -> np.ndarray:
    """Return dates as YYYY-MM-DD; what is no date in any of the formats stays as it is, for the check to list.

    >>> dates_as_iso(np.array(["3/7/2025", "31/02/2025", "2025-01-06"], dtype=object), ("%d/%m/%Y",)).tolist()
    ['2025-07-03', '31/02/2025', '2025-01-06']
    """
    result = texts.copy()
    iso = np.array([bool(_ISO.fullmatch(text)) for text in texts], dtype=bool)
    result[iso] = [text[:10] for text in texts[iso]]
    open_places = np.flatnonzero(~iso & (texts != ""))
    for written in formats:
        if not len(open_places):
            break
        days = pd.to_datetime(pd.Series(texts[open_places], dtype=object), format=written, errors="coerce")
        found = days.notna().to_numpy()
        result[open_places[found]] = days[found].dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
        open_places = open_places[~found]
    return result


def way_of_writing(texts: np.ndarray, share: float = 0.8) -> str:
    """Return the way in which most of the texts are written as dates, or '' if they are no dates.

    >>> way_of_writing(np.array(["03/07/2025", "31/12/2024", "00/00/0000", "", "1/2/2025", "4/5/2024"], dtype=object))
    'dd/mm/yyyy'
    """
    filled = np.array([text for text in texts if text], dtype=object)
    shaped = [text for text in filled if re.search(r"\d.*\d", text) and len(text) <= 20]
    if not len(filled) or len(shaped) < share * len(filled):
        return ""
    for words in WRITTEN:
        days = pd.to_datetime(pd.Series(filled, dtype=object), format=strptime_format(words), errors="coerce")
        plausible = days.dt.year.between(1980, 2100) if days.notna().any() else days.notna()
        if plausible.mean() >= share:
            return words
    iso = np.mean([bool(_ISO.fullmatch(text)) for text in filled])
    return "yyyy-mm-dd" if iso >= share else ""
