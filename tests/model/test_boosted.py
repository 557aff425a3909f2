"""The trees: few, shallow, and never against the law."""

import numpy as np
import pytest

from dispute_risk.model.boosted import BoostedRisk, trees_for
from dispute_risk.model.metrics import calibration_line


@pytest.fixture(scope="module")
def trees(landmarks, catalogue):
    return BoostedRisk(catalogue, n_trees=120).fit(landmarks.features, landmarks.outcome, landmarks.family)


def test_more_appeals_allow_more_trees():
    assert [trees_for(appeals) for appeals in (10, 60, 200, 1000, 10**6)] == [150, 150, 300, 600, 600]
    assert 150 < trees_for(100) < 300 < trees_for(500) < 600


def test_trees_are_shallow_and_as_many_as_asked(trees):
    table = trees.booster_.trees_to_dataframe()
    assert trees.booster_.num_trees() == 120 and table["node_depth"].max() <= 4  # the root counts as 1


def test_worsening_what_law_fixes_never_lowers_the_risk(trees, landmarks, catalogue):
    cases = landmarks.features.iloc[::40].astype(float).fillna(0.0)
    for feature in catalogue:
        if feature.direction == 1:
            worse = cases.assign(**{feature.name: 1.0 if feature.unit == "flag" else cases[feature.name] + 3})
            assert (trees.decision_function(worse) >= trees.decision_function(cases) - 1e-9).all(), feature.name


def test_same_seed_same_trees(trees, landmarks, catalogue):
    again = BoostedRisk(catalogue, n_trees=120).fit(landmarks.features, landmarks.outcome, landmarks.family)
    assert again.booster_.model_to_string() == trees.booster_.model_to_string()
    assert (again.level_, again.slope_) == (trees.level_, trees.slope_)


def test_the_level_is_corrected(trees, landmarks):
    risk = trees.predict_proba(landmarks.features)[:, 1]
    line = calibration_line(landmarks.outcome.astype(float), risk, landmarks.family)
    assert abs(line.intercept) < 0.25
    assert np.isclose(risk.mean(), landmarks.outcome.mean(), rtol=0.25)
