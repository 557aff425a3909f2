"""When each plan's review is due: 12 months after the plan was made or last reviewed, rebuilt from what is recorded."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import NO_DAY, add_months, day_number
from dispute_risk.timeline.facts import keys
from dispute_risk.timeline.outcome import AGE_LIMIT_YEARS
from dispute_risk.timeline.recorded import Recorded

__all__ = ["BASES", "last_reviews", "recorded_against_rebuilt", "review_anchors"]

BASES: dict[str, str] = {
    "meeting": "the last review meeting",
    "plan": "the day the plan was made",
    "after_meeting": "a review whose meeting is not recorded: its first later date",
    "amended": "a final amended plan alone: the review before it is not recorded",
}
"""What a due date is counted from, surest first. An amended plan does not start a new year of its own (s.44); it stands
in for the review before it only where nothing else is recorded, and the date is then the latest possible."""

AFTER_MEETING = ("report_received_on", "decision_sent_on", "amended_draft_on", "amended_final_on")


def review_anchors(recorded: Recorded) -> pd.DataFrame:
    """Return every day from which 12 months to a review are counted: `case`, `on`, `known`, `basis` (key of `BASES`).

    Parameters
    ----------
    recorded : Recorded
        Of a casebook; a date that is not recorded gives no row.
    """
    plan = {kind: np.flatnonzero(recorded.is_code("plans", "kind", kind)) for kind in ("final", "amended_final")}
    issued, issued_known = recorded.day("plans", "issued_on"), recorded.known("plans", "issued_on")
    met, met_known = recorded.day("reviews", "meeting_on"), recorded.known("reviews", "meeting_on")
    later = np.stack([recorded.day("reviews", name) for name in AFTER_MEETING])
    later_known = np.stack([recorded.known("reviews", name) for name in AFTER_MEETING])
    first = np.argmin(np.where(later == NO_DAY, np.iinfo(np.int32).max, later), axis=0)
    rows = np.arange(later.shape[1])
    stands_in = np.where(met == NO_DAY, later[first, rows], NO_DAY)
    parts = [
        ("plan", recorded.case("plans")[plan["final"]], issued[plan["final"]], issued_known[plan["final"]]),
        ("amended", recorded.case("plans")[plan["amended_final"]], issued[plan["amended_final"]],
         issued_known[plan["amended_final"]]),
        ("meeting", recorded.case("reviews"), met, met_known),
        ("after_meeting", recorded.case("reviews"), stands_in, later_known[first, rows]),
    ]
    table = pd.concat([pd.DataFrame({"case": case, "on": on, "known": known, "basis": basis})
                       for basis, case, on, known in parts], ignore_index=True)
    return table[(table["on"] != NO_DAY) & (table["case"] >= 0)].reset_index(drop=True)


def last_reviews(recorded: Recorded, as_of: dt.date) -> pd.DataFrame:
    """Return one row a plan in force: since when its 12 months run, on what that rests, and when the review is due.

    Parameters
    ----------
    recorded : Recorded
        Of a casebook with nothing known after `as_of`.
    as_of : date

    Returns
    -------
    DataFrame
        `case`, `case_id`, `area`, `last_on`, `due_on` (day numbers), `basis`, `ceasing` (the last review decided to cease
        the plan), `age_years` (NaN where the date of birth is not recorded).
    """
    anchors = review_anchors(recorded)
    sure = anchors[anchors["basis"] != "amended"]
    # An amended plan counts only for a case of which nothing surer is recorded.
    anchors = pd.concat([sure, anchors[(anchors["basis"] == "amended") & ~anchors["case"].isin(sure["case"])]])
    order = {basis: rank for rank, basis in enumerate(reversed(BASES))}
    anchors = anchors.assign(rank=anchors["basis"].map(order)).sort_values(["case", "on", "rank"], kind="stable")
    latest = anchors.drop_duplicates("case", keep="last")
    case = latest["case"].to_numpy()
    born, today = recorded.day("cases", "birth_date")[case], day_number(as_of)
    birthday = add_months(born, 12 * AGE_LIMIT_YEARS)
    in_force = (recorded.day("cases", "closed_on")[case] == NO_DAY) & ((birthday == NO_DAY) | (today < birthday))
    area, names = recorded.area
    return pd.DataFrame({
        "case": case, "case_id": recorded.case_id[case], "area": np.asarray(names, dtype=object)[area[case]],
        "last_on": latest["on"].to_numpy(), "due_on": clock("review").due_on(latest["on"].to_numpy()),
        "basis": latest["basis"].to_numpy(), "ceasing": np.isin(case, _ceasing(recorded)),
        "age_years": np.where(born == NO_DAY, np.nan, (today - born) / 365.25),
    })[in_force].sort_values(["due_on", "case_id"], ignore_index=True)


def _ceasing(recorded: Recorded) -> np.ndarray:
    """Return the cases whose latest decision after a review is to cease the plan."""
    decided = np.flatnonzero(recorded.day("reviews", "decision_sent_on") != NO_DAY)
    case, on = recorded.case("reviews")[decided], recorded.day("reviews", "decision_sent_on")[decided]
    cease = recorded.is_code("reviews", "decision", "cease")[decided]
    last = pd.DataFrame({"case": case, "on": on, "cease": cease}).sort_values(["case", "on", "cease"])
    last = last.drop_duplicates("case", keep="last")
    return last.loc[last["cease"], "case"].to_numpy()


def recorded_against_rebuilt(recorded: Recorded, within_days: int = 14) -> tuple[int, int, int]:
    """Return how many reviews carry a due date, how many of them can be rebuilt, and how many agree within some days.

    The date is rebuilt from the plan or review before the meeting.
    """
    due, met = recorded.day("reviews", "due_on"), recorded.day("reviews", "meeting_on")
    rows = np.flatnonzero((due != NO_DAY) & (met != NO_DAY) & (recorded.case("reviews") >= 0))
    anchors = review_anchors(recorded)
    anchors = anchors[anchors["basis"] != "amended"].sort_values(["case", "on"])
    case, on = anchors["case"].to_numpy(), anchors["on"].to_numpy()
    before = np.searchsorted(keys(case, on), keys(recorded.case("reviews")[rows], met[rows]), "left") - 1
    found = before >= 0
    found[found] = case[before[found]] == recorded.case("reviews")[rows][found]
    apart = np.abs(clock("review").due_on(on[before[found]]) - due[rows][found])
    return len(rows), int(found.sum()), int((apart <= within_days).sum())
