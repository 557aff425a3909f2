"""How a sheet of the weekly workbooks looks and prints: headings, dates, ticks, and the mark of invented records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from dispute_risk.explain.words import day_in_words
from dispute_risk.reports.weekly_guidance import INVENTED, NOT_FOR, how_to_read, made_from
from dispute_risk.triage.lists import WeeklyLists

__all__ = ["Book", "Column"]

TITLE_ROW, ABOUT_ROW, HEADING_ROW = 0, 1, 2
LINE_POINTS, MOST_POINTS = 15.0, 409.0
"""Height of a line of text, and the most Excel gives a row."""
LETTERS_A_WIDTH = 1.1
"""Letters of running text in one unit of column width, which is the width of a digit."""
FOOTER_LETTERS = 200
"""Excel takes 255 letters in a footer; the rest is left for the page numbers."""

LINES: dict[str, Any] = {"bottom": 1, "bottom_color": "#8A8F98", "right": 1, "right_color": "#C9D0D8"}

FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top", **LINES},
    "bold": {"text_wrap": True, "valign": "top", **LINES, "bold": True},
    "mark": {"valign": "top", "align": "center", **LINES, "bold": True},
    "date": {"num_format": "dd mmm yyyy", "valign": "top", "align": "left", **LINES},
    "number": {"num_format": "#,##0.0", "valign": "top", **LINES},
    "whole": {"num_format": "#,##0", "valign": "top", **LINES},
    "percent": {"num_format": "0.0%", "valign": "top", **LINES},
    "write": {"text_wrap": True, "valign": "top", **LINES},
    "tick": {"valign": "top", "align": "center", "border": 1, "border_color": "#47535F", "bold": True},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E1EA", "bottom": 2, "right": 1,
                "right_color": "#8A8F98"},
    "part": {"bold": True, "bg_color": "#D9E1EA", "bottom": 2},
    "title": {"bold": True, "font_size": 14},
    "about": {"font_color": "#47535F"},
    "invented": {"bold": True},
    "plain": {"text_wrap": True, "valign": "top"},
    "word": {"text_wrap": True, "valign": "top", "bold": True},
}
"""Every cell format used, by name. Meaning never rests on colour: a mark is also a word, bold or struck through."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    heading : str
    width : float
        In letters.
    value : callable
        Gives the cell from a line; None and '' are left blank.
    kind : str
        The name of a format.
    printed : bool
        Whether it is on paper too; columns that are only there to sort by are not.
    """

    heading: str
    width: float
    value: Callable[[Any], Any]
    kind: str = "text"
    printed: bool = True


class Book:
    """A workbook in the making: every sheet with the same head, foot and print set-up.

    Parameters
    ----------
    path : str
        The file to write.
    lists : WeeklyLists
    title : str
        What the workbook is, for its properties.
    """

    def __init__(self, path: str, lists: WeeklyLists, title: str) -> None:
        import xlsxwriter

        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.workbook = xlsxwriter.Workbook(path, options)
        self.lists = lists
        self.formats = {name: self.workbook.add_format(look) for name, look in FORMATS.items()}
        self.done = self.workbook.add_format({"font_strikeout": True, "font_color": "#6B7680"})
        self.soon = self.workbook.add_format({"bold": True, "underline": 1})
        self.workbook.set_properties({
            "title": f"{title}, {day_in_words(lists.as_of)}",
            "comments": INVENTED if lists.synthetic else lists.data_note,
            # The as-of date and not the clock, so that the same lists give the same file.
            "created": dt.datetime.combine(lists.as_of, dt.time(), tzinfo=dt.UTC).replace(tzinfo=None),
        })

    def sheet(self, name: str, title: str, about: str) -> Any:
        """Add a sheet with its title, what it is, and its print set-up."""
        lists = self.lists
        sheet = self.workbook.add_worksheet(name)
        sheet.write_string(TITLE_ROW, 0, f"{title}, as known on {day_in_words(lists.as_of)}", self.formats["title"])
        if lists.synthetic:
            sheet.write_string(ABOUT_ROW, 0, f"{INVENTED}. {about}", self.formats["invented"])
        else:
            sheet.write_string(ABOUT_ROW, 0, about, self.formats["about"])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5 if not lists.synthetic else 0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        self._head_and_foot(sheet)
        return sheet

    def _head_and_foot(self, sheet: Any) -> None:
        said = f"{self.lists.authority}, as known on {day_in_words(self.lists.as_of)}, release {self.lists.release}"
        if self.lists.synthetic:
            sheet.set_header(f"&C&B{INVENTED}")
            said = f"INVENTED RECORDS. {said}"
        # An ampersand starts a code in Excel's footers and is written twice to stand for itself.
        foot = said.replace("&", "&&")[:FOOTER_LETTERS]
        # The space after the size keeps it apart from a text that starts with a digit.
        sheet.set_footer(f"&L&8 {foot}&R&8 Page &P of &N")

    def cell(self, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
        """Write one cell; text is written as text whatever it starts with."""
        look = self.formats[kind]
        if value is None or value == "":
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), look)  # noqa: DTZ001
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, look)
        else:
            sheet.write_string(row, column, str(value), look)

    def table(self, sheet: Any, columns: Sequence[Column], lines: Sequence[Any], empty: str, frozen: int = 1) -> int:
        """Write headings and lines with filters, a frozen head and a print area; return the last row written."""
        widths = [column.width for column in columns]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            self.cell(sheet, HEADING_ROW, place, column.heading, "heading")
        sheet.set_row(HEADING_ROW, row_points([column.heading for column in columns], widths))
        for row, line in enumerate(lines, HEADING_ROW + 1):
            values = [column.value(line) for column in columns]
            sheet.set_row(row, row_points(values, widths))
            for place, (value, column) in enumerate(zip(values, columns, strict=True)):
                self.cell(sheet, row, place, value, column.kind)
        last = HEADING_ROW + max(len(lines), 1)
        if lines:
            sheet.autofilter(HEADING_ROW, 0, last, len(columns) - 1)
        else:
            sheet.write_string(last, 0, empty, self.formats["about"])
        sheet.freeze_panes(HEADING_ROW + 1, frozen)
        sheet.repeat_rows(HEADING_ROW)
        sheet.print_area(0, 0, last, sum(column.printed for column in columns) - 1)
        return last

    def read_me(self, before: Sequence[tuple[str, str]] = ()) -> None:
        """Add the sheet that says what the workbook is, how to read it and what it may not be used for."""
        sheet = self.sheet("Read me", "How to read this workbook", "What the lists are, and what they are not for.")
        sheet.set_portrait()
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 90)
        parts: list[tuple[str, Sequence[tuple[str, str]]]] = [
            ("What it was made from", made_from(self.lists)),
            ("To work in it", before),
            ("What the words mean", how_to_read(self.lists)),
            ("What to bear in mind this week", [("", note) for note in self.lists.notes]),
            ("What this may not be used for", [("", rule) for rule in NOT_FOR]),
        ]
        row = HEADING_ROW
        for heading, pairs in parts:
            if not pairs:
                continue
            sheet.write_string(row, 0, heading, self.formats["part"])
            sheet.write_blank(row, 1, None, self.formats["part"])
            for word, meaning in pairs:
                row += 1
                sheet.set_row(row, row_points([word, meaning], (30, 90)))
                sheet.write_string(row, 0, word, self.formats["word"])
                sheet.write_string(row, 1, meaning, self.formats["plain"])
            row += 2


def row_points(values: Sequence[Any], widths: Sequence[float]) -> float:
    """Return the height a row needs for its longest wrapped text.

    Not every spreadsheet programme makes room for wrapped text when it opens a file, so the height is given.
    """
    lines = max((_lines_of_text(value, width) for value, width in zip(values, widths, strict=True)
                 if isinstance(value, str)), default=1)
    return min(LINE_POINTS * lines, MOST_POINTS)


def _lines_of_text(text: str, width: float) -> int:
    letters = max(int(width * LETTERS_A_WIDTH), 4)
    return sum(_wrapped(part, letters) for part in text.split("\n")) if len(text) > letters or "\n" in text else 1


def _wrapped(text: str, letters: int) -> int:
    """Return the lines a text takes: as many as `textwrap.wrap` makes, which is slow where all words are plain."""
    words = text.split(" ")
    if "-" in text or not text.isprintable() or "" in words or max(map(len, words)) > letters:
        return len(wrap(text, letters)) or 1
    lines, room = 1, letters + 1
    for word in words:
        room -= len(word) + 1
        if room < 0:
            lines, room = lines + 1, letters - len(word)
    return lines
