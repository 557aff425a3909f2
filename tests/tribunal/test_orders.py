"""Limits of regulations 44 and 45 against the table of the law."""

from __future__ import annotations

import datetime as dt

import pytest

from dispute_risk import terms
from dispute_risk.tribunal.orders import KIND_OF_GROUND, duties_after

ON = dt.date(2025, 3, 3)


@pytest.mark.parametrize(("grounds", "weeks"), [
    (["refuse_to_assess"], [2, 10, 14]),
    (["refuse_to_reassess"], [2, 10, 14]),
    (["refuse_to_issue"], [5, 11]),
    (["needs", "provision"], [5]),
    (["refuse_to_amend"], [5]),
    (["placement"], [2]),
    (["no_placement"], [2]),
    (["provision", "placement"], [5]),
    (["cease_to_maintain"], [0]),
])
@pytest.mark.parametrize("conceded", [True, False])
def test_limits(grounds: list[str], weeks: list[int], conceded: bool) -> None:
    duties = duties_after(grounds, ON, conceded)
    assert [(duty.due_on - ON).days / 7 for duty in duties] == weeks
    assert all(("reg 45" in duty.source) is conceded for duty in duties)
    if conceded:
        assert all("2015/359" in duty.source for duty in duties)


def test_every_ground_has_its_duties() -> None:
    assert set(KIND_OF_GROUND) == set(terms.GROUND)
