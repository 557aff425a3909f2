"""All documents of governance of one release, written at once from its manifest, its records and people's answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dispute_risk.errors import DocumentsUnfinished
from dispute_risk.model.data_facts import DataFacts
from dispute_risk.reports.governance_assessments import equality_annex, involvement_statement, protection_annex
from dispute_risk.reports.governance_atrs import transparency_record
from dispute_risk.reports.governance_card import checklist_page, data_sheet, model_card_page
from dispute_risk.reports.governance_page import write_folder
from dispute_risk.reports.governance_parts import Answer, Document, Frame, Grid, Section, Words

__all__ = ["documents_of", "refuse_unfinished", "write_documents"]

ABOUT = {
    "model_card": "what the model is, for and not for, how good it is and where it fails",
    "transparency_record": "the record for the public",
    "dpia_annex": "facts for the data protection impact assessment",
    "eqia_annex": "facts for the equality analysis",
    "data_sheet": "what it learned from, and what is wrong with that",
    "human_involvement": "who decides, what is refused, and what cannot be stopped",
    "bias_checklist": "pass, unknown or fail, with the evidence",
}


def documents_of(
    manifest: Mapping[str, Any], use: pd.DataFrame, checklist: pd.DataFrame, found: DataFacts | None, answers: Mapping[str, str]
) -> tuple[Document, ...]:
    """Return the seven documents of a release.

    Parameters
    ----------
    manifest : mapping
    use : DataFrame
        From `model.data_facts.feature_use`.
    checklist : DataFrame
        From `model.bias_checklist.bias_checklist`.
    found : DataFacts or None
    answers : mapping of str to str
    """
    made = (model_card_page(manifest, answers), transparency_record(manifest, answers), protection_annex(manifest, use, answers),
            equality_annex(manifest, use, found, answers), data_sheet(manifest, found, answers),
            involvement_statement(manifest, answers), checklist_page(checklist))
    return tuple(_marked(document) for document in made)


def _marked(document: Document) -> Document:
    """Return the document with the number of open fields in its status."""
    count = len(document.missing)
    if not count:
        return document
    draft = f"Draft: {count} field{'s' if count > 1 else ''} to be completed by people."
    return replace(document, status=f"{draft} {document.status}".strip())


def _missing(documents: tuple[Document, ...]) -> dict[str, tuple[Answer, list[str]]]:
    found: dict[str, tuple[Answer, list[str]]] = {}
    for document in documents:
        for answer in document.missing:
            found.setdefault(answer.question.key, (answer, []))[1].append(document.stem)
    return found


def refuse_unfinished(documents: tuple[Document, ...], answers: str | os.PathLike[str]) -> None:
    """Raise DocumentsUnfinished with every field that is still to be completed, and by whom.

    Parameters
    ----------
    documents : tuple of Document
    answers : path
        The file to write them in.
    """
    missing = _missing(documents)
    if missing:
        lines = [f"{key} ({answer.question.role}): {answer.question.asks}" for key, (answer, _) in missing.items()]
        raise DocumentsUnfinished(f"{len(missing)} fields are still to be completed by people; nothing was released. Fill "
                                  f"them in in "
                                  f"{answers} and run the command again.", lines)


def write_documents(
    documents: tuple[Document, ...], folder: str | os.PathLike[str], frame: Frame, checklist: pd.DataFrame
) -> list[Path]:
    """Write the documents, a first page that leads to them, and the checklist as a table; HTML and Markdown.

    Returns
    -------
    list of Path
        `index.html` first.

    Raises
    ------
    OutputNotWritten
    """
    missing = _missing(documents)
    return write_folder(folder, [_first_page(documents, missing, frame), *documents], frame,
                        tables={"bias_checklist.csv": checklist}, markdown=True)


def _first_page(documents: tuple[Document, ...], missing: Mapping[str, tuple[Answer, list[str]]], frame: Frame) -> Document:
    rows = tuple((document.title, ABOUT[document.stem], f"{document.stem}.html", str(len(document.missing)))
                 for document in documents)
    blocks = [Grid("Each also as Markdown, to be pasted into the forms of others",
                   ("Document", "What it says", "File", "Fields to complete"), rows, frozenset({3}))]
    sections = [Section("The documents", tuple(blocks))]
    if missing:
        told = tuple((answer.question.role, answer.question.asks, ", ".join(stems)) for answer, stems in
                     sorted((pair for pair in missing.values()), key=lambda pair: pair[0].question.role))
        sections.append(Section("Still to be completed by people", (
            Grid(f"{len(told)} fields, in the file of answers", ("Who", "What", "Stands in"), told),)))
    else:
        sections.append(Section("Complete", (Words("Every field that only people can fill in has an answer."),)))
    lead = ("Written by the program from the release itself. What a program cannot know is asked of named roles; it is never "
            "guessed.")
    status = f"Draft: {len(missing)} fields to be completed by people." if missing else "Complete."
    return Document("index", "Documents of governance", lead, tuple(sections), status)
