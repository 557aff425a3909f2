"""Where an authority stands, as a workbook to sort and reuse: one sheet a subject, every figure a value."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dispute_risk.england.headlines import change_in_appeals, headlines
from dispute_risk.records.write import written_beside

if TYPE_CHECKING:
    from dispute_risk.england.standing import Standing

__all__ = ["write_england_workbook"]

_WORDS, _WHOLE, _RATE, _RATIO = "words", "whole", "rate", "ratio"
_WIDTHS = {_WORDS: 24, _WHOLE: 12, _RATE: 11, _RATIO: 11}

_Column = tuple[str, str, str, int]
"""Column of the table, heading, kind of cell, width (0 for the usual one)."""


def _columns(*rows: tuple[str, str, str] | _Column) -> tuple[_Column, ...]:
    return tuple((row[0], row[1], row[2], row[3] if len(row) == 4 else _WIDTHS[row[2]]) for row in rows)


_RATES = _columns(
    ("label", "Rate", _WORDS, 34), ("base", "Base", _WORDS, 48), ("count", "Count", _WHOLE),
    ("of", "Of", _WHOLE),
    ("rate", "Here, per 100", _RATE), ("low", "Chance: from", _RATE), ("high", "Chance: to", _RATE),
    ("england", "England", _RATE), ("region_rate", "Region", _RATE), ("like_rate", "Alike", _RATE),
    ("p10", "10th of 100", _RATE),
    ("p25", "25th of 100", _RATE), ("p50", "Middle", _RATE), ("p75", "75th of 100", _RATE),
    ("p90", "90th of 100", _RATE),
    ("rank", "Rank from highest", _WHOLE), ("authorities", "Authorities", _WHOLE),
    ("verdict", "Is the difference more than chance?", _WORDS, 60), ("note", "Note", _WORDS, 50),
    ("source", "Source", _WORDS, 14),
)
_TREND = _columns(
    ("label", "Rate", _WORDS, 34), ("year", "Year", _WORDS, 8), ("count", "Count", _WHOLE),
    ("of", "Of", _WHOLE), ("rate", "Here, per 100", _RATE),
    ("low", "Chance: from", _RATE), ("high", "Chance: to", _RATE), ("england", "England", _RATE),
    ("region_rate", "Region", _RATE), ("after_break", "From 2022 return", _WORDS, 16),
)
_APPEALS = _columns(
    ("year", "Year", _WORDS, 8), ("appeals", "Appeals", _WHOLE),
    ("old_base", "Decisions, old base", _WHOLE, 18), ("old_rate", "Rate, old base", _RATE, 14),
    ("new_base", "Decisions, new base", _WHOLE, 18), ("new_rate", "Rate, new base", _RATE, 14),
    ("england_appeals", "England: appeals", _WHOLE, 16),
    ("england_old_base", "England: decisions, old base", _WHOLE, 26),
    ("england_old_rate", "England: rate, old base", _RATE, 22),
    ("england_new_base", "England: decisions, new base", _WHOLE, 26),
    ("england_new_rate", "England: rate, new base", _RATE, 22),
)
_LIKE = _columns(
    ("name", "Authority", _WORDS, 34), ("region", "Region", _WORDS), ("distance", "Distance", _RATIO),
    ("plans", "Plans", _WHOLE),
    ("need_asd", "Autism, %", _RATE), ("need_semh", "SEMH, %", _RATE), ("need_slcn", "SLCN, %", _RATE),
    ("need_mld", "MLD, %", _RATE),
    ("special", "Special schools, %", _RATE, 18), ("why", "Why it is here", _WORDS, 90),
)
_FUNNEL = _columns(
    ("name", "Authority", _WORDS, 34), ("region", "Region", _WORDS), ("count", "Count", _WHOLE),
    ("base", "Base", _WHOLE), ("rate", "Per 100", _RATE),
    ("rank", "Rank from highest", _WHOLE, 17), ("z_chance", "z, chance alone", _RATIO, 15),
    ("z_spread", "z, with the spread", _RATIO, 17),
    ("low", "95% limit: from", _RATE, 15), ("high", "95% limit: to", _RATE, 15),
    ("words", "Position", _WORDS, 70),
)
_ASSOCIATED = _columns(
    ("year", "Year", _WORDS, 8), ("base", "Base of the appeal rate", _WORDS, 22),
    ("label", "Held against", _WORDS, 52), ("authorities", "Authorities", _WHOLE),
    ("correlation", "Rank correlation", _RATIO, 16), ("low", "95%: from", _RATIO), ("high", "95%: to", _RATIO),
    ("beyond_size", "With size taken out", _RATIO, 18), ("beyond_size_low", "95%: from", _RATIO),
    ("beyond_size_high", "95%: to", _RATIO),
)
_GROUPS = _columns(
    ("topic", "By", _WORDS, 12), ("group", "Group", _WORDS, 38), ("kind", "Figure", _WORDS, 12),
    ("refused_base", "Requests", _WHOLE), ("refused_count", "Refused", _WHOLE),
    ("refused_rate", "Refused per 100", _RATE, 15), ("mediation_count", "Mediation", _WHOLE),
    ("mediation_rate", "Per 100 refusals", _RATE, 16),
    ("appeal_count", "Appeals", _WHOLE), ("appeal_rate", "Per 100 refusals", _RATE, 16),
    ("appeal_ratio", "Ratio", _RATIO),
    ("appeal_ratio_low", "95%: from", _RATIO), ("appeal_ratio_high", "95%: to", _RATIO),
    ("compared_with", "Compared with", _WORDS, 24),
)
_EXPECTED = _columns(
    ("label", "Appeals against", _WORDS, 70), ("decisions", "Decisions", _WHOLE),
    ("national_rate", "National per 100", _RATE, 16),
    ("at_national_rates", "At national rates", _RATE, 16), ("expected", "Expected here", _RATE, 14),
    ("low", "Range: from", _WHOLE), ("high", "Range: to", _WHOLE),
    ("rate", "Rate here per 100", _RATE, 16), ("rate_low", "Range: from", _RATE),
    ("rate_high", "Range: to", _RATE),
)
_SOURCES = _columns(
    ("source", "Key", _WORDS, 20), ("title", "Title", _WORDS, 70), ("publisher", "Publisher", _WORDS, 36),
    ("years", "Years", _WORDS, 26),
    ("address", "Address", _WORDS, 60), ("licence", "Licence", _WORDS, 50), ("note", "Note", _WORDS, 60),
)


def write_england_workbook(standing: Standing, path: str | Path) -> Path:
    """Write the workbook beside its place and move it there.

    Parameters
    ----------
    standing : Standing
        From `england.standing.where_it_stands`.
    path : path
        Where the workbook is to be.

    Raises
    ------
    OutputNotWritten
        Where the place cannot be written.
    """
    import xlsxwriter

    with written_beside(path) as temporary:
        # A name from a file must never become a formula or a link.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(str(temporary), options) as book:
            book.set_properties({"title": f"Where {standing.name} stands in England, {standing.year}",
                                 "comments": standing.attribution})
            formats = _formats(book)
            _front(book, formats, standing)
            for title, note, columns, table in _sheets(standing):
                _sheet(book, formats, title, note, columns, table)
    return Path(path)


def _formats(book):
    top = {"valign": "top"}
    return {
        _WORDS: book.add_format({**top, "text_wrap": True}), _WHOLE: book.add_format({**top, "num_format": "#,##0"}),
        _RATE: book.add_format({**top, "num_format": "0.0"}), _RATIO: book.add_format({**top, "num_format": "0.00"}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1,
                                    "bg_color": "#E8EEF6"}),
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#0B3C6F"}),
        "figure": book.add_format({"bold": True, "font_size": 13, "align": "left", "valign": "top"}),
    }


def _front(book, formats, standing: Standing) -> None:
    sheet = book.add_worksheet("Read first")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 62, formats[_WORDS])
    sheet.set_column(2, 2, 60, formats[_WORDS])
    sheet.write_string(0, 0, f"Where {standing.name} stands in England, {standing.year}", formats["title"])
    sheet.merge_range(1, 0, 1, 2, standing.summary(), formats[_WORDS])
    sheet.set_row(1, 34)
    row = 3
    for item in headlines(standing):
        sheet.write_string(row, 0, item.figure, formats["figure"])
        sheet.write_string(row, 1, item.what, formats[_WORDS])
        sheet.write_string(row, 2, item.against, formats[_WORDS])
        row += 1
    change = change_in_appeals(standing)
    words = [*([f"Appeals registered: {change.words}"] if change else []), *standing.notes,
             standing.comparable.summary(), standing.associations.summary(),
             *(groups.summary() for groups in standing.groups.values()),
             *([standing.expected.summary()] if standing.expected else []), standing.attribution]
    for line in words:
        row += 1
        sheet.merge_range(row, 0, row, 2, line, formats[_WORDS])
        sheet.set_row(row, 15 * math.ceil(len(line) / 125) + 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _sheets(standing: Standing) -> list[tuple[str, str, tuple[_Column, ...], pd.DataFrame]]:
    labels = {name: funnel.label for name, funnel in standing.funnels.items()}
    trend = standing.trend[standing.trend["year"] <= standing.year]
    trend = trend.assign(label=trend["measure"].map(lambda name: labels.get(name, _label(name))),
                         after_break=trend["after_break"].map({True: "yes", False: ""}))
    groups = pd.concat([result.table.rename_axis("group").reset_index().assign(
        topic=topic, compared_with=result.compared_with) for topic, result in standing.groups.items()])
    appeals = _numbers(standing.published_appeals[standing.published_appeals["year"] <= standing.year])
    sheets = [
        ("Rates", "Per 100, with the base of each rate.", _RATES, standing.table),
        ("Years", "An empty cell was not published, or is in doubt.", _TREND, trend),
        ("Appeals", "As published; words stand where a symbol was published.", _APPEALS, appeals),
        ("Alike", standing.comparable.summary(), _LIKE, standing.comparable.table.rename_axis("name").reset_index()),
    ]
    for name, title in (("appeal_rate_old_base", "Funnel, old base"), ("appeal_rate_new_base", "Funnel, new base"),
                        ("refusal_to_assess", "Funnel, refusals"), ("plans_in_20_weeks", "Funnel, 20 weeks")):
        if name in standing.funnels:
            sheets.append((title, standing.funnels[name].summary(), _FUNNEL, _funnel_rows(standing, name)))
    sheets += [
        ("What goes with it", standing.associations.summary(), _ASSOCIATED, standing.associations.table),
        ("Groups", next(iter(standing.groups.values())).summary(), _GROUPS, groups),
    ]
    if standing.expected is not None:
        sheets.append(("Appeals to expect", standing.expected.summary(), _EXPECTED, standing.expected.table))
    return [*sheets, ("Sources", standing.attribution, _SOURCES, standing.sources)]


def _label(name: str) -> str:
    from dispute_risk.england.measures import rate_called

    return rate_called(name).label


def _funnel_rows(standing: Standing, name: str) -> pd.DataFrame:
    from dispute_risk.england.funnel import POSITIONS

    funnel = standing.funnels[name]
    low, high = funnel.limits(funnel.table["base"])
    table = funnel.table.assign(low=low, high=high, words=funnel.table["position"].map(POSITIONS))
    return table.sort_values("rank", kind="stable").rename_axis("name").reset_index()


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the published figures as numbers where they are numbers; words stay."""
    def number(words: object) -> object:
        text = str(words).replace(",", "")
        return float(text) if text.replace(".", "", 1).isdigit() else words

    return table.map(number).assign(year=table["year"])


def _sheet(book, formats, title: str, note: str, columns: tuple[_Column, ...], table: pd.DataFrame) -> None:
    sheet = book.add_worksheet(title)
    sheet.write_string(0, 0, note)
    for place, (_, heading, _, width) in enumerate(columns):
        sheet.write_string(1, place, heading, formats["heading"])
        sheet.set_column(place, place, width)
    for line, (_, row) in enumerate(table.iterrows(), start=2):
        for place, (column, _, kind, _) in enumerate(columns):
            _write(sheet, line, place, row[column], kind, formats)
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, 1 + max(len(table), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _write(sheet, line: int, place: int, value: object, kind: str, formats) -> None:
    if isinstance(value, str):
        sheet.write_string(line, place, value, formats[_WORDS])
    elif value is None or pd.isna(value):  # type: ignore[call-overload]
        sheet.write_blank(line, place, None, formats[kind])
    else:
        sheet.write_number(line, place, float(value), formats[kind])  # type: ignore[arg-type]
