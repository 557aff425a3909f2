"""The options compared, stop, extend, every area, and what would have to be true for one not to pay."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.mediation.deflator import Rules
from dispute_risk.mediation.net_present_value import SOCIETY, Purse, Reach, Worth, per_appeal, worth

__all__ = [
    "PUT_FORWARD", "SCENARIOS", "Scenario", "SwitchingValue", "effect_and_fee", "pounds", "risk_that_pays",
    "said", "scenario_table", "scenario_worth", "switching_values",
]

Values = Mapping[str, float | np.ndarray]


@dataclass(frozen=True)
class Scenario:
    """One option.

    Parameters
    ----------
    code, label, what : str
    years : int
        Years of offers.
    everywhere : bool
        Whether in every area, or in the pilot's.
    own_officers : bool
        Whether the authority's officers lead the meetings, so that no fee is paid.
    """

    code: str
    label: str
    what: str
    years: int
    everywhere: bool
    own_officers: bool = False

    def reach(self, values: Values) -> Reach:
        """Return offers, areas and years under the inputs."""
        pilot, new = values["areas_pilot"], values["areas_new"]
        if not self.everywhere:
            return Reach(values["offers_pilot"], pilot, 0.0, self.years)
        return Reach(values["offers_everywhere"], pilot + new, new, self.years)


SCENARIOS: dict[str, Scenario] = {
    scenario.code: scenario for scenario in (
        Scenario("stop", "Stop", "No offers from today. The other options are measured against it.", 0, False),
        Scenario("extend", "Extend by 12 months", "The same areas, as many offers as in the last year.", 1, False),
        Scenario("extend_own_officers", "Extend by 12 months, officers lead",
                 "The same, with meetings led by the authority's own officers: no fees, the same officer hours. That such a "
                 "meeting does as much is an assumption; nothing here shows it.", 1, False, own_officers=True),
        Scenario("everywhere", "Every area, 12 months",
                 "Every area, offering as often per decision as the pilot's areas do.", 1, True),
        Scenario("everywhere_three_years", "Every area, three years", "The same for three years.", 3, True),
    )
}
"""The options, by code; the first is what the others are measured against."""


def scenario_worth(values: Values, scenario: Scenario, rules: Rules) -> Worth:
    """Return what an option costs and frees against stopping."""
    if scenario.own_officers:
        values = {**values, "fee_per_meeting": 0.0}
    return worth(values, scenario.reach(values), rules)


PUT_FORWARD = "extend"
"""The option a case is about."""


@dataclass(frozen=True)
class SwitchingValue:
    """The value of one input at which an option neither gains nor loses, everything else as stated.

    Parameters
    ----------
    code, label, unit : str
    now : float
        The central value.
    value : float
        NaN where no possible value changes the sign.
    words : str
        What it says.
    """

    code: str
    label: str
    unit: str
    now: float
    value: float
    words: str

    @property
    def found(self) -> bool:
        """Whether there is one."""
        return math.isfinite(self.value)


SWITCHED: tuple[tuple[str, str, str, float, float], ...] = (
    ("effect_per_100_offers", "appeals fewer per 100 offers", "per 100", 0.0, 100.0),
    ("fee_per_meeting", "fee for a meeting", "GBP", 0.0, math.inf),
    ("appeal_cost", "the authority's casework on an appeal, as a multiple of what is stated", "times", 0.0, math.inf),
    ("take_up", "share of offers that come to a meeting", "share", 0.0, 1.0),
    ("hearing_share", "share of appeals that would reach a decision", "share", 0.0, 1.0),
)
"""What is switched: code, label, unit, and the values that are possible."""


def moved(values: Values, code: str, to: float) -> dict[str, float | np.ndarray]:
    """Return the inputs with one of `SWITCHED` moved."""
    changed = dict(values)
    if code == "effect_per_100_offers":
        changed["effect_per_100_meetings"] = to / values["take_up"]
    elif code == "appeal_cost":
        for part in ("casework_no_hearing", "hearing_extra"):
            changed[part] = to * values[part]
    else:
        changed[code] = to
    return changed


def current(values: Values, code: str) -> float:
    """Return what one of `SWITCHED` stands at."""
    if code == "effect_per_100_offers":
        return float(values["effect_per_100_meetings"]) * float(values["take_up"])
    return 1.0 if code == "appeal_cost" else float(values[code])


def switching_values(
    values: Mapping[str, float], scenario: Scenario, rules: Rules, purses: Collection[Purse] = SOCIETY
) -> tuple[SwitchingValue, ...]:
    """Return the switching values of an option, with optimism bias.

    The net present value is a straight line in each of these inputs where the effect is not below nothing, so two
    evaluations give it exactly.

    Parameters
    ----------
    values : mapping of str to float
    scenario : Scenario
    rules : Rules
    purses : collection of Purse
        Whose net present value is to be nothing.
    """
    def net(changed: Values) -> float:
        return float(scenario_worth(changed, scenario, rules).net(purses))

    return tuple(_switch(values, net, *row) for row in SWITCHED)


def _switch(
    values: Mapping[str, float], net: Callable[[Values], float], code: str, label: str, unit: str, low: float, high: float
) -> SwitchingValue:
    now = current(values, code)
    one, two = (0.25, 0.75) if high == 1.0 else (1.0, 2.0)
    at_one, at_two = net(moved(values, code, one)), net(moved(values, code, two))
    slope = (at_two - at_one) / (two - one)
    root = one - at_one / slope if slope else math.nan
    possible = math.isfinite(root) and low <= root <= high
    return SwitchingValue(code, label, unit, now, root if possible else math.nan,
                          _switch_words(label, unit, now, root, possible, slope, net(values)))


def pounds(amount: float, to: int = 1000) -> str:
    """Return an amount in pounds, rounded.

    >>> pounds(-41_260), pounds(812, 100), pounds(149.6)
    ('−£41,000', '£800', '£0')
    """
    rounded = round(amount / to) * to
    return f"{'−' if rounded < 0 else ''}£{abs(rounded):,.0f}"


def said(amount: float, unit: str) -> str:
    """Return an amount in words of a table.

    >>> said(0.143, "share"), said(1425.0, "GBP"), said(2.456, "per 100"), said(1.5, "times")
    ('14.3 in 100', '£1,425', '2.5', '1.50 times')
    """
    if unit == "share":
        return f"{100 * amount:.1f} in 100"
    if unit == "GBP":
        return f"{'−' if round(amount) < 0 else ''}£{abs(amount):,.0f}"
    if unit == "times":
        return f"{amount:.2f} times"
    return f"{amount:,.1f}".replace("-", "−")


def _switch_words(label: str, unit: str, now: float, root: float, possible: bool, slope: float, net_now: float) -> str:
    pays = net_now >= 0
    if not possible:
        return (f"No possible value changes the answer: it {'pays' if pays else 'does not pay'} whatever the {label}."
                if slope else f"It does not depend on the {label}.")
    side = "at least" if slope > 0 else "at most"
    return f"It pays with {side} {said(root, unit)}; stated: {said(now, unit)}."


def effect_and_fee(
    values: Mapping[str, float], scenario: Scenario, rules: Rules, effects: Sequence[float], fees: Sequence[float]
) -> pd.DataFrame:
    """Return the net present social value at each effect (per 100 meetings, rows) and fee (in pounds, columns)."""
    table = [[float(scenario_worth({**values, "effect_per_100_meetings": effect, "fee_per_meeting": fee}, scenario, rules)
                    .net()) for fee in fees] for effect in effects]
    return pd.DataFrame(table, index=pd.Index(list(effects), name="effect_per_100_meetings"),
                        columns=pd.Index(list(fees), name="fee_per_meeting"))


def risk_that_pays(
    values: Mapping[str, float], rules: Rules, reductions: Sequence[float] = (0.2, 0.3, 0.4)
) -> pd.DataFrame:
    """Return from which risk of an appeal one meeting pays for itself, for society, with optimism bias.

    A meeting costs its fee and its officer hours; it frees the risk, times the share by which a meeting lowers it, times what
    an appeal costs (methods section 1.4). What the scheme costs to run is not in it: it is the next meeting that is judged.

    Parameters
    ----------
    values : mapping of str to float
    rules : Rules
    reductions : sequence of float
        Shares by which a meeting lowers the risk.

    Returns
    -------
    DataFrame
        Rows 'with the fee' and 'led by officers'; a column for each reduction; above 1 no risk is high enough.
    """
    soon = rules.benefits_in_year_of_offer
    appeal = sum(float(amount) for amount in per_appeal(values).values())
    freed = appeal * (soon + (1 - soon) / (1 + rules.discount_rate)) * (1 - rules.benefits_taken_off)
    hours = values["hours_per_meeting"] * values["officer_hourly_cost"]
    costs = {"with the fee": values["fee_per_meeting"] + hours, "led by officers": hours}
    table = {who: [cost * (1 + rules.costs_added) / (reduction * freed) if freed else math.inf for reduction in reductions]
             for who, cost in costs.items()}
    return pd.DataFrame(table, index=pd.Index(list(reductions), name="reduction")).T


def scenario_table(worths: Mapping[str, Worth]) -> pd.DataFrame:
    """Return one row an option: net present value by purse, with and without optimism bias, ratio and appeals."""
    rows = []
    for code, found in worths.items():
        row: dict[str, object] = {"option": SCENARIOS[code].label, "appeals_fewer": float(found.appeals_fewer.sum())}
        for name, purses in (("cash", (Purse.CASH,)), ("time", (Purse.TIME,)), ("courts", (Purse.COURTS,)),
                             ("families", (Purse.FAMILY,)), ("society", SOCIETY)):
            row[f"net_{name}"] = float(found.net(purses))
            row[f"net_{name}_unadjusted"] = float(found.net(purses, adjusted=False))
        row |= {"costs": float(found.cost()), "benefits": float(found.benefit()), "benefit_cost_ratio": found.ratio(),
                "benefit_cost_ratio_unadjusted": found.ratio(adjusted=False)}
        rows.append(row)
    return pd.DataFrame(rows)
