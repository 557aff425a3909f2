"""The page of the drift watch: does the model still fit, what has changed, what to do, and what the charts cannot see."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.explain.words import day_in_words, first_capital, short_day
from dispute_risk.model.cusum import Chart
from dispute_risk.model.drift import DriftWatch
from dispute_risk.model.early_signals import RUN_LENGTH_MONTHS
from dispute_risk.reports.governance_page import write_folder
from dispute_risk.reports.governance_parts import Document, Frame, Grid, Picture, Points, Section, Words
from dispute_risk.reports.svg_parts import GRID, INK, PALE

__all__ = ["watch_document", "write_watch"]

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 210, 34, 12, 34
STATUS = {
    "in order": "In order: nothing that was watched has moved beyond chance.",
    "look into": "Look into: something has changed. The lists may go on; find out what it is.",
    "act": "Act: do not rely on the model until this is settled.",
}


def write_watch(found: DriftWatch, folder: str | os.PathLike[str], data_note: str) -> list[Path]:
    """Write the page of a drift watch with its tables and a short file for programs.

    Parameters
    ----------
    found : DriftWatch
    folder : path
    data_note : str
        What the records are.

    Returns
    -------
    list of Path
        `watch.html` first.

    Raises
    ------
    OutputNotWritten
    """
    early = pd.concat([_chart_rows(one.signal.name, one.chart) for one in found.early if one.chart is not None]
                      or [_chart_rows("", None)], ignore_index=True)
    tables = {
        "watch.csv": found.table.assign(as_of=found.as_of.isoformat()), "appeals_by_month.csv": found.months,
        "calibration_over_time.csv": found.over_time, "early_signals.csv": early, "features.csv": found.shift,
        "blanks.csv": found.blanks, "recording_days.csv": found.lags, "new_codes.csv": found.codes,
        "cannot_see.csv": found.blind.replace(np.inf, np.nan),
    }
    said = {"as_of": found.as_of.isoformat(), "release": found.release, "status": found.status, "use": found.use,
            "raised": found.table.loc[found.table["status"].isin(["look into", "act"]), "check"].tolist(),
            "level_to_add": round(found.level_to_add, 4), "invented": found.synthetic}
    frame = Frame(found.authority, found.release, day_in_words(found.as_of), data_note, found.synthetic,
                  facts=(("Held against", f"the year to {day_in_words(found.reference_to)}"),
                         ("Charts run from", day_in_words(found.since))))
    return write_folder(folder, [watch_document(found)], frame, tables=tables, data={"watch.json": said})


def _chart_rows(name: str, chart: Chart | None) -> pd.DataFrame:
    if chart is None:
        return pd.DataFrame(columns=["signal", "week_to", "observed", "expected", "sum_more", "sum_fewer"])
    return pd.DataFrame({"signal": name, "week_to": chart.on.astype("datetime64[s]"), "observed": chart.observed,
                         "expected": chart.expected, "sum_more": chart.up, "sum_fewer": chart.down})


def watch_document(found: DriftWatch) -> Document:
    """Return the page of a drift watch."""
    raised = found.table[found.table["status"].isin(["act", "look into"])]
    sections = [
        Section("What to do", _to_do(found, raised)),
        Section("Every check", (_checks(found.table),)),
        Section("Appeals month by month", _appeals(found)),
        Section("Early signals, week by week", _early(found)),
        Section("Calibration over time", _over_time(found)),
        Section("What this watch cannot see", _blind(found)),
    ]
    lead = (f"A model learns from the past of an authority. This page says whether the authority of {day_in_words(found.as_of)} "
            f"is still the one it learned from, up to {day_in_words(found.reference_to)}.")
    return Document("watch", "Drift watch", lead, tuple(sections), STATUS[found.status])


def _to_do(found: DriftWatch, raised: pd.DataFrame) -> tuple[Words | Points, ...]:
    if not len(raised):
        return (Words("Nothing now. Run the watch again in a month, and when practice, the law or the case system changes."),)
    items = [f"{first_capital(row.about)}: {row.found} {row.to_do}"
             for row in list[Any](raised.sort_values("status").itertuples())]
    blocks: list[Words | Points] = [Points(tuple(items))]
    if found.use == "points":
        blocks.append(Words("Until it is settled, make the weekly lists with the points, which anyone can add up: "
                            "dispute-risk watch … --points MODEL_DIR writes them as a release."))
    if found.level_to_add:
        blocks.append(Words(f"A recalibration on this day would multiply the odds of every risk by "
                            f"{np.exp(found.level_to_add):.2f} "
                            "(dispute-risk watch … --recalibrate MODEL_DIR). It moves the level of all cases alike; it does not "
                            "learn what changed, and does not put off the day of expiry."))
    blocks.append(Words("When a signal is explained and settled, start the charts anew with --since and the date."))
    return tuple(blocks)


def _checks(table: pd.DataFrame) -> Grid:
    order = {"act": 0, "look into": 1, "cannot tell": 2, "in order": 3}
    rows = sorted(list[Any](table.itertuples()), key=lambda row: order[row.status])
    return Grid("Each thing that is watched; what asks for something first", ("What is watched", "Status", "What was found"),
                tuple((first_capital(row.about), row.status, row.found) for row in rows))


def _appeals(found: DriftWatch) -> tuple[Words | Picture | Grid, ...]:
    words = Words(
        "Each month's registered appeals are held against those the model expected of cases it had given a risk up to half a "
        "year "
        "before. An appeal foreseen on several dates is counted once, so the numbers are of separate appeals and may hold "
        "parts of "
        "one. The month is looked at once 28 days have passed for its registrations.")
    if not len(found.months):
        return (words, Words("No whole month has passed since the release."))
    rows = tuple((f"{pd.Timestamp(row.month):%B %Y}", f"{row.observed:.1f}", f"{row.expected:.1f}")
                 for row in list[Any](found.months.itertuples()))
    limits = found.calibration.limits
    caption = (f"Evidence for more appeals than expected (upwards) and for fewer (downwards). The dashed lines, at "
               f"{limits.up:.1f} "
               f"and {limits.down:.1f}, are reached falsely once in five years on average.")
    return (words, Picture(_sums_picture(found.calibration, [f"{pd.Timestamp(month):%b %y}" for month in found.months["month"]],
                                         "Appeals against those expected"), caption),
            Grid("Separate appeals, seen and expected", ("Month", "Seen", "Expected"), rows, frozenset({1, 2})))


def _early(found: DriftWatch) -> tuple[Words | Grid | Picture, ...]:
    rows, pictures = [], []
    for one in found.early:
        label = first_capital(one.signal.label)
        if one.chart is None:
            rows.append((label, "–", "–", "cannot tell", one.signal.why))
            continue
        chart = one.chart
        ratio, low, high = chart.ratio(chart.since if chart.stands else 0)
        usual = f"{100 * one.usual:.1f} in 100" if one.is_share else f"{100 * one.usual:.2f} a week for 100 notices"
        seen = f"{ratio:.2f} ({low:.2f} to {high:.2f})" if np.isfinite(ratio) else "–"
        rows.append((label, usual, seen, "look into" if chart.stands else "in order", one.signal.why))
        if chart.stands:
            labels = [short_day(day.astype(dt.date), year=False) for day in chart.on]
            pictures.append(Picture(_sums_picture(chart, labels, label), f"{label}: the sums of evidence, week by week"))
    words = Words("Whether an appeal comes is known months later. These change at once, and are counted in the week they were "
                  "recorded. "
                  "Each week is held against the year that ended a quarter before it, and like against like: first plans "
                  "against first plans, notices against notices as old. With nothing changed, all of them together ask for "
                  f"a look about once in {RUN_LENGTH_MONTHS} months.")
    return (words, Grid("Since the charts began, or since the change where there is a signal",
                        ("What is counted", "Usual", "Times the usual (95 in 100 range)", "Status", "What a change would mean"),
                        tuple(rows)), *pictures)


def _over_time(found: DriftWatch) -> tuple[Words | Grid, ...]:
    def said(seen: float, expected: float) -> str:
        return f"{seen:.0f} of {expected:.0f} expected: {seen / expected:.2f}" if expected > 0 else "not known yet"

    rows = tuple((short_day(pd.Timestamp(row.on).date()), f"{row.cases:,}", said(row.early_observed, row.early_expected),
                  said(row.observed, row.expected)) for row in list[Any](found.over_time.tail(14).itertuples()))
    return (Words("The same model on each first Monday. One appeal stands in several rows, so neighbouring rows say the same "
                  "thing "
                  "again; dates up to the release are those it learned from."),
            Grid("Appeals seen for those expected", ("Date", "Cases at risk", "Within 90 days", "Within the whole horizon"), rows,
                 frozenset({1})))


def _blind(found: DriftWatch) -> tuple[Words | Grid | Points, ...]:
    each = float(found.months["expected"].mean()) if len(found.months) else float("nan")
    rows = tuple((f"{100 * (row.change - 1):+.0f}%".replace("-", "−"),
                  f"{row.median_months:.0f}" if np.isfinite(row.median_months) else "over 120",
                  f"{100 * row.missed_share:.0f} in 100")
                 for row in list[Any](found.blind.itertuples()))
    size = f"about {each:.0f} expected appeals a month" if np.isfinite(each) else "as many appeals as before the release"
    return (Grid(f"The chart of appeals in an authority with {size}", ("True change of the appeals", "Months until the chart "
                                                                                                     "says so, "
                 "half of the time", "Still unnoticed after a year"), rows, frozenset({1, 2})),
            Points((
                "A change that leaves numbers and shares as they were, such as the same number of refusals for other children.",
                "What is not recorded. A team that stops writing things down looks like a quieter one: see the blanks and the "
                "days "
                "until facts are recorded.",
                "Whether the lists prevented appeals. Cases that were acted on and did not appeal look like cases that never "
                "would have: that needs the hold-out or the frozen before-and-after plan.",
                "Unfairness between groups: see the equality annex, to be run again with each new release.",
            )))


def _sums_picture(chart: Chart, labels: Sequence[str], says: str) -> str:
    """Draw the sum for more above the line and the sum for fewer below it, with their limits."""
    top = max(float(chart.up.max(initial=0)), chart.limits.up) * 1.1
    low = max(float(chart.down.max(initial=0)), chart.limits.down) * 1.1
    if not np.isfinite(top + low) or not len(chart.on):
        return ""
    scale = (HEIGHT - TOP - BOTTOM) / (top + low)
    zero, step = TOP + top * scale, (WIDTH - LEFT - 10) / len(chart.on)
    body = [f'<line x1="{LEFT}" y1="{zero:.1f}" x2="{WIDTH - 10}" y2="{zero:.1f}" stroke="{GRID}"/>']
    for value, sign, word in ((chart.limits.up, -1, "more"), (chart.limits.down, 1, "fewer")):
        y = zero + sign * value * scale
        body.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - 10}" y2="{y:.1f}" stroke="#333d47" stroke-dasharray="5 3"/>')
        body.append(f'<text x="{LEFT - 4}" y="{y + 4:.1f}" text-anchor="end" fill="#333d47">{word}</text>')
    every = max(1, -(-len(labels) // 12))
    for place, (up, down) in enumerate(zip(chart.up, chart.down, strict=True)):
        x, wide = LEFT + place * step + 0.12 * step, 0.76 * step
        for value, limit, above in ((up, chart.limits.up, True), (down, chart.limits.down, False)):
            paint = INK if value >= limit else PALE
            y = zero - value * scale if above else zero
            body.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{value * scale:.1f}" fill="{paint}"/>')
        if place % every == 0:
            body.append(f'<text x="{x + wide / 2:.1f}" y="{HEIGHT - 10}" text-anchor="middle" fill="#333d47">'
                        f'{escape(labels[place])}</text>')
    crossed = "no limit stands reached" if not chart.stands else f"the limit for {chart.direction} is reached"
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" font-size="11" '
            f'aria-label="{escape(says, quote=True)}: {len(chart.on)} periods; {crossed}.">{"".join(body)}</svg>')
