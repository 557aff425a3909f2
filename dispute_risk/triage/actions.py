"""Next steps: what can be done about a case this week, by whom, why, and when it may be chosen.

No step delays or discourages an appeal, none withholds anything, and a duty that is broken is put right before anything
else is offered: mediation is never a way round it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["STEPS", "Choice", "Situation", "Step", "choose_steps"]


@dataclass(frozen=True)
class Step:
    """One next step.

    Parameters
    ----------
    name : str
    label : str
        What to do, as an instruction.
    owner : str
        Role, never a name.
    within_days : int
        How soon.
    why : str
        Why it is suggested.
    source : str
    owed : bool
        Whether the step is owed to the family whatever it costs: a duty put right, an answer, the rights explained. Such
        a step is never rationed and never waits.
    """

    name: str
    label: str
    owner: str
    within_days: int
    why: str
    source: str
    owed: bool = True


_DECLARED = (
    Step("name_a_school", "Name a school in section I, or tell the family what is being done and by when",
         "placements lead", 10, "A plan that names no school can be appealed on that alone.",
         "Children and Families Act 2014 s.51(2)(c)(iv)"),
    Step("find_the_place", "Take the case to the placement search, and say what the child has meanwhile",
         "placements lead", 10, "What was agreed is not in place.", "Children and Families Act 2014 s.42"),
    Step("chase_advice", "Chase the advice outstanding before the plan is finalised", "case officer", 5,
         "The plan can still be put right before it is issued.", "SEND Regulations 2014 regs 6 and 8"),
    Step("complete_the_plan", "Obtain the missing advice and send an amendment notice", "case officer", 10,
         "The plan was finalised without advice that was asked for, or without using it.",
         "SEND Regulations 2014 reg 6(1) and reg 28"),
    Step("issue_decision", "Send the decision that is overdue, and say in person why it is late", "area manager", 5,
         "The date has passed; the family has no decision and no right of appeal until it is sent.",
         "SEND Regulations 2014"),
    Step("hold_review", "Arrange the review that is overdue", "case officer", 15, "The yearly review is overdue.",
         "Children and Families Act 2014 s.44"),
    Step("allocate_officer", "Give the case to an officer and tell the family who it is", "area manager", 3,
         "Nobody holds the case.", "causes table T14"),
    Step("reply", "Answer the family, by telephone first", "case officer", 2, "The family is waiting to hear from us.",
         "causes table T13"),
    Step("meet_family", "Meet the family face to face, go through the decision and hear what is new",
         "case officer with someone who can decide", 7,
         "A decision can be appealed now; most families never met the authority before mediation.",
         "Surrey task group 2(a)(i); Administrative Justice Council 2023 p.21", owed=False),
    Step("review_decision", "Look at the decision again on the evidence there is now", "area manager", 7,
         "Nearly all decided appeals against refusals go the family's way at least in part.",
         "law table 3.2", owed=False),
    Step("offer_mediation", "Offer mediation with a person who can decide; it takes nothing from the right of appeal",
         "mediation lead", 10, "A decision can be appealed now and needs a mediation certificate first.",
         "SEND Regulations 2014 regs 32 to 39", owed=False),
    Step("call_family", "Call the family and ask how things stand", "case officer", 7,
         "Cases like this have more often ended in an appeal.", "Surrey task group 2(a)", owed=False),
    Step("rights_and_repair", "Put the duty right, explain the right of appeal and point to the SEND advice service",
         "case officer", 10, "The same failures as in cases that were appealed, and no sign of an appeal.",
         "methods 8.1"),
    Step("answer_appeal", "Take the case to the tribunal officer", "tribunal officer", 2,
         "The case is already in dispute and is seen in full every week.", "methods 1.2"),
    Step("check_file", "Read the file and note any duty the records do not show", "area manager", 10,
         "Drawn at random among cases with a broken duty, to keep the lists honest.", "methods section 0", owed=False),
    Step("keep_for_next_week", "Keep the case for next week's list, and say so to the family if it is waiting to hear",
         "area manager", 7, "Every step that fits the case is full this week.", "the authority's weekly slots", owed=False),
)

STEPS: dict[str, Step] = {step.name: step for step in _DECLARED}
"""The next steps, by name."""


@dataclass(frozen=True)
class Situation:
    """What is known of a case when its next step is chosen.

    Parameters
    ----------
    risk : float
        NaN where the case has none.
    duties : tuple of (str, str)
        Broken duties, worst first: name, and name of the step that puts it right.
    windows : tuple of str
        Decision types that can be appealed now.
    section_i_only : bool
        No school is named and nothing else is: an appeal needs no certificate.
    awaiting_plan, advice_outstanding, unanswered, no_officer : bool
    """

    risk: float = float("nan")
    duties: tuple[tuple[str, str], ...] = ()
    windows: tuple[str, ...] = ()
    section_i_only: bool = False
    awaiting_plan: bool = False
    advice_outstanding: bool = False
    unanswered: bool = False
    no_officer: bool = False


@dataclass(frozen=True)
class Choice:
    """The step suggested, the eligible steps after it in order, and what put the first one first.

    Parameters
    ----------
    first : Step
    others : tuple of Step
    why_first : str
        A sentence.
    """

    first: Step
    others: tuple[Step, ...] = field(default_factory=tuple)
    why_first: str = ""

    @property
    def second(self) -> Step | None:
        """The step that came second, None where only one is eligible."""
        return self.others[0] if self.others else None


CALL_FROM, MEDIATION_FROM = 0.08, 0.22
"""Break-even risks of an early conversation and of mediation (see `triage.bands`)."""

REFUSALS = ("refuse_to_assess", "refuse_to_issue", "refuse_to_reassess", "refuse_to_amend", "cease_to_maintain")


def choose_steps(situation: Situation, which_list: str) -> Choice:
    """Return the eligible steps of a case on a list, the one to take first in front.

    Parameters
    ----------
    situation : Situation
    which_list : str
        Key of `triage.lists.LISTS`.
    """
    if which_list == "already_in_dispute":
        return Choice(STEPS["answer_appeal"], _first_duty(situation), "A case in dispute goes to the tribunal officer.")
    if which_list == "random_audit":
        return Choice(STEPS["check_file"], _first_duty(situation), "The case was drawn at random for a check of its file.")
    names = _repairs(situation)
    if which_list == "unheard":
        names.insert(min(1, len(names)), "rights_and_repair")
    if which_list == "likely_disputes":
        names += _conversations(situation)
    unique = list(dict.fromkeys(names or ["call_family"]))
    return Choice(STEPS[unique[0]], tuple(STEPS[name] for name in unique[1:]), _why_first(unique[0], situation))


WHY_FIRST: dict[str, str] = {
    "allocate_officer": "Nobody holds the case, and every other step needs somebody to take it.",
    "chase_advice": "The plan is not issued yet, so it can still be put right.",
    "reply": "The family is waiting for an answer, and an answer comes before any offer.",
    "meet_family": "A decision can be appealed now, and no duty outstanding on the record comes before a meeting.",
    "rights_and_repair": "The duty is put right and the rights are explained, whether or not the family asks.",
    "call_family": "No duty is outstanding on the record, and no decision can be appealed now.",
}
"""What puts a step first where it is not the repair of a duty."""


def _why_first(name: str, situation: Situation) -> str:
    if name in {step for _, step in situation.duties}:
        return "A duty that is not met is put right before anything is offered."
    return WHY_FIRST.get(name, "It comes first of the steps that fit the case.")


def _first_duty(situation: Situation) -> tuple[Step, ...]:
    return tuple(STEPS[step] for _, step in situation.duties[:1])


def _repairs(situation: Situation) -> list[str]:
    """Return the steps that put a duty right, the most pressing first."""
    names = ["allocate_officer"] if situation.no_officer else []
    if situation.awaiting_plan and situation.advice_outstanding:
        names.append("chase_advice")
    return names + [step for _, step in situation.duties]


def _conversations(situation: Situation) -> list[str]:
    """Return the steps that open a conversation, for the risk and for the decision that can be appealed."""
    names = ["reply"] if situation.unanswered else []
    if not situation.windows:
        return [*names, "call_family"]
    names.append("meet_family")
    if any(kind in REFUSALS for kind in situation.windows):
        names.append("review_decision")
    if not situation.section_i_only and situation.risk >= MEDIATION_FROM:
        names.append("offer_mediation")
    return names
