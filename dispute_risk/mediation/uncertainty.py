"""How far the answer moves: one input at a time, all at once, and what knowing the effect would be worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.mediation.deflator import Rules
from dispute_risk.mediation.net_present_value import AUTHORITY
from dispute_risk.mediation.scenarios import Scenario, scenario_worth
from dispute_risk.mediation.unit_costs import Input

__all__ = ["DRAWS", "Information", "Uncertainty", "drawn", "information", "tornado", "uncertainty"]

DRAWS = 10_000


def drawn(
    inputs: Mapping[str, Input], draws: int, random_state: int | np.random.Generator | None
) -> dict[str, float | np.ndarray]:
    """Return independent draws of every input; those without a range stay one number.

    Parameters
    ----------
    inputs : mapping of str to Input
    draws : int
    random_state : int, Generator or None

    Notes
    -----
    Each input is drawn on its own scale so that its `low` and `high` are its 10th and 90th percentiles. The inputs are
    drawn independently of one another: no source gives a correlation.
    """
    random = np.random.default_rng(random_state)
    return {code: one.at(random.standard_normal(draws)) if one.uncertain else one.central
            for code, one in inputs.items()}


@dataclass(frozen=True)
class Uncertainty:
    """The net present social value of one option, over draws of all inputs, with optimism bias.

    Parameters
    ----------
    mean, low, middle, high : float
        In pounds; `low` and `high` are the 10th and 90th percentiles.
    authority_low, authority_middle, authority_high : float
        The same for the authority's payments and officer time alone.
    pays, pays_authority : float
        Share of draws in which the net present value is above nothing.
    draws : int
    histogram : DataFrame
        `low`, `high`, `draws`: for a picture.
    """

    mean: float
    low: float
    middle: float
    high: float
    authority_low: float
    authority_middle: float
    authority_high: float
    pays: float
    pays_authority: float
    draws: int
    histogram: pd.DataFrame


def uncertainty(
    inputs: Mapping[str, Input], scenario: Scenario, rules: Rules, draws: int = DRAWS,
    random_state: int | np.random.Generator | None = 0,
) -> Uncertainty:
    """Return the spread of the net present value of an option over draws of all inputs at once.

    Parameters
    ----------
    inputs : mapping of str to Input
        All in the same prices.
    scenario : Scenario
    rules : Rules
    draws : int
    random_state : int, Generator or None
    """
    found = scenario_worth(drawn(inputs, draws, random_state), scenario, rules)
    social = np.broadcast_to(found.net(), (draws,))
    own = np.broadcast_to(found.net(AUTHORITY), (draws,))
    low, middle, high = np.quantile(social, [0.1, 0.5, 0.9])
    own_low, own_middle, own_high = np.quantile(own, [0.1, 0.5, 0.9])
    counts, edges = np.histogram(social, bins=40, range=tuple(np.quantile(social, [0.005, 0.995])) if np.ptp(social) else None)
    bars = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "draws": counts})
    return Uncertainty(float(social.mean()), float(low), float(middle), float(high), float(own_low), float(own_middle),
                       float(own_high), float((social > 0).mean()), float((own > 0).mean()), draws, bars)


def tornado(inputs: Mapping[str, Input], scenario: Scenario, rules: Rules) -> pd.DataFrame:
    """Return how far each input alone moves the net present social value between its 10th and 90th percentile.

    Returns
    -------
    DataFrame
        `code`, `label`, `unit`, `status`, `low`, `high` (of the input), `net_at_low`, `net_at_high`, `swing`; the widest
        first.
    """
    values = {code: one.central for code, one in inputs.items()}
    rows = []
    for code, one in inputs.items():
        if not one.uncertain:
            continue
        at_low, at_high = (float(scenario_worth({**values, code: end}, scenario, rules).net()) for end in (one.low, one.high))
        if at_low != at_high:
            rows.append({"code": code, "label": one.label, "unit": one.unit, "status": one.status, "low": one.low,
                         "high": one.high, "net_at_low": at_low, "net_at_high": at_high, "swing": abs(at_high - at_low)})
    columns = ["code", "label", "unit", "status", "low", "high", "net_at_low", "net_at_high", "swing"]
    return pd.DataFrame(rows, columns=columns).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Information:
    """What it would be worth to know the effect before deciding, in pounds of net present social value.

    Parameters
    ----------
    perfect : float
        Expected value of perfect information on the effect alone: no study can be worth more.
    trial : float
        Expected value of a trial of `offers` decisions, half of them offered a meeting by lottery.
    offers : int
    detectable : float
        Difference per 100 offers that such a trial finds with 80 % probability (two-sided 5 %).
    best_now : str
        'pay' or 'stop': what the expected values say without it.
    """

    perfect: float
    trial: float
    offers: int
    detectable: float
    best_now: str


def information(
    inputs: Mapping[str, Input], scenario: Scenario, rules: Rules, offers: int, rate_without: float, draws: int = DRAWS,
    random_state: int | np.random.Generator | None = 0,
) -> Information:
    """Return the expected value of knowing the effect before deciding on an option.

    Parameters
    ----------
    inputs : mapping of str to Input
    scenario : Scenario
        What is to be decided: it, or stopping.
    rules : Rules
    offers : int
        Decisions in the trial.
    rate_without : float
        Appeals per 100 decisions without an offer.
    draws : int
    random_state : int, Generator or None

    Notes
    -----
    Given the effect, the net present value is a straight line in it on either side of nothing, and the other inputs are
    independent of it, so their means are enough: no regression on draws is needed. The trial updates a normal
    distribution with the variance of the drawn effects by a difference of two shares (pre-posterior analysis).
    """
    values = drawn(inputs, draws, random_state)
    effect = np.broadcast_to(np.asarray(values["effect_per_100_meetings"], float), (draws,))

    def mean_net(amount: float) -> float:
        changed = {**values, "effect_per_100_meetings": amount}
        return float(scenario_worth(changed, scenario, rules).net().mean())

    nothing, gain, loss = mean_net(0.0), mean_net(1.0), mean_net(-1.0)
    up, down = gain - nothing, nothing - loss
    # The mean weighs both sides of nothing, as optimism bias treats them differently.
    nets = nothing + np.where(effect >= 0, up, down) * effect
    now = max(0.0, float(nets.mean()))
    perfect = float(np.maximum(nets, 0).mean()) - now
    take_up = float(np.mean(values["take_up"]))
    trial, detectable = _trial(effect, (nothing, up, down), now, offers, rate_without, take_up, random_state)
    return Information(max(perfect, 0.0), trial, offers, detectable, "pay" if float(nets.mean()) > 0 else "stop")


def _trial(
    effect: np.ndarray, line: tuple[float, float, float], now: float, offers: int, rate_without: float, take_up: float,
    random_state: int | np.random.Generator | None,
) -> tuple[float, float]:
    """Return the expected value of a trial and the difference per 100 offers it can find."""
    share = min(max(rate_without / 100, 1e-4), 1 - 1e-4)
    if offers < 4 or not take_up > 0:
        return 0.0, math.nan
    error = 100 * math.sqrt(2 * share * (1 - share) / (offers / 2))
    prior_mean, prior_variance = float(effect.mean()), float(effect.var())
    kept = prior_variance / (prior_variance + (error / take_up) ** 2) if prior_variance else 0.0
    random = np.random.default_rng(random_state)
    learned = prior_mean + math.sqrt(prior_variance * kept) * random.standard_normal(len(effect))
    nothing, up, down = line
    spread_left = math.sqrt(prior_variance * (1 - kept))
    nets = nothing + up * learned + (down - up) * _below(learned, spread_left)
    baseline = max(0.0, float(nets.mean()))
    return max(0.0, float(np.maximum(nets, 0).mean()) - baseline), (1.959964 + 0.841621) * error


def _below(mean: np.ndarray, spread: float) -> np.ndarray:
    """Return the expected part below nothing of normal variables: E[min(x, 0)]."""
    from scipy.stats import norm

    if spread <= 0:
        return np.minimum(mean, 0)
    return mean * norm.cdf(-mean / spread) - spread * norm.pdf(mean / spread)
