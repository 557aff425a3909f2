"""Like authorities, what goes with appeals, who appeals, and how many to expect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.england.associations import associations, rank_correlation
from dispute_risk.england.comparable import LIKENESS, comparable_authorities
from dispute_risk.england.expected import expected_appeals, fitted_spread, predicted_by_history
from dispute_risk.england.measures import RATES
from dispute_risk.england.published import NOT_COMPARED, published
from dispute_risk.england.who_appeals import who_appeals
from dispute_risk.errors import UnknownName


def test_like_authorities_are_near_in_size_and_never_chosen_by_results():
    result = comparable_authorities("Surrey")
    assert len(result.names) == 10
    assert {"Hampshire", "Kent", "Essex"} <= set(result.names)
    assert not set(result.names) & set(NOT_COMPARED)
    assert result.table["distance"].is_monotonic_increasing
    outcome_counts = {count for rate in RATES for count in rate.numerator}
    assert not {likeness.name for likeness in LIKENESS} & outcome_counts
    assert all(result.table["why"].iloc[1:].str.contains("times the plans"))


def test_likeness_goes_both_ways_and_every_authority_has_some():
    for name in published().authorities.query("exists").index:
        assert len(comparable_authorities(name, 5).names) == 5
    kent, surrey = comparable_authorities("Kent", 152), comparable_authorities("Surrey", 152)
    assert kent.table.loc["Surrey", "distance"] == pytest.approx(surrey.table.loc["Kent", "distance"])


def test_an_authority_that_is_not_there_has_no_likes():
    with pytest.raises(KeyError, match="Nowhere"):
        comparable_authorities("Nowhere")


def test_timeliness_shows_no_association_with_appeals_in_any_year():
    table = associations().table.query("measure == 'plans_in_20_weeks' and base == 'old'")
    assert table["year"].tolist() == [2019, 2020, 2021, 2022, 2023, 2024]
    assert ((table["low"] < 0) & (table["high"] > 0)).all()


@pytest.mark.parametrize(("year", "timeliness", "refusals"),
                         [(2019, 0.03, 0.33), (2020, 0.08, 0.41), (2021, -0.03, 0.43), (2022, -0.08, 0.28)])
def test_correlations_agree_with_those_worked_out_before(year, timeliness, refusals):
    rows = associations().in_year(year).set_index("measure")["correlation"]
    assert rows["plans_in_20_weeks"] == pytest.approx(timeliness, abs=0.02)
    assert rows["refusal_to_assess"] == pytest.approx(refusals, abs=0.02)


def test_rank_correlation_is_that_of_scipy_and_its_interval_holds_the_truth():
    from scipy.stats import spearmanr

    draw = np.random.default_rng(0)
    held, truth = 0, 6 / np.pi * np.arcsin(0.4 / 2)  # Spearman's of a normal pair with correlation 0.4
    for _ in range(300):
        first = draw.standard_normal(150)
        second = 0.4 * first + np.sqrt(1 - 0.16) * draw.standard_normal(150)
        value, low, high, pairs = rank_correlation(pd.Series(first), pd.Series(second))
        held += low <= truth <= high
    assert pairs == 150
    assert value == pytest.approx(spearmanr(first, second).statistic)
    assert 0.92 <= held / 300 <= 0.985


def test_partial_correlation_takes_out_what_both_share():
    draw = np.random.default_rng(1)
    size = pd.Series(draw.standard_normal(400))
    first, second = size + draw.standard_normal(400), size + draw.standard_normal(400)
    raw = rank_correlation(first, second)
    beyond = rank_correlation(first, second, size)
    assert raw[1] > 0.3
    assert beyond[1] < 0 < beyond[2]


def test_too_few_pairs_give_no_correlation():
    assert np.isnan(rank_correlation(pd.Series(range(10)), pd.Series(range(10)))[0])


def test_groups_add_up_to_the_published_counts():
    table = who_appeals("ethnicity", (2024,)).table
    assert table.loc["Asian - Pakistani", ["appeal_count", "appeal_base"]].tolist() == [57, 718]
    assert table.loc["White - White British", ["appeal_count", "appeal_base"]].tolist() == [3311, 27126]
    england = published().counts(2024, "England").loc["England"]
    only = table[table["kind"] == "published"]
    assert only["appeal_count"].sum() == england["request_appeals"]
    assert only["refused_count"].sum() == england["refused_to_assess"]


def test_ratio_and_interval_by_hand():
    row = who_appeals("ethnicity", (2024,)).table.loc["Asian - Pakistani"]
    ratio = (57 / 718) / (3311 / 27126)
    error = np.sqrt(1 / 57 - 1 / 718 + 1 / 3311 - 1 / 27126)
    assert row["appeal_ratio"] == pytest.approx(ratio)
    assert row["appeal_ratio_low"] == pytest.approx(ratio * np.exp(-1.959964 * error))
    assert row["appeal_ratio_high"] < 1


def test_linked_appeals_are_about_a_fifth_of_all():
    england = [published().counts(year, "England").loc["England"] for year in (2023, 2024)]
    share = sum(row["request_appeals"] for row in england) / sum(row["appeals"] for row in england)
    assert 0.18 < share < 0.24


@pytest.mark.parametrize("topic", ["sex", "age"])
def test_other_topics_have_one_group_compared_with(topic):
    table = who_appeals(topic).table
    assert table["appeal_ratio_low"].isna().sum() == 1
    assert (table["appeal_rate"] > 0).all()


def test_unknown_topic_is_refused():
    with pytest.raises(ValueError, match="ethnicity"):
        who_appeals("postcode")


def test_expected_appeals_of_all_authorities_add_up_to_about_the_national_total():
    names = [name for name in published().authorities.query("exists").index if name not in NOT_COMPARED]
    totals = [expected_appeals(name).table.loc["all"] for name in names]
    assert sum(row["at_national_rates"] for row in totals) == pytest.approx(22276, rel=0.01)
    assert sum(row["expected"] for row in totals) == pytest.approx(22276, rel=0.05)


def test_ranges_hold_about_as_often_as_they_say():
    table = predicted_by_history()
    assert len(table) > 440
    assert 0.74 <= table["held"].mean() <= 0.86
    assert 0.91 <= predicted_by_history(coverage=0.95)["held"].mean() <= 0.98


def test_own_history_predicts_far_better_than_national_rates():
    table = predicted_by_history()
    own = (table["appeals"] - table["expected"]).abs().mean()
    national = (table["appeals"] - table["at_national_rates"]).abs().mean()
    assert own < 0.6 * national


def test_a_small_authority_is_pulled_to_the_national_level_more_than_a_large_one():
    surrey, rutland = expected_appeals("Surrey"), expected_appeals("Rutland")
    assert surrey.level > 1.4
    assert rutland.level_high / rutland.level_low > surrey.level_high / surrey.level_low
    none = expected_appeals("Isles of Scilly")
    assert none.level == 1 and none.years_of_history == 0


def test_expected_rates_serve_as_a_prior_for_own_decisions():
    own = expected_appeals("Tameside", {"refuse_to_assess": 100, "refuse_to_issue": 40, "plan": 3500})
    table = own.table
    assert own.rate("refuse_to_assess") == pytest.approx(table.loc["refuse_to_assess", "expected"] / 100)
    assert table.loc["all", "expected"] == pytest.approx(table["expected"].iloc[:3].sum())
    assert 0 < own.rate("plan") < own.rate("refuse_to_assess") < own.rate("refuse_to_issue") < 1


@given(st.integers(0, 5000), st.integers(0, 500), st.integers(0, 20000))
def test_ranges_hold_the_expected_number_for_any_decisions(assess, issue, plans):
    given_here = {"refuse_to_assess": assess, "refuse_to_issue": issue, "plan": plans}
    row = expected_appeals("Devon", given_here).table.loc["all"]
    assert 0 <= row["low"] <= row["expected"] + 1 and row["expected"] <= row["high"] + 1


def test_wrong_decisions_years_and_names_are_refused():
    with pytest.raises(ValueError, match="refuse_to_assess"):
        expected_appeals("Devon", {"panel": 3})
    with pytest.raises(ValueError, match="2023"):
        expected_appeals("Devon", year=2021)
    with pytest.raises(UnknownName):
        expected_appeals("Nowhere at all")


def test_spread_is_that_of_authorities_that_differ_and_move():
    spread = fitted_spread(published())
    assert 1.5 < spread.shape < 6
    assert 0.15 < spread.drift < 0.4
