"""The table of rulings: dated, sourced, searchable; an edited copy is checked."""

from __future__ import annotations

import pytest

from dispute_risk import terms
from dispute_risk.errors import UnreadableFile
from dispute_risk.tribunal.case_law import case_law


def test_every_ruling_has_source_date_and_known_grounds() -> None:
    law = case_law()
    assert len(law.rulings) == 27
    for one in law.rulings:
        assert one.source.startswith("http") and one.checked_on and one.point and one.citation
        assert one.grounds and set(one.grounds) <= set(terms.GROUND)


def test_rulings_only_read_in_secondary_pages_are_left_out() -> None:
    citations = " ".join(one.citation for one in case_law().rulings)
    for left_out in ("[2018] UKUT 13", "[2025] UKUT 226", "Oxfordshire"):
        assert left_out not in citations


@pytest.mark.parametrize(("words", "citation"), [
    ("section F", "[1998] ELR 129"), ("full", "[2010] UKUT 180 (AAC)"), ("necessary", "[2020] EWCA Civ 226"),
    ("transport", "[2016] UKUT 246 (AAC)"), ("2022 EWHC 493", "[2022] EWHC 493 (Admin)"),
])
def test_search(words: str, citation: str) -> None:
    assert citation in [one.citation for one in case_law().about(words).rulings]


def test_section_i_is_not_section_f() -> None:
    assert all("Section I" in one.issue or "section I" in one.issue for one in case_law().about("section I").rulings)
    assert not case_law().about("no such thing").rulings


def test_an_edited_copy_is_checked(tmp_path) -> None:
    path = tmp_path / "law.csv"
    path.write_text("issue,grounds,case,citation,point,source,checked_on\na,placement,b,c,d,,soon\n", "utf-8")
    with pytest.raises(UnreadableFile) as refused:
        case_law(path)
    assert len(refused.value.problems) == 2
    path.write_text("issue,case\na,b\n", "utf-8")
    with pytest.raises(UnreadableFile, match="no column grounds"):
        case_law(path)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        case_law(tmp_path / "absent.csv")
