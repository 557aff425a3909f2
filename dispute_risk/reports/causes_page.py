"""The causes report as one web page that needs no network and prints on A4: what a committee can be handed."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.causes.counts import ALL
from dispute_risk.causes.disclosure import WITHHELD
from dispute_risk.causes.lines import Heading, Lines, tables_of
from dispute_risk.causes.pattern_lines import cases_behind, cost_lines, found, pattern_lines, trend_lines
from dispute_risk.causes.report import CausesReport
from dispute_risk.explain.words import first_capital, short_day
from dispute_risk.reports.causes_pictures import area_picture, pattern_picture, quarter_picture
from dispute_risk.reports.causes_words import HOW_TO_READ, NOT_FOR, WITHHELD_NOTE, key_points, notes, period, title
from dispute_risk.reports.weekly_guidance import INVENTED

__all__ = ["Document", "causes_page", "document", "shown"]

DRAWN = 6


@dataclass(frozen=True)
class Document:
    """Everything the page and the workbook show, in their order; both are made from it.

    Parameters
    ----------
    report : CausesReport
    points : list of str
        The key points.
    patterns, costs, trend, cases : Lines or None
    tables : dict of str to Lines
    """

    report: CausesReport
    points: list[str]
    patterns: Lines | None
    costs: Lines | None
    trend: Lines | None
    cases: Lines | None
    tables: dict[str, Lines]

    @property
    def every(self) -> list[Lines]:
        """Every table, the patterns first."""
        lead = [one for one in (self.patterns, self.costs, self.trend) if one is not None]
        return [*lead, *self.tables.values(), *([self.cases] if self.cases is not None else [])]

    @property
    def withheld_note(self) -> str:
        """What the sign for a withheld number means; '' where none is."""
        made = self.report.protected
        return WITHHELD_NOTE.format(most=made.threshold - 1, base=made.base) if made is not None else ""


def document(report: CausesReport) -> Document:
    """Return what the report shows."""
    patterns = pattern_lines(report) if report.patterns is not None else None
    costs = cost_lines(report, patterns) if patterns is not None and report.costs and len(found(patterns)) else None
    cases = cases_behind(report) if report.patterns is not None and not report.for_publication else None
    moved = trend_lines(report) if report.trend is not None else None
    tables = tables_of(report)
    return Document(report, key_points(report, patterns, costs, tables["duties"]), patterns, costs, moved, cases, tables)


def shown(report: CausesReport, row: Any, heading: Heading) -> Any:
    """Return one value as it stands in a table: a number, text, a date, or the sign of a withheld number.

    A rate is withheld where a count on its line is; where nothing is withheld, a missing number is a blank.
    """
    value = row.get(heading.name)
    if isinstance(value, str | dt.date):
        return value
    if value is None or pd.isna(value):
        if not report.for_publication or heading.kind not in ("count", "rate", "ratio", "money"):
            return None
        if heading.kind == "count":
            return WITHHELD
        counts = [row[name] for name in ("appeals", "decisions", "among", "appealed", "open", "old_base") if name in row]
        return WITHHELD if np.isnan(np.array(counts, float)).any() and heading.name != "share" else None
    return float(value)


def causes_page(made: Document) -> str:
    """Return the page as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    report = made.report
    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)
    environment.globals.update(first_capital=first_capital)
    environment.filters["cells"] = lambda lines: _cells(report, lines)
    return environment.get_template("causes.html").render(
        css=(folder / "weekly.css").read_text("utf-8"), made=made, report=report, title=title(report), period=period(report),
        tiles=_tiles(made), patterns=_pattern_rows(made), pictures=_pictures(made), notes=notes(report),
        how_to_read=HOW_TO_READ, not_for=NOT_FOR,
        invented=INVENTED, facts=_facts(report), one_area=bool(report.counted.area),
    )


def _cells(report: CausesReport, lines: Lines) -> list[tuple[int, list[tuple[str, str]]]]:
    """Return the lines of a table as text, each with its depth and the kind of every cell."""
    rows = []
    for row in lines.frame.to_dict("records"):
        cells = [(_as_text(shown(report, row, heading), heading.kind), heading.kind) for heading in lines.headings]
        rows.append((int(row.get("depth", 0)), cells))
    return rows


def _pattern_rows(made: Document) -> dict[str, list[dict[str, str]]]:
    """Return the patterns found, and the others, in the few columns that fit a page; the workbook has them all."""
    out: dict[str, list[dict[str, str]]] = {"found": [], "others": []}
    if made.patterns is None:
        return out
    kinds = {heading.name: heading for heading in made.patterns.headings}
    for row in made.patterns.frame.to_dict("records"):
        text = {name: _as_text(shown(made.report, row, heading), heading.kind) for name, heading in kinds.items()}
        text["range"] = "" if text["low"] in ("–", WITHHELD) else f"{text['low']} to {text['high']}"
        text["each"] = ", for each one more" if row["per"] == "each" else ""
        out["found" if row["sure"] else "others"].append(text)
    return out


def _as_text(value: Any, kind: str) -> str:
    if value is None:
        return "" if kind in ("words", "mark", "date") else "–"
    if isinstance(value, dt.date):
        return short_day(value)
    if isinstance(value, str):
        return value
    if math.isinf(value):
        return "no limit"
    return {"rate": f"{value:,.1f}", "ratio": f"{value:,.2f}"}.get(kind, f"{value:,.0f}").replace("-", "−")


def _tiles(made: Document) -> list[tuple[str, str, str]]:
    report = made.report

    def said(number: float) -> str:
        return WITHHELD if math.isnan(number) else f"{number:,.0f}"

    total, decisions = report.count("appeals by kind", ALL), report.count("decisions by kind", ALL)
    known = not math.isnan(total) and decisions > 0
    tiles = [("Appeals registered", said(total), "in the period"),
             ("Per 100 decisions", f"{100 * total / decisions:.1f}" if known else WITHHELD,
              f"of {said(decisions)} that could be appealed"),
             ("Coded by the officer", said(report.count("appeals coded", "yes")), "of these appeals")]
    if made.patterns is not None:
        number = len(found(made.patterns))
        tiles.append(("Patterns found", f"{number}", f"of {len(made.patterns.frame)} looked for"))
    return tiles


def _pictures(made: Document) -> dict[str, str]:
    rows = found(made.patterns).head(DRAWN) if made.patterns is not None else pd.DataFrame()
    return {"patterns": pattern_picture(rows) if len(rows) else "",
            "areas": area_picture(made.tables["areas"].frame),
            "quarters": quarter_picture(made.tables["quarters"].frame)}


def _facts(report: CausesReport) -> list[tuple[str, str]]:
    facts = [("Records", f"{report.authority}, up to {short_day(report.recorded_to)}"), ("Period", period(report)),
             ("Areas", report.counted.area or "all")]
    if not report.for_publication:
        facts.append(("Made from", report.data_note))
    return facts
