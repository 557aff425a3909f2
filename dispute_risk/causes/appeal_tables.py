"""The appeals and decisions of a period as tables with margins: by kind, stage, ground, area, need, placement and quarter."""

from __future__ import annotations

import pandas as pd

from dispute_risk import terms
from dispute_risk.causes.appeal_rates import DECISIONS_OF, GROUNDS_OF_A_PLAN, KINDS, NOT_RECORDED, STAGES, Counted
from dispute_risk.causes.counts import ALL, CountTable
from dispute_risk.causes.periods import quarter_spans

__all__ = ["count_tables", "crossed_counts"]


def count_tables(made: Counted) -> dict[str, CountTable]:
    """Return the counts by every heading, with margins, by name: `appeals by kind`, `decisions by area`, …

    Appeals and decisions are told apart by the measure, so tables of one measure are linked.
    """
    period = (made.start_on.isoformat(), made.end_on.isoformat())
    where = {"area": made.area} if made.area else {}
    spans = [f"{a.isoformat()}/{b.isoformat()}" for a, b in quarter_spans(made.start_on, made.end_on)]
    values = {
        "kind": [kind for kind in KINDS if kind != "not_recorded" or (made.appeals["kind"] == kind).any()],
        "stage": list(STAGES), "area": list(made.areas), "quarter": spans,
        "need": [code for code in (*terms.NEED, NOT_RECORDED) if _met(made, "need", code)],
        "placement": [code for code in (*terms.SETTING, NOT_RECORDED) if _met(made, "placement", code)],
    }
    tables: dict[str, CountTable] = {}
    for measure in ("appeals", "decisions", "old_base"):
        frame = getattr(made, measure)
        if measure == "decisions":
            frame = frame.assign(kind=frame["kind"].replace(dict.fromkeys(DECISIONS_OF["plan"], "plan")))
        headings: list[tuple[str, ...]] = [("kind",), ("area",), ("need",), ("placement",)]
        if measure == "old_base":
            headings = [("area",), ("need",), ("placement",)] if made.whole_year else []
        else:
            headings += [("quarter",), ("area", "quarter")] if len(made.areas) > 1 else [("quarter",)]
            headings += [("kind", "area")] if len(made.areas) > 1 else []
        for dims in headings:
            if dims == ("area",) and made.area:
                continue
            lines = crossed_counts(frame, dims, values)
            name = f"{measure} by {' and '.join(dims)}"
            tables[name] = CountTable(name, dims, lines, *period, measure, where=where,
                                      quarter="quarter" if "quarter" in dims else "")
    of_plan = {**where, "kind": "plan"}
    for measure in ("appeals", "decisions"):
        frame = getattr(made, measure)
        lines = crossed_counts(frame[frame["stage"] != ""], ("stage",), values)
        tables[f"{measure} by stage"] = CountTable(f"{measure} by stage", ("stage",), lines, *period, measure, where=of_plan)
    tables["appeals by ground"] = _ground_table(made, period, of_plan)
    return tables


def _met(made: Counted, column: str, code: str) -> bool:
    return any((frame[column] == code).any() for frame in (made.appeals, made.decisions, made.old_base) if len(frame))


def crossed_counts(frame: pd.DataFrame, dims: tuple[str, ...], values: dict[str, list[str]]) -> pd.DataFrame:
    """Return counts for every combination of categories, margins included."""
    index = pd.MultiIndex.from_product([[ALL, *values[name]] for name in dims], names=dims)
    counts = pd.Series(0, index=index)
    for chosen in range(2 ** len(dims)):
        by = [name for place, name in enumerate(dims) if chosen >> place & 1]
        found = frame.groupby(by, observed=True).size() if by else pd.Series({ALL: len(frame)})
        for key, count in found.items():
            held = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=False)) if by else {}
            counts.loc[tuple(str(held.get(name, ALL)) for name in dims)] = count
    return counts.rename("count").reset_index()


def _ground_table(made: Counted, period: tuple[str, str], where: dict[str, str]) -> CountTable:
    of_plan = made.appeals[made.appeals["kind"] == "plan"]
    lines = [(ALL, len(of_plan))]
    lines += [(ground, sum(ground in grounds for grounds in of_plan["grounds"])) for ground in GROUNDS_OF_A_PLAN]
    return CountTable("appeals by ground", ("ground",), pd.DataFrame(lines, columns=["ground", "count"]), *period,
                      overlapping=("ground",), covering=("ground",), where=where)
