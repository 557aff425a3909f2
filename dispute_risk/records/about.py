"""What a casebook says of itself: whose records they are, whether they are invented, and up to when they were kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dispute_risk.records.problems import NOTE, Problems

__all__ = ["KEYS", "checked_about"]

KEYS: dict[str, tuple[type, str]] = {
    "authority": (str, "the name of the authority, in quotation marks"),
    "synthetic": (bool, "true if the records are invented, otherwise false"),
    "recorded_to": (dt.date, "the day up to which records were kept, YYYY-MM-DD"),
}
"""What `casebook.toml`, or the sheet `casebook` of a workbook, may say; each with its type and meaning."""


def checked_about(said: Mapping[str, Any], file: str, problems: Problems) -> dict[str, Any]:
    """Return what is said of the casebook, with everything that cannot be understood named.

    A wrong value stops the reading: records that are invented must never pass for real ones by a slip of the pen.
    """
    about: dict[str, Any] = {}
    for key, value in said.items():
        if key not in KEYS:
            problems.add(NOTE, file, f"says '{key}', which means nothing here", f"It may say: {', '.join(KEYS)}.")
            continue
        kind, meaning = KEYS[key]
        understood = _understood(value, kind)
        if understood is None:
            problems.add_unreadable(file, f"is not what {key} may be", f"{key} is {meaning}.")
        else:
            about[key] = understood
    return about


def _understood(value: Any, kind: type) -> Any:
    """Return the value as its type, or None; a workbook gives text where TOML gives the type."""
    if kind is dt.date:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value.strip())
            except ValueError:
                return None
    if kind is bool and isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return value if isinstance(value, kind) and value != "" else None
