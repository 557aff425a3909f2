"""An invented authority: records in the shape of a real council's, with the truth about them known."""

from __future__ import annotations

from dispute_risk.records.synthetic.figures import against_targets, figures
from dispute_risk.records.synthetic.oracle import Truth
from dispute_risk.records.synthetic.run import Simulation, simulate
from dispute_risk.records.synthetic.settings import SCENARIOS, TARGETS, Settings

__all__ = ["SCENARIOS", "TARGETS", "Settings", "Simulation", "Truth", "against_targets", "figures", "simulate"]
