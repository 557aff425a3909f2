"""Features, blanks, codes and days to record, held against the reference: drawn by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from dispute_risk.model.landmarks import Landmarks
from dispute_risk.model.population_shift import (
    blank_shares,
    feature_shift,
    new_codes,
    population_stability,
    recording_lags,
)
from dispute_risk.records.casebook import Casebook

START = np.datetime64("2024-01-01")


def rows(values: dict[str, np.ndarray], on: np.ndarray) -> Landmarks:
    size = len(on)
    text = np.full(size, "x")
    return Landmarks(pd.DataFrame(values, dtype="float32"), np.full(size, np.nan, np.float32), on,
                     np.array([f"C{number % 400}" for number in range(size)]), np.arange(size) % 400, text, text)


def reference_and_now(rng, shift=0.0, trend=0.0):
    months = np.arange("2024-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]")
    on = np.repeat(months, 400)
    month = np.repeat(np.arange(12), 400)
    then = {"a": rng.normal(trend * month, 1.0), "b": rng.poisson(2, 4800), "c": rng.random(4800)}
    now = {"a": rng.normal(shift + trend * 14, 1.0, 400), "b": rng.poisson(2, 400), "c": rng.random(400)}
    return rows(then, on), rows(now, np.full(400, np.datetime64("2025-03-03")))


def test_the_index_is_about_what_chance_gives_where_nothing_moved():
    rng = np.random.default_rng(1)
    found = [population_stability(rng.normal(size=400), rng.normal(size=300))[:2] for _ in range(80)]
    assert np.mean([index for index, _ in found]) == pytest.approx(np.mean([chance for _, chance in found]), rel=0.25)


def test_blanks_are_a_bin_of_their_own():
    old, new = np.ones(200), np.where(np.arange(200) < 60, np.nan, 1.0)
    assert population_stability(old, new)[0] > 0.5
    assert population_stability(np.full(50, np.nan), np.full(50, np.nan))[0] == 0.0


def test_a_feature_that_jumped_is_flagged_and_the_others_are_not():
    then, now = reference_and_now(np.random.default_rng(2), shift=1.0)
    table = feature_shift(then, now).set_index("feature")
    assert table.loc["a", "flagged"] and not table.loc[["b", "c"], "flagged"].any()
    assert table.index[0] == "a"


def test_false_flags_are_as_rare_as_promised():
    flagged = 0
    for seed in range(30):
        then, now = reference_and_now(np.random.default_rng(100 + seed))
        flagged += int(feature_shift(then, now)["flagged"].any())
    assert flagged <= 2  # at most 1 in 100 expected each


def test_a_steady_trend_that_goes_on_is_no_news():
    then, now = reference_and_now(np.random.default_rng(3), trend=0.08)
    assert not feature_shift(then, now).set_index("feature").loc["a", "flagged"]


def book(**tables: pd.DataFrame) -> Casebook:
    cases = pd.DataFrame({"case_id": [f"C{n}" for n in range(10)], "area": "NE"})
    return Casebook({"cases": cases, **tables}, dt.date(2025, 6, 30), "Test", True, "0" * 64)


def plans(written_by, issued_on, **more) -> pd.DataFrame:
    size = len(issued_on)
    return pd.DataFrame({"case_id": [f"C{n % 10}" for n in range(size)], "plan_id": [str(n) for n in range(size)],
                "kind": "final",
                         "issued_on": pd.to_datetime(issued_on).astype("datetime64[s]"), "written_by": written_by, **more})


def days(first: str, count: int, step: int = 1) -> np.ndarray:
    return (np.datetime64(first) + step * np.arange(count)).astype("datetime64[D]")


def test_a_code_that_never_occurred_is_told_of_from_two_rows():
    on = np.concatenate([days("2024-01-01", 400), days("2025-05-01", 5)])
    written = ["area_team"] * 400 + ["area_team", "area_team", "recovery_team", "recovery_team", "agency"]
    found = new_codes(book(plans=plans(written, on)), dt.date(2025, 6, 30), dt.date(2025, 4, 1))
    assert found[["table", "kind", "column", "code", "rows"]].to_numpy().tolist() == [
        ["plans", "final", "written_by", "recovery_team", 2]]
    assert found["first_on"].iloc[0] == dt.date(2025, 5, 3)


def test_a_code_known_from_other_kinds_is_new_in_this_one():
    on = np.concatenate([days("2024-01-01", 400), days("2024-01-01", 400), days("2025-05-01", 3)])
    table = plans(["area_team"] * 400 + ["recovery_team"] * 400 + ["recovery_team"] * 3, on)
    table["kind"] = ["final"] * 400 + ["amended_final"] * 400 + ["final"] * 3
    found = new_codes(book(plans=table), dt.date(2025, 6, 30), dt.date(2025, 4, 1))
    assert found[["kind", "code"]].to_numpy().tolist() == [["final", "recovery_team"]]


def test_a_column_that_goes_blank_is_flagged():
    on = np.concatenate([days("2024-04-01", 300), days("2025-05-01", 40)])
    whole = plans(["area_team"] * 340, on)
    assert not blank_shares(book(plans=whole), dt.date(2025, 6, 30), dt.date(2025, 4, 1))["flagged"].any()
    whole.loc[300:330, "written_by"] = None
    found = blank_shares(book(plans=whole), dt.date(2025, 6, 30), dt.date(2025, 4, 1)).set_index("column")
    assert found.loc["written_by", "flagged"]


def test_slower_entry_is_flagged_and_the_usual_one_is_not():
    on = np.concatenate([days("2024-04-01", 300), days("2025-05-10", 40)])
    for wait, expected in ((3, False), (30, True)):
        noted = on + np.concatenate([np.full(300, 3), np.full(40, min(wait, 9) if not expected else wait)])
        table = plans(["area_team"] * 340, on, issued_recorded_on=pd.to_datetime(noted).astype("datetime64[s]"))
        from dispute_risk.records.tables import recorded_column

        table = table.rename(columns={"issued_recorded_on": recorded_column("issued_on")})
        found = recording_lags(book(plans=table), dt.date(2025, 7, 10), dt.date(2025, 4, 1))
        assert found["flagged"].tolist() == [expected]
