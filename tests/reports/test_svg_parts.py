"""The parts of the pictures: whatever is said stands in them safely, and the drawing is one that can be read."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.reports.svg_parts import DARK, GRID, drawing, line, text

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40)


@given(WORDS, WORDS)
def test_what_is_said_comes_back_as_it_was_given(words, says):
    read = ElementTree.fromstring(drawing(40, 10, says, [text(1, 2, words)]))
    assert read.get("aria-label") == says
    assert (read.find("text").text or "") == words


def test_a_text_without_more_has_no_blank_at_its_end_only_where_that_is_asked_for():
    assert text(1, 2, "a", more=None) == f'<text x="1.0" y="2.0" text-anchor="middle" fill="{DARK}">a</text>'
    assert text(1, 2, "a") == text(1, 2, "a", more=None).replace('">', '" >')


def test_a_line_is_pale_unless_a_colour_is_given():
    plain, marked = (ElementTree.fromstring(one) for one in (line(0, 1, 2, 3), line(0, 1, 2, 3, DARK, 'stroke-width="2"')))
    assert [plain.get(name) for name in ("x1", "y1", "x2", "y2", "stroke")] == ["0.0", "1.0", "2.0", "3.0", GRID]
    assert (marked.get("stroke"), marked.get("stroke-width")) == (DARK, "2")


@pytest.mark.parametrize("namespace", [True, False])
def test_a_drawing_says_how_large_it_is_in_whole_pixels(namespace):
    read = ElementTree.fromstring(drawing(860, 43.6, "says", [], size=14, namespace=namespace))
    assert read.tag == ("{http://www.w3.org/2000/svg}svg" if namespace else "svg")
    assert (read.get("viewBox"), read.get("width"), read.get("height")) == ("0 0 860 44", "860", "44")
    assert (read.get("font-size"), read.get("role")) == ("14", "img")
