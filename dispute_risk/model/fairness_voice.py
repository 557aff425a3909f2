"""The model with and without the signals of advocacy: who enters the list, who leaves it, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.model.capacity import at_capacity
from dispute_risk.model.fairness_tables import FEWEST_APPEALS
from dispute_risk.model.metrics import bootstrap_families

if TYPE_CHECKING:
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["WithoutVoice", "without_voice"]


@dataclass(frozen=True)
class WithoutVoice:
    """What moves on the risk list when the signals of advocacy are left out.

    Parameters
    ----------
    table : DataFrame
        One row a group: `dimension`, `group`, `listed` and `listed_without` (case-months on the list), `enter`, `leave`,
        `change` (of `listed`, as a share), `appeals`, `recall`, `recall_without` (NaN under 20 appeals).
    overall : dict
        `appeals`, `found`, `found_without`, `lost` (appeals found with advocacy and not without) with `lost_low`,
        `lost_high` (95 %, families drawn again), `precision`, `precision_without`, `moved` (share of the list that changes),
        and, where the breach index was given, `need` and `need_without` (mean points of the cases listed).
    """

    table: pd.DataFrame
    overall: dict[str, float]

    def summary(self) -> str:
        """Return what moves and what it costs."""
        all_of_it = self.overall
        return (
            f"Without the signals of advocacy {all_of_it['moved']:.0%} of the list changes. It finds "
            f"{all_of_it['found_without']:.0f} of {all_of_it['appeals']:.0f} appeals, with them {all_of_it['found']:.0f}: "
            f"{all_of_it['lost']:.0f} fewer ({all_of_it['lost_low']:.0f} to {all_of_it['lost_high']:.0f})."
        )


def without_voice(
    rows: Landmarks, listed: np.ndarray, listed_without: np.ndarray, groups: pd.DataFrame, need: np.ndarray | None = None,
    repeats: int = 300, random_state: int = 0,
) -> WithoutVoice:
    """Compare the list of a model with that of the same model without the signals of advocacy, on the same rows.

    Parameters
    ----------
    rows : Landmarks
        The rows tested.
    listed, listed_without : ndarray of shape (rows,)
        Share of each row that is on the list.
    groups : DataFrame
    need : ndarray, optional
        Breach index.
    repeats, random_state : int
    """
    outcome = rows.outcome.astype(float)
    case = np.unique(rows.case_id.astype(str), return_inverse=True)[1]
    records = []
    for dimension in groups.columns:
        code, names = pd.factorize(groups[dimension], sort=True)
        for place, group in enumerate(names):
            records.append({"dimension": dimension, "group": str(group),
                            **_moves(case, rows.family, outcome, listed, listed_without, code == place)})
    held, other = (at_capacity(outcome, share, case, rows.family) for share in (listed, listed_without))
    drawn = bootstrap_families(held.case_family, {"lost": held.found_by_case - other.found_by_case}, repeats, random_state)
    low, high = np.quantile(drawn["lost"], [0.025, 0.975])
    overall = {
        "appeals": float(held.appeals), "found": held.found, "found_without": other.found, "lost": held.found - other.found,
        "lost_low": float(low), "lost_high": float(high), "precision": held.precision, "precision_without": other.precision,
        "moved": float(np.maximum(listed - listed_without, 0).sum() / max(listed.sum(), 1e-12)),
    }
    if need is not None:
        overall |= {"need": float(listed @ need / max(listed.sum(), 1e-12)),
                    "need_without": float(listed_without @ need / max(listed_without.sum(), 1e-12))}
    return WithoutVoice(pd.DataFrame(records), overall)


def _moves(
    case: np.ndarray, family: np.ndarray, outcome: np.ndarray, listed: np.ndarray, listed_without: np.ndarray,
    mask: np.ndarray,
) -> dict[str, float]:
    before, after = listed[mask], listed_without[mask]
    held, other = (at_capacity(outcome[mask], share, case[mask], family[mask]) for share in (before, after))
    enough = held.appeals >= FEWEST_APPEALS
    return {
        "listed": float(before.sum()), "listed_without": float(after.sum()),
        "enter": float(np.maximum(after - before, 0).sum()), "leave": float(np.maximum(before - after, 0).sum()),
        "change": float(after.sum() / before.sum() - 1) if before.sum() > 0 else np.nan, "appeals": float(held.appeals),
        "recall": held.recall if enough else np.nan, "recall_without": other.recall if enough else np.nan,
    }
