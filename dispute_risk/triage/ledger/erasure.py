"""Erasure and retention: what a ledger says of a case is blanked, and the blanking itself is put on record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dispute_risk.errors import UnknownName
from dispute_risk.triage.ledger.opening import Ledger, Link
from dispute_risk.triage.ledger.writing import New, add

__all__ = ["erase_before", "erase_case"]


def erase_case(ledger: Ledger, case_id: str, *, why: str, who: str, at: dt.datetime) -> int:
    """Erase everything a ledger says of a case, and return how many entries were blanked.

    The chain keeps that there were entries, when, of which kind, and their salted hashes; nothing in it leads back to the
    case. Copies made earlier (workbooks, exports, backups) are not reached: erase them too.

    Parameters
    ----------
    why, who : str
        On record with the erasure. Do not name the case in them.

    Raises
    ------
    UnknownName
        The ledger says nothing of such a case.
    """
    if case_id in why:
        why = why.replace(case_id, "the case")  # the record of the erasure must not keep what it erases
    with ledger.writing() as link:
        found = link.rows("SELECT number FROM ledger_payloads WHERE case_id = :case_id ORDER BY number", case_id=case_id)
        if not found:
            raise UnknownName(f"The ledger {ledger.name} says nothing of case {case_id!r}. Check the number.")
        return _blank(link, [int(row[0]) for row in found], {"why": why, "who": who}, at)


def erase_before(ledger: Ledger, day: dt.date, *, why: str, who: str, at: dt.datetime) -> int:
    """Erase what was recorded of any case before a day, as the authority's retention schedule asks.

    Returns
    -------
    int
        Entries blanked; where there are none, nothing is recorded.
    """
    with ledger.writing() as link:
        found = link.rows(
            "SELECT p.number FROM ledger_payloads p JOIN ledger_entries e ON e.number = p.number "
            "WHERE p.case_id IS NOT NULL AND e.recorded_at < :day ORDER BY p.number", day=day.isoformat(),
        )
        if not found:
            return 0
        return _blank(link, [int(row[0]) for row in found], {"why": why, "who": who, "before": day}, at)


def _blank(link: Link, numbers: list[int], said: dict[str, Any], at: dt.datetime) -> int:
    add(link, [New("erased", {**said, "numbers": numbers})], at)
    link.many("UPDATE ledger_payloads SET case_id = NULL, salt = NULL, body = NULL WHERE number = :number",
              [{"number": number} for number in numbers])
    return len(numbers)
