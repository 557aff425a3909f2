"""The lists of one week: likely disputes, duties outstanding, the unheard, and those already in dispute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LISTS", "WeeklyLists"]

LISTS: dict[str, str] = {
    "likely_disputes": "Likely disputes",
    "duties_outstanding": "Duties outstanding",
    "unheard": "Unheard: the same failures, no sign of an appeal",
    "random_audit": "File check: drawn at random",
    "already_in_dispute": "Already in dispute",
}
"""The lists, each with its heading."""


@dataclass(frozen=True)
class WeeklyLists:
    """Everything the weekly risk list says; the reports only lay it out.

    Parameters
    ----------
    cases : DataFrame
        One row per case and list it is on, cut to capacity by the policy; `random_audit` cases are drawn anew each
        week and are in no movement. Columns: `list` (key of `LISTS`), `area`, `rank` (1 first within list and
        area), `case_id`, `is_new` (bool, not on this list last week), `last_rank` (float, NaN where new), `on_list_since`
        (date, since when without a break), `weeks_on_list` (int, whole weeks), `recorded` (str, what is on record of it: done,
        put off, …), `risk` (float, NaN for those already in dispute; only the likely disputes rest on it), `risk_low`,
        `risk_high` (80 % range), `band` (str), `risk_words` (str, "about 1 in 6"), `state` (str, in words), `breach_index`
        (float), `broken_duty` (str, ''), `duty_due_on` (date or NaT), `last_date_on` (date or NaT), `last_date_is` (str),
        `reason_1`, `reason_2`, `reason_3` (sentences, '' where there are fewer), `next_step` (str), `step_owner` (role, never
        a name), `step_by_on` (date or NaT), `step_why` (str), `second_step` (str), `route` (str, why the step was chosen and
        what came second), `act_from_on` (date from which it makes sense), `last_act_on` (date or NaT, the last day that
        leaves the step its time), `timing` (str, act now or wait, and why), `what_changed` (str).
    movement : DataFrame
        `case_id`, `area`, `list`, `movement` ('new', 'up', 'down', 'done', 'put_off', 'overridden', 'left'), `last_rank`,
        `rank`, `why` (sentence). Empty where there is no earlier list.
    areas : DataFrame, one row per area
        `area`, `open_cases`, `at_risk`, `expected_appeals` (sum of risks within the horizon), `expected_low`,
        `expected_high`, `windows_open`, `windows_closing_28_days`, `duties_outstanding`, `already_in_dispute`,
        `on_list`, `new_on_list`.
    duties : DataFrame
        `area`, `duty` (label), `source` (regulation), `outstanding` (cases), `median_days_over`, `longest_days_over`.
    as_of, capacity : date, int
        Capacity is the number of cases an area can act on in the week.
    authority, release, data_note : str
        The model's release, and a sentence on the data it came from.
    synthetic : bool
    horizon_days : int
    policy : dict
        How capacity is shared out, e.g. `{"benefit": 0.6, "quiet_need": 0.3, "random_audit": 0.1}`.
    notes : tuple of str
        Caveats a reader must see.
    last_as_of : date or None
        The as-of date of the list compared with.
    """

    cases: pd.DataFrame
    movement: pd.DataFrame
    areas: pd.DataFrame
    duties: pd.DataFrame
    as_of: dt.date
    capacity: int
    authority: str
    release: str
    data_note: str
    synthetic: bool = False
    horizon_days: int = 182
    policy: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    last_as_of: dt.date | None = None
