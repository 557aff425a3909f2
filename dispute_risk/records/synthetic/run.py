"""Living through the invented authority week by week, and what comes out: a casebook and its truth."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.synthetic import causes, disputes, lifetimes, oracle
from dispute_risk.records.synthetic.advice import KINDS, advice_fates, week_of_advice
from dispute_risk.records.synthetic.contacts import week_of_contacts
from dispute_risk.records.synthetic.early_resolution import week_of_early_resolution
from dispute_risk.records.synthetic.ledger import Ledger
from dispute_risk.records.synthetic.officers import desks
from dispute_risk.records.synthetic.oracle import Truth
from dispute_risk.records.synthetic.people import people
from dispute_risk.records.synthetic.placements import find_places
from dispute_risk.records.synthetic.plans import week_of_plans
from dispute_risk.records.synthetic.recording import case_names, record
from dispute_risk.records.synthetic.requests import week_of_requests
from dispute_risk.records.synthetic.reviews import week_of_reviews
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.records.synthetic.streams import Streams
from dispute_risk.records.synthetic.world import State, World

__all__ = ["Simulation", "live_one_week", "new_world", "simulate", "simulation_fingerprint"]


@dataclass(frozen=True)
class Simulation:
    """An invented authority: its casebook, and the truth about it.

    Parameters
    ----------
    casebook : Casebook
        What a reader of records sees; `synthetic` is True.
    truth : Truth
        What only the maker knows.
    settings : Settings
    seed : int
    """

    casebook: Casebook
    truth: Truth
    settings: Settings
    seed: int

    def summary(self) -> str:
        """Return two lines about the casebook and the truth."""
        return f"{self.casebook.summary()}\n{self.truth.summary()}"


def simulate(plans: int = 3000, years: int = 4, seed: int = 0, settings: Settings | None = None, *,
             oracle_paths: int = 0, oracle_every_months: int = 1) -> Simulation:
    """Invent an authority and live through its years week by week.

    Parameters
    ----------
    plans : int, 200 or more
        Plans maintained at the end, about.
    years : int, 1 or more
        Years of records; a further year and a half is lived before, so that history is there from the first day.
    seed : int, 0 or more
        The same seed and settings give the same records, byte for byte.
    settings : Settings, optional
        Choices; the defaults follow England's published averages.
    oracle_paths : int
        Forward paths behind each true risk; 0 leaves the risks out, 8 is enough for most purposes. Each path of each
        landmark costs 26 further weeks.
    oracle_every_months : int
        Work out the true risks on every so many-th landmark only.

    Returns
    -------
    Simulation

    Raises
    ------
    ValueError
        Where a number is out of its range.

    Notes
    -----
    The records are invented. Only totals are set to published figures (`TARGETS`); they are no evidence about any
    authority or child, and a model fitted to them knows nothing about families.

    Examples
    --------
    >>> invented = simulate(plans=300, years=1, seed=1)
    >>> invented.casebook.synthetic
    True
    >>> len(invented.casebook.tables)
    14
    """
    if plans < 200 or years < 1 or seed < 0 or oracle_paths < 0 or oracle_every_months < 1:
        raise ValueError("simulate: plans must be 200 or more, years and oracle_every_months 1 or more, seed and "
                         "oracle_paths 0 or more")
    settings = settings or Settings()
    world = new_world(plans, years, settings, seed)
    gathered: list[dict] = []
    averted = _Averted(len(world))
    landmarks = world.calendar.landmark_weeks()
    for week in range(world.calendar.weeks):
        world.week = week
        live_one_week(world)
        averted.add(world)
        if week in landmarks:
            wanted = oracle_paths if landmarks.index(week) % oracle_every_months == 0 else 0
            gathered.append(_landmark(world, wanted, (seed, 7)))
    names = case_names(len(world), Streams(seed).of("names"))
    casebook = Casebook(record(world), settings.ends_on, f"Invented authority {seed}", True,
                        simulation_fingerprint(plans, years, seed, settings))
    return Simulation(casebook, _truth(world, gathered, averted, names, oracle_paths), settings, seed)


def live_one_week(world: World) -> None:
    """Let one week pass: files begin, requests, advice, plans, reviews, places, contacts, disputes, endings."""
    lifetimes.start_at_school(world)
    lifetimes.week_of_moving_in(world)
    find_places(world)
    week_of_requests(world)
    week_of_advice(world)
    week_of_plans(world)
    week_of_reviews(world)
    week_of_contacts(world)
    week_of_early_resolution(world)
    disputes.week_of_disputes(world)
    lifetimes.week_of_closing(world)


def new_world(plans: int, years: int, settings: Settings, seed: int) -> World:
    """Return the authority on the eve of its first week: people, desks, calendar, and the plans that exist already."""
    streams = Streams(seed)
    folk, calendar = people(plans, years, settings, streams)
    world = World(settings, calendar, folk, desks(folk.area, plans, calendar.weeks, settings, streams), streams,
                  State.fresh(len(folk), len(KINDS)), Ledger(), plans)
    world.places_free = np.zeros(settings.areas)
    world.sickness = np.zeros(settings.areas)
    world.fates = advice_fates(world)
    lifetimes.begin_with_plans(world)
    return world


def _landmark(world: World, paths: int, seed: tuple[int, ...]) -> dict:
    who, latent, observed = oracle.landmark_rows(world)
    found = {"who": who, "on": np.datetime64(world.calendar.monday(world.week)), "latent": latent, "observed": observed}
    if paths:
        risks = oracle.path_risks(world, live_one_week, paths, seed)
        found["risks"] = {name: value[who] for name, value in risks.items()}
    return found


class _Averted:
    """Appeals averted by meetings held, worked out along the lived path from the hazards with and without."""

    def __init__(self, size: int) -> None:
        self.with_meeting, self.without = np.ones(size), np.ones(size)
        self.chance = np.ones(size)
        self.seen = np.zeros(size, bool)

    def add(self, world: World) -> None:
        """Add one week."""
        who, now, untreated, _ = disputes.hazards(world)
        held = disputes.early_effect_has_begun(world, who)
        who, now, untreated = who[held], now[held], untreated[held]
        self.seen[who] = True
        self.with_meeting[who] *= 1 - now
        self.without[who] *= 1 - untreated
        alone = disputes.place_only(world, who).astype(int)
        self.chance[who] = oracle.registration_chances_now(world)[world.state.limb[who], alone, -1]

    def table(self, settings: Settings) -> pd.DataFrame:
        """Return meetings held, appeals averted in each 100 and the rate ratio of the hazard."""
        averted = ((self.with_meeting - self.without) * self.chance)[self.seen]
        return pd.DataFrame({
            "held": [int(self.seen.sum())],
            "averted_in_100": [100 * float(averted.mean()) if len(averted) else 0.0],
            "hazard_rate_ratio": [1 - settings.mediation_reduction], "modifier": [settings.mediation_modifier],
        })


def _truth(world: World, gathered: list[dict], averted: _Averted, names: np.ndarray, paths: int) -> Truth:
    def stacked(part: str) -> pd.DataFrame:
        frames = [pd.DataFrame({"case_id": names[found["who"]], "on": found["on"], **found[part],
                                **(found.get("risks", {}) if part == "latent" else {})}) for found in gathered]
        return pd.concat(frames, ignore_index=True).astype({"case_id": "str", "on": "datetime64[s]"})

    folk = world.people
    begun = folk.arrives < world.calendar.weeks
    traits = pd.DataFrame({"case_id": names, "voice": folk.voice, "severity": folk.severity,
                           "area_readiness": folk.area_readiness, "resolve": folk.resolve,
                           "hold_out": folk.hold_out})[begun]
    planted = [pd.DataFrame([asdict(one) for one in many]) for many in (causes.CAUSES, causes.NOT_CAUSES)]
    return Truth(stacked("latent"), stacked("observed"), planted[0], planted[1], averted.table(world.settings),
                 traits.sort_values("case_id", ignore_index=True), paths)


def simulation_fingerprint(plans: int, years: int, seed: int, settings: Settings) -> str:
    """Return a sha256 of everything asked for of an invented authority: two with the same one are the same."""
    chosen = {name: sorted(value) if isinstance(value, frozenset) else str(value)
              for name, value in asdict(settings).items()}
    return hashlib.sha256(repr(("dispute_risk invented authority", 1, plans, years, seed, chosen)).encode()).hexdigest()
