"""The codes that records use, each with a label an officer would use and the source it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["CODELISTS", "Codelist"]


@dataclass(frozen=True)
class Codelist:
    """A closed list of codes, each with its label.

    Parameters
    ----------
    name : str
        What the list is called in messages and in the catalogue.
    labels : dict of str to str
        Code to label, in the order in which they are shown.
    source : str
        Where the list comes from.
    """

    name: str
    labels: dict[str, str]
    source: str

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __contains__(self, code: object) -> bool:
        return code in self.labels

    def label(self, code: str) -> str:
        """Return the label of a code, or the code itself where it is not on the list."""
        return self.labels.get(code, code)

    def allowed(self) -> str:
        """Return the codes as one line for an error message."""
        return ", ".join(self.labels)


RECORDS = "records contract of dispute_risk"
CFA51 = "Children and Families Act 2014 s.51(2)"
SEN2 = "Department for Education SEN2 person-level return, 2023 onwards"

CLOSED_REASON = Codelist(
    "reason for closing",
    {
        "moved_out": "moved to another authority",
        "max_age": "reached 25",
        "needs_met": "needs met without a plan",
        "higher_education": "went to higher education",
        "employment": "went into employment",
        "deceased": "died",
        "other": "other",
    },
    SEN2,
)
SEX = Codelist("sex", {"M": "male", "F": "female"}, SEN2)
NEED = Codelist(
    "primary need",
    {
        "SPLD": "specific learning difficulty",
        "MLD": "moderate learning difficulty",
        "SLD": "severe learning difficulty",
        "PMLD": "profound and multiple learning difficulty",
        "SEMH": "social, emotional and mental health",
        "SLCN": "speech, language and communication needs",
        "HI": "hearing impairment",
        "VI": "vision impairment",
        "MSI": "multi-sensory impairment",
        "PD": "physical disability",
        "ASD": "autistic spectrum disorder",
        "DS": "Down syndrome",
        "OTH": "other difficulty",
    },
    SEN2,
)
SETTING = Codelist(
    "type of setting",
    {
        "mainstream": "mainstream school",
        "resourced_mainstream": "resourced provision in a mainstream school",
        "special": "special school",
        "independent": "independent or non-maintained special school",
        "alternative_provision": "alternative provision",
        "early_years": "early years setting",
        "post16": "post-16 college or provider",
        "eotas": "education otherwise than at school",
        "home": "educated at home",
        "none": "no setting",
    },
    SEN2,
)
REQUEST_KIND = Codelist(
    "kind of request", {"assessment": "EHC needs assessment", "reassessment": "re-assessment"}, RECORDS
)
REQUEST_SOURCE = Codelist(
    "who asked",
    {"parent": "parent or young person", "school": "school", "health": "health", "social_care": "social care",
     "other": "other"},
    SEN2,
)
REQUEST_DECISION = Codelist(
    "decision on a request",
    {"assess": "agreed to assess", "refuse": "refused to assess", "withdrawn": "withdrawn"},
    "SEND Regulations 2014 reg 5",
)
ASSESSMENT_OUTCOME = Codelist(
    "outcome of an assessment",
    {"issue": "plan to be issued", "refuse": "refused to issue a plan", "withdrawn": "withdrawn"},
    "SEND Regulations 2014 reg 10",
)
ADVICE_KIND = Codelist(
    "kind of advice",
    {
        "educational_psychology": "educational psychology",
        "education": "education",
        "health": "health",
        "social_care": "social care",
        "speech_language": "speech and language",
        "occupational_therapy": "occupational therapy",
        "physiotherapy": "physiotherapy",
        "sensory": "sensory",
        "camhs": "child and adolescent mental health",
        "parent": "parental",
        "other": "other",
    },
    "SEND Regulations 2014 reg 6(1)",
)
PLAN_KIND = Codelist(
    "kind of plan",
    {
        "draft": "draft plan",
        "final": "final plan",
        "amended_draft": "amendment notice",
        "amended_final": "final amended plan",
    },
    "SEND Regulations 2014 regs 13 and 22",
)
SECTION_I = Codelist(
    "section I",
    {"setting_named": "a school named", "type_only": "type of school only, none named", "blank": "left blank"},
    "Children and Families Act 2014 s.37(2)(i)",
)
WRITTEN_BY = Codelist(
    "who wrote the plan",
    {"area_team": "area team", "recovery_team": "recovery team", "agency": "agency"},
    RECORDS,
)
REVIEW_KIND = Codelist(
    "kind of review",
    {
        "annual": "annual review",
        "early_years": "early years review",
        "interim": "interim review",
        "phase_transfer": "phase transfer review",
    },
    "Children and Families Act 2014 s.44",
)
REVIEW_DECISION = Codelist(
    "decision after a review",
    {"maintain": "keep the plan as it is", "amend": "amend the plan", "cease": "cease to maintain the plan"},
    "SEND Regulations 2014 regs 20 and 21",
)
CONSULTATION_RESPONSE = Codelist(
    "response of a school",
    {
        "yes": "can meet need",
        "no_cannot_meet_need": "cannot meet need",
        "no_full": "full",
        "no_reply": "no reply",
    },
    RECORDS,
)
PANEL_QUESTION = Codelist(
    "question to the panel",
    {"assess": "whether to assess", "issue": "whether to issue a plan", "placement": "placement",
     "funding": "funding", "cease": "whether to cease the plan"},
    RECORDS,
)
PANEL_RESULT = Codelist(
    "result of the panel",
    {"agreed": "agreed", "not_agreed": "not agreed", "deferred": "deferred"},
    RECORDS,
)
DIRECTION = Codelist("direction", {"in": "to the authority", "out": "from the authority"}, RECORDS)
CHANNEL = Codelist(
    "channel",
    {"email": "email", "phone": "telephone", "letter": "letter", "text": "text message", "video": "video meeting",
     "face_to_face": "meeting face to face"},
    RECORDS,
)
PARTY = Codelist(
    "who the contact was with",
    {
        "family": "the family",
        "school": "the school",
        "health": "health",
        "solicitor": "a solicitor",
        "advice_service": "the SEND advice service",
        "elected_member": "a councillor or Member of Parliament",
        "provider": "a provider",
        "other": "someone else",
    },
    RECORDS,
)
COMPLAINT_STAGE = Codelist(
    "stage of a complaint", {"1": "stage 1", "2": "stage 2", "ombudsman": "Ombudsman"}, RECORDS
)
COMPLAINT_THEME = Codelist(
    "theme of a complaint",
    {
        "no_response": "no response",
        "delay": "delay",
        "provision_not_made": "provision not made",
        "decision": "a decision",
        "conduct": "conduct",
        "data_breach": "a data breach",
        "other": "other",
    },
    RECORDS,
)
DECISION_TYPE = Codelist(
    "appealable decision",
    {
        "refuse_to_assess": "refusal to assess",
        "refuse_to_issue": "refusal to issue a plan",
        "plan_issued": "final plan issued",
        "plan_amended": "final amended plan issued",
        "refuse_to_reassess": "refusal to re-assess",
        "refuse_to_amend": "decision not to amend the plan",
        "cease_to_maintain": "decision to cease the plan",
    },
    CFA51,
)
MEDIATION_RESULT = Codelist(
    "result of mediation",
    {
        "not_wanted": "mediation not wanted",
        "held_agreed": "held, agreed",
        "held_partly": "held, agreed in part",
        "held_not_agreed": "held, not agreed",
        "not_held_in_time": "not held within 30 days",
    },
    RECORDS,
)
GROUND = Codelist(
    "ground of appeal",
    {
        "refuse_to_assess": "refusal to assess",
        "refuse_to_issue": "refusal to issue a plan",
        "needs": "needs (section B)",
        "provision": "provision (section F)",
        "placement": "placement (section I)",
        "no_placement": "no placement named (section I)",
        "refuse_to_reassess": "refusal to re-assess",
        "refuse_to_amend": "decision not to amend",
        "cease_to_maintain": "ceasing the plan",
    },
    CFA51,
)
APPEAL_OUTCOME = Codelist(
    "outcome of an appeal",
    {
        "conceded": "conceded by the authority",
        "consent_order": "agreed by consent order",
        "withdrawn": "withdrawn",
        "struck_out": "struck out",
        "upheld_family": "decided for the family",
        "upheld_part": "decided for the family in part",
        "dismissed": "decided for the authority",
    },
    RECORDS,
)
CAUSE = Codelist(
    "cause of an appeal",
    {
        "threshold_misapplied": "wrong legal test",
        "late_assess": "assessment or plan late",
        "advice_missing": "required advice missing or late",
        "evidence_ignored": "report received and not carried into the plan",
        "advice_vague": "advice not specific",
        "section_f_unspecific": "provision not specified",
        "need_without_provision": "a need with no provision",
        "no_school_named": "no school named",
        "placement_refused": "parental preference refused",
        "sufficiency": "specialist place agreed, none available",
        "review_late": "review late or plan stale",
        "phase_transfer_late": "phase transfer late or type only",
        "communication_gap": "communication gap",
        "officer_churn": "changes of officer",
        "panel_opacity": "panel decision unexplained or reversed",
        "cease_process": "process for ceasing not followed",
        "provision_not_delivered": "provision not delivered",
        "school_la_disagree": "school and authority disagree",
        "health_social_gap": "health or social care content missing",
        "quality_for_speed": "plan finalised to meet the date",
    },
    "taxonomy of causes T1 to T20 of dispute_risk",
)

CODELISTS: tuple[Codelist, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Codelist))
"""Every codelist, in the order of the records."""
