"""Decisions, offers and appeals by area and quarter, with the quarter in which each area began to offer meetings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.mediation.offers import Offers, as_it_happened, offers_made
from dispute_risk.timeline.days import to_dates
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import appeal_within

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["NEVER", "AreaQuarters", "area_quarters"]

NEVER = np.inf
FEWEST_OFFERS = 5


@dataclass(frozen=True)
class AreaQuarters:
    """A panel of areas (rows) by quarters (columns).

    Parameters
    ----------
    areas : ndarray of str
    quarters : ndarray of str
        As 2025Q3.
    decisions, appeals, offered : ndarray of float, shape (areas, quarters)
        Appealable decisions of the kinds the pilot covers, those appealed within 26 weeks, and those offered a meeting.
    start : ndarray of float, shape (areas,)
        Number of the first quarter with offers; infinite where there were none.
    data : str
    """

    areas: np.ndarray
    quarters: np.ndarray
    decisions: np.ndarray
    appeals: np.ndarray
    offered: np.ndarray
    start: np.ndarray
    data: str = ""

    @property
    def count(self) -> int:
        """Number of areas."""
        return len(self.areas)

    @property
    def rate(self) -> np.ndarray:
        """Appeals per decision."""
        return self.appeals / np.maximum(self.decisions, 1)

    @property
    def begun(self) -> np.ndarray:
        """Which areas began within the quarters."""
        return np.asarray(self.start < len(self.quarters))

    @property
    def after(self) -> np.ndarray:
        """Area by quarter, whether the area had begun."""
        return np.asarray(np.arange(len(self.quarters))[None, :] >= self.start[:, None])

    @property
    def table(self) -> pd.DataFrame:
        """One row an area and quarter."""
        count = len(self.quarters)
        return pd.DataFrame({
            "area": np.repeat(self.areas, count), "quarter": np.tile(self.quarters, self.count),
            "decisions": self.decisions.ravel().astype(int), "appeals": self.appeals.ravel().astype(int),
            "offered": self.offered.ravel().astype(int), "begun": self.after.ravel(),
            "appeals_per_100": 100 * self.rate.ravel(),
        })

    def begun_at(self, start: np.ndarray) -> AreaQuarters:
        """Return the same counts with other starts."""
        return replace(self, start=np.asarray(start, float))

    def only(self, keep: np.ndarray) -> AreaQuarters:
        """Return some of the areas."""
        return replace(self, areas=self.areas[keep], decisions=self.decisions[keep], appeals=self.appeals[keep],
                       offered=self.offered[keep], start=self.start[keep])


def area_quarters(
    casebook: Casebook, *, horizon_days: int = 182, offers: Offers | None = None, history: History | None = None,
    kinds: tuple[str, ...] | None = None,
) -> AreaQuarters:
    """Return the panel of a casebook: whole quarters whose outcome is known, from the first with decisions in every area.

    Parameters
    ----------
    casebook : Casebook
    horizon_days : int
    offers, history
        Where they are there already (`mediation.offers`).
    kinds : tuple of str, optional
        Kinds of decision counted; by default those with five offers or more.

    Raises
    ------
    NotEnoughHistory
        Where no whole quarter is known, or no offer is recorded.
    """
    history = history or History.of(as_it_happened(casebook))
    offers = offers or offers_made(casebook, history)
    made = offers.table
    counts = made["decision_type"].value_counts() if len(made) else pd.Series(dtype=int)
    covered = kinds or tuple(counts[counts >= FEWEST_OFFERS].index)
    if not covered:
        raise NotEnoughHistory("Too few pilot offers are recorded to say which decisions the pilot covers: none has five.")
    facts = history.facts["notice"]
    label = np.asarray(facts.labels["decision_type"], dtype=object)[facts.columns["decision_type"]]
    order = np.lexsort((facts.happened, facts.case))
    order = order[np.isin(label[order], list(covered))]
    rows = Snapshots.of(facts.case[order], facts.happened[order])
    table = pd.DataFrame({
        "area": np.asarray(history.area_names)[history.area_of_case[rows.case]],
        "quarter": pd.PeriodIndex(pd.to_datetime(to_dates(rows.on)), freq="Q"),
        "appeal": appeal_within(history, rows, horizon_days), "offered": np.isin(order, made["notice"].to_numpy()),
    })
    last = table.loc[table["appeal"].isna(), "quarter"].min()
    table = table[table["quarter"] < last] if pd.notna(last) else table
    everywhere = table.groupby("quarter")["area"].nunique()
    full = everywhere.index[everywhere == table["area"].nunique()]
    if not len(full):
        raise NotEnoughHistory("No quarter has decisions with a known outcome in every area.")
    table = table[table["quarter"] >= full.min()]
    return _panel(table, f"{casebook.name}, recorded to {casebook.recorded_to}, {casebook.fingerprint[:12]}")


def _panel(table: pd.DataFrame, data: str) -> AreaQuarters:
    quarters = pd.period_range(table["quarter"].min(), table["quarter"].max(), freq="Q")
    counted = table.assign(decisions=1.0)
    parts = {name: counted.pivot_table(index="area", columns="quarter", values=column, aggfunc="sum", fill_value=0)
             .reindex(columns=quarters, fill_value=0)
             for name, column in (("decisions", "decisions"), ("appeals", "appeal"), ("offered", "offered"))}
    offered = parts["offered"].to_numpy(float)
    # A stray early offer is no start: the first quarter with at least a quarter of the share offered later on.
    share = offered / np.maximum(parts["decisions"].to_numpy(float), 1)
    usual = np.array([row[row > 0].mean() if (row > 0).any() else np.inf for row in share])
    begun = share >= 0.25 * usual[:, None]
    start = np.where(begun.any(axis=1), begun.argmax(axis=1), NEVER).astype(float)
    return AreaQuarters(parts["decisions"].index.to_numpy(), quarters.astype(str).to_numpy(),
                        parts["decisions"].to_numpy(float), parts["appeals"].to_numpy(float), offered, start, data)
