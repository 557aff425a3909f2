"""Whose appeals are conceded: counted by hand, nobody called in order on few appeals, nothing known later used."""

from __future__ import annotations

import datetime as dt

import pytest
from casebooks import casebook
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.tribunal.concessions import FEWEST, _share, concessions

AS_OF = dt.date(2025, 12, 31)


def authority(poor_conceded: int, rich_conceded: int, each: int = 40):
    """Appeals of the poorest and the least poor fifth; a solicitor wrote in every fourth case of either."""
    cases, appeals, contacts = [], [], []
    for group, decile, given_up in (("P", 1, poor_conceded), ("R", 10, rich_conceded)):
        for number in range(each):
            case = f"{group}{number}"
            cases.append({"case_id": case, "area": "N", "opened_on": "2020-01-01", "deprivation_decile": decile})
            appeals.append({"case_id": case, "appeal_id": f"A{case}", "registered_on": "2025-01-06", "outcome_on": "2025-05-12",
                            "outcome": "conceded" if number < given_up else "upheld_part"})
            if number % 4 == 0:
                contacts.append({"case_id": case, "contact_id": f"C{case}", "happened_on": "2024-12-02", "direction": "in",
                                 "channel": "letter", "party": "solicitor"})
    return casebook(cases=cases, appeals=appeals, contacts=contacts)


def of(found, grouping: str, period: str = "all") -> dict[str, tuple[int, int]]:
    rows = found.table[(found.table["grouping"] == grouping) & (found.table["period"] == period)]
    return {row.group: (row.conceded, row.closed) for row in rows.itertuples()}


def test_shares_are_counted_by_group_and_quarter():
    found = concessions(authority(4, 20), AS_OF)
    assert of(found, "quintile") == {"1": (4, 40), "5": (20, 40)} == of(found, "quintile", "2025 Q2")
    assert of(found, "represented") == {"no": (18, 60), "yes": (6, 20)}
    assert "The intervals stand apart: read files of both ends" in found.summary()
    assert "asks for a reading of files" in found.summary()


def test_where_there_is_no_difference_none_is_said_and_none_is_ruled_out():
    said = concessions(authority(10, 11), AS_OF).summary()
    assert "stand apart" not in said and "cannot rule one out" in said and "passed" not in said


def test_few_appeals_cannot_be_assessed():
    found = concessions(authority(1, 5, each=FEWEST - 1), AS_OF)
    assert not found.table.query("grouping == 'quintile'")["assessed"].any()
    assert "too few to assess" in found.summary() and "Cannot be assessed" in found.summary()


def test_only_what_was_known_counts_and_what_is_not_recorded_says_so():
    book = authority(4, 20)
    assert concessions(book, dt.date(2025, 5, 11)).table.empty
    bare = book.with_tables({"cases": book.tables["cases"].drop(columns="deprivation_decile"), "appeals": book.tables["appeals"]})
    found = concessions(bare, AS_OF)
    assert of(found, "quintile") == {"not recorded": (24, 80)} == of(found, "represented")


@given(closed=st.integers(1, 500), share=st.floats(0, 1))
def test_the_interval_holds_the_share_and_stays_between_nought_and_one(closed, share):
    conceded = round(share * closed)
    found = _share(conceded, closed)
    assert -1e-12 <= found["low"] <= found["share"] + 1e-12 and found["share"] <= found["high"] + 1e-12 <= 1 + 2e-12
    assert found["low"] == pytest.approx(1 - _share(closed - conceded, closed)["high"])
