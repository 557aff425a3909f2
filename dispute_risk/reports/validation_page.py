"""The report of a test of the model: a page that opens with the verdict, and every figure behind it as a table."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import OutputNotWritten
from dispute_risk.explain.words import count_in_words, day_in_words, first_capital, short_day
from dispute_risk.records.write import write_csv, written_beside
from dispute_risk.reports import validation_words as words
from dispute_risk.reports.validation_pictures import calibration_picture, per_100, share_bar
from dispute_risk.reports.weekly_guidance import INVENTED
from dispute_risk.reports.weekly_view import horizon_in_words

if TYPE_CHECKING:
    from dispute_risk.model.validate import Validation

__all__ = ["validation_page", "write_validation"]

TEMPLATES = Path(__file__).parent / "templates"
TABLES = {"models.csv": "table", "officer_rules.csv": "rules", "strata.csv": "by_stratum",
          "calibration.csv": "calibration", "predictions.csv": "predictions"}
"""Each table written, and the part of the `Validation` it holds."""


def write_validation(
    found: Validation, folder: str | os.PathLike[str], *, authority: str, as_of: dt.date, horizon_days: int,
    synthetic: bool, data_note: str,
) -> list[Path]:
    """Write the page and its tables; all files are made before the first is moved into place.

    Parameters
    ----------
    found : Validation
        From `model.validate.validate`.
    folder : path
        Made where it does not exist; a report already in it is replaced.
    authority : str
    as_of : date
        The last day whose records were used.
    horizon_days : int
        How far ahead an appeal counts.
    synthetic : bool
        Whether the records are invented; the page and every row of the tables are then marked.
    data_note : str
        What the records are, for the foot of the page.

    Returns
    -------
    list of Path
        `validation.html` first, then the tables.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written; a report that was there before then stays as it was.
    """
    wanted = Path(folder)
    if wanted.exists() and not wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a file, and the validation report needs a folder. "
                               "Give the name of a folder.")
    names = ["validation.html", *TABLES]
    taken = [name for name in names if (wanted / name).is_dir()]
    if taken:
        raise OutputNotWritten(f"{wanted} holds folders where files of the report are to go. "
                               "Write to another folder.", taken)
    page = validation_page(found, authority=authority, as_of=as_of, horizon_days=horizon_days, synthetic=synthetic,
                           data_note=data_note)
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".validation-", dir=wanted) as workplace:
            made = Path(workplace)
            (made / "validation.html").write_text(page, encoding="utf-8")
            for name, part in TABLES.items():
                write_csv(_marked(getattr(found, part), as_of, synthetic), made / name)
            for name in reversed(names):  # the page last: where it stands, its tables do
                with written_beside(wanted / name) as beside:
                    os.replace(made / name, beside)
    except OSError as error:
        raise OutputNotWritten(f"{wanted} could not be written ({error.strerror or error}). "
                               "Check the place, the rights on it and the free space.") from error
    return [wanted / name for name in names]


def _marked(table: pd.DataFrame, as_of: dt.date, synthetic: bool) -> pd.DataFrame:
    """Return the table with its as-of date, and marked where invented; an endless ratio is left blank."""
    marked = table.replace([np.inf, -np.inf], np.nan).assign(as_of=as_of.isoformat())
    return marked.assign(invented="yes") if synthetic else marked


def validation_page(
    found: Validation, *, authority: str, as_of: dt.date, horizon_days: int, synthetic: bool, data_note: str
) -> str:
    """Return the page as HTML; it needs no network.

    Parameters
    ----------
    found, authority, as_of, horizon_days, synthetic, data_note
        As for `write_validation`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(two=_two, per100=_per_100, whole=_whole, percent=_percent, within=_within,
                               one=lambda number: f"{number:.1f}".replace("-", "−"))
    row = _candidate(found)
    heading, meaning, follows = words.verdict_in_words(found)
    return environment.get_template("validation.html").render(
        found=found, row=row, heading=heading, meaning=meaning, follows=follows, authority=authority,
        as_of=day_in_words(as_of), horizon=horizon_in_words(horizon_days), synthetic=synthetic, invented=INVENTED,
        data_note=data_note, put_forward=words.SHORT_MODELS.get(found.candidate, found.candidate),
        css=Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")), tables=list(TABLES),
        tiles=_tiles(found, row, horizon_in_words(horizon_days)), listed=words.list_in_words(found, row),
        level=words.level_in_words(row), conditions=words.conditions(found, row), beside=_beside(found, row),
        picture=Markup(calibration_picture(found.calibration)), groups=_records(found.calibration),
        models=_models(found), strata=_strata(found), tests=_tests(found), how=words.how_tested(found, horizon_days),
        base_share=float(found.predictions["outcome"].mean()), far_off=words.strata_far_off(found),
        steady=words.steady_in_words(found), alarm_words=words.alarms_in_words(found),
        not_said=words.what_is_not_said(found, horizon_days, synthetic),
    )


def _two(number: object) -> str:
    return f"{number:.2f}".replace("-", "−") if words.known(number) else "–"


def _per_100(number: object) -> str:
    return per_100(float(number)) if words.known(number) else "–"  # type: ignore[arg-type]


def _percent(number: object) -> str:
    return f"{100 * float(number):.1f}%".replace("-", "−") if words.known(number) else "–"  # type: ignore[arg-type]


def _whole(number: object) -> str:
    return f"{number:,.0f}" if words.known(number) else "–"


def _within(row: words.Row, name: str, shown: str = "two") -> str:
    """Return the range of a figure, or nothing where it has none."""
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    if not (words.known(low) and words.known(high)):
        return ""
    said = _per_100 if shown == "per100" else _two
    return f"{said(low)} to {said(high)}"


def _records(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return table.to_dict("records")


def _candidate(found: Validation) -> dict[Hashable, Any]:
    return next(row for row in _records(found.table) if row["model"] == found.candidate)


def _tiles(found: Validation, row: words.Row, horizon: str) -> list[tuple[str, str, str]]:
    """Return the figures a head of service asks for first: what it is, the figure, what to hold it against."""
    beside = "no rule of thumb to compare with"
    if not found.rules.empty:
        beside = f"best rule of thumb: {_per_100(found.rules.iloc[0]['precision'])}"
    own = _within(row, "precision", "per100")
    seen = _within(row, "observed_over_expected")
    lead = row["median_lead_days"]
    return [
        (f"Of 100 cases listed, had an appeal within {horizon}", _per_100(row["precision"]),
         f"{own}; {beside}" if own else beside),
        ("Appeals seen for each one expected", _two(row["observed_over_expected"]),
         f"95 in 100 range: {seen}" if seen else "no range worked out"),
        ("Of 100 appeals, were on the list in time", _per_100(row["recall"]),
         f"about {_whole(row['recall'] * row['appeals'])} of {_whole(row['appeals'])}"),
        ("Days on the list before registration, half of them at least", _whole(lead),
         f"about {count_in_words(round(lead / 7), 'week')}" if words.known(lead) else
         "not worked out: registration dates were not given"),
    ]


def _beside(found: Validation, row: words.Row) -> list[dict[str, Any]]:
    """Return the model, each rule an officer could use, and the lot, with their bars on one scale."""
    from markupsafe import Markup

    lines: list[dict[str, Any]] = [{
        "who": words.MODELS[found.candidate], "precision": row["precision"], "recall": row["recall"], "ratio": None,
        "within": "", "own": True}]
    lines += [{"who": rule["sentence"], "precision": rule["precision"], "recall": rule["recall"],
               "ratio": rule["candidate_over_rule"], "within": _within(rule, "candidate_over_rule"), "own": False}
              for rule in _records(found.rules)]
    for lot in (line for line in _records(found.table) if line["model"] == "base_rate"):
        # One risk for every case: all are tied, so every place is drawn by lot.
        lines.append({"who": "Draw the cases by lot.", "precision": lot["precision"], "recall": lot["recall"],
                      "ratio": row["precision"] / lot["precision"] if lot["precision"] > 0 else None, "within": "",
                      "own": False})
    shares = [float(line["precision"]) if words.known(line["precision"]) else 0.0 for line in lines]
    return [{**line, "bar": Markup(share_bar(share, max(shares), line["own"]))}
            for line, share in zip(lines, shares, strict=True)]


def _models(found: Validation) -> list[dict[Hashable, Any]]:
    rows = _records(found.table)
    for row in rows:
        row["label"] = words.MODELS.get(row["model"], row["model"])
        row["own"] = row["model"] == found.candidate
        if row["model"] == "base_rate":  # one risk for all has no spread, so its slope says nothing
            row["slope"] = row["slope_low"] = row["slope_high"] = None
    return rows


def _strata(found: Validation) -> list[tuple[str, list[dict[Hashable, Any]]]]:
    """Return each state of the appeal right with its lines, in the order of a case's life."""
    lines: dict[str, list[dict[Hashable, Any]]] = {name: [] for name in words.STRATA}
    for row in _records(found.by_stratum):
        who = words.SHORT_MODELS.get(row["model"], row["model"])
        lines.setdefault(row["stratum"], []).append({**row, "who": first_capital(who)})
    return [(words.STRATA.get(name, name.replace("_", " ")), rows) for name, rows in lines.items() if rows]


def _tests(found: Validation) -> list[dict[str, object]]:
    """Return each cut: rows learned from, dates tested, and what came against what was expected."""
    table, tests = found.predictions, []
    for number, block in enumerate(found.plan.blocks, 1):
        first, last = pd.Timestamp(block.test_from), pd.Timestamp(block.test_to)
        line: dict[str, object] = {"learned": int(block.train.sum()), "tested": int(block.test.sum()), "appeals": None,
                                   "level": None, "what": f"Families, part {number}"}
        if found.plan.kind == "rolling":
            rows = table[table["on"].between(first, last)]
            line["what"] = f"{short_day(first.date())} to {short_day(last.date())}"
            expected = float(rows[found.candidate].sum())
            line["appeals"] = int(rows.loc[rows["outcome"] == 1, "case_id"].nunique())
            line["level"] = float(rows["outcome"].sum()) / expected if expected > 0 else None
        tests.append(line)
    return tests
