"""Whether the pilot is worth extending: the case put together, with what would have to be true for it not to pay."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.mediation.case_inputs import CaseInputs, case_inputs
from dispute_risk.mediation.deflator import Rules, rules
from dispute_risk.mediation.effect import DESIGNS, Effect, pooled
from dispute_risk.mediation.first_paragraph import first_paragraph
from dispute_risk.mediation.naive import NaiveNational
from dispute_risk.mediation.net_present_value import AUTHORITY, Worth
from dispute_risk.mediation.pilot_facts import PilotFacts
from dispute_risk.mediation.scenarios import (
    PUT_FORWARD,
    SCENARIOS,
    SwitchingValue,
    effect_and_fee,
    moved,
    risk_that_pays,
    said,
    scenario_table,
    scenario_worth,
    switching_values,
)
from dispute_risk.mediation.uncertainty import DRAWS, Information, Uncertainty, information, tornado, uncertainty
from dispute_risk.mediation.unit_costs import NORMAL_90, PublishedCost

__all__ = ["BusinessCase", "business_case", "drafted_inputs", "evidence"]

@dataclass(frozen=True)
class BusinessCase:
    """A business case for the pilot, worked through.

    Parameters
    ----------
    authority : str
    as_of : date
    synthetic : bool
        Whether the records are invented.
    inputs : CaseInputs
    facts : PilotFacts
    effect : Effect
        Used: the first design that answers, drawn towards the published study, or the published study alone.
    designs : tuple of Effect
        Every design tried, also those that refuse.
    worths : mapping of str to Worth
        By option, at the central values.
    switching, switching_authority : mapping of str to tuple of SwitchingValue
        By option: to society, and to the authority's payments and time alone.
    spread : mapping of str to Uncertainty
        By option.
    tornado : DataFrame
        For the option put forward.
    information : mapping of str to Information
        What knowing the effect is worth before deciding on an option, by option.
    grid : DataFrame
        Net present social value of the option put forward, by effect (rows) and fee (columns).
    risk_needed : DataFrame
        Risk of an appeal from which one meeting pays for itself.
    national : NaiveNational or None
    costs_beside : tuple of PublishedCost
        Published costs that are shown and never counted: places.
    """

    authority: str
    as_of: dt.date
    synthetic: bool
    inputs: CaseInputs
    facts: PilotFacts
    effect: Effect
    designs: tuple[Effect, ...]
    worths: Mapping[str, Worth]
    switching: Mapping[str, tuple[SwitchingValue, ...]]
    switching_authority: Mapping[str, tuple[SwitchingValue, ...]]
    spread: Mapping[str, Uncertainty]
    tornado: pd.DataFrame
    information: Mapping[str, Information]
    grid: pd.DataFrame
    risk_needed: pd.DataFrame
    national: NaiveNational | None
    costs_beside: tuple[PublishedCost, ...]

    @property
    def studies_answer(self) -> bool:
        """Whether any design answers with these records."""
        return any(one.answers for one in self.designs)

    @property
    def table(self) -> pd.DataFrame:
        """One row an option."""
        table = scenario_table(self.worths)
        codes = list(self.worths)
        for name in ("low", "middle", "high", "pays", "pays_authority"):
            table[f"society_{name}"] = [getattr(self.spread[code], name) for code in codes]
        return table

    @property
    def bases(self) -> pd.DataFrame:
        """The option put forward on each basis for the effect: what is used, the published study alone, each design alone.

        `basis`, `fewer_per_100_offers` with `low` and `high` (10th and 90th percentile), `net_society`.
        """
        used, rows = self.inputs.uprated, []
        effect, share = used["effect_per_100_meetings"], used["take_up"].central
        rows.append(("used here", *(share * end for end in (effect.central, effect.low, effect.high))))
        alone = [("the published study alone", pooled((), take_up=share))]
        alone += [(f"this authority's own study alone: {DESIGNS.get(one.design, one.design)}", one) for one in self.designs
                  if one.answers]
        for words, one in alone:
            step = NORMAL_90 * one.standard_error
            rows.append((words, -one.risk_difference, -one.risk_difference - step, -one.risk_difference + step))
        table = pd.DataFrame(rows, columns=["basis", "fewer_per_100_offers", "low", "high"])
        values = {code: one.central for code, one in used.items()}
        return table.assign(net_society=[
            float(scenario_worth(moved(values, "effect_per_100_offers", fewer), SCENARIOS[PUT_FORWARD], self.inputs.rules).net())
            for fewer in table["fewer_per_100_offers"]])

    @property
    def inputs_table(self) -> pd.DataFrame:
        """One row an input: as stated, and in the prices of the case."""
        uprated = self.inputs.uprated
        return pd.DataFrame([{
            "code": one.code, "label": one.label, "unit": one.unit, "central": one.central, "low": one.low, "high": one.high,
            "scale": one.scale, "price_year": one.price_year, "used": uprated[code].central,
            "used_low": uprated[code].low, "used_high": uprated[code].high, "status": one.status, "source": one.source,
            "note": one.note} for code, one in self.inputs.stated.items()])

    @property
    def switching_table(self) -> pd.DataFrame:
        """One row an option, a purse and an input."""
        return pd.DataFrame([
            {"option": SCENARIOS[code].label, "pays_for": who, "input": one.label, "stated": one.now,
             "switching_value": one.value, "words": one.words}
            for who, held in (("society", self.switching), ("the authority", self.switching_authority))
            for code, found in held.items() for one in found])

    @property
    def effect_switching(self) -> SwitchingValue:
        """The switching value of the effect, for the option put forward."""
        return self.switching[PUT_FORWARD][0]

    @property
    def lead(self) -> tuple[str, ...]:
        """The first paragraph, sentence by sentence: the switching value, where the estimate stands, and the verdict."""
        return first_paragraph(self)

    def summary(self) -> str:
        """Return the first paragraph."""
        return " ".join(self.lead)


def drafted_inputs(
    facts: PilotFacts, designs: Sequence[Effect], costs: Mapping[str, PublishedCost], used: Rules | None = None
) -> tuple[CaseInputs, Effect]:
    """Return the inputs as the records, the study and the published costs give them, and the effect they use.

    Parameters
    ----------
    facts : PilotFacts
    designs : sequence of Effect
        Every design tried, the most trusted first; the first that answers is drawn towards the published study. None, or
        none that answers, leaves the published study alone.
    costs : mapping of str to PublishedCost
        `tribunal.costs.unit_costs()`.
    used : Rules, optional
        The rules that come with the package if not given.
    """
    take_up = facts.meetings_held / facts.offers_followed if facts.offers_followed and facts.meetings_held else 0.42
    answered = [one for one in designs if one.answers]
    effect = pooled(answered[:1], take_up=take_up)
    return case_inputs(facts, effect, bool(answered), costs, used or rules()), effect


def business_case(
    inputs: CaseInputs, facts: PilotFacts, effect: Effect, designs: Sequence[Effect], *, authority: str, as_of: dt.date,
    synthetic: bool, costs: Mapping[str, PublishedCost], national: NaiveNational | None = None, draws: int = DRAWS,
    random_state: int = 0,
) -> BusinessCase:
    """Work a business case through.

    Parameters
    ----------
    inputs : CaseInputs
        From `drafted_inputs`, or read back from an edited file.
    facts : PilotFacts
    effect : Effect
    designs : sequence of Effect
    authority : str
    as_of : date
    synthetic : bool
    costs : mapping of str to PublishedCost
        For the costs of places, which are shown apart and never counted.
    national : NaiveNational, optional
    draws : int
        Of the probabilistic sensitivity analysis.
    random_state : int
    """
    used, law = inputs.uprated, inputs.rules
    values = {code: one.central for code, one in used.items()}
    options = {code: one for code, one in SCENARIOS.items() if one.years}
    trial = int(values["offers_pilot"]), _rate_without(facts, effect), draws, random_state
    return BusinessCase(
        authority, as_of, synthetic, inputs, facts, effect, tuple(designs),
        {code: scenario_worth(values, one, law) for code, one in SCENARIOS.items()},
        {code: switching_values(values, one, law) for code, one in options.items()},
        {code: switching_values(values, one, law, AUTHORITY) for code, one in options.items()},
        {code: uncertainty(used, one, law, draws, random_state) for code, one in SCENARIOS.items()},
        tornado(used, SCENARIOS[PUT_FORWARD], law),
        {code: information(used, one, law, *trial) for code, one in options.items()}, _grid(values, law),
        risk_that_pays(values, law), national, tuple(cost for code, cost in costs.items() if code.startswith("place_")),
    )


def _grid(values: Mapping[str, float], law: Rules) -> pd.DataFrame:
    """Return the net present value over round effects and fees, with the stated ones among them."""
    effects = sorted({5.0, 10.0, 20.0, 30.0, 40.0, round(values["effect_per_100_meetings"], 1)})
    fees = sorted({0.0, 250.0, 500.0, 1000.0, round(values["fee_per_meeting"], 0)})
    return effect_and_fee(values, SCENARIOS[PUT_FORWARD], law, effects, fees)


def _rate_without(facts: PilotFacts, effect: Effect) -> float:
    """Return appeals per 100 families like those offered, for the size of a trial; 5 where nothing is known."""
    if math.isfinite(effect.rate_comparison):
        return float(effect.rate_comparison)
    if facts.offered_decisions:
        return 100 * (facts.offered_appealed + 0.5) / (facts.offered_decisions + 1)
    return 5.0


def evidence(case: BusinessCase) -> list[str]:
    """Return what each design says, or why it refuses, in words."""
    told = [one.summary() for one in case.designs]
    if np.isfinite(case.effect.risk_difference):
        share = case.inputs.stated["take_up"].central
        told.append(f"Used: {said(100 * share, 'per 100')} of 100 offers come to a meeting; {case.effect.method}")
    return told
