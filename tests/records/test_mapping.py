"""A mapping of a local export: every row accounted for, nothing personal kept, and every mistake said plainly."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.commands.map_ import command
from dispute_risk.errors import OutputNotWritten, RefusedUse, UnreadableFile, UnusableRecords
from dispute_risk.records.mapping import Pseudonyms, key_from, map_export, new_key, read_mapping, sources
from dispute_risk.records.mapping.dates import DateWordsError, dates_as_iso, strptime_format, way_of_writing
from dispute_risk.records.read import read_casebook

KEY = Pseudonyms(b"a key for tests only")

MAPPING = """
authority = "Testham"
synthetic = true
recorded_to = 2025-01-31
dates = ["dd/mm/yyyy"]
not_recorded = ["n/k"]
[identifiers]
pseudonymise = ["case_id"]
[codes.need]
ASC = "ASD"
[sheets.Base]
headings_in_row = 2
left_out = { UPN = "personal" }
[[table]]
fills = "cases"
from = "Base"
join = [{ sheet = "Details", heading = "Stud Ref", matches = "Ref" }]
[table.columns]
case_id = "Ref"
area = { from = "Team", codes = { "n. east" = "NE" } }
opened_on = ["Opened", "Opened (old)"]
primary_need = { from = "Need", codes = "need" }
looked_after = "CLA"
[[table]]
fills = "advice"
from = ["Reports 2023", "Reports 2024"]
[table.columns]
case_id = "Ref"
[[table.wide]]
kind = { constant = "educational_psychology" }
requested_on = "EP asked"
received_on = "EP in"
[[table.wide]]
kind = { constant = "health" }
requested_on = "Health asked"
received_on = "Health in"
[[table]]
fills = "appeals"
from = "Tribunal"
where = { Kind = ["SEND"] }
[table.columns]
case_id = "Ref"
appeal_id = { from = ["Ref", "Reg"], together = "/" }
registered_on = "Reg"
grounds = { from = "Type", split = "+", codes = { B = "needs", F = "provision" } }
extended = "Ext"
"""

SHEETS: dict[str, list[list[object]]] = {
    "Base": [["Extract of the base", None, None, None, None], ["Ref", "UPN", "Team", "Opened", "Opened (old)"],
             ["K1", "A1", "N.  East", "09/01/2023", None], ["k2 ", "A2", "SW", None, dt.date(2023, 2, 1)],
             ["K3", "A3", "SW", "31/02/2023", None], ["K3 ", "A3", "SW", "31/02/2023", None], ["", "", "", "", ""],
             [None, "A9", "SW", "01/01/2023", None]],
    "Details": [["Stud Ref", "Need", "CLA"], ["K1", " asc", "Yes"], ["k2", "n/k", "N"], ["K2", "ASC", "Y"],
                ["K9", "ASC", "N"]],
    "Reports 2023": [["Ref", "EP asked", "EP in", "Health asked", "Health in"],
                     ["K1", "01/03/2023", "01/04/2023", "02/03/2023", None], ["K2", None, None, None, None]],
    "Reports 2024": [["Ref", "EP asked", "EP in", "Health asked", "Health in"],
                     ["k1", "01/03/2024", None, None, None], ["K7", "01/03/2024", None, None, None]],
    "Tribunal": [["Ref", "Reg", "Type", "Ext", "Kind"], ["K1", "10/06/2024", "B + F", "No", "SEND"],
                 ["K2", "11/06/2024", "B", "", "DDA"]],
    "Spare": [["x"], ["1"], ["2"]],
}


def workbook(place: Path, sheets: dict[str, list[list[object]]] = SHEETS) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(place / "export.xlsx")
    return place / "export.xlsx"


def mapping(place: Path, text: str = MAPPING) -> Path:
    (place / "mapping.toml").write_text(text, encoding="utf-8")
    return place / "mapping.toml"


@pytest.fixture
def done(tmp_path):
    return map_export(read_mapping(mapping(tmp_path)), workbook(tmp_path), KEY)


def pseudonym(ref: str) -> str:
    return KEY.of("case_id", ref)


def test_tables_are_joined_stacked_made_narrow_and_translated(done):
    cases = done.read.casebook.tables["cases"].set_index("case_id")
    assert list(cases.index) == [pseudonym("K1"), pseudonym("K2"), pseudonym("K3")]
    assert cases["area"].tolist() == ["NE", "SW", "SW"]
    assert cases["opened_on"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2023-01-09", "2023-02-01", ""]
    assert cases["primary_need"].astype(object).where(cases["primary_need"].notna(), "").tolist() == ["ASD", "", ""]
    assert cases["looked_after"].fillna(-1).tolist() == [1, 0, -1]
    advice = done.read.casebook.tables["advice"]
    assert list(zip(advice["case_id"], advice["kind"], strict=True)) == [
        (pseudonym("K1"), "educational_psychology"), (pseudonym("K1"), "health"),
        (pseudonym("K1"), "educational_psychology")]
    appeals = done.read.casebook.tables["appeals"].iloc[0]
    assert (appeals["appeal_id"], appeals["grounds"], appeals["extended"]) == ("K1/10/06/2024", "needs;provision", 0)


def test_every_row_of_every_sheet_is_used_or_set_aside_with_a_reason(done):
    accounts = done.accounts.set_index(["sheet", "fills"])[["rows_in", "rows_used", "rows_set_aside"]]
    assert accounts.to_dict("index") == {
        ("Base", "cases"): {"rows_in": 5, "rows_used": 3, "rows_set_aside": 2},
        ("Details", "cases"): {"rows_in": 4, "rows_used": 2, "rows_set_aside": 2},
        ("Reports 2023", "advice"): {"rows_in": 2, "rows_used": 1, "rows_set_aside": 1},
        ("Reports 2024", "advice"): {"rows_in": 2, "rows_used": 1, "rows_set_aside": 1},
        ("Tribunal", "appeals"): {"rows_in": 2, "rows_used": 1, "rows_set_aside": 1},
        ("Spare", "no table"): {"rows_in": 2, "rows_used": 0, "rows_set_aside": 2}}
    reasons = done.set_aside.set_index(["sheet", "row"])["reason"].to_dict()
    assert reasons == {
        ("Base", 6): "repeated row", ("Base", 8): "case_id is blank",
        ("Details", 4): "another row for the same Stud Ref", ("Details", 5): "joined to no row for cases",
        ("Reports 2023", 3): "says nothing for advice: requested_on, received_on blank",
        ("Reports 2024", 3): "case_id is not among the rows used of cases",
        ("Tribunal", 3): "not chosen for appeals: Kind holds something else",
        ("Spare", 2): "the mapping does not name the sheet", ("Spare", 3): "the mapping does not name the sheet"}


def test_problems_name_the_sheet_and_the_row_of_the_export(done):
    dates = done.read.problems.query("column == 'opened_on' and value != ''")
    assert dates["file"].tolist() == ["export.xlsx sheet Base"] * 2 and dates["row"].tolist() == [5, 6]
    assert dates["message"].iloc[0].startswith("export.xlsx sheet Base row 5, opened_on: '31/02/2023' is not a date.")
    assert not dates["message"].str.contains("YYYY").any()


def test_what_is_written_reads_back_and_holds_nothing_personal(done, tmp_path):
    place = done.write(tmp_path / "book")
    book = read_casebook(place).casebook
    assert book.synthetic and book.name == "Testham" and book.recorded_to == dt.date(2025, 1, 31)
    assert len(book.tables["cases"]) == 3
    text = "".join(file.read_text() for file in place.rglob("*") if file.is_file() and file.name != "headings.csv")
    for personal in ("A1", "A9", "UPN"):
        assert personal not in text
    assert KEY.fingerprint in (place / "mapping" / "key.txt").read_text()
    with pytest.raises(OutputNotWritten):
        done.write(place)


def test_the_same_key_gives_the_same_pseudonym_and_only_the_list_gives_it_back(tmp_path):
    first, again = new_key(tmp_path / "our.key"), key_from(tmp_path / "our.key")
    assert first.of("case_id", "K1") == again.of("case_id", "K1") != KEY.of("case_id", "K1")
    assert first.of("case_id", "K1") != first.of("officer_id", "K1") and first.of("case_id", "") == ""
    assert (tmp_path / "our.key").stat().st_mode & 0o077 == 0
    assert again.whose(first.of("case_id", "K1"), ["k9", " k1 "]) == [("case_id", "K1")]
    assert KEY.whose(first.of("case_id", "K1"), ["K1"]) == []
    with pytest.raises(OutputNotWritten, match="never overwritten"):
        new_key(tmp_path / "our.key")


@pytest.mark.parametrize("content", ["", "not a key", "00" * 31, f"{'00' * 32}\n{'11' * 32}", "\udcff"])
def test_a_wrong_key_file_is_refused(tmp_path, content):
    (tmp_path / "bad.key").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnreadableFile, match="key"):
        key_from(tmp_path / "bad.key")


def test_a_mapping_that_pseudonymises_needs_a_key(tmp_path):
    with pytest.raises(RefusedUse, match="--key"):
        map_export(read_mapping(mapping(tmp_path)), workbook(tmp_path))


def test_every_mistake_of_a_mapping_is_said_at_once(tmp_path):
    text = MAPPING.replace("[identifiers]", "autority = 1\n[identifiers]\nkeyy = 1").replace(
        'primary_need = {', 'primary_ned = {').replace('codes = "need"', 'codes = "ned"').replace(
        '["dd/mm/yyyy"]', '["mm/yyyy"]').replace('registered_on = "Reg"', "")
    with pytest.raises(UnreadableFile) as raised:
        read_mapping(mapping(tmp_path, text))
    said = str(raised.value)
    for part in ("'autority', which means nothing here. Perhaps authority", "'keyy'", "'primary_ned'",
                 "Perhaps primary_need",
                 "'mm/yyyy' is not a way of writing dates", "says nothing of registered_on"):
        assert part in said


@pytest.mark.parametrize("text", ["authority = ", "= 3", "[[table]]\nfills = 'nothing'", "table = 3"])
def test_what_is_no_mapping_is_refused(tmp_path, text):
    with pytest.raises(UnreadableFile):
        read_mapping(mapping(tmp_path, text))


def test_missing_sheets_and_headings_are_all_named(tmp_path):
    text = MAPPING.replace('from = "Tribunal"', 'from = "Tribunals"').replace('area = { from = "Team"',
                                                                             'area = { from = "Teams"')
    with pytest.raises(UnusableRecords) as raised:
        map_export(read_mapping(mapping(tmp_path, text)), workbook(tmp_path), KEY)
    assert "no sheet, file or table 'Tribunals'. Perhaps 'Tribunal'." in str(raised.value)
    assert "sheet Base has no heading 'Teams', wanted for cases. Perhaps 'Team'." in str(raised.value)


def test_formulas_are_refused_with_their_cells(tmp_path):
    sheets = {**SHEETS, "Details": [["Stud Ref", "Need", "CLA"], ["K1", "=A1", "Yes"]]}
    with pytest.raises(UnreadableFile, match=r"sheet Details: 1 cells, the first B2"):
        map_export(read_mapping(mapping(tmp_path)), workbook(tmp_path, sheets), KEY)
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "Base.csv").write_text("Ref,Team\nK1,=cmd|' /C calc'!A0\n")
    with pytest.raises(UnreadableFile, match=r"Base\.csv row 2, Team: the cell holds a formula"):
        sources.read_sources(tmp_path / "export", {})


def test_a_bomb_of_a_workbook_is_refused(tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(120):
                part.write(b"0" * 1_000_000)
    with pytest.raises(UnreadableFile, match="would unpack to 120 MB"):
        sources.read_sources(bomb, {})


def test_a_workbook_cut_short_is_refused(tmp_path):
    whole = workbook(tmp_path).read_bytes()
    (tmp_path / "export.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile, match="cut short"):
        sources.read_sources(tmp_path / "export.xlsx", {})


def test_a_file_of_ten_million_rows_is_refused_quickly(tmp_path):
    with (tmp_path / "log.csv").open("wb") as file:
        file.write(b"Ref,Day\n")
        for _ in range(100):
            file.write(b"K1,1\n" * 100_000)
    with pytest.raises(UnreadableFile, match="more than 5,000,000 rows"):
        sources.read_sources(tmp_path / "log.csv", {})


@pytest.mark.parametrize(("content", "cells"), [
    ("Ref;Team\nK1;NE\n".encode("utf-16"), [["K1", "NE"]]), ("Ref\tTeam\nK1\tcaf\xe9\n".encode("cp1252"),
                                                            [["K1", "caf\xe9"]]),
    (b'\xef\xbb\xbfRef,Team\r\nK1,"N,E"\r\nK2\r\nK3,"a\r\nb"\r\n', [["K1", "N,E"], ["K3", "a\nb"]])])
def test_text_files_of_any_dialect_are_read(tmp_path, content, cells):
    (tmp_path / "base.csv").write_bytes(content)
    source = sources.read_sources(tmp_path, {})["base"]
    assert source.frame.to_numpy().tolist() == cells and list(source.frame.columns) == ["Ref", "Team"]
    assert len(source.unsplit) == (1 if b"K2" in content else 0) and source.rows_in == len(cells) + len(source.unsplit)


@given(st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)), min_size=1, max_size=30),
       st.sampled_from(["dd/mm/yyyy", "yyyy-Mon-dd hh:mm:ss", "dd-Mon-yyyy", "dd.mm.yyyy", "yyyymmdd", "d"]))
@settings(max_examples=60, deadline=None)
def test_dates_come_back_from_any_way_of_writing(days, words):
    if words == "d":
        with pytest.raises(DateWordsError):
            strptime_format(words)
        return
    written = np.array([day.strftime(strptime_format(words)) for day in days], dtype=object)
    assert dates_as_iso(written, (strptime_format(words),)).tolist() == [day.isoformat() for day in days]


def test_a_column_of_words_is_no_column_of_dates():
    assert way_of_writing(np.array(["NE", "SW", ""], dtype=object)) == ""
    assert way_of_writing(np.array(["13/01/2024", "2/3/2024 10:15", "14/01/2024", "15/01/2024", "16/01/2024"],
                                   dtype=object)) == "dd/mm/yyyy"


@given(st.lists(st.tuples(st.sampled_from(["K1", "k1 ", "K2", "K3", ""]), st.sampled_from(["", "01/02/2024", "bad"])),
                max_size=25))
@settings(max_examples=25, deadline=None)
def test_rows_in_are_rows_used_and_rows_set_aside_whatever_comes(tmp_path_factory, rows):
    place = tmp_path_factory.mktemp("mapped")
    text = """[[table]]
fills = "cases"
from = "base"
[table.columns]
case_id = "Ref"
area = { constant = "one" }
opened_on = "Opened"
[[table]]
fills = "appeals"
from = "base"
[table.columns]
case_id = "Ref"
appeal_id = { numbered = "A" }
registered_on = "Opened"
"""
    pd.DataFrame([("K0", "01/01/2024"), *rows], columns=["Ref", "Opened"]).to_csv(place / "base.csv", index=False)
    done = map_export(read_mapping(mapping(place, text)), place / "base.csv")
    accounts = done.accounts
    blank = sum(ref.strip() == "" and day == "" for ref, day in rows)
    assert (accounts["rows_in"] == len(rows) + 1 - blank).all()
    assert (accounts["rows_in"] == accounts["rows_used"] + accounts["rows_set_aside"]).all()
    aside = done.set_aside.groupby("fills").size().reindex(accounts["fills"]).fillna(0).tolist()
    assert aside == accounts["rows_set_aside"].tolist()
    used = done.read.counts["rows_used"].reindex(accounts["fills"]).tolist()
    assert used == accounts["rows_used"].tolist()


def test_the_commands_check_run_and_tell_who_is_who(tmp_path):
    toml, book, out, key = mapping(tmp_path), workbook(tmp_path), tmp_path / "book", tmp_path / "our.key"
    runner = CliRunner()
    checked = runner.invoke(command, ["check", str(toml), str(book)])
    assert checked.exit_code == 5 and "Base -> cases: 5 = 3 + 2" in checked.output and not out.exists()
    ran = runner.invoke(command, ["run", str(toml), str(book), "--out", str(out), "--key", str(key)])
    assert ran.exit_code == 5 and "A new key was made" in ran.output and (out / "cases.csv").is_file()
    first = pd.read_csv(out / "cases.csv")["case_id"][0]
    who = runner.invoke(command, ["whois", str(key), str(book), first])
    assert who.output == f"{first} is case_id K1\n"
    inside = runner.invoke(command, ["run", str(toml), str(book), "--out", str(out), "--key", str(out / "k.key")])
    assert isinstance(inside.exception, RefusedUse)
