"""The business case in words, part one: the answer, the options, what would have to be true, and how sure it is."""

from __future__ import annotations

import math
from typing import Any

from dispute_risk.explain.words import count_in_words, day_in_words, first_capital
from dispute_risk.mediation.business_case import BusinessCase
from dispute_risk.mediation.net_present_value import PURSE_OF, Benefit, Cost, Purse
from dispute_risk.mediation.scenarios import PUT_FORWARD, SCENARIOS, pounds, said
from dispute_risk.mediation.unit_costs import Input
from dispute_risk.reports.business_case_evidence import evidence_sections
from dispute_risk.reports.business_case_parts import Block, Bullets, Document, Paragraph, Picture, Section, Table
from dispute_risk.reports.business_case_pictures import spread_picture, tornado_picture
from dispute_risk.reports.weekly_guidance import INVENTED

__all__ = ["document"]


def document(case: BusinessCase, data_note: str) -> Document:
    """Return the whole document.

    Parameters
    ----------
    case : BusinessCase
    data_note : str
        What the records are.
    """
    sections = (_answer(case), _options(case), _purses(case), _switching(case), _sureness(case), _trial(case),
                *evidence_sections(case))
    return Document(
        "Should the mediation pilot be extended?",
        f"Business case. {case.authority}, on records as known on {day_in_words(case.as_of)}; prices of "
        f"{case.inputs.price_year}, real; against stopping.",
        INVENTED if case.synthetic else "", sections,
        (("Authority", case.authority), ("As known on", day_in_words(case.as_of)), ("Records", data_note),
         ("To run it again", "Edit inputs.toml and give it to --inputs, or change the workbook: its results follow.")),
    )


def _answer(case: BusinessCase) -> Section:
    blocks: list[Block] = [Paragraph(case.summary(), "lead")]
    if not case.studies_answer and case.inputs.stated["effect_per_100_meetings"].status != "entered":
        blocks.append(Paragraph(
            "The effect is borrowed. No study of this authority's own offers answers, so the case rests on a published study "
            "of families who chose to mediate. Part of its difference may be the choice and not the meeting.",
            "alarm"))
    blocks += [Paragraph(text, "alarm") for text in _too_large(case)]
    if case.facts.offered_decisions:
        blocks.append(Paragraph(_scale(case)))
    before = [f"{first_capital(one.label)}: {_value(one)} is a placeholder; {one.source}." for one in case.inputs.placeholders]
    before += [f"{first_capital(name.replace('_', ' '))}: {note}" for name, note in case.inputs.rules.to_check.items()]
    if before:
        blocks += [Paragraph("Before anyone signs:"), Bullets(before)]
    return Section("answer", "The answer in a paragraph", blocks)


def _too_large(case: BusinessCase) -> list[str]:
    """Warn where the effect is more than the appeals that followed meetings here: then it may not carry over."""
    facts, effect = case.facts, case.inputs.stated["effect_per_100_meetings"].central
    rate = 100 * facts.met_appealed / facts.met if facts.met else math.inf
    if effect <= rate:
        return []
    return [f"The effect may be too large for here: it takes {effect:.1f} appeals off every 100 meetings, and only {rate:.1f} of "
            "100 meetings here were followed by an appeal. So many would have had to appeal otherwise; try a smaller one."]


def _scale(case: BusinessCase) -> str:
    facts, switch = case.facts, case.effect_switching
    rate = 100 * facts.offered_appealed / facts.offered_decisions
    told = (f"For scale: of {facts.offered_decisions:,} decisions with an offer, {facts.offered_appealed:,} ({rate:.1f} in 100) "
            "were followed by an appeal within 26 weeks.")
    used = case.inputs.uprated
    without = rate + used["effect_per_100_meetings"].central * used["take_up"].central
    if switch.found and without > 0:
        needed = switch.value / without
        part = "more than all" if needed > 1 else f"about {100 * needed:.0f} in 100"
        told += (f" If the estimate holds, {without:.1f} would have been without the offer; to break even, {part} of those would "
                 "have to be settled by an offer.")
    return told


def _value(one: Input) -> str:
    return f"{one.central:g} {one.unit}" if one.unit == "hours" else said(one.central, one.unit)


def _options(case: BusinessCase) -> Section:
    rows = []
    for code, scenario in SCENARIOS.items():
        found, spread = case.worths[code], case.spread[code]
        if not scenario.years:
            rows.append([scenario.label, "£0", "–", "–", "£0", "£0", "0"])
            continue
        rows.append([
            scenario.label, f"{pounds(spread.low)} to {pounds(spread.high)}", f"{found.ratio():.2f}",
            f"{100 * spread.pays:.0f}", pounds(float(found.net((Purse.CASH,)))), pounds(float(found.net((Purse.TIME,)))),
            f"{float(found.appeals_fewer.sum()):.1f}"])
    table = Table(
        "Against stopping; with optimism bias (costs a fifth higher, benefits a fifth lower). Range: 10th to 90th percentile",
        ["Option", "Net present social value", "Benefit-cost ratio", "Draws in 100 above nothing",
         "Of which the authority's payments", "Of which its officer time", "Appeals fewer"],
        rows, (1, 2, 3, 4, 5, 6), (0.2, 0.2, 0.1, 0.12, 0.15, 0.13, 0.1),
        [list(SCENARIOS).index(PUT_FORWARD)])
    beside = Table(
        "At the central values, without and with optimism bias",
        ["Option", "Costs", "Benefits", "Net, without bias", "Net, with bias", "Ratio without", "Ratio with"],
        [[SCENARIOS[code].label, pounds(float(found.cost(adjusted=False))), pounds(float(found.benefit(adjusted=False))),
          pounds(float(found.net(adjusted=False))), pounds(float(found.net())), f"{found.ratio(adjusted=False):.2f}",
          f"{found.ratio():.2f}"] for code, found in case.worths.items() if SCENARIOS[code].years], range(1, 7))
    return Section("options", "The options", [
        table, Bullets([f"{scenario.label}: {scenario.what}" for scenario in SCENARIOS.values()]), beside,
        Paragraph("The range comes first, the ratio second: a single ratio hides both how unsure the effect is and whose money "
                  "it is. What the pilot has spent already is spent under every option and is left out.", "note")])


def _purses(case: BusinessCase) -> Section:
    found = case.worths[PUT_FORWARD]
    rows = [[("Cost: " if isinstance(line, Cost) else "Benefit: ") + line.value, PURSE_OF[line].value,
             pounds(float(found.present(line, adjusted=False)), 100), pounds(float(found.present(line)), 100)]
            for line in (*Cost, *Benefit)]
    rows += [[f"Net, {purse.value}", "", pounds(float(found.net((purse,), adjusted=False)), 100),
              pounds(float(found.net((purse,))), 100)] for purse in Purse]
    released = float(found.present(Benefit.CASEWORK_CASH))
    return Section("purses", "Whose money, and which of it can be spent", [
        Table(f"{SCENARIOS[PUT_FORWARD].label}: present values by line", ["Line", "Purse", "Without bias", "With bias"],
              rows, (2, 3), (0.45, 0.25, 0.15, 0.15), range(len(rows) - len(Purse), len(rows))),
        Paragraph(f"Only {pounds(released, 100)} of the benefits is money the authority does not pay out. The rest of its own "
                  "benefit is officer time: real, and of use where officers are short, but no budget falls by it unless posts "
                  "do. What the courts do not spend is not the authority's. Families' own costs are not valued."),
    ])


def _switching(case: BusinessCase) -> Section:
    code = PUT_FORWARD
    rows = [[first_capital(one.label), said(one.now, one.unit), said(one.value, one.unit) if one.found else "none", one.words,
             said(own.value, own.unit) if own.found else "none"]
            for one, own in zip(case.switching[code], case.switching_authority[code], strict=True)]
    pays = float(case.worths[code].net()) >= 0
    grid = case.grid
    cells = [[f"{effect:g}", *(pounds(float(net)) for net in grid.loc[effect])] for effect in grid.index]
    options = [[SCENARIOS[other].label, said(found[0].value, "per 100") if found[0].found else "none",
                said(found[1].value, "GBP") if found[1].found else "none"] for other, found in case.switching.items()]
    return Section("switching", f"What would have to be true for it {'not to pay' if pays else 'to pay'}", [
        Table(f"{SCENARIOS[code].label}: the value of each input at which it neither gains nor loses, all else as stated",
              ["Input", "Stated", "Switching value, society", "In words", "Switching value, the authority alone"], rows,
              (1, 2, 4), (0.24, 0.12, 0.14, 0.36, 0.14)),
        Table("Two at once: net present social value by appeals fewer per 100 meetings (down) and fee for a meeting (across)",
              ["", *(f"£{fee:,.0f}" for fee in grid.columns)], cells, range(1, len(grid.columns) + 1)),
        Table("Whom to meet first: the risk of an appeal from which one more meeting pays (running the scheme left out)",
              ["One meeting", *(f"If it lowers the risk by {100 * share:.0f} in 100" for share in case.risk_needed.columns)],
              [[first_capital(str(who)), *("no risk is high enough" if risk > 1 else f"{100 * risk:.0f} in 100" for risk in row)]
               for who, row in zip(case.risk_needed.index, case.risk_needed.to_numpy(float).tolist(), strict=True)],
              range(1, len(case.risk_needed.columns) + 1)),
        Table("Switching values of every option, to society", ["Option", "Appeals fewer per 100 offers", "Fee for a meeting"],
              options, (1, 2), (0.5, 0.25, 0.25)),
    ])


def _tornado_row(row: dict[str, Any], widest: float) -> list[str]:
    return [first_capital(row["label"]), f"{said(row['low'], row['unit'])} to {said(row['high'], row['unit'])}",
            pounds(row["net_at_low"]), pounds(row["net_at_high"]), "█" * max(1, round(12 * row["swing"] / widest)),
            "placeholder" if row["status"] == "placeholder" else ""]


def _sureness(case: BusinessCase) -> Section:
    spread, central = case.spread[PUT_FORWARD], float(case.worths[PUT_FORWARD].net())
    table_rows = [{str(name): value for name, value in row.items()} for row in case.tornado.to_dict("records")]
    widest = max((row["swing"] for row in table_rows), default=1.0)
    rows = [_tornado_row(row, widest) for row in table_rows]
    table = Table("Net present social value at the 10th and 90th percentile of each input, all else as stated",
                  ["Input", "From and to", "At the low end", "At the high end", "How far apart", "Rests on"], rows,
                  (2, 3), (0.29, 0.2, 0.12, 0.12, 0.15, 0.12))
    bars = Table("Net present social value over the draws", ["10th percentile", "Middle", "90th percentile", "Mean"],
                 [[pounds(spread.low), pounds(spread.middle), pounds(spread.high), pounds(spread.mean)]], range(4))
    return Section("sure", "How sure is it?", [
        Paragraph(f"All inputs were drawn at once, {spread.draws:,} times, each within its own range and independently of the "
                  f"others. The net present social value is above nothing in {100 * spread.pays:.1f} of 100 draws, and above "
                  f"nothing for the authority's own payments and time in {100 * spread.pays_authority:.1f} of 100. Many ranges "
                  f"reach further up than down, so the middle of the draws ({pounds(spread.middle)}) and the value at the "
                  f"central inputs ({pounds(central)}) differ."),
        Picture(spread_picture(spread.histogram, spread.low, spread.middle, spread.high),
                "How the net present social value is spread. Dark: the eight in ten between the 10th and the 90th percentile; "
                "dashed: the middle; heavy line: nothing gained or lost.", bars),
        Picture(tornado_picture(case.tornado, central),
                "One input at a time, the widest first. Pale: at the low end of the input; dark: at the high end; dashed: as "
                "stated; heavy line: nothing gained or lost.", table),
    ])


def _trial(case: BusinessCase) -> Section:
    rows = [[SCENARIOS[code].label, pounds(one.perfect), pounds(one.trial), "go on" if one.best_now == "pay" else "stop"]
            for code, one in case.information.items()]
    best = max(case.information, key=lambda code: case.information[code].perfect)
    any_worth, tried = case.information[best].perfect, best if SCENARIOS[best].years == 1 else PUT_FORWARD
    cost = -float(case.worths[tried].net())
    decision = f"before deciding on “{SCENARIOS[best].label}”"
    extension = f"“{SCENARIOS[tried].label}”"
    first = next(iter(case.information.values()))
    if any_worth < 500:
        verdict = ("On these inputs, knowing the effect exactly would change no decision: no effect within the range stated "
                   "turns the answer for any option. A trial cannot be argued from money. What could change the answer is what "
                   "a meeting and the scheme cost, and that can be found out without a trial.")
    elif any_worth > cost:
        verdict = (f"Knowing the effect {decision} would be worth up to {pounds(any_worth)}, more than the "
                   f"{pounds(max(cost, 0))} that {extension} is expected to cost net. That is the case for extending the "
                   "pilot as a trial: offers by lottery among like cases, so that the effect is measured while help is short "
                   "anyway.")
    else:
        verdict = (f"Knowing the effect {decision} would be worth at most {pounds(any_worth)}, less than the {pounds(cost)} that "
                   f"{extension} is expected to cost net. A trial has to be argued from more than money.")
    detect = first.detectable
    return Section("trial", "Is there a case for extending it as a trial?", [
        Paragraph(verdict),
        Table("What it would be worth, in net present social value, to know the effect before deciding on each option",
              ["Decision: this option or stopping", "Known exactly", f"From a trial of {first.offers:,} decisions, half offered",
               "Best without knowing"], rows, (1, 2), (0.4, 0.2, 0.25, 0.15)),
        Paragraph(
            f"A trial of {count_in_words(first.offers, 'decision')} would find a difference of {detect:.1f} appeals in 100 "
            "offers with a probability of 8 in 10; smaller ones would be missed more often. Several authorities' trials can be "
            "taken together. Whoever is not drawn keeps every right, and a broken duty is put right for everyone."
            if detect == detect else "Too few offers for a trial.", "note"),
    ])
