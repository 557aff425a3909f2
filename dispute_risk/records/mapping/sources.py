"""A local export as it stands: the sheets of a workbook, the CSV files of a folder, or the tables of a database."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.files import cell_text, named_columns, text_frame
from dispute_risk.records.mapping.rules import SheetRule, plain

__all__ = ["MOST_ROWS", "Source", "is_database", "read_sources", "refuse_too_many_rows"]

MOST_ROWS = 5_000_000
"""Rows of one file that are read: ten years of messages of the largest authority are about a third of it."""
_MARKS = ",;\t|"
_FORMULA_CELL = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]+[0-9]+)\"[^>]*>\s*<f[ >/]")
_XML_NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Source:
    """One sheet, file or database table of an export, all text.

    Parameters
    ----------
    name : str
    label : str
        How messages name it.
    frame : DataFrame
        Every cell as text without outer spaces, '' for a blank.
    rows : array of int
        Row of the source each row stands in, as a person sees it.
    unsplit : array of int
        Rows that do not have one cell for each heading, and are set aside.
    """

    name: str
    label: str
    frame: pd.DataFrame
    rows: np.ndarray
    unsplit: np.ndarray

    @property
    def rows_in(self) -> int:
        """Rows that were handed over, blank ones left out."""
        return len(self.rows) + len(self.unsplit)

    def heading(self, wanted: str) -> str | None:
        """Return the heading as it stands in the source, whatever its case and spaces."""
        return {plain(str(name)): str(name) for name in reversed(list(self.frame.columns))}.get(plain(wanted))


def is_database(export: str | Path) -> bool:
    """Whether the export is a database, given by its SQLAlchemy URL."""
    return "://" in str(export)


def read_sources(export: str | Path, sheets: Mapping[str, SheetRule], only: Iterable[str] = ()) -> dict[str, Source]:
    """Read every sheet of an export, or those in `only`.

    Parameters
    ----------
    export : path or str
        A workbook, a CSV file, a folder of CSV files and workbooks, or the SQLAlchemy URL of a database.
    sheets : mapping of str to SheetRule
        How each is read, by name; the others have their headings in row 1.
    only : iterable of str
        Names to read; all if empty.

    Raises
    ------
    UnreadableFile
        If the export is missing, damaged, too large, or holds formulas.
    """
    if is_database(export):
        from dispute_risk.records.sql import database_frames

        frames = database_frames(str(export), {name: sheets.get(name, SheetRule()).query for name in only})
        return {name: _source(name, f"database table {name}", frame, np.arange(1, len(frame) + 1))
                for name, frame in frames.items()}
    rules = {plain(name): rule for name, rule in sheets.items()}
    wanted = {plain(name) for name in only}
    path = Path(export)
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist. Give the workbook, the CSV file or the folder of the export.")
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found: dict[str, Source] = {}
    for file in files:
        suffix = file.suffix.lower()
        if file.name.startswith((".", "~")) or not file.is_file():
            continue
        if suffix in (".xlsx", ".xlsm"):
            read = _read_workbook(file, rules, wanted)
        elif suffix in (".csv", ".txt", ".tsv") and not (path.is_dir() and suffix == ".txt"):
            read = [] if wanted and plain(file.stem) not in wanted else [_read_text(file, rules)]
        else:
            read = []
        for one in read:
            if one.name in found:
                raise UnreadableFile(f"{one.label} and {found[one.name].label} have the same name. Rename one of them.")
            found[one.name] = one
    if not found and not path.is_dir() and path.suffix.lower() not in (".xlsx", ".xlsm", ".csv", ".txt", ".tsv"):
        raise UnreadableFile(f"{path} is neither a workbook (.xlsx), a CSV file nor a folder of them. Export it as "
                             f"one.")
    return found


def _source(name: str, label: str, frame: pd.DataFrame, rows: np.ndarray, unsplit: Iterable[int] = ()) -> Source:
    """Strip the cells, leave out blank rows and refuse formulas."""
    stripped = frame.copy()
    filled = np.zeros(len(frame), dtype=bool)
    for place in range(frame.shape[1]):
        cells = frame.iloc[:, place].str.strip()
        stripped.isetitem(place, cells.array)
        filled |= (cells != "").to_numpy(dtype=bool)
        formula = cells.str.match(r"=\S").to_numpy(dtype=bool)
        if formula.any():
            raise UnreadableFile(f"{label} row {rows[formula.argmax()]}, {frame.columns[place]}: the cell holds a "
                                 f"formula, as do {int(formula.sum()) - 1:,} more of the column. Formulas are not "
                                 "worked out here: export or paste the values.")
    return Source(name, label, stripped[filled].reset_index(drop=True), rows[filled], np.array(list(unsplit),
                                                                                               dtype=int))


def _headings(cells: list[str]) -> list[str]:
    """Return the headings, a second one of the same name with its number."""
    seen: dict[str, int] = {}
    named = []
    for cell in cells:
        heading = " ".join(cell.split())
        seen[plain(heading)] = seen.get(plain(heading), 0) + 1
        count = seen[plain(heading)]
        named.append(f"{heading} ({count})" if heading and count > 1 else heading)
    return named


def _read_workbook(file: Path, rules: Mapping[str, SheetRule], wanted: set[str]) -> list[Source]:
    """Read the sheets of a workbook; calamine (MIT) does so some twenty times as fast as openpyxl."""
    from python_calamine import CalamineError, CalamineWorkbook

    from dispute_risk.records.excel import refuse_unsafe

    content = file.read_bytes()
    refuse_unsafe(content, file.name)
    formulas = _formula_cells(content, wanted)
    if formulas:
        raise UnreadableFile(f"{file.name} holds formulas, whose results may be old or missing. Copy each sheet and "
                             "paste it as values, or export it again:", formulas)
    read = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for title in workbook.sheet_names:
                name = " ".join(title.split())
                if not wanted or plain(name) in wanted:
                    cells = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
                    read.append(_sheet(name, file.name, cells, rules.get(plain(name), SheetRule()).headings_in_row))
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile(f"{file.name} cannot be read to its end ({type(error).__name__}). Open the workbook in "
                             "Excel and save it again.") from error
    return [source for source in read if source is not None]


def _sheet(name: str, file: str, cells: list[list[Any]], first: int) -> Source | None:
    if len(cells) < first or not any(cells[first - 1]):
        return None
    headings = _headings([cell_text(cell) for cell in cells[first - 1]])
    while headings and not headings[-1] and not any(row[len(headings) - 1] for row in cells[first:]):
        headings.pop()
    columns = {str(n): [cell if isinstance(cell,
                                           str) else cell_text(cell) for cell in (row[n] for row in cells[first:])]
               for n in range(len(headings))}
    return _source(name, f"{file} sheet {name}", named_columns(text_frame(columns), headings),
                   np.arange(first + 1, len(cells) + 1))


def _formula_cells(content: bytes, wanted: set[str]) -> list[str]:
    """Return a line for each sheet with formulas: a reader would give their last result, or silently a blank."""
    lines = []
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        try:
            targets = {link.get("Id"): str(link.get("Target")) for link in
                       ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))}
            sheets = {str(sheet.get("name")): targets.get(sheet.get(_LINK), "") for sheet in
                      ElementTree.fromstring(packed.read("xl/workbook.xml")).findall("m:sheets/m:sheet", _XML_NAMES)}
        except (KeyError, ElementTree.ParseError):
            return []
        for name, target in sheets.items():
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if (not wanted or plain(name) in wanted) and part in packed.namelist():
                cells = [cell.decode() for cell in _FORMULA_CELL.findall(packed.read(part))]
                if cells:
                    lines.append(f"sheet {name}: {len(cells):,} cells, the first {', '.join(cells[:3])}.")
    return lines


def refuse_too_many_rows(file: Path) -> None:
    """Count the lines of a text file without holding it, and refuse one that is too long to be held.

    Raises
    ------
    UnreadableFile
        If it has more than `MOST_ROWS` lines.
    """
    lines = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 24):
            lines += block.count(b"\n")
            if lines > MOST_ROWS + 1:
                raise UnreadableFile(f"{file.name} has more than {MOST_ROWS:,} rows, the most that are read of one "
                                     f"file. "
                                     "Export fewer years, or only the columns and kinds of line that are needed.")


def _read_text(file: Path, rules: Mapping[str, SheetRule]) -> Source:
    try:
        refuse_too_many_rows(file)
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be read ({error.strerror or error}). Check the rights on it.") from error
    text = _decoded(content, file.name)
    first = rules.get(plain(file.stem), SheetRule()).headings_in_row
    lines = text.split("\n", first)
    body = lines[-1] if len(lines) > first else ""
    heading_line = lines[first - 1] if len(lines) >= first else ""
    mark = max(_MARKS, key=heading_line.count)
    try:
        headings = _headings(next(csv.reader([heading_line], delimiter=mark), []))
        if not any(headings):
            raise UnreadableFile(f"{file.name} has no headings in row {first}. Say in which row they stand: "
                                 f"[sheets.\"{file.stem}\"] headings_in_row = ...")
        frame, unsplit, rows = _cells(body, headings, mark, first)
    except csv.Error as error:
        raise UnreadableFile(f"{file.name} cannot be split into cells to its end ({error}). A quotation mark may be "
                             "opened and never closed, or the file cut short. Export it again.") from error
    return _source(file.stem, file.name, frame, rows, unsplit)


def _decoded(content: bytes, file: str) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")):
        raise UnreadableFile(f"{file} is not text. Export it as CSV in UTF-8, or give a workbook its own name (.xlsx).")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").replace("\r\n", "\n")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").replace("\r\n", "\n")


def _cells(body: str, headings: list[str], mark: str,
           first: int) -> tuple[pd.DataFrame, list[int], np.ndarray]:
    import pyarrow
    from pyarrow import csv as arrow_csv

    names = [str(place) for place in range(len(headings))]
    if body.strip():
        try:
            table = arrow_csv.read_csv(
                io.BytesIO(body.encode("utf-8")),
                read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 28),
                parse_options=arrow_csv.ParseOptions(delimiter=mark, newlines_in_values=True, ignore_empty_lines=False),
                convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.string()),
                                                         strings_can_be_null=False))
            return (named_columns(text_frame({name: table[name].to_pandas() for name in names}), headings), [],
                    np.arange(first + 1, first + 1 + table.num_rows))
        except (pyarrow.ArrowInvalid, pyarrow.ArrowKeyError):
            pass  # some rows have more or fewer cells: read slowly, and set those aside
    records = list(csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True))
    right = [place for place, record in enumerate(records) if len(record) == len(headings)]
    wrong = [place + first + 1 for place, record in enumerate(records) if len(record) != len(headings) and any(record)]
    frame = text_frame({name: [records[place][n] for place in right] for n, name in enumerate(names)})
    return named_columns(frame, headings), wrong, np.array(right, dtype=int) + first + 1
