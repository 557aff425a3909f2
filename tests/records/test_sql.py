"""Databases in place of files: SQLite, and a real PostgreSQL that is started for the test and thrown away."""

from __future__ import annotations

import pandas as pd
import pytest
from postgresql import running_server

from dispute_risk.errors import UnreadableFile
from dispute_risk.records import sql
from dispute_risk.records.mapping import map_export, read_mapping
from dispute_risk.records.read import read_casebook

sqlalchemy = pytest.importorskip("sqlalchemy")

BASE = pd.DataFrame({"Ref": ["K1", "k2 ", None], "Team": ["NE", "SW", "SW"], "Opened": ["09/01/2023", "31/02/2023",
                                                                                        None],
                     "CLA": ["Yes", None, "No"]})
APPEALS = pd.DataFrame({"Ref": ["K1"], "No": [7], "Reg": pd.to_datetime(["2024-06-10"]), "Ext": [True],
                        "Heard": pd.to_datetime(["2024-10-01"]).date})
MAPPING = """synthetic = true
recorded_to = 2024-12-31
[sheets.register]
query = "SELECT * FROM appeals_table WHERE \\"No\\" > 5"
[[table]]
fills = "cases"
from = "base"
[table.columns]
case_id = "Ref"
area = "Team"
opened_on = "Opened"
looked_after = "CLA"
[[table]]
fills = "appeals"
from = "register"
[table.columns]
case_id = "Ref"
appeal_id = "No"
registered_on = "Reg"
hearing_on = "Heard"
extended = "Ext"
"""


def filled(url: str) -> str:
    """Put the two tables into a database."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
    BASE.to_sql("base", engine, index=False)
    pd.concat([APPEALS, APPEALS.assign(No=3)]).to_sql("appeals_table", engine, index=False)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE VIEW quiet AS SELECT \"Ref\" FROM base"))
    engine.dispose()
    return url


@pytest.fixture
def sqlite(tmp_path):
    return filled(f"sqlite:///{tmp_path / 'case_system.db'}")


@pytest.fixture(scope="module")
def postgresql():
    """The two tables in a PostgreSQL server of our own."""
    with running_server("reader") as url:
        yield filled(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    return request.getfixturevalue(request.param)


def test_a_mapping_reads_tables_and_queries_of_a_database(database, tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING)
    done = map_export(read_mapping(tmp_path / "mapping.toml"), database)
    cases, appeals = done.read.casebook.tables["cases"], done.read.casebook.tables["appeals"]
    assert cases["case_id"].tolist() == ["K1", "K2"] and cases["looked_after"].fillna(-1).tolist() == [1, -1]
    assert appeals["appeal_id"].tolist() == ["7"] and appeals["extended"].tolist() == [1]
    assert appeals["registered_on"].dt.strftime("%Y-%m-%d").tolist() == ["2024-06-10"]
    assert done.accounts[["rows_in", "rows_used", "rows_set_aside"]].to_numpy().tolist() == [[3, 2, 1], [1, 1, 0]]


def test_a_casebook_kept_in_a_database_is_read_like_files(database, tmp_path):
    cases = pd.DataFrame({"case_id": ["A1", "A2"], "area": ["NE", "SW"],
                          "opened_on": pd.to_datetime(["2023-01-09"] * 2)})
    appeals = pd.DataFrame({"case_id": ["A2"], "appeal_id": ["P1"], "registered_on": pd.to_datetime(["2024-01-10"])})
    engine = sqlalchemy.create_engine(database, poolclass=sqlalchemy.pool.NullPool)
    for name, frame in (("cases", cases), ("appeals", appeals)):
        frame.to_sql(name, engine, index=False, if_exists="replace")
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    engine.dispose()
    from_database, from_files = sql.casebook_in_database(database).casebook, read_casebook(tmp_path).casebook
    for name in ("cases", "appeals"):
        pd.testing.assert_frame_equal(from_database.tables[name], from_files.tables[name])
    assert {"base", "appeals_table", "quiet"} <= set(sql.table_names(database))


def test_a_table_too_long_to_be_held_is_refused(database, monkeypatch):
    monkeypatch.setattr(sql, "MOST_ROWS", 2)
    with pytest.raises(UnreadableFile, match="base has more than 2 rows"):
        sql.database_frames(database, {"base": ""})


def test_a_wrong_query_is_refused_without_the_password(database):
    with pytest.raises(UnreadableFile) as raised:
        sql.database_frames(database, {"x": "SELECT nothing FROM nowhere"})
    assert "cannot be read" in str(raised.value) and "secret-word" not in str(raised.value)


def test_a_database_that_is_not_there_is_refused(tmp_path):
    for url in (f"sqlite:///{tmp_path / 'none.db'}", "nonsense://", "postgresql+psycopg://u:secret-word@127.0.0.1:1/x",
                "not a url"):
        with pytest.raises(UnreadableFile) as raised:
            sql.table_names(url)
        assert "secret-word" not in str(raised.value)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "text.db").write_text("this is not a database, only text that is long enough to be looked at " * 30)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        sql.table_names(f"sqlite:///{tmp_path / 'text.db'}")
