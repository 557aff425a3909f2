"""The evidence an appeal still lacks: what, from whom, by when to ask so that it arrives in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispute_risk import terms
from dispute_risk.explain.words import day_in_words
from dispute_risk.timeline.clocks import clock
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.checklist import Checklist
from dispute_risk.tribunal.findings import RECENT_DAYS, advice_of_decision
from dispute_risk.tribunal.findings_school import consultations_about
from dispute_risk.tribunal.timetable import Timetable, working_days_before

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MissingEvidence", "Needed", "missing_evidence"]

ADVICE_DAYS = clock("advice").weeks * 7
SCHOOL_DAYS = clock("school_consultation").days
OWN_PAPERS_WORKING_DAYS = 5
"""For papers the authority itself holds (working norm)."""

COUNTED_BACK_FROM = ("evidence", "response", "bundle", "hearing")
"""The first of these that lies ahead is what evidence is counted back from."""


@dataclass(frozen=True)
class Needed:
    """One piece of evidence.

    Parameters
    ----------
    what, from_whom, why : str
    needed_by : date or None
        The date of the timetable it is counted back from; None where none is known.
    ask_by : date or None
        The last day to ask so that it can arrive in time.
    too_late : bool
        Whether that day has passed: ask today, and say so.
    """

    what: str
    from_whom: str
    why: str
    needed_by: dt.date | None
    ask_by: dt.date | None
    too_late: bool


@dataclass(frozen=True)
class MissingEvidence:
    """All that is missing, the most urgent first.

    Parameters
    ----------
    pieces : tuple of Needed
    counted_back_from : str
        Which date of the timetable the days are counted back from.
    """

    pieces: tuple[Needed, ...]
    counted_back_from: str

    @property
    def table(self) -> pd.DataFrame:
        """One row a piece: what, from_whom, why, ask_by, needed_by, too_late."""
        import pandas as pd

        return pd.DataFrame([vars(piece) for piece in self.pieces],
                            columns=["what", "from_whom", "why", "needed_by", "ask_by", "too_late"])


def missing_evidence(file: CaseFile, dates: Timetable, asked: Checklist) -> MissingEvidence:
    """Return the evidence missing from the records, with the last day to ask for each.

    Counted back from the date for evidence; where that is not given, from the response if it lies ahead, else from the
    bundle, else from the hearing.

    Parameters
    ----------
    file : CaseFile
    dates : Timetable
    asked : Checklist
        Its open questions about the letter and section F name papers to find.
    """
    steps = [dates.step(code) for code in COUNTED_BACK_FROM]
    ahead = next((step for step in steps if step and step.on and step.on >= file.as_of), None)
    by = ahead.on if ahead else None
    wanted = [*_advice(file), *_schools(file), *_papers(asked)]
    pieces = []
    for what, whom, why, days in wanted:
        ask_by = None
        if by is not None:
            ask_by = by - dt.timedelta(days=days) if days else working_days_before(by, OWN_PAPERS_WORKING_DAYS)
        pieces.append(Needed(what, whom, why, by, ask_by, ask_by is not None and ask_by < file.as_of))
    pieces.sort(key=lambda piece: piece.ask_by or dt.date.max)
    return MissingEvidence(tuple(pieces), f"{ahead.what[0].lower()}{ahead.what[1:]}" if ahead else "")


def _advice(file: CaseFile) -> list[tuple[str, str, str, int]]:
    wanted = []
    latest: dict[str, dt.date] = {}
    waiting: dict[str, dt.date] = {}
    for row in file.rows("advice"):
        kind = row["kind"]
        if row.get("received_on"):
            latest[kind] = max(latest.get(kind, dt.date.min), row["received_on"])
        elif row.get("requested_on"):
            waiting[kind] = max(waiting.get(kind, dt.date.min), row["requested_on"])
    for kind, asked_on in waiting.items():
        if asked_on < latest.get(kind, dt.date.min):
            continue  # a later report of the same kind has answered it
        label = terms.ADVICE_KIND.label(kind)
        wanted.append((f"{label} advice", _whom(kind), f"asked for on {day_in_words(asked_on)}, not received",
                       ADVICE_DAYS))
    judged = {row["kind"] for row in advice_of_decision(file)}
    for kind in sorted(judged & set(latest) - set(waiting) - {"parent"}):
        if (file.as_of - latest[kind]).days > RECENT_DAYS:
            wanted.append((f"updated {terms.ADVICE_KIND.label(kind)} advice", _whom(kind),
                           f"the latest is of {day_in_words(latest[kind])}", ADVICE_DAYS))
    for row in advice_of_decision(file):
        if row.get("cited_in_plan") == 0 and row.get("received_on"):
            wanted.append((f"{terms.ADVICE_KIND.label(row['kind'])} report of {day_in_words(row['received_on'])}",
                           "the case file", "received and not used in the plan: put it in the evidence", 0))
    return wanted


def _whom(kind: str) -> str:
    return {
        "educational_psychology": "the educational psychology service",
        "education": "the school",
        "health": "the integrated care board",
        "social_care": "social care",
        "speech_language": "the speech and language therapy service",
        "occupational_therapy": "the occupational therapy service",
        "physiotherapy": "the physiotherapy service",
        "sensory": "the sensory service",
        "camhs": "child and adolescent mental health services",
        "parent": "the family",
    }.get(kind, "the adviser")


def _schools(file: CaseFile) -> list[tuple[str, str, str, int]]:
    if not set(file.appeal.grounds) & {"placement", "no_placement"}:
        return []
    asked = consultations_about(file)
    wanted = []
    for row in asked:
        setting = terms.SETTING.label(row.get("setting_type", ""))
        if not row.get("response") or row["response"] == "no_reply":
            wanted.append((f"answer of the {setting} asked on {day_in_words(row['sent_on'])}", "the school",
                           "no answer recorded", SCHOOL_DAYS))
        elif row["response"] != "yes" and row.get("preferred_by_family") == 1:
            answer = terms.CONSULTATION_RESPONSE.label(row["response"])
            wanted.append((f"reasons of the {setting} that answered: {answer}", "the school",
                           f"answered on {day_in_words(row.get('responded_on'))}; the Tribunal asks for evidence about "
                           "this child", SCHOOL_DAYS))
    if file.holds("consultations") and not any(row.get("preferred_by_family") == 1 for row in asked):
        wanted.append(("consultation of the school that the family asks for", "the school",
                       "none is recorded", SCHOOL_DAYS))
    return wanted


def _papers(asked: Checklist) -> list[tuple[str, str, str, int]]:
    papers = {
        "notice_complete": ("decision letter and notice as sent", "the case file", "to check what the notice said"),
        "section_f_specific": ("section F line by line: what, how much, how often, by whom", "the plan writer",
                               "to answer the question on section F"),
        "refusal_evidenced": ("evidence for refusing the family's choice", "the placement team",
                              "to answer the question on section I"),
        "cease_process": ("letters consulting the family and the school before ceasing", "the case file",
                          "to show the process"),
        "papers_complete": ("the panel's papers and minutes", "the panel's clerk", "to show what the panel saw"),
    }
    open_codes = {line.item.code for line in asked.to_ask}
    return [(*papers[code], 0) for code in papers if code in open_codes]
