"""The command `check`: what it prints and writes, and the code it leaves with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from dispute_risk.commands.check import command

CASES = "case_id,area,opened_on,opened_recorded_on,sex,parent_email\n" + "".join(
    f"A{number},NE,2023-01-09,2023-01-09,F,p{number}@example.org\n" for number in range(9))
APPEALS = "case_id,appeal_id,registered_on\nA1,P1,2024-01-10\n"


def run(place: Path, *options: str, cases: str = CASES, appeals: str | None = APPEALS) -> Result:
    place.mkdir(exist_ok=True)
    (place / "cases.csv").write_text(cases)
    if appeals is not None:
        (place / "appeals.csv").write_text(appeals)
    return CliRunner().invoke(command, [str(place), *options])


def test_clean_records_leave_with_0(tmp_path: Path) -> None:
    result = run(tmp_path / "book")
    assert result.exit_code == 0, result.output
    assert "cases            9          9          0" in result.output
    assert "appeals.csv, registered_on: has no day of recording" in result.output
    assert "table contacts: absent" in result.output
    assert "example.org" not in result.output


def test_problems_leave_with_5_and_are_grouped(tmp_path: Path) -> None:
    result = run(tmp_path / "book", cases=CASES.replace(",F,", ",girl,"))
    assert result.exit_code == 5, result.output
    assert "cases.csv row 4, sex: 'girl' is not a code of the list 'sex'. Allowed: M, F." in result.output
    assert "and 6 more rows like these in cases.csv, sex (9 in all)" in result.output
    assert "row 5, sex" not in result.output


@pytest.mark.parametrize(("appeals", "code"), [("", 3), (None, 4)])
def test_records_that_cannot_be_used_leave_with_3_or_4(tmp_path: Path, appeals: str | None, code: int) -> None:
    result = run(tmp_path / "book", appeals=appeals)
    assert result.exit_code == code, result.output
    assert "appeals" in result.output


def test_a_register_of_appeals_without_a_row_is_noted_with_what_it_costs(tmp_path: Path) -> None:
    # A return of the Department holds no register; the broken duties can be listed without one.
    result = run(tmp_path / "book", appeals="case_id,appeal_id,registered_on\n")
    assert result.exit_code == 0, result.output
    assert "has headings but no rows: nothing can be learned from it" in result.output


def test_out_writes_every_problem_the_rows_set_aside_and_the_coverage(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "set_aside").mkdir(parents=True)
    (out / "set_aside" / "contacts.csv").write_text("of an earlier run")
    result = run(tmp_path / "book", "--out", str(out), cases=CASES.replace("A3,NE", '"=A3",'))
    assert result.exit_code == 5, result.output
    assert sorted(str(item.relative_to(out)) for item in out.rglob("*.csv")) == [
        "coverage.csv", "coverage_by_area.csv", "problems.csv", "set_aside/cases.csv"]
    aside = (out / "set_aside" / "cases.csv").read_text().splitlines()
    assert aside == ["row,reason,case_id,area,opened_on,opened_recorded_on,sex",
                     "5,area is blank,'=A3,,2023-01-09,2023-01-09,F"]
    problems = pd.read_csv(out / "problems.csv")
    assert set(problems["severity"]) == {"row set aside", "refused column", "note"}


def test_json_holds_the_same(tmp_path: Path) -> None:
    result = run(tmp_path / "book", "--json")
    said = json.loads(result.output)
    assert said["exit_code"] == result.exit_code == 0
    assert said["tables"][0] == {"table": "cases", "rows_in": 9, "rows_used": 9, "rows_set_aside": 0,
                                 "cells_blanked": 0}
    assert said["recorded_to"] == "2024-01-10"
    assert any(row["column"] == "parent_email" for row in said["problems"])


def test_the_help_has_an_example() -> None:
    assert "dispute-risk check records/northmoor --out checked" in CliRunner().invoke(command, ["--help"]).output


def test_the_command_is_listed_without_loading_what_is_heavy() -> None:
    code = ("import sys; import dispute_risk.commands.check; "
            "print([name for name in ('pandas', 'numpy', 'pyarrow', 'openpyxl') if name in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
