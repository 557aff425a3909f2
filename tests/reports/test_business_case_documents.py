"""The business case as page, Word document and files: the answer first, the borrowed effect said, nothing half written."""

from __future__ import annotations

import builtins
import re
import sys
from pathlib import Path

import pytest

from dispute_risk.errors import DisputeRiskError, OutputNotWritten
from dispute_risk.reports.business_case_files import TABLES, write_business_case
from dispute_risk.reports.business_case_page import business_case_page
from dispute_risk.reports.business_case_pictures import steps
from dispute_risk.reports.business_case_word import write_business_case_word
from dispute_risk.reports.business_case_words import document

sys.path.insert(0, str(Path(__file__).parents[1] / "mediation"))
from business_case_sample import AS_OF, OWN, REFUSES, case

NEVER_SAID = re.compile(r"because|due to|caused|drives|leads to|prevents|\bscores?\b|defend|\bnan\b|\binf\b", re.IGNORECASE)
NOTE = "Records drawn by hand."


@pytest.fixture(scope="module")
def borrowed():
    return case()


@pytest.fixture(scope="module")
def page(borrowed):
    return business_case_page(document(borrowed, NOTE), ["business_case.xlsx"])


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S).split())


def test_the_page_opens_with_the_first_paragraph_and_says_what_the_effect_rests_on(borrowed, page):
    words = words_of(page).replace("&#39;", "'")
    assert words.index(borrowed.lead[0]) < words.index("Against stopping; with")
    assert "The effect is borrowed." in words and words.index("The effect is borrowed.") < words.index("Against stopping; with")
    assert "http" not in re.sub(r"https?://(www\.w3\.org|doi)", "", page)


def test_a_study_of_its_own_takes_the_warning_away_and_is_shown(page):
    shown = words_of(business_case_page(document(case((OWN, REFUSES)), NOTE)))
    assert "The effect is borrowed." not in shown
    assert "Refused. Too few areas: 2; at least 4 are needed." in shown and "6.0 fewer" in shown


def test_no_word_claims_a_cause_and_no_number_is_missing(page):
    hit = NEVER_SAID.search(words_of(page))
    assert hit is None, words_of(page)[max(0, hit.start() - 80):hit.end() + 80]


def test_invented_records_are_marked_on_every_section_and_real_ones_nowhere(borrowed, page):
    assert page.count("Invented records") >= 1 + len(document(borrowed, NOTE).sections)
    assert "Invented" not in business_case_page(document(case(synthetic=False), NOTE))


def test_what_comes_from_the_records_cannot_break_the_page():
    shown = business_case_page(document(case(authority="<script>alert(1)</script>"), NOTE))
    assert "<script>" not in shown


def test_placements_stand_apart_and_in_no_sum(borrowed):
    sections = {section.code: section for section in document(borrowed, NOTE).sections}
    told = str(sections["left-out"].blocks)
    assert "in no sum above" in told and "£52,000" in told and "either way" in told
    for code in ("options", "purses", "switching"):
        assert "special school" not in str(sections[code].blocks)


def test_every_placeholder_is_listed_before_anyone_signs(borrowed):
    first = str(document(borrowed, NOTE).sections[0].blocks)
    assert "Before anyone signs" in first and first.count("is a placeholder") == len(borrowed.inputs.placeholders) == 5


def test_the_steps_of_an_axis_are_round_and_few():
    for low, high in ((-142_000, 12_000), (0, 900), (-3_000_000, 10), (5, 6)):
        found = steps(low, high)
        assert len(found) <= 9 and all(low <= one <= high for one in found)


def test_the_word_document_holds_the_same_words(borrowed, tmp_path):
    docx = pytest.importorskip("docx", reason="python-docx is not installed: the Word document is not tested")
    path = write_business_case_word(document(borrowed, NOTE), tmp_path / "case.docx", as_of=AS_OF)
    file = docx.Document(str(path))
    text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert borrowed.summary() in text and "Invented records" in text
    cells = {cell.text for table in file.tables for row in table.rows for cell in row.cells}
    assert {"Extend by 12 months", "Every area, three years"} <= cells
    assert file.core_properties.created.date() == AS_OF
    headings = [paragraph.text for paragraph in file.paragraphs if paragraph.style.name == "Heading 1"]
    assert len(headings) == len(document(borrowed, NOTE).sections) + 1


def test_without_python_docx_it_says_how_to_install_it_and_how_to_do_without(borrowed, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "docx":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DisputeRiskError, match=r"dispute-risk\[word\].*--no-word"):
        write_business_case(borrowed, tmp_path / "case", data_note=NOTE, records="records")
    assert not any((tmp_path / "case").iterdir())


def test_all_files_are_written_and_edited_ones_are_not_written_over(borrowed, tmp_path):
    out = tmp_path / "case"
    written = write_business_case(borrowed, out, data_note=NOTE, records="records", word=False)
    assert written[0].name == "business_case.html" and sorted(written) == sorted(out.iterdir())
    assert {path.name for path in written} == {"business_case.html", "business_case.xlsx", "inputs.toml", *TABLES}
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(OutputNotWritten, match="may have been edited"):
        write_business_case(borrowed, out, data_note=NOTE, records="records", word=False)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    write_business_case(borrowed, out, data_note=NOTE, records="records", word=False, replace=True)
    assert (out / "options.csv").read_bytes() == before["options.csv"]
    assert "invented" in (out / "options.csv").read_text(encoding="utf-8").splitlines()[0]
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(OutputNotWritten):
        write_business_case(borrowed, blocked, data_note=NOTE, records="records", word=False)
