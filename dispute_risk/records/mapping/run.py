"""Taking an export through its mapping to a checked casebook, with an account of every row handed over."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.errors import RefusedUse, UnusableRecords
from dispute_risk.records.files import HandedOver, RawTable
from dispute_risk.records.mapping.apply import FilledTable, filled_table, missing_in_export
from dispute_risk.records.mapping.pseudonyms import Pseudonyms
from dispute_risk.records.mapping.rules import ExportMapping, plain
from dispute_risk.records.mapping.sources import Source, is_database, read_sources
from dispute_risk.records.personal_data import personal_heading
from dispute_risk.records.problems import Problems
from dispute_risk.records.read import CasebookRead, check_tables
from dispute_risk.records.write import write_casebook, write_csv, written_beside

__all__ = ["MappingRun", "map_export"]

_ACCOUNT = ["sheet", "fills", "rows_in", "rows_used", "rows_set_aside"]


@dataclass(frozen=True)
class MappingRun:
    """What came of taking an export through its mapping.

    Parameters
    ----------
    read : CasebookRead
        The checked casebook; its problems and set-aside rows name the sheet and row of the export.
    accounts : DataFrame
        By sheet and table of the casebook: rows_in = rows_used + rows_set_aside.
    set_aside : DataFrame
        Every row of the export that a table did not use: sheet, row, fills, reason.
    headings : DataFrame
        Every heading of the export: sheet, heading, use.
    key_fingerprint : str
        Tells which key made the pseudonyms; '' without.
    """

    read: CasebookRead
    accounts: pd.DataFrame
    set_aside: pd.DataFrame
    headings: pd.DataFrame
    key_fingerprint: str = ""

    def reasons(self) -> pd.DataFrame:
        """Return how many rows each table set aside for which reason."""
        counted = self.set_aside.groupby(["sheet", "fills", "reason"], sort=False).size()
        return counted.rename("rows").reset_index()

    def summary(self) -> str:
        """Return the accounts, the reasons and the unused headings as text."""
        lines = ["Rows by sheet and table: rows in = used + set aside",
                 *(f"  {sheet} -> {fills}: {rows_in:,} = {used:,} + {aside:,}" for sheet, fills, rows_in, used, aside in
                   self.accounts[_ACCOUNT].itertuples(index=False))]
        reasons = self.reasons()
        if len(reasons):
            lines += ["", "Why rows were set aside", *(f"  {sheet} -> {fills}: {rows:,} rows: {reason}" for
                      sheet, fills, reason, rows in reasons.itertuples(index=False))]
        loose = self.headings[self.headings["use"] != "used"]
        if len(loose):
            lines += ["", "Headings not used", *(f"  {sheet}, {heading}: {use}" for sheet, heading, use in
                      loose[["sheet", "heading", "use"]].itertuples(index=False))]
        return "\n".join(lines)

    def write(self, place: str | Path) -> Path:
        """Write the casebook, and beside its tables a folder `mapping` with the accounts of this run.

        Raises
        ------
        OutputNotWritten
            If the place holds files already, or cannot be written.
        """
        wanted = Path(place)
        casebook = self.read.casebook
        with written_beside(wanted, folder=True) as beside:
            write_casebook(casebook, beside)
            accounts = beside / "mapping"
            write_csv(self.accounts, accounts / "accounts.csv")
            write_csv(self.set_aside, accounts / "set_aside.csv")
            write_csv(self.headings, accounts / "headings.csv")
            write_csv(self.read.problems, accounts / "problems.csv")
            if self.key_fingerprint:
                (accounts / "key.txt").write_text(
                    f"The pseudonyms were made with the key of fingerprint {self.key_fingerprint}. The key itself is "
                    "kept by the authority and is not here.\n", encoding="utf-8")
        return wanted


def map_export(mapping: ExportMapping, export: str | Path, pseudonyms: Pseudonyms | None = None) -> MappingRun:
    """Take an export through a mapping to a checked casebook.

    Parameters
    ----------
    mapping : ExportMapping
        As `read_mapping` gives it.
    export : path or str
        Workbook, CSV file, folder of them, or SQLAlchemy URL.
    pseudonyms : Pseudonyms, optional
        Needed where the mapping names identifiers to be pseudonymised.

    Raises
    ------
    RefusedUse
        If the mapping pseudonymises and there is no key.
    UnusableRecords
        If a sheet or heading of the mapping is not in the export; all of them at once.
    UnreadableFile
        If the export cannot be read.
    """
    if mapping.pseudonymise and pseudonyms is None:
        raise RefusedUse(f"{mapping.file} pseudonymises {', '.join(mapping.pseudonymise)}, which needs a key. Give "
                         "--key FILE: the file is made if it is not there, and stays with the authority.")
    sources = read_sources(export, mapping.sheets, mapping.sheet_names if is_database(export) else ())
    missing = missing_in_export(mapping, sources)
    if missing:
        raise UnusableRecords(f"{mapping.file} does not fit the export:", missing)
    filled = _stacked([filled_table(rule, sources, mapping, pseudonyms) for rule in mapping.tables])
    problems = Problems()
    given = HandedOver({table.fills: RawTable(table.fills, table.fills, table.frame, np.arange(1, len(table.frame) + 1))
                        for table in filled}, _about(mapping), _fingerprint(filled), Path(str(export)).stem)
    read = check_tables(given, problems)
    read, lost = _in_rows_of_the_export(read, filled, sources)
    set_aside = _set_aside(filled, lost, mapping, sources)
    return MappingRun(read, _accounts(filled, lost, mapping, sources), set_aside, _headings(mapping, sources),
                      pseudonyms.fingerprint if pseudonyms and mapping.pseudonymise else "")


def _about(mapping: ExportMapping) -> dict[str, object]:
    about = dict(mapping.about)
    if isinstance(about.get("recorded_to"), dt.datetime):
        about["recorded_to"] = about["recorded_to"].date()
    return about


def _fingerprint(filled: list[FilledTable]) -> str:
    digest = hashlib.sha256()
    for table in filled:
        digest.update(table.fills.encode() + b"\0" + "\0".join(table.frame.columns).encode())
        for name in table.frame:
            digest.update("\0".join(table.frame[name].astype(str)).encode())
    return digest.hexdigest()


def _stacked(filled: list[FilledTable]) -> list[FilledTable]:
    """Put together what several rules give for one table."""
    by_name: dict[str, FilledTable] = {}
    for one in filled:
        before = by_name.get(one.fills)
        if before is None:
            by_name[one.fills] = one
            continue
        columns = list(dict.fromkeys([*before.frame.columns, *one.frame.columns]))
        whole = pd.concat([part.frame.reindex(columns=columns, fill_value="") for part in (before, one)],
                          ignore_index=True)
        by_name[one.fills] = FilledTable(one.fills, whole, np.concatenate([before.source, one.source]),
                                         np.concatenate([before.row, one.row]), before.set_aside + one.set_aside)
    return list(by_name.values())


Lost = dict[str, dict[int, str]]


def _in_rows_of_the_export(read: CasebookRead, filled: list[FilledTable],
                           sources: dict[str, Source]) -> tuple[CasebookRead, Lost]:
    """Say of each problem the sheet and row of the export, where the check knows only the table it filled."""
    by_name = {table.fills: table for table in filled}
    problems = read.problems.copy()
    lost: Lost = {}
    for column in ("what_to_do", "message"):  # the check knows casebooks; here the dates are written another way
        problems[column] = problems[column].str.replace("Write YYYY-MM-DD.",
                                                        "It is not a day in the way of writing that "
                                                        "the mapping states; it counts as not recorded.", regex=False)
    file, row, message = problems["file"].tolist(), problems["row"].tolist(), problems["message"].tolist()
    for place, (name, number) in enumerate(zip(problems["table"], problems["row"], strict=True)):
        if name not in by_name:
            continue
        if number is not pd.NA:
            table = by_name[name]
            label, at = sources[table.source[number - 1]].label, int(table.row[number - 1])
            message[place] = f"{label} row {at}" + message[place].removeprefix(f"{file[place]} row {number}")
            file[place], row[place] = label, at
    aside = {}
    for name, rows in read.set_aside.items():
        table, places = by_name[name], rows["row"].to_numpy() - 1
        lost[name] = dict(zip(places.tolist(), rows["reason"], strict=True))
        aside[name] = rows.assign(row=table.row[places])
        aside[name].insert(0, "sheet", table.source[places])
    problems = problems.assign(file=file, row=pd.array(row, dtype="Int64"), message=message)
    return replace(read, problems=problems, set_aside=aside), lost


def _sheets_of(fills: str, mapping: ExportMapping, sources: dict[str, Source]) -> list[Source]:
    names = [name for rule in mapping.tables if rule.fills == fills
             for name in (*rule.sheets, *(join.sheet for join in rule.joins))]
    wanted = dict.fromkeys(plain(name) for name in names)
    return [source for name in wanted for key, source in sources.items() if plain(key) == name]


def _not_used(table: FilledTable, lost: dict[int, str], source: Source) -> dict[int, str]:
    """Return, by row of a sheet, why the table used nothing of it; a row that gave one usable row is used."""
    used = np.ones(len(table.row), dtype=bool)
    used[list(lost)] = False
    of_sheet = table.source == source.name
    taken = set(table.row[of_sheet & used].tolist())
    reasons: dict[int, str] = {}
    for place, reason in lost.items():
        if of_sheet[place] and int(table.row[place]) not in taken:
            reasons.setdefault(int(table.row[place]), reason)
    for name, row, reason in table.set_aside:
        if name == source.name and row not in taken:
            reasons.setdefault(row, reason)
    return reasons


def _accounts(filled: list[FilledTable], lost: Lost, mapping: ExportMapping,
              sources: dict[str, Source]) -> pd.DataFrame:
    lines: list[tuple[str, str, int, int, int]] = []
    read = set()
    for table in filled:
        for source in _sheets_of(table.fills, mapping, sources):
            aside = len(_not_used(table, lost.get(table.fills, {}), source))
            lines.append((source.name, table.fills, source.rows_in, source.rows_in - aside, aside))
            read.add(source.name)
    lines += [(name, "no table", source.rows_in, 0, source.rows_in) for name, source in sources.items()
              if name not in read]
    return pd.DataFrame(lines, columns=_ACCOUNT)


def _set_aside(filled: list[FilledTable], lost: Lost, mapping: ExportMapping,
               sources: dict[str, Source]) -> pd.DataFrame:
    lines: list[tuple[str, int, str, str]] = []
    read = set()
    for table in filled:
        for source in _sheets_of(table.fills, mapping, sources):
            read.add(source.name)
            reasons = _not_used(table, lost.get(table.fills, {}), source)
            lines += [(source.name, row, table.fills, reason) for row, reason in sorted(reasons.items())]
    for name, source in sources.items():
        if name not in read:
            lines += [(name, int(row), "no table", "the mapping does not name the sheet") for row in source.rows]
            lines += [(name, int(row), "no table", "the mapping does not name the sheet") for row in source.unsplit]
    return pd.DataFrame(lines, columns=["sheet", "row", "fills", "reason"])


def _headings(mapping: ExportMapping, sources: dict[str, Source]) -> pd.DataFrame:
    lines = []
    for name, source in sources.items():
        used = {plain(heading) for rule in mapping.tables
                if plain(name) in {plain(one) for one in (*rule.sheets, *(join.sheet for join in rule.joins))}
                for heading in (*rule.where, *(join.matches for join in rule.joins),
                                *(join.heading for join in rule.joins),
                                *(heading for one in rule.columns.values() for heading in one.headings),
                                *(heading for wide in rule.wide for one in wide.columns.values()
                                  for heading in one.headings))}
        left_out = {plain(heading): reason for key, sheet in mapping.sheets.items() if plain(key) == plain(name)
                    for heading, reason in sheet.left_out.items()}
        for heading in source.frame.columns:
            bare = plain(str(heading))
            personal = personal_heading(str(heading))
            use = ("used" if bare in used else f"left out: {left_out[bare]}" if bare in left_out else
                   f"not in the mapping; looks like {personal} and is not copied" if personal else "not in the mapping")
            lines.append((name, str(heading), use))
    return pd.DataFrame(lines, columns=["sheet", "heading", "use"])
