"""Every case at risk on a date as one table: risk, band, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.explain.reasons import NO_STABLE_REASON, reasons
from dispute_risk.explain.words import risk_in_words
from dispute_risk.timeline.outcome import STATES
from dispute_risk.triage.bands import band_of
from dispute_risk.triage.snapshot import OpenCases

__all__ = ["risk_table"]


def risk_table(cases: OpenCases, invented: bool = False, most: int = 3) -> pd.DataFrame:
    """Return one row for every case at risk, the highest risk first.

    Parameters
    ----------
    cases : OpenCases
    invented : bool
        Mark every row as invented.
    most : int
        Reasons a case.

    Returns
    -------
    DataFrame
        `case_id`, `area`, `risk`, `band`, `reason_1` … `reason_3`, then `risk_low`, `risk_high` (80 % range),
        `risk_words`, `state`, `breach_index`, `as_of` and, where invented, `invented`.
    """
    at_risk = np.flatnonzero(~cases.in_dispute)
    rows = cases.rows.take(at_risk)
    found = reasons(
        cases.searches, rows, cases.catalogue, cases.features.iloc[at_risk].reset_index(drop=True),
        cases.contributions(at_risk), most=most,
    )
    risk = cases.risk[at_risk]
    said = [[reason.sentence for reason in few] or [NO_STABLE_REASON] for few in found]
    table = pd.DataFrame(
        {
            "case_id": cases.case_id[at_risk].astype(str),
            "area": cases.area[at_risk].astype(str),
            "risk": risk,
            "band": band_of(risk),
            **{f"reason_{n + 1}": [few[n] if len(few) > n else "" for few in said] for n in range(most)},
            "risk_low": cases.low[at_risk],
            "risk_high": cases.high[at_risk],
            "risk_words": [risk_in_words(one) for one in risk],
            "state": [STATES[one] for one in cases.state[at_risk]],
            "breach_index": cases.breach[at_risk].round(2),
            "as_of": cases.as_of.isoformat(),
        }
    )
    if invented:
        table["invented"] = "invented, not a real authority"
    return table.sort_values(["risk", "case_id"], ascending=[False, True], ignore_index=True)
