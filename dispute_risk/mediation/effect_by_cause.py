"""What an offer did by what had gone wrong in the case: the figures the routing goes by, or would go by, with their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.mediation.benefit import CAUSES, GATE
from dispute_risk.mediation.effect import Z_95
from dispute_risk.mediation.eligible import Eligible
from dispute_risk.mediation.learned_benefit import gain_by_cause, trial_of
from dispute_risk.mediation.shared_effects import SharedEffect
from dispute_risk.mediation.trial_by_cause import Information, TrialByCause

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook

__all__ = ["EffectByCause", "effect_by_cause", "effect_to_share"]

KINDS = {**{cause.name: cause.label for cause in CAUSES}, "place_only": "the dispute would be about the place alone",
         "none": "nothing of the kind is on record"}


@dataclass(frozen=True)
class EffectByCause:
    """What an offer did by what had gone wrong.

    Parameters
    ----------
    table : DataFrame
        name, label, n_offered, n_appeals (offers with a known outcome, and appeals among them), times (by what an offer
        multiplied the appeals that were to be expected), low, high (95 %). A case with two failures counts in both rows.
    gain : float
        By how much effects by cause foretold the outcomes of families left out better than one figure, in log-likelihood.
    known : Information
        What these offers alone say of the effects.
    n_offered, n_appeals : int
        Offers with a known outcome, and appeals among them.
    """

    table: pd.DataFrame
    gain: float
    known: Information
    n_offered: int
    n_appeals: int

    def summary(self) -> str:
        """Return in two sentences where an offer did most, and whether that is more than chance."""
        rows: list[dict[str, Any]] = self.table.sort_values("times").to_dict("records")  # type: ignore[assignment]
        told = (f"For each 100 appeals to be expected, {_in_100(rows[0])} came after an offer where {rows[0]['label']}, and "
                f"{_in_100(rows[-1])} where {rows[-1]['label']}.")
        if self.gain > GATE:
            return (f"{told} Outcomes of families left out were foretold better by cause than by one figure ({self.gain:.1f} in "
                    "log-likelihood), so offers may go by cause.")
        how = "hardly better" if self.gain > 0 else "no better"
        return (f"{told} That may be chance: outcomes of families left out were foretold {how} by cause than by one figure "
                f"({self.gain:+.1f} in log-likelihood; {GATE:g} is asked), so offers do not go by cause.")


def effect_by_cause(eligible: Eligible, *, random_state: int = 0) -> EffectByCause | None:
    """Return what an offer did by what had gone wrong in the case; None where the offers are too few to say.

    Drawn towards what is taken before any record is looked at (methods 6.1).

    Parameters
    ----------
    eligible : Eligible
    random_state : int
    """
    try:
        return _worked_out(eligible, random_state)
    except NotEnoughHistory:
        return None


def effect_to_share(
    eligible: Eligible, casebook: Casebook, *, found: EffectByCause | None = None, random_state: int = 0
) -> SharedEffect:
    """Return what an authority's own offers alone say of their effect by cause, for other authorities to add to theirs.

    Parameters
    ----------
    eligible : Eligible
    casebook : Casebook
        The records it comes from.
    found : EffectByCause, optional
        Where it has been worked out already.
    random_state : int

    Raises
    ------
    NotEnoughHistory
        Where the offers are too few to learn from.
    """
    one = found or _worked_out(eligible, random_state)
    return SharedEffect(casebook.name, casebook.recorded_to, casebook.synthetic, casebook.fingerprint[:16], one.known, one.gain,
                        one.n_offered, one.n_appeals)


def _worked_out(eligible: Eligible, random_state: int) -> EffectByCause:
    trial, family = trial_of(eligible, random_state=random_state)
    before, known = Information.before(trial.centre), trial.information()
    gain = gain_by_cause(trial, family, before, random_state=random_state)
    return EffectByCause(_rows(trial, before + known), gain, known, int(trial.offered.sum()),
                         int(trial.outcome[trial.offered].sum()))


def _in_100(row: Mapping[str, Any]) -> str:
    return f"{100 * row['times']:.0f} ({100 * row['low']:.0f} to {100 * row['high']:.0f})"


def _rows(trial: TrialByCause, known: Information) -> pd.DataFrame:
    middle, spread = known.mean, np.linalg.inv(known.weight)
    kinds = [*trial.flags.astype(bool).T, trial.place, ~trial.flags.any(axis=1) & ~trial.place]
    found = []
    for (name, label), here in zip(KINDS.items(), kinds, strict=True):
        mine = trial.where(here & trial.offered)
        if not len(mine.risk):
            continue
        # Of the appeals to be expected in these cases, weighted as they were.
        usual = np.average(mine.sides[:, : len(middle)], axis=0, weights=mine.risk)
        log, wide = float(usual @ middle), Z_95 * float(np.sqrt(usual @ spread @ usual))
        found.append({"name": name, "label": label, "n_offered": len(mine.risk), "n_appeals": int(mine.outcome.sum()),
                      "times": np.exp(log), "low": np.exp(log - wide), "high": np.exp(log + wide)})
    return pd.DataFrame(found)
