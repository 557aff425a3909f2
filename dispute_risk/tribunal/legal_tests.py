"""The questions a tribunal officer puts to a registered appeal, ground by ground, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispute_risk.tribunal import findings as found
from dispute_risk.tribunal import findings_school as school
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.findings import Finding

__all__ = ["ITEMS", "Item", "items_for"]

CONTENTS = ("needs", "provision")
PLACEMENT = ("placement", "no_placement")
PLAN = (*CONTENTS, *PLACEMENT)
REGS = "SEND Regulations 2014 (SI 2014/1530)"
CFA = "Children and Families Act 2014"


@dataclass(frozen=True)
class Item:
    """One yes or no question; "yes" is always the state that the law or good practice asks for.

    Parameters
    ----------
    code : str
        Name in the answers file.
    question : str
    source : str
    verified : {'V', 'V2', 'practice'}
        Read in the legislation or a judgment's page, in a secondary source, or good practice without a rule of law.
    put_right : str
        What can be done now where the answer is no.
    grounds : tuple of str
        The grounds it is asked for; empty for all.
    from_records : callable or None
        Answers it from the records; None where only the officer can.
    cause : str
        Code of `terms.CAUSE` to propose where the answer is no; '' for none.
    """

    code: str
    question: str
    source: str
    verified: str
    put_right: str
    grounds: tuple[str, ...] = ()
    from_records: Callable[[CaseFile], Finding] | None = None
    cause: str = ""


ITEMS: tuple[Item, ...] = (
    # --- the test itself, by ground
    Item("assess_test", "Does the decision letter apply the two questions of s.36(8), whether the child may have "
         "special educational needs and whether a plan may be needed, and not a local threshold?",
         f"{CFA} s.36(8); Cambridgeshire CC v FL-J [2016] UKUT 225 (AAC)", "V",
         "Decide again on the words of s.36(8); concede if they are met.", ("refuse_to_assess",), None,
         "threshold_misapplied"),
    Item("issue_test", "Does the decision ask whether a plan is necessary for this child, after setting out needs, "
         "provision and shortfall?",
         f"{CFA} s.37(1); Nottinghamshire CC v SF and GD [2020] EWCA Civ 226; Buckinghamshire CC v HW [2013] UKUT 470 "
         "(AAC)", "V", "Set out needs, provision and shortfall from the advice, and decide again.",
         ("refuse_to_issue",), None, "threshold_misapplied"),
    Item("issue_national", "Does it compare with what mainstream schools provide nationally, not only with the local "
         "offer?",
         "Nottinghamshire CC v SF and GD [2020] EWCA Civ 226", "V", "Make the comparison, and decide again.",
         ("refuse_to_issue",), None, "threshold_misapplied"),
    Item("reassess_reasons", "Does the refusal to re-assess say why the last assessment still describes the child?",
         "good practice; no rule verified", "practice", "Compare the last advice with the child as they are now.",
         ("refuse_to_reassess",)),
    Item("amend_reasons", "Does the decision not to amend answer what the review meeting asked for?",
         "good practice; no rule verified", "practice", "Go through the review report point by point.",
         ("refuse_to_amend",), None, "review_late"),
    Item("cease_test", "Is it shown that the young person would not qualify for a plan if they asked afresh today?",
         "B & M v Cheshire East [2018] UKUT 232 (AAC); Buckinghamshire CC v SJ [2016] UKUT 254 (AAC)", "V",
         "Put the question to the evidence held; concede if the answer is that they would.", ("cease_to_maintain",)),
    Item("cease_process", "Were the family and the school consulted before the decision to cease?",
         f"{CFA} s.45; {REGS} reg 31; Hampshire CC v GC and GC [2024] UKUT 128 (AAC)", "V",
         "A decision without the required process is invalid: go on with the plan and begin again.",
         ("cease_to_maintain",), None, "cease_process"),
    # --- contents
    Item("every_need_met", "Does every need in section B have provision in section F?",
         "R v Secretary of State for Education ex p E [1992] 1 FLR 377", "V", "Write the missing provision.",
         CONTENTS, None, "need_without_provision"),
    Item("section_f_specific", "Does every line of section F say what, how much, how often and by whom?",
         "L v Clarke and Somerset [1998] ELR 129; Worcestershire CC v SE [2020] UKUT 217 (AAC); "
         "LB Redbridge v HO [2020] UKUT 323 (AAC)", "V",
         "Ask each adviser for hours and expertise, and amend.", ("provision",), None, "section_f_unspecific"),
    Item("section_f_not_delegated", "Is nothing in section F left for the school to decide, and none of it a sum of "
         "money?",
         "C v SENT and Greenwich [1999] ELR 5; R v Cumbria CC ex p P [1994] ELR 337", "V",
         "Write the provision itself.", ("provision",), None, "section_f_unspecific"),
    Item("advice_before_decision", "Had all advice asked for arrived when the decision was sent?",
         f"{REGS} reg 6(1) and reg 8(1)", "V2", "Chase it today; amend the plan when it arrives.",
         ("refuse_to_issue", *PLAN), found.advice_received_before_decision, "advice_missing"),
    Item("advice_used", "Does the plan use all the advice received?", "good practice; causes T4", "practice",
         "Carry the report into sections B and F.", PLAN, found.advice_used, "evidence_ignored"),
    Item("advice_specific", "Is the advice itself specific (who, what, how often), without 'would benefit from'?",
         "Administrative Justice Council 2023, as reported in Local Government Lawyer", "V",
         "Go back to the adviser with the wording.", ("provision",), None, "advice_vague"),
    Item("advice_recent", "Is the professional advice held newer than 12 months?", "good practice", "practice",
         "Ask for an update in time for the evidence.", (), found.advice_recent),
    Item("comment_time", "Did the family have at least 15 days for the draft?", f"{REGS} reg 13(1)(a)", "V",
         "Invite comments now.", ("needs", "provision", "placement", "no_placement"), found.comment_time_given),
    # --- placement
    Item("school_named", "Does section I name a school or college?", f"{CFA} s.51(2)(c)(iv)", "V",
         "Consult and name one.", PLACEMENT, school.school_named, "no_school_named"),
    Item("family_choice_consulted", "Was the school that the family asked for consulted before the decision?",
         f"{CFA} s.39", "V2", "Consult it now.", PLACEMENT, school.family_choice_consulted),
    Item("refusal_evidenced", "If the family's choice was refused, is there evidence on this child for the ground "
         "relied on (unsuitable, or incompatible with the education of others or with resources), not only 'full'?",
         f"{CFA} s.39(4); Hampshire CC v R & SENDIST [2009] EWHC 626 (Admin); NA v LB Barnet [2010] UKUT 180 (AAC)",
         "V",
         "Ask the school for evidence about this child, or name it.", ("placement",), None, "placement_refused"),
    Item("whole_public_cost", "Does any comparison of cost count all public spending, not only the education budget?",
         "Education Act 1996 s.9; Haining v Warrington BC [2014] EWCA Civ 398", "V",
         "Cost both placements in full, transport and health included.", ("placement",), None, "placement_refused"),
    Item("consultations_answered", "Did every school consulted answer?", "SEND Code of Practice 2015, 15 days", "V2",
         "Chase the answers, and the reasons of those who said no.", PLACEMENT, school.all_consultations_answered),
    Item("named_type_said_yes", "Did a school of the type named say that it can meet the need?", "good practice",
         "practice", "Find a school that can, or a different type.", PLACEMENT, school.named_type_said_yes),
    Item("named_type_matches", "Was the child where the panel agreed is needed, and does section I say so?",
         "good practice", "practice", "Search for the type agreed; say by when.", PLACEMENT, school.named_type_matches),
    # --- how the decision was made, every ground
    Item("review_advice_considered", "Had the report of the review arrived when the decision was sent?",
         f"{REGS} regs 20 and 21", "V2", "Read the report and decide again.", ("refuse_to_amend", "cease_to_maintain"),
         found.review_advice_considered, "review_late"),
    Item("papers_complete", "Were the papers complete when the panel looked at the case?", "good practice", "practice",
         "Take the complete papers back to the panel.", (), found.papers_complete, "panel_opacity"),
    Item("panel_stood", "Did no panel reverse an earlier decision on the case?", "good practice", "practice",
         "Explain both decisions to the family.", (), found.panel_stood, "panel_opacity"),
    Item("decision_in_time", "Was the decision sent within its limit?", "the clock named with the answer", "V",
         "Nothing undoes it; say so, and apologise.", (), found.decision_in_time, "late_assess"),
    Item("exception", "If it was late, does one of the four exceptions apply?", f"{REGS} reg 10(4) and 13(3)", "V",
         "A shortage of psychologists is no exception (Ombudsman).",
         ("refuse_to_issue", *PLAN), found.exception_recorded),
    Item("notice_complete", "Did the notice give the right of appeal, its time limit, and the advice, mediation and "
         "disagreement resolution services?", f"{REGS} regs 5, 10 and 32", "V", "Send what was left out.", ()),
    Item("reasons_given", "Does the letter give reasons that answer what the family said?", "good practice", "practice",
         "Write the reasons now.", (), None, "panel_opacity"),
    Item("family_answered", "Were the family's messages in the year before the appeal answered within 14 days?",
         "good practice; causes T13", "practice", "Answer them, and name one person to write to.", (),
         found.answered_the_family),
    Item("spoken_since", "Has the authority spoken with the family since registration?", "good practice",
         "practice", "Call today, or meet, with a person who can decide.", (), found.spoken_to_family),
    Item("mediation_offered", "Was mediation offered or held about this decision?",
         "SEND Regulations 2014 reg 32; section I alone needs no certificate", "V",
         "Offer it; the right to mediate goes on after registration.", (), found.mediation_offered),
)
"""In the order in which they are shown."""


def items_for(grounds: Sequence[str]) -> tuple[Item, ...]:
    """Return the questions for these grounds.

    Examples
    --------
    >>> [item.code for item in items_for(["refuse_to_assess"])][:2]
    ['assess_test', 'advice_recent']
    """
    return tuple(item for item in ITEMS if not item.grounds or set(item.grounds) & set(grounds))
