"""The features in DuckDB's SQL: one range join a kind of fact with filtered aggregates, or counts by two ASOF joins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from asked_columns import Asked, asked_of, blank_for, finished, team_places

from dispute_risk.features.declare import Catalogue
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History

__all__ = ["DuckEngine"]


def _frame(facts: Facts) -> pd.DataFrame:
    columns = {name: values for name, values in facts.columns.items() if values.dtype.kind in "iuf"}
    return pd.DataFrame({"case_no": facts.case, "happened": facts.happened, "known": facts.known, "until": facts.until,
                         **columns})


class DuckEngine:
    """Facts and rows as DuckDB tables in memory, one thread.

    Parameters
    ----------
    history : History
    rows : Snapshots
    catalogue : Catalogue
    """

    def __init__(self, history: History, rows: Snapshots, catalogue: Catalogue) -> None:
        import duckdb

        self.rows, self.asked = rows, asked_of(catalogue, history)
        self.db: Any = duckdb.connect(config={"threads": 1})
        self._table("asked", pd.DataFrame({
            "id": np.arange(len(rows), dtype=np.int32), "case_no": rows.case, "on_day": rows.on,
            "area": team_places(history, rows)}))
        kinds = {one.kind for one in self.asked if one.aggregate != "per team"}
        kinds |= {one.of.since for one in self.asked if one.aggregate == "count since"}  # type: ignore[attr-defined]
        for kind in sorted(kinds):
            self._table(f"fact_{kind}", _frame(history.facts[kind]))
        teams = {name for one in self.asked if one.aggregate == "per team" for name in one.of.needs()}  # type: ignore[attr-defined]
        for kind in sorted(teams):
            self._table(f"team_{kind}", _frame(history.area_facts[kind]))

    def _table(self, name: str, frame: pd.DataFrame) -> None:
        self.db.register("given", frame)
        self.db.execute(f"create table {name} as select * replace (nullif({_first_float(frame)}, 'nan') as "
                        f"{_first_float(frame)}) from given" if _first_float(frame)
                        else f"create table {name} as select * from given")
        self.db.unregister("given")

    def build(self) -> np.ndarray:
        """Return the values, shape (columns, rows): a range join a kind."""
        values = np.empty((len(self.asked), len(self.rows)), np.float32)
        kinds: dict[str, list[Asked]] = {}
        for one in self.asked:
            if one.aggregate in ("count since", "per team"):
                self._write(values, one, self.db.execute(
                    self._since(one) if one.aggregate == "count since" else self._team(one)).fetchnumpy(), "c0")
            else:
                kinds.setdefault(one.kind, []).append(one)
        for kind, few in kinds.items():
            columns = ", ".join(f"{_aggregated(one)} as c{number}" for number, one in enumerate(few))
            found = self.db.execute(
                f"select r.id, {columns} from asked r join fact_{kind} f on f.case_no = r.case_no "
                f"and f.known <= r.on_day and f.until > r.on_day group by r.id").fetchnumpy()
            for number, one in enumerate(few):
                self._write(values, one, found, f"c{number}")
        return values

    @property
    def counted(self) -> list[int]:
        """Columns that are counts or flags."""
        return [one.place for one in self.asked if one.aggregate == "count"]

    def counts_by_asof(self) -> np.ndarray:
        """Return the counts and flags alone, each as the difference of two ASOF joins on running numbers."""
        chosen = [one for one in self.asked if one.aggregate == "count"]
        values = np.empty((len(chosen), len(self.rows)), np.float32)
        for place, one in enumerate(chosen):
            held = "until" if one.within_days is None else f"least(until, happened + {one.within_days})"
            kept = f"known < {held}" + (f" and {_of_codes(one)}" if one.code_column else "")
            found = self.db.execute(f"""
                with b as (select case_no, known as day, max(n) as n from (select case_no, known, row_number() over
                             (partition by case_no order by known) as n from fact_{one.kind} where {kept}) group by all),
                     e as (select case_no, over_on as day, max(n) as n from (select case_no, {held} as over_on, row_number()
                             over (partition by case_no order by {held}) as n from fact_{one.kind} where {kept}) group by all)
                select r.id, coalesce(b.n, 0) - coalesce(e.n, 0) as c0 from asked r
                asof left join b on r.case_no = b.case_no and r.on_day >= b.day
                asof left join e on r.case_no = e.case_no and r.on_day >= e.day""").fetchnumpy()
            values[place, found["id"]] = found["c0"] > 0 if type(one.of).__name__ == "Flag" else found["c0"]
        return values

    def _since(self, one: Asked) -> str:
        return f"""with l as (select r.id, max(s.happened) as latest from asked r join fact_{one.of.since} s
                              on s.case_no = r.case_no and s.known <= r.on_day and s.until > r.on_day group by r.id)
                   select r.id, count(*) as c0 from asked r join fact_{one.kind} f on f.case_no = r.case_no
                     and f.known <= r.on_day and least(f.until, f.happened + {one.within_days}) > r.on_day
                     left join l on l.id = r.id where f.happened > coalesce(l.latest, -1) group by r.id"""  # type: ignore[attr-defined]

    def _team(self, one: Asked) -> str:
        verb: Any = one.of
        recent = "" if verb.within_days is None else f"and f.happened + {verb.within_days} > t.on_day"
        counted = """(select t.area, t.on_day, count(f.known) as n from t left join team_{0} f on f.case_no = t.area
                      and f.known <= t.on_day and f.until > t.on_day {1} group by all)"""
        over = "/ (sum(a.n) over (partition by a.on_day) / sum(b.n) over (partition by a.on_day))" if verb.against_all else ""
        return f"""with t as (select distinct area, on_day from asked),
                   every as (select a.area as area, d.on_day as on_day from (select distinct area from (select area from asked
                      union select case_no from team_{verb.per})) a cross join (select distinct on_day from t) d),
                   a as {counted.format(verb.facts, recent).replace("from t ", "from every t ")},
                   b as {counted.format(verb.per, "").replace("from t ", "from every t ")},
                   rate as (select a.area, a.on_day, b.n as base, {verb.times} * a.n / b.n {over} as c0
                            from a join b on a.area = b.area and a.on_day = b.on_day)
                   select r.id, rate.c0 from asked r join rate on rate.area = r.area and rate.on_day = r.on_day where base > 0"""

    def _write(self, values: np.ndarray, one: Asked, found: dict[str, Any], name: str) -> None:
        whole = np.full(len(self.rows), blank_for(one), np.float64)
        column = found[name]
        whole[found["id"]] = column.filled(blank_for(one)) if isinstance(column, np.ma.MaskedArray) \
            and column.dtype.kind == "f" else np.ma.filled(column.astype(np.float64), blank_for(one))
        values[one.place] = finished(one, whole, self.rows.on)


def _first_float(frame: pd.DataFrame) -> str:
    return next((str(name) for name in frame if frame[name].dtype.kind == "f"), "")


def _of_codes(one: Asked) -> str:
    return f"{one.code_column} in ({', '.join(map(str, one.codes)) or '-9'})"


def _aggregated(one: Asked) -> str:
    fits = [] if one.within_days is None else [f"f.happened + {one.within_days} > r.on_day"]
    if one.aggregate == "one of":
        return f"max(case when f.{_of_codes(one)} then 1 else 0 end) filter (where f.{one.code_column} >= 0)"
    if one.code_column:
        fits.append("f." + _of_codes(one))
    fit = f" filter (where {' and '.join(fits)})" if fits else ""
    if one.aggregate == "count":
        return f"count(*){fit}"
    return f"{ {'min': 'min', 'max': 'max', 'mean': 'avg'}[one.aggregate]}(f.{one.column}){fit}"
