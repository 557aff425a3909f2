"""What an officer can see on the day of an offer and may have chosen by: declared, so that it can be disputed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["CONFOUNDERS", "adjusted_columns", "confounder_catalogue"]

CONFOUNDERS: dict[str, tuple[str, ...]] = {
    "the decision and its window": (
        "refuse_to_assess_window", "refuse_to_issue_window", "refuse_to_reassess_window", "plan_issued_window",
        "plan_amended_window", "refuse_to_amend_window", "cease_to_maintain_window", "days_since_notice", "notices_1y"),
    "what the plan lacks": (
        "plan_without_asked_advice", "ep_missing_at_plan", "salt_missing_at_plan", "advice_not_cited", "type_only",
        "section_i_blank", "preferred_setting_refused", "choice_not_followed", "placement_differs_from_agreed",
        "consultations_refused_1y", "consultation_unanswered_days", "finalised_near_deadline", "written_by_recovery_team",
        "not_in_school"),
    "delay": ("days_past_20_weeks", "decided_late_2y", "review_overdue_days", "amendment_waiting_days"),
    "contact": ("unanswered_contacts", "unanswered_two_weeks", "family_messages_90d", "family_messages_1y",
                "days_since_we_wrote", "met_face_to_face_1y", "officer_changes_6m", "officer_changes_1y", "no_officer_now"),
    "the family's voice on record": ("complaints_1y", "complaint_open", "solicitor_1y", "elected_member_1y",
                                     "advice_service_1y", "requested_by_parent"),
    "before": ("past_appeals", "past_mediations", "refusals_2y", "panel_not_agreed_1y", "panel_deferred_1y"),
    "child and team": ("age_years", "need_asd", "need_semh", "need_slcn", "looked_after", "phase_transfer_due",
                       "team_caseload", "team_appeal_rate_1y"),
}
"""Features of the standard catalogue that may have moved the choice of cases and go with appeals, by subject."""

MORE_WEIGHT = 3.0
"""Columns on which offers and appeals are known to turn are penalised a ninth as much as the others."""
RARE_BLANK = 0.02


def confounder_catalogue(catalogue: Catalogue | None = None) -> Catalogue:
    """Return the features of `CONFOUNDERS` as a catalogue; of an own catalogue, those it has."""
    from dispute_risk.features.catalogue import STANDARD
    from dispute_risk.features.declare import Catalogue

    wanted = {name for names in CONFOUNDERS.values() for name in names}
    return Catalogue(tuple(feature for feature in (catalogue or STANDARD) if feature.name in wanted))


def adjusted_columns(
    features: pd.DataFrame, catalogue: Catalogue, on: np.ndarray, area: Sequence[str] | np.ndarray,
    decision_type: np.ndarray,
) -> tuple[np.ndarray, list[str]]:
    """Return the columns on which cases are made alike, standardised, and their names.

    Days and counts are taken on a curve that flattens, as in the model; a blank stands at the mean, with a column of its
    own where blanks are not rare. Decision type, area and the day are always in, and lightly penalised, as are flags
    of what the plan lacks.
    """
    columns: list[np.ndarray] = []
    names: list[str] = []
    for feature in catalogue:
        raw = features[feature.name].to_numpy(float)
        if feature.unit in ("days", "count"):
            raw = np.log1p(np.maximum(raw, 0) / (20.0 if feature.unit == "days" else 1.0))
        blank = np.isnan(raw)
        columns.append(_standard(raw))
        names.append(feature.name)
        if RARE_BLANK < blank.mean() < 1 - RARE_BLANK:
            columns.append(_standard(blank.astype(float)))
            names.append(f"{feature.name} not recorded")
    heavy = set(CONFOUNDERS["what the plan lacks"])
    columns = [column * MORE_WEIGHT if name in heavy else column for name, column in zip(names, columns, strict=True)]
    days = (on - on.min()).astype("timedelta64[D]").astype(float)
    always = {"day of the offer": days, "day of the offer, squared": (days - days.mean()) ** 2}
    always |= {f"area {one}": (np.asarray(area) == one).astype(float) for one in np.unique(area)[1:]}
    always |= {f"decision {one}": (decision_type == one).astype(float) for one in np.unique(decision_type)[1:]}
    columns += [MORE_WEIGHT * _standard(column) for column in always.values()]
    names += list(always)
    matrix = np.column_stack(columns)
    moving = matrix.std(axis=0) > 0
    return matrix[:, moving], [name for name, kept in zip(names, moving, strict=True) if kept]


def _standard(raw: np.ndarray) -> np.ndarray:
    present = ~np.isnan(raw)
    if not present.any():
        return np.zeros(len(raw))
    mean, spread = raw[present].mean(), raw[present].std()
    return np.where(present, (raw - mean) / spread if spread > 1e-9 else 0.0, 0.0)
