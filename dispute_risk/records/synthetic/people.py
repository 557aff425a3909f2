"""The children and young people of the invented authority: who they are and when their files begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dispute_risk import terms
from dispute_risk.records.synthetic.ledger import SETTING
from dispute_risk.records.synthetic.settings import WARM_UP_WEEKS, Settings
from dispute_risk.records.synthetic.streams import Streams

__all__ = ["Calendar", "People", "people"]

NEED_SHARES = {"ASD": 31.5, "SLCN": 21.3, "SEMH": 20.7, "MLD": 10.6, "PD": 3.9, "SLD": 3.9, "SPLD": 2.4, "HI": 1.4,
               "PMLD": 1.3, "OTH": 1.2, "VI": 0.8, "MSI": 0.3}
"""Primary need of plans in England, January 2025 (Department for Education); the rest is not recorded."""
ETHNICITY_SHARES = {"WBRI": 70, "WOTH": 7, "APKN": 5, "AIND": 3, "BAFR": 4, "BCRB": 2, "MWBC": 3, "MOTH": 4, "OOTH": 2}
"""Invented mix, in SEN2 codes."""
REQUESTS_A_YEAR = 0.232
"""First requests a year for each maintained plan; with repeated ones about 0.265. England 2024: 0.242 (154,489
requests, 638,745 plans)."""
TERM_WEIGHTS = np.array([1.05, 1.0, 1.2, 0.9, 1.15, 1.15, 1.2, 0.55, 0.85, 1.05, 1.15, 0.75])
"""Requests by month against the year's average: school terms; invented."""


@dataclass(frozen=True)
class Calendar:
    """Weeks of the run: each from a Tuesday to the Monday on which officers look at the list."""

    weeks: int
    ends_on: dt.date

    @property
    def first_day(self) -> np.datetime64:
        """Tuesday on which week 0 begins."""
        return np.datetime64(self.ends_on, "D") - (7 * self.weeks - 1)

    def monday(self, week: int) -> dt.date:
        """Monday that closes a week."""
        return self.ends_on - dt.timedelta(days=7 * (self.weeks - 1 - week))

    def week_of(self, day: dt.date) -> int:
        """Week in which a day falls."""
        return int((np.datetime64(day, "D") - self.first_day).astype(int)) // 7

    def landmark_weeks(self) -> list[int]:
        """Weeks whose Monday is the first of its month, from the beginning of the records."""
        return [week for week in range(WARM_UP_WEEKS, self.weeks) if self.monday(week).day <= 7]


@dataclass(frozen=True)
class People:
    """Traits that stay the same, one entry a file; `arrives` is a week and `begins` 0 plan, 1 request, 2 moved in."""

    arrives: np.ndarray
    begins: np.ndarray
    area: np.ndarray
    family: np.ndarray
    need: np.ndarray
    severity: np.ndarray
    voice: np.ndarray
    frailty: np.ndarray
    resolve: np.ndarray
    decile: np.ndarray
    birth_day: np.ndarray
    sex: np.ndarray
    ethnicity: np.ndarray
    other_language: np.ndarray
    looked_after: np.ndarray
    setting: np.ndarray
    by_parent: np.ndarray
    area_readiness: np.ndarray
    area_pace: np.ndarray
    hold_out: np.ndarray

    def __len__(self) -> int:
        return len(self.arrives)


def people(plans: int, years: int, settings: Settings, streams: Streams) -> tuple[People, Calendar]:
    """Draw the files of an authority that maintains about `plans` plans at the end."""
    calendar = Calendar(WARM_UP_WEEKS + round(years * 365.25 / 7), settings.ends_on)
    arrives, begins = _arrivals(plans, years, calendar, streams.of("arrivals"))
    size = len(arrives)
    draw = streams.of("traits")
    area = draw.choice(settings.areas, size, p=_area_shares(settings.areas))
    family, leader = _families(area, settings, streams)
    voice, decile = _voice(size, settings, draw)
    severity, age = draw.standard_normal(size), _ages(begins, draw)
    readiness, pace = _area_effects(settings, streams.of("areas"))
    voice, decile = voice[leader], decile[leader]
    return People(
        arrives=arrives, begins=begins, area=area, family=family,
        need=_pick(NEED_SHARES, list(terms.NEED), draw.random(size), blank_rest=True),
        severity=severity, voice=voice, frailty=draw.standard_normal(size)[leader],
        resolve=draw.standard_normal(size), decile=decile,
        birth_day=(arrives * 7 - age * 365.25).astype(np.int32),
        sex=(draw.random(size) < 0.28).astype(np.int8),
        ethnicity=_pick(ETHNICITY_SHARES, list(ETHNICITY_SHARES), draw.random(size)),
        other_language=(draw.random(size)[leader] < 0.15).astype(np.int8),
        looked_after=(draw.random(size) < 0.04).astype(np.int8),
        setting=_settings(age, severity, begins, draw.random(size)),
        by_parent=draw.random(size) < 1 / (1 + np.exp(-(-0.45 + 0.6 * voice))),
        area_readiness=readiness[area], area_pace=pace[area],
        hold_out=streams.of("hold_out").random(size) < settings.hold_out,
    ), calendar


def _arrivals(plans: int, years: int, calendar: Calendar, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    # Files in force at the beginning, then requests by school term and children who move in with a plan. With a steady
    # inflow and about one plan in seven ending each year the stock nears its level from below: it grows by some 8 % a
    # year on the way to `plans`; England's grew by 10 to 11 %.
    stock = round(plans * max(0.15, 1.42 - 0.42 * np.exp(0.135 * (years + WARM_UP_WEEKS / 52))))
    months = np.array([calendar.monday(week).month - 1 for week in range(calendar.weeks)])
    requests = draw.poisson(plans * REQUESTS_A_YEAR / 52.18 * TERM_WEIGHTS[months])
    moved_in = draw.poisson(plans * 0.012 / 52.18, calendar.weeks)
    weeks = np.arange(calendar.weeks)
    arrives = np.concatenate([np.full(stock, -1), np.repeat(weeks, requests), np.repeat(weeks, moved_in)])
    begins = np.repeat([0, 1, 2], [stock, requests.sum(), moved_in.sum()])
    return arrives.astype(np.int32), begins.astype(np.int8)


def _area_shares(areas: int) -> np.ndarray:
    weight = np.linspace(1.15, 0.85, areas) if areas > 1 else np.ones(1)
    return weight / weight.sum()


def _area_effects(settings: Settings, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    # Spread evenly over the normal curve and shuffled: four areas then keep the authority's level whatever the seed,
    # and readiness to appeal has nothing to do with pace, as in England (Spearman -0.08 to +0.08, 2019 to 2022).
    from statistics import NormalDist

    count = settings.areas
    ranks = np.array([NormalDist().inv_cdf((k + 0.5) / count) for k in range(count)])
    readiness = settings.area_spread * draw.permutation(ranks)
    return readiness - np.log(np.mean(np.exp(readiness))), 0.35 * draw.permutation(ranks)


def _families(area: np.ndarray, settings: Settings, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
    draw = streams.of("siblings")
    size = len(area)
    sibling = (draw.random(size) < 0.12) & settings.on("siblings")
    leader = np.arange(size)
    for which in np.unique(area):
        members = np.flatnonzero(area == which)
        first = members[~sibling[members]]
        if len(first):
            joins = members[sibling[members]]
            leader[joins] = first[(draw.random(len(joins)) * len(first)).astype(int)]
    return np.unique(leader, return_inverse=True)[1].astype(np.int32), leader


def _voice(size: int, settings: Settings, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    wealth, own = draw.standard_normal((2, size))
    tie = settings.advocacy_deprivation
    rank = np.argsort(np.argsort(wealth)) / size
    return tie * wealth + np.sqrt(1 - tie**2) * own, (rank * 10).astype(np.int8) + 1


def _ages(begins: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    uniform = draw.random(len(begins))
    on_request = np.interp(uniform, [0, 0.28, 0.68, 0.94, 1], [2, 5.5, 11, 16, 20])
    with_plan = np.interp(uniform, [0, 0.06, 0.38, 0.75, 0.96, 1], [3, 5, 10, 15.5, 20, 24.5])
    return np.where(begins == 1, on_request, with_plan)


def _settings(age: np.ndarray, severity: np.ndarray, begins: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    special = uniform < np.where(begins == 1, 0.0, 1 / (1 + np.exp(-(-0.9 + 1.2 * severity))))
    other = (uniform * 1009) % 1
    kind = np.where(special, SETTING["special"], SETTING["mainstream"])
    kind = np.where(special & (other > 0.85), SETTING["independent"], kind)
    for above, name in ((0.93, "resourced_mainstream"), (0.965, "alternative_provision"), (0.98, "none"),
                        (0.988, "home"), (0.995, "eotas")):
        kind = np.where(~special & (other > above), SETTING[name], kind)
    kind = np.where(~special & (age < 4.5), SETTING["early_years"], kind)
    return np.where(~special & (age > 16.2), SETTING["post16"], kind).astype(np.int8)


def _pick(shares: Mapping[str, float], codes: list[str], uniform: np.ndarray, blank_rest: bool = False) -> np.ndarray:
    weight = np.array(list(shares.values()))
    edges = np.cumsum(weight) / (100 if blank_rest else weight.sum())
    numbers = np.array([*(codes.index(value) for value in shares), -1], np.int8)
    return numbers[np.searchsorted(edges, uniform, side="right")]
