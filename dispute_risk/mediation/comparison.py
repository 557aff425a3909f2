"""The whole study of a pilot: every design that can be tried, the figure to use, and every attack on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.mediation import challenges as attacks
from dispute_risk.mediation.area_quarters import AreaQuarters, area_quarters
from dispute_risk.mediation.challenges import Challenge
from dispute_risk.mediation.doubly_robust import doubly_robust
from dispute_risk.mediation.effect import CEDAR, DESIGNS, Effect, Prior, pooled, refused
from dispute_risk.mediation.eligible import Eligible, eligible_offers
from dispute_risk.mediation.encouragement import drawn_rows, encouragement, rationed_by_places
from dispute_risk.mediation.hidden_bias import hidden_bias
from dispute_risk.mediation.offers import as_it_happened, offers_made
from dispute_risk.mediation.staggered import staggered
from dispute_risk.timeline.history import History

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["Study", "study_mediation"]

TRUST = ("encouragement", "doubly_robust", "staggered")


@dataclass(frozen=True)
class Study:
    """What a pilot's records say about the effect of an offer.

    Parameters
    ----------
    effects : tuple of Effect
        One a design, in order of trust; those that cannot answer say why.
    challenges : tuple of Challenge
        Attacks on the comparison of cases and on that of areas.
    pooled : Effect
        The most trusted design that answers, pulled towards the published study; the published study alone where the figure
        fails an attack.
    eligible : Eligible
    panel : AreaQuarters or None
    prior : Prior
    """

    effects: tuple[Effect, ...]
    challenges: tuple[Challenge, ...]
    pooled: Effect
    eligible: Eligible = field(repr=False)
    panel: AreaQuarters | None = field(repr=False, default=None)
    prior: Prior = CEDAR

    @property
    def headline(self) -> Effect:
        """The figure to use: the most trusted design that answers, or the first with its refusal."""
        return next((one for one in self.effects if one.answers), self.effects[0])

    @property
    def table(self) -> pd.DataFrame:
        """One row a design, with the naive comparison of each beside it."""
        lines = [{
            "design": one.design, "compares": DESIGNS[one.design], "answers": one.answers,
            "risk_difference": one.risk_difference, "low": one.low, "high": one.high, "standard_error": one.standard_error,
            "n_offered": one.n_offered, "n_comparison": one.n_comparison, "naive": one.naive.risk_difference,
            "naive_low": one.naive.low, "naive_high": one.naive.high, "whom": one.whom, "why_not": one.refusal,
            "method": one.method} for one in (*self.effects, self.pooled)]
        return pd.DataFrame(lines)

    @property
    def failed(self) -> tuple[Challenge, ...]:
        """Attacks that the figure does not stand up to."""
        return tuple(one for one in self.challenges if one.passed is False)

    def summary(self) -> str:
        """Return the answer, the other designs and the attacks it does not stand up to."""
        lines = [self.headline.summary()]
        if self.headline.answers and self.failed:
            lines.insert(0, "Not to be relied on: the figure does not stand up to every attack (see below).")
        lines += [f"{DESIGNS[one.design]}: {one.summary() if one.answers else one.refusal}" for one in self.effects
                  if one is not self.headline]
        stood = sum(one.passed is True for one in self.challenges)
        open_ = sum(one.passed is None for one in self.challenges)
        lines.append(f"Of {len(self.challenges)} attacks on the figure it stands up to {stood}, fails {len(self.failed)}, and "
                     f"{open_} cannot be told." + "".join(f" Fails: {one.name}" for one in self.failed))
        return "\n".join(lines)


def study_mediation(
    casebook: Casebook, *, listed: pd.DataFrame | None = None, any_of: dict[str, tuple[str, ...]] | None = None,
    prior: Prior = CEDAR, horizon_days: int = 182, random_state: int = 0,
) -> Study:
    """Study what the offers of a pilot do to appeals, by every design the records allow, and attack the figure.

    Parameters
    ----------
    casebook : Casebook
    listed : DataFrame, optional
        The list of a lottery (`encouragement.drawn_rows`).
    any_of : dict of str to tuple of str, optional
        The pilot's own rule for who can be offered (`eligible.eligible_offers`).
    prior : Prior
    horizon_days, random_state : int

    Raises
    ------
    NotEnoughHistory
        Where the records hold no pilot offer.
    """
    history = History.of(as_it_happened(casebook))
    offers = offers_made(casebook, history)
    eligible = eligible_offers(casebook, any_of=any_of, horizon_days=horizon_days, offers=offers, history=history)
    in_line = drawn_rows(eligible, listed) if listed is not None else rationed_by_places(eligible)
    alike = doubly_robust(eligible, random_state=random_state)
    lot = encouragement(in_line, random_state=random_state)
    panel: AreaQuarters | None = None
    try:
        panel = area_quarters(casebook, horizon_days=horizon_days, offers=offers, history=history)
        areas = staggered(panel, random_state=random_state)
    except NotEnoughHistory as error:
        areas = refused("staggered", [error.message])
    effects = tuple(sorted((alike, lot, areas), key=lambda one: TRUST.index(one.design)))
    if listed is None:  # places are a weaker lever than a lottery: cases alike on the day come first
        effects = (alike, lot, areas)
    first = next((one for one in effects if one.answers), None)
    found = _attacks(eligible, panel, alike, random_state)
    # A figure that fails an attack is shown with the attack, and goes into nothing else.
    used = [first] if first is not None and all(one.passed is not False for one in found) else []
    return Study(effects, found, pooled(used, prior, offers.take_up), eligible, panel, prior)


def _attacks(eligible: Eligible, panel: AreaQuarters | None, alike: Effect, seed: int) -> tuple[Challenge, ...]:
    found = [attacks.overlap(alike), attacks.balance(eligible, alike)]
    if alike.answers:
        found += [attacks.negative_control(eligible, seed), attacks.placebo_outcome(eligible, seed),
                  attacks.leave_one_area_out(eligible, alike, seed)]
    found.append(hidden_bias(alike, eligible if alike.clear else None, seed))
    if panel is not None:
        found += [attacks.pre_trends(panel), attacks.placebo_date(panel, random_state=seed)]
    found.append(attacks.other_definitions(eligible, alike))
    return tuple(found)
