"""Where the records are silent, and what that does to the lists: which features, reasons and duties cannot be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.features.catalogue import FACTS_FROM, STANDARD, costs_of_silence
from dispute_risk.features.declare import FAMILIES, Catalogue
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.coverage import coverage_of
from dispute_risk.records.known import known_by
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import active_count
from dispute_risk.triage.breach_index import DUTIES, outstanding_duties
from dispute_risk.triage.monitors.quiet_months import quiet_months

__all__ = ["DataGaps", "data_gaps"]

@dataclass(frozen=True)
class DataGaps:
    """Silent tables, columns, areas and months, each with its cost.

    Parameters
    ----------
    table : DataFrame
        One row a gap on which something depends, the costliest first: `table`, `column` ('' for all of it), `area`
        ('' for all areas), `when` (in words), `state` ('absent', 'silent', 'mostly blank', 'quiet', 'thin'), `features` (how many
        rest on it), `feature_labels`, `families` (headings under which reasons are missing), `duties` (broken duties that
        cannot be seen, or may be shown though done), `lists` (the lists touched), `open_cases` (files open now that it
        concerns), `duties_listed` (cases shown with such a duty today), `likely_listed` (cases on the list of likely disputes
        it concerns; NaN without a model).
    without_cost : int
        Gaps on which nothing in the lists depends.
    as_of : date
    """

    table: pd.DataFrame
    without_cost: int
    as_of: dt.date

    def summary(self) -> str:
        """Return what is silent, in a sentence."""
        if self.table.empty:
            return "No table, column, area or month on which the lists depend is silent."
        row = self.table.iloc[0]
        where = f"{row['table']}, {row['column']}" if row["column"] else f"table {row['table']}"
        of_area = f" in area {row['area']}" if row["area"] else ""
        return (f"{len(self.table)} gaps touch the lists. The costliest: {where}{of_area} ({row['state']}, {row['when']}), "
                f"on which {row['features']} {'feature rests' if row['features'] == 1 else 'features rest'}; it concerns "
                f"{row['open_cases']:,} open cases.")


def data_gaps(
    casebook: Casebook, as_of: dt.date, likely: Collection[str] | None = None, catalogue: Catalogue = STANDARD
) -> DataGaps:
    """Return where the records are silent and what it costs.

    Parameters
    ----------
    casebook : Casebook
        Facts recorded after `as_of` are not used.
    as_of : date
    likely : collection of str, optional
        Identifiers of the cases on the list of likely disputes, where a model made one.
    catalogue : Catalogue
        The features of the lists.
    """
    known = known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook
    costs = costs_of_silence(catalogue)
    found = [*_whole_gaps(known, costs), *quiet_months(known, as_of)]
    gaps = [gap | _cost(gap, costs, catalogue) for gap in found]
    touching = [gap for gap in gaps if gap["features"] or gap["duties"]]
    cases = _open_cases(known, as_of)
    rows = [gap | _concerned(gap, cases, likely) for gap in touching]
    table = pd.DataFrame(rows, columns=_COLUMNS).drop(columns="last_day")
    order = ["features", "open_cases", "table", "column", "area", "when"]
    return DataGaps(table.sort_values(order, ascending=[False, False, True, True, True, True], ignore_index=True),
                    len(gaps) - len(touching), as_of)


_COLUMNS = ["table", "column", "area", "when", "state", "features", "feature_labels", "families", "duties", "lists",
            "open_cases", "duties_listed", "likely_listed", "last_day"]


def _whole_gaps(casebook: Casebook, costs: dict[str, list[str]]) -> list[dict]:
    """Return tables and columns that hold nothing, or nearly nothing, from beginning to end."""
    coverage = coverage_of(casebook, costs).table
    absent = set(coverage.loc[(coverage["column"] == "") & coverage["state"].isin(["absent", "silent"]), "table"])
    gaps = coverage[(coverage["state"] != "given") & ((coverage["column"] == "") | ~coverage["table"].isin(absent))]
    return [{"table": row.table, "column": row.column, "area": "", "when": "the whole record", "state": row.state,
             "last_day": day_number(casebook.recorded_to)} for row in gaps.itertuples()]


def _touches(places: tuple[str, ...], gap: dict) -> bool:
    """Whether facts that come from some tables and columns need what is silent."""
    if gap["column"]:
        return f"{gap['table']}.{gap['column']}" in places
    return any(place.split(".")[0] == gap["table"] for place in places)


def _cost(gap: dict, costs: dict[str, list[str]], catalogue: Catalogue) -> dict:
    blind = [feature for feature in catalogue if feature.verb is not None
             and any(_touches(FACTS_FROM.get(fact, ()), gap) for fact in feature.verb.needs())]
    duties = [duty.label for duty in DUTIES if _touches(FACTS_FROM.get(duty.facts, ()), gap)]
    families = dict.fromkeys(FAMILIES[feature.family] for feature in blind)
    lists = [*(["Likely disputes"] if blind else []), *(["Duties outstanding", "Unheard"] if duties else [])]
    return {"features": len(blind), "feature_labels": "; ".join(feature.label for feature in blind),
            "families": "; ".join(families), "duties": "; ".join(duties), "lists": "; ".join(lists)}


def _open_cases(casebook: Casebook, as_of: dt.date) -> pd.DataFrame:
    """Return the files open now: case_id, area, day opened, labels of the broken duties shown."""
    history = History.of(casebook)
    everyone = Snapshots.of(np.arange(len(history.case_id), dtype=np.int32), day_number(as_of))
    opened = history.facts["opened"]
    rows = everyone.take(active_count(opened, everyone) > 0)
    since = np.full(len(history.case_id), 0, np.int64)
    since[opened.case] = opened.known
    broken = outstanding_duties(history, rows)
    label = {duty.name: duty.label for duty in DUTIES}
    shown: dict[int, set[str]] = {}
    for row, duty in zip(broken["row"], broken["duty"], strict=True):
        shown.setdefault(int(row), set()).add(label[duty])
    area = np.asarray(history.area_names, dtype=object)[history.area_of_case[rows.case]]
    return pd.DataFrame({"case_id": history.case_id[rows.case], "area": area, "since": since[rows.case],
                         "shown": [shown.get(row, set()) for row in range(len(rows))]})


def _concerned(gap: dict, cases: pd.DataFrame, likely: Collection[str] | None) -> dict:
    """Return how many cases a gap concerns: a quiet month, those open by its end; otherwise all of the area."""
    here = (cases["since"] <= gap["last_day"]) & ((cases["area"] == gap["area"]) | (gap["area"] == ""))
    of_gap = cases[here]
    duties = set(gap["duties"].split("; ")) if gap["duties"] else set()
    listed = np.nan if likely is None else int(of_gap["case_id"].isin(list(likely)).sum()) if gap["features"] else 0
    return {"open_cases": len(of_gap), "duties_listed": int(sum(bool(shown & duties) for shown in of_gap["shown"])),
            "likely_listed": listed}
