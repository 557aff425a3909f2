"""The searches behind the verbs: each kind of fact is laid over the dates it was known on, for every row at once."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.days import FOREVER
from dispute_risk.timeline.facts import Facts, Snapshots, keys
from dispute_risk.timeline.history import History
from dispute_risk.timeline.pairs import Stretches

__all__ = ["Searches"]

Where = tuple[str, str | tuple[str, ...]]


class Searches:
    """Views of a history, kept for the length of one pass.

    Rows are sorted by case and date. For each fact it looks up among the rows where it begins and where it ceases to hold,
    and adds up along the rows.

    Parameters
    ----------
    history : History
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self._facts: dict[tuple, Facts] = {}
        self._teams: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        self._rows: Snapshots | None = None
        self._cases = (0, 0)
        self._parts: dict[str, Facts] = {}
        self._counts: dict[tuple, np.ndarray] = {}

    def facts(self, name: str, where: Where | None = None, within_days: int | None = None) -> Facts:
        """Return facts of a kind, of some codes, each held for at most `within_days` after it happened."""
        at = (name, where, within_days)
        if at not in self._facts:
            self._facts[at] = _narrowed(self.history.facts[name], where, within_days)
        return self._facts[at]

    def near(self, name: str, where: Where | None, within_days: int | None, rows: Snapshots) -> Facts:
        """Return those facts that are of the cases from the first to the last of the rows."""
        self._for(rows)
        if name not in self._parts:
            whole = self.history.facts[name]
            low, high = np.searchsorted(whole.case, np.array(self._cases, whole.case.dtype))
            self._parts[name] = whole if high - low == len(whole) else whole.take(slice(low, high))
        return _narrowed(self._parts[name], where, within_days)

    def count(self, name: str, where: Where | None, within_days: int | None, rows: Snapshots) -> np.ndarray:
        """Return how many facts are known and hold on each row's date."""
        self._for(rows)
        at = (name, where, within_days)
        if at not in self._counts:
            self._counts[at] = self._counted(at, rows)
        return self._counts[at]

    def total(
        self, name: str, where: Where | None, within_days: int | None, column: str, rows: Snapshots
    ) -> np.ndarray:
        """Return the sum of a column over the facts that are known and hold on each row's date.

        A blank counts as the mean of the others, so that the sum over the count is the mean of what is filled in; NaN
        where facts hold and none is filled in. Added up case by case in the order of recording, so that no other case
        can change the last digit.
        """
        facts = self.near(name, where, within_days, rows)
        values = facts.columns[column].astype(np.float64)
        runs = Stretches.of(facts, rows)
        total = runs.added(np.where(np.isnan(values), 0.0, values))
        if not np.isnan(values).any():
            return runs.on_rows(total)
        count = runs.added(np.ones(len(values)))
        filled = count - runs.added(np.isnan(values).astype(np.float64))
        return runs.on_rows(
            np.where(filled > 0, total * count / np.maximum(filled, 1), np.where(count > 0, np.nan, 0.0)))

    def extreme(
        self,
        name: str,
        where: Where | None,
        within_days: int | None,
        column: str,
        latest: bool,
        rows: Snapshots,
    ) -> np.ndarray:
        """Return the latest (or earliest) day among the facts that are known and hold; `NO_DAY` where none does."""
        facts = self.near(name, where, within_days, rows)
        day = facts.columns[column] if column else facts.happened
        runs = Stretches.of(facts, rows)
        if len(facts) and facts.until.min() >= FOREVER:
            return runs.on_rows(runs.standing(_running_extreme(facts.case, day, latest)))
        return runs.on_rows(runs.latest(day) if latest else runs.earliest(day))

    def team_rate(
        self, name: str, per: str, within_days: int | None, rows: Snapshots, against_all: bool = False
    ) -> np.ndarray:
        """Return, for the area of each row on its date, how many of one kind for each of another; NaN for none.

        With `against_all`, over the same rate of all areas together.
        """
        teams, back = _teams_of(self.history.area_of_case[rows.case], rows.on)
        rate = _ratio(self._of_team(name, within_days, teams, False), self._of_team(per, None, teams, False))
        if against_all:
            together = Snapshots(np.zeros(len(teams), np.int32), teams.on)
            overall = _ratio(self._of_team(name, within_days, together, True), self._of_team(per, None, together, True))
            rate = rate / np.where(overall > 0, overall, np.nan)
        return rate[back]

    def _counted(self, at: tuple, rows: Snapshots) -> np.ndarray:
        facts = self.near(at[0], at[1], at[2], rows)
        change = np.zeros(len(rows) + 1, np.int32)
        np.add.at(change, rows.first_from(facts.case, facts.known), np.int32(1))
        np.subtract.at(change, rows.first_from(facts.case, facts.until), np.int32(1))
        return np.cumsum(change[:-1], dtype=np.int32)

    def _of_team(self, name: str, within_days: int | None, teams: Snapshots, merged: bool) -> np.ndarray:
        at = (name, within_days, merged)
        if at not in self._teams:
            facts = _narrowed(self.history.area_facts[name], None, within_days)
            self._teams[at] = _edges(_merged(facts) if merged else facts)
        begun, over = self._teams[at]
        return np.searchsorted(begun, teams.key, "right") - np.searchsorted(over, teams.key, "right")

    def _for(self, rows: Snapshots) -> None:
        """Forget what was kept for other rows: a pass asks many features of the same rows in turn."""
        if self._rows is not rows:
            self._rows, self._parts, self._counts = rows, {}, {}
            self._cases = (int(rows.case[0]), int(rows.case[-1]) + 1) if len(rows) else (0, 0)


def _narrowed(facts: Facts, where: Where | None, within_days: int | None) -> Facts:
    """Return the facts of some codes, each held for at most so many days after it happened."""
    chosen = facts if where is None else facts.where(*where)
    return chosen if within_days is None else chosen.within(within_days)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.where(below > 0, above / np.maximum(below, 1), np.nan)


def _edges(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Return, sorted, when facts were known and when they ceased to hold."""
    return keys(facts.case, facts.known), np.sort(keys(facts.case, facts.until))


def _merged(facts: Facts) -> Facts:
    """Return facts of all areas under one number."""
    return facts.regrouped(np.zeros(int(facts.case.max()) + 1 if len(facts) else 1, np.int32))


def _teams_of(area: np.ndarray, on: np.ndarray) -> tuple[Snapshots, np.ndarray]:
    """Return the areas on the dates that occur, in order, and for each row which of them it is."""
    if not len(area):
        return Snapshots(area, on), np.zeros(0, np.intp)
    first = int(on.min())
    days = int(on.max()) - first + 1
    place = area * np.int64(days) + (on - first)
    occurs = np.zeros((int(area.max()) + 1) * days, bool)
    occurs[place] = True
    found = np.flatnonzero(occurs)
    number = np.zeros(len(occurs), np.int32)
    number[found] = np.arange(len(found), dtype=np.int32)
    return Snapshots((found // days).astype(np.int32), (found % days + first).astype(np.int32)), number[place]


def _running_extreme(case: np.ndarray, day: np.ndarray, latest: bool) -> np.ndarray:
    """Return the latest or earliest day of each case so far, fact by fact."""
    # An offset by case keeps the running extreme from crossing into the next case.
    block = case.astype(np.int64) << 17
    if latest:
        return np.maximum.accumulate(day + block) - block
    return np.minimum.accumulate(day - block) + block
