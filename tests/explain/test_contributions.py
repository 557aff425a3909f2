"""Parts that add up to the whole."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest

from dispute_risk.explain.contributions import contributions
from dispute_risk.features.declare import FAMILIES, Catalogue, Feature
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.level import chance
from dispute_risk.model.trees import Trees

CATALOGUE = Catalogue((
    Feature("refuse_to_assess_window", "refusal open", "window", "flag", "invented", direction=1),
    Feature("type_only", "type only", "placement", "flag", "invented", direction=1),
    Feature("unanswered_contacts", "unanswered", "contact", "count", "invented", direction=1),
    Feature("days_since_we_wrote", "silence", "contact", "days", "invented", thresholds=(30.0,)),
    Feature("age_years", "age", "need", "number", "invented"),
))


def drawn(rows=6000):
    rng = np.random.default_rng(0)
    features = pd.DataFrame({
        "refuse_to_assess_window": rng.random(rows) < 0.1, "type_only": rng.random(rows) < 0.2,
        "unanswered_contacts": rng.poisson(0.5, rows), "days_since_we_wrote": rng.exponential(40, rows),
        "age_years": rng.uniform(3, 20, rows),
    }).astype(float)
    reach = -3.5 + 2 * features.iloc[:, 0] + features.iloc[:, 1] + 0.3 * features.iloc[:, 2]
    outcome = (rng.random(rows) < chance(reach.to_numpy())).astype(float)
    return features.mask(rng.random(features.shape) < 0.05), outcome


FEATURES, OUTCOME = drawn()


@pytest.fixture(scope="module", params=["points", "ridge", "pair"])
def model(request):
    return AppealRiskModel(CATALOGUE, request.param, n_refits=0).fit(FEATURES, OUTCOME)


def test_base_and_parts_add_up_to_the_log_odds(model):
    parts = contributions(model, FEATURES)
    assert np.abs(parts.log_odds - model.decision_function(FEATURES)).max() < 1e-8


def test_families_add_up_to_the_features(model):
    parts = contributions(model.fitted_, FEATURES)
    families = parts.by_family(CATALOGUE)
    assert list(families.columns) == list(FAMILIES)
    assert np.allclose(families.sum(axis=1), parts.by_feature.sum(axis=1))
    both = parts.by_feature[["unanswered_contacts", "days_since_we_wrote"]].sum(axis=1)
    assert np.allclose(families["contact"], both)


def test_in_training_the_linear_parts_are_nothing_on_average(model):
    if model.rung_ != "pair":
        assert np.allclose(contributions(model, FEATURES).by_feature.mean(), 0, atol=1e-8)


def test_a_feature_that_changes_alone_changes_its_own_part_alone(model):
    if model.rung_ == "pair":
        return  # trees take features together; what one adds may depend on another
    one = FEATURES.iloc[:50].fillna(0.0)
    more = one.assign(type_only=1.0)
    change = contributions(model, more).by_feature - contributions(model, one).by_feature
    assert np.allclose(change.drop(columns="type_only"), 0) and (change["type_only"] >= 0).all()


def test_a_row_is_told_largest_first_with_labels(model):
    table = contributions(model, FEATURES).table(3, CATALOGUE)
    assert table["adds"].is_monotonic_decreasing and set(table["label"]) == {feature.label for feature in CATALOGUE}


def test_the_index_of_the_cases_is_kept(model):
    named = FEATURES.iloc[:4].set_axis(["a", "b", "c", "d"])
    assert list(contributions(model, named).by_feature.index) == ["a", "b", "c", "d"]


def test_what_the_trees_add_is_the_shapley_value_by_its_definition():
    """One tree, worked out over every order in which the features could become known."""
    pair = AppealRiskModel(CATALOGUE, "pair", n_refits=0).fit(FEATURES, OUTCOME).fitted_
    tree = json.loads(pair.trees.to_text(CATALOGUE.names))["trees"][0]
    case = FEATURES.fillna(0.0).to_numpy()[7]

    def rows(node):
        return tree["splits"][node][-1] if node >= 0 else tree["leaves"][-node - 1][1]

    def value(node, known):
        if node < 0:
            return tree["leaves"][-node - 1][0]
        name, limit, _, left, right, _ = tree["splits"][node]
        feature = CATALOGUE.names.index(name)
        if feature in known:
            return value(left if limit is None or case[feature] <= limit else right, known)
        return (rows(left) * value(left, known) + rows(right) * value(right, known)) / (rows(left) + rows(right))

    expected = np.zeros(5)
    orders = list(itertools.permutations(range(5)))
    for order in orders:
        for place, feature in enumerate(order):
            expected[feature] += value(0, order[: place + 1]) - value(0, order[:place])
    one = Trees.from_text(json.dumps({"trees": [tree]}), CATALOGUE.names)
    found = one.contributions(case[None, :])[1][0]
    assert np.abs(found).max() > 0
    assert np.allclose(found, expected / len(orders), atol=1e-9)
