"""Records kept as tables of a cluster (Apache Spark): many authorities in the same tables, read one authority at a time."""

from __future__ import annotations

import datetime as dt
import hashlib
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.files import HandedOver, RawTable, headings_usable, named_columns
from dispute_risk.records.problems import Problems
from dispute_risk.records.read import CasebookRead, check_tables
from dispute_risk.records.tables import TABLES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["AUTHORITY", "authorities_in_tables", "casebook_in_spark"]

AUTHORITY = "authority"
"""Column of every table that says whose row it is."""


def authorities_in_tables(spark: SparkSession, prefix: str) -> list[str]:
    """Return the authorities that have cases, in the order of their names.

    Parameters
    ----------
    spark : SparkSession
    prefix : str
        What comes before `cases`, `appeals`, … in the names of the tables: `send.` for those of the database `send`.

    Raises
    ------
    UnreadableFile
        There is no table of cases, or it does not say whose its rows are.
    """
    cases = _table(spark, f"{prefix}cases")
    if cases is None:
        raise UnreadableFile(f"Spark has no table {prefix}cases. Give what comes before cases in its name, such as spark:send. "
                             "for send.cases.")
    found = cases.select(AUTHORITY).distinct().collect()
    return sorted(str(row[0]) for row in found if row[0] is not None)


def casebook_in_spark(
    spark: SparkSession, prefix: str, authority: str, recorded_to: dt.date | None = None, synthetic: bool = False
) -> CasebookRead:
    """Read and check the rows of one authority; no row of another leaves the cluster.

    Parameters
    ----------
    spark : SparkSession
    prefix : str
        As for `authorities_in_tables`.
    authority : str
    recorded_to : date, optional
        The last day on which anything was recorded; the latest date in the rows where not given.
    synthetic : bool
        Whether the records are invented.

    Returns
    -------
    CasebookRead
        As `read_casebook` gives it; `row` in its problems is the place of the row in the table, from 2 on.
    """
    problems, digest, tables = Problems(), hashlib.sha256(authority.encode()), {}
    for declared in TABLES:
        held = _table(spark, f"{prefix}{declared.name}")
        if held is None:
            continue
        frame = _as_text(held.where(held[AUTHORITY] == authority).drop(AUTHORITY))
        label = f"Spark table {prefix}{declared.name}"
        digest.update(declared.name.encode() + pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
        if headings_usable([str(heading) for heading in frame.columns], declared.name, label, problems):
            tables[declared.name] = RawTable(declared.name, label, frame, np.arange(2, len(frame) + 2))
    about: dict[str, object] = {"authority": authority, "synthetic": synthetic}
    if recorded_to is not None:
        about["recorded_to"] = recorded_to
    return check_tables(HandedOver(tables, about, digest.hexdigest(), authority), problems)


def _table(spark: SparkSession, name: str) -> DataFrame | None:
    if not spark.catalog.tableExists(name):
        return None
    found = spark.table(name)
    if AUTHORITY not in found.columns:
        raise UnreadableFile(f"The Spark table {name} has no column {AUTHORITY}: nobody can say whose its rows are. Add one.")
    return found


def _as_text(rows: DataFrame) -> pd.DataFrame:
    """Return rows as text in a fixed order, '' for a blank; a cluster keeps no order of its own."""
    text = rows.select([rows[heading].cast("string").alias(heading) for heading in rows.columns])
    with warnings.catch_warnings():
        # PySpark warns that it does not know pandas 3; the rows come as Arrow and never as its pandas.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
        table = text.toArrow()
    frame = pd.DataFrame({str(place): pd.Series(table.column(place).to_pylist(), dtype="str").fillna("")
                          for place in range(table.num_columns)})
    frame = frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)
    return named_columns(frame, list(rows.columns))
