"""One case at the Tribunal as the records knew it on a date: the appeal, the decision appealed, the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk import terms
from dispute_risk.errors import UnknownName
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import FINAL_PLANS, known_by
from dispute_risk.timeline.clocks import Clock, clock
from dispute_risk.timeline.days import day_number, to_date
from dispute_risk.timeline.decisions import notice_facts
from dispute_risk.timeline.recorded import Recorded

__all__ = ["Appeal", "AppealedDecision", "CaseFile", "appeals_known", "case_file", "plain_rows"]

Row = Mapping[str, Any]
"""One row of a table: dates as `date` or None, codes and identifiers as str ('' for a blank), numbers or None."""

DECISIONS_OF_GROUND: dict[str, tuple[str, ...]] = {
    "refuse_to_assess": ("refuse_to_assess",),
    "refuse_to_issue": ("refuse_to_issue",),
    "needs": ("plan_issued", "plan_amended"),
    "provision": ("plan_issued", "plan_amended"),
    "placement": ("plan_issued", "plan_amended"),
    "no_placement": ("plan_issued", "plan_amended"),
    "refuse_to_reassess": ("refuse_to_reassess",),
    "refuse_to_amend": ("refuse_to_amend",),
    "cease_to_maintain": ("cease_to_maintain",),
}
"""The notices that each ground can be an appeal against (Children and Families Act 2014 s.51(2), V)."""


@dataclass(frozen=True)
class Appeal:
    """One appeal as recorded by the as-of date; a date is None where it is not recorded."""

    case_id: str
    appeal_id: str
    registered_on: dt.date | None
    lodged_on: dt.date | None
    grounds: tuple[str, ...]
    response_due_on: dt.date | None
    hearing_on: dt.date | None
    outcome: str
    outcome_on: dt.date | None
    extended: bool
    papers_received_on: dt.date | None = None
    response_sent_on: dt.date | None = None
    evidence_due_on: dt.date | None = None
    bundle_due_on: dt.date | None = None

    @property
    def open(self) -> bool:
        """Whether no outcome was recorded."""
        return self.outcome_on is None

    @property
    def section_i_only(self) -> bool:
        """Whether the placement is the only issue, so that no mediation certificate is needed."""
        return bool(self.grounds) and set(self.grounds) <= {"placement", "no_placement"}

    @property
    def grounds_in_words(self) -> str:
        """The grounds with their labels."""
        return "; ".join(terms.GROUND.label(ground) for ground in self.grounds) or "grounds not recorded"


@dataclass(frozen=True)
class AppealedDecision:
    """The notice that is appealed, with the clock it ran against; `due_on` is None where no verified clock applies."""

    kind: str
    sent_on: dt.date
    clock: Clock | None = None
    started_on: dt.date | None = None
    due_on: dt.date | None = None
    exception: bool | None = None


@dataclass(frozen=True)
class CaseFile:
    """What was known of one case on the as-of date.

    Parameters
    ----------
    appeal : Appeal
    decision : AppealedDecision or None
        None where no notice in the records fits the grounds.
    tables : mapping of str to list of Row
        The rows of the case; a table that was not handed over is absent.
    area : str
    as_of : date
    authority : str
    synthetic : bool
    """

    appeal: Appeal
    decision: AppealedDecision | None
    tables: Mapping[str, list[Row]]
    area: str
    as_of: dt.date
    authority: str = "authority"
    synthetic: bool = False

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table; none where it was not handed over."""
        return self.tables.get(table, [])

    def holds(self, table: str) -> bool:
        """Whether the table was handed over."""
        return table in self.tables

    @property
    def before(self) -> dt.date:
        """The day up to which things led to the appeal: lodged, else registered, else the as-of date."""
        return self.appeal.lodged_on or self.appeal.registered_on or self.as_of


def plain_rows(frame: pd.DataFrame) -> list[Row]:
    """Return rows as dictionaries of plain Python values.

    >>> plain_rows(pd.DataFrame({"sent_on": pd.to_datetime(["2025-01-06", None]), "exception": [1.0, float("nan")]}))
    [{'sent_on': datetime.date(2025, 1, 6), 'exception': 1.0}, {'sent_on': None, 'exception': None}]
    """
    columns: dict[str, list[Any]] = {}
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            columns[name] = [None if pd.isna(value) else value.date() for value in values]
        elif pd.api.types.is_numeric_dtype(values):
            columns[name] = [None if pd.isna(value) else float(value) for value in values]
        else:
            columns[name] = ["" if pd.isna(value) else str(value) for value in values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def appeals_known(casebook: Casebook, as_of: dt.date) -> list[Appeal]:
    """Return every appeal that the authority knew of by a date, with what it then knew of it."""
    only = casebook.with_tables({name: casebook.tables[name] for name in ("cases", "appeals")})
    return [_appeal(row) for row in plain_rows(known_by(only, as_of).tables["appeals"])]


def _appeal(row: Row) -> Appeal:
    grounds = tuple(one.strip() for one in row.get("grounds", "").split(";") if one.strip())
    return Appeal(
        row["case_id"], row["appeal_id"], row.get("registered_on"), row.get("lodged_on"), grounds,
        row.get("response_due_on"), row.get("hearing_on"), row.get("outcome", ""), row.get("outcome_on"),
        row.get("extended") == 1, row.get("papers_received_on"), row.get("response_sent_on"), row.get("evidence_due_on"),
        row.get("bundle_due_on"),
    )


def case_file(casebook: Casebook, case_id: str, as_of: dt.date, appeal_id: str = "") -> CaseFile:
    """Return the file of a case at the Tribunal as it stood at the end of a day.

    Parameters
    ----------
    casebook : Casebook
    case_id : str
    as_of : date
        Nothing recorded later is looked at.
    appeal_id : str, optional
        Which appeal, where the case has several; otherwise the open one registered last, else the last of all.

    Raises
    ------
    UnknownName
        If the case is not in the records, or had no appeal known by then.
    """
    mine = {name: frame[(frame["case_id"] == case_id).to_numpy()] for name, frame in casebook.tables.items()}
    if not len(mine["cases"]):
        raise UnknownName(f"CASE_ID: {case_id!r} is not in the records. Check the number, or the casebook.")
    known = known_by(casebook.with_tables(mine), as_of)
    tables = {name: plain_rows(frame) for name, frame in known.tables.items()}
    appeals = [_appeal(row) for row in tables["appeals"]]
    if appeal_id:
        appeals = [one for one in appeals if one.appeal_id == appeal_id]
    if not appeals:
        which = f"appeal {appeal_id!r}" if appeal_id else "an appeal"
        raise UnknownName(f"CASE_ID: {case_id!r} has no record of {which} known by {as_of}. "
                          "`dispute-risk appeals CASEBOOK` lists the open ones; --as-of sets the date.")
    chosen = max(appeals, key=lambda one: (one.open, one.registered_on or dt.date.min, one.appeal_id))
    area = tables["cases"][0].get("area", "") if tables["cases"] else ""
    return CaseFile(chosen, _decision(known, tables, chosen), tables, area, as_of, casebook.name, casebook.synthetic)


def _decision(known: Casebook, tables: Mapping[str, list[Row]], appeal: Appeal) -> AppealedDecision | None:
    """Return the latest notice of a kind that the grounds can be about, sent no later than the appeal."""
    wanted = {kind for ground in appeal.grounds for kind in DECISIONS_OF_GROUND.get(ground, ())}
    until = appeal.lodged_on or appeal.registered_on
    notices = notice_facts(Recorded(known))["notice"]
    last = day_number(until) if until else np.iinfo(np.int32).max
    found = [(int(notices.happened[place]), notices.label("decision_type", place)) for place in range(len(notices))
             if notices.happened[place] <= last and notices.label("decision_type", place) in wanted]
    if not found:
        return None
    day, kind = max(found)
    sent_on = to_date(day)
    assert sent_on is not None
    name, started_on, exception = _clock_started(kind, sent_on, tables)
    if not name or started_on is None:
        return AppealedDecision(kind, sent_on, clock(name) if name else None)
    due_on = to_date(int(clock(name).due_on(np.array([day_number(started_on)]))[0]))
    return AppealedDecision(kind, sent_on, clock(name), started_on, due_on, exception)


def _clock_started(
    kind: str, sent_on: dt.date, tables: Mapping[str, list[Row]]
) -> tuple[str, dt.date | None, bool | None]:
    """Return the clock of a decision, the day it started, and whether an exception was claimed (None: not recorded)."""
    if kind in ("refuse_to_assess", "refuse_to_issue", "plan_issued"):
        name = {"refuse_to_assess": "decide_to_assess", "plan_issued": "final_plan"}.get(kind, "refuse_to_issue")
        asked = [row for row in tables.get("requests", []) if row.get("received_on") and row["received_on"] <= sent_on
                 and row.get("kind") != "reassessment"]
        if not asked:
            return name, None, None
        latest = max(asked, key=lambda row: row["received_on"])
        claimed = latest.get("exception")
        return name, latest["received_on"], None if claimed is None else claimed == 1
    if kind == "plan_amended":
        plans = [row for row in tables.get("plans", []) if row["issued_on"]]
        earlier = max((row["issued_on"] for row in plans if row["kind"] in FINAL_PLANS and row["issued_on"] < sent_on),
                      default=dt.date.min)
        drafts = [row["issued_on"] for row in plans
                  if row["kind"] == "amended_draft" and earlier < row["issued_on"] <= sent_on]
        return "amended_plan", max(drafts, default=None), None
    if kind in ("refuse_to_amend", "cease_to_maintain"):
        met = [row["meeting_on"] for row in tables.get("reviews", [])
               if row.get("decision_sent_on") == sent_on and row.get("meeting_on")]
        return "review_decision", max(met, default=None), None
    return "", None, None  # the 15 days of a re-assessment request were not verified, so no date is worked out
