"""Who held the case: spells, gaps and changes; and what the whole team held."""

import numpy as np
from casebooks import casebook, held_on, one_case
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import active_count


def history(*spells: dict) -> History:
    return History.of(one_case(allocations=list(spells)))


FIRST = {"officer_id": "O1", "from_on": "2025-01-06", "to_on": "2025-02-28"}
NOBODY = {"officer_id": None, "from_on": "2025-03-01", "to_on": "2025-03-31"}
SECOND = {"officer_id": "O2", "from_on": "2025-04-01"}


def test_a_case_is_held_and_then_by_nobody_and_then_held_again():
    told = history(FIRST, NOBODY, SECOND)
    assert held_on(told, "held", "2025-02-28") == ["2025-01-06"]
    assert held_on(told, "held", "2025-03-01") == []
    assert held_on(told, "no_officer", "2025-03-31") == ["2025-03-01"]
    assert held_on(told, "no_officer", "2025-04-01") == []
    assert held_on(told, "held", "2025-12-01") == ["2025-04-01"]
    assert held_on(told, "no_officer_spell", "2025-12-01") == ["2025-03-01"]


def test_the_first_officer_is_no_change_and_the_second_is():
    told = history(FIRST, NOBODY, SECOND)
    assert held_on(told, "officer_change", "2025-03-31") == []
    assert held_on(told, "officer_change", "2025-04-01") == ["2025-04-01"]


def test_a_change_is_known_once_both_spells_are():
    told = history(FIRST, {**SECOND, "from_recorded_on": "2025-05-12"})
    assert held_on(told, "officer_change", "2025-05-11") == []
    assert held_on(told, "officer_change", "2025-05-12") == ["2025-04-01"]


def test_the_same_officer_again_is_no_change():
    told = history(FIRST, NOBODY, {**SECOND, "officer_id": "O1"})
    assert held_on(told, "officer_change", "2025-12-01") == []


def test_an_officer_between_two_spells_makes_two_changes():
    told = history(FIRST, {**SECOND, "officer_id": "O2"}, {"officer_id": "O1", "from_on": "2025-06-02"})
    assert held_on(told, "officer_change", "2025-12-01") == ["2025-04-01", "2025-06-02"]


def test_an_officer_found_out_about_later_turns_one_spell_into_two_changes():
    # O1, then O1 again; on 1 September it is recorded that O2 held the case in between
    told = history(FIRST, {"officer_id": "O2", "from_on": "2025-04-01", "from_recorded_on": "2025-09-01"},
                   {"officer_id": "O1", "from_on": "2025-06-02"})
    assert held_on(told, "officer_change", "2025-08-31") == []
    assert held_on(told, "officer_change", "2025-09-01") == ["2025-04-01", "2025-06-02"]


def test_two_officers_from_the_same_day_are_a_change_each():
    told = history(FIRST, {"officer_id": "O2", "from_on": "2025-04-01"}, {"officer_id": "O3", "from_on": "2025-04-01"},
                   {"officer_id": "O4", "from_on": "2025-06-02"})
    assert held_on(told, "officer_change", "2025-12-01") == ["2025-04-01", "2025-04-01", "2025-06-02"]


# --- the team ---------------------------------------------------------------------------------------------------------


def team_count(history: History, kind: str, on: str, area: str = "North") -> int:
    number = history.area_names.index(area)
    return int(active_count(history.area_facts[kind], Snapshots.of(np.array([number]), day_number(on)))[0])


def team(*spells: dict, **more) -> History:
    cases = [{"case_id": f"C{n}", "area": "North" if n < 3 else "South", "opened_on": "2020-01-01"} for n in range(1, 4)]
    return History.of(casebook(cases=cases, allocations=list(spells), **more))


def test_a_team_of_two_officers_with_three_cases():
    told = team(
        {"case_id": "C1", "officer_id": "O1", "from_on": "2025-01-06"},
        {"case_id": "C2", "officer_id": "O1", "from_on": "2025-02-03", "to_on": "2025-03-31"},
        {"case_id": "C3", "officer_id": "O2", "from_on": "2025-02-03"},
    )
    assert [team_count(told, "team_case_held", on) for on in ("2025-01-05", "2025-01-06", "2025-02-03", "2025-04-01")] == [
        0, 1, 2, 1]
    # one officer at work, however many cases
    assert [team_count(told, "team_officer", on) for on in ("2025-01-05", "2025-01-06", "2025-02-03")] == [0, 1, 1]
    assert team_count(told, "team_case_held", "2025-02-03", "South") == 1


def test_a_case_with_nobody_is_not_held_by_the_team():
    told = team({"case_id": "C1", "officer_id": None, "from_on": "2025-01-06"})
    assert team_count(told, "team_case_held", "2025-06-02") == team_count(told, "team_officer", "2025-06-02") == 0


def test_appeals_and_open_files_of_the_area():
    told = team(appeals=[{"case_id": "C1", "appeal_id": "A1", "registered_on": "2025-03-03",
                          "registered_recorded_on": "2025-03-10"}])
    assert team_count(told, "team_appeal", "2025-03-09") == 0
    assert team_count(told, "team_appeal", "2025-03-10") == 1
    assert team_count(told, "team_case_open", "2025-03-10") == 2
    assert team_count(told, "team_case_open", "2025-03-10", "South") == 1


@given(seed=st.integers(0, 10**6))
def test_officers_at_work_against_a_loop_over_the_days(seed):
    rng = np.random.default_rng(seed)
    spells = [
        {"case_id": f"C{rng.integers(1, 3)}", "officer_id": rng.choice(["O1", "O2", None]),
         "from_on": str(np.datetime64("2025-01-01") + start), "to_on": str(np.datetime64("2025-01-01") + start + length)}
        for start, length in zip(rng.integers(0, 30, 6), rng.integers(0, 12, 6), strict=True)
    ]
    told = team(*spells)
    for offset in range(0, 45, 4):
        on = np.datetime64("2025-01-01") + offset
        here = set()
        for spell in spells:
            later = [other for other in spells if other["case_id"] == spell["case_id"]
                     and spell["from_on"] < other["from_on"] <= str(on)]
            if spell["from_on"] <= str(on) <= spell["to_on"] and not later and spell["officer_id"]:
                here.add(spell["officer_id"])
        assert team_count(told, "team_officer", str(on)) == len(here)
