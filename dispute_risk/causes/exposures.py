"""What may be wrong with how a case was handled when its decision was sent: each declared, with the duty it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.features.declare import FAMILIES

__all__ = ["ADVICE_KINDS", "EXPOSURES", "ON", "Exposure", "exposed", "on_what", "recorded_in"]

CFA, REG = "Children and Families Act 2014", "SEND Regulations 2014"

ON: dict[str, str] = {
    "all": "every decision that can be appealed",
    "refusal": "refusals to assess, to re-assess or to issue",
    "plan": "final and final amended plans",
    "new_plan": "first final plans",
    "with_plan": "every decision about a child with a plan",
}
"""Decisions on which an exposure is judged; others neither have it nor lack it."""
_TYPES: dict[str, tuple[str, ...]] = {
    "refusal": ("refuse_to_assess", "refuse_to_reassess", "refuse_to_issue"),
    "plan": ("plan_issued", "plan_amended"),
    "new_plan": ("plan_issued",),
    "with_plan": ("plan_issued", "plan_amended", "refuse_to_amend", "refuse_to_reassess", "cease_to_maintain"),
}


@dataclass(frozen=True)
class Exposure:
    """One thing that may have gone wrong before an appeal, as the records show it on a date.

    Parameters
    ----------
    name, label : str
        Key, and plain words.
    family : str
        Key of `dispute_risk.features.declare.FAMILIES`.
    any_of : tuple of str
        Columns of the rows; it is there where any of them is at least `least`.
    source : str
        The record it is read from.
    broken_duty : str
        The duty it breaks, with its source; '' where no statute fixes one.
    on : str
        Key of `ON`: the decisions on which it is judged.
    unless : tuple of str
        Columns that rule it out.
    least : float
    up_to : int
        1: there or not. More: counted, up to so many, and its rate ratio is for each one more.
    """

    name: str
    label: str
    family: str
    any_of: tuple[str, ...]
    source: str
    broken_duty: str = ""
    on: str = "all"
    unless: tuple[str, ...] = ()
    least: float = 1.0
    up_to: int = 1

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"exposure {self.name}: family {self.family!r} is not one of {', '.join(FAMILIES)}")
        if self.on not in ON:
            raise ValueError(f"exposure {self.name}: on {self.on!r} is not one of {', '.join(ON)}")
        if self.up_to > 1 and len(self.any_of) > 1:
            raise ValueError(f"exposure {self.name}: only one column can be counted")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (*self.any_of, *self.unless)


def _missing(name: str, label: str, column: str) -> Exposure:
    return Exposure(name, f"{label} advice asked for and missing when the plan was finalised", "advice", (column,),
                    "advice and plans tables", f"{REG} reg 6(1)", "new_plan")


EXPOSURES: tuple[Exposure, ...] = (
    Exposure("advice_missing", "plan finalised without advice that was asked for", "advice",
             ("plan_without_asked_advice",), "advice and plans tables", f"{REG} reg 6(1)", "new_plan"),
    Exposure("advice_not_used", "advice received and not used in the plan", "advice", ("advice_not_cited",),
             "advice table", f"{REG} reg 7: advice is to be considered", "new_plan"),
    Exposure("no_school_named", "plan names no school", "placement", ("type_only", "section_i_blank"), "plans table",
             f"{CFA} s.39; s.51(2)(c)(iv)", "plan", unless=("in_special_school",)),
    Exposure("choice_refused", "plan names another school than the family asked for", "placement",
             ("choice_refused_at_plan",), "consultations and plans tables", "", "plan"),
    Exposure("not_as_agreed", "specialist provision agreed and the child elsewhere", "placement",
             ("placement_differs_from_agreed",), "placements table", f"{CFA} s.42", "with_plan",
             unless=("type_only", "section_i_blank")),
    Exposure("out_of_school", "out of school or in alternative provision", "placement", ("not_in_school",),
             "placements table", "Education Act 1996 s.19"),
    Exposure("plan_late", "first plan sent after its 20 weeks", "delay", ("plan_late",), "requests and plans tables",
             f"{REG} reg 13(2)", "new_plan"),
    Exposure("written_to_the_date", "first plan sent in the last two of its 20 weeks", "delay",
             ("plan_written_to_date",), "requests and plans tables", "", "new_plan"),
    Exposure("draft_time_too_short", "family had fewer than 15 days for the draft", "delay", ("draft_time_too_short",),
             "plans table", f"{REG} reg 13(1)(a)", "new_plan"),
    Exposure("recovery_team", "plan written by a recovery team or an agency", "delay", ("written_by_recovery_team",),
             "plans table", "", "plan"),
    Exposure("decided_late", "decision whether to assess sent after its 6 weeks", "delay", ("decided_late_2y",),
             "requests table", f"{REG} reg 5(1)", "refusal"),
    Exposure("unanswered", "message from the family unanswered for over two weeks, each up to 4", "contact",
             ("unanswered_two_weeks",), "contacts table", "", up_to=4),
    Exposure("officer_change", "change of case officer in the last six months, each up to 3", "caseload",
             ("officer_changes_6m",), "allocations table", "", up_to=3),
    Exposure("no_officer", "nobody holds the case", "caseload", ("no_officer_now",), "allocations table", ""),
    Exposure("panel_deferred", "panel put off its decision in the last year", "decision", ("panel_deferred_1y",),
             "panels table", ""),
    Exposure("panel_reversed", "panel reversed an earlier decision in the last year", "decision",
             ("panel_reversed_1y",), "panels table", ""),
    Exposure("papers_incomplete", "panel decided on incomplete papers in the last year", "decision",
             ("panel_papers_incomplete_1y",), "panels table", ""),
    Exposure("review_decided_late", "review decided after its 4 weeks in the last two years", "review",
             ("reviews_decided_late_2y",), "reviews table", f"{REG} regs 20(10) and 21(9)", "with_plan"),
    Exposure("review_overdue", "yearly review overdue", "review", ("review_overdue_days",), "reviews table",
             f"{CFA} s.44", "with_plan"),
    Exposure("phase_transfer_missed", "next school not named by the date for the phase transfer", "transition",
             ("phase_transfer_missed",), "plans and reviews tables", f"{REG} reg 18", "with_plan"),
)
"""What is looked for. Need, past disputes and how much a family writes are held equal and are not in it.

Silence towards a family is not in it either: who writes little is written to little and appeals less, so that on the
invented authority silence went with fewer appeals. Messages left unanswered are.
"""

ADVICE_KINDS: tuple[Exposure, ...] = (
    _missing("psychology_missing", "educational psychology", "ep_missing_at_plan"),
    _missing("speech_missing", "speech and language", "salt_missing_at_plan"),
    _missing("occupational_missing", "occupational therapy", "ot_missing_at_plan"),
    _missing("health_or_care_missing", "health or social care", "health_or_care_missing_at_plan"),
)
"""The kinds of advice one by one, to be looked at in place of `advice_missing`."""


def recorded_in(features: pd.DataFrame, exposures: Sequence[Exposure]) -> tuple[list[Exposure], list[Exposure]]:
    """Return the exposures whose columns the rows have, and those that must be left out for want of one."""
    fits = [all(column in features.columns for column in one.columns) for one in exposures]
    return ([one for one, has in zip(exposures, fits, strict=True) if has],
            [one for one, has in zip(exposures, fits, strict=True) if not has])


def on_what(features: pd.DataFrame, kind: str) -> np.ndarray:
    """Return the mask of the rows whose decision is of a kind of `ON`.

    By the latest decision where the rows tell it (`decision_rows`), else by the windows that are open.
    """
    if kind == "all":
        return np.ones(len(features), bool)
    mask = np.zeros(len(features), bool)
    for decision in _TYPES[kind]:
        column = f"latest_{decision}" if f"latest_{decision}" in features else f"{decision}_window"
        mask |= features[column].to_numpy() > 0
    return mask


def exposed(features: pd.DataFrame, exposure: Exposure) -> np.ndarray:
    """Return how much of an exposure each row has: 0 or 1, or a count up to `up_to`; 0 where it is not judged.

    Examples
    --------
    >>> rows = pd.DataFrame({"unanswered_two_weeks": [0.0, 2.0, 9.0]})
    >>> exposed(rows, next(one for one in EXPOSURES if one.name == "unanswered")).tolist()
    [0.0, 2.0, 4.0]
    """
    value = np.zeros(len(features))
    for column in exposure.any_of:
        here = np.nan_to_num(features[column].to_numpy(np.float64))
        here = np.minimum(here, exposure.up_to) if exposure.up_to > 1 else (here >= exposure.least).astype(float)
        value = np.maximum(value, here)
    for column in exposure.unless:
        value[np.nan_to_num(features[column].to_numpy(np.float64)) > 0] = 0.0
    return np.where(on_what(features, exposure.on), value, 0.0)
