"""The order in which a week is read: this week's cases first, new ones at the top, cut at capacity."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weekly_sample import AS_OF, LONG, empty_lists, invented_lists

from dispute_risk.reports.weekly_view import area_weeks, file_stems, horizon_in_words, places, shares_in_words

POLICY = st.dictionaries(st.sampled_from(["benefit", "quiet_need", "random_audit"]), st.floats(0, 1), max_size=3)


@given(st.integers(0, 200), POLICY)
def test_the_places_add_up_to_the_capacity(capacity, policy):
    given_places = places(capacity, policy)
    assert sum(given_places.values()) == capacity
    assert all(count >= 0 for count in given_places.values())


def test_without_a_policy_every_place_is_for_the_likely_disputes():
    assert places(7, {}) == {"benefit": 7}
    assert shares_in_words({}) == ""


@given(st.lists(st.text(min_size=1, max_size=80), max_size=30, unique=True))
def test_every_area_gets_a_file_of_its_own(areas):
    stems = file_stems(areas)
    assert list(stems) == areas
    assert len({stem.lower() for stem in stems.values()}) == len(areas)
    assert all(stem.isascii() and stem.replace("-", "").isalnum() and len(stem) <= 70 for stem in stems.values())


def test_the_numbering_of_a_file_does_not_meet_another_area():
    assert file_stems(["a b", "A/B", "a-b-2"]) == {"a b": "a-b", "A/B": "A-B-2", "a-b-2": "a-b-2-2"}


@pytest.mark.parametrize("lengths", [None, LONG], ids=["cut to capacity", "longer than capacity"])
def test_this_week_is_cut_as_the_policy_says_and_new_ones_stand_first(lengths):
    for week in area_weeks(invented_lists(lengths=lengths)):
        listed = [line.list for line in week.this_week]
        assert {name: listed.count(name) for name in set(listed)} == {
            "likely_disputes": 6, "unheard": 3, "random_audit": 1}
        assert {line.rank for line in week.this_week if line.list == "likely_disputes"} == set(range(1, 7))
        news = [line.is_new for line in week.this_week]
        assert news == sorted(news, reverse=True)
        assert week.new_this_week == sum(news)
        assert week.made_up_of == "6 likely disputes, 3 unheard and 1 file check"


def test_some_of_the_samples_cases_are_new():
    assert sum(week.new_this_week for week in area_weeks(invented_lists())) > 0


def test_lists_within_capacity_are_taken_whole_whatever_the_policy():
    lists = dataclasses.replace(invented_lists(("NE",)), policy={"benefit": 1.0})
    assert len(area_weeks(lists)[0].this_week) == 10


@pytest.mark.parametrize("capacity", [0, 1, 3, 9])
def test_a_week_never_asks_for_more_than_the_capacity(capacity):
    lists = dataclasses.replace(invented_lists(("NE",)), capacity=capacity)
    assert len(area_weeks(lists)[0].this_week) <= capacity


def test_each_list_is_whole_with_this_weeks_cases_first():
    lists = invented_lists(lengths=LONG)
    for week in area_weeks(lists):
        here = lists.cases[lists.cases["area"] == week.area]
        for key, lines in week.lists.items():
            assert sorted(line.case_id for line in lines) == sorted(here.loc[here["list"] == key, "case_id"])
            chosen = [line.this_week for line in lines]
            assert chosen == sorted(chosen, reverse=True)
            assert len(week.beyond(key)) == len(lines) - sum(chosen)


def test_a_case_on_two_lists_takes_one_place():
    lists = invented_lists(("NE",), lengths=LONG)
    cases = lists.cases.copy()
    first = cases.index[(cases["list"] == "likely_disputes") & (cases["rank"] == 1)][0]
    twin = cases.index[(cases["list"] == "unheard") & (cases["rank"] == 1)][0]
    cases.loc[twin, "case_id"] = cases.loc[first, "case_id"]
    week = area_weeks(dataclasses.replace(lists, cases=cases))[0]
    ids = [line.case_id for line in week.this_week]
    assert len(ids) == len(set(ids)) == 10
    assert {line.rank for line in week.this_week if line.list == "unheard"} == {2, 3, 4}
    assert week.numbers == {case_id: number for number, case_id in enumerate(ids, 1)}


def test_a_risk_is_shown_only_on_the_list_that_rests_on_it():
    lines = [line for lines in area_weeks(invented_lists())[0].lists.values() for line in lines]
    shown = {line.list for line in lines if line.risk_said or line.range_said or line.band_said}
    assert shown == {"likely_disputes"}
    assert any(line.risk is not None for line in lines if line.list == "unheard")


def test_without_an_earlier_list_nothing_is_marked_new():
    week = area_weeks(invented_lists(last_as_of=None))[0]
    assert week.new_this_week == 0
    assert not any(line.is_new for line in area_weeks(invented_lists())[0].lists["random_audit"])
    assert not any(line.is_new for lines in week.lists.values() for line in lines)
    assert week.changed == "There is no earlier list to compare with."


def test_the_new_cases_counted_are_those_that_moved_on():
    for week in area_weeks(invented_lists()):
        assert week.new_this_week == sum(move.movement == "new" for move in week.moves)


def test_what_changed_counts_cases_and_not_lines():
    lists = invented_lists(("NE",))
    one = {"case_id": "NE-1", "area": "NE", "movement": "new", "last_rank": None, "rank": 1.0, "why": ""}
    movement = pd.DataFrame([one | {"list": "likely_disputes"}, one | {"list": "duties_outstanding"},
                             one | {"list": "unheard", "movement": "left", "case_id": "NE-2"}])
    week = area_weeks(dataclasses.replace(lists, movement=movement))[0]
    assert week.changed == "Since the list of 10 November 2025: 1 new and 1 left the lists."


def test_what_moved_is_said_with_its_places():
    lists = invented_lists(("NE",))
    rows = [("new", None, 3.0), ("up", 7.0, 3.0), ("down", 2.0, 5.0), ("left", 4.0, None)]
    movement = pd.DataFrame([
        {"case_id": f"NE-{number}", "area": "NE", "list": "unheard", "movement": kind, "last_rank": last, "rank": rank,
         "why": ""} for number, (kind, last, rank) in enumerate(rows)])
    week = area_weeks(dataclasses.replace(lists, movement=movement))[0]
    assert [move.said for move in week.moves] == [
        "new, at 3", "moved up from 7 to 3", "moved down from 2 to 5", "left the list (was 4)"]


def test_dates_ahead_count_each_case_once_and_stop_after_the_days():
    lists = invented_lists(("NE",))
    cases = lists.cases.iloc[[0, 0, 1, 2, 3]].reset_index(drop=True)
    cases["list"] = ["likely_disputes", "unheard", "unheard", "unheard", "unheard"]
    ahead = [0, 0, 27, 28, -1]
    cases["last_date_on"] = [pd.Timestamp(AS_OF + dt.timedelta(days=days)) for days in ahead]
    week = area_weeks(dataclasses.replace(lists, cases=cases))[0]
    assert week.dates_ahead("last_date_on", AS_OF, 28) == {AS_OF: 1, AS_OF + dt.timedelta(days=27): 1}
    assert [(day, [line.case_id for line in lines]) for day, lines in week.last_dates_ahead(AS_OF, 28)] == [
        (AS_OF, [cases.loc[0, "case_id"]]), (AS_OF + dt.timedelta(days=27), [cases.loc[2, "case_id"]])]


def test_an_area_with_nothing_on_its_lists_still_has_a_week():
    (week,) = area_weeks(empty_lists())
    assert week.area == "NE"
    assert week.this_week == ()
    assert all(lines == () for lines in week.lists.values())
    assert week.changed == "Since the list of 10 November 2025 nothing has moved."


def test_an_area_without_figures_still_has_a_week():
    lists = invented_lists(("NE", "NW"))
    weeks = area_weeks(dataclasses.replace(lists, areas=lists.areas.iloc[:1]))
    assert [week.area for week in weeks] == ["NE", "NW"]
    assert weeks[1].figures == {}
    assert weeks[1].usual_risk is None


@pytest.mark.parametrize(("days", "said"), [(7, "1 week"), (182, "26 weeks"), (90, "90 days")])
def test_the_horizon_in_words(days, said):
    assert horizon_in_words(days) == said


def test_what_was_done_is_told_first_and_a_case_says_how_long_it_has_been_listed():
    from dataclasses import replace

    from dispute_risk.reports.weekly_lines import MoveLine
    from dispute_risk.reports.weekly_view import changed_in_words
    from dispute_risk.reports.weekly_workbook import _on_the_record, _step

    moves = [MoveLine(f"C{n}", "N", "likely_disputes", kind, 4.0, None, "why") for n, kind in enumerate(
        ["left", "put_off", "done", "overridden"])]
    assert [move.said for move in moves] == ["left the list (was 4)", "put off (was 4)", "done (was 4)", "overridden (was 4)"]
    said = changed_in_words(moves, dt.date(2025, 3, 3))
    assert said == "Since the list of 3 March 2025: 1 done, 1 put off, 1 overridden and 1 left the lists."
    line = replace(area_weeks(invented_lists())[0].this_week[0], weeks_on_list=2, recorded="Already known.", timing="Act today.",
                   route="A reason. Second: a call.", list="unheard")
    assert line.age_said == "2 weeks on the list" and replace(line, list="random_audit").age_said == ""
    assert replace(line, weeks_on_list=0).age_said == ""
    assert "On record: Already known." in _on_the_record(line)
    assert _step(line).endswith("When: Act today.\nWhy: A reason. Second: a call.")
