"""The documents on where an authority stands: whole, readable, self-contained, and equal to the figures."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner

from dispute_risk.commands.england import command
from dispute_risk.england.measures import ATTRIBUTION
from dispute_risk.england.standing import where_it_stands
from dispute_risk.errors import OutputNotWritten, UnknownName
from dispute_risk.reports.england_page import england_page, write_england_page
from dispute_risk.reports.england_pictures import funnel_picture, interval_picture
from dispute_risk.reports.england_text import england_text
from dispute_risk.reports.england_workbook import write_england_workbook


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def devon():
    return where_it_stands("Devon")


@pytest.fixture(scope="module")
def page(devon):
    return england_page(devon)


def test_page_needs_no_network_and_is_accessible(page):
    tags = Tags()
    tags.feed(page)
    assert next(attributes for tag, attributes in tags.tags if tag == "html")["lang"] == "en-GB"
    assert not [tag for tag, _ in tags.tags if tag in ("script", "link", "iframe", "img")]
    assert not [attributes for _, attributes in tags.tags if "src" in attributes]
    assert "url(" not in page and "@import" not in page
    assert all(attributes.get("scope") for tag, attributes in tags.tags if tag == "th")
    assert sum(tag == "caption" for tag, _ in tags.tags) == sum(tag == "table" for tag, _ in tags.tags)
    pictures = [attributes for tag, attributes in tags.tags if tag == "svg"]
    assert len(pictures) == 11 and all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)
    levels = [int(tag[1]) for tag, _ in tags.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_page_says_figures_bases_sources_and_licence(page):
    for words in ("404", "Eight in ten", "old base", "in development", "lowest of 150", ATTRIBUTION, "Spiegelhalter"):
        assert words in page, words
    assert "nan" not in re.sub(r"<[^>]*>", " ", page).lower().split()


def test_pictures_are_whole_svg_and_mark_the_authority(devon):
    picture = funnel_picture(devon.funnels["appeal_rate_old_base"], "Devon", devon.comparable.names)
    tree = ElementTree.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    assert len(tree.findall(f"{space}circle")) == 149
    assert any(text.text == "Devon 3.7" for text in tree.findall(f"{space}text"))
    assert tree.find(f"{space}title").text and tree.find(f"{space}desc").text
    heights = [float(circle.get("cy")) for circle in tree.findall(f"{space}circle")]
    assert min(heights) >= 0 and max(heights) <= 430


def test_names_in_pictures_are_escaped():
    assert "<b>" not in interval_picture([("<b>", 0.1, 0.0, 0.2)], "a & b", "x", 0)


@pytest.mark.parametrize(("name", "year"), [("Isles of Scilly", 2024), ("Cambridgeshire", 2024), ("Surrey", 2019),
                                            ("Cumberland", 2023), ("Bournemouth, Christchurch and Poole", 2024)])
def test_documents_can_be_made_for_awkward_authorities(name, year, tmp_path):
    standing = where_it_stands(name, year)
    assert f"Where {name} stands" in england_page(standing)
    assert max(len(line) for line in england_text(standing).splitlines()) <= 80
    book = openpyxl.load_workbook(write_england_workbook(standing, tmp_path / "book.xlsx"))
    assert book.sheetnames[0] == "Read first" and book.sheetnames[-1] == "Sources"


def test_text_fits_80_columns_and_holds_the_figures(devon):
    text = england_text(devon)
    assert max(len(line) for line in text.splitlines()) <= 80
    for words in ("404", "10,987", "8,007, rate 5.0; England 6.1", "Wiltshire: same region", ATTRIBUTION.split()[0]):
        assert words in text, words


def test_workbook_holds_values_not_formulas_and_frozen_headings(devon, tmp_path):
    book = openpyxl.load_workbook(write_england_workbook(devon, tmp_path / "devon.xlsx"))
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B3", sheet.title
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    rates = book["Rates"]
    headings = [cell.value for cell in rates[2]]
    first = dict(zip(headings, [cell.value for cell in rates[3]], strict=True))
    assert (first["Count"], first["Of"]) == (404, 10987)
    assert first["Here, per 100"] == pytest.approx(100 * 404 / 10987)
    assert len(list(book["Funnel, old base"].iter_rows(min_row=3))) == 149
    assert book["Sources"]["F3"].value == ATTRIBUTION


def test_a_place_that_cannot_be_written_leaves_nothing(devon, tmp_path):
    (tmp_path / "taken").mkdir()
    for write in (write_england_page, write_england_workbook):
        with pytest.raises(OutputNotWritten):
            write(devon, tmp_path / "taken")
    assert list((tmp_path / "taken").iterdir()) == []


def test_command_prints_writes_and_gives_json(tmp_path):
    runner = CliRunner()
    printed = runner.invoke(command, ["tameside"])
    assert printed.exit_code == 0 and "Where Tameside stands in England, 2024" in printed.output
    page, book = tmp_path / "t.html", tmp_path / "t.xlsx"
    written = runner.invoke(command, ["tameside", "--html", str(page), "--xlsx", str(book)])
    assert written.exit_code == 0 and page.stat().st_size > 50_000 and book.stat().st_size > 10_000
    figures = json.loads(runner.invoke(command, ["tameside", "--json", "--year", "2023"]).output)
    assert figures["authority"] == "Tameside" and figures["year"] == 2023
    assert next(row for row in figures["rates"] if row["rate_name"] == "appeal_rate_old_base")["count"] == 27
    assert figures["attribution"] == ATTRIBUTION


def test_command_refuses_unknown_names_and_years():
    runner = CliRunner()
    assert isinstance(runner.invoke(command, ["Nowhere"]).exception, UnknownName)
    assert runner.invoke(command, ["Devon", "--year", "2013"]).exit_code == 2
