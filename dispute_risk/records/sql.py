"""Records read from a database: the tables of a casebook, or those of a case system, by SQLAlchemy URL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.files import HandedOver, RawTable, cell_text, headings_usable, named_columns, text_frame
from dispute_risk.records.mapping.sources import MOST_ROWS
from dispute_risk.records.problems import Problems
from dispute_risk.records.read import CasebookRead, check_tables
from dispute_risk.records.tables import TABLES

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["casebook_in_database", "database_frames", "table_names"]

_AT_ONCE = 20_000


def _import() -> Any:
    try:
        import sqlalchemy
    except ImportError as error:
        raise UnreadableFile("Reading a database needs SQLAlchemy, which is not installed. Install it with: "
                             "pip install 'dispute-risk[sql]'") from error
    return sqlalchemy


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """Open a database for reading; no message repeats the password of the URL."""
    alchemy = _import()
    try:
        parsed = alchemy.make_url(url)
    except alchemy.exc.ArgumentError as error:
        raise UnreadableFile("The URL of the database cannot be understood. Write it as sqlite:///file.db or "
                             "postgresql+psycopg://user@host/database.") from error
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        from pathlib import Path

        if not Path(parsed.database).is_file():  # SQLite would make an empty database of that name
            raise UnreadableFile(f"{parsed.database} does not exist. Give the file of the database.")
    try:
        engine = alchemy.create_engine(parsed, poolclass=alchemy.pool.NullPool)
    except (alchemy.exc.ArgumentError, ImportError) as error:
        raise UnreadableFile(f"The database {shown} needs a driver that is not installed ({error}).") from error
    try:
        with engine.connect() as connection:
            yield connection
    except alchemy.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if parsed.password:
            reason = reason.replace(str(parsed.password), "***")
        raise UnreadableFile(f"The database {shown} cannot be read ({reason}). Check the URL, the rights of the user "
                             "and the names of the tables.") from error
    finally:
        engine.dispose()


def table_names(url: str) -> list[str]:
    """Return the tables and views of a database, in the order of their names."""
    with _connected(url) as connection:
        inspector = _import().inspect(connection)
        return sorted({*inspector.get_table_names(), *inspector.get_view_names()})


def database_frames(url: str, queries: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Read tables, views or queries of a database as text.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.
    queries : mapping of str to str
        By name, the SELECT to read; '' reads the table or view of that name (`schema.table` names a schema).

    Returns
    -------
    dict of str to DataFrame
        Every cell as text, '' for a blank; a name that is no table is left out.

    Raises
    ------
    UnreadableFile
        If the database cannot be reached or read, or a table has more than `MOST_ROWS` rows.
    """
    alchemy = _import()
    frames = {}
    with _connected(url) as connection:
        inspector = alchemy.inspect(connection)
        for name, query in queries.items():
            if query:
                frames[name] = _frame(connection, alchemy.text(query), name)
                continue
            schema, _, bare = name.rpartition(".")
            known = {one.casefold(): one for one in
                     (*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None))}
            if bare.casefold() in known:
                chosen = alchemy.table(known[bare.casefold()], schema=schema or None)
                frames[name] = _frame(connection, alchemy.select(alchemy.text("*")).select_from(chosen), name)
    return frames


def _frame(connection: Connection, query: Any, name: str) -> pd.DataFrame:
    result = connection.execution_options(stream_results=True).execute(query)
    headings = list(map(str, result.keys()))
    parts, rows = [], 0
    while block := result.fetchmany(_AT_ONCE):
        rows += len(block)
        if rows > MOST_ROWS:
            result.close()
            raise UnreadableFile(f"The table {name} has more than {MOST_ROWS:,} rows, the most that are read of one "
                                 "table. Read fewer years, by a view or by query = \"SELECT ...\" in the mapping.")
        columns = list(zip(*block, strict=True))
        parts.append(text_frame({str(place): [cell_text(value) for value in cells]
                                 for place, cells in enumerate(columns)}))
    empty = text_frame({str(place): [] for place in range(len(headings))})
    return named_columns(pd.concat(parts, ignore_index=True) if parts else empty, headings)


def casebook_in_database(url: str, schema: str = "") -> CasebookRead:
    """Read and check a casebook kept as tables of a database, named like the tables of a casebook.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.
    schema : str
        Schema of the tables; '' for the usual one.

    Returns
    -------
    CasebookRead
        As `read_casebook` gives it; `row` in its problems is the place of the row in the table, from 2 on.

    Raises
    ------
    UnreadableFile
        If the database cannot be read.
    """
    names: Iterable[str] = [declared.name for declared in TABLES]
    prefix = f"{schema}." if schema else ""
    frames = database_frames(url, {f"{prefix}{name}": "" for name in names})
    problems, digest, tables = Problems(), hashlib.sha256(), {}
    for full, frame in frames.items():
        name, label = full.removeprefix(prefix), f"database table {full}"
        digest.update(name.encode() + pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
        if headings_usable([str(heading) for heading in frame.columns], name, label, problems):
            tables[name] = RawTable(name, label, frame, np.arange(2, len(frame) + 2))
    return check_tables(HandedOver(tables, {}, digest.hexdigest(), "database"), problems)
