"""A database takes the place of the files, on the command line too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dispute_risk.commands.check import command

sqlalchemy = pytest.importorskip("sqlalchemy")


def test_check_reads_a_database_by_its_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        for line in (
            "create table cases (case_id text, area text, opened_on text)",
            "insert into cases values ('A1', 'NE', '2024-01-08'), ('A2', 'NE', '2024-02-05')",
            "create table appeals (case_id text, appeal_id text, registered_on text)",
            "insert into appeals values ('A1', 'P1', '2024-06-03')",
        ):
            connection.execute(sqlalchemy.text(line))
    engine.dispose()
    result = CliRunner().invoke(command, [url])
    assert result.exit_code == 0, result.output
    assert re.search(r"cases +2 +2 +0", result.output), result.output


def test_a_database_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [f"sqlite:///{tmp_path / 'none' / 'records.sqlite'}"])
    assert result.exit_code != 0
    assert "records.sqlite" in str(result.exception) or "records.sqlite" in result.output
