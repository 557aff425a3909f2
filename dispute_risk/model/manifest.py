"""Small parts of a release's manifest: plain numbers, the day of expiry, the versions it was made with."""

from __future__ import annotations

import datetime as dt
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

__all__ = ["months_later", "plain", "versions"]

PACKAGES = ("dispute-risk", "numpy", "pandas", "scikit-learn", "lightgbm")


def plain(value: Any) -> Any:
    """Return a number as JSON can hold it; None where it is not finite."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the day some calendar months later; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages a model rests on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
