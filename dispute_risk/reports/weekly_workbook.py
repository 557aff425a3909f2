"""The weekly risk list as a workbook to work in: tick what is done, write what came of it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from typing import Any

from dispute_risk.explain.words import first_capital
from dispute_risk.reports.weekly_lines import SHORT_HEADINGS, CaseLine, MoveLine
from dispute_risk.reports.weekly_sheets import HEADING_ROW, Book, Column
from dispute_risk.reports.weekly_view import LIST_OF_SHARE, AreaWeek, shares_in_words
from dispute_risk.triage.lists import LISTS, WeeklyLists

__all__ = ["OUTCOMES", "write_area_workbook", "write_head_workbook"]

OUTCOMES: tuple[str, ...] = (
    "Duty put right", "Family answered", "Meeting held", "Mediation offered", "Mediation agreed",
    "Passed to another team", "Already done", "Record was wrong", "Could not be done", "Not suitable",
)
"""What may have come of a step; the list offered in the column "Outcome"."""

TICK = "\N{CHECK MARK}"
SOON_DAYS = 14
"""A last date this near is set in bold and underlined, which a grey printer shows too."""

ABOUT: dict[str, str] = {
    "likely_disputes": "Ordered by risk; this week's cases first, new ones at the top.",
    "duties_outstanding": "A statutory duty is not met, whether or not an appeal is likely.",
    "unheard": "The same failures, no sign of an appeal: put the duty right and explain the right of appeal.",
    "random_audit": "Drawn at random from the cases with a duty outstanding, for a check of the file.",
    "already_in_dispute": "A certificate, a lodged appeal or a pre-action letter. No risk is given.",
}

TO_WORK_IN_IT: tuple[tuple[str, str], ...] = (
    ("Done", f"Choose {TICK} when the step is done; the line is struck through."),
    ("Outcome", "Choose what came of the step."),
    ("Notes", "Yours to write in. Write no names: the lists carry case numbers only."),
    ("This week", "The cases to act on first stand on the sheet \"This week\". The other sheets say Yes beside them."),
    ("New", "Filter on NEW in the heading."),
    ("To the right", "The last columns hold the numbers to sort by. They are not printed."),
)


def _on_the_record(line: CaseLine) -> str:
    """Gather what is on the record, one fact a line."""
    state = first_capital(line.state)
    parts = [f"{state}." if state else "", *(f"- {reason}" for reason in line.reasons)]
    if line.last_date_is:
        parts.append(f"Last date: {line.last_date_is}.")
    if line.what_changed:
        parts.append(f"Changed: {line.what_changed}")
    if line.recorded:
        parts.append(f"On record: {line.recorded}")
    return "\n".join(part for part in parts if part)


def _step(line: CaseLine) -> str:
    if line.route:  # it names the second step too
        parts = (line.next_step, f"When: {line.timing}", f"Why: {line.route}")
    else:
        parts = (line.next_step, f"Why: {line.step_why}" if line.step_why else "",
                 f"Or: {line.second_step}" if line.second_step else "")
    return "\n".join(part for part in parts if part)


def _risk(line: CaseLine) -> str:
    said = first_capital(line.risk_said)
    return "\n".join(part for part in (said, f"({line.range_said})" if line.range_said else "",
                                       f"Band: {line.band_said}" if line.band_said else "") if part)


def _case_columns(week: AreaWeek, *, risk: bool, one_list: bool) -> list[Column]:
    where = (Column("This week", 7, lambda line: "Yes" if line.case_id in week.numbers else "", "mark") if one_list
             else Column("List", 11, lambda line: line.list_name))
    return [
        Column("Done", 6, lambda line: None, "tick"),
        where,
        Column("New", 7, lambda line: "NEW" if line.is_new else "", "mark"),
        Column("Case", 13, lambda line: line.case_id, "bold"),
        *([Column("Risk", 14, _risk)] if risk else []),
        Column("On the record", 46 if risk else 52, _on_the_record),
        Column("Duty outstanding", 20 if risk else 24, lambda line: first_capital(line.broken_duty)),
        Column("Due on", 12, lambda line: line.duty_due_on, "date"),
        Column("Last date", 12, lambda line: line.last_date_on, "date"),
        Column("Next step", 38, _step),
        Column("Who", 13, lambda line: first_capital(line.step_owner)),
        Column("By", 12, lambda line: line.step_by_on, "date"),
        Column("Outcome", 15, lambda line: None, "write"),
        Column("Notes", 28, lambda line: None, "write"),
        *_columns_to_sort_by(risk),
    ]


def _columns_to_sort_by(risk: bool) -> list[Column]:
    def shown(field: str) -> Any:
        return lambda line: getattr(line, field) if line.shows_risk else None

    risks = [Column(heading, 9, shown(field), "percent", printed=False)
             for heading, field in (("Risk in 100", "risk"), ("Lower end", "risk_low"), ("Upper end", "risk_high"))]
    return [
        Column("Place", 8, lambda line: line.rank, "whole", printed=False),
        Column("Place last week", 10, lambda line: line.last_rank, "whole", printed=False),
        Column("On the list since", 12, lambda line: line.on_list_since, "date", printed=False),
        Column("Last day to act", 12, lambda line: line.last_act_on, "date", printed=False),
        *(risks if risk else []),
        Column("Breach index", 9, lambda line: line.breach_index, "number", printed=False),
    ]


def _case_sheets(book: Book, week: AreaWeek) -> None:
    """Add the sheet of this week's cases, then each list's further cases.

    A case to act on stands on one sheet only, so that it is ticked once, and the unheard stand among the others and not
    on a sheet that nobody opens.
    """
    title = f"{week.area}: act on these this week"
    about = f"{first_capital(week.made_up_of)}. New ones first." if week.this_week else ""
    _case_sheet(book, "This week", title, about or "No case is to be acted on this week.", week.this_week,
                _case_columns(week, risk=True, one_list=False))
    for list_key, heading in LISTS.items():
        lines = week.beyond(list_key)
        if lines or list_key not in LIST_OF_SHARE.values():
            _case_sheet(book, SHORT_HEADINGS[list_key], f"{week.area}: {heading}", ABOUT[list_key], lines,
                        _case_columns(week, risk=list_key == "likely_disputes", one_list=True))


def _case_sheet(book: Book, name: str, title: str, about: str, lines: Sequence[CaseLine],
                columns: Sequence[Column]) -> None:
    sheet = book.sheet(name, title, about)
    last = book.table(sheet, columns, lines, "No case is on this list.", frozen=4)
    if not lines:
        return
    first, place = HEADING_ROW + 1, {column.heading: number for number, column in enumerate(columns)}
    sheet.data_validation(first, 0, last, 0, {
        "validate": "list", "source": [TICK], "error_title": "Done",
        "error_message": f"Choose {TICK} from the list, or leave the cell blank."})
    sheet.data_validation(first, place["Outcome"], last, place["Outcome"], {
        "validate": "list", "source": list(OUTCOMES), "error_type": "warning", "error_title": "Outcome",
        "error_message": "This outcome is not on the list. Keep it only if none of the list fits."})
    sheet.conditional_format(first, 0, last, place["By"], {
        "type": "formula", "criteria": f'=$A{first + 1}="{TICK}"', "format": book.done})
    as_of = book.lists.as_of
    sheet.conditional_format(first, place["Last date"], last, place["Last date"], {
        "type": "date", "criteria": "between", "format": book.soon,
        "minimum": dt.datetime.combine(as_of, dt.time()),
        "maximum": dt.datetime.combine(as_of + dt.timedelta(days=SOON_DAYS), dt.time())})


def _move_columns() -> list[Column]:
    return [
        Column("Case", 16, lambda move: move.case_id, "bold"),
        Column("List", 22, lambda move: move.list_name),
        Column("Movement", 30, lambda move: first_capital(move.said)),
        Column("Place last week", 10, lambda move: move.last_rank, "whole"),
        Column("Place", 10, lambda move: move.rank, "whole"),
        Column("What lies behind it", 80, lambda move: move.why),
    ]


def write_area_workbook(week: AreaWeek, lists: WeeklyLists, path: str | os.PathLike[str]) -> None:
    """Write one area's workbook: a sheet a list, what moved, and how to read it.

    Parameters
    ----------
    week : AreaWeek
        The area's week, from `area_weeks`.
    lists : WeeklyLists
    path : path
        The file to write; `write_weekly` gives a temporary one and moves it into place.
    """
    book = Book(os.fspath(path), lists, f"Weekly risk list: {week.area}")
    with book.workbook:
        _case_sheets(book, week)
        sheet = book.sheet("What moved", f"{week.area}: what moved", week.changed)
        moves: Sequence[MoveLine] = week.moves
        book.table(sheet, _move_columns(), moves, "Nothing to show.")
        book.read_me(TO_WORK_IN_IT)


def _area_columns() -> list[Column]:
    def figure(key: str) -> Any:
        return lambda week: week.figures.get(key)

    return [
        Column("Area", 24, lambda week: week.area, "bold"),
        Column("Open cases", 11, figure("open_cases"), "whole"),
        Column("Cases at risk", 11, figure("at_risk"), "whole"),
        Column("Appeals expected", 11, figure("expected_appeals"), "number"),
        Column("Lower end", 9, figure("expected_low"), "number"),
        Column("Upper end", 9, figure("expected_high"), "number"),
        Column("Appeal windows open", 13, figure("windows_open"), "whole"),
        Column("Closing in 28 days", 11, figure("windows_closing_28_days"), "whole"),
        Column("Duties outstanding", 12, figure("duties_outstanding"), "whole"),
        Column("Already in dispute", 11, figure("already_in_dispute"), "whole"),
        Column("To act on this week", 11, lambda week: len(week.this_week), "whole"),
        Column("On the lists", 11, figure("on_list"), "whole"),
        Column("New on a list", 11, figure("new_on_list"), "whole"),
    ]


def _duty_columns() -> list[Column]:
    return [
        Column("Area", 24, lambda duty: duty.area, "bold"),
        Column("Duty", 56, lambda duty: first_capital(duty.duty)),
        Column("Source", 44, lambda duty: duty.source),
        Column("Cases outstanding", 13, lambda duty: duty.outstanding, "whole"),
        Column("Median days over", 12, lambda duty: duty.median_days_over, "whole"),
        Column("Longest days over", 12, lambda duty: duty.longest_days_over, "whole"),
    ]


def write_head_workbook(weeks: Sequence[AreaWeek], lists: WeeklyLists, path: str | os.PathLike[str]) -> None:
    """Write the workbook over all areas: the areas side by side, and each duty by area.

    Parameters
    ----------
    weeks : sequence of AreaWeek
    lists : WeeklyLists
    path : path
        The file to write.
    """
    book = Book(os.fspath(path), lists, "Weekly risk list: all areas")
    with book.workbook:
        shared = shares_in_words(lists.policy)
        about = f"{lists.capacity} places a week in each area{', ' if shared else ''}{shared}."
        sheet = book.sheet("Areas", "The areas side by side", about)
        book.table(sheet, _area_columns(), weeks, "There is no area in these records.")
        duties = [duty for week in weeks for duty in week.duties]
        sheet = book.sheet("Duties", "Duties outstanding by area and duty", "Cases that wait for each duty.")
        last = book.table(sheet, _duty_columns(), duties, "No duty is outstanding on the record.")
        # A bar in the cell keeps its number and prints in grey.
        sheet.conditional_format(HEADING_ROW + 1, 3, last, 3, {
            "type": "data_bar", "bar_color": "#9FB3C8", "min_type": "num", "min_value": 0})
        book.read_me()
