"""What the lot of the weekly lists decided, as the ledger holds it, what came of it, and what other rules would have done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import UnusableRecords
from dispute_risk.explain.words import first_capital
from dispute_risk.mediation.effect import in_words, range_words
from dispute_risk.mediation.off_policy import Logs, Value, compare, cross_fitted_outcomes, evaluate, table_of
from dispute_risk.mediation.offers import as_it_happened
from dispute_risk.timeline.days import day_numbers
from dispute_risk.timeline.facts import keys
from dispute_risk.timeline.history import History

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["RULES", "LoggedPlaces", "Rules", "logged_places"]

RULES = {
    "drawn": "the lists as they were drawn",
    "benefit": "most appeals spared first",
    "risk": "highest risk first",
    "lot": "by lot alone",
    "nobody": "no place for anybody",
}
"""Rules that are judged, each with as many places in an area and week as were given (`nobody`: none)."""
AGAINST = (("benefit", "risk"), ("benefit", "lot"), ("drawn", "nobody"))
COLUMNS = ("case_id", "area", "chance", "got_a_place")


@dataclass(frozen=True)
class Rules:
    """Rules judged from the logs.

    Parameters
    ----------
    judged, differences : tuple of Value
        One a rule, and one for each pair that is set against each other.
    n_rows, n_sure : int
        Rows drawn for with a known outcome, and rows left out since their place was certain.
    weeks : int
    """

    judged: tuple[Value, ...]
    differences: tuple[Value, ...]
    n_rows: int
    n_sure: int
    weeks: int

    @property
    def table(self) -> pd.DataFrame:
        """One row a rule, then one a difference."""
        found = table_of([*self.judged, *self.differences])
        found.insert(0, "kind", ["rule"] * len(self.judged) + ["difference"] * len(self.differences))
        return found

    def summary(self) -> str:
        """Return what the logs are, and a line for each difference."""
        head = (f"From {self.n_rows:,} cases that stood in line on {self.weeks} Mondays and had a chance of a place other than "
                f"none or all; {self.n_sure:,} whose place was certain say nothing of another rule.")
        return "\n".join([head, *(_told(one) for one in self.differences)])


def _told(one: Value) -> str:
    """Say a difference between two rules, and whether chance may have made it."""
    if not one.answers:
        return one.summary()
    clear = "" if one.low > 0 or one.high < 0 else " The range includes no difference at all."
    return (f"{first_capital(one.name)}: {in_words(one.robust).lower()} in each 100 cases (95 % range: "
            f"{range_words(one.low, one.high)}).{clear}")


@dataclass(frozen=True)
class LoggedPlaces:
    """Every case that stood in line for a place on the likely disputes, with its chance and what came of it.

    Parameters
    ----------
    rows : DataFrame
        One row a case and Monday: `case_id`, `on`, `area`, `chance`, `got_a_place`, `risk` and `benefit` (expected appeals
        spared by an offer; NaN in ledgers kept before they were recorded), `family`, and `outcome` (an appeal registered
        within the horizon: 1, 0; NaN: not yet known).
    """

    rows: pd.DataFrame

    @property
    def listed(self) -> pd.DataFrame:
        """The rows as a list of a lottery (`encouragement.drawn_rows`): those of one area, Monday and chance stood together."""
        rows = self.rows[(self.rows["chance"] > 0) & (self.rows["chance"] < 1)]
        stratum = rows["area"] + " " + rows["on"].dt.strftime("%Y-%m-%d") + " " + rows["chance"].round(3).astype(str)
        return rows[["case_id", "on"]].assign(drawn=rows["got_a_place"].astype(int), stratum=stratum)

    def rules(self, draws: int = 400, random_state: int = 0) -> Rules:
        """Judge every rule of `RULES`, and set them against each other.

        A case counts once for each Monday on which it stood in line; the same family counts as one when ranges are drawn.
        What a place on a later Monday does to an earlier row is part of what came of it.
        """
        known = self.rows[self.rows["outcome"].notna()]
        unsure = known["chance"].between(0, 1, inclusive="neither")
        rows, sure = known[unsure].reset_index(drop=True), int((~unsure).sum())
        logs = Logs(rows["got_a_place"].to_numpy(bool), rows["chance"].to_numpy(float), rows["outcome"].to_numpy(float),
                    rows["family"].to_numpy())
        if not len(rows):
            nothing = Value("any rule", refusal="No case with a known outcome had a chance of a place other than none or all.")
            return Rules((nothing,), (), 0, sure, 0)
        forecasts: dict[str, np.ndarray] = {}
        if rows[["risk", "benefit"]].notna().all(axis=None):
            without, with_one = cross_fitted_outcomes(
                logs, rows["risk"].to_numpy(float), rows["benefit"].to_numpy(float), random_state=random_state)
            forecasts = {"if_not": without, "if_offered": with_one}
        judged = {name: evaluate(logs, target, **forecasts, name=RULES[name], draws=draws, random_state=random_state)
                  for name, target in _targets(rows).items()}
        pairs = tuple(compare(judged[one], judged[other]) for one, other in AGAINST if one in judged and other in judged)
        return Rules(tuple(judged.values()), pairs, len(rows), sure, rows["on"].nunique())


def logged_places(
    drawn: Sequence[tuple[dt.date, Mapping[str, Any]]], casebook: Casebook, horizon_days: int = 182
) -> LoggedPlaces:
    """Join what the lot decided with what came of it.

    Parameters
    ----------
    drawn : sequence of (date, mapping)
        From `triage.ledger.reading.places_drawn`: the Monday, and case_id, area, chance, got_a_place, risk, benefit.
    casebook : Casebook
        Cut at the as-of date.
    horizon_days : int

    Raises
    ------
    UnusableRecords
        Where nothing was drawn, or no case drawn for is in the records.
    """
    if not drawn:
        raise UnusableRecords("The ledger holds no lottery. A lot is drawn only where the policy file asks for one: section "
                              "[routing], hold_out and band, signed.")
    said = pd.DataFrame([said for _, said in drawn])
    lacking = [name for name in COLUMNS if name not in said.columns]
    if lacking:
        raise UnusableRecords(f"What the ledger says of the lottery lacks {', '.join(lacking)}.")
    rows = said.assign(on=pd.to_datetime([on for on, _ in drawn]).astype("datetime64[s]"))
    rows = rows.reindex(columns=[*dict.fromkeys([*COLUMNS, "risk", "benefit"]), "on"])
    history = History.of(as_it_happened(casebook))
    number = pd.Index(history.case_id.astype(str)).get_indexer(pd.Index(rows["case_id"].astype(str)))
    rows, number = rows[number >= 0].reset_index(drop=True), number[number >= 0]
    if not len(rows):
        raise UnusableRecords("No case the ledger drew for is in these records. Is it the ledger of another casebook?")
    day, appeals = day_numbers(rows["on"].to_numpy()).astype(np.int64), history.facts["appeal"]
    registered = np.sort(keys(appeals.case, appeals.happened))
    until = np.searchsorted(registered, keys(number, day + horizon_days), "right")
    appealed = (until > np.searchsorted(registered, keys(number, day), "right")).astype(float)
    known = day + horizon_days <= history.last_day
    return LoggedPlaces(rows.assign(
        area=rows["area"].astype(str), got_a_place=rows["got_a_place"].astype(bool), family=history.family[number],
        outcome=np.where(known, appealed, np.nan)))


def _targets(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the chance of a place that each rule gives each row; a rule that needs what was not recorded is left out."""
    together = rows.groupby(["area", "on"])["got_a_place"]
    places = together.transform("sum").to_numpy(float)
    targets = {"drawn": rows["chance"].to_numpy(float)}
    for name in ("benefit", "risk"):
        if rows[name].notna().all():
            place = rows.groupby(["area", "on"])[name].rank(method="first", ascending=False).to_numpy()
            targets[name] = (place <= places).astype(float)
    return {**targets, "lot": places / together.transform("size").to_numpy(float), "nobody": np.zeros(len(rows))}
