"""The formulas of the business case workbook, named so that a finance colleague can read them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.mediation.net_present_value import PURSE_OF, Benefit, Cost, Purse, Worth
from dispute_risk.mediation.scenarios import Scenario, scenario_worth

if TYPE_CHECKING:
    from dispute_risk.reports.business_case_workbook import Written

__all__ = ["LINES", "OptionBlock", "result_rows", "stored_results", "write_option"]

LINES: tuple[tuple[str, str, str], ...] = (
    ("cost", "Present value of costs, with optimism bias", "pounds"),
    ("benefit", "Present value of benefits, with optimism bias", "pounds"),
    ("net", "Net present social value, with optimism bias", "total"),
    ("ratio", "Benefit-cost ratio, with optimism bias", "ratio"),
    ("cost_unadjusted", "Present value of costs, without", "pounds"),
    ("benefit_unadjusted", "Present value of benefits, without", "pounds"),
    ("net_unadjusted", "Net present social value, without", "pounds"),
    ("ratio_unadjusted", "Benefit-cost ratio, without", "ratio"),
    ("net_cash", "Of the net: the authority's payments", "pounds"),
    ("net_time", "Of the net: the authority's officer time", "pounds"),
    ("net_courts", "Of the net: the courts", "pounds"),
    ("net_families", "Of the net: families", "pounds"),
    ("appeals", "Appeals fewer, all years", "plain"),
    ("switching_meetings", "Pays with at least this many appeals fewer per 100 meetings", "plain"),
    ("switching_effect", "Pays with at least this many appeals fewer per 100 offers", "plain"),
    ("switching_fee", "Pays with at most this fee for a meeting (below 0: not even without a fee)", "pounds"),
)
"""Results: name, label, format."""

PURSES = {"net_cash": Purse.CASH, "net_time": Purse.TIME, "net_courts": Purse.COURTS, "net_families": Purse.FAMILY}

PER_APPEAL: dict[Benefit, str] = {
    Benefit.CASEWORK_CASH: "(casework_no_hearing*casework_cash_share+hearing_share*hearing_extra*hearing_cash_share)",
    Benefit.CASEWORK_TIME: "(casework_no_hearing*(1-casework_cash_share)+hearing_share*hearing_extra*(1-hearing_cash_share))",
    Benefit.COURTS: "(hearing_share*courts_per_hearing)",
    Benefit.FAMILY: "family_per_appeal",
}
"""What one appeal not registered frees."""


@dataclass
class OptionBlock:
    """Where an option stands on the calculation sheet: row numbers as the spreadsheet counts them.

    Parameters
    ----------
    option : Scenario
    first, last : str
        Letters of the first and the last column of years.
    found : Worth
        What the option came to, stored beside each formula for programs that do not work formulas out.
    rows : dict of str to int
        By name of the line.
    after : int
        The first row below it, counted from nought.
    """

    option: Scenario
    first: str
    last: str
    found: Worth
    rows: dict[str, int] = field(default_factory=dict)
    after: int = 0

    @property
    def value(self) -> str:
        """Letter of the column of present values without optimism bias; the next holds those with it."""
        return chr(ord(self.last) + 1)

    @property
    def adjusted(self) -> str:
        """Letter of the column of present values with optimism bias."""
        return chr(ord(self.last) + 2)

    def span(self, name: str) -> str:
        """Return the cells of a line over the years."""
        return f"${self.first}${self.rows[name]}:${self.last}${self.rows[name]}"

    def across(self, name: str) -> str:
        """Return the cells of a line over the years, on the calculation sheet."""
        return f"Calculation!{self.span(name)}"

    def total(self, lines: Sequence[Cost | Benefit], adjusted: bool) -> str:
        """Return the sum of present values of some lines."""
        column = self.adjusted if adjusted else self.value
        return "+".join(f"Calculation!${column}${self.rows[line.name + type(line).__name__]}" for line in lines) or "0"


def write_option(
    written: Written, sheet: Any, row: int, option: Scenario, years: int, found: Worth, values: Mapping[str, float]
) -> OptionBlock:
    """Write an option's working, year by year.

    Parameters
    ----------
    written : Written
        The workbook under way.
    sheet : worksheet
    row : int
        The first row, counted from nought.
    option : Scenario
    years : int
        Columns of years.
    found : Worth
    values : mapping of str to float
        The inputs used.
    """
    block = OptionBlock(option, "C", chr(ord("C") + years - 1), found)
    stored = _stored(option, found, values, years)
    headings = [option.label, "", *(f"Year {year}" for year in range(years)), "Present value", "With optimism bias"]
    written.headings(sheet, row, headings)
    row += 1
    for name, label, formula, kind in _lines(option):
        block.rows[name] = row + 1
        sheet.write_string(row, 0, label, written.formats["words"])
        for year in range(years):
            letter = chr(ord(block.first) + year)
            before = chr(ord(letter) - 1) if year else ""
            sheet.write_formula(row, 2 + year, "=" + _filled(formula, block, letter, before, year, option.years),
                                written.formats[kind], float(stored[name][year]))
        row += 1
    for line in (*Cost, *Benefit):
        _present(written, sheet, block, line)
    block.after = row
    return block


def _lines(option: Scenario) -> list[tuple[str, str, str, str]]:
    """Return name, label, formula and format of each line; `{…}` stands for a cell of the same year."""
    offers = "offers_everywhere" if option.everywhere else "offers_pilot"
    areas, new = ("(areas_pilot+areas_new)", "areas_new") if option.everywhere else ("areas_pilot", "0")
    fee = "0" if option.own_officers else "fee_per_meeting"
    lines = [
        ("runs", "Offers are made (1 yes, 0 no)", "{on}", "plain"),
        ("factor", "Discount factor", "1/(1+discount_rate)^{year}", "factor"),
        ("offers", "Offers", f"{{runs}}*{offers}", "plain"),
        ("meetings", "Meetings", "{offers}*take_up", "plain"),
        ("fewer", "Appeals fewer, by year of offer", "{meetings}*effect_per_100_meetings/100", "plain"),
        ("falls", "Appeals fewer, by year in which the casework falls",
         "benefits_in_year_of_offer*{fewer}+(1-benefits_in_year_of_offer)*{before:fewer}", "plain"),
        ("meetings_fall", "Meetings, by year in which the casework falls",
         "benefits_in_year_of_offer*{meetings}+(1-benefits_in_year_of_offer)*{before:meetings}", "plain"),
        (_named(Cost.FEES), f"Cost: {Cost.FEES.value}", f"{{meetings}}*{fee}", "pounds"),
        (_named(Cost.MEETING_TIME), f"Cost: {Cost.MEETING_TIME.value}",
         "{meetings}*hours_per_meeting*officer_hourly_cost", "pounds"),
        (_named(Cost.OFFER_TIME), f"Cost: {Cost.OFFER_TIME.value}", "{offers}*hours_per_offer*officer_hourly_cost", "pounds"),
        (_named(Cost.RUNNING), f"Cost: {Cost.RUNNING.value}", f"{{runs}}*{areas}*running_per_area", "pounds"),
        (_named(Cost.MOBILISATION), f"Cost: {Cost.MOBILISATION.value}", f"{{start}}*{new}*mobilisation_per_area", "pounds"),
    ]
    lines += [(_named(line), f"Benefit: {line.value}", f"{{falls}}*{formula}", "pounds") for line, formula in PER_APPEAL.items()]
    return lines


def _named(line: Cost | Benefit) -> str:
    return line.name + type(line).__name__


def _filled(formula: str, block: OptionBlock, letter: str, before: str, year: int, years: int) -> str:
    text = formula.replace("{on}", str(int(year < years))).replace("{year}", str(year)).replace("{start}", str(int(year == 0)))
    for name, row in block.rows.items():
        text = text.replace(f"{{before:{name}}}", f"{before}{row}" if before else "0").replace(f"{{{name}}}", f"{letter}{row}")
    return text


def _present(written: Written, sheet: Any, block: OptionBlock, line: Cost | Benefit) -> None:
    row = block.rows[_named(line)]
    value, adjusted = ord(block.value) - ord("A"), ord(block.adjusted) - ord("A")
    sheet.write_formula(row - 1, value, f"=SUMPRODUCT({block.span(_named(line))},{block.span('factor')})",
                        written.formats["pounds"], float(block.found.present(line, adjusted=False)))
    cell = f"{block.value}{row}"
    bias = (f"={cell}*(1+costs_added)" if isinstance(line, Cost) else
            f"=IF({cell}>=0,{cell}*(1-benefits_taken_off),{cell}*(1+benefits_taken_off))")
    sheet.write_formula(row - 1, adjusted, bias, written.formats["pounds"], float(block.found.present(line)))


def _stored(option: Scenario, found: Worth, values: Mapping[str, float], years: int) -> dict[str, np.ndarray]:
    """Return what each line comes to by year."""
    runs = (np.arange(years) < option.years).astype(float)
    soon = found.rules.benefits_in_year_of_offer

    def falls(by_offer: np.ndarray) -> np.ndarray:
        return soon * by_offer + (1 - soon) * np.concatenate([[0.0], by_offer[:-1]])

    offers = runs * float(np.asarray(option.reach(values).offers_a_year))
    meetings = offers * values["take_up"]
    fewer = meetings * values["effect_per_100_meetings"] / 100
    lines = {_named(line): np.append(amounts, np.zeros(years))[:years] for line, amounts in found.costs.items()}
    lines |= {_named(one): np.append(amounts, np.zeros(years))[:years] for one, amounts in found.benefits.items()}
    return {"runs": runs, "factor": (1 + found.rules.discount_rate) ** -np.arange(years, dtype=float), "offers": offers,
            "meetings": meetings, "fewer": fewer, "falls": falls(fewer), "meetings_fall": falls(meetings), **lines}


def stored_results(block: OptionBlock, values: Mapping[str, float]) -> dict[str, float | str]:
    """Return what each line of `LINES` comes to with the inputs as they are."""
    found, rules, option = block.found, block.found.rules, block.option
    stored: dict[str, float | str] = {}
    for name, adjusted in (("", True), ("_unadjusted", False)):
        cost = float(found.cost(adjusted=adjusted))
        stored |= {f"cost{name}": cost, f"benefit{name}": float(found.benefit(adjusted=adjusted)),
                   f"net{name}": float(found.net(adjusted=adjusted)),
                   f"ratio{name}": found.ratio(adjusted=adjusted) if cost else "none"}
    stored |= {name: float(found.net((purse,))) for name, purse in PURSES.items()}
    point = float(scenario_worth({**values, "effect_per_100_meetings": 1.0}, option, rules).benefit())
    meetings = float(np.asarray(found.present(Cost.FEES))) / values["fee_per_meeting"] if values["fee_per_meeting"] else 0.0
    needed = float(found.cost()) / point if point else math.nan
    stored |= {
        "appeals": float(found.appeals_fewer.sum()), "switching_meetings": needed if point else "none",
        "switching_effect": needed * values["take_up"] if point else "none",
        "switching_fee": "no fee is paid" if option.own_officers else
        values["fee_per_meeting"] + float(found.net()) / meetings if meetings else "none",
    }
    return stored


def result_rows(block: OptionBlock) -> dict[str, str]:
    """Return the formula of each line of `LINES` for an option."""
    costs, benefits = list(Cost), list(Benefit)
    found: dict[str, str] = {}
    for name, adjusted in (("", True), ("_unadjusted", False)):
        cost, benefit = block.total(costs, adjusted), block.total(benefits, adjusted)
        found |= {f"cost{name}": f"={cost}", f"benefit{name}": f"={benefit}", f"net{name}": f"={benefit}-({cost})",
                  f"ratio{name}": f'=IF(({cost})=0,"none",({benefit})/({cost}))'}
    for name, purse in PURSES.items():
        paid = block.total([line for line in costs if PURSE_OF[line] is purse], True)
        freed = block.total([line for line in benefits if PURSE_OF[line] is purse], True)
        found[name] = f"={freed}-({paid})"
    each = "+".join(PER_APPEAL.values())
    a_point = f"(SUMPRODUCT({block.across('meetings_fall')},{block.across('factor')})/100*({each})*(1-benefits_taken_off))"
    meetings = f"(SUMPRODUCT({block.across('meetings')},{block.across('factor')})*(1+costs_added))"
    paid, freed = block.total(costs, True), block.total(benefits, True)
    needed = f"({paid})/{a_point}"
    found |= {
        "appeals": f"=SUM({block.across('fewer')})",
        "switching_meetings": f'=IF({a_point}=0,"none",{needed})',
        "switching_effect": f'=IF({a_point}=0,"none",{needed}*take_up)',
        "switching_fee": '="no fee is paid"' if block.option.own_officers else
        f'=IF({meetings}=0,"none",fee_per_meeting+(({freed})-({paid}))/{meetings})',
    }
    return found
