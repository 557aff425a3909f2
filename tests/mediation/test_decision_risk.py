"""The risk of a decision without an offer: learned from those not offered, right within a cause, met half way."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from casebooks import random_casebook
from trials import drawn

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.mediation.confounders import AdjustedColumns, adjusted_columns, confounder_catalogue
from dispute_risk.mediation.decision_risk import learn_decision_risk
from dispute_risk.mediation.learned_benefit import learn_benefit
from dispute_risk.mediation.offer_facts import days_since_notice, decision_type
from dispute_risk.mediation.time_left import TimeLeft
from dispute_risk.timeline.history import History
from dispute_risk.triage.snapshot import open_cases

LEFT = TimeLeft()


def asked_about(offers, here=slice(None)):
    rows = offers.rows[here]
    return (offers.features[here], rows["on"].to_numpy("M8[D]"), rows["area"].to_numpy(str),
            rows["decision_type"].to_numpy(str), np.full(len(rows), 7.0))


def test_it_is_right_on_average_within_a_cause_though_what_was_foretold_is_not():
    offers, risk = drawn(9000, 0.5, 0.95)
    learned = learn_decision_risk(offers, np.full(len(risk), 0.25), LEFT)  # foretold: the same for all, and wrong
    found = learned.of(*asked_about(offers))
    advice = offers.features["plan_without_asked_advice"].to_numpy() > 0
    for group in (advice, ~advice):
        assert found[group].mean() == pytest.approx(risk[group].mean(), abs=0.02)
    assert found[advice].mean() > found[~advice].mean() + 0.05
    assert learned.n_learned == (~offers.rows["offered"]).sum()


def test_what_came_of_those_offered_changes_nothing():
    offers, risk = drawn(3000, 0.5, 0.95)
    one = learn_decision_risk(offers, risk, LEFT).of(*asked_about(offers))
    outcome = np.where(offers.rows["offered"], 1 - offers.rows["outcome"], offers.rows["outcome"])
    other = learn_decision_risk(replace(offers, rows=offers.rows.assign(outcome=outcome)), risk, LEFT).of(*asked_about(offers))
    assert (one == other).all()


def test_the_two_risks_are_met_half_way_on_the_log_odds_and_only_where_a_decision_can_be_appealed():
    offers, _ = drawn(3000, 0.5, 0.95)
    learned = learn_benefit(offers).decisions
    features, on, area, kind, days = asked_about(offers, slice(0, 50))
    given = np.linspace(0.01, 0.9, 50)
    days[:10], given[10] = np.nan, 0.0
    found = learned.met_half_way(given, features, on, area, kind, days)
    assert (found[:11] == given[:11]).all()
    own = learned.of(features, on, area, kind, np.full(50, 7.0))
    odds = [np.log(one[11:] / (1 - one[11:])) for one in (found, given, own)]
    assert odds[0] == pytest.approx((odds[1] + odds[2]) / 2, abs=1e-9)


def test_less_of_it_is_left_as_the_two_months_run_out():
    offers, risk = drawn(3000, 0.5, 0.95)
    learned = learn_decision_risk(offers, risk, LEFT)
    features, on, area, kind, _ = asked_about(offers, slice(0, 1))
    left = [float(learned.of(features, on, area, kind, np.array([day]))[0]) for day in (3.0, 7.0, 30.0, 61.0)]
    assert left[0] == left[1] > left[2] > left[3] == 0
    assert left[2] / left[1] == pytest.approx((1 - 30 / 61) / (1 - 7 / 61))


def test_without_a_side_to_learn_from_there_is_none_and_the_risk_stays_the_released_one():
    offers, _ = drawn(60, 0.5, 0.95)
    assert learn_benefit(offers).decisions is None and "half" not in learn_benefit(offers).words
    many, _ = drawn(3000, 0.5, 0.95)
    assert "half that of your own decisions without an offer" in learn_benefit(many).words


# --- the columns it is learned on -------------------------------------------------------------------------------------


def rows(size: int = 400, seed: int = 1):
    rng = np.random.default_rng(seed)
    features = pd.DataFrame({"unanswered_contacts": rng.poisson(1.0, size), "type_only": rng.integers(0, 2, size),
                             "days_since_we_wrote": np.where(rng.random(size) < 0.3, np.nan, rng.integers(0, 200, size))})
    return (features, np.datetime64("2024-01-01", "D") + rng.integers(0, 300, size), rng.choice(["N", "S"], size),
            rng.choice(["plan_issued", "refuse_to_assess"], size))


def test_columns_of_the_rows_they_were_settled_on_are_standardised_and_a_blank_stands_at_the_mean():
    features, *rest = rows()
    settled = AdjustedColumns.of(features, confounder_catalogue(), *rest)
    made = settled.matrix(features, *rest)
    spread = dict(zip(settled.names, made.std(axis=0), strict=True))
    assert np.abs(made.mean(axis=0)).max() < 1e-9 and spread["type_only"] == pytest.approx(3) == spread["area S"]
    assert spread["unanswered_contacts"] == pytest.approx(1) and spread["days_since_we_wrote not recorded"] == pytest.approx(1)
    blank = features["days_since_we_wrote"].isna()
    assert (made[blank, settled.names.index("days_since_we_wrote")] == 0).all()
    matrix, names = adjusted_columns(features, confounder_catalogue(), *rest)
    assert names == settled.names and (matrix == made).all()


def test_other_rows_get_the_same_columns_and_nothing_beyond_what_was_seen():
    features, on, area, kind = rows()
    settled = AdjustedColumns.of(features, confounder_catalogue(), on, area, kind)
    made = settled.matrix(features, on, area, kind)
    few = settled.matrix(features[:7], on[:7], area[:7], kind[:7])
    assert (few == made[:7]).all()
    far = settled.matrix(features[:1].assign(unanswered_contacts=10_000), on[:1] + np.timedelta64(4000, "D"),
                         np.array(["elsewhere"]), np.array(["cease_to_maintain"]))
    assert (far[0] <= made.max(axis=0) + 1e-9).all() and (far[0] >= made.min(axis=0) - 1e-9).all()
    none = settled.matrix(features[["type_only"]][:3], on[:3], area[:3], kind[:3])
    assert (none[:, settled.names.index("unanswered_contacts")] == 0).all()


def test_the_kind_of_decision_is_that_of_the_latest_one_that_can_be_appealed():
    records = random_casebook(3, cases=160, rows=400)

    class Flat:
        def risk(self, values):
            return np.full(len(values), 0.1)

    history = History.of(records)
    cases = open_cases(Searches(history), STANDARD, Flat(), dt.date(2024, 6, 3), ranges=False)
    found, days = decision_type(cases), days_since_notice(cases)
    window, today = history.facts["window"], int(cases.rows.on[0])
    seen = 0
    for row in range(len(cases.rows)):
        mine = np.flatnonzero((window.case == cases.rows.case[row]) & (window.happened <= today) & (window.known <= today)
                              & (window.until > today))
        if not len(mine):
            assert found[row] == "" and np.isnan(days[row])
            continue
        latest = window.happened[mine].max()
        kinds = {window.labels["decision_type"][window.columns["decision_type"][one]]
                 for one in mine[window.happened[mine] == latest]}
        assert found[row] in kinds and days[row] == today - latest
        seen += 1
    assert seen > 5
