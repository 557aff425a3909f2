"""The pages of the weekly list: whole, readable by everyone, marked where invented, and careful in their words."""

import dataclasses
import itertools
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from weekly_sample import LONG, empty_lists, invented_lists

from dispute_risk.reports.weekly_guidance import INVENTED, NOT_FOR
from dispute_risk.reports.weekly_page import ROWS_SHOWN, TEMPLATES, area_page, head_of_service_page
from dispute_risk.reports.weekly_view import area_weeks

VOID = {"meta", "br", "line", "rect", "circle", "input", "hr"}
NEVER_SAID = re.compile(r"because of|due to|caused|drives|leads to|will reduce|prevents|\bscore\b", re.IGNORECASE)


class Page(HTMLParser):
    """Reads a page and refuses one whose tags do not close in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes), tuple(self.open)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, words):
        if "style" not in self.open:
            self.words.append(words)

    def all(self, *names):
        return [(tag, attributes) for tag, attributes, _ in self.tags if tag in names]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def area_text(lists, number=0):
    return area_page(area_weeks(lists)[number], lists)


def head_text(lists):
    return head_of_service_page(area_weeks(lists), lists)


@pytest.fixture(scope="module")
def lists():
    return invented_lists()


@pytest.fixture(scope="module", params=[area_text, head_text], ids=["area", "head of service"])
def page(request, lists):
    return Page(request.param(lists))


def test_the_page_opens_for_everyone(page):
    assert page.all("html")[0][1]["lang"] == "en-GB"
    assert len(page.all("h1")) == 1
    assert {"main", "header", "footer", "nav"} <= {tag for tag, _ in page.all("main", "header", "footer", "nav")}
    levels = [int(tag[1]) for tag, _ in page.all("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_part_of_the_page_is_named(page):
    ids = [attributes["id"] for _, attributes, _ in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes, _ in page.tags if "aria-labelledby" in attributes]
    links = [attributes["href"][1:] for _, attributes in page.all("a") if attributes["href"].startswith("#")]
    assert set(named) | set(links) <= set(ids)
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(attributes.get("scope") in ("col", "row") for _, attributes in page.all("th"))
    assert all(attributes["role"] == "img" and attributes["aria-label"] for _, attributes in page.all("svg"))


def test_the_page_needs_nothing_from_elsewhere(page):
    assert page.all("script", "link", "img", "iframe") == []
    links = [attributes["href"] for _, attributes in page.all("a")]
    assert all(re.fullmatch(r"#\w+|weekly_[\w-]+\.html|head_of_service\.html", link) for link in links)
    assert "url(" not in (TEMPLATES / "weekly.css").read_text(encoding="utf-8")


def test_the_page_says_what_it_is_and_what_it_is_not_for(page, lists):
    assert "Monday 17 November 2025" in page.text
    assert lists.release in page.text
    assert lists.data_note in page.text
    assert lists.notes[0] in page.text
    assert all(rule in page.text for rule in NOT_FOR)


def test_the_page_claims_no_cause(page):
    assert NEVER_SAID.findall(page.text) == []


def test_invented_records_are_marked_on_every_part_and_real_ones_nowhere(lists):
    for text in (area_text(lists), head_text(lists)):
        page = Page(text)
        assert page.text.count("Invented records") >= len(page.all("section"))
        style = text[text.index("@bottom-left"):text.index("@bottom-right")]
        assert INVENTED in style
    real = dataclasses.replace(lists, synthetic=False, authority="Northmoor", data_note="Its casebook.")
    for text in (area_text(real), head_text(real)):
        assert "nvented" not in Page(text).text
        assert "nvented" not in text[text.index("@bottom-left"):text.index("@bottom-right")]


def test_a_card_says_what_to_do_next(lists):
    week = area_weeks(lists)[0]
    line = week.this_week[0]
    text = Page(area_page(week, lists)).text
    card = text[text.index(f"1. {line.case_id}"):text.index("2. ")]
    for said in (line.next_step, line.step_why, line.reason_1, line.broken_duty, "New this week"):
        assert said in card
    assert line.step_owner.capitalize() in card
    assert "21 to 43 in 100" in card


def test_a_case_without_dates_or_step_is_said_to_have_none(lists):
    cases = lists.cases.assign(duty_due_on=pd.NaT, last_date_on=pd.NaT, step_by_on=pd.NaT, next_step="",
                               broken_duty="Send the final plan within 20 weeks", last_date_is="the window closes")
    text = area_text(dataclasses.replace(lists, cases=cases))
    assert "NaT" not in text and "None," not in text
    assert "date not recorded</strong>: the window closes" in text
    assert "the window closes: date not recorded" in text
    assert ", due" not in Page(text).text
    assert "None suggested: the case officer decides" in text
    assert "The next 4 weeks" not in text


def test_the_unheard_are_not_repeated_but_found_above(lists):
    week = area_weeks(lists)[0]
    quiet = next(line for line in week.this_week if line.list == "unheard")
    page = area_page(week, lists)
    section = page[page.index('<h2 id="unheard">'):page.index('<h2 id="duties">')]
    assert f"number {week.numbers[quiet.case_id]} ({quiet.case_id})" in section
    assert "<table" not in section
    longer = area_text(invented_lists(lengths=LONG))
    assert "<table" in longer[longer.index('<h2 id="unheard">'):longer.index('<h2 id="duties">')]
    assert "Further likely disputes" in longer
    assert "Further likely disputes" not in page


def test_places_not_filled_are_said(lists):
    cases = lists.cases[lists.cases["list"] != "unheard"]
    assert "3 places not filled." in Page(area_text(dataclasses.replace(lists, cases=cases))).text


def test_a_risk_is_drawn_only_where_the_list_rests_on_it(lists):
    week = area_weeks(lists)[0]
    cards = area_page(week, lists).split('<article class="case')[1:]
    for line, card in zip(week.this_week, cards, strict=True):
        assert ("<svg" in card.split("</article>")[0]) == (line.list == "likely_disputes")


def test_what_the_records_hold_cannot_become_part_of_the_page(lists):
    evil = '<script>alert(1)</script>"\'&'
    cases = lists.cases.assign(case_id=evil, reason_1=evil, next_step=evil, state=evil)
    hostile = dataclasses.replace(lists, cases=cases, authority="</style><b>x", data_note=evil, notes=(evil,))
    for text in (area_text(hostile), head_text(hostile)):
        assert Page(text).all("script", "b") == []
        assert text.count("</style>") == 1


@pytest.mark.parametrize("write", [area_text, head_text])
def test_an_empty_week_is_a_whole_page(write):
    page = Page(write(empty_lists()))
    assert "nan" not in page.text.split()
    assert "No case" in page.text or "No duty" in page.text


def test_a_long_list_is_cut_and_says_so(lists):
    here = lists.cases.query("area == 'NE'")
    duties = here.query("list == 'duties_outstanding'").iloc[[0] * (ROWS_SHOWN + 3)]
    duties = duties.assign(case_id=[f"NE-{number}" for number in range(len(duties))], rank=range(1, len(duties) + 1))
    text = area_text(dataclasses.replace(lists, cases=duties))
    assert "3 more cases on this list: see the workbook." in text


def test_the_areas_stand_side_by_side(lists):
    page = Page(head_text(lists))
    links = [attributes["href"] for _, attributes in page.all("a")]
    assert {"weekly_NE.html", "weekly_SW.html"} <= set(links)
    expected = lists.areas.set_index("area").loc["NE"]
    assert (f"{expected['expected_appeals']:.0f} ({expected['expected_low']:.0f} to {expected['expected_high']:.0f})"
            in page.text)
    assert f"{lists.areas['duties_outstanding'].sum():,}" in page.text
    for count in lists.duties["outstanding"]:
        assert f" {count} " in page.text


def test_many_areas_go_down_the_page():
    areas = tuple(f"Area {number}" for number in range(40))
    page = Page(head_text(invented_lists(areas)))
    rows = [attributes for tag, attributes in page.all("th") if attributes.get("scope") == "row"]
    assert len(rows) == 2 * 40 + 1


def brightness(colour):
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_number_on_the_heat_table_stands_out_from_its_cell():
    css = (TEMPLATES / "weekly.css").read_text(encoding="utf-8")
    names = dict(re.findall(r"--(\w+): (#\w{6})", css))
    pairs = [(names["soft"], names["wash"]), (names["ink"], "#ffffff"), (names["soft"], "#ffffff")]
    for level, paint, ink in re.findall(r"\.heat(\d) \{ background: (#\w+);(?: color: (#\w+);)?", css):
        whole = paint if len(paint) == 7 else "#ffffff"
        pairs.append(("#ffffff" if ink else names["ink"], whole))
        assert level in "01234"
    assert len(pairs) == 8
    for one, other in pairs:
        dark, light = sorted((brightness(one), brightness(other)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_templates_are_translated_once_and_the_page_is_the_same(tmp_path, monkeypatch):
    from dispute_risk.reports import weekly_page

    lists = invented_lists()
    week = area_weeks(lists)[0]
    weekly_page._environment.cache_clear()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    plain = area_page(week, lists)
    assert weekly_page._translated() is None
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    for _ in range(2):  # the second time from what was kept
        weekly_page._environment.cache_clear()
        assert area_page(week, lists) == plain
        assert list(tmp_path.rglob("*.cache"))
    weekly_page._environment.cache_clear()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert weekly_page._translated() is None
