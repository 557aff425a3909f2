"""How strong something nobody recorded would have to be to explain the figure away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from dispute_risk.mediation.challenges import Challenge
from dispute_risk.mediation.confounders import CONFOUNDERS
from dispute_risk.mediation.doubly_robust import doubly_robust
from dispute_risk.mediation.effect import Z_95, Effect
from dispute_risk.mediation.eligible import Eligible

__all__ = ["e_value", "hidden_bias", "robustness_value", "sensitivity_curve", "without_each_subject"]


def e_value(risk_ratio: float) -> float:
    """Return how strongly a hidden trait must go with both offer and appeal, as a ratio, to explain a risk ratio away.

    VanderWeele and Ding (2017): RR + sqrt(RR (RR - 1)), with RR turned over where it is below 1.

    >>> round(e_value(0.8), 3), e_value(1.0)
    (1.809, 1.0)
    """
    if not (np.isfinite(risk_ratio) and risk_ratio > 0):
        return np.nan
    ratio = max(risk_ratio, 1 / risk_ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def robustness_value(t: float, freedom: float, beyond: float = 0.0) -> float:
    """Return what share of what is left of both offer and outcome a hidden trait must explain to take the figure to nought.

    Cinelli and Hazlett (2020). With `beyond` the normal quantile of the range, to take its near end to nought.

    >>> round(robustness_value(4.18, 783), 3)
    0.139
    """
    f = max(abs(t) - beyond, 0.0) / np.sqrt(freedom)
    return float(0.5 * (np.sqrt(f**4 + 4 * f**2) - f**2))


def sensitivity_curve(effect: Effect) -> pd.DataFrame:
    """Return what would be left of the figure if families with a hidden trait were more or less common among those offered.

    Parameters
    ----------
    effect : Effect

    Returns
    -------
    DataFrame
        more_common (percentage points by which the trait is more common among those offered than among those set beside
        them), appeals_more (appeals per 100 that go with the trait), left (the figure corrected for it), low, high.
    """
    lines = []
    for common in (-30, -20, -10, 0, 10, 20, 30):
        for more in (5, 10, 20):
            shift = common / 100 * more
            lines.append((common, more, effect.risk_difference - shift, effect.low - shift, effect.high - shift))
    return pd.DataFrame(lines, columns=["more_common", "appeals_more", "left", "low", "high"])


def without_each_subject(eligible: Eligible, random_state: int = 0) -> pd.DataFrame:
    """Return the figure with each recorded subject left out of the adjustment: how far things of that kind move it."""
    lines = []
    for subject, names in CONFOUNDERS.items():
        own = tuple(names)
        dropped = ("decision ", *own) if subject.startswith("the decision") else own
        keep = np.array([not one.startswith(dropped) for one in eligible.names])
        tested = replace(eligible, columns=eligible.columns[:, keep],
                         names=[one for one, stays in zip(eligible.names, keep, strict=True) if stays])
        found = doubly_robust(tested, folds=3, repeats=1, random_state=random_state)
        lines.append((subject, found.risk_difference, found.low, found.high, found.refusal))
    return pd.DataFrame(lines, columns=["left_out", "risk_difference", "low", "high", "why_not"])


def hidden_bias(effect: Effect, eligible: Eligible | None = None, random_state: int = 0) -> Challenge:
    """Ask how strong something nobody recorded must be to explain the figure away, against what is recorded.

    Where cases are given, each recorded subject is left out in turn: something hidden, as strong as the strongest of them,
    is the measure.
    """
    name = "Could something hidden explain it?"
    if not effect.answers or not effect.rate_comparison > 0 or not effect.rate_offered > 0:
        return Challenge(name, None, pd.DataFrame(), "There is no figure to explain away.")
    near = effect.high if effect.risk_difference < 0 else effect.low
    point = e_value(effect.rate_offered / effect.rate_comparison)
    base = effect.rate_offered - near
    limit = e_value(effect.rate_offered / base) if effect.clear and base > 0 else 1.0
    freedom = max(effect.n_offered + effect.n_comparison - 2, 1)
    t = effect.risk_difference / effect.standard_error
    table = sensitivity_curve(effect).assign(
        e_value=point, e_value_near_end=limit, robustness=robustness_value(t, freedom),
        robustness_near_end=robustness_value(t, freedom, Z_95))
    words = (f"A hidden trait {point:.1f} times as common on one side and {point:.1f} times as likely to go with an appeal would "
             f"explain the figure away ({limit:.1f} for its range to touch nought); or one that explains "
             f"{100 * table['robustness'].iloc[0]:.1f} % of what is left of both offer and appeal. ")
    if not effect.clear:
        return Challenge(name, None, table, words + "The range includes no difference at all, so nothing need be explained away.")
    if eligible is None:
        return Challenge(name, None, table, words + "Nothing recorded was set against it.")
    moved = without_each_subject(eligible, random_state).dropna(subset=["risk_difference"])
    shift = (moved["risk_difference"] - effect.risk_difference).abs()
    if moved.empty:
        return Challenge(name, None, table, words)
    largest = moved["left_out"].to_numpy()[int(np.argmax(shift.to_numpy()))]
    words += (f"Of what is recorded, leaving out '{largest}' moves the figure most, by {shift.max():.1f} in 100; the range is "
              f"{abs(near):.1f} clear of nought.")
    return Challenge(name, bool(shift.max() < abs(near)), table, words)
