"""The points: sums anyone can check, and nothing about how loudly a family speaks."""

import numpy as np

from dispute_risk.model.level import chance
from dispute_risk.model.points import POINTS, PointsModel, item_values, items_for

VOICE = {"complaint_open", "solicitor_1y", "elected_member_1y", "family_messages_90d"}


def test_points_never_count_voice():
    assert not VOICE & {item.feature for item in POINTS}


def test_every_line_has_whole_points_a_label_and_a_source():
    for item in POINTS:
        assert isinstance(item.points, int) and item.points > 0 and item.label and len(item.source) > 10, item


def test_a_case_added_up_by_hand():
    names = ["type_only", "days_past_20_weeks", "days_since_we_wrote"]
    values = np.array([[1.0, 40, 59], [1, 0, 60], [0, np.nan, np.nan]])
    used, left_out = items_for(names)
    assert item_values(used, names, values).sum(axis=1).tolist() == [4, 4, 0]
    assert len(used) + len(left_out) == len(POINTS)


def test_left_out_items_are_said():
    names = ["type_only"]
    model = PointsModel.fit(names, np.array([[0.0], [1], [1], [0]]), np.array([0.0, 1, 0, 0]))
    assert "Not counted, because the records do not hold it" in model.summary()
    assert "a refusal to assess can be appealed now" in model.summary()


def test_at_each_total_the_chance_is_the_rate_when_there_are_two_totals():
    values = np.repeat([[0.0], [1.0]], 200, axis=0)
    outcome = np.r_[np.ones(10), np.zeros(190), np.ones(40), np.zeros(160)]
    model = PointsModel.fit(["type_only"], values, outcome)
    risk = chance(model.log_odds(["type_only"], np.array([[0.0], [1.0]])))
    assert np.allclose(risk, [0.05, 0.2], atol=1e-4)
