"""The numbers a business case rests on: put together from the records, drafted as a file to edit, and read back."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import betaincinv

from dispute_risk.errors import ProblemsFound, RefusedUse, UnreadableFile
from dispute_risk.mediation.deflator import Deflator, Rules
from dispute_risk.mediation.effect import CEDAR, Effect
from dispute_risk.mediation.pilot_facts import PilotFacts
from dispute_risk.mediation.unit_costs import NORMAL_90, STATUSES, Input, PublishedCost, appeal_inputs, declared_inputs

__all__ = ["CaseInputs", "case_inputs", "inputs_as_toml", "read_inputs"]

ENOUGH = 20
"""Fewer offers, or closed appeals, than this say nothing of a share: the published one stands in."""
NOT_A_BENEFIT = re.compile(r"placement|provision|school|package|transport|avoided|saving", re.I)
"""Names of inputs that are refused outright."""


@dataclass(frozen=True)
class CaseInputs:
    """Every number of a business case, as stated, with the rules of appraisal.

    Parameters
    ----------
    stated : mapping of str to Input
        By code, each in the prices of its own year.
    rules : Rules
    """

    stated: Mapping[str, Input]
    rules: Rules

    @property
    def price_year(self) -> int:
        """The prices of the case: the last year of the deflator."""
        return self.rules.deflator.latest

    @property
    def uprated(self) -> dict[str, Input]:
        """The inputs in the prices of the case."""
        return {code: one.in_prices_of(self.rules.deflator, self.price_year) for code, one in self.stated.items()}

    @property
    def placeholders(self) -> list[Input]:
        """The inputs still to be completed."""
        return [one for one in self.stated.values() if one.to_complete]


def case_inputs(
    facts: PilotFacts, effect: Effect, studies_answer: bool, costs: Mapping[str, PublishedCost], rules: Rules
) -> CaseInputs:
    """Return the inputs from the records, the effect and the declared costs.

    Parameters
    ----------
    facts : PilotFacts
    effect : Effect
        Per 100 offers; the published study alone where no design answers.
    studies_answer : bool
        Whether any design answers with these records.
    costs : mapping of str to PublishedCost
        `tribunal.costs.unit_costs()`.
    rules : Rules
    """
    take_up = _take_up(facts)
    own = "counted in this authority's records"
    offers, everywhere = facts.offers_a_year, facts.offers_everywhere
    new = len(facts.by_area) - len(facts.pilot_areas)
    if not offers:
        told = ("placeholder", "no offer in the year to the as-of date; enter how many are meant")
        local = [_fixed("offers_pilot", "offers a year in the pilot's areas", "a year", 100, *told),
                 _fixed("offers_everywhere", "offers a year in every area", "a year", 100.0 * max(new, 1), *told),
                 _fixed("areas_pilot", "areas with the pilot", "areas", 1, *told),
                 _fixed("areas_new", "areas without the pilot", "areas", max(new - 1, 0), *told)]
    else:
        local = [_fixed("offers_pilot", "offers a year in the pilot's areas", "a year", offers, "own records",
                        f"{own}, year to {facts.as_of}"),
                 _fixed("offers_everywhere", "offers a year in every area", "a year", round(everywhere, 1), "own records",
                        f"{own}: as many per decision as in the pilot's areas"),
                 _fixed("areas_pilot", "areas with the pilot", "areas", len(facts.pilot_areas), "own records", own),
                 _fixed("areas_new", "areas without the pilot", "areas", new, "own records", own)]
    stated = [_effect_input(effect, studies_answer, take_up.central), take_up, _hearing_share(facts), *local,
              *appeal_inputs(costs).values(), *declared_inputs().values()]
    return CaseInputs({one.code: one for one in stated}, rules)


def _fixed(code: str, label: str, unit: str, amount: float, status: str, source: str) -> Input:
    return Input(code, label, unit, float(amount), float(amount), float(amount), "fixed", "", status, source)


def _effect_input(effect: Effect, studies_answer: bool, take_up: float) -> Input:
    share = effect.take_up if np.isfinite(effect.take_up) else take_up
    central, step = -effect.risk_difference / share, NORMAL_90 * effect.standard_error / share
    source = effect.method if studies_answer else f"{CEDAR.source}. {CEDAR.why}"
    central = float(np.clip(central, -99.9, 99.9))
    return Input("effect_per_100_meetings", "appeals fewer per 100 families who meet", "per 100", round(central, 4),
                 round(max(central - step, -100.0), 4), round(min(central + step, 100.0), 4), "plain", "",
                 "study" if studies_answer else "published", source,
                 "no design answers with these records; the published study stands in" if not studies_answer else "")


def _share(code: str, label: str, part: int, whole: int, source: str) -> Input:
    """Return a share of this authority's records: the posterior of Jeffreys' prior."""
    low, middle, high = (float(betaincinv(part + 0.5, whole - part + 0.5, p)) for p in (0.1, 0.5, 0.9))
    return Input(code, label, "share", round(middle, 5), round(low, 5), round(high, 5), "logit", "", "own records",
                 f"{source}: {part} of {whole}")


def _take_up(facts: PilotFacts) -> Input:
    label = "share of offers that come to a meeting"
    if facts.offers_followed >= ENOUGH:
        return _share("take_up", label, facts.meetings_held, facts.offers_followed,
                      "offers in this authority's records, given 13 weeks to come to a meeting")
    return Input("take_up", label, "share", 0.42, 0.15, 0.6, "logit", "", "published",
                 "Review of disagreement resolution for the Department, as told by its author in 2017: 42 in 100 of just over "
                 "3,000 families in 109 authorities mediated", "fewer than 20 offers in the records; the range is a convention")


def _hearing_share(facts: PilotFacts) -> Input:
    label = "share of appeals that would reach a decision of the Tribunal"
    if facts.appeals_closed >= ENOUGH:
        return _share("hearing_share", label, facts.appeals_decided, facts.appeals_closed,
                      "closed appeals in this authority's records that the Tribunal decided")
    return Input("hearing_share", label, "share", 0.667, 0.56, 0.75, "logit", "", "published",
                 "Ministry of Justice statistics, December 2025: about two thirds of outcomes decided (read second-hand)",
                 "fewer than 20 closed appeals in the records; the range is a convention")


HEAD = """# Inputs of the business case of {authority}, as known on {as_of}. Edit, then run again:
#   dispute-risk business-case {records} --as-of {as_of} --out {out} --inputs inputs.toml
# central, low and high: the value, and its 10th and 90th percentiles, in the prices of price_year. An amount of another
# year is brought to {year} prices by the deflator below. scale: how the range is spread (plain, log, logit, or fixed).
# status: {statuses}.
# An input you replace: give its source, and set status = "entered".
# What a child is given is no input: savings on provision or placement are refused.
"""


def inputs_as_toml(inputs: CaseInputs, *, authority: str, as_of: dt.date, records: str = "CASEBOOK", out: str = "DIR") -> str:
    """Return the inputs as a file to edit; read back, it gives the same business case.

    Parameters
    ----------
    inputs : CaseInputs
    authority : str
    as_of : date
    records, out : str
        For the command in the heading.
    """
    one_line = " ".join(authority.split())
    parts = [HEAD.format(authority=one_line, as_of=as_of, records=records, out=out, year=inputs.price_year,
                         statuses="; ".join(f"{code} = {words}" for code, words in STATUSES.items()))]
    rules = inputs.rules
    parts.append("\n".join([
        "[rules]",
        f"discount_rate = {rules.discount_rate!r}  # {_comment(rules.notes['discount'].get('source', ''))}",
        f"costs_added = {rules.costs_added!r}  # optimism bias: {_comment(rules.notes['optimism_bias'].get('source', ''))}",
        f"benefits_taken_off = {rules.benefits_taken_off!r}",
        f"benefits_in_year_of_offer = {rules.benefits_in_year_of_offer!r}",
    ]))
    for one in inputs.stated.values():
        mark = "TO BE COMPLETED. " if one.to_complete else ""
        lines = [f"[inputs.{one.code}]", f"# {mark}{one.label}; unit: {one.unit}"]
        lines += [f"{name} = {getattr(one, name)!r}" for name in ("central", "low", "high")]
        lines += [f"{name} = {_quoted(getattr(one, name))}" for name in ("scale", "price_year", "status", "source", "note")]
        parts.append("\n".join(lines))
    index = rules.deflator.index
    parts.append("\n".join([f"# {_comment(rules.deflator.series)}", f"# {_comment(rules.deflator.to_check)}", "[deflator.index]",
                            *(f"{year} = {level!r}" for year, level in sorted(index.items()))]))
    return "\n\n".join(parts) + "\n"


def _comment(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return json.dumps(_comment(text), ensure_ascii=False).replace("\x7f", "")


def read_inputs(path: str | Path, drafted: CaseInputs) -> CaseInputs:
    """Return the inputs of a file; what it leaves out stays as drafted from the records.

    Parameters
    ----------
    path : path
    drafted : CaseInputs

    Raises
    ------
    UnreadableFile
        Where the file is missing or is no TOML.
    RefusedUse
        Where it names provision or placement as an input.
    ProblemsFound
        Where an input is unknown or impossible; all of them at once.
    """
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}: the inputs cannot be read ({error}). Run without --inputs to get a draft.") from error
    sections = {name: given.get(name, {}) for name in ("rules", "inputs", "deflator")}
    problems = [f"[{name}] is no part of an inputs file. Allowed: rules, inputs, deflator." for name in given if name not in
                sections]
    flat = [f"[{name}] must be a section." for name, held in sections.items() if not isinstance(held, dict)]
    if flat:
        raise ProblemsFound(f"{path}: the inputs cannot be used.", [*problems, *flat])
    refused = sorted(name for name in sections["inputs"] if name not in drafted.stated and NOT_A_BENEFIT.search(name))
    if refused:
        raise RefusedUse(
            f"{path}: {', '.join(refused)} is no input of this business case. What a child is given is what an appeal is "
            "about: money not spent on provision or a place is never counted, either way. Take it out; the consequences for "
            "places are shown on a page of their own."
        )
    stated = {code: _read_input(one, sections["inputs"].get(code, {}), problems) for code, one in drafted.stated.items()}
    problems += [f"{name}: no such input. Allowed: {', '.join(drafted.stated)}." for name in sections["inputs"]
                 if name not in drafted.stated]
    rules = _read_rules(sections["rules"], sections["deflator"], drafted.rules, problems)
    problems += [line for one in stated.values() for line in one.problems()]
    problems += [line for one in stated.values() for line in _price_problems(one, rules)]
    if problems:
        raise ProblemsFound(f"{path}: {len(problems)} problem{'s' if len(problems) > 1 else ''} in the inputs.", problems)
    return CaseInputs(stated, rules)


def _price_problems(one: Input, rules: Rules) -> list[str]:
    try:
        one.in_prices_of(rules.deflator, rules.deflator.latest)
    except ValueError as error:
        return [f"{one.code}: {error}"]
    return []


def _read_input(one: Input, given: Any, problems: list[str]) -> Input:
    if not isinstance(given, dict):
        problems.append(f"{one.code}: a section is needed, [inputs.{one.code}], with central, low and high under it.")
        return one
    changed: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("central", "low", "high"):
            if isinstance(value, bool) or not isinstance(value, int | float):
                problems.append(f"{one.code}, {name}: {value!r} is not a number.")
            else:
                changed[name] = float(value)
        elif name in ("scale", "price_year", "status", "source", "note"):
            if isinstance(value, str):
                changed[name] = value
            else:
                problems.append(f"{one.code}, {name}: {value!r} is not text in quotes.")
        else:
            problems.append(f"{one.code}: {name} is unknown. Allowed: central, low, high, scale, price_year, status, source, "
                            "note.")
    return replace(one, **changed)


def _read_rules(given: Mapping[str, Any], deflator: Mapping[str, Any], drafted: Rules, problems: list[str]) -> Rules:
    limits = {"discount_rate": 0.2, "costs_added": 2.0, "benefits_taken_off": 1.0, "benefits_in_year_of_offer": 1.0}
    changed: dict[str, Any] = {}
    for name, value in given.items():
        if name not in limits:
            problems.append(f"rules, {name}: unknown. Allowed: {', '.join(limits)}.")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= limits[name]:
            problems.append(f"rules, {name}: {value!r} is not a number from 0 to {limits[name]:g}.")
        else:
            changed[name] = float(value)
    index = deflator.get("index", {})
    try:
        read = {int(year): float(level) for year, level in index.items()}
    except (AttributeError, TypeError, ValueError):
        problems.append("deflator.index: a year and a number on each line are needed, such as 2024 = 100.0.")
        read = {}
    if any(level <= 0 for level in read.values()):
        problems.append("deflator.index: every level must be above 0.")
        read = {}
    if read:
        held = drafted.deflator
        changed["deflator"] = Deflator({**held.index, **read}, held.series, held.source, held.status, held.to_check)
    return replace(drafted, **changed)
