"""Coverage: absent and silent columns with what they cost, late starts, and quarters in which an area is quiet."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.coverage import coverage_of


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "s")


def example() -> Casebook:
    cases = pd.DataFrame({"case_id": ["A1", "A2"], "area": ["NE", "SW"],
                          "opened_on": np.array(["2020-01-01"] * 2, "datetime64[s]"),
                          "family_id": pd.Series([None, None], dtype="str")})
    when = pd.date_range("2021-12-01", "2023-12-31", freq="3D")
    both = pd.concat([pd.DataFrame({"case_id": case, "happened_on": when}) for case in ("A1", "A2")],
                     ignore_index=True)
    summer = (both["case_id"] == "A2") & both["happened_on"].between("2022-07-01", "2022-09-30")
    contacts = both[~summer].assign(happened_on=both["happened_on"].astype("datetime64[s]"), replied_on=pd.NaT)
    contacts.loc[contacts.index[:2], "replied_on"] = pd.Timestamp("2022-01-01")
    contacts["replied_on"] = contacts["replied_on"].astype("datetime64[s]")
    appeals = pd.DataFrame({"case_id": ["A1"], "appeal_id": ["P1"],
                            "registered_on": np.array(["2020-05-01"], "datetime64[s]")})
    return Casebook({"cases": cases, "contacts": contacts.reset_index(drop=True), "appeals": appeals},
                    dt.date(2023, 12, 31))


def state(table: str, column: str, costs: dict[str, list[str]] | None = None) -> pd.Series:
    rows = coverage_of(example(), costs or {}).table
    return rows[(rows["table"] == table) & (rows["column"] == column)].iloc[0]


def test_each_column_is_given_mostly_blank_silent_or_absent() -> None:
    assert state("cases", "opened_on")["state"] == "given"
    assert state("cases", "family_id")["state"] == "silent"
    assert state("contacts", "replied_on")["state"] == "mostly blank"
    assert state("contacts", "party")["state"] == "absent"
    assert state("panels", "")["state"] == "absent"
    assert state("contacts", "happened_on")["first_on"] == day("2021-12-01")


def test_what_is_lost_is_said_only_where_something_is_missing() -> None:
    costs = {"panels": ["panel reversals"], "contacts.party": ["solicitor on record"], "plans.section_i": ["no school"],
             "cases.opened_on": ["never shown"], "plans.issued_on": ["no school"]}
    assert state("panels", "", costs)["lost"] == "panel reversals"
    assert state("contacts", "party", costs)["lost"] == "solicitor on record"
    assert state("plans", "", costs)["lost"] == "no school"  # of its columns together, each once
    assert state("cases", "opened_on", costs)["lost"] == ""
    text = coverage_of(example(), costs).summary()
    assert "table panels: absent; this costs: panel reversals" in text
    assert "contacts, party: absent; this costs: solicitor on record" in text
    assert "plans, section_i" not in text  # said once, for the whole table
    assert "never shown" not in text


def test_a_table_that_begins_late_is_named() -> None:
    text = coverage_of(example(), {}).summary()
    assert "table contacts: begins on 2021-12-01, while appeals begin on 2020-05-01" in text


def test_a_quarter_in_which_one_area_records_nothing_is_named() -> None:
    areas = coverage_of(example(), {}).areas
    contacts = areas[areas["table"] == "contacts"].set_index("area")
    assert contacts["quiet_quarters"].to_dict() == {"NE": "", "SW": "2022 Q3"}
    assert contacts.loc["NE", "first_on"] == day("2021-12-01")
    assert areas[areas["table"] == "cases"]["quiet_quarters"].tolist() == ["", ""]
    assert "table contacts, area SW: nothing recorded in 2022 Q3" in coverage_of(example(), {}).summary()
