"""The commands on files: read only what is needed, the same facts as the whole casebook, nothing half written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from dispute_risk.commands.appeal import command as appeal
from dispute_risk.commands.appeals import command as appeals
from dispute_risk.records.read import read_casebook
from dispute_risk.tribunal.reading import read_for_appeals


@pytest.fixture
def folder(casebook, tmp_path) -> Path:
    place = tmp_path / "records"
    place.mkdir()
    for name, table in casebook.tables.items():
        plain = table.copy()
        for column in plain.select_dtypes("number"):
            plain[column] = plain[column].astype("Int64")
        plain.to_csv(place / f"{name}.csv", index=False)
    (place / "casebook.toml").write_text('authority = "Drawnshire"\nsynthetic = true\nrecorded_to = 2025-12-31\n')
    return place


def run(command, *arguments):
    return CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)


def test_appeal_shows_the_page_and_writes_calendar_and_form(folder, tmp_path) -> None:
    ics, form = tmp_path / "dates.ics", tmp_path / "answers.toml"
    done = run(appeal, folder, "K1", "--as-of", "2025-07-14", "--date", "evidence=2025-11-03", "--ics", ics,
               "--answers-form", form)
    assert done.exit_code == 0 and "INVENTED RECORDS" in done.output and "3 Nov 2025" in done.output
    assert "\x1b[" not in done.output
    assert ics.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n") and "notice_complete" in form.read_text()
    again = run(appeal, folder, "K1", "--as-of", "2025-07-14", "--answers", form)
    assert again.exit_code == 0


def test_appeal_as_json_is_only_json(folder, tmp_path) -> None:
    done = CliRunner().invoke(appeal, [str(folder), "K1", "--json", "--ics", str(tmp_path / "a.ics")])
    assert json.loads(done.stdout)["case_id"] == "K1"


def test_a_form_with_answers_is_never_overwritten(folder, tmp_path) -> None:
    from dispute_risk.errors import OutputNotWritten

    form = tmp_path / "answers.toml"
    form.write_text("# mine")
    with pytest.raises(OutputNotWritten, match="may hold answers"):
        run(appeal, folder, "K1", "--answers-form", form)
    assert form.read_text() == "# mine"


def test_appeals_lists_breaches_first(folder) -> None:
    done = run(appeals, folder, "--as-of", "2025-07-14")
    assert done.exit_code == 0 and done.output.index("K2") < done.output.index("K1")
    rows = json.loads(run(appeals, folder, "--json", "--area", "N").output)["appeals"]
    assert [row["case_id"] for row in rows] == ["K1"]


def test_law_is_searched_without_a_casebook() -> None:
    assert "[2016] UKUT 225" in run(appeal, "--law", "threshold").output
    assert run(appeal).exit_code == 2


def test_bad_dates_are_told_without_a_traceback(folder) -> None:
    for wrong in (["--as-of", "14/07/2025"], ["--date", "evidence=soon"]):
        done = run(appeal, folder, "K1", *wrong)
        assert done.exit_code == 2 and "YYYY-MM-DD" in done.output


def test_reading_one_case_gives_what_the_whole_casebook_gives(folder) -> None:
    (folder / "casebook.toml").unlink()
    whole, part = read_casebook(folder).casebook, read_for_appeals(folder, ["K1"])
    assert part.recorded_to == whole.recorded_to and part.fingerprint == whole.fingerprint
    for name, table in part.tables.items():
        of_whole = whole.tables[name]
        if name not in ("cases", "appeals"):
            of_whole = of_whole[of_whole["case_id"] == "K1"]
        pd.testing.assert_frame_equal(table.reset_index(drop=True), of_whole.reset_index(drop=True))


def test_on_northmoor_every_open_appeal_has_a_page() -> None:
    shared = Path(os.environ.get("DISPUTE_RISK_SHARED", Path(__file__).parents[3] / "shared"))
    place = shared / "casebooks" / "northmoor"
    if not place.is_dir():
        pytest.skip("shared/casebooks/northmoor is not beside the checkout")
    from dispute_risk.reports.appeal_text import appeal_lines
    from dispute_risk.tribunal.desk import appeal_page
    from dispute_risk.tribunal.open_appeals import open_appeals

    book = read_for_appeals(place)
    listed = open_appeals(book, book.recorded_to)
    still_open = [one for one in listed.appeals if one.status != "breached"]
    assert len(still_open) == 86
    for one in still_open[::6]:
        page = appeal_page(book, one.case_id, book.recorded_to)
        assert page.file.decision is not None
        assert page.dates.next_step is not None or one.status == "check"
        assert max(len(line) for line in appeal_lines(page)) < 80
