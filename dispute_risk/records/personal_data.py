"""How personal data is told apart in a file, by its heading and by its values, so that it is refused and not copied."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["NOT_SHOWN", "masked", "personal_heading", "personal_values"]

NOT_SHOWN = "[not shown: looks like personal data]"
"""What stands in a list of problems in place of a value that looks like personal data."""

_HEADING_WORDS: dict[str, frozenset[str]] = {
    "a pupil number (UPN)": frozenset({"upn", "uln", "uniquepupilnumber", "uniquelearnernumber"}),
    "a person's name": frozenset({"name", "names", "surname", "forename", "forenames", "firstname", "lastname",
                                  "fullname", "initials", "aka"}),
    "an address": frozenset({"address", "addr", "street", "postcode", "postal", "uprn"}),
    "an e-mail address": frozenset({"email", "mail", "emailaddress"}),
    "a telephone number": frozenset({"telephone", "phone", "mobile", "tel", "landline"}),
    "an NHS number": frozenset({"nhs", "nhsnumber", "nhsno"}),
    "a National Insurance number": frozenset({"nino", "nationalinsurance"}),
    "free text": frozenset({"notes", "note", "comment", "comments", "freetext", "narrative", "remarks", "description",
                            "summary", "details", "views", "diagnosis"}),
}
"""Words of a heading, each with what the column then holds."""

_HEADING_PARTS = {"surname": "a person's name", "forename": "a person's name", "firstname": "a person's name",
                  "lastname": "a person's name", "postcode": "an address", "email": "an e-mail address",
                  "telephone": "a telephone number", "freetext": "free text", "nhsn": "an NHS number"}

_NOT_A_PERSON = frozenset({"school", "setting", "area", "team", "authority", "provider", "college", "file", "table"})
"""Whose name is not the name of a person."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?:\+44 ?\(?0?\)? ?|0)(?:7\d{3}|[123]\d{2,4})[ -]?\d{3}[ -]?\d{3,4}")
_UPN = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-Z]", re.IGNORECASE)
_NHS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_NATIONAL_INSURANCE = re.compile(r"[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]", re.IGNORECASE)
_PERSON = re.compile(r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?[A-Z][a-z'’-]+,? (?:[A-Z]\.? )?[A-Z][A-Za-z'’-]+")
_POSTCODE_END = re.compile(r"\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_SHORTEST_NUMBER_CHARACTERS = 9
"""No number of a person is shorter; a National Insurance number without spaces has nine characters."""
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_LONG_TEXT_CHARACTERS = 40
_LONGEST_SHOWN_CHARACTERS = 120
_MOST_LOOKED_AT = 2000


def _words(heading: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading.strip())
    return re.sub(r"[^a-z0-9]+", " ", apart.lower()).split()


def personal_heading(heading: str) -> str:
    """Return what kind of personal data a heading announces, or '' for none.

    >>> personal_heading("ParentEmail"), personal_heading("Pupil UPN"), personal_heading("decision_sent_on")
    ('an e-mail address', 'a pupil number (UPN)', '')
    """
    words = _words(heading)
    joined = "".join(words)
    for kind, known in _HEADING_WORDS.items():
        found = known.intersection([*words, joined])
        if found and not (kind == "a person's name" and _NOT_A_PERSON.intersection(words)):
            return kind
    return next((kind for part, kind in _HEADING_PARTS.items() if part in joined), "")


def _upn(text: str) -> bool:
    """Whether it is a pupil number: its first letter is a check on the rest (the Department's UPN guide)."""
    if not _UPN.fullmatch(text):
        return False
    digits = [int(mark) if mark.isdigit() else _UPN_LETTERS.find(mark.upper()) for mark in text[1:]]
    return _UPN_LETTERS[sum(weight * digit for weight, digit in enumerate(digits, 2)) % 23] == text[0].upper()


def _nhs(text: str) -> bool:
    """Whether it is an NHS number: ten digits of which the last is a check (NHS Data Dictionary)."""
    if not _NHS.fullmatch(text):
        return False
    digits = [int(mark) for mark in text if mark.isdigit()]
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return check % 11 == digits[9]


def _kind_of(text: str) -> str:
    """Return what kind of personal data one value looks like, or '' for none."""
    if len(text) < _SHORTEST_NUMBER_CHARACTERS and "@" not in text and not _POSTCODE_END.search(text):
        return ""  # most pseudonyms are this short, and a casebook holds tens of thousands of them
    if "@" in text and _EMAIL.search(text):
        return "e-mail addresses"
    if _upn(text):
        return "pupil numbers (UPN)"
    if _nhs(text):
        return "NHS numbers"
    if _NATIONAL_INSURANCE.fullmatch(text):
        return "National Insurance numbers"
    if _TELEPHONE.fullmatch(text):
        return "telephone numbers"
    if _POSTCODE.search(text):
        return "postcodes or addresses"
    if len(text) > _LONG_TEXT_CHARACTERS and text.count(" ") >= 4:
        return "free text"
    return ""


def personal_values(values: pd.Series, share: float, names: bool = False) -> str:
    """Return what kind of personal data most of a column looks like, or '' for none.

    Parameters
    ----------
    values : Series of str
        The column; blanks are left out, and of its different values at most some 2,000 are looked at, evenly spread.
    share : float
        Share of the values that must look like one kind. Ten-digit pseudonyms pass the check of an NHS number one
        time in eleven, so a pseudonym column needs a high share.
    names : bool
        Whether to look for the names of people as well ("Jane Smith"); place names look the same.

    >>> personal_values(pd.Series(["a.parent@example.org", "b@example.org"]), 0.5)
    'e-mail addresses'
    """
    different = values.unique()
    different = different[different != ""]
    looked_at = [str(text) for text in different[:: 1 + len(different) // _MOST_LOOKED_AT]]
    kinds = [_kind_of(text) or ("names of people" if names and _PERSON.fullmatch(text) else "") for text in looked_at]
    counts = {kind: kinds.count(kind) for kind in set(kinds) if kind}
    if not counts:
        return ""
    kind = max(sorted(counts), key=lambda name: counts[name])
    return kind if sum(counts.values()) >= max(1.0, share * len(looked_at)) else ""


def masked(values: Sequence[str] | np.ndarray) -> list[str]:
    """Return the values with those that look like personal data taken out."""
    seen: dict[str, str] = {}
    for value in values:
        if value not in seen:
            text = str(value)
            seen[value] = NOT_SHOWN if _kind_of(text) or len(text) > _LONGEST_SHOWN_CHARACTERS else text
    return [seen[value] for value in values]
