"""The small drawings: on scale, inside their frame, and said in words for those who do not see them."""

import datetime as dt
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.reports.charts import SQUARES_DRAWN, date_strip, range_bar, round_top, week_bars

MONDAY = dt.date(2025, 11, 17)


def read(svg):
    drawing = ElementTree.fromstring(svg)
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label")
    return drawing


@given(st.floats(1e-6, 1e6))
def test_a_scale_ends_just_above_the_largest_number(largest):
    top = round_top(largest)
    assert largest <= top * (1 + 1e-6)
    assert top <= 2 * largest * (1 + 1e-6)


def test_a_scale_for_nothing_still_has_an_end():
    assert round_top(0) == 1.0
    assert round_top(float("nan")) == 1.0


def test_a_number_stands_between_the_ends_of_its_range():
    drawing = read(range_bar(0.2, 0.1, 0.4, 0.5, "says", beside=0.05, ends=("0", "50")))
    band, dot = drawing.find("rect"), drawing.find("circle")
    left, wide, centre = float(band.get("x")), float(band.get("width")), float(dot.get("cx"))
    assert left < centre < left + wide
    # 6 pixels of margin on a bar of 260: 0.2 of 0.5 lies two fifths along.
    assert centre == pytest.approx(6 + 0.4 * 248)


def test_a_number_off_the_scale_stays_in_the_frame():
    dot = read(range_bar(9, None, None, 1, "says")).find("circle")
    assert float(dot.get("cx")) == pytest.approx(254)


def test_words_in_a_drawing_cannot_break_out_of_it():
    assert read(range_bar(1, None, None, 2, '"><script>')).get("aria-label") == '"><script>'


def test_the_strip_draws_each_date_once_and_says_it():
    drawing = read(date_strip({MONDAY: 2}, {MONDAY + dt.timedelta(days=3): 1}, MONDAY))
    squares = [rect for rect in drawing.findall("rect") if rect.get("height") == "11.0"]
    filled = [rect for rect in squares if rect.get("stroke") is None]
    assert (len(filled), len(squares)) == (2, 3)
    assert "17 Nov 2025: 2 last dates" in drawing.get("aria-label")
    assert "20 Nov 2025: 1 step due" in drawing.get("aria-label")


def test_a_crowded_day_is_numbered():
    drawing = read(date_strip({MONDAY: 25}, {}, MONDAY))
    assert len([rect for rect in drawing.findall("rect") if rect.get("height") == "11.0"]) == SQUARES_DRAWN
    assert "25" in [text.text for text in drawing.findall("text")]


def test_the_bars_carry_their_numbers():
    drawing = read(week_bars([1, 0, 4], ["a", "b", "c"], 4, "Dates"))
    assert [float(rect.get("height")) for rect in drawing.findall("rect")] == [15.5, 0.0, 62.0]
    assert drawing.get("aria-label") == "Dates: a: 1, b: 0 and c: 4."


def test_no_bars_and_nothing_to_compare():
    assert read(week_bars([0, 0], ["a", "b"], 0, "Dates")).findall("rect")
