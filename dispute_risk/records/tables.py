"""Every table and column an authority hands over, declared once with its meaning.

A declaration says what a column means, which values it may hold, and *with which date it becomes known*: a decision
is known with the day it was sent, never before. Reading, checking, the timeline and the documentation all follow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dispute_risk import terms
from dispute_risk.terms import Codelist

__all__ = ["NEVER", "NEXT_PLAN", "RECORDED", "TABLES", "Column", "Table", "recorded_column", "table"]

RECORDED = "_recorded_on"
NEVER = "never"
"""`known_with` of a column whose day of recording nobody keeps: kept for reports, never a feature."""
NEXT_PLAN = "next_plan"
"""`known_with` of what only the next final plan of the case makes known."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Heading in the file.
    meaning : str
        What a value says, in words an officer would use.
    kind : {'identifier', 'date', 'code', 'codes', 'flag', 'number'}
        `codes` holds several codes with `;` between; `flag` is 0 or 1.
    required : bool
        Whether a row without it is set aside.
    codes : Codelist or None
        The values allowed, for `code` and `codes`.
    known_with : str
        The date column with which this value becomes known; `''` for a date that is a fact of its own, or for a value
        known from the opening of the case; `'never'` where nobody keeps the day; `'next_plan'` for what only the next
        final plan of the case makes known.
    plan : bool
        True for a date that is planned (a hearing, a due date) and so may lie in the future.
    audit_only : bool
        True for what is audited and never becomes a feature (sex, ethnicity, language, deprivation).
    low, high : float
        Allowed range of a `number`.
    """

    name: str
    meaning: str
    kind: str = "code"
    required: bool = False
    codes: Codelist | None = None
    known_with: str = ""
    plan: bool = False
    audit_only: bool = False
    low: float = float("-inf")
    high: float = float("inf")

    @property
    def is_fact_date(self) -> bool:
        """Whether this is a date on which something happened (not a planned date)."""
        return self.kind == "date" and not self.plan


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, its key and where its identifiers point.

    Parameters
    ----------
    name : str
    one_row_is : str
    columns : tuple of Column
    key : tuple of str
        Columns that together may occur once; empty where repeats are lawful.
    anchors : tuple of str
        Date columns of which the earliest known one makes the row known to exist; empty means from the start.
    orders : tuple of (str, str)
        Pairs of dates of which the first may not be after the second.
    required : bool
        Whether a casebook without the table cannot be used.
    points_to : tuple of (str, str)
        Column and the table in which its value must be found.
    instead : tuple of (str, str)
        A required column that may be blank where the other one is filled.
    """

    name: str
    one_row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    orders: tuple[tuple[str, str], ...] = ()
    required: bool = False
    points_to: tuple[tuple[str, str], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError where it is not declared."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def fact_dates(self) -> tuple[str, ...]:
        """Names of the dates on which something happened."""
        return tuple(column.name for column in self.columns if column.is_fact_date)


def recorded_column(date_column: str) -> str:
    """Return the name of the companion that says on which day a date was recorded.

    >>> recorded_column("decision_sent_on")
    'decision_sent_recorded_on'
    """
    return date_column.removesuffix("_on") + RECORDED


def identifier(name: str, meaning: str, required: bool = True, known_with: str = "") -> Column:
    return Column(name, meaning, "identifier", required, known_with=known_with)


def happened(name: str, meaning: str, required: bool = False) -> Column:
    return Column(name, meaning, "date", required)


def planned(name: str, meaning: str, known_with: str) -> Column:
    return Column(name, meaning, "date", known_with=known_with, plan=True)


def code(name: str, meaning: str, codes: Codelist, known_with: str = "", required: bool = False) -> Column:
    return Column(name, meaning, "code", required, codes, known_with)


def flag(name: str, meaning: str, known_with: str = "", audit_only: bool = False) -> Column:
    return Column(name, meaning, "flag", known_with=known_with, audit_only=audit_only)


CASE_ID = identifier("case_id", "pseudonymous number of the child's or young person's SEN file")
TO_CASE = (("case_id", "cases"),)

TABLES: tuple[Table, ...] = (
    Table(
        "cases",
        "one child's or young person's SEN file",
        (
            CASE_ID,
            Column("area", "area team that holds the case", "identifier", True),
            happened("opened_on", "day the file was opened"),
            happened("closed_on", "day the file was closed"),
            code("closed_reason", "why the file was closed", terms.CLOSED_REASON, "closed_on"),
            Column("family_id", "pseudonymous number of the family, so that brothers and sisters stay together", "identifier"),
            Column("birth_date", "date of birth, for age bands at law", "date", plan=True),
            Column("sex", "sex", "code", codes=terms.SEX, audit_only=True),
            Column("ethnicity", "ethnic group, local or SEN2 code", "identifier", audit_only=True),
            code("primary_need", "primary need, SEN2 code", terms.NEED),
            flag("home_language_not_english", "first language is not English", audit_only=True),
            Column("deprivation_decile", "IDACI decile of the home address, 1 most deprived", "number",
                   audit_only=True, low=1, high=10),
            flag("looked_after", "looked after by a local authority"),
            code("setting_type", "setting when the file was opened", terms.SETTING),
        ),
        key=("case_id",),
        anchors=("opened_on",),
        orders=(("opened_on", "closed_on"),),
        required=True,
    ),
    Table(
        "requests",
        "one request for an EHC needs assessment or re-assessment",
        (
            CASE_ID,
            identifier("request_id", "number of the request"),
            happened("received_on", "day the request was received; starts the 20-week clock", True),
            code("kind", "assessment or re-assessment", terms.REQUEST_KIND, "received_on"),
            code("source", "who asked", terms.REQUEST_SOURCE, "received_on"),
            code("decision", "whether to assess", terms.REQUEST_DECISION, "decision_sent_on"),
            happened("decision_sent_on", "day the decision was sent"),
            flag("exception", "a reg 10(4) exception applies", "decision_sent_on"),
        ),
        key=("request_id",),
        anchors=("received_on",),
        orders=(("received_on", "decision_sent_on"),),
        points_to=TO_CASE,
    ),
    Table(
        "assessments",
        "the result of one assessment",
        (
            CASE_ID,
            identifier("request_id", "request that led to the assessment"),
            code("outcome", "whether a plan will be issued", terms.ASSESSMENT_OUTCOME, "outcome_sent_on"),
            happened("outcome_sent_on", "day the outcome was sent"),
        ),
        anchors=("outcome_sent_on",),
        points_to=(*TO_CASE, ("request_id", "requests")),
    ),
    Table(
        "advice",
        "one professional's advice for an assessment or review",
        (
            CASE_ID,
            code("kind", "whose advice", terms.ADVICE_KIND, "requested_on", True),
            identifier("request_id", "request the advice was asked for", False, "requested_on"),
            happened("requested_on", "day the advice was asked for", True),
            happened("received_on", "day the advice arrived"),
            flag("cited_in_plan", "the plan that followed uses it", NEXT_PLAN),
        ),
        anchors=("requested_on",),
        points_to=TO_CASE,
    ),
    Table(
        "plans",
        "one version of a plan",
        (
            CASE_ID,
            identifier("plan_id", "number of this version"),
            code("kind", "draft, final, amendment notice or final amended plan", terms.PLAN_KIND, "issued_on", True),
            happened("issued_on", "day it was sent", True),
            code("section_i", "whether a school is named", terms.SECTION_I, "issued_on"),
            code("setting_type", "type of setting in section I", terms.SETTING, "issued_on"),
            code("written_by", "who wrote it", terms.WRITTEN_BY, "issued_on"),
            flag("phase_transfer", "issued for a phase transfer", "issued_on"),
        ),
        key=("plan_id",),
        anchors=("issued_on",),
        points_to=TO_CASE,
    ),
    Table(
        "reviews",
        "one review of a plan",
        (
            CASE_ID,
            identifier("review_id", "number of the review"),
            code("kind", "kind of review", terms.REVIEW_KIND, "meeting_on"),
            planned("due_on", "day the review is due", "meeting_on"),
            happened("meeting_on", "day of the review meeting; the four weeks start here"),
            happened("report_received_on", "day the school's report arrived"),
            code("decision", "what was decided", terms.REVIEW_DECISION, "decision_sent_on"),
            happened("decision_sent_on", "day the decision was sent"),
            happened("amended_draft_on", "day the amendment notice was sent"),
            happened("amended_final_on", "day the final amended plan was sent"),
        ),
        key=("review_id",),
        anchors=("meeting_on", "report_received_on", "decision_sent_on", "amended_draft_on", "amended_final_on"),
        orders=(("meeting_on", "decision_sent_on"), ("amended_draft_on", "amended_final_on")),
        points_to=TO_CASE,
    ),
    Table(
        "placements",
        "where the child in fact is",
        (
            CASE_ID,
            happened("from_on", "first day there", True),
            happened("to_on", "last day there"),
            code("setting_type", "type of setting", terms.SETTING, "from_on"),
            identifier("setting_id", "number of the setting", False, "from_on"),
            code("agreed_type", "type of setting the panel agreed is needed", terms.SETTING, "from_on"),
        ),
        anchors=("from_on",),
        orders=(("from_on", "to_on"),),
        points_to=TO_CASE,
    ),
    Table(
        "consultations",
        "one school or college asked to take the child",
        (
            CASE_ID,
            identifier("setting_id", "number of the setting", False, "sent_on"),
            code("setting_type", "type of setting", terms.SETTING, "sent_on"),
            happened("sent_on", "day the setting was asked", True),
            happened("responded_on", "day it answered"),
            code("response", "what it answered", terms.CONSULTATION_RESPONSE, "responded_on"),
            flag("preferred_by_family", "the setting the family asked for", "sent_on"),
        ),
        anchors=("sent_on",),
        orders=(("sent_on", "responded_on"),),
        points_to=TO_CASE,
    ),
    Table(
        "panels",
        "one panel item",
        (
            CASE_ID,
            happened("panel_on", "day of the panel", True),
            code("question", "what was asked", terms.PANEL_QUESTION, "panel_on"),
            code("result", "what the panel said", terms.PANEL_RESULT, "panel_on"),
            flag("reverses_earlier", "reverses an earlier decision", "panel_on"),
            flag("papers_complete", "the papers were complete", "panel_on"),
        ),
        anchors=("panel_on",),
        points_to=TO_CASE,
    ),
    Table(
        "contacts",
        "one message or meeting",
        (
            CASE_ID,
            identifier("contact_id", "number of the contact"),
            happened("happened_on", "day of the contact", True),
            code("direction", "to or from the authority", terms.DIRECTION, "happened_on"),
            code("channel", "how", terms.CHANNEL, "happened_on"),
            code("party", "with whom", terms.PARTY, "happened_on"),
            happened("replied_on", "day the authority answered an incoming one"),
        ),
        key=("contact_id",),
        anchors=("happened_on",),
        orders=(("happened_on", "replied_on"),),
        points_to=TO_CASE,
    ),
    Table(
        "allocations",
        "one spell of a case officer",
        (
            CASE_ID,
            identifier("officer_id", "pseudonymous number of the officer, blank where nobody holds the case", False, "from_on"),
            happened("from_on", "first day of the spell", True),
            happened("to_on", "last day of the spell"),
        ),
        anchors=("from_on",),
        orders=(("from_on", "to_on"),),
        points_to=TO_CASE,
    ),
    Table(
        "complaints",
        "one complaint",
        (
            CASE_ID,
            happened("received_on", "day the complaint came in", True),
            code("stage", "stage", terms.COMPLAINT_STAGE, "received_on"),
            code("theme", "what it is about", terms.COMPLAINT_THEME, "received_on"),
            happened("responded_on", "day it was answered"),
            flag("upheld", "upheld", "responded_on"),
        ),
        anchors=("received_on",),
        orders=(("received_on", "responded_on"),),
        points_to=TO_CASE,
    ),
    Table(
        "mediations",
        "one approach about mediation",
        (
            CASE_ID,
            code("decision_type", "decision it is about", terms.DECISION_TYPE, "", True),
            happened("offered_on", "day the authority offered it"),
            happened("requested_on", "day the family asked for it or spoke to the adviser"),
            happened("certificate_on", "day of the certificate"),
            happened("held_on", "day it was held"),
            code("result", "what came of it", terms.MEDIATION_RESULT, NEVER),
            planned("agreement_due_on", "day by which the agreement is to be carried out", "held_on"),
            happened("agreement_done_on", "day the agreement was carried out"),
            flag("pilot", "offered under the pilot", "offered_on"),
        ),
        anchors=("offered_on", "requested_on", "certificate_on", "held_on"),
        points_to=TO_CASE,
    ),
    Table(
        "appeals",
        "one appeal to the Tribunal",
        (
            CASE_ID,
            identifier("appeal_id", "number of the appeal"),
            happened("registered_on", "day the Tribunal registered it", True),
            happened("lodged_on", "day the family sent it"),
            Column("grounds", "what is appealed, ; between", "codes", codes=terms.GROUND, known_with="registered_on"),
            happened("papers_received_on", "day the appeal papers reached the authority; its 30 working days start here"),
            planned("response_due_on", "day the authority's response is due", "registered_on"),
            happened("response_sent_on", "day the response was sent"),
            planned("evidence_due_on", "day for final evidence, from the registration letter", "registered_on"),
            planned("bundle_due_on", "day for the bundle, from the registration letter", "registered_on"),
            planned("hearing_on", "day of the hearing", "registered_on"),
            code("outcome", "how it ended", terms.APPEAL_OUTCOME, "outcome_on"),
            happened("outcome_on", "day it ended"),
            flag("extended", "health or social care recommendations sought", "registered_on"),
            Column("causes", "the officer's coding of causes, ; between", "codes", codes=terms.CAUSE, known_with=NEVER),
        ),
        key=("appeal_id",), required=True, points_to=TO_CASE,
        anchors=("registered_on", "lodged_on"), orders=(("registered_on", "outcome_on"),),
        instead=(("registered_on", "lodged_on"),),  # sent to the Tribunal and not yet registered: in dispute all the same
    ),
)
"""The tables of a casebook, in the order of a case's life."""

_BY_NAME = {declared.name: declared for declared in TABLES}


def table(name: str) -> Table:
    """Return the declaration of a table; KeyError where there is none."""
    return _BY_NAME[name]
