"""What is said around the figures of the monitors: how to read each, what it rests on, what to do with it."""

from __future__ import annotations

import math

__all__ = ["NOTES", "NOT_FOR", "days_said", "few_or_share", "share_said"]

NOTES: dict[str, tuple[tuple[str, str], ...]] = {
    "replies": (
        ("What is counted", "Messages from families by e-mail, telephone, letter or text. Days are office working days after the "
         "day of the message: Monday to Friday without bank holidays, August included. An answer on the same day takes 0 days."),
        ("No reply date", "Such a message counts as still waiting up to the day of the records: it stays in the base of every "
         "share. It may have been answered and the reply not written down, which is why the share of such messages stands beside "
         "the figure, and why the share among those with a reply date is given too. The truth lies between the two."),
        ("Ranges", "95 in 100, Kaplan-Meier with those still waiting; widened since messages of one family are not independent."),
        ("Small months", "Under 10 messages no share is shown."),
        ("Teams, not people", "By area team. Officers are not read here, and no figure can be split by officer."),
    ),
    "reviews": (
        ("Due date", "12 months after the plan was made or last reviewed (Children and Families Act 2014 s.44; the decision must "
         "fall within the 12 months too, Code of Practice 9.166 and 9.169). Where the meeting is not recorded, the first later "
         "date of that review stands in for it, and the true date is then some weeks earlier."),
        ("After a review", "Decision within 4 weeks of the meeting (regs 20(10) and 21(9)); final amended plan within 8 weeks of "
         "the notice (reg 22(3)) and 12 weeks of the meeting (R (L, M, P) v Devon [2022] EWHC 493 (Admin))."),
        ("Set apart", "Plans whose last review decided to cease them are counted and not called overdue."),
        ("Under-fives", "The Code of Practice 9.178 asks to consider a review every 3 to 6 months: guidance, not a limit."),
    ),
    "ahead": (
        ("How it is made", "Several ways to forecast are tried from the end of each past month, with what was recorded by then. "
         "The simplest that does as well as the best is used. The last months are made up for what is recorded late."),
        ("Ranges", "Meant to hold 80 in 100 months; taken from how far earlier forecasts were off. Beside each forecast stands "
         "how many the range did hold."),
        ("Mediations", "By the month the family asks. Each is to be held within 30 days of that. A family that spoke to the "
         "adviser and had its certificate within a week, with no meeting, is taken to have wanted none."),
    ),
    "order": (
        ("The measure", "Whenever something is finished it is compared with every other one of the same kind that waited in the "
         "same area on that day. 100 in 100: always the oldest first. 50: the order of a lottery. Less: newest first."),
        ("Reasons recorded", "Looked-after children, phase transfers, an appeal that ended for the family in the 15 weeks "
         "before, and exceptions under reg 10(4) are reasons for another order; the measure is given without those too. A "
         "shortage of educational psychologists is no exception in the regulations. Reasons that are not "
         "written down are not seen."),
        ("Very long waits", "A wait of years may be a file whose end was not recorded. Look at the file first."),
    ),
    "gaps": (
        ("Quiet", "An area recorded at most a tenth of what the months around it hold, or filled a column in that rarely."),
        ("Thin", "An area fills the column in less than four fifths as often as the fullest area. Either less of it happens "
         "there, or less is written down."),
        ("What it does", "A case may be missing from a list, carry fewer reasons, or show a duty as broken that was done."),
    ),
}
"""Notes of each part of the page: word and meaning."""

NOT_FOR = (
    "Not to judge an officer: no figure here is by officer, and none may be made so.",
    "Not to decide anything about a child, and not to discourage an appeal.",
    "Not to close, cease or shorten work for the sake of a figure. A duty that is outstanding is put right.",
)


def share_said(value: float) -> str:
    """Return a share in words for a table; a dash where there is none.

    >>> share_said(0.301), share_said(float("nan"))
    ('30%', '–')
    """
    return "–" if math.isnan(value) else f"{value:.0%}"


def days_said(value: float) -> str:
    """Return a number of days for a table; 'not yet' where half were not answered.

    >>> days_said(7.0), days_said(float("inf")), days_said(float("nan"))
    ('7', 'not yet', '–')
    """
    return "–" if math.isnan(value) else "not yet" if math.isinf(value) else f"{value:,.0f}"


def few_or_share(value: float, few: bool) -> str:
    """Return a share, or that there were too few to give one."""
    return "few" if few else share_said(value)
