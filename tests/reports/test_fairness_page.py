"""The page on who is on the lists: what it says, what it hides, what it writes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from dispute_risk.errors import OutputNotWritten
from dispute_risk.model.fairness import fairness
from dispute_risk.model.fairness_lists import Streams
from dispute_risk.model.landmarks import Landmarks
from dispute_risk.reports.fairness_nation import beside_nation
from dispute_risk.reports.fairness_page import FairnessReport, fairness_page, write_fairness


@pytest.fixture(scope="module")
def report() -> FairnessReport:
    rng = np.random.default_rng(0)
    cases = 1500
    risk = rng.uniform(0.02, 0.4, cases)
    outcome = (rng.random(cases) < risk).astype(np.float32)
    rows = Landmarks(pd.DataFrame(index=range(cases)), outcome, np.full(cases, np.datetime64("2025-01-06")),
                     np.array([f"C{n}" for n in range(cases)]), np.arange(cases), np.full(cases, "N"),
                     np.full(cases, "window_open"), 182, np.where(outcome == 1, 90.0, np.inf))
    ethnic = np.where(np.arange(cases) < 40, "<b>Other</b>", "White British")
    fifth = np.array([f"{n % 5 + 1}" for n in range(cases)])
    groups = pd.DataFrame({"ethnicity": ethnic, "deprivation": fifth}).astype(object)
    listed = (risk > 0.35).astype(float)
    streams = Streams(rng.gamma(1, 2, cases), np.ones(cases, bool), (60, 30, 10), 2.0)
    local = pd.DataFrame([{"dimension": "sex", "group": group, "refused": size, "appealed": 10, "rate": 1000 / size,
                           "ratio": ratio, "ratio_low": np.nan, "ratio_high": np.nan, "compared_with": "male", "small": False}
                          for group, size, ratio in (("male", 100, 1.0), ("female", 50, 2.0))])
    return FairnessReport(fairness(rows, risk, listed, groups, streams, repeats=50), None, None, beside_nation(local), None,
                          "Ashby", "Records of Ashby.", dt.date(2025, 6, 30), 182, 10, True)


def test_the_page_says_what_cannot_be_told_and_escapes_what_it_is_given(report):
    page = fairness_page(report)
    assert "Cannot be assessed" in page and "under 20" in page
    assert "<b>Other</b>" not in page and "&lt;b&gt;Other" in page
    assert "Invented records" in page
    assert "Not recorded, and so not checked" in page
    for forbidden in ("because of", "due to", "caused by", "nan", "None"):
        assert forbidden not in page, forbidden


def test_the_nation_stands_beside_the_same_groups(report):
    table = report.nation.set_index("group")
    assert table.loc["male", "england_ratio"] == 1 and table.loc["female", "england_rate"] > 0
    assert beside_nation(report.nation.iloc[:0][["dimension", "group", "compared_with"]]).empty


def test_everything_is_written_beside_the_page_and_marked(report, tmp_path):
    written = write_fairness(report, tmp_path / "out")
    assert written[0].name == "fairness.html" and all(path.is_file() for path in written)
    table = pd.read_csv(tmp_path / "out" / "groups.csv")
    assert (table["invented"] == "yes").all() and (table["as_of"] == "2025-06-30").all()
    assert not list((tmp_path / "out").glob(".fairness-*"))


def test_a_file_in_the_place_of_the_folder_is_named(report, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputNotWritten, match="is a file"):
        write_fairness(report, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"
