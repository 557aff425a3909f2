"""Facts of the records behind a model: days of recording, completeness by area, delays of appeals."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from dispute_risk.model.data_facts import data_facts
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import recorded_column


def days(*text):
    return pd.to_datetime(list(text)).astype("datetime64[s]")


@pytest.fixture
def book() -> Casebook:
    cases = pd.DataFrame({"case_id": ["A", "B", "C"], "area": ["NE", "NE", "SW"], "opened_on": days("2024-01-01",
                "2024-01-01", None),
                          "sex": ["M", None, None]})
    appeals = pd.DataFrame({"case_id": ["A", "C"], "appeal_id": ["1", "2"], "registered_on": days("2024-06-11", "2024-07-01"),
                            "lodged_on": days("2024-06-01", None),
                            recorded_column("registered_on"): days("2024-06-14", None)})
    return Casebook({"cases": cases, "appeals": appeals}, dt.date(2024, 12, 31), "Test", False, "f" * 64)


def test_the_share_of_dates_with_their_day_of_recording(book):
    found = data_facts(book, "f" * 64)
    told = found.tables.set_index("table")
    assert told.loc["appeals", "recorded_share"] == pytest.approx(1 / 3)  # of two registrations and one lodging
    assert told.loc["appeals", "most_days"] == 3 and told.loc["cases", "recorded_share"] == 0
    assert found.same_records and not data_facts(book, "0" * 64).same_records
    assert 0 < found.measures()["recorded_on_share"] < 1 / 3


def test_rows_and_blanks_are_told_by_area(book):
    found = data_facts(book, "")
    assert found.areas.set_index("area")["appeals"].to_dict() == {"NE": 0.5, "SW": 1.0}
    lodged = found.filled.set_index("column").loc["appeals.lodged_on"]
    assert lodged["NE"] == 1 and lodged["SW"] == 0
    assert found.audit.set_index("column").loc["sex", "filled"] == pytest.approx(1 / 3)


def test_the_delay_of_an_appeal(book):
    found = data_facts(book, "").delay.set_index("what")
    assert found.loc["from lodging to registration", "half"] == 10
    assert found.loc["from registration to its record here", "appeals"] == 1
