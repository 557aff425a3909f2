"""The features in Polars: counts, sums and running extremes by two as-of joins a kind, other extremes by join and group."""

from __future__ import annotations

from typing import Any

import numpy as np
from asked_columns import Asked, asked_of, blank_for, finished, team_places

from dispute_risk.features.declare import Catalogue
from dispute_risk.timeline.days import FOREVER
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History

__all__ = ["PolarsEngine"]


class PolarsEngine:
    """Facts and rows as Polars frames in memory, sorted by case and day; one thread (POLARS_MAX_THREADS=1).

    Parameters
    ----------
    history : History
    rows : Snapshots
    catalogue : Catalogue
    """

    def __init__(self, history: History, rows: Snapshots, catalogue: Catalogue) -> None:
        import polars as pl

        self.pl: Any = pl
        self.on, self.asked = rows.on, asked_of(catalogue, history)
        self.rows = pl.DataFrame({"id": np.arange(len(rows), dtype=np.int32), "case": rows.case, "on": rows.on})
        self.area = pl.DataFrame({"case": team_places(history, rows), "on": rows.on})
        kinds = {one.kind for one in self.asked if one.aggregate != "per team"}
        kinds |= {one.of.since for one in self.asked if one.aggregate == "count since"}  # type: ignore[attr-defined]
        self.facts = {kind: self._frame(history.facts[kind]) for kind in sorted(kinds)}
        self.for_ever = {kind: bool(len(history.facts[kind]) and history.facts[kind].until.min() >= FOREVER)
                         for kind in kinds}
        teams = {name for one in self.asked if one.aggregate == "per team" for name in one.of.needs()}  # type: ignore[attr-defined]
        self.teams = {kind: self._frame(history.area_facts[kind]) for kind in sorted(teams)}

    def _frame(self, facts: Facts) -> Any:
        columns = {name: values for name, values in facts.columns.items() if values.dtype.kind in "iuf"}
        return self.pl.DataFrame({"case": facts.case, "happened": facts.happened, "known": facts.known,
                                  "until": facts.until, **columns}, nan_to_null=True)

    def build(self) -> np.ndarray:
        """Return the values, shape (columns, rows)."""
        values = np.empty((len(self.asked), len(self.on)), np.float32)
        summed: dict[tuple, list[Asked]] = {}
        joined: dict[str, list[Asked]] = {}
        for one in self.asked:
            if one.aggregate == "per team":
                self._write(values, one, self._team(one))
            elif one.aggregate == "count since":
                self._write(values, one, self._since(one))
            elif one.aggregate in ("min", "max"):
                if self.for_ever[one.kind] and one.within_days is None and not one.code_column:
                    self._write(values, one, self._running(one.kind, one.aggregate, one.column))
                else:
                    joined.setdefault(one.kind, []).append(one)
            else:
                summed.setdefault((one.kind, one.within_days), []).append(one)
        for (kind, within), few in summed.items():
            self._sums(values, self.facts[kind], within, few)
        for kind, few in joined.items():
            self._extremes(values, kind, few)
        return values

    def _held(self, facts: Any, within: int | None) -> Any:
        pl = self.pl
        until = pl.col("until") if within is None else pl.min_horizontal(pl.col("until"), pl.col("happened") + within)
        return facts.lazy().with_columns(until.alias("until")).filter(pl.col("known") < pl.col("until"))

    def _difference(self, facts: Any, rows: Any, numbers: dict[str, Any]) -> Any:
        """Return running sums known by each row less those over by it: two as-of joins for all the sums together."""
        pl = self.pl
        taken = facts.select("case", "known", "until", **numbers).collect()
        sums = [pl.col(name).cum_sum().over("case") for name in numbers]
        found = rows.lazy()
        for day, ending in (("known", "_b"), ("until", "_e")):
            edge = taken.lazy().sort("case", day).select("case", pl.col(day).alias("day"), *sums)
            edge = edge.rename({name: name + ending for name in numbers})
            if day == "until":
                edge = edge.filter(pl.col("day") < FOREVER)
            found = found.join_asof(edge, left_on="on", right_on="day", by="case", strategy="backward", check_sortedness=False,
                                    coalesce=True)
        return found.select(**{name: pl.col(name + "_b").fill_null(0) - pl.col(name + "_e").fill_null(0)
                               for name in numbers}).collect()

    def _sums(self, values: np.ndarray, facts: Any, within: int | None, few: list[Asked]) -> None:
        pl, numbers = self.pl, {}
        for number, one in enumerate(few):
            fits = pl.col(one.code_column).is_in(list(one.codes)) if one.code_column else pl.lit(True)
            numbers[f"n{number}"] = fits.cast(pl.Int32)
            if one.aggregate == "mean":
                numbers[f"n{number}"] = pl.col(one.column).is_not_null().cast(pl.Int32)
                numbers[f"s{number}"] = pl.col(one.column).fill_null(0.0)
            if one.aggregate == "one of":
                numbers[f"t{number}"] = (pl.col(one.code_column) >= 0).cast(pl.Int32)
        found = self._difference(self._held(facts, within), self.rows.select("case", "on"), numbers)
        for number, one in enumerate(few):
            count = found[f"n{number}"].to_numpy()
            if one.aggregate == "mean":
                with np.errstate(invalid="ignore"):
                    count = found[f"s{number}"].to_numpy() / count
            if one.aggregate == "one of":
                count = np.where(found[f"t{number}"].to_numpy() > 0, count > 0, np.nan)
            values[one.place] = finished(one, count, self.on)

    def _running(self, kind: str, aggregate: str, column: str) -> np.ndarray:
        pl = self.pl
        so_far = pl.col(column).cum_max() if aggregate == "max" else pl.col(column).cum_min()
        edge = self.facts[kind].lazy().select("case", "known", so_far.over("case").alias("day"))
        found = self.rows.lazy().select("case", "on").join_asof(
            edge, left_on="on", right_on="known", by="case", strategy="backward", check_sortedness=False)
        return found.select(pl.col("day").cast(pl.Float64)).collect()["day"].to_numpy()

    def _extremes(self, values: np.ndarray, kind: str, few: list[Asked]) -> None:
        pl = self.pl
        made = []
        for number, one in enumerate(few):
            column = pl.col(one.column)
            if one.within_days is not None:
                column = pl.when(pl.col("happened") + one.within_days > pl.col("on")).then(column)
            if one.code_column:
                column = column.filter(pl.col(one.code_column).is_in(list(one.codes)))
            made.append((column.max() if one.aggregate == "max" else column.min()).alias(f"c{number}"))
        found = (self.rows.lazy().join(self.facts[kind].lazy(), on="case")
                 .filter((pl.col("known") <= pl.col("on")) & (pl.col("until") > pl.col("on")))
                 .group_by("id").agg(*made).collect())
        for number, one in enumerate(few):
            self._write(values, one, self._laid_out(found, f"c{number}", one))

    def _laid_out(self, found: Any, name: str, one: Asked) -> np.ndarray:
        whole = np.full(len(self.on), blank_for(one))
        whole[found["id"].to_numpy()] = found[name].cast(self.pl.Float64).to_numpy()
        return whole

    def _since(self, one: Asked) -> np.ndarray:
        pl = self.pl
        latest = self._running(one.of.since, "max", "happened")  # type: ignore[attr-defined]
        rows = self.rows.lazy().with_columns(latest=pl.Series(latest).fill_nan(None).fill_null(-1))
        found = (rows.join(self._held(self.facts[one.kind], one.within_days), on="case")
                 .filter((pl.col("known") <= pl.col("on")) & (pl.col("until") > pl.col("on"))
                         & (pl.col("happened") > pl.col("latest")))
                 .group_by("id").agg(pl.len().alias("c0")).collect())
        return self._laid_out(found, "c0", one)

    def _team(self, one: Asked) -> np.ndarray:
        pl, verb = self.pl, one.of
        days = self.area.select("on").unique()
        areas = pl.concat([self.area.select("case"), self.teams[verb.per].select("case")]).unique()  # type: ignore[attr-defined]
        every = areas.join(days, how="cross").sort("case", "on")
        above = self._difference(self._held(self.teams[verb.facts], verb.within_days), every, {"n": pl.lit(1)})  # type: ignore[attr-defined]
        below = self._difference(self._held(self.teams[verb.per], None), every, {"n": pl.lit(1)})  # type: ignore[attr-defined]
        rate = every.with_columns(a=above["n"], b=below["n"])
        over = (pl.col("a").sum().over("on") / pl.col("b").sum().over("on")) if verb.against_all else pl.lit(1.0)  # type: ignore[attr-defined]
        rate = rate.with_columns(c0=verb.times * pl.col("a") / pl.col("b") / over).filter(pl.col("b") > 0)  # type: ignore[attr-defined]
        found = self.area.join(rate.select("case", "on", "c0"), on=["case", "on"], how="left", maintain_order="left")
        return found["c0"].cast(pl.Float64).to_numpy()

    def _write(self, values: np.ndarray, one: Asked, whole: np.ndarray) -> None:
        values[one.place] = finished(one, whole, self.on)
