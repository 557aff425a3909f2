"""Who is offered a step first: by the appeals an offer is expected to spare, fair shares kept, and a lot kept for learning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.errors import NotEnoughHistory, UnreadableFile
from dispute_risk.mediation.benefit import PUBLISHED, Benefit, spares_in_words
from dispute_risk.mediation.eligible import eligible_offers
from dispute_risk.mediation.fair_shares import fair_order
from dispute_risk.mediation.learned_benefit import learn_benefit
from dispute_risk.mediation.lottery import NO_LOTTERY, Drawn, Lottery, draw_first, ties
from dispute_risk.mediation.offer_facts import (
    CONTACT_DAYS,
    closes,
    days_since_notice,
    decision_type,
    late,
    lately,
    offers_of_the_quarter,
)
from dispute_risk.mediation.shared_effects import read_shared_effects
from dispute_risk.triage.actions import STEPS, Choice, Situation, choose_steps
from dispute_risk.triage.memory import CLEARLY, NOTHING, Memory
from dispute_risk.triage.routing import DECLARED_RULES, Routing
from dispute_risk.triage.snapshot import OpenCases
from dispute_risk.triage.voice import quietness

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["CONTACT_DAYS", "EXTRA", "FIELDS", "RoutingPolicy", "learned_from", "routing_for"]

EXTRA = ("meet_family", "offer_mediation", "call_family")
"""The extra steps: what is offered beyond what is owed. The lot, an opt-out and the sixty days concern these alone."""
FIELDS: dict[str, tuple[type, ...]] = {
    "by": (str,), "hold_out": (int, float), "band": (int, float), "salt": (str,), "signed_by": (str,), "opted_out": (list,),
    "fair_shares": (bool,), "estimates": (list,),
}
"""Fields of `[routing]` in a policy file, and what each must be."""


@dataclass
class RoutingPolicy:
    """A routing for the weekly lists (`triage.routing.Routing`) that rests on the effect of an offer.

    The same cases, memory and salt give the same order again, so a past week can be drawn anew and checked.

    Parameters
    ----------
    effect : Benefit
    places : int
        Places on the list of likely disputes in each area.
    lottery : Lottery
    opted_out : frozenset of str
        Cases of families who asked for no offers.
    memory : Memory
        Of the weeks before: it decides with the benefit who keeps a place.
    group : mapping of str to str
        By case, the fifth of deprivation, for fair shares; empty where they are not kept.
    least_breach : float
        Breach index from which something owed counts towards a fair share.
    quiet_from : float
        As in `triage.selection.Policy`: whom the list of the unheard is for is never held out.
    """

    effect: Benefit = PUBLISHED
    places: int = 6
    lottery: Lottery = NO_LOTTERY
    opted_out: frozenset[str] = frozenset()
    memory: Memory = NOTHING
    group: Mapping[str, str] = field(default_factory=dict)
    least_breach: float = 2.0
    quiet_from: float = 0.15
    _seen: dict[tuple[int, dt.date], _Week] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What the order rests on, as it stands on the list."""
        told = f"the appeals that an offer is expected to spare, {self.effect.words}"
        if any(self.group.values()):
            told += ". Fifths of deprivation that got less of the quarter's offers than of what is owed are moved up"
        if self.lottery.on:
            told += (f". By lot {round(100 * self.lottery.hold_out)} in 100 cases get no extra offer this year, and near equals "
                     f"around the last place are drawn, so that it can be learned what offers do (signed for by "
                     f"{self.lottery.signed_by}). What is owed to a family, its rights and the list of the unheard are in no lot")
        return told

    def benefit(self, cases: OpenCases) -> np.ndarray:
        """Return what the likely disputes are ordered by: appeals spared in each case, shares, lot and memory allowed for."""
        return self._week(cases).order

    def choice(self, cases: OpenCases, row: int, situation: Situation, which_list: str) -> Choice:
        """Return the steps of a case by the declared rules, without offers it is not to get, late ones flagged."""
        declared = choose_steps(situation, which_list)
        if which_list != "likely_disputes":
            return declared
        week = self._week(cases)
        steps = [declared.first, *declared.others]
        if week.without[row]:
            # A reply that is owed, a duty put right and a decision looked at again stay: only what is extra goes.
            left = [step for step in steps if step.name not in EXTRA] or [STEPS["keep_for_next_week"]]
            why = declared.why_first if left[0] is declared.first else f"{week.without[row]} Whatever is owed goes on."
            return Choice(left[0], tuple(left[1:]), why)
        if not any(step.name in EXTRA for step in steps):
            return declared
        told = (declared.why_first, spares_in_words(float(week.spared[row]), declared.first.name not in EXTRA), week.late[row])
        return Choice(declared.first, declared.others, " ".join(one for one in told if one))

    def drawn(self, cases: OpenCases) -> list[dict[str, Any]]:
        """Return, for the record, every case that had a chance of a place: its area, that chance, and what came of it.

        With its risk and the appeals an offer was expected to spare, so that other rules can be judged by it later
        (`mediation.logged_places`).

        `chance` is that before either lot was drawn: not being held out this year, times the draw near the last place. A case
        held out had the chance that its place in the order would have given it.
        """
        week = self._week(cases)
        share = 1 - self.lottery.hold_out if self.lottery.on else 1.0
        return [{"case_id": str(cases.case_id[row]), "area": str(cases.area[row]), "chance": float(share * week.chance[row]),
                 "held_out": bool(week.held_out[row]), "in_band": bool(week.in_band[row]),
                 "got_a_place": bool(week.got[row]), "risk": round(float(cases.risk[row]), 6),
                 "benefit": round(float(week.spared[row]), 6)} for row in np.flatnonzero(week.chance > 0).tolist()]

    def about(self, cases: OpenCases) -> dict[str, Any]:
        """Return, for the record of the run, what the order rested on and the seeds of the draw."""
        seeds = {str(area): self.lottery.seed(cases.as_of, str(area)) for area in cases.searches.history.area_names}
        return {"routing": {"rests_on": self.effect.rests_on, "words": self.effect.words,
                            "estimates": list(self.effect.shared_by), "hold_out": self.lottery.hold_out,
                            "band": self.lottery.band, "signed_by": self.lottery.signed_by,
                            "seeds": seeds if self.lottery.on else {}}}

    def _week(self, cases: OpenCases) -> _Week:
        key = id(cases), cases.as_of
        if key not in self._seen:
            self._seen[key] = self._made(cases)
        return self._seen[key]

    def _made(self, cases: OpenCases) -> _Week:
        spared = worth = self._spared(cases)
        held = self.lottery.held_out(cases.case_id, cases.as_of) & ~self._quiet_and_failed(cases)
        without = self._without(cases, held)
        free = ~cases.in_dispute & ~self.memory.off(cases.case_id, cases.risk, cases.as_of)
        keeps = self.memory.keeps("likely_disputes", cases.case_id, cases.as_of)
        worth = self._fair(cases, np.where(keeps, CLEARLY, 1.0) * worth, free, without)
        # A family without the extra step stays in the order where something is owed to it.
        stays = free & ((without == "") | cases.statutory)
        value = np.where(stays, np.maximum(worth, 1e-12), 0.0)
        tie = ties(cases.case_id, cases.as_of)
        chance, band, got = np.zeros(len(value)), np.zeros(len(value), bool), np.zeros(len(value), bool)
        for area in cases.searches.history.area_names:
            here = np.flatnonzero((cases.area == area) & (value > 0))
            drawn = draw_first(value[here], self.places, self.lottery, self.lottery.seed(cases.as_of, str(area)), tie[here])
            chance[here], band[here[drawn.band]], got[here[drawn.rows]] = drawn.chance, True, True
            aside = np.flatnonzero((cases.area == area) & free & (without == HELD) & (value == 0) & (worth > 0))
            chance[aside] = _had_it_not_been_held_out(worth[aside], value[here], drawn.chance)
            value[here] = _reordered(value[here], drawn)
        order = np.where(value > 0, np.where(keeps, value / CLEARLY, value), np.nan)
        flags = late(cases.as_of, closes(cases), self.effect.left.lead_days)
        return _Week(order, without, flags, held, chance, band, got, spared, cases)

    def _spared(self, cases: OpenCases) -> np.ndarray:
        """Return the appeals an offer made today is expected to spare in each case."""
        risk, days = np.nan_to_num(cases.risk), days_since_notice(cases)
        if self.effect.decisions is not None:
            on = np.full(len(risk), np.datetime64(cases.as_of, "D"))
            risk = self.effect.decisions.met_half_way(risk, cases.features, on, cases.area.astype(str), decision_type(cases),
                                                      days)
        return self.effect.of(risk, cases.features, days)

    def _without(self, cases: OpenCases, held: np.ndarray) -> np.ndarray:
        """Return why each case gets no extra offer; '' where it can."""
        told = np.where(held, HELD, "").astype(object)
        told[lately(cases)] = LATELY
        told[np.array([str(one) in self.opted_out for one in cases.case_id], bool)] = OPTED_OUT
        return told

    def _quiet_and_failed(self, cases: OpenCases) -> np.ndarray:
        """Return whom the hold-out never touches: something is owed, and the family is not among the loudest."""
        failed = ~cases.in_dispute & (cases.breach >= self.least_breach)
        if not self.lottery.on or not failed.any():
            return failed
        quiet = quietness(cases.searches.history, cases.rows)
        return failed & np.asarray(quiet >= np.quantile(quiet[failed], self.quiet_from))

    def _fair(self, cases: OpenCases, worth: np.ndarray, free: np.ndarray, without: np.ndarray) -> np.ndarray:
        """Return what the cases go by once fair shares of the quarter's offers are kept."""
        if not any(self.group.values()):
            return worth
        group = np.array([self.group.get(str(one)) or "" for one in cases.case_id], dtype=str)
        need = np.where(free & (cases.breach >= self.least_breach), cases.breach, 0.0)
        given: dict[tuple[str, str], float] = {}
        for case_id, where in offers_of_the_quarter(cases):
            key = where, self.group.get(case_id) or ""
            given[key] = given.get(key, 0.0) + 1
        room = {str(one): self.places for one in cases.searches.history.area_names}
        return fair_order(worth, free & (without == ""), need, group, cases.area.astype(str), room, given)


HELD = "Left to the ordinary process this year by lot, so that it can be learned what offers do."
LATELY = f"Offered or met within the last {CONTACT_DAYS} days."
OPTED_OUT = "The family asked for no offers."


@dataclass(frozen=True)
class _Week:
    """What was worked out for the open cases of one date, by row."""

    order: np.ndarray
    without: np.ndarray
    late: np.ndarray
    held_out: np.ndarray
    chance: np.ndarray
    in_band: np.ndarray
    got: np.ndarray
    spared: np.ndarray
    cases: OpenCases  # kept, so that no other cases can come to have the same identity


def _had_it_not_been_held_out(value: np.ndarray, others: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the chance that each value's place in the order of the others has."""
    order = np.sort(-others)
    falling = chance[np.argsort(-others, kind="stable")]
    at = np.searchsorted(order, -value)
    return np.where(at < len(falling), np.append(falling, 0.0)[np.minimum(at, len(falling))], 0.0)


def _reordered(value: np.ndarray, drawn: Drawn) -> np.ndarray:
    """Return the same values in the order after the draw, set apart by next to nothing so that no tie brings a loser back."""
    found = value.copy()
    found[drawn.order] = np.sort(value[drawn.order])[::-1] * (1 - 1e-9 * np.arange(len(drawn.order)))
    return found


def learned_from(casebook: Casebook, estimates: Sequence[Path] = ()) -> Benefit:
    """Return what an authority's own offers say of their effect; the published effect where they say too little.

    Parameters
    ----------
    casebook : Casebook
        Cut at the as-of date.
    estimates : sequence of Path
        Files of other authorities (`shared_effects`).

    Raises
    ------
    UnreadableFile
        Where an estimate cannot be used.
    """
    shared = read_shared_effects(estimates, synthetic=casebook.synthetic, own=casebook.name)
    try:
        return learn_benefit(eligible_offers(casebook), shared=shared)
    except NotEnoughHistory:
        return PUBLISHED


def routing_for(
    section: Mapping[str, Any], *, places: int, effect: Benefit = PUBLISHED, memory: Memory = NOTHING,
    group: Mapping[str, str] | None = None, least_breach: float = 2.0, quiet_from: float = 0.15,
    where: str = "the policy file",
) -> Routing:
    """Return the routing that the section `[routing]` of a signed policy asks for.

    Parameters
    ----------
    section : mapping
        `by` ('risk', the default, or 'benefit'), `hold_out`, `band`, `salt` and `signed_by` of the lottery (off where none
        of them is given), `opted_out` (case numbers), `fair_shares`, `estimates` (files of other authorities).
    places, effect, memory, group, least_breach, quiet_from
        As for `RoutingPolicy`.
    where : str
        The file, for messages.

    Raises
    ------
    UnreadableFile
        With everything that is wrong in the section.

    Examples
    --------
    >>> routing_for({}, places=6).name, routing_for({"by": "benefit"}, places=6).lottery.on
    ('', False)
    """
    wrong = [f"{name}: unknown. Allowed: {', '.join(FIELDS)}." for name in section if name not in FIELDS]
    wrong += [f"{name} = {value!r} is not {_asked(FIELDS[name])}." for name, value in section.items()
              if name in FIELDS and (not isinstance(value, FIELDS[name]) or isinstance(value, bool) != (name == "fair_shares"))]
    by = section.get("by", "risk")
    if by not in ("risk", "benefit"):
        wrong.append(f"by = {by!r}: write \"risk\" or \"benefit\".")
    drawn = {name: section[name] for name in ("hold_out", "band", "salt", "signed_by") if name in section}
    lottery = NO_LOTTERY
    if section.get("estimates") and by == "risk":
        wrong.append("estimates are for an order by benefit: write by = \"benefit\", or take them out.")
    if drawn and not wrong:
        lottery = Lottery(**drawn)
        wrong += lottery.problems()
        wrong += ["a lottery needs by = \"benefit\"."] * (by == "risk")
    if wrong:
        raise UnreadableFile(f"{where}: [routing] cannot be used.", wrong)
    if by == "risk":
        return DECLARED_RULES
    shares = dict(group or {}) if section.get("fair_shares", True) else {}
    return RoutingPolicy(effect, places, lottery, frozenset(str(one) for one in section.get("opted_out", ())), memory, shares,
                         least_breach, quiet_from)


def _asked(kinds: tuple[type, ...]) -> str:
    return {str: "a text in quotes", list: "a list, each in quotes", bool: "true or false"}.get(kinds[0], "a number")
