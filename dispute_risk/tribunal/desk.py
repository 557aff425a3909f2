"""One registered appeal in full: dates, points to check, evidence missing, options, causes and rulings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispute_risk import terms
from dispute_risk.records.casebook import Casebook
from dispute_risk.tribunal.answers import Answers
from dispute_risk.tribunal.case_file import CaseFile, appeals_known, case_file
from dispute_risk.tribunal.case_law import CaseLaw, case_law
from dispute_risk.tribunal.cause_coding import Proposal, proposed_causes
from dispute_risk.tribunal.checklist import Checklist, checklist
from dispute_risk.tribunal.evidence import MissingEvidence, missing_evidence
from dispute_risk.tribunal.options import Options, options_for
from dispute_risk.tribunal.record import own_record
from dispute_risk.tribunal.timetable import Timetable, timetable

__all__ = ["AppealPage", "appeal_page"]


@dataclass(frozen=True)
class AppealPage:
    """Everything the officer needs on one appeal; the command line and the notebook only lay it out."""

    file: CaseFile
    dates: Timetable
    checklist: Checklist
    evidence: MissingEvidence
    options: Options
    causes: tuple[Proposal, ...]
    law: CaseLaw
    answers: Answers

    def as_data(self) -> dict[str, Any]:
        """Return the page as plain values for a program to read, dates as YYYY-MM-DD."""
        appeal, decision = self.file.appeal, self.file.decision
        return {
            "case_id": appeal.case_id, "appeal_id": appeal.appeal_id, "area": self.file.area,
            "authority": self.file.authority, "synthetic": self.file.synthetic, "as_of": self.file.as_of.isoformat(),
            "grounds": list(appeal.grounds), "extended": appeal.extended, "outcome": appeal.outcome or None,
            "decision": None if decision is None else {
                "kind": decision.kind, "label": terms.DECISION_TYPE.label(decision.kind),
                "sent_on": decision.sent_on.isoformat(),
                "due_on": decision.due_on.isoformat() if decision.due_on else None},
            "timetable": _records(self.dates.table), "checklist": _records(self.checklist.table),
            "checklist_completed": self.checklist.completed, "missing_evidence": _records(self.evidence.table),
            "options": [self._option(option.code) for option in self.options.options],
            "costs_shown": self.options.costs_shown, "note": self.options.note,
            "after_response": self.options.after_response,
            "value_of_information": None if (worth := self.options.information) is None else {
                "stake": worth.stake, "certainty": worth.certainty, "report": worth.report, "said": worth.summary()},
            "record": _records(self.options.record.table),
            "national": [{"year": year.year, "source": year.source, "verified": year.verified,
                          "shares": year.shares.tolist()} for year in self.options.record.national],
            "causes_proposed": [{"code": one.code, "label": one.label, "evidence": list(one.evidence)}
                                for one in self.causes],
            "causes_coded": {"primary": self.answers.primary_cause or None,
                             "further": list(self.answers.further_causes)},
            "case_law": _records(self.law.table),
        }

    def _option(self, code: str) -> dict[str, Any]:
        option = next(one for one in self.options.options if one.code == code)
        return {
            "code": option.code, "name": option.name, "means": option.means, "needs": option.needs,
            "obliges": [{"what": duty.what, "due_on": duty.due_on.isoformat(), "limit": duty.limit,
                         "source": duty.source, "verified": duty.verified} for duty in option.obliges],
            "cost": vars(option.cost) if option.cost else None,
        }


def _records(frame: Any) -> list[dict[str, Any]]:
    import json

    import pandas as pd

    plain = frame.copy()
    for name in plain.columns:
        if pd.api.types.is_datetime64_any_dtype(plain[name]):
            plain[name] = plain[name].dt.strftime("%Y-%m-%d")
        elif plain[name].map(lambda value: isinstance(value, dt.date)).any():
            plain[name] = plain[name].map(lambda value: value.isoformat() if isinstance(value, dt.date) else None)
    return json.loads(plain.to_json(orient="records"))


def appeal_page(
    casebook: Casebook, case_id: str, as_of: dt.date, answers: Answers | None = None,
    dates: Mapping[str, dt.date] | None = None, appeal_id: str = "", checklist_done: bool = False,
    random_state: int | None = 0, stake: float | None = None,
) -> AppealPage:
    """Return one appeal in full, as it stood on a date.

    Parameters
    ----------
    casebook : Casebook
    case_id : str
    as_of : date
        Nothing recorded later is looked at.
    answers : Answers, optional
        What the officer has answered.
    dates : mapping of str to date, optional
        Dates from the Tribunal's letters (`timetable.DATES_ASKED`); they win over those in `answers`.
    appeal_id : str, optional
    checklist_done : bool
        The officer says that the checklist was gone through on paper; costs are then shown.
    random_state : int or None
    stake : float, optional
        Pounds in dispute, for the value of a missing report; shown with the costs.

    Raises
    ------
    UnknownName
        If the case is not in the records, or had no appeal known by then.
    """
    given = answers or Answers()
    file = case_file(casebook, case_id, as_of, appeal_id)
    steps = timetable(file, {**given.dates, **(dates or {})})
    asked = checklist(file, given.checklist)
    record = own_record(appeals_known(casebook, as_of), file.appeal.grounds, as_of)
    return AppealPage(
        file, steps, asked, missing_evidence(file, steps, asked),
        options_for(file, steps, record, asked.completed or checklist_done, random_state, stake),
        proposed_causes(file, asked), case_law().for_grounds(file.appeal.grounds), given,
    )
