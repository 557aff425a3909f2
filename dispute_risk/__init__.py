"""Flags the EHC cases that are heading for the SEND Tribunal, says why, and what to put right first.

The stages, each of which imports only from those before it: `records`, `timeline`, `features`, `model`, `explain`,
`triage`, then `tribunal`, `causes`, `mediation` and `england`, then `reports` and the commands.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

PUBLIC_NAMES = {
    "Casebook": "dispute_risk.records.casebook",
    "read_casebook": "dispute_risk.records.read",
    "known_by": "dispute_risk.records.known",
    "simulate": "dispute_risk.records.synthetic",
    "History": "dispute_risk.timeline.history",
    "Feature": "dispute_risk.features.declare",
    "Catalogue": "dispute_risk.features.declare",
    "STANDARD": "dispute_risk.features.catalogue",
    "build_features": "dispute_risk.features.build",
    "landmarks": "dispute_risk.model.landmarks",
    "AppealRiskModel": "dispute_risk.model.estimator",
    "validate": "dispute_risk.model.validate",
    "weekly_lists": "dispute_risk.triage.weekly",
}
"""What a notebook may import from the package itself, and where each lives."""

__all__ = ["PUBLIC_NAMES", "__version__", *PUBLIC_NAMES]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that importing the package stays quick."""
    if name in PUBLIC_NAMES:
        return getattr(import_module(PUBLIC_NAMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
