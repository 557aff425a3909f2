"""The files of the causes report: a page, a workbook and its tables, all of them or none."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from dispute_risk.causes.released_counts import COUNTS_FILE, counts_frame
from dispute_risk.causes.report import CausesReport
from dispute_risk.records.write import safe_cells, written_beside
from dispute_risk.reports.causes_page import Document, causes_page, document, shown
from dispute_risk.reports.causes_workbook import write_causes_workbook

__all__ = ["write_causes"]

PAGE, WORKBOOK = "causes.html", "causes.xlsx"


def write_causes(report: CausesReport, folder: str | os.PathLike[str], *, replace: bool = False) -> list[Path]:
    """Write the page, the workbook and every table as CSV; with a report to be published, its counts for the next one too.

    Parameters
    ----------
    report : CausesReport
        As `causes_report` or `published` returns it.
    folder : path
        Made where it does not exist.
    replace : bool
        Whether a folder that holds files already may be replaced.

    Returns
    -------
    list of Path
        What was written, the page first.

    Raises
    ------
    OutputNotWritten
        Where the folder holds something already, or cannot be written; then nothing is left half written.
    """
    made = document(report)
    wanted = Path(folder)
    with written_beside(wanted, folder=True, replace=replace) as beside:
        (beside / PAGE).write_text(causes_page(made), encoding="utf-8")
        write_causes_workbook(made, beside / WORKBOOK)
        names = [PAGE, WORKBOOK]
        for lines in made.every:
            name = f"{lines.key}.csv"
            _write(_plain(made, lines.key), beside / name)
            names.append(name)
        if report.for_publication:
            _write(counts_frame(report), beside / COUNTS_FILE)
            names.append(COUNTS_FILE)
    return [wanted / name for name in names]


def _plain(made: Document, key: str) -> pd.DataFrame:
    """Return a table as it is shown, column by column, with the period and whether the records are invented."""
    lines, report = next(one for one in made.every if one.key == key), made.report
    rows = [{heading.name: shown(report, row, heading) for heading in lines.headings} for row in lines.frame.to_dict("records")]
    frame = pd.DataFrame(rows, columns=[heading.name for heading in lines.headings], dtype=object)
    for heading in lines.headings:
        places = {"count": 0, "money": 0, "rate": 2, "ratio": 3}.get(heading.kind)
        if places is not None:
            frame[heading.name] = pd.Series([_short(value, places) for value in frame[heading.name]], dtype=object)
    return frame.assign(start_on=report.counted.start_on.isoformat(), end_on=report.counted.end_on.isoformat(),
                        area_counted=report.counted.area or "all", invented="yes" if report.synthetic else "no")


def _short(value: object, places: int) -> object:
    if not isinstance(value, float):
        return value
    return int(value) if places == 0 and float(value).is_integer() else round(value, places)


def _write(frame: pd.DataFrame, path: Path) -> None:
    # With a byte order mark: without one Excel opens a CSV in the machine's old code page and garbles accents.
    safe_cells(frame).to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d", lineterminator="\r\n")
