"""The command `score`: one row for every case at risk, the same in every run, written whole or not at all."""

from __future__ import annotations

import json

import pytest
from calling import MONDAY, cells, done, run


@pytest.fixture(scope="module")
def risks(records, release, tmp_path_factory):
    out = tmp_path_factory.mktemp("risks") / "risk.csv"
    return done("score", records, "--model", release, "--as-of", MONDAY, "--out", out, "--json"), out


def test_the_columns_come_in_the_promised_order(risks):
    assert list(cells(risks[1]))[:5] == ["case_id", "area", "risk", "band", "reason_1"]


def test_the_summary_adds_up_to_the_table(risks):
    said, table = json.loads(risks[0].out), cells(risks[1])
    assert said["cases_at_risk"] == len(table) > 100
    assert said["expected_appeals"] == pytest.approx(table["risk"].astype(float).sum())
    assert said["as_of"] == MONDAY


def test_every_row_is_marked_as_invented_and_dated(risks):
    table = cells(risks[1])
    assert set(table["invented"]) == {"invented, not a real authority"}
    assert set(table["as_of"]) == {MONDAY}


def test_a_second_run_gives_the_same_bytes_in_place_of_the_first(records, release, risks, tmp_path):
    out = tmp_path / "risk.csv"
    out.write_text("of an earlier week", encoding="utf-8")
    done("score", records, "--model", release, "--as-of", MONDAY, "--out", out)
    assert out.read_bytes() == risks[1].read_bytes()
    assert [item.name for item in tmp_path.iterdir()] == ["risk.csv"]


def test_a_damaged_release_is_refused(records, release, tmp_path):
    damaged = tmp_path / "model"
    damaged.mkdir()
    for file in release.iterdir():
        (damaged / file.name).write_bytes(file.read_bytes())
    held = (damaged / "model.json").read_bytes()
    (damaged / "model.json").write_bytes(held.replace(b"0.", b"1.", 1))
    left = run("score", records, "--model", damaged, "--as-of", MONDAY, "--out", tmp_path / "risk.csv")
    assert left.code == 7 and left.err.startswith("Error: ") and not (tmp_path / "risk.csv").exists()


def test_a_place_that_cannot_be_written_leaves_with_8(records, release, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    left = run("score", records, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "file" / "risk.csv")
    assert left.code == 8 and "could not be written" in left.err and left.out == ""
