"""All files of a business case, written together or not at all: page, Word, workbook, inputs and tables."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dispute_risk.errors import OutputNotWritten
from dispute_risk.mediation.case_inputs import inputs_as_toml
from dispute_risk.records.write import write_csv, written_beside
from dispute_risk.reports.business_case_page import business_case_page
from dispute_risk.reports.business_case_word import write_business_case_word
from dispute_risk.reports.business_case_words import document
from dispute_risk.reports.business_case_workbook import write_business_case_workbook

if TYPE_CHECKING:
    from dispute_risk.mediation.business_case import BusinessCase

__all__ = ["write_business_case"]

PAGE, WORD, WORKBOOK, INPUTS = "business_case.html", "business_case.docx", "business_case.xlsx", "inputs.toml"
TABLES = {"options.csv": "table", "inputs.csv": "inputs_table", "switching_values.csv": "switching_table",
          "tornado.csv": "tornado", "bases.csv": "bases"}
"""Each table written, and the part of the `BusinessCase` it holds."""


def write_business_case(
    case: BusinessCase, folder: str | os.PathLike[str], *, data_note: str, records: str, word: bool = True,
    replace: bool = False,
) -> list[Path]:
    """Write the files; all are made before the first is moved into place.

    Parameters
    ----------
    case : BusinessCase
    folder : path
        Made where it does not exist.
    data_note : str
        What the records are.
    records : str
        The casebook as it was typed, for the command in the inputs file.
    word : bool
        Whether the Word document is written; it needs python-docx.
    replace : bool
        Whether a Word document, a workbook or inputs that are there already, perhaps edited, may be written over.

    Returns
    -------
    list of Path
        The page first.

    Raises
    ------
    OutputNotWritten
        Where the place cannot be written, or holds files that may have been edited.
    DisputeRiskError
        Where python-docx is needed and not installed.
    """
    wanted = Path(folder)
    if wanted.exists() and not wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a file, and the business case needs a folder. Give the name of a folder.")
    names = [PAGE, *([WORD] if word else []), WORKBOOK, INPUTS, *TABLES]
    edited = [name for name in (WORD, WORKBOOK, INPUTS) if (wanted / name).exists() and name in names]
    if edited and not replace:
        raise OutputNotWritten(f"{wanted} already holds files that may have been edited. Write to another folder, or give "
                               "--replace to write over them.", edited)
    whole = document(case, data_note)
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".business-case-", dir=wanted) as workplace:
            made = Path(workplace)
            (made / PAGE).write_text(business_case_page(whole, names[1:]), encoding="utf-8")
            if word:
                write_business_case_word(whole, made / WORD, as_of=case.as_of)
            write_business_case_workbook(case, made / WORKBOOK, data_note=data_note)
            (made / INPUTS).write_text(inputs_as_toml(case.inputs, authority=case.authority, as_of=case.as_of,
                                                      records=records, out=str(folder)), encoding="utf-8")
            for name, part in TABLES.items():
                write_csv(_marked(getattr(case, part), case), made / name)
            for name in reversed(names):  # the page last: where it stands, the rest does
                with written_beside(wanted / name) as beside:
                    os.replace(made / name, beside)
    except OSError as error:
        raise OutputNotWritten(f"{wanted} could not be written ({error.strerror or error}). "
                               "Check the place, the rights on it and the free space.") from error
    return [wanted / name for name in names]


def _marked(table: pd.DataFrame, case: BusinessCase) -> pd.DataFrame:
    marked = table.assign(as_of=case.as_of.isoformat())
    return marked.assign(invented="yes") if case.synthetic else marked
