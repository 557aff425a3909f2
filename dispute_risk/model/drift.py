"""The drift watch: whether a released model still fits the authority it is used in, and what to do where it does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.features.searches import Searches
from dispute_risk.model import drift_checks as checks
from dispute_risk.model.appeals_by_month import PAST_YEARS, appeals_by_month, calibration_over_time, seasonal, waiting_shares
from dispute_risk.model.cusum import Chart, blind_spots, poisson_chart
from dispute_risk.model.early_signals import Watched, early_charts
from dispute_risk.model.landmarks import Landmarks, landmarks
from dispute_risk.model.list_change import ListChange, list_change
from dispute_risk.model.population_shift import blank_shares, feature_shift, new_codes, recording_lags
from dispute_risk.model.recalibrated import SIGNALLED_DRIFT, level_since
from dispute_risk.timeline.days import day_number, day_numbers, to_date

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.released import Release
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.timeline.history import History

__all__ = ["DriftWatch", "drift_watch"]

REFERENCE_DAYS = 365


@dataclass(frozen=True)
class DriftWatch:
    """What the watch found on a date.

    Parameters
    ----------
    table : DataFrame
        One row a check: `check`, `about` (what it looks at), `status` ('in order', 'look into', 'act', 'cannot tell'),
        `found` (sentence), `to_do` (sentence, '' where nothing is).
    calibration : Chart
        Appeals by month against the expected ones.
    months, over_time, shift, blanks, lags, codes, blind : DataFrame
        `appeals_by_month`, `calibration_over_time`, `feature_shift`, `blank_shares`, `recording_lags`, `new_codes`, and
        what the chart of appeals does not see.
    early : tuple of Watched
    list_change : ListChange
    level_to_add : float
        What a recalibration now would add to the log-odds; 0 without a signal of the appeals chart.
    authority, release : str
    reference_to, since, as_of : date
    synthetic : bool
    """

    table: pd.DataFrame
    calibration: Chart
    months: pd.DataFrame
    over_time: pd.DataFrame
    shift: pd.DataFrame
    blanks: pd.DataFrame
    lags: pd.DataFrame
    codes: pd.DataFrame
    blind: pd.DataFrame
    early: tuple[Watched, ...]
    list_change: ListChange
    level_to_add: float
    authority: str
    release: str
    reference_to: dt.date
    since: dt.date
    as_of: dt.date
    synthetic: bool

    @property
    def status(self) -> str:
        """The gravest status of all checks: 'act', 'look into' or 'in order'."""
        found = set(self.table["status"])
        return next((one for one in ("act", "look into") if one in found), "in order")

    @property
    def use(self) -> str:
        """What the lists should be made with until it is settled: 'model' or 'points' (methods 10)."""
        grave = self.table[self.table["status"] == "act"]
        return "points" if grave["check"].isin(checks.FALLS_BACK).any() else "model"

    def summary(self) -> str:
        """Return the status and every check that asks for something."""
        raised = self.table[self.table["status"].isin(["act", "look into"])]
        lines = [f"{row.status}: {row.about}. {row.found} {row.to_do}" for row in list[Any](raised.itertuples())]
        blind = self.table[self.table["status"] == "cannot tell"]
        return "\n".join([
            f"Drift watch of {self.release} on {self.as_of}: {self.status}.", *lines,
            *([f"Cannot tell: {', '.join(blind['about'])}."] if len(blind) else []),
            *(["Until this is settled, make the lists with the points."] if self.use == "points" else []),
        ])


def drift_watch(
    casebook: Casebook, history: History, catalogue: Catalogue, release: Release, as_of: dt.date, *,
    since: dt.date | None = None, capacity: int = 10, weight: np.ndarray | None = None,
) -> DriftWatch:
    """Hold an authority's records against those its model was released on.

    Parameters
    ----------
    casebook, history
        The records and their history, with nothing known after `as_of`.
    catalogue : Catalogue
        The features of the release, in its order.
    release : Release
    as_of : date
    since : date, optional
        Start the charts anew on this day, after a signal was explained; the as-of date of the release where not given.
    capacity : int
        Cases an area can act on in a week.
    weight : ndarray, optional
        Weights of the monthly rows that undo routing by design; see `appeals_by_month`.

    Raises
    ------
    NotEnoughHistory
        Where no case is at risk on any landmark.
    """
    reference_to = dt.date.fromisoformat(release.manifest["as_of"])
    since = since or reference_to
    searches = Searches(history)
    rows = landmarks(history, catalogue, last=as_of, horizon_days=int(release.manifest["horizon_days"]), searches=searches)
    risk = release.fitted.risk(rows.features.loc[:, list(release.fitted.names)].to_numpy(np.float64))
    shares = waiting_shares(rows, reference_to)
    past = appeals_by_month(rows, risk, shares, since - dt.timedelta(days=round(365.25 * PAST_YEARS)), since, weight)
    months = seasonal(appeals_by_month(rows, risk, shares, since, as_of, weight), past)
    before = appeals_by_month(rows, risk, shares, _earlier(reference_to), reference_to, weight)
    appeals = max(float(before["observed"].sum()), 1.0)
    chart = poisson_chart(months["month_ends_on"].to_numpy(), months["observed"].to_numpy(),
                          months["expected"].to_numpy(), appeals)
    reference, now = _reference(rows, reference_to), _latest(rows)
    each_month = float(months["expected"].mean()) if len(months) else appeals / max(len(before), 1)
    found = checks.Findings(
        chart, before, months, early_charts(casebook, history, reference_to, as_of, since=since),
        feature_shift(reference, now), blank_shares(casebook, as_of, reference_to),
        recording_lags(casebook, as_of, reference_to), new_codes(casebook, as_of, since),
        list_change(searches, catalogue, release.fitted, as_of, capacity),
        _usual(reference, risk, rows),
    )
    table = checks.table_of(found, catalogue, release, as_of)
    raised = bool((table.loc[table["check"] == "appeals", "status"] == "act").any())
    return DriftWatch(
        table, chart, months, calibration_over_time(rows, risk, as_of),
        found.shift, found.blanks, found.lags, found.codes, blind_spots(each_month, reference=appeals), found.early,
        found.list_change, _delta(release, rows, shares, chart, months, as_of, raised), casebook.name, release.name,
        reference_to, since, as_of, casebook.synthetic,
    )


def _earlier(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=REFERENCE_DAYS)


def _reference(rows: Landmarks, until: dt.date) -> Landmarks:
    """Return the rows of the year before the release; where it is short, the rows there are up to it."""
    on, end = day_numbers(rows.on), day_number(until)
    inside = (on > end - REFERENCE_DAYS) & (on <= end)
    return rows.where(inside if inside.any() else on <= max(end, int(on.min())))


def _latest(rows: Landmarks) -> Landmarks:
    return rows.where(rows.on == rows.on.max())


def _usual(reference: Landmarks, risk: np.ndarray, rows: Landmarks) -> pd.DataFrame:
    """Return cases at risk and the sum of their risks on each landmark of the reference."""
    inside = (rows.on >= reference.on.min()) & (rows.on <= reference.on.max())
    grouped = pd.DataFrame({"on": rows.on[inside], "risk": risk[inside]}).groupby("on")["risk"].agg(["size", "sum"])
    return grouped.set_axis(["at_risk", "expected"], axis=1).reset_index()


def _delta(
    release: Release, rows: Landmarks, shares: dict[str, np.ndarray], chart: Chart, months: pd.DataFrame, as_of: dt.date,
    raised: bool,
) -> float:
    """Return what to add to the log-odds since the change the chart points to; 0 without a signal."""
    if not chart.stands or not raised:
        return 0.0
    first = to_date(int(day_numbers(months["month"].to_numpy()[[min(chart.since, len(months) - 1)]])[0]))
    return level_since(release.fitted, rows, shares, first or as_of, as_of, SIGNALLED_DRIFT)
