"""Appeals, mediation, and from when to when a case is already in dispute."""

from casebooks import held_on, one_case, told_on

from dispute_risk.timeline.history import History


def history(**tables) -> History:
    return History.of(one_case(**tables))


APPEAL = {"lodged_on": "2025-03-03", "registered_on": "2025-03-24", "registered_recorded_on": "2025-03-28",
          "response_due_on": "2025-05-09", "hearing_on": "2025-11-17"}


def test_an_appeal_counts_as_registered_from_the_day_that_was_recorded():
    told = history(appeals=[APPEAL])
    assert held_on(told, "appeal", "2025-03-27") == []
    assert held_on(told, "appeal", "2025-03-28") == ["2025-03-24"]
    assert told_on(told, "appeal_open", "hearing_on", "2025-03-28") == ["2025-11-17"]
    assert told_on(told, "appeal_open", "response_due_on", "2025-03-28") == ["2025-05-09"]


def test_the_case_is_in_dispute_from_the_lodging_to_the_end():
    told = history(appeals=[{**APPEAL, "outcome": "conceded", "outcome_on": "2025-06-02",
                             "outcome_recorded_on": "2025-06-05"}])
    assert held_on(told, "in_dispute", "2025-03-02") == []
    assert held_on(told, "in_dispute", "2025-03-03") == ["2025-03-03"]
    assert held_on(told, "in_dispute", "2025-06-04") == ["2025-03-03"]
    assert held_on(told, "in_dispute", "2025-06-05") == []
    assert held_on(told, "appeal_open", "2025-06-05") == []
    assert held_on(told, "appeal_closed", "2025-06-04") == []
    assert held_on(told, "appeal_closed", "2025-06-05") == ["2025-06-02"]


def test_where_the_lodging_is_not_recorded_the_registration_stands_for_it():
    told = history(appeals=[{"registered_on": "2025-03-24"}])
    assert held_on(told, "in_dispute", "2025-03-23") == []
    assert told_on(told, "in_dispute", "appeal", "2025-03-24") == ["appeal lodged"]


def test_a_certificate_puts_the_case_in_dispute_for_its_month_and_the_registration():
    # certificate 20 February: a month to 20 March, then 28 days for the registration to reach us, to 17 April
    told = history(mediations=[{"decision_type": "plan_issued", "certificate_on": "2025-02-20"}])
    assert held_on(told, "in_dispute", "2025-02-19") == []
    assert held_on(told, "in_dispute", "2025-04-17") == ["2025-02-20"]
    assert held_on(told, "in_dispute", "2025-04-18") == []


def test_contact_with_the_adviser_puts_the_case_in_dispute_for_two_months_and_the_registration():
    # 6 January: two months to 6 March, 28 days to 3 April
    told = history(mediations=[{"decision_type": "plan_issued", "requested_on": "2025-01-06",
                                "requested_recorded_on": "2025-01-13"}])
    assert held_on(told, "in_dispute", "2025-01-12") == []
    assert held_on(told, "in_dispute", "2025-01-13") == ["2025-01-06"]
    assert held_on(told, "in_dispute", "2025-04-03") == ["2025-01-06"]
    assert held_on(told, "in_dispute", "2025-04-04") == []


def test_an_offer_of_our_own_is_not_a_dispute():
    told = history(mediations=[{"decision_type": "plan_issued", "offered_on": "2025-01-06", "pilot": 1}])
    assert held_on(told, "in_dispute", "2025-01-07") == []
    assert held_on(told, "pilot_offer", "2025-01-06") == ["2025-01-06"]


def test_a_mediation_held():
    told = history(mediations=[{"decision_type": "plan_issued", "held_on": "2025-02-03",
                                "held_recorded_on": "2025-02-10"}])
    assert held_on(told, "mediation_held", "2025-02-09") == []
    assert held_on(told, "mediation_held", "2025-02-10") == ["2025-02-03"]
