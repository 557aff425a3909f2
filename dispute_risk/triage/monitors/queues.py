"""The queues of the service: who waits for a decision, a plan, a decision after a review or an amended plan, since when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.pairs import first_known_from, join_by_case
from dispute_risk.timeline.recorded import Recorded

__all__ = ["QUEUES", "queues"]

QUEUES: dict[str, str] = {
    "decision": "Requests waiting for the decision whether to assess",
    "plan": "Requests waiting for the final plan",
    "review_decision": "Reviews that met, waiting for the decision",
    "amended_plan": "Amendment notices waiting for the final amended plan",
}
"""What a family waits for, in the order of a case's life."""

ORDER_DAYS = 105
"""An appeal that ended in the 15 weeks before: the longest limit to carry out an order is 14 weeks (reg 44, V)."""
FOR_THE_FAMILY = ("conceded", "consent_order", "upheld_family", "upheld_part")


def queues(recorded: Recorded) -> pd.DataFrame:
    """Return one row a wait, over or not.

    Parameters
    ----------
    recorded : Recorded
        Of a casebook with nothing known after the as-of date.

    Returns
    -------
    DataFrame
        `queue` (key of `QUEUES`), `case`, `case_id`, `area`, `since` and `until` (day numbers; `FOREVER` while it waits),
        `served` (it ended with what was waited for), `excepted` (a reg 10(4) exception is recorded), `urgent` (looked after,
        a phase transfer, or an appeal that ended for the family in the 15 weeks before it was served).
    """
    parts = [_requests(recorded, "decision"), _requests(recorded, "plan"), _review_decisions(recorded), _amended(recorded)]
    table = pd.concat(parts, ignore_index=True)
    table = table[(table["case"] >= 0) & (table["since"] != NO_DAY)]
    closed = recorded.day("cases", "closed_on")[table["case"]]
    leaves = (closed != NO_DAY) & (closed < table["until"])
    table = table.assign(until=np.where(leaves, closed, table["until"]), served=table["served"] & ~leaves)
    table = table[table["until"] >= table["since"]]
    urgent = table["urgent"] | (recorded.number("cases", "looked_after")[table["case"]] == 1) | _after_an_appeal(recorded, table)
    area, names = recorded.area
    return table.assign(urgent=urgent, case_id=recorded.case_id[table["case"]],
                        area=np.asarray(names, dtype=object)[area[table["case"]]]).reset_index(drop=True)


def _day_or_never(days: np.ndarray) -> np.ndarray:
    return np.where(days == NO_DAY, FOREVER, days)


def _rows(queue: str, case: np.ndarray, since: np.ndarray, until: np.ndarray, served: np.ndarray,
          excepted: np.ndarray | bool = False, urgent: np.ndarray | bool = False) -> pd.DataFrame:
    return pd.DataFrame({"queue": queue, "case": case, "since": since, "until": until, "served": served & (until < FOREVER),
                         "excepted": excepted, "urgent": urgent})


def _final_after(recorded: Recorded, case: np.ndarray, since: np.ndarray, *kinds: str) -> np.ndarray:
    """Return the first day on or after which each case was sent a plan of some kinds."""
    rows = np.flatnonzero(recorded.is_code("plans", "kind", *kinds))
    day = recorded.day("plans", "issued_on")[rows]
    return first_known_from(case, since, recorded.case("plans")[rows], day, day)


def _requests(recorded: Recorded, queue: str) -> pd.DataFrame:
    """Return the requests to assess, until decided or until the final plan; re-assessments have limits of their own."""
    rows = np.flatnonzero(~recorded.is_code("requests", "kind", "reassessment"))
    case, since = recorded.case("requests")[rows], recorded.day("requests", "received_on")[rows]
    decided = _day_or_never(recorded.day("requests", "decision_sent_on")[rows])
    excepted = recorded.number("requests", "exception")[rows] == 1
    withdrawn = recorded.is_code("requests", "decision", "withdrawn")[rows]
    final = _final_after(recorded, case, since, "final")
    if queue == "decision":
        # An assessment that ended, or a plan, shows that the decision was taken, letter on record or not.
        ended = recorded.day("assessments", "outcome_sent_on")
        there = ended != NO_DAY
        taken = np.minimum(final, first_known_from(case, since, recorded.case("assessments")[there], ended[there], ended[there]))
        return _rows(queue, case, since, np.minimum(decided, taken), ~withdrawn & (decided <= taken), excepted)
    refused = recorded.is_code("requests", "decision", "refuse", "withdrawn")[rows]
    turned_down = np.flatnonzero(recorded.is_code("assessments", "outcome", "refuse", "withdrawn"))
    day = recorded.day("assessments", "outcome_sent_on")[turned_down]
    over = np.minimum(np.where(refused, decided, FOREVER),
                      first_known_from(case, since, recorded.case("assessments")[turned_down], day, day))
    return _rows(queue, case, since, np.minimum(over, final), final <= over, excepted)


def _review_decisions(recorded: Recorded) -> pd.DataFrame:
    case, met = recorded.case("reviews"), recorded.day("reviews", "meeting_on")
    decided = _day_or_never(recorded.day("reviews", "decision_sent_on"))
    there = met != NO_DAY
    # The next meeting, or an amendment notice, shows that the earlier review was dealt with, decision letter or not.
    moved_on = np.minimum(first_known_from(case, met + 1, case[there], met[there], met[there]),
                          _final_after(recorded, case, met, "amended_draft", "amended_final"))
    return _rows("review_decision", case, met, np.minimum(decided, moved_on), decided <= moved_on,
                 urgent=recorded.is_code("reviews", "kind", "phase_transfer"))


def _amended(recorded: Recorded) -> pd.DataFrame:
    if recorded.casebook.has("plans", "kind"):
        rows = np.flatnonzero(recorded.is_code("plans", "kind", "amended_draft"))
        case, since = recorded.case("plans")[rows], recorded.day("plans", "issued_on")[rows]
        until = _final_after(recorded, case, since, "amended_final", "final")
        return _rows("amended_plan", case, since, until, np.ones(len(rows), bool),
                     urgent=recorded.number("plans", "phase_transfer")[rows] == 1)
    case, since = recorded.case("reviews"), recorded.day("reviews", "amended_draft_on")
    until = _day_or_never(recorded.day("reviews", "amended_final_on"))
    return _rows("amended_plan", case, since, until, np.ones(len(case), bool),
                 urgent=recorded.is_code("reviews", "kind", "phase_transfer"))


def _after_an_appeal(recorded: Recorded, table: pd.DataFrame) -> np.ndarray:
    """Return which waits ended within 15 weeks of an appeal that ended for the family: the limit is the Tribunal's."""
    ended = np.flatnonzero(recorded.is_code("appeals", "outcome", *FOR_THE_FAMILY))
    outcome_on = recorded.day("appeals", "outcome_on")[ended]
    row, appeal = join_by_case(table["case"].to_numpy(), recorded.case("appeals")[ended])
    gap = table["until"].to_numpy()[row] - outcome_on[appeal]
    result = np.zeros(len(table), bool)
    result[row[(outcome_on[appeal] != NO_DAY) & (gap >= 0) & (gap <= ORDER_DAYS)]] = True
    return result
