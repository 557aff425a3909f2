"""First steps towards an appeal: which notice they answer, what counts once, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from dispute_risk.model.first_steps import AFTER_NOTICE, SAME_DISPUTE_DAYS
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.history import History
from tests.casebooks import one_case

PLAN = [{"plan_id": "P1", "kind": "final", "issued_on": "2025-01-06"}]
REFUSAL = [{"request_id": "R1", "kind": "assessment", "received_on": "2024-11-04", "decision": "refuse",
            "decision_sent_on": "2025-01-06"}]


def steps(name: str, **tables):
    book = one_case(**tables)
    found = AFTER_NOTICE[name](book, History.of(book))
    return found, [int(day) for day, kind in zip(found.days, found.kind, strict=True) if kind >= 0]


def test_an_approach_answers_the_notice_before_it():
    asked = [{"decision_type": "plan_issued", "requested_on": "2025-01-27"}]
    found, days = steps("disputes_about_plans", plans=PLAN, mediations=asked)
    assert days == [day_number("2025-01-27")]
    assert found.kind.tolist() == [1]  # a first plan, 14 to 35 days old
    _, about_refusals = steps("disputes_about_refusals", plans=PLAN, mediations=asked)
    assert about_refusals == []


def test_a_refusal_is_no_plan():
    asked = [{"decision_type": "refuse_to_assess", "requested_on": "2025-01-10"}]
    assert steps("disputes_about_refusals", requests=REFUSAL, mediations=asked)[1] == [day_number("2025-01-10")]
    assert steps("disputes_about_plans", requests=REFUSAL, mediations=asked)[1] == []


@pytest.mark.parametrize(("sent", "steps_taken"), [("2025-02-10", 1), (None, 1)])
def test_approach_and_appeal_are_one_dispute(sent, steps_taken):
    asked = [{"decision_type": "plan_issued", "requested_on": "2025-01-27"}]
    appeals = [{"appeal_id": "A1", "registered_on": "2025-02-24", "lodged_on": sent, "grounds": "placement"}]
    assert len(steps("disputes_about_plans", plans=PLAN, mediations=asked, appeals=appeals)[1]) == steps_taken


def test_an_appeal_sent_without_a_certificate_is_a_first_step():
    appeals = [{"appeal_id": "A1", "registered_on": "2025-02-24", "lodged_on": "2025-02-10", "grounds": "placement"}]
    assert steps("disputes_about_plans", plans=PLAN, appeals=appeals)[1] == [day_number("2025-02-10")]
    assert SAME_DISPUTE_DAYS > 150  # a notice, mediation, a certificate and the sending of the appeal fit in


def test_offers_of_the_authority_are_left_out_and_a_certificate_alone_counts():
    offered = [{"decision_type": "plan_issued", "offered_on": "2025-01-20", "requested_on": "2025-01-27", "pilot": 1}]
    assert steps("disputes_about_plans", plans=PLAN, mediations=offered)[1] == []
    certified = [{"decision_type": "plan_issued", "certificate_on": "2025-02-03"}]
    assert steps("disputes_about_plans", plans=PLAN, mediations=certified)[1] == [day_number("2025-02-03")]


def test_notices_are_counted_by_age():
    found, _ = steps("disputes_about_plans", plans=PLAN)
    known = int(found.given[0])
    counts = found.notices(np.array([known - 1, known, known + 13, known + 14, known + 99, known + 100]))
    assert counts.sum(axis=0).tolist() == [0, 1, 1, 1, 1, 0]
    assert counts[0].tolist() == [0, 1, 1, 0, 0, 0] and counts[1].tolist() == [0, 0, 0, 1, 0, 0]
    assert found.kinds == len(counts)


def test_an_appeal_long_after_any_notice_fits_none():
    appeals = [{"appeal_id": "A1", "registered_on": "2025-12-01", "grounds": "provision"}]
    assert steps("appeals_of_notices", plans=PLAN, appeals=appeals)[1] == []
