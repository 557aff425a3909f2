"""What changes before appeals do: how decisions fall, who writes the plans, the first steps of families towards an appeal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.model.cusum import RATIO, Chart, poisson_chart, share_chart
from dispute_risk.model.first_steps import AFTER_NOTICE
from dispute_risk.model.landmarks import records_begin
from dispute_risk.model.usual_level import FEWEST_WEEKS, GUARD_WEEKS, LEVEL_WEEKS, usual_level
from dispute_risk.records.known import known_from
from dispute_risk.timeline.days import day_number, day_numbers, to_dates

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.records.casebook import Casebook
    from dispute_risk.timeline.history import History

__all__ = ["EARLY_SIGNALS", "RUN_LENGTH_MONTHS", "EarlySignal", "Watched", "early_charts"]

RUN_LENGTH_MONTHS = 20
"""With nothing changed, all early charts together ask for a look once in this many months (the budget of `drift_checks`)."""
WEEKS_OF_REFERENCE = 104
"""Up to two years, as far as the records reach."""
FEWEST = 10
"""Events of the reference under which a chart is not drawn."""
WEEKS_IN_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True)
class EarlySignal:
    """Something to be watched week by week, in words an officer can check.

    Parameters
    ----------
    name : str
    label : str
        What share, or what number, it is.
    why : str
        What a change of it would mean for the model.
    part, more : float
        Its part of the false alarms of all early charts, and what of that is given to a rise: most to what most appeals
        follow from soonest.
    change : float
        The change the chart is tuned to: of the odds of a share, of a number.
    table, date, column : str
        Where the decisions are; empty for a number that is counted for each notice of `model.first_steps`.
    codes : tuple of str
        The codes that count.
    only : tuple of (str, tuple of str)
        A column, and the codes to which the decisions are limited; blanks count as the first.
    like : tuple of str
        Columns by which like is held against like.
    once : bool
        Only the first row of each case counts.
    """

    name: str
    label: str
    why: str
    part: float
    more: float = 0.5
    change: float = RATIO
    table: str = ""
    date: str = ""
    column: str = ""
    codes: tuple[str, ...] = ()
    only: tuple[str, tuple[str, ...]] = ("", ())
    like: tuple[str, ...] = ()
    once: bool = False


FINAL = ("kind", ("final", "amended_final"))

EARLY_SIGNALS: tuple[EarlySignal, ...] = (
    EarlySignal("refusals_to_assess", "requests for an assessment refused, of those decided",
                "Each refusal can be appealed: appeals move with them, two to six months later. Ask whether the panel has "
                "changed.", 0.32, 0.85, 1.8,
                "requests", "decision_sent_on", "decision", ("refuse",), ("kind", ("assessment",)), ("source",)),
    EarlySignal("refusals_to_issue", "assessments that ended without a plan, of those ended",
                "Each can be appealed, with the longest window for the family. Ask whether the panel has changed.", 0.1, 0.6, 1.8,
                "assessments", "outcome_sent_on", "outcome", ("refuse",)),
    EarlySignal("no_school_named", "final plans that name no school, of all final plans",
                "An appeal about a missing school needs no certificate, so it comes sooner. Ask about places in special "
                "schools.", 0.08, 0.6, 1.8,
                "plans", "issued_on", "section_i", ("type_only", "blank"), FINAL, ("kind", "phase_transfer")),
    EarlySignal("written_by_others", "new plans written by a recovery team or an agency, of all new plans (each case once)",
                "Plans written by other hands, perhaps faster and from fewer reports: the model has seen few or none of them. "
                "Ask who writes plans now.",
                0.1, 0.8, 2.0,
                "plans", "issued_on", "written_by", ("recovery_team", "agency"), ("kind", ("draft", "final")), once=True),
    EarlySignal("no_change_at_review", "reviews that changed nothing or ended the plan, of those decided (no phase transfer)",
                "Each is a decision that can be appealed. Ask how reviews are decided now.", 0.05, 0.5, RATIO,
                "reviews", "decision_sent_on", "decision", ("maintain", "cease"), ("kind", ("annual", "interim", "early_years")),
                ("kind",)),
    EarlySignal("disputes_about_plans", "families that took a first step towards an appeal about a plan, for each notice",
                "The first sign that families answer a plan otherwise than before; appeals are registered some weeks later. Ask "
                "about the law, advice in the area and mediation.", 0.15, 0.4, 2.0),
    EarlySignal("disputes_about_refusals", "families that took a first step towards an appeal about a refusal, for each notice",
                "The first sign that families answer a refusal otherwise than before; appeals are registered some weeks later. "
                "Ask about the law, advice in the area and mediation.", 0.1, 0.5, 2.0),
    EarlySignal("appeals_of_notices", "appeals registered, for each notice that can lead to one",
                "Appeals themselves, held against what can be appealed just now. Ask about the law, advice in the area and "
                "mediation.", 0.1),
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
        The usual share, or the usual number for each notice a week.
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
    """Return a weekly chart of each early signal, held against what was usual before.

    Facts are dated by the day they became known, so that a week is complete when it is over and no label has to mature.
    Like is held against like within the two years before the model was released; the level is that of the year that ends
    a quarter before each week (`model.usual_level`).

    Parameters
    ----------
    casebook, history
        The records, with nothing known after `as_of`.
    reference_to : date
        End of the reference: the as-of date of the release.
    as_of : date
    since : date, optional
        Day from which the charts run; the end of the reference where not given. A later day starts them anew, after a
        change was settled: the level is then that of the quarter before.
    run_length_months : float
        Months between false alarms, of all charts together.
    signals : tuple of EarlySignal
    """
    start, end = day_number(since or reference_to), day_number(reference_to)
    return tuple(_watched(one, casebook, history, end, start, (day_number(as_of) - start) // 7, run_length_months / one.part)
                 for one in signals)


def _weeks(start: int, reference_to: int, first: int, after: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the last days of all weeks, one after another, and which belong to the reference and which to the chart."""
    most = (start - reference_to) // 7 + WEEKS_OF_REFERENCE
    before = int(np.clip((start - first) // 7, FEWEST_WEEKS, max(most, LEVEL_WEEKS + GUARD_WEEKS)))
    ends = start + 7 * np.arange(1 - before, after + 1)
    return ends, ends <= reference_to, ends > start


def _weekly(days: np.ndarray, ends: np.ndarray, kind: np.ndarray, kinds: int) -> np.ndarray:
    """Count days by kind in the weeks that end on given days, one after another: shape (kinds, weeks)."""
    week = np.searchsorted(ends, days)
    inside = (days > ends[0] - 7) & (week < len(ends)) & (kind >= 0)
    counts = np.bincount(kind[inside] * len(ends) + week[inside], minlength=kinds * len(ends))
    return counts.reshape(kinds, len(ends)).astype(float)


def _watched(
    signal: EarlySignal, casebook: Casebook, history: History, reference_to: int, start: int, after: int, run_length: float
) -> Watched:
    nothing = Watched(signal, None, np.nan, bool(signal.table))
    if signal.table:
        if not (casebook.has(signal.table, signal.date) and casebook.has(signal.table, signal.column)):
            return nothing
        days, hit, kind, kinds = _decisions(signal, casebook)
        first = int(np.percentile(days, 1)) if len(days) else reference_to
        ends, reference, charted = _weeks(start, reference_to, first, after)
        hits, base = _weekly(days[hit], ends, kind[hit], kinds), _weekly(days, ends, kind, kinds)
    else:
        ends, reference, charted = _weeks(start, reference_to, records_begin(history), after)
        counted = AFTER_NOTICE[signal.name](casebook, history)
        hits, base = _weekly(counted.days, ends, counted.kind, counted.kinds), counted.notices(ends - 3)
    total = hits[:, reference].sum()
    if base[:, reference].sum() < 5 * FEWEST or (total < FEWEST and not signal.table) or not charted.any():
        return nothing
    anew = int(np.argmax(charted)) if start > reference_to else None
    usual = usual_level(hits, base, ends, reference, bool(signal.table), anew)
    seen, awaited, dates = hits.sum(axis=0)[charted], usual.expected[charted], to_dates(ends[charted])
    if signal.table:
        decisions = base.sum(axis=0)
        chart = share_chart(dates, seen, decisions[charted], awaited / np.maximum(decisions[charted], 1e-9),
                            max(usual.events, 3.0), periods_a_month=WEEKS_IN_A_MONTH, run_length_months=run_length,
                            odds=signal.change, dispersion=usual.dispersion, more=signal.more,
                            each=float(decisions[reference].mean()), usual=usual.rate)
    else:
        chart = poisson_chart(dates, seen, awaited, usual.events, periods_a_month=WEEKS_IN_A_MONTH,
                              run_length_months=run_length, ratio=signal.change, dispersion=usual.dispersion,
                              more=signal.more, each=usual.each_week)
    return Watched(signal, chart, usual.rate, bool(signal.table))


def _decisions(signal: EarlySignal, casebook: Casebook) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return the day each decision was known, whether it is of the kind that counts, its kind, and how many kinds there are."""
    frame = casebook.tables[signal.table]
    given = frame[signal.column].notna() & known_from(frame, signal.date).notna()
    column, codes = signal.only
    if column and column in frame:
        given &= frame[column].isin(codes) | frame[column].isna()
    part = frame[given.to_numpy()]
    if signal.once:
        part = part.assign(_day=known_from(part, signal.date)).sort_values("_day", kind="stable").drop_duplicates("case_id")
    kind, kinds = _kinds(part, [name for name in signal.like if name in part])
    days = day_numbers(known_from(part, signal.date).to_numpy())
    return days, part[signal.column].isin(signal.codes).to_numpy(), kind, kinds


def _kinds(part: pd.DataFrame, columns: list[str]) -> tuple[np.ndarray, int]:
    """Number the rows by the codes of some columns; blanks are a kind."""
    if not columns or not len(part):
        return np.zeros(len(part), np.int64), 1
    kind = part.groupby(columns, dropna=False, observed=True).ngroup().to_numpy()
    return kind, int(kind.max()) + 1
