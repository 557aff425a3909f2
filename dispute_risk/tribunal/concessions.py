"""Whose appeals are conceded: the share by quarter, by deprivation, and by whether the family was represented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.explain.words import day_in_words
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST", "TABLES_NEEDED", "Concessions", "concessions"]

TABLES_NEEDED = ("cases", "appeals", "contacts")
CONCEDED = ("conceded", "consent_order")
LOOKBACK_DAYS = 365
"""A solicitor who wrote in the year before registration represented the family; a later one may not be on record."""
FEWEST = 20
"""Under this many closed appeals a group cannot be assessed (methods section 8.2)."""
EIGHTY_PER_CENT = 1.2816
GROUPINGS: dict[str, str] = {
    "quintile": "Deprivation fifth of the home (1 most deprived)",
    "represented": "Solicitor in touch in the year before registration",
}


@dataclass(frozen=True)
class Concessions:
    """How often appeals ended by concession or consent order, by group and quarter.

    Parameters
    ----------
    table : DataFrame
        One row a grouping, group and period ('all' or the quarter of the outcome, such as '2025 Q1'): `grouping`, `group`,
        `period`, `closed`, `conceded`, `share`, `low`, `high` (80 % Wilson interval), `assessed` (at least `FEWEST` closed).
    as_of : date
    since : date or None
        First day of outcomes counted.
    authority : str
    synthetic : bool
    """

    table: pd.DataFrame
    as_of: dt.date
    since: dt.date | None
    authority: str
    synthetic: bool

    def summary(self) -> str:
        """Say it group by group; a group that is too small is said to be so, and never to be in order."""
        lines = []
        for grouping, heading in GROUPINGS.items():
            mine = self.table[(self.table["grouping"] == grouping) & (self.table["period"] == "all")]
            lines.append(f"{heading}:")
            lines += [f"  {row.group}: {row.share:.0%} of {row.closed} closed appeals conceded or agreed ({row.low:.0%} to "
                      f"{row.high:.0%})" if row.assessed else f"  {row.group}: {row.closed} closed appeals: too few to assess"
                      for row in mine.itertuples()]
            lines.append(f"  {_verdict(mine)}")
        since = f"from {day_in_words(self.since)} " if self.since else ""
        return "\n".join([f"{self.authority}: appeals that ended {since}up to {day_in_words(self.as_of)}.", *lines,
                          "The tool looks at neither when it works out an appeal. A difference asks for a reading of files: "
                          "who is represented may also have another kind of case. Small numbers are not hidden: "
                          "not for publication."])


def concessions(casebook: Casebook, as_of: dt.date, years: int = 3) -> Concessions:
    """Return how often appeals were conceded, by deprivation and representation, as known on a date.

    Parameters
    ----------
    casebook : Casebook
        The tables of `TABLES_NEEDED` are enough.
    as_of : date
    years : int
        Outcomes of so many years are counted.

    References
    ----------
    E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22, 209-212.
    """
    import pandas as pd

    known = known_by(casebook.with_tables({n: casebook.tables[n] for n in TABLES_NEEDED if n in casebook}), as_of).tables
    since = as_of - dt.timedelta(days=round(365.25 * years))
    appeals = known["appeals"]
    closed = appeals[(appeals["outcome_on"] > pd.Timestamp(since)) & appeals["outcome"].notna()].reset_index(drop=True)
    closed = closed.assign(conceded=closed["outcome"].astype(str).isin(CONCEDED), quintile=_quintile(closed, known),
                           represented=_represented(closed, known))
    day = closed["outcome_on"].dt
    closed["period"] = day.year.astype("Int64").astype(str) + " Q" + day.quarter.astype("Int64").astype(str)
    rows = []
    for grouping in GROUPINGS:
        for period, part in [("all", closed), *closed.groupby("period", sort=True)]:
            for group, mine in part.groupby(grouping, sort=True):
                rows.append({"grouping": grouping, "group": str(group), "period": period,
                             **_share(int(mine["conceded"].sum()), len(mine))})
    columns = ["grouping", "group", "period", "closed", "conceded", "share", "low", "high", "assessed"]
    return Concessions(pd.DataFrame(rows, columns=columns), as_of, since, casebook.name, casebook.synthetic)


def _quintile(appeals: pd.DataFrame, known: Mapping[str, pd.DataFrame]) -> np.ndarray:
    cases = known["cases"]
    if "deprivation_decile" not in cases:
        return np.full(len(appeals), "not recorded", dtype=object)
    decile = cases.set_index("case_id")["deprivation_decile"].astype(float).reindex(appeals["case_id"]).to_numpy()
    fifth = np.ceil(decile / 2)
    return np.array(["not recorded" if np.isnan(one) else f"{one:.0f}" for one in fifth], dtype=object)


def _represented(appeals: pd.DataFrame, known: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """Return whether a solicitor was in touch before registration; 'not recorded' where nobody keeps contacts."""
    contacts = known.get("contacts")
    if contacts is None or "party" not in contacts:
        return np.full(len(appeals), "not recorded", dtype=object)
    letters = contacts.loc[contacts["party"] == "solicitor", ["case_id", "happened_on"]]
    dates = appeals[["case_id"]].assign(place=range(len(appeals)), started=appeals["registered_on"].fillna(appeals["lodged_on"])
                                        if "lodged_on" in appeals else appeals["registered_on"])
    met = dates.merge(letters.astype({"case_id": str}), on="case_id")
    before = (met["started"] - met["happened_on"]).dt.days
    found = set(met.loc[(before >= 0) & (before <= LOOKBACK_DAYS), "place"])
    return np.array(["yes" if place in found else "no" for place in range(len(appeals))], dtype=object)


def _share(conceded: int, closed: int) -> dict[str, object]:
    """Return a share with its 80 % Wilson interval."""
    share, square = conceded / closed, EIGHTY_PER_CENT**2
    middle = (share + square / (2 * closed)) / (1 + square / closed)
    half = EIGHTY_PER_CENT * np.sqrt(share * (1 - share) / closed + square / (4 * closed**2)) / (1 + square / closed)
    return {"closed": closed, "conceded": conceded, "share": share, "low": float(middle - half), "high": float(middle + half),
            "assessed": closed >= FEWEST}


def _verdict(rows: pd.DataFrame) -> str:
    """Say whether the groups' intervals stand apart; nothing is ever said to have passed."""
    judged = rows[rows["assessed"] & (rows["group"] != "not recorded")]
    if len(judged) < 2:
        return "Cannot be assessed: fewer than two groups with enough closed appeals."
    if judged["low"].max() > judged["high"].min():
        return "The intervals stand apart: read files of both ends before the next quarter."
    return "The intervals overlap: these numbers show no difference, and cannot rule one out."
