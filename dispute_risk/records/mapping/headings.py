"""How well a heading of an export fits a column of a casebook, by its words and by what its cells hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dispute_risk.records.mapping.apply import FLAG_WORDS
from dispute_risk.records.mapping.code_words import CODE_WORDS
from dispute_risk.records.mapping.dates import way_of_writing
from dispute_risk.records.mapping.rules import plain
from dispute_risk.records.mapping.sources import Source
from dispute_risk.records.mapping.vocabulary import ABBREVIATIONS, COLUMN_WORDS, RECORDED_WORDS
from dispute_risk.records.personal_data import personal_heading, personal_values
from dispute_risk.records.tables import Column, Table
from dispute_risk.terms import Codelist

__all__ = ["MOST_CODES", "Heading", "alike", "fit", "heading_row", "headings_of", "several_codes", "spelt_out",
           "suggested_codes"]

_SAMPLE = 1000
MOST_CODES = 60


@dataclass(frozen=True)
class Heading:
    """A heading with what its values look like."""

    name: str
    words: str
    recorded: bool
    kind: str
    values: tuple[str, ...]
    formats: str
    distinct: float
    blank: bool


def heading_row(source: Source) -> int:
    """Return the row that holds the headings: the first of the top rows that is as full as the sheet is wide."""
    headings = [str(name) for name in source.frame.columns]
    width = len(headings)
    if sum(not name.startswith("(column ") for name in headings) >= max(2, 0.6 * width) or width < 2:
        return 1
    for place in range(min(15, len(source.frame))):
        cells = [text for text in source.frame.iloc[place] if text]
        if len(cells) >= 0.8 * width and len(set(cells)) == len(cells):
            return int(source.rows[place])
    return 1


def spelt_out(heading: str) -> str:
    """Return a heading in small letters with its short forms spelt out.

    >>> spelt_out("EHCNA Req Rcvd Dt"), spelt_out("PersonBirthDate")
    ('ehc needs assessment request received date', 'child birth date')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    words = re.sub(r"[^a-z0-9]+", " ", apart.lower().replace("'", "")).split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def headings_of(source: Source) -> tuple[list[Heading], dict[str, str]]:
    found, personal = [], {}
    sample = source.frame.iloc[:: 1 + len(source.frame) // _SAMPLE]
    for name in source.frame.columns:
        values = sample[name]
        filled = values[values != ""]
        kind = personal_heading(str(name)) or personal_values(values, share=0.3)
        if kind and spelt_out(str(name)) not in _KNOWN_PHRASES:
            personal[str(name)] = f"looks like {kind}"
            continue
        words = spelt_out(str(name)).split()
        bare = [word for word in words if word not in RECORDED_WORDS]
        formats = way_of_writing(filled.to_numpy(dtype=object), 0.6) if len(filled) else ""
        different = [plain(value) for value in filled.value_counts().index[:MOST_CODES]]
        flags = bool(different) and set(different) <= {*FLAG_WORDS, "0", "1"}
        number = bool(different) and all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in different)
        found.append(Heading(str(name), " ".join(bare), len(bare) < len(words),
                              "date" if formats else "flag" if flags else "number" if number else "text",
                              tuple(dict.fromkeys(filled.value_counts().index[:MOST_CODES].map(str))), formats,
                              filled.nunique() / max(1, len(filled)), filled.empty))
    return found, personal


_KNOWN_PHRASES = frozenset(phrase for phrases in COLUMN_WORDS.values() for phrase in phrases)


def alike(words: str, phrases: tuple[str, ...]) -> float:
    from rapidfuzz import fuzz

    return max((0.55 * fuzz.token_sort_ratio(words, phrase) + 0.45 * fuzz.token_set_ratio(words, phrase)
                for phrase in phrases), default=0.0) / 100


def _phrases(declared: Table, column: Column) -> tuple[str, ...]:
    own = column.name.removesuffix("_on").replace("_", " ")
    own = f"{own} date" if column.kind == "date" else own.replace(" id", " reference")
    return (own, *COLUMN_WORDS.get(f"{declared.name}.{column.name}", ()), *COLUMN_WORDS.get(column.name, ()))


def suggested_codes(codes: Codelist, words: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return local words with the code each seems to mean, and the words that seem to mean none.

    >>> from dispute_risk import terms
    >>> suggested_codes(terms.SETTING, ("Spec", "INMSS", "zzz"))
    ({'Spec': 'special', 'INMSS': 'independent'}, ('zzz',))
    """
    known: dict[str, str] = {}
    for code, label in codes.labels.items():
        for phrase in (code.lower().replace("_", " "), label.lower(), *CODE_WORDS.get(codes.name, {}).get(code, ())):
            known.setdefault(_simple(phrase), code)
    nearest = {word: _nearest(_simple(word), tuple(known)) for word in words}
    return ({word: known[phrase] for word, phrase in nearest.items() if phrase},
            tuple(word for word, phrase in nearest.items() if not phrase))


@lru_cache(maxsize=50_000)
def _nearest(word: str, phrases: tuple[str, ...]) -> str:
    from rapidfuzz import fuzz, process

    best = process.extractOne(word, phrases, scorer=fuzz.WRatio if len(word) > 5 else fuzz.ratio, score_cutoff=84)
    return best[0] if best is not None else ""


def _simple(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())


def several_codes(heading: Heading, codes: Codelist) -> tuple[dict[str, str], tuple[str, ...], str]:
    """Codes of a column that holds several in a cell: the mark between them is the one that makes most sense."""
    best: tuple[dict[str, str], tuple[str, ...], str] = ({}, heading.values, ";")
    score = -1.0
    for mark in (";", ",", "+", "|", "/"):
        parts = tuple(dict.fromkeys(part.strip() for value in heading.values for part in value.split(mark)
                                    if part.strip()))
        found, unknown = suggested_codes(codes, parts)
        share = len(found) / max(1, len(parts))
        if any(mark in value for value in heading.values) and share > score:
            best, score = (found, unknown, mark), share
    return best if score >= 0 else (*suggested_codes(codes, heading.values), ";")


def fit(declared: Table, column: Column, heading: Heading, shared: set[str]) -> float:
    """How well a heading fits a column, 0 to 1; 0 where its values rule it out."""
    if heading.recorded and column.kind == "date":
        return 0.0
    words = alike(heading.words, _phrases(declared, column))
    if heading.blank:
        return 0.8 * words
    if column.kind == "date":
        return 0.75 * words + 0.25 if heading.kind == "date" else 0.0
    if heading.kind == "date":
        return 0.0
    if column.kind == "flag":
        return 0.7 * words + 0.3 if heading.kind == "flag" else 0.0
    if column.kind in ("code", "codes"):
        assert column.codes is not None
        found, _, _ = (several_codes(heading, column.codes) if column.kind == "codes"
                       else (*suggested_codes(column.codes, heading.values), ""))
        share = len(found) / max(1, len(heading.values))
        return 0.55 * words + 0.45 * share if share >= 0.3 else 0.5 * words
    if column.kind == "number":
        return 0.75 * words + 0.25 if heading.kind == "number" else 0.0
    if column.name == "case_id" and plain(heading.name) in shared:
        return min(1.0, words + 0.3)
    if heading.kind == "flag":
        return 0.0
    unique = column.name in declared.key and column.name != "case_id"
    return words if not unique or heading.distinct > 0.8 else 0.6 * words
