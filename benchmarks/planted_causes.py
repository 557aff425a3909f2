"""Planted causes beside planted non-causes of the invented authority: what each is worth to a trained model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import Catalogue, Feature
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.landmarks import Landmarks
from dispute_risk.model.metrics import log_loss
from dispute_risk.records.known import known_from
from dispute_risk.records.synthetic.causes import CAUSES, NOT_CAUSES

CARRIED_BY = {
    "preference_refused": ("preferred_setting_refused",),
    "no_school_named": ("type_only", "section_i_blank", "type_only_window"),
    "advice_missing_at_final": ("plan_without_asked_advice", "ep_missing_at_plan", "salt_missing_at_plan",
                                "ot_missing_at_plan", "health_or_care_missing_at_plan"),
    "advice_not_used": ("advice_not_cited",), "rushed_to_the_date": ("finalised_near_deadline",),
    "recovery_team": ("written_by_recovery_team",),
    "unanswered_contacts": ("unanswered_contacts", "oldest_unanswered_days"),
    "officer_changes": ("officer_changes_1y", "officer_tenure_days"), "asd": ("need_asd",),
    "earlier_appeal": ("past_appeals",),
    **{cause.name: (f"extra_{cause.name}",) for cause in NOT_CAUSES},
}
"""Planted cause or non-cause to the columns that carry it; non-causes are added as columns of their own."""
WINDOWS = [name for name in STANDARD.names if name.endswith("_window") and name != "type_only_window"]


def trained(rows: Landmarks, more: pd.DataFrame | None = None) -> AppealRiskModel:
    """Train the pair on the features, and on further columns where given."""
    catalogue, features = STANDARD, rows.features
    if more is not None:
        own = tuple(Feature(name, name, "decision", "number", "benchmark") for name in more.columns)
        catalogue, features = Catalogue((*STANDARD.features, *own)), pd.concat([features, more], axis=1)
    return AppealRiskModel(catalogue, "pair", n_refits=0).fit(features, rows.outcome, rows.family)


def latest(rows: pd.DataFrame, table: pd.DataFrame, known: pd.Series, value: pd.Series) -> np.ndarray:
    """Return the latest value of each case known on its date."""
    facts = pd.DataFrame({"case_id": table["case_id"].astype("str"), "known": known, "value": value}).dropna(
        subset=["known"]).sort_values("known", kind="stable")
    facts["known"] = facts["known"].astype("datetime64[s]")
    order = rows.astype({"on": "datetime64[s]"}).sort_values("on", kind="stable")
    found = pd.merge_asof(order, facts, left_on="on", right_on="known", by="case_id")
    return pd.Series(found["value"].to_numpy(), index=order.index).sort_index().to_numpy()


def not_causes(rows: Landmarks, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the planted non-causes as columns, computed as the truth says, from what was known on each date."""
    keys = pd.DataFrame({"case_id": rows.case_id.astype(str), "on": rows.on.astype("datetime64[s]")})
    plans, requests, panels = tables["plans"], tables["requests"], tables["panels"]
    contacts, placements, allocations = tables["contacts"], tables["placements"], tables["allocations"]
    received = known_from(requests, "received_on")
    first = plans[plans["kind"].eq("final")].reset_index(drop=True)
    asked = latest(first[["case_id"]].astype("str").assign(on=first["issued_on"]), requests, requests["received_on"],
                   requests["received_on"])
    late = ((first["issued_on"] - pd.to_datetime(pd.Series(asked))).dt.days - 140).clip(lower=0)
    sent = pd.concat([plans[["case_id"]].assign(known=known_from(plans, "issued_on"), day=plans["issued_on"]),
                      requests[["case_id"]].assign(known=known_from(requests, "decision_sent_on"),
                                                   day=requests["decision_sent_on"])], ignore_index=True)
    out = contacts[contacts["direction"].eq("out")]
    out = out.assign(known=known_from(out, "happened_on")).sort_values("known", kind="stable")
    running = out.groupby(out["case_id"].astype("str")).cumcount() + 1
    before = keys.assign(on=keys["on"] - pd.Timedelta(days=182))
    counts = [np.nan_to_num(latest(side, out, out["known"], running)) for side in (keys, before)]
    return pd.DataFrame({
        "days_late": latest(keys, first, known_from(first, "issued_on"), late),
        "birth_month": keys["case_id"].map(tables["cases"].set_index("case_id")["birth_date"].dt.month),
        "papers_complete": latest(keys, panels, panels["panel_on"], panels["papers_complete"]),
        "decision_weekday": latest(keys, sent, sent["known"], sent["day"].dt.day_of_week),
        "setting_number": latest(keys, placements, known_from(placements, "from_on"),
                                 pd.to_numeric(placements["setting_id"].astype("str").str[-2:], errors="coerce")),
        "officer_caseload": caseload(keys, allocations), "messages_out": counts[0] - counts[1],
        "request_reference": latest(keys, requests, received, pd.to_numeric(requests["request_id"].astype("str").str[-1])),
    }).astype(np.float32).add_prefix("extra_")


def caseload(keys: pd.DataFrame, allocations: pd.DataFrame) -> np.ndarray:
    """Return the open cases of the officer who holds each case on its date."""
    officer = latest(keys, allocations, allocations["from_on"], allocations["officer_id"].astype("str"))
    held = np.full(len(keys), np.nan)
    for name, mine in allocations.groupby(allocations["officer_id"].astype("str")):
        here = np.flatnonzero(officer == name)
        on = keys["on"].to_numpy()[here]
        begun, ended = np.sort(mine["from_on"].to_numpy()), np.sort(mine["to_on"].dropna().to_numpy())
        held[here] = np.searchsorted(begun, on, "right") - np.searchsorted(ended, on, "right")
    return held


def worth_of_causes(train: Landmarks, test: Landmarks, tables: dict[str, pd.DataFrame], repeats: int = 5) -> pd.DataFrame:
    """Return by how much the log loss of later rows grows when the columns of each cause or non-cause are shuffled.

    Rows with a notice that can be appealed, or with a plan or an amendment on its way. Values are shuffled among rows
    with the same kind of notice, all columns of a cause together; times 1,000. Beside it
    the mean absolute contribution to the log-odds.
    """
    model = trained(train, not_causes(train, tables))
    values = pd.concat([test.features, not_causes(test, tables)], axis=1)
    near = values[["window_open", "awaiting_first_plan", "amendment_open"]].eq(1).any(axis=1).to_numpy()
    values, outcome = values[near].reset_index(drop=True), test.outcome[near]
    kind = values[WINDOWS].fillna(0).to_numpy() @ (2 ** np.arange(len(WINDOWS)))
    base, rng = log_loss(outcome, model.predict_proba(values)[:, 1]), np.random.default_rng(0)
    own = model.fitted_.contributions(values[list(model.fitted_.names)].to_numpy(np.float64))[1]
    place = {column: number for number, column in enumerate(model.fitted_.names)}
    found = {}
    for name, columns in CARRIED_BY.items():
        growth = []
        for _ in range(repeats):
            order = np.arange(len(values))
            for number in np.unique(kind):
                members = np.flatnonzero(kind == number)
                order[members] = rng.permutation(members)
            mixed = values.copy()
            mixed[list(columns)] = values[list(columns)].to_numpy()[order]
            growth.append(log_loss(outcome, model.predict_proba(mixed)[:, 1]) - base)
        added = own[:, [place[column] for column in columns]].sum(axis=1)
        found[name] = {"worth": 1000 * float(np.mean(growth)), "contribution": float(np.abs(added - added.mean()).mean())}
    return pd.DataFrame(found)


def ranked(each: dict[int, pd.DataFrame]) -> tuple[list[str], bool]:
    """Return the ranking over authorities, and whether every cause is above every non-cause on average."""
    planted, others = [cause.name for cause in CAUSES], [cause.name for cause in NOT_CAUSES]
    worth, contribution = (pd.DataFrame({seed: found.loc[row] for seed, found in each.items()}).T
                           for row in ("worth", "contribution"))
    table = pd.DataFrame({
        "planted": ["cause" if name in planted else "not a cause" for name in worth],
        "true rate ratio": [{cause.name: cause.rate_ratio for cause in CAUSES}.get(name, 1.0) for name in worth],
        **with_range("worth", worth), **with_range("contribution", contribution),
    }, index=worth.columns).sort_values("worth", ascending=False).rename_axis("name").reset_index()
    text, whole = ["## Planted causes beside planted non-causes", markdown(table, 3)], True
    for label, figures in (("worth", worth), ("contribution", contribution)):
        above = [sum(bool(row[name] > row[other]) for name in planted for other in others) for _, row in figures.iterrows()]
        mean = figures.mean()
        crossed = [f"{name} below {other}" for name in planted for other in others if mean[name] <= mean[other]]
        text.append(f"By {label}: of {len(planted) * len(others)} comparisons of a cause with a non-cause, the cause is above in "
                    f"{', '.join(map(str, above))} (a figure a seed); on the mean over seeds in "
                    f"{len(planted) * len(others) - len(crossed)}{': not ' if crossed else ''}{', '.join(crossed)}.")
        whole = whole and not crossed
    return text, whole


def with_range(label: str, figures: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the mean over seeds and its 95 % range."""
    from scipy.stats import t

    half = figures.std() / np.sqrt(len(figures)) * t.ppf(0.975, max(len(figures) - 1, 1))
    return {label: figures.mean(), f"{label}, low": figures.mean() - half, f"{label}, high": figures.mean() + half}


def markdown(table: pd.DataFrame, digits: int = 4) -> str:
    """Return a table as Markdown."""
    cells = [[f"{cell:.{digits}f}" if isinstance(cell, float) else str(cell) for cell in row] for row in table.to_numpy(object)]
    head = [list(table.columns), ["---"] * len(table.columns)]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [*head, *cells])
