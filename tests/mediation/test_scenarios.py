"""Options and switching values: at the switching value the net present value is nothing, and it says when there is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.mediation.deflator import rules
from dispute_risk.mediation.net_present_value import AUTHORITY
from dispute_risk.mediation.scenarios import (
    SCENARIOS,
    effect_and_fee,
    moved,
    risk_that_pays,
    scenario_table,
    scenario_worth,
    switching_values,
)

VALUES = {
    "take_up": 0.4, "effect_per_100_meetings": 30.0, "fee_per_meeting": 1500.0, "hours_per_offer": 1.0, "hours_per_meeting": 10.0,
    "officer_hourly_cost": 30.0, "running_per_area": 5000.0, "mobilisation_per_area": 8000.0, "hearing_share": 0.6,
    "casework_no_hearing": 5000.0, "hearing_extra": 2000.0, "casework_cash_share": 0.05, "hearing_cash_share": 0.25,
    "courts_per_hearing": 2500.0, "family_per_appeal": 0.0, "offers_pilot": 200.0, "offers_everywhere": 300.0,
    "areas_pilot": 2.0, "areas_new": 1.0,
}
LAW = rules()
EXTEND = SCENARIOS["extend"]


@given(st.floats(1, 60), st.floats(0, 3000), st.floats(0.05, 0.9),
       st.sampled_from([code for code in SCENARIOS if code != "stop"]))
def test_at_a_switching_value_nothing_is_gained_and_nothing_lost(effect, fee, take_up, code):
    values = {**VALUES, "effect_per_100_meetings": effect, "fee_per_meeting": fee, "take_up": take_up}
    for one in switching_values(values, SCENARIOS[code], LAW):
        if one.found:
            there = scenario_worth(moved(values, one.code, one.value), SCENARIOS[code], LAW)
            assert abs(float(there.net())) < 1e-6 * (1 + float(there.cost()))


def test_the_words_say_on_which_side_it_pays():
    effect, fee, appeal, *_ = switching_values(VALUES, EXTEND, LAW)
    assert effect.found and effect.words.startswith("It pays with at least") and fee.words.startswith("It pays with at most")
    assert appeal.unit == "times" and "times" in appeal.words
    above = float(scenario_worth(moved(VALUES, effect.code, effect.value + 0.1), EXTEND, LAW).net())
    below = float(scenario_worth(moved(VALUES, effect.code, effect.value - 0.1), EXTEND, LAW).net())
    assert below < 0 < above


def test_it_says_so_where_no_possible_value_changes_the_answer():
    poor = {**VALUES, "effect_per_100_meetings": 0.5}
    fee = {one.code: one for one in switching_values(poor, EXTEND, LAW)}["fee_per_meeting"]
    assert math.isnan(fee.value) and "does not pay whatever" in fee.words
    led = {one.code: one for one in switching_values(VALUES, SCENARIOS["extend_own_officers"], LAW)}["fee_per_meeting"]
    assert not led.found and "does not depend" in led.words


def test_the_authority_alone_needs_more_than_society():
    society, authority = (switching_values(VALUES, EXTEND, LAW, *purses)[0].value for purses in ((), (AUTHORITY,)))
    assert authority > society


def test_the_options_differ_as_they_say():
    worths = {code: scenario_worth(VALUES, one, LAW) for code, one in SCENARIOS.items()}
    table = scenario_table(worths).set_index("option")
    assert table.loc["Stop", "net_society"] == 0
    assert table.loc["Extend by 12 months", "appeals_fewer"] == pytest.approx(200 * 0.4 * 0.3)
    assert table.loc["Every area, three years", "appeals_fewer"] == pytest.approx(3 * 300 * 0.4 * 0.3)
    led, extend = worths["extend_own_officers"], worths["extend"]
    assert float(extend.cost() - led.cost()) == pytest.approx(1.2 * 200 * 0.4 * 1500)
    assert float(led.benefit()) == float(extend.benefit())


def test_the_grid_holds_what_each_pair_comes_to():
    grid = effect_and_fee(VALUES, EXTEND, LAW, [10.0, 30.0], [0.0, 1500.0])
    assert grid.loc[30.0, 1500.0] == pytest.approx(float(scenario_worth(VALUES, EXTEND, LAW).net()))
    assert grid.loc[10.0, 0.0] > grid.loc[10.0, 1500.0]


def test_the_risk_from_which_a_meeting_pays_worked_by_hand():
    # An appeal: 5,000 + 0.6 x 2,000 + 0.6 x 2,500 = 7,700; half a year later on average; a fifth off: 6,055.84.
    table = risk_that_pays(VALUES, LAW, (0.5,))
    freed = 7700 * (0.5 + 0.5 / 1.035) * 0.8
    assert table.loc["with the fee", 0.5] == pytest.approx(1800 * 1.2 / (0.5 * freed))
    assert table.loc["led by officers", 0.5] == pytest.approx(300 * 1.2 / (0.5 * freed))
