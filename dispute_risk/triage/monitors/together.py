"""All monitors of one day together, as the page and the workbook show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.timeline.history import History
from dispute_risk.triage.monitors.appeals_by_risk import RisksAddedUp, risks_added_up
from dispute_risk.triage.monitors.data_gaps import DataGaps, data_gaps
from dispute_risk.triage.monitors.forecast import Forecast, forecast
from dispute_risk.triage.monitors.order_served import OrderServed, order_served
from dispute_risk.triage.monitors.response_times import ResponseTimes, response_times
from dispute_risk.triage.monitors.review_backlog import ReviewBacklog, review_backlog
from dispute_risk.triage.selection import select
from dispute_risk.triage.snapshot import open_cases

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.fitted import FittedRisk

__all__ = ["Monitors", "monitors"]


@dataclass(frozen=True)
class Monitors:
    """The monitors of one day.

    Parameters
    ----------
    replies : ResponseTimes
    reviews : ReviewBacklog
    ahead : Forecast
    order : OrderServed
    gaps : DataGaps
    by_risk : RisksAddedUp or None
        Where a model was given.
    as_of : date
    authority, data_note : str
    synthetic : bool
    release : str
        Name of the model's release; '' without one.
    """

    replies: ResponseTimes
    reviews: ReviewBacklog
    ahead: Forecast
    order: OrderServed
    gaps: DataGaps
    by_risk: RisksAddedUp | None
    as_of: dt.date
    authority: str
    data_note: str
    synthetic: bool
    release: str = ""

    def summary(self) -> str:
        """Return each monitor in a sentence or two, one a line."""
        by_risk = [self.by_risk.summary()] if self.by_risk is not None else []
        return "\n".join([self.replies.summary(), self.reviews.summary(), self.ahead.summary(), *by_risk,
                          self.order.summary(), self.gaps.summary()])

    def headlines(self) -> dict[str, object]:
        """Return the few figures that a program would follow from month to month."""
        reviews = self.reviews.areas.iloc[0]
        return {
            "as_of": self.as_of.isoformat(), "authority": self.authority, "invented": self.synthetic,
            "messages_without_reply_date": int(self.replies.waiting.iloc[0]["no_reply_date"]),
            "reviews_overdue": int(reviews["overdue"]), "plans_in_force": int(reviews["plans_in_force"]),
            "expected_in_12_months": {name: None if one.cannot else round(one.total[0], 1)
                                      for name, one in self.ahead.streams.items()},
            "passed_over_now": len(self.order.overtaken), "gaps_that_touch_the_lists": len(self.gaps.table),
        }


def monitors(
    casebook: Casebook, as_of: dt.date, *, data_note: str = "", fitted: FittedRisk | None = None,
    catalogue: Catalogue = STANDARD, horizon_days: int = 182, capacity: int = 10, release: str = "", random_state: int = 0,
) -> Monitors:
    """Return every monitor of a day.

    Parameters
    ----------
    casebook : Casebook
        Facts recorded after `as_of` are not used.
    as_of : date
        The last day recorded, where that is earlier.
    data_note : str
        A sentence on the data, for the foot of the page.
    fitted, catalogue, horizon_days, release
        A model with its features, its horizon and its name; without one nothing is said of risks.
    capacity : int
        Cases an area can act on, for the list of likely disputes that gaps are held against.
    random_state : int
        Seed of the ranges of the order served.
    """
    # What comes after the end of the records is not silence: waits are counted to the last day recorded at most.
    as_of = min(as_of, casebook.recorded_to)
    known = known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook
    likely, by_risk = None, None
    if fitted is not None:
        cases = open_cases(Searches(History.of(known)), catalogue, fitted, as_of, ranges=False)
        chosen = select(cases, capacity)["likely_disputes"].values()
        likely = set(cases.case_id[np.concatenate([np.zeros(0, int), *chosen])])
        by_risk = risks_added_up(cases, horizon_days)
    return Monitors(
        response_times(known, as_of), review_backlog(known, as_of), forecast(known, as_of),
        order_served(known, as_of, random_state), data_gaps(known, as_of, likely, catalogue), by_risk, as_of,
        casebook.name, data_note, casebook.synthetic, release,
    )
