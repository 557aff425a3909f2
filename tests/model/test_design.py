"""The columns of the ridge, by hand."""

import numpy as np
import pandas as pd
import pytest

from dispute_risk.errors import UnknownName
from dispute_risk.features.declare import Catalogue, Feature
from dispute_risk.model.design import Design, feature_values
from dispute_risk.model.design_matrix import DesignMatrix
from dispute_risk.model.points import PointsItem


def one(unit, **more):
    return Catalogue((Feature("it", "it", "delay", unit, "invented", **more),))


def test_days_bend_and_stop_at_the_99th_percentile_of_the_late():
    days = np.r_[np.zeros(900), np.arange(1, 101)].astype(float)[:, None]
    design = Design.fit(["it"], days, catalogue=one("days"))
    column = design.columns[0]
    assert column.cap == pytest.approx(np.log1p(99 / 20))
    curve = np.minimum(np.log1p(days[:, 0] / 20), column.cap)
    assert np.allclose(design.matrix(days)[:, 0], (curve - curve.mean()) / curve.std())


def test_days_not_yet_due_count_as_none():
    days = np.array([[-30.0], [0.0], [10.0], [40.0]])
    matrix = Design.fit(["it"], days, catalogue=one("days")).matrix(days)
    assert matrix[0, 0] == matrix[1, 0] < matrix[2, 0]


def test_each_limit_of_law_and_of_the_points_is_a_step():
    days = np.arange(100.0)[:, None]
    item = PointsItem("it", 57, 1, "late", "invented")
    design = Design.fit(["it"], days, catalogue=one("days", thresholds=(1.0, 30.0)), points=[item])
    assert [column.at_least for column in design.columns if column.kind == "step"] == [1.0, 30.0, 57.0]
    step = design.matrix(days)[:, 2]
    assert (step[:30] == step[0]).all() and (step[30:] == step[30]).all() and step[30] > step[29]


def test_a_blank_stands_at_the_mean_and_has_a_column_of_its_own():
    values = np.array([[1.0, 1], [3, np.nan], [np.nan, 5], [np.nan, 7]])
    design = Design.fit(["a", "b"], values)
    kinds = [(column.kind, column.features) for column in design.columns]
    assert kinds == [("value", (0,)), ("value", (1,)), ("blank", (0,)), ("blank", (1,))]
    matrix = design.matrix(values)
    assert matrix[2, 0] == matrix[3, 0] == 0 and matrix[1, 1] == 0
    assert np.allclose(matrix[:, 2], [-1, -1, 1, 1])


def test_blanks_that_are_the_same_blank_share_a_column_and_its_credit():
    values = np.array([[1.0, 2, 3], [np.nan, np.nan, 4], [2, 5, 9]])
    design = Design.fit(["a", "b", "c"], values)
    assert [column.features for column in design.columns if column.kind == "blank"] == [(0, 1)]
    assert design.folding()[-1].tolist() == [0.5, 0.5, 0]
    assert np.allclose(design.folding().sum(axis=1), 1)


def test_rare_and_universal_blanks_have_no_column():
    values = np.ones((1000, 2)) * np.arange(1000)[:, None]
    values[:4, 0], values[4:, 1] = np.nan, np.nan
    assert all(column.kind != "blank" for column in Design.fit(["a", "b"], values).columns)


def test_a_column_that_never_varies_adds_nothing():
    design = Design.fit(["a"], np.full((5, 1), 7.0))
    assert design.matrix(np.array([[7.0], [9.0]])).tolist() == [[0.0], [0.0]]


def test_weights_are_repeats():
    values = np.array([[0.0, np.nan], [1, 2], [5, 3]])
    weighted = Design.fit(["a", "b"], values, np.array([1.0, 3, 2]))
    repeated = Design.fit(["a", "b"], np.repeat(values, [1, 3, 2], axis=0))
    assert np.allclose(weighted.matrix(values), repeated.matrix(values))


def test_limits_let_the_data_take_back_the_points_and_no_more():
    flags = np.array([[0.0], [1.0], [1.0], [0.0]])
    catalogue = Catalogue((Feature("it", "it", "placement", "flag", "invented", direction=1),))
    design = Design.fit(["it"], flags, catalogue=catalogue)
    lower, upper = design.bounds({("it", 1.0): 0.6})
    assert lower[0] == pytest.approx(-0.6 * design.columns[0].scale) and upper[0] == np.inf


def test_missing_features_are_all_named():
    with pytest.raises(UnknownName, match=r"lacks 2 of the 3(.|\n)*missing: b(.|\n)*missing: c"):
        feature_values(pd.DataFrame({"a": [1.0]}), ["a", "b", "c"])


def test_columns_are_named(catalogue, landmarks):
    matrix = DesignMatrix(catalogue).fit(landmarks.features)
    names = list(matrix.get_feature_names_out())
    assert "days_since_we_wrote>=60" in names and "advice_late blank" in names
    assert matrix.transform(landmarks.features).shape == (len(landmarks), len(names))
