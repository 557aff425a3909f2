"""Released models: a folder anyone can read, checked on opening, that gives the risks of the day it was made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispute_risk.errors import ModelNotUsable, OutputNotWritten
from dispute_risk.model.card import model_card
from dispute_risk.model.design import Column, Design, feature_values
from dispute_risk.model.fitted import RANGE_SHARE, FittedLine, FittedRisk
from dispute_risk.model.manifest import months_later, plain, versions
from dispute_risk.model.points import PointsItem, PointsModel
from dispute_risk.model.trees import Trees

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue

__all__ = ["FORMAT", "MONTHS_IN_USE", "Release", "catalogue_fingerprint", "load_release", "model_as_json",
           "release_with", "save_release", "write_release_folder"]

FORMAT = 1
"""Version of the layout of the folder."""
MONTHS_IN_USE = 12
"""A release may be used until this many months after its as-of date; then it has to be made again."""


@dataclass(frozen=True)
class Release:
    """A released model.

    Parameters
    ----------
    fitted : FittedRisk
    manifest : dict
        Name, as-of date, horizon, expiry, rung, features, fingerprints, versions, seed, metrics.
    """

    fitted: FittedRisk
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the release."""
        return str(self.manifest["name"])

    @property
    def expires_on(self) -> dt.date:
        """Last day of use."""
        return dt.date.fromisoformat(self.manifest["expires_on"])

    def risk(self, features: Any) -> np.ndarray:
        """Return the risk of each row of a feature table."""
        return self.fitted.risk(feature_values(features, self.fitted.names))

    def interval(self, features: Any, share: float = RANGE_SHARE) -> tuple[np.ndarray, np.ndarray]:
        """Return the range of each risk (80 % of the bootstrap refits by default)."""
        return self.fitted.interval(feature_values(features, self.fitted.names), share)

    def check_catalogue(self, folder: Path, catalogue: Catalogue) -> None:
        """Raise ModelNotUsable where the release was made for other features."""
        _check_catalogue(folder, self.manifest, catalogue)

    def notes(self, synthetic_records: bool = False) -> tuple[str, ...]:
        """Return what a reader of any page made with this release must be told."""
        told = []
        if self.manifest.get("verdict") != "accept":
            told.append(
                f"The model is on trial: the verdict of its test on later dates is \"{self.manifest.get('verdict')}\". "
                "Set each risk against what you know of the case."
            )
            told += [reason for reason in self.manifest.get("reasons", []) if "national rates" in reason]
        if self.manifest["synthetic"] and not synthetic_records:
            told.append("The model learned from invented records: its risks say nothing about real cases.")
        return tuple(told)

    def summary(self) -> str:
        """Return what the release is, in a line."""
        invented = " Made from synthetic data: invented, for no real case." if self.manifest["synthetic"] else ""
        return (f"{self.name}: {self.manifest['rung']}, as of {self.manifest['as_of']}, "
                f"{self.manifest['horizon_days']} days ahead, for use until {self.manifest['expires_on']}.{invented}")


def catalogue_fingerprint(catalogue: Catalogue) -> str:
    """Return a fingerprint of everything in the catalogue that the model rests on."""
    declared = [
        [feature.name, feature.unit, feature.direction, list(feature.thresholds), feature.family, feature.voice]
        for feature in catalogue
    ]
    return hashlib.sha256(json.dumps(declared).encode()).hexdigest()


def save_release(
    folder: str | Path,
    fitted: FittedRisk,
    catalogue: Catalogue,
    *,
    name: str,
    as_of: dt.date,
    horizon_days: int,
    synthetic: bool,
    data_fingerprints: Mapping[str, str],
    random_state: int,
    metrics: Mapping[str, Any],
    verdict: str,
    reasons: tuple[str, ...] = (),
) -> Path:
    """Write a release folder: `model.json`, `trees.json` for the pair, `CARD.md` and `manifest.json`.

    Nothing in it is ever executed on opening: everything is numbers and words as JSON, the trees too.

    Parameters
    ----------
    folder : path
        Must not exist; a release is never overwritten.
    fitted : FittedRisk
    catalogue : Catalogue
    name : str
    as_of : date
        Last day of the data learned from.
    horizon_days : int
    synthetic : bool
        Whether the data were invented; the card says so.
    data_fingerprints : mapping
        Table to sha256 of what was learned from.
    random_state : int
    metrics : mapping
        Figures of the validation, as numbers.
    verdict : str
    reasons : tuple of str

    Raises
    ------
    OutputNotWritten
        The folder exists, or cannot be written; nothing is left half written.
    """
    target = Path(folder)
    if target.exists():
        raise OutputNotWritten(f"{target} is there already. A release is never overwritten; give it another name.")
    manifest = {
        "format": FORMAT, "name": name, "as_of": as_of.isoformat(), "horizon_days": int(horizon_days),
        "expires_on": months_later(as_of, MONTHS_IN_USE).isoformat(), "synthetic": bool(synthetic),
        "rung": fitted.rung, "features": list(fitted.names), "catalogue": catalogue_fingerprint(catalogue),
        "data": dict(data_fingerprints), "random_state": int(random_state), "verdict": verdict,
        "reasons": list(reasons), "metrics": {key: plain(value) for key, value in metrics.items()},
        "versions": versions(),
    }
    files = {"model.json": json.dumps(model_as_json(fitted), indent=1, allow_nan=False)}
    if fitted.trees is not None:
        files["trees.json"] = fitted.trees.to_text(fitted.names)
    files["CARD.md"] = model_card(manifest, fitted)
    manifest["files"] = {file: hashlib.sha256(text.encode()).hexdigest() for file, text in files.items()}
    files["manifest.json"] = json.dumps(manifest, indent=1, allow_nan=False)
    write_release_folder(target, files)
    return target


def write_release_folder(target: Path, files: Mapping[str, str]) -> None:
    """Write files of text beside the folder they are to stand in and move them there all at once, or raise OutputNotWritten."""
    beside = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        for file, text in files.items():
            (beside / file).write_bytes(text.encode())
        beside.chmod(0o755)
        os.replace(beside, target)
    except OSError as error:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
        raise OutputNotWritten(f"The release could not be written to {target}: {error.strerror}.") from error


def load_release(folder: str | Path, as_of: dt.date, catalogue: Catalogue | None = None) -> Release:
    """Open a release and check it.

    Parameters
    ----------
    folder : path
    as_of : date
        The date it is to be used for; a release past its expiry is refused.
    catalogue : Catalogue, optional
        The features at hand; a release made for others is refused.

    Raises
    ------
    ModelNotUsable
        Says whether it is missing, damaged, of another layout, expired, or made for other features.
    """
    place = Path(folder)
    manifest = _manifest(place)
    problems = [f"{file}: {what}" for file, what in _damage(place, manifest)]
    if problems:
        raise ModelNotUsable(f"{place} is damaged. Fetch or make the release again.", problems)
    expires = dt.date.fromisoformat(manifest["expires_on"])
    if as_of > expires:
        raise ModelNotUsable(
            f"{place}: release {manifest['name']} expired on {expires}; the as-of date is {as_of}. "
            "Fit and validate a new release; until then the breach points can be used."
        )
    if as_of < dt.date.fromisoformat(manifest["as_of"]):
        raise ModelNotUsable(
            f"{place}: release {manifest['name']} was made from records up to {manifest['as_of']}, after the "
            f"as-of date {as_of}: it knows what came later. Use an earlier release."
        )
    if catalogue is not None:
        _check_catalogue(place, manifest, catalogue)
    return Release(_from_json(place, manifest), manifest)


def release_with(folder: str | Path, as_of: dt.date, catalogue: Catalogue) -> tuple[Release, Catalogue]:
    """Open a release, and return it with the features it was made for.

    One made without advocacy takes the catalogue without it; any other difference is refused (`load_release`).
    """
    release = load_release(folder, as_of)
    without = catalogue.without_voice()
    chosen = without if set(release.fitted.names) == set(without.names) else catalogue
    release.check_catalogue(Path(folder), chosen)
    return release, chosen


def _manifest(place: Path) -> dict[str, Any]:
    path = place / "manifest.json"
    if not path.is_file():
        raise ModelNotUsable(f"{place} is not a released model: manifest.json is missing.")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelNotUsable(f"{path} cannot be read: it is damaged. Fetch or make the release again.") from error
    needed = ("format", "name", "as_of", "expires_on", "horizon_days", "synthetic", "rung", "features", "catalogue",
              "files")
    missing = [key for key in needed if not isinstance(manifest, dict) or key not in manifest]
    if missing:
        raise ModelNotUsable(f"{path} is not the manifest of a released model: it lacks {', '.join(missing)}.")
    if manifest["format"] != FORMAT:
        raise ModelNotUsable(f"{path}: layout {manifest['format']!r}; this version reads layout {FORMAT}.")
    return manifest


def _damage(place: Path, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    wanted = {"model.json", *(["trees.json"] if manifest["rung"] == "pair" else []), *manifest["files"]}
    for file in sorted(wanted):
        path = place / file
        if not path.is_file():
            found.append((file, "missing"))
        elif hashlib.sha256(path.read_bytes()).hexdigest() != manifest["files"].get(file):
            found.append((file, "its content is not what the manifest says"))
    return found


def _check_catalogue(place: Path, manifest: dict[str, Any], catalogue: Catalogue) -> None:
    if manifest["catalogue"] == catalogue_fingerprint(catalogue):
        return
    theirs, ours = manifest["features"], catalogue.names
    lines = [f"the release has {name}, the catalogue has not" for name in theirs if name not in ours]
    lines += [f"the catalogue has {name}, the release has not" for name in ours if name not in theirs]
    raise ModelNotUsable(
        f"{place} was made for another catalogue of features. Fit a new release, or use the one it was made with.",
        lines or ["the same features, declared with another unit, direction, limit or family"],
    )


def model_as_json(fitted: FittedRisk) -> dict[str, Any]:
    """Return all of a model but its trees as numbers and words, for `model.json`."""
    line, design = fitted.line, fitted.line.design

    def items(which: tuple[PointsItem, ...]) -> list[dict[str, Any]]:
        return [dict(vars(item)) for item in which]

    return {
        "rung": fitted.rung, "level": fitted.level, "slope": fitted.slope,
        "points": {"items": items(line.points.items), "left_out": items(line.points.left_out),
                   "level": line.points.level, "per_point": line.points.per_point,
                   "mean": line.points_mean.tolist()},
        "design": {
            "names": list(design.names), "units": list(design.units), "directions": list(design.directions),
            "columns": [
                {"kind": column.kind, "features": list(column.features),
                 "at_least": None if np.isnan(column.at_least) else column.at_least,
                 "cap": None if np.isinf(column.cap) else column.cap,
                 "centre": column.centre, "scale": column.scale, "coefficient": float(coefficient)}
                for column, coefficient in zip(design.columns, line.coefficients, strict=True)
            ],
        },
        "correction_of_level": line.level,
        "refits": line.refits.tolist(),
    }


def _from_json(place: Path, manifest: dict[str, Any]) -> FittedRisk:
    file = "model.json"
    try:
        stored = json.loads((place / file).read_text(encoding="utf-8"))
        given, columns = stored["points"], stored["design"]["columns"]
        points = PointsModel(
            tuple(PointsItem(**item) for item in given["items"]),
            tuple(PointsItem(**item) for item in given["left_out"]), given["level"], given["per_point"],
        )
        design = Design(
            tuple(stored["design"]["names"]), tuple(stored["design"]["units"]), tuple(stored["design"]["directions"]),
            tuple(
                Column(column["kind"], tuple(column["features"]),
                       np.nan if column["at_least"] is None else column["at_least"],
                       np.inf if column["cap"] is None else column["cap"], column["centre"], column["scale"])
                for column in columns
            ),
        )
        refits = np.array(stored["refits"], dtype=float).reshape(len(stored["refits"]), 3 + len(columns))
        line = FittedLine(points, np.array(given["mean"], dtype=float), design, stored["correction_of_level"],
                          np.array([column["coefficient"] for column in columns], dtype=float), refits)
        trees = None
        if stored["rung"] == "pair":
            file = "trees.json"
            trees = Trees.from_text((place / file).read_text(encoding="utf-8"), line.names)
        return FittedRisk(stored["rung"], line, trees, stored["level"], stored["slope"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ModelNotUsable(f"{place / file} does not hold a model this version can read: {error}.") from error
