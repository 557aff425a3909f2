"""Personal data is told apart by heading and by value; pseudonyms, codes and place names are not taken for it."""

from __future__ import annotations

import pandas as pd
import pytest

from dispute_risk.records.personal_data import NOT_SHOWN, masked, personal_heading, personal_values
from dispute_risk.records.tables import TABLES, recorded_column


@pytest.mark.parametrize("heading", ["UPN", "Pupil UPN", "pupil_upn", "Forename", "ChildSurname", "full name", "Name",
                                     "Parent Name", "Post Code", "homePostcode", "E-Mail", "parent_email", "Phone No",
                                     "Mobile", "NHS Number", "NHSNo", "Address Line 1", "Notes", "Case comments",
                                     "free_text", "ULN"])
def test_headings_of_personal_data(heading: str) -> None:
    assert personal_heading(heading)


@pytest.mark.parametrize("heading", ["School Name", "setting_name", "area", "Panel Date", "template", "mailing_on",
                                     "decision", "phase", "lastreview"])
def test_headings_that_are_none(heading: str) -> None:
    assert personal_heading(heading) == ""


def test_no_declared_heading_is_taken_for_personal_data() -> None:
    for declared in TABLES:
        for column in declared:
            assert personal_heading(column.name) == "", column.name
            assert personal_heading(recorded_column(column.name)) == ""


@pytest.mark.parametrize(("values", "kind"), [
    (["a.b@example.org"], "e-mail addresses"), (["12 High Street, NM1 2AB"], "postcodes or addresses"),
    (["07700 900123", "01632 960123"], "telephone numbers"), (["943 476 5919"], "NHS numbers"),
    (["Spoke to mother, who is not happy with the school at all"], "free text"),
    (["AB 12 34 56 C"], "National Insurance numbers"),
])
def test_values_of_personal_data(values: list[str], kind: str) -> None:
    assert personal_values(pd.Series(values), 0.5) == kind


@pytest.mark.parametrize("values", [["A123456", "C0000000"], ["2024-01-01"], ["0000012345", "0000012346"],
                                    ["North East", "South & Valley"], ["1", "0", ""], [""], [],
                                    [f"{number:010d}" for number in range(4_000_000_000, 4_000_000_400)]])
def test_values_that_are_none(values: list[str]) -> None:
    assert personal_values(pd.Series(values, dtype="str"), 0.5) == ""


def test_names_of_people_are_looked_for_only_where_asked() -> None:
    values = pd.Series(["Jane Smith", "Dr Ann O'Neill", "OF12"])
    assert personal_values(values, 0.5, names=True) == "names of people"
    assert personal_values(values, 0.5) == ""


def test_what_looks_like_personal_data_is_not_repeated() -> None:
    assert masked(["31/02/2025", "x@example.org", "Special School", "y" * 200]) == [
        "31/02/2025", NOT_SHOWN, "Special School", NOT_SHOWN]
