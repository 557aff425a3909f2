"""Documents of governance: every kind of part on the page, nothing unescaped, drafts marked, one file for all answers."""

from __future__ import annotations

import re
import tomllib

import numpy as np
import pandas as pd
import pytest

from dispute_risk.errors import DocumentsUnfinished, OutputNotWritten, UnreadableFile
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.mediation.learned_benefit import FEWEST_APPEALS, FEWEST_OFFERED
from dispute_risk.model.bias_checklist import bias_checklist
from dispute_risk.model.cusum import poisson_chart
from dispute_risk.records.tables import TABLES
from dispute_risk.reports.governance_page import as_markdown, as_page, write_folder
from dispute_risk.reports.governance_parts import Answer, Document, Frame, Grid, Picture, Points, Section, Words
from dispute_risk.reports.governance_questions import QUESTIONS, draft_answers, read_answers
from dispute_risk.reports.governance_set import documents_of, refuse_unfinished
from dispute_risk.reports.governance_watch import _sums_picture

FRAME = Frame("Town & <County>", "release", "2 March 2026", "Records.", True)
MANIFEST = {"name": "release", "as_of": "2026-03-02", "expires_on": "2027-03-02", "horizon_days": 182, "synthetic": True,
            "rung": "ridge", "features": list(STANDARD.names), "verdict": "not proven", "reasons": ["Too few appeals."],
            "metrics": {"precision": 0.14, "precision_low": 0.1, "precision_high": 0.19, "appeals": 60.0},
                        "data": {"casebook": "ab12"},
            "versions": {"python": "3.11"}, "random_state": 0}
USE = pd.DataFrame({"feature": ["a"], "label": ["Days late"], "family": ["Statutory delay"], "source": ["a regulation"],
                    "voice": [False], "use": ["points"]})


def every(answers=None):
    return documents_of(MANIFEST, USE, bias_checklist(MANIFEST), None, answers or {})


def text_of(documents) -> str:
    return "\n".join(as_markdown(document, FRAME) for document in documents)


def test_all_parts_stand_on_the_page_and_nothing_of_them_is_code():
    evil = "<script>x</script>"
    document = Document("x", evil, evil, (Section(evil, (
        Words(evil), Points((evil,)), Grid(evil, (evil, "B"), ((evil, "act"),)), Answer(QUESTIONS[0], evil),
        Answer(QUESTIONS[0], None), Picture("<svg></svg>", evil))),), evil)
    page = as_page(document, FRAME)
    assert "<script>" not in page and page.count("&lt;script&gt;") >= 9
    assert "TO BE COMPLETED BY the head of SEND" in page and "Town &amp; &lt;County&gt;" in page
    assert '<td class="act">act</td>' in page and "<svg></svg>" in page
    assert "Invented records" in page


def test_a_table_in_markdown_keeps_its_columns():
    told = as_markdown(Document("x", "T", "L", (Section("S", (Grid("C", ("A", "B"), (("a|b", "c\nd"),)),)),)), FRAME)
    assert "| a\\|b | c d |" in told


def test_every_question_is_asked_in_some_document_and_drafted_in_the_file(tmp_path):
    asked = {answer.question.key for document in every() for answer in document.missing}
    assert asked == {question.key for question in QUESTIONS}
    place = draft_answers(tmp_path / "answers.toml")
    assert list(tomllib.loads(place.read_text())) == [question.key for question in QUESTIONS]
    assert read_answers(place) == {}
    with pytest.raises(OutputNotWritten, match="may hold answers"):
        draft_answers(place)


def test_what_is_open_is_listed_at_once_and_nothing_is_open_with_all_answers(tmp_path):
    with pytest.raises(DocumentsUnfinished) as refused:
        refuse_unfinished(every(), "answers.toml")
    assert len(refused.value.problems) == len(QUESTIONS) and refused.value.exit_code == 12
    full = {question.key: "Said." for question in QUESTIONS}
    refuse_unfinished(every(full), "answers.toml")
    assert "TO BE COMPLETED" not in text_of(every(full))
    assert all("Draft" not in document.status for document in every(full))


def test_the_annex_names_every_column_that_can_be_read():
    told = as_markdown(every()[2], FRAME)
    for declared in TABLES:
        for column in declared:
            assert f"| {declared.name} | {column.name} |" in told
    assert "audited only, never a feature" in told


def test_the_annex_names_the_one_file_that_is_made_to_be_sent_and_what_it_rests_on_at_the_least():
    said = " ".join(text_of(every()).split())
    assert f"sums over {FEWEST_OFFERED} offers and {FEWEST_APPEALS} appeals at the least, and no case" in said


def test_unknown_figures_are_said_to_be_unknown():
    told = text_of(every())
    assert "The records themselves were not looked at" in told
    assert "14.0%" in told and "10.0% to 19.0%" in told
    assert not re.search(r"\b(nan|NaN|None|inf)\b", told)


def test_words_for_people_claim_no_cause():
    told = text_of(every()).lower()
    for word in ("because of", "due to", "caused by", "leads to", "prevents", "drives "):
        assert word not in told, word


@pytest.mark.parametrize("text", ["team = ", "team = 3", "nobody = \"x\""])
def test_answers_that_cannot_be_used_are_refused(tmp_path, text):
    place = tmp_path / "answers.toml"
    place.write_text(text)
    with pytest.raises(UnreadableFile):
        read_answers(place)


def test_a_folder_is_written_whole_or_not_at_all(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("x")
    with pytest.raises(OutputNotWritten, match="is a file"):
        write_folder(taken, every(), FRAME)
    (tmp_path / "out" / "model_card.html").mkdir(parents=True)
    with pytest.raises(OutputNotWritten):
        write_folder(tmp_path / "out", every(), FRAME)
    assert not list((tmp_path / "out").glob(".documents-*"))


def test_invented_tables_are_marked(tmp_path):
    write_folder(tmp_path, every()[:1], FRAME, tables={"a.csv": pd.DataFrame({"x": [1]})})
    assert (tmp_path / "a.csv").read_text().startswith("x,invented")


def test_the_drawing_says_what_it_shows_and_survives_nothing():
    days = np.arange("2025-01", "2026-01", dtype="datetime64[M]").astype("datetime64[D]")
    chart = poisson_chart(days, np.full(12, 9.0), np.full(12, 3.0), 1000)
    drawn = _sums_picture(chart, [str(day) for day in days], "Appeals <x>")
    assert "the limit for more is reached" in drawn and "&lt;x&gt;" in drawn
    assert _sums_picture(poisson_chart([], np.zeros(0), np.zeros(0), 10), [], "x") == ""
