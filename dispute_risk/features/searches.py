"""The searches behind the verbs: each kind of fact is sorted once and asked for every row at once."""

from __future__ import annotations

import numpy as np

from dispute_risk.timeline.days import FOREVER, NO_DAY
from dispute_risk.timeline.facts import Facts, Snapshots, keys
from dispute_risk.timeline.history import History
from dispute_risk.timeline.pairs import active_pairs

__all__ = ["Searches"]

Where = tuple[str, str | tuple[str, ...]]


class Searches:
    """Sorted views of a history, kept for the length of one pass.

    Parameters
    ----------
    history : History
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self._facts: dict[tuple, Facts] = {}
        self._edges: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        self._counts: dict[tuple, np.ndarray] = {}
        self._rows: Snapshots | None = None

    def facts(self, name: str, where: Where | None = None, within_days: int | None = None) -> Facts:
        """Return facts of a kind, of some codes, each held for at most `within_days` after it happened."""
        at = (name, where, within_days)
        if at not in self._facts:
            if within_days is not None:
                chosen = self.facts(name, where).within(within_days)
            elif where is not None:
                chosen = self.facts(name).where(*where)
            else:
                chosen = self.history.facts[name]
            self._facts[at] = chosen
        return self._facts[at]

    def count(self, name: str, where: Where | None, within_days: int | None, rows: Snapshots) -> np.ndarray:
        """Return how many facts are known and hold on each row's date, as the difference of two searches."""
        self._for(rows)
        at = (name, where, within_days)
        if at not in self._counts:
            begun, over = self._starts_and_ends(at)
            key = rows.key
            number = np.searchsorted(begun, key, "right")
            number -= np.searchsorted(over, key, "right")
            self._counts[at] = number
        return self._counts[at]

    def total(
        self, name: str, where: Where | None, within_days: int | None, column: str, rows: Snapshots
    ) -> np.ndarray:
        """Return the sum of a column over the facts that are known and hold on each row's date.

        A blank counts as the mean of the others, so that the sum over the count is the mean of what is filled in; NaN
        where facts hold and none is filled in.
        """
        facts = self.facts(name, where, within_days)
        values = facts.columns[column].astype(np.float64)
        blank = np.isnan(values)
        order = np.argsort(keys(facts.case, facts.until), kind="stable")
        begun, over = self._starts_and_ends((name, where, within_days))
        key = rows.key
        known, ended = np.searchsorted(begun, key, "right"), np.searchsorted(over, key, "right")

        def running(numbers: np.ndarray) -> np.ndarray:
            up = np.concatenate([[0.0], np.cumsum(numbers)])
            return up[known] - np.concatenate([[0.0], np.cumsum(numbers[order])])[ended]

        if not blank.any():
            return running(values)
        # A NaN would stay in the running sum and reach every case after it.
        total, blanks, count = running(np.where(blank, 0.0, values)), running(blank.astype(np.float64)), known - ended
        filled = count - blanks
        return np.where(filled > 0, total * count / np.maximum(filled, 1), np.where(count > 0, np.nan, 0.0))

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
        facts = self.facts(name, where, within_days)
        day = facts.columns[column] if column else facts.happened
        if len(facts) and facts.until.min() >= FOREVER:
            return _running_extreme(facts, day, latest, rows)
        row, fact = active_pairs(facts, rows)
        if latest:
            result = np.full(len(rows), NO_DAY, np.int64)
            np.maximum.at(result, row, day[fact])
            return result
        result = np.full(len(rows), FOREVER, np.int64)
        np.minimum.at(result, row, day[fact])
        return np.where(result == FOREVER, NO_DAY, result)

    def team_rate(
        self, name: str, per: str, within_days: int | None, rows: Snapshots, against_all: bool = False
    ) -> np.ndarray:
        """Return, for the area of each row on its date, how many of one kind for each of another; NaN for none.

        With `against_all`, over the same rate of all areas together.
        """
        area = self.history.area_of_case[rows.case]
        place, back = np.unique(keys(area, rows.on), return_inverse=True)
        teams = Snapshots((place >> 16).astype(np.int32), (place & FOREVER).astype(np.int32))
        top = self.history.area_facts[name]
        top = top if within_days is None else top.within(within_days)
        bottom = self.history.area_facts[per]
        rate = _ratio(_count(top, teams), _count(bottom, teams))
        if against_all:
            together = Snapshots(np.zeros(len(teams), np.int32), teams.on)
            overall = _ratio(_count(_merged(top), together), _count(_merged(bottom), together))
            rate = rate / np.where(overall > 0, overall, np.nan)
        return rate[back]

    def _starts_and_ends(self, at: tuple) -> tuple[np.ndarray, np.ndarray]:
        if at not in self._edges:
            facts = self.facts(*at)
            self._edges[at] = (keys(facts.case, facts.known), np.sort(keys(facts.case, facts.until)))
        return self._edges[at]

    def _for(self, rows: Snapshots) -> None:
        """Forget counts of other rows: a pass asks many features of the same rows in turn."""
        if self._rows is not rows:
            self._rows, self._counts = rows, {}


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.where(below > 0, above / np.maximum(below, 1), np.nan)


def _merged(facts: Facts) -> Facts:
    """Return facts of all areas under one number."""
    return facts.regrouped(np.zeros(int(facts.case.max()) + 1 if len(facts) else 1, np.int32))


def _count(facts: Facts, rows: Snapshots) -> np.ndarray:
    key = rows.key
    begun = np.searchsorted(keys(facts.case, facts.known), key, "right")
    return begun - np.searchsorted(np.sort(keys(facts.case, facts.until)), key, "right")


def _running_extreme(facts: Facts, day: np.ndarray, latest: bool, rows: Snapshots) -> np.ndarray:
    """Return the latest or earliest day of facts that hold for ever: a running extreme in the order of recording."""
    # An offset by case keeps the running extreme from crossing into the next case.
    block = facts.case.astype(np.int64) << 17
    forward = np.maximum.accumulate(day + block) - block if latest else None
    running = forward if forward is not None else np.minimum.accumulate(day - block) + block
    at = np.searchsorted(keys(facts.case, facts.known), rows.key, "right") - 1
    found = at >= 0
    found[found] = facts.case[at[found]] == rows.case[found]
    return np.where(found, running[np.maximum(at, 0)], NO_DAY)
