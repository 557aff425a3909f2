"""Are planted causes recovered: rate ratios beside the truth, coverage of the intervals, order, and false discoveries."""

from __future__ import annotations

from measuring import arguments, keep, machine, say  # first: it sets the number of threads

# isort: split
import datetime as dt
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from unittest.mock import patch

import numpy as np
import pandas as pd
from planted_causes import markdown, not_causes

from dispute_risk.causes.at_risk import FLAGS
from dispute_risk.causes.decision_rows import PERIOD_DAYS, decision_rows
from dispute_risk.causes.exposures import EXPOSURES, Exposure
from dispute_risk.causes.patterns import FALSE_DISCOVERIES, patterns
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.landmarks import Landmarks, landmarks
from dispute_risk.records.synthetic import Simulation, causes, disputes, simulate
from dispute_risk.records.synthetic.causes import CAUSES, NOT_CAUSES
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.timeline.history import History

EVER = (dt.date(2000, 1, 1), dt.date(2100, 1, 1))
_BY_NAME = {one.name: one for one in EXPOSURES}
CARRIED_BY = {
    "preference_refused": "choice_refused", "no_school_named": "no_school_named",
    "advice_missing_at_final": "advice_missing", "advice_not_used": "advice_not_used",
    "rushed_to_the_date": "written_to_the_date", "recovery_team": "recovery_team", "unanswered_contacts": "unanswered",
    "officer_changes": "officer_change",
}
"""Planted cause to the exposure of the report that reads it from the records."""
CONTEXT = (Exposure("asd", "primary need ASD", "need", ("need_asd",), "cases table"),
           Exposure("earlier_appeal", "an appeal before", "past_disputes", ("past_appeals",), "appeals table"))
TRUE = {cause.name: cause.rate_ratio for cause in (*CAUSES, *NOT_CAUSES)}
SIZE = {False: (4_000, 4), True: (600, 2)}
AUTHORITIES = {False: (10, 5, 5), True: (1, 1, 1)}
POOLED, MONTHLY_SEEDS = 8, {False: (201, 202), True: (201,)}
"""Plans and years of one authority and authorities of each arm, fewer and smaller for a smoke run; how many of the first
arm are pooled."""
RECORDING = frozenset({"under_recording", "recording_lag", "missing_fields"})


@dataclass(frozen=True)
class Arm:
    """A way of inventing authorities: what is switched off.

    Parameters
    ----------
    name, about : str
    settings : Settings
    hidden : bool
        Whether families differ in ways nobody records, and plans in vagueness and lawfulness.
    """

    name: str
    about: str
    settings: Settings = field(default_factory=Settings)
    hidden: bool = True


ARMS = (
    Arm("as it is", "the invented authority as it is"),
    Arm("mediation off, records perfect", "every dispute is registered; nothing unrecorded, late or blank",
        Settings(switched_off=RECORDING | {"mediation"})),
    Arm("nothing hidden either", "as before, and no voice, frailty, resolve, vagueness or unlawfulness behind the records",
        Settings(switched_off=RECORDING | {"mediation"}, advocacy=0.0, appeals_percent=5.0), hidden=False),
)


def invent(arm: Arm, plans: int, years: int, seed: int) -> Simulation:
    """Invent one authority."""
    off = {} if arm.hidden else {"VAGUE": 0.0, "WRONG": 0.0, "FRAILTY": 0.0, "RESOLVE": 0.0}
    if not off:
        return simulate(plans, years, seed, arm.settings)
    with patch.multiple(causes, **off):
        return simulate(plans, years, seed, arm.settings)


def rows_with_others(simulation: Simulation) -> tuple[Landmarks, tuple[Exposure, ...]]:
    """Return decision rows with the planted non-causes as columns, and all that is looked for: 10 causes, 8 others.

    A non-cause is a flag: the highest quarter of its values.
    """
    rows = decision_rows(simulation.casebook)
    others = not_causes(rows, dict(simulation.casebook.tables))
    for name in others:
        rows.features[name] = (others[name] >= max(float(others[name].quantile(0.75)), 1.0)).astype(np.float32)
    looked_for = (*(_BY_NAME[name] for name in CARRIED_BY.values()), *CONTEXT,
                  *(_flagged(name) for name in others))
    return rows, looked_for


def recordable(simulation: Simulation, arm: Arm) -> dict[str, float]:
    """Return the rate ratios that perfect records of registered appeals could show, from the hazard's own formula.

    The planted ratios multiply the hazard of *starting* an appeal, all else the same. Records see registered appeals,
    and not all else: a rushed plan is vaguer, a plan that names no school is more often unlawful, and a dispute about
    the school alone needs no mediation and is not settled there. So the expected number of registered appeals of each
    case-month is worked out from the true state, and the same multiplicative model is fitted to it.
    """
    true = simulation.truth.observable
    true = true[true["weeks_since_notice"].between(0, 8)].reset_index(drop=True)
    plan = true["limb"].isin(["plan_issued", "plan_amended"]).to_numpy()
    new = true["limb"].eq("plan_issued").to_numpy()
    log, values = np.zeros(len(true)), {}
    for cause in CAUSES:
        acts = plan if cause.applies_to == "plans" else np.ones(len(true), bool)
        values[cause.name] = np.where(acts, true[cause.name], 0).astype(float)
        log += np.log(cause.rate_ratio) * values[cause.name]
    missing, unnamed = values["advice_missing_at_final"] > 0, values["no_school_named"] > 0
    if arm.hidden:
        unlawful = 0.25 + 0.25 * missing + 0.3 * unnamed
        log += np.where(plan, np.log1p(unlawful * np.expm1(causes.WRONG)), 0)
        log += causes.VAGUE * np.where(plan, 0.6 * values["recovery_team"] + 0.4 * values["rushed_to_the_date"], 0)
    if arm.settings.on("mediation"):
        alone = plan & (unnamed | (values["preference_refused"] > 0)) & ~missing & (values["advice_not_used"] == 0)
        settled = true["limb"].map({name: disputes.MEDIATED[name] * disputes.SETTLED[name] for name in disputes.MEDIATED})
        log += np.log1p(-np.where(alone, 0, settled.astype(float)))
    # The records read a refused choice only where a school is named, and the advice only at the first final plan.
    values["preference_refused"] = np.where(unnamed, 0, values["preference_refused"])
    for name in ("advice_missing_at_final", "advice_not_used", "rushed_to_the_date"):
        values[name] = np.where(new, values[name], 0)
    level = true["limb"].map(causes.LIMB_CHANCE).astype(float).to_numpy()
    design = np.column_stack([*values.values(), pd.get_dummies(true["limb"]).to_numpy(float)])
    return dict(zip(values, np.exp(_projected(design, level * np.exp(log))), strict=False))


def _projected(design: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the coefficients of the log-linear model nearest to expected numbers."""
    coefficient = np.linalg.lstsq(design, np.log(expected), rcond=None)[0]
    for _ in range(30):
        fitted = np.exp(design @ coefficient)
        coefficient = coefficient + np.linalg.solve((design.T * fitted) @ design, design.T @ (expected - fitted))
    return coefficient


def one_authority(arm: int, plans: int, years: int, seed: int) -> tuple[pd.DataFrame, Landmarks]:
    """Return one row a planted cause or non-cause (estimate, interval, q, truth), and the rows it rests on."""
    simulation = invent(ARMS[arm], plans, years, seed)
    rows, looked_for = rows_with_others(simulation)
    found = patterns(rows, *EVER, exposures=looked_for)
    back = {value: name for name, value in CARRIED_BY.items()}
    shown = recordable(simulation, ARMS[arm])
    table = found.table.assign(name=[back.get(name, name) for name in found.table["exposure"]], arm=arm, seed=seed,
                               all_appeals=found.appeals)
    table["planted"] = table["name"].map(TRUE)
    table["recordable"] = [shown.get(name, 1.0) for name in table["name"]]
    say(f"{ARMS[arm].name}, seed {seed}: {found.appeals} appeals")
    return table, slim(rows, looked_for)


def slim(rows: Landmarks, looked_for: tuple[Exposure, ...]) -> Landmarks:
    """Return the rows with no columns but those that are looked at or held equal."""
    wanted = {*(column for one in looked_for for column in one.columns), "window_open", "days_since_notice", PERIOD_DAYS,
              "family_messages_1y", *FLAGS, *(name for name in rows.features if name.startswith(("latest_", "need_")))}
    return replace(rows, features=rows.features[sorted(wanted)].astype(np.float32))


def pooled(parts: list[Landmarks]) -> pd.DataFrame:
    """Return the patterns of several authorities taken together, each area an area of its own."""
    families = np.cumsum([0, *(int(rows.family.max()) + 1 for rows in parts)])

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(rows, name) for rows in parts])

    def apart(name: str) -> np.ndarray:
        return np.concatenate([np.char.add(f"{place}-", getattr(rows, name).astype(str)) for place, rows in enumerate(parts)])

    whole = Landmarks(
        pd.concat([rows.features for rows in parts], ignore_index=True), joined("outcome"), joined("on"), apart("case_id"),
        np.concatenate([rows.family + start for rows, start in zip(parts, families, strict=False)]), apart("area"),
        joined("state"), parts[0].horizon_days, joined("wait_days"))
    back = {value: name for name, value in CARRIED_BY.items()}
    looked_for = (*(_BY_NAME[name] for name in CARRIED_BY.values()), *CONTEXT,
                  *(_flagged(f"extra_{cause.name}") for cause in NOT_CAUSES))
    table = patterns(whole, *EVER, exposures=looked_for).table
    table = table.assign(name=[back.get(name, name) for name in table["exposure"]])
    return table.assign(planted=table["name"].map(TRUE), cause=table["name"].isin([cause.name for cause in CAUSES]))


def _flagged(column: str) -> Exposure:
    return Exposure(column.removeprefix("extra_"), column, "decision", (column,), "benchmark")


def on_monthly_rows(plans: int, years: int, seed: int) -> dict[str, float]:
    """Return what the first Mondays of all cases give for advice not used, whatever decision is open, and for what they miss."""
    rows = landmarks(History.of(invent(ARMS[0], plans, years, seed).casebook), STANDARD)
    everywhere = replace(rows, features=rows.features.assign(window_open=1.0))
    wanted = ("advice_missing", "advice_not_used", "no_school_named", "recovery_team")
    found = patterns(everywhere, *EVER, exposures=[replace(_BY_NAME[name], on="all") for name in wanted])
    line = found.table.set_index("exposure").loc["advice_not_used"]
    last = found.risk.event > 0
    open_ = found.risk.rows.features.loc[last, [name for name in rows.features if name.endswith("_window")]].max(axis=1) > 0
    return {"seed": seed, "ratio": line["ratio"], "low": line["low"], "high": line["high"], "without": 1 - open_.mean()}


def recovered(results: pd.DataFrame) -> pd.DataFrame:
    """Return for each arm and planted cause: truth, mean estimate, coverage of the planted and of the recordable ratio."""
    both = results[results["name"].isin([cause.name for cause in CAUSES])]
    each = both.assign(log=np.log(both["ratio"]), covers=_within(both, "planted"), covers_shown=_within(both, "recordable"))
    return each.groupby(["arm", "name"]).agg(
        planted=("planted", "first"), recordable=("recordable", "mean"), log=("log", "mean"), spread=("log", "std"),
        size=("log", "size"), covers=("covers", "mean"), covers_shown=("covers_shown", "mean"),
        appeals=("appeals_exposed", "mean")).reset_index()


def _within(table: pd.DataFrame, truth: str) -> pd.Series:
    return (table["low"] <= table[truth]) & (table[truth] <= table["high"])


def order_recovered(results: pd.DataFrame) -> tuple[float, float]:
    """Return the mean rank correlation with the planted ratios and the share of pairs in the right order."""
    correlations, pairs = [], []
    for _, each in results[results["name"].isin([cause.name for cause in CAUSES])].groupby("seed"):
        correlations.append(float(each["planted"].corr(each["ratio"], method="spearman")))
        planted, ratio = each["planted"].to_numpy(), each["ratio"].to_numpy()
        first, second = np.triu_indices(len(each), 1)
        apart = planted[first] != planted[second]
        pairs.append(np.mean(np.sign(planted[first] - planted[second])[apart] == np.sign(ratio[first] - ratio[second])[apart]))
    return float(np.mean(correlations)), float(np.mean(pairs))


def false_discoveries(results: pd.DataFrame) -> dict[str, float]:
    """Return how often a non-cause was reported, and what share of the reports that was."""
    wrong = results["name"].isin([cause.name for cause in NOT_CAUSES])
    said = results["q"] < FALSE_DISCOVERIES
    by_seed = results.assign(wrong=wrong & said, said=said).groupby("seed")[["wrong", "said"]].sum()
    outside = ~_within(results, "planted")
    return {"tested": int(wrong.sum()), "reported": int((wrong & said).sum()), "authorities": len(by_seed),
            "rate": float((by_seed["wrong"] / by_seed["said"].clip(lower=1)).mean()),
            "outside": float(outside[wrong].mean())}


def arm_text(arm: int, results: pd.DataFrame, size: str) -> str:
    """Return the part of the page about one way of inventing authorities."""
    mine = results[results["arm"] == arm]
    table = recovered(mine)
    mean = np.exp(table["log"])
    half = table["spread"] / np.sqrt(table["size"]) * 1.96
    shown = pd.DataFrame({
        "planted cause": [name if name in CARRIED_BY else f"{name} (context: held equal, not reported)"
                          for name in table["name"]], "planted ratio": table["planted"].map("{:.2f}".format),
        "what records could show": table["recordable"].map("{:.2f}".format),
        "mean estimate (95 % of the mean)": [f"{value:.2f} ({low:.2f} to {high:.2f})" for value, low, high in zip(
            mean, np.exp(table["log"] - half), np.exp(table["log"] + half), strict=True)],
        "intervals that hold the planted ratio": table["covers"].map("{:.0%}".format),
        "intervals that hold what records could show": table["covers_shown"].map("{:.0%}".format),
        "appeals with it": table["appeals"].map("{:.0f}".format), "order": -table["planted"],
    }).sort_values("order", kind="stable").drop(columns="order")
    order, found = order_recovered(mine), false_discoveries(mine)
    failings = table[table["name"].isin(list(CARRIED_BY))]
    return "\n".join([
        f"## {ARMS[arm].name[0].upper()}{ARMS[arm].name[1:]}", "",
        f"{ARMS[arm].about[0].upper()}{ARMS[arm].about[1:]}: {mine['seed'].nunique()} authorities of {size}, "
        f"{mine.groupby('seed')['all_appeals'].first().mean():.0f} appeals each.", "", markdown(shown), "",
        f"On average over all causes {table['covers'].mean():.1%} of intervals hold the planted ratio and "
        f"{table['covers_shown'].mean():.1%} what records could show; over those the report looks for, "
        f"{failings['covers'].mean():.1%} and {failings['covers_shown'].mean():.1%}. Order: rank correlation {order[0]:.2f}, "
        f"{order[1]:.0%} of pairs with different planted ratios in order.", "",
        f"Non-causes: {found['reported']} of {found['tested']} reported at q below {FALSE_DISCOVERIES}; false discoveries "
        f"were on average {found['rate']:.1%} of an authority's reports (stated: at most {FALSE_DISCOVERIES:.0%}). "
        f"{found['outside']:.1%} of their 95 % intervals miss 1.", ""])


def ranking_text(table: pd.DataFrame, size: str) -> str:
    """Return the part of the page on the ranking of causes above non-causes in the pooled sample."""
    table = table.sort_values("low", ascending=False)
    causes_, others = table[table["cause"]], table[~table["cause"]]
    above = {"lower bound": (causes_["low"].to_numpy()[:, None] > others["low"].to_numpy()).ravel()}
    certainty = (np.log(table["ratio"]) / (np.log(table["high"] / table["low"]) / 3.92)).rename("z")
    above["z"] = (certainty[causes_.index].to_numpy()[:, None] > certainty[others.index].to_numpy()).ravel()
    shown = pd.DataFrame({"name": table["name"], "planted": np.where(table["cause"], "cause", "not a cause"),
                          "planted ratio": table["planted"].map("{:.2f}".format),
                          "estimate": [f"{row.ratio:.2f} ({row.low:.2f} to {row.high:.2f})" for row in table.itertuples()],
                          "z": certainty.map("{:.1f}".format), "q": table["q"].map("{:.4f}".format)})
    said = "; ".join(f"by {name} the cause is above in {int(each.sum())} of {len(each)} pairs" for name, each in above.items())
    return "\n".join(["## Causes beside non-causes in a pooled sample", "", f"{size}, as it is, in the order of the lower "
                      "bound.", "", markdown(shown), "", f"{said[0].upper()}{said[1:]}.", ""])


NOTES = """
## How to read this

- Every figure is of authorities invented by this package and says nothing about any real one.
- A planted ratio multiplies the weekly hazard of *starting* an appeal, all else the same. The report compares
  *registered* appeals. "What records could show" is the planted ratio with what comes along unrecorded: vaguer and more
  often unlawful plans, and disputes about the school alone, which skip mediation and so are not settled there. It is
  worked out from the hazard's formula and the true state of each case-month, with no estimate in it.
- What is still between that and the estimate as it is: traits of families that nobody records (an earlier appeal marks
  out those more ready to appeal, and ratios shrink where many of those exposed have appealed already), and messages and
  changes of officer that are up to a fortnight old on the row. The further arms switch the first of these off.
"""


def monthly_text(monthly: pd.DataFrame) -> str:
    """Return why a regression on monthly rows of all cases does not find the weaker causes."""
    told = "; ".join(f"{row.ratio:.2f} ({row.low:.2f} to {row.high:.2f})" for row in monthly.itertuples())
    return "\n".join([
        "## Why rows of decisions and not monthly rows of all cases", "",
        "On the first Mondays of all cases at risk, the same model gives for advice received and not used (planted "
        f"{TRUE['advice_not_used']:.2f}) in {len(monthly)} authorities as it is: {told}. A fault of a plan acts only while that "
        f"plan can be appealed, about two months, and {monthly['without'].mean():.0%} of appeals have no decision open on "
        "the last "
        "such Monday: the letter came after it. The record of whether advice was used also ends with the next plan, while the "
        "fault often goes on. Rows of decisions begin on the day the decision was known, and judge a first plan's faults on "
        "first plans.", ""])


def measured(smoke: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the results of every authority, those of the pooled sample, and those on monthly rows."""
    jobs = [(arm, *SIZE[smoke], seed) for arm, many in enumerate(AUTHORITIES[smoke]) for seed in range(201, 201 + many)]
    results, parts = [], []
    with ProcessPoolExecutor(max_workers=1 if smoke else 2) as pool:
        for job, work in [(job, pool.submit(one_authority, *job)) for job in jobs]:
            table, rows = work.result()
            results.append(table)
            if job[0] == 0 and len(parts) < POOLED:
                parts.append(rows)
    monthly = pd.DataFrame([on_monthly_rows(*SIZE[smoke], seed) for seed in MONTHLY_SEEDS[smoke]])
    return pd.concat(results, ignore_index=True), pooled(parts), monthly


def page(results: pd.DataFrame, large: pd.DataFrame, monthly: pd.DataFrame, smoke: bool) -> str:
    """Return the page of results."""
    plans, years = SIZE[smoke]
    parts = [arm_text(arm, results, f"{plans:,} plans over {years} years") for arm in range(len(ARMS))]
    size = f"{min(POOLED, AUTHORITIES[smoke][0])} authorities of {plans:,} plans"
    return "\n".join(["# Planted causes recovered", "", machine("scipy"), "", *parts, ranking_text(large, size),
                      monthly_text(monthly), NOTES])


def main() -> None:
    """Run all arms and write the page."""
    smoke = arguments(__doc__).smoke
    text = page(*measured(smoke), smoke)
    say(text)
    if not smoke:
        keep("causes_coverage.md", text)


if __name__ == "__main__":
    main()
