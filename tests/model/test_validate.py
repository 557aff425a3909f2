"""A whole test on later dates, and the alarms."""

import dataclasses

import numpy as np
import pytest

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.leaks import fall_when_earlier, features_that_know_too_much
from dispute_risk.model.metrics import log_loss
from dispute_risk.model.validate import validate
from dispute_risk.model.verdict import Veto


@pytest.fixture(scope="module")
def small(landmarks):
    """Fewer cases, so that every rung but the pair is fitted in each block."""
    return landmarks.where(landmarks.family % 2 == 0)


@pytest.fixture(scope="module")
def validation(small, catalogue):
    return validate(small, catalogue, 5, repeats=200)


def test_the_table_holds_baselines_and_rungs_with_plausible_figures(validation):
    table = validation.table.set_index("model")
    assert list(table.index) == ["base_rate", "days_overdue", "points", "ridge", "pair"]
    assert (table["average_precision_low"] <= table["average_precision"]).all()
    assert (table["average_precision"] <= table["average_precision_high"]).all()
    assert table.loc["ridge", "log_loss"] < table.loc["base_rate", "log_loss"]
    assert table["median_lead_days"].isna().all()  # no registration dates given


def test_predictions_and_table_agree(validation):
    outcome = validation.predictions["outcome"].to_numpy(dtype=float)
    stated = validation.table.set_index("model").loc["ridge", "log_loss"]
    assert log_loss(outcome, validation.predictions["ridge"].to_numpy()) == pytest.approx(stated)
    per_list = validation.predictions.groupby(["area", "on"])["listed"].agg(["sum", "size"])
    assert np.allclose(per_list["sum"], np.minimum(per_list["size"], 5))


def test_the_verdict_names_what_is_missing(validation):
    assert validation.verdict == "not proven"
    assert any("distinct appeals; 100 are needed" in reason for reason in validation.reasons) or (
        validation.candidate == "points")
    assert "Equity was not tested." in validation.reasons
    assert validation.verdict in validation.summary() and "Best officer's rule" in validation.summary()


def test_strata_add_up(validation):
    points = validation.by_stratum[validation.by_stratum["model"] == "points"].set_index("stratum")
    states = points.drop(index="new_cases_only")
    assert states["rows"].sum() == len(validation.predictions)
    assert 0 < points.loc["new_cases_only", "rows"] < len(validation.predictions)


def test_rules_are_ordered_and_compared(validation):
    rules = validation.rules
    assert rules["precision"].is_monotonic_decreasing and len(rules) == 7
    best = validation.table.set_index("model").loc[validation.candidate, "precision"] / rules["precision"][0]
    assert rules["candidate_over_rule"][0] == pytest.approx(best)


def test_stability_is_a_share(validation):
    assert 0.2 < validation.stability <= 1


def test_a_fact_recorded_after_the_event_sets_off_the_alarm(landmarks):
    assert features_that_know_too_much(landmarks) == []
    rng = np.random.default_rng(0)
    knows = landmarks.features.assign(certificate=np.where(rng.random(len(landmarks)) < 0.98, landmarks.outcome, 0))
    alarms = features_that_know_too_much(dataclasses.replace(landmarks, features=knows))
    assert len(alarms) == 1 and "certificate" in alarms[0]


def test_a_model_good_only_at_the_very_end_sets_off_the_alarm(small, catalogue):
    late = small.features.copy()
    late["officer_changes_1y"] = np.where(small.outcome == 1, 6.0, late["officer_changes_1y"])
    now, before = dataclasses.replace(small, features=late), small
    model = AppealRiskModel(catalogue, "ridge", n_refits=0, penalties=(30.0,)).fit(late, small.outcome, small.family)
    alarms = fall_when_earlier(model.fitted_, now, before)
    assert len(alarms) == 1 and "14 days earlier" in alarms[0]
    assert fall_when_earlier(model.fitted_, now, now) == []


def test_lead_times_and_vetoes_are_used_where_given(small, catalogue):
    last = small.on.max() - np.timedelta64(390, "D")  # under two years: by families, and quick
    short = small.where(small.on <= last)
    registered = np.where(short.outcome == 1, short.on + np.timedelta64(90, "D"), np.datetime64("NaT"))
    seen = []

    def equity(rows, risk, share):
        seen.append((len(rows), len(risk), len(share)))
        return [Veto("group A: observed over expected 0.4 (0.3 to 0.6)")]

    found = validate(short, catalogue, 5, registered_on=registered, equity=equity, repeats=50)
    assert found.verdict == "reject" and found.reasons[0].startswith("Equity veto: group A")
    assert seen == [(len(short),) * 3]
    assert found.table.set_index("model").loc["points", "median_lead_days"] == 90
    assert found.plan.kind == "grouped" and found.summary().startswith("No temporal validation")


def test_without_an_appeal_there_is_nothing_to_test(small, catalogue):
    none = dataclasses.replace(small, outcome=np.zeros_like(small.outcome))
    with pytest.raises(NotEnoughHistory, match="nothing to test"):
        validate(none, catalogue, 5)
