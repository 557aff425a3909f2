"""Is the model fair: by sex, ethnic group, language, deprivation, need, age and area, what each gets of list and risk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.fairness_groups import DIMENSIONS
from dispute_risk.model.fairness_lists import Streams, composition, composition_veto, selection_given_need, whole_list
from dispute_risk.model.fairness_tables import CANNOT, DIFFERS, group_table, pair_table

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks
    from dispute_risk.model.validate import Validation

__all__ = ["Fairness", "fairness", "rows_tested"]


@dataclass(frozen=True)
class Fairness:
    """What each group gets of the risk list and of the risk, on dates the model had not seen.

    Parameters
    ----------
    table : DataFrame
        One row a group: `dimension`, `group`, `rows`, `cases`, `appeals` (distinct cases), `seen`, `expected`,
        `observed_over_expected` with `_low`, `_high` (95 %, families drawn again) and `_shrunk` (towards the common value of
        the dimension, for display), `finding` ('cannot be assessed' under 20 appeals, 'no difference shown', 'differs',
        'differs beyond what is allowed'), `share_listed` (of its cases, ever listed by risk), `precision`, `recall`,
        `recall_own_threshold` (with the same share of each group listed), `median_lead_days`, `slope` with range, and,
        where the breach index was given, `need_listed` and `need_not_listed` (mean points).
    pairs : DataFrame
        Groups that two dimensions make together, with at least 20 appeals.
    composition : DataFrame
        Fifths of deprivation in the whole list (all three streams) against their share of what is owed; empty without them.
    selection : DataFrame
        Odds of being listed for each fifth more deprived, the same being owed: `list` ('risk list alone', 'whole list'),
        `odds`, `low`, `high`, `rows`.
    not_recorded : tuple of str
        Dimensions of which nothing is recorded.
    unknown : DataFrame
        `dimension`, `share` of rows in which it is blank.
    vetoes : tuple of str
    overall : dict
        `share_listed`, `recall`, `observed_over_expected`, `appeals`, `cases`, of everybody.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    composition: pd.DataFrame
    selection: pd.DataFrame
    not_recorded: tuple[str, ...]
    unknown: pd.DataFrame
    vetoes: tuple[str, ...] = ()
    overall: dict[str, float] = field(default_factory=dict)

    def summary(self) -> str:
        """Return the findings in sentences; what cannot be told is said to be so."""
        counts = self.table["finding"].value_counts() if len(self.table) else pd.Series(dtype=int)
        cannot = int(counts.get(CANNOT, 0))
        lines = [f"{len(self.table)} groups. {cannot} cannot be assessed: fewer than 20 appeals."]
        beyond = self.table[self.table["finding"] == DIFFERS] if len(self.table) else self.table
        apart = self.table[self.table["finding"] == "differs"] if len(self.table) else self.table
        for part, said in ((beyond, "The risk is off beyond what is allowed for"), (apart, "The level of the risk differs for")):
            if len(part):
                named = "; ".join(f"{DIMENSIONS.get(row['dimension'], row['dimension'])}: {row['group']} "
                                  f"({row['observed_over_expected']:.2f}, {row['observed_over_expected_low']:.2f} to "
                                  f"{row['observed_over_expected_high']:.2f})" for row in part.to_dict("records"))
                lines.append(f"{said} {named}: appeals seen over appeals expected.")
        for row in self.selection.to_dict("records"):
            if np.isfinite(row["odds"]):
                lines.append(f"{str(row['list']).capitalize()}: for each fifth more deprived, the same being owed, the odds of a "
                             f"place are {row['odds']:.2f} times as high ({row['low']:.2f} to {row['high']:.2f}).")
        lines += [f"Veto: {veto}" for veto in self.vetoes]
        if self.not_recorded:
            named = ", ".join(DIMENSIONS[name] for name in self.not_recorded)
            lines.append(f"Not recorded, and so not checked: {named}.")
        return "\n".join(lines)


def rows_tested(landmarks: Landmarks, found: Validation) -> Landmarks:
    """Return the rows of `found.predictions`, in its order, from the landmarks that were tested."""
    keys = pd.MultiIndex.from_arrays([landmarks.case_id.astype(str), landmarks.on.astype("datetime64[s]")])
    wanted = pd.MultiIndex.from_arrays([found.predictions["case_id"].astype(str), found.predictions["on"]])
    place = keys.get_indexer(wanted)
    mask = np.zeros(len(landmarks), bool)
    mask[place] = True
    if (place < 0).any() or (np.diff(place) <= 0).any():
        raise ValueError("the predictions are not of these landmarks")
    return landmarks.where(mask)


def fairness(
    rows: Landmarks,
    risk: np.ndarray,
    listed: np.ndarray,
    groups: pd.DataFrame,
    streams: Streams | None = None,
    *,
    repeats: int = 300,
    random_state: int = 0,
) -> Fairness:
    """Return what each group gets, from risks on dates the model had not seen.

    Parameters
    ----------
    rows : Landmarks
        The rows tested (`rows_tested`).
    risk, listed : ndarray of shape (rows,)
        Risk, and share of the risk list (`Validation.predictions`).
    groups : DataFrame
        From `groups_of_rows`.
    streams : Streams, optional
        Breach index and quiet families; without them nothing is said of what is owed.
    repeats, random_state : int
        Of the family bootstrap.

    Notes
    -----
    Calibration within groups is the criterion for the risk, and parity is judged on what is owed. Equal error rates on appeals
    are not asked: who appeals depends on voice, and a model that is equally wrong about appeals would carry that on.
    """
    outcome = rows.outcome.astype(float)
    need = None if streams is None else streams.need
    case = np.unique(rows.case_id.astype(str), return_inverse=True)[1]
    given = (rows.on, rows.registered_on, need, repeats, random_state)
    table = group_table(outcome, risk, listed, rows.family, case, groups, *given)
    pairs = pair_table(outcome, risk, listed, rows.family, case, groups, repeats, random_state)
    made, selection, vetoes = _given_need(rows, risk, listed, groups, streams, repeats, random_state)
    vetoes = [*(f"{row['dimension']}, {row['group']}" for row in table.to_dict("records") if row["finding"] == DIFFERS), *vetoes]
    everybody = pd.DataFrame({"everybody": np.full(len(risk), "everybody", dtype=object)})
    whole = group_table(outcome, risk, listed, rows.family, case, everybody, *given).iloc[0]
    return Fairness(
        table, pairs, made, selection, tuple(name for name in DIMENSIONS if name not in groups.columns),
        pd.DataFrame({"dimension": list(groups.columns), "share": [float(groups[name].isna().mean()) for name in groups]}),
        tuple(vetoes), {str(name): float(value) for name, value in whole.items() if isinstance(value, int | float | np.number)},
    )


def _given_need(
    rows: Landmarks, risk: np.ndarray, listed: np.ndarray, groups: pd.DataFrame, streams: Streams | None, repeats: int,
    random_state: int,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    empty = pd.DataFrame(columns=["list", "odds", "low", "high", "rows"])
    if streams is None or "deprivation" not in groups.columns:
        return pd.DataFrame(), empty, []
    label = groups["deprivation"].to_numpy(object)
    lists = np.char.add(np.char.add(rows.area.astype(str), "|"), rows.on.astype(str))
    whole = whole_list(risk, lists, streams)
    made = composition(whole, streams.need, label, rows.family, repeats, random_state)
    alone = composition(listed, streams.need, label, rows.family, repeats, random_state)
    made[["share_of_risk_list", "risk_list_over_need"]] = alone[["share_of_list", "list_over_need"]]
    selection = pd.DataFrame([
        {"list": name, **selection_given_need(share, streams.need, label, rows.family)}
        for name, share in (("risk list alone", listed), ("whole list", whole))
    ])
    return made, selection, [veto.words for veto in composition_veto(made)]
