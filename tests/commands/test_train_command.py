"""The command `train`: what is released, what it was learned from, and what is never overwritten."""

from __future__ import annotations

import json

from calling import MONDAY, TRAINED_ON, cells, done, every_file, run


def test_the_release_says_what_it_is(release):
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["as_of"], manifest["horizon_days"], manifest["synthetic"]) == (TRAINED_ON, 182, True)
    card = (release / "CARD.md").read_text(encoding="utf-8")
    assert "invented" in card.lower() and TRAINED_ON in card


def test_a_release_holds_nothing_that_runs(release):
    assert {name.rpartition(".")[2] for name in every_file(release)} <= {"json", "md", "txt", "csv"}


def test_a_release_is_never_overwritten(records, release):
    before = every_file(release)
    assert run("train", records, "--as-of", TRAINED_ON, "--out", release, "--skip-test").code == 8
    assert every_file(release) == before


def test_the_same_seed_gives_the_same_release(records, release, tmp_path):
    done("train", records, "--as-of", TRAINED_ON, "--out", tmp_path / "again", "--skip-test", "--national", "none")
    assert (tmp_path / "again" / "model.json").read_bytes() == (release / "model.json").read_bytes()


def test_without_voice_no_feature_of_advocacy_is_in_the_release_and_it_still_gives_risks(records, release, tmp_path):
    quiet = tmp_path / "quiet"
    done("train", records, "--as-of", TRAINED_ON, "--out", quiet, "--skip-test", "--no-voice")
    features = [set(json.loads((place / "manifest.json").read_text(encoding="utf-8"))["features"])
                for place in (release, quiet)]
    assert features[1] < features[0]
    advocacy = {row["name"] for row in json.loads(done("features", "--json").out) if row["advocacy"] == "yes"}
    assert features[0] - features[1] == advocacy
    done("score", records, "--model", quiet, "--as-of", MONDAY, "--out", tmp_path / "risk.csv")
    assert len(cells(tmp_path / "risk.csv")) > 100


def test_a_test_on_later_dates_is_told_as_a_verdict_and_written_as_a_report(records, tmp_path):
    left = done("train", records, "--as-of", TRAINED_ON, "--out", tmp_path / "model", "--validation", tmp_path / "report",
                "--json")
    said = json.loads(left.out)
    assert said["verdict"] in ("accept", "not proven", "reject") and said["reasons"]
    assert said["as_of"] == TRAINED_ON and said["rung"] in ("points", "ridge", "pair")
    assert (tmp_path / "report" / "validation.html").is_file()
    assert said["verdict"] in (tmp_path / "model" / "CARD.md").read_text(encoding="utf-8").lower()


def test_own_features_are_in_the_release_and_are_asked_for_again(records, own_features, tmp_path):
    model, out = tmp_path / "model", tmp_path / "risk.csv"
    done("train", records, "--as-of", TRAINED_ON, "--out", model, "--skip-test", "--also", own_features)
    assert "provider_calls_90d" in json.loads((model / "manifest.json").read_text(encoding="utf-8"))["features"]
    done("score", records, "--model", model, "--as-of", MONDAY, "--out", out, "--also", own_features)
    assert len(cells(out)) > 100
    without = run("score", records, "--model", model, "--as-of", MONDAY, "--out", tmp_path / "no.csv")
    assert without.code == 7 and "provider_calls_90d" in without.err
    assert not (tmp_path / "no.csv").exists()


def test_own_features_that_do_not_run_are_said_to(records, tmp_path):
    broken = tmp_path / "ours.py"
    broken.write_text("FEATURES = (1 / 0,)\n", encoding="utf-8")
    left = run("train", records, "--as-of", TRAINED_ON, "--out", tmp_path / "model", "--also", broken)
    assert left.code == 3 and "ZeroDivisionError" in left.err and "Traceback" not in left.err
    assert not (tmp_path / "model").exists()
