"""How many appeals the routing spares against highest risk first and first come, first served, at the same places."""

from __future__ import annotations

from measuring import arguments, keep, machine, say  # first: it sets the number of threads

# isort: split
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.mediation.benefit import Benefit
from dispute_risk.mediation.effect_by_cause import effect_to_share
from dispute_risk.mediation.eligible import Eligible, eligible_offers
from dispute_risk.mediation.fair_shares import FAIR_PART, fair_order
from dispute_risk.mediation.learned_benefit import learn_benefit
from dispute_risk.mediation.offer_facts import SHARES_KEPT_DAYS
from dispute_risk.mediation.offers import as_it_happened
from dispute_risk.mediation.shared_effects import SharedEffect
from dispute_risk.model.fairness_groups import audit_groups
from dispute_risk.model.training import train
from dispute_risk.records.known import known_by
from dispute_risk.records.synthetic.offers import Pilot, risk_if_met, simulate_pilot
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.timeline.days import day_numbers
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.triage.breach_index import outstanding_duties

AGES, HELD_AFTER, HORIZON_WEEKS, LEAST_BREACH = 8, (1, 2, 3), 26, 2.0
WEEKS = 52
PILOT_YEARS = 5.0
APPEALS_PERCENT = 5.0
ENDS_ON = Settings().ends_on
GROUP = 5
SETTINGS: dict[str, tuple[str, dict]] = {
    "place 0.5": ("effect by failures of process, next to none about the place alone, strong",
                  {"mediation_modifier": "cause_not_place", "mediation_reduction": 0.5}),
    "cause 0.5": ("effect by failures of process, about the place alone as well, strong",
                  {"mediation_modifier": "cause", "mediation_reduction": 0.5}),
    "place 0.3": ("effect by failures of process, next to none about the place alone, usual",
                  {"mediation_modifier": "cause_not_place", "mediation_reduction": 0.3}),
    "none": ("the same effect for all", {"mediation_modifier": "none", "mediation_reduction": 0.3}),
    "advocacy": ("effect grows with the family's voice", {"mediation_modifier": "advocacy", "mediation_reduction": 0.3}),
}
SEEDS = {"place 0.5": range(1, 11), "cause 0.5": range(1, 6), "place 0.3": range(1, 6), "none": range(1, 6),
         "advocacy": range(1, 4)}
POLICIES = {
    "queue": "first come, first served, with a queue",
    "new": "first come, first served, new decisions only",
    "risk": "highest risk first",
    "fair_risk": "highest risk first, fair shares kept",
    "half": "highest risk first, by the risk the routing goes by",
    "routing": "**routing, fair shares kept**",
    "own": "routing by its own offers alone, fair shares kept",
    "elsewhere": "routing with the estimates of authorities where effects do differ, fair shares kept",
    "free": "routing, fair shares not kept",
    "known": "routing if effects were known, fair shares not kept",
    "oracle": "risk and effect known (ceiling)",
}
KEEPS_SHARES = ("routing", "own", "elsewhere", "fair_risk")
DIFFERS = ("none", "advocacy")
"""Settings in which effects do not differ by cause: there it is also measured what the estimates of others cost."""
SHARED: list[SharedEffect] = []
"""What the first authorities of the first setting share."""
ASKED = {"risk": 1.3, "new": 2.0, "queue": 2.0}


@dataclass(frozen=True)
class Year:
    """A year of cases that could be offered a meeting, each followed through the weeks of its window.

    Parameters
    ----------
    week : ndarray of int
        Week in which a case could first be offered.
    area, group : ndarray of str
    need : ndarray of float
    gone : ndarray of int
        Age in weeks at which the case goes to dispute if no meeting is held; 99 for never.
    spared : ndarray of shape (cases, 9)
        Appeals spared by an offer at each age, in truth; the share of offers taken up is in it.
    by : dict of str to ndarray of shape (cases, 9)
        What each policy goes by.
    """

    week: np.ndarray
    area: np.ndarray
    group: np.ndarray
    need: np.ndarray
    gone: np.ndarray
    spared: np.ndarray
    by: dict[str, np.ndarray]


def registered_from(rate: np.ndarray, chances: np.ndarray, age: int) -> np.ndarray:
    """Return the chance of a registration within 26 weeks of the first offer day, for cases in no dispute at an age."""
    none_yet, total = np.ones(len(rate)), np.zeros(len(rate))
    for now in range(age, rate.shape[1]):
        start = 1 - np.exp(-rate[:, now])
        total += none_yet * start * chances[:, HORIZON_WEEKS - (now - 1)]
        none_yet *= 1 - start
    return total


def reductions(pilot: Pilot) -> np.ndarray:
    """Return by what share a meeting would lower each case's hazard, found again from the true risks."""
    table = pilot.offers
    share, without = table["take_up"].to_numpy(), table["risk_not_offered"].to_numpy()
    met = (table["risk_offered"].to_numpy() - (1 - share) * without) / share
    low, high = np.zeros(len(table)), np.full(len(table), 0.99)
    for _ in range(30):
        middle = (low + high) / 2
        over = risk_if_met(pilot.hazards, pilot.chances, middle) > met
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return (low + high) / 2


def truly_spared(pilot: Pilot, reduction: np.ndarray) -> np.ndarray:
    """Return the appeals spared by an offer at each age of the window."""
    share, spared = pilot.offers["take_up"].to_numpy(), np.zeros_like(pilot.hazards)
    for age in range(1, AGES + 1):
        without, met = registered_from(pilot.hazards, pilot.chances, age), np.zeros(len(share))
        for after in HELD_AFTER:
            factor = np.ones_like(pilot.hazards)
            factor[:, age + after:] = (1 - reduction)[:, None]
            met += registered_from(pilot.hazards * factor, pilot.chances, age) / len(HELD_AFTER)
        spared[:, age] = share * (without - met)
    return spared


@dataclass(frozen=True)
class Authority:
    """An invented authority as its last year begins, and that year.

    Parameters
    ----------
    past : Eligible
        Offers up to the last year, with outcomes known by then.
    to_share : SharedEffect
        What they say of the effect by cause.
    year : function
        Benefits by policy name to the year with what each policy goes by.
    """

    past: Eligible
    to_share: SharedEffect
    year: Callable[[dict[str, Benefit]], Year]


def lived(seed: int, plans: int, years: int, chosen: dict) -> Authority:
    """Return an invented authority, its last year still to be shared out."""
    pilot = simulate_pilot(plans, years, seed, Settings(
        pilot_from_on=_monday(PILOT_YEARS * 365), appeals_percent=APPEALS_PERCENT, **chosen))
    cut = _monday(7 * WEEKS)
    then = known_by(pilot.casebook, cut)
    past = eligible_offers(then)
    release = train(History.of(then), STANDARD, cut, estimator="ridge", test=False).fitted
    history = History.of(as_it_happened(pilot.casebook))
    number = pd.Index(history.case_id).get_indexer(pd.Index(pilot.offers["case_id"]))
    last = np.flatnonzero((pilot.offers["on"] >= pd.Timestamp(cut)).to_numpy() & (number >= 0))
    last = last[np.lexsort((pilot.offers["on"].to_numpy()[last], number[last]))]
    rows = pilot.offers.iloc[last].reset_index(drop=True)
    # As known in the first week: what happened afterwards in the pilot did not happen under these policies.
    now = Snapshots.of(number[last], day_numbers(rows["on"].to_numpy()))
    features = build_features(history, now, STANDARD)
    groups = audit_groups(pilot.casebook)["deprivation"].reindex(rows["case_id"]).fillna("").to_numpy(str)
    duties = outstanding_duties(history, now)
    need = np.bincount(duties["row"], weights=duties["points"], minlength=len(rows))
    reduction = reductions(pilot)
    spared = truly_spared(pilot, reduction)[last]
    rng = np.random.default_rng(1_000 + seed)
    starts = rng.random((len(rows), AGES + 1)) < 1 - np.exp(-pilot.hazards[last])
    starts[:, 0] = False
    lot = rng.random(len(rows))[:, None]
    risk = release.risk(features.to_numpy(np.float64))

    def year(benefits: dict[str, Benefit]) -> Year:
        return Year(
            ((rows["on"] - pd.Timestamp(cut)).dt.days // 7).to_numpy(), rows["area"].to_numpy(str), groups,
            np.where(need >= LEAST_BREACH, need, 0.0), np.where(starts.any(axis=1), starts.argmax(axis=1), 99), spared,
            orders(risk, rows, benefits, features, reduction[last], spared, lot))

    return Authority(past, effect_to_share(past, then), year)


def orders(
    risk: np.ndarray, rows: pd.DataFrame, benefits: dict[str, Benefit], features: pd.DataFrame, reduction: np.ndarray,
    spared: np.ndarray, lot: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return what each policy orders the cases by at each age of the window.

    Parameters
    ----------
    risk : ndarray of float
        The model's, as the weekly lists have it.
    benefits : dict of str to Benefit
        `routing`: with the estimates of other authorities; `own`: by its own offers alone; `elsewhere`: with those of
        authorities where effects do differ.
    """
    benefit = benefits["own"]
    age = np.arange(AGES + 1)
    days = 7.0 * np.maximum(age, 1)
    left = (benefit.left.still_to_come(days) / benefit.left.still_to_come(days[1:2]))[None, :]
    after = benefit.left.after_a_meeting(days)
    after = (after / after[1])[None, :]
    half = risk
    if benefit.decisions is not None:
        half = benefit.decisions.met_half_way(
            risk, features, rows["on"].to_numpy("M8[D]"), rows["area"].to_numpy(str), rows["decision_type"].to_numpy(str),
            np.full(len(risk), benefit.decisions.learned_at))
    stake = half[:, None] * left
    learned = {name: stake * one.share_prevented(features)[:, None] * after for name, one in benefits.items()}
    return {"queue": age[None, :] + lot, "new": np.where(age[None, :] == 1, lot, np.nan), "risk": risk[:, None] * left,
            "fair_risk": risk[:, None] * left, "half": stake, **learned, "free": learned["routing"],
            "known": stake * reduction[:, None] * after, "oracle": spared}


def run(year: Year, policy: str, places: int) -> tuple[float, int, dict[str, float]]:
    """Live through the year under a policy: appeals spared, offers made, and the places each group got."""
    offered = np.zeros(len(year.week), bool)
    spared, made = 0.0, []
    room = {str(area): places for area in np.unique(year.area)}
    for week in range(WEEKS):
        age = week - year.week + 1
        here = np.flatnonzero((age >= 1) & (age <= AGES) & ~offered & (year.gone >= age))
        gain = year.by[policy][here, age[here]]
        if policy in KEEPS_SHARES:
            given = counted(made, week - SHARES_KEPT_DAYS // 7)  # as the weekly lists have it: the offers of a quarter
            gain = fair_order(gain, np.ones(len(here), bool), year.need[here], year.group[here], year.area[here], room, given)
        gain = np.nan_to_num(gain)
        order = np.argsort(-gain, kind="stable")
        order = here[order[gain[order] > 0]]
        got = np.concatenate([order[year.area[order] == area][:count] for area, count in room.items()])
        offered[got] = True
        spared += float(year.spared[got, age[got]].sum())
        made += [(week, str(area), str(group)) for area, group in zip(year.area[got], year.group[got], strict=True)]
    by_group: dict[str, float] = {}
    for (_, group), count in counted(made).items():
        by_group[group] = by_group.get(group, 0) + count
    return spared, int(offered.sum()), by_group


def counted(made: list[tuple[int, str, str]], since: int = 0) -> dict[tuple[str, str], float]:
    """Return the offers made in a week or later, by area and group."""
    found: dict[tuple[str, str], float] = {}
    for week, area, group in made:
        if week >= since:
            found[area, group] = found.get((area, group), 0.0) + 1
    return found


def least_share(year: Year, given: dict[str, float]) -> float:
    """Return the smallest share of places over share of what is owed, over the fifths of deprivation."""
    total, owed = sum(given.values()), year.need.sum()
    return min(given.get(group, 0) / total / (year.need[year.group == group].sum() / owed)
               for group in np.unique(year.group[year.group != ""]) if year.need[year.group == group].sum() > 0)


def measured(seeds: Sequence[int], plans: int, years: int, name: str, places: tuple[int, ...]) -> list[dict]:
    """Return one row for each authority, number of places and policy, for authorities that share their estimates."""
    group = {seed: lived(seed, plans, years, SETTINGS[name][1]) for seed in seeds}
    if not SHARED:
        SHARED.extend(one.to_share for one in group.values())
    found = []
    for seed, one in group.items():
        others = [other.to_share for key, other in group.items() if key != seed]
        benefits = {"own": learn_benefit(one.past), "routing": learn_benefit(one.past, shared=others)}
        if name in DIFFERS:
            benefits["elsewhere"] = learn_benefit(one.past, shared=SHARED[: GROUP - 1])
        year = one.year(benefits)
        for count in places:
            for policy in (one for one in POLICIES if one in year.by):
                spared, offers, given = run(year, policy, count)
                found.append({
                    "setting": name, "seed": seed, "places": count, "policy": policy, "spared": spared, "offers": offers,
                    "least_share": least_share(year, given), "open": benefits["routing"].rests_on == "by_cause",
                    "open_alone": benefits["own"].rests_on == "by_cause", "shared": len(others),
                    "learned_from": one.to_share.n_offered, "appeals": one.to_share.n_appeals, "cases": len(year.week)})
        table = pd.DataFrame([row for row in found if row["seed"] == seed and row["places"] == places[len(places) // 2]])
        say(f"{name}, authority {seed}: {benefits['routing'].rests_on}, alone {benefits['own'].rests_on}; spared "
            + ", ".join(f"{key} {value:.1f}" for key, value in table.set_index("policy")["spared"].items()))
    return found


def ratio(table: pd.DataFrame, against: str, policy: str = "routing") -> tuple[float, float, float]:
    """Return appeals spared by a policy over another's, all authorities together, with the 95 % range over authorities.

    The range is that of a ratio of sums (jackknife over authorities, Student's t).
    """
    wide = table.pivot_table(index="seed", columns="policy", values="spared")
    top, under = wide[policy].to_numpy(), wide[against].to_numpy()
    value, count = top.sum() / under.sum(), len(wide)
    if count < 2:
        return value, np.nan, np.nan
    without = (top.sum() - top) / (under.sum() - under)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    half = float(student.ppf(0.975, count - 1)) * error
    return value, value - half, value + half


def page(table: pd.DataFrame, plans: int, places: tuple[int, ...]) -> str:
    """Return the page of results."""
    areas, middle = Settings().areas, places[len(places) // 2]
    lines = [
        "# Routing", "",
        "Invented data. Made by `python benchmarks/routing.py`.", "",
        f"Invented authorities of about {plans:,} plans and {areas} areas, with appeals of {APPEALS_PERCENT:g} % of decisions "
        "and plans, the most the settings are meant for. A pilot offers half of the eligible families an early meeting for "
        f"{PILOT_YEARS - 1:g} years; from the records as they stood at the end of that (outcomes not yet known left out) the "
        "model learns the risk, and the routing how fast disputes begin after a decision, the risk of a decision without an "
        f"offer and the effect of an offer; {GROUP} authorities at a time also share their estimates of it, sums without a case. "
        f"Then each policy hands out the same places a week for {WEEKS} weeks to the same cases: those with a decision that can "
        "be appealed, in no dispute, not offered before, until two months after the decision. Appeals spared are counted by the "
        "truth of the invented authority (the weekly hazard with and without a meeting, the chance that an offer is taken up), "
        "never by the model. Fair shares are kept over a quarter, as in the weekly lists. Ranges: 95 %, over authorities.", "",
        "In the pool is every case that the invented pilot could offer a meeting: refusals, plans that are ended, and "
        "plans that lack a report, a school or the family's preference. 'Highest risk first' goes by the risk of the released "
        "model, as the list of likely disputes does, and by what is left of it as the two months run out. 'By the risk the "
        "routing goes by' meets it half way with the risk learned from decisions without an offer: it shows what that alone "
        "does. A risk list over all open cases would also spend places on families who have no decision to appeal. Both rows of "
        "first come, first served are given the whole pool; the queue serves who has waited longest, and mostly comes when the "
        "two months are over.", "",
        "The effect by cause was planted by the maker of the invented authority: four times as large where advice is "
        "missing or unused or messages are overdue; and, in the settings that say so, a sixth of the usual where the dispute "
        "would be about the place alone, which is what the evidence on mediation says (no place to give, no certificate needed) "
        "and what the routing takes before it has seen anything. Until that was planted, an invented meeting moved such disputes "
        "as much as any other; the setting 'about the place alone as well' is kept to show it. The causes by which the routing "
        "may learn were declared by someone who could read the planted ones; all authorities of a group share one truth, while "
        "the routing allows for a difference between them. Where effects do not differ, it is also given the estimates of "
        "authorities in which they do: what that costs is in the row that says so. Size, years of pilot and level of appeals "
        "were chosen so that effects by cause can be learned at all. All this shows how far such a difference is found and used "
        "where it exists, and what it costs where it does not; it is no evidence about any council.", "",
        "**What can be had.** The failures that make an offer worth more also make an appeal likelier, so highest risk first "
        "already goes mostly to cases that gain: the row 'if effects were known' replaces what was learned by the planted "
        "effect of every single case, keeps no fair shares, and is as far as any routing by this risk can come.", "",
        f"## At {middle} places an area a week", "",
    ]
    for name in table["setting"].unique():
        lines += _one_setting(table[table["setting"] == name], name, middle)
    lines += ["## By the number of places", "",
              "| effect | places an area a week | share of cases offered | over risk first | over new decisions first | over the "
              "queue | own offers alone, over risk first | over risk first, effects known |", "|---|---|---|---|---|---|---|---|"]
    for (name, count), rows in table.groupby(["setting", "places"], sort=False):
        offers = rows[rows["policy"] == "routing"]
        cells = [_range(ratio(rows, other)) for other in ("risk", "new", "queue")] + [
            _range(ratio(rows, "risk", policy)) for policy in ("own", "known")]
        lines.append(f"| {SETTINGS[name][0]} | {count} | {offers['offers'].sum() / offers['cases'].sum():.0%} | "
                     + " | ".join(cells) + " |")
    lines += ["", *_verdict(table, middle), "", machine("scipy")]
    return "\n".join(lines)


def _one_setting(rows: pd.DataFrame, name: str, middle: int) -> list[str]:
    here = rows[rows["places"] == middle]
    once = here[here["policy"] == "routing"]
    lines = [f"### {SETTINGS[name][0].capitalize()} ({len(once)} authorities)", "",
             f"Effects by cause were used in {int(once['open'].sum())} of {len(once)}, by their own offers alone in "
             f"{int(once['open_alone'].sum())}; learned from {once['learned_from'].mean():,.0f} offers with "
             f"{once['appeals'].mean():,.0f} appeals on average, and the estimates of {int(once['shared'].max())} others.", "",
             "| policy | appeals spared, a year | of 100 places | routing over it | least share of places over share owed |",
             "|---|---|---|---|---|"]
    for policy, label in POLICIES.items():
        mine = here[here["policy"] == policy]
        if mine.empty:
            continue
        lines.append(f"| {label} | {mine['spared'].mean():.1f} | {100 * mine['spared'].sum() / mine['offers'].sum():.1f} | "
                     f"{'' if policy == 'routing' else _range(ratio(here, policy))} | {mine['least_share'].mean():.2f} "
                     f"(worst {mine['least_share'].min():.2f}) |")
    return [*lines, ""]


def _range(found: tuple[float, float, float]) -> str:
    return f"{found[0]:.2f} ({found[1]:.2f} to {found[2]:.2f})"


def _verdict(table: pd.DataFrame, middle: int) -> list[str]:
    said = []
    for name in table["setting"].unique():
        here = table[(table["setting"] == name) & (table["places"] == middle)]
        for other, asked in ASKED.items():
            value, low, _ = ratio(here, other)
            how = "missed" if value < asked else "met, the whole range above" if low >= asked else "met; the range reaches below"
            said.append(f"- {SETTINGS[name][0].capitalize()}, over {POLICIES[other]}: {value:.2f}, asked {asked:g}: {how}.")
        worst = here.loc[here["policy"] == "routing", "least_share"].min()
        known = ratio(here, "risk", "known")
        alone, fair = ratio(here, "risk", "own"), ratio(here, "fair_risk")
        said.append(f"- {SETTINGS[name][0].capitalize()}, by its own offers alone, over highest risk first: {_range(alone)}.")
        if name in DIFFERS:
            said.append(f"- {SETTINGS[name][0].capitalize()}, with the estimates of authorities where effects do differ, over "
                        f"its own offers alone: {_range(ratio(here, 'own', 'elsewhere'))}.")
        said.append(f"- {SETTINGS[name][0].capitalize()}, fair shares kept by both, over highest risk first: {_range(fair)}.")
        said.append(f"- {SETTINGS[name][0].capitalize()}, effects known to the full, over highest risk first: {_range(known)}.")
        said.append(f"- {SETTINGS[name][0].capitalize()}, least share of any fifth of deprivation: {worst:.2f}, asked "
                    f"{FAIR_PART:g}: {'met' if worst >= FAIR_PART - 0.005 else 'missed'}.")
    return said


def _monday(days: float) -> dt.date:
    on = ENDS_ON - dt.timedelta(days=int(days))
    return on - dt.timedelta(days=on.weekday())


def main(measure: Callable[..., list[dict]] = measured) -> None:
    """Measure, say, keep after each setting, and end with an error where what was asked for is missed."""
    smoke = arguments(__doc__).smoke
    plans, years = (900, 4) if smoke else (16_000, 6)
    places = (1,) if smoke else (1, 2, 4)
    seeds = {"place 0.5": [1, 2]} if smoke else SEEDS
    rows: list[dict] = []
    for name, few in seeds.items():
        for first in range(0, len(few), GROUP):
            rows += measure(few[first: first + GROUP], plans, years, name, places)
        if not smoke:
            keep("routing.md", page(pd.DataFrame(rows), plans, places))
    if smoke:
        page(pd.DataFrame(rows), plans, places)
        return
    table = pd.DataFrame(rows)
    here = table[(table["setting"] == next(iter(SEEDS))) & (table["places"] == places[1])]
    missed = [f"over {other}: {ratio(here, other)[0]:.2f}, asked {asked:g}" for other, asked in ASKED.items()
              if ratio(here, other)[0] < asked]
    if missed:
        sys.exit("Missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
