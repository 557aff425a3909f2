"""Whether the lists as a whole pass over the families of deprived neighbourhoods, and the rule that stops a model for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.capacity import flagged_share
from dispute_risk.model.fairness_tables import FEWEST_APPEALS, OBSERVED_ALLOWED, group_levels
from dispute_risk.model.level import chance
from dispute_risk.model.metrics import bootstrap_families
from dispute_risk.model.verdict import Veto

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["Streams", "composition", "equity_veto", "selection_given_need", "whole_list"]

LEAST_SHARE = 0.9
"""The two most deprived fifths must have at least this part of their share of what is owed (methods 8.2)."""
MOST_DEPRIVED = ("1", "2")
Z_95 = 1.959964


@dataclass(frozen=True)
class Streams:
    """What the other two streams of the lists rest on, for rows of cases on dates.

    Parameters
    ----------
    need : ndarray of shape (rows,)
        Breach index.
    quiet : ndarray of bool, shape (rows,)
        The family is not among those in touch the most.
    slots : tuple of int
        Places of an area on a date: likely disputes, the unheard, drawn at random.
    least_need : float
        Breach index from which a case can be among the unheard or be drawn.
    """

    need: np.ndarray
    quiet: np.ndarray
    slots: tuple[int, int, int]
    least_need: float


def whole_list(risk: np.ndarray, list_of: np.ndarray, streams: Streams) -> np.ndarray:
    """Return what share of each row is on the lists of its area and date, all three streams together.

    Parameters
    ----------
    risk : ndarray of shape (rows,)
    list_of : ndarray of shape (rows,)
        The list (area and date) a row belongs to.
    streams : Streams

    Returns
    -------
    ndarray of shape (rows,)
        1 for a case that is listed; a part where places are shared by lot.
    """
    likely = flagged_share(risk, list_of, streams.slots[0])
    owed = (streams.need >= streams.least_need) & (likely < 1)
    total = likely.copy()
    for mask, by, places in ((owed & streams.quiet, streams.need, streams.slots[1]),
                             (owed, np.zeros(len(risk)), streams.slots[2])):
        share = np.zeros(len(risk))
        if mask.any() and places:
            share[mask] = flagged_share(by[mask], list_of[mask], places)
        total = total + (1 - total) * share
    return total


def composition(
    listed: np.ndarray, need: np.ndarray, deprivation: np.ndarray, family: np.ndarray, repeats: int = 300,
    random_state: int = 0,
) -> pd.DataFrame:
    """Return each fifth of deprivation: its share of cases, of what is owed, and of the list.

    Parameters
    ----------
    listed, need : ndarray of shape (rows,)
    deprivation : ndarray of str or None, shape (rows,)
    family : ndarray of shape (rows,)
    repeats, random_state : int
        Of the family bootstrap.

    Returns
    -------
    DataFrame
        `group`, `share_of_rows`, `share_of_need`, `share_of_list`, `list_over_need` with `_low` and `_high` (95 %, families
        drawn again); the last row is the two most deprived fifths together.
    """
    known = np.array([group is not None for group in deprivation], bool)
    rows, total = float(known.sum()), {"need": float(need[known].sum()), "list": float(listed[known].sum())}
    masks = {str(group): deprivation == group for group in sorted(set(deprivation[known]))}
    masks["1 and 2 together"] = np.array([str(group)[:1] in MOST_DEPRIVED for group in deprivation], bool) & known
    columns = {"need": known * need, "list": known * listed}
    for group, mask in masks.items():
        columns |= {f"need|{group}": mask * need, f"list|{group}": mask * listed}
    drawn = bootstrap_families(family, columns, repeats, random_state)
    records = []
    for group, mask in masks.items():
        owed = float(need[mask].sum()) / total["need"] if total["need"] > 0 else np.nan
        on_list = float(listed[mask].sum()) / total["list"] if total["list"] > 0 else np.nan
        records.append({"group": group, "share_of_rows": mask.sum() / rows if rows else np.nan, "share_of_need": owed,
                        "share_of_list": on_list, "list_over_need": on_list / owed if owed > 0 else np.nan,
                        **_range_of(drawn, group)})
    return pd.DataFrame(records)


def _range_of(drawn: dict[str, np.ndarray], group: str) -> dict[str, float]:
    below = drawn[f"need|{group}"] * drawn["list"]
    ratio = drawn[f"list|{group}"] * drawn["need"] / np.where(below > 0, below, np.nan)
    if np.isnan(ratio).mean() > 0.05:
        return {"list_over_need_low": np.nan, "list_over_need_high": np.nan}
    low, high = np.nanquantile(ratio, [0.025, 0.975])
    return {"list_over_need_low": float(low), "list_over_need_high": float(high)}


def selection_given_need(
    listed: np.ndarray, need: np.ndarray, deprivation: np.ndarray, family: np.ndarray
) -> dict[str, float]:
    """Return the odds of being listed for each fifth more deprived, what is owed being the same, with a 95 % range.

    A logistic regression of being listed on the breach index and the fifth of deprivation; standard errors take families as
    independent. Below 1, a case of a more deprived neighbourhood is less likely to be listed with the same owed to it.

    Returns
    -------
    dict
        `odds`, `low`, `high`, `rows`; NaN where there is nothing to compare.
    """
    known = np.array([group is not None for group in deprivation], bool)
    fifth = np.array([float(str(group)[:1]) for group in deprivation[known]])
    share = listed[known]
    if len(fifth) == 0 or len(np.unique(fifth)) < 2 or not 0 < share.sum() < len(share):
        return {"odds": np.nan, "low": np.nan, "high": np.nan, "rows": float(known.sum())}
    columns = np.column_stack([np.ones(len(fifth)), np.log1p(need[known]), 5 - fifth])
    line, errors = _logistic(columns, share, family[known])
    return {"odds": float(np.exp(line[2])), "low": float(np.exp(line[2] - Z_95 * errors[2])),
            "high": float(np.exp(line[2] + Z_95 * errors[2])), "rows": float(known.sum())}


def _logistic(columns: np.ndarray, share: np.ndarray, family: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit a logistic regression by Newton's method; return it with its standard errors over families."""
    line, ridge = np.zeros(columns.shape[1]), 1e-6 * np.eye(columns.shape[1])
    for _ in range(50):
        p = chance(columns @ line)
        curvature = (columns * (p * (1 - p))[:, None]).T @ columns + ridge
        step = np.linalg.solve(curvature, columns.T @ (share - p) - ridge @ line)
        line = line + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    p = chance(columns @ line)
    bread = np.linalg.inv((columns * (p * (1 - p))[:, None]).T @ columns + ridge)
    which = np.unique(family, return_inverse=True)[1]
    sums = np.column_stack([np.bincount(which, weights=column * (share - p)) for column in columns.T])
    return line, np.sqrt(np.diag(bread @ (sums.T @ sums) @ bread))


def equity_veto(
    groups_of: Callable[[Landmarks], pd.DataFrame],
    streams_of: Callable[[Landmarks], Streams] | None = None,
    repeats: int = 300,
    random_state: int = 0,
) -> Callable[[Landmarks, np.ndarray, np.ndarray], list[Veto]]:
    """Return the check of equity that `model.validate.validate` asks for.

    A model is not accepted where a group with at least 20 appeals has appeals seen over expected wholly outside 0.67 to 1.5,
    or where the two most deprived fifths have less of the whole list than nine tenths of their share of what is owed
    (methods 8.2). It is rejected where the range of that share, too, lies wholly below: a share of a few hundred places
    moves by a tenth of itself by chance, and a verdict of harm needs evidence of harm.

    Parameters
    ----------
    groups_of : callable
        From rows to their groups (`groups_of_rows`).
    streams_of : callable, optional
        From rows to what the unheard and the random places rest on; without it the composition is not judged.
    repeats, random_state : int
        Of the family bootstrap.
    """

    def vetoes(rows: Landmarks, risk: np.ndarray, share: np.ndarray) -> list[Veto]:
        groups = groups_of(rows)
        case = np.unique(rows.case_id.astype(str), return_inverse=True)[1]
        found = []
        for row in group_levels(rows.outcome.astype(float), risk, rows.family, case, groups, repeats, random_state):
            low, high = row["observed_over_expected_low"], row["observed_over_expected_high"]
            if row["appeals"] >= FEWEST_APPEALS and (high < OBSERVED_ALLOWED[0] or low > OBSERVED_ALLOWED[1]):
                found.append(Veto(f"{row['dimension']}, {row['group']}: appeals seen over expected "
                                  f"{row['observed_over_expected']:.2f} ({low:.2f} to {high:.2f}); allowed: a range that "
                                  f"reaches {OBSERVED_ALLOWED[0]} to {OBSERVED_ALLOWED[1]}."))
        if streams_of is not None and "deprivation" in groups.columns:
            lists = np.char.add(np.char.add(rows.area.astype(str), "|"), rows.on.astype(str))
            streams = streams_of(rows)
            whole = whole_list(risk, lists, streams)
            label = groups["deprivation"].to_numpy(object)
            found += composition_veto(composition(whole, streams.need, label, rows.family, repeats, random_state))
        return found

    return vetoes


def composition_veto(table: pd.DataFrame) -> list[Veto]:
    """Return the veto where the most deprived fifths are passed over, and whether by more than chance."""
    together = table.iloc[-1]
    if not together["list_over_need"] < LEAST_SHARE:
        return []
    words = (f"The two most deprived fifths have {together['share_of_list']:.0%} of the whole list and "
             f"{together['share_of_need']:.0%} of what is owed: {together['list_over_need']:.2f} "
             f"({together['list_over_need_low']:.2f} to {together['list_over_need_high']:.2f}), {LEAST_SHARE} is asked.")
    return [Veto(words, bool(together["list_over_need_high"] < LEAST_SHARE))]
