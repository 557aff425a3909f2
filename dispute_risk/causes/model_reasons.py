"""Which family of reasons stood first in the model: in appealed cases, in those of the highest risk, and in all at risk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.causes.counts import ALL, CountTable
from dispute_risk.explain.contributions import contributions
from dispute_risk.features.declare import FAMILIES, NEVER_A_CAUSE, Catalogue
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.model.landmarks import Landmarks

__all__ = ["GROUPS", "ModelReasons", "model_reasons"]

LEAST_SHOWN = 0.10
"""A family stands first only where it adds at least this to the log-odds, as in the weekly list."""
HIGHEST_SHARE = 0.05
DAYS_BEFORE = 14
NO_REASON = "none"

GROUPS: dict[str, str] = {
    "appealed": "appealed cases, on the last monthly date at least 14 days before registration",
    "highest": "the 5 in 100 cases of the highest risk on each monthly date",
    "at_risk": "all cases at risk on each monthly date",
}


@dataclass(frozen=True)
class ModelReasons:
    """How often each family of reasons stood first.

    Parameters
    ----------
    tables : dict of str to CountTable
        For each of `GROUPS`, rows by family; families that say who the family is are never reasons.
    release : str
    trained_to : str
        What the model was made on; a model made after the appeals has seen them.
    """

    tables: dict[str, CountTable]
    release: str
    trained_to: str = ""


def model_reasons(
    rows: Landmarks, fitted: FittedRisk, catalogue: Catalogue, start_on: dt.date, end_on: dt.date, *, area: str = "",
    release: str = "", trained_to: str = "",
) -> ModelReasons:
    """Return which family of reasons stood first, on monthly dates of the period.

    Parameters
    ----------
    rows : Landmarks
        Monthly, of at least the half year before the period too.
    fitted : FittedRisk
    catalogue : Catalogue
    start_on, end_on : date
        Appeals registered in it; other cases on its monthly dates.
    """
    if area:
        rows = rows.where(rows.area == area)
    registered = rows.registered_on
    assert registered is not None
    start, end = np.datetime64(start_on), np.datetime64(end_on)
    mine = (registered >= start) & (registered <= end) & (registered - rows.on >= np.timedelta64(DAYS_BEFORE, "D"))
    last = _last_of_each(rows, registered, mine)
    within = (rows.on >= start) & (rows.on <= end)
    used = np.flatnonzero(within | np.isin(np.arange(len(rows)), last))
    found = contributions(fitted, rows.features.iloc[used])
    families = found.by_family(catalogue).drop(columns=sorted(NEVER_A_CAUSE))
    added = families.to_numpy()
    first = np.where(added.max(axis=1) >= LEAST_SHOWN, np.asarray(families.columns)[added.argmax(axis=1)], NO_REASON)
    log_odds, on = found.log_odds, rows.on[used]
    highest = np.zeros(len(used), bool)
    for day in np.unique(on[within[used]]):
        here = np.flatnonzero((on == day) & within[used])
        highest[here[np.argsort(-log_odds[here], kind="stable")[: max(1, round(HIGHEST_SHARE * len(here)))]]] = True
    groups = {"appealed": np.isin(used, last), "highest": highest, "at_risk": within[used]}
    period, where = (start_on.isoformat(), end_on.isoformat()), ({"area": area} if area else {})
    names = [name for name in (*FAMILIES, NO_REASON) if name not in NEVER_A_CAUSE]
    return ModelReasons({name: _table(name, first[mask], names, period, where) for name, mask in groups.items()}, release,
                        trained_to)


def _last_of_each(rows: Landmarks, registered: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """Return the last row before each appeal."""
    frame = pd.DataFrame({"case": rows.case_id[mine], "appeal": registered[mine], "on": rows.on[mine],
                          "row": np.flatnonzero(mine)})
    return frame.sort_values("on").groupby(["case", "appeal"])["row"].last().to_numpy()


def _table(name: str, first: np.ndarray, names: list[str], period: tuple[str, str], where: dict[str, str]) -> CountTable:
    lines = [(ALL, len(first)), *((family, int((first == family).sum())) for family in names)]
    # Each group is counted on rows of its own kind, so none adds up with another.
    return CountTable(f"reasons: {name}", ("family",), pd.DataFrame(lines, columns=["family", "count"]), *period,
                      f"rows, {name}", where=where)
