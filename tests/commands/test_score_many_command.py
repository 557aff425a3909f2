"""The commands `in-parts` and `score-many`: many authorities, each with its own model; one that fails is named, not hidden."""

from __future__ import annotations

import json

import pytest
from calling import MONDAY, cells, done, run
from click.testing import CliRunner

from dispute_risk.commands.in_parts import command as in_parts
from dispute_risk.commands.score_many import command as score_many


def called(command, *words):
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=True)


@pytest.fixture(scope="module")
def parts(records, tmp_path_factory):
    place = tmp_path_factory.mktemp("parts")
    said = called(in_parts, records, "--out", place, "--cases", 150)
    assert said.exit_code == 0, said.output
    assert "Written to" in said.output and "parts: " in said.output
    return place


@pytest.fixture(scope="module")
def name(parts):
    from dispute_risk.records.partitions import open_parts

    return next(iter(open_parts(parts)))


@pytest.fixture(scope="module")
def models(name, release, tmp_path_factory):
    import shutil

    from dispute_risk.triage.many import folder_name

    place = tmp_path_factory.mktemp("models")
    shutil.copytree(release, place / folder_name(name))
    return place


def test_score_gives_the_same_table_of_a_casebook_and_of_its_parts(records, parts, release, tmp_path):
    for casebook, out in ((records, "whole.csv"), (parts, "parts.csv")):
        done("score", casebook, "--model", release, "--as-of", MONDAY, "--out", tmp_path / out)
    whole, again = cells(tmp_path / "whole.csv"), cells(tmp_path / "parts.csv")
    assert len(whole) > 100 and list(whole) == list(again)
    numbers = ["risk", "risk_low", "risk_high"]
    assert whole.drop(columns=numbers).equals(again.drop(columns=numbers))
    assert (whole[numbers].astype(float) - again[numbers].astype(float)).abs().max(axis=None) <= 1e-12


def test_risks_and_lists_of_each_and_one_table_over_all(parts, models, name, tmp_path):
    said = called(score_many, parts, "--models", models, "--as-of", MONDAY, "--out", tmp_path, "--json")
    assert said.exit_code == 0, said.output
    told = json.loads(said.output)["authorities"][0]
    table = cells(tmp_path / "authorities.csv")
    assert table.loc[0, "authority"] == told["authority"] == name and table.loc[0, "problem"] == ""
    assert len(cells(tmp_path / name / "risk.csv")) == told["cases_at_risk"] > 100
    lists = cells(tmp_path / name / "lists.csv")
    assert told["listed"] == lists["list"].isin(["likely_disputes", "unheard", "random_audit"]).sum() > 0
    assert set(lists["invented"]) == {"invented, not a real authority"}


def test_a_missing_model_is_named_and_the_exit_code_is_not_0(parts, tmp_path, name):
    (tmp_path / "models").mkdir()
    said = called(score_many, parts, "--models", tmp_path / "models", "--as-of", MONDAY, "--out", tmp_path / "out")
    assert said.exit_code != 0 and "0 of 1 authorities" in said.output
    assert "None is done" in str(said.exception) and f"{name}: there is no model in" in str(said.exception)
    assert "there is no model" in cells(tmp_path / "out" / "authorities.csv").loc[0, "problem"]


def test_a_policy_that_it_would_not_follow_is_refused(parts, models, tmp_path):
    (tmp_path / "policy.toml").write_text('[routing]\nby = "benefit"\n', encoding="utf-8")
    said = called(score_many, parts, "--models", models, "--as-of", MONDAY, "--out", tmp_path / "out", "--policy",
                  tmp_path / "policy.toml")
    assert said.exit_code == 2 and "has a section [routing]" in said.output and not (tmp_path / "out").exists()


def test_spark_wants_records_in_parts(records, release, tmp_path):
    left = run("score", records, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "x.csv", "--engine", "spark")
    assert left.code == 2 and "dispute-risk in-parts" in left.err


def test_parts_are_not_written_over(records, parts):
    said = called(in_parts, records, "--out", parts)
    assert said.exit_code != 0 and "already holds files" in str(said.exception)
    assert called(in_parts, records, "--out", parts, "--cases", 150, "--replace").exit_code == 0


@pytest.mark.parametrize("command", [in_parts, score_many])
def test_help_has_an_example(command):
    assert "Example:" in called(command, "--help").output
