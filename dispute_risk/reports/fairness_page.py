"""The report on who is on the lists and who is not: a page for scrutiny, and every figure behind it as a table."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import OutputNotWritten
from dispute_risk.explain.words import day_in_words
from dispute_risk.model.fairness_groups import DIMENSIONS
from dispute_risk.records.write import write_csv, written_beside
from dispute_risk.reports import fairness_words as words
from dispute_risk.reports.charts import range_bar
from dispute_risk.reports.validation_pictures import per_100, share_bar
from dispute_risk.reports.weekly_guidance import INVENTED
from dispute_risk.reports.weekly_view import horizon_in_words

if TYPE_CHECKING:
    from dispute_risk.causes.unheard import Unheard
    from dispute_risk.causes.unheard_check import BlindCheck
    from dispute_risk.model.fairness import Fairness
    from dispute_risk.model.fairness_voice import WithoutVoice

__all__ = ["FairnessReport", "fairness_page", "write_fairness"]

TEMPLATES = Path(__file__).parent / "templates"
FEW, TOP_OF_BARS = 6, 2.5
PAIRS_SHOWN, WEIGHTS_SHOWN = 8, 40


@dataclass(frozen=True)
class FairnessReport:
    """Everything the page says; the page only lays it out.

    Parameters
    ----------
    found : Fairness
    voice : WithoutVoice, optional
    quiet : Unheard, optional
    nation : DataFrame
        From `reports.fairness_nation.beside_nation`.
    check : BlindCheck, optional
        Sheet and key are written as two files; the page shows neither.
    authority, data_note : str
    as_of : date
    horizon_days, capacity : int
    synthetic : bool
    """

    found: Fairness
    voice: WithoutVoice | None
    quiet: Unheard | None
    nation: pd.DataFrame
    check: BlindCheck | None
    authority: str
    data_note: str
    as_of: dt.date
    horizon_days: int
    capacity: int
    synthetic: bool

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table, by the name of its file."""
        made = {"groups.csv": self.found.table, "groups_two_by_two.csv": self.found.pairs,
                "deprivation.csv": self.found.composition, "listed_given_what_is_owed.csv": self.found.selection,
                "not_recorded.csv": self.found.unknown, "beside_england.csv": self.nation}
        if self.voice is not None:
            made["without_advocacy.csv"] = self.voice.table
        if self.quiet is not None:
            made |= {"unheard.csv": self.quiet.cases, "unheard_by_area.csv": self.quiet.by_area,
                     "unheard_by_duty.csv": self.quiet.by_duty, "unheard_by_group.csv": self.quiet.by_group,
                     "unheard_by_duration.csv": self.quiet.by_duration, "unheard_beside_risk.csv": self.quiet.beside_risk,
                     "unheard_weights.csv": self.quiet.sensitivity}
        if self.check is not None:
            made |= {"file_check_sheet.csv": self.check.sheet, "file_check_key.csv": self.check.key}
        return {name: table for name, table in made.items() if len(table.columns)}


def write_fairness(report: FairnessReport, folder: str | os.PathLike[str]) -> list[Path]:
    """Write the page and its tables; all files are made before the first is moved into place.

    Parameters
    ----------
    report : FairnessReport
    folder : path
        Made where it does not exist; a report already in it is replaced.

    Returns
    -------
    list of Path
        `fairness.html` first, then the tables.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written; a report that was there before then stays as it was.
    """
    wanted, tables = Path(folder), report.tables()
    if wanted.exists() and not wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a file, and the report needs a folder. Give the name of a folder.")
    names = ["fairness.html", *tables]
    page = fairness_page(report)
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fairness-", dir=wanted) as workplace:
            made = Path(workplace)
            (made / "fairness.html").write_text(page, encoding="utf-8")
            for name, table in tables.items():
                marked = table.replace([np.inf, -np.inf], np.nan).assign(as_of=report.as_of.isoformat())
                write_csv(marked.assign(invented="yes") if report.synthetic else marked, made / name)
            for name in reversed(names):  # the page last: where it stands, its tables do
                with written_beside(wanted / name) as beside:
                    os.replace(made / name, beside)
    except OSError as error:
        raise OutputNotWritten(f"{wanted} could not be written ({error.strerror or error}). "
                               "Check the place, the rights on it and the free space.") from error
    return [wanted / name for name in names]


def fairness_page(report: FairnessReport) -> str:
    """Return the page as HTML; it needs no network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(two=lambda number: words.times(float(number)), per100=_per_100, whole=_whole, few=_few)
    found, horizon = report.found, horizon_in_words(report.horizon_days)
    return environment.get_template("fairness.html").render(
        found=found, quiet=report.quiet, voice=report.voice, authority=report.authority, as_of=day_in_words(report.as_of),
        horizon=horizon, synthetic=report.synthetic, invented=INVENTED, data_note=report.data_note, capacity=report.capacity,
        css=Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")), tables=list(report.tables()),
        in_short=words.in_short(found, report.voice, report.quiet, horizon), steps=words.next_steps(found, report.quiet),
        groups=_groups(found), fifths=_fifths(found), selection=_records(found.selection),
        pairs=_records(found.pairs)[:PAIRS_SHOWN], moved=_moved(report.voice), nation=_nation(report.nation),
        not_said=words.not_said(found, horizon, report.synthetic),
        lists=_records(report.quiet.beside_risk) if report.quiet else [],
        areas=_records(report.quiet.by_area) if report.quiet else [],
        duties=_duties(report.quiet), long=_records(report.quiet.by_duration) if report.quiet else [],
        quiet_groups=_quiet_groups(report.quiet), weights=_weights(report.quiet), dimensions=DIMENSIONS,
    )


def _records(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return table.to_dict("records")


def _per_100(number: object) -> str:
    return per_100(float(number)) if np.isfinite(float(number)) else "–"  # type: ignore[arg-type]


def _whole(number: object) -> str:
    return f"{float(number):,.0f}" if np.isfinite(float(number)) else "–"  # type: ignore[arg-type]


def _few(number: object) -> str:
    """Say a count; 1 to 5 is not said."""
    return "1 to 5" if 0 < float(number) < FEW else _whole(number)  # type: ignore[arg-type]


def _groups(found: Fairness) -> list[tuple[str, list[dict[Hashable, Any]]]]:
    """Return for each dimension its groups with a drawing of appeals seen over expected."""
    from markupsafe import Markup

    made = []
    for dimension, part in found.table.groupby("dimension", sort=False):
        lines = []
        for row in part.to_dict("records"):
            enough = row["finding"] != "cannot be assessed"
            low, high = row["observed_over_expected_low"], row["observed_over_expected_high"]
            says = f"{row['observed_over_expected']:.2f}, range {low:.2f} to {high:.2f}" if enough else "cannot be assessed"
            bar = range_bar(row["observed_over_expected"], low, high, TOP_OF_BARS, says, beside=1.0, width=170) if enough else ""
            lines.append({**row, "enough": enough, "said": words.FINDINGS[row["finding"]], "bar": Markup(bar),
                          "ratio": f"{row['observed_over_expected']:.2f} ({low:.2f} to {high:.2f})" if enough else "–"})
        made.append((DIMENSIONS.get(str(dimension), str(dimension)), lines))
    return made


def _fifths(found: Fairness) -> list[dict[Hashable, Any]]:
    from markupsafe import Markup

    if not len(found.composition):
        return []
    columns = ("share_of_need", "share_of_list", "share_of_risk_list")
    top = float(np.nanmax(found.composition[list(columns)].iloc[:-1].to_numpy(float)))
    lines = []
    for row in _records(found.composition):
        together = str(row["group"]).endswith("together")
        bars: dict[Hashable, Any] = {
            f"bar_{name}": Markup("" if together else share_bar(row[name], top, name == "share_of_list", 120))
            for name in columns}
        lines.append({**row, **bars, "together": together})
    return lines


def _moved(voice: WithoutVoice | None) -> list[dict[Hashable, Any]]:
    """Return how groups move without advocacy: those with at least 20 appeals or 50 case-months on the list."""
    if voice is None:
        return []
    shown = voice.table[(voice.table["appeals"] >= 20) & voice.table["dimension"].isin(["sex", "ethnicity", "language",
                                                                                         "deprivation", "age"])]
    return [{**row, "label": DIMENSIONS[str(row["dimension"])]} for row in _records(shown)]


def _nation(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return [{**row, "label": DIMENSIONS.get(str(row["dimension"]), str(row["dimension"]))} for row in _records(table)]


def _duties(quiet: Unheard | None) -> list[dict[Hashable, Any]]:
    if quiet is None:
        return []
    return _records(quiet.by_duty[quiet.by_duty["unheard"] > 0].sort_values("unheard", ascending=False))


def _quiet_groups(quiet: Unheard | None) -> list[dict[Hashable, Any]]:
    if quiet is None or not len(quiet.by_group):
        return []
    shown = quiet.by_group[quiet.by_group["dimension"].isin(["sex", "ethnicity", "language", "deprivation"])]
    return [{**row, "label": DIMENSIONS[str(row["dimension"])],
             "share": row["unheard"] / row["failed"] if not row["small"] else np.nan} for row in _records(shown)]


def _weights(quiet: Unheard | None) -> list[dict[Hashable, Any]]:
    """Return each duty with what stays of the list when its weight is halved and made half as large again."""
    if quiet is None or not len(quiet.sensitivity):
        return []
    wide = quiet.sensitivity.pivot_table(index=["duty", "weight"], columns="factor", values="stays", sort=False).reset_index()
    return [{"duty": row["duty"], "weight": row["weight"], "less": row[0.5], "more": row[1.5]}
            for row in _records(wide)[:WEIGHTS_SHOWN]]
