"""What the officer answers about an appeal, kept in a small text file: questions, dates, causes, choice."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispute_risk import terms
from dispute_risk.errors import RefusedUse, UnreadableFile
from dispute_risk.tribunal.case_file import CaseFile
from dispute_risk.tribunal.checklist import Checklist
from dispute_risk.tribunal.legal_tests import ITEMS
from dispute_risk.tribunal.options import OPTIONS, Choice
from dispute_risk.tribunal.timetable import DATES_ASKED

__all__ = ["Answers", "answers_form", "read_answers"]

ALLOWED = ("yes", "no", "does not apply")
SECTIONS = ("checklist", "dates", "causes", "choice")


@dataclass(frozen=True)
class Answers:
    """The officer's answers.

    Parameters
    ----------
    checklist : mapping of str to str
        Item code to `yes`, `no` or `does not apply`.
    dates : mapping of str to date
        Keys of `timetable.DATES_ASKED`.
    primary_cause : str
        '' where not coded.
    further_causes : tuple of str
    choice : Choice or None
    """

    checklist: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, dt.date] = field(default_factory=dict)
    primary_cause: str = ""
    further_causes: tuple[str, ...] = ()
    choice: Choice | None = None


def read_answers(path: str | os.PathLike[str], case_id: str = "") -> Answers:
    """Read an answers file (TOML), as `answers_form` writes it.

    Parameters
    ----------
    path : path
    case_id : str, optional
        The case it must be about, where the file names one.

    Raises
    ------
    UnreadableFile
        With every problem at once: a name or an answer that is not allowed, a date that is none, another case.
    """
    name = Path(path).name
    try:
        said = tomllib.loads(Path(path).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{name} cannot be read ({error}).") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(f"{name} is not a TOML file: {error}. Write answers as: "
                             'notice_complete = "yes"') from error
    problems: list[str] = []
    if case_id and said.get("case_id", case_id) != case_id:
        problems.append(f"{name}, case_id: {said['case_id']!r} is another case than {case_id!r}.")
    problems += [f"{name}: [{one}] means nothing here. Allowed: {', '.join(SECTIONS)}."
                 for one in said if one not in (*SECTIONS, "case_id")]
    parts = {section: _section(said, section, name, problems) for section in SECTIONS}
    answers = {code: value for code, value in parts["checklist"].items() if value != ""}
    codes = {item.code for item in ITEMS}
    for code, value in answers.items():
        if code not in codes:
            problems.append(f"{name}, [checklist] {code}: no such question. Allowed: {', '.join(sorted(codes))}.")
        elif value not in ALLOWED:
            problems.append(f"{name}, [checklist] {code}: {value!r} is no answer. Allowed: {', '.join(ALLOWED)}.")
    dates = _dates(parts["dates"], name, problems)
    primary, further = _causes(parts["causes"], name, problems)
    choice = _choice(parts["choice"], name, problems)
    if problems:
        raise UnreadableFile(f"{name} cannot be used until this is put right:", problems)
    return Answers(answers, dates, primary, further, choice)


def _section(said: Mapping[str, Any], section: str, name: str, problems: list[str]) -> dict[str, Any]:
    value = said.get(section, {})
    if isinstance(value, dict):
        return value
    problems.append(f"{name}: {section} is a section; write [{section}] on a line of its own.")
    return {}


def _dates(said: Mapping[str, Any], name: str, problems: list[str]) -> dict[str, dt.date]:
    dates = {}
    for key, value in said.items():
        if value == "":
            continue
        if key not in DATES_ASKED:
            problems.append(f"{name}, [dates] {key}: no such date. Allowed: {', '.join(DATES_ASKED)}.")
        elif not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            problems.append(f"{name}, [dates] {key}: {value!r} is not a date. Write YYYY-MM-DD without quotation "
                            "marks.")
        else:
            dates[key] = value
    return dates


def _causes(said: Mapping[str, Any], name: str, problems: list[str]) -> tuple[str, tuple[str, ...]]:
    primary, further = said.get("primary", ""), said.get("further", [])
    if not isinstance(further, list):
        problems.append(f"{name}, [causes] further: write a list, such as [\"advice_missing\"].")
        further = []
    for code in [*([primary] if primary else []), *further]:
        if code not in terms.CAUSE:
            problems.append(f"{name}, [causes]: {code!r} is no cause. Allowed: {terms.CAUSE.allowed()}.")
    return str(primary), tuple(str(code) for code in further if code != primary)


def _choice(said: Mapping[str, Any], name: str, problems: list[str]) -> Choice | None:
    if not said.get("option"):
        return None
    on = said.get("chosen_on")
    if not isinstance(on, dt.date):
        problems.append(f"{name}, [choice] chosen_on: {on!r} is not a date. Write YYYY-MM-DD without quotation marks.")
        on = dt.date.min
    try:
        return Choice(str(said["option"]), on, str(said.get("reviewer", "")), str(said.get("reason", "")))
    except RefusedUse as refused:
        problems.extend(f"{name}, [choice] {line}" for line in refused.problems)
        return None


def answers_form(file: CaseFile, asked: Checklist) -> str:
    """Return the answers file of an appeal, ready to fill in: every question as a comment, every answer still open.

    Parameters
    ----------
    file : CaseFile
    asked : Checklist

    Returns
    -------
    str
        TOML; `read_answers` reads it back, blank answers as not given.
    """
    lines = [f"# Appeal {file.appeal.appeal_id} of case {file.appeal.case_id}, as of {file.as_of.isoformat()}",
             *(["# Invented records, not a real authority."] if file.synthetic else []),
             f'# Answers: {", ".join(ALLOWED)}. An answer here wins over the records.',
             f'case_id = "{file.appeal.case_id}"', "", "[checklist]"]
    for line in asked.lines:
        lines += [f"# {line.item.question}"]
        if line.records.answer != "not recorded":
            lines += [f"#   The records: {line.records.answer}. {line.records.said}", f'# {line.item.code} = ""']
        else:
            lines += [f'{line.item.code} = ""']
    lines += ["", "[dates]", *(f"# {name} = 2026-01-31   # {meaning}" for name, meaning in DATES_ASKED.items())]
    lines += ["", "[causes]", f"# {terms.CAUSE.allowed()}", 'primary = ""', "further = []"]
    lines += ["", "[choice]", f"# {', '.join(OPTIONS)}; to answer, a reviewer and a reason are needed",
              'option = ""', "# chosen_on = 2026-01-31", 'reviewer = ""', 'reason = ""']
    return "\n".join(lines) + "\n"
