"""Writing: what is written reads back the same, and nothing is ever half written."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.errors import OutputNotWritten
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.clean import cleaned
from dispute_risk.records.read import read_casebook
from dispute_risk.records.tables import Column, table
from dispute_risk.records.write import as_read, safe_text, write_casebook, write_csv, written_beside


def example() -> Casebook:
    texts = {
        "cases": {"case_id": ["A1", "=A2", "-3"], "area": ["NE", "Süd", "'+x"], "opened_on": ["2023-01-09", "", ""],
                  "opened_recorded_on": ["2023-01-10", "", ""], "birth_date": ["2015-01-01", "", "2016-02-29"],
                  "sex": ["F", "", "M"], "deprivation_decile": ["10", "", "1"], "looked_after": ["1", "0", ""]},
        "panels": {"case_id": [], "panel_on": [], "question": []},
        "appeals": {"case_id": ["A1"], "appeal_id": ["P1"], "registered_on": ["2024-01-10"],
                    "grounds": ["needs;provision"], "hearing_on": ["2024-09-01"], "extended": [""]},
    }
    tables = {}
    for name, columns in texts.items():
        declared = table(name)
        tables[name] = pd.DataFrame({
            heading: cleaned(declared.column(heading) if heading in declared else Column(heading, "", "date"),
                             pd.Series(cells, dtype="str"))[0] for heading, cells in columns.items()})
    return Casebook(tables, dt.date(2024, 6, 30), 'North "moor"', True)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_casebook_reads_back_as_it_was_written(tmp_path: Path, kind: str) -> None:
    book = example()
    place = write_casebook(book, tmp_path / ("book.xlsx" if kind == "xlsx" else "book"), kind)
    read = read_casebook(place)
    assert not read.problems["severity"].isin(["stops", "row set aside", "cell blanked"]).any()
    back = read.casebook
    assert (back.name, back.synthetic, back.recorded_to) == (book.name, True, book.recorded_to)
    assert list(back.tables) == list(book.tables)
    for name, rows in book.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], rows)


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    write_casebook(example(), tmp_path / "book.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["cases"]
    assert sheet["A3"].value == "=A2"
    assert sheet["A3"].data_type == "s"


def test_no_cell_of_a_csv_opens_as_a_formula(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"=x": ["=1+1", "+4", "@a", "-b", "plain", None], "n": [1.0, None, 2, 3, 4, 5]}),
              tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text().splitlines() == [
        "'=x,n", "'=1+1,1", "'+4,", "'@a,2", "'-b,3", "plain,4", ",5"]


@given(st.text(alphabet="'=+-@\t\rab ", max_size=6))
def test_safe_text_is_safe_and_reads_back(text: str) -> None:
    assert as_read(safe_text(text)) == text
    assert not safe_text(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("folder", [False, True])
def test_nothing_is_left_when_writing_fails(tmp_path: Path, folder: bool) -> None:
    place = tmp_path / "result"
    with pytest.raises(KeyboardInterrupt), written_beside(place, folder=folder) as beside:
        (beside / "a.csv" if folder else beside).write_text("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_writing_fails_and_goes_when_it_does_not(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text("old")
    with pytest.raises(OutputNotWritten, match="nothing was left half written"), written_beside(place) as beside:
        beside.write_text("half")
        raise OSError(28, "No space left on device")
    assert place.read_text() == "old"
    with written_beside(place) as beside:
        beside.write_text("new")
        assert place.read_text() == "old"
    assert place.read_text() == "new"
    assert [item.name for item in tmp_path.iterdir()] == ["list.csv"]


def test_a_folder_that_holds_something_is_not_replaced_unless_asked(tmp_path: Path) -> None:
    place = tmp_path / "book"
    write_casebook(example(), place)
    with pytest.raises(OutputNotWritten, match="already holds files"):
        write_casebook(example(), place, "parquet")
    write_casebook(example(), place, "parquet", replace=True)
    assert sorted(item.name for item in place.iterdir()) == [
        "appeals.parquet", "casebook.toml", "cases.parquet", "panels.parquet"]
    assert [item.name for item in tmp_path.iterdir()] == ["book"]


def test_a_file_where_a_folder_is_wanted_and_the_reverse_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputNotWritten, match="is a file"):
        write_casebook(example(), tmp_path / "file")
    with pytest.raises(OutputNotWritten, match="is a folder"):
        write_csv(pd.DataFrame({"a": [1]}), tmp_path)
    with pytest.raises(OutputNotWritten, match="could not be written"):
        write_csv(pd.DataFrame({"a": [1]}), tmp_path / "file" / "list.csv")
    with pytest.raises(ValueError, match="csv, parquet or xlsx"):
        write_casebook(example(), tmp_path / "new", "json")
    assert os.listdir(tmp_path) == ["file"]
