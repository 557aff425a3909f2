"""The business case as a workbook whose results follow its inputs, for a finance colleague to rerun and edit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dispute_risk.explain.words import day_in_words
from dispute_risk.mediation.business_case import BusinessCase
from dispute_risk.mediation.deflator import weights_of
from dispute_risk.mediation.scenarios import SCENARIOS
from dispute_risk.mediation.unit_costs import STATUSES
from dispute_risk.records.write import written_beside
from dispute_risk.reports.business_case_formulas import LINES, OptionBlock, result_rows, stored_results, write_option
from dispute_risk.reports.weekly_guidance import INVENTED

__all__ = ["write_business_case_workbook"]

FIRST_INPUT = 4
"""Row of the first input, counted from nought."""
FORMATS: dict[str, dict[str, object]] = {
    "words": {"text_wrap": True}, "pounds": {"num_format": "£#,##0;[Red]-£#,##0"}, "number": {"num_format": "#,##0.0000"},
    "ratio": {"num_format": "0.00"}, "whole": {"num_format": "#,##0"},
    "plain": {"num_format": "#,##0.00"}, "factor": {"num_format": "0.0000"},
    "input": {"num_format": "#,##0.0000", "bg_color": "#FFF8DC", "border": 1, "border_color": "#B9C2CB", "locked": False},
    "input_words": {"text_wrap": True, "bg_color": "#FFF8DC", "border": 1, "border_color": "#B9C2CB", "locked": False},
    "input_share": {"num_format": "0.00%", "bg_color": "#FFF8DC", "border": 1, "border_color": "#B9C2CB", "locked": False},
    "waiting": {"text_wrap": True, "bold": True, "bg_color": "#F6D5C5", "border": 1, "border_color": "#B9C2CB"},
    "heading": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bg_color": "#E8EEF6"},
    "title": {"bold": True, "font_size": 15, "font_color": "#1D3557"}, "mark": {"bold": True, "font_color": "#8B0000"},
    "total": {"num_format": "£#,##0;[Red]-£#,##0", "bold": True, "top": 1}, "total_words": {"bold": True, "top": 1},
}


@dataclass
class Written:
    """The workbook under way: its formats, and the mark of invented records."""

    book: Any
    formats: Mapping[str, Any]
    mark: str

    def sheet(self, name: str, title: str, widths: Sequence[float]) -> Any:
        """Add a sheet with its title, its mark, its widths and its print set-up."""
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, title, self.formats["title"])
        if self.mark:
            sheet.write_string(1, 0, self.mark, self.formats["mark"])
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.mark.replace('&', '&&')}&Rpage &P of &N")
        return sheet

    def headings(self, sheet: Any, row: int, words: Sequence[str], first: int = 0) -> None:
        """Write a row of headings."""
        for place, text in enumerate(words):
            sheet.write_string(row, first + place, text, self.formats["heading"])


def write_business_case_workbook(case: BusinessCase, path: str | Path, *, data_note: str) -> Path:
    """Write the workbook beside its place and move it there.

    Every formula is this tool's own; a text that comes from the records or from an inputs file is written as text.

    Parameters
    ----------
    case : BusinessCase
    path : path
    data_note : str
        What the records are.

    Raises
    ------
    OutputNotWritten
        Where the place cannot be written.
    """
    import xlsxwriter

    with written_beside(path) as beside:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(str(beside), options) as book:
            book.set_properties({"title": "Business case: the mediation pilot", "author": "dispute-risk",
                                 "created": pd.Timestamp(case.as_of).to_pydatetime()})
            formats = {name: book.add_format({"valign": "top", **given}) for name, given in FORMATS.items()}
            written = Written(book, formats, INVENTED if case.synthetic else "")
            front = written.sheet("Read first", "Should the mediation pilot be extended?", (38, 20, 20, 16, 20, 20, 20))
            _inputs(written, case)
            _rules_and_prices(written, case)
            values = {code: one.central for code, one in case.inputs.uprated.items()}
            blocks = _calculation(written, case, values)
            stored = {code: stored_results(block, values) for code, block in blocks.items()}
            _results(written, blocks, stored)
            _front(written, front, case, data_note, stored)
            _tables(written, case)
    return Path(path)


def _front(
    written: Written, sheet: Any, case: BusinessCase, data_note: str, stored: Mapping[str, Mapping[str, float | str]]
) -> None:
    words = written.formats["words"]
    lines = [
        f"{case.authority}, on records as known on {day_in_words(case.as_of)}; prices of {case.inputs.price_year}, real; against "
        "stopping.",
        f"As first worked out: {case.summary()}",
        "To change something: write in the pale yellow cells of the sheets Inputs and Rules and prices. To see what the low or "
        "the high end of an input does, choose it in the column Which. The results below, Calculation and Results follow at "
        "once. The sheets Uncertainty, Tornado and Records do not: they stand as worked out; for new ones, edit inputs.toml "
        "and run dispute-risk business-case again with --inputs.",
        "Red cells are placeholders: no figure was found and they are no facts. Complete them first.",
        data_note,
    ]
    row = 2
    for line in lines:
        row += 1
        sheet.merge_range(row, 0, row, 6, line, words)
        sheet.set_row(row, 15 * math.ceil(len(line) / 150) + 3)
    row += 2
    written.headings(sheet, row, ["Option, as the inputs now stand", "Net present social value", "Without optimism bias",
                                  "Benefit-cost ratio", "The authority's payments", "The authority's officer time",
                                  "Appeals fewer per 100 offers to break even"])
    columns = ("net", "net_unadjusted", "ratio", "net_cash", "net_time", "switching_effect")
    for place, code in enumerate(code for code, one in SCENARIOS.items() if one.years):
        sheet.write_string(row + 1 + place, 0, SCENARIOS[code].label, words)
        for column, name in enumerate(columns, start=1):
            kind = {"ratio": "ratio", "switching_effect": "plain"}.get(name, "pounds")
            sheet.write_formula(row + 1 + place, column, f"={name}_{code}", written.formats[kind],
                                stored[code][name])
    sheet.activate()


def _inputs(written: Written, case: BusinessCase) -> None:
    formats, law, used = written.formats, case.inputs.rules, case.inputs.uprated
    sheet = written.sheet("Inputs", "Inputs", (38, 8, 12, 12, 12, 9, 12, 10, 9, 13, 20, 45, 30))
    sheet.write_string(2, 0, "Pale yellow: to edit. Red: a placeholder, not a fact. Low and high: 10th and 90th percentiles.")
    written.headings(sheet, FIRST_INPUT - 1, [
        "Input", "Unit", "Central", "Low", "High", "Which", "Chosen", "Prices of", "Factor", "Value used", "Rests on", "Source",
        "Note"])
    for place, one in enumerate(case.inputs.stated.values()):
        row = FIRST_INPUT + place
        line = row + 1
        sheet.write_string(row, 0, one.label, formats["waiting" if one.to_complete else "words"])
        sheet.write_string(row, 1, one.unit, formats["words"])
        for column, amount in enumerate((one.central, one.low, one.high), start=2):
            sheet.write_number(row, column, amount, formats["input"])
        sheet.write_string(row, 5, "central", formats["input_words"])
        sheet.data_validation(row, 5, row, 5, {"validate": "list", "source": ["central", "low", "high"]})
        sheet.write_formula(row, 6, f'=IF(F{line}="low",D{line},IF(F{line}="high",E{line},C{line}))', formats["number"],
                            one.central)
        sheet.write_string(row, 7, one.price_year, formats["input_words"])
        sheet.write_formula(row, 8, f'=IF(H{line}="",1,base_level/VLOOKUP(H{line}&"",price_levels,2,FALSE))', formats["factor"],
                            law.deflator.factor(one.price_year) if one.price_year else 1.0)
        sheet.write_formula(row, 9, f"=G{line}*I{line}", formats["number"], used[one.code].central)
        _tall(sheet, row, ((one.label, 38), (one.source, 45), (one.note, 30), (STATUSES[one.status], 20)))
        sheet.write_string(row, 10, STATUSES[one.status], formats["waiting" if one.to_complete else "input_words"])
        sheet.write_string(row, 11, one.source, formats["input_words"])
        sheet.write_string(row, 12, one.note, formats["input_words"])
        written.book.define_name(one.code, f"=Inputs!$J${line}")
    sheet.freeze_panes(FIRST_INPUT, 1)
    sheet.autofilter(FIRST_INPUT - 1, 0, FIRST_INPUT - 1 + len(case.inputs.stated), 12)
    sheet.repeat_rows(FIRST_INPUT - 1)


def _rules_and_prices(written: Written, case: BusinessCase) -> None:
    formats, law = written.formats, case.inputs.rules
    sheet = written.sheet("Rules and prices", "Rules of appraisal, and prices", (44, 14, 100))
    written.headings(sheet, 3, ["Rule", "Value", "Source, and what is to be checked"])
    rows = (("discount_rate", "Discount rate, a year, real", law.discount_rate, "discount"),
            ("costs_added", "Optimism bias: added to costs", law.costs_added, "optimism_bias"),
            ("benefits_taken_off", "Optimism bias: taken off benefits", law.benefits_taken_off, "optimism_bias"),
            ("benefits_in_year_of_offer", "Benefits that fall in the year of the offer", law.benefits_in_year_of_offer, "timing"))
    for place, (name, label, value, note) in enumerate(rows):
        row = 4 + place
        told = law.notes.get(note, {})
        sheet.write_string(row, 0, label, formats["words"])
        sheet.write_number(row, 1, value, formats["input_share"])
        words = " ".join(told[key] for key in ("source", "to_check") if key in told)
        sheet.write_string(row, 2, words, formats["words"])
        _tall(sheet, row, ((words, 100),))
        written.book.define_name(name, f"='Rules and prices'!$B${row + 1}")
    top = 10
    written.headings(sheet, top - 1, ["Prices of", "Level", law.deflator.series])
    for place, text in enumerate((law.deflator.source, law.deflator.to_check)):
        sheet.write_string(top + place, 2, text)
    years = sorted(law.deflator.index)
    for place, year in enumerate(years):
        sheet.write_string(top + place, 0, str(year), formats["words"])
        sheet.write_number(top + place, 1, law.deflator.index[year], formats["input"])
    cell = {year: f"B{top + place + 1}" for place, year in enumerate(years)}
    row = top + len(years)
    spans = sorted({one.price_year for one in case.inputs.stated.values() if one.price_year} - {str(year) for year in years})
    for span in spans:
        sheet.write_string(row, 0, span, formats["words"])
        sheet.write_formula(row, 1, _level_formula(span, cell), formats["number"], law.deflator.level(span))
        row += 1
    written.book.define_name("price_levels", f"='Rules and prices'!$A${top + 1}:$B${row}")
    written.book.define_name("base_level", f"='Rules and prices'!$B${top + len(years)}")
    sheet.write_string(row + 1, 0, f"Amounts are brought to the prices of {years[-1]}.", formats["words"])


def _level_formula(span: str, cell: Mapping[int, str]) -> str:
    """Return the level of a financial year or of a span of years, from the cells of the calendar years."""
    weights = weights_of(span)
    return "=" + "+".join(f"{weight!r}*{cell[year]}" for year, weight in weights.items())


def _tall(sheet: Any, row: int, cells: Sequence[tuple[str, int]]) -> None:
    """Make a row as high as its longest text needs; not every program does so by itself."""
    sheet.set_row(row, 15 * max(1, *(math.ceil(1.15 * len(text) / width) for text, width in cells), 1) + 2)


def _calculation(written: Written, case: BusinessCase, values: Mapping[str, float]) -> dict[str, OptionBlock]:
    years = max(one.years for one in SCENARIOS.values()) + 1
    sheet = written.sheet("Calculation", "Calculation, option by option, against stopping",
                          (48, 15, *([15] * years), 18, 18))
    row, blocks = 3, {}
    for code, option in SCENARIOS.items():
        if option.years:
            blocks[code] = write_option(written, sheet, row, option, years, case.worths[code], values)
            row = blocks[code].after + 2
    sheet.freeze_panes(3, 1)
    return blocks


def _results(
    written: Written, blocks: Mapping[str, OptionBlock], stored: Mapping[str, Mapping[str, float | str]]
) -> None:
    sheet = written.sheet("Results", "Results, as the inputs now stand", (62, *([22] * len(blocks))))
    written.headings(sheet, 3, ["", *(SCENARIOS[code].label for code in blocks)])
    for place, (name, label, kind) in enumerate(LINES):
        row = 4 + place
        sheet.write_string(row, 0, label, written.formats["words"])
        for column, (code, block) in enumerate(blocks.items(), start=1):
            sheet.write_formula(row, column, result_rows(block)[name], written.formats[kind], stored[code][name])
            letter = chr(ord("A") + column)
            written.book.define_name(f"{name}_{code}", f"=Results!${letter}${row + 1}")
    sheet.freeze_panes(4, 1)


def _tables(written: Written, case: BusinessCase) -> None:
    """Write what does not follow the inputs: the draws, the tornado and the records."""
    spread = pd.DataFrame([{
        "Option": SCENARIOS[code].label, "10th percentile": one.low, "Middle": one.middle, "90th percentile": one.high,
        "Mean": one.mean, "Share of draws above nothing": one.pays,
        "The same, the authority's payments and time": one.pays_authority,
        "Knowing the effect exactly is worth": case.information[code].perfect if code in case.information else 0.0,
        "A trial of the pilot's offers is worth": case.information[code].trial if code in case.information else 0.0,
    } for code, one in case.spread.items()])
    tornado = case.tornado[["label", "unit", "low", "high", "net_at_low", "net_at_high", "swing", "status"]]
    tornado = tornado.set_axis(["Input", "Unit", "Low", "High", "Net at the low end", "Net at the high end", "Swing",
                                "Rests on"], axis=1)
    areas = case.facts.table.set_axis(["Area", "Decisions", "Offers", "Appeals", "Offers since the start"], axis=1)
    draws = next(iter(case.spread.values())).draws
    _values(written, "Uncertainty", f"{draws:,} draws of all inputs: as worked out, does not follow the inputs", spread)
    _values(written, "Tornado", "One input at a time: as worked out, does not follow the inputs", tornado)
    _values(written, "Records", "Counts by area, year to the as-of date", areas)


def _values(written: Written, name: str, title: str, table: pd.DataFrame) -> None:
    sheet = written.sheet(name, title, (44, *([18] * (len(table.columns) - 1))))
    written.headings(sheet, 3, list(table.columns))
    for line, row in enumerate(table.to_dict("records"), start=4):
        for place, value in enumerate(row.values()):
            if isinstance(value, str):
                sheet.write_string(line, place, value, written.formats["words"])
            else:
                kind = "whole" if isinstance(value, int) else "pounds" if abs(float(value)) >= 1000 else "plain"
                sheet.write_number(line, place, float(value), written.formats[kind])
        _tall(sheet, line, ((str(next(iter(row.values()))), 44),))
    sheet.freeze_panes(4, 1)
    sheet.autofilter(3, 0, 3 + len(table), len(table.columns) - 1)
