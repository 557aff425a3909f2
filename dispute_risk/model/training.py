"""Training from a history: rows, rung, test on later dates, level of today, and what is released."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.features.searches import Searches
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.landmarks import HORIZON_DAYS, Landmarks, landmarks, landmarks_on
from dispute_risk.model.national_level import FEWEST_APPEALS, YearlyAppeals, points_at_level
from dispute_risk.model.recent_level import recent_level
from dispute_risk.model.released import save_release
from dispute_risk.model.validate import Equity, Validation, validate
from dispute_risk.timeline.days import day_number

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.fitted import FittedRisk
    from dispute_risk.timeline.history import History

__all__ = ["Trained", "release_trained", "train"]

NOT_TESTED = "not tested"
USUAL_EXCESS = 0.15
"""Usual distance from 1 of the slope on later dates."""


@dataclass(frozen=True)
class Trained:
    """A model and what is known of it.

    Parameters
    ----------
    fitted : FittedRisk
        Its level is that of the latest appeals.
    verdict : str
        'accept', 'not proven', 'reject', or 'not tested'.
    reasons : tuple of str
    metrics : mapping
        Figures of the test on later dates; empty where there was none.
    validation : Validation or None
    as_of : date
    horizon_days : int
    rows, appeals : int
        What was learned from: rows, and distinct cases with an appeal.
    level_moved : float
        By how much the level was moved towards the latest appeals, in log-odds.
    slope_drawn_in : float
        Factor by which the log-odds were drawn in, from the test on later dates.
    """

    fitted: FittedRisk
    verdict: str
    reasons: tuple[str, ...]
    metrics: Mapping[str, float]
    validation: Validation | None
    as_of: dt.date
    horizon_days: int
    rows: int
    appeals: int
    level_moved: float
    slope_drawn_in: float = 1.0

    def summary(self) -> str:
        """Return what was learned from, what was chosen and what the test said."""
        lines = [] if not self.rows else [
            f"Learned from {self.rows:,} rows (a case on the first Monday of a month) with {self.appeals:,} cases that "
            f"had an appeal within {self.horizon_days} days.",
        ]
        if self.validation is not None:
            lines += [self.validation.summary(), *(self.reasons[-1:] if not self.rows else [])]
        else:
            lines += [f"Verdict: {self.verdict}.", *self.reasons]
        lines.append(f"Goes live: {self.fitted.rung}{_on_trial(self.verdict)}.")
        return "\n".join(lines)


def train(
    history: History,
    catalogue: Catalogue,
    as_of: dt.date,
    *,
    horizon_days: int = HORIZON_DAYS,
    estimator: str = "auto",
    capacity: int = 10,
    test: bool = True,
    equity: Equity | None = None,
    random_state: int = 0,
    national: YearlyAppeals | None = None,
) -> Trained:
    """Learn from a history that holds nothing known after `as_of`.

    Parameters
    ----------
    history : History
    catalogue : Catalogue
    as_of : date
    horizon_days : int
    estimator : {'auto', 'points', 'ridge', 'pair'}
    capacity : int
        Cases an area can act on, for the test.
    test : bool
        Test on later dates, which decides the rung and the verdict.
    equity : callable, optional
        Check of equity in that test (`causes.unheard_streams.equity_check`).
    random_state : int
    national : YearlyAppeals, optional
        Appeals to expect by published rates. With fewer than `FEWEST_APPEALS` cases with an appeal nothing can be
        trained; the points then go live at this level.

    Raises
    ------
    NotEnoughHistory
        Where no landmark's outcome is known, or no case had an appeal, and no national rates were given.
    """
    searches = Searches(history)
    try:
        rows = landmarks(history, catalogue, last=as_of, horizon_days=horizon_days, searches=searches)
        known = rows.where(rows.known)
        _refuse_too_little(known, as_of, horizon_days)
    except NotEnoughHistory:
        if national is None:
            raise
        fitted = _at_national_level(history, catalogue, as_of, horizon_days, searches, national, random_state)
        return Trained(fitted, NOT_TESTED, (_told(national),), {}, None, as_of, horizon_days, 0, 0, 0.0)
    appeals = len(np.unique(known.case_id[known.outcome == 1]))
    too_few = estimator == "auto" and appeals < FEWEST_APPEALS
    validation = None
    verdict: str = NOT_TESTED
    reasons: tuple[str, ...] = ("It was not tested on later dates.",)
    if test:
        try:
            validation = validate(rows, catalogue, capacity, equity=equity, random_state=random_state)
        except NotEnoughHistory:
            if national is None or not too_few:
                raise
    if validation is not None:
        verdict, reasons = validation.verdict, validation.reasons
        if estimator == "auto":
            estimator = validation.candidate if verdict != "reject" else "points"
    learned = len(known)
    if national is not None and too_few:
        learned = 0
        fitted, slope = _at_national_level(history, catalogue, as_of, horizon_days, searches, national, random_state), 1.0
        reasons = (*reasons, _told(national))
    else:
        fitted, slope = _learned(known, catalogue, estimator, validation, random_state)
    moved = recent_level(fitted, rows, as_of)
    return Trained(
        fitted.moved(moved), verdict, reasons, _metrics(validation), validation, as_of, horizon_days, learned, appeals,
        moved, slope,
    )


def _learned(
    known: Landmarks, catalogue: Catalogue, estimator: str, validation: Validation | None, random_state: int
) -> tuple[FittedRisk, float]:
    """Fit the rung, and draw its highest risks in by what the test on later dates showed."""
    model = AppealRiskModel(catalogue, estimator, random_state=random_state)
    model.fit(known.features, known.outcome, groups=known.family)
    slope = later_slope(validation, model.fitted_.rung)
    usual = float(np.mean(model.decision_function(known.features)))
    return model.fitted_.stretched(slope, usual), slope


def _at_national_level(
    history: History, catalogue: Catalogue, as_of: dt.date, horizon_days: int, searches: Searches,
    national: YearlyAppeals, random_state: int,
) -> FittedRisk:
    """Return the points at the level at which the cases open today add up to what published rates expect of them."""
    today = landmarks_on(history, catalogue, np.array([day_number(as_of)]), horizon_days, searches=searches)
    if not len(today):
        raise NotEnoughHistory(f"No case is at risk on {as_of}. Hand over the open requests and plans, or give a later --as-of.")
    values = today.features[list(catalogue.names)].to_numpy(np.float64)
    return points_at_level(catalogue.names, values, national, horizon_days, random_state=random_state)


def _told(national: YearlyAppeals) -> str:
    return (f"Fewer than {FEWEST_APPEALS} cases had an appeal, so no model was trained: the breach points are used, at the level "
            f"of national rates. {national.told}")


def later_slope(validation: Validation | None, rung: str) -> float:
    """Return by how much the log-odds of a rung are to be drawn in, from how extreme they proved on later dates.

    A model is calibrated on families it has not seen, but in the same months; on later dates its highest risks have proved
    too high. The slope of the test is used, shrunk towards 1 by its standard error (`USUAL_EXCESS` is the usual size of
    the excess). 1 where there was no test on later dates.
    """
    if validation is None or validation.plan.kind != "rolling":
        return 1.0
    tested = validation.table.set_index("model")
    found, low, high = tested.loc[[rung], ["slope", "slope_low", "slope_high"]].to_numpy(float)[0]
    error = (high - low) / (2 * 1.96)
    slope = 1 + (found - 1) * USUAL_EXCESS**2 / (USUAL_EXCESS**2 + error**2)
    return float(np.clip(slope, 0.5, 1.0))


def _on_trial(verdict: str) -> str:
    # Methods 1.5 would let the points go live until the test is passed. Measured, that serves nobody: on a given authority
    # the points found 4 appeals in 100 cases listed, the most messages 8, the unproven model 12 to 14. So it goes live, and
    # every page says that it is on trial.
    return ", on trial: each page says so" if verdict in ("not proven", NOT_TESTED) else ""


def _refuse_too_little(known: Landmarks, as_of: dt.date, horizon_days: int) -> None:
    if not (known.outcome == 1).any():
        raise NotEnoughHistory(
            f"No case had an appeal registered within {horizon_days} days of a landmark whose outcome is known by {as_of}. "
            "Hand over a longer history, give a later --as-of, or start from national rates (dispute-risk train --national)."
        )


def _metrics(validation: Validation | None) -> dict[str, float]:
    if validation is None:
        return {}
    row = validation.table.set_index("model").loc[validation.candidate]
    metrics = {str(name): float(value) for name, value in row.items() if isinstance(value, (int, float, np.number))}
    if len(validation.rules):
        metrics["precision_over_best_rule"] = float(validation.rules.iloc[0]["candidate_over_rule"])
    metrics["stability"] = float(validation.stability)
    return metrics


def release_trained(
    trained: Trained,
    folder: Path,
    catalogue: Catalogue,
    *,
    name: str,
    synthetic: bool,
    data_fingerprints: Mapping[str, str],
    random_state: int,
) -> Path:
    """Write what was trained as a release folder; see `model.released.save_release`."""
    return save_release(
        folder, trained.fitted, catalogue, name=name, as_of=trained.as_of, horizon_days=trained.horizon_days,
        synthetic=synthetic, data_fingerprints=data_fingerprints, random_state=random_state, metrics=trained.metrics,
        verdict=trained.verdict, reasons=trained.reasons,
    )
