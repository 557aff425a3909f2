"""The dates of an appeal as they are shown: each step with who does it, where the date comes from and how it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Step", "Timetable"]


@dataclass(frozen=True)
class Step:
    """One date of the timetable.

    Parameters
    ----------
    code : str
        Stable name: `registered`, `response`, `evidence`, `bundle`, `hearing`, `decision`, `duty_1`, …
    what, by_whom : str
    on : date or None
        None where only the registration letter says it.
    source : str
    verified : str
        `V` read in the legislation or official text, `V2` in a secondary source, `practice`, `recorded` or `officer`.
    status : str
        `done`, `ahead`, `today`, `breached`, `check` (passed, and the records cannot say whether it was done) or `ask`.
    note : str
        A difference from what is worked out, or what to check.
    """

    code: str
    what: str
    by_whom: str
    on: dt.date | None
    source: str
    verified: str
    status: str
    note: str = ""

    def days_left(self, as_of: dt.date) -> int | None:
        """Return calendar days from the as-of date, negative where it has passed; None where there is no date."""
        return None if self.on is None else (self.on - as_of).days


@dataclass(frozen=True)
class Timetable:
    """The dates of one appeal, in their order."""

    case_id: str
    appeal_id: str
    as_of: dt.date
    steps: tuple[Step, ...]
    synthetic: bool = False

    @property
    def next_step(self) -> Step | None:
        """The first date that is not over."""
        ahead = [step for step in self.steps if step.on is not None and step.status in ("ahead", "today")]
        return min(ahead, key=lambda step: step.on or dt.date.max, default=None)

    def step(self, code: str) -> Step | None:
        """Return the step of that name, or None."""
        return next((step for step in self.steps if step.code == code), None)

    @property
    def table(self) -> pd.DataFrame:
        """One row a step: code, what, by_whom, on, days_left, status, note, source, verified."""
        import pandas as pd

        rows = [{"code": step.code, "what": step.what, "by_whom": step.by_whom,
                 "on": pd.NaT if step.on is None else pd.Timestamp(step.on), "days_left": step.days_left(self.as_of),
                 "status": step.status, "note": step.note, "source": step.source,
                 "verified": step.verified} for step in self.steps]
        return pd.DataFrame(rows)
