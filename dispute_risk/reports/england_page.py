"""Where an authority stands, as one web page that needs no network and prints on A4."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.england.headlines import change_in_appeals, headlines
from dispute_risk.england.measures import rate_called
from dispute_risk.records.write import written_beside
from dispute_risk.reports.england_pictures import funnel_picture, interval_picture, trend_picture

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.england.standing import Standing

__all__ = ["england_page", "write_england_page"]

FUNNELS = ("appeal_rate_old_base", "appeal_rate_new_base", "refusal_to_assess", "plans_in_20_weeks")
TRENDS = ("appeal_rate_old_base", "refusal_to_assess", "plans_in_20_weeks")
_ABOUT = {"appeals": "Appeals", "decisions": "Decisions", "time": "Time limits", "mediation": "Mediation"}
_STATES = {
    "chance": "No further than chance", "ordinary": "More than chance, within the wide spread",
    "unusual": "Outside the spread", "far_out": "Far outside the spread", "": "Not compared",
}


def england_page(standing: Standing) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    standing : Standing
        From `england.standing.where_it_stands`.

    Examples
    --------
    >>> from dispute_risk.england.standing import where_it_stands
    >>> "<title>Where Devon stands" in england_page(where_it_stands("Devon"))
    True
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["one"] = lambda value: "–" if value is None or np.isnan(value) else f"{value:,.1f}"
    environment.filters["whole"] = lambda value: "–" if value is None or np.isnan(value) else f"{value:,.0f}"
    environment.filters["signed"] = lambda value: f"{value:+.2f}".replace("-", "−")
    change = change_in_appeals(standing)
    return environment.get_template("england.html").render(
        standing=standing, headlines=headlines(standing), change=change.words if change else "",
        about=_ABOUT, states=_STATES, rates=_rates(standing), funnels=_funnels(standing), trends=_trends(standing),
        appeals=standing.published_appeals[standing.published_appeals["year"] <= standing.year].to_dict("records"),
        like=_like(standing), associated=_associated(standing), groups=_groups(standing),
        expected=_expected(standing), sources=standing.sources.to_dict("records"),
    )


def write_england_page(standing: Standing, path: str | Path) -> Path:
    """Write the page beside its place and move it there.

    Raises
    ------
    OutputNotWritten
        Where the place cannot be written.
    """
    page = england_page(standing)
    with written_beside(path) as temporary:
        Path(temporary).write_text(page, encoding="utf-8")
    return Path(path)


def _rates(standing: Standing) -> list[dict[Hashable, Any]]:
    return standing.table.reset_index().to_dict("records")


def _funnels(standing: Standing) -> list[dict[str, object]]:
    pictures: list[dict[str, object]] = []
    for name in FUNNELS:
        funnel = standing.funnels.get(name)
        if funnel is not None:
            pictures.append({"title": f"{funnel.label}, {funnel.year}", "base": funnel.base,
                             "svg": funnel_picture(funnel, standing.name, standing.comparable.names),
                             "summary": funnel.summary(), "verdict": standing.table.loc[name, "verdict"]})
    return pictures


def _trends(standing: Standing) -> list[dict[str, str]]:
    pictures = []
    for name in TRENDS:
        rows = standing.trend[(standing.trend["measure"] == name) & (standing.trend["year"] <= standing.year)]
        if len(rows) > 1:
            rate = rate_called(name)
            pictures.append({"title": rate.label, "base": rate.base,
                             "svg": trend_picture(rows, standing.name, standing.region, rate.label)})
    return pictures


def _like(standing: Standing) -> list[dict[str, object]]:
    rates = {name: funnel.table["rate"] for name, funnel in standing.funnels.items()}
    rows: list[dict[str, object]] = []
    for other, row in standing.comparable.table.iterrows():
        shown = {name: float(rates[name].get(other, np.nan)) if name in rates else np.nan
                 for name in ("appeal_rate_old_base", "refusal_to_assess", "plans_in_20_weeks")}
        rows.append({"name": other, "region": row["region"], "plans": row["plans"], "why": row["why"], **shown})
    return rows


def _associated(standing: Standing) -> dict[str, object]:
    rows = standing.associations.in_year(standing.year)
    shown = _intervals(rows["label"], rows, "correlation", "low", "high")
    years = standing.associations.table
    by_year = years[(years["measure"] == "plans_in_20_weeks") & (years["base"] == "old")]
    return {
        "svg": interval_picture(shown, f"What goes with a higher appeal rate, {standing.year}",
                                "Rank correlation with the appeal rate, old base (line: 95% interval)", 0),
        "rows": rows.to_dict("records"), "timeliness": by_year.to_dict("records"),
        "summary": standing.associations.summary(),
    }


def _groups(standing: Standing) -> list[dict[str, object]]:
    pictures: list[dict[str, object]] = []
    for topic, groups in standing.groups.items():
        rows = _intervals(groups.table.index, groups.table, "appeal_ratio", "appeal_ratio_low", "appeal_ratio_high")
        pictures.append({
            "topic": topic, "summary": groups.summary(), "compared_with": groups.compared_with,
            "svg": interval_picture(rows, f"Appeals after a refusal to assess, by {topic}",
                                    f"Ratio to {groups.compared_with} (line: 95% interval)", 1, ratio=True),
            "rows": groups.table.rename_axis("group").reset_index().to_dict("records"),
        })
    return pictures


def _intervals(
    labels: Iterable[object], table: pd.DataFrame, value: str, low: str, high: str
) -> list[tuple[str, float, float, float]]:
    """Return label, value and interval of each row, for a picture."""
    numbers = table[[value, low, high]].to_numpy(float)
    return [(_short(str(label)), float(row[0]), float(row[1]), float(row[2]))
            for label, row in zip(labels, numbers, strict=True)]


def _short(label: str) -> str:
    return label if len(label) <= 42 else label[:41] + "…"


def _expected(standing: Standing) -> dict[str, object] | None:
    if standing.expected is None:
        return None
    return {"summary": standing.expected.summary(), "coverage": round(100 * standing.expected.coverage),
            "rows": standing.expected.table.to_dict("records")}
