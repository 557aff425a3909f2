"""The command `causes`: its files, what it prints, and what it says of a period or area that cannot be used."""

from __future__ import annotations

import json

import pytest
from calling import cells, done, every_file, run

PERIOD = ("--from", "2025-01-01", "--to", "2025-12-31")


@pytest.fixture(scope="module")
def inside(records, release, tmp_path_factory):
    out = tmp_path_factory.mktemp("causes") / "report"
    return done("causes", records, *PERIOD, "--model", release, "--compare-years", "2", "--out", out, "--json"), out


def test_it_names_every_file_it_wrote_and_the_key_points(inside):
    left, out = inside
    said = json.loads(left.out)
    assert sorted(said["files"]) == sorted(str(path) for path in out.iterdir()) and not said["for_publication"]
    assert "appeals were registered" in said["key_points"][0]
    assert {"causes.html", "causes.xlsx", "what.csv", "areas.csv", "coded.csv", "duties.csv", "reasons.csv"} <= {
        path.name for path in out.iterdir()}


def test_the_models_reasons_add_up_to_the_cases_they_are_counted_over(inside):
    reasons = cells(inside[1] / "reasons.csv")
    for group in ("appealed", "highest", "at_risk"):
        share = reasons[f"{group}_share"].replace("", "0").astype(float)
        assert reasons[group].astype(int).sum() > 0 and abs(share.sum() - 100) < 0.1
    assert not set(reasons["label"]) & {"Advocacy", "Context", "Past disputes"}


def test_a_folder_is_not_written_over_unless_asked(records, inside):
    out = inside[1]
    before = every_file(out)
    left = run("causes", records, *PERIOD, "--out", out)
    assert left.code == 8 and "already holds files" in left.err and every_file(out) == before


def test_what_is_published_says_so_and_a_second_release_is_held_against_the_first(records, tmp_path):
    first = done("causes", records, *PERIOD, "--publish", "--out", tmp_path / "first")
    assert "Withheld:" in first.out and "This line is for you" in first.out
    page = (tmp_path / "first" / "causes.html").read_text("utf-8")
    assert "For publication" in page and "c: a number from 1 to 5" in page and not (tmp_path / "first" / "cases.csv").exists()
    again = done("causes", records, *PERIOD, "--publish", "--published-before", tmp_path / "first", "--out", tmp_path / "again")
    assert "Written to" in again.out
    assert cells(tmp_path / "again" / "counts.csv").equals(cells(tmp_path / "first" / "counts.csv"))


@pytest.mark.parametrize(("words", "code", "said"), [
    (("--from", "2025-12-31", "--to", "2025-01-01"), 2, "2025-01-01 is before --from 2025-12-31"),
    (("--from", "2025-13-01", "--to", "2025-12-31"), 2, "is not a date"),
    (("--from", "2010-01-01", "--to", "2010-03-31"), 6, "No appeal was registered"),
    (("--from", "2025-01-01", "--to", "2035-12-31"), 6, "the records end on"),
    ((*PERIOD, "--area", "Nowhere"), 9, "Areas: "),
    ((*PERIOD, "--published-before", "."), 2, "Add --publish"),
    ((*PERIOD, "--publish", "--published-before", "."), 3, "counts.csv cannot be read"),
])
def test_what_cannot_be_done_is_said_with_its_exit_code_and_leaves_nothing_behind(records, tmp_path, words, code, said):
    left = run("causes", records, *words, "--out", tmp_path / "out")
    assert left.code == code and said in left.err, left.err
    assert not (tmp_path / "out").exists()


def test_a_small_area_is_reported_without_the_comparison_it_has_too_few_appeals_for(records, tmp_path):
    area = cells(records / "cases.csv")["area"].iloc[0]
    left = done("causes", records, *PERIOD, "--area", area, "--compare-years", "1", "--out", tmp_path / "out")
    assert "appeal" in left.out and set(cells(tmp_path / "out" / "what.csv")["area_counted"]) == {area}
    assert (tmp_path / "out" / "patterns.csv").exists() or "was not compared" in left.out


def test_the_officers_coding_comes_before_that_of_the_records(records, tmp_path):
    appeals = cells(records / "appeals.csv")
    mine = appeals[appeals["registered_on"].str.startswith("2025")].iloc[0]
    (tmp_path / "coding").mkdir()
    answers = tmp_path / "coding" / "one.toml"
    answers.write_text(f'case_id = "{mine["case_id"]}"\n[causes]\nprimary = "health_social_gap"\n', "utf-8")
    done("causes", records, *PERIOD, "--coding", tmp_path / "coding", "--out", tmp_path / "out")
    coded = cells(tmp_path / "out" / "coded.csv").set_index("label")
    assert int(coded.loc["Health or social care content missing", "appeals"]) >= 1
    answers.write_text('[causes]\nprimary = "health_social_gap"\n', "utf-8")
    left = run("causes", records, *PERIOD, "--coding", tmp_path / "coding", "--out", tmp_path / "other")
    assert left.code == 3 and "one.toml does not name its case" in left.err
