"""The monitors as one page for a service manager to read or print; every figure beside what it is a share of."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dispute_risk.explain.words import day_in_words, first_capital, short_day
from dispute_risk.records.write import written_beside
from dispute_risk.reports.charts import range_bar, week_bars
from dispute_risk.reports.monitors_pictures import forecast_picture, replies_picture
from dispute_risk.reports.monitors_words import NOT_FOR, NOTES, days_said, few_or_share, share_said
from dispute_risk.reports.weekly_guidance import INVENTED
from dispute_risk.triage.monitors.month_counts import STREAMS
from dispute_risk.triage.monitors.queues import QUEUES
from dispute_risk.triage.monitors.response_times import ALL_AREAS
from dispute_risk.triage.monitors.review_backlog import OVERDUE_BANDS

if TYPE_CHECKING:
    from dispute_risk.triage.monitors.together import Monitors

__all__ = ["monitors_page", "write_monitors_page"]

TEMPLATES = Path(__file__).parent / "templates"
PASSED_OVER_SHOWN = 5
GAPS_SHOWN = 20
LABELS_SHOWN = 4
PARTS = (("replies", "Replies to families"), ("reviews", "Reviews"), ("ahead", "The work ahead"), ("order", "Order served"),
         ("gaps", "Gaps in the records"))


def monitors_page(monitors: Monitors) -> str:
    """Return the page as HTML that needs nothing else to be read.

    Parameters
    ----------
    monitors : Monitors
        From `triage.monitors.together.monitors`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(
        day=day_in_words, short=lambda on: short_day(on.date()), number=lambda value: f"{value:,.0f}", share=share_said,
        days=days_said, first_capital=first_capital, invented=INVENTED, not_for=NOT_FOR, guide=NOTES, parts=PARTS,
        bands=[name for name, _, _ in OVERDUE_BANDS],
    )
    mark = f'"Monitors, {day_in_words(monitors.as_of)}{", invented records" if monitors.synthetic else ""}"'
    return environment.get_template("monitors.html").render(
        m=monitors, css=Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")), page_mark=Markup(mark),
        tiles=_tiles(monitors), replies=_replies(monitors), reviews=_reviews(monitors), ahead=_ahead(monitors),
        order=_order(monitors), gaps=_gaps(monitors),
    )


def write_monitors_page(monitors: Monitors, path: str | Path) -> Path:
    """Write the page beside its place and move it there.

    Raises
    ------
    OutputNotWritten
        Where the place cannot be written.
    """
    page = monitors_page(monitors)
    with written_beside(path) as beside:
        beside.write_text(page, encoding="utf-8")
    return Path(path)


def _tiles(monitors: Monitors) -> list[tuple[str, str, str]]:
    replies = monitors.replies.table
    whole = replies[(replies["area"] == ALL_AREAS) & replies["over"] & ~replies["few"]]
    tiles = []
    if len(whole):
        row = whole.iloc[-1]
        tiles += [("Answered within 5 working days", share_said(row["within_5"]),
                   f"of {row['messages']:,} messages, {row['month']:%B %Y}"),
                  ("No reply date yet", share_said(row["no_reply_share"]), f"{row['no_reply_date']:,} of {row['messages']:,}")]
    reviews = monitors.reviews.areas.iloc[0]
    held = reviews["plans_in_force"] - reviews["ceasing"]
    tiles.append(("Reviews overdue", f"{reviews['overdue']:,}", f"{share_said(reviews['overdue_share'])} of {held:,} plans"))
    for name in ("appeals", "mediations"):
        one = monitors.ahead.streams[name]
        said = ("cannot say", one.cannot) if one.cannot else (
            f"{one.total[0]:,.0f}", f"{one.total[1]:,.0f} to {one.total[2]:,.0f}, next 12 months")
        tiles.append((f"{STREAMS[name]}, expected", *said))
    tiles.append(("Gaps that touch the lists", f"{len(monitors.gaps.table):,}", "tables, columns, areas or months"))
    return tiles


def _svg(picture: str) -> Any:
    from markupsafe import Markup

    return Markup(picture)


def _range(low: float, high: float, said: Any) -> str:
    return "" if math.isnan(low) or math.isnan(high) or math.isinf(low) else f"{said(low)} to {said(high)}"


def _replies(monitors: Monitors) -> dict[str, Any]:
    table, waiting = monitors.replies.table, monitors.replies.waiting
    whole = table[table["area"] == ALL_AREAS]
    months = []
    for row in whole.to_dict("records"):
        few = bool(row["few"])
        months.append({
            "month": f"{row['month']:%b %Y}" + ("" if row["over"] else " (not over)"), "messages": f"{row['messages']:,}",
            "blank": f"{row['no_reply_date']:,}" + ("" if few else f" ({share_said(row['no_reply_share'])})"),
            **{f"w{limit}": few_or_share(row[f"within_{limit}"], few) for limit in (2, 5, 10, 15)},
            "range5": _range(row["within_5_low"], row["within_5_high"], share_said), "median": days_said(row["median_days"]),
            "median_range": _range(row["median_low"], row["median_high"], days_said),
            "dated5": few_or_share(row["of_dated_5"], few),
        })
    areas = [(name, _svg(replies_picture(rows, f"Replies in area {name}", 330, 210)))
             for name, rows in table[table["area"] != ALL_AREAS].groupby("area", sort=True)]
    return {"any": bool(whole["messages"].sum()), "months": months, "areas": areas, "span": len(whole),
            "picture": _svg(replies_picture(whole, "Replies to families, all areas")), "waiting": waiting.to_dict("records")}


def _reviews(monitors: Monitors) -> dict[str, Any]:
    reviews = monitors.reviews
    by_area = {area: rows["due"].to_list() for area, rows in reviews.coming.groupby("area", sort=False)}
    months = [f"{month:%b %y}" for month in reviews.coming["month"].drop_duplicates()]
    counts = by_area.get(ALL_AREAS, [])
    compared, agree = reviews.dates_compared, reviews.dates_agree
    dates = (f"{reviews.dates_recorded:,} reviews held carry a recorded due date; {compared:,} of those can be rebuilt, and "
             f"{share_said(agree / compared)} of these lie within 14 days of the rebuilt date. The rebuilt date is used here."
             if compared else "No review held carries a due date that can be held against the rebuilt one.")
    areas = reviews.areas["area"].nunique()
    return {
        "areas": reviews.areas.to_dict("records"), "steps": reviews.steps.to_dict("records"), "rows_a_step": areas,
        "months": months, "coming": list(by_area.items()), "dates": dates,
        "this_month": f"{months[0]}: what is left of the month",
        "picture": _svg(week_bars(counts, months, max(counts, default=1), "Reviews that fall due by month", width=860)),
    }


def _ahead(monitors: Monitors) -> list[dict[str, Any]]:
    shown = []
    for name, one in monitors.ahead.streams.items():
        summary = one.summary().removeprefix(f"{STREAMS[name]}: ")
        shown.append({"title": STREAMS[name], "summary": first_capital(summary), "rows": one.table.to_dict("records"),
                      "picture": _svg(forecast_picture(one.history, one.table, STREAMS[name])) if len(one.history) else "",
                      "test": one.test.table.to_dict("records") if one.test is not None else []})
    return shown


def _order(monitors: Monitors) -> dict[str, Any]:
    order = monitors.order
    rows = []
    for row in order.table.to_dict("records"):
        known, ranged = not math.isnan(row["older_first"]), not math.isnan(row["low"])
        rows.append({
            **row, "first": row["area"] == ALL_AREAS, "said": _of_100(row["older_first"]),
            "range": _range(row["low"], row["high"], _of_100), "passed_share": share_said(row["passed_over"] / row["served"])
            if row["served"] else "", "aside": _of_100(row["older_first_set_aside"]),
            "reasons": f"{row['reasons']:,} had one",
            "picture": _svg(range_bar(
                row["older_first"], row["low"] if ranged else None, row["high"] if ranged else None, 1.0,
                f"{_of_100(row['older_first'])} of 100", beside=0.5, width=150)) if known else "too few",
        })
    most = order.overtaken.groupby("queue", sort=False).head(PASSED_OVER_SHOWN)
    overtaken = [{**row, "label": QUEUES[str(row["queue"])], "recorded": _recorded(row)} for row in most.to_dict("records")]
    return {"rows": rows, "overtaken": overtaken, "shown": PASSED_OVER_SHOWN, "all": len(order.overtaken)}


def _of_100(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.0f}"


def _recorded(row: dict[Any, Any]) -> str:
    said = [*(["an exception under reg 10(4)"] if row["exception"] else []),
            *(["advice not yet in"] if row["advice_awaited"] else [])]
    return "; ".join(said) or "no reason"


def _gaps(monitors: Monitors) -> list[dict[str, Any]]:
    shown = []
    for row in monitors.gaps.table.head(GAPS_SHOWN).to_dict("records"):
        labels = str(row["feature_labels"]).split("; ") if row["features"] else []
        more = f" and {len(labels) - LABELS_SHOWN} more" if len(labels) > LABELS_SHOWN else ""
        likely = "" if pd.isna(row["likely_listed"]) else f"; {row['likely_listed']:,.0f} likely disputes"
        shown.append({
            "what": f"{row['table']}, {row['column']}" if row["column"] else f"{row['table']}",
            "where": f"{'area ' + row['area'] if row['area'] else 'all areas'}: {row['state']}, {row['when']}",
            "features": f"{row['features']}: {'; '.join(labels[:LABELS_SHOWN])}{more}" if labels else "none",
            "families": f"Reasons under: {row['families']}" if row["families"] else "", "duties": row["duties"] or "no duty",
            "lists": row["lists"], "open_cases": row["open_cases"], "listed": f"{row['duties_listed']:,} with a duty{likely}",
        })
    return shown
