"""A small made-up panel for the tests of the model: monthly rows of families, windows, delay and silence. Invented."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dispute_risk.features.declare import Catalogue, Feature
from dispute_risk.model.landmarks import Landmarks
from dispute_risk.model.level import chance

DECLARED = (
    ("refuse_to_assess_window", "window", "flag", 1, ()),
    ("plan_issued_window", "window", "flag", 1, ()),
    ("type_only", "placement", "flag", 1, ()),
    ("ep_missing_at_plan", "advice", "flag", 1, ()),
    ("advice_late", "advice", "count", 1, (1.0,)),
    ("unanswered_contacts", "contact", "count", 1, ()),
    ("days_since_we_wrote", "contact", "days", 0, (60.0,)),
    ("days_past_20_weeks", "delay", "days", 0, (1.0,)),
    ("officer_changes_1y", "caseload", "count", 1, ()),
    ("complaint_open", "voice", "flag", 1, ()),
    ("family_messages_90d", "voice", "count", 0, ()),
    ("days_left_to_appeal", "window", "days", 0, ()),
    ("age_years", "need", "number", 0, ()),
)


def declared_catalogue(extra: int = 0) -> Catalogue:
    features = [
        Feature(name, name.replace("_", " "), family, unit, "invented", direction=direction, thresholds=limits,
                voice=family == "voice")
        for name, family, unit, direction, limits in DECLARED
    ]
    kinds = ("flag", "count", "days", "number")
    features += [
        Feature(f"other_{place}", f"other {place}", "need", kinds[place % 4], "invented") for place in range(extra)
    ]
    return Catalogue(tuple(features))


def panel(cases: int = 1500, months: int = 36, seed: int = 0, level: float = -7.0, extra: int = 0) -> Landmarks:
    """Draw monthly landmarks with a hidden frailty; an appeal can be registered only while a window is open."""
    rng = np.random.default_rng(seed)
    case = np.arange(cases)
    family = case // 2 + (case % 2) * (rng.random(cases) < 0.9) * cases  # one family in ten has two children
    frailty, voice = rng.normal(0, 0.7, cases), rng.normal(0, 1, cases)
    area = rng.choice(["NE", "NW", "SE", "SW"], cases)
    starts = rng.integers(-12, months - 1, cases)
    stays = rng.integers(6, 30, cases)
    type_only, ep = rng.random(cases) < 0.12, rng.random(cases) < 0.2
    window = np.zeros(cases, int)
    kind = np.zeros(cases, bool)
    silence, late, unanswered, changes = (np.zeros(cases) for _ in range(4))
    gone = np.full(cases, 10**6)
    rows, registered = [], np.full(cases, 10**6)
    for month in range(months + 7):
        live = (starts <= month) & (month < starts + stays) & (gone > month)
        opens = live & (window == 0) & (rng.random(cases) < 0.08)
        kind[opens] = rng.random(opens.sum()) < 0.3
        window = np.where(opens, 3, np.maximum(window - 1, 0))
        silence = np.where(rng.random(cases) < 0.35, 0, silence + 30)
        late = np.where(window > 0, 0, np.maximum(late + rng.choice([0, 30], cases, p=[0.7, 0.3]), 0))
        unanswered = np.where(rng.random(cases) < 0.3, 0, unanswered + (rng.random(cases) < 0.2))
        changes = np.where(rng.random(cases) < 0.1, 0, changes + (rng.random(cases) < 0.1))
        opened = window > 0
        values = np.column_stack([
            opened & kind, opened & ~kind, type_only, ep, rng.poisson(0.3, cases), unanswered, silence, late, changes,
            rng.random(cases) < chance(-3 + voice), rng.poisson(np.exp(voice)), np.where(opened, 20 * window, np.nan),
            5 + (case * 7) % 15,
        ]).astype(float)
        reach = (level + 2.2 * opened + 1.2 * (opened & kind) + 1.0 * type_only + 0.6 * ep + 0.3 * unanswered
                 + 0.4 * np.log1p(silence / 20) + 0.4 * (late > 0) + 0.2 * changes + 0.8 * voice + frailty)
        appeals = live & opened & (rng.random(cases) < chance(reach))
        if month < months:
            rows.append((np.flatnonzero(live), values[live], np.full(live.sum(), month)))
        registered[appeals] = np.minimum(registered[appeals], month)
        gone[appeals] = month
    which = np.concatenate([row[0] for row in rows])
    values = np.concatenate([row[1] for row in rows])
    month = np.concatenate([row[2] for row in rows])
    values = np.where(rng.random(values.shape) < np.where(np.arange(values.shape[1]) == 4, 0.1, 0), np.nan, values)
    if extra:
        noise = rng.poisson(0.5, (len(values), extra)).astype(float)
        noise[rng.random(noise.shape) < 0.05] = np.nan
        values = np.column_stack([values, noise])
    outcome = ((registered[which] >= month) & (registered[which] < month + 6)).astype(np.float32)
    on = np.datetime64("2022-01", "M") + month
    state = np.where(values[:, 0] + values[:, 1] > 0, "window_open",
                     np.where(starts[which] + 5 > month, "no_right_yet", "plan_in_force"))
    return Landmarks(
        pd.DataFrame(values.astype(np.float32), columns=declared_catalogue(extra).names), outcome,
        on.astype("datetime64[D]"), which.astype(str), family[which], area[which], state,
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return declared_catalogue()


@pytest.fixture(scope="session")
def landmarks() -> Landmarks:
    return panel()
