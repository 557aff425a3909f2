"""The groups that lists are checked by: sex, ethnic group, language, deprivation, need, age, area; audited, never features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.terms import NEED, SETTING, SEX

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["DIMENSIONS", "audit_groups", "groups_of_rows"]

DIMENSIONS: dict[str, str] = {
    "sex": "sex",
    "ethnicity": "ethnic group",
    "language": "first language",
    "deprivation": "deprivation of the home address",
    "need": "primary need",
    "age": "age",
    "looked_after": "looked after",
    "area": "area",
    "setting": "setting when the file was opened",
}
"""What is checked, in the order shown."""

BROAD_ETHNICITY = {"W": "White other", "M": "Mixed", "A": "Asian", "B": "Black", "C": "Chinese", "O": "Other"}
"""By the first letter of the Department's code; White British is a group of its own."""
NOT_SAID = ("REFU", "NOBT", "")
QUINTILES = ("1 most deprived", "2", "3", "4", "5 least deprived")
AGE_BANDS = ((5, "4 and under"), (11, "5 to 10"), (16, "11 to 15"), (99, "16 and over"))
"""First age above the band, and the band: those of the national figures, so that the two can stand side by side."""


def audit_groups(casebook: Casebook) -> pd.DataFrame:
    """Return the group of every case in every dimension but age, which moves.

    Parameters
    ----------
    casebook : Casebook

    Returns
    -------
    DataFrame
        Index case_id; a column a dimension of `DIMENSIONS`, None where it is not recorded.
    """
    cases = casebook.tables["cases"]

    def text(name: str) -> pd.Series:
        if name not in cases.columns:
            return pd.Series(None, index=cases.index, dtype=object)
        return cases[name].astype(object).where(cases[name].notna(), None)

    def flag(name: str, yes: str, no: str) -> pd.Series:
        return text(name).map({1.0: yes, 0.0: no})

    made = {
        "sex": text("sex").map(SEX.labels),
        "ethnicity": text("ethnicity").map(_ethnic_group),
        "language": flag("home_language_not_english", "not English", "English"),
        "deprivation": text("deprivation_decile").map(_quintile),
        "need": text("primary_need").map(NEED.labels),
        "looked_after": flag("looked_after", "looked after", "not looked after"),
        "area": text("area"),
        "setting": text("setting_type").map(SETTING.labels),
    }
    table = pd.DataFrame(made).astype(object)
    return table.where(table.notna(), None).set_index(pd.Index(cases["case_id"].astype(str), name="case_id"))


def groups_of_rows(casebook: Casebook, case_id: np.ndarray, on: np.ndarray) -> pd.DataFrame:
    """Return the groups of cases on dates, age included, one row for each.

    Parameters
    ----------
    casebook : Casebook
    case_id : ndarray of str, shape (rows,)
    on : ndarray of datetime64, shape (rows,)

    Returns
    -------
    DataFrame
        Columns in the order of `DIMENSIONS`; a dimension of which nothing is recorded is left out.
    """
    wanted = pd.Index(case_id.astype(str))
    table = audit_groups(casebook).reindex(wanted).reset_index(drop=True)
    cases = casebook.tables["cases"]
    if "birth_date" in cases.columns:
        born = cases.set_index(cases["case_id"].astype(str))["birth_date"].reindex(wanted)
        years = (on.astype("datetime64[D]") - born.to_numpy().astype("datetime64[D]")).astype(float) / 365.25
        years[born.isna().to_numpy()] = np.nan
        table["age"] = _age_band(years)
    kept = [name for name in DIMENSIONS if name in table.columns and table[name].notna().any()]
    return table[kept]


def _ethnic_group(code: object) -> str | None:
    said = "" if code is None else str(code).strip().upper()
    if said in NOT_SAID:
        return None
    if said == "WBRI":
        return "White British"
    return BROAD_ETHNICITY.get(said[0], said)


def _quintile(decile: object) -> str | None:
    if decile is None or not 1 <= float(decile) <= 10:  # type: ignore[arg-type]
        return None
    return QUINTILES[int((float(decile) - 1) // 2)]  # type: ignore[arg-type]


def _age_band(years: np.ndarray) -> np.ndarray:
    places = np.digitize(np.nan_to_num(years), [first for first, _ in AGE_BANDS[:-1]])
    bands = np.array([band for _, band in AGE_BANDS], dtype=object)[places]
    bands[np.isnan(years)] = None
    return np.asarray(bands)
