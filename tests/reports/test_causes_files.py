"""The causes report as files: what it says, how it looks, and that what is published gives no small number away."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import zipfile
from html.parser import HTMLParser

import numpy as np
import openpyxl
import pandas as pd
import pytest
from casebooks import SHARED

from dispute_risk.causes.appeal_rates import counted
from dispute_risk.causes.cause_costs import UnitCost
from dispute_risk.causes.coded import coded_causes
from dispute_risk.causes.counts import ALL
from dispute_risk.causes.decision_rows import decision_rows
from dispute_risk.causes.duties_everywhere import duties_everywhere
from dispute_risk.causes.patterns import patterns
from dispute_risk.causes.ranges import feasible_ranges
from dispute_risk.causes.released_counts import read_counts, same_rules
from dispute_risk.causes.report import causes_report, published
from dispute_risk.causes.trends import trend
from dispute_risk.errors import OutputNotWritten, UnreadableFile
from dispute_risk.records.read import read_casebook
from dispute_risk.records.synthetic import simulate
from dispute_risk.reports.causes_files import write_causes
from dispute_risk.reports.causes_page import causes_page, document
from dispute_risk.reports.causes_workbook import SHEETS
from dispute_risk.timeline.history import History

COSTS = [UnitCost("an appeal without a hearing", 4331, "2015-17", "a study"),
         UnitCost("an appeal lost", 8600, "2021/22", "an estimate")]


def report_of(book, history, start, end, area="", compare=True):
    made = counted(book, history, start, end, area)
    first = end - dt.timedelta(days=1096)
    rows = decision_rows(book, first, end) if compare else None
    return causes_report(made, coded_causes(made), duties_everywhere(history, made),
                         patterns=patterns(rows, first, end) if compare else None,
                         trend=trend(rows, first, end) if compare else None,
                         no_patterns="" if compare else "Too few appeals.", costs=COSTS, authority=book.name,
                         recorded_to=book.recorded_to, synthetic=book.synthetic, data_note="Records to test with.")


@pytest.fixture(scope="module")
def invented():
    book = simulate(plans=500, years=3, seed=2).casebook
    return report_of(book, History.of(book), book.recorded_to - dt.timedelta(days=364), book.recorded_to)


@pytest.fixture(scope="module")
def made(invented):
    """What the page and the workbook of the report show."""
    return document(invented)


@pytest.fixture(scope="module")
def inside(invented, tmp_path_factory):
    out = tmp_path_factory.mktemp("causes") / "inside"
    write_causes(invented, out)
    return out


def test_the_officers_see_whether_a_pattern_became_more_common_and_the_public_does_not(invented, inside, outside):
    shown = pd.read_csv(inside / "trend.csv")
    assert len(shown) == invented.trend.table["exposure"].nunique()
    whole = invented.trend.table[invented.trend.table["whole"]]
    one = whole[whole["label"].str.lower() == shown["label"].iloc[-1].lower()].sort_values("quarter")
    cells = shown.iloc[-1]
    assert [cells["first"], cells["last"]] == pytest.approx([100 * one["share"].iloc[0], 100 * one["share"].iloc[-1]], abs=0.01)
    assert "Is it becoming more common?" in (inside / "causes.html").read_text("utf-8")
    assert not (outside / "trend.csv").exists()
    assert "becoming more common" not in (outside / "causes.html").read_text("utf-8")


@pytest.fixture(scope="module")
def protected(invented):
    return published(invented)


@pytest.fixture(scope="module")
def outside(protected, tmp_path_factory):
    out = tmp_path_factory.mktemp("causes") / "outside"
    write_causes(protected, out)
    return out


@pytest.fixture(scope="module")
def northmoor():
    place = SHARED / "casebooks" / "northmoor"
    if not place.is_dir():
        pytest.skip(f"{place} is not here: the attack on the published files of Northmoor was not run")
    book = read_casebook(place).casebook
    return book, History.of(book)


@pytest.fixture(scope="module")
def committee(northmoor, tmp_path_factory):
    report = report_of(*northmoor, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    out = tmp_path_factory.mktemp("northmoor") / "published"
    write_causes(published(report), out)
    return report, out


class Page(HTMLParser):
    """Collects the text, the open tags and the rows of every table."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.rows, self.row = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br", "link", "input"):
            self.open.append(tag)
        if tag == "tr":
            self.row = []
        if tag in ("td", "th"):
            self.row.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"
        if tag == "tr":
            self.rows.append(self.row)

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words.append(data)
        if self.row and ("td" in self.open or "th" in self.open):
            self.row[-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def page_of(folder):
    return Page((folder / "causes.html").read_text("utf-8"))


def everything_said(folder):
    """Return all text of all files, the workbook's parts included."""
    said = [path.read_text("utf-8-sig") for path in folder.iterdir() if path.suffix in (".html", ".csv")]
    with zipfile.ZipFile(folder / "causes.xlsx") as book:
        said += [book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml")]
    return "\n".join(said)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_the_page_is_whole_self_contained_and_says_the_records_are_invented(inside):
    text = (inside / "causes.html").read_text("utf-8")
    page = Page(text)
    assert page.open == [] and not re.search(r"(src|href)=\"(?!#)|@import|url\(", text)
    assert text.count("Invented records") >= 5 and "What lies behind the appeals" in page.text
    assert text.index('class="invented"') < text.index("<h1>")


def test_records_that_are_not_invented_are_not_said_to_be(committee):
    assert "nvented" not in everything_said(committee[1]).replace("invented\"", "").replace(",invented", "").replace(
        ".invented", "")


@pytest.mark.parametrize("forbidden", [r"\bcaused\b", r"because of", r"due to", r"\bdrives\b", r"leads to", r"\bprevents\b",
                                       r"avoidable", r"\bscores?\b", r"league table"])
def test_nothing_is_said_to_cause_an_appeal(inside, outside, forbidden):
    for folder in (inside, outside):
        said = re.sub(r"@font-face|--score", "", page_of(folder).text)
        assert not re.search(forbidden, said, re.I), re.findall(rf".{{40}}{forbidden}.{{20}}", said, re.I)


def test_every_rate_is_shown_with_its_base(inside):
    said = page_of(inside).text
    assert "decisions sent in the period that carry a right of appeal" in said
    assert "all plans in force on its last day" in said and "4,331" in said and "2021/22 prices" in said
    assert "no proof that putting it right would have prevented an appeal" in said


def test_the_key_points_are_the_numbers_of_the_report(invented, made, inside):
    appeals, decisions = invented.count("appeals by kind", ALL), invented.count("decisions by kind", ALL)
    assert made.points[0].startswith(f"{appeals:.0f} appeals were registered: {100 * appeals / decisions:.1f} for every 100")
    assert any("plan finalised without advice that was asked for" in point for point in made.points)
    assert all(point in page_of(inside).text for point in made.points)


def test_the_picture_draws_the_patterns_found_and_says_them_in_words(made, inside):
    text = (inside / "causes.html").read_text("utf-8")
    label = re.search(r'aria-label="(What appealed cases have in common[^"]*)"', text).group(1)
    for row in made.patterns.frame.itertuples():
        assert (row.label in label) == row.sure
        if row.sure:
            assert f"{row.label}: {row.appeals_share:.0f} in 100 appeals" in label


def test_without_a_comparison_the_report_says_why_and_stands(invented):
    from dataclasses import replace

    alone = {name: table for name, table in invented.tables.items() if "compared" not in name and "case-months" not in name}
    page = Page(causes_page(document(replace(invented, patterns=None, no_patterns="Too few appeals.", tables=alone))))
    assert "was not compared: Too few appeals." in page.text and "What was appealed" in page.text


def test_costs_are_appeals_a_year_times_the_cost_of_one(invented, made):
    years = (invented.patterns.end_on - invented.patterns.start_on).days / 365.25
    for row in made.costs.frame.itertuples():
        assert row.a_year == pytest.approx(row.appeals / years)
        assert abs(row.low - row.a_year * 4331) <= 500 and abs(row.high - row.a_year * 8600) <= 500


def test_the_workbook_has_every_sheet_with_filters_a_frozen_head_and_values_only(made, inside):
    book = openpyxl.load_workbook(inside / "causes.xlsx")
    assert book.sheetnames == ["Read first", *(SHEETS[lines.key] for lines in made.every)]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B6" and sheet.print_title_rows == "$5:$5", sheet.title
        assert sheet.page_setup.orientation == "landscape" and "not for publication" in sheet["A3"].value
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    dates = [row[4].value for row in book["Cases behind"].iter_rows(min_row=6) if row[4].value]
    assert dates and all(isinstance(on, dt.datetime) for on in dates)


def test_the_cases_behind_a_pattern_are_appealed_cases_and_named_only_inside(invented, inside, outside):
    cases = pd.read_csv(inside / "cases.csv", dtype=str, encoding="utf-8-sig")
    assert len(cases) and set(cases["case_id"]) <= {case for found in invented.patterns.cases.values() for case in found}
    assert not (outside / "cases.csv").exists() and "Cases behind" not in everything_said(outside)


def test_the_same_report_makes_the_same_files(invented, inside, tmp_path):
    again = tmp_path / "again"
    write_causes(invented, again)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in inside.iterdir()}


def test_a_folder_that_holds_something_is_not_written_over(invented, inside):
    before = {path.name: path.read_bytes() for path in inside.iterdir()}
    with pytest.raises(OutputNotWritten, match="already holds files"):
        write_causes(invented, inside)
    assert {path.name: path.read_bytes() for path in inside.iterdir()} == before


# --- what is published gives nothing away -----------------------------------------------------------------------------


def cells(folder, name):
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def numbers(value):
    """Return a displayed count as a number, NaN where withheld."""
    return math.nan if value == "c" else float(str(value).replace(",", ""))


SEEN = {"areas": ("area", "All areas"), "quarters": ("quarter", None), "need": ("need", None), "placement": ("placement", None)}


def read_back(folder, kind):
    """Return the counts a reader finds in the workbook, the page or the CSV files, by table, in the order of the lines."""
    found = {}
    for key, (dim, margin) in SEEN.items():
        if kind == "csv":
            frame = cells(folder, key)
        elif kind == "xlsx":
            sheet = openpyxl.load_workbook(folder / "causes.xlsx")[SHEETS[key]]
            head, *rows = list(sheet.iter_rows(min_row=5, values_only=True))
            frame = pd.DataFrame(rows, columns=head).rename(columns={head[0]: "label", "Appeals": "appeals",
                                                                     "Decisions": "decisions"})
        else:
            rows = page_of(folder).rows
            start = next(n for n, row in enumerate(rows) if len(row) > 2 and row[1] == "Appeals" and row[0] == {
                "areas": "Area", "quarters": "Quarter", "need": "Need", "placement": "Where the child was"}[key])
            block = []
            for row in rows[start + 1 :]:
                if row[1] == "Appeals" or len(row) != len(rows[start]):
                    break
                block.append(row)
            frame = pd.DataFrame(block, columns=rows[start]).rename(columns={rows[start][0]: "label", "Appeals": "appeals",
                                                                             "Decisions": "decisions"})
        frame = frame[frame["label"] != margin]
        for measure in ("appeals", "decisions"):
            found[f"{measure} by {dim}"] = [numbers(value) for value in frame[measure]]
    return found


@pytest.mark.parametrize("kind", ["csv", "xlsx", "html"])
def test_every_file_shows_the_same_protected_numbers(committee, kind):
    tables = {table.name: table for table in read_counts(committee[1])}
    for name, seen in read_back(committee[1], kind).items():
        held = tables[name].counts
        parts = held.loc[(held[list(tables[name].dims)] != ALL).all(axis=1), "count"].to_numpy()
        assert np.array_equal(parts, seen, equal_nan=True), name


def test_no_small_count_of_northmoor_can_be_worked_out_from_what_was_published(committee):
    report, out = committee
    tables = read_counts(out)
    true = {cell: count for table in report.tables.values()
            for cell, count in zip(table.cells, table.counts["count"], strict=True)}
    left = feasible_ranges(tables)
    ends = {row.cell: (row.low, row.high) for row in left.itertuples()}
    small = [cell for cell, count in true.items() if 0 < count < 6]
    hidden = {cell for table in tables for cell, count in zip(table.cells, table.counts["count"], strict=True)
              if np.isnan(count)}
    assert len(set(small) & hidden) >= 20, "Northmoor has small numbers enough for this to mean something"
    for cell in small:
        if cell in ends:
            assert ends[cell][0] <= 1 + 1e-6 and ends[cell][1] >= 5 - 1e-6, cell
    # Those outside an overlapping category are in no table; they must not follow from it either.
    pinned = left[~left["published"] & (left["low"] > 1) & (left["high"] < 6)]
    assert pinned.empty, pinned


def test_nothing_published_names_a_case_and_every_count_is_withheld_or_a_multiple_of_five(committee, northmoor):
    said = everything_said(committee[1])
    ids = set(northmoor[0].tables["cases"]["case_id"].astype(str)) | set(northmoor[0].tables["appeals"]["appeal_id"].astype(str))
    assert not ids & set(re.findall(r"\w+", said))
    counts = cells(committee[1], "counts")["count"]
    assert (counts == "c").sum() > 20 and all(int(one) % 5 == 0 for one in counts[~counts.isin(["c", ""])])
    for name in ("what", "areas", "need", "placement", "quarters", "area_quarters", "coded", "duties", "patterns"):
        frame = cells(committee[1], name)
        for column in {"appeals", "decisions", "old_base", "open", "appealed", "among"} & set(frame):
            assert all(one == "c" or float(one) % 5 == 0 for one in frame[column]), (name, column)


def test_rates_published_follow_from_the_rounded_counts(committee):
    for name in ("areas", "need", "placement", "what", "quarters"):
        frame = cells(committee[1], name)
        shown = frame[(frame["appeals"] != "c") & (frame["decisions"] != "c") & (frame["decisions"] != "0")]
        assert len(shown)
        for row in shown.itertuples():
            assert float(row.rate) == pytest.approx(100 * float(row.appeals) / float(row.decisions), abs=0.006)
        assert all(row.rate == "c" for row in frame[frame["appeals"] == "c"].itertuples())


def test_ratios_of_patterns_are_published_only_where_the_counts_behind_them_are(committee):
    report, out = committee
    frame = cells(out, "patterns")
    true = report.patterns.table.set_index("label")
    for row in frame.itertuples():
        exact = true.loc[row.label[0].lower() + row.label[1:]]
        few = min(exact["appeals_exposed"], exact["appeals"] - exact["appeals_exposed"]) < 6
        if few:
            assert row.ratio in ("c", "") and row.share in ("c", ""), row
        else:
            assert row.ratio == "c" or len(row.ratio.split(".")[-1]) == 1
    assert (frame["ratio"] == "c").any() and (frame["ratio"] != "c").any()


def test_two_releases_that_overlap_give_nothing_away_together(northmoor, tmp_path):
    book, history = northmoor
    first = report_of(book, history, dt.date(2024, 10, 1), dt.date(2025, 9, 30), compare=False)
    write_causes(published(first), tmp_path / "first")
    before = read_counts(tmp_path / "first")
    second = report_of(book, history, dt.date(2025, 1, 1), dt.date(2025, 12, 31), compare=False)
    made = published(second, before)
    ends = {row.cell: (row.low, row.high) for row in feasible_ranges(made.protected.tables, before=before).itertuples()}
    for table in second.tables.values():
        for cell, count in zip(table.cells, table.counts["count"], strict=True):
            if 0 < count < 6 and cell in ends:
                assert ends[cell][0] <= 1 + 1e-6 and ends[cell][1] >= 5 - 1e-6, cell


def test_a_published_folder_reads_back_as_it_was_protected(protected, outside):
    made = protected.protected
    back = {table.name: table for table in read_counts(outside)}
    assert set(back) == {table.name for table in made.tables}
    for table in made.tables:
        public = table.rows_published()
        assert back[table.name].cells == table.cells and np.array_equal(back[table.name].rows_published(), public)
        shown = np.where(public, table.counts["count"], np.nan)
        assert np.array_equal(back[table.name].counts["count"], shown, equal_nan=True)


def test_an_earlier_folder_that_cannot_be_used_is_said(outside, tmp_path):
    with pytest.raises(UnreadableFile, match=r"counts\.csv cannot be read"):
        read_counts(tmp_path)
    (tmp_path / "counts.csv").write_text("table,count\nx,1\n", "utf-8")
    with pytest.raises(UnreadableFile, match="column measure"):
        read_counts(tmp_path)
    same_rules(outside, 6, 5)
    with pytest.raises(OutputNotWritten, match="Publish by the same rules"):
        same_rules(outside, 5, 5)


def test_the_counts_for_the_next_release_hold_no_more_than_the_report(outside):
    counts = pd.read_csv(outside / "counts.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert set(counts.loc[counts["count"] == "", "categories"]) == {'["no"]'}, "appeals not coded are counted and not shown"
    assert all(isinstance(json.loads(one), list) for one in counts["categories"])
