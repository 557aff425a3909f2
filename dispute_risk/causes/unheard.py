"""The unheard: cases with the same failures and no sign of an appeal, where they are, what is owed, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.triage.breach_index import DUTIES
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy, select
from dispute_risk.triage.snapshot import OpenCases
from dispute_risk.triage.voice import quietness

__all__ = ["SMALL", "Unheard", "reweighted", "unheard"]

SMALL = 20
"""Below so many cases a group is shown and not compared."""
DURATIONS = ((0, 28, "up to 4 weeks"), (29, 91, "5 to 13 weeks"), (92, 182, "14 to 26 weeks"), (183, 365, "27 to 52 weeks"),
             (366, 10**6, "over a year"))
FACTORS = (0.5, 1.5)
"""Each weight is halved, and made half as large again."""


@dataclass(frozen=True)
class Unheard:
    """Cases to which the same is owed, whose families show no sign of an appeal.

    Parameters
    ----------
    cases : DataFrame
        One row a case, the most owed first: `case_id`, `area`, `breach_index`, `duties` (labels, worst first), `days` (since
        the oldest duty of law), `risk`, `quietness` (above 1: in touch less than is usual for its position), `on_list`
        (within the places of its area).
    by_area : DataFrame
        `area`, `at_risk`, `failed` (breach index at or above the policy's floor), `unheard`, `on_list`, `median_days`.
    by_duty : DataFrame
        `duty`, `source`, `failed` (all at risk with the duty broken), `unheard`, `on_risk_list`, `median_days`,
        `longest_days`.
    by_group : DataFrame
        `dimension`, `group`, `at_risk`, `failed`, `unheard`, `on_list`, `on_risk_list`, `share_on_list` and
        `share_on_risk_list` (of those failed; NaN where `small`), `small` (fewer than 20 failed: shown, not compared).
        Empty where no groups were given.
    by_duration : DataFrame
        `how_long`, `unheard`, `on_list`.
    beside_risk : DataFrame
        The list of the unheard, the risk list of the same length and a list drawn by lot: `list`, `cases`,
        `mean_breach_index`, `share_failed`, `median_days`, `share_quiet`, `also_unheard_listed` (of the unheard listed, how
        many it shows).
    sensitivity : DataFrame
        `duty`, `factor`, `stays` (share of the list that stays when that weight is multiplied), `enter`, `leave`.
    as_of : date
    places : int
        Places an area has for the unheard.
    policy : Policy
    """

    cases: pd.DataFrame
    by_area: pd.DataFrame
    by_duty: pd.DataFrame
    by_group: pd.DataFrame
    by_duration: pd.DataFrame
    beside_risk: pd.DataFrame
    sensitivity: pd.DataFrame
    as_of: dt.date
    places: int
    policy: Policy

    @property
    def table(self) -> pd.DataFrame:
        """The cases."""
        return self.cases

    def summary(self) -> str:
        """Return what a head of service has to know, in sentences."""
        listed = int(self.cases["on_list"].sum())
        loud = f"the {self.policy.quiet_from:.0%} in touch the most for their position"
        lines = [f"{len(self.cases):,} cases on {self.as_of} are owed at least {self.policy.least_breach:g} points, and their "
                 f"families are not among {loud}; {listed} have a place on the list."]
        if listed:
            shown = int(self.beside_risk.set_index("list")["also_unheard_listed"]["risk"])
            least = self.sensitivity.sort_values("stays").iloc[0]
            lines += [
                f"A risk list of the same length would have shown {shown} of these {listed}.",
                f"When one weight is halved or made half as large again, at least {least['stays']:.0%} of the list stays "
                f"(least for: {least['duty']}).",
            ]
        return "\n".join(lines)


def unheard(
    cases: OpenCases, capacity: int, groups: pd.DataFrame | None = None, policy: Policy = DEFAULT_POLICY,
    random_state: int = 0,
) -> Unheard:
    """Return the unheard among the open cases of a date.

    Parameters
    ----------
    cases : OpenCases
    capacity : int
        Cases an area can act on in the week; the policy says how many of the places go to the unheard.
    groups : DataFrame, optional
        From `model.fairness_groups.audit_groups`: index case_id, one column a dimension.
    policy : Policy
    random_state : int
        Of the list drawn by lot.

    Notes
    -----
    Nothing here is learned from appeals. The breach index is `triage.breach_index`; who counts as quiet is
    `triage.voice.quietness`. Both are rules with declared numbers, and the sensitivity to each weight is part of the result.
    """
    picked = _pick(cases, capacity, policy)
    facts = _facts(cases, picked)
    listed = _listed_table(facts)
    return Unheard(
        listed, _by_area(facts), _by_duty(cases, facts), _by_group(facts, groups), _by_duration(facts),
        _beside_risk(facts, random_state), _sensitivity(cases, capacity, policy, picked["unheard"]), cases.as_of,
        policy.slots(capacity)[1], policy,
    )


def _pick(cases: OpenCases, capacity: int, policy: Policy) -> dict[str, np.ndarray]:
    """Return masks: on the unheard list, on a risk list with the same places in each area, failed, quiet."""
    chosen = select(cases, capacity, policy)
    scored = ~cases.in_dispute
    failed = scored & (cases.breach >= policy.least_breach)
    quiet = quietness(cases.searches.history, cases.rows)
    cut = np.quantile(quiet[failed], policy.quiet_from) if failed.any() else 0.0
    likely = _mask(cases, chosen["likely_disputes"])
    on_list = _mask(cases, chosen["unheard"])
    by_risk = np.zeros(len(cases.rows), bool)
    for area in cases.searches.history.area_names:
        here = np.flatnonzero((cases.area == area) & scored)
        by_risk[here[np.argsort(-cases.risk[here], kind="stable")][: int(on_list[cases.area == area].sum())]] = True
    return {"unheard": on_list, "risk": by_risk, "failed": failed, "quietness": quiet, "scored": scored,
            "candidate": failed & (quiet >= cut) & ~likely}


def _mask(cases: OpenCases, areas: dict[str, np.ndarray]) -> np.ndarray:
    mask = np.zeros(len(cases.rows), bool)
    for rows in areas.values():
        mask[rows] = True
    return mask


def _facts(cases: OpenCases, picked: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return one row a case at risk with all that the tables count."""
    label = {duty.name: duty.label for duty in DUTIES}
    law = cases.duties[cases.duties["duty"] != "silence"]
    days = np.full(len(cases.rows), -1, np.int64)
    np.maximum.at(days, law["row"].to_numpy(), law["days_over"].to_numpy())
    said = law["duty"].map(label).groupby(law["row"]).agg("; ".join)
    return pd.DataFrame({
        "case_id": cases.case_id.astype(str), "area": cases.area.astype(str), "breach_index": cases.breach,
        "duties": said.reindex(range(len(cases.rows))).fillna("").to_numpy(), "days": days, "risk": cases.risk,
        "quietness": picked["quietness"], "on_list": picked["unheard"], "on_risk_list": picked["risk"],
        "failed": picked["failed"], "unheard": picked["candidate"], "row": np.arange(len(cases.rows)),
    })[picked["scored"]].reset_index(drop=True)


def _listed_table(facts: pd.DataFrame) -> pd.DataFrame:
    columns = ["case_id", "area", "breach_index", "duties", "days", "risk", "quietness", "on_list"]
    chosen = facts[facts["unheard"] | facts["on_list"]]
    order = ["on_list", "breach_index", "days", "case_id"]
    return chosen.sort_values(order, ascending=[False, False, False, True], ignore_index=True)[columns]


def _by_area(facts: pd.DataFrame) -> pd.DataFrame:
    records = [
        {"area": area, "at_risk": len(here), "failed": int(here["failed"].sum()), "unheard": int(here["unheard"].sum()),
         "on_list": int(here["on_list"].sum()),
         "median_days": float(here.loc[here["unheard"], "days"].median()) if here["unheard"].any() else np.nan}
        for area, here in facts.groupby("area", sort=True)
    ]
    return pd.DataFrame(records, columns=["area", "at_risk", "failed", "unheard", "on_list", "median_days"])


def _by_duty(cases: OpenCases, facts: pd.DataFrame) -> pd.DataFrame:
    known = facts.set_index("row")
    table = cases.duties[cases.duties["row"].isin(known.index)]
    records = []
    for duty in DUTIES:
        rows = table[table["duty"] == duty.name]
        marks = known.loc[rows["row"]]
        days = rows["days_over"].to_numpy()[marks["unheard"].to_numpy()]
        records.append({
            "duty": duty.label, "source": duty.source, "failed": len(rows), "unheard": int(marks["unheard"].sum()),
            "on_list": int(marks["on_list"].sum()), "on_risk_list": int(marks["on_risk_list"].sum()),
            "median_days": float(np.median(days)) if len(days) else np.nan,
            "longest_days": float(days.max()) if len(days) else np.nan,
        })
    return pd.DataFrame(records)


def _by_group(facts: pd.DataFrame, groups: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["dimension", "group", "at_risk", "failed", "unheard", "on_list", "on_risk_list", "share_on_list",
               "share_on_risk_list", "small"]
    records: list[dict[str, Any]] = []
    for dimension in [] if groups is None else groups.columns:
        label = groups[dimension].reindex(facts["case_id"]).to_numpy() if groups is not None else np.zeros(0)
        for group, here in facts.groupby(label, sort=True, dropna=True):
            failed = int(here["failed"].sum())
            counted = {name: int(here[name].sum()) for name in ("unheard", "on_list", "on_risk_list")}
            small = failed < SMALL
            records.append({
                "dimension": dimension, "group": str(group), "at_risk": len(here), "failed": failed, **counted,
                "share_on_list": np.nan if small else counted["on_list"] / failed,
                "share_on_risk_list": np.nan if small else counted["on_risk_list"] / failed, "small": small,
            })
    return pd.DataFrame(records, columns=columns)


def _by_duration(facts: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame([
        {"how_long": said, "unheard": int((within & facts["unheard"]).sum()), "on_list": int((within & facts["on_list"]).sum())}
        for low, high, said in DURATIONS for within in [facts["days"].between(low, high)]
    ])


def _beside_risk(facts: pd.DataFrame, random_state: int) -> pd.DataFrame:
    """Return the three lists of the same length side by side; the one by lot is the average over all draws of it."""
    listed = facts["on_list"].to_numpy()
    quiet = facts["quietness"].to_numpy() >= np.median(facts["quietness"]) if len(facts) else np.zeros(0, bool)
    length = int(listed.sum())
    lot = np.zeros(len(facts), bool)
    lot[np.random.default_rng(random_state).permutation(len(facts))[:length]] = True
    records = []
    for name, mask in (("unheard", listed), ("risk", facts["on_risk_list"].to_numpy()), ("by lot", lot)):
        here = facts[mask]
        some = len(here) > 0
        records.append({
            "list": name, "cases": len(here), "mean_breach_index": float(here["breach_index"].mean()) if some else np.nan,
            "share_failed": float(here["failed"].mean()) if some else np.nan,
            "median_days": float(here.loc[here["days"] >= 0, "days"].median()) if (here["days"] >= 0).any() else np.nan,
            "share_quiet": float(quiet[mask].mean()) if some else np.nan, "also_unheard_listed": int((mask & listed).sum()),
        })
    return pd.DataFrame(records)


def reweighted(cases: OpenCases, factors: Mapping[str, float]) -> OpenCases:
    """Return the same open cases with the points of some duties multiplied.

    Parameters
    ----------
    cases : OpenCases
    factors : mapping of str to float
        Name of a duty to the factor.
    """
    other = replace(cases)
    table = cases.duties
    points = table["points"] * table["duty"].map(factors).fillna(1.0)
    # The breach index and all that follows from it is worked out from `duties` on first use.
    other.__dict__["duties"] = table.assign(points=points)
    return other


def _sensitivity(cases: OpenCases, capacity: int, policy: Policy, now: np.ndarray) -> pd.DataFrame:
    records = []
    for duty in DUTIES:
        for factor in FACTORS:
            other = _mask(cases, select(reweighted(cases, {duty.name: factor}), capacity, policy)["unheard"])
            records.append({
                "duty": duty.label, "weight": duty.weight, "factor": factor,
                "stays": float((now & other).sum() / now.sum()) if now.any() else np.nan,
                "enter": int((other & ~now).sum()), "leave": int((now & ~other).sum()),
            })
    return pd.DataFrame(records)
