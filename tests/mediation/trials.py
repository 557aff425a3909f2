"""Trials drawn for the tests of mediation: cases, offers and appeals with a known effect, without a casebook behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.mediation.eligible import Eligible
from dispute_risk.mediation.offers import Offers


def trial(seed: int = 0, count: int = 1500, effect: float = -0.06, choice: float = 1.2, everyone: bool = False) -> Eligible:
    """Return cases whose risk shows in a column, offers that go by it, and an effect of an offer on the chance of an appeal."""
    rng = np.random.default_rng(seed)
    risk, other = rng.standard_normal((2, count))
    offered = rng.random(count) < (1.0 if everyone else 1 / (1 + np.exp(-choice * risk)))
    chance = np.clip(0.22 + 0.09 * risk + effect * offered, 0.01, 0.9)
    day = 45_000 + 7 * rng.integers(0, 60, count)
    on = (np.datetime64("1900-01-01") + day).astype("M8[s]")
    rows = pd.DataFrame({
        "case": np.arange(count), "case_id": [f"C{one}" for one in range(count)], "area": rng.choice(list("NESW"), count),
        "family": np.arange(count) // 2, "on": on, "day": day,
        "decision_type": rng.choice(["plan_issued", "refuse_to_assess"], count),
        "notice": np.arange(count), "notice_on": on, "weeks_since": 0, "offered": offered, "offered_later": False,
        "attended": offered & (rng.random(count) < 0.5), "outcome": (rng.random(count) < chance).astype(float)})
    columns = np.column_stack([risk, other])
    return Eligible(rows, pd.DataFrame({"family_messages_90d": rng.poisson(1.0, count)}), columns, ["risk", "other"], {}, 182,
                    "drawn", history=None, offers=Offers(pd.DataFrame({"held_day": [1.0, np.nan]})))  # type: ignore[arg-type]
