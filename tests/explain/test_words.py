"""Risks, dates and days in words: one way of saying each, and never a lower word for a higher risk."""

import datetime as dt
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.explain.words import (
    count_in_words,
    day_in_words,
    days_in_words,
    frequency,
    joined_in_words,
    range_in_words,
    risk_in_words,
    short_day,
    when_in_words,
)

RISKS = st.floats(0, 1)


def least_meant(said: str) -> float:
    """Read the frequency back from the words."""
    if said.startswith("fewer"):
        return 0.0
    if said.startswith("more"):
        return 1.0
    cases, out_of = map(int, re.fullmatch(r"about (\d+) in (\d+)", said).groups())
    return cases / out_of


@pytest.mark.parametrize(
    ("risk", "said"),
    [(0, "fewer than 1 in 100"), (0.0094, "fewer than 1 in 100"), (0.0095, "about 1 in 100"), (0.02, "about 1 in 50"),
     (0.1, "about 1 in 10"), (0.164, "about 1 in 6"), (0.33, "about 1 in 3"), (0.5, "about 1 in 2"),
     (0.66, "about 2 in 3"), (0.9, "about 9 in 10"), (0.93, "more than 9 in 10"), (1, "more than 9 in 10")],
)
def test_a_risk_is_said_as_a_small_frequency(risk, said):
    assert risk_in_words(risk) == said


@given(RISKS, RISKS)
def test_a_higher_risk_is_never_said_as_a_lower_one(one, other):
    low, high = sorted((one, other))
    assert least_meant(risk_in_words(low)) <= least_meant(risk_in_words(high))


@given(st.floats(0.0095, 0.92))
def test_the_words_are_close_to_the_risk(risk):
    odds = math.log(risk / (1 - risk))
    meant = least_meant(risk_in_words(risk))
    assert abs(math.log(meant / (1 - meant)) - odds) < 0.41


@pytest.mark.parametrize("risk", [None, float("nan")])
def test_no_risk_is_said_as_nothing(risk):
    assert risk_in_words(risk) == ""
    assert frequency(risk) == ""
    assert range_in_words(risk, 0.2) == ""


@pytest.mark.parametrize("wrong", [-0.1, 1.1])
def test_a_number_that_is_no_risk_is_refused(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        risk_in_words(wrong)
    with pytest.raises(ValueError, match="between 0 and 1"):
        frequency(wrong)


def test_a_range_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match="lower to its upper"):
        range_in_words(0.2, 0.1)


@given(st.lists(RISKS, min_size=3, max_size=3))
def test_the_frequency_lies_in_its_own_range(three):
    low, risk, high = sorted(three)
    said = frequency(risk, low, high).replace("fewer than 1", "0")
    middle, *ends = (int(number) for number in re.findall(r"\d+", said.replace("in 100", "")))
    assert min(ends) <= middle <= max(ends)


def test_a_frequency_with_its_range():
    assert frequency(0.12, 0.08, 0.17) == "about 12 in 100 similar cases (8 to 17)"
    assert frequency(0.001, 0.0, 0.002) == "fewer than 1 in 100 similar cases (fewer than 1)"


@given(st.dates())
def test_a_day_in_words_reads_back(day):
    said = day_in_words(day, weekday=True)
    assert said.split()[0] == day.strftime("%A")
    assert int(said.split()[1]) == day.day
    assert said.split()[2] == day.strftime("%B")
    assert short_day(day).split()[1] == day.strftime("%b")


def test_a_missing_day_is_named():
    assert day_in_words(None) == "not recorded"
    assert short_day(None) == ""
    assert when_in_words(None, dt.date(2025, 1, 1)) == ""


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "0 days"), (1, "1 day"), (27, "27 days"), (28, "28 days (about 4 weeks)"), (182, "182 days (about 26 weeks)"),
     (183, "183 days (about 6 months)"), (12.4, "12 days")],
)
def test_days_in_words(days, said):
    assert days_in_words(days) == said


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf")])
def test_a_number_of_days_below_nought_is_refused(wrong):
    with pytest.raises(ValueError, match="0 or more"):
        days_in_words(wrong)


def test_counts_and_lists_read_as_sentences_do():
    assert count_in_words(0, "case") == "0 cases"
    assert joined_in_words([]) == ""
    assert joined_in_words(["one"]) == "one"
    assert joined_in_words(["one", "two"]) == "one and two"
