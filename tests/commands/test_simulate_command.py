"""The command that invents an authority: what it writes, what it says, what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import copied, every_file
from click.testing import CliRunner

from dispute_risk.commands.simulate import command
from dispute_risk.errors import OutputNotWritten
from dispute_risk.records.read import read_casebook

SMALL = ["--plans", "200", "--years", "1"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, str]:
    """One authority with its truth beside it, and what was said."""
    place = tmp_path_factory.mktemp("made")
    done = CliRunner().invoke(command, [str(place / "demo"), *SMALL, "--seed", "7", "--truth", str(place / "truth")])
    assert done.exit_code == 0, done.output
    return place, done.output


def test_it_writes_a_casebook_that_says_it_is_invented(made) -> None:
    place, said = made
    assert "invented" in said
    assert str(place / "demo") in said.replace("\n", "")
    assert read_casebook(place / "demo").casebook.synthetic


def test_it_replaces_an_earlier_invented_casebook_and_nothing_else(made, tmp_path) -> None:
    demo = copied(made[0] / "demo", tmp_path / "demo")
    before = every_file(demo)
    assert CliRunner().invoke(command, [str(demo), *SMALL, "--seed", "2"]).exit_code == 0
    after = every_file(demo)
    assert after.keys() == before.keys() and after["requests.csv"] != before["requests.csv"]
    (demo / "notes.txt").write_text("mine", encoding="utf-8")
    refused = CliRunner().invoke(command, [str(demo), *SMALL])
    assert isinstance(refused.exception, OutputNotWritten)
    assert (demo / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_it_leaves_real_records_alone(tmp_path) -> None:
    (tmp_path / "casebook.toml").write_text("synthetic = false\n", encoding="utf-8")
    refused = CliRunner().invoke(command, [str(tmp_path), *SMALL])
    assert isinstance(refused.exception, OutputNotWritten)
    assert [item.name for item in tmp_path.iterdir()] == ["casebook.toml"]


def test_the_truth_is_kept_apart(made, tmp_path) -> None:
    inside = CliRunner().invoke(command, [str(tmp_path / "demo"), *SMALL, "--truth", str(tmp_path / "demo" / "truth")])
    assert isinstance(inside.exception, OutputNotWritten)
    assert not (tmp_path / "demo").exists()
    assert (made[0] / "truth" / "rows.csv").exists()
    assert not [item for item in (made[0] / "demo").iterdir() if "truth" in item.name]


def test_two_runs_give_the_same_bytes_and_the_truth_changes_none(made, tmp_path) -> None:
    assert CliRunner().invoke(command, [str(tmp_path / "again"), *SMALL, "--seed", "7"]).exit_code == 0
    assert len(every_file(tmp_path / "again")) > 14
    for file in (made[0] / "demo").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name
