"""What is to be told of the records behind a model: how full they are by area, when facts were recorded, and how late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.features.declare import FAMILIES, Catalogue
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.coverage import coverage_of
from dispute_risk.records.tables import TABLES, recorded_column
from dispute_risk.timeline.days import day_numbers

__all__ = ["DataFacts", "data_facts", "feature_use"]


@dataclass(frozen=True)
class DataFacts:
    """Facts of the records a model learned from.

    Parameters
    ----------
    tables : DataFrame
        `table`, `rows`, `first_on`, `last_on`, `recorded_share` (of its dates of events, how many carry the day of
        recording; NaN where it has none), `most_days` (days within which nine tenths are recorded).
    areas : DataFrame
        `area`, `cases`, and for each table handed over the rows for a case.
    filled : DataFrame
        `column` and the share filled in, for each area.
    quiet : DataFrame
        `table`, `area`, `quiet_quarters`.
    audit : DataFrame
        `column`, `filled`: how far audited columns are filled in.
    delay : DataFrame
        `what`, `half`, `most`, `appeals`: days until an appeal is on the record.
    fingerprint : str
    same_records : bool
        Whether these are the files the release was made from.
    """

    tables: pd.DataFrame
    areas: pd.DataFrame
    filled: pd.DataFrame
    quiet: pd.DataFrame
    audit: pd.DataFrame
    delay: pd.DataFrame
    fingerprint: str
    same_records: bool

    def measures(self) -> dict[str, float]:
        """Return the facts that the checklist reads."""
        weight = self.tables["rows"].where(self.tables["recorded_share"].notna(), 0)
        share = float((self.tables["recorded_share"].fillna(0) * weight).sum() / max(weight.sum(), 1))
        return {"recorded_on_share": share, "quiet_quarters": float(len(self.quiet))}


def data_facts(casebook: Casebook, fingerprint: str) -> DataFacts:
    """Return the facts of a casebook.

    Parameters
    ----------
    casebook : Casebook
        As it was known on the as-of date of the release.
    fingerprint : str
        Of the records the release was made from, from its manifest.
    """
    covered = coverage_of(casebook, {})
    area = casebook.tables["cases"].set_index("case_id")["area"].astype(str)
    whole = covered.table[(covered.table["column"] == "") & (covered.table["state"] == "given")]
    lags = {name: _recording(casebook, name) for name in whole["table"]}
    tables = whole[["table", "rows", "first_on", "last_on"]].assign(
        recorded_share=[lags[name][0] for name in whole["table"]], most_days=[lags[name][1] for name in whole["table"]])
    quiet = covered.areas[covered.areas["quiet_quarters"] != ""][["table", "area", "quiet_quarters"]]
    audited = [column.name for column in TABLES[0] if column.audit_only]
    cases = casebook.tables["cases"]
    audit = pd.DataFrame({"column": audited, "filled": [float(cases[name].notna().mean()) if name in cases else 0.0
                                                        for name in audited]})
    return DataFacts(
        tables.reset_index(drop=True), _areas(casebook, area, list(whole["table"])), _filled(casebook, area),
        quiet.reset_index(drop=True), audit, _delay(casebook), casebook.fingerprint, casebook.fingerprint == fingerprint)


def _recording(casebook: Casebook, name: str) -> tuple[float, float]:
    """Return how many dates of events carry the day of recording, and within how many days nine tenths were recorded."""
    declared = next(one for one in TABLES if one.name == name)
    frame, given, noted, lags = casebook.tables[name], 0, 0, []
    for column in declared.fact_dates:
        if column not in frame or column.endswith("_recorded_on"):
            continue
        filled = frame[column].notna().to_numpy()
        given += int(filled.sum())
        if recorded_column(column) in frame:
            both = filled & frame[recorded_column(column)].notna().to_numpy()
            noted += int(both.sum())
            lag = day_numbers(frame[recorded_column(column)].to_numpy()) - day_numbers(frame[column].to_numpy())
            lags.append(lag[both])
    days = np.concatenate(lags) if lags else np.zeros(0)
    return (noted / given if given else np.nan), (float(np.quantile(days, 0.9)) if len(days) else np.nan)


def _areas(casebook: Casebook, area: pd.Series, tables: list[str]) -> pd.DataFrame:
    cases = area.value_counts().sort_index()
    found = pd.DataFrame({"area": cases.index, "cases": cases.to_numpy()})
    for name in tables:
        if name != "cases" and "case_id" in casebook.tables[name]:
            rows = casebook.tables[name]["case_id"].map(area).value_counts()
            found[name] = (rows.reindex(cases.index).fillna(0) / cases).to_numpy(float)
    return found


KEY_COLUMNS = (("requests", "decision_sent_on"), ("advice", "received_on"), ("plans", "section_i"),
               ("reviews", "decision_sent_on"), ("contacts", "replied_on"), ("complaints", "responded_on"),
               ("appeals", "lodged_on"), ("cases", "primary_need"), ("cases", "birth_date"))
"""Columns most features and duties rest on."""


def _filled(casebook: Casebook, area: pd.Series) -> pd.DataFrame:
    names = sorted(area.unique())
    rows = []
    for table, column in KEY_COLUMNS:
        if not casebook.has(table, column):
            rows.append({"column": f"{table}.{column}", **dict.fromkeys(names, np.nan)})
            continue
        frame = casebook.tables[table]
        share = frame[column].notna().groupby(frame["case_id"].map(area)).mean()
        rows.append({"column": f"{table}.{column}", **{name: float(share.get(name, np.nan)) for name in names}})
    return pd.DataFrame(rows)


def _delay(casebook: Casebook) -> pd.DataFrame:
    frame = casebook.tables["appeals"]
    rows = []
    for what, first, last in (("from lodging to registration", "lodged_on", "registered_on"),
                              ("from registration to its record here", "registered_on", recorded_column("registered_on"))):
        if first in frame and last in frame:
            days = (frame[last] - frame[first]).dt.days.dropna()
            if len(days):
                rows.append((what, float(days.median()), float(days.quantile(0.9)), len(days)))
    return pd.DataFrame(rows, columns=["what", "half", "most", "appeals"])


def feature_use(fitted: FittedRisk, catalogue: Catalogue) -> pd.DataFrame:
    """Return each feature of a model with its source and whether the model makes use of it.

    Parameters
    ----------
    fitted : FittedRisk
    catalogue : Catalogue
        Features that are not declared in it are left without label.

    Returns
    -------
    DataFrame
        `feature`, `label`, `family` (heading), `source`, `voice`, `use` ('points', 'learned weight', 'not used').
    """
    line = fitted.line
    added = np.abs(line.coefficients[:, None] * line.design.folding()).sum(axis=0)
    pointed = {item.feature for item in line.points.items}
    declared = {feature.name: feature for feature in catalogue}
    rows = []
    for place, name in enumerate(fitted.names):
        one = declared.get(name)
        # Trees look at every feature: with them none is without use.
        use = "points" if name in pointed else "learned weight" if added[place] > 0 or fitted.trees is not None else "not used"
        rows.append((name, one.label if one else name, FAMILIES[one.family] if one else "", one.source if one else "not declared",
                     bool(one.voice) if one else False, use))
    return pd.DataFrame(rows, columns=["feature", "label", "family", "source", "voice", "use"])
