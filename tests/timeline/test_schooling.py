"""Placements, schools consulted and panels: what held on which date."""

from casebooks import held_on, one_case, told_on

from dispute_risk.timeline.history import History


def history(**tables) -> History:
    return History.of(one_case(**tables))


def test_the_last_day_of_a_placement_is_inclusive():
    told = history(placements=[{"from_on": "2024-09-02", "to_on": "2025-02-28", "setting_type": "none"}])
    assert held_on(told, "out_of_school", "2024-09-01") == []
    assert held_on(told, "out_of_school", "2025-02-28") == ["2024-09-02"]
    assert held_on(told, "out_of_school", "2025-03-01") == []


def test_an_end_recorded_late_ends_the_spell_when_it_is_known():
    told = history(placements=[{"from_on": "2024-09-02", "to_on": "2025-02-28", "to_recorded_on": "2025-04-10",
                                "setting_type": "none"}])
    assert held_on(told, "placement", "2025-04-09") == ["2024-09-02"]
    assert held_on(told, "placement", "2025-04-10") == []


def test_the_next_placement_ends_the_one_before():
    told = history(placements=[{"from_on": "2024-09-02", "setting_type": "none"},
                               {"from_on": "2025-01-06", "from_recorded_on": "2025-01-20", "setting_type": "special"}])
    assert told_on(told, "placement", "setting_type", "2025-01-19") == ["none"]
    assert told_on(told, "placement", "setting_type", "2025-01-20") == ["special"]
    assert held_on(told, "out_of_school", "2025-01-20") == []


def test_agreed_a_special_school_and_sits_in_a_mainstream_one():
    told = history(placements=[{"from_on": "2025-01-06", "setting_type": "mainstream", "agreed_type": "special"}])
    assert held_on(told, "placement_differs", "2025-06-02") == ["2025-01-06"]
    assert told_on(told, "placement_differs", "agreed_type", "2025-06-02") == ["special"]


def test_what_was_agreed_is_in_place_or_nothing_specialist_was_agreed():
    for setting, agreed in (("special", "special"), ("special", "mainstream"), ("mainstream", None), (None, "special")):
        told = history(placements=[{"from_on": "2025-01-06", "setting_type": setting, "agreed_type": agreed}])
        assert held_on(told, "placement_differs", "2025-06-02") == [], (setting, agreed)


def test_education_arranged_otherwise_than_at_school_is_not_being_out_of_school():
    told = history(placements=[{"from_on": "2025-01-06", "setting_type": "eotas", "agreed_type": "eotas"}])
    assert held_on(told, "out_of_school", "2025-06-02") == []


def test_a_school_has_fifteen_days_to_answer():
    told = history(consultations=[{"sent_on": "2025-04-01", "responded_on": "2025-05-06",
                                   "responded_recorded_on": "2025-05-08", "response": "no_full",
                                   "preferred_by_family": 1}])
    assert told_on(told, "consultation_unanswered", "due_on", "2025-04-01") == ["2025-04-16"]
    assert held_on(told, "consultation_unanswered", "2025-05-07") == ["2025-04-01"]
    assert held_on(told, "consultation_unanswered", "2025-05-08") == []
    assert held_on(told, "consultation_refused", "2025-05-07") == []
    assert held_on(told, "consultation_refused", "2025-05-08") == ["2025-05-06"]
    assert held_on(told, "choice_refused", "2025-05-08") == ["2025-05-06"]
    assert held_on(told, "consultation", "2025-12-01") == ["2025-04-01"]


def test_a_school_that_said_yes_or_was_not_the_familys_choice_is_no_refused_choice():
    for response, preferred in (("yes", 1), ("no_full", 0), ("no_cannot_meet_need", None), ("no_reply", 1)):
        told = history(consultations=[{"sent_on": "2025-04-01", "responded_on": "2025-04-10", "response": response,
                                       "preferred_by_family": preferred}])
        assert held_on(told, "choice_refused", "2025-12-01") == [], response
        assert bool(held_on(told, "consultation_refused", "2025-12-01")) is response.startswith(("no_full", "no_cannot"))


def test_panels_are_known_from_the_day_their_minute_was_recorded():
    told = history(panels=[
        {"panel_on": "2025-03-03", "result": "deferred", "question": "placement", "papers_complete": 0},
        {"panel_on": "2025-04-07", "panel_recorded_on": "2025-04-21", "result": "not_agreed", "question": "placement",
         "reverses_earlier": 1, "papers_complete": 1},
        {"panel_on": "2025-05-05", "result": "agreed", "question": "funding"},
    ])
    assert held_on(told, "panel", "2025-04-20") == ["2025-03-03"]
    assert held_on(told, "panel", "2025-12-01") == ["2025-03-03", "2025-04-07", "2025-05-05"]
    assert held_on(told, "panel_deferred", "2025-12-01") == ["2025-03-03"]
    assert held_on(told, "panel_papers_incomplete", "2025-12-01") == ["2025-03-03"]
    assert held_on(told, "panel_not_agreed", "2025-04-20") == []
    assert held_on(told, "panel_not_agreed", "2025-04-21") == held_on(told, "panel_reversed", "2025-04-21")
    assert told_on(told, "panel_reversed", "question", "2025-04-21") == ["placement"]
