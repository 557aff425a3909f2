"""Month by month and area by area: appeals registered, how long missed duties waited, how long families waited for a reply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.landmarks import records_begin
from dispute_risk.timeline.days import FOREVER, NO_DAY, add_months, day_number, day_numbers, to_dates
from dispute_risk.timeline.disputes import REGISTRATION_DAYS
from dispute_risk.timeline.recorded import Recorded

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.timeline.history import History

__all__ = ["MEASURES", "Measure", "monthly_counts"]


@dataclass(frozen=True)
class Measure:
    """Something that is compared before and after.

    Parameters
    ----------
    name, label : str
    count, base : str
        Columns of `monthly_counts`: what is added up, and for how many.
    wait_days : int
        Days after the end of a month until the month can be counted.
    """

    name: str
    label: str
    count: str
    base: str
    wait_days: int


LATE_CAP, REPLY_CAP = 90, 60
"""Days after which waiting is counted as that many: what still waits must not weigh without end."""

MEASURES: tuple[Measure, ...] = (
    Measure("appeals", "appeals registered, for each open case", "appeals", "open_cases", REGISTRATION_DAYS),
    Measure("days_late", f"days a missed duty waited until it was met ({LATE_CAP} at most)", "days_late", "duties_missed",
            LATE_CAP),
    Measure("days_to_reply", f"days a family waited for a reply ({REPLY_CAP} at most)", "days_to_reply", "messages",
            REPLY_CAP),
)
"""Time to action, and appeals: what the comparison rests on."""

DUTIES = ("duty_decide_to_assess", "duty_final_plan")


def monthly_counts(casebook: Casebook, history: History, until: dt.date) -> pd.DataFrame:
    """Return the counts of every whole month and area.

    Parameters
    ----------
    casebook, history
        With nothing known after `until`.
    until : date

    Returns
    -------
    DataFrame
        `month` (first day), `area`, `open_cases`, `appeals`, `duties_missed`, `days_late`, `messages`, `days_to_reply`;
        a count that is not complete yet is NaN.
    """
    end = day_number(until)
    recorded = Recorded(casebook)
    starts = _starts(history, end)
    months, areas = len(starts), len(history.area_names)
    ends = add_months(starts, 1) - 1
    grid = {name: np.zeros((months, areas)) for name in ("open_cases", "appeals", "duties_missed", "days_late", "messages",
                                                         "days_to_reply")}

    def put(name: str, case: np.ndarray, day: np.ndarray, value: np.ndarray | float = 1.0) -> None:
        month = np.searchsorted(starts, day, "right") - 1
        inside = (day != NO_DAY) & (month >= 0) & (day <= ends[-1]) & (case >= 0)
        np.add.at(grid[name], (month[inside], history.area_of_case[case[inside]]),
                  np.broadcast_to(np.asarray(value, float), day.shape)[inside])

    opened = history.facts["opened"]
    for number, middle in enumerate(starts + 14):
        open_now = (opened.known <= middle) & (opened.until > middle)
        grid["open_cases"][number] = np.bincount(history.area_of_case[opened.case[open_now]], minlength=areas)
    appeals = history.facts["appeal"]
    put("appeals", appeals.case, appeals.happened)
    for duty in DUTIES:
        facts = history.facts[duty]
        due, met = facts.columns["due_on"], np.where(facts.until >= FOREVER, end, facts.until)
        missed = (met > due) & (due <= end)
        put("duties_missed", facts.case[missed], due[missed])
        put("days_late", facts.case[missed], due[missed], np.minimum(met - due, LATE_CAP)[missed])
    _replies(recorded, put, end)
    table = pd.DataFrame({"month": np.repeat(to_dates(starts), areas), "area": np.tile(history.area_names, months),
                          **{name: values.ravel() for name, values in grid.items()}})
    for measure in MEASURES:
        # A month counts once everything that began in it has had its full time.
        early = np.repeat(ends + measure.wait_days > end, areas)
        table.loc[early, measure.count] = np.nan
    return table


def _starts(history: History, end: int) -> np.ndarray:
    """Return the first day of every whole month from where the records can be trusted."""
    first = np.datetime64("1900-01-01", "D") + np.timedelta64(records_begin(history), "D")
    last = np.datetime64("1900-01-01", "D") + np.timedelta64(end + 1, "D")
    months = np.arange(first.astype("datetime64[M]") + 1, last.astype("datetime64[M]"))
    return day_numbers(months.astype("datetime64[D]"))


def _replies(recorded: Recorded, put: Callable[..., None], end: int) -> None:
    if not (recorded.casebook.has("contacts", "replied_on") and recorded.casebook.has("contacts", "direction")):
        return
    family = recorded.is_code("contacts", "direction", "in")
    if recorded.casebook.has("contacts", "party"):
        family &= recorded.is_code("contacts", "party", "family")
    sent, replied = recorded.day("contacts", "happened_on")[family], recorded.day("contacts", "replied_on")[family]
    case = recorded.case("contacts")[family]
    waited = np.clip(np.where(replied == NO_DAY, end, replied) - sent, 0, REPLY_CAP)
    put("messages", case, sent)
    put("days_to_reply", case, sent, waited)
