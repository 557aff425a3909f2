"""Effects are frozen, say what they say in words, and are pooled without counting the same records twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.mediation.effect import CEDAR, Effect, Naive, pooled, refused, shrunk


def an_effect(value: float = -3.0, error: float = 1.0, **more: object) -> Effect:
    known = {"rate_offered": 8.0, "n_offered": 400, "n_comparison": 500, "take_up": 0.5, "data": "A", **more}
    return Effect(known.pop("design", "doubly_robust"), value, value - 1.96 * error, value + 1.96 * error, error, **known)


def test_effect_says_direction_range_and_the_wrong_comparison():
    one = an_effect(naive=Naive(2.0, 0.5, 3.5))
    assert "3.0 fewer appeals" in one.summary() and "+2.0 in 100" in one.summary() and "Wrong" in one.summary()
    assert one.clear and not an_effect(-1.0).clear
    assert one.table["design"].tolist() == ["doubly_robust", "naive"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.low = 0.0  # type: ignore[misc]


def test_a_refusal_keeps_every_reason_and_gives_no_figure():
    one = refused("staggered", ["Too few areas: 3.", "Too few appeals: 12."], n_offered=3)
    assert not one.answers and np.isnan(one.risk_difference) and "3." in one.refusal and "12." in one.summary()


def test_pooling_pulls_towards_the_published_study_by_precision():
    pulled = pooled([an_effect(-3.0, 1.0)])
    centre, spread = CEDAR.per_100_mediated * 0.5, CEDAR.sd * 0.5
    expected = (-3.0 + centre / spread**2) / (1 + 1 / spread**2)
    assert pulled.risk_difference == pytest.approx(expected) and pulled.standard_error < 1.0
    assert pulled.rate_comparison == pytest.approx(8.0 - expected)


def test_the_same_records_are_not_counted_twice_and_the_more_trusted_design_is_taken():
    lot, alike = an_effect(-1.0, 2.0, design="encouragement"), an_effect(-5.0, 0.5)
    assert pooled([alike, lot], prior=None).risk_difference == pytest.approx(-1.0)
    assert pooled([alike, dataclasses.replace(lot, data="B")], prior=None).risk_difference < -4.0


def test_pooling_widens_where_authorities_differ_and_refuses_where_nothing_is_known():
    alike = pooled([an_effect(-3.0, 1.0, data=name) for name in "ABC"], prior=None)
    apart = pooled([an_effect(value, 1.0, data=name) for value, name in zip((-9.0, -3.0, 3.0), "ABC", strict=True)], prior=None)
    assert alike.standard_error == pytest.approx(1 / np.sqrt(3)) and apart.standard_error > 2 * alike.standard_error
    assert not pooled([], take_up=None).answers
    assert pooled([], take_up=0.4).risk_difference == pytest.approx(-13.58 * 0.4)


@given(st.floats(-30, 30), st.floats(0.1, 20), st.floats(-20, 20), st.floats(0.1, 20))
def test_a_pulled_figure_lies_between_and_is_surer(value, error, mean, sd):
    middle, left = shrunk(value, error, mean, sd)
    assert min(value, mean) - 1e-9 <= middle <= max(value, mean) + 1e-9
    assert left < min(error, sd)
