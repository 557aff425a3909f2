"""The files of the weekly risk list: a page and a workbook for each area, both for the head of service, and tables."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dispute_risk.errors import OutputNotWritten
from dispute_risk.records.write import safe_cells, written_beside
from dispute_risk.reports.weekly_page import area_page, head_of_service_page
from dispute_risk.reports.weekly_view import AreaWeek, area_weeks
from dispute_risk.reports.weekly_workbook import write_area_workbook, write_head_workbook
from dispute_risk.triage.lists import WeeklyLists

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_weekly"]


def write_weekly(lists: WeeklyLists, folder: str | os.PathLike[str], *, replace: bool = False) -> list[Path]:
    """Write the week: for each area a workbook and a page, both over all areas, and four tables.

    Parameters
    ----------
    lists : WeeklyLists
    folder : path
        Made where it does not exist.
    replace : bool, default False
        Whether workbooks already there may be written over. They may hold the week's ticks and notes.

    Returns
    -------
    list of Path
        The files written, in the order in which they are best opened: the head of service's, the areas', the tables.

    Raises
    ------
    OutputNotWritten
        If a workbook of the same name is there and `replace` is False, or the place cannot be written. All files are
        made before the first is moved into place.
    """
    wanted, weeks = Path(folder), area_weeks(lists)
    if wanted.exists() and not wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a file, and the weekly lists need a folder. Give the name of a folder.")
    workbooks = [wanted / "head_of_service.xlsx", *(wanted / f"weekly_{week.file_stem}.xlsx" for week in weeks)]
    there = [path for path in workbooks if path.exists()]
    if there and not replace:
        raise OutputNotWritten(
            f"{wanted} already holds workbooks of a weekly list, which may carry ticks and notes. "
            "Write to another folder, or ask for them to be replaced.", [path.name for path in there])
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".weekly-", dir=wanted) as workplace:
            names = _write_all(lists, weeks, Path(workplace))
            return [_moved(Path(workplace) / name, wanted / name) for name in names]
    except OSError as error:
        raise OutputNotWritten(f"{wanted} could not be written ({error.strerror or error}). "
                               "Check the place, the rights on it and the free space.") from error


def _write_all(lists: WeeklyLists, weeks: list[AreaWeek], folder: Path) -> list[str]:
    (folder / "head_of_service.html").write_text(head_of_service_page(weeks, lists), encoding="utf-8")
    write_head_workbook(weeks, lists, folder / "head_of_service.xlsx")
    names = ["head_of_service.html", "head_of_service.xlsx"]
    for week in weeks:
        page, workbook = f"weekly_{week.file_stem}.html", f"weekly_{week.file_stem}.xlsx"
        (folder / page).write_text(area_page(week, lists), encoding="utf-8")
        write_area_workbook(week, lists, folder / workbook)
        names += [page, workbook]
    tables = {"weekly": lists.cases, "areas": lists.areas, "duties": lists.duties, "movement": lists.movement}
    for name, table in tables.items():
        _write_table(table, lists, folder / f"{name}.csv")
        names.append(f"{name}.csv")
    return names


def _write_table(table: pd.DataFrame, lists: WeeklyLists, path: Path) -> None:
    """Write a table with the day it holds for, the release, and whether its records are invented."""
    marked = table.assign(as_of=lists.as_of.isoformat(), release=lists.release,
                          invented="yes" if lists.synthetic else "no")
    # With a byte order mark: without one Excel opens a CSV in the machine's old code page and garbles accents.
    safe_cells(marked).to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d", lineterminator="\r\n")


def _moved(made: Path, wanted: Path) -> Path:
    with written_beside(wanted) as beside:
        os.replace(made, beside)
    return wanted
