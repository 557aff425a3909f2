"""What is wrong with the records: every problem found, where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.records.personal_data import masked

__all__ = ["BLANKED", "COLUMNS", "NOTE", "REFUSED", "SET_ASIDE", "SEVERITIES", "STOPS", "UNKNOWN", "Problems",
           "grouped_lines"]

STOPS = "stops"
SET_ASIDE = "row set aside"
BLANKED = "cell blanked"
REFUSED = "refused column"
UNKNOWN = "unknown column"
NOTE = "note"

SEVERITIES: dict[str, str] = {
    STOPS: "The records cannot be used until this is put right",
    SET_ASIDE: "Rows that could not be used, kept in the set-aside files",
    BLANKED: "Cells that count as not recorded",
    REFUSED: "Columns refused: they look like personal data, are not read and never copied",
    UNKNOWN: "Columns that are not part of a casebook, kept out",
    NOTE: "To note",
}
"""How much a problem matters, the gravest first, each with its heading."""

COLUMNS = ["severity", "table", "file", "row", "column", "value", "problem", "what_to_do"]
"""Columns of the list of problems; `row` is the row a person sees in the file (the headings are row 1)."""


class Problems:
    """Collects the problems of one reading, block by block, in the order in which they are found."""

    def __init__(self) -> None:
        self._blocks: list[pd.DataFrame] = []
        self.unreadable = False

    def add(self, severity: str, file: str, problem: str, what_to_do: str, *, table: str = "", column: str = "",
            rows: Sequence[int] | np.ndarray | None = None, values: Sequence[str] | np.ndarray | None = None) -> None:
        """Add one problem of a file, or the same problem of many of its rows.

        Parameters
        ----------
        severity : str
            Key of `SEVERITIES`.
        file : str
            File, or workbook and sheet, as its owner knows it.
        problem : str
            What is wrong, without the value: it follows the value in the message ("is not a date").
        what_to_do : str
            What is allowed and what to do, as a sentence.
        table, column : str
            Where it is, as far as that can be said.
        rows : sequence of int, optional
            Rows of the file; without them the problem is one of the whole file or column.
        values : sequence of str, optional
            What stands there, one a row; what looks like personal data is not repeated.
        """
        if rows is not None and len(rows) == 0:
            return
        count = 1 if rows is None else len(rows)
        block: dict[str, Any] = {
            "severity": severity, "table": table, "file": file, "row": [pd.NA] if rows is None else list(rows),
            "column": column, "value": [""] * count if values is None else masked(values), "problem": problem,
            "what_to_do": what_to_do,
        }
        self._blocks.append(pd.DataFrame(block, columns=COLUMNS).astype({"row": "Int64"}))

    def add_unreadable(self, file: str, problem: str, what_to_do: str, *, table: str = "") -> None:
        """Add a file that cannot be read; nothing can be done until it is put right."""
        self.unreadable = True
        self.add(STOPS, file, problem, what_to_do, table=table)

    def table(self) -> pd.DataFrame:
        """Return every problem, the gravest first, each with its full `message`."""
        if not self._blocks:
            return pd.DataFrame({name: pd.Series(dtype="Int64" if name == "row" else object)
                                 for name in [*COLUMNS, "message"]})
        found = pd.concat(self._blocks, ignore_index=True)
        rank = found["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
        found = found.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)
        return found.assign(message=[_message(*cells) for cells in found[COLUMNS[2:]].itertuples(index=False)])


def _message(file: str, row: Any, column: str, value: str, problem: str, what_to_do: str) -> str:
    place = file if row is pd.NA else f"{file} row {row}"
    place = f"{place}, {column}" if column and place else place or column
    said = f"'{value}' {problem}" if value else problem
    return f"{place}: {said}. {what_to_do}".strip() if place else f"{said}. {what_to_do}".strip()


def grouped_lines(problems: pd.DataFrame, examples: int = 3) -> list[str]:
    """Return the problems as lines to read: the same problem of many rows is one group of a few rows and a count.

    Parameters
    ----------
    problems : DataFrame
        As `Problems.table` gives it.
    examples : int
        Rows shown of each group.
    """
    lines: list[str] = []
    for severity, heading in SEVERITIES.items():
        found = problems[problems["severity"] == severity]
        if found.empty:
            continue
        lines += ["", f"{heading} ({len(found):,})"]
        for _, group in found.groupby(["file", "column", "problem", "what_to_do"], sort=False):
            lines += [f"  {message}" for message in group["message"].head(examples)]
            if len(group) > examples:
                place = ", ".join(part for part in (group["file"].iloc[0], group["column"].iloc[0]) if part)
                lines.append(f"    and {len(group) - examples:,} more rows like these in {place} "
                             f"({len(group):,} in all)")
    return lines[1:]
