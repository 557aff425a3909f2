"""Invented authorities in parts, each with a model: made once for the tests that work part by part."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.model.released import save_release
from dispute_risk.model.training import train
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.history import History
from dispute_risk.triage.many import folder_name

AS_OF = dt.date(2026, 6, 9)
"""Three weeks before the invented records end, so that something recorded later is there to be left out."""


@cache
def authority(seed: int = 0, plans: int = 250, years: int = 2, name: str = "Alder") -> Casebook:
    """Return an invented authority."""
    return replace(simulate(plans, years, seed=seed).casebook, name=name)


@cache
def learned() -> FittedRisk:
    """Return a model with corrections and bootstrap refits, so that matrices are multiplied and ranges drawn."""
    book = simulate(500, 3, seed=5).casebook
    return train(History.of(book), STANDARD, book.recorded_to, test=False, estimator="ridge").fitted


def save_model(models: Path, name: str) -> None:
    """Save the model under an authority's name."""
    save_release(models / folder_name(name), learned(), STANDARD, name=f"{name} 2026-06", as_of=dt.date(2026, 6, 1),
                 horizon_days=182, synthetic=True, data_fingerprints={}, random_state=0, metrics={}, verdict="accept")
