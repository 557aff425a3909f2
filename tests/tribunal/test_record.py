"""The authority's own record: which appeals count, and when the national picture alone is shown."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from dispute_risk.tribunal.case_file import Appeal
from dispute_risk.tribunal.costs import expected_costs, stake_to_break_even, unit_costs
from dispute_risk.tribunal.record import ENDINGS, national_record, own_record
from dispute_risk.tribunal.shares import KAPPA, pooled_shares

AS_OF = dt.date(2025, 12, 31)


def appeals(ground: str, outcome: str, count: int, registered: dt.date = dt.date(2024, 1, 10)) -> list[Appeal]:
    ended = registered + dt.timedelta(days=200) if outcome else None
    return [Appeal(f"K{n}", f"AP-{ground}-{outcome}-{n}", registered, registered, (ground,), None, None, outcome, ended,
                   False) for n in range(count)]


def test_national_figures_are_the_published_counts() -> None:
    prior = next(year for year in national_record() if year.used_as_prior)
    assert prior.counts.sum() == 11_711 and prior.counts[1:].sum() == 7_968
    assert sum(year.used_as_prior for year in national_record()) == 1
    assert all(year.source and year.verified for year in national_record())


def test_a_ground_is_drawn_towards_the_others_and_those_towards_england() -> None:
    closed = appeals("placement", "conceded", 12) + appeals("placement", "upheld_part", 18) + appeals(
        "refuse_to_assess", "conceded", 5)
    record = own_record(closed, ["placement"], AS_OF)
    one = record.grounds[0]
    prior = next(year for year in national_record() if year.used_as_prior).shares
    middle = (np.array([5, 0, 0]) + KAPPA * prior) / (5 + KAPPA)
    np.testing.assert_allclose(one.pooled.shares, (np.array([12, 18, 0]) + KAPPA * middle) / (30 + KAPPA))
    assert (one.closed, one.open, one.few, record.closed) == (30, 0, False, 35)
    assert one.by_outcome["conceded"] == 12 and one.median_days == 200


def test_recent_appeals_are_left_out_so_that_quick_endings_do_not_count_twice() -> None:
    recent = appeals("placement", "conceded", 40, dt.date(2025, 3, 1))
    record = own_record(recent + appeals("placement", "upheld_family", 25), ["placement"], AS_OF)
    assert record.grounds[0].closed == 25


def test_few_closed_appeals_are_marked() -> None:
    assert own_record(appeals("cease_to_maintain", "conceded", 19), ["cease_to_maintain"], AS_OF).grounds[0].few
    assert not own_record(appeals("cease_to_maintain", "conceded", 20), ["cease_to_maintain"], AS_OF).grounds[0].few


def test_many_open_appeals_are_taken_into_account() -> None:
    some = appeals("placement", "conceded", 30) + appeals("placement", "", 20)
    one = own_record(some, ["placement"], AS_OF).grounds[0]
    assert one.corrected and one.pooled.counts.sum() == pytest.approx(30) and one.open == 20


def test_costs_add_up_and_repeat() -> None:
    pooled = pooled_shares([30, 60, 1], [0.32, 0.67, 0.01], 20, tuple(ENDINGS))
    first, again = expected_costs(pooled, 1), expected_costs(pooled, 1)
    assert first == again
    by = {cost.option: cost for cost in first}
    assert list(by) == ["concede", "consent_order", "mediate", "answer"]
    assert all(cost.low <= cost.mean <= cost.high for cost in first)
    assert by["consent_order"].mean == 4331
    # Each appeal answered costs at least one without a hearing and at most the highest published cost of a lost one.
    assert 4331 < by["answer"].mean < 8600
    share = pooled.shares[0]
    assert by["answer"].mean == pytest.approx(share * 4331 + (1 - share) * (6056 + 8600) / 2, rel=0.01)


def test_break_even_of_the_methods_page() -> None:
    assert stake_to_break_even(0.02, 6056) == pytest.approx(302_800)
    assert stake_to_break_even(0.05, 6056) == pytest.approx(121_120)
    with pytest.raises(ValueError, match="share"):
        stake_to_break_even(0, 6056)


def test_every_cost_has_its_year_and_source() -> None:
    for cost in unit_costs().values():
        assert cost.price_year and cost.source and cost.verified in ("V", "V2", "D") and cost.low <= cost.high
