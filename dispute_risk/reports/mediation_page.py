"""The report of the study of mediation: a page that opens with the answer or the refusal, and every figure as a table."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk import terms
from dispute_risk.errors import OutputNotWritten
from dispute_risk.explain.words import day_in_words
from dispute_risk.mediation.effect import DESIGNS
from dispute_risk.records.write import write_csv, written_beside
from dispute_risk.reports.mediation_pictures import areas_picture, forest_picture
from dispute_risk.reports.weekly_guidance import INVENTED

if TYPE_CHECKING:
    from dispute_risk.mediation.comparison import Study
    from dispute_risk.mediation.effect import Effect
    from dispute_risk.mediation.effect_by_cause import EffectByCause
    from dispute_risk.mediation.logged_places import Rules

__all__ = ["mediation_page", "write_mediation"]

TEMPLATES = Path(__file__).parent / "templates"
SHORT = {"encouragement": "rationed by lot or by places", "doubly_robust": "alike on the day of the offer",
         "staggered": "areas that began before others"}
"""Labels of the designs in the picture."""
STANDS = {True: "stands", False: "does not stand", None: "cannot be told"}


def write_mediation(
    study: Study, folder: str | os.PathLike[str], *, authority: str, as_of: dt.date, synthetic: bool, data_note: str,
    rules: Rules | None = None, by_cause: EffectByCause | None = None,
) -> list[Path]:
    """Write the page and its tables; all files are made before the first is moved into place.

    Parameters
    ----------
    study : Study
    folder : path
        Made where it does not exist; a report already in it is replaced.
    authority : str
    as_of : date
    synthetic : bool
        Whether the records are invented; the page and every row of the tables are then marked.
    data_note : str
    rules : Rules, optional
        What other rules for places would have done, where a ledger holds a lottery.
    by_cause : EffectByCause, optional
        What an offer did by what had gone wrong, where the offers are enough to say.

    Returns
    -------
    list of Path
        `mediation.html` first.

    Raises
    ------
    OutputNotWritten
        If the place cannot be written.
    """
    wanted = Path(folder)
    if wanted.exists() and not wanted.is_dir():
        raise OutputNotWritten(f"{wanted} is a file, and the report needs a folder. Give the name of a folder.")
    tables = _tables(study)
    for name, one in (("by_cause.csv", by_cause), ("rules.csv", rules)):
        if one is not None:
            tables[name] = one.table
    page = mediation_page(study, authority=authority, as_of=as_of, synthetic=synthetic, data_note=data_note, tables=list(tables),
                          rules=rules, by_cause=by_cause)
    names = ["mediation.html", *tables]
    taken = [name for name in names if (wanted / name).is_dir()]
    if taken:
        raise OutputNotWritten(f"{wanted} holds folders where files of the report are to go. Write to another folder.", taken)
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".mediation-", dir=wanted) as workplace:
            made = Path(workplace)
            (made / names[0]).write_text(page, encoding="utf-8")
            for name, table in tables.items():
                marked = table.replace([np.inf, -np.inf], np.nan).assign(as_of=as_of.isoformat())
                write_csv(marked.assign(invented="yes") if synthetic else marked, made / name)
            for name in reversed(names):  # the page last: where it stands, its tables do
                with written_beside(wanted / name) as beside:
                    os.replace(made / name, beside)
    except OSError as error:
        raise OutputNotWritten(f"{wanted} could not be written ({error.strerror or error}). "
                               "Check the place, the rights on it and the free space.") from error
    return [wanted / name for name in names]


def _tables(study: Study) -> dict[str, pd.DataFrame]:
    found = {"designs.csv": study.table, "challenges.csv": pd.DataFrame([
        {"challenge": one.name, "result": STANDS[one.passed], "words": one.words} for one in study.challenges])}
    for number, one in enumerate(study.challenges, 1):
        if not one.table.empty:
            found[f"challenge_{number}.csv"] = one.table.assign(challenge=one.name)
    if not study.headline.by_ground.empty:
        found["by_decision.csv"] = study.headline.by_ground
    if study.panel is not None:
        found["areas_by_quarter.csv"] = study.panel.table
    return found


def mediation_page(
    study: Study, *, authority: str, as_of: dt.date, synthetic: bool, data_note: str, tables: list[str] | None = None,
    rules: Rules | None = None, by_cause: EffectByCause | None = None,
) -> str:
    """Return the page as HTML; it needs no network.

    Parameters
    ----------
    study, authority, as_of, synthetic, data_note, rules, by_cause
        As for `write_mediation`.
    tables : list of str, optional
        Files named at the foot.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(signed=_signed, whole=lambda number: f"{number:,.0f}", one=lambda number: f"{number:.1f}")
    found = study.headline
    events = next((one.details["event_study"] for one in study.effects if "event_study" in one.details), pd.DataFrame())
    return environment.get_template("mediation.html").render(
        found=found, pooled=study.pooled, heading=_heading(study), meaning=_meaning(study), follows=_follows(study),
        authority=authority, as_of=day_in_words(as_of), synthetic=synthetic, invented=INVENTED, data_note=data_note,
        css=Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")), forest=Markup(forest_picture(_forest(study))),
        areas=Markup(areas_picture(events)) if len(events) else "", effects=[_line(one) for one in study.effects],
        challenges=[{"name": one.name, "result": STANDS[one.passed], "words": one.words, "bad": one.passed is not True}
                    for one in study.challenges],
        grounds=_grounds(found), definitions=_definitions(study), eligible=study.eligible.summary(), prior=study.prior,
        take_up=study.eligible.offers.take_up, tables=tables or [], rules=rules, by_cause=by_cause,
        shaky=bool(study.failed) or not found.answers)


def _signed(number: object) -> str:
    if not isinstance(number, int | float) or not np.isfinite(number):
        return "–"
    return f"{number:+.1f}".replace("-", "−")


def _heading(study: Study) -> str:
    found = study.headline
    if not found.answers:
        return "Cannot be told with these records"
    if not found.clear:
        return "No clear difference"
    if found.risk_difference > 0 or study.failed:
        return "A difference, and not to be relied on"
    return "Fewer appeals among those offered"


def _meaning(study: Study) -> str:
    return study.headline.summary()


def _follows(study: Study) -> str:
    """Return what to do next."""
    found = study.headline
    if not found.answers:
        return ("Until it can be told, use the published figure with its wide range, and let a lottery decide between cases that "
                "have an equal claim on a week's places: then it can be.")
    if study.failed:
        return ("The figure does not stand up to " + "; ".join(f"“{one.name}”" for one in study.failed)
                + " Do not put it in a business plan by itself. A lottery among cases with an equal claim would settle it.")
    if not found.clear:
        return ("Neither an effect nor its absence is shown. More offers, or a lottery among cases with an equal claim, would "
                "narrow the range; the table of designs says how wide it is now.")
    if found.risk_difference > 0:
        return ("More appeals after an offer is what one sees where offers go to families already set on appealing. Ask the team "
                "how cases were chosen, record it, and let a lottery decide between cases with an equal claim.")
    return ("Use the figure with its range, never alone, and keep a lottery among cases with an equal claim so that it can be "
            "checked.")


def _forest(study: Study) -> list[tuple[str, float, float, float, bool]]:
    lines = []
    for one in study.effects:
        lines.append((SHORT[one.design], one.risk_difference, one.low, one.high, False))
    naive = study.headline.naive
    lines.append(("offered and the rest, as they stand (wrong)", naive.risk_difference, naive.low, naive.high, True))
    share, prior = study.eligible.offers.take_up, study.prior
    lines.append(("published study, as used here", prior.per_100_mediated * share,
                  (prior.per_100_mediated - 1.96 * prior.sd) * share, (prior.per_100_mediated + 1.96 * prior.sd) * share, False))
    if study.pooled.n_offered:  # else it is the published study, and stands there already
        lines.append(("first that answers, with the published", study.pooled.risk_difference, study.pooled.low,
                      study.pooled.high, False))
    return lines


def _line(one: Effect) -> dict[str, Any]:
    return {"what": DESIGNS[one.design], "effect": one, "assumes": one.assumes}


def _grounds(found: Effect) -> list[dict[str, Any]]:
    if found.by_ground.empty:
        return []
    return [{**{str(key): value for key, value in row.items()}, "label": terms.DECISION_TYPE.label(row["decision_type"])}
            for row in found.by_ground.to_dict("records")]


def _definitions(study: Study) -> list[dict[str, Any]]:
    table = study.challenges[-1].table
    if "definition" not in table:
        return []
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
