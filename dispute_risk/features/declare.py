"""What a feature is: a declaration that a tribunal officer can read and dispute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispute_risk.features.verbs import Verb

__all__ = ["FAMILIES", "NEVER_A_CAUSE", "UNITS", "Catalogue", "Feature"]

FAMILIES: dict[str, str] = {
    "window": "Live decision",
    "delay": "Statutory delay",
    "decision": "Decisions and panels",
    "advice": "Missing professional advice",
    "placement": "No suitable placement named",
    "contact": "Communication gap",
    "caseload": "Staffing continuity",
    "review": "Reviews and amendments",
    "transition": "Phase transfer",
    "past_disputes": "Past disputes",
    "voice": "Advocacy",
    "need": "Context",
}
"""The families into which reasons are folded, each with its heading."""

NEVER_A_CAUSE = frozenset({"past_disputes", "voice", "need"})
"""Families that are never shown as something the authority should put right: they say who the family is, or was."""

UNITS = ("days", "count", "flag", "share", "number")
"""Units of a feature; `number` is anything else, taken as it stands."""


@dataclass(frozen=True)
class Feature:
    """One column of the model, declared in words an officer can check.

    Parameters
    ----------
    name : str
        Column name, in full words.
    label : str
        What it says, as a person would read it.
    family : str
        Key of `FAMILIES`.
    unit : {'days', 'count', 'flag', 'share', 'number'}
    source : str
        The regulation, or the record, it rests on.
    verb : Verb
        How it is taken from the history.
    direction : {-1, 0, 1}
        1 where law and practice fix that more of it cannot make a dispute less likely; this is the monotone
        constraint of the model. 0 where they do not (delay is always 0).
    blank : str
        What a blank means.
    thresholds : tuple of float
        Legal thresholds, in the unit; each becomes an indicator in the ridge.
    met : float or None
        The value when the duty is met, for what the authority can act on; None where it cannot.
    sentence : str
        Reason with places for the facts of the case: `{value}`, `{on}` and the dated columns of the fact cited.
    cite_from : float
        The fact is cited as a reason only where the value is above this: three days of silence are no reason.
    voice : bool
        Whether it tells how loudly a family speaks, so that the model can be run without it.
    """

    name: str
    label: str
    family: str
    unit: str
    source: str
    verb: Verb | None = None
    direction: int = 0
    blank: str = "nothing of the kind is recorded"
    thresholds: tuple[float, ...] = ()
    met: float | None = None
    sentence: str = ""
    cite_from: float = 0.0
    voice: bool = False

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"feature {self.name}: family {self.family!r} is not one of {', '.join(FAMILIES)}")
        if self.unit not in UNITS:
            raise ValueError(f"feature {self.name}: unit {self.unit!r} is not one of {', '.join(UNITS)}")
        if self.direction not in (-1, 0, 1):
            raise ValueError(f"feature {self.name}: direction {self.direction!r} is not -1, 0 or 1")

    @property
    def actionable(self) -> bool:
        """Whether the authority can put it right."""
        return self.met is not None and self.family not in NEVER_A_CAUSE


@dataclass(frozen=True)
class Catalogue:
    """The features of a model, in order; names are unique."""

    features: tuple[Feature, ...]

    def __post_init__(self) -> None:
        names = [feature.name for feature in self.features]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"features declared twice: {', '.join(repeated)}")

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, name: str) -> Feature:
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(f"no feature {name}")

    @property
    def names(self) -> list[str]:
        """Names in order; the columns of the feature table."""
        return [feature.name for feature in self.features]

    def without_voice(self) -> Catalogue:
        """Return the catalogue without the signals of advocacy."""
        return Catalogue(tuple(feature for feature in self.features if not feature.voice))
