"""A SEN2 person-level return as it was handed over, from its XML or its nine CSV files, with nothing judged yet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import pandas as pd

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.files import text_frame
from dispute_risk.records.mapping.dates import dates_as_iso
from dispute_risk.records.mapping.sources import read_sources
from dispute_risk.records.sen2.modules import MODULES, YEARS, field_name, module_named

__all__ = ["MOST_PERSONS", "Returned", "read_return"]

MOST_PERSONS = 1_000_000
"""Persons read of one return; the whole of England has some 640,000 plans."""
_FORMATS = ("%Y-%b-%d %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%b-%d", "%d-%b-%Y", "%d-%m-%Y",
            "%Y%m%d")
_DATES = {field.lower() for module in MODULES.values() for field in module.fields
          if field.endswith(("Date", "ReviewMeeting", "LastReview", "ReviewDraft"))}
_FILE_DAY = re.compile(r"(\d{2})-(\d{2})-(\d{4})")


@dataclass(frozen=True)
class Returned:
    """One year's return.

    Parameters
    ----------
    modules : dict of str to DataFrame
        By module: `id`, `parent`, `place` (line of the XML or row of the file) and the items, in small letters, all
        text, dates YYYY-MM-DD where they are dates.
    year : int
        Collection year; 0 where it is not said.
    authority : str
        Three figures of the authority.
    recorded_to : date or None
        Day on which the return was made.
    file : str
    """

    modules: dict[str, pd.DataFrame]
    year: int
    authority: str
    recorded_to: dt.date | None
    file: str


def read_return(files: Iterable[str | Path]) -> list[Returned]:
    """Read the returns among some files: each XML is one, CSV files of one day are one together.

    Parameters
    ----------
    files : iterable of path
        XML files, CSV files named `..._<module>.csv`, or folders of them.

    Raises
    ------
    UnreadableFile
        If a file is missing, cut short, no SEN2 return, or carries a document type definition.
    """
    paths: list[Path] = []
    for given in map(Path, files):
        if not given.exists():
            raise UnreadableFile(f"{given} does not exist. Give the XML of the return, its CSV files, or their folder.")
        paths += sorted(one for one in given.iterdir() if one.is_file()) if given.is_dir() else [given]
    found = [_from_xml(path) for path in paths if path.suffix.lower() == ".xml"]
    tables: dict[str, dict[str, Path]] = {}
    for path in paths:
        if path.suffix.lower() != ".csv":
            continue
        module = "sen2" if path.stem.lower().endswith("sen2") else module_named(path.stem)
        if module:
            day = _FILE_DAY.search(path.stem)
            group = tables.setdefault(f"{path.parent}/{day[0] if day else ''}", {})
            if module in group:
                raise UnreadableFile(f"{path.name} and {group[module].name} are two files for {module}. Keep one.")
            group[module] = path
    found += [_from_csv(group) for group in tables.values()]
    if not found:
        raise UnreadableFile("There is no SEN2 return among the files. Give its XML, or the CSV files whose names "
                             "end in "
                             f"{', '.join(f'_{name}.csv' for name in ['sen2', *MODULES])}.")
    return sorted(found, key=lambda one: one.year)


class _Reader:
    """Takes the elements of the XML as they pass; holds one path of elements, never the document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in MODULES}
        self.header: dict[str, str] = {}
        self.open: list[tuple[str, int]] = []
        self.text: list[str] = []
        self.names: dict[str, tuple[str, str]] = {}
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text.append
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_: Any) -> None:
        raise UnreadableFile(f"{self.file} carries a document type definition, which no SEN2 return has and which "
                             f"can do "
                             "harm. It is not read. Export the return again.")

    def start(self, tag: str, _: Any) -> None:
        self.text.clear()
        if tag not in self.names:
            self.names[tag] = (module_named(tag), field_name(tag))
        module = self.names[tag][0]
        if module and (module == "person" or self.open):
            rows = self.rows[module]
            parent = next((row for name, row in reversed(self.open) if name == MODULES[module].parent), -1)
            if module == "person" and len(rows) >= MOST_PERSONS:
                raise UnreadableFile(f"{self.file} has more than {MOST_PERSONS:,} persons, the most that are read of "
                                     f"one "
                                     "return. Give the return of one authority and one year.")
            self.open.append((module, len(rows)))
            rows.append({"id": str(len(rows)), "parent": str(parent), "place": self.parser.CurrentLineNumber})

    def end(self, tag: str) -> None:
        module, field = self.names[tag]
        if self.open and module == self.open[-1][0]:
            self.open.pop()
        elif self.open:
            text = "".join(self.text).strip()
            if text:
                name, row = self.open[-1]
                self.rows[name][row].setdefault(field, text)
        elif (text := "".join(self.text).strip()):
            self.header.setdefault(field, text)
        self.text.clear()


def _from_xml(path: Path) -> Returned:
    reader = _Reader(path.name)
    try:
        with path.open("rb") as stream:
            reader.parser.ParseFile(stream)
    except expat.ExpatError as error:
        what = "ends before the return does: it was cut short" if error.code in (3, 5) else "is not whole XML"
        raise UnreadableFile(f"{path.name} {what} (line {error.lineno}, column {error.offset + 1}: "
                             f"{expat.ErrorString(error.code)}). Export the return again.") from error
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read ({error.strerror or error}).") from error
    if not reader.rows["person"]:
        raise UnreadableFile(f"{path.name} is XML without a single Person: it is not a SEN2 person-level return.")
    return _returned({name: pd.DataFrame(rows) for name, rows in reader.rows.items() if rows}, reader.header, path.name,
                     "")


def _from_csv(files: dict[str, Path]) -> Returned:
    missing = [name for name in ("person", "requests") if name not in files]
    shown = next(iter(files.values())).name
    if missing:
        raise UnreadableFile(f"Beside {shown} there is no file of {' and of '.join(missing)}: nothing can be joined. "
                             "Give all nine CSV files of the export.")
    frames, header = {}, {}
    for name, path in files.items():
        source = next(iter(read_sources(path, {}).values()))
        frame = _named_once(source.frame.rename(columns=lambda heading: field_name(str(heading))))
        if name == "sen2":
            header = frame.iloc[0].to_dict() if len(frame) else {}
            continue
        parent = MODULES[name].parent
        wanted = {f"{name}tableid": "id"} | ({f"{parent}tableid": "parent"} if parent else {})
        lost = [key for key in wanted if key not in frame]
        if lost:
            raise UnreadableFile(f"{path.name} has no column {' or '.join(lost)}, by which the files are joined. "
                                 f"Export "
                                 "the nine files again, with all their columns.")
        frames[name] = frame.rename(columns=wanted).assign(place=source.rows)
        if "parent" not in frames[name]:
            frames[name]["parent"] = ""
    return _returned(frames, {str(key): str(value) for key, value in header.items()}, "",
                     files["person"].name, {name: path.name for name, path in files.items()})


def _named_once(frame: pd.DataFrame) -> pd.DataFrame:
    """Of several columns for one item (`sex` and `gendercurrent`), the first that is filled in counts."""
    columns: dict[str, np.ndarray] = {}
    for place, name in enumerate(frame.columns):
        cells = frame.iloc[:, place].to_numpy(dtype=object)
        columns[name] = np.where(columns[name] == "", cells, columns[name]) if name in columns else cells
    return text_frame(columns)


def _filled(values: pd.Series) -> np.ndarray:
    return values.astype(object).where(values.notna(), "").to_numpy(dtype=object)


def _returned(frames: dict[str, pd.DataFrame], header: dict[str, str], file: str, named_by: str,
              files: dict[str, str] | None = None) -> Returned:
    modules = {}
    for name, module in MODULES.items():
        frame = frames.get(name, pd.DataFrame({"id": [], "parent": [], "place": []}))
        fields = [field.lower() for field in module.fields]
        columns = {field: _filled(frame[field]) if field in frame else [""] * len(frame)
                   for field in ["id", "parent", *fields]}
        for field in _DATES.intersection(fields):
            places, different = pd.factorize(pd.Series(columns[field], dtype=object))
            if len(different):
                columns[field] = dates_as_iso(different.to_numpy(dtype=object), _FORMATS)[places]
        modules[name] = text_frame(columns).assign(place=frame["place"].to_numpy(), file=(files or {}).get(name, file))
    day = _FILE_DAY.search(named_by)
    made = header.get("datetime", "")[:10] or (f"{day[3]}-{day[2]}-{day[1]}" if day else "")
    try:
        recorded_to = dt.date.fromisoformat(made) if made else None
    except ValueError:
        recorded_to = None
    year = int(header["year"]) if header.get("year", "").isdigit() else recorded_to.year if recorded_to else 0
    if year and year not in YEARS and year < YEARS.start:
        raise UnreadableFile(f"{file or named_by} is a return of {year}. Person-level returns begin in {YEARS.start}.")
    return Returned(modules, year, header.get("lea", ""), recorded_to or (dt.date(year - 1, 12, 31) if year else None),
                    file or named_by)


