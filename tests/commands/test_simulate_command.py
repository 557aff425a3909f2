"""The command that invents an authority: what it writes, what it says, what it leaves alone."""

from __future__ import annotations

from click.testing import CliRunner

from dispute_risk.commands.simulate import command
from dispute_risk.errors import OutputNotWritten
from dispute_risk.records.read import read_casebook

SMALL = ["--plans", "200", "--years", "1"]


def test_it_writes_a_casebook_that_says_it_is_invented(tmp_path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "demo"), *SMALL])
    assert done.exit_code == 0, done.output
    assert "invented" in done.output
    assert str(tmp_path / "demo") in done.output.replace("\n", "")
    assert read_casebook(tmp_path / "demo").casebook.synthetic


def test_it_replaces_an_earlier_invented_casebook_and_nothing_else(tmp_path) -> None:
    demo = tmp_path / "demo"
    assert CliRunner().invoke(command, [str(demo), *SMALL]).exit_code == 0
    assert CliRunner().invoke(command, [str(demo), *SMALL, "--seed", "2"]).exit_code == 0
    (demo / "notes.txt").write_text("mine", encoding="utf-8")
    refused = CliRunner().invoke(command, [str(demo), *SMALL])
    assert isinstance(refused.exception, OutputNotWritten)
    assert (demo / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_it_leaves_real_records_alone(tmp_path) -> None:
    (tmp_path / "casebook.toml").write_text("synthetic = false\n", encoding="utf-8")
    refused = CliRunner().invoke(command, [str(tmp_path), *SMALL])
    assert isinstance(refused.exception, OutputNotWritten)
    assert [item.name for item in tmp_path.iterdir()] == ["casebook.toml"]


def test_the_truth_is_kept_apart(tmp_path) -> None:
    inside = CliRunner().invoke(command, [str(tmp_path / "demo"), *SMALL, "--truth", str(tmp_path / "demo" / "truth")])
    assert isinstance(inside.exception, OutputNotWritten)
    assert not (tmp_path / "demo").exists()
    done = CliRunner().invoke(command, [str(tmp_path / "demo"), *SMALL, "--truth", str(tmp_path / "truth")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "truth" / "rows.csv").exists()
    assert not [item for item in (tmp_path / "demo").iterdir() if "truth" in item.name]


def test_two_runs_give_the_same_bytes(tmp_path) -> None:
    for name in ("one", "two"):
        assert CliRunner().invoke(command, [str(tmp_path / name), *SMALL, "--seed", "7"]).exit_code == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name
