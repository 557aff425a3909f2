"""Who could have been offered a meeting each week of the pilot, who was, and what came of it: one trial a week."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.features.build import build_features
from dispute_risk.mediation.confounders import adjusted_columns, confounder_catalogue
from dispute_risk.mediation.offers import Offers, as_it_happened, offers_made
from dispute_risk.timeline.days import to_dates
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import appeal_within, standing

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.records.casebook import Casebook

__all__ = ["HORIZON_DAYS", "Eligible", "eligible_offers"]

HORIZON_DAYS = 182
"""Outcome: an appeal registered within 26 weeks of the day (methods 7.1)."""
FEWEST_OFFERS = 5
"""A kind of decision with fewer offers is left out: nobody alike was offered."""
MOST_GAPS = 0.95
"""Weeks since the decision are followed until this share of offers has been made."""
ALMOST_ALL = 0.99
"""No offer is looked for sooner after the decision than this share of offers came."""


@dataclass(frozen=True)
class Eligible:
    """Cases that could be offered a meeting, one row a decision and week, until they are offered or in dispute.

    Parameters
    ----------
    rows : DataFrame
        case_id, area, family, on (time zero), decision_type, notice_on, weeks_since (the decision), offered, offered_later (on
        the same decision, in a later week), attended (a meeting was held within 26 weeks), outcome (1, 0, NaN not yet
        known), notice (number of the decision).
    features : DataFrame
        What was true of each row on its day, whenever it was recorded.
    columns : ndarray
        The features made ready for the models (`confounders.adjusted_columns`).
    names : list of str
        Names of the columns.
    left_out : dict of str to int
        Offers that are not in the study, by reason.
    horizon_days : int
    data : str
        The records these come from.
    history : History
        Facts by the day they happened.
    offers : Offers
    """

    rows: pd.DataFrame
    features: pd.DataFrame
    columns: np.ndarray
    names: list[str]
    left_out: dict[str, int]
    horizon_days: int
    data: str
    history: History = field(repr=False)
    offers: Offers = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def known(self) -> np.ndarray:
        """Mask of the rows whose outcome is known."""
        return self.rows["outcome"].notna().to_numpy()

    def where(self, mask: np.ndarray) -> Eligible:
        """Return the rows of a mask, or of positions."""
        at = np.flatnonzero(mask) if np.asarray(mask).dtype == bool else np.asarray(mask)
        return replace(self, rows=self.rows.iloc[at].reset_index(drop=True), columns=self.columns[at],
                       features=self.features.iloc[at].reset_index(drop=True))

    def with_rows(self, **columns: Any) -> Eligible:
        """Return the same rows with further columns, or others."""
        return replace(self, rows=self.rows.assign(**columns))

    def with_outcome(self, outcome: np.ndarray) -> Eligible:
        """Return the same rows with another outcome, for a placebo."""
        return replace(self, rows=self.rows.assign(outcome=outcome))

    def summary(self) -> str:
        """Return who is in the study and who is not, in two sentences."""
        known = self.rows[self.known]
        left = "; ".join(f"{count} {why}" for why, count in self.left_out.items() if count)
        return (f"{len(known):,} rows of {known['notice'].nunique():,} decisions with a known outcome, "
                f"{int(known['offered'].sum()):,} of them offered a meeting in that week."
                + (f" Offers left out: {left}." if left else ""))


def eligible_offers(
    casebook: Casebook, *, catalogue: Catalogue | None = None, any_of: dict[str, tuple[str, ...]] | None = None,
    horizon_days: int = HORIZON_DAYS, offers: Offers | None = None, history: History | None = None,
) -> Eligible:
    """Return the sequence of weekly trials the pilot amounts to.

    A case is in the trial of a week if on that week's day (the weekday on which most offers go out) a decision of a kind
    the pilot covers can be appealed, its area makes offers, it was not offered a meeting on that decision before, and it
    is not in dispute. Time zero is that day for both groups, so nobody is counted as safe for time spent waiting.

    Parameters
    ----------
    casebook : Casebook
    catalogue : Catalogue, optional
        By default the features of `CONFOUNDERS`.
    any_of : dict of str to tuple of str, optional
        The pilot's own rule: for a kind of decision, features of which at least one must be 1 or more.
    horizon_days : int
    offers : Offers, optional
        By default every pilot offer in the records.
    history : History, optional
        Of the casebook as it happened, where it is there already.

    Raises
    ------
    NotEnoughHistory
        Where the records hold no pilot offer on a decision, or none that can be followed.
    """
    history = history or History.of(as_it_happened(casebook))
    offers = offers or offers_made(casebook, history)
    if not len(offers.table):
        raise NotEnoughHistory("The records hold no offer of a meeting under the pilot: mediations needs offered_on and "
                               "pilot = 1. Fill them in, or give another casebook.")
    rows, left_out = _weekly_rows(history, offers)
    snapshots = Snapshots.of(rows["case"].to_numpy(), rows["day"].to_numpy())
    wanted = catalogue or confounder_catalogue()
    features = build_features(history, snapshots, wanted)
    rows["outcome"] = appeal_within(history, snapshots, horizon_days).astype(float)
    fits = _by_rule(rows, features, any_of)
    left_out["by the rule given, not to be offered"] = int(rows["offered"][~fits].sum())
    rows, features = rows[fits].reset_index(drop=True), features[fits].reset_index(drop=True)
    if not rows["offered"].any():
        raise NotEnoughHistory("No pilot offer can be matched with a decision that could be appealed on that day. Check "
                               "decision_type and offered_on in mediations against the decisions.")
    on = to_dates(rows["day"].to_numpy())
    rows = rows.assign(case_id=history.case_id[rows["case"]], family=history.family[rows["case"]], on=on.astype("M8[s]"))
    columns, names = adjusted_columns(features, wanted, on, rows["area"].to_numpy(), rows["decision_type"].to_numpy())
    data = f"{casebook.name}, recorded to {casebook.recorded_to}, {casebook.fingerprint[:12]}"
    return Eligible(rows, features, columns, names, left_out, horizon_days, data, history, offers)


def _by_rule(rows: pd.DataFrame, features: pd.DataFrame, any_of: dict[str, tuple[str, ...]] | None) -> np.ndarray:
    fits = np.ones(len(rows), bool)
    for kind, names in (any_of or {}).items():
        some = (features[list(names)].fillna(0) >= 1).any(axis=1).to_numpy()
        fits &= (rows["decision_type"] != kind).to_numpy() | some
    return fits


def _weekly_rows(history: History, offers: Offers) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return one row for each decision and week in which an offer could still be made."""
    made = offers.table
    weekday, soonest, weeks = _rhythm(made)
    notices = _notices(history, made)
    first = _first_day(notices["notice_day"], weekday, soonest)
    grid = notices.loc[notices.index.repeat(weeks + 1)].copy()
    grid["weeks_since"] = np.tile(np.arange(weeks + 1), len(notices))
    grid["day"] = first.to_numpy().repeat(weeks + 1) + 7 * grid["weeks_since"]
    area = made.groupby("area")["day"].agg(["min", "max"])
    grid["area"] = np.asarray(history.area_names)[history.area_of_case[grid["case"]]]
    grid = grid[grid["area"].isin(area.index)]
    begins, ends = (grid["area"].map(area[name]).to_numpy() for name in ("min", "max"))
    grid = grid[(grid["day"] > begins - 7) & (grid["day"] <= ends) & (grid["day"] <= grid["closes_day"])]
    offer = grid["notice"].map(made.set_index("notice")["day"])
    grid = grid.assign(offered=(offer >= grid["day"]) & (offer < grid["day"] + 7), offered_later=offer >= grid["day"] + 7)
    grid = grid[offer.isna() | (offer >= grid["day"])]
    # Of two decisions in the same week the later one is the live one.
    grid = grid.sort_values(["case", "day", "notice_day"]).drop_duplicates(["case", "day"], keep="last")
    snapshots = Snapshots.of(grid["case"].to_numpy(), grid["day"].to_numpy())
    stands = standing(history, snapshots)
    grid = grid[stands.at_risk & (stands.state == "window_open")].reset_index(drop=True)
    attended = offers.held_days(grid["notice"].to_numpy())
    grid["attended"] = (attended > grid["day"]) & (attended <= grid["day"] + HORIZON_DAYS)
    seen = made["notice"].isin(grid.loc[grid["offered"], "notice"]).sum()
    left = dict(offers.left_out)
    left["made when the case was in dispute, late, or on a kind of decision with few offers"] = int(len(made) - seen)
    return grid, left


def _rhythm(made: pd.DataFrame) -> tuple[int, int, int]:
    """Return the weekday from which offers follow soonest, the days a decision takes to reach the pilot, and for how many
    further weeks offers are made."""
    waits = [((made["day"] - weekday) % 7).mean() for weekday in range(7)]
    weekday = int(np.argmin(waits))
    soonest = int(np.quantile(made["day"] - made["notice_day"], 1 - ALMOST_ALL, method="lower"))
    after = np.maximum(made["day"] - _first_day(made["notice_day"], weekday, soonest), 0) // 7
    return weekday, soonest, int(np.quantile(after, MOST_GAPS))


def _first_day(notice_day: pd.Series, weekday: int, soonest: int) -> pd.Series:
    return notice_day + soonest + (weekday - notice_day - soonest) % 7


def _notices(history: History, made: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions of the kinds that were offered meetings at all."""
    facts: Facts = history.facts["notice"]
    labels = np.asarray(facts.labels["decision_type"], dtype=object)
    table = pd.DataFrame({
        "case": facts.case, "notice": np.arange(len(facts)), "notice_day": facts.happened.astype(np.int64),
        "closes_day": facts.columns["closes_on"].astype(np.int64), "decision_type": labels[facts.columns["decision_type"]],
        "notice_on": to_dates(facts.happened).astype("M8[s]"),
    })
    kinds = made["decision_type"].value_counts()
    return table[table["decision_type"].isin(kinds[kinds >= FEWEST_OFFERS].index)]
