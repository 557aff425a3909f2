"""The SEN2 person-level return read into a casebook, with what it cannot tell; invented records written as a return."""

from __future__ import annotations

from dispute_risk.records.sen2.casebook import Sen2Read, read_sen2
from dispute_risk.records.sen2.report import Sen2Report, sen2_report
from dispute_risk.records.sen2.write import write_sen2

__all__ = ["Sen2Read", "Sen2Report", "read_sen2", "sen2_report", "write_sen2"]
