"""The tables of the ledger and every change made to them, in order: rows are added, never altered or taken away."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MIGRATIONS", "Migration"]


@dataclass(frozen=True)
class Migration:
    """One change of the tables.

    Parameters
    ----------
    version : int
        Counted from 1.
    title : str
    sqlite, postgresql : tuple of str
        Statements, run in one transaction with everything that is written next.
    """

    version: int
    title: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


# The chain holds nothing personal. What is said of a case stands apart, under a salted hash: it can be blanked when a
# case must be forgotten (UK GDPR Article 17), and the chain still proves that nothing else was altered. Without the
# salt, which is blanked too, a short text could be found again by trying.
_ENTRIES = """CREATE TABLE ledger_entries (
    number BIGINT PRIMARY KEY, recorded_at TEXT NOT NULL, kind TEXT NOT NULL, run BIGINT,
    payload_hash TEXT NOT NULL, previous_hash TEXT NOT NULL, entry_hash TEXT NOT NULL UNIQUE)"""
_PAYLOADS = """CREATE TABLE ledger_payloads (
    number BIGINT PRIMARY KEY REFERENCES ledger_entries (number), case_id TEXT, salt TEXT, body TEXT)"""
_INDEXES = (
    "CREATE INDEX ledger_by_case ON ledger_payloads (case_id)",
    "CREATE INDEX ledger_by_run ON ledger_entries (run, kind)",
)
_SAID = "the ledger is only added to"
_NOT_A_BLANKING = """OLD.body IS NULL OR NEW.number <> OLD.number OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL
    OR NEW.case_id IS NOT NULL"""


def _refused_by_sqlite(table: str, action: str, when: str = "") -> str:
    return (f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END")


def _refused_by_postgresql(table: str, action: str, when: str = "", each: str = "FOR EACH ROW") -> str:
    return (f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {each} {when} "
            "EXECUTE FUNCTION ledger_refuses()")


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "entries in a chain, with what they say kept apart",
        (
            _ENTRIES,
            _PAYLOADS,
            *_INDEXES,
            _refused_by_sqlite("ledger_entries", "UPDATE"),
            _refused_by_sqlite("ledger_entries", "DELETE"),
            _refused_by_sqlite("ledger_payloads", "DELETE"),
            _refused_by_sqlite("ledger_payloads", "UPDATE", f"WHEN {_NOT_A_BLANKING}"),
        ),
        (
            _ENTRIES,
            _PAYLOADS,
            *_INDEXES,
            "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$",
            _refused_by_postgresql("ledger_entries", "UPDATE"),
            _refused_by_postgresql("ledger_entries", "DELETE"),
            _refused_by_postgresql("ledger_entries", "TRUNCATE", each="FOR EACH STATEMENT"),
            _refused_by_postgresql("ledger_payloads", "DELETE"),
            _refused_by_postgresql("ledger_payloads", "TRUNCATE", each="FOR EACH STATEMENT"),
            _refused_by_postgresql("ledger_payloads", "UPDATE", f"WHEN ({_NOT_A_BLANKING})"),
        ),
    ),
)
"""Every change, in order; a ledger made by an earlier release is brought up to date when it is next written to."""
