"""Reading a casebook: every fault is found, named and survived, and no row is lost."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispute_risk.errors import UnreadableFile, UnusableRecords
from dispute_risk.records.read import CasebookRead, inspect_casebook, read_casebook

CASES = """case_id,area,opened_on,opened_recorded_on,closed_on,sex,primary_need,looked_after,deprivation_decile
A1,NE,2023-01-09,2023-01-11,,F,ASD,0,3
A2,NE,2023-02-01,2023-02-01,2024-05-01,M,SEMH,1,10
A3,SW,2023-03-01,2023-03-04,,M,,,
"""
APPEALS = """case_id,appeal_id,registered_on,registered_recorded_on,grounds,outcome,outcome_on,hearing_on
A2,P1,2024-01-10,2024-01-12,needs; provision,conceded,2024-04-01,2024-06-01
"""


def folder(place: Path, **files: str | bytes) -> Path:
    """A casebook of two good tables, with the files given put in their place (None takes one away)."""
    for name, content in {"cases.csv": CASES, "appeals.csv": APPEALS,
                          **{name.replace("_csv", ".csv").replace("_toml", ".toml").replace("_parquet", ".parquet"):
                             content for name, content in files.items()}}.items():
        if content is not None:
            (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def found(read: CasebookRead, **where: object) -> pd.DataFrame:
    problems = read.problems
    for column, value in where.items():
        problems = problems[problems[column] == value]
    return problems


def nothing_lost(read: CasebookRead) -> None:
    counts = read.counts
    assert (counts["rows_in"] == counts["rows_used"] + counts["rows_set_aside"]).all()
    for name in counts.index:
        assert len(read.set_aside.get(name, ())) == counts.loc[name, "rows_set_aside"]
        if read.usable is not None and name in read.usable:
            assert len(read.usable.tables[name]) == counts.loc[name, "rows_used"]


def test_a_good_casebook_is_read_in_its_own_types(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path))
    cases, appeals = read.casebook.tables["cases"], read.casebook.tables["appeals"]
    assert read.clean
    assert cases["opened_on"].dtype == "datetime64[s]"
    assert cases["opened_recorded_on"].dtype == "datetime64[s]"
    assert list(cases["primary_need"].cat.categories)[:2] == ["SPLD", "MLD"]
    assert cases["primary_need"].isna().tolist() == [False, False, True]
    assert cases["looked_after"].dtype == np.float32
    assert cases["looked_after"].tolist()[:2] == [0, 1]
    assert np.isnan(cases["looked_after"].iloc[2])
    assert appeals["grounds"].tolist() == ["needs;provision"]
    assert read.casebook.recorded_to.isoformat() == "2024-05-01"  # the hearing in June is planned, not a fact
    assert len(read.casebook.fingerprint) == 64
    nothing_lost(read)


def test_casebook_toml_says_whose_records_they_are(tmp_path: Path) -> None:
    toml = '\ufeffauthority = "Kelbrook"\nsynthetic = true\nrecorded_to = 2024-12-31\nowner = "x"\n'
    read = read_casebook(folder(tmp_path, casebook_toml=toml))
    assert (read.casebook.name, read.casebook.synthetic) == ("Kelbrook", True)
    assert read.casebook.recorded_to.isoformat() == "2024-12-31"
    assert "owner" in found(read, file="casebook.toml")["message"].iloc[0]


@pytest.mark.parametrize("toml", ['synthetic = "maybe"', "recorded_to = 12", "authority = ", "\xff"])
def test_a_wrong_casebook_toml_stops(tmp_path: Path, toml: str) -> None:
    with pytest.raises(UnreadableFile, match=r"casebook\.toml"):
        read_casebook(folder(tmp_path, casebook_toml=toml.encode("latin-1")))


def test_the_message_says_where_which_value_and_what_to_do(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path, cases_csv=CASES.replace("2023-02-01,2023-02-01", "31/02/2025,2023-02-01")))
    assert found(read, severity="cell blanked")["message"].tolist() == [
        "cases.csv row 3, opened_on: '31/02/2025' is not a date. Write YYYY-MM-DD."]
    assert read.casebook.tables["cases"]["opened_on"].isna().tolist() == [False, True, False]


CELLS = {
    "opened_on": [("2023-02-30", "is not a day of the calendar"), ("1900-01-01", "lies before 1990-01-01"),
                  ("2031-01-01", "lies after 2024-12-31, and the records end on 2024-12-30"),
                  ("yesterday", "is not a date")],
    "closed_on": [("2022-01-01", "lies before opened_on of the same row")],
    "sex": [("m", "is not a code of the list 'sex'")],
    "primary_need": [("ASC", "is not a code of the list 'primary need'")],
    "looked_after": [("Yes", "is neither 0 nor 1")],
    "deprivation_decile": [("11", "is outside the range"), ("three", "is not a number"), ("inf", "is not a number")],
}


@pytest.mark.parametrize(("column", "value", "problem"),
                         [(column, *pair) for column, pairs in CELLS.items() for pair in pairs])
def test_a_cell_that_is_not_allowed_counts_as_not_recorded(tmp_path: Path, column: str, value: str,
                                                           problem: str) -> None:
    cases = pd.read_csv(io.StringIO(CASES), dtype=str, keep_default_na=False)
    cases.loc[1, column] = value
    read = read_casebook(folder(tmp_path, cases_csv=cases.to_csv(index=False),
                                casebook_toml="recorded_to = 2024-12-30"))
    blanked = found(read, severity="cell blanked", column=column)
    assert blanked[["row", "value"]].to_numpy().tolist() == [[3, value]]
    assert blanked["problem"].iloc[0].startswith(problem)
    assert pd.isna(read.casebook.tables["cases"].loc[1, column])
    assert read.counts.loc["cases", "cells_blanked"] == 1
    nothing_lost(read)


def test_a_near_miss_of_a_code_is_suggested(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path, appeals_csv=APPEALS.replace("conceded", "Conceeded")))
    assert found(read, column="outcome")["what_to_do"].iloc[0].startswith("Perhaps conceded. Allowed: conceded,")


def test_of_several_codes_only_the_unknown_one_is_left_out(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path, appeals_csv=APPEALS.replace("needs; provision", "needs;section X;needs")))
    assert read.casebook.tables["appeals"]["grounds"].tolist() == ["needs"]
    assert "section X" in found(read, column="grounds")["message"].iloc[0]


def test_rows_that_cannot_be_used_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    contacts = ("case_id,contact_id,happened_on,direction,channel\n"
                "A1,C1,2024-01-01,in,email\n"
                "A1,C1,2024-01-01,in,email\n"       # row 3: repeated
                "A1,C1,2024-01-02,in,email\n"       # row 4: same number, other content
                "A9,C2,2024-01-01,in,email\n"       # row 5: no such case
                ",C3,2024-01-01,in,email\n"         # row 6: case blank
                "A1,C4,32/01/2024,in,email\n"       # row 7: no date
                ",,,,\n"                            # row 8: blank
                "A1,C5,2024-01-05,in\n"             # row 9: a cell short
                "A1,C6,2024-01-06,in,email,more\n"  # row 10: a cell too many
                "A1,C7,2024-01-07,in,pigeon\n")     # row 11: used, channel blank
    read = read_casebook(folder(tmp_path, contacts_csv=contacts))
    aside = read.set_aside["contacts"].set_index("row")["reason"].to_dict()
    assert list(aside) == [3, 4, 5, 6, 7, 9, 10]
    assert aside[3] == "repeated row"
    assert "with other content" in aside[4]
    assert aside[5].startswith("case_id is not among the rows used of cases")
    assert aside[6].startswith("case_id is blank")
    assert aside[7] == "happened_on is not a date"
    assert "5 cells" in aside[9]
    assert aside[10] == aside[9]
    assert read.casebook.tables["contacts"]["contact_id"].tolist() == ["C1", "C7"]
    assert read.counts.loc["contacts"].tolist() == [9, 2, 7, 1]
    assert not read.clean
    nothing_lost(read)


def test_rows_of_a_case_set_aside_are_set_aside_as_well(tmp_path: Path) -> None:
    read = inspect_casebook(folder(tmp_path, cases_csv=CASES.replace("A2,NE", "A2,")))
    assert read.set_aside["cases"]["row"].tolist() == [3]
    assert read.set_aside["appeals"]["row"].tolist() == [2]
    with pytest.raises(UnusableRecords, match="none of them usable"):
        _ = read.casebook
    nothing_lost(read)


def test_an_assessment_of_an_unknown_request_is_used_and_noted(tmp_path: Path) -> None:
    read = read_casebook(folder(
        tmp_path, requests_csv="case_id,request_id,received_on\nA1,R1,2023-02-01\n",
        assessments_csv="case_id,request_id,outcome,outcome_sent_on\nA1,R9,refuse,2023-05-01\n"))
    assert len(read.casebook.tables["assessments"]) == 1
    assert found(read, table="assessments", column="request_id")["severity"].tolist() == ["note"]


def test_a_required_table_that_is_missing_or_empty_stops(tmp_path: Path) -> None:
    read = inspect_casebook(folder(tmp_path, appeals_csv=APPEALS.splitlines()[0] + "\n",
                                   cases_csv=CASES.replace("area", "team")))
    stops = found(read, severity="stops")["message"].tolist()
    assert not any("appeals" in line for line in stops)
    notes = found(read, severity="note")["message"].tolist()
    assert any(line.startswith("appeals.csv: has headings but no rows") for line in notes)
    assert any(line.startswith("cases.csv, area: is missing") for line in stops)
    with pytest.raises(UnusableRecords) as caught:
        _ = read.casebook
    assert caught.value.exit_code == 4
    assert len(caught.value.problems) == len(stops)
    (tmp_path / "appeals.csv").unlink()
    with pytest.raises(UnusableRecords, match="appeals: is missing"):
        read_casebook(tmp_path)


def test_an_optional_table_without_a_required_column_is_set_aside_whole(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path, panels_csv="case_id,question\nA1,assess\nA2,issue\n"))
    assert "panels" not in read.casebook
    assert read.set_aside["panels"]["reason"].tolist() == ["no column panel_on"] * 2
    nothing_lost(read)


def test_what_was_recorded_before_it_happened_is_only_noted(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path, cases_csv=CASES.replace("2023-01-11", "2023-01-02")))
    assert found(read, column="opened_recorded_on")["severity"].tolist() == ["note"]
    assert read.casebook.tables["cases"]["opened_recorded_on"].iloc[0] == pd.Timestamp("2023-01-02")
    assert read.clean


UNREADABLE = {
    "empty": (b"", "is empty"),
    "only spaces": (b"  \r\n", "is empty"),
    "a workbook": (b"PK\x03\x04abc", "Excel workbook or a ZIP"),
    "parquet": (b"PAR1abc", "a Parquet file"),
    "binary": (b"case_id,contact_id\0\1\2", "is not text"),
    "utf-16": (CASES.encode("utf-16"), "UTF-16"),
    "semicolons": (b"case_id;contact_id;happened_on\nA1;C1;2024-01-01\n", "divided by ';'"),
    "tabs": (b"case_id\tcontact_id\nA1\tC1\n", "divided by tabs"),
    "headings twice": (b"case_id,contact_id,happened_on,Case_ID\nA1,C1,2024-01-01,A2\n", "headings twice: case_id"),
    "a quotation mark never closed": (b'case_id,contact_id,happened_on\nA1,"C1,2024-01-01\nA2,C2,2024-01-02\n',
                                      "cannot be split into cells"),
    "blank first row": (b"\nA1,C1\n", "no headings"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    content, problem = UNREADABLE[name]
    with pytest.raises(UnreadableFile) as caught:
        read_casebook(folder(tmp_path, contacts_csv=content))
    assert problem in str(caught.value)
    assert "contacts.csv" in str(caught.value)
    assert caught.value.exit_code == 3


def test_every_unreadable_file_is_named_at_once(tmp_path: Path) -> None:
    folder(tmp_path, contacts_csv=b"", plans_parquet=b"PAR1 not whole")
    (tmp_path / "panels.csv").mkdir()
    (tmp_path / "cases.parquet").write_bytes(b"")
    with pytest.raises(UnreadableFile) as caught:
        read_casebook(tmp_path)
    assert len(caught.value.problems) == 4
    assert "cases.csv and cases.parquet: are two files for one table" in str(caught.value)
    assert "panels.csv: is a folder" in str(caught.value)


def test_a_parquet_file_cut_short_is_named(tmp_path: Path) -> None:
    place = folder(tmp_path)
    pd.read_csv(place / "cases.csv").to_parquet(place / "cases.parquet")
    (place / "cases.csv").unlink()
    content = (place / "cases.parquet").read_bytes()
    assert len(read_casebook(place).casebook.tables["cases"]) == 3
    (place / "cases.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFile, match="not a whole Parquet file"):
        read_casebook(place)


@pytest.mark.parametrize("place", ["nowhere", "notes.txt"])
def test_a_place_that_is_no_casebook_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UnreadableFile):
        inspect_casebook(tmp_path / place)


def test_windows_text_and_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    read = read_casebook(folder(tmp_path, cases_csv=CASES.replace("SW", "Süd").encode("cp1252"),
                                appeals_csv=b"\xef\xbb\xbf" + APPEALS.encode()))
    assert read.casebook.tables["cases"]["area"].tolist() == ["NE", "NE", "Süd"]
    assert "cp1252" in found(read, file="cases.csv")["problem"].iloc[0]


def test_headings_and_file_names_may_be_in_capitals_and_spaced(tmp_path: Path) -> None:
    folder(tmp_path, cases_csv=CASES.replace("case_id,area", " Case_ID , AREA").replace("A1,NE", " A1 ,NE "))
    (tmp_path / "appeals.csv").rename(tmp_path / "Appeals.CSV")
    read = read_casebook(tmp_path)
    assert read.casebook.tables["cases"]["case_id"].iloc[0] == "A1"
    assert read.casebook.tables["cases"]["area"].iloc[0] == "NE"


def test_a_slip_far_in_the_future_does_not_move_the_end_of_the_records(tmp_path: Path) -> None:
    days = pd.date_range("2023-01-01", periods=2000, freq="12h").strftime("%Y-%m-%d").tolist()
    rows = [f"A1,C{place},{day}" for place, day in enumerate([*days, "2052-01-01"])]
    read = read_casebook(folder(tmp_path, contacts_csv="case_id,contact_id,happened_on\n" + "\n".join(rows)))
    assert read.casebook.recorded_to.isoformat() == days[-1]
    assert read.set_aside["contacts"]["row"].tolist() == [2002]


def test_personal_data_is_refused_and_never_copied(tmp_path: Path) -> None:
    cases = pd.read_csv(io.StringIO(CASES), dtype=str, keep_default_na=False)
    cases["UPN"] = "Q123"
    cases["Pupil Surname"] = "Smithson"
    cases["extra"] = ["a.smithson@example.org", "", ""]
    cases["colour"] = "green"
    cases.loc[2, ["area", "sex"]] = ["", "parent@example.org"]
    read = read_casebook(folder(tmp_path, cases_csv=cases.to_csv(index=False)))
    refused = found(read, severity="refused column")["column"].tolist()
    assert refused == ["UPN", "Pupil Surname", "extra"]
    assert found(read, severity="unknown column")["column"].tolist() == ["colour"]
    everything = read.problems.to_csv() + read.set_aside["cases"].to_csv() + read.casebook.tables["cases"].to_csv()
    for secret in ("Q123", "Smithson", "example.org", "green"):
        assert secret not in everything.replace("Pupil Surname", "")


def test_a_pupil_number_in_place_of_a_pseudonym_stops(tmp_path: Path) -> None:
    cases, appeals = CASES, APPEALS
    for name, upn in {"A1": "A823432432012", "A2": "H801200001001", "A3": "B987654321002"}.items():
        cases, appeals = cases.replace(f"{name},", f"{upn},"), appeals.replace(f"{name},", f"{upn},")
    from dispute_risk.records.personal_data import _upn

    right = {wrong: next(letter + wrong[1:] for letter in "ABCDEFGHJKLMNPQRTUVWXYZ" if _upn(letter + wrong[1:]))
             for wrong in ("A823432432012", "H801200001001", "B987654321002")}
    for wrong, upn in right.items():
        cases, appeals = cases.replace(wrong, upn), appeals.replace(wrong, upn)
    with pytest.raises(UnusableRecords, match="looks like pupil numbers"):
        read_casebook(folder(tmp_path, cases_csv=cases, appeals_csv=appeals))


def workbook(place: Path, tables: dict[str, list[list[object]]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(place)
    return place


def test_a_workbook_is_read_with_real_dates_and_numbers(tmp_path: Path) -> None:
    import datetime as dt

    january, june = pd.Timestamp("2023-01-09").to_pydatetime(), pd.Timestamp("2024-06-01").to_pydatetime()
    read = read_casebook(workbook(tmp_path / "book.xlsx", {
        "CASES": [["case_id", "area", "opened_on", "looked_after"], [101, "NE", january, 1],
                  [102, "NE", dt.date(2023, 1, 9), None], [None] * 4, [103, "NE", "09/01/2023", True]],
        "Appeals": [["case_id", "appeal_id", "registered_on"], ["101", "P1", "2024-01-10"]],
        "Notes": [["anything"]],
        "casebook": [["key", "value"], ["synthetic", "true"], ["recorded_to", june]],
    }))
    cases = read.casebook.tables["cases"]
    assert cases["case_id"].tolist() == ["101", "102", "103"]
    assert cases["opened_on"].notna().tolist() == [True, True, False]
    assert cases["looked_after"].tolist()[::2] == [1, 1]
    assert read.casebook.synthetic
    assert found(read, severity="cell blanked")["message"].iloc[0].startswith("book.xlsx sheet CASES row 5, opened_on")
    assert "Notes" in found(read, severity="note")["file"].to_string()


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def test_workbooks_that_are_none_are_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", {"cases": [["case_id"]]}).read_bytes()
    bad = {"is empty": b"", "not an Excel workbook": b"case_id,area\n", "cut short": good[: len(good) // 2],
           "no Excel workbook": zipped(a=b"x"),
           "would unpack to": zipped(xl__workbook=b"\0" * 120_000_000),
           "cannot be opened": zipped(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"<x"})}
    for problem, content in bad.items():
        (tmp_path / "bad.xlsx").write_bytes(content)
        with pytest.raises(UnreadableFile, match=problem):
            read_casebook(tmp_path / "bad.xlsx")


CELL = st.sampled_from(["", "A1", "A2", "A9", "C1", "C2", "2024-01-01", "2024-02-30", "1900-01-01", "in", "x,y", 'q"',
                        "a\nb", "=1+1", " ", "1", "parent@example.org"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=12))
def test_whatever_the_cells_hold_no_row_is_lost(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    contacts = pd.DataFrame(rows, columns=["case_id", "contact_id", "happened_on", "direction"])
    read = inspect_casebook(folder(tmp_path, contacts_csv=contacts.to_csv(index=False)))
    nothing_lost(read)
    blank = contacts.apply(lambda cells: cells.str.strip()).eq("").all(axis=1).sum()
    assert read.counts.loc["contacts", "rows_in"] == len(contacts) - blank
    used = read.casebook.tables.get("contacts")
    if used is not None:
        assert used["case_id"].isin(["A1", "A2"]).all()
        assert used["happened_on"].notna().all()
        assert used["contact_id"].is_unique


def test_the_shared_example_passes_as_it_is() -> None:
    shared = Path(os.environ.get("DISPUTE_RISK_SHARED", Path(__file__).parents[3] / "shared"))
    if not shared.is_dir():
        pytest.skip("no shared/ folder beside the checkout: the large example casebook was not read")
    start = time.perf_counter()
    read = read_casebook(shared / "casebooks" / "northmoor")
    assert read.clean
    assert read.counts.loc["contacts", "rows_used"] == 173_407
    assert not read.problems["severity"].isin(["refused column", "unknown column"]).any()
    assert time.perf_counter() - start < 30  # about two seconds on a free machine
