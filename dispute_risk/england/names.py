"""Which authority a person means when they type its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache

from dispute_risk.errors import UnknownName

__all__ = ["FORMER_AUTHORITIES", "OTHER_NAMES", "find_authority", "plain_name"]

FORMER_AUTHORITIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "Bournemouth": (2019, ("Bournemouth, Christchurch and Poole",)),
    "Poole": (2019, ("Bournemouth, Christchurch and Poole",)),
    "Northamptonshire": (2021, ("North Northamptonshire", "West Northamptonshire")),
    "Cumbria": (2023, ("Cumberland", "Westmorland and Furness")),
}
"""Authorities that ended: the year in which, and which authorities took their place."""

OTHER_NAMES: dict[str, str] = {
    "hull": "Kingston upon Hull, City of",
    "bcp": "Bournemouth, Christchurch and Poole",
    "banes": "Bath and North East Somerset",
    "rbkc": "Kensington and Chelsea",
    "kingston": "Kingston upon Thames",
    "richmond": "Richmond upon Thames",
    "newcastle": "Newcastle upon Tyne",
    "scilly": "Isles of Scilly",
    "scilly isles": "Isles of Scilly",
    "corporation of london": "City of London",
    "square mile": "City of London",
    "windsor": "Windsor and Maidenhead",
    "southend": "Southend-on-Sea",
    "stoke": "Stoke-on-Trent",
    "bucks": "Buckinghamshire", "cambs": "Cambridgeshire", "glos": "Gloucestershire", "hants": "Hampshire",
    "herts": "Hertfordshire", "lancs": "Lancashire", "leics": "Leicestershire", "lincs": "Lincolnshire",
    "notts": "Nottinghamshire", "oxon": "Oxfordshire", "staffs": "Staffordshire", "wilts": "Wiltshire",
    "worcs": "Worcestershire",
}
"""Short names people use, in plain form."""

_WORDS_LEFT_OUT = (
    "london borough of", "royal borough of", "metropolitan borough of", "metropolitan district of", "borough of",
    "metropolitan borough council", "metropolitan district council", "county borough council", "county council",
    "city council", "borough council", "district council", "unitary authority", "local authority",
    "council", "city of", "county of", "royal borough", "london borough", "the royal", "mbc", "cc", "lb",
)


@lru_cache(maxsize=1024)
def plain_name(name: str) -> str:
    """Return a name in the form in which names are compared: small letters, no marks, no "council" or "city of".

    Examples
    --------
    >>> plain_name("Bristol, City of") == plain_name("bristol city council")
    True
    >>> plain_name("St. Helens")
    'st helens'
    """
    words = re.sub(r"[^a-z0-9]+", " ", name.lower().replace("&", " and ").replace("'", "")).strip()
    words = re.sub(r"\bsaint\b", "st", words)
    if re.fullmatch(r"(the )?city of london( corporation| council)?", words):
        return "city of london"
    for phrase in _WORDS_LEFT_OUT:
        words = re.sub(rf"\b{phrase}\b", " ", words)
    return " ".join(word for word in words.split() if word != "the")


def find_authority(typed: str, names: Iterable[str], codes: dict[str, str] | None = None) -> str:
    """Return the published name of the authority a person typed.

    Parameters
    ----------
    typed : str
        A name as people write it, or the three-figure or E-number code of the authority.
    names : iterable of str
        The published names.
    codes : dict of str to str, optional
        Code to published name.

    Raises
    ------
    UnknownName
        Where no authority, or more than one, fits; the message lists the nearest or the choices.

    Examples
    --------
    >>> find_authority("surrey county council", ["Surrey", "Devon"])
    'Surrey'
    """
    names = sorted(names)
    codes = codes or {}
    if typed.strip().upper() in codes:
        return codes[typed.strip().upper()]
    wanted = plain_name(typed)
    if not wanted:
        raise UnknownName(f"'{typed}' is not the name of an authority. Write a name such as 'Surrey', or a code.")
    by_plain = {plain_name(name): name for name in names}
    _refuse_former(wanted)
    if wanted == "london":
        raise UnknownName("London has 33 authorities. Write the name of the borough, or 'City of London'.")
    if wanted in by_plain:
        return by_plain[wanted]
    if wanted in OTHER_NAMES and OTHER_NAMES[wanted] in names:
        return OTHER_NAMES[wanted]
    return _fitting(typed, wanted, by_plain)


def _refuse_former(wanted: str) -> None:
    for former, (year, successors) in FORMER_AUTHORITIES.items():
        if plain_name(former) == wanted:
            raise UnknownName(
                f"{former} ended in {year}, so it has no figures for the latest years. Choose the authority that took "
                "its place.", successors)


def _fitting(typed: str, wanted: str, by_plain: dict[str, str]) -> str:
    """Take the only name that holds every word typed, or the only one spelt nearly so; otherwise list the choices."""
    words = set(wanted.split()) - {"and", "of", "upon", "on"}
    holding = [name for plain, name in by_plain.items() if words and words <= set(plain.split())]
    if len(holding) == 1:
        return holding[0]
    if holding:
        raise UnknownName(f"'{typed}' fits {len(holding)} authorities. Write the name in full.", sorted(holding))
    near = difflib.get_close_matches(wanted, by_plain, n=5, cutoff=0.6)
    suggestions = [by_plain[plain] for plain in near]
    if suggestions:
        raise UnknownName(f"No authority is called '{typed}'. The nearest names are:", suggestions)
    raise UnknownName(f"No authority is called '{typed}'. Write the name as the Department for Education does, "
                      "for example 'Surrey' or 'Bristol, City of'.")
