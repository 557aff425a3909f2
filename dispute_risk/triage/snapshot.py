"""All open cases on one date: where each stands, its features, its risk and what drives it, its broken duties."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.features.build import build_features
from dispute_risk.features.declare import Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.outcome import standing
from dispute_risk.triage.breach_index import DUTIES, facts_of, outstanding_duties

if TYPE_CHECKING:
    from dispute_risk.model.fitted import FittedRisk

__all__ = ["OpenCases", "open_cases"]


@dataclass(frozen=True)
class OpenCases:
    """The open cases of an authority as they stood on a date.

    Parameters
    ----------
    searches : Searches
    catalogue : Catalogue
    rows : Snapshots
        Cases at risk, and those already in dispute.
    state : ndarray of str
        Key of `timeline.outcome.STATES`; '' for a case in dispute of which nothing else is open.
    in_dispute : ndarray of bool
    features : DataFrame
    risk, low, high : ndarray
        NaN for cases in dispute. The range covers 80 % of the bootstrap refits.
    fitted : FittedRisk
    as_of : date
    """

    searches: Searches
    catalogue: Catalogue
    rows: Snapshots
    state: np.ndarray
    in_dispute: np.ndarray
    features: pd.DataFrame
    risk: np.ndarray
    low: np.ndarray
    high: np.ndarray
    fitted: FittedRisk
    as_of: dt.date

    @cached_property
    def case_id(self) -> np.ndarray:
        """Identifier of each row."""
        return self.searches.history.case_id[self.rows.case]

    @cached_property
    def area(self) -> np.ndarray:
        """Name of the area of each row."""
        history = self.searches.history
        return np.asarray(history.area_names)[history.area_of_case[self.rows.case]]

    def column(self, name: str) -> np.ndarray:
        """Return one feature of every row; asked for one case after another, it is taken from the table once."""
        if name not in self._columns:
            self._columns[name] = self.features[name].to_numpy()
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def told(self) -> dict[tuple[int, bool, dt.date], Any]:
        """What has been told already: by row, with or without its risk, and date of the list before (`triage.told`)."""
        return {}

    def contributions(self, rows: np.ndarray) -> np.ndarray:
        """Return what each feature adds to the log-odds of some rows."""
        return self.fitted.contributions(self.features.iloc[rows].to_numpy(np.float64))[1]

    @cached_property
    def duties(self) -> pd.DataFrame:
        """Every broken duty of each row, worst first (`triage.breach_index`)."""
        return outstanding_duties(self.searches.history, self.rows)

    @cached_property
    def duty_facts(self) -> dict[str, Facts]:
        """The facts that `duties` cites, by duty."""
        return {duty.name: facts_of(self.searches.history, duty) for duty in DUTIES}

    @cached_property
    def breach(self) -> np.ndarray:
        """Breach index of each row."""
        return np.bincount(
            self.duties["row"].to_numpy(), weights=self.duties["points"].to_numpy(), minlength=len(self.rows)
        )

    @cached_property
    def statutory(self) -> np.ndarray:
        """Mask of the rows with a broken duty that the law sets (silence alone is not one)."""
        broken = self.duties["row"][self.duties["duty"] != "silence"].to_numpy()
        return np.bincount(broken, minlength=len(self.rows)) > 0

    def positions_of(self, cases: np.ndarray) -> np.ndarray:
        """Return the row of each case number, -1 where the case has none."""
        place = np.full(len(self.searches.history.case_id), -1, np.int64)
        place[self.rows.case] = np.arange(len(self.rows))
        return place[cases]


def open_cases(
    searches: Searches, catalogue: Catalogue, fitted: FittedRisk, as_of: dt.date, ranges: bool = True
) -> OpenCases:
    """Return every open case on a date, with what was known by then and nothing else.

    Parameters
    ----------
    searches : Searches
        Of the history.
    catalogue : Catalogue
        The features of the model, in its order.
    fitted : FittedRisk
    as_of : date
    ranges : bool
        Work out the range of each risk; without it the range is the risk itself.
    """
    history = searches.history
    on = day_number(as_of)
    everyone = Snapshots.of(np.arange(len(history.case_id), dtype=np.int32), on)
    stands = standing(history, everyone)
    keep = (stands.state != "") | stands.in_dispute
    rows, in_dispute = everyone.take(keep), stands.in_dispute[keep]
    features = build_features(history, rows, catalogue, searches)
    values = features.to_numpy(np.float64)
    if ranges and len(rows) and len(fitted.line.refits):
        estimates = fitted.risk_and_interval(values)
    else:
        risk = fitted.risk(values) if len(rows) else np.zeros(0)
        estimates = (risk, risk, risk)
    risk, low, high = (np.where(in_dispute, np.nan, one) for one in estimates)
    return OpenCases(
        searches, catalogue, rows, stands.state[keep], in_dispute, features, risk, low, high, fitted, as_of
    )
