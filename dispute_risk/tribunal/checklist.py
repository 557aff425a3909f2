"""The checklist of one appeal: what the records answer, what the officer answered, and what is still to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.findings import Finding
from dispute_risk.tribunal.legal_tests import Item, items_for

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answered", "Checklist", "checklist"]

NOT_ASKED = Finding("not recorded", "")


@dataclass(frozen=True)
class Answered:
    """One question with its answer.

    Parameters
    ----------
    item : Item
    records : Finding
        What the records say; `not recorded` with nothing said where only the officer can answer.
    officer : str
        `yes`, `no`, `does not apply` or '' where the officer has not answered. It wins over the records.
    """

    item: Item
    records: Finding
    officer: str = ""

    @property
    def answer(self) -> str:
        """The answer that counts: the officer's, else that of the records."""
        return self.officer or self.records.answer

    @property
    def answered_by(self) -> str:
        """`officer`, `records`, or 'nobody yet'."""
        return "officer" if self.officer else "records" if self.records.answer != "not recorded" else "nobody yet"


@dataclass(frozen=True)
class Checklist:
    """All questions of one appeal.

    Parameters
    ----------
    lines : tuple of Answered
    """

    lines: tuple[Answered, ...]

    @property
    def unmet(self) -> tuple[Answered, ...]:
        """Those answered no."""
        return tuple(line for line in self.lines if line.answer == "no")

    @property
    def to_ask(self) -> tuple[Answered, ...]:
        """Those nobody has answered yet."""
        return tuple(line for line in self.lines if line.answer == "not recorded")

    @property
    def completed(self) -> bool:
        """Whether every question has an answer."""
        return not self.to_ask

    @property
    def table(self) -> pd.DataFrame:
        """One row a question: code, question, answer, answered_by, said, put_right, source, verified."""
        import pandas as pd

        return pd.DataFrame([
            {"code": line.item.code, "question": line.item.question, "answer": line.answer,
             "answered_by": line.answered_by, "said": line.records.said, "put_right": line.item.put_right,
             "source": line.item.source, "verified": line.item.verified}
            for line in self.lines
        ])

    def summary(self) -> str:
        """Say how the questions stand."""
        answered = len(self.lines) - len(self.to_ask)
        return (f"{answered} of {len(self.lines)} questions answered; {len(self.unmet)} with no; "
                f"{len(self.to_ask)} for the officer to answer")


def checklist(file: CaseFile, officer: Mapping[str, str] | None = None) -> Checklist:
    """Put the questions of the grounds to the records, and take the officer's answers.

    Parameters
    ----------
    file : CaseFile
    officer : mapping of str to str, optional
        Item code to `yes`, `no` or `does not apply` (`answers.read_answers` checks them).
    """
    said = officer or {}
    return Checklist(tuple(
        Answered(item, item.from_records(file) if item.from_records else NOT_ASKED, said.get(item.code, ""))
        for item in items_for(file.appeal.grounds)
    ))
