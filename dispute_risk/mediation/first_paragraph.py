"""The first paragraph of a business case: the switching value, where the estimate stands, the verdict, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispute_risk.mediation.net_present_value import Purse
from dispute_risk.mediation.scenarios import PUT_FORWARD, pounds

if TYPE_CHECKING:
    from dispute_risk.mediation.business_case import BusinessCase

__all__ = ["first_paragraph"]


def first_paragraph(case: BusinessCase) -> tuple[str, ...]:
    """Return the first paragraph, sentence by sentence."""
    return (*_switching_sentences(case), *_verdict_sentences(case), _basis_sentence(case))


def _per_100_offers(case: BusinessCase) -> tuple[float, float, float]:
    used = case.inputs.uprated
    effect, share = used["effect_per_100_meetings"], used["take_up"].central
    return effect.central * share, effect.low * share, effect.high * share


def _fewer(amount: float) -> str:
    return f"{abs(amount):.1f} {'fewer' if amount >= 0 else 'more'}"


def _switching_sentences(case: BusinessCase) -> list[str]:
    central, low, high = _per_100_offers(case)
    switch = case.effect_switching
    what = f"Extending the pilot by 12 months in {_areas(case)}"
    if switch.found:
        ends = f"{low:.1f} to {high:.1f}" if low >= 0 else f"{_fewer(low)} to {_fewer(high)}"
        first = (f"{what} pays for itself only if 100 offers mean at least {switch.value:.1f} fewer appeals; "
                 f"the estimate is {_fewer(central)} ({ends}).")
    else:
        first = f"{what}: {switch.words[0].lower()}{switch.words[1:]} The estimate is {_fewer(central)} per 100 offers."
    fee = next(one for one in case.switching[PUT_FORWARD] if one.code == "fee_per_meeting")
    if fee.found:
        second = (f"With that estimate it pays if a meeting costs at most {pounds(fee.value, 10)} in fees; stated: "
                  f"{pounds(fee.now, 10)}.")
    else:
        second = ("With that estimate it does not pay even if meetings cost nothing in fees." if not _pays(case) else
                  "With that estimate it pays whatever a meeting costs in fees.")
    return [first, second]


def _pays(case: BusinessCase) -> bool:
    return float(case.worths[PUT_FORWARD].net()) >= 0


def _areas(case: BusinessCase) -> str:
    areas = case.facts.pilot_areas
    if not areas:
        return "the areas entered"
    return areas[0] if len(areas) == 1 else f"{', '.join(areas[:-1])} and {areas[-1]}"


def _verdict_sentences(case: BusinessCase) -> list[str]:
    spread, found = case.spread[PUT_FORWARD], case.worths[PUT_FORWARD]
    verdict = ("On these inputs it pays." if spread.pays >= 0.9 else "On these inputs it does not pay."
               if spread.pays <= 0.1 else "Whether it pays cannot be told from these inputs.")
    ratio = found.ratio()
    return [
        f"{verdict} Net present social value: {pounds(spread.low)} to {pounds(spread.high)} (middle {pounds(spread.middle)}), "
        f"above nothing in {_in_100(spread.pays)} of 100 draws; benefit-cost ratio {ratio:.2f}.",
        f"In payments alone the authority is {pounds(abs(float(found.net((Purse.CASH,)))))} "
        f"{'worse' if float(found.net((Purse.CASH,))) < 0 else 'better'} off: what fewer appeals free is mostly officer time.",
    ]


def _in_100(share: float) -> str:
    if 0 < share < 0.01:
        return "fewer than 1"
    if 0.99 < share < 1:
        return "more than 99"
    return f"{100 * share:.0f}"


def _basis_sentence(case: BusinessCase) -> str:
    waiting = len(case.inputs.placeholders)
    status = case.inputs.stated["effect_per_100_meetings"].status
    if status == "entered":
        basis = "The effect was entered by the authority."
    elif case.studies_answer:
        basis = "The effect rests on this authority's own study, drawn towards the published one."
        worse = [one for one in case.designs if one.answers and one.risk_difference > 0]
        if worse:
            basis += (f" Taken alone, its own study shows {worse[0].risk_difference:.1f} more appeals per 100 offers, not fewer: "
                      "offers may go where an appeal is already coming.")
    else:
        basis = ("The effect rests on the published study of families who chose to mediate: no study of this authority's own "
                 "offers answers.")
    tail = f" {waiting} of {len(case.inputs.stated)} inputs are placeholders to be completed." if waiting else ""
    return basis + tail
