"""The chain that shows whether anything in a ledger was altered: each entry is sealed together with the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dispute_risk.triage.ledger.opening import Ledger, Link

__all__ = ["START", "Verdict", "canonical", "entry_hash", "head", "payload_hash", "verify"]

START = "0" * 64
"""What stands in the place of the hash before the first entry."""


def canonical(value: Any, other: Callable[[Any], Any] | None = None) -> str:
    """Return the one way in which a value is written as JSON: sorted names, no blanks, no NaN.

    `other` turns what JSON does not know into what it does; without it that is an error.

    >>> canonical({"b": 1.5, "a": None})
    '{"a":null,"b":1.5}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=other)


def payload_hash(salt: str, body: str) -> str:
    """Return the hash of what an entry says; the salt keeps a short text from being found by trying."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def entry_hash(number: int, recorded_at: str, kind: str, run: int | None, payload: str, previous: str) -> str:
    """Return the seal of an entry: over all of it and over the seal of the entry before."""
    return hashlib.sha256(canonical([number, recorded_at, kind, run, payload, previous]).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What verifying a ledger found.

    Parameters
    ----------
    entries : int
    head : str
        Seal of the last entry. Noted elsewhere (in the minutes, say), it later shows that nothing was cut off the end.
    erased : int
        Entries whose content was erased, each named by an erasure in the chain.
    problems : tuple of str
        What was altered, entry by entry.
    """

    entries: int
    head: str
    erased: int
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was altered."""
        return not self.problems

    def summary(self) -> str:
        """Return the finding in a sentence."""
        if self.problems:
            return f"{len(self.problems)} of {self.entries:,} entries are not as they were written."
        return f"{self.entries:,} entries, none altered; the content of {self.erased:,} was erased on record."


ENTRIES = """SELECT e.number, e.recorded_at, e.kind, e.run, e.payload_hash, e.previous_hash, e.entry_hash,
    p.number, p.case_id, p.salt, p.body
    FROM ledger_entries e LEFT JOIN ledger_payloads p ON p.number = e.number ORDER BY e.number"""


def verify(ledger: Ledger, expected: str = "") -> Verdict:
    """Check every entry against its seal, its content against its hash, and every erasure against its record.

    Parameters
    ----------
    ledger : Ledger
    expected : str, optional
        The head noted at an earlier time; it must still be in the chain.
    """
    with ledger.reading() as link:
        entries = link.rows(ENTRIES)
        stray = link.rows("SELECT number FROM ledger_payloads WHERE number NOT IN (SELECT number FROM ledger_entries)")
    problems, allowed = [f"content {number[0]} belongs to no entry" for number in stray], _erased(entries)
    previous, erased, before = START, 0, 0
    for row in entries:
        number, at, kind, run, payload, noted_previous, seal, has, case_id, salt, body = row
        where = f"entry {number} ({kind}, {at})"
        if number != before + 1:
            gone = f"entry {before + 1}" if number == before + 2 else f"entries {before + 1} to {number - 1}"
            problems.append(f"{gone} missing before {where}")
        if noted_previous != previous:
            problems.append(f"{where}: does not follow the entry before it")
        if entry_hash(number, at, kind, run, payload, noted_previous) != seal:
            problems.append(f"{where}: its date, kind, run or seal was altered")
        elif has is None:
            problems.append(f"{where}: its content was taken away")
        elif body is None:
            erased += 1
            if number not in allowed:
                problems.append(f"{where}: its content was blanked and no erasure is on record")
        elif payload_hash(salt or "", body) != payload:
            problems.append(f"{where}: its content was altered")
        elif _case_in(body) != case_id:
            problems.append(f"{where}: it was put under another case")
        previous, before = seal, number
    if expected and expected not in {row[6] for row in entries}:
        problems.append(f"the head noted earlier, {expected[:12]}…, is not in the chain: entries were cut off or replaced")
    return Verdict(len(entries), previous, erased, tuple(problems))


def _erased(entries: list[tuple[Any, ...]]) -> set[int]:
    """Return the numbers that erasures in the chain name; only content that fits its hash counts."""
    named: set[int] = set()
    for row in entries:
        if row[2] == "erased" and row[10] is not None and payload_hash(row[9] or "", row[10]) == row[4]:
            named.update(json.loads(row[10])["numbers"])
    return named


def _case_in(body: str) -> str | None:
    try:
        found = json.loads(body).get("case_id")
    except (ValueError, AttributeError):
        return None
    return None if found is None else str(found)


def head(link: Link) -> tuple[int, str]:
    """Return number and seal of the last entry."""
    last = link.rows("SELECT number, entry_hash FROM ledger_entries ORDER BY number DESC LIMIT 1")
    return (int(last[0][0]), str(last[0][1])) if last else (0, START)
