"""The page and the workbook of the monitors: every figure with its base, nothing by officer, invented records marked."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from casebooks import casebook, random_casebook

from dispute_risk.reports.monitors_page import monitors_page, write_monitors_page
from dispute_risk.reports.monitors_pictures import forecast_picture, replies_picture
from dispute_risk.reports.monitors_workbook import monitor_tables, write_monitors_workbook
from dispute_risk.triage.monitors.together import monitors

AS_OF = dt.date(2024, 11, 20)
VOID = {"meta", "br", "rect", "line", "circle", "polyline", "hr", "img"}


def book_with_officers():
    book = random_casebook(11, cases=60, rows=600)
    allocations = book.tables["allocations"]
    named = [f"OFFICER{n % 5}SECRET" for n in range(len(allocations))]
    return book.with_tables({**book.tables, "allocations": allocations.assign(officer_id=pd.Series(named, dtype="str"))})


@pytest.fixture(scope="module")
def found():
    return monitors(book_with_officers(), AS_OF, data_note="Records drawn for a test.")


@pytest.fixture(scope="module")
def page(found) -> str:
    return monitors_page(found)


@pytest.fixture(scope="module")
def workbook(found, tmp_path_factory):
    return write_monitors_workbook(found, tmp_path_factory.mktemp("monitors") / "monitors.xlsx")


class Balanced(HTMLParser):
    """Insists that every element that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_no_officer_leaves_on_the_page_or_in_the_workbook(page, workbook):
    assert "SECRET" not in page
    with zipfile.ZipFile(workbook) as parts:
        for name in parts.namelist():
            assert b"SECRET" not in parts.read(name), name


def test_the_page_is_whole_and_needs_nothing_else(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(parser.ids)
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert not re.search(r"\b(nan|nat|inf)\b", re.sub(r"<style>.*?</style>", "", page, flags=re.S), re.I)


def test_invented_records_are_marked_in_every_part(page, workbook):
    assert page.count("Invented records") >= 6
    for sheet in openpyxl.load_workbook(workbook):
        assert "Invented records" in str(sheet["A2"].value)
        assert "Invented records" in sheet.oddHeader.center.text


def test_the_figures_of_the_page_are_those_of_the_tables(found, page):
    reviews = found.reviews.areas.iloc[0]
    assert f"{reviews['overdue']:,} of {reviews['plans_in_force'] - reviews['ceasing']:,} plans in force" in page
    for row in found.order.overtaken.groupby("queue", sort=False).head(5).itertuples():
        assert row.case_id in page
    text = re.sub(r"<[^>]+>", " ", page)
    assert "Base: every message from a family in the month" in text
    assert "Base: plans in force" in text


def test_the_words_say_what_is_associated_and_nothing_more(page):
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S))
    assert not re.search(r"\b(because of|due to|caused by|drives|leads to|prevents|score)\b", text, re.I)


def test_the_workbook_holds_every_row_as_it_is(found, workbook):
    book = openpyxl.load_workbook(workbook)
    assert book.sheetnames[0] == "Read me"
    for name, _, columns, table in monitor_tables(found):
        sheet = book[name]
        assert [cell.value for cell in sheet[3]][:len(columns)] == [heading for _, heading, _, _ in columns]
        assert sheet.max_row == 3 + max(len(table), 1)
        assert sheet.freeze_panes == "B4"
        missing = [column for column, *_ in columns if column not in table]
        assert not missing or name in ("Ahead", "Forecasts tested"), missing  # which are empty where nothing can be said
    overdue = book["Reviews overdue"]
    if len(found.reviews.cases):
        first = found.reviews.cases.iloc[0]
        assert [overdue["A4"].value, overdue["D4"].value] == [first["case_id"], first["days_over"]]
        assert overdue["C4"].value == first["due_on"].to_pydatetime()


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    cases = [{"case_id": "=1+1", "area": "=2+2", "opened_on": "2020-01-01"}]
    plans = [{"case_id": "=1+1", "plan_id": "P1", "kind": "final", "issued_on": "2022-01-01"}]
    told = monitors(casebook("2025-06-30", cases=cases, plans=plans), dt.date(2025, 6, 30))
    sheet = openpyxl.load_workbook(write_monitors_workbook(told, tmp_path / "m.xlsx"))["Reviews overdue"]
    assert (sheet["A4"].value, sheet["A4"].data_type) == ("=1+1", "s")


def test_names_from_the_records_cannot_become_part_of_the_page():
    cases = [{"case_id": "C1", "area": "<script>x</script>", "opened_on": "2020-01-01"}]
    told = monitors(casebook("2025-06-30", cases=cases), dt.date(2025, 6, 30))
    assert "<script>" not in monitors_page(told)


def test_records_with_next_to_nothing_still_make_a_page(tmp_path):
    told = monitors(casebook("2025-06-30", cases=[{"case_id": "C1", "area": "North"}]), dt.date(2025, 6, 30))
    page = write_monitors_page(told, tmp_path / "monitors.html").read_text(encoding="utf-8")
    assert page.count("Cannot forecast") == 3
    assert "too few messages" in page
    write_monitors_workbook(told, tmp_path / "monitors.xlsx")


def test_pictures_draw_only_what_is_known():
    months = pd.date_range("2025-01-01", periods=3, freq="MS")
    rows = pd.DataFrame({"month": months, "few": [False, True, False], "within_5": [0.4, float("nan"), 0.6],
                         "within_5_low": [0.3, float("nan"), 0.5], "within_5_high": [0.5, float("nan"), 0.7],
                         "within_15": [0.8, float("nan"), float("nan")]})
    picture = replies_picture(rows, "Replies")
    assert picture.count('r="3.5"') == 2
    assert "February 2025: few messages" in picture and "nan" not in picture
    history = pd.DataFrame({"month": months, "count": [3, 4, 5], "made_up": [3.0, 4.0, 6.0]})
    ahead = pd.DataFrame({"month": pd.date_range("2025-04-01", periods=2, freq="MS"), "expected": [5.0, 6.0], "low": [2.0, 3.0],
                          "high": [9.0, 10.0]})
    assert forecast_picture(history, ahead, "Appeals").count("<circle") == 2
    assert "No forecast can be made" in forecast_picture(history, ahead.iloc[:0], "Appeals")
