"""The weekly risk list as a page to read or print: one for each area, one over all areas."""

from __future__ import annotations

import datetime as dt
import math
import os
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispute_risk.explain.words import (
    count_in_words,
    day_in_words,
    first_capital,
    short_day,
    when_in_words,
)
from dispute_risk.reports.charts import date_strip, range_bar, round_top, week_bars
from dispute_risk.reports.weekly_guidance import INVENTED, NOT_FOR, how_to_read, made_from
from dispute_risk.reports.weekly_lines import CaseLine
from dispute_risk.reports.weekly_view import AreaWeek, changed_in_words, horizon_in_words
from dispute_risk.triage.lists import LISTS, WeeklyLists

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

__all__ = ["area_page", "head_of_service_page"]

TEMPLATES = Path(__file__).parent / "templates"
ROWS_SHOWN = 40
"""Rows of a table on a page to read; the workbook has them all."""
DAYS_AHEAD = 28
AREAS_ACROSS = 8
"""Up to this many areas stand side by side over the duties; more of them go down the page."""
HEAT_LEVELS = 4


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _translated() -> BytecodeCache | None:
    """Keep the templates translated beside them, where and as long as Python keeps its own modules so; else nothing.

    A translation is found by the content of the template and by the versions that made it.
    """
    if sys.dont_write_bytecode:
        return None
    from importlib.util import cache_from_source

    from jinja2 import FileSystemBytecodeCache

    place = Path(cache_from_source(str(TEMPLATES / "weekly.py"))).parent
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(place)) if os.access(place, os.W_OK) else None


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                              bytecode_cache=_translated())
    environment.globals.update(
        day=day_in_words, when=when_in_words, short=short_day, count=count_in_words,
        number=_number, first_capital=first_capital, invented=INVENTED, headings=LISTS, not_for=NOT_FOR,
        rows_shown=ROWS_SHOWN,
    )
    return environment


def _css_string(text: str) -> str:
    """Return text as a CSS string that cannot end the style sheet it stands in."""
    plain = "".join(letter if letter.isalnum() or letter in " .,:;()-" else f"\\{ord(letter):x} " for letter in text)
    return f'"{plain}"'


def _common(lists: WeeklyLists) -> dict[str, Any]:
    from markupsafe import Markup

    mark = f"{lists.authority}, as known on {day_in_words(lists.as_of)}, release {lists.release}"
    return {
        "lists": lists,
        "css": Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")),
        "page_mark": Markup(_css_string(f"{mark}. {INVENTED}" if lists.synthetic else mark)),
        "horizon": horizon_in_words(lists.horizon_days),
        "guide": how_to_read(lists),
        "facts": made_from(lists),
    }


def _bar_top(lines: Sequence[CaseLine]) -> float:
    largest = max((line.risk_high or line.risk or 0.0 for line in lines if line.shows_risk), default=0.0)
    return min(round_top(largest), 1.0) if largest else 0.0


def _risk_bar(line: CaseLine, usual: float | None, top: float) -> str:
    if line.risk is None or not top or not line.shows_risk:
        return ""
    beside = "" if usual is None else f"; the average of the area is {100 * usual:.1f} in 100"
    says = f"Risk {line.risk_said} ({line.range_said or 'no range'}){beside}"
    return range_bar(line.risk, line.risk_low, line.risk_high, top, says, beside=usual,
                     ends=("0", f"{100 * top:.0f} in 100"), width=330)


def _open_places(count: int) -> str:
    return f"{count_in_words(count, 'place')} not filled." if count > 0 else ""


def _expected(week: AreaWeek) -> str:
    expected, low, high = (week.figures.get(key) for key in ("expected_appeals", "expected_low", "expected_high"))
    if expected is None:
        return ""
    return f"{expected:.0f}" if low is None or high is None else f"{expected:.0f} ({low:.0f} to {high:.0f})"


def area_page(week: AreaWeek, lists: WeeklyLists) -> str:
    """Lay out one area's week as a page that needs no other file.

    Parameters
    ----------
    week : AreaWeek
        The area's week, from `area_weeks`.
    lists : WeeklyLists

    Returns
    -------
    str
        HTML.
    """
    from markupsafe import Markup

    top, usual = _bar_top(week.this_week), week.usual_risk
    closing = week.dates_ahead("last_date_on", lists.as_of, DAYS_AHEAD)
    due = week.dates_ahead("step_by_on", lists.as_of, DAYS_AHEAD)
    low, high = week.figures.get("expected_low"), week.figures.get("expected_high")
    return _environment().get_template("weekly_area.html").render(
        **_common(lists),
        week=week,
        strip=Markup(date_strip(closing, due, lists.as_of, DAYS_AHEAD)) if closing or due else "",
        last_dates=week.last_dates_ahead(lists.as_of, DAYS_AHEAD),
        open_places=_open_places(lists.capacity - len(week.this_week)),
        bar=lambda line: Markup(_risk_bar(line, usual, top)),
        bar_top=top,
        expected_range=f"range {low:.0f} to {high:.0f}" if low is not None and high is not None else "",
    )


def _by_week(week: AreaWeek, as_of: dt.date) -> list[int]:
    closing = week.dates_ahead("last_date_on", as_of, DAYS_AHEAD)
    return [sum(count for day, count in closing.items() if (day - as_of).days // 7 == number) for number in range(4)]


def _heat(weeks: Sequence[AreaWeek]) -> dict[str, Any]:
    """Lay out duties against areas, the longer of the two going down the page."""
    counts = {(week.area, duty.duty): int(duty.outstanding) for week in weeks for duty in week.duties}
    totals: dict[str, int] = {}
    for (_, duty), count in counts.items():
        totals[duty] = totals.get(duty, 0) + count
    duties, areas = sorted(totals, key=lambda duty: -totals[duty]), [week.area for week in weeks]
    most = max(counts.values(), default=0)

    def cell(area: str, duty: str) -> tuple[int | None, int]:
        count = counts.get((area, duty))
        # On the square root, so that one very common duty does not leave all the others pale.
        level = math.ceil(HEAT_LEVELS * math.sqrt(count / most)) if count and most else 0
        return count, level

    down = len(areas) > AREAS_ACROSS
    rows = ([(area, [cell(area, duty) for duty in duties]) for area in areas] if down
            else [(duty, [cell(area, duty) for area in areas]) for duty in duties])
    return {"duties": duties, "areas_down": down, "across": duties if down else areas, "rows": rows}


def _rows(weeks: Sequence[AreaWeek], as_of: dt.date) -> tuple[list[dict[str, Any]], float]:
    from markupsafe import Markup

    top = round_top(max((week.figures.get("expected_high") or week.figures.get("expected_appeals") or 0.0
                         for week in weeks), default=0.0))
    by_week = [_by_week(week, as_of) for week in weeks]
    tallest = max((count for counts in by_week for count in counts), default=0)
    labels = [short_day(as_of + dt.timedelta(days=7 * number), year=False) for number in range(4)]
    rows = []
    for week, counts in zip(weeks, by_week, strict=True):
        figures = week.figures
        expected = figures.get("expected_appeals")
        bar = "" if expected is None else range_bar(
            expected, figures.get("expected_low"), figures.get("expected_high"), top,
            f"{week.area}: {_expected(week)} appeals expected", width=170)
        says = f"{week.area}, last dates by week from"
        rows.append({"week": week, "expected": _expected(week), "bar": Markup(bar),
                     "weeks": Markup(week_bars(counts, labels, tallest, says))})
    return rows, top


def _totals(weeks: Sequence[AreaWeek]) -> list[str]:
    """Add up the columns of the areas, in their order on the page."""
    def total(key: str) -> str:
        known = [week.figures[key] for week in weeks if week.figures.get(key) is not None]
        return _number(sum(known)) if known else ""

    before = [total(key) for key in ("open_cases", "expected_appeals", "windows_closing_28_days", "duties_outstanding",
                                     "already_in_dispute")]
    return [*before, _number(sum(len(week.this_week) for week in weeks)), total("new_on_list")]


def head_of_service_page(weeks: Sequence[AreaWeek], lists: WeeklyLists) -> str:
    """Lay out all areas side by side as a page that needs no other file.

    Parameters
    ----------
    weeks : sequence of AreaWeek
    lists : WeeklyLists

    Returns
    -------
    str
        HTML.
    """
    rows, top = _rows(weeks, lists.as_of)
    to_act, new = sum(len(week.this_week) for week in weeks), sum(week.new_this_week for week in weeks)
    areas = count_in_words(len(weeks), "area")
    headline = f"{count_in_words(to_act, 'case')} to act on this week in {areas}, {new:,} of them new."
    changed = changed_in_words((move for week in weeks for move in week.moves), lists.last_as_of)
    return _environment().get_template("weekly_head.html").render(
        **_common(lists), rows=rows, top=top, heat=_heat(weeks), headline=headline, changed=changed,
        totals=_totals(weeks))
