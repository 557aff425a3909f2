"""The acceptance rule, condition by condition."""

import dataclasses

import numpy as np
import pytest

from dispute_risk.model.capacity import at_capacity
from dispute_risk.model.metrics import CalibrationLine
from dispute_risk.model.verdict import Comparison, Veto, compare_with_points, verdict_of

GOOD = Comparison(0.002, 0.001, 0.003, 0.05, 0.01)
LINE = CalibrationLine(0.0, 1.0, (-0.1, 0.1), (0.9, 1.1))


def verdict(comparison=GOOD, appeals=150, line=LINE, listed=1.0, overlap=0.8, vetoes=(), temporal=True):
    return verdict_of(comparison, appeals, line, listed, overlap, vetoes, temporal)


def test_all_conditions_met_is_accept():
    assert verdict()[0] == "accept"


@pytest.mark.parametrize(("change", "word"), [
    ({"appeals": 99}, "99 distinct appeals"),
    ({"comparison": dataclasses.replace(GOOD, gain_low=-0.0001)}, "not established"),
    ({"comparison": dataclasses.replace(GOOD, recall_gain=-0.01)}, "Recall"),
    ({"comparison": dataclasses.replace(GOOD, chance_recall_worse=0.2)}, "Recall"),
    ({"line": CalibrationLine(0, 0.6, (0, 0), (0.5, 0.7))}, "slope 0.60"),
    ({"listed": 1.6}, "1.60"),
    ({"overlap": 0.69}, "not stable"),
    ({"overlap": np.nan}, "not stable"),
    ({"temporal": False}, "later dates"),
])
def test_any_condition_missed_is_not_proven_with_its_reason(change, word):
    outcome, reasons = verdict(**change)
    assert outcome == "not proven" and any(word in reason for reason in reasons)


def test_a_slope_whose_range_reaches_the_allowed_ones_passes():
    assert verdict(line=CalibrationLine(0, 0.75, (0, 0), (0.65, 0.85)))[0] == "accept"


def test_evidence_of_harm_and_a_veto_are_reject():
    assert verdict(comparison=dataclasses.replace(GOOD, gain=-0.01, gain_low=-0.02, gain_high=-0.001))[0] == "reject"
    outcome, reasons = verdict(vetoes=[Veto("IMD quintile 1: observed over expected 0.5 (0.4 to 0.6)")])
    assert outcome == "reject" and reasons[0].startswith("Equity veto: IMD")
    outcome, reasons = verdict(vetoes=[Veto("two fifths: 0.88 (0.75 to 1.08)", beyond_chance=False)])
    assert outcome == "not proven" and reasons == ("Equity veto, within chance: two fifths: 0.88 (0.75 to 1.08)",)


def test_comparing_points_with_themselves_finds_nothing():
    rng = np.random.default_rng(0)
    outcome, reach, case = (rng.random(300) < 0.1).astype(float), rng.normal(-2, 1, 300), np.arange(300) // 3
    held = at_capacity(outcome, (rng.random(300) < 0.1).astype(float), case, case)
    same = compare_with_points(outcome, case, reach, reach, held, held, 200, 0)
    assert same == Comparison(0.0, 0.0, 0.0, 0.0, 0.0)
