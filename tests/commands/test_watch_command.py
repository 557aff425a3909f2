"""The commands of governance: watch, docs and before-after, called as an analyst calls them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from calling import TRAINED_ON, done, every_file, run

from dispute_risk import cli

# Commands that the table of the command line may not hold yet; where it does, this changes nothing.
for _name, _module in (("docs", "docs"), ("watch", "watch"), ("before-after", "before_after")):
    cli.COMMANDS.setdefault(_name, (_module, _name))

NOW = "2026-06-08"


def test_watch_writes_its_page_and_says_what_it_found(records, release, tmp_path):
    out = tmp_path / "watch"
    left = done("watch", records, "--model", release, "--as-of", NOW, "--out", out, "--points", tmp_path / "points")
    assert "Drift watch of" in left.out
    assert {"watch.html", "watch.csv", "watch.json", "cannot_see.csv"} <= {path.name for path in out.iterdir()}
    said = json.loads((out / "watch.json").read_text())
    assert said["as_of"] == NOW and said["status"] in ("in order", "look into", "act") and said["invented"]
    page = (out / "watch.html").read_text()
    assert "Invented records" in page and "What this watch cannot see" in page and "http://" not in page.replace(
        "http://www.w3.org", "")
    done("score", records, "--model", tmp_path / "points", "--as-of", NOW, "--out", tmp_path / "risk.csv")


def test_watch_names_what_is_wrong_with_its_dates_and_places(records, release, tmp_path):
    early = run("watch", records, "--model", release, "--as-of", TRAINED_ON, "--out", tmp_path / "a")
    assert early.code == 2 and "is not after the release" in early.err
    since = run("watch", records, "--model", release, "--as-of", NOW, "--since", "2026-01-05", "--out", tmp_path / "a")
    assert since.code == 2 and "is not between" in since.err
    taken = run("watch", records, "--model", release, "--as-of", NOW, "--out", tmp_path / "a", "--points", release)
    assert taken.code == 8 and "never overwritten" in taken.err
    assert not (tmp_path / "a").exists()


def test_docs_drafts_the_answers_and_marks_what_is_open(records, release, tmp_path):
    out = tmp_path / "documents"
    left = done("docs", "--model", release, "--casebook", records, "--out", out)
    assert "33 fields" in left.out
    names = {path.name for path in out.iterdir()}
    assert {"index.html", "model_card.html", "transparency_record.html", "dpia_annex.html", "eqia_annex.html", "data_sheet.html",
            "human_involvement.html", "bias_checklist.html", "bias_checklist.csv", "answers.toml"} <= names
    assert "TO BE COMPLETED BY the data protection officer" in (out / "dpia_annex.html").read_text()
    assert "Invented records" in (out / "transparency_record.html").read_text()
    assert set(tomllib.loads((out / "answers.toml").read_text()).values()) == {""}


def test_a_release_with_open_fields_is_refused_with_its_own_code_and_writes_no_document(release, tmp_path):
    out = tmp_path / "documents"
    left = run("docs", "--model", release, "--out", out, "--release")
    assert left.code == 12
    assert "33 fields" in left.err and "lawful_basis (the data protection officer)" in left.err
    assert [path.name for path in out.iterdir()] == ["answers.toml"]


def test_with_every_answer_the_documents_are_released_and_hold_them(release, tmp_path):
    out = tmp_path / "documents"
    run("docs", "--model", release, "--out", out, "--release")
    file = out / "answers.toml"
    file.write_text(file.read_text().replace('= ""', '= "Said <b>so</b> in May."'))
    before = file.read_bytes()
    left = done("docs", "--model", release, "--out", out, "--release", "--json")
    said = json.loads(left.out)
    assert said["open"] == [] and file.read_bytes() == before
    for place in said["files"]:
        text = Path(place).read_text(encoding="utf-8")
        assert "TO BE COMPLETED" not in text
        if place.endswith(".html"):
            assert "<b>so</b>" not in text
    assert "Said &lt;b&gt;so&lt;/b&gt; in May." in (out / "dpia_annex.html").read_text()


def test_answers_that_cannot_be_used_are_all_named(release, tmp_path):
    answers = tmp_path / "answers.toml"
    answers.write_text('nonsense = "x"\nteam = 3\n')
    left = run("docs", "--model", release, "--answers", answers, "--out", tmp_path / "d")
    assert left.code == 3 and "nonsense" in left.err and "team = 3" in left.err
    assert not (tmp_path / "d").exists()


def test_docs_of_what_is_no_release(tmp_path):
    left = run("docs", "--model", tmp_path, "--out", tmp_path / "d")
    assert left.code == 7 and "manifest.json is missing" in left.err


def test_docs_refuse_features_made_from_audited_columns(release, tmp_path):
    own = tmp_path / "ours.py"
    own.write_text('COLUMN = "ethnicity"\n')
    left = run("docs", "--model", release, "--also", own, "--out", tmp_path / "d")
    assert left.code == 10 and "line 1" in left.err


def test_before_and_after_by_a_frozen_plan(records, tmp_path):
    out = tmp_path / "evaluation"
    left = done("before-after", "plan", records, "--as-of", "2025-06-30", "--launch", "2025-07-07", "--out", out)
    assert "Seal" in left.out and (out / "before_after_plan.html").exists()
    plan = out / "before_after_plan.json"
    again = run("before-after", "plan", records, "--as-of", "2025-06-30", "--launch", "2025-07-07", "--out", out)
    assert again.code == 8
    compared = done("before-after", "compare", records, "--plan", plan, "--out", out)
    assert "nothing can be concluded" in compared.out or "no change to be seen" in compared.out
    plan.write_text(plan.read_text().replace('"hoped": 0.8', '"hoped": 0.9'))
    broken = run("before-after", "compare", records, "--plan", plan, "--out", tmp_path / "other")
    assert broken.code == 3 and "changed after it was sealed" in broken.err
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("words", [("--launch", "2025-13-01"), ("--launch", "2025-07-07", "--launch", "NE=2025-08-04")])
def test_launch_dates_that_cannot_be_meant_are_refused(records, tmp_path, words):
    left = run("before-after", "plan", records, "--as-of", "2025-06-30", *words, "--out", tmp_path / "e")
    assert left.code == 2
    assert not every_file(tmp_path)
