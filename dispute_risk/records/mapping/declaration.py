"""Reading a mapping: its page of TOML turned into rules, with everything wrong in it found at once."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.mapping.dates import DateWordsError, strptime_format
from dispute_risk.records.mapping.rules import (
    ColumnRule,
    ExportMapping,
    JoinRule,
    SheetRule,
    TableRule,
    WideRule,
    declared_names,
    plain,
)
from dispute_risk.records.tables import TABLES, Table, table

__all__ = ["read_mapping"]


def read_mapping(path: str | Path) -> ExportMapping:
    """Read a mapping and check everything in it that can be checked without the export.

    Parameters
    ----------
    path : path
        A TOML file; the page on mappings explains its keys, `kelbrook.toml` is a worked example.

    Raises
    ------
    UnreadableFile
        If it is missing, is not TOML, or holds a key or name that means nothing; every problem at once.
    """
    file = Path(path)
    try:
        said = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be read ({error.strerror or error}). Give the file of the mapping, or "
                             "draft one with: dispute-risk map suggest EXPORT --out mapping.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{file} is not written as TOML ({error}). Put text in quotation marks and see that every "
                             "bracket is closed.") from error
    return _Reader(file.name).mapping(said)


class _Reader:
    """Turns the TOML into rules and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.wrong: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.formats: tuple[str, ...] = ()

    def mapping(self, said: Mapping[str, Any]) -> ExportMapping:
        self._keys(said, ("authority", "synthetic", "recorded_to", "dates", "not_recorded", "identifiers", "codes",
                          "sheets", "table"), "the mapping")
        self.formats = self._formats(said.get("dates", ["dd/mm/yyyy"]), "dates")
        self.codes = {name: self._words(words, f"codes.{name}") for name, words in
                      self._section(said, "codes").items()}
        identifiers = self._section(said, "identifiers")
        self._keys(identifiers, ("letters", "pseudonymise"), "[identifiers]")
        letters = identifiers.get("letters", "upper")
        if letters not in ("upper", "lower", "as written"):
            self.wrong.append(f"[identifiers] letters is {letters!r}. Allowed: upper, lower, as written.")
        tables = said.get("table", [])
        if not isinstance(tables, list) or not tables:
            self.wrong.append("There is no [[table]]. Each fills one table of the casebook.")
            tables = []
        mapping = ExportMapping(self._about(said), tuple(self._table(one, n) for n, one in enumerate(tables, 1)),
                                {name: self._sheet(name, one) for name, one in self._section(said, "sheets").items()},
                                frozenset(plain(text) for text in self._list(said.get("not_recorded", []))),
                                letters, self._pseudonymised(identifiers), self.file)
        if self.wrong:
            raise UnreadableFile(f"{self.file} cannot be used as a mapping until this is put right:", self.wrong)
        return mapping

    def _section(self, said: Mapping[str, Any], key: str) -> dict[str, Any]:
        value = said.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong.append(f"{key} is {value!r}. It must be a section, [{key}].")
        return {}

    def _about(self, said: Mapping[str, Any]) -> dict[str, Any]:
        kinds = {"authority": (str, "text in quotation marks"), "synthetic": (bool, "true or false"),
                 "recorded_to": (dt.date, "a date YYYY-MM-DD without quotation marks")}
        about = {key: said[key] for key in kinds if key in said}
        for key, value in about.items():
            if not isinstance(value, kinds[key][0]):
                self.wrong.append(f"{key} is {value!r}. It must be {kinds[key][1]}.")
        return about

    def _pseudonymised(self, identifiers: Mapping[str, Any]) -> tuple[str, ...]:
        wanted = tuple(self._list(identifiers.get("pseudonymise", [])))
        known = {column.name for declared in TABLES for column in declared if column.kind == "identifier"}
        for name in wanted:
            if name not in known:
                self.wrong.append(f"[identifiers] pseudonymise names '{name}', which is no identifier of a casebook."
                                  f"{_near(name, known)} Allowed: {', '.join(sorted(known))}.")
        return wanted

    def _sheet(self, name: str, said: Any) -> SheetRule:
        place = f"[sheets.\"{name}\"]"
        if not isinstance(said, dict):
            self.wrong.append(f"{place} must be a section.")
            return SheetRule()
        self._keys(said, ("headings_in_row", "left_out", "query"), place)
        row = said.get("headings_in_row", 1)
        if not isinstance(row, int) or isinstance(row, bool) or row < 1:
            self.wrong.append(f"{place} headings_in_row is {row!r}. It must be a whole number, 1 or more.")
            row = 1
        left_out = said.get("left_out", {})
        if isinstance(left_out, list):
            left_out = dict.fromkeys(left_out, "not used")
        if not isinstance(left_out, dict):
            self.wrong.append(f"{place} left_out must be a list of headings, or headings with a reason each.")
            left_out = {}
        return SheetRule(row, left_out, str(said.get("query", "")))

    def _table(self, said: Any, number: int) -> TableRule:
        place = f"[[table]] number {number}"
        if not isinstance(said, dict):
            self.wrong.append(f"{place} must be a section.")
            return TableRule("cases", (), {})
        self._keys(said, ("fills", "from", "columns", "where", "join", "wide", "rows_need", "once_for"), place)
        names = [declared.name for declared in TABLES]
        fills = said.get("fills")
        if fills not in names:
            self.wrong.append(f"{place} fills {fills!r}, which is no table of a casebook.{_near(str(fills), names)} "
                              f"Allowed: {', '.join(names)}.")
            return TableRule("cases", (), {})
        place, declared = f"{place} ({fills})", table(fills)
        sheets = tuple(self._list(said.get("from", [])))
        if not sheets:
            self.wrong.append(f"{place} does not say from which sheet: from = \"...\".")
        columns = self._columns(self._section(said, "columns"), declared, place)
        wide = tuple(WideRule(self._columns(one, declared, f"{place} wide")) for one in said.get("wide", [])
                     if isinstance(one, dict))
        known = declared_names(declared)
        for key in ("rows_need", "once_for"):
            for name in self._list(said.get(key, [])):
                if name not in known:
                    self.wrong.append(f"{place} {key} names '{name}', not a column of {fills}.{_near(name, known)}")
        self._required(declared, columns, wide, place)
        where = {heading: tuple(plain(word) for word in self._list(words))
                 for heading, words in self._section(said, "where").items()}
        return TableRule(fills, sheets, columns, where, tuple(self._join(one, place) for one in said.get("join", [])),
                         wide, tuple(self._list(said.get("rows_need", []))), tuple(self._list(said.get("once_for",
                                                                                                       []))))

    def _required(self, declared: Table, columns: Mapping[str, ColumnRule], wide: Iterable[WideRule],
                  place: str) -> None:
        filled = [{*columns, *one.columns} for one in wide] or [set(columns)]
        for column in declared:
            if column.required and not all(column.name in names for names in filled):
                self.wrong.append(f"{place} says nothing of {column.name}, which every row needs: {column.meaning}.")

    def _join(self, said: Any, place: str) -> JoinRule:
        if not isinstance(said, dict) or not {"sheet", "heading", "matches"} >= set(said) or len(said) < 3:
            self.wrong.append(f"{place} join must say sheet, heading (of that sheet) and matches (heading of the first "
                              "sheet).")
            return JoinRule("", "", "")
        return JoinRule(str(said["sheet"]), str(said["heading"]), str(said["matches"]))

    def _columns(self, said: Mapping[str, Any], declared: Table, place: str) -> dict[str, ColumnRule]:
        known = declared_names(declared)
        for name in said:
            if name not in known:
                self.wrong.append(f"{place} names '{name}', not a column of {declared.name}.{_near(name, known)} "
                                  f"Allowed: {', '.join(known)}.")
        return {name: self._column(name, rule, f"{place} {name}") for name, rule in said.items() if name in known}

    def _column(self, name: str, said: Any, place: str) -> ColumnRule:
        if isinstance(said, str | list):
            return ColumnRule(name, tuple(self._list(said)), formats=self.formats)
        if not isinstance(said, dict):
            self.wrong.append(f"{place} is {said!r}. Give a heading, or {{ from = \"heading\", ... }}.")
            return ColumnRule(name)
        self._keys(said, ("from", "codes", "dates", "split", "constant", "together", "numbered"), place)
        headings = tuple(self._list(said.get("from", [])))
        if sum((bool(headings), "constant" in said, "numbered" in said)) != 1:
            self.wrong.append(f"{place} must say one of: from, constant, numbered.")
        formats = self._formats(said["dates"], place) if "dates" in said else self.formats
        return ColumnRule(name, headings, self._code_words(said.get("codes", {}), place), formats,
                          str(said.get("split", "")), str(said.get("constant", "")), said.get("together"),
                          str(said.get("numbered", "")))

    def _code_words(self, said: Any, place: str) -> dict[str, str]:
        if isinstance(said, str):
            if said not in self.codes:
                self.wrong.append(f"{place} uses the codes '{said}', and there is no [codes.{said}]."
                                  f"{_near(said, self.codes)}")
            return self.codes.get(said, {})
        return self._words(said, f"{place} codes")

    def _words(self, said: Any, place: str) -> dict[str, str]:
        if not isinstance(said, dict):
            self.wrong.append(f"{place} must hold lines such as: \"LOCAL WORD\" = \"code\".")
            return {}
        return {plain(word): str(code) for word, code in said.items()}

    def _formats(self, said: Any, place: str) -> tuple[str, ...]:
        formats = []
        for words in self._list(said):
            try:
                formats.append(strptime_format(words))
            except DateWordsError as error:
                self.wrong.append(f"{place}: {error}")
        return tuple(formats)

    def _list(self, said: Any) -> list[str]:
        return [said] if isinstance(said, str) else [str(one) for one in said] if isinstance(said, list) else []

    def _keys(self, said: Mapping[str, Any], allowed: Iterable[str], place: str) -> None:
        for key in said:
            if key not in allowed:
                self.wrong.append(f"{place} says '{key}', which means nothing here.{_near(key, allowed)} Allowed: "
                                  f"{', '.join(allowed)}.")


def _near(word: str, among: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(among), n=1, cutoff=0.6)
    return f" Perhaps {near[0]}." if near else ""
