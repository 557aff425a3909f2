"""Hands a whole ledger to the auditor, as a table and as JSON, with all that is needed to check the chain elsewhere."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

from dispute_risk.records.write import written_beside
from dispute_risk.triage.ledger.chain import ENTRIES, verify
from dispute_risk.triage.ledger.opening import Ledger

__all__ = ["COLUMNS", "HOW_TO_CHECK", "export_ledger"]

COLUMNS = ("number", "recorded_at", "kind", "run", "payload_hash", "previous_hash", "entry_hash", "erased", "case_id", "salt",
           "body")
HOW_TO_CHECK = (
    "payload_hash is the SHA-256 of salt, a line feed and body, as UTF-8. entry_hash is the SHA-256 of the JSON list "
    "[number, recorded_at, kind, run, payload_hash, previous_hash] written without blanks. previous_hash is the entry_hash of "
    "the entry before, 64 zeros for the first. Content that was erased has neither salt nor body, and an entry of kind "
    "'erased' names its number."
)


def export_ledger(ledger: Ledger, folder: str | os.PathLike[str]) -> list[Path]:
    """Write `ledger.csv` and `ledger.json`, both with every entry, and return their paths.

    They hold personal data as the ledger does; a later erasure does not reach them.
    """
    verdict = verify(ledger)
    with ledger.reading() as link:
        found = link.rows(ENTRIES)
    rows = [dict(zip(COLUMNS, (*row[:7], row[10] is None, *row[8:]), strict=True)) for row in found]
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    table, whole = place / "ledger.csv", place / "ledger.json"
    with written_beside(table) as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        # A spreadsheet takes a cell that begins with = + - @ for a formula; JSON keeps the text as it stands.
        writer.writerows({**row, "case_id": _harmless(row["case_id"])} for row in rows)
    with written_beside(whole) as beside:
        said = {"ledger": Path(ledger.name).name if ledger.path else ledger.name, "entries": verdict.entries,
                "head": verdict.head, "problems": list(verdict.problems), "how_to_check": HOW_TO_CHECK, "rows": rows}
        beside.write_text(json.dumps(said, indent=1, ensure_ascii=False), "utf-8")
    return [table, whole]


def _harmless(text: str | None) -> str:
    text = text or ""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
