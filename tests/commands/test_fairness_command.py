"""The command `fairness`: the page, the unheard of the day, and a sheet for the blind check that gives nothing away."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from calling import TRAINED_ON
from click.testing import CliRunner

from dispute_risk.commands.fairness import command


@pytest.fixture(scope="module")
def ran(records, release, tmp_path_factory):
    out = tmp_path_factory.mktemp("fairness") / "out"
    done = CliRunner().invoke(command, [str(records), "--model", str(release), "--as-of", TRAINED_ON, "--out", str(out),
                                        "--capacity", "4", "--check-files", "5", "--skip-voice", "--json"],
                              catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), out


def test_every_group_has_a_finding_and_none_passes_on_few_appeals(ran):
    said, out = ran
    groups = pd.read_csv(out / "groups.csv")
    assert len(said["groups"]) == len(groups) > 10
    few = groups[groups["appeals"] < 20]
    assert (few["finding"] == "cannot be assessed").all() and len(few)
    assert {"sex", "ethnicity", "deprivation", "age"} <= set(groups["dimension"])


def test_the_unheard_and_the_sheet_are_written(ran):
    said, out = ran
    assert said["unheard"] == len(pd.read_csv(out / "unheard.csv"))
    sheet, key = pd.read_csv(out / "file_check_sheet.csv"), pd.read_csv(out / "file_check_key.csv")
    assert "drawn_as" not in sheet.columns and set(key["drawn_as"]) <= {"listed", "by lot"}
    assert sheet["case_id"].tolist() == key["case_id"].tolist()
    page = (out / "fairness.html").read_text(encoding="utf-8")
    assert "file_check_key.csv" not in page and "What if the weights were others?" in page


def test_what_was_left_out_is_not_there(ran):
    said, out = ran
    assert said["without_advocacy"] is None and not (out / "without_advocacy.csv").exists()
