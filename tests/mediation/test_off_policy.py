"""Rules judged from logs drawn by lot, against the value known of toy logs; and the refusals."""

from __future__ import annotations

import numpy as np
import pytest

from dispute_risk.mediation.off_policy import (
    Logs,
    compare,
    cross_fitted_outcomes,
    doubly_robust_value,
    evaluate,
    inverse_propensity,
    table_of,
)

CASES = 600


def _world(rng: np.random.Generator, size: int = CASES) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return risk, risk if offered, chance of an offer, and what a rule would do: offer to the higher half."""
    risk = rng.beta(2, 8, size)
    offered_risk = risk * np.where(rng.random(size) < 0.5, 0.5, 0.9)
    chance = np.clip(0.2 + 1.5 * risk, 0.1, 0.9)
    return risk, offered_risk, chance, (risk > 0.2).astype(float)


def _played(rng: np.random.Generator, risk: np.ndarray, offered_risk: np.ndarray, chance: np.ndarray) -> Logs:
    offered = rng.random(len(risk)) < chance
    outcome = (rng.random(len(risk)) < np.where(offered, offered_risk, risk)).astype(float)
    return Logs(offered, chance, outcome, np.arange(len(risk)))


def test_weighting_is_unbiased_over_500_logs_and_the_forecast_only_steadies_it():
    rng = np.random.default_rng(1)
    risk, offered_risk, chance, target = _world(rng)
    truth = float((target * offered_risk + (1 - target) * risk).mean())
    plain, robust = np.zeros(500), np.zeros(500)
    for number in range(500):
        logs = _played(rng, risk, offered_risk, chance)
        plain[number] = inverse_propensity(logs, target, normalised=False)
        robust[number] = doubly_robust_value(logs, target, risk, 0.7 * risk)
    error = plain.std(ddof=1) / np.sqrt(500)
    assert abs(plain.mean() - truth) < 3 * error
    assert abs(robust.mean() - truth) < 3 * robust.std(ddof=1) / np.sqrt(500)
    assert robust.var() <= plain.var()


def test_a_poor_forecast_does_not_bias_it():
    rng = np.random.default_rng(2)
    risk, offered_risk, chance, target = _world(rng)
    truth = float((target * offered_risk + (1 - target) * risk).mean())
    found = [doubly_robust_value(_played(rng, risk, offered_risk, chance), target, np.full(CASES, 0.9), np.zeros(CASES))
             for _ in range(500)]
    assert abs(np.mean(found) - truth) < 3 * np.std(found) / np.sqrt(500)


def test_range_holds_the_known_value_93_to_97_times_in_100():
    rng = np.random.default_rng(3)
    held, repeats = 0, 1000
    risk, offered_risk, chance, target = _world(rng, 400)
    truth = 100 * float((target * offered_risk + (1 - target) * risk).mean())
    for number in range(repeats):
        # The population is fixed and drawn from anew: a range for the rule on cases like these.
        at = rng.integers(0, 400, 400)
        logs = _played(rng, risk[at], offered_risk[at], chance[at])
        value = evaluate(logs, target[at], risk[at], 0.7 * risk[at], draws=80, random_state=number)
        held += value.low <= truth <= value.high
    assert 0.93 <= held / repeats <= 0.97


def test_families_that_come_in_twos_widen_the_range():
    rng = np.random.default_rng(4)
    risk, offered_risk, chance, target = _world(rng, 800)
    one = _played(rng, risk, offered_risk, chance)
    twice = Logs(*(np.repeat(part, 2) for part in (one.offered, one.chance, one.outcome, one.family)))
    alone = Logs(twice.offered, twice.chance, twice.outcome, np.arange(1600))
    wide, narrow = (evaluate(logs, np.repeat(target, 2), random_state=1) for logs in (twice, alone))
    assert wide.robust == pytest.approx(narrow.robust)
    assert (wide.high - wide.low) > 1.25 * (narrow.high - narrow.low)


def test_what_was_never_drawn_for_cannot_be_judged():
    logs = Logs(np.array([True] * 60 + [False] * 60), np.array([0.5] * 119 + [0.0]), np.zeros(120), np.arange(120))
    value = evaluate(logs, np.ones(120))
    assert not value.answers and np.isnan(value.robust)
    assert value.summary().startswith("the rule: Cannot be evaluated from these logs: of 1 of 120 cases")
    assert evaluate(logs, np.array([1.0] * 119 + [0.0])).answers


def test_too_few_in_effect_is_refused_and_the_number_is_said():
    offered = np.zeros(500, bool)
    offered[:20] = True
    value = evaluate(Logs(offered, np.full(500, 0.04), np.zeros(500), np.arange(500)), np.ones(500))
    assert not value.answers and value.effective == pytest.approx(20)
    assert "worth 20 cases" in value.summary() and "at least 50" in value.summary()


def test_outcomes_not_yet_known_are_left_out():
    rng = np.random.default_rng(5)
    logs = _played(rng, *_world(rng)[:3])
    half = Logs(logs.offered, logs.chance, np.where(np.arange(CASES) < 300, logs.outcome, np.nan), logs.family)
    first = Logs(*(part[:300] for part in (logs.offered, logs.chance, logs.outcome, logs.family)))
    assert evaluate(half, np.ones(CASES)).robust == pytest.approx(evaluate(first, np.ones(300)).robust)


def test_two_rules_are_compared_on_the_same_redraws():
    rng = np.random.default_rng(6)
    risk = np.full(4000, 0.3)
    logs = _played(rng, risk, 0.5 * risk, np.full(4000, 0.5))
    everybody, nobody = (evaluate(logs, np.full(4000, one), name=name) for one, name in ((1.0, "everybody"), (0.0, "nobody")))
    difference = compare(everybody, nobody)
    assert difference.name == "everybody against nobody" and difference.low < -15 < difference.high
    assert compare(everybody, evaluate(logs, np.full(4000, 1.0))).robust == 0
    assert table_of([everybody, nobody, difference])["effective_cases"].gt(50).all()
    refused = evaluate(Logs(logs.offered, np.where(logs.offered, 1.0, 0.5), logs.outcome, logs.family), np.zeros(4000))
    assert not compare(everybody, refused).answers


def test_forecasts_come_from_other_families():
    rng = np.random.default_rng(7)
    risk, offered_risk, chance, _ = _world(rng, 2000)
    logs = _played(rng, risk, offered_risk, chance)
    if_not, if_offered = cross_fitted_outcomes(logs, risk, 0.3 * risk)
    assert np.corrcoef(if_not, risk)[0, 1] > 0.9 and if_offered.mean() < if_not.mean()
    same = Logs(logs.offered, logs.chance, logs.outcome, np.arange(2000) // 2)
    other = Logs(same.offered, same.chance, np.where(same.family == 0, 1 - same.outcome, same.outcome), same.family)
    before, after = (cross_fitted_outcomes(one, risk, 0.3 * risk) for one in (same, other))
    assert before[0][:2] == pytest.approx(after[0][:2]) and not np.allclose(before[0], after[0])


def test_logs_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="one value for each row"):
        Logs(np.array([True]), np.array([0.5, 0.5]), np.array([1.0]), np.array([1]))
    with pytest.raises(ValueError, match="from 0 to 1"):
        Logs(np.array([True]), np.array([1.5]), np.array([1.0]), np.array([1]))
