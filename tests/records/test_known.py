"""What was known on a day: small histories by hand, and properties that hold for any."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.clean import cleaned
from dispute_risk.records.known import known_by, known_from
from dispute_risk.records.tables import NEVER, NEXT_PLAN, RECORDED, Column, recorded_column, table

CASES = {"case_id": ["A1", "A2"], "area": ["NE", "SW"], "birth_date": ["2015-05-01", "2016-06-01"],
         "opened_on": ["2020-01-06", ""]}


def frame(name: str, columns: dict[str, list[str]]) -> pd.DataFrame:
    """A table of text turned into its own types."""
    declared = table(name)
    typed = {}
    for heading, cells in columns.items():
        column = declared.column(heading) if heading in declared else Column(heading, "", "date")
        typed[heading], faults = cleaned(column, pd.Series(cells, dtype="str"))
        assert not faults, faults
    return pd.DataFrame(typed)


def casebook(**tables: dict[str, list[str]]) -> Casebook:
    given = {"cases": CASES, **tables}
    return Casebook({name: frame(name, columns) for name, columns in given.items()}, dt.date(2025, 12, 31))


def on(book: Casebook, day: str) -> Casebook:
    return known_by(book, dt.date.fromisoformat(day))


def shown(book: Casebook, name: str, column: str) -> list[str]:
    cells = book.tables[name][column]
    days = [cell.date() if isinstance(cell, pd.Timestamp) else cell for cell in cells]
    return ["" if pd.isna(cell) else str(cell) for cell in days]


REQUESTS = {"case_id": ["A1"], "request_id": ["R1"], "received_on": ["2024-01-08"], "kind": ["assessment"],
            "received_recorded_on": ["2024-01-15"], "decision": ["refuse"], "decision_sent_on": ["2024-02-19"],
            "decision_sent_recorded_on": ["2024-03-04"]}


def test_a_request_is_known_from_the_day_it_was_recorded() -> None:
    book = casebook(requests=REQUESTS)
    assert shown(on(book, "2024-01-14"), "requests", "request_id") == []
    assert shown(on(book, "2024-01-15"), "requests", "request_id") == ["R1"]


def test_a_decision_is_known_with_the_day_it_was_sent_and_recorded() -> None:
    book = casebook(requests=REQUESTS)
    before, after = on(book, "2024-03-03"), on(book, "2024-03-04")
    assert [shown(before, "requests", name) for name in ("decision", "decision_sent_on", "decision_sent_recorded_on")] \
        == [[""]] * 3
    assert shown(before, "requests", "kind") == ["assessment"]
    assert shown(after, "requests", "decision") == ["refuse"]
    assert list(after.tables["requests"]["decision"].cat.categories) == ["assess", "refuse", "withdrawn"]
    assert before.recorded_to == dt.date(2024, 3, 3)


def test_a_fact_recorded_before_it_happened_is_known_when_it_happened() -> None:
    book = casebook(requests=REQUESTS | {"received_recorded_on": ["2023-12-01"]})
    assert shown(on(book, "2024-01-07"), "requests", "request_id") == []
    assert shown(on(book, "2024-01-08"), "requests", "received_recorded_on") == ["2023-12-01"]


def test_a_decision_without_the_day_it_was_sent_is_never_known() -> None:
    book = casebook(requests=REQUESTS | {"decision_sent_on": [""], "decision_sent_recorded_on": [""]})
    assert shown(on(book, "2025-12-31"), "requests", "decision") == [""]
    without = {name: cells for name, cells in REQUESTS.items() if not name.startswith("decision_sent")}
    assert shown(on(casebook(requests=without), "2025-12-31"), "requests", "decision") == [""]


def test_a_hearing_is_known_with_the_registration_though_it_lies_ahead() -> None:
    book = casebook(appeals={"case_id": ["A1"], "appeal_id": ["P1"], "registered_on": ["2024-05-01"],
                             "lodged_on": ["2024-04-02"], "lodged_recorded_on": ["2024-04-20"],
                             "hearing_on": ["2024-11-01"], "grounds": ["needs"], "causes": ["sufficiency"]})
    lodged = on(book, "2024-04-20")
    assert shown(lodged, "appeals", "lodged_on") == ["2024-04-02"]
    assert shown(lodged, "appeals", "registered_on") == [""]
    assert shown(lodged, "appeals", "hearing_on") == [""]
    assert shown(lodged, "appeals", "grounds") == [""]
    registered = on(book, "2024-05-01")
    assert shown(registered, "appeals", "hearing_on") == ["2024-11-01"]
    assert shown(registered, "appeals", "causes") == [""]  # nobody keeps the day it was coded


def test_a_row_without_any_day_is_never_known_but_a_case_always_is() -> None:
    book = casebook(reviews={"case_id": ["A1"], "review_id": ["V1"], "due_on": ["2024-01-01"], "meeting_on": [""]})
    assert shown(on(book, "2025-12-31"), "reviews", "review_id") == []
    early = on(book, "2019-01-01")
    assert shown(early, "cases", "case_id") == ["A2"]
    assert shown(early, "cases", "birth_date") == ["2016-06-01"]


def test_whether_advice_was_used_is_known_from_the_next_final_plan_of_the_case() -> None:
    advice = {"case_id": ["A1", "A1", "A2"], "kind": ["health"] * 3, "cited_in_plan": ["1", "0", "1"],
              "requested_on": ["2024-01-10", "2024-06-10", "2024-01-10"]}
    plans = {"case_id": ["A1", "A1", "A2"], "plan_id": ["L1", "L2", "L3"], "kind": ["draft", "final", "draft"],
             "issued_on": ["2024-02-01", "2024-04-01", "2024-02-01"],
             "issued_recorded_on": ["2024-02-01", "2024-04-15", "2024-02-01"]}
    book = casebook(advice=advice, plans=plans)
    assert shown(on(book, "2024-04-14"), "advice", "cited_in_plan") == ["", ""]
    assert shown(on(book, "2024-04-15"), "advice", "cited_in_plan") == ["1.0", ""]
    assert shown(on(book, "2025-04-15"), "advice", "cited_in_plan") == ["1.0", "", ""]
    assert shown(on(casebook(advice=advice), "2025-04-15"), "advice", "cited_in_plan") == ["", "", ""]


DAYS = ["", *(str(dt.date(2024, 1, 1) + dt.timedelta(days=step)) for step in range(8))]
REVIEW_DATES = ["meeting_on", "report_received_on", "decision_sent_on", "amended_draft_on", "amended_final_on"]


def any_book(seed: int) -> Casebook:
    """A casebook of reviews, advice and plans with days close together, some blank, some recorded early or late."""
    draw = np.random.default_rng(seed)

    def column(size: int, blank: bool = True) -> list[str]:
        return [str(day) for day in draw.choice(DAYS if blank else DAYS[1:], size)]

    def dated(names: list[str], size: int, blank: bool = True) -> dict[str, list[str]]:
        return {name: column(size, blank or name.endswith(RECORDED))
                for date in names for name in (date, recorded_column(date))}

    def cases(size: int) -> list[str]:
        return [str(case) for case in draw.choice(["A1", "A2"], size)]

    size = int(draw.integers(1, 8))
    numbers = [str(place) for place in range(size)]
    return casebook(
        reviews={"case_id": cases(size), "review_id": numbers, "kind": ["annual"] * size, "due_on": column(size),
                 "decision": ["amend"] * size, **dated(REVIEW_DATES, size)},
        advice={"case_id": cases(size), "kind": ["health"] * size, "cited_in_plan": ["1"] * size,
                **dated(["requested_on"], size, blank=False), **dated(["received_on"], size)},
        plans={"case_id": cases(size), "plan_id": numbers, **dated(["issued_on"], size, blank=False),
               "kind": [str(kind) for kind in draw.choice(["draft", "final", "amended_final"], size)]},
        mediations={"case_id": cases(size), "decision_type": ["plan_issued"] * size, "result": ["held_agreed"] * size,
                    **dated(["requested_on", "held_on"], size)})


BOOKS = st.builds(any_book, st.integers(0, 2**32 - 1))


def cell_by_cell(book: Casebook, day: dt.date) -> dict[str, list[dict[str, object]]]:
    """The same definition once more, read one cell at a time."""
    last = pd.Timestamp(day)

    def known(row: dict[str, object], date: str) -> bool:
        if pd.isna(row.get(date)):
            return False
        recorded = row.get(recorded_column(date))
        return row[date] <= last and (pd.isna(recorded) or recorded <= last)

    plans = book.tables["plans"].to_dict("records")
    out: dict[str, list[dict[str, object]]] = {}
    for name, rows in book.tables.items():
        declared, out[name] = table(name), []
        for row in rows.to_dict("records"):
            undated = all(pd.isna(row.get(date)) for date in declared.anchors)
            if not (any(known(row, date) for date in declared.anchors) or (name == "cases" and undated)):
                continue
            kept = {}
            for column in declared:
                if column.name not in row:
                    continue
                if column.is_fact_date:
                    seen = known(row, column.name)
                elif column.known_with == NEXT_PLAN:
                    seen = any(plan["case_id"] == row["case_id"] and plan["kind"] in ("final", "amended_final")
                               and known(plan, "issued_on") and plan["issued_on"] >= row["requested_on"]
                               for plan in plans)
                else:
                    seen = column.known_with != NEVER and (not column.known_with or known(row, column.known_with))
                kept[column.name] = row[column.name] if seen else None
                if column.kind == "date" and recorded_column(column.name) in row:
                    kept[recorded_column(column.name)] = row[recorded_column(column.name)] if seen else None
            out[name].append(kept)
    return out


@settings(max_examples=12, deadline=None)
@given(BOOKS, st.sampled_from(DAYS[1:]))
def test_it_is_what_one_finds_cell_by_cell(book: Casebook, day: str) -> None:
    expected = cell_by_cell(book, dt.date.fromisoformat(day))
    for name, rows in on(book, day).tables.items():
        assert len(rows) == len(expected[name])
        for row, wanted in zip(rows.to_dict("records"), expected[name], strict=True):
            assert set(row) == set(wanted)
            for column, cell in row.items():
                same = pd.isna(cell) if pd.isna(wanted[column]) else cell == wanted[column]
                assert same, (name, column, cell, wanted[column])


@settings(max_examples=8, deadline=None)
@given(BOOKS, st.sampled_from(DAYS[1:]), st.sampled_from(DAYS[1:]))
def test_looking_back_twice_is_looking_back_once(book: Casebook, one: str, other: str) -> None:
    first, second = sorted([one, other])
    twice, once = on(on(book, second), first), on(book, first)
    assert twice.recorded_to == once.recorded_to
    for name, rows in once.tables.items():
        pd.testing.assert_frame_equal(twice.tables[name], rows)


@settings(max_examples=8, deadline=None)
@given(BOOKS, st.sampled_from(DAYS[1:]))
def test_nothing_later_than_the_day_is_left(book: Casebook, day: str) -> None:
    for name, rows in on(book, day).tables.items():
        for date in table(name).fact_dates:
            if date in rows:
                assert not (rows[date] > day).any()
                assert not (known_from(rows, date) > day).any()
                if recorded_column(date) in rows:
                    assert rows.loc[rows[date].isna(), recorded_column(date)].isna().all()


def test_the_types_stay_as_they_were() -> None:
    book = casebook(requests=REQUESTS)
    for day in ("2019-01-01", "2024-02-01"):
        known = on(book, day)
        for name, rows in book.tables.items():
            assert known.tables[name].dtypes.to_dict() == rows.dtypes.to_dict()
    assert np.dtype("datetime64[s]") == known.tables["requests"]["received_on"].dtype
