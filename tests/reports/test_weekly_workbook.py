"""The workbook of the weekly list: real dates, text that stays text, lists to choose from, ready to print."""

import dataclasses
import datetime as dt
import textwrap

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weekly_sample import AS_OF, LONG, empty_lists, invented_lists

from dispute_risk.reports.weekly_guidance import INVENTED, NOT_FOR
from dispute_risk.reports.weekly_sheets import _wrapped
from dispute_risk.reports.weekly_view import area_weeks
from dispute_risk.reports.weekly_workbook import OUTCOMES, TICK, write_area_workbook, write_head_workbook

SHEETS = ["This week", "Likely disputes", "Duties outstanding", "Unheard", "Already in dispute", "What moved",
          "Read me"]
WHOLE = ["This week", "Duties outstanding", "Already in dispute", "What moved", "Read me"]
HEADING = 3


def opened(lists, folder, number=0):
    path = folder / "week.xlsx"
    write_area_workbook(area_weeks(lists)[number], lists, path)
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def lists():
    return invented_lists(lengths=LONG)


@pytest.fixture(scope="module")
def book(lists, tmp_path_factory):
    return opened(lists, tmp_path_factory.mktemp("week"))


def column(sheet, heading):
    (place,) = [cell.column for cell in sheet[HEADING] if cell.value == heading]
    return [sheet.cell(row, place) for row in range(HEADING + 1, sheet.max_row + 1)]


def test_a_sheet_for_each_list(book):
    assert book.sheetnames == SHEETS
    assert book.active.title == "This week"


@pytest.mark.parametrize("name", SHEETS[:6])
def test_each_sheet_is_ready_to_work_in_and_to_print(book, name):
    sheet = book[name]
    assert sheet.freeze_panes == ("E4" if name != "What moved" else "B4")
    assert sheet.auto_filter.ref.startswith("A3:")
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    # One page wide is what a file that does not say otherwise means; 0 is as many down as it takes.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize("name", SHEETS)
def test_each_sheet_carries_its_date_its_release_and_its_mark(book, lists, name):
    sheet = book[name]
    assert "17 November 2025" in sheet["A1"].value
    assert INVENTED in sheet["A2"].value
    assert INVENTED in sheet.oddHeader.center.text
    assert lists.release in sheet.oddFooter.left.text
    assert "&P" in sheet.oddFooter.right.text or "Page" in sheet.oddFooter.right.text


def test_real_records_carry_no_mark(lists, tmp_path):
    real = dataclasses.replace(lists, synthetic=False, authority="Northmoor", data_note="Its casebook")
    book = opened(real, tmp_path)
    for sheet in book:
        cells = [str(cell.value) for row in sheet for cell in row if cell.value]
        edges = [str(sheet.oddHeader.center.text), sheet.oddFooter.left.text]
        assert not any("nvented" in text for text in [*cells, *edges])


def test_every_case_stands_on_one_sheet_to_be_ticked_on(book, lists):
    week = area_weeks(lists)[0]
    assert [cell.value for cell in column(book["This week"], "Case")] == [line.case_id for line in week.this_week]
    assert [cell.value == "NEW" for cell in column(book["This week"], "New")] == [
        line.is_new for line in week.this_week]
    for sheet, key in (("Likely disputes", "likely_disputes"), ("Unheard", "unheard")):
        assert [cell.value for cell in column(book[sheet], "Case")] == [
            line.case_id for line in week.lists[key] if not line.this_week]


def test_a_list_wholly_among_this_weeks_cases_has_no_sheet_of_its_own(tmp_path):
    book = opened(invented_lists(), tmp_path)
    assert book.sheetnames == WHOLE
    assert [cell.value for cell in column(book["This week"], "List")].count("Unheard") == 3


def test_a_duty_of_one_of_this_weeks_cases_is_marked(lists, tmp_path):
    cases = lists.cases.copy()
    here = cases["area"] == "NE"
    likely = cases.loc[here & (cases["list"] == "likely_disputes") & (cases["rank"] == 1), "case_id"].item()
    cases.loc[here & (cases["list"] == "duties_outstanding") & (cases["rank"] == 2), "case_id"] = likely
    sheet = opened(dataclasses.replace(lists, cases=cases), tmp_path)["Duties outstanding"]
    marks = zip(column(sheet, "Case"), column(sheet, "This week"), strict=True)
    marked = {case.value: mark.value for case, mark in marks}
    assert marked.pop(likely) == "Yes"
    assert set(marked.values()) == {None}


def test_dates_are_dates(book, lists):
    week = area_weeks(lists)[0]
    cells = column(book["Duties outstanding"], "Due on")
    assert [cell.value.date() for cell in cells] == [line.duty_due_on for line in week.lists["duties_outstanding"]]
    assert {cell.number_format for cell in cells} == {"dd mmm yyyy"}


def test_numbers_to_sort_by_are_numbers_and_stay_off_the_paper(book, lists):
    sheet = book["Likely disputes"]
    risks = column(sheet, "Risk in 100")
    assert [cell.value for cell in risks] == pytest.approx(
        [line.risk for line in area_weeks(lists)[0].beyond("likely_disputes")])
    last_printed = openpyxl.utils.cell.range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))[2]
    assert sheet.cell(HEADING, last_printed).value == "Notes"
    assert risks[0].column > last_printed


def test_there_is_something_to_tick_and_an_outcome_to_choose(book):
    sheet = book["Unheard"]
    rules = {rule.formula1: str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    assert rules[f'"{TICK}"'].startswith("A4:")
    outcomes = next(cell.column_letter for cell in sheet[HEADING] if cell.value == "Outcome")
    assert rules[f'"{",".join(OUTCOMES)}"'].startswith(f"{outcomes}4:")
    # Excel takes 255 letters in a list of choices.
    assert len(",".join(OUTCOMES)) <= 255


def test_marks_do_not_rest_on_colour(book):
    sheet = book["Likely disputes"]
    looks = [rule.dxf for rules in sheet.conditional_formatting for rule in rules.rules]
    assert len(looks) == 2
    assert any(look.font.strike for look in looks)
    assert any(look.font.b and look.font.u for look in looks)


def test_text_never_becomes_a_formula_or_a_link(lists, tmp_path):
    hostile = lists.cases.assign(case_id="=1+1", next_step="+cmd|' /C calc'!A0", step_owner="@SUM(A1)",
                                 broken_duty="http://example.org", state="-2")
    book = opened(dataclasses.replace(lists, cases=hostile), tmp_path)
    for sheet in book:
        for row in sheet:
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    assert column(book["Unheard"], "Case")[0].value == "=1+1"


def test_rows_are_as_tall_as_their_text(lists, tmp_path):
    long = " ".join(["The educational psychology advice has not arrived."] * 60)
    book = opened(dataclasses.replace(lists, cases=lists.cases.assign(reason_1=long)), tmp_path)
    heights = [book["Unheard"].row_dimensions[row].height for row in range(4, 8)]
    assert all(300 < height <= 409 for height in heights)


def test_an_empty_week_is_a_whole_workbook(tmp_path):
    book = opened(empty_lists(), tmp_path)
    assert book.sheetnames == WHOLE
    assert book["This week"]["A4"].value == "No case is on this list."
    assert not book["This week"].data_validations.dataValidation


def test_the_read_me_says_what_the_lists_may_not_be_used_for(book, lists):
    cells = {str(cell.value) for row in book["Read me"] for cell in row}
    assert set(NOT_FOR) <= cells
    assert lists.data_note in cells
    assert lists.notes[0] in cells


def test_an_ampersand_in_the_authority_does_not_end_the_footer(lists, tmp_path):
    book = opened(dataclasses.replace(lists, authority="Hammersmith & Fulham", synthetic=False), tmp_path)
    assert "Hammersmith && Fulham" in book["Unheard"].oddFooter.left.text


def test_the_head_of_service_sees_every_area_and_duty(lists, tmp_path):
    path = tmp_path / "head.xlsx"
    write_head_workbook(area_weeks(lists), lists, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Areas", "Duties", "Read me"]
    assert [cell.value for cell in column(book["Areas"], "Area")] == ["NE", "NW", "SE", "SW"]
    assert [cell.value for cell in column(book["Areas"], "Appeals expected")] == list(lists.areas["expected_appeals"])
    assert sum(cell.value for cell in column(book["Duties"], "Cases outstanding")) == lists.duties["outstanding"].sum()


def test_the_same_lists_give_the_same_file(lists, tmp_path):
    week = area_weeks(lists)[0]
    write_area_workbook(week, lists, tmp_path / "one.xlsx")
    write_area_workbook(week, lists, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    created = openpyxl.load_workbook(tmp_path / "one.xlsx").properties.created
    assert created.date() == AS_OF
    assert isinstance(created, dt.datetime)


@given(st.lists(st.text("abé,.()—–'\"/&x ", min_size=0, max_size=12) | st.text("a-b\t\xa0 ", max_size=6), max_size=25),
       st.integers(4, 60))
@settings(max_examples=120, deadline=None)
def test_a_row_is_as_high_as_its_wrapped_text(words, letters):
    text = " ".join(words)
    assert _wrapped(text, letters) == (len(textwrap.wrap(text, letters)) or 1)
