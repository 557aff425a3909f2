"""Casebooks for the tests: small ones drawn by hand, and random ones for properties."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import RECORDED, TABLES, table

SHARED = Path(os.environ.get("DISPUTE_RISK_SHARED", Path(__file__).resolve().parents[2] / "shared"))
"""Folder of the material that is not part of the package; tests that need it say so and skip where it is absent."""


def casebook(recorded_to: str = "2026-01-01", **tables: list[dict]) -> Casebook:
    """Return a casebook of rows written as dictionaries of text; typed as the contract says."""
    tables = {"cases": [], "appeals": [], **tables}
    frames = {name: frame_of(name, rows) for name, rows in tables.items()}
    return Casebook(frames, dt.date.fromisoformat(recorded_to), "drawn by hand", synthetic=True)


def frame_of(name: str, rows: list[dict]) -> pd.DataFrame:
    """Return the rows of a table with the types of `Casebook`."""
    declared = table(name)
    headings = [column.name for column in declared if any(column.name in row for row in rows) or column.required]
    headings += [key for row in rows for key in row if key.endswith(RECORDED) and key not in headings]
    columns = {}
    for heading in dict.fromkeys(headings):
        values = [row.get(heading) for row in rows]
        kind = "date" if heading.endswith(RECORDED) else declared.column(heading).kind
        if kind == "date":
            columns[heading] = pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")
        elif kind == "code":
            columns[heading] = pd.Categorical(values, categories=list(declared.column(heading).codes))
        elif kind in ("flag", "number"):
            columns[heading] = np.array([np.nan if v is None else v for v in values], np.float32)
        else:
            columns[heading] = pd.Series(values, dtype="str")
    return pd.DataFrame(columns)


def random_casebook(seed: int, cases: int = 25, rows: int = 160, first: str = "2023-01-01", days: int = 700) -> Casebook:
    """Return a casebook of random rows in every table: dates in any order, many of them recorded late."""
    rng = np.random.default_rng(seed)
    start = np.datetime64(first)

    def some_days(count: int, blank: float) -> np.ndarray:
        chosen = start + rng.integers(0, days, count)
        chosen[rng.random(count) < blank] = np.datetime64("NaT")
        return chosen

    frames = {}
    ids = np.array([f"C{number}" for number in range(cases)])
    for declared in TABLES:
        count = cases if declared.name == "cases" else rows
        columns: dict[str, object] = {}
        for column in declared.columns:
            if column.name == "case_id":
                columns["case_id"] = pd.Series(ids if declared.name == "cases" else rng.choice(ids, count), dtype="str")
            elif column.name == "birth_date":
                columns["birth_date"] = (np.datetime64("2006-01-01") + rng.integers(0, 5000, count)).astype("M8[s]")
            elif column.kind == "date":
                happened = some_days(count, 0.0 if column.required else 0.3)
                columns[column.name] = happened.astype("M8[s]")
                late = happened + rng.choice([0, 0, 3, 40, 200], count)
                late[rng.random(count) < 0.2] = np.datetime64("NaT")
                if column.is_fact_date:
                    columns[column.name.removesuffix("_on") + RECORDED] = late.astype("M8[s]")
            elif column.kind == "code":
                codes = list(column.codes)
                picked = rng.integers(-1 if not column.required else 0, len(codes), count)
                columns[column.name] = pd.Categorical.from_codes(picked, categories=codes)
            elif column.kind == "flag":
                columns[column.name] = rng.choice([0.0, 1.0, np.nan], count).astype(np.float32)
            elif column.kind == "number":
                columns[column.name] = rng.integers(1, 10, count).astype(np.float32)
            elif column.kind == "codes":
                columns[column.name] = pd.Series(rng.choice(list(column.codes), count), dtype="str")
            elif column.name == "area":
                columns["area"] = pd.Series(rng.choice(["N", "S"], count), dtype="str")
            elif column.name == "officer_id":
                columns["officer_id"] = pd.Series(rng.choice(["O1", "O2", "O3", None], count), dtype="str")
            else:
                columns[column.name] = pd.Series([f"{column.name}{n % 7}" for n in range(count)], dtype="str")
        frames[declared.name] = pd.DataFrame(columns)
    end = (start + days + 250).astype(dt.date)
    return Casebook(frames, end, f"random {seed}", synthetic=True)


NUMBERED = {"requests": "request_id", "assessments": "request_id", "plans": "plan_id", "reviews": "review_id",
            "contacts": "contact_id", "appeals": "appeal_id"}


def one_case(recorded_to: str = "2026-01-01", case: dict | None = None, **tables: list[dict]) -> Casebook:
    """Return a casebook of case C1 of area North; rows are written without its number and without their own."""
    rows = {
        name: [
            {"case_id": "C1", **({NUMBERED[name]: f"{name}{place}"} if name in NUMBERED else {}), **row}
            for place, row in enumerate(given)
        ]
        for name, given in tables.items()
    }
    cases = [{"case_id": "C1", "area": "North", "opened_on": "2020-01-01", **(case or {})}]
    return casebook(recorded_to, cases=cases, **rows)


def held_on(history, kind: str, on: str, case: int = 0) -> list[str]:
    """Return the days (as text) of the facts of a kind that were known on a date and still held, in order."""
    from dispute_risk.timeline.days import day_number, to_date

    facts, day = history.facts[kind], day_number(on)
    here = (facts.case == case) & (facts.known <= day) & (day < facts.until)
    return sorted(str(to_date(one)) for one in facts.happened[here])


def told_on(history, kind: str, column: str, on: str, case: int = 0) -> list[str]:
    """Return a column of the facts held on a date: dates as text, codes as codes, numbers as they are."""
    from dispute_risk.timeline.days import day_number, to_date

    facts, day = history.facts[kind], day_number(on)
    here = np.flatnonzero((facts.case == case) & (facts.known <= day) & (day < facts.until))
    if column in facts.labels:
        return [facts.label(column, place) for place in here]
    values = facts.columns[column][here]
    return [str(to_date(int(one))) for one in values] if column.endswith("_on") else [float(one) for one in values]
