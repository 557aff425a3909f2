"""The same duties in all open cases: how many wait for what appealed cases had waited for, whether or not they appeal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.causes.appeal_rates import Counted
from dispute_risk.causes.counts import ALL, CountTable
from dispute_risk.timeline.days import day_number, day_numbers
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import standing
from dispute_risk.triage.breach_index import DUTIES, Duty, outstanding_duties

__all__ = ["DAYS_BEFORE", "Everywhere", "duties_everywhere"]

DAYS_BEFORE = 14
"""Appealed cases are looked at this long before the appeal was registered, so that what it stirred up does not count."""


@dataclass(frozen=True)
class Everywhere:
    """Duties outstanding in appealed cases before the appeal, and in all open cases on the last day of the period.

    Parameters
    ----------
    appealed, open_cases : CountTable
        Cases by duty, overlapping, with all cases as the margin.
    duties : tuple of Duty
        Those outstanding in any case.
    """

    appealed: CountTable
    open_cases: CountTable
    duties: tuple[Duty, ...]


def duties_everywhere(history: History, made: Counted) -> Everywhere:
    """Count each duty in appealed cases before their appeal and in all open cases, already in dispute or not."""
    place = {case: number for number, case in enumerate(history.case_id.astype(str))}
    first = made.appeals.sort_values("registered_on").drop_duplicates("case_id")
    before = np.minimum(day_numbers(first["registered_on"].to_numpy()) - DAYS_BEFORE,
                        day_numbers(first["before_on"].to_numpy()) - 1)
    cases = first["case_id"].map(place).to_numpy(np.int32)
    order = np.argsort(cases, kind="stable")
    appealed = _cases_by_duty(history, Snapshots.of(cases[order], before[order]))
    last = min(day_number(made.end_on), history.last_day)
    every = Snapshots.of(np.arange(len(history.case_id), dtype=np.int32), last)
    stands = standing(history, every)
    here = stands.state != ""
    if made.area:
        here &= np.asarray(history.area_names)[history.area_of_case] == made.area
    open_cases = _cases_by_duty(history, every.take(here))
    met = tuple(duty for duty in DUTIES if appealed.get(duty.name) or open_cases.get(duty.name))
    period, where = (made.start_on.isoformat(), made.end_on.isoformat()), ({"area": made.area} if made.area else {})

    def table(counts: dict[str, int], measure: str) -> CountTable:
        lines = [(ALL, counts[ALL]), *((duty.name, counts.get(duty.name, 0)) for duty in met)]
        return CountTable(f"{measure} by duty", ("duty",), pd.DataFrame(lines, columns=["duty", "count"]), *period, measure,
                          overlapping=("duty",), where=where)

    return Everywhere(table(appealed, "appealed cases"), table(open_cases, "open cases"), met)


def _cases_by_duty(history: History, rows: Snapshots) -> dict[str, int]:
    found = outstanding_duties(history, rows)
    counts = found.drop_duplicates(["row", "duty"])["duty"].value_counts()
    return {ALL: len(rows), **{str(name): int(count) for name, count in counts.items()}}
