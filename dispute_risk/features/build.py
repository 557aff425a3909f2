"""Builds the features of cases on dates, in one pass, a chunk of whole cases at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dispute_risk.features.declare import Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History

__all__ = ["build_features"]

ROWS_IN_A_CHUNK = 65_536
"""So many rows, and the facts of their cases, stay in the processor's cache."""


def build_features(
    history: History, rows: Snapshots, catalogue: Catalogue, searches: Searches | None = None
) -> pd.DataFrame:
    """Return one row per snapshot and one column per feature.

    A pure function of whole cases: the rows of a case depend on that case and on the facts of its area team only, so a
    part of the cases gives the same rows.

    Parameters
    ----------
    history : History
    rows : Snapshots
        Sorted by case and date.
    catalogue : Catalogue
    searches : Searches, optional
        Sorted views to be used again for the same history.

    Returns
    -------
    DataFrame of float32, shape (rows, features)
        NaN is a blank.
    """
    searches = searches or Searches(history)
    values = np.empty((len(catalogue), len(rows)), np.float32)
    for start, stop in _chunks(rows):
        part = Snapshots(rows.case[start:stop], rows.on[start:stop])
        for number, feature in enumerate(catalogue):
            if feature.verb is None:
                raise ValueError(f"feature {feature.name} has no verb: it cannot be taken from a history")
            values[number, start:stop] = feature.verb.values(searches, part)
    return pd.DataFrame(values.T, columns=catalogue.names, copy=False)


def _chunks(rows: Snapshots) -> Iterator[tuple[int, int]]:
    """Yield runs of rows that end at the end of a case, so that memory stays bounded."""
    start = 0
    while start < len(rows):
        stop = min(start + ROWS_IN_A_CHUNK, len(rows))
        if stop < len(rows):
            stop = int(np.searchsorted(rows.case, rows.case[stop - 1], "right"))
        yield start, stop
        start = stop
