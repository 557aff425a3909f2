"""The command `monitors`: a page and a workbook, with a model or without, and what went wrong said plainly."""

from __future__ import annotations

import json

import pytest
from calling import MONDAY
from click.testing import CliRunner

from dispute_risk.commands.monitors import command
from dispute_risk.errors import NotEnoughHistory


def call(*words: object):
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def made(records, tmp_path_factory):
    out = tmp_path_factory.mktemp("monitors") / "out"
    return call(records, "--as-of", MONDAY, "--out", out), out


def test_it_writes_a_page_and_a_workbook_without_a_model(made):
    left, out = made
    assert left.exit_code == 0, left.output
    assert sorted(path.name for path in out.iterdir()) == ["monitors.html", "monitors.xlsx"]
    page = (out / "monitors.html").read_text(encoding="utf-8")
    assert "No model was used." in page and "Invented records: no case here exists" in page
    assert "Reviews that fall due: about" in left.output


def test_with_a_model_the_risks_are_added_up_beside_the_forecast(records, release, tmp_path):
    left = call(records, "--as-of", MONDAY, "--out", tmp_path / "out", "--model", release)
    assert left.exit_code == 0, left.output
    assert "By the model: the risks of" in left.output
    page = (tmp_path / "out" / "monitors.html").read_text(encoding="utf-8")
    assert "No model was used." not in page and "Model: " in page


def test_a_second_run_gives_the_same_files_and_json_is_all_that_is_printed(records, made, tmp_path):
    told = json.loads(call(records, "--as-of", MONDAY, "--out", tmp_path / "out", "--json").stdout)
    assert told["as_of"] == MONDAY and told["invented"] is True
    assert told["reviews_overdue"] <= told["plans_in_force"]
    assert [path.rsplit(".", 1)[1] for path in told["files"]] == ["html", "xlsx"]
    for file in ("monitors.html", "monitors.xlsx"):
        assert (tmp_path / "out" / file).read_bytes() == (made[1] / file).read_bytes()


def test_a_day_long_after_the_records_is_refused_and_nothing_is_written(records, tmp_path):
    with pytest.raises(NotEnoughHistory, match="the records end on"):
        call(records, "--as-of", "2031-01-01", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
