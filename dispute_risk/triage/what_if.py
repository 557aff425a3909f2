"""What the estimate for a case would be were the duties owed to it met: one by one and all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dispute_risk.features.declare import FAMILIES, Catalogue
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["LABEL", "Alternative", "alternatives"]

LABEL = "Estimates for otherwise similar cases; not a forecast of what a step would do."

PUT_RIGHT: dict[str, str] = {
    "delay": "the decision or plan that is awaited were issued",
    "advice": "the advice asked for had arrived and been used",
    "placement": "the place were found: the school named, as agreed, with every school asked having answered",
    "contact": "the family had had an answer today",
    "caseload": "an officer held the case",
    "review": "the reviews were held and decided",
    "transition": "the next school were named",
}
"""What is supposed of each family of features; a plan that names only a type belongs to the placement."""

DECISION_AWAITED: dict[str, tuple[str, ...]] = {
    "days_past_6_weeks": ("refuse_to_assess_window",),
    "days_past_20_weeks": ("plan_issued_window", "refuse_to_issue_window"),
}
"""Decisions whose issue opens the time for an appeal, each with the windows it may open (s.51(2)); of several, the one
with the highest estimate is shown, so that nothing is hidden."""
WINDOW_DAYS = 61.0
"""About two months from the notice: the time for an appeal (HESC Rules 2008 r.20(1)(c))."""


@dataclass(frozen=True)
class Alternative:
    """The estimate for a case with some duties met.

    Parameters
    ----------
    families : tuple of str
    supposed : str
        What is supposed, as the rest of "if …".
    risk : float
    oldest_days : float
        Age of the oldest duty in it, NaN where none has an age.
    opens_a_window : bool
        Whether it includes a decision that can then be appealed.
    """

    families: tuple[str, ...]
    supposed: str
    risk: float
    oldest_days: float
    opens_a_window: bool = False


def alternatives(now: OpenCases, rows: Sequence[int]) -> list[list[Alternative]]:
    """Return the alternatives of some rows: each unmet family by the age of its duty, then all jointly where there are more.

    Only what the authority can act on is supposed met: never how a family speaks, its past, or who it is.

    Parameters
    ----------
    now : OpenCases
    rows : sequence of int
        Rows with a risk.
    """
    supposed: list[list[_Supposed]] = []
    for row in rows:
        values = now.features.iloc[row].to_numpy(np.float64)
        unmet = _unmet(now.catalogue, values)
        groups = [{family: unmet[family]} for family in unmet]
        supposed.append([_supposed(now.catalogue, values, group) for group in [*groups, *([unmet] if len(unmet) > 1 else [])]])
    versions = [version for few in supposed for one in few for version in one.versions]
    # One call for all of them: the trees take as long for one row as for a hundred.
    risks = iter(now.fitted.risk(np.array(versions)).tolist() if versions else [])
    found = []
    for few in supposed:
        known = [replace(one.of, risk=max(next(risks) for _ in one.versions)) for one in few]
        singly, jointly = (known[:-1], known[-1:]) if len(known) > 1 else (known, [])
        singly.sort(key=lambda one: (-np.nan_to_num(one.oldest_days), one.risk))
        found.append([*singly, *jointly])
    return found


def _unmet(catalogue: Catalogue, values: np.ndarray) -> dict[str, list[int]]:
    """Return the features by family that the authority can act on and that are not at their met value."""
    unmet: dict[str, list[int]] = {}
    for place, feature in enumerate(catalogue):
        if feature.actionable and np.isfinite(values[place]) and values[place] > float(feature.met or 0.0):
            family = "placement" if feature.family == "window" else feature.family
            unmet.setdefault(family, []).append(place)
    return {family: unmet[family] for family in FAMILIES if family in unmet}


@dataclass(frozen=True)
class _Supposed:
    """An alternative whose risk is still to be worked out, and the values to work it out from; the highest counts."""

    of: Alternative
    versions: list[np.ndarray]


def _supposed(catalogue: Catalogue, values: np.ndarray, unmet: dict[str, list[int]]) -> _Supposed:
    changed = values.copy()
    places = [place for few in unmet.values() for place in few]
    for place in places:
        changed[place] = float(catalogue.features[place].met or 0.0)
    awaited = [name for name in DECISION_AWAITED if any(catalogue.features[place].name == name for place in places)]
    versions = [changed]
    if awaited:
        windows = [window for name in awaited for window in DECISION_AWAITED[name]]
        versions = [_with_window(catalogue, changed, window) for window in windows]
    ages = [values[place] for place in places if catalogue.features[place].unit == "days"]
    alternative = Alternative(
        tuple(unmet),
        "all of these were so" if len(unmet) > 1 else PUT_RIGHT.get(next(iter(unmet)), "this duty were met"),
        float("nan"),
        float(max(ages)) if ages else float("nan"),
        bool(awaited),
    )
    return _Supposed(alternative, versions)


def _with_window(catalogue: Catalogue, values: np.ndarray, window: str) -> np.ndarray:
    """Return the values on the day after a decision was sent, nothing else changed."""
    changed = values.copy()
    opened = {window: 1.0, "window_open": 1.0, "days_left_to_appeal": WINDOW_DAYS, "days_since_notice": 0.0}
    if window == "plan_issued_window":
        opened["awaiting_first_plan"] = 0.0
    for place, feature in enumerate(catalogue):
        if feature.name in opened:
            changed[place] = opened[feature.name]
    return changed
