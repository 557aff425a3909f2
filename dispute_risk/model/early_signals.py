"""What changes before appeals do: how decisions fall, who writes the plans, how often open notices turn into disputes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.model.cusum import Chart, poisson_chart, share_chart
from dispute_risk.model.landmarks import records_begin
from dispute_risk.records.known import known_from
from dispute_risk.timeline.days import day_number, day_numbers, to_dates

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.timeline.history import History

__all__ = ["EARLY_SIGNALS", "EarlySignal", "Watched", "early_charts"]

RUN_LENGTH_MONTHS = 12
"""With nothing changed, all early charts together ask for a look once in this many months; each is given its share."""
WEEKS_OF_REFERENCE = 104
"""Up to two years, as far as the records reach."""
FEWEST = 10
"""Events of the reference under which a chart is not drawn."""
WEEKS_OF_YEAR, ENOUGH_FOR_SEASONS, SURE_OF_SEASONS = 52, 60, 13.28
"""A yearly wave is taken in from a year of weeks and 60 events, where chance would give it once in a hundred (chi-square)."""
WEEKS_IN_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True)
class EarlySignal:
    """Something to be watched week by week, in words an officer can check.

    Parameters
    ----------
    name : str
    label : str
        What share, or what number, it is.
    table, date, column : str
        Where the decisions are; empty for a rate that is worked out from the history.
    codes : tuple of str
        The codes that count.
    only : tuple of (str, tuple of str)
        A column, and the codes to which the decisions are limited; blanks count as the first.
    why : str
        What a change of it would mean for the model.
    """

    name: str
    label: str
    why: str
    table: str = ""
    date: str = ""
    column: str = ""
    codes: tuple[str, ...] = ()
    only: tuple[str, tuple[str, ...]] = ("", ())


EARLY_SIGNALS: tuple[EarlySignal, ...] = (
    EarlySignal("refusals_to_assess", "requests for an assessment refused, of those decided",
                "More refusals are more notices that can be appealed: appeals follow two to six months later.",
                "requests", "decision_sent_on", "decision", ("refuse",), ("kind", ("assessment",))),
    EarlySignal("refusals_to_issue", "assessments that ended without a plan, of those ended",
                "The same, with the longest window for the family.",
                "assessments", "outcome_sent_on", "outcome", ("refuse",)),
    EarlySignal("no_school_named", "final plans that name no school, of all final plans",
                "An appeal about a missing school needs no certificate, so it comes sooner.",
                "plans", "issued_on", "section_i", ("type_only", "blank"), ("kind", ("final", "amended_final"))),
    EarlySignal("written_by_others", "final plans written by a recovery team or an agency, of all final plans",
                "Plans written by other hands, perhaps faster and from fewer reports: the model has seen few or none of them.",
                "plans", "issued_on", "written_by", ("recovery_team", "agency"), ("kind", ("final", "amended_final"))),
    EarlySignal("no_change_at_review", "reviews that changed nothing or ended the plan, of those decided (no phase transfer)",
                "Each is a decision that can be appealed.",
                "reviews", "decision_sent_on", "decision", ("maintain", "cease"), ("kind", ("annual", "interim", "early_years"))),
    EarlySignal("mediation_asked", "families that approached mediation, for each open notice",
                "The step before most appeals, some weeks earlier."),
    EarlySignal("appeals_of_open_notices", "appeals registered, for each open notice",
                "Appeals themselves, held against what can be appealed just now."),
)


@dataclass(frozen=True)
class Watched:
    """One early signal as it stands.

    Parameters
    ----------
    signal : EarlySignal
    chart : Chart or None
        None where the reference years hold too little to say.
    usual : float
        The usual share, or the usual number for each hundred open notices a week.
    is_share : bool
    """

    signal: EarlySignal
    chart: Chart | None
    usual: float
    is_share: bool


def early_charts(
    casebook: Casebook, history: History, reference_to: dt.date, as_of: dt.date, *, since: dt.date | None = None,
    run_length_months: float = RUN_LENGTH_MONTHS, signals: tuple[EarlySignal, ...] = EARLY_SIGNALS,
) -> tuple[Watched, ...]:
    """Return a weekly chart of each early signal, held against the two years before the model was released.

    Facts are dated by the day they became known, so that a week is complete when it is over and no label has to mature.

    Parameters
    ----------
    casebook, history
        The records, with nothing known after `as_of`.
    reference_to : date
        End of the reference: the as-of date of the release.
    as_of : date
    since : date, optional
        Day from which the charts run; the end of the reference where not given.
    run_length_months : float
        Months between false alarms, of all charts together.
    signals : tuple of EarlySignal
    """
    start = day_number(since or reference_to)
    weeks = (day_number(as_of) - start) // 7
    ends = start + 7 * (np.arange(weeks) + 1)
    each = run_length_months * len(signals)
    return tuple(_watched(one, casebook, history, day_number(reference_to), ends, each) for one in signals)


def _weeks_before(reference_to: int, first: int) -> np.ndarray:
    """Return the last days of the weeks of the reference: as far back as the records reach, two years at most."""
    weeks = int(np.clip((reference_to - first) // 7, 26, WEEKS_OF_REFERENCE))
    return reference_to - 7 * np.arange(weeks)[::-1]


def _weekly(days: np.ndarray, ends: np.ndarray, wanted: np.ndarray | None = None) -> np.ndarray:
    """Count days in the weeks that end on given days."""
    days = days if wanted is None else days[wanted]
    edges = np.concatenate([ends[:1] - 7, ends]) if len(ends) else np.zeros(1)
    return np.diff(np.searchsorted(np.sort(days), edges, "right")).astype(float)


def _watched(
    signal: EarlySignal, casebook: Casebook, history: History, reference_to: int, ends: np.ndarray, each: float
) -> Watched:
    if signal.table:
        if not (casebook.has(signal.table, signal.date) and casebook.has(signal.table, signal.column)):
            return Watched(signal, None, np.nan, True)
        days, hit = _decisions(signal, casebook)
        before = _weeks_before(reference_to, int(np.percentile(days, 1)) if len(days) else reference_to)
        usual_hits, usual_all = _weekly(days, before, hit), _weekly(days, before)
        hits, base = _weekly(days, ends, hit), _weekly(days, ends)
    else:
        happened = RATES[signal.name](casebook, history)
        before = _weeks_before(reference_to, records_begin(history))
        usual_hits, usual_all = _weekly(happened, before), _open_notices(history, before)
        hits, base = _weekly(happened, ends), _open_notices(history, ends)
    total = usual_hits.sum()
    if usual_all.sum() < 5 * FEWEST or (total < FEWEST and not signal.table) or not len(ends):
        return Watched(signal, None, np.nan, bool(signal.table))
    # A share of nothing at all is taken as one in three more than were looked at, so that the first cases can be seen.
    usual = max(total, 1.0) / usual_all.sum()
    then, now = _seasons(usual_hits, usual_all, usual, before, ends)
    spread = _dispersion(usual_hits, usual_all, then, bool(signal.table))
    dates = to_dates(ends)
    if signal.table:
        chart = share_chart(dates, hits, base, now, max(total, 3.0), periods_a_month=WEEKS_IN_A_MONTH,
                            run_length_months=each, dispersion=spread)
    else:
        chart = poisson_chart(dates, hits, base * now, total, periods_a_month=WEEKS_IN_A_MONTH,
                              run_length_months=each, dispersion=spread)
    return Watched(signal, chart, float(usual), bool(signal.table))


def _decisions(signal: EarlySignal, casebook: Casebook) -> tuple[np.ndarray, np.ndarray]:
    """Return the day each decision was known, and whether it is of the kind that counts."""
    frame = casebook.tables[signal.table]
    given = frame[signal.column].notna() & known_from(frame, signal.date).notna()
    column, codes = signal.only
    if column and column in frame:
        given &= frame[column].isin(codes) | frame[column].isna()
    part = frame[given.to_numpy()]
    return day_numbers(known_from(part, signal.date).to_numpy()), part[signal.column].isin(signal.codes).to_numpy()


def _open_notices(history: History, ends: np.ndarray) -> np.ndarray:
    """Return how many appeal windows are open in each week, on its middle day."""
    window = history.facts["window"]
    middle = ends - 3
    return (np.searchsorted(np.sort(window.known), middle, "right")
            - np.searchsorted(np.sort(window.until), middle, "right")).astype(float)


def _mediation_asked(casebook: Casebook, history: History) -> np.ndarray:
    """Return the days on which families were known to have approached mediation of their own accord.

    Meetings that the authority offered first are left out: they follow its own capacity, and a pilot that begins is no
    change of the families.
    """
    if not casebook.has("mediations", "requested_on"):
        return np.zeros(0, np.int32)
    frame = casebook.tables["mediations"]
    own = np.ones(len(frame), bool)
    if "offered_on" in frame:
        own &= frame["offered_on"].isna().to_numpy()
    if "pilot" in frame:
        own &= ~(frame["pilot"] == 1).to_numpy(bool, na_value=False)
    known = day_numbers(known_from(frame, "requested_on").to_numpy())
    return known[own & (known >= 0)]


RATES: dict[str, Callable[[Casebook, History], np.ndarray]] = {
    "mediation_asked": _mediation_asked,
    "appeals_of_open_notices": lambda casebook, history: history.facts["appeal"].known,
}
"""Days on which what is counted for each open notice became known."""


def _seasons(
    hits: np.ndarray, base: np.ndarray, usual: float, before: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the usual rate in each week of the reference and of the chart: with a yearly wave where there is one for sure."""
    flat = np.full(len(before), usual), np.full(len(ends), usual)
    if len(before) < WEEKS_OF_YEAR or hits.sum() < ENOUGH_FOR_SEASONS:
        return flat

    def waves(days: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * days / 365.25
        return np.column_stack([np.ones(len(days)), *(wave(turn * angle) for turn in (1, 2) for wave in (np.cos, np.sin))])

    columns = waves(before)
    line = np.array([np.log(usual), 0.0, 0.0, 0.0, 0.0])
    for _ in range(25):  # Poisson regression by Newton's method; shares here are counts for each decision
        mean = base * np.exp(columns @ line)
        step = np.linalg.solve((columns * mean[:, None]).T @ columns + 1e-9 * np.eye(5), columns.T @ (hits - mean))
        line = line + np.clip(step, -1, 1)
    fitted = base * np.exp(columns @ line)
    gain = 2 * float((hits * (columns @ line - np.log(usual)) - (fitted - base * usual)).sum())
    if gain < SURE_OF_SEASONS * _dispersion(hits, base, np.exp(columns @ line), share=False):
        return flat
    return np.exp(columns @ line), np.exp(waves(ends) @ line)


def _dispersion(hits: np.ndarray, base: np.ndarray, usual: np.ndarray, share: bool) -> float:
    """Return variance over mean of four-week sums in the reference, 1 at least: decisions often come in batches."""
    size = len(hits) // 4
    seen, awaited, spread = (one[: 4 * size].reshape(size, 4).sum(axis=1)
                             for one in (hits, base * usual, base * usual * ((1 - usual) if share else 1.0)))
    some = spread > 0
    if some.sum() < 6:
        return 1.0
    found = float(((seen - awaited)[some] ** 2 / spread[some]).sum() / (some.sum() - 1))
    # Few sums say little: of what is more than 1 a part is taken, so that chance does not make the chart slow.
    return float(np.clip(1 + 0.7 * (found - 1), 1.0, 4.0))
