"""The policy file: a draft that changes nothing as it stands, every choice it names, and other authorities' estimates in it."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
from calling import MONDAY, done, run

from dispute_risk.commands.desk import estimates_of
from dispute_risk.mediation.routing_policy import FIELDS, routing_for
from dispute_risk.mediation.shared_effects import SharedEffect, write_shared_effect
from dispute_risk.mediation.trial_by_cause import Information
from dispute_risk.triage.ledger.opening import open_ledger
from dispute_risk.triage.ledger.reading import runs
from dispute_risk.triage.routing import DECLARED_RULES
from dispute_risk.triage.selection import DEFAULT_POLICY, read_policy


def draft(folder):
    path = folder / "policy.toml"
    said = done("weekly", "--draft-policy", path)
    return path, said.out


def told_by(name: str, path, synthetic: bool = True):
    known = Information(np.eye(6) * 40, np.array([-8.0, -1.0, -16.0, -8.0, 0.0, 0.0]))
    write_shared_effect(SharedEffect(name, dt.date(2026, 1, 5), synthetic, name, known, 5.0, 900, 90), path)


def test_the_draft_needs_nothing_else_and_changes_nothing_as_it_stands(tmp_path):
    path, said = draft(tmp_path)
    assert "As it stands it changes nothing" in said
    drafted = read_policy(path)
    assert replace(drafted, routing={}) == DEFAULT_POLICY
    assert routing_for(drafted.routing, places=6) is DECLARED_RULES


def test_a_file_that_may_be_signed_is_not_written_over(tmp_path):
    path, _ = draft(tmp_path)
    path.write_text("mine", encoding="utf-8")
    left = run("weekly", "--draft-policy", path)
    assert left.code == 8 and "may be signed" in left.err and path.read_text("utf-8") == "mine"


def test_every_choice_the_draft_names_can_be_made(tmp_path):
    path, _ = draft(tmp_path)
    text = path.read_text("utf-8")
    made = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE).replace('by = "risk"', 'by = "benefit"')
    path.write_text(made.replace("quiet_from = 0.15", "quiet_from = 0.2"), encoding="utf-8")
    policy = read_policy(path)
    assert set(policy.routing) == set(FIELDS) and policy.quiet_from == 0.2 and policy.signed_by
    assert policy.weekly_slots.room("meet_family", "SW") == 4 and policy.weekly_slots.room("offer_mediation", "NE") == 2
    routing = routing_for(policy.routing, places=6)
    assert routing.lottery.on and routing.opted_out == {"A810883"}


def test_estimates_of_other_authorities_lie_beside_the_policy_and_are_on_record(records, release, tmp_path):
    policy, ledger = tmp_path / "policy.toml", tmp_path / "ledger.sqlite"
    told_by("Elsewhere", tmp_path / "elsewhere.json")
    policy.write_text('[routing]\nby = "benefit"\nestimates = ["elsewhere.json"]\n', encoding="utf-8")
    words = ("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--policy", policy, "--ledger", ledger)
    done(*words, "--out", tmp_path / "lists")
    first = runs(open_ledger(ledger))[-1]
    routing = first.about["routing"]
    assert routing["estimates"] == ["Elsewhere"] and "the estimates of Elsewhere" in routing["words"]
    done(*words, "--out", tmp_path / "again")
    assert len(runs(open_ledger(ledger))) == 1  # the same week again
    told_by("Elsewhere still", tmp_path / "elsewhere.json")
    done(*words, "--out", tmp_path / "other")
    both = runs(open_ledger(ledger))
    assert len(both) == 2 and len({one.about["choices"] for one in both}) == 2  # other estimates are another choice
    assert "estimates" in json.loads(first.about["choices"])


def test_what_is_wrong_with_them_is_said_before_anything_is_made(records, release, tmp_path):
    policy = tmp_path / "policy.toml"
    told_by("A real one", tmp_path / "real.json", synthetic=False)
    words = ("weekly", records, "--model", release, "--as-of", MONDAY, "--policy", policy, "--out", tmp_path / "lists")
    for estimates, said in (('["real.json"]', "comes from real records, and yours are invented"),
                            ('["nowhere.json"]', "nowhere.json: it cannot be read"), ('"real.json"', "is not a list")):
        policy.write_text(f'[routing]\nby = "benefit"\nestimates = {estimates}\n', encoding="utf-8")
        left = run(*words)
        assert left.code == 3 and said in left.err and not (tmp_path / "lists").exists()
    policy.write_text('[routing]\nestimates = ["real.json"]\n', encoding="utf-8")
    assert "estimates are for an order by benefit" in run(*words).err


def test_too_few_offers_cannot_be_shared_and_nothing_is_written(records, tmp_path):
    left = run("mediation", records, "--share", tmp_path / "mine.json", "--out", tmp_path / "study")
    assert left.code != 0 and "are needed before their effect can be shared" in left.err
    assert not (tmp_path / "mine.json").exists() and not (tmp_path / "study").exists()


def test_looking_for_estimates_loads_nothing_heavy_and_leaves_what_is_wrong_to_the_reader_of_the_policy(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[routing]\nby = "benefit"\nestimates = ["a.json", "b.json"]\n', encoding="utf-8")
    code = ("import sys; from pathlib import Path; from dispute_risk.commands.desk import estimates_of; "
            "print(*(path.name for path in estimates_of(Path(sys.argv[1]))), *({'numpy', 'pandas'} & set(sys.modules)))")
    said = subprocess.run([sys.executable, "-c", code, str(policy)], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["a.json", "b.json"]
    for text in ("[routing", "routing = 3", "[routing]\nestimates = 3"):
        policy.write_text(text, encoding="utf-8")
        assert estimates_of(policy) == []
    assert estimates_of(tmp_path / "nowhere.toml") == []
