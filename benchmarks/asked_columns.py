"""The columns asked of every engine: what each feature is as a count, an extreme or a mean over the facts that hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.features.declare import Catalogue
from dispute_risk.features.verbs import Age, Count, CountSince, DaysUntil, Flag, LatestIs, Mean, PerTeam
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History

__all__ = ["Asked", "asked_of", "blank_for", "finished"]


@dataclass(frozen=True)
class Asked:
    """One column in words any engine has: an aggregate over the facts of a kind that are known, hold and fit.

    Parameters
    ----------
    place : int
        Column of the result.
    kind : str
    aggregate : {'count', 'min', 'max', 'mean', 'one of', 'count since', 'per team'}
    column : str
        Of the facts; 'happened' where nothing else is named.
    code_column : str
        Coded column that must hold one of `codes`; '' where any fact fits.
    codes : tuple of int
    within_days : int or None
    of : Count, Flag, ...
        The verb itself.
    """

    place: int
    kind: str
    aggregate: str
    column: str
    code_column: str
    codes: tuple[int, ...]
    within_days: int | None
    of: object


def asked_of(catalogue: Catalogue, history: History) -> list[Asked]:
    """Return the columns of a catalogue in the words of engines."""
    found = []
    for place, feature in enumerate(catalogue):
        verb = feature.verb
        if isinstance(verb, PerTeam):
            found.append(Asked(place, verb.facts, "per team", "", "", (), verb.within_days, verb))
            continue
        where, facts = verb.where, history.facts[verb.facts]  # type: ignore[union-attr]
        if isinstance(verb, LatestIs):
            where = (verb.column, verb.codes)
        code_column, codes = ("", ()) if where is None else (where[0], numbers(facts, *where))
        aggregate, column = _aggregate(verb)
        found.append(Asked(place, verb.facts, aggregate, column, code_column, codes,  # type: ignore[union-attr]
                           verb.within_days, verb))  # type: ignore[union-attr]
    return found


def numbers(facts: Facts, column: str, codes: str | tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers behind codes."""
    wanted = {codes} if isinstance(codes, str) else set(codes)
    return tuple(number for number, label in enumerate(facts.labels[column]) if label in wanted)


def _aggregate(verb: object) -> tuple[str, str]:
    if isinstance(verb, CountSince):
        return "count since", "happened"
    if isinstance(verb, (Count, Flag)):
        return "count", "happened"
    if isinstance(verb, (Age, DaysUntil)):
        return ("max" if verb.of in ("latest", "last") else "min"), verb.column or "happened"
    if isinstance(verb, Mean):
        return "mean", verb.column
    if isinstance(verb, LatestIs):
        return "one of", verb.column
    raise TypeError(f"no engine was told how to do {type(verb).__name__}")


def blank_for(asked: Asked) -> float:
    """Return the value where no fact holds."""
    return 0.0 if asked.aggregate in ("count", "count since") else np.nan


def finished(asked: Asked, values: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return the feature made of the aggregate: days from or to a date, a flag, or the number itself."""
    if isinstance(asked.of, Flag):
        return (values > 0).astype(np.float32)
    if isinstance(asked.of, Age):
        return np.maximum(on - values, 0).astype(np.float32)
    if isinstance(asked.of, DaysUntil):
        return np.maximum(values - on, 0).astype(np.float32)
    return values.astype(np.float32)


def team_places(history: History, rows: Snapshots) -> np.ndarray:
    """Return the area of each row."""
    return history.area_of_case[rows.case].astype(np.int32)
