"""A real Spark on this machine gives the same bytes as one machine; where Java or PySpark is absent the tests say so and skip."""

from __future__ import annotations

import os
import shutil
import sys
import warnings

import pytest
from many_authorities import AS_OF, authority, save_model

from dispute_risk.errors import DisputeRiskError
from dispute_risk.records.partitions import open_parts, write_parts
from dispute_risk.triage.many import Job, release_of, score_in_parts, score_many

JAVA = shutil.which("java") is not None or "JAVA_HOME" in os.environ

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def spark():
    """One session for all tests."""
    if not JAVA:
        pytest.skip("Java is absent: nothing was tested on Spark. Install Java 17.")
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is absent: nothing was tested on Spark. pip install '.[spark]'")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    told = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.log.level": "ERROR"}
    builder = sql.SparkSession.builder.master("local[1]").appName("tests")
    for name, value in told.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # PySpark leaves its sockets to the garbage collector
        session.stop()


@pytest.fixture(scope="module")
def england(tmp_path_factory):
    place = tmp_path_factory.mktemp("england")
    write_parts(authority(), place / "records", 250)
    for name in ("Birch & Co", "Cedar", "Damaged"):
        write_parts(authority(1, 200, 1, name), place / "records")
    next((place / "records").glob("authority=Damaged/*/plans.parquet")).write_bytes(b"no Parquet")
    for name in ("Alder", "Birch & Co", "Damaged"):
        save_model(place / "models", name)
    return place


def files_of(place):
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*.csv")}


def test_spark_writes_the_bytes_of_one_machine_and_names_what_it_could_not_do(spark, england, tmp_path):
    from dispute_risk.triage.on_spark import score_many_on_spark

    authorities = [one for one in open_parts(england / "records").values() if one.name != "Birch & Co"]
    assert [one.buckets for one in authorities] == [2, 1, 1]
    one = score_many(authorities, england / "models", tmp_path / "one", Job(AS_OF))
    spread = score_many_on_spark(spark, authorities, england / "models", tmp_path / "spark", Job(AS_OF))
    assert spread == one
    assert [scored.authority for scored in spread if scored.problem] == ["Cedar", "Damaged"]
    assert "there is no model in" in spread[1].problem and "plans.parquet cannot be read" in spread[2].problem
    assert files_of(tmp_path / "spark") == files_of(tmp_path / "one")
    assert set(files_of(tmp_path / "spark")) == {"Alder/risk.csv", "Alder/lists.csv"}


def test_one_authority_on_spark(spark, england):
    from dispute_risk.triage.on_spark import score_one_on_spark

    parts, model = open_parts(england / "records")["Birch & Co"], england / "models" / "Birch & Co"
    table, lists, disputed = score_one_on_spark(spark, parts, model, Job(AS_OF))
    alone = score_in_parts(parts, *release_of(model, AS_OF), Job(AS_OF))
    assert table.to_csv() == alone[0].to_csv() and lists.to_csv() == alone[1].to_csv() and disputed == alone[2]
    assert table["risk"].to_numpy().tobytes() == alone[0]["risk"].to_numpy().tobytes()


def test_tables_of_a_cluster_are_read_one_authority_at_a_time(spark):
    from dispute_risk.records.spark_tables import authorities_in_tables, casebook_in_spark

    cases = [("Alder", "C1", "North", "2024-01-01"), ("Birch", "poison", "South", "2024-01-01")]
    appeals = [("Alder", "C1", "A1", "2025-01-02"), ("Birch", "poison", "A2", "2025-01-03")]
    spark.createDataFrame(cases, "authority string, case_id string, area string, opened_on string").createOrReplaceTempView(
        "t_cases")
    spark.createDataFrame(appeals, "authority string, case_id string, appeal_id string, registered_on string").selectExpr(
        "authority", "case_id", "appeal_id", "cast(registered_on as date) registered_on").createOrReplaceTempView("t_appeals")
    assert authorities_in_tables(spark, "t_") == ["Alder", "Birch"]
    book = casebook_in_spark(spark, "t_", "Alder", synthetic=True).casebook
    assert (book.name, book.synthetic, str(book.recorded_to)) == ("Alder", True, "2025-01-02")
    assert set(book.tables) == {"cases", "appeals"} and "authority" not in book.tables["cases"]
    assert book.tables["cases"]["case_id"].tolist() == ["C1"] == book.tables["appeals"]["case_id"].tolist()
    spark.createDataFrame([("C1",)], "case_id string").createOrReplaceTempView("u_cases")
    with pytest.raises(DisputeRiskError, match="nobody can say whose"):
        authorities_in_tables(spark, "u_")
    with pytest.raises(DisputeRiskError, match="Spark has no table v_cases"):
        authorities_in_tables(spark, "v_")


def test_the_session_that_is_there_is_taken_and_left_running(spark):
    from dispute_risk.triage.on_spark import own_session

    with own_session() as session:
        assert session is spark
    assert spark.sparkContext._jsc is not None


def test_without_pyspark_it_is_said_what_to_install(monkeypatch):
    from dispute_risk.triage.on_spark import own_session

    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(DisputeRiskError, match=r"pip install 'dispute-risk\[spark\]'"), own_session():
        pass
