"""How much each table is worth to the risk list: invented records, with the table left out, and with it alone added."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import click
import numpy as np
import pandas as pd

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.landmarks import HORIZON_DAYS, Landmarks, landmarks
from dispute_risk.model.rows import row_losses, standard_error_by_family
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.sen2.report import ADD_ONS, WORTH
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.history import History

TABLES = tuple(name for name in ADD_ONS if name != "appeals")
"""`appeals` is not measured: it is the outcome, and without it nothing is learned."""


def rows_of(casebook: Casebook, first: dt.date) -> Landmarks:
    """Return the rows of a casebook from one date on, whichever tables it has."""
    rows = landmarks(History.of(casebook), STANDARD, first=first)
    return rows.where(rows.known)


def losses_later(rows: Landmarks, cut: np.datetime64, random_state: int) -> pd.Series:
    """Train on rows whose outcome was known by the cut; return the log loss of each later row, by case and date."""
    train, later = rows.on + np.timedelta64(HORIZON_DAYS, "D") <= cut, rows.on > cut
    model = AppealRiskModel(STANDARD, "ridge", n_refits=0, random_state=random_state)
    model.fit(rows.features[train], rows.outcome[train], rows.family[train])
    risk = model.predict_proba(rows.features[later])[:, 1]
    index = pd.MultiIndex.from_arrays([rows.case_id[later], rows.on[later]], names=["case_id", "on"])
    return pd.Series(row_losses(np.log(risk / (1 - risk)), rows.outcome[later]), index=index)


def without(casebook: Casebook, names: tuple[str, ...]) -> Casebook:
    """Return the casebook without some tables."""
    return casebook.with_tables({name: frame for name, frame in casebook.tables.items() if name not in names})


def mean_and_error(more: pd.Series, less: pd.Series) -> tuple[float, float, int]:
    """Return by how much the first losses exceed the second, times 1,000, with the error by case, on rows both have."""
    difference = (more - less).dropna()
    case = pd.factorize(difference.index.get_level_values("case_id"))[0]
    values = difference.to_numpy()
    return (1000 * float(values.mean()), 1000 * standard_error_by_family(values, case) / len(values), len(values))


def measured(plans: int, years: int, seeds: int) -> pd.DataFrame:
    """Return the worth of each table: growth of the log loss times 1,000 when it is left out, mean over the seeds."""
    lines = []
    for seed in range(seeds):
        whole = simulate(plans, years, seed=seed).casebook
        first = whole.recorded_to - dt.timedelta(days=365 * (years - 1))
        cut = np.datetime64(whole.recorded_to - dt.timedelta(days=365 + HORIZON_DAYS))

        def losses(left_out: tuple[str, ...], whole: Casebook = whole, first: dt.date = first,
                   cut: np.datetime64 = cut, seed: int = seed) -> pd.Series:
            return losses_later(rows_of(without(whole, left_out), first), cut, seed)

        full, least = losses(()), losses(TABLES)
        click.echo(f"seed {seed}: {len(full):,} later rows, log loss {full.mean():.5f} with all, "
                   f"{least.mean():.5f} with none")
        for name in TABLES:
            worth, error, rows = mean_and_error(losses((name,)), full)
            alone, _, _ = mean_and_error(least, losses(tuple(one for one in TABLES if one != name)))
            lines.append({"table": name, "seed": seed, "worth": worth, "se": error, "alone": alone, "rows": rows})
            click.echo(lines[-1])
    by_seed = pd.DataFrame(lines).groupby("table")
    worth, error = by_seed["worth"].mean(), np.sqrt(by_seed["se"].apply(lambda se: (se**2).sum())) / seeds
    found = pd.DataFrame({"worth": worth, "worth_low": worth - 1.96 * error, "worth_high": worth + 1.96 * error,
                          "worth_alone": by_seed["alone"].mean()})
    return found.sort_values("worth", ascending=False).round(3).reset_index()


def main() -> None:
    """Measure, and write the table that `import sen2` shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=3000)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--out", type=Path, default=WORTH)
    asked = parser.parse_args()
    table = measured(asked.plans, asked.years, asked.seeds)
    head = (f"# Invented records: {asked.seeds} authorities of {asked.plans} plans, {asked.years} years; the ridge, "
            f"log "
            "loss times 1,000 on the last year. worth: growth when the table is left out of all; worth_alone: fall "
            "when "
            "it alone is added to what SEN2 and a register of appeals hold. Made by benchmarks/worth_of_tables.py.\n")
    asked.out.write_text(head + table.to_csv(index=False), encoding="utf-8")
    click.echo(table.to_string(index=False))


if __name__ == "__main__":
    main()
