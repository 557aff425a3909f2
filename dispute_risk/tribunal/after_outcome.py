"""What is due after an appeal has ended, and what the records show of it being done."""

from __future__ import annotations

import datetime as dt

from dispute_risk import terms
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.orders import Obligation, duties_after
from dispute_risk.tribunal.steps import Step

__all__ = ["put_right_on", "steps_after_outcome"]

ORDERED = ("conceded", "consent_order", "upheld_family", "upheld_part")
"""Outcomes that oblige the authority to something."""


def steps_after_outcome(file: CaseFile) -> list[Step]:
    """Return the outcome and what it obliges, with what the records show of it being done."""
    appeal = file.appeal
    if appeal.outcome_on is None:
        return []
    steps = [Step("outcome", f"Outcome: {terms.APPEAL_OUTCOME.label(appeal.outcome)}", "the Tribunal",
                  appeal.outcome_on, "the authority's records", "recorded", "done")]
    if appeal.outcome not in ORDERED:
        return steps
    for place, duty in enumerate(duties_after(appeal.grounds, appeal.outcome_on, appeal.outcome == "conceded"), 1):
        steps.append(_duty_step(file, place, duty))
    if appeal.extended:
        steps.append(Step("recommendations", "Reasons, if health or social care does not follow a recommendation",
                          "health and social care", appeal.outcome_on + dt.timedelta(weeks=5),
                          "5 weeks; extended appeals, law firms' pages", "V2",
                          "ahead" if appeal.outcome_on + dt.timedelta(weeks=5) > file.as_of else "check"))
    return steps


def _duty_step(file: CaseFile, place: int, duty: Obligation) -> Step:
    done_on = put_right_on(file) if duty.final else None
    if done_on is not None:
        status = "done" if done_on <= duty.due_on else "breached"
        note = f"A plan or a decision was sent on {done_on.isoformat()}."
    elif duty.due_on >= file.as_of:
        status, note = ("today" if duty.due_on == file.as_of else "ahead"), ""
    elif duty.final and file.holds("plans"):
        status, note = "breached", "The records show no final plan and no decision after the outcome."
    else:
        status, note = "check", ""
    return Step(f"duty_{place}", duty.what[0].upper() + duty.what[1:], "area team", duty.due_on,
                f"{duty.source}, {duty.limit}", duty.verified, status, note)


def put_right_on(file: CaseFile) -> dt.date | None:
    """Return the first day after the outcome on which a final plan, or the decision of an assessment, was sent."""
    since = file.appeal.outcome_on
    if since is None:
        return None
    sent = [row["issued_on"] for row in file.rows("plans") if row.get("kind") in ("final", "amended_final")]
    sent += [row["outcome_sent_on"] for row in file.rows("assessments") if row.get("outcome") == "refuse"]
    return min((day for day in sent if day is not None and day >= since), default=None)
