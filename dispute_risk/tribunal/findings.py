"""What the records say about how the decision under appeal was made: each finding with its dated facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dispute_risk import terms
from dispute_risk.explain.words import count_in_words, day_in_words, days_in_words, joined_in_words
from dispute_risk.tribunal.case_file import CaseFile, Row

__all__ = [
    "NOT_RECORDED",
    "Finding",
    "advice_of_decision",
    "advice_received_before_decision",
    "advice_recent",
    "advice_used",
    "answered_the_family",
    "comment_time_given",
    "decision_in_time",
    "exception_recorded",
    "mediation_offered",
    "messages_left_waiting",
    "panel_stood",
    "papers_complete",
    "review_advice_considered",
    "spoken_to_family",
]

ADVICE_LOOKBACK_DAYS = 550
"""Advice asked for longer before a decision than this is taken to belong to an earlier one (as in `timeline`)."""
RECENT_DAYS = 365
LOOKBACK_DAYS = 365
ANSWER_WITHIN_DAYS = 14
"""A message answered later than this, or not at all, counts as left waiting (a working norm, not a rule of law)."""


@dataclass(frozen=True)
class Finding:
    """What the records answer to one question.

    Parameters
    ----------
    answer : {'yes', 'no', 'not recorded', 'does not apply'}
        `yes` is always the state the law or good practice asks for.
    said : str
        One or two sentences with the dates, as an officer would say them.
    """

    answer: str
    said: str

    @classmethod
    def of(cls, good: bool, said: str) -> Finding:
        """Return yes or no with what supports it."""
        return cls("yes" if good else "no", said)


NOT_RECORDED = Finding("not recorded", "The records do not say.")
NO_DECISION = Finding("not recorded", "No notice in the records fits the grounds of this appeal.")


def decision_in_time(file: CaseFile) -> Finding:
    """Was the decision sent within its limit?"""
    decision = file.decision
    if decision is None:
        return NO_DECISION
    if decision.clock is None or decision.due_on is None or decision.started_on is None:
        return Finding("not recorded", f"Sent on {day_in_words(decision.sent_on)}; the records do not hold the day the "
                                       "limit runs from, or no limit was verified.")
    limit = f"{decision.clock.limit} from {day_in_words(decision.started_on)}"
    late = (decision.sent_on - decision.due_on).days
    source = decision.clock.source.replace(" (V2)", ", secondary source").replace(" (V)", "")
    rule = f"[{source}]"
    if late <= 0:
        return Finding("yes", f"Sent on {day_in_words(decision.sent_on)}, within {limit} {rule}.")
    return Finding("no", f"Due on {day_in_words(decision.due_on)} ({limit}), sent on "
                         f"{day_in_words(decision.sent_on)}, {days_in_words(late)} late {rule}.")


def exception_recorded(file: CaseFile) -> Finding:
    """If the limit was missed, was an exception claimed?"""
    if file.decision is not None and file.decision.kind not in ("refuse_to_issue", "plan_issued"):
        return Finding("does not apply", "These exceptions are about a first plan, or the refusal to issue one.")
    timely = decision_in_time(file)
    if timely.answer == "yes":
        return Finding("does not apply", "The decision was in time.")
    if file.decision is None or file.decision.exception is None:
        return NOT_RECORDED
    claimed = file.decision.exception
    return Finding.of(claimed, "The records claim an exception; say which of the four it is." if claimed
                      else "The limit was missed and the records claim no exception.")


def mediation_offered(file: CaseFile) -> Finding:
    """Was mediation offered or held about this decision?"""
    if not file.holds("mediations"):
        return NOT_RECORDED
    since = file.decision.sent_on if file.decision else dt.date.min
    about = [row for row in file.rows("mediations")
             if any(row.get(name) and row[name] >= since for name in ("offered_on", "requested_on", "held_on",
                                                                      "certificate_on"))]
    said = []
    for row in about:
        for name, words in (("offered_on", "offered"), ("requested_on", "asked for or adviser contacted"),
                            ("held_on", "held"), ("certificate_on", "certificate issued")):
            if row.get(name):
                said.append(f"{words} on {day_in_words(row[name])}")
    if any(row.get("held_on") or row.get("offered_on") for row in about):
        return Finding("yes", f"Mediation: {joined_in_words(said)}.")
    if said:
        return Finding("no", f"Mediation: {joined_in_words(said)}; no meeting held and no offer by the authority "
                             "is recorded.")
    extra = " No certificate is needed for section I alone." if file.appeal.section_i_only else ""
    return Finding("no", f"No mediation about this decision is recorded.{extra}")


def spoken_to_family(file: CaseFile) -> Finding:
    """Has the authority spoken with the family since the appeal was registered?"""
    if not file.holds("contacts") or file.appeal.registered_on is None:
        return NOT_RECORDED
    spoken = [row for row in file.rows("contacts") if row.get("party") == "family"
              and row.get("channel") in ("phone", "video", "face_to_face") and row["happened_on"]
              and row["happened_on"] >= file.appeal.registered_on]
    if not spoken:
        return Finding("no", "No call or meeting with the family is recorded since "
                             f"{day_in_words(file.appeal.registered_on)}.")
    last = max(spoken, key=lambda row: row["happened_on"])
    return Finding("yes", f"Last spoken on {day_in_words(last['happened_on'])} "
                          f"({terms.CHANNEL.label(last['channel'])}). Whether by a person who can decide is not "
                          "recorded.")


def _family_messages(file: CaseFile) -> list[Row]:
    """Return what the family sent in the year before the appeal."""
    since = file.before - dt.timedelta(days=LOOKBACK_DAYS)
    return [row for row in file.rows("contacts") if row.get("party") == "family" and row.get("direction") == "in"
            and row["happened_on"] and since <= row["happened_on"] <= file.before]


def messages_left_waiting(file: CaseFile) -> list[Row]:
    """Return the family's messages of the year before the appeal without an answer within 14 days."""
    return [row for row in _family_messages(file)
            if ((row.get("replied_on") or file.before) - row["happened_on"]).days > ANSWER_WITHIN_DAYS]


def answered_the_family(file: CaseFile) -> Finding:
    """Were the family's messages in the year before the appeal answered?"""
    if not file.holds("contacts"):
        return NOT_RECORDED
    asked, waiting = _family_messages(file), messages_left_waiting(file)
    if not asked:
        return Finding("does not apply", "No message from the family is recorded in the year before the appeal.")
    if not waiting:
        return Finding("yes", f"{count_in_words(len(asked), 'message')} in the year before the appeal, each answered "
                              f"within {ANSWER_WITHIN_DAYS} days.")
    unanswered = [row["happened_on"] for row in waiting if not row.get("replied_on")]
    parts = []
    if unanswered:
        last = "" if len(unanswered) == 1 else "the last "
        parts.append(f"{len(unanswered)} without a recorded answer ({last}of {day_in_words(max(unanswered))})")
    if slow := len(waiting) - len(unanswered):
        parts.append(f"{slow} answered after more than {ANSWER_WITHIN_DAYS} days")
    return Finding("no", f"Of {count_in_words(len(asked), 'message')} from the family in the year before the appeal: "
                         f"{joined_in_words(parts)}.")


def advice_of_decision(file: CaseFile) -> list[Row]:
    """Return the advice asked for in preparing the decision under appeal."""
    if file.decision is None:
        return []
    sent_on = file.decision.sent_on
    first = sent_on - dt.timedelta(days=ADVICE_LOOKBACK_DAYS)
    return [row for row in file.rows("advice") if row.get("requested_on") and first <= row["requested_on"] <= sent_on]


def said_advice(row: Row) -> str:
    """Name one piece of advice as a sentence does."""
    return f"{terms.ADVICE_KIND.label(row['kind'])} advice"


def advice_received_before_decision(file: CaseFile) -> Finding:
    """Had all advice asked for arrived when the decision was sent?"""
    if not file.holds("advice") or file.decision is None:
        return NOT_RECORDED if file.decision else NO_DECISION
    asked = advice_of_decision(file)
    if not asked:
        return Finding("not recorded", "No request for advice is recorded for this decision.")
    missing = [row for row in asked if not row.get("received_on") or row["received_on"] > file.decision.sent_on]
    if not missing:
        return Finding("yes", f"All {count_in_words(len(asked), 'piece')} of advice asked for had arrived by "
                              f"{day_in_words(file.decision.sent_on)}.")
    said = [f"{said_advice(row)}, asked for on {day_in_words(row['requested_on'])} and "
            + (f"received on {day_in_words(row['received_on'])}" if row.get("received_on") else "not received")
            for row in missing]
    return Finding("no", f"When the decision was sent on {day_in_words(file.decision.sent_on)}, this had not arrived: "
                         f"{'; '.join(said)}.")


def advice_used(file: CaseFile) -> Finding:
    """Does the plan use all advice received?"""
    if not file.holds("advice") or file.decision is None:
        return NOT_RECORDED if file.decision else NO_DECISION
    arrived = [row for row in advice_of_decision(file)
               if row.get("received_on") and row["received_on"] <= file.decision.sent_on]
    judged = [row for row in arrived if row.get("cited_in_plan") is not None]
    if not judged:
        return Finding("not recorded", "The records do not say which advice the plan uses.")
    unused = [row for row in judged if row["cited_in_plan"] == 0]
    if not unused:
        return Finding("yes", f"{count_in_words(len(judged), 'piece')} of advice received, none left out of the plan.")
    said = [f"{said_advice(row)} received on {day_in_words(row['received_on'])}" for row in unused]
    return Finding("no", f"Received and not used in the plan: {joined_in_words(said)}.")


def advice_recent(file: CaseFile) -> Finding:
    """Is the professional advice held newer than 12 months?"""
    if not file.holds("advice"):
        return NOT_RECORDED
    held = [row for row in file.rows("advice") if row.get("received_on") and row["kind"] != "parent"]
    if not held:
        return Finding("no", "No professional advice is recorded as received.")
    last = max(held, key=lambda row: row["received_on"])
    return Finding.of((file.as_of - last["received_on"]).days <= RECENT_DAYS,
                      f"The newest is {said_advice(last)} of {day_in_words(last['received_on'])}.")


def comment_time_given(file: CaseFile) -> Finding:
    """Did the family have at least 15 days to comment on the draft?"""
    if file.decision is None or not file.holds("plans"):
        return NOT_RECORDED if file.decision else NO_DECISION
    if file.decision.kind != "plan_issued":
        return Finding("does not apply", "Regulation 13 is about the draft of a first plan.")
    drafts = [row["issued_on"] for row in file.rows("plans") if row.get("kind") == "draft" and row["issued_on"]
              and file.decision.sent_on - dt.timedelta(days=ADVICE_LOOKBACK_DAYS) <= row["issued_on"]
              <= file.decision.sent_on]
    if not drafts:
        return Finding("not recorded", "No draft is recorded before this plan.")
    last = max(drafts)
    # The day of service counts: a draft of the 1st leaves the 1st to the 15th.
    left = (file.decision.sent_on - last).days
    return Finding.of(left >= 15, f"Draft sent on {day_in_words(last)}, final plan on "
                                  f"{day_in_words(file.decision.sent_on)}, {days_in_words(left)} later.")


def _panels(file: CaseFile) -> list[Row]:
    since = file.before - dt.timedelta(days=LOOKBACK_DAYS)
    until = file.decision.sent_on if file.decision else file.before
    return [row for row in file.rows("panels") if row["panel_on"] and since <= row["panel_on"] <= until]


def papers_complete(file: CaseFile) -> Finding:
    """Were the papers complete when the panel looked at the case?"""
    heard = [row for row in _panels(file) if row.get("papers_complete") is not None]
    if not heard:
        return NOT_RECORDED
    last = max(heard, key=lambda row: row["panel_on"])
    good = last["papers_complete"] == 1
    question = terms.PANEL_QUESTION.label(last["question"])
    return Finding.of(good, f"Panel of {day_in_words(last['panel_on'])} ({question}): papers "
                            f"{'complete' if good else 'not complete'}.")


def panel_stood(file: CaseFile) -> Finding:
    """Did no panel reverse an earlier decision on the case in the year before?"""
    heard = _panels(file)
    if not heard:
        return NOT_RECORDED
    reversed_ = [row for row in heard if row.get("reverses_earlier") == 1]
    if not reversed_:
        return Finding("yes", f"{count_in_words(len(heard), 'panel item')} in the year before, none reversing an "
                              "earlier one.")
    said = [day_in_words(row["panel_on"]) for row in reversed_]
    return Finding("no", f"An earlier decision was reversed by the panel on {joined_in_words(said)}.")


def review_advice_considered(file: CaseFile) -> Finding:
    """Had the report of the review arrived when the decision after it was sent?"""
    if file.decision is None or not file.holds("reviews"):
        return NOT_RECORDED if file.decision else NO_DECISION
    found = [row for row in file.rows("reviews") if row.get("decision_sent_on") == file.decision.sent_on]
    if not found:
        return Finding("not recorded", "No review is recorded with a decision sent on that day.")
    report = found[-1].get("report_received_on")
    if report is None:
        return Finding("no", "No report of the review is recorded.")
    sent_on = file.decision.sent_on
    return Finding.of(report <= sent_on, f"The report arrived on {day_in_words(report)}, the decision was sent on "
                                         f"{day_in_words(sent_on)}.")
