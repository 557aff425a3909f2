"""Causes of an appeal: codes proposed with the dated evidence for each, for the officer to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from dispute_risk import terms
from dispute_risk.explain.words import count_in_words, day_in_words, joined_in_words
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.checklist import Checklist
from dispute_risk.tribunal.findings import (
    advice_of_decision,
    answered_the_family,
    comment_time_given,
    messages_left_waiting,
)
from dispute_risk.tribunal.findings_school import consultations_about, family_choice_consulted, plan_appealed

__all__ = ["SIGNALS", "Proposal", "proposed_causes"]

LOOKBACK_DAYS = 365
SPECIALIST = ("special", "independent", "resourced_mainstream")
NEAR_DEADLINE_DAYS = 7
"""A plan sent this close to its date was written to the date (taxonomy of causes T20)."""


@dataclass(frozen=True)
class Proposal:
    """A cause proposed for coding, with the facts that speak for it; the officer decides.

    Parameters
    ----------
    code : str
        Of `terms.CAUSE`.
    evidence : tuple of str
        Sentences with dates, from the records or the checklist.
    """

    code: str
    evidence: tuple[str, ...]

    @property
    def label(self) -> str:
        """The label of the cause."""
        return terms.CAUSE.label(self.code)


def proposed_causes(file: CaseFile, asked: Checklist) -> tuple[Proposal, ...]:
    """Return the causes that the checklist and the records speak for, those with most evidence first.

    What happened after the appeal was sent is left out, so that the dispute is not taken for its own cause.

    Parameters
    ----------
    file : CaseFile
    asked : Checklist
        Questions answered no propose the cause they belong to.
    """
    evidence: dict[str, list[str]] = {}
    for line in asked.unmet:
        code = _late_cause(file) if line.item.cause == "late_assess" else line.item.cause
        if code:
            by_records = line.records.answer == "no"
            said = line.records.said if by_records else f"The officer answered no: {line.item.question}"
            evidence.setdefault(code, []).append(said)
    for code, signal in SIGNALS.items():
        if said := signal(file):
            evidence.setdefault(code, []).append(said)
    order = list(terms.CAUSE)
    return tuple(Proposal(code, tuple(dict.fromkeys(said)))
                 for code, said in sorted(evidence.items(), key=lambda item: (-len(item[1]), order.index(item[0]))))


def _late_cause(file: CaseFile) -> str:
    return "late_assess" if file.decision and file.decision.kind in (
        "refuse_to_assess", "refuse_to_issue", "plan_issued") else "review_late"


def _year_before(file: CaseFile) -> tuple[dt.date, dt.date]:
    return file.before - dt.timedelta(days=LOOKBACK_DAYS), file.before


def _officers(file: CaseFile) -> str:
    since, until = _year_before(file)
    spells = sorted((row for row in file.rows("allocations") if row["from_on"]), key=lambda row: row["from_on"])
    changes = [row["from_on"] for row in spells[1:] if since <= row["from_on"] <= until]
    vacant = [row["from_on"] for row in spells if not row.get("officer_id") and row["from_on"] <= until
              and (row.get("to_on") or until) >= since]
    if len(changes) < 2 and not vacant:
        return ""
    parts = [f"{count_in_words(len(changes), 'change')} of officer in the year before the appeal"] if changes else []
    if vacant:
        parts.append(f"nobody held the case from {joined_in_words([day_in_words(day) for day in vacant])}")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _type_only_at_transfer(file: CaseFile) -> str:
    since, until = _year_before(file)
    plans = [row for row in file.rows("plans") if row.get("phase_transfer") == 1 and row["issued_on"]
             and row.get("kind") in ("final", "amended_final") and since <= row["issued_on"] <= until]
    if not plans:
        return ""
    last = plans[-1]
    limit = dt.date(last["issued_on"].year, 2, 15)
    if last.get("section_i") == "type_only":
        return f"The phase transfer plan of {day_in_words(last['issued_on'])} names a type only."
    if limit <= last["issued_on"] < dt.date(last["issued_on"].year, 9, 1):
        return (f"The phase transfer plan was sent on {day_in_words(last['issued_on'])}; the limit is before "
                "15 February (before 31 March for a move from school to post-16).")
    return ""


def _to_the_date(file: CaseFile) -> str:
    decision = file.decision
    if decision is None or decision.due_on is None or decision.kind != "plan_issued":
        return ""
    missing = [row for row in advice_of_decision(file)
               if not row.get("received_on") or row["received_on"] > decision.sent_on]
    if abs((decision.sent_on - decision.due_on).days) > NEAR_DEADLINE_DAYS:
        return ""
    plan = plan_appealed(file) or {}
    signs = [f"{count_in_words(len(missing), 'piece')} of advice missing"] if missing else []
    if comment_time_given(file).answer == "no":
        signs.append("under 15 days for the draft")
    if plan.get("written_by") in ("recovery_team", "agency"):
        signs.append(f"written by the {terms.WRITTEN_BY.label(plan['written_by'])}")
    if not signs:
        return ""
    return (f"The plan was sent on {day_in_words(decision.sent_on)}, within a week of its date: "
            f"{joined_in_words(signs)}.")


def _not_delivered(file: CaseFile) -> str:
    since, until = _year_before(file)
    days = [row["received_on"] for row in file.rows("complaints") if row.get("theme") == "provision_not_made"
            and row["received_on"] and since <= row["received_on"] <= until]
    said = joined_in_words([day_in_words(day) for day in days])
    return f"Complaint that provision was not made, {said}." if days else ""


def _health_or_care(file: CaseFile) -> str:
    if not file.appeal.extended:
        return ""
    kinds = {"health", "social_care", "camhs"}
    asked = [row for row in advice_of_decision(file) if row["kind"] in kinds]
    sent_on = file.decision.sent_on if file.decision else file.before
    missing = sorted({terms.ADVICE_KIND.label(row["kind"]) for row in asked
                      if not row.get("received_on") or row["received_on"] > sent_on})
    if missing:
        return f"The appeal asks about health or social care; {joined_in_words(missing)} advice had not arrived."
    return "" if asked else "The appeal asks about health or social care; no such advice is recorded."


def _no_place(file: CaseFile) -> str:
    since, until = _year_before(file)
    full = [row["responded_on"] for row in file.rows("consultations") if row.get("response") == "no_full"
            and row.get("setting_type") in SPECIALIST and row.get("responded_on")
            and since <= row["responded_on"] <= until]
    parts = []
    if full:
        parts.append(f"{count_in_words(len(full), 'specialist setting')} answered full, the last on "
                     f"{day_in_words(max(full))}.")
    spells = [row for row in file.rows("placements") if row["from_on"] and row["from_on"] <= until]
    last = max(spells, key=lambda row: row["from_on"], default=None)
    if last and last.get("agreed_type") in SPECIALIST and last.get("setting_type") != last["agreed_type"]:
        parts.append(f"Agreed as needed: {terms.SETTING.label(last['agreed_type'])}; where the child was: "
                     f"{terms.SETTING.label(last.get('setting_type') or 'none')} "
                     f"(since {day_in_words(last['from_on'])}).")
    return " ".join(parts)


def _school_disagrees(file: CaseFile) -> str:
    plan = plan_appealed(file)
    days = [row["responded_on"] for row in consultations_about(file) if row.get("response") == "no_cannot_meet_need"
            and row.get("responded_on") and row["responded_on"] <= file.before
            and plan is not None and row.get("setting_type") == plan.get("setting_type")]
    if plan is None or not days:
        return ""
    return (f"A school of the type named ({terms.SETTING.label(plan['setting_type'])}) answered that it cannot meet "
            f"need, {joined_in_words([day_in_words(day) for day in days])}.")


def _left_waiting(file: CaseFile) -> str:
    found = answered_the_family(file)
    # One late answer is no gap in communication; two or more, or none at all, may be.
    return found.said if found.answer == "no" and len(messages_left_waiting(file)) > 1 else ""


def _choice_refused(file: CaseFile) -> str:
    if "placement" not in file.appeal.grounds:
        return ""
    found = family_choice_consulted(file)
    return found.said if any(row.get("preferred_by_family") == 1 for row in consultations_about(file)) else ""


SIGNALS: dict[str, Callable[[CaseFile], str]] = {
    "placement_refused": _choice_refused,
    "communication_gap": _left_waiting,
    "officer_churn": _officers,
    "phase_transfer_late": _type_only_at_transfer,
    "quality_for_speed": _to_the_date,
    "provision_not_delivered": _not_delivered,
    "health_social_gap": _health_or_care,
    "sufficiency": _no_place,
    "school_la_disagree": _school_disagrees,
}
"""Causes read from the records beside the checklist; each returns a sentence with its facts, or ''."""
