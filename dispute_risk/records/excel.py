"""Excel workbooks as they were handed over: opened with care, a sheet a table, every cell turned into text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.about import checked_about
from dispute_risk.records.files import RawTable, cell_text, headings_usable, named_columns, text_frame
from dispute_risk.records.problems import NOTE, Problems

__all__ = ["LARGEST_UNPACKED_BYTES", "opened_workbook", "sheet_cells", "workbook_tables"]

LARGEST_UNPACKED_BYTES = 2_000_000_000
"""A workbook that unpacks to more is not opened: a million rows of twenty cells take about half of that."""
MOST_TIMES_PACKED = 200
"""A workbook that unpacks to more than this many times its size is not opened; genuine ones stay below about 30."""
_SMALL_BYTES = 50_000_000


@contextmanager
def opened_workbook(content: bytes, file: str) -> Iterator[Any]:
    """Open a workbook for reading, after looking at how large it is unpacked.

    Parameters
    ----------
    content : bytes
        Content of the file.
    file : str
        Its name, for messages.

    Raises
    ------
    UnreadableFile
        If it is empty, is no workbook, is cut short, or unpacks to an absurd size.
    """
    import openpyxl

    refuse_unsafe(content, file)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parser met: any of them means a damaged workbook
        raise UnreadableFile(f"{file} cannot be opened as a workbook. Open it in Excel and save it again.") from error
    try:
        yield workbook
    finally:
        workbook.close()


def refuse_unsafe(content: bytes, file: str) -> None:
    if not content:
        raise UnreadableFile(f"{file} is empty. Export the workbook again.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            names = set(packed.namelist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"{file} is not an Excel workbook (.xlsx), or was cut short. Save it again as .xlsx; an "
                             "old .xls file and one with a password cannot be read.") from error
    if unpacked > LARGEST_UNPACKED_BYTES or (unpacked > _SMALL_BYTES and unpacked > MOST_TIMES_PACKED * len(content)):
        raise UnreadableFile(f"{file} would unpack to {unpacked / 1e6:,.0f} MB from {len(content) / 1e6:,.1f} MB and "
                             "is not opened. Export the tables as CSV instead.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFile(f"{file} is a ZIP file but no Excel workbook. Save it as .xlsx.")


def sheet_cells(sheet: Any) -> list[list[str]]:
    """Return the cells of a sheet as text, row by row, without the blank cells and rows at its edges."""
    sheet.reset_dimensions()  # some systems write a wrong size into the sheet, and rows would be lost
    rows = [[cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((max((place for place, text in enumerate(row, 1) if text), default=0) for row in rows), default=0)
    return [(row + [""] * width)[:width] for row in rows]


def workbook_tables(content: bytes, file: str, names: Sequence[str],
                    problems: Problems) -> tuple[dict[str, RawTable], dict[str, Any]]:
    """Return the tables of a workbook, and what its sheet `casebook` says of it.

    Sheet names are matched whatever their case; a sheet that is no table is named and left alone.
    """
    tables: dict[str, RawTable] = {}
    about: dict[str, Any] = {}
    try:
        with opened_workbook(content, file) as workbook:
            for sheet in workbook.worksheets:
                name, label = sheet.title.strip().lower(), f"{file} sheet {sheet.title}"
                if name == "casebook":
                    about = checked_about({row[0]: row[1] for row in sheet_cells(sheet)[1:] if len(row) > 1 and row[0]},
                                          label, problems)
                elif name not in names:
                    problems.add(NOTE, label, "is not named after a table and is not read",
                                 f"If it holds a table, name it after one: {', '.join(names)}.")
                elif name in tables:
                    problems.add_unreadable(label, "is a second sheet for one table", "Keep one of them.", table=name)
                elif (read := _sheet_table(sheet_cells(sheet), name, label, problems)) is not None:
                    tables[name] = read
    except UnreadableFile as error:
        problems.add_unreadable("", error.message.rstrip("."), "")
    except Exception as error:  # a sheet cut short or damaged within: the parser's own error, whatever it is
        problems.add_unreadable(file, f"cannot be read to its end ({type(error).__name__})",
                                "Open it in Excel and save it again.")
    return tables, about


def _sheet_table(cells: list[list[str]], name: str, label: str, problems: Problems) -> RawTable | None:
    if not cells:
        problems.add_unreadable(label, "is empty", "Put the headings in row 1 and the table below.", table=name)
        return None
    headings = [text.strip() for text in cells[0]]
    if not headings_usable(headings, name, label, problems):
        return None
    columns = {str(place): [row[place] for row in cells[1:]] for place in range(len(headings))}
    return RawTable(name, label, named_columns(text_frame(columns), headings), np.arange(2, len(cells) + 1))
