"""The tables of the causes report as they are read: words, counts, rates on a named base, and a sign where withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk import terms
from dispute_risk.causes.appeal_rates import BASES, GROUNDS_OF_A_PLAN, KINDS, NOT_RECORDED, STAGES
from dispute_risk.causes.area_rates import PLACES, poisson_interval, shrunk_rates
from dispute_risk.causes.coded import CHANGES
from dispute_risk.causes.counts import ALL
from dispute_risk.causes.model_reasons import GROUPS
from dispute_risk.causes.periods import quarter_in_words
from dispute_risk.causes.report import CausesReport
from dispute_risk.explain.words import first_capital
from dispute_risk.features.declare import FAMILIES

__all__ = ["Heading", "Lines", "rate", "tables_of"]

NEW, OLD = BASES["decisions"], BASES["old_base"]


@dataclass(frozen=True)
class Heading:
    """One column as it is read.

    Parameters
    ----------
    name, words : str
        Column of the frame, and its heading.
    kind : {'words', 'count', 'rate', 'ratio', 'money', 'mark'}
        How a value is written; NaN in a number means withheld where `may_be_withheld`, else nothing to show.
    width : int
        In letters.
    """

    name: str
    words: str
    kind: str = "words"
    width: int = 12


@dataclass(frozen=True)
class Lines:
    """One table as it is read.

    Parameters
    ----------
    key, title, about : str
        About says the base and how to read it.
    headings : tuple of Heading
    frame : DataFrame
        Numbers with NaN where withheld; `depth` 1 for a line that is part of the one above.
    """

    key: str
    title: str
    about: str
    headings: tuple[Heading, ...]
    frame: pd.DataFrame


def rate(count: float, base: float) -> float:
    """Return a rate per 100; NaN where either number is withheld or the base is nought."""
    return 100 * count / base if base > 0 else np.nan


def tables_of(report: CausesReport) -> dict[str, Lines]:
    """Return every table of the report that can be read by itself, in their order, all but patterns and costs."""
    made = [_what(report), _grounds(report), _areas(report), _quarters(report),
            *([_area_quarters(report)] if len(report.counted.areas) > 1 else []),
            _group(report, "need", "Appeals by need", {**terms.NEED.labels, NOT_RECORDED: "not recorded"}),
            _group(report, "placement", "Appeals by where the child was", {**terms.SETTING.labels,
                                                                           NOT_RECORDED: "not recorded"}),
            _coded(report), _duties(report), *([_reasons(report)] if report.reasons else [])]
    return {one.key: one for one in made}


def _counts(report: CausesReport, dims: str, *values: str) -> dict[str, float]:
    appeals, decisions = (report.count(f"{measure} by {dims}", *values) for measure in ("appeals", "decisions"))
    if np.isnan(appeals) or np.isnan(decisions) or decisions <= 0:
        low, high = np.nan, np.nan
    else:
        low, high = (100 * end / decisions for end in poisson_interval(appeals))
    return {"appeals": appeals, "decisions": decisions, "rate": rate(appeals, decisions), "low": low, "high": high}


_RATE = (Heading("appeals", "Appeals", "count", 9), Heading("decisions", "Decisions", "count", 11),
         Heading("rate", "Appeals per 100 decisions", "rate", 13), Heading("low", "Chance: from", "rate", 9),
         Heading("high", "Chance: to", "rate", 9))
_CHANCE = "The range is what chance alone leaves open around the rate (95 %)."


def _what(report: CausesReport) -> Lines:
    rows: list[dict[str, Any]] = []
    held = report.tables["appeals by kind"].counts["kind"].astype(str).tolist()
    for kind, (label, place) in KINDS.items():
        if kind not in held:
            continue
        rows.append({"label": first_capital(label), "place": place, "depth": 0, **_counts(report, "kind", kind)})
        if kind == "plan":
            rows += [{"label": label, "place": "", "depth": 1, **_counts(report, "stage", stage)}
                     for stage, label in STAGES.items()
                     if stage != "not_matched" or report.count("appeals by stage", stage) != 0]
    rows.append({"label": "All", "place": "", "depth": 0, **_counts(report, "kind", ALL)})
    return Lines("what", "What was appealed, and at which stage",
                 f"The base: {NEW[1]}. An appeal about the plan is set against all plans made final in the period. {_CHANCE}",
                 (Heading("label", "Appealed", width=44), Heading("place", "Right of appeal", width=12), *_RATE),
                 pd.DataFrame(rows))


def _grounds(report: CausesReport) -> Lines:
    total = report.count("appeals by ground", ALL)
    rows = [{"label": first_capital(terms.GROUND.label(ground)), "appeals": report.count("appeals by ground", ground),
             "share": rate(report.count("appeals by ground", ground), total)} for ground in GROUNDS_OF_A_PLAN]
    rows.append({"label": "All appeals about the plan", "appeals": total, "share": np.nan})
    return Lines("grounds", "Grounds of the appeals about the plan",
                 "An appeal can be on several grounds, so that the lines do not add up.",
                 (Heading("label", "Ground", width=40), Heading("appeals", "Appeals", "count", 9),
                  Heading("share", "Of 100 about the plan", "rate", 13)), pd.DataFrame(rows))


def _areas(report: CausesReport) -> Lines:
    areas = list(report.counted.areas)
    one = bool(report.counted.area)
    rows = [{"label": area, **(_counts(report, "kind", ALL) if one else _counts(report, "area", area)),
             "old_base": report.count("old_base by area", area) if not one else report.count("old_base by need", ALL)}
            for area in areas]
    frame = pd.DataFrame(rows)
    if len(areas) > 1:
        fitted = shrunk_rates(frame["appeals"].tolist(), frame["decisions"].tolist())
        frame = pd.concat([frame.drop(columns=["low", "high"]), fitted.drop(columns="rate")], axis=1)
        frame["place"] = frame["place"].map(PLACES).map(first_capital)
        whole = {"label": "All areas", **_counts(report, "kind", ALL), "old_base": report.count("old_base by need", ALL),
                 "place": ""}
        frame = pd.concat([frame, pd.DataFrame([whole]).drop(columns=["low", "high"])], ignore_index=True)
    frame["old_rate"] = [rate(a, b) for a, b in zip(frame["appeals"], frame["old_base"], strict=True)]
    more = ((Heading("shrunk", "Drawn towards all areas", "rate", 13), Heading("low", "From", "rate", 8),
             Heading("high", "To", "rate", 8), Heading("place", "Place in the funnel", width=44)) if len(areas) > 1
            else _RATE[3:])
    return Lines("areas", "Areas side by side",
                 f"The base: {NEW[1]}. In alphabetical order, and no ranking: the fewer decisions an area takes, the nearer its "
                 f"rate is drawn to that of all areas. {_old_base_note(report)}",
                 (Heading("label", "Area", width=16), *_RATE[:3], *more, *_old(report)), frame)


def _old_base_note(report: CausesReport) -> str:
    if report.counted.whole_year:
        return f"Old base: {OLD[1]}."
    return "The old base (plans in force on a day) is formed for a period of a year only, and not shown."


def _old(report: CausesReport) -> tuple[Heading, ...]:
    if not report.counted.whole_year:
        return ()
    return Heading("old_base", "Old base", "count", 10), Heading("old_rate", "Appeals per 100, old base", "rate", 13)


def _quarters(report: CausesReport) -> Lines:
    spans = [span for span in report.tables["appeals by quarter"].counts["quarter"].astype(str) if span != ALL]
    rows = [{"label": quarter_in_words(span), **_counts(report, "quarter", span)} for span in spans]
    return Lines("quarters", "Quarter by quarter", f"The base: {NEW[1]}. {_CHANCE}",
                 (Heading("label", "Quarter", width=26), *_RATE), pd.DataFrame(rows))


def _area_quarters(report: CausesReport) -> Lines:
    spans = [span for span in report.tables["appeals by quarter"].counts["quarter"].astype(str) if span != ALL]
    rows = [{"label": area, "quarter": quarter_in_words(span), **_counts(report, "area and quarter", area, span)}
            for area in report.counted.areas for span in spans]
    return Lines("area_quarters", "Areas, quarter by quarter", f"The base: {NEW[1]}.",
                 (Heading("label", "Area", width=16), Heading("quarter", "Quarter", width=26), *_RATE[:3]), pd.DataFrame(rows))


def _group(report: CausesReport, dim: str, title: str, labels: dict[str, str]) -> Lines:
    held = [code for code in report.tables[f"appeals by {dim}"].counts[dim].astype(str) if code != ALL]
    rows = [{"label": first_capital(labels[code]), **_counts(report, dim, code),
             "old_base": report.count(f"old_base by {dim}", code)} for code in held]
    frame = pd.DataFrame(rows)
    frame["old_rate"] = [rate(a, b) for a, b in zip(frame["appeals"], frame["old_base"], strict=True)]
    heading = {"need": "Need", "placement": "Where the child was"}[dim]
    when = "" if dim == "need" else (" Where the child was when the appeal was sent; for decisions, when the letter was sent.")
    return Lines(dim, title, f"The base: {NEW[1]}.{when} {_old_base_note(report)}",
                 (Heading("label", heading, width=36), *_RATE, *_old(report)), frame)


def _coded(report: CausesReport) -> Lines:
    total = report.count("coded causes", ALL)
    trend = report.coded.trend.set_index("cause")
    rows = []
    for cause in terms.CAUSE:
        count = report.count("coded causes", cause)
        if count != 0:
            rows.append({"label": first_capital(terms.CAUSE.label(cause)), "appeals": count, "share": rate(count, total),
                         "change": first_capital(CHANGES[str(trend.loc[cause, "change"])]),
                         **trend.loc[cause, ["ratio_a_year", "low", "high"]].to_dict()})
    frame = pd.DataFrame(rows, columns=["label", "appeals", "share", "change", "ratio_a_year", "low", "high"])
    frame = frame.sort_values(["appeals", "label"], ascending=[False, True], na_position="last", ignore_index=True)
    trends = () if report.for_publication else (
        Heading("change", "Change in the period", width=34), Heading("ratio_a_year", "Times as often after a year", "ratio", 14),
        Heading("low", "From", "ratio", 8), Heading("high", "To", "ratio", 8))
    coded = report.count("appeals coded", "yes")
    every = report.count("appeals coded", ALL)
    said = "" if np.isnan(coded) else f"{coded:,.0f} of {every:,.0f} appeals are coded. "
    return Lines("coded", "Causes as the tribunal officer coded them",
                 f"{said}An appeal can carry several causes. The code says what the officer saw in the file; it is no proof of "
                 "what moved the family.",
                 (Heading("label", "Cause coded", width=44), Heading("appeals", "Appeals", "count", 9),
                  Heading("share", "Of 100 coded", "rate", 10), *trends), frame)


def _duties(report: CausesReport) -> Lines:
    appealed, every = "appealed cases by duty", "open cases by duty"
    totals = report.count(appealed, ALL), report.count(every, ALL)
    rows = []
    for duty in report.everywhere.duties:
        here, there = report.count(appealed, duty.name), report.count(every, duty.name)
        rows.append({"label": first_capital(duty.label), "source": duty.source, "appealed": here,
                     "appealed_share": rate(here, totals[0]), "open": there, "open_share": rate(there, totals[1]),
                     "for_each": there / here if here > 0 else np.nan})
    frame = pd.DataFrame(rows, columns=["label", "source", "appealed", "appealed_share", "open", "open_share", "for_each"])
    frame = frame.sort_values(["open", "label"], ascending=[False, True], na_position="last", ignore_index=True)
    return Lines("duties", "The same duties in all open cases",
                 "Duties outstanding in appealed cases 14 days before the appeal was registered, and in all open cases on the "
                 f"last day of the period ({totals[1]:,.0f} open cases). A case can stand in several lines.",
                 (Heading("label", "Duty outstanding", width=46), Heading("source", "Source", width=34),
                  Heading("appealed", "Appealed cases", "count", 10), Heading("appealed_share", "Of 100 appealed", "rate", 10),
                  Heading("open", "Open cases", "count", 9), Heading("open_share", "Of 100 open", "rate", 9),
                  Heading("for_each", "Open for each appealed", "rate", 12)), frame)


def _reasons(report: CausesReport) -> Lines:
    assert report.reasons is not None
    totals = {name: report.count(f"reasons: {name}", ALL) for name in GROUPS}
    held = [one for one in report.tables["reasons: appealed"].counts["family"].astype(str) if one != ALL]
    rows = [{"label": FAMILIES.get(family, "No family stands out"),
             **{name: report.count(f"reasons: {name}", family) for name in GROUPS},
             **{f"{name}_share": rate(report.count(f"reasons: {name}", family), totals[name]) for name in GROUPS}}
            for family in held]
    seen = (f" The model was made on records to {report.reasons.trained_to}: appeals registered before then were known to it."
            if report.reasons.trained_to else "")
    return Lines("reasons", "The model's reasons",
                 "How often each family of reasons stood first. Appealed: on the last monthly date at least 14 days before "
                 "registration. Highest risk: the 5 in 100 of the highest risk on each monthly date. At risk: all cases on "
                 f"each monthly date. Release: {report.reasons.release}.{seen}",
                 (Heading("label", "Family of reasons", width=34), Heading("appealed", "Appealed", "count", 10),
                  Heading("appealed_share", "Of 100 appealed", "rate", 10), Heading("highest", "Highest risk", "count", 10),
                  Heading("highest_share", "Of 100 of highest risk", "rate", 12), Heading("at_risk", "At risk", "count", 10),
                  Heading("at_risk_share", "Of 100 at risk", "rate", 10)), pd.DataFrame(rows))
