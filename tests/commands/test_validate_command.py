"""The command `validate`: a page and every figure as a table, and the verdict it prints is the one it writes."""

from __future__ import annotations

import json

import pytest
from calling import TRAINED_ON, cells, done


@pytest.fixture(scope="module")
def report(records, tmp_path_factory):
    out = tmp_path_factory.mktemp("validated") / "report"
    return json.loads(done("validate", records, "--as-of", TRAINED_ON, "--out", out, "--capacity", "4", "--json").out), out


def test_the_verdict_comes_with_its_reasons(report):
    said, out = report
    assert said["verdict"] in ("accept", "not proven", "reject") and said["reasons"]
    assert said["verdict"] in (out / "validation.html").read_text(encoding="utf-8").lower()
    assert said["capacity"] == 4


def test_every_model_and_rule_tested_is_in_the_tables(report):
    said, out = report
    assert [row["model"] for row in said["models"]] == cells(out / "models.csv")["model"].to_list()
    assert {"points", "base_rate"} <= {row["model"] for row in said["models"]}
    assert [row["rule"] for row in said["rules"]] == cells(out / "officer_rules.csv")["rule"].to_list()


def test_every_prediction_can_be_checked_and_lies_before_the_date(report):
    made = cells(report[1] / "predictions.csv")
    assert len(made) > 100 and made["on"].max() < TRAINED_ON
    assert set(made["outcome"]) == {"0", "1"}
    assert made["points"].astype(float).between(0, 1).all()
