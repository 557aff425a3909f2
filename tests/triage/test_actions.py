"""Next steps: a broken duty is put right first, and nothing stands in the way of an appeal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.terms import DECISION_TYPE
from dispute_risk.triage.actions import STEPS, Situation, choose_steps
from dispute_risk.triage.breach_index import DUTIES

NO_SCHOOL = ("no_school_named", "name_a_school")
situations = st.builds(
    Situation,
    risk=st.one_of(st.floats(0, 1), st.just(float("nan"))),
    duties=st.lists(st.sampled_from([(duty.name, duty.step) for duty in DUTIES if duty.name != "silence"]), unique=True,
                    max_size=4).map(tuple),
    windows=st.lists(st.sampled_from(list(DECISION_TYPE)), unique=True, max_size=2).map(tuple),
    section_i_only=st.booleans(), awaiting_plan=st.booleans(), advice_outstanding=st.booleans(),
    unanswered=st.booleans(), no_officer=st.booleans(),
)


def steps(situation: Situation, which: str = "likely_disputes") -> list[str]:
    choice = choose_steps(situation, which)
    return [choice.first.name, *(step.name for step in choice.others)]


def test_a_plan_without_a_school_is_given_one_before_anything_is_offered():
    assert steps(Situation(0.4, (NO_SCHOOL,), ("plan_issued",))) == ["name_a_school", "meet_family", "offer_mediation"]


def test_an_appeal_about_section_i_alone_needs_no_certificate_so_mediation_is_not_offered():
    assert "offer_mediation" not in steps(Situation(0.6, (NO_SCHOOL,), ("plan_issued",), section_i_only=True))


def test_a_refusal_is_looked_at_again():
    assert steps(Situation(0.3, (), ("refuse_to_assess",))) == ["meet_family", "review_decision", "offer_mediation"]


def test_mediation_from_its_break_even_risk_only():
    assert "offer_mediation" not in steps(Situation(0.21, (), ("plan_issued",)))
    assert "offer_mediation" in steps(Situation(0.22, (), ("plan_issued",)))


def test_advice_is_chased_while_the_plan_can_still_be_put_right():
    assert steps(Situation(0.2, awaiting_plan=True, advice_outstanding=True))[0] == "chase_advice"
    assert "chase_advice" not in steps(Situation(0.2, awaiting_plan=False, advice_outstanding=True))


def test_a_case_with_nobody_gets_an_officer_first():
    assert steps(Situation(0.2, (NO_SCHOOL,), no_officer=True))[:2] == ["allocate_officer", "name_a_school"]


def test_a_case_with_nothing_to_put_right_gets_a_call():
    assert steps(Situation(0.05)) == ["call_family"]
    assert choose_steps(Situation(0.05), "likely_disputes").second is None


def test_the_unheard_are_put_right_and_told_their_rights_and_not_mediated():
    found = steps(Situation(0.6, (NO_SCHOOL,), ("plan_issued",)), "unheard")
    assert found == ["name_a_school", "rights_and_repair"]


def test_a_case_in_dispute_goes_to_the_tribunal_officer_and_its_duty_is_still_owed():
    assert steps(Situation(duties=(NO_SCHOOL,)), "already_in_dispute") == ["answer_appeal", "name_a_school"]
    assert steps(Situation(duties=(NO_SCHOOL,)), "random_audit") == ["check_file", "name_a_school"]


@given(situation=situations, which=st.sampled_from(["likely_disputes", "unheard", "duties_outstanding"]))
def test_every_broken_duty_is_put_right_before_mediation_or_a_meeting_is_offered(situation, which):
    found = steps(situation, which)
    assert len(found) == len(set(found)) >= 1
    repairs = {step for _, step in situation.duties}
    assert repairs <= set(found)
    for offer in ("offer_mediation", "meet_family", "review_decision", "call_family"):
        if offer in found:
            assert all(found.index(repair) < found.index(offer) for repair in repairs - {"reply"})
    if situation.section_i_only or not situation.windows:
        assert "offer_mediation" not in found


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_step_says_who_by_when_and_why(name):
    step = STEPS[name]
    assert step.name == name and step.why.endswith(".") and step.source and step.owner
    assert 1 <= step.within_days <= 15
    assert not step.owner[0].isupper(), "an owner is a role, not a name"
