"""The files of the week: all there or none, never over a manager's notes, safe to open in a spreadsheet."""

import dataclasses

import pandas as pd
import pytest
from weekly_sample import AS_OF, empty_lists, invented_lists

from dispute_risk.errors import OutputNotWritten
from dispute_risk.reports import weekly_files
from dispute_risk.reports.weekly_files import write_weekly

TABLES = ["weekly.csv", "areas.csv", "duties.csv", "movement.csv"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_files_of_a_week(tmp_path):
    written = write_weekly(invented_lists(("NE", "NW")), tmp_path / "week")
    assert [path.name for path in written] == [
        "head_of_service.html", "head_of_service.xlsx", "weekly_NE.html", "weekly_NE.xlsx", "weekly_NW.html",
        "weekly_NW.xlsx", *TABLES]
    assert names(tmp_path / "week") == sorted(path.name for path in written)
    assert all(path.stat().st_size > 100 for path in written)


def test_an_empty_week_has_all_its_files(tmp_path):
    written = write_weekly(empty_lists(), tmp_path)
    assert len(written) == 8
    assert list(pd.read_csv(tmp_path / "weekly.csv", encoding="utf-8-sig")["case_id"]) == []


def test_many_areas_with_awkward_names_lose_none(tmp_path):
    areas = tuple(f"Area {number // 2}{'/' if number % 2 else ' '}x" for number in range(14))
    written = write_weekly(invented_lists(areas), tmp_path)
    assert len(written) == len(set(written)) == 2 + 2 * 14 + 4
    assert all(path.parent == tmp_path and path.exists() for path in written)


def test_a_workbook_with_notes_is_not_written_over(tmp_path):
    lists = invented_lists(("NE",))
    write_weekly(lists, tmp_path)
    notes = tmp_path / "weekly_NE.xlsx"
    notes.write_bytes(b"the manager's notes")
    with pytest.raises(OutputNotWritten, match="ticks and notes") as refused:
        write_weekly(lists, tmp_path)
    assert "weekly_NE.xlsx" in refused.value.problems
    assert notes.read_bytes() == b"the manager's notes"
    write_weekly(lists, tmp_path, replace=True)
    assert notes.read_bytes().startswith(b"PK")


def test_nothing_is_left_where_writing_fails(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weekly_files, "write_area_workbook", fail)
    with pytest.raises(OutputNotWritten, match="No space left"):
        write_weekly(invented_lists(("NE",)), tmp_path / "week")
    assert names(tmp_path / "week") == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "week").write_text("something else", encoding="utf-8")
    with pytest.raises(OutputNotWritten, match="is a file"):
        write_weekly(empty_lists(), tmp_path / "week")


def test_the_tables_hold_every_line_and_say_what_they_are(tmp_path):
    lists = invented_lists()
    write_weekly(lists, tmp_path)
    for name, table in zip(TABLES, (lists.cases, lists.areas, lists.duties, lists.movement), strict=True):
        read = pd.read_csv(tmp_path / name, encoding="utf-8-sig")
        assert len(read) == len(table)
        assert list(read.columns) == [*table.columns, "as_of", "release", "invented"]
        assert set(read["invented"]) == {"yes"}
        assert set(read["as_of"]) == {AS_OF.isoformat()}
    read = pd.read_csv(tmp_path / "weekly.csv", encoding="utf-8-sig", parse_dates=["duty_due_on"])
    assert read["duty_due_on"].equals(lists.cases["duty_due_on"].astype(read["duty_due_on"].dtype))
    assert read["duty_due_on"].notna().any()


def test_the_tables_open_in_excel_with_their_accents_and_no_formula(tmp_path):
    lists = invented_lists(("NE",), synthetic=False)
    cells = ["=1+1", "+1", "-1", "@x", "\t=1", "café"]
    cases = lists.cases.iloc[:6].assign(case_id=cells)
    write_weekly(dataclasses.replace(lists, cases=cases), tmp_path)
    assert (tmp_path / "weekly.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(tmp_path / "weekly.csv", encoding="utf-8-sig")
    assert list(read["case_id"]) == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "café"]
    assert set(read["invented"]) == {"no"}
    assert (read["last_rank"].dropna() < 100).all()
