"""The study designs that a business case can rest on, tried on one authority's records, those that refuse included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.explain.words import joined_in_words
from dispute_risk.mediation.comparison import study_mediation
from dispute_risk.mediation.effect import Effect, in_words, refused

if TYPE_CHECKING:
    from dispute_risk.mediation.comparison import Study
    from dispute_risk.records.casebook import Casebook

__all__ = ["studies"]


def studies(casebook: Casebook, random_state: int = 0) -> tuple[Effect, ...]:
    """Return what the designs say of the authority's own offers, in order of trust, or why they cannot answer.

    A figure that fails an attack carries no business case: it is refused here, and the attacks it fails are named.

    Parameters
    ----------
    casebook : Casebook
        Cut at the as-of date.
    random_state : int

    Returns
    -------
    tuple of Effect
        Each answers or refuses.
    """
    try:
        study = study_mediation(casebook, random_state=random_state)
    except NotEnoughHistory as error:
        return tuple(refused(design, [error.message]) for design in ("doubly_robust", "staggered"))
    return tuple(_to_be_relied_on(one, study) for one in study.effects)


def _to_be_relied_on(effect: Effect, study: Study) -> Effect:
    if not effect.answers or effect is not study.headline or not study.failed:
        return effect
    failed = joined_in_words([one.name for one in study.failed])
    return replace(effect, answers=False, refusal=(
        f"It shows {in_words(effect.risk_difference).lower()} for every 100 offered, and fails {len(study.failed)} of "
        f"{len(study.challenges)} attacks ({failed}): it is not to be relied on."))
