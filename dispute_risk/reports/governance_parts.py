"""What a document of governance is made of: sections with words, lists, tables, and answers that only people can give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dispute_risk.reports.governance_questions import QUESTIONS, Question

__all__ = ["Answer", "Block", "Document", "Frame", "Grid", "Picture", "Points", "Section", "Words", "answered", "facts"]


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    kind: str = "words"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True)
class Grid:
    """A table.

    Parameters
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
    numbers : frozenset of int
        Columns set to the right.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    kind: str = "grid"


@dataclass(frozen=True)
class Answer:
    """A question and what the person asked has written; None where nobody has."""

    question: Question
    text: str | None
    kind: str = "answer"

    @property
    def missing(self) -> str:
        """What stands in the place of an answer that is not there."""
        return f"TO BE COMPLETED BY {self.question.role}"


@dataclass(frozen=True)
class Picture:
    """A drawing, as an SVG element made by this package, with its caption."""

    svg: str
    caption: str
    kind: str = "picture"


Block = Words | Points | Grid | Answer | Picture


@dataclass(frozen=True)
class Section:
    """A part of a document with a heading."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """One document.

    Parameters
    ----------
    stem : str
        File name without its end.
    title, lead : str
    sections : tuple of Section
    status : str
        A word or two in a frame under the title; '' for none.
    """

    stem: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    status: str = ""

    @property
    def missing(self) -> tuple[Answer, ...]:
        """The answers that are not there, each question once."""
        found = {block.question.key: block for section in self.sections for block in section.blocks
                 if isinstance(block, Answer) and block.text is None}
        return tuple(found.values())


@dataclass(frozen=True)
class Frame:
    """What stands on every document.

    Parameters
    ----------
    authority, release, as_of, data_note : str
    synthetic : bool
    draft : bool
        Whether answers of people are missing.
    """

    authority: str
    release: str
    as_of: str
    data_note: str
    synthetic: bool
    draft: bool = False
    facts: tuple[tuple[str, str], ...] = field(default=())


def answered(answers: Mapping[str, str], *keys: str) -> tuple[Answer, ...]:
    """Return the questions of these keys with their answers."""
    asked = {question.key: question for question in QUESTIONS}
    return tuple(Answer(asked[key], answers.get(key) or None) for key in keys)


def facts(caption: str, rows: Iterable[Sequence[str]]) -> Grid:
    """Return a table of facts: what, and what it is."""
    return Grid(caption, ("What", "As it is"), tuple((str(what), str(value)) for what, value in rows))
