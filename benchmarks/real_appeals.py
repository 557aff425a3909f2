"""Real appeals: does the package's own timeline, features and model foresee, at notification, which fines are appealed?"""

from __future__ import annotations

from measuring import arguments, keep, machine, say, shared  # first: it sets the number of threads

# isort: split
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.features.build import build_features
from dispute_risk.features.declare import Catalogue, Feature
from dispute_risk.features.searches import Searches
from dispute_risk.features.verbs import Age, Count, LatestIs, Mean, Verb
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.level import chance, fit_line, log_odds
from dispute_risk.model.metrics import area_under_curve, calibration_line
from dispute_risk.timeline.days import NO_DAY, day_number, day_numbers, to_dates
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import days_to_appeal

LOG = ("real", "road_traffic_fines_events.csv.gz")
SOURCE = ("Road Traffic Fine Management Process (de Leoni and Mannhardt, 4TU.ResearchData, 2015): 150,370 fines and 561,470 "
          "events of an Italian local police authority, 2000 to 2013.")
APPEALS = (
    "Insert Date Appeal to Prefecture", "Send Appeal to Prefecture", "Receive Result Appeal from Prefecture",
    "Notify Result Appeal to Offender", "Appeal to Judge",
)
"""Any of these after the day of notification is an appeal; the first of them counts."""

READ = {
    "case:concept:name": "fine", "concept:name": "activity", "time:timestamp": "at", "amount": "amount",
    "article": "article", "points": "points", "vehicleClass": "vehicle", "expense": "expense",
    "notificationType": "notification",
}
"""Columns read. `dismissal` and `matricola` tell the outcome and are never read; nor is `lastSent`, of which it is not
known when it was written; nor the money paid later."""

NOTIFIED_BEFORE, LEARNED_FROM = "2012-06-01", "2004-01-01"
"""Learned from 2004: appeals were rare before, for reasons the log does not hold. Chosen on the last fifth of the years
learned from, never on the test."""

YEAR_DAYS = 365
ARTICLES = ("7", "142", "146", "157", "158", "171", "172", "180", "181", "80")
VEHICLES, WAYS = ("A", "C", "M"), ("P", "C")
"""Codes told apart; rarer articles and vehicles count as none of them."""

REPEATS = 1_000


def events(path: Path) -> pd.DataFrame:
    """Return the log, one row an event, with the day as a number."""
    log = pd.read_csv(path, usecols=list(READ), dtype={"article": str}).rename(columns=READ)
    # The stamps are midnights of local time: the date is the first ten letters, and a time zone would move it.
    log["day"] = day_numbers(pd.to_datetime(log["at"].str[:10]))
    return log.assign(fine=pd.factorize(log["fine"], sort=True)[0])


def over_usual(day: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return each amount over the commonest amount of the year before, from strictly earlier days alone; NaN for none.

    Tariffs rise every two years; only the ratio means the same in the years tested as in those learned from.
    """
    order = np.argsort(day, kind="stable")
    days, (amounts, kind) = day[order], np.unique(value[order], return_inverse=True)
    seen, out = np.zeros(len(amounts), np.int64), np.full(len(day), np.nan)
    first, after = np.searchsorted(days, days - YEAR_DAYS), np.searchsorted(days, days)
    left = entered = 0
    for place in range(len(days)):
        while entered < after[place]:
            seen[kind[entered]] += 1
            entered += 1
        while left < first[place]:
            seen[kind[left]] -= 1
            left += 1
        usual = amounts[seen.argmax()] if entered > left else 0.0
        out[order[place]] = value[order[place]] / usual if usual > 0 else np.nan
    return out


def coded(values: pd.Series, labels: tuple[str, ...]) -> np.ndarray:
    """Return codes as numbers, -1 where it is none of the labels."""
    return pd.Categorical(values.where(values.isin(labels)), categories=list(labels)).codes.astype(np.int32)


def history_of(log: pd.DataFrame) -> History:
    """Return the timeline of the fines: each activity a kind of fact, known on its day."""
    parts = {str(name): rows.drop_duplicates("fine").set_index("fine") for name, rows in log.groupby("activity")}
    made, sent, told = parts["Create Fine"], parts["Send Fine"], parts["Insert Fine Notification"]
    told_on = told["day"].to_numpy()
    paid = log[log["activity"] == "Payment"]
    appealed = log[log["activity"].isin(APPEALS)].groupby("fine")["day"].min()
    amount = over_usual(told_on, made["amount"].reindex(told.index).to_numpy())
    expense = over_usual(told_on, sent["expense"].reindex(told.index).to_numpy())
    rated = np.isfinite(amount) & np.isfinite(expense)  # a mean over a blank would be blank
    facts = {
        "made": Facts.of(made.index, made["day"], columns={
            "amount": made["amount"].to_numpy(), "points": made["points"].to_numpy(),
            "article": coded(made["article"], ARTICLES), "vehicle": coded(made["vehicle"], VEHICLES),
        }, labels={"article": ARTICLES, "vehicle": VEHICLES}),
        "sent": Facts.of(sent.index, sent["day"], columns={"expense": sent["expense"].to_numpy()}),
        "told": Facts.of(told.index, told_on, columns={"way": coded(told["notification"], WAYS)}, labels={"way": WAYS}),
        "rated": Facts.of(told.index[rated], told_on[rated], columns={
            "amount_over_usual": amount[rated], "expense_over_usual": expense[rated]}),
        "paid": Facts.of(paid["fine"], paid["day"]),
        "appeal": Facts.of(appealed.index, appealed),
    }
    fines = np.arange(int(log["fine"].max()) + 1)
    last = dt.date(1900, 1, 1) + dt.timedelta(days=int(log["day"].max()))
    return History(fines.astype(str), facts, np.zeros(len(fines), np.int32), ("all",), family=fines, recorded_to=last)


@dataclass(frozen=True)
class DayOf(Verb):
    """Weekday (0 Monday) or month of the latest fact of a kind."""

    facts: str
    part: str

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        day = searches.extreme(self.facts, None, None, "", True, rows)
        part = np.asarray(getattr(pd.DatetimeIndex(to_dates(day)), self.part))
        return np.where(day == NO_DAY, np.nan, part).astype(np.float32)


def feature(name: str, label: str, verb: Verb, unit: str = "number") -> Feature:
    """Return the declaration of a feature; every one is context, since nobody is to put anything right here."""
    return Feature(name, label, "need", unit, "the log of fines", verb)


EVER = 36_500

FEATURES = Catalogue((
    feature("amount_over_usual", "amount over the commonest of the year before",
            Mean("rated", column="amount_over_usual", within_days=EVER)),
    feature("points", "points on the licence", Mean("made", column="points", within_days=EVER)),
    feature("expense_over_usual", "expense of sending over the commonest of the year before",
            Mean("rated", column="expense_over_usual", within_days=EVER)),
    feature("days_since_made", "days since the fine was made", Age("made"), "days"),
    feature("days_in_post", "days since the fine was sent", Age("sent"), "days"),
    feature("served_other_way", "notified in the rarer way", LatestIs("told", column="way", codes=("C",)), "flag"),
    feature("paid_something", "something was paid", Count("paid"), "count"),
    *(feature(f"article_{code}", f"article {code}", LatestIs("made", column="article", codes=(code,)), "flag")
      for code in ARTICLES),
    *(feature(f"vehicle_{code}", f"vehicle class {code}", LatestIs("made", column="vehicle", codes=(code,)), "flag")
      for code in VEHICLES[1:]),
    *(feature(f"{kind}_{part}", f"{part} on which the fine was {kind}", DayOf(kind, part))
      for kind in ("made", "sent", "told") for part in ("day_of_week", "month")),
))
"""What is known of a fine on the day of its notification."""


@dataclass(frozen=True)
class Fines:
    """One row a fine on the day of its notification, in the order of notification.

    Parameters
    ----------
    features : DataFrame
    raw : DataFrame
        The same columns of the log as they stand, for the alternatives.
    appealed : ndarray of int
    on : ndarray of int
        Day of notification.
    waited : ndarray
        Days from then to the appeal; inf where there was none.
    """

    features: pd.DataFrame
    raw: pd.DataFrame
    appealed: np.ndarray
    on: np.ndarray
    waited: np.ndarray

    def where(self, mask: np.ndarray) -> Fines:
        """Return the rows of a mask."""
        return Fines(self.features.loc[mask], self.raw.loc[mask], self.appealed[mask], self.on[mask], self.waited[mask])


def fines_notified(history: History, log: pd.DataFrame) -> tuple[Fines, int]:
    """Return the fines notified in time and not appealed by then, and how many had been appealed already."""
    told = history.facts["told"]
    before = told.happened < day_number(NOTIFIED_BEFORE)
    rows, searches = Snapshots.of(told.case[before], told.happened[before]), Searches(history)
    free = searches.count("appeal", None, None, rows) == 0
    rows = rows.take(free)
    waited = days_to_appeal(history, rows)
    raw = raw_columns(log).loc[rows.case].reset_index(drop=True)
    raw["days_sent_to_told"] = rows.on - raw.pop("sent_on")
    order = np.argsort(rows.on, kind="stable")
    table = build_features(history, rows, FEATURES)
    return Fines(table.iloc[order].reset_index(drop=True), raw.iloc[order].reset_index(drop=True),
                 np.isfinite(waited).astype(int)[order], rows.on[order], waited[order]), int((~free).sum())


def raw_columns(log: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the log an untuned model would be given, one row a fine."""
    first = {name: rows.drop_duplicates("fine").set_index("fine") for name, rows in log.groupby("activity")}
    made, sent, told = (first[name] for name in ("Create Fine", "Send Fine", "Insert Fine Notification"))
    return pd.DataFrame({
        "amount": made["amount"], "points": made["points"], "article": pd.factorize(made["article"], sort=True)[0],
        "vehicle": coded(made["vehicle"], VEHICLES), "expense": sent["expense"], "days_made_to_sent": sent["day"] - made["day"],
        "way": pd.Series(coded(told["notification"], WAYS), told.index), "sent_on": sent["day"],
    })


def risks(every: Fines, learned: np.ndarray) -> np.ndarray:
    """Return the risk of every fine from a model of the learned ones, its line set on years it had not seen.

    The tariffs, and who is fined, change; how far risks should be spread is therefore not learned from held-out fines of
    the same days but from the last fifth of the learning years, by a model of those before.
    """
    first = learned & (every.on < np.quantile(every.on[learned], 0.8))
    early, model = fitted(every.where(first)), fitted(every.where(learned))
    rest = learned & ~first
    level, slope = fit_line(log_odds(early.predict_proba(every.features[rest])[:, 1]), every.appealed[rest])
    return chance(level + slope * log_odds(model.predict_proba(every.features)[:, 1]))


def fitted(fines: Fines) -> AppealRiskModel:
    """Return the package's model of some fines."""
    return AppealRiskModel(FEATURES, "pair", points=(), n_refits=0).fit(fines.features, fines.appealed)


def untuned_lightgbm(learned: Fines, tested: Fines) -> np.ndarray:
    """Return the risks of LightGBM as it comes, on the raw columns, from all years."""
    import lightgbm

    data = lightgbm.Dataset(learned.raw, learned.appealed)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 0, "deterministic": True}
    return np.asarray(lightgbm.train(settings, data).predict(tested.raw))


def amount_rule(learned: Fines, tested: Fines) -> np.ndarray:
    """Return the share appealed so far among fines of about the same amount (tenths of the years learned from)."""
    edges = np.unique(np.nanquantile(learned.raw["amount"], np.linspace(0, 1, 11)[1:-1]))
    group = np.searchsorted(edges, learned.raw["amount"])
    rate = np.bincount(group, learned.appealed, len(edges) + 1) / np.maximum(np.bincount(group, None, len(edges) + 1), 1)
    return rate[np.searchsorted(edges, tested.raw["amount"])]


@dataclass(frozen=True)
class Found:
    """How one way of foreseeing appeals did on the test, each figure with its 95 % interval."""

    name: str
    auc: tuple[float, float, float]
    level: tuple[float, float, float]
    slope: tuple[float, float, float]

    def row(self) -> str:
        """Return the line of the table."""
        return f"| {self.name} | {said(self.auc, 3)} | {said(self.level)} | {said(self.slope)} |"


def said(figure: tuple[float, float, float], digits: int = 2) -> str:
    """Return a figure with its interval."""
    if not np.isfinite(figure[0]):
        return "none"
    return f"{figure[0]:.{digits}f} ({figure[1]:.{digits}f} to {figure[2]:.{digits}f})"


def judged(name: str, appealed: np.ndarray, risk: np.ndarray, repeats: int) -> Found:
    """Return the figures of the test; intervals from fines drawn with replacement, the slope's from its likelihood."""
    rng = np.random.default_rng(0)
    auc, level = [], []
    for _ in range(repeats):
        drawn = rng.integers(0, len(risk), len(risk))
        auc.append(area_under_curve(appealed[drawn], risk[drawn]))
        level.append(appealed[drawn].sum() / risk[drawn].sum())
    slope = (np.nan, np.nan, np.nan)
    if np.ptp(risk) > 0:
        line = calibration_line(appealed.astype(float), risk, np.arange(len(risk)))
        slope = (line.slope, *line.slope_range)
    return Found(name, (area_under_curve(appealed, risk), *np.quantile(auc, [0.025, 0.975])),
                 (appealed.sum() / risk.sum(), *np.quantile(level, [0.025, 0.975])), slope)


def deciles(appealed: np.ndarray, risk: np.ndarray) -> list[str]:
    """Return a line for each tenth of the fines by risk: how many, foreseen and seen."""
    lines = ["| tenth, by risk | fines | foreseen in 100 | appealed in 100 | appeals |", "|---|---|---|---|---|"]
    for number, places in enumerate(np.array_split(np.argsort(risk, kind="stable"), 10), 1):
        lines.append(f"| {number} | {len(places):,} | {100 * risk[places].mean():.1f} | "
                     f"{100 * appealed[places].mean():.1f} | {int(appealed[places].sum())} |")
    return lines


def main() -> None:
    """Learn from the first 80 % by notification, test on the rest, and write the page."""
    asked = arguments(__doc__)
    place = shared(*LOG)
    if place is None:
        say(f"SKIPPED: shared/{'/'.join(LOG)} is not here; set DISPUTE_RISK_SHARED to the folder that holds it.")
        return
    log = events(place)
    if asked.smoke:
        log = log[log["fine"] % 12 == 0].assign(fine=lambda rows: pd.factorize(rows["fine"])[0])
    every, already = fines_notified(history_of(log), log)
    cut = int(every.on[int(0.8 * len(every.on))])
    later = every.on >= cut
    learned, tested = every.where(~later), every.where(later)
    recent = learned.where(learned.on >= day_number(LEARNED_FROM))
    risk = risks(every, ~later & (every.on >= day_number(LEARNED_FROM)))
    repeats = 50 if asked.smoke else REPEATS
    found = [judged(name, tested.appealed, said_risk, repeats) for name, said_risk in (
        ("the package's features and model (pair)", risk[later]),
        ("untuned LightGBM on the raw columns", untuned_lightgbm(learned, tested)),
        ("amount of the fine alone, share appealed by tenths", amount_rule(learned, tested)),
        ("base rate", np.full(len(tested.on), learned.appealed.mean())),
    )]
    counts = (f"{len(every.on):,} fines notified before {NOTIFIED_BEFORE} and not appealed by then ({already} were); test: "
              f"the {len(tested.on):,} notified from {to_dates(np.array([cut]))[0]} on, {int(tested.appealed.sum()):,} "
              f"appealed ({100 * tested.appealed.mean():.1f} in 100); learned from {len(recent.on):,} notified from "
              f"{LEARNED_FROM} to then, {int(recent.appealed.sum()):,} appealed.")
    table = ["| | AUC | observed over expected | slope |", "|---|---|---|---|", *(one.row() for one in found)]
    say("\n".join([counts, *table]))
    if not asked.smoke:
        say(f"Written to {keep('real_appeals.md', page(counts, table, deciles(tested.appealed, risk[later])))}.")


def page(counts: str, table: list[str], tenths: list[str]) -> str:
    """Return the page of results."""
    return "\n\n".join([
        "# Real appeals", f"Data: {SOURCE} Made by `python benchmarks/real_appeals.py`.", counts,
        "An appeal is the first of: " + "; ".join(APPEALS) + ". Outcome: any later appeal in the log, which runs to June "
        "2013, a year or more after every notification. Features use events on or before the day of notification; the "
        "columns `dismissal`, `matricola` and `lastSent` and what was paid later are not read.",
        "\n".join(table),
        "Intervals: 95 %, of 1,000 draws of fines; of the slope, its own standard error. Features, the year to learn from "
        "and the rung were chosen on the fourth fifth of the fines, learning from the three before; the last fifth was "
        "looked at more than once while this was made, so that its figures may flatter a little. Level and spread of the "
        "risks were set on the last fifth of the learning years by a model that had not seen them; without that step "
        "the same model foresees too widely, since tariffs and the mix of fines change from year to year.",
        "By tenths of the risk:", "\n".join(tenths),
        machine("lightgbm", "scikit-learn"),
    ])


if __name__ == "__main__":
    main()
