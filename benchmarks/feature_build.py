"""Features of about 120,000 case-dates by 60 columns: the package's one pass against a plain pandas loop over dates."""

from __future__ import annotations

from measuring import arguments, keep, machine, say, took  # first: it sets the number of threads

# isort: split
import numpy as np
import pandas as pd

from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.features.verbs import Age, Count, CountSince, DaysUntil, Flag, LatestIs, Mean, PerTeam, Verb
from dispute_risk.model.landmarks import first_mondays, records_begin
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.days import to_date
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import standing

COMPARED = (Count, Flag, Age, DaysUntil, LatestIs, Mean, CountSince, PerTeam)
"""Verbs the loop knows how to write in pandas."""

COLUMNS = 60
ROWS = 120_000
MOST = 1 / 3


def compared_features() -> Catalogue:
    """Return the 60 features: those of the rarer verbs first, then the catalogue in its order."""
    able = [feature for feature in STANDARD if type(feature.verb) in COMPARED]
    rare = [feature for feature in able if type(feature.verb) in (LatestIs, Mean, CountSince, PerTeam, DaysUntil)]
    chosen = [*rare, *(feature for feature in able if feature not in rare)][:COLUMNS]
    return Catalogue(tuple(chosen))


def case_dates(history: History, most: int) -> Snapshots:
    """Return every case at risk on the latest first Mondays that together give about so many rows."""
    days = first_mondays(to_date(records_begin(history)), history.recorded_to)
    cases = np.arange(len(history.case_id), dtype=np.int32)
    chosen: list[Snapshots] = []
    for day in days[::-1]:
        rows = Snapshots.of(cases, day)
        chosen.append(rows.take(standing(history, rows).at_risk))
        if sum(map(len, chosen)) >= most:
            break
    case, on = (np.concatenate([getattr(rows, name) for rows in chosen]) for name in ("case", "on"))
    order = np.lexsort((on, case))
    return Snapshots.of(case[order], on[order])


def as_frame(facts: Facts) -> pd.DataFrame:
    """Return facts as the table an analyst would have, codes as text categories, days as whole numbers."""
    columns = {name: pd.Categorical.from_codes(values, list(facts.labels[name])) if name in facts.labels else values
               for name, values in facts.columns.items()}
    return pd.DataFrame({"case": facts.case, "happened": facts.happened, "known": facts.known, "until": facts.until,
                         **columns})


class PandasLoop:
    """The way an analyst would: for each date keep what was known, group by case, merge onto the cases of that date.

    It starts from the same facts as the package, already with their day of recording and the day on which they end, so
    that making the facts is charged to neither side. What was known is kept once a date for each kind of fact.
    """

    def __init__(self, history: History, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        needed = {name for feature in catalogue for name in feature.verb.needs()}  # type: ignore[union-attr]
        self.tables = {name: as_frame(history.facts[name]) for name in needed if name in history.facts}
        self.teams = {name: as_frame(history.area_facts[name]) for name in needed if name in history.area_facts}
        self.area_of_case = history.area_of_case

    def build(self, rows: Snapshots) -> pd.DataFrame:
        """Return the features of the rows, in their order."""
        asked = pd.DataFrame({"case": rows.case, "on": rows.on})
        return pd.concat([self._on(int(on), group) for on, group in asked.groupby("on")]).sort_index()

    def _on(self, on: int, asked: pd.DataFrame) -> pd.DataFrame:
        now = {name: table[(table["known"] <= on) & (table["until"] > on)] for name, table in self.tables.items()}
        teams = {name: table[(table["known"] <= on) & (table["until"] > on)] for name, table in self.teams.items()}
        columns = {}
        for feature in self.catalogue:
            values = self._team(feature.verb, on, teams, asked) if isinstance(feature.verb, PerTeam) \
                else self._value(feature.verb, on, now, asked["case"])
            columns[feature.name] = values.to_numpy(np.float32)
        return pd.DataFrame(columns, index=asked.index)

    def _value(self, verb: Verb | None, on: int, now: dict[str, pd.DataFrame], case: pd.Series) -> pd.Series:
        active = chosen(now[verb.facts], verb, on)  # type: ignore[union-attr]
        if isinstance(verb, (Count, Flag)):
            number = case.map(active.groupby("case").size()).fillna(0)
            return number if isinstance(verb, Count) else (number > 0).astype(float)
        if isinstance(verb, (Age, DaysUntil)):
            of_case = active.groupby("case")[verb.column or "happened"]
            day = case.map(of_case.max() if verb.of in ("latest", "last") else of_case.min())
            return (on - day if isinstance(verb, Age) else day - on).clip(lower=0)
        if isinstance(verb, Mean):
            return case.map(active.groupby("case")[verb.column].mean())
        if isinstance(verb, LatestIs):
            stated = active[active[verb.column].notna()]
            return case.map(stated[verb.column].isin(verb.codes).groupby(stated["case"]).any()).astype(float)
        if isinstance(verb, CountSince):
            latest = now[verb.since].groupby("case")["happened"].max()
            after = active[active["happened"] > active["case"].map(latest).fillna(-1)]
            return case.map(after.groupby("case").size()).fillna(0)
        raise TypeError(f"the loop does not know {type(verb).__name__}")

    def _team(self, verb: PerTeam, on: int, teams: dict[str, pd.DataFrame], asked: pd.DataFrame) -> pd.Series:
        top = teams[verb.facts]
        if verb.within_days is not None:
            top = top[top["happened"] + verb.within_days > on]
        above, below = top.groupby("case").size(), teams[verb.per].groupby("case").size()
        rate = verb.times * above.reindex(below.index).fillna(0) / below
        if verb.against_all:
            rate = rate / (len(top) / len(teams[verb.per]))
        return pd.Series(self.area_of_case[asked["case"]], asked.index).map(rate)


def chosen(active: pd.DataFrame, verb: Verb | None, on: int) -> pd.DataFrame:
    """Return the facts of the verb's codes that happened within its days."""
    if getattr(verb, "where", None) is not None:
        column, codes = verb.where  # type: ignore[union-attr]
        active = active[active[column].isin([codes] if isinstance(codes, str) else codes)]
    if getattr(verb, "within_days", None) is not None:
        active = active[active["happened"] + verb.within_days > on]  # type: ignore[union-attr]
    return active


def differences(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Return a line for each column whose values are not the same."""
    return [f"{name}: {int((~np.isclose(one[name], other[name], rtol=1e-5, equal_nan=True)).sum())} values differ"
            for name in one if not np.allclose(one[name], other[name], rtol=1e-5, equal_nan=True)]


def main() -> None:
    """Measure both ways on the same rows and check that they say the same."""
    asked = arguments(__doc__)
    plans, years, most = (300, 2, 2_000) if asked.smoke else (4_000, 5, ROWS)
    catalogue = compared_features()
    history = History.of(simulate(plans, years, seed=3).casebook)
    rows = case_dates(history, most)
    package = took(lambda: build_features(history, rows, catalogue, Searches(history)), 1 if asked.smoke else 5)
    loop = PandasLoop(history, catalogue)
    plain = took(lambda: loop.build(rows), 1 if asked.smoke else 2)
    wrong = differences(package.result, plain.result)
    if wrong:
        raise SystemExit("The two ways do not agree:\n" + "\n".join(wrong))
    ratio = package.best / plain.best
    kinds = ", ".join(sorted({type(feature.verb).__name__ for feature in catalogue}))
    dates = len(np.unique(rows.on))
    lines = [
        f"{len(rows):,} case-dates on {dates} dates x {len(catalogue)} features of an invented authority ({plans:,} plans, "
        f"{years} years): package {package}; pandas loop {plain}.",
        f"Package over pandas loop, processor time: {ratio:.3f} (1/{1 / ratio:.0f}); asked: at most 1/3. Every value of "
        f"all {len(catalogue)} columns is the same (float32, relative difference below 1e-5, blanks equal).",
    ]
    say("\n".join(lines))
    if not asked.smoke:
        keep("feature_build.md", page(lines, kinds, catalogue))
        if ratio > MOST:
            raise SystemExit("The package is slower than asked.")


def page(lines: list[str], kinds: str, catalogue: Catalogue) -> str:
    """Return the page of results."""
    return "\n\n".join([
        "# Building features", "Invented data. Made by `python benchmarks/feature_build.py`.", *lines,
        f"Verbs compared: {kinds}. Both sides start from the same facts (day known, day ended), so reading the records and "
        "making the facts is charged to neither; the package's sorting of the facts is charged to the package.",
        machine(), "Columns: " + ", ".join(f"`{name}`" for name in catalogue.names) + ".",
    ])


if __name__ == "__main__":
    main()
