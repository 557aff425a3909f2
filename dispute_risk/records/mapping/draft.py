"""A drafted mapping written out as TOML, each line with how sure it is, for a person to go through."""

from __future__ import annotations

import json
import re
from collections import Counter

from dispute_risk.records.mapping.suggest import Draft, DraftColumn, DraftTable
from dispute_risk.records.tables import TABLES

__all__ = ["draft_as_toml"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def _text(value: str) -> str:
    """Return text as a TOML string; JSON writes the same escapes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def draft_as_toml(draft: Draft) -> str:
    """Return a draft as the text of a mapping, every line with how sure it is.

    Parameters
    ----------
    draft : Draft

    Returns
    -------
    str
        TOML that `read_mapping` reads, unless a column every row needs was not found: then that is said in its place.
    """
    formats = Counter(column.formats for table in draft.tables for column in table.columns if column.formats)
    usual = formats.most_common(1)[0][0] if formats else "dd/mm/yyyy"
    lines = ["# Drafted from headings and values. Go through every line; 'sure' is the tool's view, not a check.",
             "", 'authority = "our authority"    # write its name',
             "synthetic = false               # true only for invented records",
             "# recorded_to = 2025-12-31      # the day the export was run; take the # away",
             f"dates = [{_text(usual)}]", "", "[identifiers]", 'letters = "upper"',
             'pseudonymise = ["case_id", "officer_id"]']
    for sheet in dict.fromkeys([*draft.headings_in_row, *draft.personal]):
        lines += _sheet(sheet, draft)
    for table in draft.tables:
        lines += _table(table, usual)
    missing = [declared.name for declared in TABLES if declared.name not in {table.fills for table in draft.tables}]
    lines += ["", f"# No sheet was found for: {', '.join(missing)}." if missing else "# Every table has its sheet."]
    lines += [f"# Not placed: {sheet}, {heading}" for sheet, found in draft.loose.items() for heading in found]
    return "\n".join(lines) + "\n"


def _sheet(sheet: str, draft: Draft) -> list[str]:
    row, personal = draft.headings_in_row.get(sheet, 1), draft.personal.get(sheet, {})
    if row == 1 and not personal:
        return []
    lines = ["", f"[sheets.{_key(sheet)}]"]
    if row > 1:
        lines.append(f"headings_in_row = {row}")
    if personal:
        pairs = ", ".join(f"{_key(heading)} = {_text(why)}" for heading, why in personal.items())
        lines.append(f"left_out = {{ {pairs} }}")
    return lines


def _table(table: DraftTable, usual: str) -> list[str]:
    declared = next(one for one in TABLES if one.name == table.fills)
    lines = ["", "[[table]]" + ("    # the same sheet as another table: one line keeps two things" if table.second
                                else ""), f"fills = {_text(table.fills)}",
             f"from = {_text(table.sheet)}    # {table.sure:.0%}"]
    if table.second:
        own = [column.column for column in table.columns
               if not column.column.endswith("_id") and not column.column.endswith("_recorded_on")]
        lines.append(f"rows_need = [{', '.join(_text(name) for name in own)}]")
    lines.append("[table.columns]")
    lines += [line for column in table.columns for line in _column(column, usual)]
    there = {column.column for column in table.columns}
    lines += [f"# {column.name} = \"...\"    # NOT FOUND, and every row needs it: {column.meaning}"
              for column in declared if column.required and column.name not in there]
    return lines


def _column(column: DraftColumn, usual: str) -> list[str]:
    parts = [f"from = {_text(column.heading)}"]
    if column.formats and column.formats not in (usual, "yyyy-mm-dd"):
        parts.append(f"dates = [{_text(column.formats)}]")
    if column.split and column.codes:
        parts.append(f"split = {_text(column.split)}")
    if column.codes:
        parts.append(f"codes = "
                     f"{{ {', '.join(f'{_key(word)} = {_text(code)}' for word, code in column.codes.items())} }}")
    rule = _text(column.heading) if len(parts) == 1 else f"{{ {', '.join(parts)} }}"
    lines = [f"{column.column} = {rule}    # {column.sure:.0%} {column.how_sure}"]
    if column.unknown:
        lines.append(f"# no code found for: {', '.join(_text(word) for word in column.unknown[:20])}")
    return lines
