"""Data gaps: silent tables, columns, areas and months are found, and what rests on each is named and counted."""

from __future__ import annotations

import datetime as dt

from casebooks import casebook

from dispute_risk.triage.monitors.data_gaps import data_gaps
from dispute_risk.triage.monitors.quiet_months import quiet_months

AS_OF = dt.date(2025, 6, 30)
CASES = [{"case_id": "C0", "area": "North", "opened_on": "2020-01-01"},
         {"case_id": "C1", "area": "South", "opened_on": "2020-01-01"},
         {"case_id": "C2", "area": "South", "opened_on": "2025-06-01"}]


def contacts(skip: tuple[str, int, int] | None = None, unanswered: str = "", a_month: int = 12) -> list[dict]:
    """Return a dozen messages a month and area over three years; an area silent, or answering nothing, in some months."""
    rows = []
    for step in range(36):
        year, month = 2022 + (step + 6) // 12, (step + 6) % 12 + 1
        for case, area in (("C0", "North"), ("C1", "South")):
            if skip is not None and area == skip[0] and skip[1] <= step <= skip[2]:
                continue
            on = f"{year}-{month:02d}-10"
            for one in range(a_month):
                rows.append({"case_id": case, "contact_id": f"M{step}{area}{one}", "happened_on": on, "direction": "in",
                             "channel": "email", "party": "family",
                             "replied_on": None if area == unanswered and one % 3 else f"{year}-{month:02d}-15"})
    return rows


def test_a_table_not_handed_over_costs_its_features_and_duties():
    found = data_gaps(casebook("2025-12-31", cases=CASES, contacts=contacts()), AS_OF)
    absent = found.table[found.table["column"] == ""].set_index("table")
    assert absent.loc["reviews", "state"] == "absent"
    assert "yearly review overdue" in absent.loc["reviews", "duties"]
    assert "Reviews and amendments" in absent.loc["reviews", "families"]
    assert absent.loc["reviews", "lists"] == "Likely disputes; Duties outstanding; Unheard"
    assert absent.loc["reviews", "features"] > 3
    assert (absent["open_cases"] == 3).all()
    assert "contacts" not in absent.index  # given


def test_a_quiet_run_of_months_in_one_area_is_found_and_concerns_those_open_then():
    book = casebook("2025-12-31", cases=CASES, contacts=contacts(skip=("South", 28, 30)))
    quiet = [gap for gap in quiet_months(book, AS_OF) if not gap["column"]]
    assert [(gap["table"], gap["area"], gap["when"]) for gap in quiet] == [("contacts", "South", "November 2024 to January 2025")]
    row = data_gaps(book, AS_OF).table.query("state == 'quiet'").iloc[0]
    assert row["open_cases"] == 1  # C2 was opened later
    assert "no word" in row["duties"]


def test_a_table_an_area_never_uses_is_found():
    quiet = quiet_months(casebook("2025-12-31", cases=CASES, contacts=contacts(skip=("South", 0, 35), a_month=30)), AS_OF)
    assert [(gap["area"], gap["when"]) for gap in quiet if not gap["column"]] == [("South", "July 2023 to June 2025")]


def test_a_column_filled_in_less_in_one_area_is_thin():
    gaps = quiet_months(casebook("2025-12-31", cases=CASES, contacts=contacts(unanswered="South")), AS_OF)
    assert [(gap["column"], gap["area"], gap["state"]) for gap in gaps] == [("replied_on", "South", "thin")]
    assert gaps[0]["when"] == "two years: 33% filled in, 100% in area North"


def test_a_column_left_blank_for_some_months_is_quiet():
    rows = contacts()
    for row in rows:
        if row["case_id"] == "C1" and row["happened_on"][:7] in ("2024-10", "2024-11"):
            row["replied_on"] = None
    gaps = quiet_months(casebook("2025-12-31", cases=CASES, contacts=rows), AS_OF)
    assert [(gap["column"], gap["area"], gap["when"]) for gap in gaps] == [
        ("replied_on", "South", "October 2024 to November 2024")]


def test_the_latest_months_are_not_called_quiet_for_what_may_still_come():
    rows = contacts()
    for row in rows:
        if row["happened_on"] >= "2025-04-01":
            row["replied_on"] = None
    assert quiet_months(casebook("2025-12-31", cases=CASES, contacts=rows), AS_OF) == []


def test_an_even_record_has_no_quiet_months():
    assert quiet_months(casebook("2025-12-31", cases=CASES, contacts=contacts()), AS_OF) == []


def test_listed_cases_are_counted_with_what_they_rest_on():
    book = casebook("2025-12-31", cases=CASES, contacts=contacts(unanswered="South"))
    found = data_gaps(book, AS_OF, likely={"C1", "C0"})
    thin = found.table[found.table["state"] == "thin"].iloc[0]
    assert thin["likely_listed"] == 1  # C1, of the area
    assert data_gaps(book, AS_OF).table["likely_listed"].isna().all()


def test_a_duty_shown_today_is_counted_where_its_record_is_silent():
    requests = [{"case_id": "C0", "request_id": "Q0", "received_on": "2025-01-06", "kind": "assessment"}]
    table = data_gaps(casebook("2025-12-31", cases=CASES, requests=requests), AS_OF).table
    assert table[(table["table"] == "requests") & (table["column"] == "decision_sent_on")].iloc[0]["duties_listed"] == 1


def test_the_sentence_names_the_costliest_gap():
    found = data_gaps(casebook("2025-12-31", cases=CASES, contacts=contacts()), AS_OF)
    assert found.table["features"].is_monotonic_decreasing
    first = found.table["table"].iloc[0]
    assert found.summary().startswith(f"{len(found.table)} gaps touch the lists. The costliest: table {first} (")
