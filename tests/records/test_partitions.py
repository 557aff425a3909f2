"""Records in parts: what is read is what was written, a case is never split, and an authority lies in a folder of its own."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pyarrow.parquet
import pytest
from casebooks import casebook, random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.errors import OutputNotWritten, UnknownName, UnreadableFile
from dispute_risk.records.partitions import is_partitioned, open_authority, open_parts, write_parts


def part_of_each_case(book, size):
    """Return for each table the part its rows belong to."""
    number = {case: place // size for place, case in enumerate(book.tables["cases"]["case_id"])}
    return {name: frame["case_id"].map(number).to_numpy() for name, frame in book.tables.items()}


@settings(max_examples=6)
@given(seed=st.integers(0, 1000), size=st.integers(1, 30))
def test_the_parts_in_order_are_the_records(tmp_path_factory, seed, size):
    book = random_casebook(seed, cases=12, rows=40)
    place = tmp_path_factory.mktemp("parts")
    written = write_parts(book, place, size)
    read = open_authority(place)
    assert read == written and read.buckets == -(-12 // size)
    whole = read.whole()
    for name, part in part_of_each_case(book, size).items():
        frame = book.tables[name]
        in_order = frame.iloc[part.argsort(kind="stable")].reset_index(drop=True)
        pd.testing.assert_frame_equal(whole.tables[name], in_order)
    assert (whole.recorded_to, whole.name, whole.synthetic) == (book.recorded_to, book.name, True)


def test_a_case_is_never_split(tmp_path):
    book = random_casebook(3)
    seen = {}
    for number, part in enumerate(write_parts(book, tmp_path, 4).parts()):
        assert set(part.tables) == set(book.tables)
        for frame in part.tables.values():
            for case in frame["case_id"].unique():
                assert seen.setdefault(case, number) == number
    assert len(seen) == 25


def test_a_table_without_a_row_in_a_part_keeps_its_columns_and_kinds(tmp_path):
    book = casebook(cases=[{"case_id": f"C{n}", "area": "N", "opened_on": "2024-01-01"} for n in range(2)],
                    requests=[{"case_id": "C1", "request_id": "R1", "received_on": "2024-02-01", "kind": "assessment"}])
    first = write_parts(book, tmp_path, 1).part(0)
    assert len(first.tables["requests"]) == 0
    pd.testing.assert_frame_equal(first.tables["requests"], book.tables["requests"].iloc[:0])


def test_an_authority_can_be_written_beside_another_and_not_over_itself(tmp_path):
    write_parts(replace(random_casebook(1), name="Alder"), tmp_path)
    write_parts(replace(random_casebook(2), name="../Birch & Co"), tmp_path)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("authority=")] and len(list(tmp_path.iterdir())) == 2
    assert list(open_parts(tmp_path)) == ["../Birch & Co", "Alder"]
    with pytest.raises(OutputNotWritten, match="already holds files"):
        write_parts(replace(random_casebook(3), name="Alder"), tmp_path)
    assert write_parts(replace(random_casebook(3), name="Alder"), tmp_path, replace=True) == open_parts(tmp_path)["Alder"]


def test_dates_are_dates_and_codes_are_text_for_whoever_else_reads_the_files(tmp_path):
    write_parts(random_casebook(1), tmp_path)
    file = next(tmp_path.glob("authority=*/bucket=0000/requests.parquet"))
    kinds = {column.name: str(column.type) for column in pyarrow.parquet.read_schema(file)}
    assert kinds["received_on"] == "date32[day]" and "string" in kinds["kind"] and kinds["case_id"] == "string"


def test_one_is_asked_for_and_there_are_several(tmp_path):
    for name in ("Alder", "Birch"):
        write_parts(replace(random_casebook(1), name=name), tmp_path)
    with pytest.raises(UnknownName, match=r"holds 2 authorities.*Alder, Birch"):
        open_authority(tmp_path)
    with pytest.raises(UnknownName, match="no authority 'Cedar'"):
        open_authority(tmp_path, "Cedar")
    assert open_authority(tmp_path, "Birch").name == "Birch"
    assert open_authority(tmp_path / "authority=Alder").name == "Alder"


def test_what_is_no_folder_of_parts_is_said_to_be_none(tmp_path):
    assert not is_partitioned(tmp_path) and not is_partitioned(tmp_path / "none")
    with pytest.raises(UnreadableFile, match="holds no authority in parts"):
        open_parts(tmp_path / "none")
    write_parts(random_casebook(1), tmp_path)
    assert is_partitioned(tmp_path)


def test_a_folder_moved_under_another_name_is_refused(tmp_path):
    write_parts(replace(random_casebook(1), name="Alder"), tmp_path)
    (tmp_path / "authority=Alder").rename(tmp_path / "authority=Birch")
    with pytest.raises(UnreadableFile, match="two authorities may have been mixed"):
        open_parts(tmp_path)


@pytest.mark.parametrize("harm", ["cut", "gone", "unknown code", "unknown column"])
def test_a_damaged_part_is_named(tmp_path, harm):
    parts = write_parts(random_casebook(1), tmp_path, 10)
    file = parts.folder / "bucket=0001" / "requests.parquet"
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-20])
    elif harm == "gone":
        file.unlink()
    else:
        table = pd.read_parquet(file)
        changed = table.assign(kind="never heard of") if harm == "unknown code" else table.assign(never_declared=1)
        changed.to_parquet(file)
    with pytest.raises(UnreadableFile, match=r"requests\.parquet cannot be read"):
        parts.part(1)
    parts.part(0)


def test_what_is_said_of_an_authority_must_be_readable(tmp_path):
    parts = write_parts(random_casebook(1), tmp_path)
    said = parts.folder / "casebook.json"
    said.write_text(json.dumps({**json.loads(said.read_text()), "format": 99}))
    with pytest.raises(UnreadableFile, match="of another format"):
        open_parts(tmp_path)


def test_parts_without_a_case_are_refused(tmp_path):
    with pytest.raises(ValueError, match="1 or more"):
        write_parts(random_casebook(1), tmp_path, 0)
