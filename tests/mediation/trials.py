"""Trials drawn for the tests of mediation: cases, offers and appeals with a known effect, without a casebook behind them."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

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


@dataclass(frozen=True)
class Offered:
    """Offers with outcomes drawn from a known effect, in the shape `learn_benefit` reads. Invented."""

    rows: pd.DataFrame
    features: pd.DataFrame
    columns: np.ndarray
    history: object
    offers: object

    @property
    def known(self) -> np.ndarray:
        return self.rows["outcome"].notna().to_numpy()


def drawn(size: int, ratio_where_advice: float, ratio_elsewhere: float, seed: int = 0) -> tuple[Offered, np.ndarray]:
    """Return offered and not offered cases with their risk without an offer, and what an offer multiplies it by."""
    rng = np.random.default_rng(seed)
    advice = (rng.random(size) < 0.5).astype(float)
    signal = rng.normal(size=size)
    risk = 1 / (1 + np.exp(1.4 - 0.6 * signal - 0.4 * advice))
    offered = rng.random(size) < 0.5
    ratio = np.where(advice > 0, ratio_where_advice, ratio_elsewhere)
    outcome = (rng.random(size) < risk * np.where(offered, ratio, 1.0)).astype(float)
    day = np.arange(size) + 20_000
    rows = pd.DataFrame({"outcome": outcome, "offered": offered, "offered_later": False, "decision_type": "plan_issued",
                         "family": np.arange(size), "area": "N", "on": (np.datetime64("1900-01-01") + day).astype("M8[s]"),
                         "day": day, "notice_day": day - 7, "notice": np.arange(size)})
    features = pd.DataFrame({"plan_without_asked_advice": advice, "unanswered_two_weeks": rng.integers(0, 2, size),
                             "officer_changes_6m": rng.integers(0, 2, size), "refuse_to_assess_window": 1 - advice})
    table = pd.DataFrame({"day": day[offered], "held_day": np.where(rng.random(offered.sum()) < 0.6, day[offered] + 10.0, np.nan),
                          "notice": np.flatnonzero(offered)})
    nothing = SimpleNamespace(case=np.zeros(0, np.int64), happened=np.zeros(0, np.int64))
    notices = SimpleNamespace(case=np.arange(size), happened=day - 7)
    history = SimpleNamespace(facts={"notice": notices, "in_dispute": nothing}, last_day=int(day.max()) + 400)
    columns = np.column_stack([signal, advice])
    return Offered(rows, features, columns, history, SimpleNamespace(table=table)), risk
