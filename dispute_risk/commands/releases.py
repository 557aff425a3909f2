"""Opens a released model together with the features it was made for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.released import Release

__all__ = ["open_release"]


def open_release(folder: Path, as_of: dt.date, catalogue: Catalogue) -> tuple[Release, Catalogue]:
    """Return a release and its features in its order.

    A release made without advocacy takes the catalogue without it; any other difference is refused.
    """
    from dispute_risk.model.released import release_with

    return release_with(folder, as_of, catalogue)
