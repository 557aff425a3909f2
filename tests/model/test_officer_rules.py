"""The rules of thumb put the right case first."""

import numpy as np
import pandas as pd

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.officer_rules import OFFICER_RULES, rules_for

CASES = pd.DataFrame({
    "refuse_to_assess_window": [1.0, 1, 0, 0],
    "days_since_notice": [40.0, 5, 1, np.nan],
    "days_left_to_appeal": [20.0, 55, 60, np.nan],
    "days_past_20_weeks": [0.0, 0, 0, 90],
    "days_since_we_wrote": [5.0, 80, 2, np.nan],
    "complaint_open": [0.0, 0, 1, 0],
    "family_messages_90d": [3.0, 1, 0, 9],
})


def first(name):
    return int(np.argmax(rules_for(CASES)[0][name]))


def test_each_rule_puts_its_case_first():
    assert first("refusals_first") == 1  # the newer refusal
    assert first("refusal_closing_soonest") == 0
    assert first("most_days_past_20_weeks") == 3
    assert first("longest_since_we_wrote") == 1
    assert first("complaint_first") == 2
    assert first("most_messages") == 3
    assert first("breach_points") == 1  # refusal 4, not written to for 60 days 1


def test_a_newer_decision_that_is_no_refusal_comes_after_the_refusals():
    assert np.argsort(-rules_for(CASES)[0]["refusals_first"])[:3].tolist() == [1, 0, 2]


def test_rules_without_their_features_are_named():
    orders, impossible = rules_for(CASES[["complaint_open"]])
    assert list(orders) == ["complaint_first"] and len(impossible) == len(OFFICER_RULES) - 1
    assert all(line.startswith("Rule left out") for line in impossible)


def test_the_standard_catalogue_allows_every_rule_and_every_point():
    from dispute_risk.model.points import items_for

    assert all(rule.possible(STANDARD.names) for rule in OFFICER_RULES)
    assert items_for(STANDARD.names)[1] == ()
