"""Every date of a registered appeal: what is due, by whom, in Tribunal working days, and how sure it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from dispute_risk.errors import DisputeRiskError
from dispute_risk.timeline.days import day_number, to_date
from dispute_risk.timeline.working_days import add_working_days, next_working_day
from dispute_risk.tribunal.after_outcome import steps_after_outcome
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.steps import Step, Timetable

__all__ = ["DATES_ASKED", "Step", "Timetable", "is_working_day", "timetable", "working_days_after",
           "working_days_before"]

RESPONSE_WORKING_DAYS = 30
"""From receipt of the appeal papers (IPSEA, what happens after an appeal; read there, V)."""
BUNDLE_WORKING_DAYS = 10
"""At least this many before the hearing (IPSEA, V)."""
DECISION_WORKING_DAYS = 10
"""After the hearing, about (practice, secondary sources, V2)."""

DATES_ASKED: dict[str, str] = {
    "papers": "the day the appeal papers reached the authority",
    "response_sent": "the day the response was sent",
    "response": "the date for the response in the registration letter",
    "evidence": "the date for final evidence and the case review form in the registration letter",
    "bundle": "the date for the bundle in the registration letter",
    "hearing": "the date of the hearing in the latest notice from the Tribunal",
}
"""Dates an officer may give; they win over the records and over what is worked out."""



def is_working_day(day: dt.date) -> bool:
    """Whether the Tribunal counts the day.

    >>> is_working_day(dt.date(2025, 8, 12)), is_working_day(dt.date(2025, 9, 1))
    (False, True)
    """
    number = np.array([day_number(day)])
    return bool(next_working_day(number)[0] == number[0])


def _moved(day: dt.date, count: int) -> dt.date:
    step = 1 if count > 0 else -1
    if not is_working_day(day):
        # The first working day after (or before) a day that does not count itself is day one.
        while not is_working_day(day):
            day += dt.timedelta(days=step)
        count -= step
    if not count:
        return day
    moved = to_date(int(add_working_days(np.array([day_number(day)]), count)[0]))
    assert moved is not None
    return moved


def working_days_after(day: dt.date, count: int) -> dt.date:
    """Return the Tribunal working day that many after a day; the first one after it is day one.

    >>> working_days_after(dt.date(2025, 7, 31), 1)
    datetime.date(2025, 9, 1)
    """
    return _moved(day, count)


def working_days_before(day: dt.date, count: int) -> dt.date:
    """Return the Tribunal working day that many before a day; the last one before it is day one.

    >>> working_days_before(dt.date(2026, 1, 5), 2)
    datetime.date(2025, 12, 24)
    """
    return _moved(day, -count)


def timetable(file: CaseFile, dates: Mapping[str, dt.date] | None = None) -> Timetable:
    """Return every date of an appeal, from registration to compliance.

    Parameters
    ----------
    file : CaseFile
    dates : mapping of str to date, optional
        What the officer reads in the Tribunal's letters (`DATES_ASKED`). They win; then what is recorded; then what is
        worked out. Where they differ, the step says so.

    Returns
    -------
    Timetable

    Raises
    ------
    DisputeRiskError
        If `dates` has a name that is not in `DATES_ASKED`.
    """
    given = dict(dates or {})
    if unknown := sorted(set(given) - set(DATES_ASKED)):
        raise DisputeRiskError(f"--date: {', '.join(map(repr, unknown))} is no date of the timetable.",
                               [f"{name}: {meaning}" for name, meaning in DATES_ASKED.items()])
    appeal, as_of = file.appeal, file.as_of
    steps: list[Step] = []
    if appeal.lodged_on:
        steps.append(Step("lodged", "Appeal sent to the Tribunal", "the family", appeal.lodged_on,
                          "the authority's records", "recorded", "done"))
    if appeal.registered_on:
        steps.append(Step("registered", "Appeal registered", "the Tribunal", appeal.registered_on,
                          "the authority's records", "recorded", "done"))
    closed = None if appeal.open else appeal.outcome_on
    planned = [_response(file, given), _evidence(file, given), *_hearing_steps(file, given)]
    for step in planned:
        if closed is None or (step.on is not None and step.on <= closed):
            steps.append(_with_status(step, as_of, closed, given.get("response_sent") or appeal.response_sent_on))
    steps += steps_after_outcome(file)
    order = sorted(range(len(steps)), key=lambda place: (_place_in_time(steps, place), place))
    return Timetable(appeal.case_id, appeal.appeal_id, as_of, tuple(steps[place] for place in order), file.synthetic)


def _place_in_time(steps: list[Step], place: int) -> dt.date:
    """A step without a date stands right after the one before it."""
    while place >= 0:
        if (on := steps[place].on) is not None:
            return on
        place -= 1
    return dt.date.min


def _response(file: CaseFile, given: Mapping[str, dt.date]) -> Step:
    appeal = file.appeal
    start = given.get("papers") or appeal.papers_received_on or appeal.registered_on
    worked_out = working_days_after(start, RESPONSE_WORKING_DAYS) if start else None
    papers = "papers" in given or appeal.papers_received_on is not None
    since = "the papers arrived" if papers else "registration (the papers may have come later)"
    law = f"{RESPONSE_WORKING_DAYS} Tribunal working days from receipt of the papers; IPSEA"
    return _chosen("response", "Response to the appeal", "tribunal officer", given.get("response"),
                   appeal.response_due_on, worked_out, law, "V",
                   f"{RESPONSE_WORKING_DAYS} Tribunal working days from {since}")


def _evidence(file: CaseFile, given: Mapping[str, dt.date]) -> Step:
    what, source = "Final evidence and case review form", "the registration letter sets it; IPSEA"
    if "evidence" in given or file.appeal.evidence_due_on is not None:
        return _chosen("evidence", what, "both sides", given.get("evidence"), file.appeal.evidence_due_on, None, source, "V", "")
    return Step("evidence", what, "both sides", None, source, "V", "ask",
                "Read it in the registration letter and give it with --date evidence=YYYY-MM-DD.")


def _hearing_steps(file: CaseFile, given: Mapping[str, dt.date]) -> list[Step]:
    hearing = _chosen("hearing", "Hearing", "the Tribunal", given.get("hearing"), file.appeal.hearing_on, None,
                      "the Tribunal's notice", "recorded", "")
    heard_on = hearing.on
    if heard_on is None:
        recorded = file.appeal.bundle_due_on
        bundle = given.get("bundle") or recorded
        sure = "officer" if "bundle" in given else "recorded" if recorded else "V"
        return [
            Step("bundle", "Bundle to the Tribunal and the family", "tribunal officer", bundle,
                 "the registration letter", sure, "" if bundle else "ask",
                 "" if bundle else "No hearing is listed, so the date cannot be worked out."),
            Step("hearing", "Hearing", "the Tribunal", None, "the Tribunal's notice", "recorded", "ask",
                 "No hearing is recorded. Phase transfer appeals are listed after the bundle (2026)."),
        ]
    if not is_working_day(heard_on):
        hearing = _noted(hearing, "That is not a Tribunal working day: check the notice.")
    law = f"at least {BUNDLE_WORKING_DAYS} Tribunal working days before the hearing; IPSEA"
    bundle_step = _chosen("bundle", "Bundle to the Tribunal and the family", "tribunal officer", given.get("bundle"),
                          file.appeal.bundle_due_on, working_days_before(heard_on, BUNDLE_WORKING_DAYS), law, "V",
                          f"{BUNDLE_WORKING_DAYS} Tribunal working days before the hearing")
    decision = Step("decision", "Decision, about", "the Tribunal",
                    working_days_after(heard_on, DECISION_WORKING_DAYS),
                    f"about {DECISION_WORKING_DAYS} working days after the hearing; law firms' pages", "V2", "")
    return [bundle_step, hearing, decision]


def _chosen(code: str, what: str, by_whom: str, officer: dt.date | None, recorded: dt.date | None,
            worked_out: dt.date | None, source: str, verified: str, counted: str) -> Step:
    """Return the step with the officer's date, else the recorded one, else the one worked out; say what differs."""
    on = officer or recorded or worked_out
    held, how = ((f"the officer's date; {source}", "officer") if officer else
                 (f"the authority's records; {source}", "recorded") if recorded else (source, verified))
    notes = []
    if officer and recorded and officer != recorded:
        notes.append(f"The records say {recorded.isoformat()}.")
    if worked_out and on and worked_out != on:
        notes.append(f"{counted} would be {worked_out.isoformat()}: check the registration letter.")
    return Step(code, what, by_whom, on, held, how, "", " ".join(notes))


def _noted(step: Step, note: str) -> Step:
    return Step(step.code, step.what, step.by_whom, step.on, step.source, step.verified, step.status,
                f"{step.note} {note}".strip())


def _with_status(step: Step, as_of: dt.date, closed: dt.date | None, response_sent: dt.date | None) -> Step:
    if step.on is None:
        return step
    status = "ahead" if step.on > as_of else "today" if step.on == as_of else "check"
    if step.code == "response" and response_sent:
        status = "done" if response_sent <= step.on else "breached"
        step = _noted(step, f"Sent on {response_sent.isoformat()}.")
    elif step.code == "response" and status == "check" and closed is None:
        step = _noted(step, "The records do not say whether it was sent: check, and give --date response_sent=.")
    elif closed is not None:
        status = "done"
    elif step.code in ("hearing", "decision") and status == "check":
        step = _noted(step, "No outcome is recorded: ask the Tribunal, or record it.")
    return Step(step.code, step.what, step.by_whom, step.on, step.source, step.verified, status, step.note)
