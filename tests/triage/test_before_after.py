"""Before and after: a plan that cannot be changed, a comparison that finds what is there, and silence where it cannot."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dispute_risk.errors import NotEnoughHistory, OutputNotWritten, UnknownName, UnreadableFile
from dispute_risk.triage.before_after import compare, freeze, read_plan, write_plan
from dispute_risk.triage.segments import design, fit, months_needed

LAUNCH = dt.date(2025, 1, 1)


def counts(ratio: float = 1.0, each: float = 60.0, months: int = 48, seed: int = 0, areas: int = 2) -> pd.DataFrame:
    """Draw monthly counts with a yearly wave; from January 2025 all counts are multiplied by a ratio."""
    rng = np.random.default_rng(seed)
    month = np.datetime64("2022-01", "M") + np.arange(months)
    wave = 1 + 0.2 * np.cos(2 * np.pi * month.astype(int) / 12)
    rows = []
    for area in [f"A{n}" for n in range(areas)]:
        mean = each * wave * np.where(month >= np.datetime64("2025-01", "M"), ratio, 1.0)
        rows.append(pd.DataFrame({
            "month": month.astype("datetime64[s]"), "area": area, "open_cases": 1000.0,
                        "appeals": rng.poisson(mean).astype(float),
            "duties_missed": 50.0, "days_late": rng.poisson(20 * mean).astype(float), "messages": 200.0,
            "days_to_reply": rng.poisson(30 * mean).astype(float)}))
    return pd.concat(rows, ignore_index=True)


def before(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["month"] < "2025-01-01"]


def planned(table: pd.DataFrame, **more):
    return freeze(before(table), "Test", LAUNCH, dt.date(2024, 12, 31), "f" * 64, **more)


def test_a_plan_is_sealed_and_any_change_breaks_it(tmp_path):
    plan = planned(counts(), signed_by="Head of SEND")
    place = write_plan(plan, tmp_path / "plan.json")
    assert read_plan(place) == plan
    with pytest.raises(OutputNotWritten, match="never written over"):
        write_plan(plan, place)
    changed = json.loads(place.read_text())
    changed["plan"]["measures"][0]["hoped"] = 0.95
    place.write_text(json.dumps(changed))
    with pytest.raises(UnreadableFile, match="changed after it was sealed"):
        read_plan(place)


@pytest.mark.parametrize("text", ["", "{}", '{"format": 1, "seal": "x", "plan": {"authority": 1}}'])
def test_what_is_no_plan_is_said_so(tmp_path, text):
    place = tmp_path / "plan.json"
    place.write_text(text)
    with pytest.raises(UnreadableFile, match="not a frozen plan"):
        read_plan(place)


def test_a_plan_made_after_the_launch_is_refused():
    with pytest.raises(NotEnoughHistory, match="proves nothing") as refused:
        freeze(counts(), "Test", {"A0": dt.date(2024, 6, 1), "A1": LAUNCH}, dt.date(2024, 12, 31), "f")
    assert refused.value.problems == ("A0: 2024-06-01",)
    with pytest.raises(UnknownName, match="A9"):
        freeze(counts(), "Test", {"A9": LAUNCH}, dt.date(2024, 12, 31), "f")
    with pytest.raises(NotEnoughHistory, match="longer history"):
        freeze(counts(months=8), "Test", LAUNCH, dt.date(2024, 12, 31), "f")


def test_a_small_authority_is_told_that_it_cannot_see_it():
    small = planned(counts(each=2.0, areas=1)).measures[0]
    large = planned(counts(each=200.0)).measures[0]
    assert small["months_needed"] is None
    assert large["months_needed"] is not None and large["months_needed"] <= 12
    assert "cannot be seen within five years" in planned(counts(each=2.0, areas=1)).summary()


def test_the_months_needed_give_the_power_they_promise():
    month = np.datetime64("2022-01", "M") + np.arange(36)
    needed = months_needed(month, 150.0, 1.0, 0.8)
    assert needed is not None
    every = np.datetime64("2022-01", "M") + np.arange(36 + needed)
    columns = design(every, np.datetime64("2025-01", "M"))
    rng, seen, runs = np.random.default_rng(1), 0, 200
    for _ in range(runs):
        count = rng.poisson(150.0 * np.where(every >= np.datetime64("2025-01", "M"), 0.8, 1.0)).astype(float)
        seen += fit(columns, count, np.ones(len(count))).step()[2] < 1
    assert 0.6 < seen / runs <= 1.0


def test_a_true_change_is_found_and_put_carefully():
    table = counts(ratio=0.6, each=150)
    found = compare(planned(table), table, dt.date(2025, 12, 31))
    row = found.table[(found.table["measure"] == "appeals") & (found.table["area"] == "")].iloc[0]
    assert row["low"] < 0.6 < row["high"] and row["high"] < 1
    assert "lower than before, beyond chance" in row["said"] and "could be behind it as well" in row["said"]
    assert found.monthly["seen"].notna().all()


def test_where_nothing_changed_a_change_is_rarely_claimed():
    claimed = 0
    for seed in range(20):
        table = counts(each=60, seed=seed, areas=1)
        plan = planned(table)
        found = compare(replace(plan, measures=plan.measures[:1]), table, dt.date(2025, 12, 31))
        said = found.table.loc[(found.table["area"] == "") & (found.table["measure"] == "appeals"), "said"].item()
        claimed += "beyond chance" in said
    assert claimed <= 4  # 1 in 20, and what 20 draws may give


def test_too_few_months_conclude_nothing():
    table = counts(ratio=0.5, months=39)
    found = compare(planned(table), table, dt.date(2025, 4, 5))
    assert found.table["said"].str.contains("nothing can be concluded").all()
    assert found.table["ratio"].isna().all()
    with pytest.raises(NotEnoughHistory, match="Compare later"):
        compare(planned(table), table, dt.date(2025, 1, 10))


def test_a_range_that_holds_both_concludes_nothing():
    table = counts(each=5, areas=1, seed=3)
    found = compare(planned(table), table, dt.date(2025, 12, 31))
    said = found.table.loc[(found.table["area"] == "") & (found.table["measure"] == "appeals"), "said"].item()
    assert "nothing can be concluded" in said and "both no change and the change hoped for fit" in said


def test_months_of_the_roll_out_belong_to_neither_side():
    table = counts(ratio=0.6, each=150, months=52)
    plan = freeze(before(table), "Test", {"A0": LAUNCH, "A1": dt.date(2025, 4, 7)}, dt.date(2024, 12, 31), "f")
    found = compare(plan, table, dt.date(2026, 5, 31)).table
    whole = found[(found["area"] == "") & (found["measure"] == "appeals")].iloc[0]
    assert (whole["months_before"], whole["months_after"]) == (36, 12)  # from May 2025 on
