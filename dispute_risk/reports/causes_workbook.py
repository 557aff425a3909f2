"""The causes report as a workbook: one sheet a subject, every figure a value, ready to sort and to print."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from dispute_risk.causes.lines import Heading, Lines
from dispute_risk.causes.report import CausesReport
from dispute_risk.explain.words import short_day
from dispute_risk.reports.causes_page import Document, shown
from dispute_risk.reports.causes_words import HOW_TO_READ, NOT_FOR, notes, period, title
from dispute_risk.reports.weekly_guidance import INVENTED
from dispute_risk.reports.weekly_sheets import FOOTER_LETTERS, FORMATS, row_points

__all__ = ["SHEETS", "write_causes_workbook"]

SHEETS: dict[str, str] = {
    "patterns": "Patterns", "costs": "Cost", "trend": "More common or less", "what": "What was appealed",
    "grounds": "Grounds", "areas": "Areas",
    "quarters": "Quarters", "area_quarters": "Areas by quarter", "need": "Need", "placement": "Placement",
    "coded": "Coded causes", "duties": "All open cases", "reasons": "Model's reasons", "cases": "Cases behind",
}
"""Key of each table and the name of its sheet."""

_KINDS = {"words": "text", "count": "whole", "rate": "number", "ratio": "ratio", "money": "whole", "date": "date",
          "mark": "text"}
TITLE_ROW, ABOUT_ROW, MARK_ROW, HEADING_ROW = 0, 1, 2, 4


def write_causes_workbook(made: Document, path: str | os.PathLike[str]) -> None:
    """Write the workbook; `write_causes` gives a temporary place and moves it.

    Parameters
    ----------
    made : Document
    path : path
    """
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(os.fspath(path), options) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        formats["ratio"] = book.add_format({**FORMATS["number"], "num_format": "0.00"})
        formats["withheld"] = book.add_format({**FORMATS["text"], "align": "right"})
        formats["part"] = book.add_format({**FORMATS["text"], "indent": 2})
        formats["key"] = book.add_format({"text_wrap": True, "valign": "top", "font_size": 12})
        report = made.report
        # The day of the making is not told: the same records make the same file.
        book.set_properties({"title": f"{title(report)}, {period(report)}", "comments": _mark(report),
                             "created": dt.datetime(report.recorded_to.year, report.recorded_to.month,  # noqa: DTZ001
                                                    report.recorded_to.day)})
        _front(book, formats, made)
        for lines in made.every:
            _sheet(book, formats, made, lines)


def _mark(report: CausesReport) -> str:
    for_whom = ("For publication: small numbers are withheld, the rest is rounded." if report.for_publication else
                "For officers of the authority. Small numbers are not hidden: not for publication.")
    return f"{INVENTED}. {for_whom}" if report.synthetic else for_whom


def _print_set_up(sheet: Any, report: CausesReport) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    foot = f"{report.authority}, appeals registered {short_day(report.counted.start_on)} to {short_day(report.counted.end_on)}"
    if report.synthetic:
        sheet.set_header(f"&C&B{INVENTED}")
        foot = f"INVENTED RECORDS. {foot}"
    sheet.set_footer(f"&L&8 {foot.replace('&', '&&')[:FOOTER_LETTERS]}&R&8 Page &P of &N")


def _front(book: Any, formats: dict[str, Any], made: Document) -> None:
    sheet, report = book.add_worksheet("Read first"), made.report
    _print_set_up(sheet, report)
    sheet.set_portrait()
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 88)
    sheet.write_string(0, 0, title(report), formats["title"])
    sheet.write_string(1, 0, f"Appeals to the SEND Tribunal registered from {period(report)}", formats["about"])
    sheet.write_string(2, 0, _mark(report), formats["invented"])
    parts: list[tuple[str, list[tuple[str, str]]]] = [
        ("Key points", [(str(number), point) for number, point in enumerate(made.points, 1)]),
        ("What to bear in mind", [("", one) for one in ([made.withheld_note] if made.withheld_note else []) + notes(report)]),
        ("What the words mean", list(HOW_TO_READ)), ("What this may not be used for", [("", one) for one in NOT_FOR]),
        ("Sheets", [(SHEETS[lines.key], lines.title) for lines in made.every]),
    ]
    if not report.for_publication:
        parts.append(("Made from", [("", report.data_note)]))
    row = HEADING_ROW
    for heading, pairs in parts:
        sheet.write_string(row, 0, heading, formats["heading"])
        sheet.write_blank(row, 1, None, formats["heading"])
        for word, meaning in pairs:
            row += 1
            sheet.set_row(row, row_points([word, meaning], (28, 88)))
            sheet.write_string(row, 0, word, formats["word"])
            sheet.write_string(row, 1, meaning, formats["plain"])
        row += 2


def _sheet(book: Any, formats: dict[str, Any], made: Document, lines: Lines) -> None:
    report, headings = made.report, lines.headings
    sheet = book.add_worksheet(SHEETS[lines.key])
    _print_set_up(sheet, report)
    widths = [max(heading.width, 10) for heading in headings]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.write_string(TITLE_ROW, 0, f"{lines.title}, {period(report)}", formats["title"])
    wide = min(len(headings) - 1, 7)
    sheet.merge_range(ABOUT_ROW, 0, ABOUT_ROW, wide, lines.about, formats["plain"])
    sheet.set_row(ABOUT_ROW, row_points([lines.about], [sum(widths[: wide + 1])]))
    note = _mark(report) if not made.withheld_note else f"{_mark(report)} {made.withheld_note}"
    sheet.merge_range(MARK_ROW, 0, MARK_ROW, wide, note, formats["plain"])
    sheet.set_row(MARK_ROW, row_points([note], [sum(widths[: wide + 1])]))
    sheet.set_row(HEADING_ROW, row_points([heading.words for heading in headings], widths))
    for place, heading in enumerate(headings):
        sheet.write_string(HEADING_ROW, place, heading.words, formats["heading"])
    rows = lines.frame.to_dict("records")
    for row, line in enumerate(rows, HEADING_ROW + 1):
        cells = [shown(report, line, heading) for heading in headings]
        sheet.set_row(row, row_points(cells, widths))
        for place, (value, heading) in enumerate(zip(cells, headings, strict=True)):
            _cell(sheet, row, place, value, heading, formats, part=bool(line.get("depth")) and place == 0)
    last = HEADING_ROW + max(len(rows), 1)
    if rows:
        sheet.autofilter(HEADING_ROW, 0, last, len(headings) - 1)
    sheet.freeze_panes(HEADING_ROW + 1, 1)
    sheet.repeat_rows(HEADING_ROW)
    sheet.print_area(0, 0, last, len(headings) - 1)


def _cell(
    sheet: Any, row: int, place: int, value: Any, heading: Heading, formats: dict[str, Any], part: bool
) -> None:
    look = formats["part" if part else _KINDS[heading.kind]]
    if value is None or value == "":
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, place, dt.datetime(value.year, value.month, value.day), look)  # noqa: DTZ001
    elif isinstance(value, float) and value not in (float("inf"), float("-inf")):
        sheet.write_number(row, place, value, look)
    elif isinstance(value, float):
        sheet.write_string(row, place, "no limit", formats["withheld"])
    else:
        words = heading.kind in ("words", "mark")
        sheet.write_string(row, place, str(value), look if words else formats["withheld"])
