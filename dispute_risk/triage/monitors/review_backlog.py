"""Reviews of plans: what is overdue and by how long, what falls due each month, what was decided and never finished."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import NO_DAY, day_number, to_dates
from dispute_risk.timeline.pairs import first_known_from
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.response_times import ALL_AREAS
from dispute_risk.triage.monitors.review_dates import BASES, last_reviews, recorded_against_rebuilt

__all__ = ["OVERDUE_BANDS", "STEPS", "ReviewBacklog", "review_backlog"]

OVERDUE_BANDS: tuple[tuple[str, int, int], ...] = (
    ("up to 3 months", 1, 91), ("3 to 6 months", 92, 182), ("6 to 12 months", 183, 365), ("over 12 months", 366, 10**6),
)
"""How long a review is overdue, in days, both ends included."""

STEPS: dict[str, tuple[str, str]] = {
    "decision": ("Review met: decision to keep, amend or cease, within 4 weeks of the meeting", clock("review_decision").source),
    "amendment": ("Plan to be amended: final amended plan within 12 weeks of the meeting",
                  clock("amended_plan_overall").source),
    "final": ("Amendment notice sent: final amended plan within 8 weeks of the notice", clock("amended_plan").source),
}
"""What is to be finished after a review, each with its source."""

MONTHS_AHEAD = 12
UNDER_FIVE_DAYS = 183
"""Code of Practice 9.178 (guidance, not a limit): plans of under-fives are to be looked at every 3 to 6 months."""


@dataclass(frozen=True)
class ReviewBacklog:
    """Reviews overdue, ahead and unfinished.

    Parameters
    ----------
    cases : DataFrame
        One row an overdue review, longest first: `case_id`, `area`, `last_on`, `basis` (in words), `due_on`, `days_over`.
    areas : DataFrame
        One row an area, 'All areas' first: `plans_in_force`, `ceasing` (last decision is to cease: set apart), `overdue`,
        `overdue_share` (of plans in force, those set apart left out), one column a band of `OVERDUE_BANDS`,
        `median_days_over`, `longest_days_over`, `rebuilt_roughly` (due dates that rest on a review without its meeting, or
        on an amended plan alone), `under_five`, `under_five_waiting` (no review for 6 months; guidance).
    coming : DataFrame
        One row a month and area, what is left of this month and the 11 after it (later dates are not all set yet): `month`,
        `area`, `due` (reviews that fall due).
    steps : DataFrame
        One row a step of `STEPS` and area: `waiting`, `past_due`, `median_days_over`, `longest_days_over`.
    unfinished : DataFrame
        The cases behind `past_due`: `step`, `case_id`, `area`, `since_on`, `due_on`, `days_over`.
    dates_recorded, dates_compared, dates_agree : int
        Reviews held that carry a recorded due date; those that can be rebuilt; those within 14 days of the rebuilt date.
    as_of : date
    """

    cases: pd.DataFrame
    areas: pd.DataFrame
    coming: pd.DataFrame
    steps: pd.DataFrame
    unfinished: pd.DataFrame
    dates_recorded: int
    dates_compared: int
    dates_agree: int
    as_of: dt.date

    def summary(self) -> str:
        """Return the backlog in two sentences."""
        row = self.areas.iloc[0]
        if not row["plans_in_force"]:
            return "There is no plan in force in these records whose review could be due."
        long = f"; the longest for {row['longest_days_over']:,.0f} days" if row["overdue"] else ""
        ahead = int(self.coming.loc[self.coming["area"] == ALL_AREAS, "due"].sum())
        last = self.coming["month"].max()
        return (f"{row['overdue']:,} of {row['plans_in_force'] - row['ceasing']:,} plans in force are past the date of their "
                f"yearly review ({row['overdue_share']:.0%}){long}. Another {ahead:,} fall due by the end of {last:%B %Y}.")


def review_backlog(casebook: Casebook, as_of: dt.date) -> ReviewBacklog:
    """Return what is overdue, ahead and unfinished of the reviews.

    Parameters
    ----------
    casebook : Casebook
        Facts recorded after `as_of` are not used.
    as_of : date
    """
    recorded = Recorded(known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook)
    today, plans = day_number(as_of), last_reviews(recorded, as_of)
    plans = plans.assign(days_over=np.where(plans["ceasing"], 0, today - plans["due_on"]))
    overdue = plans[plans["days_over"] > 0]
    listed = overdue.assign(last_on=_dates(overdue["last_on"]), due_on=_dates(overdue["due_on"]),
                            basis=overdue["basis"].map(BASES))
    listed = listed.sort_values(["days_over", "case_id"], ascending=[False, True])
    areas = [ALL_AREAS, *recorded.area[1]]
    unfinished = _unfinished(recorded, today)
    return ReviewBacklog(
        listed[["case_id", "area", "last_on", "basis", "due_on", "days_over"]].reset_index(drop=True),
        pd.DataFrame([_area_row(area, _of(plans, area), today) for area in areas]),
        _coming(plans, areas, as_of), _step_rows(unfinished, areas),
        _past_due(unfinished), *recorded_against_rebuilt(recorded), as_of,
    )


def _dates(days: pd.Series) -> np.ndarray:
    return to_dates(days.to_numpy()).astype("datetime64[s]")


def _of(table: pd.DataFrame, area: str) -> pd.DataFrame:
    return table if area == ALL_AREAS else table[table["area"] == area]


def _area_row(area: str, plans: pd.DataFrame, today: int) -> dict[str, object]:
    over = plans.loc[plans["days_over"] > 0, "days_over"]
    held = len(plans) - int(plans["ceasing"].sum())
    young = plans[(plans["age_years"] < 5) & ~plans["ceasing"]]
    return {
        "area": area, "plans_in_force": len(plans), "ceasing": len(plans) - held, "overdue": len(over),
        "overdue_share": len(over) / held if held else np.nan,
        **{name: int(over.between(low, high).sum()) for name, low, high in OVERDUE_BANDS},
        "median_days_over": float(over.median()) if len(over) else np.nan,
        "longest_days_over": float(over.max()) if len(over) else np.nan,
        "rebuilt_roughly": int(plans["basis"].isin(["after_meeting", "amended"]).sum()),
        "under_five": len(young), "under_five_waiting": int((today - young["last_on"] > UNDER_FIVE_DAYS).sum()),
    }


def _coming(plans: pd.DataFrame, areas: list[str], as_of: dt.date) -> pd.DataFrame:
    """Return how many reviews fall due in what is left of this month, and in each of the 11 months after it."""
    ahead = plans[(plans["days_over"] <= 0) & ~plans["ceasing"]]
    month = pd.PeriodIndex(_dates(ahead["due_on"]), freq="M")
    now = pd.Timestamp(as_of).to_period("M")
    return pd.DataFrame([
        {"month": (now + step).start_time, "area": area,
         "due": int(((month == now + step) & ((ahead["area"] == area) | (area == ALL_AREAS))).sum())}
        for area in areas for step in range(MONTHS_AHEAD)
    ])


def _unfinished(recorded: Recorded, today: int) -> pd.DataFrame:
    """Return every step after a review that is not finished, due or not: step, case, since, due and days over."""
    case, met = recorded.case("reviews"), recorded.day("reviews", "meeting_on")
    # Something finished counts from the day it was dated: the records are already those of the day.
    plan_case, issued = recorded.case("plans"), recorded.day("plans", "issued_on")
    final, notice = (np.flatnonzero(recorded.is_code("plans", "kind", kind)) for kind in ("amended_final", "amended_draft"))
    own_final = recorded.day("reviews", "amended_final_on")
    done = np.flatnonzero(own_final != NO_DAY)
    final_case = np.concatenate([plan_case[final], case[done]])
    final_day = np.concatenate([issued[final], own_final[done]])
    sent = np.flatnonzero(recorded.day("reviews", "amended_draft_on") != NO_DAY)
    notice_case = np.concatenate([plan_case[notice], case[sent]])
    notice_day = np.concatenate([issued[notice], recorded.day("reviews", "amended_draft_on")[sent]])

    def nothing_since(of: np.ndarray, start: np.ndarray, who: np.ndarray, day: np.ndarray) -> np.ndarray:
        return first_known_from(of, start, who, day, day) > today

    moved_on = ~(nothing_since(case, met + 1, case[met != NO_DAY], met[met != NO_DAY])
                 & nothing_since(case, met, notice_case, notice_day) & nothing_since(case, met, final_case, final_day))
    undecided = (met != NO_DAY) & (recorded.day("reviews", "decision_sent_on") == NO_DAY) & ~moved_on
    amend = recorded.is_code("reviews", "decision", "amend") & (met != NO_DAY) & nothing_since(case, met, final_case, final_day)
    waits = nothing_since(notice_case, notice_day, final_case, final_day)
    parts = [("decision", case[undecided], met[undecided], clock("review_decision")),
             ("amendment", case[amend], met[amend], clock("amended_plan_overall")),
             ("final", notice_case[waits], notice_day[waits], clock("amended_plan"))]
    rows = pd.concat([pd.DataFrame({"step": step, "case": of, "since_on": since, "due_on": limit.due_on(since)})
                      for step, of, since, limit in parts], ignore_index=True)
    rows = rows[(rows["case"] >= 0)]
    rows = rows[recorded.day("cases", "closed_on")[rows["case"]] == NO_DAY]
    # One row a case and step: the one that waits longest.
    rows = rows.sort_values(["step", "case", "since_on"]).drop_duplicates(["step", "case"])
    area, names = recorded.area
    return rows.assign(case_id=recorded.case_id[rows["case"]], area=np.asarray(names, dtype=object)[area[rows["case"]]],
                       days_over=today - rows["due_on"]).reset_index(drop=True)


def _step_rows(unfinished: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    rows = []
    for step, (label, source) in STEPS.items():
        of_step = unfinished[unfinished["step"] == step]
        for area in areas:
            here = _of(of_step, area)
            over = here.loc[here["days_over"] > 0, "days_over"]
            rows.append({"step": step, "label": label, "source": source, "area": area, "waiting": len(here),
                         "past_due": len(over), "median_days_over": float(over.median()) if len(over) else np.nan,
                         "longest_days_over": float(over.max()) if len(over) else np.nan})
    return pd.DataFrame(rows)


def _past_due(unfinished: pd.DataFrame) -> pd.DataFrame:
    over = unfinished[unfinished["days_over"] > 0].sort_values(["step", "days_over", "case_id"], ascending=[True, False, True])
    over = over.assign(since_on=_dates(over["since_on"]), due_on=_dates(over["due_on"]))
    return over[["step", "case_id", "area", "since_on", "due_on", "days_over"]].reset_index(drop=True)
