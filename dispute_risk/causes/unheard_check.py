"""The blind check of files each quarter: are the unheard truly owed what the records say, and what do the records miss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.errors import UnreadableFile
from dispute_risk.triage.monitors.waiting_times import wilson as share_range

__all__ = ["BlindCheck", "CheckResult", "draw_check", "read_check", "wilson"]

ANSWERS = {"yes": 1.0, "no": 0.0}
QUESTIONS = ("duty_outstanding", "not_in_the_records", "which_duties", "since_when", "read_by")
"""Columns the reader fills in: the first two with yes or no."""


@dataclass(frozen=True)
class BlindCheck:
    """Files to read, and the key that says why each was drawn.

    Parameters
    ----------
    sheet : DataFrame
        `number`, `case_id` and the blank columns of `QUESTIONS`, in an order that says nothing. For the reader.
    key : DataFrame
        `number`, `case_id`, `drawn_as` ('listed' or 'by lot'). To be kept from the reader until the sheet is back.
    """

    sheet: pd.DataFrame
    key: pd.DataFrame


@dataclass(frozen=True)
class CheckResult:
    """What the files said.

    Parameters
    ----------
    table : DataFrame
        One row for 'listed' and one for 'by lot': `drawn_as`, `files`, `with_duty`, `share`, `low`, `high` (95 % Wilson),
        `not_in_records` (files that show a broken duty the records do not), `missed_share`, `missed_low`, `missed_high`.
    unread : int
        Files on the sheet without an answer.
    """

    table: pd.DataFrame
    unread: int

    def summary(self) -> str:
        """Return the result in sentences."""
        said = [
            f"{row['drawn_as'].capitalize()}: in {row['with_duty']:.0f} of {row['files']:.0f} files a duty was outstanding "
            f"({row['share']:.0%}, 95 in 100 range {row['low']:.0%} to {row['high']:.0%}); in {row['not_in_records']:.0f} the "
            f"file shows one that the records do not ({row['missed_low']:.0%} to {row['missed_high']:.0%})."
            for row in self.table.to_dict("records") if row["files"]
        ]
        return "\n".join([*said, *([f"{self.unread} files have not been read."] if self.unread else [])])


def wilson(count: float, total: float) -> tuple[float, float]:
    """Return the 95 % Wilson range of a share; 0 to 1 where nothing was counted.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(16, 20)]
    [0.584, 0.919]
    """
    if total <= 0:
        return 0.0, 1.0
    return share_range(count / total, total)


def draw_check(
    listed: np.ndarray, at_risk: np.ndarray, files: int = 20, random_state: int = 0
) -> BlindCheck:
    """Draw files to be read without knowing why: so many of the listed, so many by lot of the others at risk.

    Parameters
    ----------
    listed : ndarray of str
        Case numbers on the list of the unheard in the quarter.
    at_risk : ndarray of str
        Case numbers at risk and not in dispute.
    files : int
        Of each kind; fewer where there are fewer.
    random_state : int

    Examples
    --------
    >>> check = draw_check(np.array(["A", "B"]), np.array(["A", "B", "C", "D", "E"]), files=2)
    >>> sorted(check.key["drawn_as"].tolist())
    ['by lot', 'by lot', 'listed', 'listed']
    """
    rng = np.random.default_rng(random_state)
    listed = np.unique(listed.astype(str))
    others = np.setdiff1d(at_risk.astype(str), listed)
    some = [rng.permutation(listed)[:files], rng.permutation(others)[:files]]
    drawn = pd.DataFrame({"case_id": np.concatenate(some).astype(str),
                          "drawn_as": np.repeat(["listed", "by lot"], [len(part) for part in some])})
    drawn = drawn.iloc[rng.permutation(len(drawn))].reset_index(drop=True)
    drawn.insert(0, "number", np.arange(1, len(drawn) + 1))
    sheet = drawn[["number", "case_id"]].assign(**dict.fromkeys(QUESTIONS, ""))
    return BlindCheck(sheet, drawn)


def read_check(sheet: pd.DataFrame, key: pd.DataFrame) -> CheckResult:
    """Put a sheet that came back beside its key.

    Parameters
    ----------
    sheet : DataFrame
        With `duty_outstanding` and `not_in_the_records` filled in with yes or no; blank where a file was not read.
    key : DataFrame

    Raises
    ------
    UnreadableFile
        The sheet is not that of the key, or holds other answers; all of them are named.
    """
    _refuse_other_sheets(sheet, key)
    kept = key.merge(sheet.drop(columns="case_id"), on="number", validate="1:1")
    owed, missed = (kept[name].fillna("").astype(str).str.strip().str.lower().map(ANSWERS) for name in QUESTIONS[:2])
    records = []
    for kind in ("listed", "by lot"):
        read = (kept["drawn_as"] == kind) & owed.notna()
        files, found, unknown = int(read.sum()), float(owed[read].sum()), float(missed[read].fillna(0).sum())
        low, high = wilson(found, files)
        missed_low, missed_high = wilson(unknown, files)
        records.append({
            "drawn_as": kind, "files": files, "with_duty": found, "share": found / files if files else np.nan, "low": low,
            "high": high, "not_in_records": unknown, "missed_share": unknown / files if files else np.nan,
            "missed_low": missed_low, "missed_high": missed_high,
        })
    return CheckResult(pd.DataFrame(records), int(owed.isna().sum()))


def _refuse_other_sheets(sheet: pd.DataFrame, key: pd.DataFrame) -> None:
    wanted = ["number", "case_id", *QUESTIONS[:2]]
    missing = [name for name in wanted if name not in sheet.columns]
    if missing:
        raise UnreadableFile(f"The sheet has no column {', '.join(missing)}. Hand back the sheet as it was given, filled in.")
    both = key.merge(sheet, on="number", how="outer", suffixes=("", "_sheet"), indicator=True)
    wrong = [f"file number {row['number']}: {row['case_id_sheet']!r} on the sheet, {row['case_id']!r} in the key"
             for row in both.to_dict("records")
             if row["_merge"] != "both" or str(row["case_id"]) != str(row["case_id_sheet"])]
    for name in QUESTIONS[:2]:
        given = sheet[name].fillna("").astype(str).str.strip().str.lower()
        wrong += [f"file number {number}, {name}: {value!r} is not yes, no or blank"
                  for number, value in zip(sheet["number"], given, strict=True) if value not in ("", *ANSWERS)]
    if wrong:
        raise UnreadableFile("The sheet of the file check cannot be used. Write yes or no, and keep numbers as given.", wrong)
