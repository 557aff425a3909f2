"""From the SEN2 return to the tables of a casebook that it can fill, and to those that it cannot."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.errors import UnusableRecords
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.check import CheckedTable, check_cells, check_rows
from dispute_risk.records.dates import check_dates
from dispute_risk.records.files import RawTable, text_frame
from dispute_risk.records.mapping.pseudonyms import Pseudonyms
from dispute_risk.records.problems import NOTE, SET_ASIDE, Problems, grouped_lines
from dispute_risk.records.sen2.beside import no_appeals, table_beside
from dispute_risk.records.sen2.filled import FILLERS
from dispute_risk.records.sen2.modules import MODULES
from dispute_risk.records.sen2.returned import Returned, read_return
from dispute_risk.records.tables import TABLES, table

__all__ = ["Sen2Read", "read_sen2"]


@dataclass(frozen=True)
class Sen2Read:
    """What came of reading SEN2 returns.

    Parameters
    ----------
    casebook : Casebook
        The tables the return can fill; `appeals` is empty unless a register was handed over.
    problems : DataFrame
        As `CasebookRead.problems`; rows are those of the tables made, in the order of the return.
    set_aside : DataFrame
        Rows that could not be used: table, row, reason.
    modules : DataFrame
        By return and module: rows read.
    marks : dict of str to int
        How many marks of mediation and Tribunal the return carries, none of them with a date.
    beside : tuple of str
        Tables that were handed over beside the return.
    """

    casebook: Casebook
    problems: pd.DataFrame
    set_aside: pd.DataFrame
    modules: pd.DataFrame
    marks: dict[str, int]
    beside: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return what was read, made and found, as text."""
        read = ", ".join(f"{module} {rows:,}" for module, rows in
                         self.modules.groupby("module", sort=False)["rows"].sum().items())
        made = ", ".join(f"{name} {len(frame):,}" for name, frame in self.casebook.tables.items())
        return "\n".join([self.casebook.summary(), f"Read: {read}.", f"Made: {made}.",
                          f"Set aside: {len(self.set_aside):,} rows.", "",
                          *(grouped_lines(self.problems[self.problems["severity"] != NOTE]) or ["No problems found."])])


def read_sen2(files: Iterable[str | Path], beside: Mapping[str, str | Path] | None = None,
              pseudonyms: Pseudonyms | None = None,
              name: str = "", synthetic: bool = False) -> Sen2Read:
    """Read SEN2 person-level returns into a casebook.

    Parameters
    ----------
    files : iterable of path
        XML files, the CSV files of an export, or folders; several years go into one casebook.
    beside : mapping of str to path, optional
        The authority's own tables by name, above all `appeals`: with a column `upn` (or `uln`) in place of `case_id`.
    pseudonyms : Pseudonyms, optional
        Makes case numbers from pupil numbers with the authority's key, so that next year's return joins; without it
        cases are numbered in the order of the return, and nothing later can be joined to them.
    name : str
        Name of the authority; its three-figure number where it is not given.
    synthetic : bool
        Whether the return is invented.

    Raises
    ------
    UnreadableFile
        If a file is missing, cut short or no return.
    UnusableRecords
        If no case can be made of it.

    Notes
    -----
    Of a request, plan, review or placement that stands in several years' returns, the latest return counts. Names,
    pupil numbers and postcodes are used to join and then dropped.
    """
    returns = read_return(files)
    linked = _one_person_once(returns, pseudonyms)
    recorded_to = max((one.recorded_to for one in returns if one.recorded_to), default=dt.date(2100, 1, 1))
    problems = Problems()
    raws = {fills: _raw(fills, _latest(pd.concat([make(one) for one in linked], ignore_index=True), natural))
            for fills, (make, natural) in FILLERS.items()}
    raws["appeals"] = no_appeals()
    numbers = _numbers(linked)
    raws |= {fills: table_beside(fills, file, numbers, problems) for fills, file in (beside or {}).items()}
    raws = {declared.name: raws[declared.name] for declared in TABLES if declared.name in raws}
    used, aside = _checked(raws, recorded_to, problems)
    if not len(used["cases"]):
        raise UnusableRecords("No case can be made of the return: no person in it has a plan or a request.")
    lea = next((one.authority for one in returns if one.authority), "")
    digest = hashlib.sha256(pd.util.hash_pandas_object(pd.concat(
        [raw.frame.sum(axis=1) for raw in raws.values() if len(raw.frame)])).to_numpy().tobytes()).hexdigest()
    casebook = Casebook(used, recorded_to, name or (f"authority {lea}" if lea else "authority"), synthetic, digest,
                        {str(key): int(count) for key, count in aside["table"].value_counts().items()})
    modules = pd.DataFrame([(one.file, one.year, module, len(frame)) for one in returns
                            for module, frame in one.modules.items()], columns=["file", "year", "module", "rows"])
    return Sen2Read(casebook, problems.table(), aside, modules, _marks(returns), tuple(beside or ()))


def _one_person_once(returns: list[Returned], pseudonyms: Pseudonyms | None) -> list[Returned]:
    """Give each person one number over all years: by UPN, else learner number, else name and date of birth."""
    numbers: dict[str, str] = {}
    linked = []
    for one in returns:
        person = one.modules["person"]
        who = np.select([person["upn"].to_numpy() != "", person["uniquelearnernumber"].to_numpy() != "",
                         (person["surname"] + person["forename"]).to_numpy() != ""],
                        ["upn " + person["upn"].str.upper(), "uln " + person["uniquelearnernumber"],
                         "name " + person["surname"].str.casefold() + "|" + person["forename"].str.casefold() + "|"
                         + person["personbirthdate"]], f"place {one.file} " + person["place"].astype(str))
        for key in who:
            if key not in numbers:
                numbers[key] = pseudonyms.of("case_id", key) if pseudonyms else f"C{len(numbers) + 1:06d}"
        modules = {"person": person.assign(case_id=[numbers[key] for key in who])}
        for module, frame in one.modules.items():
            if module != "person":
                above = modules[MODULES[module].parent]
                cases = dict(zip(above["id"], above["case_id"], strict=True))
                modules[module] = frame.assign(case_id=pd.Series([cases.get(parent, "") for parent in frame["parent"]],
                                                                 index=frame.index, dtype=object))
        linked.append(Returned(modules, one.year, one.authority, one.recorded_to, one.file))
    return linked


def _numbers(returns: list[Returned]) -> dict[str, str]:
    """Case number by pupil or learner number, for a register that is laid beside."""
    found: dict[str, str] = {}
    for one in returns:
        person = one.modules["person"]
        for column in ("uniquelearnernumber", "upn"):
            found |= {str(number).upper(): case for number, case in zip(person[column], person["case_id"], strict=True)
                      if number}
    return found


def _latest(rows: pd.DataFrame, natural: tuple[str, ...]) -> pd.DataFrame:
    """Of rows that stand in several years' returns keep the last; returns come in the order of their years."""
    if natural == ("case_id",):  # a person's facts: the latest that is filled in
        filled = rows.astype(object).where(rows != "", None).groupby("case_id", sort=False).last().reset_index()
        return filled.astype(object).where(filled.notna(), "")
    return rows[~rows.duplicated(list(natural), keep="last")].reset_index(drop=True)


def _raw(fills: str, rows: pd.DataFrame) -> RawTable:
    frame = text_frame({str(name): rows[name].to_numpy(dtype=object) for name in rows})
    return RawTable(fills, f"SEN2 {fills}", frame, np.arange(1, len(frame) + 1))


def _checked(raws: dict[str, RawTable], recorded_to: dt.date,
             problems: Problems) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Check as a casebook is checked, but let an empty table of appeals pass: the return has none to give."""
    checked: dict[str, CheckedTable] = {name: check_cells(raw, table(name), problems) for name, raw in raws.items()}
    used: dict[str, pd.DataFrame] = {}
    aside = []
    for name, one in checked.items():
        check_dates(one, recorded_to, problems)
        check_rows(one, used, problems)
        used[name] = one.used_rows()
        lost = one.aside_rows()[["row", "reason"]]
        aside.append(lost.assign(table=name))
    whole = pd.concat(aside, ignore_index=True)[["table", "row", "reason"]]
    if (problems.table()["severity"] == SET_ASIDE).any() and not len(used["cases"]):
        raise UnusableRecords("No case of the return can be used:", grouped_lines(problems.table())[:20])
    return used, whole


def _marks(returns: list[Returned]) -> dict[str, int]:
    names = {"requests": ("requestmediation", "requesttribunal"),
             "assessment": ("assessmentmediation", "assessmenttribunal", "othermediation", "othertribunal")}
    return {name: int(sum(one.modules[module][name].isin(["1", "true", "True"]).sum() for one in returns))
            for module, columns in names.items() for name in columns}
