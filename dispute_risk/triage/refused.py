"""Uses that are refused in code, how each is noticed, and what no code can stop."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dispute_risk.errors import RefusedUse, UnreadableFile
from dispute_risk.records.tables import TABLES

__all__ = ["CANNOT_STOP", "PURPOSES", "REFUSED", "Refusal", "refuse_columns", "refuse_own_features", "refuse_policy",
           "refuse_purpose"]


@dataclass(frozen=True)
class Refusal:
    """A use that is refused.

    Parameters
    ----------
    use : str
        What is asked.
    noticed : str
        How the program notices it.
    instead : str
        What to do instead, part of the message.
    """

    use: str
    noticed: str
    instead: str


REFUSED: tuple[Refusal, ...] = (
    Refusal("A policy that shares capacity out to resist, defend, ration or save provision",
            "words of the policy file, in its sections, fields and values",
            "share capacity out between likely disputes, the unheard and a random check"),
    Refusal("A feature made from who the officer is, or from sex, ethnicity, home language or deprivation",
            "columns and words that a file of own features names, before it is run",
            "declare features of the case, its dates and its duties"),
    Refusal("An output by officer",
            "columns of a table before it is written",
            "report by area or team"),
    Refusal("A table of risks for a panel, a decision on provision, a letter to a family, staff appraisal, or an insurer",
            "the purpose given for an export",
            "use the officers' lists; panels and families get the facts of the case, not a risk"),
    Refusal("A model used beyond its day, or for features it was not made for", "the manifest of the release",
            "train and test a new release, or use the points"),
)
"""What is refused, in the words of the human-involvement statement."""

CANNOT_STOP: tuple[str, ...] = (
    "An officer who reads a list aloud at a panel, or copies a risk into a letter.",
    "A column that is renamed before it is handed over: \"code 7\" may hold ethnicity, and nobody's program can tell.",
    "A list turned upside down in a spreadsheet, or cases of low risk that are left to wait.",
    "A policy whose words are harmless and whose practice is not.",
    "Someone who changes the program: the source is open, and so is every check in it.",
)
"""What people have to prevent."""

PURPOSES: dict[str, str] = {
    "officers_list": "officers decide which case to look at first",
    "validation": "testing a model on later dates",
    "audit": "checking files, groups or the ledger",
    "evaluation": "comparing before and after, or offered and held out",
}
"""Purposes an export of risks may have."""

REFUSED_PURPOSES = re.compile(
    r"panel|placement|provision|refus|resist|defend|family|families|parent|letter|appraisal|performance|officer_(rating|ranking)|"
    r"insur|sanction|discourag|deter|eligib|fund", re.I)

REFUSED_POLICY = re.compile(
    r"resist|defend|deter|discourag|oppos|contest|fight|win(ning)?_|refus|reject|\bration|withhold|saving|save_|cheap|panel|"
    r"provision|"
    r"placement|de_?priorit|lower_priority|officer|staff|performance|ethnic|\bsex\b|gender|language|depriv|imd|income", re.I)

OFFICER_COLUMNS = re.compile(r"^(case_?)?(officer|worker|caseworker|staff|employee)(_id|_name|_code|_email)?$", re.I)
OFFICER_OUTPUT = re.compile(
    r"(officer|caseworker|staff)_(rating|rank|ranking|performance|score|league|index|appeal_rate|id)|by_officer", re.I)


def audited_columns() -> frozenset[str]:
    """Return the columns that are looked at afterwards and never become features.

    >>> sorted(audited_columns())
    ['deprivation_decile', 'ethnicity', 'home_language_not_english', 'sex']
    """
    return frozenset(column.name for declared in TABLES for column in declared if column.audit_only)


def refuse_own_features(path: str | Path) -> None:
    """Raise RefusedUse where a file of own features reads audited columns, or who the officer is.

    The file is looked at, not run: every text and name in it is held against the columns that are refused. What is renamed
    on the way in cannot be seen.

    Parameters
    ----------
    path : path
        A Python file as `--also` takes it.

    Raises
    ------
    RefusedUse
        Every place at once, with its line.
    UnreadableFile
        The file is missing or is no Python.
    """
    place = Path(path)
    try:
        tree = ast.parse(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError) as error:
        raise UnreadableFile(f"{place}: the file of own features cannot be read ({error}).") from error
    documentation = {id(node.body[0].value) for node in ast.walk(tree)
                     if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body
                     and isinstance(node.body[0], ast.Expr)}
    problems = []
    for node in ast.walk(tree):
        if id(node) in documentation:
            continue
        word = (node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else
                node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "")
        if why := _refused_word(word):
            problems.append(f"line {getattr(node, 'lineno', 0)}: {word!r} {why}")
    if problems:
        raise RefusedUse(f"{place}: features made from who a family or an officer is are refused. {_instead(1)}",
                         tuple(dict.fromkeys(problems)))


def _refused_word(word: str) -> str:
    if word in audited_columns():
        return "is audited, and never a feature"
    if OFFICER_COLUMNS.match(word) and word.lower() != "officer":
        return "says which officer holds the case"
    if OFFICER_OUTPUT.search(word) and " " not in word:
        return "judges officers"
    return ""


def _instead(number: int) -> str:
    text = REFUSED[number].instead
    return f"{text[0].upper()}{text[1:]}."


def refuse_policy(path: str | Path) -> None:
    """Raise RefusedUse where a policy file shares capacity out for something other than helping sooner.

    Every section, field and text of the file is held against words of the uses that are refused; a file that passes is
    then read by `triage.selection.read_policy`, which knows its fields.

    Raises
    ------
    RefusedUse
        Every field at once.
    UnreadableFile
        The file is missing or is no TOML.
    """
    place = Path(path)
    try:
        given = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(f"{place}: the policy file cannot be read ({error}). Write it as TOML.") from error
    problems = [f"{where}: a policy for \"{found}\" is refused" for where, found in _refused_fields(given, "")]
    if problems:
        raise RefusedUse(f"{place}: this policy asks for a use that is refused. {_instead(0)}", problems)


def _refused_fields(given: object, where: str) -> Iterable[tuple[str, str]]:
    if isinstance(given, dict):
        for key, value in given.items():
            place = f"{where}.{key}" if where else str(key)
            if hit := REFUSED_POLICY.search(str(key)):
                yield place, hit.group(0)
            # Who signed is a person or a post: a "Head of Provision" may sign.
            if key != "signed_by":
                yield from _refused_fields(value, place)
    elif isinstance(given, list):
        for number, value in enumerate(given, 1):
            yield from _refused_fields(value, f"{where}[{number}]")
    elif isinstance(given, str) and (hit := REFUSED_POLICY.search(given)):
        yield where, hit.group(0)


def refuse_columns(columns: Iterable[object], what: str) -> None:
    """Raise RefusedUse where a table that is about to leave the program is by officer.

    Parameters
    ----------
    columns : iterable
        Headings of the table.
    what : str
        What the table is, for the message.

    Examples
    --------
    >>> refuse_columns(["area", "cases", "expected_appeals"], "the weekly list")
    >>> refuse_columns(["officer_id", "appeals"], "the export")
    Traceback (most recent call last):
    ...
    dispute_risk.errors.RefusedUse: the export is by officer (officer_id): that is refused. Report by area or team.
    """
    found = [str(column) for column in columns if OFFICER_COLUMNS.match(str(column)) or OFFICER_OUTPUT.search(str(column))]
    if found:
        raise RefusedUse(f"{what} is by officer ({', '.join(found)}): that is refused. {_instead(2)}")


def refuse_purpose(purpose: str) -> str:
    """Return a purpose that risks may be exported for; raise RefusedUse for any other.

    Parameters
    ----------
    purpose : str
        Key of `PURPOSES`.

    Examples
    --------
    >>> refuse_purpose("audit")
    'audit'
    """
    wanted = purpose.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted in PURPOSES:
        return wanted
    allowed = "; ".join(f"{name} ({meaning})" for name, meaning in PURPOSES.items())
    why = f"A risk is not for that. {_instead(3)}" if REFUSED_PURPOSES.search(wanted) else "That purpose is not known."
    raise RefusedUse(f"purpose {purpose!r}: refused. {why} Allowed: {allowed}.")
