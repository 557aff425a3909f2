"""Reviews of plans and phase transfers: what is due, what was decided, what was never finished."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.clocks import clock
from dispute_risk.timeline.days import FOREVER, NO_DAY, academic_year_start, day_number, day_numbers
from dispute_risk.timeline.decisions import finals
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.pairs import first_known_from, next_known
from dispute_risk.timeline.recorded import Recorded

__all__ = ["review_facts", "transfer_facts"]

TRANSFERS = ((4, "phase_transfer", (2, 14)), (11, "phase_transfer", (2, 14)), (16, "phase_transfer_post16", (3, 30)))
"""Age reached by 31 August of the year of transfer, clock, and last day (month, day): reg 18 says *before* 15 February,
and before 31 March for a move from secondary school to a post-16 provider."""


def review_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return review meetings and the clocks after them: next review, decision in 4 weeks, final plan in 8 and 12."""
    case, met = recorded.case("reviews"), recorded.day("reviews", "meeting_on")
    met_known = recorded.known("reviews", "meeting_on")
    decided_known = recorded.known("reviews", "decision_sent_on")
    decision_due = clock("review_decision").due_on(met)
    late = (recorded.day("reviews", "decision_sent_on") > decision_due) & (met != NO_DAY)
    # The next meeting, or an amendment notice, shows that the earlier review was dealt with, decision letter or not.
    moved_on = np.minimum(next_known(case, met, met_known), _amendment_known(recorded, case, met))
    return {
        "review_meeting": Facts.of(case, met, met_known),
        "duty_review": _next_review(recorded),
        "duty_review_decision": Facts.of(
            case, met, met_known, np.minimum(np.maximum(decided_known, met_known), moved_on), {"due_on": decision_due}
        ),
        "duty_amended_plan": _amendments(recorded),
        "review_decided_late": Facts.of(
            case[late], recorded.day("reviews", "decision_sent_on")[late],
            np.maximum(decided_known, met_known)[late], None,
            {"due_on": decision_due[late], "meeting_on": met[late]},
        ),
    }


def _amendment_known(recorded: Recorded, case: np.ndarray, met: np.ndarray) -> np.ndarray:
    """Return the day on which an amendment notice or a plan sent after each meeting was known."""
    sent = np.flatnonzero(recorded.is_code("plans", "kind", "amended_draft", "amended_final"))
    return first_known_from(
        case, met, recorded.case("plans")[sent], recorded.day("plans", "issued_on")[sent],
        recorded.known("plans", "issued_on")[sent],
    )


def _next_review(recorded: Recorded) -> Facts:
    """Return the duty to review within 12 months of the plan being made or last reviewed."""
    plan_case, plan_day, plan_known, rows = finals(recorded)
    first = recorded.is_code("plans", "kind", "final")[rows]
    case = np.concatenate([plan_case[first], recorded.case("reviews")])
    day = np.concatenate([plan_day[first], recorded.day("reviews", "meeting_on")])
    known = np.concatenate([plan_known[first], recorded.known("reviews", "meeting_on")])
    present = day != NO_DAY
    case, day, known = case[present], day[present], known[present]
    return Facts.of(case, day, known, next_known(case, day, known), {"due_on": clock("review").due_on(day)})


def _amendments(recorded: Recorded) -> Facts:
    """Return amendment notices sent and not yet followed by the final amended plan."""
    draft = np.flatnonzero(recorded.is_code("plans", "kind", "amended_draft"))
    case, day, known = (recorded.case("plans")[draft], recorded.day("plans", "issued_on")[draft],
                        recorded.known("plans", "issued_on")[draft])
    plan_case, plan_day, plan_known, _ = finals(recorded)
    review_case, own_final = recorded.case("reviews"), recorded.day("reviews", "amended_final_on")
    done_case = np.concatenate([plan_case, review_case[own_final != NO_DAY]])
    done_day = np.concatenate([plan_day, own_final[own_final != NO_DAY]])
    done_known = np.concatenate(
        [plan_known, recorded.known("reviews", "amended_final_on")[own_final != NO_DAY]]
    )
    if not recorded.casebook.has("plans", "kind"):
        case, day = review_case, recorded.day("reviews", "amended_draft_on")
        known = recorded.known("reviews", "amended_draft_on")
    until = first_known_from(case, day, done_case, done_day, done_known)
    return Facts.of(case, day, known, until, {"due_on": clock("amended_plan").due_on(day)})


def transfer_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return the duty to finalise the plan for a phase transfer, from 1 September before the year of transfer.

    The year follows from the date of birth: the child starts school, secondary school or post-16 in the September after
    turning 4, 11 or 16. The duty ends when a plan marked as issued for the transfer is known, or with the school year.
    """
    born = recorded.day("cases", "birth_date")
    everyone = np.arange(len(born), dtype=np.int32)
    birth_year = academic_year_start(np.where(born == NO_DAY, 0, born))
    plan_case, plan_day, plan_known, rows = finals(recorded)
    for_transfer = recorded.number("plans", "phase_transfer")[rows]
    # Where the authority does not mark them, any final plan of that school year is taken to settle the transfer.
    settles = (for_transfer == 1) if recorded.casebook.has("plans", "phase_transfer") else np.ones(len(rows), bool)
    has_plan = first_known_from(everyone, np.zeros(len(everyone)), plan_case, plan_day, plan_known)
    parts = []
    for age, name, (month, day) in TRANSFERS:
        year = birth_year + age + 1
        autumn = day_numbers(((year - 1971).astype("datetime64[Y]").astype("datetime64[M]") + 8).astype("datetime64[D]"))
        due = day_numbers(((year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + month - 1)
                          .astype("datetime64[D]") + day - 1)
        over = autumn + 365
        settled = first_known_from(everyone, autumn, plan_case[settles], plan_day[settles], plan_known[settles])
        known = np.maximum(autumn, has_plan)
        valid = (born != NO_DAY) & (autumn >= day_number("2014-09-01"))
        parts.append((everyone[valid], autumn[valid], known[valid], np.minimum(settled, over)[valid], due[valid],
                      np.full(int(valid.sum()), 0 if name == "phase_transfer" else 1, np.int16)))
    case, happened, known, until, due_on, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    until = np.minimum(until, FOREVER)
    return {
        "duty_phase_transfer": Facts.of(
            case, happened, known, until, {"due_on": due_on, "clock": kind},
            {"clock": ["phase_transfer", "phase_transfer_post16"]},
        )
    }
