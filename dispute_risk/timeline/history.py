"""The one door to the past: everything the authority knew, and from which day it knew it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from dispute_risk.errors import UnknownName
from dispute_risk.records.casebook import Casebook
from dispute_risk.timeline.advice import advice_facts
from dispute_risk.timeline.conversation import complaint_facts, contact_facts
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.decisions import notice_facts, plan_facts, request_facts
from dispute_risk.timeline.disputes import dispute_facts
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.officers import officer_facts
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.reviews import review_facts, transfer_facts
from dispute_risk.timeline.schooling import consultation_facts, panel_facts, placement_facts
from dispute_risk.timeline.teams import team_facts

__all__ = ["History", "Theme"]

Theme = Callable[[Recorded], dict[str, Facts]]
"""Makes facts of one subject from the records."""

CASE_THEMES = (
    request_facts,
    plan_facts,
    notice_facts,
    advice_facts,
    placement_facts,
    consultation_facts,
    panel_facts,
    contact_facts,
    complaint_facts,
    officer_facts,
    review_facts,
    transfer_facts,
    dispute_facts,
)


@dataclass(frozen=True)
class History:
    """What was known about each case, on any date.

    Features receive nothing else, so nothing recorded later can reach them.

    Parameters
    ----------
    case_id : ndarray of str
        The cases, in the order of their numbers.
    facts : mapping of str to Facts
        Facts keyed by case; a kind that the records do not hold is present and empty.
    area_of_case : ndarray of int32
        Number of the area of each case.
    area_names : tuple of str
    area_facts : mapping of str to Facts
        Facts keyed by area, for what concerns a team.
    attributes : mapping of str to ndarray
        One value a case that does not change: `born` (day number), `looked_after`, `primary_need` (code number), …
    attribute_labels : mapping of str to tuple of str
    family : ndarray of int
        Families, so that brothers and sisters stay together.
    recorded_to : date
        Nothing is known after it.
    """

    case_id: np.ndarray
    facts: Mapping[str, Facts]
    area_of_case: np.ndarray
    area_names: tuple[str, ...]
    area_facts: Mapping[str, Facts] = field(default_factory=dict)
    attributes: Mapping[str, np.ndarray] = field(default_factory=dict)
    attribute_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    family: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    recorded_to: dt.date = dt.date(1900, 1, 1)

    @classmethod
    def of(cls, casebook: Casebook, more: Iterable[Theme] = ()) -> History:
        """Return the history in a casebook.

        Parameters
        ----------
        casebook : Casebook
        more : iterable of callable
            Further kinds of fact: each takes a `Recorded` and returns facts by name. A name that is there already is
            replaced.
        """
        recorded = Recorded(casebook)
        facts: dict[str, Facts] = {"opened": _open_spells(recorded)}
        for theme in (*CASE_THEMES, *more):
            facts.update(theme(recorded))
        area, names = recorded.area
        attributes = {
            "born": recorded.day("cases", "birth_date"),
            "looked_after": recorded.number("cases", "looked_after"),
            "primary_need": recorded.code("cases", "primary_need"),
        }
        return cls(
            recorded.case_id,
            facts,
            area,
            tuple(names),
            team_facts(recorded),
            attributes,
            {"primary_need": tuple(recorded.labels("cases", "primary_need"))},
            _families(recorded),
            casebook.recorded_to,
        )

    @property
    def last_day(self) -> int:
        """Day number of the last day on which anything was recorded."""
        return day_number(self.recorded_to)

    def number_of(self, case_id: str) -> int:
        """Return the number of a case; raises UnknownName where the records do not hold it."""
        found = np.flatnonzero(self.case_id == case_id)
        if not len(found):
            raise UnknownName(f"case_id: {case_id!r} is not in the records. Check the number, or the casebook.")
        return int(found[0])

    def only(self, cases: np.ndarray) -> History:
        """Return the history of some whole cases, numbered anew; facts about areas are kept as they are.

        Features of the part are the same as of the whole, which is what lets a cluster work on partitions of cases.

        Parameters
        ----------
        cases : ndarray of int
            Case numbers, ascending.
        """
        renumber = np.full(len(self.case_id), -1, np.int32)
        renumber[cases] = np.arange(len(cases), dtype=np.int32)
        parts = {}
        for name, one in self.facts.items():
            kept = one.take(renumber[one.case] >= 0)
            parts[name] = Facts(renumber[kept.case], kept.happened, kept.known, kept.until, kept.columns, kept.labels)
        return History(
            self.case_id[cases],
            parts,
            self.area_of_case[cases],
            self.area_names,
            self.area_facts,
            {name: values[cases] for name, values in self.attributes.items()},
            self.attribute_labels,
            self.family[cases],
            self.recorded_to,
        )


def _open_spells(recorded: Recorded) -> Facts:
    """Return from when to when each file was known to be open."""
    everyone = np.arange(len(recorded.case_id), dtype=np.int32)
    return Facts.of(everyone, recorded.file_known, None, recorded.known("cases", "closed_on"))


def _families(recorded: Recorded) -> np.ndarray:
    """Return a number for each family; a case without a family is a family of its own."""
    number, names = recorded.identifier("cases", "family_id")
    alone = number < 0
    return np.where(alone, len(names) + np.arange(len(number)), number).astype(np.int64)
