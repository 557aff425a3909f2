"""The statutory clocks: each limit declared with its source, its exceptions and the dates it holds from and to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from dispute_risk.timeline.days import NO_DAY, add_months
from dispute_risk.timeline.working_days import next_working_day

__all__ = ["CLOCKS", "Clock", "appeal_window_closes_on", "clock", "clocks_in_force"]

REGULATIONS = "SEND Regulations 2014 (SI 2014/1530)"
SINCE_2014 = dt.date(2014, 9, 1)
"""Commencement of Part 3 of the Children and Families Act 2014."""


@dataclass(frozen=True)
class Clock:
    """One limit that the law sets.

    Parameters
    ----------
    code : str
        Number in the table of clocks.
    name : str
        Name in code and in files.
    duty : str
        What must be done, as a person would say it.
    starts : str
        What starts the clock.
    source : str
        Provision, and how far it was verified: read in the legislation or a judgment (V), or in a secondary source (V2).
    weeks, days, months : int
        The limit; one of them.
    exceptions : tuple of str
        When the limit does not bind.
    holds_from, holds_to : date or None
        The dates the rule holds from and to; a change of the law is a new clock, not an edit.
    """

    code: str
    name: str
    duty: str
    starts: str
    source: str
    weeks: int = 0
    days: int = 0
    months: int = 0
    exceptions: tuple[str, ...] = ()
    holds_from: dt.date = SINCE_2014
    holds_to: dt.date | None = None

    def due_on(self, started: np.ndarray) -> np.ndarray:
        """Return the last day on which the duty is done in time, for clocks that started on these days.

        >>> from dispute_risk.timeline.days import day_number, to_date
        >>> to_date(clock("final_plan").due_on(np.array([day_number("2025-01-06")]))[0])
        datetime.date(2025, 5, 26)
        """
        started = np.asarray(started)
        if self.months:
            return add_months(started, self.months)
        limit = self.weeks * 7 + self.days
        return np.where(started == NO_DAY, NO_DAY, started + limit).astype(np.int32)

    @property
    def limit(self) -> str:
        """The limit in words, such as '20 weeks'."""
        for number, unit in ((self.weeks, "week"), (self.days, "day"), (self.months, "month")):
            if number:
                return f"{number} {unit}{'s' if number > 1 else ''}"
        return "a fixed date"


REG_10_4 = (
    "advice asked of a school from one week before a closure of at least four weeks until one week before it re-opens",
    "exceptional personal circumstances of the child, the parent or the young person",
    "absence from the area for at least four continuous weeks",
)

CLOCKS: tuple[Clock, ...] = (
    Clock("C1", "decide_to_assess", "decide whether to assess and say so", "the request is received",
          f"{REGULATIONS} reg 5(1) (V)", weeks=6, exceptions=REG_10_4[:1]),
    Clock("C2", "advice", "obtain the advice", "the authority asks for the advice",
          f"{REGULATIONS} reg 8(1) (V2)", weeks=6),
    Clock("C3", "refuse_to_issue", "say that no plan will be issued", "the request is received",
          f"{REGULATIONS} reg 10(1) (V)", weeks=16, exceptions=REG_10_4),
    Clock("C4", "comment_on_draft", "leave the family at least 15 days for the draft, the day of service included",
          "the draft is served", f"{REGULATIONS} reg 13(1)(a) (V)", days=14),
    Clock("C5", "school_consultation", "obtain the school's answer", "the school is consulted",
          "SEND Code of Practice 2015 (V2)", days=15),
    Clock("C6", "final_plan", "issue the final plan", "the request is received",
          f"{REGULATIONS} reg 13(2) (V)", weeks=20, exceptions=REG_10_4),
    Clock("C7", "review", "review the plan", "the plan is made, or last reviewed",
          "Children and Families Act 2014 s.44; Code of Practice 9.166 and 9.169 (V2)", months=12),
    Clock("C10", "review_report", "send the report of the review", "the review meeting",
          f"{REGULATIONS} reg 21(7) (V)", weeks=2),
    Clock("C11", "review_decision", "decide to keep, amend or cease the plan", "the review meeting",
          f"{REGULATIONS} regs 20(10) and 21(9); R (L, M, P) v Devon [2022] EWHC 493 (Admin) (V2)", weeks=4),
    Clock("C13", "amended_plan", "issue the final amended plan", "the amendment notice is sent",
          f"{REGULATIONS} reg 22(3) (V)", weeks=8),
    Clock("C14", "amended_plan_overall", "issue the final amended plan", "the review meeting",
          "R (L, M, P) v Devon [2022] EWHC 493 (Admin) (V)", weeks=12),
    Clock("C15", "phase_transfer", "name the next school before 15 February of the year of transfer",
          "the school year of transfer begins", f"{REGULATIONS} reg 18(1)(b) (V)"),
    Clock("C16", "phase_transfer_post16", "name the post-16 provider before 31 March of the year of transfer",
          "the school year of transfer begins", f"{REGULATIONS} reg 18(1)(a) (V)"),
    Clock("C20", "reassessment_plan", "issue the plan after a re-assessment", "notice that a re-assessment is made",
          f"{REGULATIONS} reg 27(2) (V)", weeks=14, exceptions=REG_10_4),
    Clock("C21", "contact_mediation_adviser", "last day for the family to contact a mediation adviser",
          "the notice is sent", f"{REGULATIONS} reg 33 (V)", months=2),
    Clock("C22", "hold_mediation", "hold the mediation", "the family says that it wants mediation",
          "SEND Regulations 2014, as read through IPSEA (V)", days=30),
)
"""The clocks that were verified; the others of the law table are left out until they are."""

_BY_NAME = {declared.name: declared for declared in CLOCKS}


def clock(name: str) -> Clock:
    """Return the clock of that name; KeyError where there is none."""
    return _BY_NAME[name]


def clocks_in_force(on: dt.date) -> tuple[Clock, ...]:
    """Return the clocks that hold on a date."""
    return tuple(c for c in CLOCKS if c.holds_from <= on and (c.holds_to is None or on <= c.holds_to))


def appeal_window_closes_on(notice: np.ndarray, certificate: np.ndarray | None = None) -> np.ndarray:
    """Return the last day on which the Tribunal may receive the appeal.

    Two months after the notice was sent, or one month after the mediation certificate where that is later (HESC Rules
    2008 r.20(1)(c), V); an end that is not a Tribunal working day moves to the next one, so that an end in August moves
    to September (IPSEA, deadlines for appeal).

    Parameters
    ----------
    notice, certificate : ndarray of int
        Day numbers; `NO_DAY` for no certificate.

    Examples
    --------
    >>> from dispute_risk.timeline.days import day_number, to_date
    >>> to_date(appeal_window_closes_on(np.array([day_number("2025-06-10")]))[0])
    datetime.date(2025, 9, 1)
    """
    closes = add_months(notice, 2)
    if certificate is not None:
        closes = np.maximum(closes, add_months(certificate, 1))
    return next_working_day(closes)
