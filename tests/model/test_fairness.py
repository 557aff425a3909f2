"""Fairness: what each group gets, worked out by hand; small groups never pass; a planted wrong is found and stops the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from casebooks import casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.model.fairness import fairness
from dispute_risk.model.fairness_groups import audit_groups, groups_of_rows
from dispute_risk.model.fairness_lists import (
    Streams,
    composition,
    composition_veto,
    equity_veto,
    selection_given_need,
    whole_list,
)
from dispute_risk.model.fairness_reach import reach
from dispute_risk.model.fairness_tables import shrunk
from dispute_risk.model.fairness_voice import without_voice
from dispute_risk.model.landmarks import Landmarks


def drawn(cases: int = 3000, off: float = 1.0, small: int = 0, seed: int = 0) -> tuple[Landmarks, np.ndarray, pd.DataFrame]:
    """Draw one row a case; the true chance of group B is `off` times its risk. Invented."""
    rng = np.random.default_rng(seed)
    risk = rng.uniform(0.02, 0.3, cases)
    group = np.where(rng.random(cases) < 0.4, "B", "A").astype(object)
    group[:small] = "C"
    outcome = (rng.random(cases) < np.where(group == "B", off, 1.0) * risk).astype(np.float32)
    rows = Landmarks(pd.DataFrame(index=range(cases)), outcome, np.full(cases, np.datetime64("2025-01-06")),
                     np.array([f"C{n}" for n in range(cases)]), np.arange(cases), rng.choice(["N", "S"], cases),
                     np.full(cases, "window_open"), 182, np.where(outcome == 1, 100.0, np.inf))
    other = pd.Series(rng.choice(["x", "y"], cases), dtype=object)
    return rows, risk, pd.DataFrame({"sex": pd.Series(group, dtype=object), "language": other})


def listed_of(rows: Landmarks, risk: np.ndarray, places: int = 100) -> np.ndarray:
    share = np.zeros(len(risk))
    share[np.argsort(-risk)[:places]] = 1
    return share


def test_a_group_s_row_can_be_added_up_by_hand():
    rows, risk, groups = drawn()
    listed = listed_of(rows, risk)
    found = fairness(rows, risk, listed, groups, repeats=100)
    row = found.table.set_index(["dimension", "group"]).loc[("sex", "B")]
    mask = (groups["sex"] == "B").to_numpy()
    assert row["cases"] == mask.sum() and row["appeals"] == rows.outcome[mask].sum()
    assert row["observed_over_expected"] == pytest.approx(rows.outcome[mask].sum() / risk[mask].sum())
    assert row["share_listed"] == pytest.approx(listed[mask].mean())
    assert row["recall"] == pytest.approx((listed * rows.outcome)[mask].sum() / rows.outcome[mask].sum())
    assert row["median_lead_days"] == 100
    assert row["observed_over_expected_low"] < row["observed_over_expected"] < row["observed_over_expected_high"]
    assert found.overall["appeals"] == rows.outcome.sum()
    assert "age" in found.not_recorded


def test_a_group_with_few_appeals_cannot_be_assessed_and_never_passes():
    rows, risk, groups = drawn(small=30)
    found = fairness(rows, risk, listed_of(rows, risk), groups, repeats=50)
    row = found.table.set_index("group").loc["C"]
    assert row["appeals"] < 20 and row["finding"] == "cannot be assessed"
    assert np.isnan([row["recall"], row["slope"], row["median_lead_days"]]).all()
    assert "1 cannot be assessed" in found.summary()


def test_a_risk_that_is_half_of_what_comes_is_found_and_stops_the_model():
    rows, risk, groups = drawn(off=2.2)
    found = fairness(rows, risk, listed_of(rows, risk), groups, repeats=100)
    assert found.table.set_index("group").loc["B", "finding"] == "differs beyond what is allowed"
    assert found.vetoes == ("sex, B",)
    said = equity_veto(lambda _: groups, repeats=100)(rows, risk, listed_of(rows, risk))
    assert len(said) == 1 and said[0].beyond_chance and said[0].words.startswith("sex, B: appeals seen over expected 2.")


def test_a_right_risk_stops_nothing():
    rows, risk, groups = drawn()
    assert equity_veto(lambda _: groups, repeats=100)(rows, risk, listed_of(rows, risk)) == []


def test_two_groupings_at_once_down_to_twenty_appeals():
    rows, risk, groups = drawn(small=30)
    pairs = fairness(rows, risk, listed_of(rows, risk), groups, repeats=50).pairs
    assert set(pairs["group"]) == {"A, x", "A, y", "B, x", "B, y"}
    assert (pairs["appeals"] >= 20).all()
    far = np.abs(np.log(pairs["observed_over_expected"]))
    assert (np.diff(far) <= 0).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.2, 5), st.floats(1.1, 4)), min_size=1, max_size=6))
def test_shrinking_moves_every_ratio_towards_the_others_and_never_past_them(given_ratios):
    ratio = np.array([one for one, _ in given_ratios])
    width = np.array([two for _, two in given_ratios])
    moved = shrunk(ratio, ratio / width, ratio * width)
    assert (moved >= ratio.min() * 0.999).all() and (moved <= ratio.max() * 1.001).all()
    assert moved.max() - moved.min() <= ratio.max() - ratio.min() + 1e-9


# --- what is owed -----------------------------------------------------------------------------------------------------


def test_the_whole_list_shares_its_places_by_hand():
    risk = np.array([0.9, 0.8, 0.1, 0.1, 0.1, 0.1])
    streams = Streams(np.array([0, 5, 4, 3, 2, 0.0]), np.array([1, 1, 0, 1, 1, 1], bool), (1, 2, 1), 2.0)
    # By risk: the first. Unheard: the second and the fourth (the third is loud). By lot: one of those owed two or more.
    whole = whole_list(risk, np.zeros(6), streams)
    assert whole[[0, 1, 3]].tolist() == [1, 1, 1] and whole[5] == 0
    assert whole[2] == whole[4] == pytest.approx(1 / 4)


def fifths(cases: int, seed: int, tilt: float) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    quintile = rng.integers(1, 6, cases)
    need = rng.gamma(1, 2, cases)
    listed = (rng.random(cases) < 1 / (1 + np.exp(3 - need / 2 + tilt * (3 - quintile)))).astype(float)
    label = np.array([None if n % 20 == 0 else f"{q}" for n, q in enumerate(quintile)], dtype=object)
    return listed, need, label, np.arange(cases)


def test_selection_given_what_is_owed_finds_a_planted_tilt_and_no_other():
    listed, need, label, family = fifths(8000, 1, tilt=0.5)
    tilted = selection_given_need(listed, need, label, family)
    assert tilted["high"] < 1 and tilted["odds"] == pytest.approx(np.exp(-0.5), abs=0.12)
    assert tilted["rows"] == 7600
    even = selection_given_need(*fifths(8000, 2, tilt=0.0))
    assert even["low"] < 1 < even["high"]
    assert np.isnan(selection_given_need(np.zeros(5), np.ones(5), np.array(["1"] * 5, dtype=object), np.arange(5))["odds"])


def test_the_most_deprived_passed_over_by_more_than_chance_stop_the_model():
    listed, need, label, family = fifths(8000, 1, tilt=0.5)
    table = composition(listed, need, label, family)
    together = table.iloc[-1]
    known = np.array([one is not None for one in label])
    poor = np.isin(label, ["1", "2"])
    assert together["share_of_need"] == pytest.approx(need[poor].sum() / need[known].sum())
    assert together["list_over_need_high"] < 0.9
    rows, risk, _ = drawn(len(listed))
    streams = Streams(need, np.ones(len(need), bool), (0, 0, 0), 2.0)
    groups = pd.DataFrame({"deprivation": pd.Series(label, dtype=object)})
    # A risk that follows the tilt fills 200 places of each area with it.
    veto = equity_veto(lambda _: groups, lambda _: Streams(need, streams.quiet, (200, 0, 0), 2.0), repeats=100)
    said = veto(rows, np.clip(listed * 0.5 + 0.001 * risk, 0.001, 0.9), listed)
    assert any("The two most deprived fifths" in one.words and one.beyond_chance for one in said)


def test_a_share_below_nine_tenths_that_chance_could_explain_stands_in_the_way_and_does_not_reject():
    table = pd.DataFrame([{"share_of_list": 0.44, "share_of_need": 0.5, "list_over_need": 0.88, "list_over_need_low": 0.75,
                           "list_over_need_high": 1.08}])
    assert [veto.beyond_chance for veto in composition_veto(table)] == [False]
    table["list_over_need_high"] = 0.89
    assert [veto.beyond_chance for veto in composition_veto(table)] == [True]
    table["list_over_need"] = 0.91
    assert composition_veto(table) == []


# --- groups, advocacy, the nation -------------------------------------------------------------------------------------


def records():
    people = [{"case_id": f"C{n:03}", "area": "N", "sex": "M" if n % 3 else "F", "ethnicity": "WBRI" if n % 2 else "APKN",
               "deprivation_decile": n % 10 + 1, "birth_date": "2015-06-01"} for n in range(240)]
    refused = [{"case_id": one["case_id"], "request_id": one["case_id"], "received_on": "2024-01-08", "decision": "refuse",
                "decision_sent_on": "2024-02-19"} for one in people]
    appeals = [{"case_id": f"C{n:03}", "appeal_id": str(n), "registered_on": "2024-04-15", "grounds": "refuse_to_assess"}
               for n in range(240) if n % 2 and n % 4 == 1]
    return casebook("2025-12-01", cases=people, requests=refused, appeals=appeals)


def test_groups_are_named_in_words_and_blanks_stay_blank():
    groups = audit_groups(records())
    assert groups.loc["C000", ["sex", "ethnicity", "deprivation"]].tolist() == ["female", "Asian", "1 most deprived"]
    assert groups.loc["C009", "deprivation"] == "5 least deprived"
    assert groups["language"].isna().all()
    dated = groups_of_rows(records(), np.array(["C001", "C001"]), np.array(["2019-06-01", "2026-06-15"], "datetime64[D]"))
    assert dated["age"].tolist() == ["4 and under", "11 to 15"] or dated["age"].tolist() == ["4 and under", "5 to 10"]
    assert "language" not in dated.columns


def test_reach_counts_appeals_against_refusals_by_group():
    table = reach(records()).set_index(["dimension", "group"])
    assert table.loc[("ethnicity", "White British"), ["refused", "appealed", "rate"]].tolist() == [120, 60, 50]
    assert table.loc[("ethnicity", "Asian"), ["appealed", "rate"]].tolist() == [0, 0]
    assert table.loc[("ethnicity", "White British"), "compared_with"] in ("White British", "Asian")
    girls, boys = (table.loc[("sex", name)] for name in ("female", "male"))
    assert (girls["refused"], boys["refused"]) == (80, 160)
    assert girls["ratio"] == pytest.approx((girls["appealed"] / 80) / (boys["appealed"] / 160))
    assert girls["ratio_low"] < girls["ratio"] < girls["ratio_high"]
    assert reach(casebook()).empty


def test_without_advocacy_says_who_moves_and_what_it_costs():
    rows, risk, groups = drawn()
    with_voice, without = listed_of(rows, risk), listed_of(rows, np.where(groups["sex"] == "B", risk / 2, risk))
    moved = without_voice(rows, with_voice, without, groups, need=risk, repeats=50)
    line = moved.table.set_index("group").loc["B"]
    assert line["enter"] == 0 and line["leave"] == line["listed"] - line["listed_without"] > 0
    assert moved.overall["lost"] == pytest.approx(moved.overall["found"] - moved.overall["found_without"])
    assert moved.overall["lost_low"] <= moved.overall["lost"] <= moved.overall["lost_high"]
    same = without_voice(rows, with_voice, with_voice, groups, repeats=20)
    assert same.overall["moved"] == 0 and same.overall["lost"] == 0


def test_fairlearn_counts_the_same_shares_listed():
    fairlearn = pytest.importorskip("fairlearn.metrics", reason="fairlearn is an extra: pip install fairlearn")
    rows, risk, groups = drawn()
    listed = listed_of(rows, risk)
    frame = fairlearn.MetricFrame(metrics={"listed": fairlearn.selection_rate, "recall": fairlearn.true_positive_rate},
                                  y_true=rows.outcome.astype(int), y_pred=listed.astype(int), sensitive_features=groups["sex"])
    ours = fairness(rows, risk, listed, groups, repeats=20).table
    ours = ours[ours["dimension"] == "sex"].set_index("group")
    np.testing.assert_allclose(frame.by_group["listed"].loc[ours.index], ours["share_listed"])
    np.testing.assert_allclose(frame.by_group["recall"].loc[ours.index], ours["recall"])


