"""The trees answer and explain exactly as LightGBM and the definition of the Shapley value say."""

import copy
import itertools
import json
import math
import pickle
import warnings

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.model.trees import BLANKS, ROWS_AT_ONCE, Trees

EDGES = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, 1e-35, -1e-35, float(np.float32(1e-35)), 1e300, -1e300)


def drawn(rows=3000, features=6, seed=0, blanks=0.15):
    rng = np.random.default_rng(seed)
    values = np.column_stack([rng.normal(size=(rows, features - 3)), rng.poisson(1, (rows, 3))])
    values[rng.random(values.shape) < blanks] = np.nan
    reach = np.nan_to_num(values, nan=1.0) @ np.linspace(1, -0.5, features) + np.isnan(values[:, -1])
    return values, (rng.random(rows) < 1 / (1 + np.exp(-reach))).astype(float)


def boosted(values, outcome, trees=60, **changed):
    told = {"objective": "binary", "num_leaves": 6, "max_depth": 3, "learning_rate": 0.3, "min_data_in_leaf": 5,
            "num_threads": 1, "verbose": -1, "seed": 0, "feature_fraction": 0.8, "bagging_fraction": 0.7,
            "bagging_freq": 1, **changed}
    return lightgbm.train(told, lightgbm.Dataset(values, outcome, params={"verbose": -1}), trees)


def awkward(values, booster):
    """Rows at and beside every limit, blanks, infinities, and numbers LightGBM takes for 0."""
    table = booster.trees_to_dataframe().dropna(subset="threshold")
    rows = [values[:200]]
    for feature in range(values.shape[1]):
        limits = table.loc[table["split_feature"] == f"Column_{feature}", "threshold"].to_numpy(dtype=float)
        tried = np.concatenate([limits, np.nextafter(limits, np.inf), np.nextafter(limits, -np.inf), EDGES])
        at = values[np.arange(len(tried)) % len(values)].copy()
        at[:, feature] = tried
        rows.append(at)
    rows += [np.full((1, values.shape[1]), edge) for edge in EDGES]
    return np.concatenate(rows)


SETTINGS = {
    "as released": {},
    "blanks are zero": {"use_missing": False},
    "zeros are blanks": {"zero_as_missing": True},
    "stumps": {"num_leaves": 2},
    "as large as allowed": {"num_leaves": 8, "max_depth": -1},
    "no choice of direction": {"monotone_constraints": [1, 0, 0, -1, 0, 1]},
}


@pytest.fixture(scope="module", params=[(name, blanks) for name in SETTINGS for blanks in (0.15, 0.0)],
                ids=lambda given: f"{given[0]}, {given[1]:.0%} blank")
def both(request):
    values, outcome = drawn(blanks=request.param[1])
    booster = boosted(values, outcome, **SETTINGS[request.param[0]])
    return booster, Trees.of(booster), awkward(values, booster)


def test_they_answer_as_lightgbm_does(both):
    booster, trees, values = both
    assert len(trees) == booster.num_trees() and np.abs(trees.raw(values)).max() > 0.1
    assert np.abs(trees.raw(values) - booster.predict(values, raw_score=True)).max() <= 1e-12


def test_they_explain_as_lightgbm_does(both):
    booster, trees, values = both
    theirs = booster.predict(values, pred_contrib=True)
    base, added = trees.contributions(values)
    assert np.abs(added - theirs[:, :-1]).max() <= 1e-9 and np.abs(added).max() > 0.1
    assert abs(base - theirs[0, -1]) <= 1e-9
    assert np.abs(base + added.sum(axis=1) - trees.raw(values)).max() <= 1e-12


def test_a_limit_above_every_value_parts_blanks_from_the_rest():
    values = np.array([[0.0], [1.0], [np.nan]] * 100)
    booster = boosted(values, np.isnan(values[:, 0]).astype(float), trees=1, num_leaves=2, bagging_fraction=1.0)
    trees = Trees.of(booster)
    asked = np.array([[1e299], [1e301], [np.inf], [-np.inf], [np.nan]])
    assert np.array_equal(trees.raw(asked), booster.predict(asked, raw_score=True))
    assert trees.raw(asked)[2] == trees.raw(asked)[3] < trees.raw(asked)[4]
    assert json.loads(trees.to_text(["a"]))["trees"][0]["splits"][0][1] is None


def test_they_explain_as_shap_does():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shap and of what it imports
        shap = pytest.importorskip("shap")
        values, outcome = drawn()
        booster = boosted(values, outcome)
        theirs = shap.TreeExplainer(booster).shap_values(values[:300])
    theirs = theirs[1] if isinstance(theirs, list) else theirs
    assert np.abs(Trees.of(booster).contributions(values[:300])[1] - theirs).max() <= 1e-9


# --- against the definitions, on trees drawn freely

@st.composite
def any_tree(draw, features=4):
    """Draw splits and leaves, a feature more than once on a way too; what a split saw is what its sides saw."""
    leaves = draw(st.integers(1, 6))
    ends, children = [None], []
    for split in range(leaves - 1):
        grown = draw(st.integers(0, len(ends) - 1))
        if ends[grown] is not None:
            parent, side = ends[grown]
            children[parent][side] = split
        children.append([-grown - 1, -len(ends) - 1])
        ends[grown] = (split, 0)
        ends.append((split, 1))
    rows = [draw(st.integers(1, 50)) for _ in range(leaves)]

    def below(child):
        return rows[-child - 1] if child < 0 else sum(map(below, children[child]))

    splits = [(draw(st.integers(0, features - 1)), float(draw(st.integers(-1, 1))), draw(st.sampled_from(list(BLANKS))),
               *children[split], below(split)) for split in range(leaves - 1)]
    return splits, [(draw(st.floats(-2, 2)), seen) for seen in rows]


def leaf_value(tree, case, known, node=0):
    """Return what a tree says of a case of which only some features are known."""
    splits, leaves = tree
    if not splits or node < 0:
        return leaves[-node - 1 if splits else 0][0]
    feature, limit, blank, left, right, _ = splits[node]
    if feature not in known:
        rows = [splits[child][-1] if child >= 0 else leaves[-child - 1][1] for child in (left, right)]
        return sum(seen * leaf_value(tree, case, known, child)
                   for seen, child in zip(rows, (left, right), strict=True)) / sum(rows)
    value = case[feature]
    if math.isnan(value) and "0" in blank:
        value = 0.0
    if math.isnan(value) or (value == 0 and "0 too" in blank):
        return leaf_value(tree, case, known, left if blank.startswith("left") else right)
    return leaf_value(tree, case, known, left if value <= limit else right)


CASE = st.lists(st.sampled_from([-1.5, -1.0, 0.0, 0.5, 1.0, math.inf, math.nan]), min_size=4, max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(any_tree(), max_size=3), CASE)
def test_what_they_add_is_the_shapley_value_by_its_definition(several, case):
    trees = Trees.of_splits(4, several)
    base, added = trees.contributions(np.array([case]))
    everything = range(4)
    assert np.isclose(trees.raw(np.array([case]))[0], sum(leaf_value(tree, case, everything) for tree in several))
    assert np.isclose(base, sum(leaf_value(tree, case, ()) for tree in several))
    expected = np.zeros(4)
    for feature in everything:
        others = [other for other in everything if other != feature]
        for size in range(4):
            for known in itertools.combinations(others, size):
                gain = sum(leaf_value(tree, case, (*known, feature)) - leaf_value(tree, case, known)
                           for tree in several)
                expected[feature] += gain / (4 * math.comb(3, size))
    assert np.abs(added[0] - expected).max() <= 1e-12


@settings(max_examples=50, deadline=None)
@given(st.lists(any_tree(), max_size=3), CASE)
def test_written_and_read_they_are_the_same(several, case):
    trees, names = Trees.of_splits(4, several), ("advice", "delay", "silence", "age")
    again = Trees.from_text(trees.to_text(names), names)
    for part, value in vars(again).items():
        assert np.array_equal(value, getattr(trees, part)), part
    assert np.array_equal(again.raw(np.array([case])), trees.raw(np.array([case])))
    other = Trees.from_text(trees.to_text(names), names[::-1])
    assert np.allclose(other.contributions(np.array([case[::-1]]))[1][0, ::-1], trees.contributions(np.array([case]))[1])


# --- use

STUMP = ([(0, 30.0, "left", -1, -2, 100)], [(0.2, 75), (0.8, 25)])


def test_many_rows_are_told_as_each_alone():
    values, outcome = drawn(rows=2 * ROWS_AT_ONCE + 7)
    trees = Trees.of(boosted(values, outcome, trees=10))
    raw, added = trees.raw(values), trees.contributions(values)[1]
    for row in (0, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, len(values) - 1):
        assert trees.raw(values[row : row + 1])[0] == raw[row]
        assert np.array_equal(trees.contributions(values[row : row + 1])[1][0], added[row])


def test_no_rows_and_no_trees_are_answered_too():
    trees = Trees.of_splits(2, [STUMP])
    assert trees.raw(np.zeros((0, 2))).shape == (0,) and trees.contributions(np.zeros((0, 2)))[1].shape == (0, 2)
    none = Trees.of_splits(2, [])
    assert none.raw(np.ones((3, 2))).tolist() == [0, 0, 0] and none.contributions(np.ones((3, 2)))[0] == 0
    constant = Trees.of_splits(2, [([], [(0.5, 10)]), STUMP])
    base, added = constant.contributions(np.ones((1, 2)))
    assert base == pytest.approx(0.85) and added[0] == pytest.approx([-0.15, 0])


def test_the_values_are_left_as_they_were_and_whole_numbers_will_do():
    trees = Trees.of_splits(2, [([(0, 0.0, "right, and 0 too", -1, -2, 100)], [(0.2, 75), (0.8, 25)])])
    values = np.array([[1e-36, np.nan], [-3.0, 0.0]])
    before = values.copy()
    trees.raw(values)
    assert np.array_equal(values, before, equal_nan=True)
    assert trees.raw(np.array([[0, 5], [-3, 5]])).tolist() == [0.8, 0.2]


def test_a_copy_and_a_pickle_answer_alike():
    values, outcome = drawn()
    trees = Trees.of(boosted(values, outcome, trees=5))
    for again in (copy.deepcopy(trees), pickle.loads(pickle.dumps(trees))):
        assert np.array_equal(again.raw(values), trees.raw(values))


def test_a_booster_that_found_nothing_to_split_is_one_leaf():
    values, outcome = drawn(rows=100)
    booster = boosted(values, outcome, trees=1, min_data_in_leaf=90)
    trees = Trees.of(booster)
    assert trees.splits.tolist() == [0]
    theirs = booster.predict(values[:3], pred_contrib=True)
    assert np.allclose(trees.raw(values[:3]), booster.predict(values[:3], raw_score=True))
    base, added = trees.contributions(values[:3])
    assert base == pytest.approx(theirs[0, -1]) and not added.any()


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.zeros(2)])
def test_values_of_another_width_are_refused(values):
    with pytest.raises(ValueError, match="fitted on 2 columns"):
        Trees.of_splits(2, [STUMP]).raw(values)


@pytest.mark.parametrize(("changed", "words"), [
    ({"num_leaves": 9, "max_depth": -1}, "9 leaves; 1 to 8 are allowed"),
    ({"objective": "multiclass", "num_class": 3}, "one score a row"),
    ({"boosting": "rf"}, "summed over its trees"),
    ({"categorical_feature": [5], "min_data_per_group": 1, "cat_smooth": 1, "max_cat_to_onehot": 1}, "only numeric splits"),
    ({"linear_tree": True}, "linear trees"),
])
def test_what_cannot_be_told_exactly_is_refused(changed, words):
    values, outcome = drawn(blanks=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of LightGBM on its own settings
        booster = boosted(values, outcome, trees=5, **changed)
    with pytest.raises(ValueError, match=words):
        Trees.of(booster)


@pytest.mark.parametrize(("splits", "leaves", "words"), [
    ([(7, 1.0, "left", -1, -2, 9)], [(0.1, 4), (0.2, 5)], "feature 7; there are 2"),
    ([(0, math.nan, "left", -1, -2, 9)], [(0.1, 4), (0.2, 5)], "limit nan"),
    ([(0, 1.0, "up", -1, -2, 9)], [(0.1, 4), (0.2, 5)], "blank goes 'up'; allowed: left; right; as 0"),
    ([(0, 1.0, "left", -1, -1, 9)], [(0.1, 4), (0.2, 5)], "do not lead to each"),
    ([(0, 1.0, "left", -1, -2, 9)], [(0.1, 4), (math.inf, 0)], "leaf 1: adds inf, rows 0"),
    ([], [(0.1, 4), (0.2, 5)], "0 splits and 2 leaves"),
    ([(0, 1.0, "left", -1, 2, 9), (1, 1.0, "left", -2, -3, 5), (1, 1.0, "left", 1, -4, 6)],
     [(0.1, 4), (0.2, 5), (0.3, 1), (0.4, 1)], "tree 1, split 2: leads back to an earlier split"),
])
def test_what_is_no_tree_is_refused_and_told_where(splits, leaves, words):
    with pytest.raises(ValueError, match=words):
        Trees.of_splits(2, [STUMP, (splits, leaves)])


def test_a_feature_the_model_has_not_is_named():
    text = Trees.of_splits(2, [STUMP]).to_text(["silence", "age"])
    with pytest.raises(ValueError, match="has not: silence"):
        Trees.from_text(text, ["age", "delay"])
