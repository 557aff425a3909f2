"""What a business case document is made of, whichever file it becomes: sections of paragraphs, lists, tables and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Block", "Bullets", "Document", "Paragraph", "Picture", "Section", "Table"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `kind` is 'body', 'lead', 'note' or 'alarm'."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Bullets:
    """A list of points."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Parameters
    ----------
    caption : str
    headings : sequence of str
    rows : sequence of sequence of str
    numbers : collection of int
        Places of the columns that hold numbers.
    widths : sequence of float
        Share of the width each column takes; equal if not given.
    strong : collection of int
        Rows that stand out.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()
    widths: Sequence[float] = ()
    strong: Sequence[int] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing, and the table that stands for it where no drawing can."""

    svg: str
    caption: str
    instead: Table


Block = Paragraph | Bullets | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    code: str
    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A document: title, what it is of, a mark where the records are invented, and its sections."""

    title: str
    of: str
    mark: str
    sections: Sequence[Section]
    facts: Sequence[tuple[str, str]]
