"""One invented case at the Tribunal, drawn by hand: a placement and provision appeal against a first plan."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from dispute_risk.records.casebook import Casebook

SENT = "2025-06-02"


def frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """A table with dates as the reader gives them."""
    table = pd.DataFrame(rows)
    for name in table.columns:
        if name.endswith(("_on", "birth_date")):
            table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    return table


def drawn_tables() -> dict[str, pd.DataFrame]:
    """The tables of the case `K1`, and of `K2` whose appeal has ended."""
    return {
        "cases": frame([{"case_id": "K1", "area": "N", "opened_on": "2024-12-01"},
                        {"case_id": "K2", "area": "S", "opened_on": "2023-01-01"}]),
        "requests": frame([{"case_id": "K1", "request_id": "R1", "received_on": "2024-12-30", "kind": "assessment",
                            "decision": "assess", "decision_sent_on": "2025-02-03", "exception": 0.0}]),
        "plans": frame([
            {"case_id": "K1", "plan_id": "P1", "kind": "draft", "issued_on": "2025-05-22", "section_i": "blank",
             "setting_type": None, "phase_transfer": 0.0},
            {"case_id": "K1", "plan_id": "P2", "kind": "final", "issued_on": SENT, "section_i": "type_only",
             "setting_type": "special", "phase_transfer": 0.0},
            {"case_id": "K2", "plan_id": "P3", "kind": "final", "issued_on": "2024-01-08", "section_i": "setting_named",
             "setting_type": "mainstream", "phase_transfer": 0.0},
        ]),
        "advice": frame([
            {"case_id": "K1", "kind": "educational_psychology", "requested_on": "2025-02-03",
             "received_on": "2025-03-14", "cited_in_plan": 1.0},
            {"case_id": "K1", "kind": "speech_language", "requested_on": "2025-02-03", "received_on": None,
             "cited_in_plan": None},
            {"case_id": "K1", "kind": "occupational_therapy", "requested_on": "2025-02-03", "received_on": "2025-04-01",
             "cited_in_plan": 0.0},
        ]),
        "consultations": frame([
            {"case_id": "K1", "setting_id": "S1", "setting_type": "special", "sent_on": "2025-05-23",
             "responded_on": "2025-05-30", "response": "no_full", "preferred_by_family": 1.0},
            {"case_id": "K1", "setting_id": "S2", "setting_type": "special", "sent_on": "2025-05-23",
             "responded_on": None, "response": None, "preferred_by_family": 0.0},
        ]),
        "contacts": frame([{"case_id": "K1", "contact_id": "C1", "happened_on": "2025-06-10", "direction": "in",
                            "channel": "email", "party": "family", "replied_on": None}]),
        "mediations": frame([{"case_id": "K1", "decision_type": "plan_issued", "offered_on": "2025-06-05",
                              "requested_on": None, "certificate_on": None, "held_on": None}]),
        "appeals": frame([
            {"case_id": "K1", "appeal_id": "AP1", "registered_on": "2025-07-11", "lodged_on": "2025-07-01",
             "grounds": "provision;no_placement", "response_due_on": "2025-09-22", "hearing_on": "2026-01-20",
             "outcome": None, "outcome_on": None, "extended": 0.0},
            {"case_id": "K2", "appeal_id": "AP2", "registered_on": "2024-03-01", "lodged_on": "2024-02-20",
             "grounds": "placement", "response_due_on": "2024-04-16", "hearing_on": "2024-11-05",
             "outcome": "upheld_family", "outcome_on": "2024-11-19", "extended": 0.0},
        ]),
    }


@pytest.fixture
def casebook() -> Casebook:
    return Casebook(drawn_tables(), dt.date(2025, 12, 31), "Drawnshire", synthetic=True)
