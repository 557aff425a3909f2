"""Opens a ledger, in a file or in a PostgreSQL database, brings its tables up to date, and lets one writer in at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dispute_risk.errors import OutputNotWritten, UnreadableFile
from dispute_risk.triage.ledger.tables import MIGRATIONS

__all__ = ["Ledger", "Link", "beside", "open_if_there", "open_ledger"]

WAIT_SECONDS = 60
"""How long a writer waits for the others."""
LOCK = 5_402_718_116
"""Number of the advisory lock that lets one writer of a PostgreSQL ledger in at a time."""
HEADER = b"SQLite format 3\0"


class Link(Protocol):
    """An open connection to a ledger; places for values are written `:name` in both databases."""

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""

    def many(self, statement: str, values: Sequence[dict[str, Any]]) -> None:
        """Run a statement once for each set of values."""


@dataclass(frozen=True)
class _FileLink:
    connection: sqlite3.Connection

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement, values).fetchall()

    def many(self, statement: str, values: Sequence[dict[str, Any]]) -> None:
        self.connection.executemany(statement, values)


@dataclass(frozen=True)
class _ServerLink:
    connection: Any

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        from sqlalchemy import text

        result = self.connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []

    def many(self, statement: str, values: Sequence[dict[str, Any]]) -> None:
        from sqlalchemy import text

        if values:
            self.connection.execute(text(statement), list(values))


@dataclass(frozen=True)
class Ledger:
    """A ledger that was opened; each reading and each writing has a connection of its own.

    Parameters
    ----------
    name : str
        Its file, or its URL without the password.
    path : Path or None
        The file, where it is one.
    engine : object
        The SQLAlchemy engine, where it is a database of its own.
    """

    name: str
    path: Path | None = None
    engine: Any = None

    @contextmanager
    def reading(self) -> Iterator[Link]:
        """Give a connection that sees one state of the ledger from beginning to end."""
        with self._faults(UnreadableFile, "cannot be read"):
            if self.path is not None:
                with closing(_connect(self.path)) as connection:
                    connection.execute("BEGIN")
                    yield _FileLink(connection)
            else:
                with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
                    yield _ServerLink(connection)

    @contextmanager
    def writing(self) -> Iterator[Link]:
        """Give the only connection that writes; all of it is kept when the block ends well, and nothing otherwise."""
        with self._faults(OutputNotWritten, "cannot be written"):
            if self.path is not None:
                with closing(_connect(self.path)) as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    try:
                        yield _FileLink(connection)
                    except BaseException:
                        connection.execute("ROLLBACK")
                        raise
                    connection.execute("COMMIT")
            else:
                with self.engine.begin() as connection:
                    link = _ServerLink(connection)
                    link.rows("SELECT pg_advisory_xact_lock(:lock)", lock=LOCK)
                    yield link

    @contextmanager
    def _faults(self, kind: type[UnreadableFile] | type[OutputNotWritten], what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise kind(f"The ledger {self.name} {what} ({error}). Check the file, its rights and the room on the "
                       "disk.") from error
        except Exception as error:
            if not type(error).__module__.startswith("sqlalchemy"):
                raise
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise kind(f"The ledger {self.name} {what} ({reason}). Check the URL and the rights of the user.") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        # No write-ahead log: it does not work on the network drives that offices keep such files on. What is blanked
        # is written over on the disk too.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def beside(casebook: Path) -> Path:
    """Return where the ledger of a casebook is kept unless another place is given.

    >>> beside(Path("records/northmoor")).as_posix()
    'records/northmoor-ledger.sqlite'
    """
    whole = casebook if casebook.name else casebook.resolve()
    return whole.with_name(f"{whole.name if whole.is_dir() or not whole.suffix else whole.stem}-ledger.sqlite")


def open_if_there(place: str | Path) -> Ledger | None:
    """Open a ledger that there is; None where a file can be made later, so that a run that fails leaves none behind."""
    if "://" not in str(place) and not Path(place).exists() and Path(place).parent.is_dir():
        return None
    return open_ledger(place)


def open_ledger(place: str | Path, *, create: bool = True) -> Ledger:
    """Open a ledger and bring its tables up to date.

    Parameters
    ----------
    place : str or path
        A file, made where it does not exist, or the URL of a PostgreSQL database.
    create : bool, default True
        Whether a ledger may be made where there is none.

    Raises
    ------
    UnreadableFile
        The ledger is missing, is no ledger, was made by a later release, or cannot be reached. No message repeats the
        password of a URL.
    OutputNotWritten
        It cannot be made.
    """
    ledger = _on_a_server(str(place)) if "://" in str(place) else _in_a_file(Path(place), create)
    if _version(ledger) < MIGRATIONS[-1].version:
        if not create and not _version(ledger):
            raise UnreadableFile(f"{ledger.name} holds no ledger yet. Make a run first: dispute-risk triage or weekly.")
        _bring_up_to_date(ledger)
    return ledger


def _in_a_file(path: Path, create: bool) -> Ledger:
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder. Give the file of the ledger, such as {path / 'ledger.sqlite'}.")
    if not path.exists():
        if not create:
            raise UnreadableFile(f"{path} does not exist. Give the file of the ledger, or make a run first.")
        if not path.parent.is_dir():
            raise OutputNotWritten(f"{path}: the folder {path.parent} does not exist. Make it, or give another place.")
    else:
        try:
            with path.open("rb") as file:
                start = file.read(len(HEADER))
        except OSError as error:
            raise UnreadableFile(f"{path} cannot be read ({error.strerror}). Check the rights of the file.") from error
        if start and start != HEADER:
            raise UnreadableFile(f"{path} is not a ledger: it is no SQLite file. Give another place.")
    return Ledger(str(path), path)


def _on_a_server(url: str) -> Ledger:
    try:
        import sqlalchemy
    except ImportError as error:
        raise UnreadableFile("A ledger in a database needs SQLAlchemy, which is not installed. Install it with: "
                             "pip install 'dispute-risk[sql]'") from error
    try:
        parsed = sqlalchemy.make_url(url)
    except sqlalchemy.exc.ArgumentError as error:
        raise UnreadableFile("The URL of the ledger cannot be understood. Write it as "
                             "postgresql+psycopg://user@host/database, or give a file.") from error
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return _in_a_file(Path(parsed.database), True)
    if parsed.get_backend_name() != "postgresql":
        raise UnreadableFile(f"{shown}: a ledger is kept in a file or in PostgreSQL, in no other database.")
    try:
        # As with a file, no transaction begins before what others have written is seen.
        engine = sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.pool.NullPool)
    except (sqlalchemy.exc.ArgumentError, ImportError) as error:
        raise UnreadableFile(f"The ledger {shown} needs a driver that is not installed ({error}).") from error
    return Ledger(shown, None, engine)


def _version(ledger: Ledger) -> int:
    """Return the version of the tables, 0 where there are none."""
    if ledger.path is not None and not ledger.path.exists():
        return 0
    with ledger.reading() as link:
        return _version_seen(ledger, link)


def _version_seen(ledger: Ledger, link: Link) -> int:
    names = ("SELECT name FROM sqlite_master WHERE name = :name" if ledger.path is not None else
             "SELECT table_name FROM information_schema.tables WHERE table_name = :name "
             "AND table_schema = current_schema()")
    if not link.rows(names, name="ledger_versions"):
        return 0
    version = int(link.rows("SELECT MAX(version) FROM ledger_versions")[0][0])
    if version > MIGRATIONS[-1].version:
        raise UnreadableFile(f"The ledger {ledger.name} was made by a later release (tables {version}; this release knows "
                             f"{MIGRATIONS[-1].version}). Update dispute-risk.")
    return version


def _bring_up_to_date(ledger: Ledger) -> None:
    with ledger.writing() as link:
        version = _version_seen(ledger, link)  # again: another process may have been first
        if not version:
            link.rows("CREATE TABLE IF NOT EXISTS ledger_versions (version BIGINT PRIMARY KEY, title TEXT NOT NULL)")
        for change in MIGRATIONS[version:]:
            for statement in change.sqlite if ledger.path is not None else change.postgresql:
                link.rows(statement)
            link.rows("INSERT INTO ledger_versions VALUES (:version, :title)", version=change.version, title=change.title)
