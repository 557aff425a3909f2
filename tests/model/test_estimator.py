"""The ladder: which rung is taken, and ranges that hold."""

import numpy as np
import pytest

from dispute_risk.errors import NotEnoughHistory, UnknownName
from dispute_risk.model.estimator import AppealRiskModel, admitted_rungs
from dispute_risk.model.metrics import log_loss


@pytest.fixture(scope="module")
def pair(landmarks, catalogue):
    return AppealRiskModel(catalogue, "pair", n_refits=10).fit(landmarks.features, landmarks.outcome, landmarks.family)


def few(landmarks, appeals):
    """Rows of a few appealed cases and of many without."""
    appealed = np.unique(landmarks.case_id[landmarks.outcome == 1])
    return landmarks.where(~np.isin(landmarks.case_id, appealed[appeals:]))


def test_rungs_are_admitted_by_the_number_of_appeals(landmarks, catalogue):
    assert [admitted_rungs(appeals)[-1] for appeals in (0, 29, 30, 59, 60)] == [
        "points", "points", "ridge", "ridge", "pair"]
    small = few(landmarks, 20)
    model = AppealRiskModel(catalogue, n_refits=5).fit(small.features, small.outcome, small.family)
    assert model.rung_ == "points"
    low, high = model.interval(small.features)
    risk = model.predict_proba(small.features)[:, 1]
    assert (low <= risk).all() and (risk <= high).all() and (high > low).any()


def test_left_to_itself_it_climbs_where_the_data_bear_it(landmarks, catalogue):
    model = AppealRiskModel(catalogue, n_refits=0).fit(landmarks.features, landmarks.outcome, landmarks.family)
    losses = model.losses_.set_index("rung")["log_loss"]
    assert set(losses.index) == {"points", "ridge", "pair"}
    assert model.rung_ != "points" and losses[model.rung_] < losses["points"]


def test_noise_does_not_earn_its_place(landmarks, catalogue):
    shuffled = landmarks.features.sample(frac=1, random_state=1, ignore_index=True)
    model = AppealRiskModel(catalogue, n_refits=0).fit(shuffled, landmarks.outcome, landmarks.family)
    assert model.rung_ == "points"


def test_the_pair_is_the_mean_of_its_halves_on_a_corrected_level(pair, landmarks):
    values = landmarks.features.to_numpy(dtype=float)[:500]
    halves = (pair.fitted_.line.log_odds(values) + pair.fitted_.trees.raw(values)) / 2
    expected = pair.fitted_.level + pair.fitted_.slope * halves
    assert np.allclose(pair.decision_function(landmarks.features.iloc[:500]), expected)


def test_the_pair_does_better_than_the_rate_on_its_own_rows(pair, landmarks):
    outcome = landmarks.outcome.astype(float)
    risk = pair.predict_proba(landmarks.features)[:, 1]
    assert log_loss(outcome, risk) < log_loss(outcome, np.full(len(risk), outcome.mean()))
    assert risk.mean() == pytest.approx(outcome.mean(), rel=0.15)


def test_ranges_hold_the_estimate_and_widen_with_the_share(pair, landmarks):
    some = landmarks.features.iloc[:300]
    risk = pair.predict_proba(some)[:, 1]
    low, high = pair.interval(some)
    wider_low, wider_high = pair.interval(some, share=0.95)
    assert (low <= risk).all() and (risk <= high).all()
    assert (wider_low <= low + 1e-12).all() and (wider_high >= high - 1e-12).all()


def test_no_range_without_refits(landmarks, catalogue):
    model = AppealRiskModel(catalogue, "ridge", n_refits=0).fit(landmarks.features, landmarks.outcome)
    with pytest.raises(ValueError, match="n_refits=30"):
        model.interval(landmarks.features)


def test_order_of_columns_does_not_matter_and_missing_ones_are_named(pair, landmarks):
    turned = landmarks.features.iloc[:50, ::-1]
    assert np.allclose(pair.decision_function(turned), pair.decision_function(landmarks.features.iloc[:50]))
    with pytest.raises(UnknownName, match="missing: type_only"):
        pair.predict_proba(landmarks.features.drop(columns="type_only"))


def test_a_wrong_rung_is_refused_with_those_allowed(landmarks, catalogue):
    with pytest.raises(ValueError, match="auto, points, ridge, pair"):
        AppealRiskModel(catalogue, "forest").fit(landmarks.features, landmarks.outcome)


def test_the_pair_needs_appeals(landmarks, catalogue):
    small = few(landmarks, 8)
    with pytest.raises(NotEnoughHistory, match="estimator='ridge'"):
        AppealRiskModel(catalogue, "pair").fit(small.features, small.outcome, small.family)


def test_same_seed_same_numbers(pair, landmarks, catalogue):
    again = AppealRiskModel(catalogue, "pair", n_refits=10).fit(
        landmarks.features, landmarks.outcome, landmarks.family)
    first = pair.predict_proba(landmarks.features)
    assert first.tobytes() == again.predict_proba(landmarks.features).tobytes()


def test_the_level_moves_by_what_it_is_told(pair, landmarks):
    values = landmarks.features.to_numpy(dtype=float)[:100]
    assert np.allclose(pair.fitted_.moved(0.2).log_odds(values) - pair.fitted_.log_odds(values), 0.2)
