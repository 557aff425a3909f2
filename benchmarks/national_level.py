"""Points at the level of national rates: the two figures they rest on, and how they do where no model can be trained."""

from __future__ import annotations

from measuring import arguments, keep, machine, say, shared  # first: it sets the number of threads

# isort: split
import datetime as dt

import numpy as np
import pandas as pd
from planted_causes import markdown

from dispute_risk.commands.national import yearly_appeals
from dispute_risk.errors import NotEnoughHistory
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.landmarks import Landmarks, landmarks, landmarks_on
from dispute_risk.model.metrics import area_under_curve, log_loss, observed_over_expected
from dispute_risk.model.national_level import OPEN_SHARE, PER_POINT, points_at_level
from dispute_risk.model.points import PointsModel
from dispute_risk.model.training import train
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.records.read import read_casebook
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.history import History

FOLLOWED_DAYS = 182 + 31


def measured(label: str, book: Casebook) -> dict[str, object]:
    """Return what a point adds, and the share of the appeals of 26 weeks that come of cases at risk on the date."""
    rows = landmarks(History.of(book), STANDARD)
    rows = rows.where(rows.known)
    points = PointsModel.fit(tuple(rows.features.columns), rows.features.to_numpy(np.float64), rows.outcome)
    registered = pd.to_datetime(book.tables["appeals"]["registered_on"]).dropna().to_numpy()
    share = []
    for on in np.unique(rows.on)[-18:]:
        came = ((registered > on) & (registered <= on + np.timedelta64(182, "D"))).sum()
        share.append(((rows.on == on) & (rows.outcome == 1)).sum() / max(came, 1))
    return {"records": label, "rows": len(rows), "a point adds": points.per_point, "share of cases open": float(np.mean(share))}


def small(seed: int, plans: int, years: int) -> dict[str, object] | None:
    """Return how the points at national level, and those fitted on few appeals, do on an authority's later rows.

    None where it had no appeal to fit the other points on: those say nothing then.
    """
    book = simulate(plans, years, seed).casebook
    cut = book.recorded_to - dt.timedelta(days=FOLLOWED_DAYS)
    past = known_by(book, cut)
    history = History.of(past)
    test = landmarks(History.of(book), STANDARD, first=cut - dt.timedelta(days=31), last=cut + dt.timedelta(days=31))
    test = test.where(test.known)
    today = landmarks_on(history, STANDARD, np.array([day_number(cut)]))
    ours = points_at_level(STANDARD.names, values(today, STANDARD.names), yearly_appeals(past, cut, None), 182)
    try:
        own = train(history, STANDARD, cut, test=False, estimator="points").fitted
    except NotEnoughHistory:
        return None
    past_appeals = appeals_of(history, cut)
    return {"seed": seed, "appeals to learn from": past_appeals, "appeals tested": int((test.outcome == 1).sum()),
            **{f"{name}, {what}": figure(test.outcome, fitted.risk(values(test, fitted.names)))
               for name, fitted in (("national", ours), ("own few", own))
               for what, figure in (("log loss x 1,000", lambda y, p: 1000 * log_loss(y, p)), ("AUC", area_under_curve),
                                    ("observed over expected", observed_over_expected))}}


def appeals_of(history: History, cut: dt.date) -> int:
    """Return the cases with an appeal that a model could learn from."""
    rows = landmarks(history, STANDARD, last=cut)
    return len(np.unique(rows.case_id[rows.outcome == 1]))


def values(rows: Landmarks, names: tuple[str, ...]) -> np.ndarray:
    """Return the features of rows as numbers."""
    return rows.features[list(names)].to_numpy(np.float64)


def main() -> None:
    """Measure, and keep the page."""
    smoke = arguments(__doc__).smoke
    books = [(f"invented, seed {seed}", simulate(500 if smoke else 6_000, 3 if smoke else 4, seed).casebook)
             for seed in ([71] if smoke else [71, 72, 73])]
    northmoor = shared("casebooks/northmoor")
    if northmoor is not None and not smoke:
        books.append(("Northmoor, a fictitious council made by others", read_casebook(northmoor).casebook))
    rests_on = pd.DataFrame([measured(label, book) for label, book in books])
    say(rests_on.to_string())
    tried = pd.DataFrame([row for seed in ([81] if smoke else range(81, 97)) if (row := small(seed, 250, 4)) is not None])
    say(tried.to_string())
    if smoke:
        return
    mean = tried.drop(columns="seed").mean().to_frame("mean over authorities").rename_axis("figure").reset_index()
    keep("national_level.md", "\n\n".join([
        "# Points at the level of national rates",
        "Made by `python benchmarks/national_level.py`. Invented and fictitious records.",
        f"In use: a point adds {PER_POINT}, and {OPEN_SHARE} of the appeals of 26 weeks come of cases at risk on the date.",
        markdown(rests_on, 3),
        f"Authorities of 250 plans and four years ({len(tried)} of them), too few appeals to train on: the "
        "points at the level of national rates on the authority's own decisions, and the points fitted on its few appeals, on "
        "later rows.", markdown(mean, 3), markdown(tried, 3), machine("lightgbm")]))


if __name__ == "__main__":
    main()
