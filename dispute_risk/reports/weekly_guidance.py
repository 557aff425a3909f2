"""How the weekly lists are to be read and what they may not be used for, the same on the page and in the workbook."""

from __future__ import annotations

from dispute_risk.explain.words import day_in_words
from dispute_risk.reports.weekly_view import horizon_in_words, shares_in_words
from dispute_risk.triage.lists import WeeklyLists

__all__ = ["INVENTED", "NOT_FOR", "how_to_read", "made_from"]

INVENTED = "Invented records: no case here exists"
"""The mark on every page, sheet and file made from synthetic records."""

NOT_FOR: tuple[str, ...] = (
    "Not to decide provision, a placement, the outcome of a panel, or whether to answer a family. Panel members are "
    "not shown the risk.",
    "Not to discourage an appeal. Every family on every list is told of the right of appeal, the time limit, "
    "mediation, and the SEND information, advice and support service.",
    "Not to mediate around a duty. A duty that is outstanding is put right.",
    "Not to defend a decision harder, and not to count less provision as a saving.",
    "Not to judge a family or an officer. A risk concerns a case and how it has been handled.",
)
"""The uses that are refused; they hold for every list."""


def how_to_read(lists: WeeklyLists) -> tuple[tuple[str, str], ...]:
    """Return each word of the lists with its meaning.

    Parameters
    ----------
    lists : WeeklyLists

    Returns
    -------
    tuple of (str, str)
        A word and what it means, in the order of reading.
    """
    horizon = horizon_in_words(lists.horizon_days)
    shared = shares_in_words(lists.policy)
    shares = f", {shared}" if shared else ""
    return (
        ("This week", f"The cases to act on first: {lists.capacity} places in each area{shares}. New cases stand "
                      "first."),
        ("Likely disputes", f"Open cases ordered by the chance that an appeal is registered within {horizon}."),
        ("Duties outstanding", "Cases in which a statutory duty has not been met, whether or not an appeal is likely."),
        ("Unheard", "The same failures, with no sign of an appeal. Families appeal who have the time, the money and "
                    "the knowledge of their rights; these cases are owed the same, and ask for a call that puts the "
                    "duty right and explains the right of appeal."),
        ("File check", "Drawn at random from the cases with a duty outstanding. Read the file and say whether the "
                       "records told the truth: it keeps the lists honest."),
        ("Already in dispute", "A mediation certificate, a lodged appeal or a pre-action letter. These cases are not "
                               "given a risk."),
        ("Risk", f"Out of 100 similar cases, how many had an appeal registered within {horizon}. The range in brackets "
                 "covers the true figure about 8 times in 10."),
        ("Reason", "A fact on the record that is associated with more appeals in similar cases. It is not a proof of "
                   "cause. The duty behind it is owed whatever it does to the risk."),
        ("Breach index", "Points for duties not met and how long they have been outstanding. The points are set by "
                         "rules and are never learned from appeals."),
        ("On the list", "A case keeps its place until it is acted on or resolved, for up to 4 weeks, unless another stands "
                        "twice as high. Once a step is recorded it makes room for 4 weeks, unless its risk doubles; a duty "
                        "outstanding stays on its own list."),
        ("Chosen", "Why this step comes first and what came second. What is owed is never rationed and never waits."),
        ("Last date", "The day after which a step is closed, such as the end of the appeal window. The letter and the "
                      "rules decide it: check it before relying on it."),
    )


def made_from(lists: WeeklyLists) -> tuple[tuple[str, str], ...]:
    """Return what the lists were made from: the date, the release and the data.

    Parameters
    ----------
    lists : WeeklyLists

    Returns
    -------
    tuple of (str, str)
    """
    compared = "none" if lists.last_as_of is None else day_in_words(lists.last_as_of)
    facts = (
        ("Authority", lists.authority),
        ("As known on", day_in_words(lists.as_of)),
        ("Compared with the list of", compared),
        ("Release of the model", lists.release),
        ("Records", lists.data_note),
    )
    return (*facts, ("Invented", INVENTED)) if lists.synthetic else facts
