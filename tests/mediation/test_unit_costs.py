"""Unit costs and prices: declared once, with source and range, uprated by hand-checked factors, placeholders flagged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.mediation.deflator import Deflator, rules, weights_of
from dispute_risk.mediation.unit_costs import NORMAL_90, STATUSES, Input, appeal_inputs, declared_inputs
from dispute_risk.tribunal.costs import unit_costs

LEVELS = Deflator({2015: 75.0, 2016: 76.0, 2017: 77.0, 2018: 80.0, 2019: 84.0, 2024: 100.0})


@pytest.mark.parametrize(("price_year", "level"), [("2018", 80.0), ("2018/19", 81.0), ("2015-17", 76.0), (" 2024 ", 100.0)])
def test_a_price_year_has_the_level_worked_by_hand(price_year, level):
    assert LEVELS.level(price_year) == pytest.approx(level)
    assert LEVELS.factor(price_year) == pytest.approx(100 / level)


@pytest.mark.parametrize("wrong", ["", "2018/20", "2017-15", "18/19", "2018-19-20", "abc", "2017-17"])
def test_what_is_no_price_year_is_refused_with_what_to_write(wrong):
    with pytest.raises(ValueError, match="2015-17"):
        weights_of(wrong)


def test_a_year_outside_the_series_says_which_and_where_to_add_it():
    with pytest.raises(ValueError, match=r"2015 to 2024, not 2020.*deflator\.index"):
        LEVELS.factor("2020")


def test_the_rules_carry_their_source_date_and_what_is_still_to_be_checked():
    law = rules()
    assert law.discount_rate == 0.035 and law.costs_added == 0.2 and law.benefits_taken_off == 0.2
    for name in ("discount", "optimism_bias", "timing", "deflator"):
        assert law.notes[name]["source"], name
    assert {"discount", "deflator"} <= set(law.to_check)
    assert "own convention" in law.notes["optimism_bias"]["source"]
    levels = [law.deflator.index[year] for year in sorted(law.deflator.index)]
    assert levels == sorted(levels) and law.deflator.index[law.deflator.latest] == 100.0


def test_every_unit_cost_has_a_source_and_a_placeholder_says_that_it_is_no_fact():
    found = {**declared_inputs(), **appeal_inputs(unit_costs())}
    for one in found.values():
        assert one.problems() == [], one.code
        assert one.source and one.status in STATUSES
        if one.unit == "GBP":
            assert one.price_year, one.code
        if one.to_complete:
            assert "no figure found" in one.source and "not a fact" in one.note
            assert "TO BE COMPLETED" in STATUSES[one.status]
    waiting = {code for code, one in found.items() if one.to_complete}
    assert waiting == {"officer_hourly_cost", "hours_per_offer", "hours_per_meeting", "running_per_area", "mobilisation_per_area"}


def test_the_cost_of_an_appeal_is_the_tribunals_own_figure_split_as_published():
    costs = unit_costs()
    found = {**declared_inputs(), **appeal_inputs(costs)}
    assert found["casework_no_hearing"].central == costs["casework_no_hearing"].low == 4331
    assert found["hearing_extra"].central == costs["casework_hearing"].low - costs["casework_no_hearing"].low == 1725
    # GBP 208 of 4,331 and GBP 438 of 1,725 are paid out; the rest is labour.
    assert found["casework_cash_share"].central * 4331 == pytest.approx(208, abs=0.05)
    assert found["hearing_cash_share"].central * 1725 == pytest.approx(438, abs=0.05)
    assert (found["fee_per_meeting"].low, found["fee_per_meeting"].central, found["fee_per_meeting"].high) == (1200, 1425, 1650)


def test_amounts_are_uprated_and_shares_are_left_alone():
    fee = Input("fee", "fee", "GBP", 1425.0, 1200.0, 1650.0, "log", "2018/19")
    assert fee.in_prices_of(LEVELS, 2024).central == pytest.approx(1425 * 100 / 81)
    share = Input("share", "share", "share", 0.2, 0.1, 0.3, "logit")
    assert share.in_prices_of(LEVELS, 2024) is share


@given(st.sampled_from(["plain", "log", "logit"]), st.floats(0.02, 0.9), st.floats(0.01, 0.9), st.floats(0.01, 0.9))
def test_low_and_high_are_the_10th_and_90th_percentiles_whatever_the_scale(scale, middle, below, above):
    low, high = middle * (1 - below), middle + (0.98 - middle) * above
    one = Input("x", "x", "share", middle, low, high, scale)
    assert one.at(np.array([-NORMAL_90, 0.0, NORMAL_90])) == pytest.approx([low, middle, high])
    steps = one.at(np.linspace(-3, 3, 25))
    assert (np.diff(steps) > 0).all()
    if scale == "logit":
        assert ((steps > 0) & (steps < 1)).all()


@pytest.mark.parametrize(("changed", "said"), [
    ({"low": 3.0}, "do not rise"), ({"high": float("nan")}, "not all numbers"), ({"low": 0.0, "scale": "log"}, "above 0"),
    ({"low": -1.0}, "below 0"), ({"unit": "share"}, "between 0 and 1"), ({"status": "sure"}, "status 'sure'"),
    ({"scale": "curved"}, "scale 'curved'"), ({"unit": "per 100", "high": 101.0}, "between -100 and 100"),
    ({"unit": "share", "central": 0.5, "low": 0.0, "high": 1.0, "scale": "logit"}, "ends between 0 and 1"),
])
def test_an_impossible_input_says_what_is_wrong(changed, said):
    given_input = {"central": 2.0, "low": 1.0, "high": 4.0, "scale": "plain", "unit": "GBP", **changed}
    one = Input("fee", "fee", given_input.pop("unit"), **given_input)
    assert any(said in line for line in one.problems()), one.problems()
