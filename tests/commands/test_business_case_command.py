"""The command `business-case`: drafts its inputs, reads them back, and refuses to count provision."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("click")
from calling import every_file, run

import dispute_risk.cli as cli

AS_OF = "2026-03-02"


@pytest.fixture(autouse=True)
def listed(monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "business-case", ("business_case", "Is the mediation pilot worth extending?"))


@pytest.fixture(scope="module")
def drafted(records, tmp_path_factory):
    out = tmp_path_factory.mktemp("business") / "case"
    cli.COMMANDS.setdefault("business-case", ("business_case", "Is the mediation pilot worth extending?"))
    left = run("business-case", records, "--as-of", AS_OF, "--out", out, "--no-study", "--no-word", "--draws", "500", "--json")
    assert left.code == 0, left.err
    return json.loads(left.out), out


def test_it_says_the_answer_and_names_every_file(drafted):
    said, out = drafted
    assert "pays" in said["summary"] and not said["studies_answer"]
    assert sorted(said["files"]) == sorted(str(path) for path in out.iterdir())
    assert said["placeholders"] and {row["option"] for row in said["options"]} >= {"Stop", "Extend by 12 months"}


def test_the_drafted_inputs_give_the_same_case_and_an_edit_another(records, drafted, tmp_path):
    said, out = drafted
    words = ("business-case", records, "--as-of", AS_OF, "--no-study", "--no-word", "--draws", "500", "--json")
    again = run(*words, "--out", tmp_path / "again", "--inputs", out / "inputs.toml")
    assert again.code == 0, again.err
    assert json.loads(again.out)["options"] == said["options"]
    edited = tmp_path / "mine.toml"
    edited.write_text('[inputs.effect_per_100_meetings]\ncentral = 60\nlow = 50\nhigh = 70\nstatus = "entered"\n',
                      encoding="utf-8")
    better = run(*words, "--out", tmp_path / "better", "--inputs", edited)
    assert better.code == 0, better.err
    assert "entered by the authority" in json.loads(better.out)["summary"]
    assert json.loads(better.out)["options"][1]["net_society"] > said["options"][1]["net_society"]


def test_savings_on_places_end_in_a_refusal_with_its_own_code_and_nothing_written(records, tmp_path):
    edited = tmp_path / "mine.toml"
    edited.write_text("[inputs.placement_saving]\ncentral = 50000\n", encoding="utf-8")
    left = run("business-case", records, "--as-of", AS_OF, "--out", tmp_path / "case", "--inputs", edited, "--no-study")
    assert left.code == 10 and "never counted, either way" in left.err
    assert not (tmp_path / "case").exists()


def test_files_that_may_have_been_edited_are_not_written_over(records, drafted):
    out = drafted[1]
    before = every_file(out)
    left = run("business-case", records, "--as-of", AS_OF, "--out", out, "--no-study", "--no-word", "--draws", "500")
    assert left.code == 8 and "may have been edited" in left.err
    assert every_file(out) == before
