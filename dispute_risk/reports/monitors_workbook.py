"""The monitors as a workbook to sort and work in: a sheet a subject, with every case behind the figures."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dispute_risk.explain.words import day_in_words
from dispute_risk.records.write import written_beside
from dispute_risk.reports.monitors_words import NOT_FOR, NOTES
from dispute_risk.reports.weekly_guidance import INVENTED
from dispute_risk.reports.weekly_sheets import FORMATS
from dispute_risk.triage.monitors.month_counts import STREAMS
from dispute_risk.triage.monitors.queues import QUEUES
from dispute_risk.triage.monitors.review_backlog import OVERDUE_BANDS, STEPS

if TYPE_CHECKING:
    from dispute_risk.triage.monitors.together import Monitors

__all__ = ["monitor_tables", "write_monitors_workbook"]

Columns = tuple[tuple[str, str, float, str], ...]
"""Column of the table, heading, width in letters, name of a format."""

_REPLIES: Columns = (
    ("area", "Area team", 14, "bold"), ("month", "Month", 12, "month"), ("over", "Month over", 8, "text"),
    ("messages", "Messages from families", 11, "whole"), ("no_reply_date", "No reply date", 10, "whole"),
    ("no_reply_share", "No reply date, share", 10, "percent"), ("few", "Too few for shares", 9, "text"),
    *((f"within_{limit}{end}", f"Within {limit} working days{said}", 11, "percent")
      for limit in (2, 5, 10, 15) for end, said in (("", ""), ("_low", ", from"), ("_high", ", to"))),
    ("median_days", "Half answered by day", 10, "number"), ("median_low", "From", 8, "number"),
    ("median_high", "To", 8, "number"),
    *((f"of_dated_{limit}", f"Within {limit}, of those with a reply date", 13, "percent") for limit in (2, 5, 10, 15)),
)
_WAITING: Columns = (
    ("area", "Area team", 16, "bold"), ("messages", "Messages", 11, "whole"), ("no_reply_date", "No reply date", 11, "whole"),
    ("waiting_over_15", "Of these, over 15 working days old", 16, "whole"),
    ("wrote_after", "Of these, we wrote within 21 days", 16, "whole"), ("longest_days", "Longest, working days", 13, "whole"),
)
_REVIEW_AREAS: Columns = (
    ("area", "Area team", 16, "bold"), ("plans_in_force", "Plans in force", 10, "whole"),
    ("ceasing", "Last decision is to cease", 11, "whole"), ("overdue", "Overdue", 10, "whole"),
    ("overdue_share", "Share overdue", 10, "percent"), *((name, f"Overdue {name}", 11, "whole") for name, _, _ in OVERDUE_BANDS),
    ("median_days_over", "Middle, days over", 10, "number"), ("longest_days_over", "Longest, days over", 10, "whole"),
    ("rebuilt_roughly", "Date rebuilt roughly", 11, "whole"), ("under_five", "Under five", 10, "whole"),
    ("under_five_waiting", "Under five, none for 6 months", 13, "whole"),
)
_OVERDUE: Columns = (
    ("case_id", "Case", 14, "bold"), ("area", "Area team", 14, "text"), ("due_on", "Review was due on", 14, "date"),
    ("days_over", "Days over", 10, "whole"), ("last_on", "Counted from", 14, "date"), ("basis", "Which is", 44, "text"),
)
_COMING: Columns = (
    ("month", "Month", 14, "month"), ("area", "Area team", 16, "text"), ("due", "Reviews that fall due", 14, "whole"),
)
_STEPS: Columns = (
    ("label", "What is to be finished", 48, "bold"), ("area", "Area team", 14, "text"), ("waiting", "Waiting", 10, "whole"),
    ("past_due", "Past the limit", 10, "whole"), ("median_days_over", "Middle, days over", 11, "number"),
    ("longest_days_over", "Longest, days over", 11, "whole"), ("source", "Source of the limit", 60, "text"),
)
_UNFINISHED: Columns = (
    ("case_id", "Case", 14, "bold"), ("label", "What is to be finished", 76, "text"), ("area", "Area team", 14, "text"),
    ("since_on", "Since", 14, "date"), ("due_on", "Was due on", 14, "date"), ("days_over", "Days over", 10, "whole"),
)
_FORECAST: Columns = (
    ("stream", "What", 26, "bold"), ("month", "Month", 12, "month"), ("count", "Recorded by now", 11, "whole"),
    ("made_up", "Made up for late recording", 13, "number"), ("expected", "Expected", 10, "number"),
    ("low", "Range: from", 10, "whole"), ("high", "Range: to", 10, "whole"),
)
_TESTED: Columns = (
    ("stream", "What", 26, "bold"), ("label", "Way to forecast", 52, "text"), ("in_use", "In use", 8, "text"),
    ("origins", "Month ends tried", 10, "whole"), ("forecasts", "Months held against", 11, "whole"),
    ("mean_error", "Off by, a month", 10, "number"), ("bias", "Too high or low, a month", 12, "number"),
    ("held", "Inside the 80 % range", 12, "percent"), ("held_of", "Of months", 10, "whole"),
)
_ORDER: Columns = (
    ("label", "What is waited for", 48, "bold"), ("area", "Area team", 14, "text"), ("waiting", "Waiting now", 10, "whole"),
    ("served", "Finished in the year", 10, "whole"), ("passed_over", "While an older one waited", 11, "whole"),
    ("older_waiting", "Older ones waiting each time, middle", 14, "number"), ("comparisons", "Comparisons", 12, "whole"),
    ("older_first", "Older first", 10, "percent"), ("low", "From", 9, "percent"), ("high", "To", 9, "percent"),
    ("reasons", "Finished with a recorded reason", 13, "whole"),
    ("older_first_set_aside", "Older first, reasons left out", 12, "percent"), ("low_set_aside", "From", 9, "percent"),
    ("high_set_aside", "To", 9, "percent"),
)
_PASSED: Columns = (
    ("case_id", "Case", 14, "bold"), ("label", "Waiting for", 52, "text"), ("area", "Area team", 14, "text"),
    ("since_on", "Since", 14, "date"), ("days_waiting", "Days waiting", 10, "whole"),
    ("times", "Newer ones finished before it", 13, "whole"), ("most_days_newer", "Newest of them came after, days", 14, "whole"),
    ("exception", "Exception recorded", 11, "text"), ("advice_awaited", "Advice not yet in", 11, "text"),
)
_GAPS: Columns = (
    ("table", "Table", 14, "bold"), ("column", "Column", 18, "text"), ("area", "Area team", 12, "text"),
    ("state", "State", 12, "text"), ("when", "When", 36, "text"), ("features", "Features that rest on it", 10, "whole"),
    ("feature_labels", "Which", 80, "text"), ("families", "Reasons under", 30, "text"), ("duties", "Duties touched", 50, "text"),
    ("lists", "Lists touched", 26, "text"), ("open_cases", "Open cases concerned", 11, "whole"),
    ("duties_listed", "Shown with such a duty", 11, "whole"), ("likely_listed", "On the list of likely disputes", 12, "whole"),
)


def monitor_tables(monitors: Monitors) -> list[tuple[str, str, Columns, pd.DataFrame]]:
    """Return every table: name of its sheet, what it is, its columns, its rows."""
    ahead = [one.history.merge(one.table, on="month", how="outer").assign(stream=STREAMS[name])
             for name, one in monitors.ahead.streams.items()]
    tested = [one.test.table.assign(stream=STREAMS[name]) for name, one in monitors.ahead.streams.items() if one.test]
    reviews, order = monitors.reviews, monitors.order
    steps = {step: label for step, (label, _) in STEPS.items()}
    return [
        ("Replies", "Base: messages from families in the month, still waiting ones included; ranges 95 in 100", _REPLIES,
         monitors.replies.table),
        ("Messages waiting", f"Messages of the last {monitors.replies.table['month'].nunique()} months with no reply date",
         _WAITING, monitors.replies.waiting),
        ("Reviews by area", "Base: plans in force, less those whose last review decided to cease them", _REVIEW_AREAS,
         reviews.areas),
        ("Reviews overdue", "Longest first; 12 months after the plan was made or last reviewed", _OVERDUE, reviews.cases),
        ("Reviews ahead", "From the dates on record; the first month is what is left of it", _COMING, reviews.coming),
        ("Unfinished by area", "Open cases; a case counts once a step", _STEPS, reviews.steps),
        ("Unfinished", "Every case past the limit of a step after a review, longest first", _UNFINISHED,
         reviews.unfinished.assign(label=reviews.unfinished["step"].map(steps))),
        ("Ahead", "Past months as recorded; months ahead with a range meant to hold 80 in 100", _FORECAST,
         pd.concat([one for one in ahead if len(one)], ignore_index=True) if any(map(len, ahead)) else ahead[0]),
        ("Forecasts tested", "Tried from past month ends with what was known then, held against what came", _TESTED,
         pd.concat(tested, ignore_index=True) if tested else pd.DataFrame(columns=[name for name, *_ in _TESTED])),
        ("Order served", "The year before; 100 % is order of arrival, 50 % a lottery; ranges 95 in 100", _ORDER, order.table),
        ("Passed over", "Still waiting, while newer ones of the same kind and area were finished", _PASSED,
         order.overtaken.assign(label=order.overtaken["queue"].map(QUEUES))),
        ("Gaps", "Where the records are silent, and what rests on it", _GAPS, monitors.gaps.table),
    ]


def write_monitors_workbook(monitors: Monitors, path: str | Path) -> Path:
    """Write the workbook beside its place and move it there.

    Parameters
    ----------
    monitors : Monitors
    path : path

    Raises
    ------
    OutputNotWritten
        Where the place cannot be written.
    """
    import xlsxwriter

    with written_beside(path) as beside:
        # Text from the records must never become a formula or a link.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(str(beside), options) as book:
            book.set_properties({
                "title": f"Monitors, {day_in_words(monitors.as_of)}",
                "comments": INVENTED if monitors.synthetic else monitors.data_note,
                # The as-of date and not the clock, so that the same records give the same file.
                "created": dt.datetime.combine(monitors.as_of, dt.time(), tzinfo=dt.UTC).replace(tzinfo=None),
            })
            looks = {name: book.add_format(look) for name, look in FORMATS.items()}
            looks["month"] = book.add_format({**FORMATS["date"], "num_format": "mmm yyyy"})
            _read_me(book, looks, monitors)
            for name, about, columns, table in monitor_tables(monitors):
                _sheet(_opened(book, looks, monitors, name, about), looks, columns, table)
    return Path(path)


def _opened(book: Any, looks: dict[str, Any], monitors: Monitors, name: str, about: str) -> Any:
    """Add a sheet with its title, what it is and its print set-up."""
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, f"{name}, as known on {day_in_words(monitors.as_of)}", looks["title"])
    said = f"{INVENTED}. {about}" if monitors.synthetic else about
    sheet.write_string(1, 0, said, looks["invented" if monitors.synthetic else "about"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    if monitors.synthetic:
        sheet.set_header(f"&C&B{INVENTED}")
    # An ampersand starts a code in Excel's footers and is written twice to stand for itself.
    foot = f"{monitors.authority}, as known on {day_in_words(monitors.as_of)}".replace("&", "&&")[:200]
    sheet.set_footer(f"&L&8 {foot}&R&8 Page &P of &N")
    return sheet


def _sheet(sheet: Any, looks: dict[str, Any], columns: Columns, table: pd.DataFrame) -> None:
    for place, (_, heading, width, _) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(2, place, heading, looks["heading"])
    sheet.set_row(2, 15 * max(math.ceil(len(heading) / max(width * 0.95, 4)) for _, heading, width, _ in columns))
    values = [table[name].to_list() if name in table else [None] * len(table) for name, *_ in columns]
    for place, (_, _, width, look) in enumerate(columns):
        for row, value in enumerate(values[place], start=3):
            _cell(sheet, row, place, value, looks[look])
            if isinstance(value, str) and len(value) > width * 1.1:
                sheet.set_row(row, 15 * math.ceil(len(value) / (width * 1.05)))
    if len(table):
        sheet.autofilter(2, 0, 2 + len(table), len(columns) - 1)
    else:
        sheet.write_string(3, 0, "Nothing on the record.", looks["about"])
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    sheet.print_area(0, 0, 2 + max(len(table), 1), len(columns) - 1)


def _cell(sheet: Any, row: int, place: int, value: Any, look: Any) -> None:
    """Write one cell; text is written as text whatever it starts with, yes and no as words."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, place, value, look)
    elif isinstance(value, bool):
        sheet.write_string(row, place, "yes" if value else "no", look)
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, place, value.to_pydatetime(), look)
    elif isinstance(value, float) and math.isinf(value):
        sheet.write_string(row, place, "not yet", look)
    else:
        sheet.write_number(row, place, float(value), look)


def _read_me(book: Any, looks: dict[str, Any], monitors: Monitors) -> None:
    sheet = _opened(book, looks, monitors, "Read me", "What the sheets say, and what they are not for.")
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 92)
    parts = [("In short", [("", line) for line in monitors.summary().split("\n")]),
             ("What it was made from", [("", monitors.data_note or "Records handed over by the authority.")]),
             *((heading, list(NOTES[part])) for part, heading in (
                 ("replies", "Replies"), ("reviews", "Reviews"), ("ahead", "Ahead"), ("order", "Order served"),
                 ("gaps", "Gaps"))),
             ("What this may not be used for", [("", rule) for rule in NOT_FOR])]
    row = 2
    for heading, pairs in parts:
        sheet.write_string(row, 0, heading, looks["part"])
        sheet.write_blank(row, 1, None, looks["part"])
        for word, meaning in pairs:
            row += 1
            sheet.set_row(row, 15 * max(1, math.ceil(len(meaning) / 98)))
            sheet.write_string(row, 0, word, looks["word"])
            sheet.write_string(row, 1, meaning, looks["plain"])
        row += 2
