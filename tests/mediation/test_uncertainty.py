"""Uncertainty: the draws have the ranges stated, the tornado has its widest first, information is worth what it is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispute_risk.mediation.deflator import rules
from dispute_risk.mediation.scenarios import SCENARIOS, scenario_worth
from dispute_risk.mediation.uncertainty import drawn, information, tornado, uncertainty
from dispute_risk.mediation.unit_costs import Input

LAW = rules()


def amount(code: str, central: float, low: float, high: float, unit: str = "GBP", scale: str = "log") -> Input:
    return Input(code, code, unit, central, low, high, scale)


def fixed(code: str, central: float, unit: str = "GBP") -> Input:
    return Input(code, code, unit, central, central, central)


INPUTS = {one.code: one for one in (
    amount("effect_per_100_meetings", 30.0, 10.0, 50.0, "per 100", "plain"), amount("take_up", 0.4, 0.3, 0.5, "share", "logit"),
    amount("fee_per_meeting", 1500.0, 1200.0, 1900.0), fixed("hours_per_offer", 1.0, "hours"),
    fixed("hours_per_meeting", 10.0, "hours"), fixed("officer_hourly_cost", 30.0), fixed("running_per_area", 5000.0),
    fixed("mobilisation_per_area", 8000.0), fixed("hearing_share", 0.6, "share"),
    amount("casework_no_hearing", 5000.0, 2500.0, 6500.0), fixed("hearing_extra", 2000.0),
    fixed("casework_cash_share", 0.05, "share"), fixed("hearing_cash_share", 0.25, "share"), fixed("courts_per_hearing", 2500.0),
    fixed("family_per_appeal", 0.0), fixed("offers_pilot", 200.0, "a year"), fixed("offers_everywhere", 300.0, "a year"),
    fixed("areas_pilot", 2.0, "areas"), fixed("areas_new", 1.0, "areas"))}
EXTEND = SCENARIOS["extend"]


def test_the_draws_have_the_percentiles_that_were_stated_and_follow_the_seed():
    one, again, other = (drawn(INPUTS, 40_000, seed) for seed in (1, 1, 2))
    for code in ("effect_per_100_meetings", "take_up", "fee_per_meeting"):
        stated = INPUTS[code]
        assert np.quantile(one[code], [0.1, 0.5, 0.9]) == pytest.approx([stated.low, stated.central, stated.high], rel=0.03)
        assert np.array_equal(one[code], again[code]) and not np.array_equal(one[code], other[code])
    assert one["courts_per_hearing"] == 2500.0
    # Nothing ties one input to another.
    assert abs(np.corrcoef(one["take_up"], one["fee_per_meeting"])[0, 1]) < 0.02


def test_the_share_of_draws_that_pay_and_the_range_are_those_of_the_draws():
    found = uncertainty(INPUTS, EXTEND, LAW, 5000, 3)
    nets = scenario_worth(drawn(INPUTS, 5000, 3), EXTEND, LAW).net()
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(nets, [0.1, 0.9])))
    assert found.pays == (nets > 0).mean() and 0 < found.pays < 1
    assert found.pays_authority < found.pays
    assert found.low < found.middle < found.high
    assert found.histogram["draws"].sum() == pytest.approx(5000, abs=60)


def test_without_any_range_every_draw_is_the_central_value():
    certain = {code: replace(one, scale="fixed") for code, one in INPUTS.items()}
    found = uncertainty(certain, EXTEND, LAW, 200)
    central = float(scenario_worth({code: one.central for code, one in certain.items()}, EXTEND, LAW).net())
    assert (found.low, found.high, found.mean) == pytest.approx((central, central, central))
    assert tornado(certain, EXTEND, LAW).empty


def test_the_tornado_moves_one_input_at_a_time_the_widest_first():
    table = tornado(INPUTS, EXTEND, LAW)
    assert set(table["code"]) == {"effect_per_100_meetings", "take_up", "fee_per_meeting", "casework_no_hearing"}
    assert table["swing"].is_monotonic_decreasing and table["code"][0] == "effect_per_100_meetings"
    values = {code: one.central for code, one in INPUTS.items()}
    row = table.set_index("code").loc["fee_per_meeting"]
    assert row["net_at_low"] == pytest.approx(float(scenario_worth({**values, "fee_per_meeting": 1200.0}, EXTEND, LAW).net()))
    assert row["net_at_low"] > row["net_at_high"]


def only_the_effect_varies() -> dict[str, Input]:
    return {code: one if code == "effect_per_100_meetings" else replace(one, scale="fixed") for code, one in INPUTS.items()}


def test_perfect_information_on_the_only_unknown_is_the_mean_of_the_losses_it_spares():
    inputs = only_the_effect_varies()
    found = information(inputs, EXTEND, LAW, 200, 30.0, 20_000, 5)
    nets = scenario_worth(drawn(inputs, 20_000, 5), EXTEND, LAW).net()
    assert found.perfect == pytest.approx(np.maximum(nets, 0).mean() - max(0.0, nets.mean()), rel=1e-6)
    assert 0 < found.trial < found.perfect


def test_a_larger_trial_is_worth_more_and_finds_smaller_differences():
    inputs = only_the_effect_varies()
    small, large = (information(inputs, EXTEND, LAW, offers, 30.0, 20_000, 5) for offers in (100, 4000))
    assert small.trial < large.trial <= large.perfect + 1
    assert large.detectable == pytest.approx(small.detectable / np.sqrt(40))
    # By hand: 100 offers, half and half, 30 in 100: 2.8016 x 100 x sqrt(2 x 0.3 x 0.7 / 50) = 25.7
    assert small.detectable == pytest.approx(25.68, abs=0.01)


def test_information_that_could_change_nothing_is_worth_nothing():
    certain = {**INPUTS, "effect_per_100_meetings": amount("effect_per_100_meetings", 0.5, 0.4, 0.6, "per 100", "plain")}
    found = information(certain, EXTEND, LAW, 200, 30.0, 4000, 1)
    assert found.perfect == 0 and found.trial == 0 and found.best_now == "stop"
