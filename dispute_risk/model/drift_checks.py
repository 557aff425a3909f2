"""What each check of the drift watch looks at, when it speaks up, and what is then to be done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.model.cusum import Chart
from dispute_risk.model.early_signals import Watched
from dispute_risk.model.list_change import ListChange

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.released import Release

__all__ = ["FALLS_BACK", "LEGAL_DATES", "Findings", "LegalDate", "table_of"]

FALLS_BACK = frozenset({"appeals", "expiry", "law"})
"""Checks that, at 'act', send the lists back to the points until people have settled it (methods 10)."""
FALSE_ALARMS_A_YEAR = {"early signals": 0.6, "appeals": 0.2, "features": 0.1, "everything else": 0.1}
"""With nothing changed, all checks together ask for a look once a year on average. The parts are designed to this sum: run
lengths of 20 months for all early charts and of 60 for the chart of appeals, a limit for all features together, and wide
limits for the others (`benchmarks/drift_watch.py` measures what comes of it)."""
SOON_DAYS = 60
"""An end this near is told of."""
MOST_NEW, NEW_BY_CHANCE = 0.4, 0.01
"""Share of a list that may be new in a week (methods 10), and how rare a larger one must be by chance: of a
list of forty, twenty-three or more. The list is looked at every month."""
LARGEST_CHANGE = 0.25
SHOWN, FEWEST_APPEALS = 3, 5
QUIET_FAMILIES = frozenset({"caseload"})
"""Features about whole teams: a few officers move them for all cases at once, so that the limit of chance, which takes
cases as separate, does not hold for them. They are shown and raise nothing."""
NO_CHANCE = 2.58
"""99 % range of a normal variable."""


@dataclass(frozen=True)
class LegalDate:
    """A change of law that the model cannot learn its way through.

    Parameters
    ----------
    from_on : date
    what, source : str
    in_force : bool
        False for a proposal: then only a reminder is given.
    """

    from_on: dt.date
    what: str
    source: str
    in_force: bool


LEGAL_DATES: tuple[LegalDate, ...] = (
    LegalDate(dt.date(2029, 1, 1), "Proposed from 2029: needs assessed anew at each change of phase, and a Tribunal that no "
              "longer names the school. Appeals of the old law then say little about those of the new",
              "White Paper of 23 February 2026 (a proposal, not law)", False),
)
"""Dates after which what was learned no longer holds; kept as data, to be edited when the law is made."""


@dataclass(frozen=True)
class Findings:
    """Everything the checks read.

    Parameters
    ----------
    chart : Chart
    before, months : DataFrame
        Appeals by month before the release, and since.
    early : tuple of Watched
    shift, blanks, lags, codes : DataFrame
    list_change : ListChange
    usual : DataFrame
        `on`, `at_risk`, `expected`: cases at risk and the sum of their risks on each landmark of the reference year.
    """

    chart: Chart
    before: pd.DataFrame
    months: pd.DataFrame
    early: tuple[Watched, ...]
    shift: pd.DataFrame
    blanks: pd.DataFrame
    lags: pd.DataFrame
    codes: pd.DataFrame
    list_change: ListChange
    usual: pd.DataFrame


Row = dict[str, str]


def table_of(found: Findings, catalogue: Catalogue, release: Release, as_of: dt.date) -> pd.DataFrame:
    """Return one row a check, as `DriftWatch.table` describes it."""
    rows = [_appeals(found), _base_rate(found), *(_early(one) for one in found.early), _features(found, catalogue),
            _blanks(found), _lags(found), _codes(found), _churn(found), _size(found), _expiry(release, as_of), *_law(as_of)]
    return pd.DataFrame(rows, columns=["check", "about", "status", "found", "to_do"])


def _row(check: str, about: str, status: str, found: str, to_do: str = "") -> Row:
    return {"check": check, "about": about, "status": status, "found": found, "to_do": to_do}


def _said(day: object) -> str:
    """Return a day as an officer writes it.

    >>> _said(np.datetime64("2025-03-03"))
    '3 March 2025'
    """
    date = pd.Timestamp(str(day))
    return f"{date.day} {date:%B %Y}"


def _appeals(found: Findings) -> Row:
    about, chart = "appeals registered against those expected, month by month", found.chart
    if found.before["observed"].sum() < FEWEST_APPEALS:
        return _row("appeals", about, "cannot tell", f"Fewer than {FEWEST_APPEALS} appeals of cases with a risk are on record "
                                                     f"in the "
                    "year before the release, so nobody knows what to expect.", "Look at the early signals.")
    if len(found.months) < 2 or found.months["expected"].sum() < 3:
        return _row("appeals", about, "cannot tell", "Fewer than two whole months, or than three expected appeals, since the "
                    "release.", "Look at the early signals.")
    whole = chart.ratio()
    seen = (f"{found.months['observed'].sum():.0f} separate appeals in {len(found.months)} months, "
            f"{found.months['expected'].sum():.0f} expected: {whole[0]:.2f} for each one expected ({whole[1]:.2f} to "
            f"{whole[2]:.2f}).")
    if not chart.stands:
        return _row("appeals", about, "in order", seen + _faded(chart))
    since = chart.ratio(chart.since)
    return _row("appeals", about, "act", f"{chart.direction.capitalize()} appeals than expected, signalled for the month to "
                f"{_said(chart.signal_on)}; since the change began {since[0]:.2f} for each one expected "
                f"({since[1]:.2f} to {since[2]:.2f}). {seen}",
                "Make the lists with the points, find out what changed, then recalibrate (--recalibrate); train anew when "
                "six months of appeals since the change are known.")


def _base_rate(found: Findings) -> Row:
    about = "appeals registered in the last three months against the year before the release"
    last, usual = found.months.tail(3), found.before
    if len(last) < 3 or usual["observed"].sum() < 10:
        return _row("base_rate", about, "cannot tell", "Fewer than three whole months since the release, or fewer than ten "
                    "appeals before it.")
    seen = float(last["observed"].sum())
    awaited = float(usual["observed"].sum() / usual["rows"].sum() * last["rows"].sum())
    # Two counts: the variance of the log of their ratio.
    spread = np.sqrt(1 / max(seen, 0.5) + 1 / float(usual["observed"].sum()))
    ratio = max(seen, 0.5) / awaited
    low, high = ratio * np.exp(-NO_CHANCE * spread), ratio * np.exp(NO_CHANCE * spread)
    said = f"{ratio:.2f} times the usual number for as many cases at risk (99 in 100 range {low:.2f} to {high:.2f})."
    if low <= 1 <= high:
        return _row("base_rate", about, "in order", said)
    return _row("base_rate", about, "look into", said, "Ask what changed: decisions, the law, advice in the area. See whether "
                "the model expected it (the row above).")


def _early(one: Watched) -> Row:
    signal, chart = one.signal, one.chart
    if chart is None:
        return _row(signal.name, signal.label, "cannot tell", "The records hold too few before the release, or no whole week "
                    "since.")
    if not chart.stands:
        return _row(signal.name, signal.label, "in order", _level(one, 0) + _faded(chart))
    return _row(signal.name, signal.label, "look into",
                f"{chart.direction.capitalize()} than usual since about {_said(chart.on[min(chart.since, len(chart.on) - 1)])}, "
                f"signalled in the week to {_said(chart.signal_on)}. {_level(one, chart.since)}",
                f"{signal.why} If the change is meant to stay, start the charts anew from the day it is settled (--since), and "
                "train anew when half a year of its appeals is known.")


def _faded(chart: Chart) -> str:
    return "" if chart.signal_on is None else f" A signal of {_said(chart.signal_on)} has faded since."


def _level(one: Watched, first: int) -> str:
    assert one.chart is not None
    ratio, low, high = one.chart.ratio(min(first, len(one.chart.on) - 1))
    return f"{ratio:.2f} times the usual level ({low:.2f} to {high:.2f})."


def _features(found: Findings, catalogue: Catalogue) -> Row:
    about = "how the open cases look to the model (population stability against its chance)"
    quiet = {feature.name for feature in catalogue if feature.family in QUIET_FAMILIES}
    moved = found.shift[found.shift["flagged"]]
    flagged, teams = moved[~moved["feature"].isin(quiet)], moved[moved["feature"].isin(quiet)]
    label = {feature.name: feature.label for feature in catalogue}
    aside = (f" Moved too, by teams as a whole and raising nothing: {_some([label[name] for name in teams['feature']])}."
             if len(teams) else "")
    if not len(flagged):
        return _row("features", about, "in order", f"None of {len(found.shift)} features moved beyond chance, the seasons and "
                    f"its own trend.{aside}")
    told = [f"{label[row.feature]} (mean {row.mean_then:.3g} before, {row.mean_now:.3g} now)"
            for row in list[Any](flagged.itertuples())]
    return _row("features", about, "look into", f"{len(flagged)} of {len(found.shift)} features moved: {_some(told)}.{aside}",
                "See whether practice changed or only its recording. If it stays for two months, train anew; until then "
                "read risks that rest on these features with care.")


def _blanks(found: Findings) -> Row:
    about = "blanks in the columns handed over, last eight weeks"
    flagged = found.blanks[found.blanks["flagged"]] if len(found.blanks) else found.blanks
    if not len(found.blanks):
        return _row("blanks", about, "cannot tell", "Too few rows in the last eight weeks.")
    if not len(flagged):
        return _row("blanks", about, "in order", f"None of {len(found.blanks)} columns has more blanks than before.")
    told = [f"{row.table}, {row.column}: {row.blank_now:.0%} blank, {row.blank_then:.0%} before"
            for row in list[Any](flagged.itertuples())]
    return _row("blanks", about, "look into", f"{_some(told)}.", "Ask who fills the column in and what changed in the form or "
                "the export; hand the records over again once it is put right.")


def _lags(found: Findings) -> Row:
    about = "days until facts are recorded, last eight weeks"
    if not len(found.lags):
        return _row("lags", about, "cannot tell", "No day of recording is handed over, or too few rows: a late entry cannot "
                    "be seen.", "Hand over the days of recording (`…_recorded_on`) if the case system keeps them.")
    flagged = found.lags[found.lags["flagged"]]
    if not len(flagged):
        return _row("lags", about, "in order", f"As before in {len(found.lags)} tables.")
    told = [f"{row.table}: nine tenths within {row.most_now:.0f} days, {row.most_then:.0f} before"
            for row in list[Any](flagged.itertuples())]
    return _row("lags", about, "look into", f"{_some(told)}.", "The lists see these facts later than the model learned them. "
                "Clear the backlog of entries; do not train on months that were entered late.")


def _codes(found: Findings) -> Row:
    about = "codes that never occurred before the release"
    if not len(found.codes):
        return _row("codes", about, "in order", "None.")
    told = [f"{row.table}{' (' + row.kind.replace('_', ' ') + ')' if row.kind else ''}, {row.column} = {row.code}: "
            f"{row.rows} rows from {_said(row.first_on)}" for row in list[Any](found.codes.itertuples())]
    return _row("codes", about, "look into", f"{_some(told)}.", "The model has never seen these. Ask what they mean: a new "
                "team, a new form, a new export. If it is a new way of working, plan to train anew.")


def _churn(found: Findings) -> Row:
    from scipy.stats import binom

    about, change = "how much of the list is new in a week", found.list_change
    if not change.listed:
        return _row("churn", about, "cannot tell", "There is no list.")
    said = f"{change.new} of {change.listed} likely disputes were not on the list a week before ({change.share_new:.0%})."
    if float(binom.sf(change.new - 1, change.listed, MOST_NEW)) >= NEW_BY_CHANCE:
        return _row("churn", about, "in order", said)
    return _row("churn", about, "look into", said, "Look for a batch of late entries or of decisions sent together before "
                "the list is handed out.")


def _size(found: Findings) -> Row:
    about, change = "cases at risk and appeals expected of them", found.list_change
    low, high = found.usual.min(numeric_only=True), found.usual.max(numeric_only=True)
    said = (f"{change.at_risk:,} cases at risk, {low['at_risk']:,.0f} to {high['at_risk']:,.0f} in the reference year; "
            f"{change.expected:.0f} appeals expected of them within the horizon, {low['expected']:.0f} to "
            f"{high['expected']:.0f} before.")
    # Seasons move both: what counts is how far outside the months of the reference year they lie.
    outside = any(not low[name] * (1 - LARGEST_CHANGE) <= value <= high[name] * (1 + LARGEST_CHANGE)
                  for name, value in (("at_risk", change.at_risk), ("expected", change.expected)))
    if not outside:
        return _row("size", about, "in order", said)
    return _row("size", about, "look into", said, "See whether cases are missing from the export or came in together, and "
                "whether the areas can still act on their share.")


def _expiry(release: Release, as_of: dt.date) -> Row:
    about, left = "the last day on which the release may be used", (release.expires_on - as_of).days
    said = f"It expires on {_said(release.expires_on)}."
    if left < 0:
        return _row("expiry", about, "act", f"It expired on {_said(release.expires_on)}.",
                    "Make the lists with the points and train a new release.")
    if left <= SOON_DAYS:
        return _row("expiry", about, "look into", said, "Train and test a new release before that day.")
    return _row("expiry", about, "in order", said)


def _law(as_of: dt.date) -> list[Row]:
    rows = []
    for one in LEGAL_DATES:
        said = f"{one.what} ({one.source})."
        left = (one.from_on - as_of).days
        if left > 2 * SOON_DAYS:
            rows.append(_row("law", "changes of the law", "in order", said))
        elif one.in_force and left <= 0:
            rows.append(_row("law", "changes of the law", "act", said, "Appeals under the old law are no guide: use the points "
                             "until a year under the new law is on record."))
        else:
            rows.append(_row("law", "changes of the law", "look into", said, "Find out whether it is law and from which day; "
                             "then correct the date in the table of legal dates."))
    return rows


def _some(told: list[str]) -> str:
    more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return "; ".join(told[:SHOWN]) + more
