"""What knowing more is worth: never less than nothing, never more than certainty, and nothing where it changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.reports.appeal_text import appeal_lines
from dispute_risk.tribunal.costs import stake_to_break_even
from dispute_risk.tribunal.desk import appeal_page
from dispute_risk.tribunal.shares import pooled_shares
from dispute_risk.tribunal.value_of_information import Signal, expected_utilities, value_of_information

AS_OF = dt.date(2025, 7, 14)
PRIOR = [0.32, 0.67, 0.01]
shares_of = st.lists(st.integers(0, 200), min_size=3, max_size=3).map(lambda counts: pooled_shares(counts, PRIOR, 20))
EXACT, BLIND = Signal(1.0, 1.0), Signal(0.5, 0.5)


@settings(deadline=None)
@given(shares=shares_of, stake=st.floats(0, 2_000_000), sensitivity=st.floats(0, 1), specificity=st.floats(0, 1))
def test_a_report_is_worth_no_more_than_certainty_and_no_less_than_nothing(shares, stake, sensitivity, specificity):
    found = value_of_information(shares, stake, Signal(sensitivity, specificity), draws=200)
    assert found.certainty >= found.report >= 0
    assert np.isfinite(found.certainty)


@settings(deadline=None)
@given(shares=shares_of, stake=st.floats(0, 2_000_000), better=st.floats(0.5, 1))
def test_a_report_that_tells_it_better_is_worth_no_less(shares, stake, better):
    worth = [value_of_information(shares, stake, Signal(share, share), draws=200).report for share in (0.5, better, 1.0)]
    assert worth[0] <= worth[1] + 1e-6 <= worth[2] + 2e-6
    assert worth[0] == pytest.approx(0, abs=1e-6), "a coin tells nothing"


def test_by_hand():
    """Half of all appeals for the authority, none early: concede costs c, answer costs d, the stake is 40,000."""
    shares = replace(pooled_shares([0, 50, 50], [1e-9, 0.5, 0.5], 1e-6), counts=np.array([0.0, 1e9, 1e9]))
    utilities, chances = expected_utilities(shares, 40_000)
    assert chances == pytest.approx([0, 0.5, 0.5], abs=1e-4)
    best = max(float(values @ chances) for values in utilities.values())
    settle = max(values[1] for values in utilities.values())
    known = 0.5 * settle + 0.5 * utilities["answer"][2]
    assert value_of_information(shares, 40_000).certainty == pytest.approx(known - best, rel=1e-3)
    told = value_of_information(shares, 40_000, EXACT)
    assert told.report == pytest.approx(told.certainty, rel=1e-2), "a report without error tells all that matters here"


def test_on_casework_alone_no_report_changes_what_costs_least():
    found = value_of_information(pooled_shares([20, 70, 2], PRIOR, 20), 0)
    assert found.cheapest == "concede" and found.report == 0
    assert "nothing to wait for on the ground of cost" in found.summary() and "is owed whatever it is worth" in found.summary()


def test_it_is_worth_most_where_the_choice_is_closest():
    shares = pooled_shares([20, 70, 2], PRIOR, 20)
    utilities, chances = expected_utilities(shares, 0)
    gap = float((utilities["concede"] - utilities["answer"]) @ chances)
    even = stake_to_break_even(float(chances[2]), gap)
    worth = {factor: value_of_information(shares, factor * even, Signal(0.9, 0.9)).report for factor in (0.1, 1.0, 10.0)}
    assert worth[1.0] > worth[0.1] and worth[1.0] > 0
    relative = {factor: value / factor for factor, value in worth.items()}
    assert relative[1.0] > relative[10.0]


def test_what_is_no_share_or_no_stake_is_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        Signal(1.2, 0.5)
    with pytest.raises(ValueError, match="0 or more"):
        value_of_information(pooled_shares([1, 1, 1], PRIOR, 20), -1)


def test_it_is_hidden_until_the_checklist_is_done_and_then_told_in_plain_words(casebook):
    hidden = " ".join(" ".join(appeal_lines(appeal_page(casebook, "K1", AS_OF, stake=60_000))).split())
    assert "60,000" not in hidden and appeal_page(casebook, "K1", AS_OF, stake=60_000).options.information is None
    page = appeal_page(casebook, "K1", AS_OF, checklist_done=True, stake=600_000)
    said = " ".join(" ".join(appeal_lines(page)).split())
    assert "Missing: speech and language advice." in said and "(an assumption)" in said and "is owed whatever it is worth" in said
    assert page.as_data()["value_of_information"]["certainty"] >= page.as_data()["value_of_information"]["report"]
    asked = " ".join(" ".join(appeal_lines(appeal_page(casebook, "K1", AS_OF, checklist_done=True))).split())
    assert "give what is in dispute in pounds with --stake" in asked
