"""Room for steps: never more than there is, what is owed never rationed, and a case that finds no room is told so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.errors import UnreadableFile
from dispute_risk.triage.actions import STEPS, Choice
from dispute_risk.triage.selection import read_policy
from dispute_risk.triage.slots import NO_LIMIT, Asked, Slots, read_slots, routes

OFFERS = ["meet_family", "review_decision", "offer_mediation", "call_family"]


def asked(case_id: str, *names: str, presses: bool = False) -> Asked:
    return Asked(case_id, Choice(STEPS[names[0]], tuple(STEPS[name] for name in names[1:]), "A reason."), presses)


def test_the_case_after_the_last_place_gets_its_second_choice_and_is_told():
    slots = Slots({"meet_family": {"NE": 1, "default": 2}})
    cases = [asked("A", "meet_family", "offer_mediation"), asked("B", "meet_family", "offer_mediation")]
    first, second = routes(cases, slots, "NE")
    assert first.step.name == "meet_family" and first.second.name == "offer_mediation"
    assert first.said == "A reason. Second: offer mediation with a person who can decide."
    assert second.step.name == "offer_mediation" and second.second is None
    assert second.said == ("A reason. Full this week in NE: meet the family face to face (1 place). The next step that fits "
                           "and has room stands first. No other step fits.")
    assert [route.step.name for route in routes(cases, slots, "SW")] == ["meet_family", "meet_family"]


def test_a_case_that_cannot_wait_is_given_room_before_one_that_stands_higher():
    slots = Slots({"meet_family": {"default": 1}})
    higher, pressed = routes([asked("A", "meet_family", "review_decision"), asked("B", "meet_family", presses=True)], slots, "N")
    assert (higher.step.name, pressed.step.name) == ("review_decision", "meet_family")


def test_where_everything_is_full_the_case_is_called_or_kept_openly():
    slots = Slots({"meet_family": {"default": 0}, "call_family": {"default": 1}})
    called, kept = routes([asked("A", "meet_family"), asked("B", "meet_family")], slots, "N")
    assert called.step.name == "call_family"
    assert kept.step.name == "keep_for_next_week" and "kept for next week" in kept.said


def test_a_case_on_two_lists_takes_one_place():
    slots = Slots({"meet_family": {"default": 1}})
    found = routes([asked("A", "meet_family"), asked("A", "meet_family"), asked("B", "meet_family")], slots, "N")
    assert [route.step.name for route in found] == ["meet_family", "meet_family", "call_family"]


def test_whoever_routes_what_is_owed_comes_back_to_the_front():
    found, = routes([asked("A", "offer_mediation", "name_a_school")], NO_LIMIT, "N")
    assert found.step.name == "name_a_school" and found.second.name == "offer_mediation"
    assert "put right before anything is offered" in found.said


@given(
    chosen=st.lists(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4, unique=True), max_size=25),
    room=st.dictionaries(st.sampled_from(OFFERS), st.integers(0, 4)),
)
def test_no_step_takes_more_than_its_room_and_what_is_owed_is_always_taken(chosen, room):
    slots = Slots({name: {"default": number} for name, number in room.items()})
    cases = [asked(f"C{number}", *names) for number, names in enumerate(chosen)]
    found = routes(cases, slots, "N")
    for name, number in room.items():
        assert sum(route.step.name == name for route in found) <= number
    for route, names in zip(found, chosen, strict=True):
        assert route.said and route.step is not route.second
        if STEPS[names[0]].owed:
            assert route.step.name == names[0]


def test_the_slots_of_a_policy_file_are_read(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("[capacity_split]\nbenefit = 0.6\nquiet_need = 0.3\nrandom_audit = 0.1\n"
                    "[slots]\noffer_mediation = {NE = 2, default = 1}\nmeet_family = 4\n", encoding="utf-8")
    slots = read_policy(path).weekly_slots
    assert [slots.room("offer_mediation", area) for area in ("NE", "SW")] == [2, 1]
    assert slots.room("meet_family", "NE") == 4 and slots.room("name_a_school", "NE") is None


def test_every_mistake_in_the_slots_is_named_at_once(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("[slots]\nname_a_school = 3\nfight = 1\nmeet_family = {NE = -1, SW = 'two'}\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"policy.toml: \[slots\]") as caught:
        read_policy(path)
    assert len(caught.value.problems) == 4
    assert "owed to every family and cannot be rationed" in caught.value.problems[0]
    assert read_slots(3)[1] and read_slots({"meet_family": True})[1]
