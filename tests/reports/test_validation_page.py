"""The report of a test: equal to the figures, honest about what fails, readable by everyone, and whole or not there."""

import csv
import dataclasses
import datetime as dt
import itertools
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.errors import OutputNotWritten
from dispute_risk.model.metrics import CalibrationLine
from dispute_risk.model.rolling import Block, Plan
from dispute_risk.model.validate import Validation
from dispute_risk.model.verdict import Comparison, Veto, verdict_of
from dispute_risk.reports import validation_page as page_module
from dispute_risk.reports import validation_words as words
from dispute_risk.reports.validation_page import TABLES, validation_page, write_validation
from dispute_risk.reports.validation_pictures import calibration_picture, per_100, share_bar
from dispute_risk.reports.weekly_guidance import INVENTED

VOID = {"meta", "br", "line", "rect", "circle"}
NEVER_SAID = re.compile(r"because|due to|caused|drives|leads to|prevents|\bscores?\b", re.IGNORECASE)
ABOUT = {"authority": "Much & Little <Council>", "as_of": dt.date(2026, 1, 31), "horizon_days": 182, "synthetic": True,
         "data_note": "Records <drawn> by hand."}


class Page(HTMLParser):
    """Reads a page and refuses one whose tags do not close in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, told):
        if "style" not in self.open:
            self.words.append(told)

    def all(self, *names):
        return [(tag, attributes) for tag, attributes in self.tags if tag in names]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def model(name, **figures):
    plain = {
        "rows": 4000, "appeals": 120, "log_loss": 0.06, "skill": 0.1, "average_precision": 0.05, "scaled_brier": 0.01,
        "average_precision_low": 0.04, "average_precision_high": 0.07, "auroc": 0.8, "intercept": 0.0,
        "intercept_low": -0.2, "intercept_high": 0.2, "slope": 0.95, "slope_low": 0.85, "slope_high": 1.05,
        "observed_over_expected": 1.05, "observed_over_expected_low": 0.88, "observed_over_expected_high": 1.22,
        "ici": 0.002, "e90": 0.006, "precision": 0.15, "recall": 0.25, "listed_observed_over_expected": 0.9,
        "median_lead_days": 97.0, "net_benefit_at_half": 0.0005, "net_benefit_at_threshold": -0.0001,
        "net_benefit_at_half_more": 0.0,
    }
    return {"model": name, **plain, **figures}


def stratum(name, which, **figures):
    plain = {"rows": 900, "appeals": 40, "log_loss": 0.1, "skill": 0.05, "average_precision": 0.06,
             "observed_over_expected": 1.1, "slope": 0.9}
    return {"stratum": name, "model": which, **plain, **figures}


def found(**changed):
    """Return a test drawn by hand: two dates, three cases, one appeal."""
    days = np.array(["2025-01-06", "2025-04-07"], dtype="datetime64[D]")
    blocks = tuple(
        Block(np.arange(4) < 2 + number, np.arange(4) == 2 + number, day, day) for number, day in enumerate(days)
    )
    parts = {
        "table": pd.DataFrame([model("base_rate", precision=0.02, recall=0.03, slope=7.77), model("points"),
                               model("ridge")]),
        "rules": pd.DataFrame({
            "rule": ["most_messages", "longest"], "sentence": ["Take first who wrote most.", "Take first the longest."],
            "precision": [0.08, 0.0], "recall": [0.11, 0.0], "candidate_over_rule": [0.15 / 0.08, np.inf]}),
        "by_stratum": pd.DataFrame([
            stratum("plan_in_force", "points"), stratum("plan_in_force", "ridge"),
            stratum("no_right_yet", "points", observed_over_expected=7.5),
            stratum("no_right_yet", "ridge", observed_over_expected=1.75, appeals=1),
            stratum("new_cases_only", "points"), stratum("new_cases_only", "ridge", skill=np.nan, slope=np.nan)]),
        "calibration": pd.DataFrame({"rows": [3000, 1000], "risk": [0.004, 0.12], "observed": [0.0, 0.11],
                                     "low": [0.0, 0.09], "high": [0.002, 0.14]}),
        "candidate": "ridge", "verdict": "not proven", "reasons": ("The list moves.", "Equity was not tested."),
        "stability": 0.64, "comparison": Comparison(0.009, 0.007, 0.011, 0.15, 0.0),
        "plan": Plan("rolling", blocks, ""), "capacity": 10, "alarms": (),
        "predictions": pd.DataFrame({
            "case_id": ["=1+1", "B2", "B2"], "on": pd.to_datetime(["2025-01-06", "2025-01-06", "2025-04-07"]),
            "area": ["N", "N", "N"], "state": ["window_open"] * 3, "outcome": [1.0, 0.0, 0.0],
            "listed": [1.0, 0.5, 0.0], "points": [0.3, 0.2, 0.1], "ridge": [0.5, 0.3, 0.1]}),
    }
    return Validation(**{**parts, **changed})


def page_of(test=None, **about):
    return Page(validation_page(test or found(), **{**ABOUT, **about}))


@pytest.fixture(scope="module")
def page():
    return page_of()


def test_the_page_needs_no_network_and_opens_for_everyone(page):
    assert page.all("html")[0][1]["lang"] == "en-GB"
    assert not page.all("script", "link", "iframe", "img")
    text = validation_page(found(), **ABOUT)
    assert "url(" not in text and "@import" not in text and "http" not in text
    levels = [int(tag[1]) for tag, _ in page.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(attributes.get("scope") for _, attributes in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(attributes["role"] == "img" and attributes["aria-label"] for _, attributes in page.all("svg"))
    places = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {attributes["href"] for _, attributes in page.all("a")} == {f"#{place}" for place in (
        "main", "rules", "level", "conditions", "models", "states", "how", "not")} | set(TABLES)
    assert all(attributes["href"][1:] in places for _, attributes in page.all("a") if attributes["href"][0] == "#")


def test_the_verdict_stands_before_every_figure(page):
    text = page.text
    assert text.index("Not proven: the model is on trial") < text.index("Of 100 cases listed")
    assert "on trial, with that said on every page" in text and "The list moves." in text
    assert "Much & Little <Council>" in text and "Records <drawn> by hand." in text


def test_the_headlines_are_those_of_the_candidate_with_what_to_hold_them_against(page):
    for told in ("within 26 weeks 15 best rule of thumb: 8.0", "1.05 95 in 100 range: 0.88 to 1.22",
                 "on the list in time 25 about 30 of 120", "at least 97 about 14 weeks",
                 "“Take first who wrote most”", "1.88 times as many", "it is reached", "75 in 100 came from cases"):
        assert told in page.text, told


def test_the_best_rule_is_not_beaten_by_half():
    rules = found().rules.assign(candidate_over_rule=[1.46, 2.0])
    assert "1.46 times as many (no range was worked out)" in page_of(found(rules=rules)).text
    assert "it is not reached" in page_of(found(rules=rules)).text
    ranged = rules.assign(candidate_over_rule_low=[1.1, 1.5], candidate_over_rule_high=[1.9, 2.6])
    assert "1.46 times as many (1.10 to 1.90)" in page_of(found(rules=ranged)).text


def test_rules_that_find_nothing_or_cannot_be_worked_out():
    assert "rule found none" in page_of().text
    none = found().rules.iloc[[1]].reset_index(drop=True)
    assert "No rule of thumb listed a case with an appeal." in page_of(found(rules=none)).text
    empty = page_of(found(rules=found().rules.iloc[:0]))
    assert "do not allow any rule of thumb" in empty.text and "Draw the cases by lot." in empty.text


def test_the_lot_is_the_list_of_equal_risks_and_the_rate_has_no_slope(page):
    assert re.search(r"Draw the cases by lot\. 2\.0 3\.0 7\.50", page.text)
    assert "7.77" not in page.text


@pytest.mark.parametrize(("low", "high", "told"), [
    (0.9, 1.1, "The range holds 1"), (1.1, 1.4, "the risks are too low"), (0.5, 0.8, "the risks are too high"),
    (np.nan, np.nan, "No range"),
])
def test_the_level_is_said_from_its_range(low, high, told):
    assert told in words.level_in_words({"observed_over_expected_low": low, "observed_over_expected_high": high})


def test_states_far_off_are_named_for_the_candidate_only(page):
    assert "No appealable decision yet: 1.75 appeals were seen for each one expected" in page.text
    assert "too low, on 1 case with an appeal." in page.text
    assert "7.50 appeals were seen" not in page.text
    assert page.text.index("No appealable decision yet The breach") < page.text.index("Plan in force, no decision")


def test_the_tests_are_counted_one_by_one(page):
    assert "6 Jan 2025 to 6 Jan 2025 2 1 1 1.25" in page.text
    assert "7 Apr 2025 to 7 Apr 2025 3 1 0 0.00" in page.text
    assert "at least 210 days (about 7 months)" in page.text and "shared by lot" in page.text


def test_a_test_on_other_families_carries_its_banner():
    blocks = found().plan.blocks
    text = page_of(found(plan=Plan("grouped", blocks, "No temporal validation: too short."))).text
    assert text.index("No temporal validation: too short.") < text.index("Not proven:")
    assert "Families, part 2" in text and "tested on others, on the same dates" in text


@pytest.mark.parametrize(("verdict", "told"), [
    ("accept", "may replace the breach points"), ("not proven", "the model is on trial"), ("reject", "not to be used"),
])
def test_each_verdict_says_what_follows(verdict, told):
    text = page_of(found(verdict=verdict)).text
    assert told in text and "What follows:" in text
    assert ("before the head of service signs" in text) == (verdict == "accept")


def test_alarms_stand_above_the_verdict_and_stop_its_use():
    text = page_of(found(verdict="accept", alarms=("Leak alarm: feature <x>.",))).text
    assert text.index("Leak alarm: feature <x>.") < text.index("Accept:")
    assert "Nothing of this test is for use until each alarm is explained." in text and "None raised" not in text


def test_points_put_forward_have_nothing_to_replace():
    text = page_of(found(candidate="points", table=found().table, stability=np.nan)).text
    assert "nothing to put in their place" in text and "It was not worked out how much of the list stays" in text


def test_lead_time_that_is_not_known_is_said_to_be_so():
    table = found().table.assign(median_lead_days=np.nan)
    assert "not worked out: registration dates were not given" in page_of(found(table=table)).text


def test_words_are_careful_whatever_the_verdict():
    for verdict, kind in itertools.product(("accept", "not proven", "reject"), ("rolling", "grouped")):
        text = page_of(found(verdict=verdict, plan=Plan(kind, found().plan.blocks, "")), synthetic=False).text
        assert not NEVER_SAID.findall(text)
        assert not {"nan", "None", "inf"} & set(re.findall(r"\w+", text.replace("None raised", "")))


def test_invented_records_are_marked_in_every_part_and_real_ones_never(page, tmp_path):
    assert INVENTED in page.text and page.text.count("Invented records") == 1 + 7  # the head and each section
    real = validation_page(found(), **{**ABOUT, "synthetic": False})
    assert "nvented" not in Page(real).text and INVENTED not in real
    write_validation(found(), tmp_path, **{**ABOUT, "synthetic": False})
    assert "invented" not in (tmp_path / "models.csv").read_text(encoding="utf-8")


def test_files_are_written_page_first_and_safe_for_a_spreadsheet(tmp_path):
    written = write_validation(found(), tmp_path / "new", **ABOUT)
    assert [path.name for path in written] == ["validation.html", *TABLES]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in written)
    rows = {}
    for path in written[1:]:
        with path.open(encoding="utf-8", newline="") as stream:
            rows[path.name] = list(csv.DictReader(stream))
        assert all(row["invented"] == "yes" and row["as_of"] == "2026-01-31" for row in rows[path.name])
    assert rows["predictions.csv"][0]["case_id"] == "'=1+1" and rows["predictions.csv"][0]["on"] == "2025-01-06"
    assert rows["officer_rules.csv"][1]["candidate_over_rule"] == ""
    assert float(rows["models.csv"][2]["precision"]) == 0.15


def test_a_report_is_replaced_whole_or_left_as_it_was(tmp_path, monkeypatch):
    write_validation(found(), tmp_path, **ABOUT)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    calls = itertools.count()

    def full(*_):
        if next(calls) == 3:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(page_module, "write_csv", full)
        with pytest.raises(OutputNotWritten, match="No space left"):
            write_validation(found(verdict="reject"), tmp_path, **ABOUT)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    write_validation(found(verdict="reject"), tmp_path, **ABOUT)
    assert "Reject:" in (tmp_path / "validation.html").read_text(encoding="utf-8")


def test_places_that_cannot_hold_the_report_are_refused(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputNotWritten, match="needs a folder"):
        write_validation(found(), tmp_path / "file", **ABOUT)
    (tmp_path / "place" / "models.csv").mkdir(parents=True)
    with pytest.raises(OutputNotWritten, match="holds folders"):
        write_validation(found(), tmp_path / "place", **ABOUT)
    assert [path.name for path in (tmp_path / "place").iterdir()] == ["models.csv"]


@settings(max_examples=200, deadline=None)
@given(
    gain_low=st.floats(-0.01, 0.01), recall_gain=st.floats(-0.1, 0.1), worse=st.floats(0, 1),
    appeals=st.integers(20, 300), slope=st.floats(0.3, 2), half=st.floats(0.01, 0.4),
    listed=st.floats(0.3, 2), stability=st.floats(0.4, 1), rolling=st.booleans(),
    vetoes=st.sampled_from([(), (Veto("Families in area N."),), (Veto("Families in area N.", False),)]),
)
def test_the_conditions_shown_are_those_the_verdict_rests_on(
    gain_low, recall_gain, worse, appeals, slope, half, listed, stability, rolling, vetoes
):
    comparison = Comparison(gain_low + 0.02, gain_low, gain_low + 0.04, recall_gain, worse)
    line = CalibrationLine(0.0, slope, (-0.1, 0.1), (slope - half, slope + half))
    verdict, reasons = verdict_of(comparison, appeals, line, listed, stability, vetoes, rolling)
    row = model("ridge", appeals=appeals, slope=slope, slope_low=slope - half, slope_high=slope + half,
                listed_observed_over_expected=listed)
    test = found(verdict=verdict, reasons=reasons, comparison=comparison, stability=stability,
                 plan=Plan("rolling" if rolling else "grouped", (), ""))
    holds = [condition.holds for condition in words.conditions(test, row)]
    assert len(holds) == 8 and (set(holds) == {"yes"}) == (verdict == "accept")
    assert holds.count("no") == (0 if verdict == "accept" else len(reasons))


def test_equity_that_was_not_tested_is_never_shown_as_held():
    test = found(verdict="accept")
    last = words.conditions(test, model("ridge"))[-1]
    assert (last.found, last.holds) == ("Not tested", "not tested")
    assert words.conditions(dataclasses.replace(test, reasons=()), model("ridge"))[-1].holds == "yes"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_the_picture_keeps_every_mark_inside_and_in_order(groups):
    table = pd.DataFrame([{"rows": 5, "risk": risk, "observed": sorted((a, b))[0], "low": 0.0, "high": max(a, b)}
                          for risk, a, b in groups])
    picture = calibration_picture(table)
    width, height = map(float, re.search(r'viewBox="0 0 (\d+) (\d+)"', picture).groups())
    dots = [tuple(map(float, dot)) for dot in re.findall(r'circle cx="([\d.-]+)" cy="([\d.-]+)"', picture)]
    assert len(dots) == len(table) and all(0 < x < width and 0 < y < height for x, y in dots)
    ordered = [x for _, (x, _) in sorted(zip(table["risk"], dots, strict=True))]
    assert ordered == sorted(ordered)


def test_where_risk_and_outcome_agree_the_dot_lies_on_the_line():
    table = pd.DataFrame({"rows": [1, 1], "risk": [0.01, 0.2], "observed": [0.01, 0.2], "low": [0, 0.1],
                          "high": [0.02, 0.3]})
    picture = calibration_picture(table)
    line = r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" stroke="#333d47" stroke-dasharray'
    x1, y1, x2, y2 = map(float, re.search(line, picture).groups())
    for x, y in re.findall(r'circle cx="([\d.-]+)" cy="([\d.-]+)"', picture):
        assert (float(y) - y1) / (y2 - y1) == pytest.approx((float(x) - x1) / (x2 - x1), abs=0.001)


def test_numbers_and_bars_keep_their_proportion():
    assert [per_100(share) for share in (0, 0.0004, 0.0099, 0.0995, 1)] == ["0", "0.04", "0.99", "10", "100"]
    bars = [share_bar(share, 0.2, True) for share in (0.2, 0.1, 0)]
    wide = [float(re.search(r'<rect[^>]*width="([\d.]+)"', bar).group(1)) for bar in bars]
    assert wide[0] == 2 * wide[1] > wide[2] == 0
    assert 'width="0.0"' in share_bar(0.0, 0.0, False)
