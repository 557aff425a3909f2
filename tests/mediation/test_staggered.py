"""Areas that began before others: exact on rates without noise, never misled by areas that have begun, honest with few."""

from __future__ import annotations

import numpy as np
import pytest

from dispute_risk.mediation.area_quarters import AreaQuarters
from dispute_risk.mediation.challenges import placebo_date, pre_trends
from dispute_risk.mediation.staggered import event_study, overall, permutation_p, pre_trend, staggered

NEVER = np.inf


def panel(start, effect=-0.02, growing=0.0, trend=0.0, quarters=12, decisions=400.0, noise=0.0, seed=0) -> AreaQuarters:
    """Return areas with their own levels, common quarters, and an effect that differs by area and may grow."""
    rng = np.random.default_rng(seed)
    start = np.asarray(start, float)
    count = len(start)
    level, common = np.linspace(0.05, 0.09, count), 0.01 * np.sin(np.arange(quarters))
    since = np.arange(quarters)[None, :] - start[:, None]
    after = since >= 0
    size = effect * (1 + np.arange(count)[:, None] / count) + growing * np.where(after, since, 0)
    rate = level[:, None] + common + np.where(after, size, 0.0) + noise * rng.standard_normal((count, quarters))
    rate = rate + trend * np.where(np.isfinite(start), 1.0, 0.0)[:, None] * np.arange(quarters)
    cells = np.full((count, quarters), decisions)
    return AreaQuarters(np.array([f"A{one}" for one in range(count)]), np.arange(quarters).astype(str), cells, rate * cells,
                        0.5 * cells * after, start, "drawn")


STARTS = [5, 7, 9, NEVER, NEVER]


def test_exact_without_noise_whatever_the_effects_of_areas():
    given = panel(STARTS, growing=-0.004)
    after = given.after
    since = np.arange(12)[None, :] - given.start[:, None]
    size = -0.02 * (1 + np.arange(5)[:, None] / 5) - 0.004 * np.where(after, since, 0)
    assert overall(given, np.ones(5, bool)) == pytest.approx(size[after].mean(), abs=1e-12)


def test_usual_regression_would_be_misled_where_this_is_not():
    given = panel([2, 5, 8, NEVER, NEVER], effect=0.0, growing=-0.006)
    after = given.after.astype(float)

    def within(values):
        return values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()

    two_way = (within(after) * given.rate).sum() / (within(after) ** 2).sum()
    since = np.maximum(np.arange(12)[None, :] - given.start[:, None], 0)
    truth = (-0.006 * np.where(given.after, since, 0))[given.after].mean()
    assert abs(two_way - truth) > 0.25 * abs(truth)
    assert overall(given, np.ones(5, bool)) == pytest.approx(truth, abs=1e-12)


def test_effect_is_per_100_offered_with_t_on_few_areas_and_its_floor():
    found = staggered(panel(STARTS, noise=0.004))
    assert found.answers and found.low < found.risk_difference < found.high
    assert found.risk_difference == pytest.approx(100 * overall(panel(STARTS, noise=0.004), np.ones(5, bool)) / 0.5)
    assert "t(4)" in found.method and "could not be below" in found.method and found.naive.words.startswith("Wrong")


def test_permutation_floor_is_one_over_the_ways_to_deal_the_starts():
    assert permutation_p(panel([6, 6, NEVER, NEVER]))[1] == pytest.approx(1 / 6)
    assert permutation_p(panel([6, NEVER, NEVER, NEVER]))[1] == pytest.approx(1 / 4)
    p, floor = permutation_p(panel([4, 6, 8, NEVER], effect=-0.05))
    assert floor == pytest.approx(1 / 24) and floor <= p <= 1


@pytest.mark.parametrize(("starts", "says"), [
    ([5, 7, NEVER], "Too few areas: 3"), ([5, NEVER, NEVER, NEVER], "Too few areas began"),
    ([6, 6, 6, 6], "Too few areas began"), ([1, 7, NEVER, NEVER], "before the start of A0"),
])
def test_refuses_what_it_cannot_answer(starts, says):
    found = staggered(panel(starts))
    assert not found.answers and says in found.refusal and np.isnan(found.risk_difference)


def test_refuses_where_areas_moved_apart_before():
    moving = panel([6, 7, 8, NEVER, NEVER, NEVER], trend=0.006, noise=0.001)
    assert "moved apart before" in staggered(moving).refusal
    assert pre_trends(moving).passed is False and 0.2 < pre_trend(moving).slope < 0.65
    assert pre_trends(panel([6, 7, 8, NEVER, NEVER, NEVER], noise=0.002, seed=3)).passed is True


def test_event_study_is_nought_before_and_the_effect_after():
    table = event_study(panel(STARTS, effect=-0.02)).set_index("quarter")["difference"]
    assert np.abs(table[table.index < 0]).max() < 1e-9 and (table[table.index >= 0] < -1.9).all()


def test_placebo_date_finds_nothing_and_says_when_it_cannot_look():
    assert placebo_date(panel([9, 10, 11, NEVER, NEVER, NEVER], noise=0.002, quarters=14, seed=1)).passed is True
    assert placebo_date(panel(STARTS)).passed is None


def test_null_claims_are_rare_with_four_areas():
    claims = [staggered(panel([6, 8, NEVER, NEVER], effect=0.0, noise=0.006, seed=seed), redraws=0, events=False)
              for seed in range(60)]
    assert sum(one.clear for one in claims) <= 7


@pytest.mark.filterwarnings("ignore")  # of the other package, not of ours
def test_agrees_with_pyfixest_where_all_begin_together():
    pyfixest = pytest.importorskip("pyfixest", reason="pyfixest is not installed: the cross-check of areas is skipped")
    given = panel([6, 6, 6, NEVER, NEVER, NEVER], noise=0.005)
    table = given.table.assign(rate=given.rate.ravel(), treated=given.after.ravel().astype(int))
    fit = pyfixest.feols("rate ~ treated | area + quarter", data=table)
    assert overall(given, np.ones(6, bool)) == pytest.approx(float(fit.coef()["treated"]), abs=1e-9)
