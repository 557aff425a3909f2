"""Turns a document of governance into a page, and writes several of them into a folder at once."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dispute_risk.errors import OutputNotWritten
from dispute_risk.records.write import write_csv, written_beside
from dispute_risk.reports.governance_parts import Answer, Document, Frame, Grid, Picture, Points, Words
from dispute_risk.reports.weekly_guidance import INVENTED

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_markdown", "as_page", "write_folder"]

TEMPLATES = Path(__file__).parent / "templates"


def as_page(document: Document, frame: Frame) -> str:
    """Return a document as HTML; it needs no network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    mark = f"{document.title}, {frame.release}" + (f". {INVENTED}" if frame.synthetic else "")
    # Inside a style sheet, where quotes would end the text.
    safe = "".join(letter for letter in mark if letter not in "\"\\<>\n")
    return environment.get_template("governance.html").render(
        document=document, frame=frame, invented=INVENTED, page_mark=Markup(f'"{safe}"'),
        css=Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")),
    )


def as_markdown(document: Document, frame: Frame) -> str:
    """Return a document as Markdown, to be pasted into the forms of others."""
    lines = [f"# {document.title}", ""]
    if frame.synthetic:
        lines += [f"**{INVENTED}.**", ""]
    lines += [f"{frame.authority}. Release {frame.release}, as known on {frame.as_of}. {frame.data_note}", ""]
    lines += [f"**{document.status}**", ""] if document.status else []
    lines += [document.lead, ""]
    for section in document.sections:
        lines += [f"## {section.heading}", ""]
        for block in section.blocks:
            lines += [*_markdown(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(block: Words | Points | Grid | Answer | Picture) -> list[str]:
    if isinstance(block, Words):
        return [block.text]
    if isinstance(block, Points):
        return [f"- {item}" for item in block.items]
    if isinstance(block, Answer):
        return [f"**{block.question.asks}**", "", block.text if block.text is not None else f"**{block.missing}**"]
    if isinstance(block, Picture):
        return [f"({block.caption})"]
    cells = [block.head, *block.rows]
    told = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in cells]
    return [f"*{block.caption}*", "", "| " + " | ".join(told[0]) + " |", "|" + "---|" * len(block.head),
            *("| " + " | ".join(row) + " |" for row in told[1:])]


def write_folder(
    folder: str | os.PathLike[str], documents: Sequence[Document], frame: Frame, *,
    tables: Mapping[str, pd.DataFrame] | None = None, data: Mapping[str, object] | None = None, markdown: bool = False,
) -> list[Path]:
    """Write documents and their tables into a folder; all are made before the first is moved into place.

    Parameters
    ----------
    folder : path
        Made where it does not exist; documents of the same names are replaced.
    documents : sequence of Document
    frame : Frame
    tables : mapping of str to DataFrame, optional
        CSV files by name.
    data : mapping of str to object, optional
        JSON files by name.
    markdown : bool
        Write each document as Markdown too.

    Returns
    -------
    list of Path
        The documents first.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written.
    """
    wanted = Path(folder)
    if wanted.exists() and not wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a file, and a folder is needed. Give the name of a folder.")
    texts = {f"{document.stem}.html": as_page(document, frame) for document in documents}
    if markdown:
        texts |= {f"{document.stem}.md": as_markdown(document, frame) for document in documents}
    texts |= {name: json.dumps(value, indent=1, allow_nan=False, default=str) + "\n" for name, value in (data or {}).items()}
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".documents-", dir=wanted) as workplace:
            made = Path(workplace)
            for name, text in texts.items():
                (made / name).write_text(text, encoding="utf-8")
            for name, table in (tables or {}).items():
                write_csv(table.assign(invented="yes") if frame.synthetic else table, made / name)
            names = [*texts, *(tables or {})]
            for name in names:
                with written_beside(wanted / name) as beside:
                    os.replace(made / name, beside)
    except OSError as error:
        raise OutputNotWritten(f"{wanted} could not be written ({error.strerror or error}). "
                               "Check the place, the rights on it and the free space.") from error
    return [wanted / name for name in names]
