"""How results are written: beside their place first, then moved into it, and safe to open in a spreadsheet."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from dispute_risk.errors import DisputeRiskError, OutputNotWritten
from dispute_risk.records.casebook import Casebook

__all__ = ["as_read", "safe_cells", "safe_text", "write_casebook", "write_csv", "written_beside"]

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")


@contextmanager
def written_beside(path: str | os.PathLike[str], folder: bool = False, replace: bool = False) -> Iterator[Path]:
    """Give a temporary place beside `path` to write to; move it into place only when all went well.

    Parameters
    ----------
    path : path
        Where the file or folder is to be in the end; a file that is there already is replaced in one step.
    folder : bool
        Whether a folder is written, not a file.
    replace : bool
        Whether a *folder* that already holds something may be replaced; otherwise that is refused.

    Yields
    ------
    Path
        The place to write to. It has the same suffix as `path`.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written; nothing is left half written, and what was there before stays.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as place:
    ...     wanted = pathlib.Path(place) / "list.csv"
    ...     with written_beside(wanted) as beside:
    ...         _ = beside.write_text("case_id\\n", encoding="utf-8")
    ...     wanted.read_text(encoding="utf-8")
    'case_id\\n'
    """
    wanted = Path(path)
    _refuse_wrong_place(wanted, folder, replace)
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=f".{wanted.name}.", dir=wanted.parent))
    except OSError as error:
        raise _not_written(wanted, error) from error
    beside = workplace / wanted.name
    try:
        if folder:
            beside.mkdir()
        yield beside
        _flush(beside)
        _move_into_place(beside, wanted, workplace)
    except DisputeRiskError:
        raise
    except OSError as error:
        raise _not_written(wanted, error) from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _refuse_wrong_place(wanted: Path, folder: bool, replace: bool) -> None:
    if folder and wanted.exists():
        if not wanted.is_dir():
            raise OutputNotWritten(f"{wanted} is a file, and a folder is to be written there. Choose another place.")
        if any(wanted.iterdir()) and not replace:
            raise OutputNotWritten(f"{wanted} already holds files, which are not overwritten. Choose a new folder.")
    if not folder and wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a folder, and a file is to be written there. Give the name of a file.")


def _not_written(wanted: Path, error: OSError) -> OutputNotWritten:
    reason = error.strerror or str(error)
    return OutputNotWritten(f"{wanted} could not be written ({reason}); nothing was left half written. "
                            "Check the place, the rights on it and the free space.")


def _flush(written: Path) -> None:
    for file in [written] if written.is_file() else sorted(p for p in written.rglob("*") if p.is_file()):
        with file.open("rb") as stream:
            os.fsync(stream.fileno())


def _move_into_place(beside: Path, wanted: Path, workplace: Path) -> None:
    if not beside.is_dir() or not wanted.exists():
        os.replace(beside, wanted)
        return
    before = workplace / "before"  # a folder cannot be replaced in one step: the old one is kept until the new is there
    os.replace(wanted, before)
    try:
        os.replace(beside, wanted)
    except OSError:
        os.replace(before, wanted)
        raise


def safe_text(text: str) -> str:
    """Return text that a spreadsheet will not take for a formula; `as_read` gives it back as it was.

    >>> safe_text("=1+1"), safe_text("NE"), as_read(safe_text("=1+1"))
    ("'=1+1", 'NE', '=1+1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def as_read(text: str) -> str:
    """Return the text that `safe_text` made safe."""
    return text[1:] if _QUOTED_FORMULA.match(text) else text


def safe_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every text cell and heading made safe for a spreadsheet."""
    safe = frame.copy()
    for name in safe.columns:
        values = safe[name]
        if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype)):
            text = values.astype(object)
            kinds = {value: safe_text(value) if isinstance(value, str) else value for value in text.dropna().unique()}
            safe[name] = text.map(kinds)
    return safe.rename(columns=lambda name: safe_text(str(name)))


def write_csv(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table as CSV (UTF-8, dates YYYY-MM-DD, blanks empty), safe to open in a spreadsheet, in one step."""
    with written_beside(path) as beside:
        _to_csv(frame, beside)


def _to_csv(frame: pd.DataFrame, path: Path) -> None:
    safe_cells(_whole_numbers(frame)).to_csv(path, index=False, date_format="%Y-%m-%d", encoding="utf-8",
                                            lineterminator="\n")


def _whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with flags and whole numbers written 1, not 1.0."""
    whole = frame.copy()
    for name in whole.columns:
        values = whole[name]
        if pd.api.types.is_float_dtype(values.dtype) and bool((values.dropna() % 1 == 0).all()):
            whole[name] = values.astype("Int64")
    return whole


def write_casebook(casebook: Casebook, place: str | os.PathLike[str], kind: str = "csv", replace: bool = False) -> Path:
    """Write a casebook so that `read_casebook` gives the same tables back.

    Parameters
    ----------
    casebook : Casebook
    place : path
        The folder to make, or the workbook for `kind="xlsx"`.
    kind : {'csv', 'parquet', 'xlsx'}
    replace : bool
        Whether a folder that already holds something may be replaced.

    Returns
    -------
    Path
        The folder or workbook.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written, or holds something else.
    ValueError
        If `kind` is none of the three.
    """
    wanted = Path(place)
    if kind == "xlsx":
        with written_beside(wanted) as beside:
            _write_workbook(casebook, beside)
        return wanted
    if kind not in ("csv", "parquet"):
        raise ValueError(f"kind is {kind!r}; it must be csv, parquet or xlsx")
    with written_beside(wanted, folder=True, replace=replace) as beside:
        for name, frame in casebook.tables.items():
            if kind == "csv":
                _to_csv(frame, beside / f"{name}.csv")
            else:
                frame.to_parquet(beside / f"{name}.parquet", index=False)
        (beside / "casebook.toml").write_text(_about(casebook), encoding="utf-8")
    return wanted


def _about(casebook: Casebook) -> str:
    name = casebook.name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return (f'authority = "{name}"\nsynthetic = {str(casebook.synthetic).lower()}\n'
            f"recorded_to = {casebook.recorded_to.isoformat()}\n")


def _write_workbook(casebook: Casebook, path: Path) -> None:
    """Write a sheet a table; every text cell is written as text, never as a formula or a link."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        about = workbook.add_worksheet("casebook")
        facts = {"authority": casebook.name, "synthetic": "true" if casebook.synthetic else "false",
                 "recorded_to": casebook.recorded_to.isoformat()}
        for row, pair in enumerate([("key", "value"), *facts.items()]):
            about.write_row(row, 0, pair)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, frame in casebook.tables.items():
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(frame.columns):
                sheet.write_string(0, place, heading)
                _write_column(sheet, place, frame[heading], day)


def _write_column(sheet: object, place: int, values: pd.Series, day: object) -> None:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        for row, value in enumerate(values, 1):
            if not pd.isna(value):
                sheet.write_datetime(row, place, value.to_pydatetime(), day)  # type: ignore[attr-defined]
    elif pd.api.types.is_float_dtype(values.dtype):
        for row, value in enumerate(values.astype(float), 1):
            if not pd.isna(value):
                sheet.write_number(row, place, value)  # type: ignore[attr-defined]
    else:
        for row, value in enumerate(values.astype(object), 1):
            if isinstance(value, str):
                sheet.write_string(row, place, value)  # type: ignore[attr-defined]
