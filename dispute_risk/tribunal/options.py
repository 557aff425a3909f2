"""The four ways of going on with a registered appeal: what each means, obliges and needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dispute_risk.errors import RefusedUse
from dispute_risk.explain.words import day_in_words
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.costs import ExpectedCost, expected_costs
from dispute_risk.tribunal.orders import Obligation, duties_after
from dispute_risk.tribunal.record import OwnRecord
from dispute_risk.tribunal.timetable import Timetable
from dispute_risk.tribunal.value_of_information import ValueOfInformation, value_of_information

__all__ = ["CANNOT_SAY", "OPTIONS", "Choice", "Option", "Options", "options_for"]

OPTIONS: dict[str, str] = {
    "concede": "Concede now",
    "consent_order": "Agree by consent order",
    "mediate": "Mediate",
    "answer": "Answer the appeal",
}
"""Code and heading, in the order in which they are shown; the order says nothing about which is right."""

CANNOT_SAY = (
    "These are counts of past appeals, not the chance of this one: no tool can give that. "
    "They are no advice to resist. The legal test and what the child needs come first."
)
ROUTE_AFTER_RESPONSE = (
    "The date for the response has passed. Regulation 45 is for a notice sent before the response; after it, concede "
    "by a consent order, which brings the limits of regulation 44."
)

ANSWER_LATE = "Go on with the response sent (send it at once if it was not), the evidence, the bundle and the hearing."
ENDED = "This appeal has ended: there is nothing left to choose, only the duties among the dates."


@dataclass(frozen=True)
class Option:
    """One way of going on.

    Parameters
    ----------
    code, name : str
    means : str
        What is done, in a sentence or two.
    obliges : tuple of Obligation
        Duties with dates, if it is taken on the as-of date; empty where they depend on what is agreed or ordered.
    needs : str
        What has to be in place for it.
    cost : ExpectedCost or None
        None until the checklist is completed.
    """

    code: str
    name: str
    means: str
    obliges: tuple[Obligation, ...]
    needs: str
    cost: ExpectedCost | None = None


@dataclass(frozen=True)
class Options:
    """The options of one appeal with the record behind them.

    Parameters
    ----------
    options : tuple of Option
    record : OwnRecord
    costs_shown : bool
        False until the checklist is completed: the legal test and the child's needs come first.
    note : str
        What a reader must know before reading the figures.
    after_response : str
        What changes once the date for the response has passed; '' before it.
    information : ValueOfInformation or None
        What a missing report is worth before choosing; None until the checklist is completed and the stake is given.
    """

    options: tuple[Option, ...]
    record: OwnRecord
    costs_shown: bool
    note: str = CANNOT_SAY
    after_response: str = ""
    information: ValueOfInformation | None = None


@dataclass(frozen=True)
class Choice:
    """What the authority chose to do, by whom and why; answering needs a reviewer's reason.

    Parameters
    ----------
    option : str
        A key of `OPTIONS`.
    chosen_on : date
    reviewer : str
        Role or initials of the person who reviewed the case; required to answer the appeal.
    reason : str
        Required to answer the appeal.

    Raises
    ------
    RefusedUse
        If the option is unknown, or an appeal is to be answered without a named reviewer's reason; all at once.
    """

    option: str
    chosen_on: dt.date
    reviewer: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        problems = []
        if self.option not in OPTIONS:
            problems.append(f"option: {self.option!r} is not one of {', '.join(OPTIONS)}.")
        if self.option == "answer":
            for name in ("reviewer", "reason"):
                if not getattr(self, name).strip():
                    problems.append(f"{name}: blank. To answer an appeal, a named reviewer says why in a sentence.")
        if problems:
            raise RefusedUse("The choice was not recorded:", problems)


def options_for(
    file: CaseFile, dates: Timetable, record: OwnRecord, checklist_completed: bool,
    random_state: int | None = 0, stake: float | None = None,
) -> Options:
    """Return the four options of an appeal as they stand on the as-of date.

    Parameters
    ----------
    file : CaseFile
    dates : Timetable
    record : OwnRecord
        For the grounds of the appeal.
    checklist_completed : bool
        Costs are left out until it is.
    random_state : int or None
        For the draws behind the expected costs.
    stake : float, optional
        Pounds in dispute, for the value of a missing report.
    """
    if not file.appeal.open:
        return Options((), record, False, note=ENDED)
    response = dates.step("response")
    late = response is not None and response.on is not None and response.on < file.as_of
    leading = max(record.grounds, key=lambda one: one.closed, default=None) if checklist_completed else None
    # For the ground with most closed appeals: a case is one appeal, whatever its grounds.
    costs = {} if leading is None else {cost.option: cost for cost in expected_costs(leading.pooled, random_state)}
    worth = None if leading is None or stake is None else value_of_information(leading.pooled, stake,
                                                                               random_state=random_state)
    said = {
        "concede": (
            "Tell the Tribunal and the family that the authority does not oppose the appeal.",
            duties_after(file.appeal.grounds, file.as_of, conceded=not late),
            "A person who can decide; a plan for carrying it out by the dates below.",
        ),
        "consent_order": (
            "Agree the wording with the family and ask the Tribunal to order it; the hearing falls away.",
            (),
            "Agreed wording, line by line. The limits of regulation 44 run from the order.",
        ),
        "mediate": (
            "Meet the family with a mediator. The right to mediate goes on after registration, and the appeal goes on "
            "meanwhile; to be held within 30 days of the family asking.",
            (),
            "A person at the table who can decide. The family chooses freely; the dates of the appeal stand.",
        ),
        "answer": (
            ANSWER_LATE if late else
            f"Send a response by {day_in_words(response.on if response else None)} with the evidence for each ground.",
            (),
            "A named reviewer's reason in writing, and every question of the checklist answered.",
        ),
    }
    options = tuple(Option(code, OPTIONS[code], *said[code], cost=costs.get(code)) for code in OPTIONS)
    return Options(options, record, checklist_completed, after_response=ROUTE_AFTER_RESPONSE if late else "",
                   information=worth)


def choice_in_words(choice: Choice | None, options: Sequence[str] = tuple(OPTIONS)) -> str:
    """Say what was chosen, by whom and why; '' where nothing was."""
    if choice is None:
        return ""
    assert choice.option in options
    by = f", reviewed by {choice.reviewer}" if choice.reviewer else ""
    why = f": {choice.reason}" if choice.reason else ""
    return f"{OPTIONS[choice.option]}, {day_in_words(choice.chosen_on)}{by}{why}"
