"""The business case in words, part two: what the effect rests on, what is not counted, the inputs, and the working."""

from __future__ import annotations

from dispute_risk.explain.words import first_capital
from dispute_risk.mediation.business_case import BusinessCase, evidence
from dispute_risk.mediation.naive import naive_lines
from dispute_risk.mediation.net_present_value import Benefit
from dispute_risk.mediation.scenarios import pounds, said
from dispute_risk.mediation.unit_costs import STATUSES, Input, PublishedCost
from dispute_risk.reports.business_case_parts import Bullets, Paragraph, Section, Table

__all__ = ["evidence_sections"]


def evidence_sections(case: BusinessCase) -> tuple[Section, ...]:
    """Return the sections on evidence, on what is left out, on the inputs and on the working."""
    return _evidence(case), _not_counted(case), _inputs(case), _working(case)


def _evidence(case: BusinessCase) -> Section:
    designs = [[one.design.replace("_", " "), one.summary() if one.answers else f"Refused. {one.refusal}"]
               for one in case.designs]
    blocks = [Bullets(evidence(case))] if not designs else [
        Table("Designs tried on this authority's records", ["Design", "What it says"], designs, (), (0.2, 0.8)),
        Bullets([*evidence(case)[-1:], "Whether an own study stands up to attack (balance, placebo, negative control, hidden "
                 "bias, one area left out) is told by dispute-risk mediation; read it before this figure is relied on."])]
    naive = naive_lines(case.facts, case.national)
    areas = case.facts.table
    return Section("effect", "What the effect rests on", [
        *blocks, _bases(case),
        Paragraph("Comparisons that are no evidence of a saving. They are shown, as they will be quoted; none is used."),
        Table("Naive comparisons", ["Said", "What it shows", "What it does not"], naive, (), (0.34, 0.26, 0.4)),
        Table("The records, by area: the year to the as-of date, and offers in all", ["Area", "Decisions", "Offers", "Appeals",
              "Offers since the start"], [[str(cell) for cell in row] for row in areas.to_numpy(object).tolist()],
              range(1, 5)),
    ])


def _bases(case: BusinessCase) -> Table:
    rows = [[first_capital(row["basis"]), _fewer(row["fewer_per_100_offers"]), f"{_fewer(row['low'])} to {_fewer(row['high'])}",
             pounds(row["net_society"])] for row in case.bases.to_dict("records")]
    return Table("Extending by 12 months, on each basis for the effect", ["Basis", "Appeals per 100 offers",
                 "10th to 90th percentile", "Net present social value"], rows, (1, 2, 3), (0.4, 0.18, 0.22, 0.2), (0,))


def _fewer(amount: float) -> str:
    return f"{abs(amount):.1f} {'fewer' if amount >= 0 else 'more'}"


def _not_counted(case: BusinessCase) -> Section:
    rows = [[first_capital(cost.what), _pounds(cost), cost.price_year, cost.source] for cost in case.costs_beside]
    return Section("left-out", "What is not counted", [
        Paragraph("The child's provision and place. They are what an appeal is about, and an agreement reached sooner can move "
                  "that money either way: a place agreed in mediation is paid for sooner; a school found together may cost less "
                  "or more than the one an appeal would have ordered. Nearly every appeal that is decided goes the family's way "
                  "at least in part, so most of that money is owed in any event. Counting it would reward withholding what the "
                  "law requires. It is kept out of the benefits by construction, and stands here only for its size:"),
        Table("What places cost, as published; in no sum above", ["What", "Amount", "Prices of", "Source"], rows, (1,),
              (0.34, 0.18, 0.12, 0.36)),
        Bullets([
            "Children: help that comes months sooner, and schooling missed in the meantime. Not valued in money; for a child it "
            "is likely to matter most.",
            "Families: time, strain, reports and advice for an appeal; time for a meeting. No figure that could be used was "
            "found, so they count as nothing.",
            "The relation between family and authority, complaints and their remedies: not valued.",
            "Who is reached: families who say yes to a meeting are often those with time and knowledge. Savings are no reason to "
            "pass over the others; the weekly list of the unheard is kept for them.",
            "Lodging an appeal stays every family's right. No offer may delay a certificate or a deadline.",
        ]),
    ])


def _pounds(cost: PublishedCost) -> str:
    return f"£{cost.low:,.0f}" + ("" if cost.low == cost.high else f" to £{cost.high:,.0f}")


def _row(one: Input, used: Input) -> list[str]:
    ends = f"{said(one.low, one.unit)} to {said(one.high, one.unit)}" if one.uncertain else "not varied"
    value = f"{one.central:,.2f}" if one.unit in ("hours", "per 100") else said(one.central, one.unit)
    uprated = said(used.central, one.unit) if one.price_year else ""
    rests = STATUSES[one.status] + (f". {one.source}" if one.source else "") + (f" ({one.note})" if one.note else "")
    return [first_capital(one.label), value, ends, one.price_year, uprated, rests]


def _inputs(case: BusinessCase) -> Section:
    used = case.inputs.uprated
    order = sorted(case.inputs.stated.values(), key=lambda one: not one.to_complete)
    waiting = len(case.inputs.placeholders)
    return Section("inputs", "Inputs", [
        Paragraph(f"{waiting} of {len(order)} inputs are placeholders: no figure was found, a value had to stand there for the "
                  "sum to be worked, and it is no fact. They come first. Each can be changed in inputs.toml or in the workbook."
                  if waiting else "Every input has a source."),
        Table(f"Inputs as stated, and amounts in prices of {case.inputs.price_year}",
              ["Input", "Value", "10th to 90th percentile", "Prices of", f"In {case.inputs.price_year}", "Rests on"],
              [_row(one, used[one.code]) for one in order], (1, 2, 4), (0.22, 0.09, 0.15, 0.08, 0.09, 0.37), range(waiting)),
    ])


def _working(case: BusinessCase) -> Section:
    law = case.inputs.rules
    notes = law.notes
    return Section("working", "How it was worked out", [
        Bullets([
            "Meetings = offers × take-up. Appeals fewer = meetings × effect per 100 meetings. An appeal not registered frees its "
            "casework before a hearing and, in the share that would be decided, the hearing as well.",
            f"Benefits are a closed list: {'; '.join(line.value for line in Benefit)}.",
            f"Discounted at {100 * law.discount_rate:g} % a year, real. {notes['discount'].get('source', '')}. "
            f"Read {notes['discount'].get('read_on', '')}. {notes['discount'].get('to_check', '')}",
            f"Optimism bias: {100 * law.costs_added:g} % on costs, {100 * law.benefits_taken_off:g} % off benefits. "
            f"{notes['optimism_bias'].get('source', '')} It comes on top of the ranges.",
            f"Timing: {notes['timing'].get('source', '')}",
            f"Prices: {law.deflator.series}. {law.deflator.to_check} A financial year is three quarters of its first calendar "
            "year and a quarter of the next; a span of years is their plain mean.",
            "Ranges are 10th and 90th percentiles, spread on the log for amounts and on the log-odds for shares, and drawn "
            "independently of one another.",
            "Distributional weights are not used: no family's pound counts more or less than another's here.",
        ]),
    ])
