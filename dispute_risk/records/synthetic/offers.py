"""The invented authority's pilot with its answers: who could be offered a meeting, who was, and what an offer does."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dispute_risk import terms
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.synthetic import causes, disputes, oracle
from dispute_risk.records.synthetic.early_resolution import PILOT_LIST, chance_of_take_up, reduction
from dispute_risk.records.synthetic.notices import WINDOW_WEEKS
from dispute_risk.records.synthetic.recording import area_names, case_names, record
from dispute_risk.records.synthetic.run import live_one_week, new_world, simulation_fingerprint
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.records.synthetic.streams import Streams
from dispute_risk.records.synthetic.world import World

__all__ = ["Pilot", "risk_if_met", "simulate_pilot"]

HELD_AFTER_WEEKS = (1, 2, 3)
"""Weeks from the offer to the meeting, each as likely as the others (early_resolution)."""


@dataclass(frozen=True)
class Pilot:
    """An invented authority with a pilot, and the answers about each offer.

    Parameters
    ----------
    casebook : Casebook
    offers : DataFrame
        One row for each case that could have been offered a meeting in a week: case_id, area, on (the day of offers),
        decision_type, offered (0/1), take_up (chance that an offer ends in a meeting), risk_offered and
        risk_not_offered (the true chance that an appeal about that decision is registered within 26 weeks of the day),
        recorded_risk and resolve: what offers may go by (log of the recorded part of the hazard; what nobody records).
    hazards : ndarray of shape (rows, 9)
        Weekly rate of starting an appeal by week of the window, if no meeting is held.
    chances : ndarray of shape (rows, 27)
        Chance that an appeal started is registered within so many weeks.
    """

    casebook: Casebook
    offers: pd.DataFrame
    hazards: np.ndarray = field(repr=False, default_factory=lambda: np.zeros((0, WINDOW_WEEKS)))
    chances: np.ndarray = field(repr=False, default_factory=lambda: np.zeros((0, oracle.HORIZON_WEEKS + 1)))

    def effect(self, until: object | None = None) -> float:
        """Return the true effect on those offered: appeals registered more (+) or fewer (-) in each 100.

        Parameters
        ----------
        until : date, optional
            Count the offers made up to this day.
        """
        made = self.offers[self.offers["offered"] == 1]
        if until is not None:
            made = made[made["on"] <= pd.Timestamp(str(until))]
        return 100 * float((made["risk_offered"] - made["risk_not_offered"]).mean())

    def played_again(self, offered: np.ndarray, reduction: float, random_state: int) -> pd.DataFrame:
        """Run the pilot again on the same cases with other offers, and return who met and whose appeal was registered.

        Parameters
        ----------
        offered : ndarray of bool
            One for each row of `offers`.
        reduction : float
            Share by which a meeting held lowers the weekly hazard.
        random_state : int

        Returns
        -------
        DataFrame
            offered, attended, outcome (0/1), and risk_offered, risk_not_offered under this reduction.
        """
        rng = np.random.default_rng(random_state)
        table = self.offers
        attended = offered & (rng.random(len(table)) < table["take_up"].to_numpy())
        factor = np.ones_like(self.hazards)
        held = 1 + rng.choice(HELD_AFTER_WEEKS, len(table))
        factor[attended[:, None] & (np.arange(WINDOW_WEEKS)[None, :] >= held[:, None])] = 1 - reduction
        starts = rng.random(self.hazards.shape) < 1 - np.exp(-self.hazards * factor)
        starts[:, 0] = False
        weeks_left = oracle.HORIZON_WEEKS - (np.maximum(starts.argmax(axis=1), 1) - 1)
        registers = rng.random(len(table)) < self.chances[np.arange(len(table)), weeks_left]
        meeting = risk_if_met(self.hazards, self.chances, np.full(len(table), reduction))
        share, without = table["take_up"].to_numpy(), table["risk_not_offered"].to_numpy()
        return pd.DataFrame({
            "offered": offered, "attended": attended, "outcome": (starts.any(axis=1) & registers).astype(float),
            "risk_offered": share * meeting + (1 - share) * without, "risk_not_offered": without})


def simulate_pilot(plans: int = 3000, years: int = 3, seed: int = 0, settings: Settings | None = None) -> Pilot:
    """Live through the authority of `simulate` with the same chances, and work out what each offer does.

    The truth is worked out from the hazards themselves: for every case that could be offered a meeting, the weekly
    chance of starting an appeal without a meeting, and with one held after one, two or three weeks where the family
    takes the offer up, each carried on to the chance of registration within 26 weeks. Nobody is counted, so the truth
    has no noise but that of the path the authority takes.

    Parameters
    ----------
    plans, years, seed, settings
        As for `simulate`.

    Returns
    -------
    Pilot

    Examples
    --------
    >>> pilot = simulate_pilot(plans=300, years=2, seed=1, settings=Settings(mediation_reduction=0.0))
    >>> abs(pilot.effect()) < 1e-9
    True
    """
    settings = settings or Settings()
    world = new_world(plans, years, settings, seed)
    asked = _Asked(len(world))
    for week in range(world.calendar.weeks):
        world.week = week
        live_one_week(world)
        asked.add(world)
    names = case_names(len(world), Streams(seed).of("names"))
    casebook = Casebook(record(world), settings.ends_on, f"Invented authority {seed}", True,
                        simulation_fingerprint(plans, years, seed, settings))
    table = asked.table(world, names)
    return Pilot(casebook, table, np.array(asked.paths)[:, 3:], np.array(asked.chances))


class _Asked:
    """Follows each case on the pilot's list through its window, with and without an offer."""

    def __init__(self, size: int) -> None:
        self.row = np.full(size, -1)
        self.was_in_dispute = np.zeros(size, bool)
        self.frozen = np.full(size, -np.inf)
        self.limb, self.alone = np.zeros(size, np.int32), np.zeros(size, np.int32)
        self.notice = np.full(size, -1)
        self.paths: list[np.ndarray] = []  # one row a list entry: week, take-up, reduction, then hazards by age
        self.chances: list[np.ndarray] = []
        self.recorded: list[float] = []

    def add(self, world: World) -> None:
        """Take the week's hazards of the cases followed, as if no meeting were held."""
        self._begin(world)
        state = world.state
        age = world.week - self.notice
        follow = np.flatnonzero((self.row >= 0) & (age < WINDOW_WEEKS))
        live = follow[~self.was_in_dispute[follow] & (state.limb[follow] >= 0)
                      & (state.notice_wk[follow] == self.notice[follow])]
        # A case in dispute stays as it was when the dispute began: what would have come of it had it not begun.
        share = np.log(causes.WITHIN_WINDOW)
        rest = (causes.observed_log_hazard(world, live) + causes.hidden_log_hazard(world, live)
                + causes.voice_log_hazard(world, live))
        self.frozen[live] = rest - share[age[live]]
        self.limb[live], self.alone[live] = state.limb[live], disputes.place_only(world, live)
        gone = follow[(state.notice_wk[follow] != self.notice[follow]) & ~self.was_in_dispute[follow]]
        self.row[gone] = -1
        follow = follow[self.row[follow] >= 0]
        hazard = np.exp(np.minimum(self.frozen[follow] + share[age[follow]], 2.0))
        for row, at, value in zip(self.row[follow], age[follow], hazard, strict=True):
            self.paths[row][3 + at] = value
        for case in follow[age[follow] == 1]:
            self.chances[self.row[case]] = oracle.registration_chances_now(world)[self.limb[case], self.alone[case]]
        self.was_in_dispute |= state.dispute > 0
        self.was_in_dispute[(self.row < 0) & (state.dispute == 0)] = False

    def _begin(self, world: World) -> None:
        columns = world.ledger.columns(PILOT_LIST)
        if not columns:
            return
        new = columns["case"][len(self.paths):]
        self.was_in_dispute[new] = False
        taken, less = chance_of_take_up(world, new), reduction(world, new)
        self.recorded.extend(causes.observed_log_hazard(world, new))
        for case, chance, size in zip(new, taken, less, strict=True):
            self.row[case], self.notice[case] = len(self.paths), world.state.notice_wk[case]
            path = np.zeros(3 + WINDOW_WEEKS)
            path[:3] = world.week, chance, size
            self.paths.append(path)
            self.chances.append(np.zeros(oracle.HORIZON_WEEKS + 1))

    def table(self, world: World, names: np.ndarray) -> pd.DataFrame:
        """Return one row for each case and week on the list."""
        listed = world.ledger.columns(PILOT_LIST)
        paths, chances = np.array(self.paths), np.array(self.chances)
        without = _registered(paths[:, 3:], chances)
        meeting = risk_if_met(paths[:, 3:], chances, paths[:, 2])
        offered = paths[:, 1] * meeting + (1 - paths[:, 1]) * without
        case = listed["case"]
        return pd.DataFrame({
            "case_id": names[case].astype(str),
            "area": np.array(area_names(world.settings.areas))[world.people.area[case]],
            "on": (world.calendar.first_day + listed["week"] * 7 + 1).astype("datetime64[s]"),
            "decision_type": np.array(list(terms.DECISION_TYPE))[listed["limb"]], "offered": listed["offered"],
            "risk_offered": offered, "risk_not_offered": without, "take_up": paths[:, 1],
            "recorded_risk": np.array(self.recorded), "resolve": world.people.resolve[case],
        })


def risk_if_met(rate: np.ndarray, chances: np.ndarray, reduction: np.ndarray) -> np.ndarray:
    """Return the chance of a registration with a meeting after one, two or three weeks, each as likely.

    Parameters
    ----------
    rate : ndarray of shape (rows, 9)
        Weekly rate of starting an appeal by week of the window, if no meeting is held.
    chances : ndarray of shape (rows, 27)
        Chance that an appeal started is registered within so many weeks.
    reduction : ndarray of shape (rows,)
        Share by which a meeting held lowers the rate from then on.

    Returns
    -------
    ndarray of shape (rows,)
    """
    total = np.zeros(len(rate))
    for after in HELD_AFTER_WEEKS:
        factor = np.ones_like(rate)
        factor[:, 1 + after:] = (1 - reduction)[:, None]
        total += _registered(rate * factor, chances) / len(HELD_AFTER_WEEKS)
    return total


def _registered(rate: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Return the chance of a registration within 26 weeks of the offer, which is made in the window's week 1."""
    none_yet, total = np.ones(len(rate)), np.zeros(len(rate))
    for age in range(1, rate.shape[1]):
        start = 1 - np.exp(-rate[:, age])
        total += none_yet * start * chances[:, oracle.HORIZON_WEEKS - (age - 1)]
        none_yet *= 1 - start
    return total
