"""What offering a meeting does to the number of appeals: the difference, its range, and when it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from dispute_risk.explain.words import joined_in_words

__all__ = ["CEDAR", "DESIGNS", "Effect", "Naive", "Prior", "pooled", "refused", "shrunk"]

Z_95 = 1.959964
DESIGNS: dict[str, str] = {
    "encouragement": "offers rationed by lot or by places",
    "doubly_robust": "offered and not offered, alike on the day of the offer",
    "staggered": "areas that began before others",
    "pooled": "designs and the published study taken together",
}
"""Study designs in order of trust, with what each compares."""


@dataclass(frozen=True)
class Naive:
    """The comparison everybody makes first, kept only to be shown as wrong.

    Parameters
    ----------
    risk_difference, low, high : float
        Appeals registered more (+) or fewer (-) in each 100, offered against the rest as they stand.
    words : str
        Why it is wrong.
    """

    risk_difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    words: str = ("Wrong: it sets those chosen for an offer against those who were not, and takes the choice of cases for "
                  "the effect of the offer.")


@dataclass(frozen=True)
class Effect:
    """The difference an offer makes to appeals registered within 26 weeks, by one study design.

    Parameters
    ----------
    design : str
        Key of `DESIGNS`.
    risk_difference : float
        Appeals registered more (+) or fewer (-) for every 100 cases offered; NaN where the design cannot answer.
    low, high : float
        95 % range.
    standard_error : float
    rate_offered, rate_comparison : float
        Appeals per 100 among those offered, and among the same had they not been offered.
    n_offered, n_comparison : int
        Cases, or offers, on each side with a known outcome.
    answers : bool
        Whether the design can answer with these records.
    refusal : str
        Why not, where it cannot.
    assumes : tuple of str
        What has to hold for the figure to be the effect.
    whom : str
        For which cases the figure holds.
    naive : Naive
    by_ground : DataFrame
        By kind of decision: decision_type, n_offered, n_comparison, appeals, risk_difference, low, high, standard_error,
        shrunk, told (blank, or why no figure is given).
    take_up : float
        Meetings held per offer made; NaN where not known.
    effect_of_attending : float
        Appeals per 100 families who met and would not have without the offer, with its range; NaN where not asked.
    attending_low, attending_high : float
    method : str
        How it was worked out, for those who check.
    data : str
        The records it comes from: effects from the same records are never counted twice in `pooled`.
    details : dict of str to DataFrame
        Tables of the design (event study, balance, propensities).
    """

    design: str
    risk_difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    standard_error: float = np.nan
    rate_offered: float = np.nan
    rate_comparison: float = np.nan
    n_offered: int = 0
    n_comparison: int = 0
    answers: bool = True
    refusal: str = ""
    assumes: tuple[str, ...] = ()
    whom: str = "the cases that were offered a meeting"
    naive: Naive = field(default_factory=Naive)
    by_ground: pd.DataFrame = field(default_factory=pd.DataFrame)
    take_up: float = np.nan
    effect_of_attending: float = np.nan
    attending_low: float = np.nan
    attending_high: float = np.nan
    method: str = ""
    data: str = ""
    details: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def table(self) -> pd.DataFrame:
        """The figure and the naive comparison beside it, one row each."""
        rows = [
            (self.design, DESIGNS.get(self.design, self.design), self.risk_difference, self.low, self.high, self.rate_offered,
             self.rate_comparison, self.n_offered, self.n_comparison, self.answers, self.refusal),
            ("naive", "offered against not offered, as they stand (wrong)", self.naive.risk_difference, self.naive.low,
             self.naive.high, np.nan, np.nan, self.n_offered, self.n_comparison, False, self.naive.words),
        ]
        return pd.DataFrame(rows, columns=[
            "design", "compares", "risk_difference", "low", "high", "rate_offered", "rate_comparison", "n_offered",
            "n_comparison", "answers", "why_not"])

    @property
    def clear(self) -> bool:
        """Whether the 95 % range leaves out no difference at all."""
        return bool(self.answers and (self.low > 0 or self.high < 0))

    def summary(self) -> str:
        """Return the answer in a few sentences, the naive comparison last and named as wrong."""
        if not self.answers:
            said = f"Cannot be told ({DESIGNS.get(self.design, self.design)}): {self.refusal}"
        else:
            told = "" if self.clear else " The range includes no difference at all."
            said = (f"{in_words(self.risk_difference)} registered for every 100 offered "
                    f"(95 % range: {range_words(self.low, self.high)}).{told} It holds for {self.whom}; "
                    f"{self.n_offered:,} offered, {self.n_comparison:,} not offered.")
        if np.isfinite(self.naive.risk_difference):
            said += f" As they stand the two groups differ by {self.naive.risk_difference:+.1f} in 100. {self.naive.words}"
        return said


def in_words(difference: float) -> str:
    """Say a difference in appeals.

    >>> in_words(-2.04), in_words(0.6)
    ('About 2.0 fewer appeals', 'About 0.6 more appeals')
    """
    return f"About {abs(difference):.1f} {'fewer' if difference < 0 else 'more'} appeals"


def range_words(low: float, high: float) -> str:
    """Say a range from fewest appeals to most.

    >>> range_words(-4.21, 0.3)
    '4.2 fewer to 0.3 more'
    """
    return " to ".join(f"{abs(end):.1f} {'fewer' if end < 0 else 'more'}" for end in (low, high))


def refused(design: str, reasons: Sequence[str], **known: object) -> Effect:
    """Return an effect that says why this design cannot answer; every reason is kept."""
    return Effect(design, answers=False, refusal=" ".join(reasons), **known)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Prior:
    """A published effect, and how far it is trusted here.

    Parameters
    ----------
    per_100_mediated : float
        Appeals more (+) or fewer (-) in each 100 families who met.
    low, high : float
        Published 95 % range.
    sd : float
        Standard deviation used, wider than the published one.
    source, why : str
    """

    per_100_mediated: float
    low: float
    high: float
    sd: float
    source: str
    why: str


CEDAR = Prior(
    -13.58, -16.97, -10.20, 6.8,
    "Cullen and others, Research Papers in Education, 2019, doi 10.1080/02671522.2019.1677756: 109 authorities, 2014 to 2016",
    "Families chose to mediate, so the published difference holds part choice and part effect: its standard deviation of 1.7 "
    "is widened to 6.8, half of the effect, which puts no effect at all at the edge of its range.",
)
"""The published study of mediation, with its range widened because families chose (methods 6.1, law.md section 5)."""


def shrunk(value: np.ndarray | float, error: np.ndarray | float, mean: float, sd: float) -> tuple:
    """Return value and standard error pulled towards a prior by their precisions."""
    weight = 1 / np.square(error)
    precision = weight + 1 / sd**2
    return (value * weight + mean / sd**2) / precision, np.sqrt(1 / precision)


def pooled(effects: Sequence[Effect], prior: Prior | None = CEDAR, take_up: float | None = None) -> Effect:
    """Return what several studies say together, pulled towards the published study.

    Of effects from the same records only the most trusted design that answers is taken. Three or more records are allowed
    to differ from each other (DerSimonian and Laird). The prior is per 100 families who met, so it is multiplied by the
    share of offers that end in a meeting.

    Parameters
    ----------
    effects : sequence of Effect
    prior : Prior or None
        None leaves the published study out.
    take_up : float, optional
        Meetings held per offer; by default the mean of the effects that know it.

    Returns
    -------
    Effect
        With design `pooled`; it refuses where no design answers and there is no prior or no take-up.

    Examples
    --------
    >>> one = Effect("doubly_robust", -2.0, -4.0, 0.0, 1.0, 8.0, 10.0, 500, 500, take_up=0.5, data="A")
    >>> round(pooled([one]).risk_difference, 2)
    -2.38
    """
    taken = _one_a_source(effects)
    rates = [one.take_up for one in effects if np.isfinite(one.take_up)]
    share = take_up if take_up is not None else float(np.mean(rates)) if rates else np.nan
    usable = prior is not None and np.isfinite(share) and share > 0
    if not taken and not usable:
        return refused("pooled", ["No design answers with these records, and how many offers end in a meeting is not known, so "
                                  "the published study cannot be carried over."])
    mean, error = _combined(taken)
    if prior is not None and usable:
        centre, spread = prior.per_100_mediated * share, prior.sd * share
        mean, error = shrunk(mean, error, centre, spread) if taken else (centre, spread)
    first = taken[0] if taken else Effect("pooled")
    named = [DESIGNS[one.design] for one in taken]
    if prior is not None and usable:
        named.append(f"the published {abs(prior.per_100_mediated):.1f} in 100 who met, times {share:.2f} met per offer")
    return replace(
        first, design="pooled", risk_difference=float(mean), low=float(mean - Z_95 * error), high=float(mean + Z_95 * error),
        standard_error=float(error), rate_comparison=first.rate_offered - float(mean), answers=True, refusal="",
        n_offered=sum(one.n_offered for one in taken), n_comparison=sum(one.n_comparison for one in taken),
        take_up=share, effect_of_attending=np.nan, attending_low=np.nan, attending_high=np.nan, details={},
        whom=first.whom if len(taken) == 1 else "the cases offered a meeting, over the records taken together",
        assumes=(*first.assumes, *((prior.why,) if prior is not None and usable else ())),
        method=f"Precision-weighted: {joined_in_words(named)}.",
        data="; ".join(sorted({one.data for one in taken if one.data})),
    )


def _one_a_source(effects: Sequence[Effect]) -> list[Effect]:
    """Return the most trusted effect of each set of records that answers."""
    order = list(DESIGNS)
    best: dict[str, Effect] = {}
    for place, one in enumerate(sorted((one for one in effects if one.answers), key=lambda one: order.index(one.design))):
        best.setdefault(one.data or f"unnamed {place}", one)
    return list(best.values())


def _combined(taken: Sequence[Effect]) -> tuple[float, float]:
    if not taken:
        return np.nan, np.nan
    value = np.array([one.risk_difference for one in taken])
    spread = np.array([one.standard_error for one in taken]) ** 2
    weight = 1 / spread
    mean = weight @ value / weight.sum()
    if len(taken) >= 3:
        excess = weight @ (value - mean) ** 2 - (len(taken) - 1)
        between = max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum()))
        weight = 1 / (spread + between)
        mean = weight @ value / weight.sum()
    return float(mean), float(np.sqrt(1 / weight.sum()))
