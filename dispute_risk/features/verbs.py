"""The ten verbs by which a feature is taken from the history: count, flag, age, days until, and so on.

Each verb answers two questions for a set of cases on dates: what is the value, and which fact would an officer cite for
it. Values come from sorted searches over all rows at once; a fact counts from the day it was known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.features.searches import Searches
from dispute_risk.timeline.days import NO_DAY, add_months, to_dates
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.pairs import active_pairs

__all__ = [
    "Age",
    "AgeOfChild",
    "Both",
    "Count",
    "CountSince",
    "DaysCovered",
    "DaysUntil",
    "Flag",
    "LatestIs",
    "Mean",
    "OfCase",
    "PerTeam",
    "SchoolTerm",
    "Verb",
]

Where = tuple[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Verb:
    """How a feature is taken from the history.

    Subclasses give `values(searches, rows)`, a float32 array with NaN for a blank, and `cited(searches, rows)`, the
    position of the fact to cite for each row (-1 for none) in `facts_for(searches)`.
    """

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        raise NotImplementedError

    def facts_for(self, searches: Searches) -> Facts | None:
        """Return the facts that `cited` points into; None where no single fact can be cited."""
        return None

    def cited(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        """Return for each row the position of the fact to cite, -1 for none."""
        return np.full(len(rows), -1, np.int64)

    def needs(self) -> tuple[str, ...]:
        """Return the kinds of fact it is taken from."""
        return ()


def _blank_where(blank: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.where(blank, np.float32(np.nan), values.astype(np.float32))


@dataclass(frozen=True)
class _OnFacts(Verb):
    facts: str
    where: Where | None = None
    within_days: int | None = None

    def facts_for(self, searches: Searches) -> Facts:
        return searches.facts(self.facts, self.where, self.within_days)

    def needs(self) -> tuple[str, ...]:
        return (self.facts,)

    def _pick(self, searches: Searches, rows: Snapshots, latest: bool, by: str = "") -> np.ndarray:
        """Return the active fact with the latest (or earliest) day, -1 where none is active."""
        facts = self.facts_for(searches)
        row, fact = active_pairs(facts, rows)
        day = facts.columns[by][fact] if by else facts.happened[fact]
        order = np.lexsort((fact, day if latest else -day.astype(np.int64), row))
        picked = np.full(len(rows), -1, np.int64)
        picked[row[order]] = fact[order]  # the last one written stands, which is the one sorted last
        return picked

    def cited(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        return self._pick(searches, rows, latest=True)


@dataclass(frozen=True)
class Count(_OnFacts):
    """How many are known and hold on the date; with `within_days`, of those that happened in the last so many days."""

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        return searches.count(self.facts, self.where, self.within_days, rows).astype(np.float32)


@dataclass(frozen=True)
class Flag(_OnFacts):
    """Whether there is any."""

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        return (searches.count(self.facts, self.where, self.within_days, rows) > 0).astype(np.float32)


@dataclass(frozen=True)
class Age(_OnFacts):
    """Days since the oldest (or the latest) that still holds; since its `column` where one is named.

    Blank where there is none. With a due date as the column, the days are those past the date, and 0 before it.
    """

    of: str = "oldest"
    column: str = ""

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        latest = self.of == "latest"
        day = searches.extreme(self.facts, self.where, self.within_days, self.column, latest, rows)
        return _blank_where(day == NO_DAY, np.maximum(rows.on - day, 0))

    def cited(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        return self._pick(searches, rows, self.of == "latest", self.column)


@dataclass(frozen=True)
class DaysUntil(_OnFacts):
    """Days left until the soonest (or the last) `column` date; blank where there is none, 0 once it has passed."""

    column: str = "due_on"
    of: str = "soonest"

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        latest = self.of == "last"
        day = searches.extreme(self.facts, self.where, self.within_days, self.column, latest, rows)
        return _blank_where(day == NO_DAY, np.maximum(day - rows.on, 0))

    def cited(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        return self._pick(searches, rows, self.of == "last", self.column)


@dataclass(frozen=True)
class LatestIs(_OnFacts):
    """Whether the fact in force has one of the codes; blank where no fact is in force."""

    column: str = ""
    codes: tuple[str, ...] = ()

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        some = searches.count(self.facts, (self.column, self.codes), None, rows) > 0
        stated = tuple(searches.history.facts[self.facts].labels[self.column])
        told = searches.count(self.facts, (self.column, stated), None, rows) > 0
        return _blank_where(~told, some)

    def facts_for(self, searches: Searches) -> Facts:
        return searches.facts(self.facts, (self.column, self.codes), None)


@dataclass(frozen=True)
class Mean(_OnFacts):
    """Mean of a number over the facts of the last days; blank where there is none."""

    column: str = ""

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        count = searches.count(self.facts, self.where, self.within_days, rows)
        total = searches.total(self.facts, self.where, self.within_days, self.column, rows)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


@dataclass(frozen=True)
class DaysCovered(_OnFacts):
    """Days within the last `within_days` that lie inside a spell; a spell not known to be over runs on.

    The spells carry `to_on`, their last day, and `over`, the day from which they were known to be over.
    """

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        assert self.within_days is not None, "DaysCovered needs within_days"
        facts = searches.near(self.facts, self.where, None, rows)
        # A spell matters until the window has moved past its last day; one still running matters for ever.
        ends = facts.columns["to_on"].astype(np.int64)
        until = np.where(ends == NO_DAY, facts.until, np.maximum(ends, facts.columns["over"]) + self.within_days + 1)
        reach = Facts(facts.case, facts.happened, facts.known,
                      np.minimum(until, facts.until).astype(np.int32), facts.columns)
        row, fact = active_pairs(reach, rows)
        on = rows.on[row]
        over = (reach.columns["over"][fact] <= on) & (ends[fact] != NO_DAY)
        stop = np.where(over, np.minimum(ends[fact] + 1, on), on)
        overlap = np.maximum(stop - np.maximum(facts.happened[fact], on - self.within_days), 0)
        return np.bincount(row, weights=overlap, minlength=len(rows)).astype(np.float32)

    def facts_for(self, searches: Searches) -> Facts:
        return searches.facts(self.facts, self.where, None)


@dataclass(frozen=True)
class CountSince(_OnFacts):
    """How many, of those in the last days, happened after the latest of another kind."""

    since: str = ""

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        facts = searches.near(self.facts, self.where, self.within_days, rows)
        latest = searches.extreme(self.since, None, None, "", True, rows)
        row, fact = active_pairs(facts, rows)
        after = facts.happened[fact] > latest[row]
        return np.bincount(row[after], minlength=len(rows)).astype(np.float32)

    def needs(self) -> tuple[str, ...]:
        return (self.facts, self.since)


@dataclass(frozen=True)
class PerTeam(Verb):
    """A rate of the area team on the date: how many of one kind for each of another.

    With `against_all`, over the same rate of all teams together: a level that drifts from year to year would tell the
    model the year and not the team.
    """

    facts: str
    per: str
    within_days: int | None = None
    times: float = 1.0
    against_all: bool = False

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        rate = searches.team_rate(self.facts, self.per, self.within_days, rows, self.against_all)
        return (self.times * rate).astype(np.float32)

    def needs(self) -> tuple[str, ...]:
        return (self.facts, self.per)


@dataclass(frozen=True)
class OfCase(Verb):
    """A value of the case that does not change; with `codes`, whether it is one of them."""

    attribute: str
    codes: tuple[str, ...] = ()

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        value = searches.history.attributes[self.attribute][rows.case].astype(np.float32)
        if not self.codes:
            return value
        labels = searches.history.attribute_labels[self.attribute]
        numbers = [number for number, label in enumerate(labels) if label in self.codes]
        return _blank_where(value < 0, np.isin(value, numbers))

    def needs(self) -> tuple[str, ...]:
        return (self.attribute,)


@dataclass(frozen=True)
class AgeOfChild(Verb):
    """Age in years; with a range, whether the school year is one in which the child is of these ages on 31 August."""

    at_least: int | None = None
    below: int | None = None

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        born = searches.history.attributes["born"][rows.case]
        if self.at_least is None and self.below is None:
            return np.where(born == NO_DAY, np.nan, (rows.on - born) / 365.25).astype(np.float32)
        # Whole years by calendar months, so that a birthday counts on the day.
        low = 0 if self.at_least is None else self.at_least
        reached = add_months(born, 12 * low) <= rows.on
        under = np.ones(len(rows), bool) if self.below is None else add_months(born, 12 * self.below) > rows.on
        return _blank_where(born == NO_DAY, reached & under)

    def needs(self) -> tuple[str, ...]:
        return ("born",)


@dataclass(frozen=True)
class Both(Verb):
    """Whether two flags are raised together; cites the first."""

    first: Verb
    second: Verb

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        one, other = self.first.values(searches, rows), self.second.values(searches, rows)
        return ((one > 0) & (other > 0)).astype(np.float32)

    def facts_for(self, searches: Searches) -> Facts | None:
        return self.first.facts_for(searches)

    def cited(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        return self.first.cited(searches, rows)

    def needs(self) -> tuple[str, ...]:
        return (*self.first.needs(), *self.second.needs())


@dataclass(frozen=True)
class SchoolTerm(Verb):
    """Whether the date lies in some months of the year."""

    months: tuple[int, ...] = ()

    def values(self, searches: Searches, rows: Snapshots) -> np.ndarray:
        month = to_dates(rows.on).astype("datetime64[M]").astype(int) % 12 + 1
        return np.isin(month, self.months).astype(np.float32)
