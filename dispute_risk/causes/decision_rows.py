"""Every decision that could be appealed, fortnight by fortnight from the day it was known: where causes are looked for."""

from __future__ import annotations

import datetime as dt

import numpy as np

from dispute_risk.causes.decision_facts import DECISION_FEATURES, decision_facts
from dispute_risk.errors import NotEnoughHistory
from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import Catalogue
from dispute_risk.model.landmarks import HORIZON_DAYS, Landmarks, records_begin
from dispute_risk.records.casebook import Casebook
from dispute_risk.timeline.days import day_number, to_dates
from dispute_risk.timeline.facts import Snapshots, keys
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import appeal_within, days_to_appeal, standing
from dispute_risk.timeline.pairs import ranges

__all__ = ["PERIOD_DAYS", "decision_rows"]

STEP_DAYS = 14
PERIOD_DAYS = "period_days"
"""Column that says how many days a row stands for."""


def decision_rows(
    casebook: Casebook,
    start_on: dt.date | None = None,
    end_on: dt.date | None = None,
    *,
    catalogue: Catalogue = STANDARD,
    step_days: int = STEP_DAYS,
) -> Landmarks:
    """Return every appealable decision on the day it was known and every fortnight until its window closes.

    What is wrong with a decision can act only while that decision can be appealed, and many families begin within days
    of the letter: on monthly dates more than a quarter of appeals have no row on which the decision was known.

    Parameters
    ----------
    casebook : Casebook
    start_on, end_on : date, optional
        Range of the rows; never before the records can be trusted, as features would look back on months not recorded.
    catalogue : Catalogue
        Its features become columns, with those of `decision_facts` and `period_days`.
    step_days : int

    Returns
    -------
    Landmarks
        Rows sorted by case and date, all of state `window_open`; none while the case is in dispute.

    Raises
    ------
    NotEnoughHistory
        Where no decision could be appealed between the dates.

    Examples
    --------
    >>> from dispute_risk.records.synthetic import simulate
    >>> rows = decision_rows(simulate(plans=200, years=1, seed=1).casebook)
    >>> sorted(set(rows.state.tolist()))
    ['window_open']
    """
    history = History.of(casebook, more=(decision_facts,))
    first = max(records_begin(history), day_number(start_on) if start_on else 0)
    last = day_number(end_on) if end_on else history.last_day
    rows, length = _fortnights(history, first, min(last, history.last_day), step_days)
    if not len(rows):
        raise NotEnoughHistory(
            "No decision could be appealed between the dates given. Choose a longer period, or hand over requests, plans "
            "and reviews of at least two years."
        )
    wanted = Catalogue((*catalogue.features, *(one for one in DECISION_FEATURES if one.name not in catalogue.names)))
    features = build_features(history, rows, wanted)
    features[PERIOD_DAYS] = length.astype(np.float32)
    return Landmarks(
        features,
        appeal_within(history, rows, HORIZON_DAYS),
        to_dates(rows.on),
        history.case_id[rows.case],
        history.family[rows.case],
        np.asarray(history.area_names)[history.area_of_case[rows.case]],
        np.full(len(rows), "window_open"),
        HORIZON_DAYS,
        days_to_appeal(history, rows),
    )


def _fortnights(history: History, first: int, last: int, step_days: int) -> tuple[Snapshots, np.ndarray]:
    """Return the rows, sorted, with the days until the next row of the case or the end of the window."""
    notices = history.facts["notice"]
    closes = notices.columns["closes_on"].astype(np.int64)
    which, step = ranges(np.zeros(len(closes), np.int64), np.maximum((closes - notices.known) // step_days + 1, 0))
    on = notices.known[which] + step * step_days
    inside = (on >= first) & (on <= last)
    which, on = which[inside], on[inside]
    order = np.lexsort((-closes[which], on, notices.case[which]))
    case, on, closes = notices.case[which][order], on[order].astype(np.int32), closes[which][order]
    single = np.ones(len(case), bool)
    single[1:] = np.diff(keys(case, on)) > 0
    every = Snapshots.of(case[single], on[single])
    closes = closes[single]
    stands = standing(history, every)
    here = stands.at_risk & (stands.state == "window_open")
    rows, closes = every.take(here), closes[here]
    following = np.full(len(rows), np.iinfo(np.int64).max)
    same = rows.case[1:] == rows.case[:-1]
    following[:-1][same] = rows.on[1:][same]
    length = np.minimum(np.minimum(following, closes + 1) - rows.on, step_days)
    return rows, np.maximum(length, 1)
