"""Kept records are the same as those read, are never used for other files, and never stand in the way."""

from __future__ import annotations

import pickle
import shutil

import pandas as pd
import pytest
from casebooks import random_casebook

from dispute_risk.errors import DisputeRiskError
from dispute_risk.records import kept
from dispute_risk.records.kept import KEPT, read_kept
from dispute_risk.records.read import read_casebook
from dispute_risk.records.tables import TABLES
from dispute_risk.records.write import write_casebook


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Records with a row that must be set aside; never changed."""
    place = tmp_path_factory.mktemp("written") / "records"
    write_casebook(random_casebook(4), place)
    contacts = place / "contacts.csv"
    broken = contacts.read_text(encoding="utf-8-sig").splitlines()
    broken.append(broken[1].replace(broken[1].split(",")[0], "no such case", 1))
    contacts.write_text("\n".join(broken) + "\n", encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def few(written, tmp_path_factory):
    """Some of their tables, for what has nothing to do with what a table holds: reading goes by the table."""
    place = shutil.copytree(written, tmp_path_factory.mktemp("few") / "records")
    for file in place.glob("*.csv"):
        if file.stem not in ("cases", "appeals", "contacts", "plans"):
            file.unlink()
    return place


@pytest.fixture(scope="module")
def plain(few):
    """These tables read from their files, nothing kept."""
    read = read_casebook(few)
    assert len(read.casebook.tables) == 4 and len(read.set_aside["contacts"]) and not (few / KEPT).exists()
    return read


@pytest.fixture
def records(few, tmp_path):
    """A copy of them that a test may change."""
    return shutil.copytree(few, tmp_path / "records")


def same(one, other) -> None:
    assert one.casebook.tables.keys() == other.casebook.tables.keys()
    for name, table in one.casebook.tables.items():
        pd.testing.assert_frame_equal(table, other.casebook.tables[name], check_exact=True)
    for about in ("recorded_to", "name", "synthetic", "fingerprint", "set_aside"):
        assert getattr(one.casebook, about) == getattr(other.casebook, about)
    pd.testing.assert_frame_equal(one.problems, other.problems)
    pd.testing.assert_frame_equal(one.counts, other.counts)
    assert one.set_aside.keys() == other.set_aside.keys()
    for name, rows in one.set_aside.items():
        pd.testing.assert_frame_equal(rows, other.set_aside[name])


def copies(records):
    return sorted((records / KEPT).iterdir())


def test_what_was_kept_is_what_was_read_to_the_last_cell(written, tmp_path, monkeypatch):
    records = shutil.copytree(written, tmp_path / "records")
    plain = read_casebook(records)
    assert len(plain.casebook.tables) == len(TABLES)
    same(plain, read_kept(records))
    monkeypatch.setattr(kept, "read_casebook", None)  # the files are not read a second time
    same(plain, read_kept(records))
    assert len(copies(records)) == 1


def test_a_changed_cell_is_read_anew_and_the_old_copy_goes(records):
    read_kept(records)
    before = copies(records)
    appeals = records / "appeals.csv"
    appeals.write_text("\n".join(appeals.read_text(encoding="utf-8-sig").splitlines()[:-1]) + "\n", encoding="utf-8")
    found = read_kept(records)
    same(read_casebook(records), found)
    assert len(copies(records)) == 1
    assert copies(records) != before


def test_changed_rules_read_everything_anew(records, monkeypatch):
    read_kept(records)
    before = copies(records)
    monkeypatch.setattr(kept, "_rules", lambda: b"other rules")
    read_kept(records)
    assert copies(records) != before


def test_a_damaged_copy_is_left_for_the_files_themselves(records, plain):
    read_kept(records)
    for file in copies(records)[0].glob("table_*.arrow"):
        file.write_bytes(file.read_bytes()[:40])
    same(plain, read_kept(records))
    assert copies(records) == []  # and is kept anew by the next command
    same(plain, read_kept(records))
    assert len(copies(records)) == 1


def test_a_table_is_read_when_it_is_asked_for_and_not_before(records, monkeypatch):
    read_kept(records)
    asked = []
    monkeypatch.setattr(kept, "_read", lambda file, read=kept._read: asked.append(file.stem) or read(file))
    book = read_kept(records).casebook
    assert not [name for name in asked if name.startswith("table_")]
    assert "contacts" in book and len(book.tables) and "nothing" not in book
    book.tables["contacts"]
    book.tables["contacts"]
    assert [name for name in asked if name.startswith("table_")] == ["table_contacts"]


def test_records_changed_under_a_damaged_copy_are_not_mixed_with_it(records):
    read_kept(records)
    (copies(records)[0] / "table_contacts.arrow").write_bytes(b"damaged")
    book = read_kept(records).casebook
    appeals = records / "appeals.csv"
    appeals.write_text("\n".join(appeals.read_text(encoding="utf-8-sig").splitlines()[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(DisputeRiskError, match="once more"):
        book.tables["contacts"]


def test_a_kept_casebook_can_be_sent_to_another_process(records, plain):
    read_kept(records)
    same(plain, pickle.loads(pickle.dumps(read_kept(records))))


def test_the_copy_is_open_to_those_to_whom_the_records_are(records):
    records.chmod(0o750)
    read_kept(records)
    assert copies(records)[0].stat().st_mode & 0o777 == 0o750


def test_it_says_where_more_may_be_kept_and_where_nothing_may(records, monkeypatch):
    assert read_kept(records).kept_in == read_kept(records).kept_in == copies(records)[0]
    monkeypatch.setenv("DISPUTE_RISK_KEEP", "no")
    assert read_kept(records).kept_in is None


def test_a_folder_that_cannot_be_written_to_is_read_all_the_same(records, plain):
    records.chmod(0o555)
    try:
        same(plain, read_kept(records))
        assert not (records / KEPT).exists()
    finally:
        records.chmod(0o755)


def test_keeping_can_be_turned_off(records, plain, monkeypatch):
    monkeypatch.setenv("DISPUTE_RISK_KEEP", "no")
    same(plain, read_kept(records))
    assert not (records / KEPT).exists()


def test_a_full_disk_leaves_no_half_copy(records, plain, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(kept, "_write", full)
    same(plain, read_kept(records))
    assert copies(records) == []


def test_records_that_cannot_be_used_are_never_kept(records):
    (records / "appeals.csv").unlink()
    with pytest.raises(DisputeRiskError):
        read_kept(records)
    assert not (records / KEPT).exists()


def test_the_copy_goes_with_the_folder(records, tmp_path):
    read_kept(records)
    shutil.move(records, tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / KEPT).is_dir()
    read_kept(tmp_path / "elsewhere")
