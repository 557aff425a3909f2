"""Broken records of every kind: said at once with what to do, the same exit code everywhere, nothing half written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from calling import MONDAY, TRAINED_ON, cells, copied, done, every_file, run

from dispute_risk.errors import EXIT_CODES

Breakage = Callable[[Path], None]


def in_table(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Breakage:
    def broken(book: Path) -> None:
        change(cells(book / f"{name}.csv")).to_csv(book / f"{name}.csv", index=False)

    return broken


def first_cell(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[0, column] = value
        return rows

    return change


def in_text(name: str, change: Callable[[str], str]) -> Breakage:
    def broken(book: Path) -> None:
        place = book / f"{name}.csv"
        place.write_text(change(place.read_text(encoding="utf-8")), encoding="utf-8")

    return broken


def ends_before_it_begins(rows: pd.DataFrame) -> pd.DataFrame:
    rows.loc[0, ["from_on", "to_on"]] = ["2024-05-01", "2024-04-01"]
    return rows


def with_tables_of(few: Path, place: Path, *names: str) -> Path:
    """Return a copy with these tables alone: reading a casebook is most of the work here, and it goes by the table."""
    book = copied(few, place)
    for table in book.glob("*.csv"):
        if table.stem not in names:
            table.unlink()
    assert {table.stem for table in book.glob("*.csv")} == set(names)
    return book


def cut_short(book: Path) -> None:
    rows = cells(book / "plans.csv")
    (book / "plans.csv").unlink()
    rows.to_parquet(book / "plans.parquet")
    whole = (book / "plans.parquet").read_bytes()
    (book / "plans.parquet").write_bytes(whole[: len(whole) // 2])


STOPPING: dict[str, tuple[Breakage, int, str]] = {
    "a required column is missing": (in_table("cases", lambda rows: rows.drop(columns="area")), 4, "cases.csv, area: is missing"),
    "a required table is missing": (lambda book: (book / "appeals.csv").unlink(), 4, "appeals: is missing"),
    "no row of a required table can be used": (
        in_table("cases", lambda rows: rows.assign(area="")), 4, "none of them usable"),
    "wrong delimiter": (in_text("plans", lambda text: text.replace(",", "\t")), 3, "plans.csv: has its cells divided by tabs"),
    "semicolons": (in_text("cases", lambda text: text.replace(",", ";")), 3, "cases.csv: has its cells divided by ';'"),
    "empty file": (in_text("contacts", lambda text: ""), 3, "contacts.csv: is empty"),
    "a table cut short": (cut_short, 3, "plans.parquet: is not a whole Parquet file"),
}

PARTLY: dict[str, tuple[Breakage, str]] = {
    "required column of another table": (
        in_table("contacts", lambda rows: rows.drop(columns="happened_on")), "contacts.csv, happened_on: is missing"),
    "unknown code": (in_table("plans", first_cell("kind", "finalised")), "plans.csv row 2, kind: 'finalised' is not a code"),
    "impossible date": (in_table("requests", first_cell("received_on", "2024-02-31")),
                        "requests.csv row 2, received_on: '2024-02-31' is not a day of the calendar"),
    "contradictory dates": (in_table("allocations", ends_before_it_begins), "allocations.csv row 2"),
    "duplicate key": (in_table("appeals", lambda rows: pd.concat([rows, rows.iloc[[0]]])), "appeals.csv row"),
    "orphan": (in_table("reviews", first_cell("case_id", "NOBODY")), "reviews.csv row 2, case_id: 'NOBODY'"),
}


@pytest.fixture(scope="module")
def few(records, tmp_path_factory) -> Path:
    """Return the small authority with every eighth of its cases: reading a casebook is most of the work here."""
    place = copied(records, tmp_path_factory.mktemp("few") / "records")
    kept = set(cells(place / "cases.csv")["case_id"][::8]) | set(cells(place / "appeals.csv")["case_id"][:3])
    for table in place.glob("*.csv"):
        rows = cells(table)
        rows[rows["case_id"].isin(kept)].to_csv(table, index=False)
    return place


@pytest.mark.parametrize("kind", STOPPING)
def test_records_that_cannot_be_used_stop_every_command_with_the_same_code(kind, few, release, tmp_path):
    breakage, code, said = STOPPING[kind]
    book = with_tables_of(few, tmp_path / "book", "cases", "appeals", "plans", "contacts")
    breakage(book)
    checked = run("check", book)
    assert (checked.code, checked.err) == (code, "")
    assert said in checked.out
    out = tmp_path / "out"
    for words in (
        ("train", book, "--as-of", TRAINED_ON, "--out", out),
        ("score", book, "--model", release, "--as-of", MONDAY, "--out", out),
        ("weekly", book, "--model", release, "--as-of", MONDAY, "--out", out),
    ):
        left = run(*words)
        assert (left.code, left.out) == (code, ""), words
        assert said in left.err and left.err.startswith("Error: ") and "Traceback" not in left.err
        assert [item.name for item in tmp_path.iterdir()] == ["book"], f"{words[0]} left something behind"
    assert code in EXIT_CODES


@pytest.mark.parametrize("kind", PARTLY)
def test_records_with_problems_are_listed_by_check_and_counted_by_the_rest(kind, few, release, tmp_path):
    breakage, said = PARTLY[kind]
    book = with_tables_of(few, tmp_path / "book", "cases", "appeals", "plans", "requests", "contacts", "reviews", "allocations")
    breakage(book)
    checked = run("check", book)
    assert (checked.code, checked.err) == (5, "")
    assert said in checked.out
    used = run("score", book, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "risk.csv")
    assert used.code == 0
    assert used.err.startswith("Note: ") and "dispute-risk check" in used.err, "nothing is left out in silence"
    assert len(used.err.splitlines()) == 1


def test_clean_records_are_used_without_a_note(few, release, tmp_path):
    assert done("score", few, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "risk.csv").err == ""


def test_everything_at_once_is_told_at_once(few, tmp_path):
    book = copied(few, tmp_path / "book")
    in_table("cases", lambda rows: rows.assign(child_name="Jo Bloggs"))(book)
    for breakage, _ in PARTLY.values():
        breakage(book)
    partly = run("check", book, "--out", tmp_path / "partly")
    assert partly.code == 5
    assert [said for _, said in PARTLY.values() if said not in partly.out] == []
    assert "cases.csv, child_name: looks like a person's name" in partly.out
    in_text("panels", lambda text: "")(book)
    in_table("advice", lambda rows: rows.drop(columns="kind"))(book)
    stopped = run("check", book, "--out", tmp_path / "stopped")
    assert stopped.code == 3
    for said in ("panels.csv: is empty", "advice.csv, kind: is missing", "plans.csv row 2, kind"):
        assert said in stopped.out, "what stops the use hides nothing else"
    listed = cells(tmp_path / "stopped" / "problems.csv")
    assert {"panels", "advice", "plans", "requests", "appeals", "reviews"} <= set(listed["table"])
    assert "stops" in set(listed["severity"])
    for written in ("partly", "stopped"):
        held = every_file(tmp_path / written)
        assert not [name for name in held if "/." in f"/{name}" or name.endswith((".tmp", ".part"))]
        assert not [name for name, content in held.items() if b"Jo Bloggs" in content], "a name was copied"


def test_a_column_of_names_is_refused_and_never_repeated(few, release, tmp_path):
    book = copied(few, tmp_path / "book")
    in_table("cases", lambda rows: rows.assign(child_name="Jo Bloggs", parent_email="jo@example.org"))(book)
    checked = run("check", book)
    assert "child_name: looks like a person's name" in checked.out and "parent_email" in checked.out
    done("score", book, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "risk.csv")
    done("score", few, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "plain.csv")
    assert (tmp_path / "risk.csv").read_bytes() == (tmp_path / "plain.csv").read_bytes()
    assert "Bloggs" not in checked.out and "example.org" not in checked.out


def test_a_register_without_appeals_gives_duties_and_the_points_at_national_level_but_no_model(few, tmp_path):
    book = copied(few, tmp_path / "book")
    in_text("appeals", lambda text: text.splitlines()[0] + "\n")(book)
    checked = run("check", book)
    assert checked.code == 0
    assert "appeals.csv: has headings but no rows: nothing can be learned from it" in checked.out
    left = done("train", book, "--as-of", TRAINED_ON, "--out", tmp_path / "points", "--json")
    assert json.loads(left.out)["rung"] == "points"
    left = run("train", book, "--as-of", TRAINED_ON, "--out", tmp_path / "model", "--national", "none")
    assert left.code == 6
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("held", [b"", b"not a workbook", b"PK\x03\x04 cut"], ids=["empty", "text", "cut short"])
def test_what_is_no_workbook_is_said_to_be_none(held, tmp_path):
    book = tmp_path / "records.xlsx"
    book.write_bytes(held)
    checked = run("check", book)
    assert (checked.code, checked.err) == (3, "")
    assert "records.xlsx" in checked.out
    used = run("train", book, "--out", tmp_path / "model")
    assert used.code == 3 and "records.xlsx" in used.err and used.out == ""
