"""What the records say of the pilot: offers, meetings and appeals by area, as they were known on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.history import History

__all__ = ["PilotFacts", "pilot_facts"]

YEAR_DAYS, HORIZON_DAYS, TAKE_UP_DAYS = 365, 182, 91
"""A year of offers; how long after a decision an appeal counts; how long an offer is given to come to a meeting."""
OFFER_AFTER_DAYS = 61
"""An offer within about two months of a decision is taken to be about it: the time in which it can be appealed."""
HEARD = ("upheld_family", "upheld_part", "dismissed")
HELD = ("held_agreed", "held_partly", "held_not_agreed")


@dataclass(frozen=True)
class PilotFacts:
    """Counts for a business case; all of them known on the as-of date.

    Parameters
    ----------
    as_of : date
    by_area : DataFrame
        Index: area. `decisions`, `offers`, `appeals` in the year to the as-of date; `ever_offered`.
    offers_followed, meetings_held : int
        Offers old enough (91 days) to have come to a meeting, all years, and those that did.
    appeals_closed, appeals_decided : int
        Appeals closed, and those of them that the Tribunal decided; all years.
    offered_decisions, offered_appealed : int
        Decisions more than 26 weeks old, since the first offer, with an offer, and those with an appeal within 26 weeks.
    other_decisions, other_appealed : int
        The same without an offer, in the areas and from the day of the first offer in each.
    met, met_appealed : int
        Meetings held more than 26 weeks ago, and those followed by an appeal within 26 weeks.
    """

    as_of: dt.date
    by_area: pd.DataFrame
    offers_followed: int
    meetings_held: int
    appeals_closed: int
    appeals_decided: int
    offered_decisions: int
    offered_appealed: int
    other_decisions: int
    other_appealed: int
    met: int
    met_appealed: int

    @property
    def pilot_areas(self) -> list[str]:
        """Areas with an offer in the year to the as-of date."""
        return [str(area) for area in self.by_area.index[self.by_area["offers"] > 0]]

    @property
    def offers_a_year(self) -> int:
        """Offers in the year to the as-of date."""
        return int(self.by_area["offers"].sum())

    @property
    def offers_everywhere(self) -> float:
        """Offers a year if every area offered as often, per decision, as the pilot's areas do."""
        pilot = self.by_area["offers"] > 0
        decisions = self.by_area.loc[pilot, "decisions"].sum()
        return float(self.offers_a_year / decisions * self.by_area["decisions"].sum()) if decisions else float("nan")

    @property
    def appeal_rate_without(self) -> float:
        """Appeals per 100 decisions without an offer: no estimate of what the families offered would have done."""
        return 100 * self.other_appealed / self.other_decisions if self.other_decisions else float("nan")

    @property
    def table(self) -> pd.DataFrame:
        """The counts by area."""
        return self.by_area.rename_axis("area").reset_index()


def pilot_facts(history: History, outcomes: pd.DataFrame, as_of: dt.date) -> PilotFacts:
    """Count offers, meetings and appeals.

    Parameters
    ----------
    history : History
        Of records cut at the as-of date.
    outcomes : DataFrame
        The appeals table of the same records, for how appeals ended.
    as_of : date

    Notes
    -----
    These are counts. Who was offered a meeting, and who took it up, is not chance, so the rates beside one another are
    no effect; that is the work of `mediation.effect`.
    """
    today = day_number(as_of)
    frames = {name: _frame(history, name, today) for name in ("notice", "pilot_offer", "mediation_held", "appeal")}
    notices, offers, held, appeals = frames.values()
    offers = offers.assign(held=_within(offers, held, TAKE_UP_DAYS))
    old_offers = offers[offers["day"] <= today - TAKE_UP_DAYS]
    offered = offers[["case", "day"]]
    met = offers.loc[offers["held"] >= 0, ["case", "held"]].rename(columns={"held": "day"}).drop_duplicates()
    met = met[met["day"] <= today - HORIZON_DAYS]
    compared = _decisions_compared(history, notices, offered, appeals, today)
    with_offer = compared["offered"].to_numpy(bool)
    appealed = compared["appealed"].to_numpy(bool)
    closed = outcomes["outcome"].dropna().astype(str) if "outcome" in outcomes else pd.Series(dtype="str")
    return PilotFacts(
        as_of, _by_area(history, notices, offered, appeals, today), len(old_offers), int((old_offers["held"] >= 0).sum()),
        len(closed), int(closed.isin(HEARD).sum()), int(with_offer.sum()), int((with_offer & appealed).sum()),
        int((~with_offer).sum()), int((~with_offer & appealed).sum()), len(met),
        int((_within(met, appeals, HORIZON_DAYS) >= 0).sum()),
    )


def _frame(history: History, kind: str, today: int) -> pd.DataFrame:
    facts = history.facts[kind]
    known = facts.known <= today
    return pd.DataFrame({"case": facts.case[known], "day": facts.happened[known]}).drop_duplicates()


def _within(rows: pd.DataFrame, later: pd.DataFrame, days: int) -> np.ndarray:
    """Return for each row the first later day of the same case within so many days, -1 where there is none."""
    if rows.empty or later.empty:
        return np.full(len(rows), -1)
    left = rows.assign(row=np.arange(len(rows)))[["row", "case", "day"]]
    pairs = left.merge(later[["case", "day"]], on="case", suffixes=("", "_later"))
    near = pairs[(pairs["day_later"] >= pairs["day"]) & (pairs["day_later"] <= pairs["day"] + days)]
    first = near.groupby("row")["day_later"].min()
    found = np.full(len(rows), -1)
    found[first.index.to_numpy(int)] = first.to_numpy(int)
    return found


def _decisions_compared(
    history: History, notices: pd.DataFrame, offered: pd.DataFrame, appeals: pd.DataFrame, today: int
) -> pd.DataFrame:
    """Return decisions old enough to judge, in areas and from days with offers: whether offered, whether appealed."""
    area = history.area_of_case
    starts = pd.Series(offered["day"].to_numpy(), index=area[offered["case"].to_numpy(int)]).groupby(level=0).min()
    begun = pd.Series(area[notices["case"].to_numpy(int)]).map(starts).to_numpy(float)
    day = notices["day"].to_numpy(float)
    rows = notices[(day >= begun) & (day <= today - HORIZON_DAYS)]
    return rows.assign(offered=_within(rows, offered, OFFER_AFTER_DAYS) >= 0,
                       appealed=_within(rows, appeals, HORIZON_DAYS) >= 0)


def _by_area(
    history: History, notices: pd.DataFrame, offered: pd.DataFrame, appeals: pd.DataFrame, today: int
) -> pd.DataFrame:
    def count(frame: pd.DataFrame, since: int) -> np.ndarray:
        recent = frame[(frame["day"] > since) & (frame["day"] <= today)]
        return np.bincount(history.area_of_case[recent["case"].to_numpy(int)], minlength=len(history.area_names))

    year = today - YEAR_DAYS
    table = pd.DataFrame({"decisions": count(notices, year), "offers": count(offered, year),
                          "appeals": count(appeals, year), "ever_offered": count(offered, -1)},
                         index=[str(name) for name in history.area_names])
    return table.sort_index()
