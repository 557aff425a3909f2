"""Shares of appeals: by hand, against standardisation, and what a bootstrap over families must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.causes.penalised import fit_rates
from dispute_risk.causes.shares import appeal_shares


def test_single_and_joint_shares_by_hand():
    amount = np.array([[1.0, 0.0], [1.0, 2.0], [0.0, 0.0], [0.0, 1.0]])
    found = appeal_shares(amount, np.arange(4), np.log([2.0, 1.5]), np.zeros((4, 2)))
    assert found.share[0] == pytest.approx((0.5 + 0.5) / 4)
    assert found.share[1] == pytest.approx((1 - 1 / 2.25 + 1 / 3) / 4)
    assert found.joint == pytest.approx((0.5 + (1 - 1 / 4.5) + 0 + 1 / 3) / 4)


def test_the_joint_share_is_what_standardisation_gives():
    rng = np.random.default_rng(0)
    rows = 60_000
    flags = (rng.random((rows, 2)) < [0.2, 0.1]).astype(float)
    context = rng.normal(size=rows)
    rate = np.exp(-4.5 + flags @ np.log([2.5, 1.8]) + 0.5 * context)
    event = (rng.random(rows) < -np.expm1(-rate)).astype(float)
    design = np.column_stack([np.ones(rows), flags, context])
    fit = fit_rates(design, event, np.ones(rows), np.arange(rows), free=4)
    happened = event > 0
    found = appeal_shares(flags[happened], np.flatnonzero(happened), fit.coefficient[1:3], fit.influence[:, 1:3])
    without = design.copy()
    without[:, 1:3] = 0.0
    expected = [-np.expm1(-np.exp(one @ fit.coefficient)).sum() for one in (design, without)]
    assert found.joint == pytest.approx(1 - expected[1] / expected[0], abs=0.004)
    assert found.joint_low < found.joint < found.joint_high


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=30),
       st.tuples(*[st.floats(1.0, 5.0)] * 3))
def test_together_they_are_never_more_than_their_sum_nor_than_all(amounts, ratios):
    amount = np.array(amounts, float)
    found = appeal_shares(amount, np.zeros(len(amount), int), np.log(ratios), np.zeros((1, 3)))
    assert found.joint <= found.share.sum() + 1e-9
    assert found.joint >= found.share.max() - 1e-9
    assert 0 <= found.joint < 1


def test_a_family_with_many_appeals_widens_the_interval():
    log_ratio, influence = np.log([2.0]), np.zeros((200, 1))
    apart = appeal_shares(np.repeat([[1.0], [0.0]], 50, axis=0), np.arange(100), log_ratio, influence)
    together = appeal_shares(np.repeat([[1.0], [0.0]], 50, axis=0), np.repeat(np.arange(4), 25), log_ratio, influence)
    assert together.high[0] - together.low[0] > 2 * (apart.high[0] - apart.low[0])


def test_the_same_seed_gives_the_same_interval():
    amount = np.array([[1.0], [0.0], [1.0]])
    one, other = (appeal_shares(amount, np.arange(3), np.log([2.0]), np.zeros((3, 1)), 5) for _ in range(2))
    assert (one.low, one.high) == (other.low, other.high)


def test_moving_by_influence_spreads_as_fitting_afresh_does():
    rng = np.random.default_rng(3)
    rows, families = 4_000, 800
    family = np.sort(rng.integers(0, families, rows))
    _, family = np.unique(family, return_inverse=True)
    flag = (rng.random(rows) < 0.25).astype(float)
    rate = np.exp(-2.6 + 0.9 * flag + 0.6 * rng.normal(size=families)[family])
    event = (rng.random(rows) < -np.expm1(-rate)).astype(float)
    design = np.column_stack([np.ones(rows), flag])
    fit = fit_rates(design, event, np.ones(rows), family)
    happened = event > 0
    found = appeal_shares(flag[happened][:, None], family[happened], fit.coefficient[1:], fit.influence[:, 1:])
    starts = np.searchsorted(family, np.arange(family.max() + 2))
    afresh = []
    for _ in range(120):
        drawn = rng.integers(0, family.max() + 1, family.max() + 1)
        rows_of = np.concatenate([np.arange(starts[one], starts[one + 1]) for one in drawn])
        again = fit_rates(design[rows_of], event[rows_of], np.ones(len(rows_of)), np.arange(len(rows_of)))
        amount = flag[rows_of][event[rows_of] > 0]
        afresh.append((1 - np.exp(-amount * again.coefficient[1])).mean())
    assert (found.high[0] - found.low[0]) / 3.92 == pytest.approx(np.std(afresh), rel=0.25)
    assert found.share[0] == pytest.approx(np.mean(afresh), abs=0.02)
