"""Points at the level of national rates: the level, its range, and when it is used."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.national_level import OPEN_SHARE, YearlyAppeals, points_at_level
from dispute_risk.model.training import train
from dispute_risk.timeline.history import History

TOLD = "A figure made up for a test."


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 400), st.integers(1, 600), st.integers(0, 10_000))
def test_the_risks_of_the_open_cases_add_up_to_the_appeals_expected_of_them(yearly, rows, seed):
    values = (np.random.default_rng(seed).random((rows, 2)) < 0.3).astype(float)
    fitted = points_at_level(["type_only", "no_officer_now"], values, YearlyAppeals(yearly, yearly / 2, yearly * 2, TOLD), 182)
    expected = min(yearly * OPEN_SHARE * 182 / 365.25, 0.9 * rows)
    assert fitted.risk(values).sum() == pytest.approx(expected, rel=1e-6)


def test_more_points_are_never_less_risk_and_the_range_holds_the_risk():
    values = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    fitted = points_at_level(["type_only", "no_officer_now"], values, YearlyAppeals(2.0, 1.0, 4.0, TOLD), 182)
    risk, low, high = fitted.risk_and_interval(values)
    assert (np.diff(risk) > 0).all()
    assert ((low < risk) & (risk < high)).all()


def test_a_wider_range_of_appeals_gives_a_wider_range_of_risk():
    values = np.eye(4)[:, :1]

    def width(low: float, high: float) -> float:
        found = points_at_level(["type_only"], values, YearlyAppeals(1.0, low, high, TOLD), 182).risk_and_interval(values)
        return float((found[2] - found[1]).mean())

    assert width(0.3, 3.0) > 1.5 * width(0.9, 1.1)


def small_authority() -> History:
    cases = [{"case_id": f"C{number}", "area": "NE", "opened_on": "2022-01-03", "birth_date": "2015-05-05"}
             for number in range(40)]
    requests = [{"case_id": f"C{number}", "request_id": f"R{number}", "received_on": "2025-10-06"} for number in range(12)]
    plans = [{"case_id": f"C{number}", "plan_id": f"P{number}", "kind": "final", "issued_on": "2023-02-06",
              "section_i": "type_only" if number % 2 else "setting_named"} for number in range(12, 40)]
    return History.of(casebook("2026-01-01", cases=cases, requests=requests, plans=plans,
                               appeals=[{"appeal_id": "A1", "case_id": "C20", "registered_on": "2024-05-01"}]))


def test_with_too_few_appeals_the_points_go_live_at_the_national_level():
    found = train(small_authority(), STANDARD, dt.date(2026, 1, 1), national=YearlyAppeals(1.5, 0.6, 3.0, TOLD))
    assert (found.fitted.rung, found.verdict, found.rows) == ("points", "not tested", 0)
    assert "Fewer than 30 cases had an appeal" in found.summary()
    assert TOLD in found.summary()
    assert "Learned from" not in found.summary()


def test_without_national_rates_too_few_appeals_are_refused_and_the_way_out_is_named():
    no_appeal = History.of(casebook("2026-01-01", cases=[{"case_id": "C1", "area": "NE", "opened_on": "2022-01-03"}],
                                    appeals=[]))
    with pytest.raises(NotEnoughHistory):
        train(no_appeal, STANDARD, dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="nothing to spread"):
        points_at_level(["type_only"], np.zeros((0, 1)), YearlyAppeals(1, 0.5, 2, TOLD), 182)
