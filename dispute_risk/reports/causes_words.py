"""The sentences of the causes report: what a committee should take away, said carefully and from what is shown."""

from __future__ import annotations

import math

from dispute_risk.causes.appeal_rates import KINDS
from dispute_risk.causes.cause_costs import pounds_in_words
from dispute_risk.causes.counts import ALL
from dispute_risk.causes.lines import Lines, rate
from dispute_risk.causes.pattern_lines import found
from dispute_risk.causes.report import CausesReport
from dispute_risk.england.funnel import funnel
from dispute_risk.england.published import LATEST_YEAR
from dispute_risk.explain.words import count_in_words, day_in_words, first_capital, joined_in_words

__all__ = ["HOW_TO_READ", "NOT_FOR", "WITHHELD_NOTE", "beside_england", "joint_sentence", "key_points", "notes", "period",
           "title"]

WITHHELD_NOTE = ("c: a number from 1 to {most}, or one withheld so that such a number cannot be worked out. All other numbers "
                 "are rounded to the nearest {base}, and rates and costs are worked out from the rounded numbers, so that they "
                 "may not add up. Times the rate comes from a comparison of all records with other things held equal; it is "
                 "given to one decimal, and only where the counts behind it are shown.")

HOW_TO_READ: tuple[tuple[str, str], ...] = (
    ("Appeals per 100 decisions", "Appeals registered in the period for every 100 decisions sent in it that carry a right of "
     "appeal. Some appeals are against decisions of the period before."),
    ("Pattern", "Something in how a decision was made or a case was handled that the records show before the appeal. An "
     "association over many cases: it says nothing of any one case, and is no proof that putting it right would have prevented "
     "an appeal."),
    ("Times the rate", "How many times as often appeals began with the pattern as without it, the other patterns, the kind of "
     "decision, the time since it, need, area and quarter held equal. 1 is no difference."),
    ("Share associated", "Of 100 appeals, how many more there were than if those with the pattern had appealed at the rate of "
     "those without it. Shares overlap and must not be added."),
    ("Drawn towards all areas", "A rate from few decisions jumps about by chance. It is drawn towards the rate of all areas, the "
     "more the fewer decisions it rests on."),
)

NOT_FOR: tuple[str, ...] = (
    "It does not show that families appealed without good reason: most appeals that are decided go their way.",
    "It may not be used to judge an officer, a school or a family, nor to rank areas.",
    "It is no case for resisting appeals, nor for making them harder to bring. What it can support is putting duties right.",
)


def period(report: CausesReport) -> str:
    """Say the period."""
    return f"{day_in_words(report.counted.start_on)} to {day_in_words(report.counted.end_on)}"


def title(report: CausesReport) -> str:
    """Return the title."""
    where = f", {report.counted.area}" if report.counted.area else ""
    return f"What lies behind the appeals: {report.authority}{where}"


def _said(number: float) -> str:
    return f"{number:,.0f}"


def key_points(report: CausesReport, patterns: Lines | None, costs: Lines | None, duties: Lines) -> list[str]:
    """Return the few sentences at the top."""
    total, decisions = report.count("appeals by kind", ALL), report.count("decisions by kind", ALL)
    points = [_level(total, decisions), _most(report, total)]
    if patterns is None:
        points.append(f"What appealed cases have in common was not compared: {report.no_patterns}")
    else:
        points.append(_patterns_found(report, patterns))
    if costs is not None and len(costs.frame):
        first = costs.frame.iloc[0]
        if not math.isnan(first["low"]):
            points.append(f"Appeals with the surest pattern ({_lower(first['label'])}) are associated with casework of "
                          f"{pounds_in_words(first['low'], first['high'])} a year.")
    points.append(_waiting(report, duties))
    return [point for point in points if point]


def _level(total: float, decisions: float) -> str:
    if math.isnan(total):
        return "Fewer appeals were registered than may be shown."
    if math.isnan(decisions) or not decisions:
        return f"{_said(total)} appeals were registered."
    return f"{_said(total)} appeals were registered: {rate(total, decisions):.1f} for every 100 decisions that could be appealed."


def _most(report: CausesReport, total: float) -> str:
    counts = {kind: report.count("appeals by kind", kind) for kind in KINDS}
    known = {kind: count for kind, count in counts.items() if count > 0}
    if not known or math.isnan(total):
        return ""
    most = max(known, key=lambda kind: known[kind])
    return f"Most often appealed: {KINDS[most][0]} ({_said(known[most])} of {_said(total)})."


def _patterns_found(report: CausesReport, patterns: Lines) -> str:
    rows = found(patterns)
    assert report.patterns is not None
    if not len(rows):
        return (f"Over {_said(report.count(f'appeals compared, {_widest(report)}', ALL))} appeals compared, no pattern was "
                "found more often than chance alone could explain. With few appeals that is to be expected, and is no proof "
                "that there is none.")
    told = joined_in_words([_lower(label) for label in rows["label"].head(4)])
    return (f"Found more often before an appeal than in cases that could have appealed and did not: {told}. "
            + joint_sentence(report))


def joint_sentence(report: CausesReport) -> str:
    """Say the share associated with all patterns together; to the nearest 5 where it is published."""
    found_in = report.patterns
    assert found_in is not None
    ends = [100 * found_in.joint_share, 100 * found_in.joint_share_low, 100 * found_in.joint_share_high]
    middle, low, high = (5 * round(end / 5) if report.for_publication else round(end) for end in ends)
    return (f"All patterns looked for, together, are statistically associated with about {middle} in 100 appeals "
            f"(range {max(low, 0)} to {max(high, 0)}).")


def _widest(report: CausesReport) -> str:
    assert report.patterns is not None
    return str(report.patterns.table.sort_values("appeals", kind="stable")["base"].iloc[-1])


def _waiting(report: CausesReport, duties: Lines) -> str:
    frame = duties.frame
    known = frame[(frame["open"] > 0) & ~frame["source"].str.startswith("not a statutory")]
    if not len(known):
        return ""
    first = known.iloc[0]
    every = report.count("open cases by duty", ALL)
    return (f"The same failures are not only where families appeal. The commonest, \"{_lower(first['label'])}\", stands in "
            f"{_said(first['open'])} of {_said(every)} open cases.")


def _lower(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def beside_england() -> str:
    """Say the rates of England on both bases, with their year."""
    new, old = funnel("appeal_rate_new_base", LATEST_YEAR), funnel("appeal_rate_old_base", LATEST_YEAR)
    return (f"England in {LATEST_YEAR}: {new.target:.1f} appeals per 100 on the Department's new base (decisions, in "
            f"development) and {old.target:.1f} per 100 on the old one (Ministry of Justice and Department for Education). "
            "`dispute-risk england` shows where an authority stands.")


def notes(report: CausesReport) -> list[str]:
    """Return what a reader must know of the data."""
    said = []
    if report.counted.end_on > report.recorded_to:
        said.append(f"The records end on {day_in_words(report.recorded_to)}, before the period does; nothing later is counted.")
    if report.patterns is not None:
        one = report.patterns
        said.append(f"Patterns rest on {day_in_words(one.start_on)} to {day_in_words(one.end_on)}: longer than the period, "
                    "since a year holds too few appeals to compare, and ending before it, since what came of later decisions "
                    "is not yet known.")
        if one.left_out:
            said.append(f"{first_capital(count_in_words(len(one.left_out), 'pattern'))} could not be looked for, as the "
                        "records do not hold what it takes.")
        if one.unplaced and not report.for_publication:
            said.append(f"{first_capital(count_in_words(one.unplaced, 'appeal'))} could not be compared: no decision that "
                        "could be appealed was on record before.")
    said.append(beside_england())
    return said
