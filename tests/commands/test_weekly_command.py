"""The command `weekly`: all files or none, no workbook with somebody's notes written over, a policy that is obeyed."""

from __future__ import annotations

import json

import pytest
from calling import MONDAY, cells, done, every_file, run


@pytest.fixture(scope="module")
def monday(records, release, tmp_path_factory):
    out = tmp_path_factory.mktemp("monday") / "lists"
    return done("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--out", out, "--json"), out


def test_it_names_every_file_it_wrote(monday):
    left, out = monday
    said = json.loads(left.out)
    assert sorted(said["files"]) == sorted(str(path) for path in out.iterdir())
    areas = set(cells(out / "areas.csv")["area"])
    assert {f"weekly_{area}.{ending}" for area in areas for ending in ("html", "xlsx")} <= {path.name for path in out.iterdir()}
    listed = cells(out / "weekly.csv")
    acted = listed[listed["list"].isin(["likely_disputes", "unheard", "random_audit"])]
    assert (said["listed"], said["new"]) == (len(acted), (acted["is_new"] == "True").sum())


def test_workbooks_that_may_hold_notes_are_not_written_over(records, release, monday):
    out = monday[1]
    before = every_file(out)
    words = ("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--out", out)
    left = run(*words)
    assert left.code == 8 and "ticks and notes" in left.err
    assert every_file(out) == before
    assert done(*words, "--replace").code == 0
    assert sorted(every_file(out)) == sorted(before)


def test_it_compares_with_the_day_asked_for(records, release, tmp_path):
    words = ("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--out", tmp_path / "lists")
    assert "new since 2026-02-09" in done(*words, "--since", "2026-02-09").out
    later = run(*words[:-1], tmp_path / "other", "--since", "2026-03-16")
    assert later.code == 2 and "2026-03-16 is not before --as-of" in later.err
    assert not (tmp_path / "other").exists()


def test_a_policy_that_cannot_be_read_stops_it_before_anything_is_made(records, release, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("benefit = 0.9\nquiet_need = 0.9\nrandom_audit = 0.1\n", encoding="utf-8")
    left = run("weekly", records, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "lists", "--policy", policy)
    assert left.code in range(1, 11) and left.err.startswith(("Error: ", "Usage: ")) and "policy.toml" in left.err
    assert not (tmp_path / "lists").exists()


def test_a_signed_lottery_is_drawn_and_put_on_record(records, release, tmp_path):
    from dispute_risk.triage.ledger.chain import verify
    from dispute_risk.triage.ledger.opening import open_ledger
    from dispute_risk.triage.ledger.reading import places_drawn, runs

    policy, ledger = tmp_path / "policy.toml", tmp_path / "ledger.sqlite"
    policy.write_text('[routing]\nby = "benefit"\nhold_out = 0.3\nband = 0.2\nsalt = "a word"\nsigned_by = "head of SEND"\n',
                      encoding="utf-8")
    words = ("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--policy", policy, "--ledger", ledger)
    done(*words, "--out", tmp_path / "lists")
    page = next((tmp_path / "lists").glob("weekly_*.html")).read_text("utf-8")
    assert "the appeals that an offer is expected to spare" in page and "signed for by head of SEND" in page
    made = runs(open_ledger(ledger))[0].about["routing"]
    assert made["rests_on"] in ("published", "one_figure", "by_cause") and made["seeds"] and "a word" not in str(made)
    with open_ledger(ledger).reading() as link:
        drawn = [json.loads(body) for (body,) in link.rows(
            "SELECT p.body FROM ledger_entries e JOIN ledger_payloads p ON p.number = e.number WHERE e.kind = 'drawn'")]
    assert drawn and all(0 < one["chance"] <= 0.7 + 1e-9 for one in drawn) and any(one["held_out"] for one in drawn)
    assert verify(open_ledger(ledger)).sound
    done(*words, "--out", tmp_path / "again")
    assert (tmp_path / "again" / "weekly.csv").read_bytes() == (tmp_path / "lists" / "weekly.csv").read_bytes()
    places = places_drawn(open_ledger(ledger))
    assert [said for _, said in places] == drawn and {on.isoformat() for on, _ in places} == {MONDAY}
    judged = json.loads(done("mediation", records, "--ledger", ledger, "--out", tmp_path / "study", "--json").out)["rules"]
    assert judged[0]["why_not"] and (tmp_path / "study" / "rules.csv").exists()  # half a year has not gone by since the draw
    assert "What other rules for the places would have done" in (tmp_path / "study" / "mediation.html").read_text("utf-8")


def test_a_lottery_nobody_signed_for_is_refused_before_anything_is_made(records, release, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[routing]\nby = "benefit"\nhold_out = 0.15\nsalt = "a word"\n', encoding="utf-8")
    left = run("weekly", records, "--model", release, "--as-of", MONDAY, "--out", tmp_path / "lists", "--policy", policy)
    assert left.code == 3 and "signed_by is blank" in left.err and not (tmp_path / "lists").exists()
