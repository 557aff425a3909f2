"""The table of rulings: verified ones only, dated, with source, searchable by issue, edited as a file."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from dispute_risk.errors import UnreadableFile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CaseLaw", "Ruling", "case_law"]

COLUMNS = ("issue", "grounds", "case", "citation", "point", "source", "checked_on")


@dataclass(frozen=True)
class Ruling:
    """One ruling: issue, grounds, the point in our own words, where it was read and when (YYYY-MM or YYYY-MM-DD)."""

    issue: str
    grounds: tuple[str, ...]
    case: str
    citation: str
    point: str
    source: str
    checked_on: str


@dataclass(frozen=True)
class CaseLaw:
    """The rulings, in the order of the file."""

    rulings: tuple[Ruling, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row a ruling, the columns of the file."""
        import pandas as pd

        return pd.DataFrame([{**vars(one), "grounds": ";".join(one.grounds)} for one in self.rulings],
                            columns=list(COLUMNS))

    def about(self, words: str) -> CaseLaw:
        """Return the rulings in which every word is found, in the issue, the point, the case or the citation.

        "Section F" and "F" find the rows on section F.

        Examples
        --------
        >>> case_law().about("section F").rulings[0].citation
        '[1998] ELR 129'
        """
        wanted = [word.lower() for word in re.findall(r"\w+", words)]

        def holds(one: Ruling) -> bool:
            text = f"{one.issue} {one.case} {one.citation} {one.point}".lower()
            whole = set(re.findall(r"\w+", text))
            # A single letter (a section of the plan) must be a word of the issue; longer words may be a part of one.
            issue = set(re.findall(r"\w+", one.issue.lower()))
            return all(word in issue if len(word) == 1 else any(part.startswith(word) for part in whole)
                       for word in wanted)

        return CaseLaw(tuple(one for one in self.rulings if holds(one)))

    def for_grounds(self, grounds: tuple[str, ...]) -> CaseLaw:
        """Return the rulings that bear on any of the grounds."""
        return CaseLaw(tuple(one for one in self.rulings if set(one.grounds) & set(grounds)))


def case_law(path: str | os.PathLike[str] | None = None) -> CaseLaw:
    """Read the table of rulings.

    Parameters
    ----------
    path : path, optional
        An edited copy of the file; the one that comes with the package where it is not given.

    Raises
    ------
    UnreadableFile
        If the file is missing, lacks a column, or a row has no source or no date; every problem is told at once.
    """
    name = str(path) if path is not None else "case_law.csv"
    try:
        text = (Path(path).read_text("utf-8-sig") if path is not None else
                resources.files("dispute_risk.tribunal").joinpath("case_law.csv").read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{name} cannot be read ({error}). Give a CSV file in UTF-8.") from error
    reader = csv.DictReader(text.splitlines())
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise UnreadableFile(f"{name} has no column {', '.join(missing)}. It needs: {', '.join(COLUMNS)}.")
    rulings, problems = [], []
    for row, cells in enumerate(reader, 2):
        checked_on = (cells["checked_on"] or "").strip()
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", checked_on):
            problems.append(f"{name} row {row}, checked_on: {checked_on!r} is not a date. Write YYYY-MM-DD or YYYY-MM.")
        if not (cells["source"] or "").strip():
            problems.append(f"{name} row {row}, source: blank. Say where the ruling was read.")
        grounds = tuple(one.strip() for one in (cells["grounds"] or "").split(";") if one.strip())
        rulings.append(Ruling(cells["issue"], grounds, cells["case"], cells["citation"], cells["point"],
                              cells["source"], checked_on))
    if problems:
        raise UnreadableFile(f"{name} cannot be used until this is put right:", problems)
    return CaseLaw(tuple(rulings))
