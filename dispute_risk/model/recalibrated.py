"""A release made from another without learning anew: its level brought up to date with recent appeals, or its points alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.errors import OutputNotWritten
from dispute_risk.model.appeals_by_month import PAST_YEARS, appeals_by_month, seasonal
from dispute_risk.model.card import model_card
from dispute_risk.model.fitted import FittedRisk
from dispute_risk.model.level import chance
from dispute_risk.model.recent_level import USUAL_DRIFT
from dispute_risk.model.released import Release, model_as_json, write_release_folder

if TYPE_CHECKING:
    import pandas as pd

    from dispute_risk.model.landmarks import Landmarks

__all__ = ["SIGNALLED_DRIFT", "level_since", "points_alone", "save_changed"]


SIGNALLED_DRIFT = 0.6
"""How far the level usually lies off, in log-odds, once the chart of appeals has given a signal: twice the usual drift. The
chart is tuned to half as many again (0.4) and speaks rarely of less."""


def level_since(
    fitted: FittedRisk, rows: Landmarks, shares: dict[str, np.ndarray], first: dt.date, last: dt.date,
    drift: float = USUAL_DRIFT,
) -> float:
    """Return the number to add to the log-odds so that expected appeals meet those registered since a day, shrunk.

    Whole calendar months from `first` are used, as far as registrations are complete; the raw difference is multiplied by
    t² / (t² + 1/E) with E the separate appeals seen and t the usual drift (methods 1.3), so that a few appeals move little;
    more after a signal, which says that more than the usual drift is at work. The season is allowed for as far as the years
    before `first` show one.

    Parameters
    ----------
    fitted : FittedRisk
    rows : Landmarks
        Monthly rows with waiting times, those not yet matured included.
    shares : dict
        From `appeals_by_month.waiting_shares`.
    first, last : date
    drift : float
        t: `SIGNALLED_DRIFT` after a signal.

    Returns
    -------
    float
        0 where no whole month has passed, or none had an appeal.
    """
    reach = fitted.log_odds(rows.features.loc[:, list(fitted.names)].to_numpy(np.float64))
    past = appeals_by_month(rows, chance(reach), shares, first - dt.timedelta(days=round(365.25 * PAST_YEARS)), first)

    def months(moved: float) -> pd.DataFrame:
        return seasonal(appeals_by_month(rows, chance(reach + moved), shares, first, last), past)

    observed = float(months(0.0)["observed"].sum())
    if observed <= 0:
        return 0.0
    low, high = -3.0, 3.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if float(months(middle)["expected"].sum()) < observed else (low, middle)
    return (low + high) / 2 * drift**2 / (drift**2 + 1 / observed)


def points_alone(fitted: FittedRisk) -> FittedRisk:
    """Return the lowest rung of a model: its points, which anyone can add up, without what was learned on top.

    The level and the slope of the points are those fitted in training.
    """
    line = fitted.line
    refits = line.refits.copy()
    refits[:, 2:] = 0.0
    bare = replace(line, level=0.0, coefficients=np.zeros_like(line.coefficients), refits=refits)
    return FittedRisk("points", bare)


def save_changed(
    release: Release, folder: str | Path, fitted: FittedRisk, *, name: str, on: dt.date, why: str, **more: Any
) -> Path:
    """Write a release made from another one without learning anew: another level, or the points alone.

    It keeps the features, the verdict and the day of expiry of the first: a change of level is no new test and prolongs
    nothing.

    Parameters
    ----------
    release : Release
        The release it is made from.
    folder : path
        Must not exist.
    fitted : FittedRisk
    name : str
    on : date
        Last day of the records used; the new release may be used from then on.
    why : str
        Shown on the card.
    **more
        Further entries of the manifest, such as `level_moved`.

    Raises
    ------
    OutputNotWritten
        The folder exists, or cannot be written.
    """
    target = Path(folder)
    if target.exists():
        raise OutputNotWritten(f"{target} is there already. A release is never overwritten; give it another name.")
    manifest = {**release.manifest, "name": name, "rung": fitted.rung, "as_of": on.isoformat(),
                "made_from": release.manifest["name"], "reasons": [why, *release.manifest.get("reasons", [])], **more}
    files = {"model.json": json.dumps(model_as_json(fitted), indent=1, allow_nan=False)}
    if fitted.trees is not None:
        files["trees.json"] = fitted.trees.to_text(fitted.names)
    files["CARD.md"] = model_card(manifest, fitted)
    manifest["files"] = {file: hashlib.sha256(text.encode()).hexdigest() for file, text in files.items()}
    files["manifest.json"] = json.dumps(manifest, indent=1, allow_nan=False)
    write_release_folder(target, files)
    return target
