"""The pilot's offers: each with the decision it was about, and whether a meeting was held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.records.tables import RECORDED
from dispute_risk.timeline.days import NO_DAY, day_numbers
from dispute_risk.timeline.history import History

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["Offers", "as_it_happened", "offers_made"]

OLDEST_DECISION_DAYS = 122
"""An offer more than two months and a certificate's two after a decision is about something else."""


@dataclass(frozen=True)
class Offers:
    """Offers made under the pilot.

    Parameters
    ----------
    table : DataFrame
        One row an offer: case (number), area, decision_type, day, notice (number of the decision), notice_day, held_day (NaN
        where no meeting was held).
    left_out : dict of str to int
        Offers that fit no decision, by reason.
    """

    table: pd.DataFrame
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def take_up(self) -> float:
        """Meetings held per offer made."""
        return float(self.table["held_day"].notna().mean()) if len(self.table) else np.nan

    def held_days(self, notice: np.ndarray) -> np.ndarray:
        """Return the day of the meeting about each decision; -1 where none was held."""
        held = self.table.set_index("notice")["held_day"]
        return pd.Series(notice).map(held).fillna(-1).to_numpy()


def as_it_happened(casebook: Casebook) -> Casebook:
    """Return the casebook with every fact on the day it happened, whenever it was recorded.

    A study looks back. What was true of a case before the offer may have moved the choice, whether or not the system knew
    it yet; and an appeal counts on the day it was registered. Nothing here is a forecast.
    """
    tables = {name: frame.drop(columns=[one for one in frame.columns if one.endswith(RECORDED)])
              for name, frame in casebook.tables.items()}
    return casebook.with_tables(tables)


def offers_made(casebook: Casebook, history: History) -> Offers:
    """Return the pilot's offers, each matched with the latest decision of its kind.

    Parameters
    ----------
    casebook : Casebook
    history : History
        Of the casebook as it happened.
    """
    columns = ["case", "area", "decision_type", "day", "notice", "notice_day", "held_day"]
    if not (casebook.has("mediations", "offered_on") and casebook.has("mediations", "pilot")):
        return Offers(pd.DataFrame(columns=columns))
    rows = casebook.tables["mediations"]
    rows = rows[(rows["pilot"] == 1) & rows["offered_on"].notna()]
    number = pd.Index(history.case_id).get_indexer(pd.Index(rows["case_id"].astype(str)))
    held = (day_numbers(rows["held_on"].to_numpy()) if casebook.has("mediations", "held_on")
            else np.full(len(rows), NO_DAY))
    asked = pd.DataFrame({
        "case": number, "decision_type": rows["decision_type"].astype(str).to_numpy(),
        "day": day_numbers(rows["offered_on"].to_numpy()).astype(np.int64),
        "held_day": np.where(held == NO_DAY, np.nan, held), "order": np.arange(len(rows)),
    })
    facts = history.facts["notice"]
    kind = np.asarray(facts.labels["decision_type"], dtype=object)[facts.columns["decision_type"]]
    notices = pd.DataFrame({"case": facts.case, "decision_type": kind.astype(str), "notice": np.arange(len(facts)),
                            "notice_day": facts.happened.astype(np.int64)})
    pairs = asked[asked["case"] >= 0].merge(notices, on=["case", "decision_type"])
    pairs = pairs[(pairs["notice_day"] <= pairs["day"]) & (pairs["day"] - pairs["notice_day"] <= OLDEST_DECISION_DAYS)]
    pairs = pairs.sort_values(["order", "notice_day"]).drop_duplicates("order", keep="last")
    matched = pairs.sort_values(["notice", "day"]).drop_duplicates("notice")  # a second offer is not a second start
    area = np.asarray(history.area_names)[history.area_of_case[matched["case"].to_numpy(np.int64)]]
    left = {"about no decision in the records": len(asked) - len(pairs),
            "second offers on the same decision": len(pairs) - len(matched)}
    return Offers(matched.assign(area=area)[columns].reset_index(drop=True), left)
