"""Appeals registered in a period by what was appealed, where, at which stage and for whom, beside the decisions taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.causes.periods import quarters_of
from dispute_risk.errors import NotEnoughHistory, UnknownName
from dispute_risk.records.casebook import Casebook
from dispute_risk.timeline.days import NO_DAY, add_months, day_number, to_dates
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import AGE_LIMIT_YEARS, active_count

__all__ = ["BASES", "DECISIONS_OF", "GROUNDS_OF_A_PLAN", "KINDS", "NOT_RECORDED", "STAGES", "Counted", "counted", "split_codes"]

KINDS: dict[str, tuple[str, str]] = {
    "refuse_to_assess": ("refusal to assess", "s.51(2)(a)"),
    "refuse_to_issue": ("refusal to issue a plan", "s.51(2)(b)"),
    "plan": ("what the plan says, or the school it names", "s.51(2)(c)"),
    "refuse_to_reassess": ("refusal to re-assess", "s.51(2)(d)"),
    "refuse_to_amend": ("decision not to amend the plan", "s.51(2)(e)"),
    "cease_to_maintain": ("decision to cease the plan", "s.51(2)(f)"),
    "not_recorded": ("grounds not recorded", ""),
}
"""What was appealed: the decision, in words, and its place in section 51 of the Children and Families Act 2014."""

DECISIONS_OF: dict[str, tuple[str, ...]] = {
    "plan": ("plan_issued", "plan_amended"), "not_recorded": (),
    **{kind: (kind,) for kind in KINDS if kind not in ("plan", "not_recorded")},
}
"""The decisions that each kind of appeal can be against."""

GROUNDS_OF_A_PLAN = ("needs", "provision", "placement", "no_placement")

STAGES: dict[str, str] = {
    "first_plan": "the first plan",
    "amended_plan": "an amended plan, other than for a move of phase",
    "phase_transfer": "a plan for a move of phase",
    "not_matched": "no plan on record fits",
}
"""Which plan was appealed. Every other kind of appeal belongs to one stage only: its own."""
_STAGE_OF = {"plan_issued": "first_plan", "plan_amended": "amended_plan"}

BASES: dict[str, tuple[str, str]] = {
    "decisions": ("per 100 decisions",
                  "decisions sent in the period that carry a right of appeal (the Department's new base counts these)"),
    "old_base": ("per 100, old base",
                 "refusals to assess and to issue in the period, all plans in force on its last day, and plans ceased in it as "
                 "needs met (the base of the Tribunal's published rate up to 2023)"),
}
"""The two bases of a rate, as `england` has them: a heading, and what is in them."""

YEAR_DAYS = (360, 370)
"""The old base counts the plans of one day with the decisions of a year, so it is formed for a year only."""
DAYS_PAST_RECORDS = 31
"""A period may run to the end of the month in which the records end; the report says that they end before it."""
NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class Counted:
    """What was counted in a period: one row an appeal, a decision, or an entry in the old base.

    Parameters
    ----------
    appeals : DataFrame
        `case_id`, `appeal_id`, `registered_on`, `before_on` (lodged, else registered), `kind`, `grounds` (tuple), `causes`
        (tuple), `stage`, `area`, `need`, `placement`, `quarter`.
    decisions, old_base : DataFrame
        `case_id`, `kind` (or '' for plans in force and ceased), `stage`, `area`, `need`, `placement`, `quarter`; the old
        base is empty where it cannot be formed.
    start_on, end_on : date
    area : str
        '' for all areas.
    areas : tuple of str
        The areas counted, in the order of the alphabet.
    """

    appeals: pd.DataFrame
    decisions: pd.DataFrame
    old_base: pd.DataFrame
    start_on: dt.date
    end_on: dt.date
    area: str
    areas: tuple[str, ...]

    @property
    def whole_year(self) -> bool:
        """Whether the period is a year, so that the old base can be formed."""
        return YEAR_DAYS[0] <= (self.end_on - self.start_on).days + 1 <= YEAR_DAYS[1]


def counted(casebook: Casebook, history: History, start_on: dt.date, end_on: dt.date, area: str = "") -> Counted:
    """Count the appeals registered in a period, and what they are held against.

    Parameters
    ----------
    casebook : Casebook
    history : History
        Of the same casebook.
    start_on, end_on : date
        First and last day, both counted.
    area : str
        One area; '' for all.

    Raises
    ------
    ValueError
        If the last day is before the first.
    UnknownName
        If there is no such area.
    NotEnoughHistory
        If the period runs more than a month past the end of the records, or no appeal was registered in it.
    """
    if end_on < start_on:
        raise ValueError(f"the last day, {end_on}, is before the first, {start_on}")
    if area and area not in history.area_names:
        raise UnknownName(f"--area: {area!r} is not in the records. Areas: {', '.join(history.area_names)}.")
    if (end_on - casebook.recorded_to).days > DAYS_PAST_RECORDS:
        raise NotEnoughHistory(f"--to {end_on}: the records end on {casebook.recorded_to}. Give a date up to then, or hand "
                               "over newer records.")
    people = _people(casebook)
    if area:
        people = people[people["area"] == area]
    decisions = _decisions(casebook, history, people)
    appeals = _appeals(casebook, people, decisions, start_on, end_on)
    if appeals.empty:
        where = f" in area {area}" if area else ""
        raise NotEnoughHistory(f"No appeal was registered from {start_on} to {end_on}{where}. Choose a longer period"
                               + (" or all areas." if area else "."))
    within = (decisions["on"] >= pd.Timestamp(start_on)) & (decisions["on"] <= pd.Timestamp(end_on))
    taken = decisions[within].copy()
    for frame, column in ((appeals, "registered_on"), (taken, "on")):
        frame["quarter"] = quarters_of(frame[column], start_on, end_on)
    made = Counted(appeals, taken, pd.DataFrame(), start_on, end_on, area,
                   (area,) if area else tuple(sorted(people["area"].unique())))
    old = _old_base(casebook, history, people, taken, start_on, end_on) if made.whole_year else taken.iloc[:0]
    return Counted(appeals, taken, old, start_on, end_on, area, made.areas)


def _people(casebook: Casebook) -> pd.DataFrame:
    cases = casebook.tables["cases"]
    frame = pd.DataFrame({"case_id": cases["case_id"].astype(str), "area": cases["area"].astype(str)})
    for name, column in (("need", "primary_need"), ("setting", "setting_type")):
        frame[name] = cases[column].astype(object).fillna(NOT_RECORDED).astype(str) if column in cases else NOT_RECORDED
    return frame


def _decisions(casebook: Casebook, history: History, people: pd.DataFrame) -> pd.DataFrame:
    """Return every appealable decision on record, with its stage and where the child then was."""
    notices = history.facts["notice"]
    labels = np.asarray(notices.labels["decision_type"])
    on = to_dates(notices.happened).astype("datetime64[s]")
    frame = pd.DataFrame({"case_id": history.case_id[notices.case].astype(str), "on": on,
                          "kind": labels[notices.columns["decision_type"]]}).merge(people, on="case_id")
    frame["stage"] = frame["kind"].map(_STAGE_OF).fillna("")
    if casebook.has("plans", "phase_transfer"):
        plans = casebook.tables["plans"]
        moved = plans.loc[plans["phase_transfer"] == 1, ["case_id", "issued_on"]].drop_duplicates()
        keys = pd.MultiIndex.from_arrays([moved["case_id"].astype(str), moved["issued_on"]])
        of_a_move = pd.MultiIndex.from_arrays([frame["case_id"], frame["on"]]).isin(keys)
        frame.loc[of_a_move & frame["kind"].isin(DECISIONS_OF["plan"]), "stage"] = "phase_transfer"
    frame["placement"] = _placement_on(casebook, frame, "on")
    return frame


def _placement_on(casebook: Casebook, frame: pd.DataFrame, column: str) -> pd.Series:
    """Return where each child was on a day; where no placement is on record, the setting on the file."""
    if "placements" not in casebook or not len(casebook.tables["placements"]):
        return frame["setting"]
    spells = casebook.tables["placements"]
    held = pd.DataFrame({
        "case_id": spells["case_id"].astype(str), "from_on": spells["from_on"],
        "to_on": spells["to_on"] if "to_on" in spells else pd.Series(pd.NaT, index=spells.index, dtype="datetime64[s]"),
        "there": spells["setting_type"].astype(object) if "setting_type" in spells else None,
    }).dropna(subset=["from_on"]).sort_values("from_on")
    asked = frame[["case_id", column]].reset_index().sort_values(column)
    found = pd.merge_asof(asked, held, left_on=column, right_on="from_on", by="case_id").set_index("index")
    current = found["there"].where(found["to_on"].isna() | (found["to_on"] >= found[column]))
    return current.reindex(frame.index).fillna(frame["setting"]).astype(str)


def _appeals(
    casebook: Casebook, people: pd.DataFrame, decisions: pd.DataFrame, start_on: dt.date, end_on: dt.date
) -> pd.DataFrame:
    rows = casebook.tables["appeals"]
    rows = rows[(rows["registered_on"] >= pd.Timestamp(start_on)) & (rows["registered_on"] <= pd.Timestamp(end_on))]
    frame = pd.DataFrame({
        "case_id": rows["case_id"].astype(str), "appeal_id": rows["appeal_id"].astype(str),
        "registered_on": rows["registered_on"],
        "before_on": rows["lodged_on"].fillna(rows["registered_on"]) if "lodged_on" in rows else rows["registered_on"],
        "grounds": [split_codes(one) for one in rows["grounds"]] if "grounds" in rows else [()] * len(rows),
        "causes": [split_codes(one) for one in rows["causes"]] if "causes" in rows else [()] * len(rows),
    }).merge(people, on="case_id").sort_values(["registered_on", "appeal_id"], ignore_index=True)
    frame["kind"] = [_kind(grounds) for grounds in frame["grounds"]]
    frame["placement"] = _placement_on(casebook, frame, "before_on")
    theirs = decisions[decisions["case_id"].isin(frame["case_id"])]
    by_case = dict(iter(theirs.groupby("case_id")[["on", "kind", "stage"]]))
    columns: Any = (frame["case_id"], frame["kind"], frame["before_on"])
    frame["stage"] = [_stage(by_case.get(case), kind, on) for case, kind, on in zip(*columns, strict=True)]
    return frame


def split_codes(value: object) -> tuple[str, ...]:
    """Return the codes of a cell with `;` between them."""
    if not isinstance(value, str):
        return ()
    return tuple(dict.fromkeys(part.strip() for part in value.split(";") if part.strip()))


def _kind(grounds: tuple[str, ...]) -> str:
    """Return what was appealed; an appeal against the plan and something else counts as against the plan."""
    if any(ground in GROUNDS_OF_A_PLAN for ground in grounds):
        return "plan"
    return next((ground for ground in grounds if ground in KINDS), "not_recorded")


def _stage(made: pd.DataFrame | None, kind: str, before_on: pd.Timestamp) -> str:
    """Return which plan was appealed: the last one sent before the appeal was."""
    if kind != "plan":
        return ""
    if made is None:
        return "not_matched"
    fitting = made[(made["on"] <= before_on) & made["kind"].isin(DECISIONS_OF[kind])]
    return str(fitting.sort_values("on", kind="stable")["stage"].iloc[-1]) if len(fitting) else "not_matched"


def _old_base(
    casebook: Casebook, history: History, people: pd.DataFrame, taken: pd.DataFrame, start_on: dt.date, end_on: dt.date
) -> pd.DataFrame:
    refusals = taken[taken["kind"].isin(["refuse_to_assess", "refuse_to_issue"])]
    day = day_number(end_on)
    count = len(history.case_id)
    rows = Snapshots.of(np.arange(count), day)
    birthday = add_months(history.attributes["born"], 12 * AGE_LIMIT_YEARS)
    young = (birthday > day) | (history.attributes["born"] == NO_DAY)
    held = (active_count(history.facts["opened"], rows) > 0) & (active_count(history.facts["plan_made"], rows) > 0) & young
    stock = people[people["case_id"].isin(history.case_id[held].astype(str))].assign(on=pd.Timestamp(end_on), part="stock")
    cases, ceased = casebook.tables["cases"], people.iloc[:0]
    if casebook.has("cases", "closed_reason") and casebook.has("cases", "closed_on"):
        closed = cases.loc[(cases["closed_reason"] == "needs_met") & (cases["closed_on"] >= pd.Timestamp(start_on))
                           & (cases["closed_on"] <= pd.Timestamp(end_on)), ["case_id", "closed_on"]]
        ceased = people.merge(closed.astype({"case_id": str}), on="case_id").rename(columns={"closed_on": "on"})
    more = pd.concat([stock, ceased], ignore_index=True)
    more["placement"] = _placement_on(casebook, more, "on")
    return pd.concat([refusals, more.assign(kind="", stage="")], ignore_index=True)
