"""A council's own export turned into a casebook by one page of TOML: drafted, checked, then run."""

from __future__ import annotations

from pathlib import Path

from dispute_risk.records.mapping.declaration import read_mapping
from dispute_risk.records.mapping.pseudonyms import Pseudonyms, key_from, new_key
from dispute_risk.records.mapping.rules import ExportMapping
from dispute_risk.records.mapping.run import MappingRun, map_export
from dispute_risk.records.mapping.sources import read_sources

__all__ = ["KELBROOK", "ExportMapping", "MappingRun", "Pseudonyms", "key_from", "map_export", "new_key", "read_mapping",
           "read_sources"]

KELBROOK = Path(__file__).resolve().parent.parent / "examples" / "kelbrook.toml"
"""The worked example that is shipped: the mapping of an invented council's export."""
