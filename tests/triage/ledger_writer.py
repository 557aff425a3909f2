"""What each of several processes runs that write to one ledger: apart, so that none of them loads the tests and all they need."""

from __future__ import annotations

import datetime as dt

from dispute_risk.triage.ledger import open_ledger, record

AT = dt.datetime(2024, 6, 3, 9, 0, tzinfo=dt.UTC)


def write_many(place: str, writer: int, count: int) -> None:
    """Record so many actions, one after the other."""
    ledger = open_ledger(place)
    for number in range(count):
        record(ledger, "did", f"W{writer}-{number}", who=f"w{writer}", at=AT, step="reply")
