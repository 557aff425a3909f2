"""What the records cover: which tables and columns are absent or silent, which area recorded when, what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import TABLES, Table

__all__ = ["Coverage", "coverage_of"]

EXPECTED_A_QUARTER = 10
"""An area's quarter with no rows counts as quiet where the four around it have at least this many on average."""
LATE_START_DAYS = 183
"""A table that begins this long after the records begin is said to start late."""
MANY_BLANK = 0.9


@dataclass(frozen=True)
class Coverage:
    """How far the records reach.

    Parameters
    ----------
    table : DataFrame
        One row a table (column '') and a declared column: table, column, state ('given', 'mostly blank', 'silent',
        'absent'), rows, blank_share, first_on, last_on, lost (what cannot be worked out, '; ' between).
    areas : DataFrame
        One row a table and area: rows, first_on, last_on, quiet_quarters (quarters between the first and last row of
        the table in which the area has none though others have many).
    """

    table: pd.DataFrame
    areas: pd.DataFrame

    def summary(self) -> str:
        """Return what is missing and what it costs, as text."""
        lines = [*self._gaps(), *self._late_starts(), *self._quiet()]
        return "\n".join(["What the records cover", *(f"  {line}" for line in lines or ["Nothing is missing."])])

    def _gaps(self) -> list[str]:
        lines = []
        absent = set(self.table.loc[(self.table["column"] == "") & (self.table["state"] == "absent"), "table"])
        gaps = self.table[self.table["state"] != "given"]
        for table, column, state, blank, lost in gaps[["table", "column", "state", "blank_share",
                                                       "lost"]].itertuples(index=False):
            if not column or table not in absent:
                place = f"{table}, {column}" if column else f"table {table}"
                state = state if state in ("absent", "silent") else f"{blank:.0%} blank"
                lines.append(f"{place}: {state}" + (f"; this costs: {lost}" if lost else ""))
        return lines

    def _late_starts(self) -> list[str]:
        whole = self.table[(self.table["column"] == "") & self.table["first_on"].notna()]
        appeals = whole.loc[whole["table"] == "appeals", "first_on"]
        begin = appeals.min() if len(appeals) else whole["first_on"].min()
        late = whole[whole["first_on"] > begin + pd.Timedelta(days=LATE_START_DAYS)]
        return [f"table {row.table}: begins on {row.first_on.date()}, while appeals begin on {begin.date()}; "
                "its silence before that says nothing" for row in late.itertuples(index=False)]

    def _quiet(self) -> list[str]:
        quiet = self.areas[self.areas["quiet_quarters"] != ""]
        return [f"table {row.table}, area {row.area}: nothing recorded in {row.quiet_quarters}"
                for row in quiet.itertuples(index=False)]


def coverage_of(casebook: Casebook, costs: Mapping[str, list[str]]) -> Coverage:
    """Return how far the records of a casebook reach.

    Parameters
    ----------
    casebook : Casebook
    costs : mapping of str to list of str
        What is lost without a 'table' or 'table.column': labels of features, routes and reports.
    """
    rows, areas = [], []
    for declared in TABLES:
        frame = casebook.tables.get(declared.name)
        if declared.name not in costs:
            beneath = [label for key, labels in costs.items() if key.startswith(f"{declared.name}.")
                       for label in labels]
        else:
            beneath = list(costs[declared.name])
        rows.append(_table_row(declared, frame, beneath))
        rows += [_column_row(declared, name, frame, costs.get(f"{declared.name}.{name}", []))
                 for name in (column.name for column in declared)]
        if frame is not None and len(frame):
            areas.append(_by_area(declared, frame, casebook.tables["cases"]))
    spans = pd.concat(areas, ignore_index=True) if areas else pd.DataFrame(columns=_AREA_COLUMNS)
    return Coverage(pd.DataFrame(rows), spans)


_AREA_COLUMNS = ["table", "area", "rows", "first_on", "last_on", "quiet_quarters"]


def _begun(declared: Table, frame: pd.DataFrame) -> pd.Series:
    """The day each row begins: its earliest anchor date."""
    anchors = [frame[name] for name in declared.anchors if name in frame]
    if not anchors:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    return pd.concat(anchors, axis=1).min(axis=1)


def _table_row(declared: Table, frame: pd.DataFrame | None, lost: list[str]) -> dict[str, object]:
    begun = pd.Series(dtype="datetime64[s]") if frame is None else _begun(declared, frame)
    state = "absent" if frame is None else "given" if len(frame) else "silent"
    return {"table": declared.name, "column": "", "state": state, "rows": 0 if frame is None else len(frame),
            "blank_share": np.nan, "first_on": begun.min(), "last_on": begun.max(),
            "lost": "" if state == "given" else "; ".join(dict.fromkeys(lost))}


def _column_row(declared: Table, name: str, frame: pd.DataFrame | None, lost: list[str]) -> dict[str, object]:
    absent = frame is None or name not in frame
    blank = 1.0 if absent or not len(frame) else float(frame[name].isna().mean())  # type: ignore[arg-type,index]
    state = "absent" if absent else "silent" if blank == 1 else "mostly blank" if blank > MANY_BLANK else "given"
    date = not absent and declared.column(name).kind == "date"
    return {"table": declared.name, "column": name, "state": state, "rows": 0 if frame is None else len(frame),
            "blank_share": np.nan if absent else blank,
            "first_on": frame[name].min() if date else pd.NaT,  # type: ignore[index]
            "last_on": frame[name].max() if date else pd.NaT,  # type: ignore[index]
            "lost": "" if state == "given" else "; ".join(dict.fromkeys(lost))}


def _by_area(declared: Table, frame: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    area = frame["case_id"].map(cases.set_index("case_id")["area"])
    begun = _begun(declared, frame)
    spans = pd.DataFrame({"area": area, "on": begun}).groupby("area")["on"].agg(["size", "min", "max"])
    spans = spans.set_axis(["rows", "first_on", "last_on"], axis=1)
    dated = begun.notna() & area.notna()
    quarter = begun[dated].dt.to_period("Q")
    counts = pd.crosstab(area[dated], quarter) if dated.any() else pd.DataFrame()
    if not counts.empty:
        every = pd.period_range(quarter.min(), quarter.max(), freq="Q")
        counts = counts.reindex(columns=every, fill_value=0)
    spans["quiet_quarters"] = [_quiet_quarters(counts, str(name)) for name in spans.index]
    return spans.reset_index().assign(table=declared.name)[_AREA_COLUMNS]


def _quiet_quarters(counts: pd.DataFrame, area: str) -> str:
    """Quarters in which an area has no rows; the first and last quarter are cut off and do not count."""
    if area not in counts.index:
        return ""
    rows = pd.Series(counts.loc[area].to_numpy(dtype=float), index=counts.columns)
    around = (rows.rolling(5, center=True, min_periods=1).sum() - rows) / 4  # the two quarters before and after
    quiet = rows[1:-1].index[((rows == 0) & (around >= EXPECTED_A_QUARTER)).to_numpy()[1:-1]]
    return ", ".join(f"{quarter.year} Q{quarter.quarter}" for quarter in quiet)
