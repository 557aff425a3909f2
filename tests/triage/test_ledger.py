"""The ledger: only added to, sealed, replayed byte for byte, erased by case; as a file and in a real PostgreSQL."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import multiprocessing
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from casebooks import random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_writer import AT, write_many
from postgresql import running_server

from dispute_risk.errors import OutputNotWritten, UnknownName, UnreadableFile
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.history import History
from dispute_risk.triage.ledger import (
    case_entries,
    erase_before,
    erase_case,
    open_ledger,
    record,
    record_run,
    runs,
    standing,
    verify,
)
from dispute_risk.triage.ledger import opening as opening_module
from dispute_risk.triage.ledger.chain import canonical
from dispute_risk.triage.ledger.export import export_ledger
from dispute_risk.triage.ledger.reading import files_fingerprint, last_run, page_of, run_of
from dispute_risk.triage.ledger.replay import replayed
from dispute_risk.triage.ledger.tables import MIGRATIONS, Migration
from dispute_risk.triage.ledger.writing import as_written, plain
from dispute_risk.triage.weekly import weekly_lists

MONDAY = dt.date(2024, 6, 3)
PROCESSES, EACH = 4, 500


@pytest.fixture(scope="module")
def server():
    """The URL of a PostgreSQL server of our own."""
    with running_server("clerk") as url:
        yield url


@pytest.fixture(params=["file", "server"])
def place(request, tmp_path):
    """Where a new ledger is to be made."""
    if request.param == "file":
        return str(tmp_path / "ledger.sqlite")
    url = request.getfixturevalue("server")
    meddle(url, "DROP TABLE IF EXISTS ledger_payloads, ledger_entries, ledger_versions CASCADE",
           "DROP FUNCTION IF EXISTS ledger_refuses CASCADE")
    return url


def meddle(place: str, *statements: str) -> None:
    """Change a ledger past the tool, as somebody with the file or the database could."""
    if "://" not in place:
        connection = sqlite3.connect(place)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return
    import sqlalchemy

    engine = sqlalchemy.create_engine(place, poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def without_guards(place: str) -> None:
    if "://" in place:
        meddle(place, "DROP FUNCTION ledger_refuses CASCADE")
    else:
        meddle(place, *(f"DROP TRIGGER ledger_{table}_no_{action}" for table, action in (
            ("entries", "update"), ("entries", "delete"), ("payloads", "update"), ("payloads", "delete"))))


def some_actions(place: str):
    ledger = open_ledger(place)
    for number, case_id in enumerate(["A1", "A2", "A1", "A3"]):
        record(ledger, "did", case_id, who="officer", at=AT + dt.timedelta(days=number), step="reply", note=f"call {number}")
    return ledger


# --- writers side by side ---------------------------------------------------------------------------------------------


def test_four_processes_writing_at_once_lose_and_double_nothing(place):
    context = multiprocessing.get_context("spawn")  # the ledger is made by whoever comes first
    writers = [context.Process(target=write_many, args=(place, writer, EACH)) for writer in range(PROCESSES)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * PROCESSES
    ledger = open_ledger(place)
    verdict = verify(ledger)
    assert verdict.sound and verdict.entries == PROCESSES * EACH
    assert sorted(standing(ledger)) == sorted(f"W{writer}-{number}" for writer in range(PROCESSES) for number in range(EACH))
    assert all(len(one.done) == 1 for one in standing(ledger).values())


WRITER = """
import datetime as dt, sys
from dispute_risk.triage.ledger import open_ledger, record
ledger = open_ledger(sys.argv[1])
print("ready", flush=True)
for number in range(100_000):
    print(record(ledger, "did", f"K{number}", who="w", at=dt.datetime(2024, 6, 3, tzinfo=dt.UTC), step="reply"), flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_a_ledger_that_opens_and_verifies(tmp_path):
    place = str(tmp_path / "ledger.sqlite")
    confirmed = 0
    for attempt in range(25):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, place], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
        time.sleep(0.003 * attempt)
        writer.send_signal(signal.SIGKILL)
        said = [line for line in writer.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
        confirmed = max([confirmed, *map(int, said)])
        verdict = verify(open_ledger(place, create=False))
        assert verdict.sound, verdict.problems
        assert verdict.entries >= confirmed  # what was confirmed is there
    assert confirmed > 25


# --- only added to ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_entries SET kind = 'knew' WHERE number = 2", "DELETE FROM ledger_entries WHERE number = 2",
    "DELETE FROM ledger_payloads WHERE number = 2", "UPDATE ledger_payloads SET body = '{}' WHERE number = 2",
    "UPDATE ledger_payloads SET case_id = NULL WHERE number = 2",
])
def test_the_database_itself_refuses_to_alter_or_take_away(place, statement):
    ledger = some_actions(place)
    with pytest.raises(Exception, match="the ledger is only added to"):
        meddle(place, statement)
    assert verify(ledger).sound


@pytest.mark.parametrize("statement, said", [
    ("UPDATE ledger_payloads SET body = REPLACE(body, 'call 1', 'call 9') WHERE number = 2", "entry 2 .*content was altered"),
    ("UPDATE ledger_payloads SET case_id = 'A9' WHERE number = 2", "entry 2 .*under another case"),
    ("UPDATE ledger_payloads SET case_id = NULL, salt = NULL, body = NULL WHERE number = 2", "entry 2 .*no erasure is on record"),
    ("DELETE FROM ledger_payloads WHERE number = 2", "entry 2 .*taken away"),
    ("UPDATE ledger_entries SET recorded_at = '2020-01-01' WHERE number = 2", "entry 2 .*date, kind, run or seal was altered"),
    ("UPDATE ledger_entries SET kind = 'knew' WHERE number = 2", "entry 2 .*altered"),
    ("UPDATE ledger_entries SET run = 7 WHERE number = 2", "entry 2 .*altered"),
    ("UPDATE ledger_entries SET entry_hash = 'f' WHERE number = 2", "entry 2 .*altered"),
])
def test_what_was_altered_past_the_guards_is_found_and_named(place, statement, said):
    ledger = some_actions(place)
    without_guards(place)
    meddle(place, statement)
    verdict = verify(ledger)
    assert not verdict.sound
    assert any(re.search(said, problem) for problem in verdict.problems), verdict.problems


def test_entries_taken_out_of_the_middle_or_cut_off_the_end_are_found(place):
    ledger = some_actions(place)
    noted = verify(ledger).head
    without_guards(place)
    meddle(place, "DELETE FROM ledger_payloads WHERE number = 4", "DELETE FROM ledger_entries WHERE number = 4")
    assert verify(ledger).sound  # the chain alone cannot know its own end
    assert "not in the chain" in verify(ledger, noted).problems[-1]
    meddle(place, "DELETE FROM ledger_payloads WHERE number = 2", "DELETE FROM ledger_entries WHERE number = 2")
    assert any("entry 2 missing before entry 3" in problem for problem in verify(ledger).problems)


# --- runs -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def week(fitted):
    records = random_casebook(3, cases=120, rows=300)
    few = {name: records.tables[name].iloc[:15].reset_index(drop=True) for name in ("appeals", "mediations")}
    searches = Searches(History.of(records.with_tables({**records.tables, **few})))
    return weekly_lists(searches, STANDARD, fitted, MONDAY, 10, authority="Invented", release="test",
                        data_note="random records", synthetic=True, notes=("A note.",))


def test_a_past_list_replays_byte_for_byte(place, week, tmp_path):
    from dispute_risk.reports.weekly_files import write_weekly

    ledger = open_ledger(place)
    run = record_run(ledger, week, inputs_fingerprint="abc", at=AT, who="clerk")
    again = replayed(open_ledger(place), run)
    for name in ("cases", "movement", "areas", "duties"):
        pd.testing.assert_frame_equal(getattr(week, name), getattr(again, name), check_exact=True)
    write_weekly(week, tmp_path / "first")
    write_weekly(again, tmp_path / "again")
    first = {file.name: file.read_bytes() for file in (tmp_path / "first").rglob("*") if file.is_file()}
    second = {file.name: file.read_bytes() for file in (tmp_path / "again").rglob("*") if file.is_file()}
    text = [name for name in first if not name.endswith(".xlsx")]  # a workbook holds the time it was made
    assert sorted(first) == sorted(second) and len(text) > 4
    assert {name: first[name] for name in text} == {name: second[name] for name in text}


def test_runs_are_numbered_and_found_by_what_they_were_made_from(place, week):
    ledger = open_ledger(place)
    pages = {"C1": {"case_id": "C1", "as_of": MONDAY}}
    first = record_run(ledger, week, inputs_fingerprint="abc", at=AT, who="clerk", pages=pages, files="one")
    second = record_run(ledger, week, inputs_fingerprint="def", at=AT, who="clerk", files="two")
    assert [run.number for run in runs(ledger)] == [first, second] == [1, 2]
    assert len(run_of(ledger, 1).listed) == len(week.cases)
    found = last_run(ledger, files="one", as_of="2024-06-03")
    assert found is not None and found.number == 1 and last_run(ledger, files="three") is None
    assert page_of(ledger, 1, "C1") == {"case_id": "C1", "as_of": "2024-06-03"} and page_of(ledger, 2, "C1") is None
    with pytest.raises(UnknownName, match="no run 3"):
        run_of(ledger, 3)


def test_a_run_is_recorded_whole_or_not_at_all(place, week):
    ledger = open_ledger(place)
    with pytest.raises(TypeError):
        record_run(ledger, week, inputs_fingerprint="abc", at=AT, who="clerk", pages={"C1": {"broken": object()}})
    assert runs(ledger) == [] and verify(ledger).entries == 0


# --- what people recorded ---------------------------------------------------------------------------------------------


def test_a_later_word_takes_the_place_of_an_earlier_one(place):
    ledger = open_ledger(place)
    for kind, said in (("snoozed", {"until": MONDAY}), ("snoozed", {"until": MONDAY + dt.timedelta(9)}), ("knew", {}),
                       ("override", {"why": "moved away"}), ("did", {"step": "reply"}), ("outcome", {"what": "agreed"})):
        record(ledger, kind, "A1", who="officer", at=AT, **said)
    found = standing(ledger)["A1"]
    assert found.done == (("reply", MONDAY),) and found.outcomes == (("agreed", MONDAY),)
    assert found.knew and found.override == "moved away"
    assert found.asleep(MONDAY + dt.timedelta(8)) and not found.asleep(MONDAY + dt.timedelta(9))
    with pytest.raises(ValueError, match="kind 'run'"):
        record(ledger, "run", "A1", who="officer", at=AT)


# --- erasure ----------------------------------------------------------------------------------------------------------


def test_an_erased_case_is_gone_and_the_chain_still_holds(place, tmp_path):
    ledger = some_actions(place)
    before = verify(ledger)
    assert erase_case(ledger, "A1", why="request about A1", who="officer", at=AT) == 2
    assert case_entries(ledger, "A1") == [] and len(case_entries(ledger, "A2")) == 1
    after = verify(ledger, before.head)
    assert after.sound and after.erased == 2 and after.entries == 5
    if "://" not in place:
        assert b"A1" not in Path(place).read_bytes() and b"call 0" not in Path(place).read_bytes()
    with pytest.raises(UnknownName, match="nothing of case 'A1'"):
        erase_case(ledger, "A1", why="again", who="officer", at=AT)


def test_retention_erases_what_is_older_and_nothing_else(place):
    ledger = some_actions(place)
    assert erase_before(ledger, MONDAY + dt.timedelta(days=2), why="retention", who="clerk", at=AT) == 2
    assert [len(case_entries(ledger, case)) for case in ("A1", "A2", "A3")] == [1, 0, 1]
    assert erase_before(ledger, MONDAY, why="retention", who="clerk", at=AT) == 0
    assert verify(ledger).sound and verify(ledger).entries == 5


# --- for the auditor --------------------------------------------------------------------------------------------------


def test_an_export_can_be_checked_without_this_tool(place, tmp_path):
    ledger = some_actions(place)
    record(ledger, "did", "=1+1", who="officer", at=AT, step="reply")
    erase_case(ledger, "A2", why="request", who="officer", at=AT)
    table, whole = export_ledger(ledger, tmp_path / "audit")
    said = json.loads(whole.read_text("utf-8"))
    previous = "0" * 64
    for row in said["rows"]:
        sealed = json.dumps([row[name] for name in ("number", "recorded_at", "kind", "run", "payload_hash")] + [previous],
                            separators=(",", ":"))
        assert row["previous_hash"] == previous and hashlib.sha256(sealed.encode()).hexdigest() == row["entry_hash"]
        if not row["erased"]:
            assert hashlib.sha256(f"{row['salt']}\n{row['body']}".encode()).hexdigest() == row["payload_hash"]
        previous = row["entry_hash"]
    assert said["head"] == previous == verify(ledger).head and said["problems"] == []
    assert "secret-word" not in whole.read_text("utf-8")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["case_id"] for row in rows] == ["A1", "", "A1", "A3", "'=1+1", ""]


# --- opening ----------------------------------------------------------------------------------------------------------


def test_an_older_ledger_is_brought_up_to_date_once_and_a_newer_one_is_refused(place, monkeypatch):
    some_actions(place)
    change = ("ALTER TABLE ledger_entries ADD COLUMN later TEXT",)
    later = (*MIGRATIONS, Migration(MIGRATIONS[-1].version + 1, "a later column", change, change))
    with monkeypatch.context() as patched:
        patched.setattr(opening_module, "MIGRATIONS", later)
        for _ in range(2):
            assert verify(open_ledger(place)).sound
        with open_ledger(place).reading() as link:
            assert link.rows("SELECT version FROM ledger_versions ORDER BY version") == [(1,), (2,)]
            assert link.rows("SELECT COUNT(later) FROM ledger_entries") == [(0,)]
    with pytest.raises(UnreadableFile, match="later release"):
        open_ledger(place)


def test_a_place_that_holds_no_ledger_is_refused(tmp_path):
    (tmp_path / "text.sqlite").write_text("no database")
    for wrong, said in ((tmp_path / "none.sqlite", "does not exist"), (tmp_path / "text.sqlite", "not a ledger"),
                        (tmp_path, "is a folder"), ("mysql://u:secret-word@h/x", "no other database|driver")):
        with pytest.raises(UnreadableFile, match=said) as raised:
            open_ledger(wrong, create=False)
        assert "secret-word" not in str(raised.value)
    with pytest.raises(OutputNotWritten, match=r"folder .* does not exist"):
        open_ledger(tmp_path / "nowhere" / "ledger.sqlite")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.sqlite"]


def test_a_server_that_does_not_answer_is_named_without_its_password():
    pytest.importorskip("psycopg")
    with pytest.raises(UnreadableFile) as raised:
        open_ledger("postgresql+psycopg://u:secret-word@127.0.0.1:1/x")
    assert "cannot be read" in str(raised.value) and "secret-word" not in str(raised.value)


def test_the_fingerprint_of_files_knows_names_and_contents_and_no_ledger(tmp_path):
    (tmp_path / "cases.csv").write_text("a")
    first = files_fingerprint(tmp_path)
    (tmp_path / "x-ledger.sqlite").write_text("grows")
    assert files_fingerprint(tmp_path) == first
    (tmp_path / "cases.csv").write_text("b")
    second = files_fingerprint(tmp_path)
    (tmp_path / "cases.csv").rename(tmp_path / "plans.csv")
    assert len({first, second, files_fingerprint(tmp_path)}) == 3


def test_a_table_is_recorded_as_its_rows_would_be():
    from dispute_risk.triage.ledger.writing import _table, plain

    table = pd.DataFrame({
        "case_id": ["A", "B"], "rank": [1, 2], "is_new": [True, False], "last_rank": [np.nan, 3.0], "risk": [0.1, np.nan],
        "due_on": pd.to_datetime(["2026-03-09", None]), "small": np.array([0.1, 2], np.float32),
        "until_on": pd.to_datetime(["1899-12-31", "2061-01-01"]).astype("datetime64[s]"),
        "said": pd.Series(["a", None], dtype=object), "seen_on": [dt.date(2026, 3, 9), None],
    })
    assert _table(table) == [plain(row) for row in table.to_dict("records")]
    assert _table(table)[1]["due_on"] is None and _table(table)[0]["until_on"] == "1899-12-31"
    assert _table(table.iloc[:0]) == _table(pd.DataFrame()) == []


def test_a_value_is_plain_whatever_library_it_comes_from():
    from dispute_risk.triage.ledger.writing import plain

    given = {1: [np.float64("nan"), np.int64(3), True, (1.5, float("inf"))], "on": pd.Timestamp("2026-03-09"), "no": pd.NaT}
    assert plain(given) == {"1": [None, 3, True, [1.5, float("inf")]], "on": "2026-03-09", "no": None}
    assert type(plain(np.int64(3))) is int and plain(True) is True


OTHERS = [np.float64(0.25), np.int64(7), np.float32(0.5), pd.Timestamp("2025-03-03"), pd.NaT, np.bool_(True)]
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-10**9, 10**9), st.floats(allow_infinity=False), st.text(max_size=8),
                   st.dates(), st.sampled_from(OTHERS))


@given(st.dictionaries(st.text(max_size=5), st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=12)))
@settings(max_examples=200, deadline=None)
def test_an_entry_is_written_the_same_however_it_is_put_into_words(body):
    assert as_written(body) == canonical(plain(body))
