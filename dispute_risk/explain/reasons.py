"""Reasons for a risk: the facts of the case itself, with their dates, in plain English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk import terms
from dispute_risk.explain.words import day_in_words, days_in_words, first_capital
from dispute_risk.features.declare import FAMILIES, NEVER_A_CAUSE, Catalogue, Feature
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.days import to_date
from dispute_risk.timeline.facts import Facts, Snapshots

__all__ = ["NO_STABLE_REASON", "Reason", "filled", "fold_to_families", "reasons", "sentences_for", "what_changed"]

LEAST_SHOWN = 0.10
"""A family of features is shown where it adds at least this to the log-odds (methods section 3)."""

NO_STABLE_REASON = "No single stable reason: several small factors together."

LABELS = {
    "kind": terms.ADVICE_KIND,
    "section_i": terms.SECTION_I,
    "setting_type": terms.SETTING,
    "agreed_type": terms.SETTING,
    "written_by": terms.WRITTEN_BY,
    "decision_type": terms.DECISION_TYPE,
    "question": terms.PANEL_QUESTION,
    "response": terms.CONSULTATION_RESPONSE,
    "theme": terms.COMPLAINT_THEME,
    "channel": terms.CHANNEL,
    "source": terms.REQUEST_SOURCE,
}
"""Codelists behind the coded columns that sentences name."""

TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True)
class Reason:
    """One reason for one case.

    Parameters
    ----------
    family : str
        Key of `FAMILIES`.
    feature : str
        The feature of that family that adds most.
    contribution : float
        What the whole family adds to the log-odds, compared with the average case of training.
    sentence : str
        The fact, with its dates.
    on : date or None
        Day of the fact cited.
    can_be_acted_on : bool
        Whether the authority can put it right.
    """

    family: str
    feature: str
    contribution: float
    sentence: str
    on: dt.date | None
    can_be_acted_on: bool

    @property
    def heading(self) -> str:
        """The family's heading."""
        return FAMILIES[self.family]


def fold_to_families(catalogue: Catalogue, contributions: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the families present and the sum of contributions of each, shape (rows, families)."""
    of_each = [feature.family for feature in catalogue]
    there = set(of_each)
    present = [family for family in FAMILIES if family in there]
    belongs = (np.array(of_each)[:, None] == np.array(present)).astype(float)
    return present, contributions @ belongs


def reasons(
    searches: Searches,
    rows: Snapshots,
    catalogue: Catalogue,
    features: pd.DataFrame,
    contributions: np.ndarray,
    *,
    most: int = 3,
    stable: np.ndarray | None = None,
) -> list[list[Reason]]:
    """Return up to `most` reasons for each row, strongest first.

    Contributions are folded into families before they are ranked, since correlated features share credit arbitrarily
    and families do not. Families that tell who the family is, or was, are left out: they are never a reason to act on.

    Parameters
    ----------
    searches : Searches
        Of the history the features were taken from.
    rows : Snapshots
    catalogue : Catalogue
    features : DataFrame of shape (rows, features)
    contributions : ndarray of shape (rows, features)
        On the calibrated log-odds.
    most : int
    stable : ndarray of bool, shape (rows, families), optional
        Families that stay among the strongest in most bootstrap refits; others are not shown.

    Returns
    -------
    list of list of Reason
    """
    present, folded = fold_to_families(catalogue, contributions)
    leading = _leading_feature(catalogue, present, features, contributions)
    shown = np.array([family not in NEVER_A_CAUSE for family in present])
    strength = np.where((leading >= 0) & shown & (folded >= LEAST_SHOWN), folded, -np.inf)
    if stable is not None:
        strength = np.where(stable, strength, -np.inf)
    ranked = np.argsort(-strength, axis=1, kind="stable")[:, :most]
    wanted = [
        (row, int(family))
        for row, families in enumerate(ranked)
        for family in families
        if strength[row, family] > -np.inf
    ]
    cited = sentences_for(
        searches, rows, catalogue, features, [(row, int(leading[row, family])) for row, family in wanted]
    )
    found: list[list[Reason]] = [[] for _ in range(len(rows))]
    for (row, family), (sentence, on) in zip(wanted, cited, strict=True):
        feature = catalogue.features[leading[row, family]]
        found[row].append(
            Reason(present[family], feature.name, float(folded[row, family]), sentence, on, feature.actionable)
        )
    return found


def _leading_feature(
    catalogue: Catalogue, present: list[str], features: pd.DataFrame, contributions: np.ndarray
) -> np.ndarray:
    """Return for each row and family the feature that adds most and can be cited; -1 where none can."""
    values = features.to_numpy()
    least = np.array([feature.cite_from for feature in catalogue], np.float32)
    can = np.array([bool(feature.sentence) for feature in catalogue]) & (values > least) & (contributions > 0)
    leading = np.full((len(values), len(present)), -1, np.int64)
    for number, family in enumerate(present):
        columns = np.flatnonzero([feature.family == family for feature in catalogue])
        added = np.where(can[:, columns], contributions[:, columns], -np.inf)
        best = added.argmax(axis=1)
        some = added[np.arange(len(values)), best] > -np.inf
        leading[some, number] = columns[best[some]]
    return leading


def sentences_for(
    searches: Searches,
    rows: Snapshots,
    catalogue: Catalogue,
    features: pd.DataFrame,
    wanted: Sequence[tuple[int, int]],
) -> list[tuple[str, dt.date | None]]:
    """Return the sentence and the day of the fact cited, for pairs of a row and a feature.

    Facts are looked up feature by feature, for all its rows at once.
    """
    result: list[tuple[str, dt.date | None]] = [("", None)] * len(wanted)
    by_feature: dict[int, list[int]] = {}
    for place, (_, column) in enumerate(wanted):
        by_feature.setdefault(column, []).append(place)
    values = features.to_numpy()
    for number, places in by_feature.items():
        feature = catalogue.features[number]
        assert feature.verb is not None, f"feature {feature.name} has no verb"
        chosen = np.array([wanted[place][0] for place in places])
        facts = feature.verb.facts_for(searches)
        cited = feature.verb.cited(searches, rows.take(chosen))
        for place, row, position in zip(places, chosen, cited, strict=True):
            result[place] = _sentence(feature, float(values[row, number]), facts, int(position))
    return result


def _sentence(feature: Feature, value: float, facts: Facts | None, position: int) -> tuple[str, dt.date | None]:
    on = to_date(int(facts.happened[position])) if facts is not None and position >= 0 else None
    if "{on}" in feature.sentence and on is None:
        return first_capital(feature.label + "."), None
    places = {
        "value": f"{value:.0f}" if feature.unit != "number" else f"{value:.1f}",
        "times": TIMES.get(round(value), f"{value:.0f} times"),
    }
    return filled(feature.sentence, facts, position, value if feature.unit == "days" else np.nan, places), on


def filled(
    sentence: str, facts: Facts | None, position: int, days: float, places: dict[str, str] | None = None
) -> str:
    """Return a sentence with the dates and codes of a fact put into its places."""
    said = {"days": days_in_words(days) if np.isfinite(days) else "", **(places or {})}
    if facts is not None and position >= 0:
        said["on"] = day_in_words(to_date(int(facts.happened[position])))
        for column, values in facts.columns.items():
            said[column] = _in_words(facts, column, values, position)
    return first_capital(sentence.format_map(_Blank(said)))


def _in_words(facts: Facts, column: str, values: np.ndarray, position: int) -> str:
    if column.endswith("_on"):
        return day_in_words(to_date(int(values[position])))
    if column in facts.labels:
        code = facts.label(column, position)
        said = LABELS[column].label(code) if column in LABELS and code else code
        return said or "not recorded"
    return f"{values[position]:.0f}"


class _Blank(dict):
    """Says "not recorded" for a place that the fact does not fill."""

    def __missing__(self, key: str) -> str:
        return "not recorded"


def what_changed(
    searches: Searches,
    rows: Snapshots,
    catalogue: Catalogue,
    now: tuple[pd.DataFrame, np.ndarray],
    before: tuple[pd.DataFrame, np.ndarray],
    since: dt.date,
) -> list[str]:
    """Return one sentence a row on what moved the risk most since an earlier date; '' where nothing did.

    Parameters
    ----------
    now, before : (DataFrame, ndarray)
        Features and contributions on the row's date and on the earlier one.
    since : date
        The earlier date.
    """
    features, contributions = now
    moved = contributions - before[1]
    shown = np.array([f.family not in NEVER_A_CAUSE and bool(f.sentence) for f in catalogue])
    moved = np.where(shown, moved, 0.0)
    leading = np.abs(moved).argmax(axis=1)
    size = moved[np.arange(len(rows)), leading]
    values = np.nan_to_num(features.to_numpy()[np.arange(len(rows)), leading])
    earlier = np.nan_to_num(before[0].to_numpy()[np.arange(len(rows)), leading])
    least = np.array([feature.cite_from for feature in catalogue])[leading]
    up = (size >= LEAST_SHOWN) & (values > least)
    said = [""] * len(rows)
    pairs = [(int(row), int(leading[row])) for row in np.flatnonzero(up)]
    day = day_in_words(since)
    for (place, number), (sentence, _) in zip(
        pairs, sentences_for(searches, rows, catalogue, features, pairs), strict=True
    ):
        fresh = earlier[place] == 0 or catalogue.features[number].unit == "flag"
        said[place] = f"New since {day}: {sentence}" if fresh else f"Further since {day}: {sentence}"
    for row in np.flatnonzero((size <= -LEAST_SHOWN) & ~up).tolist():
        said[row] = f"Less than on {day}: {catalogue.features[leading[row]].label}."
    return said
