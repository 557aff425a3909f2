"""The yearly figures of a casebook that England publishes, to set an invented authority beside the country."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.synthetic.settings import TARGETS

__all__ = ["against_targets", "figures"]


def figures(casebook: Casebook, until: dt.date | None = None) -> dict[str, float]:
    """Return the figures named in `TARGETS` for the twelve months up to a day.

    Parameters
    ----------
    casebook : Casebook
    until : date, optional
        Last day of the year looked at; the last day of the records where it is not given.

    Returns
    -------
    dict of str to float
        Percentages under the names of `TARGETS`, and counts: appeals, requests, plans_maintained, plans_issued.

    Notes
    -----
    Refusals and mediations of the last months may still be appealed; the shares of refusals appealed therefore look at
    the year that ended six months before.
    """
    end = pd.Timestamp(until or casebook.recorded_to)
    tables = casebook.tables
    appeals = _of_year(tables["appeals"], "registered_on", end)
    found = {"appeals": float(len(appeals)), **_old_base(casebook, end)}
    found["appeals_percent_of_base"] = 100 * found["appeals"] / found.pop("base")
    grounds = appeals["grounds"].fillna("")
    found["grounds_refuse_to_assess"] = _percent(grounds == "refuse_to_assess")
    found["grounds_refuse_to_issue"] = _percent(grounds == "refuse_to_issue")
    found["grounds_contents"] = _percent(grounds.str.contains("provision|needs|placement"))
    found.update(_refusals(casebook, end - pd.Timedelta(days=182)))
    found.update(_timeliness(casebook, end))
    found.update(_outcomes(tables["appeals"], end))
    return found


def against_targets(many: list[dict[str, float]]) -> pd.DataFrame:
    """Return each target beside the average of several runs, with the tolerance and whether it is met."""
    rows = []
    for target in TARGETS:
        values = [one[target.name] for one in many]
        mean = float(np.mean(values))
        rows.append({"figure": target.name, "target": target.value, "tolerance": target.tolerance, "mean": mean,
                     "lowest": min(values), "highest": max(values), "met": abs(mean - target.value) <= target.tolerance,
                     "source": target.source})
    return pd.DataFrame(rows)


def _of_year(table: pd.DataFrame, column: str, end: pd.Timestamp) -> pd.DataFrame:
    return table[(table[column] > end - pd.Timedelta(days=365)) & (table[column] <= end)]


def _percent(mask: pd.Series | np.ndarray) -> float:
    return 100 * float(np.mean(mask)) if len(mask) else float("nan")


def _old_base(casebook: Casebook, end: pd.Timestamp) -> dict[str, float]:
    # Plans maintained at the end stand for "the January that follows".
    tables = casebook.tables
    requests = _of_year(tables["requests"], "decision_sent_on", end)
    requests = requests[requests["kind"] == "assessment"]
    refused = requests["decision"] == "refuse"
    assessed = _of_year(tables["assessments"], "outcome_sent_on", end)
    plans = tables["plans"]
    final = plans[plans["kind"].isin(["final", "amended_final"]) & (plans["issued_on"] <= end)]
    cases = tables["cases"]
    maintained = cases[cases["case_id"].isin(final["case_id"]) & ~(cases["closed_on"] <= end)]
    closed = _of_year(cases, "closed_on", end)
    needs_met = (closed["closed_reason"] == "needs_met").sum()
    base = refused.sum() + (assessed["outcome"] == "refuse").sum() + len(maintained) + needs_met
    return {"base": float(base), "plans_maintained": float(len(maintained)), "requests": float(len(requests)),
            "requests_refused": _percent(refused), "assessments_refused": _percent(assessed["outcome"] == "refuse")}


def _refusals(casebook: Casebook, end: pd.Timestamp) -> dict[str, float]:
    tables = casebook.tables
    appeals, mediations = tables["appeals"], tables["mediations"]
    requests = _of_year(tables["requests"], "decision_sent_on", end)
    refused = requests[(requests["decision"] == "refuse") & (requests["kind"] == "assessment")]
    assessed = _of_year(tables["assessments"], "outcome_sent_on", end)
    unissued = assessed[assessed["outcome"] == "refuse"]
    held = mediations[mediations["held_on"].notna() & (mediations["decision_type"] == "refuse_to_assess")
                      & (mediations["pilot"] != 1)]
    return {
        "refusals_to_assess_appealed": _percent(_followed(refused, "decision_sent_on", appeals, "registered_on",
                                                          "refuse_to_assess")),
        "refusals_to_issue_appealed": _percent(_followed(unissued, "outcome_sent_on", appeals, "registered_on",
                                                         "refuse_to_issue")),
        "refusals_to_assess_mediated": _percent(_followed(refused, "decision_sent_on", held, "held_on", None)),
    }


def _followed(decisions: pd.DataFrame, decided: str, later: pd.DataFrame, on: str, ground: str | None) -> np.ndarray:
    # Whether each decision was followed within 182 days by a row of the other table on the same case.
    if ground is not None:
        later = later[later["grounds"].fillna("") == ground]
    joined = decisions[["case_id", decided]].reset_index().merge(later[["case_id", on]], on="case_id")
    after = (joined[on] - joined[decided]).dt.days
    return decisions.index.isin(joined.loc[(after >= 0) & (after <= 182), "index"])


def _timeliness(casebook: Casebook, end: pd.Timestamp) -> dict[str, float]:
    tables = casebook.tables
    finals = _of_year(tables["plans"][tables["plans"]["kind"] == "final"], "issued_on", end)
    requests = tables["requests"][tables["requests"]["kind"] == "assessment"]
    joined = finals.merge(requests[["case_id", "received_on"]], on="case_id")
    joined = joined[joined["received_on"] <= joined["issued_on"]].sort_values("received_on")
    last = joined.groupby("plan_id").last()
    days = (last["issued_on"] - last["received_on"]).dt.days
    reviews = _of_year(tables["reviews"], "decision_sent_on", end)
    wait = (reviews["decision_sent_on"] - reviews["meeting_on"]).dt.days.dropna()
    return {"plans_issued": float(len(days)), "plans_within_20_weeks": _percent(days <= 140),
            "plans_over_52_weeks": _percent(days > 364), "review_decisions_within_4_weeks": _percent(wait <= 28)}


def _outcomes(appeals: pd.DataFrame, end: pd.Timestamp) -> dict[str, float]:
    ended = _of_year(appeals, "outcome_on", end)
    decided = ended[ended["outcome"].isin(["upheld_family", "upheld_part", "dismissed"])]
    return {"outcomes_decided": _percent(ended["outcome"].isin(decided["outcome"].unique())),
            "decided_lost_at_least_in_part": _percent(decided["outcome"] != "dismissed")}
