"""Where an authority stands: exact figures, fair comparison, honest gaps."""

from __future__ import annotations

import numpy as np
import pytest

from dispute_risk.england.headlines import change_in_appeals, headlines
from dispute_risk.england.standing import where_it_stands, wilson_interval
from dispute_risk.errors import UnknownName


@pytest.fixture(scope="module")
def surrey():
    return where_it_stands("Surrey County Council")


def test_figures_of_surrey(surrey):
    row = surrey.table.loc["appeal_rate_old_base"]
    assert (row["count"], row["of"], round(row["rate"], 1), round(row["england"], 1)) == (1059, 17682, 6.0, 3.2)
    assert surrey.table.loc["refusal_to_assess", ["count", "of"]].tolist() == [1050, 3022]
    assert round(surrey.table.loc["plans_in_20_weeks", "rate"], 1) == 41.3
    assert surrey.table.loc["appeal_after_mediation", ["count", "of"]].tolist() == [284, 531]
    assert surrey.published_appeals.set_index("year").loc[2024, ["appeals", "old_base", "old_rate"]].tolist() == [
        "1,059", "17,682", "6.0"]


def test_what_surrey_did_not_publish_says_so(surrey):
    for name in ("appeal_rate_new_base", "reviews_in_4_weeks"):
        assert np.isnan(surrey.table.loc[name, "rate"])
        assert "Not published" in surrey.table.loc[name, "verdict"]


def test_every_rate_names_its_base_and_source(surrey):
    assert surrey.table["base"].str.startswith("per 100").all()
    assert surrey.table["source"].isin(surrey.sources["source"]).all()
    old, new = surrey.table.loc[["appeal_rate_old_base", "appeal_rate_new_base"], "base"]
    assert "all plans in January" in old and "decisions taken" in new


def test_devon_is_last_on_20_weeks_and_that_is_not_called_lawful():
    row = where_it_stands("Devon").table.loc["plans_in_20_weeks"]
    assert round(row["rate"], 1) == 3.2
    assert "the lowest of 150" in row["verdict"]
    assert row["verdict"].endswith("not the same as lawful.")


def test_change_on_the_year_before_is_set_against_englands(surrey):
    change = change_in_appeals(surrey)
    assert (change.before, change.after) == (724, 1059)
    assert change.low < change.england < change.high
    devon = change_in_appeals(where_it_stands("Devon"))
    assert devon.high < devon.england
    assert "less of a rise" in devon.words


def test_headlines_start_with_appeals(surrey):
    assert [item.figure for item in headlines(surrey)][:3] == ["1,059", "6.0", "not published"]


@pytest.mark.parametrize("name", ["City of London", "Isles of Scilly"])
def test_tiny_authorities_are_not_compared(name):
    standing = where_it_stands(name)
    assert (standing.table["position"] == "").all()
    assert change_in_appeals(standing) is None
    assert name in standing.notes[0]


@pytest.mark.parametrize("name", ["Cambridgeshire", "Central Bedfordshire"])
def test_doubtful_figures_are_shown_not_compared_and_not_in_the_trend(name):
    standing = where_it_stands(name)
    assert standing.table.loc["appeal_rate_old_base", "position"] == ""
    assert "each other's base" in standing.table.loc["appeal_rate_old_base", "verdict"]
    trend = standing.trend.query("measure == 'appeal_rate_old_base'").set_index("year")["rate"]
    assert np.isnan(trend[2024]) and trend[2023] > 0


def test_new_authorities_say_what_they_took_over_and_have_no_earlier_standing():
    standing = where_it_stands("Cumberland", 2023)
    assert any("Cumbria" in note for note in standing.notes)
    with pytest.raises(UnknownName, match="2023"):
        where_it_stands("Westmorland and Furness", 2022)


def test_trend_marks_the_break_and_leaves_appeals_unbroken(surrey):
    trend = surrey.trend.set_index(["measure", "year"])["after_break"]
    assert not trend["appeal_rate_old_base"].any()
    assert trend["plans_in_20_weeks", 2022] and not trend["plans_in_20_weeks", 2021]


def test_years_before_expected_appeals_and_years_not_held():
    assert where_it_stands("Devon", 2021).expected is None
    with pytest.raises(ValueError, match="2019"):
        where_it_stands("Devon", 2012)


def test_no_sentence_claims_a_cause(surrey):
    words = " ".join([surrey.summary(), *surrey.notes, *surrey.table["verdict"], *surrey.table["note"],
                      surrey.associations.summary(), surrey.comparable.summary(), surrey.expected.summary(),
                      *(groups.summary() for groups in surrey.groups.values())])
    for banned in ("because", "due to", "caused by", "drives", "leads to", "prevents", "score"):
        assert banned not in words, banned


def test_wilson_interval_by_hand():
    low, high = wilson_interval(10, 100)
    assert (round(low, 2), round(high, 2)) == (5.52, 17.44)
    assert np.isnan(wilson_interval(0, 0)[0])
