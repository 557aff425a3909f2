"""On an invented authority the trained model leans on the planted causes, and not on what was planted without effect."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
PLANTED = ("no_school_named", "asd", "earlier_appeal")
"""Causes strong and common enough for the few appeals of one small authority; the others need more than it has."""


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture(scope="module")
def learned() -> tuple[Any, dict[str, pd.DataFrame]]:
    from dispute_risk.features.catalogue import STANDARD
    from dispute_risk.model.landmarks import landmarks
    from dispute_risk.records.synthetic import simulate
    from dispute_risk.timeline.history import History

    casebook = simulate(3_000, 4, seed=51).casebook
    rows = landmarks(History.of(casebook), STANDARD)
    return rows.where(rows.known), casebook.tables


def _share_above(rows: Any, tables: dict[str, pd.DataFrame]) -> float:
    """Return the share of comparisons of a planted cause with a non-cause in which the model leans on the cause more."""
    from planted_causes import NOT_CAUSES, worth_of_causes

    # Of the dates, four weeks apart, every second is learned from and every fourth looked at: the rows of a case are alike.
    dates = np.unique(rows.on)
    second, fourth = (rows.where(np.isin(rows.on, dates[::step])) for step in (2, 4))
    leans = worth_of_causes(second, fourth, tables, repeats=1).loc["contribution"]
    return float(np.mean([leans[name] > leans[other.name] for name in PLANTED for other in NOT_CAUSES]))


def test_planted_causes_weigh_more_than_what_was_planted_without_effect(learned: tuple) -> None:
    # A guard against going back, not a proof: the three causes and the bound were chosen after looking at this very
    # authority (23 of 24 there). The measurement over authorities is benchmarks/planted_causes.py.
    assert _share_above(*learned) >= 0.75


def test_non_causes_are_computed_as_the_truth_says_from_what_was_known(learned: tuple) -> None:
    from planted_causes import not_causes

    rows, tables = learned
    few = rows.where(np.arange(len(rows)) % 997 == 0)
    found = not_causes(few, tables)
    contacts, panels = tables["contacts"], tables["panels"].sort_values("panel_on", kind="stable")
    born = tables["cases"].set_index("case_id")["birth_date"]
    for place, (case_id, on) in enumerate(zip(few.case_id, few.on, strict=True)):
        day = pd.Timestamp(on)
        mine = contacts[contacts["case_id"].eq(case_id) & contacts["direction"].eq("out")]
        known = mine[["happened_on", "happened_recorded_on"]].max(axis=1)
        count = ((known <= day) & (known > day - dt.timedelta(days=182))).sum()
        assert found["extra_messages_out"].iloc[place] == count
        assert found["extra_birth_month"].iloc[place] == born[case_id].month or pd.isna(born[case_id])
        past = panels[panels["case_id"].eq(case_id) & (panels["panel_on"] <= day)]["papers_complete"]
        value = found["extra_papers_complete"].iloc[place]
        assert (np.isnan(value) and (past.empty or np.isnan(past.iloc[-1]))) or value == past.iloc[-1]
    assert found["extra_messages_out"].gt(0).any()
