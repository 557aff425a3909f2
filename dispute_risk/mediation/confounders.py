"""What an officer can see on the day of an offer and may have chosen by: declared, so that it can be disputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["CONFOUNDERS", "AdjustedColumns", "adjusted_columns", "confounder_catalogue"]

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
LEAST_SPREAD = 1e-9


def confounder_catalogue(catalogue: Catalogue | None = None) -> Catalogue:
    """Return the features of `CONFOUNDERS` as a catalogue; of an own catalogue, those it has."""
    from dispute_risk.features.catalogue import STANDARD
    from dispute_risk.features.declare import Catalogue

    wanted = {name for names in CONFOUNDERS.values() for name in names}
    return Catalogue(tuple(feature for feature in (catalogue or STANDARD) if feature.name in wanted))


@dataclass(frozen=True)
class AdjustedColumns:
    """How features are made ready for the models: settled on some rows, and the same for others.

    Days and counts are taken on a curve that flattens, as in the model; a blank stands at the mean, with a column of its
    own where blanks are not rare. Decision type, area and the day are always in, and lightly penalised, as are flags
    of what the plan lacks. Of other rows a value beyond all that was seen is taken as the last one seen: the models are
    straight lines, and nothing is known of how they go on.

    Parameters
    ----------
    columns : tuple
        What each column is made of, and its mean and spread.
    """

    columns: tuple[_Column, ...]

    @classmethod
    def of(
        cls, features: pd.DataFrame, catalogue: Catalogue, on: np.ndarray, area: Sequence[str] | np.ndarray,
        decision_type: np.ndarray,
    ) -> AdjustedColumns:
        """Settle the columns on the rows that are learned from."""
        rows = _Rows(features, on, np.asarray(area), decision_type)
        heavy, wanted = set(CONFOUNDERS["what the plan lacks"]), []
        for feature in catalogue:
            scale = {"days": 20.0, "count": 1.0}.get(feature.unit, 0.0)
            wanted.append(_Column(feature.name, "value", feature.name, scale,
                                  weight=MORE_WEIGHT if feature.name in heavy else 1.0))
            if RARE_BLANK < np.isnan(rows.of(wanted[-1])).mean() < 1 - RARE_BLANK:
                wanted.append(_Column(f"{feature.name} not recorded", "blank", feature.name))
        day = rows.day
        wanted.append(_Column("day of the offer", "day", scale=float(day.min()), weight=MORE_WEIGHT))
        wanted.append(_Column("day of the offer, squared", "day_squared", scale=float(day.mean()), weight=MORE_WEIGHT))
        wanted += [_Column(f"area {one}", "area", str(one), weight=MORE_WEIGHT) for one in np.unique(rows.area)[1:]]
        wanted += [_Column(f"decision {one}", "decision", str(one), weight=MORE_WEIGHT)
                   for one in np.unique(rows.decision_type)[1:]]
        settled = [one.settled(rows.of(one)) for one in wanted]
        return cls(tuple(one for one in settled if one.spread > LEAST_SPREAD))

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [one.name for one in self.columns]

    def matrix(
        self, features: pd.DataFrame, on: np.ndarray, area: Sequence[str] | np.ndarray, decision_type: np.ndarray
    ) -> np.ndarray:
        """Return the columns of rows, of shape (rows, columns); a feature that is not there is blank."""
        rows = _Rows(features, on, np.asarray(area), decision_type)
        made = np.zeros((len(features), len(self.columns)))
        for place, one in enumerate(self.columns):
            raw = np.clip(rows.of(one), one.low, one.high)
            made[:, place] = one.weight * np.where(np.isnan(raw), 0.0, (raw - one.mean) / one.spread)
        return made


def adjusted_columns(
    features: pd.DataFrame, catalogue: Catalogue, on: np.ndarray, area: Sequence[str] | np.ndarray,
    decision_type: np.ndarray,
) -> tuple[np.ndarray, list[str]]:
    """Return the columns on which cases are made alike, standardised, and their names (`AdjustedColumns`)."""
    settled = AdjustedColumns.of(features, catalogue, on, area, decision_type)
    return settled.matrix(features, on, area, decision_type), settled.names


@dataclass(frozen=True)
class _Column:
    """One column: what it is made of (`kind`, `source`, `scale`), and how it is standardised."""

    name: str
    kind: str
    source: str = ""
    scale: float = 0.0
    weight: float = 1.0
    mean: float = 0.0
    spread: float = 0.0
    low: float = -np.inf
    high: float = np.inf

    def settled(self, raw: np.ndarray) -> _Column:
        """Return the column with the mean, spread and range of the rows given."""
        there = raw[~np.isnan(raw)]
        if not len(there):
            return self
        return replace(self, mean=float(there.mean()), spread=float(there.std()), low=float(there.min()),
                       high=float(there.max()))


@dataclass(frozen=True)
class _Rows:
    """Rows to make columns of."""

    features: pd.DataFrame
    on: np.ndarray
    area: np.ndarray
    decision_type: np.ndarray

    @property
    def day(self) -> np.ndarray:
        return np.asarray(self.on).astype("datetime64[D]").astype(float)

    def of(self, column: _Column) -> np.ndarray:
        """Return a column as it is before it is standardised."""
        if column.kind in ("area", "decision"):
            return ((self.area if column.kind == "area" else self.decision_type) == column.source).astype(float)
        if column.kind == "day":
            return self.day - column.scale
        if column.kind == "day_squared":
            return np.asarray((self.day - column.scale) ** 2)
        there = column.source in self.features.columns
        raw = self.features[column.source].to_numpy(float) if there else np.full(len(self.features), np.nan)
        if column.kind == "blank":
            return np.isnan(raw).astype(float) if there else np.full(len(raw), np.nan)
        return np.log1p(np.maximum(raw, 0) / column.scale) if column.scale else raw
