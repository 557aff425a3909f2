"""Annexes for the people who assess: data protection, equality, and who decides; facts only, no judgement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dispute_risk.model.bias_checklist import equity_findings
from dispute_risk.model.data_facts import DataFacts
from dispute_risk.records.tables import TABLES
from dispute_risk.reports.governance_parts import Block, Document, Grid, Points, Section, Words, answered
from dispute_risk.reports.weekly_guidance import NOT_FOR
from dispute_risk.triage.refused import CANNOT_STOP, REFUSED

__all__ = ["RISKS", "equality_annex", "involvement_statement", "protection_annex"]

RISKS: tuple[tuple[str, str, str], ...] = (
    ("Loud families are served first", "three lists, never one; a share of capacity for the unheard and for a random check",
     "the policy file; triage"),
    ("A list is taken for a decision",
     "each line shows reasons, dates and a next step for a person; overruling is kept with "
                                       "its reason",
     "the lists; the ledger"),
    ("Used to resist appeals or to ration", "such policies, features and exports are refused, with the limits of that told",
     "human involvement statement"),
    ("An officer is judged by it", "no output is by officer; features of staffing are of the team or the case",
     "human involvement statement"),
    ("Wrong because records are late or missing", "only what was known on a date is used; blanks, delays and silent areas are "
                                                  "reported",
     "data sheet; drift watch"),
    ("Unfair between groups", "protected characteristics are left out of the model and compared afterwards", "equality annex"),
    ("Out of date", "monthly watch, expiry after twelve months, fallback to points", "drift watch"),
    ("Self-confirming", "cases acted on and left by lot are kept apart in the ledger, so that learning again can weigh them",
     "the ledger"),
    ("A child is found in a published figure", "counts of 1 to 5 are hidden and the rest rounded in anything for publication",
     "reports"),
    ("Records are read by the wrong person", "no names, addresses or free text in a casebook; lists carry case numbers only",
     "records check"),
)
"""Risk, what the tool does about it, and where that is shown."""

WHY_NEEDED: dict[str, str] = {
    "Live decision": "a right of appeal runs only after a decision and for a set time",
    "Statutory delay": "a date set by law was missed",
    "Decisions and panels": "what was decided, and how often it was put off or turned round",
    "Missing professional advice": "a plan rests on advice that the law requires",
    "No suitable placement named": "the most frequent subject of appeals",
    "Communication gap": "messages without an answer come before many disputes",
    "Staffing continuity": "changes of officer leave cases waiting; of the case or team, never of a named officer",
    "Reviews and amendments": "yearly duties and the decisions that follow",
    "Phase transfer": "dates set by law before a change of school",
    "Past disputes": "a dispute settled badly comes back",
    "Advocacy": "how loudly a family can speak, kept apart so that it can be taken out (--no-voice)",
    "Context": "age and need set which duties apply",
}


def protection_annex(
    manifest: Mapping[str, Any], use: pd.DataFrame, answers: Mapping[str, str]
) -> Document:
    """Return the annex to the data protection impact assessment.

    Parameters
    ----------
    manifest : mapping
    use : DataFrame
        From `model.data_facts.feature_use`.
    answers : mapping of str to str
    """
    items = tuple((declared.name, column.name, column.meaning, "audited only, never a feature" if column.audit_only else "read")
                  for declared in TABLES for column in declared)
    needed = tuple((row.label, row.family, WHY_NEEDED.get(row.family, "declared by the authority itself"), row.source, row.use)
                   for row in list[Any](use.itertuples()))
    unused = int((use["use"] == "not used").sum())
    sections = (
        Section("Nature, scope and purpose", (
            Words("Records of children and young people with special educational needs are profiled: for each open case a "
                  "chance of an "
                  "appeal and points for duties not met are worked out, to say which cases an officer looks at first."),
            *answered(answers, "purpose_here", "lawful_basis", "special_category", "automated_decisions"))),
        Section("Data items", (
            Words("Every column the tool can read. A column that is not named here is left out when records are read; names, "
                  "addresses, pupil "
                  "numbers and free text are refused."),
            Grid(f"{len(items)} columns", ("Table", "Column", "Meaning", "Use"), items))),
        Section("Necessity, feature by feature", (
            Words(f"{len(use)} features. {unused} have no weight in this release: they could be left out without changing a risk."
                  if unused else f"{len(use)} features, all with some weight in this release."),
            Grid("What each is needed for", ("Feature", "Family", "Why it is needed", "Rests on", "In this release"), needed))),
        Section("Where the data go", (
            Points(("Read from the authority's own files or database; nothing is sent anywhere by the tool.",
                    "Written: lists and pages for officers, tables, a released model (numbers and words, no case), and the "
                    "ledger of "
                    "runs, actions and overrulings, from which a case can be erased (dispute-risk ledger).",
                    "Only if it is asked for (dispute-risk mediation --share): a file of what offers of a meeting do, by cause, "
                    "for other authorities. It holds sums over 50 offers and 10 appeals at the least, and no case; a person "
                    "sends it, or does not.")),
            *answered(answers, "access_and_storage", "sharing", "supplier"))),
        Section("Retention", (Words(f"The release may not be used after {manifest['expires_on']}."),
                              *answered(answers, "retention"))),
        Section("Risks and mitigations", (Grid("As the tool meets them; whether that is enough is for people to judge",
                                               ("Risk", "What is done about it", "Where"), RISKS),
                                          *answered(answers, "risks_accepted"))),
        Section("People's rights", answered(answers, "families_told", "opt_out", "how_to_challenge")),
        Section("Outcome", answered(answers, "dpia_outcome")),
    )
    lead = ("Facts for the assessment under UK GDPR Article 35: data items, purposes, necessity, retention, risks and "
            "mitigations. The "
            "assessment, the lawful basis and the conclusion are people's.")
    return Document("dpia_annex", "Annex to the data protection impact assessment", lead, sections)


def equality_annex(
    manifest: Mapping[str, Any], use: pd.DataFrame, found: DataFacts | None, answers: Mapping[str, str]
) -> Document:
    """Return the annex to the equality analysis."""
    voice = tuple((row.label, row.source, row.use) for row in list[Any](use[use["voice"]].itertuples()))
    filled: tuple[Block, ...] = (Words("The records were not looked at: run dispute-risk docs again with --casebook."),)
    if found is not None:
        filled = (Grid("How far the audited columns are filled in", ("Column", "Filled in"),
                       tuple((row.column, f"{row.filled:.0%}") for row in list[Any](found.audit.itertuples())), frozenset({1})),
                  Words("Where a column is mostly blank no difference between groups can be seen, which is not the same as "
                        "there being none."))
    against = equity_findings(manifest)
    groups: Block = Words("Groups were not compared when this model was tested. Attach the comparison by sex, ethnicity, "
                          "language, deprivation, need, age and area that dispute-risk fairness makes.")
    if against is not None:
        groups = Words(" ".join(against) if against else (
            "In the test on later dates, no group with 20 appeals or more had appeals seen over expected outside what is "
            "allowed, and the two most deprived fifths had their part of the lists. Attach the comparison by group that "
            "dispute-risk fairness makes."))
    sections = (
        Section("What is left out, and what is compared", (
            Words("Sex, ethnicity, home language and deprivation are never features. Need, age and being looked after are: "
                  "they set which "
                  "duties apply."), *filled)),
        Section("What may stand in for a group", (
            Words("Signals of advocacy go with income and language. They are kept as a family of their own, can be switched "
                  "off, and the "
                  "unheard list is made without them."),
            Grid(f"{len(voice)} signals of advocacy", ("Feature", "Rests on", "In this release"), voice) if voice
            else Words("This release was made without signals of advocacy."))),
        Section("Differences between groups", (groups, *answered(answers, "equality_actions"))),
        Section("What the outcome means for groups", (
            Words("The model is calibrated to who appeals. Equal error rates between groups would repeat who appeals now, so "
                  "the lists are "
                  "judged by duties not met: a family with the same failures should be as likely to be on a list, whoever it "
                  "is."),)),
        Section("Outcome", answered(answers, "families_told", "equality_outcome")),
    )
    lead = ("Facts for the analysis under section 149 of the Equality Act 2010. The duty to have due regard stays with people "
            "and cannot be "
            "met by a program.")
    return Document("eqia_annex", "Annex to the equality analysis", lead, sections)


def involvement_statement(manifest: Mapping[str, Any], answers: Mapping[str, str]) -> Document:
    """Return the statement of human involvement: what people do, what the program refuses, and what it cannot stop."""
    sections = (
        Section("What the program does", (
            Words("It profiles cases and orders officers' lists. It takes no decision about a child or a family, sends "
                  "nothing to anyone, "
                  "and closes no case. Which list a case is on changes when an officer looks at it, not what the child is "
                  "owed."),)),
        Section("What people do", answered(answers, "who_decides", "how_to_overrule", "time_for_each_case", "training")),
        Section("How it can be seen that people decide", (
            Points(("Every list, page, action and overruling is kept in the ledger, each entry sealed by the one after it "
                    "(dispute-risk ledger verify).",
                    "The share of listed cases overruled is reported. If it is nought, nobody may be looking: that is a finding.",
                    "Cases are drawn at random for a check of the file, whatever their risk.")),
            *answered(answers, "overrule_review", "audit_of_files"))),
        Section("Automated decisions", (
            Words("UK GDPR Articles 22A to 22D, in force since 5 February 2026, ask whether a significant decision is taken "
                  "without "
                  "meaningful human involvement, and how far it was reached by profiling. Whether the arrangements above are "
                  "enough "
                  "is for the data protection officer to say."),
            *answered(answers, "automated_decisions", "how_to_challenge", "opt_out"))),
        Section("Uses that are refused", (
            Points(NOT_FOR),
            Grid("Refused by the program, with an error and an exit code of its own",
                 ("What is asked", "How it is noticed", "What it says"),
                 tuple((one.use, one.noticed, one.instead) for one in REFUSED)))),
        Section("What the program cannot stop", (
            Words("A program cannot see what a list is used for once it is printed. These are for people to prevent:"),
            Points(CANNOT_STOP))),
    )
    return Document("human_involvement", "Statement of human involvement", "Who decides, how that can be seen, and which uses "
                                                                           "are refused.",
                    sections)
