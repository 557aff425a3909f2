"""An invented week of lists for the tests of the weekly reports: no case in it exists."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.explain.words import risk_in_words
from dispute_risk.triage.lists import WeeklyLists

AS_OF = dt.date(2025, 11, 17)
LAST = dt.date(2025, 11, 10)

DUTIES = (
    ("Decide within 6 weeks whether to assess", "SEND Regulations 2014 reg 5(1)"),
    ("Advice from an educational psychologist within 6 weeks", "SEND Regulations 2014 reg 8(1)"),
    ("Send the final plan within 20 weeks", "SEND Regulations 2014 reg 13(2)"),
    ("Name a school in section I", "Children and Families Act 2014 s.40(2)"),
    ("Tell the family the decision within 4 weeks of the review", "SEND Regulations 2014 reg 20(10)"),
)
REASONS = (
    "The educational psychology advice was asked for on 2 June 2025 and has not arrived: 126 days past its 6 weeks.",
    "The final plan of 30 September 2025 names a type of school and no school.",
    "Three messages from the family since 1 October 2025 have had no reply; the oldest is 44 days old.",
    "The case has had 3 officers in 12 months and none since 20 October 2025.",
    "The family's preferred school was refused on 14 October 2025; the appeal window is open to 14 December 2025.",
    "The plan was finalised on 29 September 2025, before the speech and language advice of 10 October 2025 arrived.",
    "The panel of 3 November 2025 reversed the decision of 8 September 2025.",
    "The annual review of 2 July 2025 has had no decision: due on 30 July 2025.",
)
STEPS = (
    ("Send the speech and language advice to the plan writer and issue an amendment notice", "senior case manager",
     "The advice arrived after the plan; regulation 12 asks for it in the plan.", "Offer a meeting within 10 days"),
    ("Telephone the family, answer the three messages, and write the answers down", "case officer",
     "The oldest message is 44 days old; a reply is owed in 10 working days.", "Offer mediation"),
    ("Ask the placement panel of 24 November for a named school", "area manager",
     "The plan names a type of school only; the window closes on 14 December.", "Consult two further schools"),
    ("Send the decision on the annual review with the right of appeal", "case officer",
     "The decision was due on 30 July 2025.", ""),
)
STATES = ("final plan sent, appeal window open", "request received, not decided", "plan in force, review late",
          "assessment under way")
AS_CUT = {"likely_disputes": 6, "duties_outstanding": 10, "unheard": 3, "random_audit": 1, "already_in_dispute": 4}
"""As the triage cuts them for a capacity of 10."""
LONG = {"likely_disputes": 15, "duties_outstanding": 11, "unheard": 9, "random_audit": 1, "already_in_dispute": 4}
"""Longer than the capacity: 40 lines an area."""


def _case(rng: np.random.Generator, area: str, list_key: str, rank: int, number: int) -> dict[str, object]:
    scored = list_key != "already_in_dispute"
    risk = float(0.45 * 0.88**rank) if list_key == "likely_disputes" else float(rng.uniform(0.01, 0.06))
    step, owner, why, second = STEPS[rng.integers(len(STEPS))]
    duty, _ = DUTIES[rng.integers(len(DUTIES))]
    has_duty = list_key != "likely_disputes" or rng.random() < 0.7
    in_window = rng.random() < 0.5
    is_new = bool(rng.random() < 0.3)
    reasons = [*rng.permutation(REASONS)[: rng.integers(1, 4)], "", "", ""]
    in_dispute = list_key == "already_in_dispute"
    return {
        "list": list_key, "area": area, "rank": rank, "case_id": f"{area[:2].upper()}-{number:05d}", "is_new": is_new,
        "last_rank": np.nan if is_new else float(max(rank + rng.integers(-2, 3), 1)),
        "risk": risk if scored else np.nan, "risk_low": 0.7 * risk if scored else np.nan,
        "risk_high": 1.4 * risk if scored else np.nan,
        "band": ("high" if risk > 0.2 else "raised") if scored else "",
        "risk_words": risk_in_words(risk) if scored else "",
        "state": "appeal lodged, not yet registered" if in_dispute else STATES[rng.integers(len(STATES))],
        "breach_index": float(np.round(rng.uniform(1, 9), 1)), "broken_duty": duty if has_duty else "",
        "duty_due_on": pd.Timestamp(AS_OF - dt.timedelta(days=int(rng.integers(3, 140)))) if has_duty else pd.NaT,
        "last_date_on": pd.Timestamp(AS_OF + dt.timedelta(days=int(rng.integers(2, 60)))) if in_window else pd.NaT,
        "last_date_is": "the appeal window closes" if in_window else "",
        "reason_1": reasons[0], "reason_2": reasons[1], "reason_3": reasons[2],
        "next_step": "Keep the response date and ask the family what would settle it" if in_dispute else step,
        "step_owner": "tribunal officer" if in_dispute else owner,
        "step_by_on": pd.Timestamp(AS_OF + dt.timedelta(days=int(rng.integers(1, 11)))), "step_why": why,
        "second_step": second,
        "what_changed": "A message of 12 November 2025 has no reply." if rng.random() < 0.4 else "",
    }


def _movement(cases: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for case in cases.loc[cases["list"].isin(["likely_disputes", "unheard"])].to_dict("records"):
        up = case["last_rank"] - case["rank"]
        kind = "new" if case["is_new"] else "up" if up > 0 else "down" if up < 0 else ""
        why = {"new": "The appeal window opened on 12 November 2025.", "up": "A message has had no reply for 44 days.",
               "down": "The school was named on 13 November 2025."}.get(kind)
        if kind:
            rows.append({"case_id": case["case_id"], "area": case["area"], "list": case["list"], "movement": kind,
                         "last_rank": case["last_rank"], "rank": float(case["rank"]), "why": why})
    for area in cases["area"].unique():
        rows.append({"case_id": f"{area[:2].upper()}-09999", "area": area, "list": "unheard", "movement": "left",
                     "last_rank": 4.0, "rank": np.nan, "why": "The decision was sent on 13 November 2025."})
    return pd.DataFrame(rows, columns=["case_id", "area", "list", "movement", "last_rank", "rank", "why"])


def _areas(rng: np.random.Generator, names: tuple[str, ...], cases: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name in names:
        here = cases.loc[cases["area"] == name]
        expected = float(np.round(rng.uniform(18, 40), 1))
        rows.append({
            "area": name, "open_cases": int(rng.integers(900, 1600)), "at_risk": int(rng.integers(280, 420)),
            "expected_appeals": expected, "expected_low": round(expected * 0.8, 1),
            "expected_high": round(expected * 1.25, 1), "windows_open": int(rng.integers(40, 90)),
            "windows_closing_28_days": int(rng.integers(5, 25)), "duties_outstanding": int(rng.integers(90, 260)),
            "already_in_dispute": int((here["list"] == "already_in_dispute").sum()), "on_list": len(here),
            "new_on_list": int(here["is_new"].sum()),
        })
    return pd.DataFrame(rows)


def _duties(rng: np.random.Generator, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([
        {"area": name, "duty": duty, "source": source, "outstanding": int(rng.integers(0, 70)),
         "median_days_over": float(rng.integers(8, 60)), "longest_days_over": float(rng.integers(90, 420))}
        for name in names for duty, source in DUTIES
    ])


def invented_lists(areas: tuple[str, ...] = ("NE", "NW", "SE", "SW"), *, synthetic: bool = True,
                   last_as_of: dt.date | None = LAST, lengths: dict[str, int] | None = None,
                   random_state: int = 7) -> WeeklyLists:
    """Return an invented week of lists, cut as the triage cuts them unless lengths are given."""
    rng = np.random.default_rng(random_state)
    lines = []
    for position, area in enumerate(areas):
        number = 10_000 + 1_000 * position
        for list_key, length in (lengths or AS_CUT).items():
            for rank in range(1, length + 1):
                number += int(rng.integers(1, 40))
                lines.append(_case(rng, area, list_key, rank, number))
    cases = pd.DataFrame(lines)
    return WeeklyLists(
        cases=cases, movement=_movement(cases) if last_as_of else _movement(cases).iloc[:0],
        areas=_areas(rng, areas, cases), duties=_duties(rng, areas), as_of=AS_OF, capacity=10,
        authority="Northmoor (invented)", release="points 2026.11", synthetic=synthetic, last_as_of=last_as_of,
        data_note="Casebook of Northmoor, an invented authority, as recorded by 17 November 2025.",
        policy={"benefit": 0.6, "quiet_need": 0.3, "random_audit": 0.1},
        notes=("Advice dates are missing for the NW area before March 2025, so its advice reasons are understated.",),
    )


def empty_lists() -> WeeklyLists:
    """Return a week with nothing on any list."""
    full = invented_lists(("NE",))
    return WeeklyLists(
        cases=full.cases.iloc[:0], movement=full.movement.iloc[:0], areas=full.areas, duties=full.duties.iloc[:0],
        as_of=full.as_of, capacity=full.capacity, authority=full.authority, release=full.release,
        data_note=full.data_note, synthetic=True, last_as_of=full.last_as_of,
    )
