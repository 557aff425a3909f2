"""What other authorities' offers say of the effect by cause: a small file of estimates, and never a case, goes between them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dispute_risk.errors import UnreadableFile
from dispute_risk.mediation.trial_by_cause import EFFECTS, Information
from dispute_risk.records.write import written_beside

__all__ = ["BETWEEN", "LEAST_AGREEMENT", "SharedEffect", "agreement", "read_shared_effects", "taken_together",
           "write_shared_effect"]

KIND = "effect of an offer by cause, version 1"
BETWEEN = 0.10
"""How far an authority's effect may lie from the usual one, as a standard deviation on the log; declared. It keeps other
authorities from outweighing one's own offers: however many they are, they count as one estimate with this error."""
LEAST_AGREEMENT = 0.01
"""Where one's own offers differ from the others' estimates by so much that chance would do it less often, those are left out."""
LEAST_KNOWN = 1.0


@dataclass(frozen=True)
class SharedEffect:
    """What one authority's offers say of their effect by cause.

    Parameters
    ----------
    authority : str
    recorded_to : date
    synthetic : bool
        Whether the records are invented.
    fingerprint : str
        Of the records.
    known : Information
        Of `trial_by_cause.EFFECTS`, from these offers alone.
    gain : float
        Log-likelihood that effects by cause gained over one figure on its families left out.
    n_offered, n_appeals : int
    """

    authority: str
    recorded_to: dt.date
    synthetic: bool
    fingerprint: str
    known: Information
    gain: float
    n_offered: int
    n_appeals: int


def taken_together(shared: Sequence[SharedEffect]) -> Information:
    """Return what other authorities say of an authority that is not among them, allowing for effects that differ.

    >>> one = SharedEffect("A", dt.date(2025, 1, 1), True, "a", Information(np.eye(6) * 100, np.full(6, -30.0)), 2.0, 900, 90)
    >>> round(float(taken_together([one]).weight[0, 0]), 1), round(float(taken_together([one, one]).mean[0]), 2)
    (33.3, -0.3)
    """
    total = Information(np.zeros((len(EFFECTS), len(EFFECTS))), np.zeros(len(EFFECTS)))
    for one in shared:
        total = total + _wider(one.known)  # each lies about the usual effect
    return _wider(total)  # and so does this authority's own


def agreement(own: Information, others: Information) -> float:
    """Return how likely a difference as large as that between two estimates is by chance (chi-squared), 0 to 1.

    Only directions in which one's own offers say something are looked at.
    """
    from scipy.stats import chi2

    size, ways = np.linalg.eigh(own.weight)
    ways, size = ways[:, size > LEAST_KNOWN], size[size > LEAST_KNOWN]
    if not len(size):
        return 1.0
    elsewhere = np.linalg.inv(others.weight + 1e-6 * np.eye(len(others.pull)))
    apart = ways.T @ own.pull / size - ways.T @ (elsewhere @ others.pull)
    spread = np.diag(1 / size) + ways.T @ elsewhere @ ways
    return float(chi2.sf(apart @ np.linalg.solve(spread, apart), len(size)))


def _wider(known: Information) -> Information:
    """Return the same estimate, less certain by `BETWEEN`; where nothing is known in a direction, nothing stays known."""
    less = np.linalg.inv(np.eye(len(known.pull)) + BETWEEN**2 * known.weight)
    return Information(known.weight @ less, less @ known.pull)


def write_shared_effect(effect: SharedEffect, path: Path) -> None:
    """Write the estimates of one authority as JSON; it holds sums over all offers, and no case."""
    told = {"kind": KIND, "authority": effect.authority, "recorded_to": effect.recorded_to.isoformat(),
            "synthetic": effect.synthetic, "records": effect.fingerprint, "effects": list(EFFECTS),
            "weight": np.round(effect.known.weight, 6).tolist(), "pull": np.round(effect.known.pull, 6).tolist(),
            "gain": round(effect.gain, 3), "offers": effect.n_offered, "appeals": effect.n_appeals}
    with written_beside(path) as beside:
        beside.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_shared_effects(
    paths: Sequence[Path], *, synthetic: bool | None = None, own: str = ""
) -> tuple[SharedEffect, ...]:
    """Return the estimates of other authorities.

    Parameters
    ----------
    paths : sequence of Path
        Files from `dispute-risk mediation --share`.
    synthetic : bool, optional
        Whether the records they are to be added to are invented: invented and real are never mixed. None: not looked at yet.
    own : str
        The authority those records are of.

    Raises
    ------
    UnreadableFile
        With everything that is wrong in any of them.
    """
    wrong: list[str] = []
    found: list[SharedEffect] = []
    for path in paths:
        try:
            one = _read(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            wrong.append(f"{path}: {_why(error)} Ask for the file that dispute-risk mediation --share writes.")
            continue
        if synthetic is not None and one.synthetic != synthetic:
            kinds = ("invented", "real") if one.synthetic else ("real", "invented")
            wrong.append(f"{path}: comes from {kinds[0]} records, and yours are {kinds[1]}. Take it out.")
        elif one.authority == own:
            wrong.append(f"{path}: comes from {own} itself, whose offers are counted already. Take it out.")
        elif one.authority in {other.authority for other in found}:
            wrong.append(f"{path}: {one.authority} is named twice. Keep its newest file.")
        else:
            found.append(one)
    if wrong:
        raise UnreadableFile("Estimates of other authorities cannot be used.", wrong)
    return tuple(found)


def _read(path: Path) -> SharedEffect:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict) or told.get("kind") != KIND:
        raise ValueError("it is no file of shared effects.")
    if told["effects"] != list(EFFECTS):
        raise ValueError("it goes by other causes than this version of the tool.")
    known = Information(np.array(told["weight"], float), np.array(told["pull"], float))
    size = len(EFFECTS)
    if known.weight.shape != (size, size) or known.pull.shape != (size,):
        raise ValueError(f"its weight must be {size} by {size} numbers, and its pull {size}.")
    gain = float(told["gain"])
    if not (np.isfinite(known.weight).all() and np.isfinite(known.pull).all() and np.isfinite(gain)):
        raise ValueError("it holds a figure that is no number.")
    if not np.allclose(known.weight, known.weight.T, atol=1e-4) or np.linalg.eigvalsh(known.weight).min() < -1e-3:
        raise ValueError("its weight is no inverse of a covariance.")
    if not isinstance(told["synthetic"], bool):
        raise ValueError("synthetic must be true or false.")
    return SharedEffect(str(told["authority"]), dt.date.fromisoformat(told["recorded_to"]), told["synthetic"],
                        str(told["records"]), known, gain, int(told["offers"]), int(told["appeals"]))


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing."
    if isinstance(error, json.JSONDecodeError):
        return "it is not JSON."
    return str(error) if isinstance(error, ValueError) else f"it cannot be read ({error})."
