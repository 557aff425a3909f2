"""One appeal in full: guard-rails, evidence counted back, the answers file and the words shown."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from dispute_risk.errors import RefusedUse, UnreadableFile
from dispute_risk.reports.appeal_text import appeal_lines, open_appeals_lines
from dispute_risk.tribunal.answers import answers_form, read_answers
from dispute_risk.tribunal.desk import appeal_page
from dispute_risk.tribunal.open_appeals import open_appeals
from dispute_risk.tribunal.options import Choice

AS_OF = dt.date(2025, 7, 14)
NEVER_SAID = re.compile(
    r"because of|due to|caused by|drives|leads to|prevents|\bscore\b|winning|defend|likely to win", re.I
)


def test_costs_are_hidden_until_the_checklist_is_completed(casebook) -> None:
    page = appeal_page(casebook, "K1", AS_OF)
    assert not page.options.costs_shown and all(option.cost is None for option in page.options.options)
    assert "GBP" not in "\n".join(appeal_lines(page))
    shown = appeal_page(casebook, "K1", AS_OF, checklist_done=True)
    assert all(option.cost is not None for option in shown.options.options)
    assert "GBP" in "\n".join(appeal_lines(shown))


def test_the_page_says_what_it_cannot_say(casebook) -> None:
    text = " ".join(" ".join(appeal_lines(appeal_page(casebook, "K1", AS_OF, checklist_done=True))).split())
    assert "not the chance of this one" in text and "no advice to resist" in text
    assert "INVENTED RECORDS" in text
    assert not NEVER_SAID.search(text), NEVER_SAID.search(text)


@pytest.mark.parametrize(("case_id", "as_of"), [
    ("K1", AS_OF), ("K1", dt.date(2025, 12, 1)), ("K2", dt.date(2025, 1, 6))])
def test_every_line_fits_eighty_columns(casebook, case_id: str, as_of: dt.date) -> None:
    lines = appeal_lines(appeal_page(casebook, case_id, as_of, checklist_done=True))
    assert max(len(line) for line in lines) < 80
    assert not any("nan" in line or "NaT" in line or "None" in line.split() for line in lines)


def test_evidence_is_counted_back_from_the_date_for_evidence(casebook) -> None:
    page = appeal_page(casebook, "K1", AS_OF, dates={"evidence": dt.date(2025, 11, 3)})
    by = {piece.what: piece for piece in page.evidence.pieces}
    advice = by["speech and language advice"]
    assert advice.ask_by == dt.date(2025, 9, 22) and not advice.too_late  # six weeks before
    answer = by["answer of the special school asked on 23 May 2025"]
    assert answer.ask_by == dt.date(2025, 10, 19)  # fifteen days before
    letter = by["decision letter and notice as sent"]
    assert letter.ask_by == dt.date(2025, 10, 27)  # five working days before
    late = appeal_page(casebook, "K1", dt.date(2025, 10, 25), dates={"evidence": dt.date(2025, 11, 3)})
    assert {piece.what: piece for piece in late.evidence.pieces}["speech and language advice"].too_late


def test_conceding_today_says_what_and_by_when(casebook) -> None:
    page = appeal_page(casebook, "K1", AS_OF)
    concede = page.options.options[0]
    assert [(duty.what, duty.due_on) for duty in concede.obliges] == [
        ("issue the plan as amended", dt.date(2025, 8, 18))]
    assert "reg 45" in concede.obliges[0].source and page.options.after_response == ""
    late = appeal_page(casebook, "K1", dt.date(2025, 9, 23))
    assert "reg 44" in late.options.options[0].obliges[0].source and late.options.after_response


def test_an_appeal_that_has_ended_has_no_options(casebook) -> None:
    page = appeal_page(casebook, "K2", dt.date(2025, 1, 6), checklist_done=True)
    assert page.options.options == ()
    text = "\n".join(appeal_lines(page))
    assert "BREACHED" in text and "EVIDENCE MISSING" not in text and "GBP" not in text


def test_to_answer_a_named_reviewer_gives_a_reason() -> None:
    with pytest.raises(RefusedUse) as refused:
        Choice("answer", AS_OF)
    assert len(refused.value.problems) == 2
    assert Choice("answer", AS_OF, "head of SEND", "The advice of 14 March answers each point.").option == "answer"
    assert Choice("concede", AS_OF).reason == ""
    with pytest.raises(RefusedUse, match="one of concede"):
        Choice("fight", AS_OF)


def test_the_form_is_read_back_and_completes_the_checklist(casebook, tmp_path) -> None:
    page = appeal_page(casebook, "K1", AS_OF)
    path = tmp_path / "answers.toml"
    path.write_text(answers_form(page.file, page.checklist), "utf-8")
    assert read_answers(path, "K1").checklist == {}
    questions = path.read_text("utf-8").split("[dates]")[0]
    path.write_text(re.sub(r'^(\w+) = ""$', r'\1 = "yes"', questions, flags=re.M)
                    + '[dates]\nevidence = 2025-11-03\n[causes]\nprimary = "advice_missing"\n'
                    'further = ["late_assess"]\n'
                    '[choice]\noption = "concede"\nchosen_on = 2025-07-15\n', "utf-8")
    answers = read_answers(path, "K1")
    after = appeal_page(casebook, "K1", AS_OF, answers)
    assert after.checklist.completed and after.options.costs_shown
    assert after.answers.primary_cause == "advice_missing" and after.dates.step("evidence").on == dt.date(2025, 11, 3)
    assert "Concede now, 15 July 2025" in "\n".join(appeal_lines(after))


def test_every_problem_of_an_answers_file_is_told_at_once(tmp_path) -> None:
    path = tmp_path / "answers.toml"
    path.write_text('case_id = "K2"\n[checklist]\nnotice_complete = "perhaps"\nno_such = "yes"\n'
                    '[dates]\nevidence = "soon"\njudge = 2025-01-01\n'
                    '[causes]\nprimary = "weather"\n[choice]\noption = "answer"\n', "utf-8")
    with pytest.raises(UnreadableFile) as refused:
        read_answers(path, "K1")
    assert len(refused.value.problems) == 9
    path.write_text("notice = = yes", "utf-8")
    with pytest.raises(UnreadableFile, match="TOML"):
        read_answers(path)


def test_the_page_as_data_is_json(casebook) -> None:
    data = json.loads(json.dumps(appeal_page(casebook, "K1", AS_OF).as_data()))
    assert data["synthetic"] is True and data["options"][0]["cost"] is None
    assert data["timetable"][2]["on"] == "2025-09-22"
    assert {row["ground"] for row in data["record"]} == {"provision", "no_placement"}


def test_open_appeals_put_breaches_first(casebook) -> None:
    listed = open_appeals(casebook, dt.date(2025, 1, 6))
    assert [(one.case_id, one.status) for one in listed.appeals] == [("K2", "breached")]
    listed = open_appeals(casebook, AS_OF)
    assert [(one.case_id, one.status, one.days_left) for one in listed.appeals] == [
        ("K2", "breached", -223), ("K1", "open", 70)]
    assert [one.case_id for one in open_appeals(casebook, AS_OF, "N").appeals] == ["K1"]
    late = open_appeals(casebook, dt.date(2026, 2, 20))
    assert {one.case_id: one.status for one in late.appeals} == {"K2": "breached", "K1": "check"}
    assert max(map(len, open_appeals_lines(listed))) < 80


def test_a_casebook_with_only_cases_and_appeals_still_gives_a_page(casebook) -> None:
    bare = casebook.with_tables({name: casebook.tables[name] for name in ("cases", "appeals")})
    page = appeal_page(bare, "K1", AS_OF, checklist_done=True)
    assert page.file.decision is None and page.dates.next_step is not None
    assert {line.answer for line in page.checklist.lines} <= {"not recorded", "no"}
    assert "no notice in the records fits" in "\n".join(appeal_lines(page))
    # Without the plans nobody can say that a duty was missed, so nothing is called a breach in the list.
    assert [one.case_id for one in open_appeals(bare, AS_OF).appeals] == ["K1"]
    assert appeal_page(bare, "K2", AS_OF).dates.step("duty_1").status == "check"


def test_an_appeal_without_grounds_or_dates_gives_a_page(casebook) -> None:
    casebook.tables["appeals"].loc[0, ["grounds", "response_due_on", "hearing_on"]] = [None, None, None]
    page = appeal_page(casebook, "K1", AS_OF, checklist_done=True)
    assert "grounds not recorded" in "\n".join(appeal_lines(page))
    assert page.dates.step("response").on == dt.date(2025, 9, 22) and page.dates.step("hearing").status == "ask"
