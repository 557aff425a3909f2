"""The breach points: whole numbers anyone can add up from the file, and the chance each total stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispute_risk.model.level import fit_line

__all__ = ["POINTS", "PointsItem", "PointsModel", "item_values", "items_for"]


@dataclass(frozen=True)
class PointsItem:
    """One line of the points: a feature, the value from which it counts, and what it counts for.

    Parameters
    ----------
    feature : str
        Name of a feature of the catalogue.
    at_least : float
        The line counts where the feature is this or more; a blank never counts.
    points : int
    label : str
    source : str
        The provision or the evidence that makes it count.
    """

    feature: str
    at_least: float
    points: int
    label: str
    source: str


CFA = "Children and Families Act 2014"
REGULATIONS = "SEND Regulations 2014"
OFFICERS = "Surrey case officers' oral evidence, Additional Needs and Disabilities Task Group, 1 May 2024"
CONTACT = "Ombudsman decisions and officers' evidence on families left without a reply"
JUDGEMENT = CONTACT + "; the number of days is a judgement, not law"
CONTINUITY = "Surrey 2024 and Leeds Trinity University SEN0368: changes of officer and cases nobody holds"

POINTS: tuple[PointsItem, ...] = (
    PointsItem("refuse_to_assess_window", 1, 4, "a refusal to assess can be appealed now", f"{CFA} s.51(2)(a)"),
    PointsItem("refuse_to_issue_window", 1, 4, "a refusal to issue a plan can be appealed now", f"{CFA} s.51(2)(b)"),
    PointsItem("cease_to_maintain_window", 1, 4, "a decision to cease the plan can be appealed now",
               f"{CFA} s.51(2)(f)"),
    PointsItem("awaiting_first_plan", 1, 3, "a first decision is due, and can be appealed once sent",
               f"{CFA} s.51(2)(a) to (c); {REGULATIONS} reg 13(2), inside the 26 weeks looked ahead"),
    PointsItem("plan_issued_window", 1, 3, "a first final plan can be appealed now", f"{CFA} s.51(2)(c) and (3)"),
    PointsItem("refuse_to_amend_window", 1, 2, "a decision not to amend can be appealed now", f"{CFA} s.51(2)(e)"),
    PointsItem("refuse_to_reassess_window", 1, 2, "a refusal to re-assess can be appealed now",
               f"{CFA} s.51(2)(d)"),
    PointsItem("plan_amended_window", 1, 2, "an amended plan can be appealed now", f"{CFA} s.51(2)(c) and (3)"),
    PointsItem("type_only", 1, 3, "the plan names a type of school and no school", f"{CFA} s.51(2)(c)(iv)"),
    PointsItem("section_i_blank", 1, 3, "section I of the plan is blank", f"{CFA} s.51(2)(c)(iv)"),
    PointsItem("preferred_setting_refused", 1, 3, "the school the family asked for said no", f"{CFA} s.39(4)"),
    PointsItem("placement_differs_from_agreed", 1, 2, "specialist provision was agreed and is not in place", OFFICERS),
    PointsItem("not_in_school", 1, 2, "out of school or in alternative provision", "Education Act 1996 s.19"),
    PointsItem("plan_without_asked_advice", 1, 2, "plan made without advice asked for", f"{REGULATIONS} reg 6(1)"),
    PointsItem("ep_missing_at_plan", 1, 2, "no educational psychology advice at the plan", f"{REGULATIONS} reg 6(1)"),
    PointsItem("salt_missing_at_plan", 1, 1, "no speech and language advice at the plan", OFFICERS),
    PointsItem("ot_missing_at_plan", 1, 1, "no occupational therapy advice at the plan",
               f"{REGULATIONS} reg 6(1), where it was asked for"),
    PointsItem("advice_not_cited", 1, 1, "advice received and not used in the plan", OFFICERS),
    PointsItem("oldest_advice_past_due_days", 1, 1, "advice asked for is past its 6 weeks", f"{REGULATIONS} reg 8(1)"),
    PointsItem("days_past_6_weeks", 1, 1, "decision whether to assess is past 6 weeks", f"{REGULATIONS} reg 5(1)"),
    PointsItem("days_past_20_weeks", 1, 1, "final plan is past 20 weeks", f"{REGULATIONS} reg 13(2)"),
    PointsItem("finalised_near_deadline", 1, 1, "plan finalised to meet the date", OFFICERS),
    PointsItem("review_overdue_days", 1, 1, "annual review is past 12 months", f"{CFA} s.44"),
    PointsItem("review_decision_waiting_days", 1, 1, "no decision 4 weeks after the review",
               f"{REGULATIONS} regs 20 and 21"),
    PointsItem("amendment_waiting_days", 1, 1, "no amended plan 8 weeks after the notice", f"{REGULATIONS} reg 22(3)"),
    PointsItem("phase_transfer_missed", 1, 2, "phase transfer date missed", f"{REGULATIONS} reg 18(1)"),
    PointsItem("consultations_refused_1y", 2, 1, "two or more schools said no in a year", OFFICERS),
    PointsItem("panel_reversed_1y", 1, 1, "panel reversed an earlier decision",
               "Surrey Task Group recommendations 2024, 5(a)"),
    PointsItem("unanswered_contacts", 1, 1, "a message from the family is unanswered", CONTACT),
    PointsItem("oldest_unanswered_days", 28, 1, "a message is unanswered for 4 weeks", JUDGEMENT),
    PointsItem("days_since_we_wrote", 60, 1, "the authority last wrote 60 days ago or more", JUDGEMENT),
    PointsItem("no_officer_now", 1, 1, "nobody holds the case", CONTINUITY),
    PointsItem("officer_changes_1y", 2, 1, "two or more changes of officer in a year", CONTINUITY),
)
"""The points: they weigh duties and decisions that can be appealed now, never how loudly a family speaks."""


def items_for(
    names: Sequence[str], points: Sequence[PointsItem] = POINTS
) -> tuple[tuple[PointsItem, ...], tuple[PointsItem, ...]]:
    """Split the points into those whose feature is among `names` and those left out.

    Examples
    --------
    >>> used, left_out = items_for(["type_only", "family_messages_90d"])
    >>> [item.label for item in used]
    ['the plan names a type of school and no school']
    """
    known = set(names)
    return (
        tuple(item for item in points if item.feature in known),
        tuple(item for item in points if item.feature not in known),
    )


def item_values(items: Sequence[PointsItem], names: Sequence[str], values: np.ndarray) -> np.ndarray:
    """Return the points each row has from each item, shape (rows, items); a blank gives none."""
    if not items:
        return np.zeros((len(values), 0))
    place = {name: index for index, name in enumerate(names)}
    columns = values[:, [place[item.feature] for item in items]]
    with np.errstate(invalid="ignore"):
        met = columns >= np.array([item.at_least for item in items])
    return np.asarray(met * np.array([float(item.points) for item in items]))


@dataclass(frozen=True)
class PointsModel:
    """Rung 0: the points of a case, and the chance a total stands for.

    Parameters
    ----------
    items : tuple of PointsItem
        The items used.
    left_out : tuple of PointsItem
        Items whose feature the records do not give; said, never guessed.
    level, per_point : float
        Log-odds at no points, and what each point adds (never negative).
    """

    items: tuple[PointsItem, ...]
    left_out: tuple[PointsItem, ...]
    level: float
    per_point: float

    @classmethod
    def fit(
        cls,
        names: Sequence[str],
        values: np.ndarray,
        outcome: np.ndarray,
        weight: np.ndarray | None = None,
        points: Sequence[PointsItem] = POINTS,
    ) -> PointsModel:
        """Fit the two numbers that turn a total into a chance; the points themselves are not learned."""
        used, left_out = items_for(names, points)
        total = item_values(used, names, values).sum(axis=1)
        level, per_point = fit_line(total, outcome, weight, slope_at_least=0.0)
        return cls(used, left_out, level, per_point)

    def total(self, names: Sequence[str], values: np.ndarray) -> np.ndarray:
        """Return the points of each row."""
        return item_values(self.items, names, values).sum(axis=1)

    def log_odds(self, names: Sequence[str], values: np.ndarray) -> np.ndarray:
        """Return the log-odds of each row."""
        return self.level + self.per_point * self.total(names, values)

    def summary(self) -> str:
        """Return the points as lines to be read out."""
        lines = [f"{item.points:>2}  {item.label} ({item.source})" for item in self.items]
        if self.left_out:
            lines.append("Not counted, because the records do not hold it: "
                         + "; ".join(item.label for item in self.left_out) + ".")
        return "\n".join(lines)
