"""The week from end to end, each step in a process of its own: records, check, model, risks, and two Mondays in a row."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from dispute_risk.cli import main
from dispute_risk.records.kept import KEPT
from dispute_risk.records.known import known_by
from dispute_risk.records.read import read_casebook
from dispute_risk.records.write import write_casebook
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import standing

pytestmark = pytest.mark.slow

TRAINED_ON = "2025-03-03"
FIRST, SECOND = "2025-03-10", "2025-03-17"
CAPACITY = 6
SHEETS = ["This week", "Likely disputes", "Duties outstanding", "Unheard", "Already in dispute", "What moved", "Read me"]


def dispute_risk(*words: object) -> subprocess.CompletedProcess[str]:
    """Call the program in a process of its own; it must go well."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    left = subprocess.run(
        [sys.executable, "-m", "dispute_risk.cli", *map(str, words)], capture_output=True, text=True, check=False,
        encoding="utf-8", env={**os.environ, **one_thread, "PYTHONIOENCODING": "utf-8"},
    )
    assert left.returncode == 0, left.stderr
    assert "Traceback" not in left.stderr and "Warning" not in left.stderr, left.stderr
    return left


def here(*words: object) -> None:
    """Call the program in this process, where only what it writes is looked at: starting one costs more than its work."""
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    assert not left.value.code


def cells(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


@dataclass(frozen=True)
class Week:
    """Where everything is that the week has made, and what each step said."""

    place: Path
    said: dict[str, str]
    acted: list[str]

    @property
    def records(self) -> Path:
        return self.place / "records"

    def lists(self, monday: str) -> pd.DataFrame:
        return cells(self.place / monday / "weekly.csv")


@pytest.fixture(scope="module")
def week(tmp_path_factory) -> Week:
    place = tmp_path_factory.mktemp("week")
    records, model = place / "records", place / "model"
    steps = {
        "simulate": ("simulate", records, "--plans", 400, "--years", 4, "--seed", 1),
        "check": ("check", records, "--out", place / "checked"),
        "train": ("train", records, "--as-of", TRAINED_ON, "--out", model, "--capacity", CAPACITY),
        "score": ("score", records, "--model", model, "--as-of", FIRST, "--out", place / "risk.csv"),
        "validate": ("validate", records, "--as-of", TRAINED_ON, "--capacity", CAPACITY, "--out", place / "validation"),
        FIRST: ("weekly", records, "--model", model, "--as-of", FIRST, "--capacity", CAPACITY, "--out", place / FIRST),
    }
    done = {name: dispute_risk(*words) for name, words in steps.items()}
    first = cells(place / FIRST / "weekly.csv")
    acted = first[first["list"] == "likely_disputes"].groupby("area")["case_id"].first().tolist()
    desk = ("--model", model, "--as-of", FIRST, "--capacity", CAPACITY, "--by", "officer")
    for case_id in acted:
        done[case_id] = dispute_risk("triage", records, case_id, *desk, "--did", "reply", "--on", "2025-03-12")
    done[SECOND] = dispute_risk("weekly", records, "--model", model, "--as-of", SECOND, "--capacity", CAPACITY, "--out",
                                place / SECOND)
    assert {name: left.stderr for name, left in done.items() if left.stderr} == {}, "piped, it says nothing but the result"
    return Week(place, {name: left.stdout for name, left in done.items()}, acted)


@pytest.fixture(scope="module")
def known(week, tmp_path_factory) -> Path:
    """Return the casebook as an analyst would have been handed it on the day the model was made."""
    book = read_casebook(week.records).casebook
    then = known_by(book, dt.date.fromisoformat(TRAINED_ON))
    assert len(then.tables["appeals"]) < len(book.tables["appeals"]), "nothing was cut off: the test shows nothing"
    return write_casebook(then, tmp_path_factory.mktemp("then") / "records")


# --- risks ------------------------------------------------------------------------------------------------------------


def test_the_risks_have_one_row_for_every_case_at_risk_and_no_other(week):
    table = cells(week.place / "risk.csv")
    assert list(table)[:5] == ["case_id", "area", "risk", "band", "reason_1"]
    history = History.of(read_casebook(week.records).casebook)
    everyone = Snapshots.of(np.arange(len(history.case_id), dtype=np.int32), day_number(dt.date.fromisoformat(FIRST)))
    stands = standing(history, everyone)
    assert stands.at_risk.sum() > 200 and stands.in_dispute.sum() > 0
    assert sorted(table["case_id"]) == sorted(history.case_id[stands.at_risk])
    assert table["case_id"].is_unique
    risk = table["risk"].astype(float)
    assert ((risk > 0) & (risk < 1)).all() and risk.is_monotonic_decreasing
    assert (risk.between(table["risk_low"].astype(float) - 1e-12, table["risk_high"].astype(float) + 1e-12)).mean() > 0.95
    assert (table["reason_1"] != "").all() and set(table["as_of"]) == {FIRST}
    assert re.search(rf"^{len(table):,} cases at risk on {FIRST}, {stands.in_dispute.sum():,} already", week.said["score"])


def test_a_model_knows_nothing_of_what_came_after_its_date(week, known, tmp_path):
    model = tmp_path / "model"
    here("train", known, "--out", model, "--capacity", CAPACITY)
    assert (model / "model.json").read_bytes() == (week.place / "model" / "model.json").read_bytes()
    here("score", week.records, "--model", model, "--as-of", FIRST, "--out", tmp_path / "risk.csv")
    assert (tmp_path / "risk.csv").read_bytes() == (week.place / "risk.csv").read_bytes()


def test_risks_use_nothing_recorded_after_their_date(week, known, tmp_path):
    model = week.place / "model"
    for name, records in (("all", week.records), ("then", known)):
        here("score", records, "--model", model, "--as-of", TRAINED_ON, "--out", tmp_path / f"{name}.csv")
    every, then = (set((tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()) for name in ("all", "then"))
    assert len(every) > 200
    assert every == then


# --- two Mondays ------------------------------------------------------------------------------------------------------


def test_the_second_monday_follows_from_the_first(week):
    first, second = (week.lists(day) for day in (FIRST, SECOND))
    before = {(row["list"], row["case_id"]): int(row["rank"]) for _, row in first.iterrows()}
    standing_lists = second[second["list"] != "random_audit"]
    assert len(standing_lists) > 20
    stayed = new = 0
    for _, row in standing_lists.iterrows():
        earlier = before.get((row["list"], row["case_id"]))
        assert (row["is_new"] == "True") == (earlier is None), row["case_id"]
        assert (float(row["last_rank"]) if row["last_rank"] else None) == earlier, row["case_id"]
        new, stayed = new + (earlier is None), stayed + (earlier is not None)
    assert new and stayed, "a week without any movement, or with nothing else, shows nothing"


def test_what_moved_is_the_difference_of_the_two_lists(week):
    first, second = (week.lists(day) for day in (FIRST, SECOND))
    moved = cells(week.place / SECOND / "movement.csv")
    assert set(moved["movement"]) <= {"new", "up", "down", "left", "done"}
    for name in ("likely_disputes", "unheard"):
        on_first, on_second = (set(lists.loc[lists["list"] == name, "case_id"]) for lists in (first, second))
        said = {kind: set(moved.loc[(moved["list"] == name) & (moved["movement"] == kind), "case_id"])
                for kind in ("new", "left", "done", "up", "down")}
        assert said["new"] == on_second - on_first
        assert said["left"] | said["done"] == on_first - on_second
        assert said["up"] | said["down"] <= on_first & on_second
    assert (moved["why"] != "").all()


def test_what_was_done_on_the_first_list_is_said_on_the_second(week):
    moved = cells(week.place / SECOND / "movement.csv")
    done = moved[(moved["movement"] == "done") & moved["case_id"].isin(week.acted)]
    back = week.lists(SECOND).query("list == 'likely_disputes'")["case_id"]
    assert set(done["case_id"]) == set(week.acted) - set(back) and len(done) > 0
    assert done["why"].str.startswith("Done on 12 March 2025: Answer the family").all()
    page = (week.place / SECOND / "weekly_NE.html").read_text(encoding="utf-8")
    assert "Done on 12 March 2025" in page and "officer" in page
    assert f"{len(done)} left the lists as done" in week.said[SECOND]


def test_a_case_keeps_its_place_unless_it_was_acted_on_or_another_stands_clearly_higher(week):
    first, second = week.lists(FIRST), week.lists(SECOND)
    stayed = second[(second["list"] == "likely_disputes") & (second["is_new"] == "False")]
    assert set(stayed["on_list_since"]) == {FIRST} and set(stayed["weeks_on_list"]) == {"1"}
    before = set(first.loc[first["list"] == "likely_disputes", "case_id"])
    assert len(stayed) >= len(before - set(week.acted)) / 2


def test_each_area_has_as_many_cases_to_act_on_as_it_can_act_on_and_no_case_twice(week):
    for day in (FIRST, SECOND):
        lists = week.lists(day)
        acted = lists[lists["list"].isin(["likely_disputes", "unheard", "random_audit"])]
        assert acted.groupby("area").size().le(CAPACITY).all()
        assert not acted["case_id"].duplicated().any()
        disputed = set(lists.loc[lists["list"] == "already_in_dispute", "case_id"])
        assert disputed and not disputed & set(acted["case_id"])
        assert (acted["next_step"] != "").all() and (acted["step_owner"] != "").all()


def test_the_list_gives_the_risks_that_score_gives(week):
    listed = week.lists(FIRST).query("list == 'likely_disputes'").set_index("case_id")["risk"].astype(float)
    scored = cells(week.place / "risk.csv").set_index("case_id")["risk"].astype(float)
    np.testing.assert_allclose(listed, scored.loc[listed.index], rtol=1e-12)


# --- the files --------------------------------------------------------------------------------------------------------


def column(sheet, heading: str) -> list:
    place = next(cell.column for cell in sheet[3] if cell.value == heading)
    return [sheet.cell(row, place).value for row in range(4, sheet.max_row + 1)]


def test_the_workbooks_open_with_their_sheets_and_real_dates(week):
    lists = week.lists(FIRST)
    for area in sorted(set(lists["area"])):
        book = openpyxl.load_workbook(week.place / FIRST / f"weekly_{area}.xlsx")
        assert book.sheetnames == [name for name in SHEETS if name in book.sheetnames]
        assert {"This week", "Duties outstanding", "What moved", "Read me"} <= set(book.sheetnames)
        sheet = book["This week"]
        headings = [cell.value for cell in sheet[3]]
        assert {"Case", "Risk", "On the record", "Duty outstanding", "Due on", "Next step", "Who", "By", "Outcome",
                "Notes"} <= set(headings)
        wanted = lists[(lists["area"] == area) & (lists["list"] == "likely_disputes")]
        by_case = dict(zip(column(sheet, "Case"), column(sheet, "By"), strict=True))
        assert {case: day for case, day in by_case.items() if case in set(wanted["case_id"])} == {
            row["case_id"]: dt.datetime.fromisoformat(row["step_by_on"]) for _, row in wanted.iterrows()}
        for day in filter(None, column(sheet, "Due on") + column(sheet, "Last date")):
            assert isinstance(day, dt.datetime)


def pages(week: Week) -> list[Path]:
    found = [*week.place.rglob("*.html")]
    assert len(found) >= 1 + 2 * 2, "a page of the validation, and at least two for each Monday"
    return found


def test_no_page_asks_for_anything_from_elsewhere(week):
    for page in pages(week):
        text = page.read_text(encoding="utf-8")
        asked = re.findall(r"(?:src|href|action|data)\s*=\s*[\"']?([^\"'>\s]+)|url\(\s*[\"']?([^\"')]+)|@import\s+(\S+)", text)
        for reference in ("".join(parts) for parts in asked):
            inside = reference.startswith(("#", "data:")) or (page.parent / reference).is_file()
            assert inside, f"{page.name}: {reference}"
        assert "<script src" not in text and "<link" not in text and not re.search(r"<iframe|<object|<embed", text)


def test_everything_says_that_it_is_invented(week):
    for page in pages(week):
        assert "invented" in page.read_text(encoding="utf-8").lower(), page.name
    model = week.place / "model"
    assert "invented" in (model / "CARD.md").read_text(encoding="utf-8").lower()
    assert '"synthetic": true' in (model / "manifest.json").read_text(encoding="utf-8")
    tables = [week.place / "risk.csv", *(week.place / "validation").glob("*.csv"), *(week.place / FIRST).glob("*.csv")]
    assert len(tables) >= 9
    for table in tables:
        said = cells(table)
        assert "invented" in said, table.name
        assert not set(said["invented"]) & {"", "no"}, table.name
    assert "invented" in week.said["check"]


def test_nothing_is_left_of_the_work(week):
    strays = [path.name for path in week.place.rglob("*") if path.name.startswith(".") or path.suffix in (".tmp", ".part")]
    strays.remove(KEPT)  # the checked copy of the records, inside their folder
    assert strays == []
    assert {path.name for path in week.place.iterdir()} == {
        "records", "records-ledger.sqlite", "checked", "model", "risk.csv", "validation", FIRST, SECOND}


def test_the_steps_say_what_was_made_and_how_far_it_may_be_trusted(week):
    assert re.search(r"^Verdict: (accept|not proven|reject)", week.said["train"], re.M)
    assert re.search(r"^Verdict: (accept|not proven|reject)", week.said["validate"], re.M)
    assert "CARD.md before it is used" in week.said["train"]
    for day in (FIRST, SECOND):
        acted = week.lists(day)["list"].isin(["likely_disputes", "unheard", "random_audit"]).sum()
        assert week.said[day].startswith(f"{acted} cases to act on in 4 areas")
    assert f"since {FIRST}" in week.said[SECOND]
