"""The files of a casebook as they were handed over: found, opened and turned into text, with nothing judged yet."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.problems import NOTE, SET_ASIDE, Problems
from dispute_risk.records.tables import TABLES
from dispute_risk.records.write import as_read

__all__ = ["HandedOver", "RawTable", "as_text", "cell_text", "handed_over", "headings_usable", "named_columns",
           "text_frame"]

TABLE_NAMES = tuple(declared.name for declared in TABLES)
ABOUT = "casebook.toml"
KINDS = (".csv", ".parquet")
_OTHER_KINDS = {b"PK\x03\x04": "an Excel workbook or a ZIP file", b"PAR1": "a Parquet file",
                b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)", b"%PDF": "a PDF", b"\x1f\x8b": "a gzip file"}


@dataclass(frozen=True)
class RawTable:
    """One table as it was handed over, all text.

    Parameters
    ----------
    name : str
        Name of the table it is.
    file : str
        The file, or workbook and sheet, as messages name it.
    frame : DataFrame
        Every cell as text, '' for a blank; headings as they stand in the file.
    rows : array of int
        Row of the file each row stands in, as a person sees it (the headings are row 1).
    set_aside : DataFrame
        Rows that could not even be split into cells: columns `row` and `reason`.
    """

    name: str
    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    set_aside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"row": [], "reason": []}))


@dataclass
class HandedOver:
    """Everything found at the place of a casebook: tables as text, what `casebook.toml` says, and the fingerprint."""

    tables: dict[str, RawTable]
    about: dict[str, Any]
    fingerprint: str
    name: str


def handed_over(path: Path, problems: Problems) -> HandedOver:
    """Find and open the files of a casebook: a folder of CSV and Parquet files, or a workbook.

    Raises
    ------
    UnreadableFile
        If there is nothing at `path`, or it is neither a folder nor a workbook.
    """
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist. Give the folder of the casebook, or its workbook (.xlsx).")
    if path.is_dir():
        return _from_folder(path, problems)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from dispute_risk.records.excel import workbook_tables

        content = _content(path, path.name, problems)
        tables, about = ({}, {}) if content is None else workbook_tables(content, path.name, TABLE_NAMES, problems)
        return HandedOver(tables, about, hashlib.sha256(content or b"").hexdigest(), path.stem)
    raise UnreadableFile(f"{path} is neither a folder nor an Excel workbook (.xlsx). A casebook is a folder of CSV or "
                         "Parquet files named after the tables, or one workbook with a sheet a table.")


def _from_folder(folder: Path, problems: Problems) -> HandedOver:
    digest = hashlib.sha256()
    tables: dict[str, RawTable] = {}
    for name, files in _files_by_table(folder, problems).items():
        if len(files) > 1:
            problems.add_unreadable(" and ".join(file.name for file in files), "are two files for one table",
                                    "Keep the one that holds the table and move the other away.", table=name)
            continue
        content = _content(files[0], files[0].name, problems, name)
        if content is None:
            continue
        digest.update(f"{files[0].name}\0{len(content)}\0".encode() + content)
        read = _read_csv if files[0].suffix.lower() == ".csv" else _read_parquet
        table = read(content, name, files[0].name, problems)
        if table is not None:
            tables[name] = table
    about: dict[str, Any] = {}
    if (folder / ABOUT).is_file() and (content := _content(folder / ABOUT, ABOUT, problems)) is not None:
        digest.update(f"{ABOUT}\0{len(content)}\0".encode() + content)
        about = _read_about(content, problems)
    return HandedOver(tables, about, digest.hexdigest(), folder.resolve().name)


def _files_by_table(folder: Path, problems: Problems) -> dict[str, list[Path]]:
    """The files of the folder by table, in the order of their names; whatever is no table is named and left alone."""
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.iterdir()):
        name = file.stem.lower()
        if file.suffix.lower() in KINDS and name in TABLE_NAMES:
            found.setdefault(name, []).append(file)
        elif file.suffix.lower() in (*KINDS, ".xlsx", ".xls") and not file.name.startswith((".", "~")):
            problems.add(NOTE, file.name, "is not named after a table and is not read",
                         f"If it holds a table, name it after one: {', '.join(TABLE_NAMES)}.")
    return found


def _content(path: Path, file: str, problems: Problems, table: str = "") -> bytes | None:
    if path.is_dir():
        problems.add_unreadable(file, "is a folder, not a file", "Put the file itself there.", table=table)
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        problems.add_unreadable(file, f"cannot be read ({error.strerror or error})", "Check the rights on it.",
                                table=table)
        return None


def _read_about(content: bytes, problems: Problems) -> dict[str, Any]:
    from dispute_risk.records.about import checked_about

    try:
        said = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add_unreadable(ABOUT, f"is not written as TOML ({error})",
                                'Write lines such as: authority = "Northmoor".')
        return {}
    return checked_about(said, ABOUT, problems)


def _read_csv(content: bytes, name: str, file: str, problems: Problems) -> RawTable | None:
    text = _decoded(content, name, file, problems)
    if text is None:
        return None
    try:
        headings = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
        headings = [heading.strip() for heading in headings]
        if not headings_usable(headings, name, file, problems):
            return None
        frame = _regular_csv(text, headings)
        if frame is not None:
            # Without a single apostrophe in the file no cell can begin with one.
            return RawTable(name, file, _without_marks(frame) if "'" in text else frame, np.arange(2, len(frame) + 2))
        return _ragged_csv(text, headings, name, file, problems)
    except csv.Error as error:
        problems.add_unreadable(file, f"cannot be split into cells to its end ({error})", "A quotation mark may be "
                                "opened and never closed, or the file cut short. Export it again.", table=name)
        return None


def _decoded(content: bytes, name: str, file: str, problems: Problems) -> str | None:
    kind = next((kind for start, kind in _OTHER_KINDS.items() if content.startswith(start)), "")
    if not content.strip():
        kind = "empty"
    elif not kind and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        kind = "text in UTF-16"
    elif not kind and b"\0" in content:
        kind = "not text"
    if kind:
        said = f"is {kind}" if kind in ("empty", "not text") else f"is {kind}, not a CSV file in UTF-8"
        problems.add_unreadable(file, said, "Export the table again as CSV in UTF-8, with its headings.", table=name)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.add(NOTE, file, "is not in UTF-8 and was read as Windows text (cp1252)",
                     "Save it as CSV UTF-8, so that no letter is taken for another.", table=name)
        return content.decode("cp1252", errors="replace")


def headings_usable(headings: list[str], name: str, file: str, problems: Problems) -> bool:
    """Whether the first row holds headings that can be told apart; what is wrong with them is added to the problems."""
    if len(headings) == 1:
        mark = next((mark for mark in (";", "\t", "|") if mark in headings[0]), "")
        if mark:
            shown = "tabs" if mark == "\t" else f"'{mark}'"
            problems.add_unreadable(file, f"has its cells divided by {shown}, not by commas",
                                    "Save it as CSV with commas.", table=name)
            return False
    if not any(headings):
        problems.add_unreadable(file, "has no headings in its first row", "Put the names of the columns in row 1.",
                                table=name)
        return False
    lower = [heading.lower() for heading in headings if heading]
    repeated = sorted({heading for heading in lower if lower.count(heading) > 1})
    if repeated:
        problems.add_unreadable(file, f"has headings twice: {', '.join(repeated)}",
                                "Rename or remove one of each: which one holds is not for the tool to guess.",
                                table=name)
    return not repeated


def text_frame(columns: dict[str, Any]) -> pd.DataFrame:
    """Return columns of text as a DataFrame; the headings stay as they are."""
    return pd.DataFrame(columns, dtype=object if pd.__version__ < "3" else "str")


def _regular_csv(text: str, headings: list[str]) -> pd.DataFrame | None:
    """Read a file of which every row has as many cells as there are headings; None where one has not."""
    import pyarrow
    from pyarrow import csv as arrow_csv

    names = [str(place) for place in range(len(headings))]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False,
                                               block_size=1 << 28),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.string()),
                                                     strings_can_be_null=False),
        )
    except (pyarrow.ArrowInvalid, pyarrow.ArrowKeyError):
        return None
    return named_columns(table.to_pandas(), headings)


def named_columns(frame: pd.DataFrame, headings: list[str]) -> pd.DataFrame:
    """Give the columns their headings; a column without a heading is called after its place."""
    return frame.set_axis([heading or f"(column {place})" for place, heading in enumerate(headings, 1)], axis=1)


def _without_marks(frame: pd.DataFrame) -> pd.DataFrame:
    """Take off the apostrophe that `safe_text` puts before what a spreadsheet would take for a formula."""
    for name in frame.columns:
        marked = frame[name].str.startswith("'").to_numpy(dtype=bool)
        if marked.any():
            frame[name] = frame[name].where(~marked, frame[name].map(as_read))
    return frame


def _ragged_csv(text: str, headings: list[str], name: str, file: str, problems: Problems) -> RawTable:
    """Read a file of which some rows have more or fewer cells than headings: such rows are set aside."""
    cells = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    counts = np.array([len(row) for row in cells], dtype=int)
    rows = np.arange(2, len(cells) + 2)
    regular, blank = counts == len(headings), np.array([not any(row) for row in cells], dtype=bool)
    wrong = ~regular & ~blank
    reason = f"does not have {len(headings)} cells, one for each heading"
    problems.add(SET_ASIDE, file, reason, "Look for a comma or a line break within a cell, or a file cut short; "
                 "put such cells in quotation marks.", table=name, rows=rows[wrong])
    kept = [row for row, use in zip(cells, regular, strict=True) if use]
    columns = {str(place): [row[place] for row in kept] for place in range(len(headings))}
    if blank.any():
        problems.add(NOTE, file, f"has {int(blank.sum()):,} blank rows", "Nothing needs doing.", table=name)
    return RawTable(name, file, _without_marks(named_columns(text_frame(columns), headings)), rows[regular],
                    pd.DataFrame({"row": rows[wrong], "reason": reason}))


def _read_parquet(content: bytes, name: str, file: str, problems: Problems) -> RawTable | None:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(pyarrow.BufferReader(content), use_threads=False)
    except (pyarrow.ArrowException, OSError) as error:
        problems.add_unreadable(file, f"is not a whole Parquet file ({str(error).splitlines()[0]})",
                                "Export or copy it again.", table=name)
        return None
    headings = [str(heading).strip() for heading in table.column_names]
    if not headings_usable(headings, name, file, problems):
        return None
    places = [str(place) for place in range(len(headings))]
    frame = table.rename_columns(places).to_pandas(ignore_metadata=True)
    return RawTable(name, file, named_columns(text_frame({place: as_text(frame[place]) for place in places}), headings),
                    np.arange(2, len(frame) + 2))


def as_text(values: pd.Series) -> np.ndarray:
    """Return the values as text: dates YYYY-MM-DD, whole numbers without a point, true and false 1 and 0, blanks ''."""
    places, different = pd.factorize(values.astype(object))
    texts = np.array([*(cell_text(value) for value in different), ""], dtype=object)
    return texts[places]


def cell_text(value: Any) -> str:
    """Return one value of a workbook or Parquet file as text.

    >>> import datetime as dt
    >>> cell_text(3.0), cell_text(True), cell_text(dt.datetime(2025, 3, 1)), cell_text(None)
    ('3', '1', '2025-03-01', '')
    """
    if value is None or (not isinstance(value, str | bytes) and pd.isna(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return value if isinstance(value, str) else str(value)

