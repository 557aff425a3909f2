"""The authority's own record of appeals beside the national one: how they ended, by ground, and how long they took."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk import terms
from dispute_risk.tribunal.case_file import Appeal
from dispute_risk.tribunal.shares import PooledShares, aalen_johansen, fitted_kappa, pooled_shares

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENDINGS", "GroundRecord", "NationalRecord", "OwnRecord", "national_record", "own_record"]

ENDINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ended_before_decision": ("conceded, agreed or withdrawn before a decision",
                              ("conceded", "consent_order", "withdrawn", "struck_out")),
    "decided_for_family": ("decided for the family, in whole or in part", ("upheld_family", "upheld_part")),
    "decided_for_authority": ("decided for the authority in full", ("dismissed",)),
}
"""The ways an appeal ends that the national figures tell apart, each with its label and the outcomes it takes in."""

FEW_CLOSED = 20
"""Under this many closed appeals on a ground the national picture alone is shown (methods section 5)."""
COHORT_DAYS = 365
"""Appeals registered at least this long ago have mostly ended, so that slow ones are not left out."""
MANY_OPEN = 0.2


@dataclass(frozen=True)
class NationalRecord:
    """One year of national outcomes."""

    year: str
    counts: np.ndarray
    source: str
    verified: str
    note: str
    used_as_prior: bool

    @property
    def shares(self) -> np.ndarray:
        """Shares in the order of `ENDINGS`."""
        return self.counts / self.counts.sum()


@dataclass(frozen=True)
class GroundRecord:
    """How appeals on one ground ended.

    Parameters
    ----------
    ground : str
    closed, open : int
        Appeals of the cohort with and without an outcome.
    pooled : PooledShares
    few : bool
        Fewer than 20 closed: show the national picture only.
    by_outcome : dict of str to int
        Closed appeals by recorded outcome.
    median_days : float
        Days from registration to the outcome, half took longer; NaN where none closed.
    corrected : bool
        Whether open appeals were taken into account (Aalen-Johansen), because more than a fifth are open.
    """

    ground: str
    closed: int
    open: int
    pooled: PooledShares
    few: bool
    by_outcome: dict[str, int]
    median_days: float
    corrected: bool


@dataclass(frozen=True)
class OwnRecord:
    """The record for the grounds of an appeal, drawn towards the national one.

    Parameters
    ----------
    grounds : tuple of GroundRecord
    national : tuple of NationalRecord
    kappa : float
    closed : int
        Closed appeals of the authority in the cohort, all grounds.
    as_of : date
    """

    grounds: tuple[GroundRecord, ...]
    national: tuple[NationalRecord, ...]
    kappa: float
    closed: int
    as_of: dt.date

    @property
    def prior(self) -> NationalRecord:
        """The national year drawn towards."""
        return next(year for year in self.national if year.used_as_prior)

    @property
    def table(self) -> pd.DataFrame:
        """One row a ground and ending: ground, ending, share, low, high (80 %), closed, open, few, national_share."""
        import pandas as pd

        rows = []
        for one in self.grounds:
            for place, ending in enumerate(ENDINGS):
                low, high = one.pooled.interval[place]
                rows.append({"ground": one.ground, "ending": ending, "share": one.pooled.shares[place], "low": low,
                             "high": high, "closed": one.closed, "open": one.open, "few": one.few,
                             "national_share": self.prior.shares[place]})
        return pd.DataFrame(rows)


@cache
def national_record() -> tuple[NationalRecord, ...]:
    """Return the national outcomes that come with the package, each with its year and source.

    No split by ground was found in the sources read, so the same national shares stand behind every ground.
    """
    text = resources.files("dispute_risk.tribunal").joinpath("national_outcomes.csv").read_text("utf-8")
    return tuple(
        NationalRecord(row["year"], np.array([float(row[ending]) for ending in ENDINGS]), row["source"],
                       row["verified"], row["note"], row["used_as_prior"] == "1")
        for row in csv.DictReader(text.splitlines())
    )


def own_record(appeals: Sequence[Appeal], grounds: Sequence[str], as_of: dt.date) -> OwnRecord:
    """Return how the authority's appeals on these grounds ended, partially pooled.

    Each ground is drawn towards the authority's other grounds, and those towards the national shares, with the same
    strength. An appeal on several grounds counts once on each.

    Parameters
    ----------
    appeals : sequence of Appeal
        As known on the as-of date (`case_file.appeals_known`).
    grounds : sequence of str
    as_of : date

    Returns
    -------
    OwnRecord
    """
    national = national_record()
    prior = next(year for year in national if year.used_as_prior).shares
    cohort = [one for one in appeals
              if one.registered_on is not None and (as_of - one.registered_on).days >= COHORT_DAYS]
    counted = {ground: _counts([one for one in cohort if ground in one.grounds], as_of) for ground in terms.GROUND}
    kappa = fitted_kappa(np.array([counts for counts, _ in counted.values()]), prior)
    records = []
    for ground in grounds:
        mine = [one for one in cohort if ground in one.grounds]
        counts, corrected = counted[ground]
        others, _ = _counts([one for one in cohort if ground not in one.grounds], as_of)
        middle = pooled_shares(others, prior, kappa).shares
        closed = [one for one in mine if not one.open]
        took = [(one.outcome_on - one.registered_on).days for one in closed if one.outcome_on and one.registered_on]
        records.append(GroundRecord(
            ground, len(closed), len(mine) - len(closed), pooled_shares(counts, middle, kappa, tuple(ENDINGS)),
            len(closed) < FEW_CLOSED,
            {code: sum(one.outcome == code for one in closed) for code in terms.APPEAL_OUTCOME},
            float(np.median(took)) if took else float("nan"), corrected,
        ))
    return OwnRecord(tuple(records), national, kappa, sum(not one.open for one in cohort), as_of)


def _counts(appeals: Sequence[Appeal], as_of: dt.date) -> tuple[np.ndarray, bool]:
    """Return closed appeals by ending, corrected where more than a fifth are still open."""
    ending_of = {code: ending for ending, (_, codes) in ENDINGS.items() for code in codes}
    known = [one for one in appeals if one.registered_on is not None and (one.open or one.outcome in ending_of)]
    how = ["" if one.open else ending_of[one.outcome] for one in known]
    counts = np.array([how.count(ending) for ending in ENDINGS], float)
    closed = counts.sum()
    if not closed or how.count("") <= MANY_OPEN * len(how):
        return counts, False
    days = [((one.outcome_on or as_of) - one.registered_on).days for one in known if one.registered_on]
    shares = aalen_johansen(days, how, tuple(ENDINGS))
    return np.array([shares[ending] for ending in ENDINGS]) / sum(shares.values()) * closed, True
