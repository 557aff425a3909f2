"""What appealed cases have in common, as it is read: each pattern with its comparison, its duty and its cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.causes.cause_costs import NOT_COUNTED, cost_range
from dispute_risk.causes.counts import ALL
from dispute_risk.causes.disclosure import THRESHOLD
from dispute_risk.causes.lines import Heading, Lines, rate
from dispute_risk.causes.patterns import VERDICTS
from dispute_risk.causes.report import CausesReport
from dispute_risk.explain.words import first_capital, short_day

__all__ = ["cases_behind", "cost_lines", "found", "pattern_lines", "trend_lines"]


def pattern_lines(report: CausesReport) -> Lines:
    """Return the patterns with counts, rates, ratios and shares; from rounded counts where it is to be published.

    Where a count behind it is withheld, so are its ratios: a ratio of exact numbers would give the count away.
    """
    assert report.patterns is not None
    rows = [_line(report, row) for row in report.patterns.table.itertuples()]
    inside = not report.for_publication
    fine = "ratio" if inside else "rate"  # two decimals inside, one outside
    crude = "Ratio before anything is held equal" if inside else "Ratio of the rounded rates, nothing held equal"
    exact = (Heading("crude_ratio", crude, fine, 14),
             *((Heading("q", "Share of false findings (q)", "ratio", 11),) if inside else ()))
    shares = (Heading("share_low", "From", "rate", 7), Heading("share_high", "To", "rate", 7)) if inside else ()
    return Lines(
        "patterns", "What appealed cases have in common",
        "Decisions that led to an appeal, compared with decisions that could have been appealed in the same months and were "
        f"not; {short_day(report.patterns.start_on)} to {short_day(report.patterns.end_on)}. Times the rate: with the other "
        "patterns, the kind of decision, the time since it, need, area and quarter held equal, with its 95 % range. "
        "An association is no proof that putting it right would have prevented an appeal.",
        (Heading("label", "Pattern", width=46), Heading("verdict", "Finding", width=30),
         Heading("appeals", "Appeals with it", "count", 9), Heading("among", "Of appeals about", "count", 10),
         Heading("base", "Judged on", width=30), Heading("appeals_share", "Of 100 appeals", "rate", 9),
         Heading("risk_share", "Of 100 months at risk without", "rate", 12), *exact,
         Heading("ratio", "Times the rate", fine, 9), Heading("low", "From", fine, 7), Heading("high", "To", fine, 7),
         Heading("share", "Share of all appeals associated, in 100", "rate", 13), *shares,
         Heading("duty", "Duty broken", width=34), Heading("source", "Read from", width=28)),
        pd.DataFrame(rows))


def _line(report: CausesReport, row: Any) -> dict[str, Any]:
    appeals = report.count(f"appeals compared, {row.base}", row.exposure)
    among = report.count(f"appeals compared, {row.base}", ALL)
    months = report.count(f"case-months, {row.base}", row.exposure)
    every = report.count(f"case-months, {row.base}", ALL)
    quiet, quiet_every = months - appeals, every - among
    line = {"exposure": row.exposure, "label": first_capital(row.label), "appeals": appeals, "among": among,
            "base": row.base, "appeals_share": rate(appeals, among), "risk_share": rate(quiet, quiet_every),
            "crude_ratio": row.crude_ratio, "q": row.q, "ratio": row.ratio, "low": row.low, "high": row.high,
            "share": 100 * row.share, "share_low": 100 * row.share_low, "share_high": 100 * row.share_high, "per": row.per,
            "duty": row.broken_duty or "no duty with a date in statute",
            "source": row.source, "verdict": first_capital(row.verdict), "sure": row.verdict == VERDICTS["more"]}
    if report.for_publication:
        line |= {"crude_ratio": _ratio(appeals, among, months, every), **_as_published(row, line)}
    if not line["sure"]:
        line |= dict.fromkeys(("share", "share_low", "share_high"), np.nan)
    return line


def _as_published(row: Any, line: dict[str, Any]) -> dict[str, Any]:
    """Return the ratios of a pattern to one place, or none of them where a count behind them is small or withheld."""
    withheld = dict.fromkeys(("q", "share", "share_low", "share_high"), np.nan)
    small = [row.appeals_exposed, row.appeals - row.appeals_exposed]
    if np.isnan([line["appeals"], line["among"]]).any() or min(small) < THRESHOLD:
        return {**withheld, **dict.fromkeys(("crude_ratio", "ratio", "low", "high"), np.nan),
                "verdict": "Numbers too small to publish", "sure": False}
    ratio = round(row.ratio, 1)
    # The share of appeals rests on the rounded ratio and the rounded share of appeals with the pattern.
    whole = float(row.share) / float(row.prevalence_appeals) if row.prevalence_appeals else np.nan
    share = float(5 * round(100 * float(line["appeals_share"]) / 100 * whole / 5)) if np.isfinite(whole) else np.nan
    return {**withheld, "ratio": ratio, "low": round(row.low, 1), "high": round(row.high, 1), "share": share}


def _ratio(appeals: float, among: float, months: float, every: float) -> float:
    """Return how many times the rate with the pattern is that without it, from the counts shown."""
    if np.isnan([appeals, among, months, every]).any() or not (appeals < among and 0 < months < every):
        return np.nan
    return (appeals / months) / ((among - appeals) / (every - months))


def found(lines: Lines) -> pd.DataFrame:
    """Return the lines of the patterns that are associated with more appeals, the surest first."""
    return lines.frame[lines.frame["sure"].astype(bool)].reset_index(drop=True)


def cost_lines(report: CausesReport, lines: Lines) -> Lines:
    """Return what the appeals with each pattern found cost the authority to work on."""
    assert report.patterns is not None
    rows, years = [], (report.patterns.end_on - report.patterns.start_on).days / 365.25
    row: Any
    for row in found(lines).itertuples():
        low, high = cost_range(float(row.appeals) / years, report.costs)
        rows.append({"label": row.label, "appeals": row.appeals, "a_year": float(row.appeals) / years, "low": low,
                     "high": high, "duty": row.duty})
    sources = " ".join(cost.in_words() for cost in report.costs)
    return Lines(
        "costs", "What the appeals associated with each pattern cost to work on",
        f"Appeals with the pattern in a year, on average from {short_day(report.patterns.start_on)} to "
        f"{short_day(report.patterns.end_on)}, times the cost of one. {NOT_COUNTED} {sources}",
        (Heading("label", "Pattern", width=46), Heading("appeals", "Appeals with it", "count", 10),
         Heading("a_year", "In a year", "rate", 9), Heading("low", "At least, GBP a year", "money", 14),
         Heading("high", "At most, GBP a year", "money", 14), Heading("duty", "Duty broken", width=40)),
        pd.DataFrame(rows, columns=["label", "appeals", "a_year", "low", "high", "duty"]))


def cases_behind(report: CausesReport) -> Lines:
    """Return the appealed cases behind each pattern; for those who may see case numbers, never for publication."""
    assert report.patterns is not None and not report.for_publication
    lines = pattern_lines(report).frame.set_index("exposure")
    first = report.counted.appeals.drop_duplicates("case_id", keep="last").set_index("case_id")
    registered: Any = first["registered_on"]
    rows = []
    for exposure in lines.index:
        for case in report.patterns.cases.get(exposure, ()):
            known = case in first.index
            rows.append({"label": lines.loc[exposure, "label"], "case_id": case,
                         "area": first.loc[case, "area"] if known else "",
                         "registered": registered[case].date() if known else None,
                         "sure": "yes" if lines.loc[exposure, "sure"] else ""})
    return Lines("cases", "The cases behind each pattern",
                 "Appealed cases only. To read files side by side, not to rank them; not for publication.",
                 (Heading("label", "Pattern", width=46), Heading("sure", "Associated", "mark", 11),
                  Heading("case_id", "Case", width=16), Heading("area", "Area", width=12),
                  Heading("registered", "Appeal registered", "date", 14)),
                 pd.DataFrame(rows, columns=["label", "case_id", "area", "registered", "sure"]))


def trend_lines(report: CausesReport) -> Lines:
    """Return whether each pattern became more common, and whether more appeals went with it: one line a pattern."""
    assert report.trend is not None
    slopes = {(one["exposure"], one["measure"]): one for one in report.trend.slopes.to_dict("records")}
    quarters = report.trend.table[report.trend.table["whole"]].sort_values("quarter", kind="stable")
    rows = []
    for exposure, mine in quarters.groupby("exposure", sort=False):
        row: dict[str, Any] = {"label": first_capital(str(mine["label"].iloc[0])),
                               "first": 100 * mine["share"].iloc[0], "last": 100 * mine["share"].iloc[-1]}
        for measure in ("share", "rate"):
            slope = slopes[exposure, measure]
            row.update({f"{measure}_{name}": slope[name] for name in ("times_a_year", "low", "high")},
                       **{f"{measure}_verdict": first_capital(str(slope["verdict"]))})
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["label", "first", "last", *(
        f"{measure}_{name}" for measure in ("share", "rate") for name in ("times_a_year", "low", "high", "verdict"))])
    changed = frame[["share_verdict", "rate_verdict"]].astype(str).apply(lambda one: one.str.startswith("Changed")).any(axis=1)
    frame = frame.loc[np.argsort(~changed.to_numpy(bool), kind="stable")].reset_index(drop=True)
    return Lines(
        "trend", "Is it becoming more common?",
        f"Each pattern from quarter to quarter, {short_day(report.trend.start_on)} to {short_day(report.trend.end_on)}: in how "
        "many of 100 months in which a decision could be appealed it was there, and how many appeals went with it. Times after "
        "a year: above 1 is more, with its 95 % range. A change is told only where chance, over all lines together, hardly "
        "explains it.",
        (Heading("label", "Pattern", width=46), Heading("share_verdict", "How common it is", width=24),
         Heading("first", "Of 100 months, first whole quarter", "rate", 13), Heading("last", "Last whole quarter", "rate", 9),
         Heading("share_times_a_year", "Times as common after a year", "ratio", 12), Heading("share_low", "From", "ratio", 7),
         Heading("share_high", "To", "ratio", 7), Heading("rate_verdict", "Appeals that go with it", width=24),
         Heading("rate_times_a_year", "Times as many appeals after a year", "ratio", 13),
         Heading("rate_low", "From", "ratio", 7), Heading("rate_high", "To", "ratio", 7)), frame)
