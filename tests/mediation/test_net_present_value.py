"""Net present value: a sheet worked by hand to the penny, purses kept apart, and no way to count provision."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.mediation.deflator import rules
from dispute_risk.mediation.net_present_value import AUTHORITY, PURSE_OF, SOCIETY, Benefit, Cost, Purse, Reach, Worth, worth

VALUES = {
    "take_up": 0.4, "effect_per_100_meetings": 10.0, "fee_per_meeting": 1500.0, "hours_per_offer": 1.0, "hours_per_meeting": 10.0,
    "officer_hourly_cost": 30.0, "running_per_area": 12000.0, "mobilisation_per_area": 8000.0, "hearing_share": 0.6,
    "casework_no_hearing": 5000.0, "hearing_extra": 2000.0, "casework_cash_share": 0.05, "hearing_cash_share": 0.25,
    "courts_per_hearing": 2500.0, "family_per_appeal": 0.0,
}
LAW = rules()


def test_the_sheet_worked_by_hand_to_the_penny():
    # Two years, 100 offers a year in 3 areas of which 1 is new: 40 meetings, 4 appeals fewer a year.
    found = worth(VALUES, Reach(100, 3, 1, 2), LAW)
    # Costs a year: fees 40 x 1,500 = 60,000; meetings 40 x 10 h x 30 = 12,000; offers 100 x 1 h x 30 = 3,000;
    # running 3 x 12,000 = 36,000; setting up 8,000 once. Factors 1, 0.966183574..., 0.933510700...
    assert found.costs[Cost.FEES].tolist() == [60000, 60000, 0]
    assert found.costs[Cost.MOBILISATION].tolist() == [8000, 0, 0]
    # One appeal: before a hearing 5,000 (250 paid, 4,750 time); hearing 0.6 x 2,000 (300 paid, 900 time); courts 1,500.
    # 4 appeals a year, half in the year and half in the next: 2, 4, 2.
    assert found.benefits[Benefit.CASEWORK_CASH].tolist() == [1100, 2200, 1100]
    assert found.benefits[Benefit.CASEWORK_TIME].tolist() == pytest.approx([11300, 22600, 11300])
    assert found.benefits[Benefit.COURTS].tolist() == pytest.approx([3000, 6000, 3000])
    # Present costs: 111,000 x (1 + 1/1.035) + 8,000 = 226,246.3768...; benefits (6,200 + 1,500) per appeal:
    # 2 x 7,700 + 4 x 7,700 / 1.035 + 2 x 7,700 / 1.035^2 = 15,400 + 29,758.4541 + 14,376.0648 = 59,534.5189
    assert round(float(found.cost(adjusted=False)), 2) == 226246.38
    assert round(float(found.benefit(adjusted=False)), 2) == 59534.52
    assert round(float(found.net(adjusted=False)), 2) == -166711.86
    # With optimism bias: 1.2 x 226,246.3768 = 271,495.65; 0.8 x 59,534.5189 = 47,627.62.
    assert round(float(found.cost()), 2) == 271495.65
    assert round(float(found.benefit()), 2) == 47627.62
    assert round(float(found.net()), 2) == -223868.04
    assert round(found.ratio(), 4) == 0.1754
    # The authority's payments: costs (96,000 x 1.9661835749 + 8,000) x 1.2; freed 550 x (2 + 4/1.035... ) / 2 ... x 0.8.
    paid = (96000 * (1 + 1 / 1.035) + 8000) * 1.2
    freed = 0.8 * (1100 + 2200 / 1.035 + 1100 / 1.035**2)
    assert float(found.net((Purse.CASH,))) == pytest.approx(freed - paid, abs=0.005)


def test_the_purses_add_up_and_the_authority_is_two_of_them():
    found = worth(VALUES, Reach(250, 2, 0, 1), LAW)
    assert float(found.net()) == pytest.approx(sum(float(found.net((purse,))) for purse in Purse))
    assert AUTHORITY == (Purse.CASH, Purse.TIME) and set(SOCIETY) == set(Purse)
    assert set(PURSE_OF) == {*Cost, *Benefit}
    assert float(found.benefit((Purse.FAMILY,))) == 0


def test_provision_and_placement_can_never_be_a_benefit():
    assert {line.name for line in Benefit} == {"CASEWORK_CASH", "CASEWORK_TIME", "COURTS", "FAMILY"}
    for line in Benefit:
        assert not any(word in f"{line.name} {line.value}".lower() for word in ("place", "provision", "school", "transport"))
    with pytest.raises(TypeError):
        Enum("More", {"PLACEMENT": "places not paid for"}, type=Benefit)
    found = worth(VALUES, Reach(100, 2, 0, 1), LAW)
    with pytest.raises(TypeError, match="Provision and placement are in neither"):
        Worth(found.costs, {**found.benefits, "placement": np.array([1e6, 0])}, LAW, found.appeals_fewer)
    with pytest.raises(TypeError, match="Provision and placement are in neither"):
        Worth({**found.costs, "placement": np.array([-1e6, 0])}, found.benefits, LAW, found.appeals_fewer)
    # A value nobody asked for changes nothing.
    assert float(worth({**VALUES, "placement_saving": 1e6}, Reach(100, 2, 0, 1), LAW).net()) == float(found.net())


def test_stopping_costs_and_frees_nothing():
    found = worth(VALUES, Reach(100, 2, 0, 0), LAW)
    assert float(found.net()) == 0 and np.isnan(found.ratio())


def test_more_appeals_are_made_worse_by_optimism_bias_and_not_better():
    found = worth({**VALUES, "effect_per_100_meetings": -10.0}, Reach(100, 2, 0, 1), LAW)
    assert float(found.benefit()) == pytest.approx(1.2 * float(found.benefit(adjusted=False)))
    assert float(found.benefit()) < 0


def test_draws_are_worked_at_once_as_one_by_one():
    random = np.random.default_rng(4)
    effects, fees = random.normal(10, 5, 50), random.uniform(500, 2000, 50)
    at_once = worth({**VALUES, "effect_per_100_meetings": effects, "fee_per_meeting": fees}, Reach(100, 2, 1, 3), LAW).net()
    singly = [float(worth({**VALUES, "effect_per_100_meetings": effect, "fee_per_meeting": fee}, Reach(100, 2, 1, 3), LAW).net())
              for effect, fee in zip(effects, fees, strict=True)]
    assert at_once == pytest.approx(singly)


@given(st.floats(0.0, 0.2), st.integers(1, 5), st.floats(0.0, 40.0))
def test_a_higher_discount_rate_never_raises_what_is_still_to_come(rate, years, effect):
    values = {**VALUES, "effect_per_100_meetings": effect}
    law, dearer = replace(LAW, discount_rate=rate), replace(LAW, discount_rate=rate + 0.01)
    assert float(worth(values, Reach(100, 2, 0, years), dearer).benefit()) <= float(
        worth(values, Reach(100, 2, 0, years), law).benefit()) + 1e-9


def test_the_table_shows_every_line_with_both_present_values():
    table = worth(VALUES, Reach(100, 2, 1, 1), LAW).table
    assert len(table) == len(Cost) + len(Benefit)
    costs = table[table["kind"] == "cost"]
    assert costs["present_value_adjusted"].to_numpy() == pytest.approx(1.2 * costs["present_value"].to_numpy())
