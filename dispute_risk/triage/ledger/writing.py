"""Adds to a ledger: a run with every case as listed, and what people saw, did, put off, overrode or already knew."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dispute_risk.triage.ledger.chain import canonical, entry_hash, head, payload_hash
from dispute_risk.triage.ledger.opening import Ledger, Link

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.triage.lists import WeeklyLists

__all__ = ["KINDS", "New", "add", "lists_fingerprint", "plain", "record", "record_page", "record_run"]

KINDS: dict[str, str] = {
    "run": "a list was made",
    "listed": "a case as it was listed",
    "moved": "a case that moved on a list",
    "page": "a case in full, as it can be shown",
    "drawn": "a case that had a chance of a place, with that chance",
    "seen": "somebody looked",
    "did": "a step was taken",
    "snoozed": "put off until a date",
    "override": "the list was overridden, with a reason",
    "knew": "the officer already knew",
    "outcome": "what became of it",
    "erased": "content was erased",
}
"""What an entry can be."""

OF_A_CASE = ("seen", "did", "snoozed", "override", "knew", "outcome")
"""What a person records of a case."""


@dataclass(frozen=True)
class New:
    """An entry that is to be added; what names a case is in `body["case_id"]`."""

    kind: str
    body: Mapping[str, Any]
    run: int | None = None


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: dates as YYYY-MM-DD, blanks as None, numbers of any library as numbers.

    >>> plain({"on": dt.date(2026, 3, 9), "risk": float("nan")})
    {'on': '2026-03-09', 'risk': None}
    """
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:  # nearly all of a ledger, told apart at once
        return value
    if kind is float:
        return value if value == value else None
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, str):
        return value
    if value != value:  # NaN, NaT
        return None
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value


def as_written(body: Mapping[str, Any]) -> str:
    """Return what an entry says as it is kept: the same as `canonical(plain(body))`, most of it in one go.

    >>> as_written({"on": dt.date(2026, 3, 9), "risk": float("nan"), "case_id": "C1"})
    '{"case_id":"C1","on":"2026-03-09","risk":null}'
    """
    try:
        return canonical(body, plain)
    except (TypeError, ValueError):  # a blank among the numbers, or a name that is no text
        return canonical(plain(body))


def add(link: Link, entries: Iterable[New], at: dt.datetime) -> list[int]:
    """Add entries to the chain within one writing, and return their numbers.

    Parameters
    ----------
    link : Link
        From `Ledger.writing`, which lets in one writer at a time: the chain cannot fork.
    entries : iterable of New
    at : datetime
        Time of recording, with its time zone.
    """
    number, previous = head(link)
    recorded_at = at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    numbers: list[int] = []
    rows: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for entry in entries:
        if entry.kind not in KINDS:
            raise ValueError(f"kind of entry {entry.kind!r} is not one of {', '.join(KINDS)}")
        number += 1
        numbers.append(number)
        body, salt = as_written(entry.body), secrets.token_hex(16)
        said = payload_hash(salt, body)
        seal = entry_hash(number, recorded_at, entry.kind, entry.run, said, previous)
        rows.append({"number": number, "at": recorded_at, "kind": entry.kind, "run": entry.run, "said": said,
                     "previous": previous, "seal": seal})
        case_id = entry.body.get("case_id")
        contents.append({"number": number, "case_id": None if case_id is None else str(case_id), "salt": salt,
                         "body": body})
        previous = seal
    link.many("INSERT INTO ledger_entries VALUES (:number, :at, :kind, :run, :said, :previous, :seal)", rows)
    link.many("INSERT INTO ledger_payloads VALUES (:number, :case_id, :salt, :body)", contents)
    return numbers


def record(ledger: Ledger, kind: str, case_id: str | None, *, who: str, at: dt.datetime, run: int | None = None,
           **said: Any) -> int:
    """Record what a person saw or did, and return the number of the entry.

    Parameters
    ----------
    ledger : Ledger
    kind : {'seen', 'did', 'snoozed', 'override', 'knew', 'outcome'}
    case_id : str or None
        None for a list that somebody saw.
    who : str
        Role or user name of the person.
    at : datetime
    run : int, optional
        The run on whose list the person acted.
    said
        `step` of a `did`, `until` of a `snoozed`, `why` of an `override`, `what` of an `outcome`; `note` of any.
    """
    if kind not in OF_A_CASE:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(OF_A_CASE)}")
    with ledger.writing() as link:
        named = {} if case_id is None else {"case_id": case_id}
        return add(link, [New(kind, {**named, "who": who, **said}, run)], at)[0]


def record_page(ledger: Ledger, run: int, page: Mapping[str, Any], *, at: dt.datetime) -> int:
    """Record the page of a case that is on no list of a run, so that it can be shown again at once."""
    with ledger.writing() as link:
        return add(link, [New("page", {"case_id": str(page["case_id"]), "page": page}, run)], at)[0]


def record_run(
    ledger: Ledger,
    lists: WeeklyLists,
    *,
    inputs_fingerprint: str,
    at: dt.datetime,
    who: str,
    pages: Mapping[str, Mapping[str, Any]] | None = None,
    drawn: Iterable[Mapping[str, Any]] = (),
    **about: Any,
) -> int:
    """Record a week's lists as they are shown, in one piece, and return the number of the run.

    Parameters
    ----------
    ledger : Ledger
    lists : WeeklyLists
    inputs_fingerprint : str
        Of the casebook.
    at : datetime
    who : str
    pages : mapping of str to mapping, optional
        By case, the page of the case (`triage.desk.case_pages`), so that it can be shown again at once.
    drawn : iterable of mapping
        Of a lot kept for learning: each case that had a chance of a place, with `case_id` and that chance.
    about
        Anything further that tells where the run came from; nothing about a case.
    """
    fields = {name: getattr(lists, name) for name in KEPT} | {"policy": list(lists.policy.items())}
    tables = {name: _table(getattr(lists, name)) for name in ("areas", "duties")}
    columns = {name: _columns(getattr(lists, name)) for name in ("cases", "movement", "areas", "duties")}
    with ledger.writing() as link:
        run = int(link.rows("SELECT COUNT(*) FROM ledger_entries WHERE kind = 'run'")[0][0]) + 1
        entries = [New("run", {**fields, **tables, "columns": columns, "who": who, **about,
                               "inputs_fingerprint": inputs_fingerprint}, run)]
        for kind, table in (("listed", lists.cases), ("moved", lists.movement)):
            entries += [New(kind, {"place": place, "case_id": str(row["case_id"]), "row": row}, run)
                        for place, row in enumerate(_table(table))]
        entries += [New("page", {"case_id": case_id, "page": page}, run) for case_id, page in (pages or {}).items()]
        entries += [New("drawn", case, run) for case in drawn]
        add(link, entries, at)
    return run


def lists_fingerprint(lists: WeeklyLists) -> str:
    """Return the SHA-256 of everything lists say."""
    tables = {name: _table(getattr(lists, name)) for name in ("cases", "movement", "areas", "duties")}
    return hashlib.sha256(canonical(plain({**tables, **{name: getattr(lists, name) for name in KEPT}})).encode()).hexdigest()


KEPT = ("as_of", "capacity", "authority", "release", "data_note", "synthetic", "horizon_days", "policy", "notes",
        "last_as_of")
"""What a run keeps of the lists besides their tables."""


def _table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON holds them, column after column: a table has few columns and many rows."""
    columns = [_plain_column(frame[name]) for name in frame.columns]
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if names else []


def _plain_column(values: pd.Series) -> list[Any]:
    if values.dtype.kind == "M":
        days = values.to_numpy("datetime64[D]").astype(str).tolist()
        return [None if day == "NaT" else day for day in days]
    return [plain(value) for value in values.tolist()]


def _columns(frame: pd.DataFrame) -> list[list[str]]:
    """Return each column and its kind as a pair: their order matters, and JSON written one way only keeps no order."""
    return [[str(name), str(kind)] for name, kind in frame.dtypes.items()]
