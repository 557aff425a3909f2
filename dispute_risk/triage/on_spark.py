"""The same work spread over a cluster by Apache Spark: a task for each part of each authority, then one for each authority."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dispute_risk.errors import DisputeRiskError
from dispute_risk.records.partitions import AuthorityParts, open_parts
from dispute_risk.timeline.whole import WholeAuthority
from dispute_risk.triage.in_parts import part_of, risks_of_part
from dispute_risk.triage.many import Job, Scored, checked, failed, finished, folder_name, together

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["own_session", "risk_rows", "score_many_on_spark", "score_one_on_spark"]

PART = "authority string, folder string, model string, bucket int"
TOLD = "authority string, told binary, problem string"
ROWS = (
    "authority string, bucket int, place int, told binary, release string, problem string, case_id string, area string, "
    "risk double, band string, reason_1 string, reason_2 string, reason_3 string, risk_low double, risk_high double, "
    "risk_words string, state string, breach_index double, as_of string, invented string, in_dispute boolean, breach double, "
    "statutory boolean, contact binary"
)
SCORED = (
    "authority string, release string, cases_at_risk long, already_in_dispute long, listed long, expected_appeals double, "
    "problem string"
)
HEAD = ("authority", "place", "told", "release", "problem")
"""Columns of the first row of each part, which stands for the part itself: also a part without any open case has one."""


@contextmanager
def own_session(name: str = "dispute-risk") -> Iterator[SparkSession]:
    """Give the Spark session of this program, or start one on the master that `spark-submit` or the settings name.

    A session that was started here is stopped at the end; one that was there is left running.

    Raises
    ------
    DisputeRiskError
        PySpark or Java is not there.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise DisputeRiskError("--engine spark needs PySpark. Install it with pip install 'dispute-risk[spark]', and Java 17.",
                               ) from error
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # or the tasks take whatever python3 comes first
    try:
        session = SparkSession.builder.appName(name).config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise DisputeRiskError(f"Spark could not be started ({error}). It needs Java 17 or later: set JAVA_HOME.") from error
    try:
        yield session
    finally:
        session.stop()


def score_many_on_spark(
    spark: SparkSession, authorities: Sequence[AuthorityParts], models: Path, out: Path, job: Job
) -> list[Scored]:
    """Do on a cluster what `triage.many.score_many` does on one machine; the results are the same.

    Every machine of the cluster must see the folders of the records, of the models and of the results under the same
    names. A task reads one part of one authority; rows meet only within one authority; and each authority's files are
    written by the task that holds that authority alone. The driver sees one line for each.

    Parameters
    ----------
    spark : SparkSession
    authorities : sequence of AuthorityParts
    models, out : path
    job : Job
    """
    place = str(out.resolve())
    if not authorities:
        return []
    with _arrow_only():
        rows = risk_rows(spark, [(one, models / folder_name(one.name)) for one in authorities], job)
        done = rows.groupBy("authority").applyInArrow(lambda table: _finish(table, place, job), SCORED).collect()
    return sorted((Scored(**row.asDict()) for row in done), key=lambda one: one.authority)


@contextmanager
def _arrow_only() -> Iterator[None]:
    """Leave out PySpark's warning that it does not know pandas 3: tables go in and out as Arrow, and never as its pandas."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
        yield


def score_one_on_spark(
    spark: SparkSession, parts: AuthorityParts, model: Path, job: Job
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return what `triage.many.score_in_parts` returns of one authority, its parts spread over a cluster.

    Raises
    ------
    DisputeRiskError
        What stopped any of the parts.
    """
    with _arrow_only():
        rows = risk_rows(spark, [(parts, model)], job).toArrow().to_pandas()
    return _together(rows, job)


def risk_rows(spark: SparkSession, authorities: Sequence[tuple[AuthorityParts, Path]], job: Job) -> DataFrame:
    """Return the rows of `triage.in_parts.risks_of_part` of all parts, with a first row that stands for each part.

    Parameters
    ----------
    spark : SparkSession
    authorities : sequence of (AuthorityParts, path)
        Each with the folder of its own model.
    job : Job
    """
    asked = [(one.name, str(one.folder.resolve()), str(model.resolve()), bucket)
             for one, model in authorities for bucket in range(one.buckets)]
    parts = spark.createDataFrame(asked, PART).repartition(len(asked), "authority", "bucket")
    told = parts.mapInArrow(partial(_tell, job=job), TOLD)
    whole = told.groupBy("authority").applyInArrow(lambda table: _gather(table), TOLD)
    ready = parts.join(whole, "authority").repartition(len(asked), "authority", "bucket")
    return ready.mapInArrow(partial(_score, job=job), ROWS)


def _tell(batches: Iterable[pyarrow.RecordBatch], job: Job) -> Iterator[pyarrow.RecordBatch]:
    """First pass: what each part tells of its authority."""
    for asked in _each(batches):
        told, problem = b"", ""
        try:
            opened = _opened(asked)
            checked(opened, Path(asked["model"]), job.as_of)  # no record is read where there is no model to use
            told = _packed(part_of(opened.part(asked["bucket"]), job.as_of).told)
        except DisputeRiskError as error:
            problem = str(error)
        yield _batch([{"authority": asked["authority"], "told": told, "problem": problem}], TOLD)


def _gather(table: pyarrow.Table) -> pyarrow.Table:
    """Put together what all parts of one authority told."""
    import pyarrow as pa

    rows = table.to_pylist()
    problem = next((row["problem"] for row in rows if row["problem"]), "")
    told = b"" if problem else _packed(pd.concat([_unpacked(row["told"]) for row in rows], ignore_index=True))
    return pa.Table.from_batches([_batch([{"authority": rows[0]["authority"], "told": told, "problem": problem}], TOLD)])


def _score(batches: Iterable[pyarrow.RecordBatch], job: Job) -> Iterator[pyarrow.RecordBatch]:
    """Second pass: the risks of each part, after a row that stands for the part itself."""
    for asked in _each(batches):
        head = {"authority": asked["authority"], "bucket": asked["bucket"], "told": asked["told"], "release": "",
                "problem": asked["problem"]}
        rows = None
        try:
            if not head["problem"]:
                opened = _opened(asked)
                release, catalogue = checked(opened, Path(asked["model"]), job.as_of)
                head["release"] = release.name
                part = part_of(opened.part(asked["bucket"]), job.as_of)
                rows = risks_of_part(part, WholeAuthority.of([_unpacked(asked["told"])]), release.fitted, catalogue, job.as_of)
        except DisputeRiskError as error:
            head["problem"] = str(error)
        yield _batch([head], ROWS)
        if rows is not None and len(rows):
            where = {"authority": asked["authority"], "bucket": asked["bucket"], "place": range(len(rows))}
            yield _frame_batch(rows.assign(**where), ROWS)


def _finish(table: pyarrow.Table, out: str, job: Job) -> pyarrow.Table:
    """Write the risks and lists of one authority, from the rows of its parts."""
    import pyarrow as pa

    scored = _written(table.to_pandas(), Path(out), job)
    return pa.Table.from_batches([_batch([vars(scored)], SCORED)])


def _written(rows: pd.DataFrame, out: Path, job: Job) -> Scored:
    authority, release = (str(rows.loc[rows["case_id"].isna(), name].iloc[0]) for name in ("authority", "release"))
    try:
        return finished(authority, release, _together(rows, job), out)
    except DisputeRiskError as error:
        return failed(authority, error)


def _together(rows: pd.DataFrame, job: Job) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return risk table, lists and number in dispute of one authority; raise what stopped any of its parts."""
    heads = rows[rows["case_id"].isna()].sort_values("bucket")
    problem = next((text for text in heads["problem"] if text), "")
    if problem:
        raise DisputeRiskError(problem)
    return together(in_order(rows), WholeAuthority.of([_unpacked(heads["told"].iloc[0])]), job)


def in_order(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows of one authority by part, each part in the order of its cases, as `risks_of_part` gave them."""
    # A shuffle keeps no order: the place within the part does.
    cases = rows[rows["case_id"].notna()].sort_values(["bucket", "place"]).drop(columns=list(HEAD))
    if not cases["invented"].astype(bool).any():
        cases = cases.drop(columns="invented")
    found = []
    for _, part in cases.groupby("bucket", sort=True):
        found.append(part.drop(columns="bucket").reset_index(drop=True))
    return found or [cases.drop(columns="bucket")]


def _opened(asked: dict[str, Any]) -> AuthorityParts:
    return open_parts(asked["folder"])[asked["authority"]]


def _each(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _packed(frame: pd.DataFrame) -> bytes:
    """Return a table as bytes, so that it travels as one cell."""
    import pyarrow as pa
    import pyarrow.ipc

    table = pa.Table.from_pandas(frame, preserve_index=False)
    held = io.BytesIO()
    with pyarrow.ipc.new_stream(held, table.schema) as stream:
        stream.write_table(table)
    return held.getvalue()


def _unpacked(cell: bytes) -> pd.DataFrame:
    import pyarrow.ipc

    with pyarrow.ipc.open_stream(cell) as stream:
        return stream.read_pandas()


KINDS = {"string": "string", "binary": "binary", "int": "int32", "long": "int64", "double": "float64", "boolean": "bool_"}


def _arrow_schema(columns: str) -> pyarrow.Schema:
    import pyarrow as pa

    pairs = (column.split() for column in columns.split(", "))
    return pa.schema([(name, getattr(pa, KINDS[kind])()) for name, kind in pairs])


def _batch(rows: list[dict[str, Any]], columns: str) -> pyarrow.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist(rows, schema=_arrow_schema(columns))


def _frame_batch(frame: pd.DataFrame, columns: str) -> pyarrow.RecordBatch:
    """Return a table as a batch; a column that it does not have is blank. NaN stays NaN: it is a value, not a blank."""
    import pyarrow as pa

    schema = _arrow_schema(columns)
    arrays = [pa.nulls(len(frame), one.type) if one.name not in frame else
              pa.array(frame[one.name].to_numpy(), one.type, from_pandas=False) if one.type == pa.float64() else
              pa.array(frame[one.name].tolist(), one.type) for one in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
