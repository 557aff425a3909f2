"""What is learned from offers: by cause where it is there and only then, one figure, or the published effect."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from casebooks import random_casebook
from trials import Offered, drawn

from dispute_risk.mediation.benefit import CAUSES, PUBLISHED, Benefit, causes_of, place_only, prior_of
from dispute_risk.mediation.learned_benefit import learn_benefit
from dispute_risk.mediation.time_left import LEAD_DAYS, WINDOW_DAYS, TimeLeft, time_left
from dispute_risk.timeline.history import History


def test_an_effect_that_differs_by_cause_opens_the_gate_and_is_found():
    offers, risk = drawn(12_000, 0.5, 0.95)
    learned = learn_benefit(offers, risk)
    assert learned.rests_on == "by_cause" and learned.gain > 1
    share = learned.share_prevented(offers.features)
    advice = offers.features["plan_without_asked_advice"] > 0
    assert share[advice].mean() == pytest.approx(0.5, abs=0.08) and share[~advice].mean() == pytest.approx(0.05, abs=0.08)
    assert "learned from" in learned.words and CAUSES[0].label in learned.summary()


def test_without_a_risk_given_it_is_learned_from_those_not_offered():
    offers, risk = drawn(8000, 0.5, 0.95, seed=1)
    given, own = learn_benefit(offers, risk), learn_benefit(offers)
    assert own.rests_on == "by_cause"
    assert own.by_cause[0] == pytest.approx(given.by_cause[0], abs=0.3)


def test_one_effect_for_all_keeps_the_gate_shut_nearly_always():
    opened = 0
    for seed in range(20):
        offers, risk = drawn(1500, 0.8, 0.8, seed=seed)
        learned = learn_benefit(offers, risk)
        opened += learned.rests_on == "by_cause"
        if not opened:
            assert learned.rests_on == "one_figure" and not learned.by_cause
            assert "cannot be told" in learned.words
    assert opened <= 4  # methods 6.1: 3 to 13 in 100


def test_too_few_offers_leave_the_published_effect_and_say_so():
    offers, risk = drawn(60, 0.5, 0.9)
    learned = learn_benefit(offers, risk)
    assert learned.rests_on == "published" and learned.n_offered < 50 and np.isnan(learned.gain)
    assert "too few offers of your own" in learned.words
    assert learned.general == pytest.approx(prior_of(learned.take_up)[0])


def test_outcomes_not_yet_known_are_not_learned_from():
    offers, risk = drawn(3000, 0.5, 0.9)
    later = offers.rows.assign(outcome=np.where(np.arange(3000) < 2000, offers.rows["outcome"], np.nan))
    cut = Offered(later, offers.features, offers.columns, offers.history, offers.offers)
    assert learn_benefit(cut, risk).n_offered == int(offers.rows["offered"][:2000].sum())


def test_a_dispute_about_the_place_alone_has_next_to_nothing_to_gain():
    features = pd.DataFrame({"type_only": [1, 1, 1, 0], "plan_without_asked_advice": [0, 1, 0, 0],
                             "refuse_to_assess_window": [0, 0, 1, 0]})
    assert place_only(features).tolist() == [True, False, False, False]
    share = PUBLISHED.share_prevented(features)
    assert share[0] < 0.04 < 0.15 < share[1] == share[2] == share[3]


def test_features_that_are_not_there_hold_for_nobody():
    assert not causes_of(pd.DataFrame({"age_years": [4.0, 9.0]})).any()
    blank = causes_of(pd.DataFrame({"unanswered_two_weeks": [np.nan, 2.0]}))
    assert blank[:, 1].tolist() == [0.0, 1.0]


def test_benefit_is_risk_times_share_and_never_more_than_the_risk():
    features = pd.DataFrame({"unanswered_two_weeks": np.zeros(50)})
    risk = np.linspace(0, 1, 50)
    benefit = Benefit(by_cause=(-3.0, -3.0, 0.0, 0.0)).of(risk, features)
    assert (benefit <= risk).all() and (np.diff(benefit) > 0).all()
    assert Benefit(general=0.2).of(risk, features).max() <= 0  # an effect the wrong way is no benefit


def test_the_closer_the_window_is_to_its_end_the_less_an_offer_can_do():
    features = pd.DataFrame({"unanswered_two_weeks": np.zeros(10)})
    days = np.linspace(7, 61, 10)
    benefit = PUBLISHED.of(np.full(10, 0.2), features, days)
    assert (np.diff(benefit) <= 0).all() and benefit[-1] == 0
    # where no decision can be appealed yet, nothing of the risk is past
    assert PUBLISHED.of(np.array([0.2]), features[:1], np.array([np.nan]))[0] == pytest.approx(benefit[0])


def test_time_left_is_even_where_nothing_is_known_and_counts_what_is_on_record():
    even = TimeLeft()
    assert even.still_to_come(np.array([0, WINDOW_DAYS / 2, WINDOW_DAYS])) == pytest.approx([1, 0.5, 0], abs=0.01)
    assert even.after_a_meeting(np.array([WINDOW_DAYS - LEAD_DAYS + 0.0])) == pytest.approx([0.0], abs=1e-9)
    size = 400
    case = np.arange(size)
    facts = {"notice": SimpleNamespace(case=case, happened=np.full(size, 1000)),
             "in_dispute": SimpleNamespace(case=case, happened=np.where(case % 2, 1010, 1050))}
    found = time_left(SimpleNamespace(facts=facts))
    assert found.counted == size and found.still_to_come(np.array([30.0]))[0] == pytest.approx(0.5, abs=0.02)
    offers = SimpleNamespace(table=pd.DataFrame({"day": [1001] * 12, "held_day": [1011.0] * 12, "notice": np.arange(12)}))
    # a family that accepted an offer asked for mediation and is in no dispute for it
    again = time_left(SimpleNamespace(facts=facts), offers)
    assert again.lead_days == 10 and again.counted == size - 12


def test_time_left_of_random_records_falls_from_one_to_nothing():
    left = time_left(History.of(random_casebook(5, cases=80, rows=200)))
    assert (np.diff(left.after) <= 1e-12).all() and left.after.min() >= 0 and left.after.max() <= 1
