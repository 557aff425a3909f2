"""What a reader could work out about a withheld number from everything that is published beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array

from dispute_risk.causes.counts import Cell, CountTable, Relation, counts_people, in_time, interval_shown, relations_of

__all__ = ["Web", "feasible_ranges", "may_be_nought", "narrowed", "shown_in"]


def may_be_nought(relations: Iterable[Relation], public: Set[Cell], shown: Mapping[Cell, float]) -> set[Cell]:
    """Return the withheld cells that a reader must allow to be nought.

    Noughts are shown, but for two rules that a reader can see at work: under a withheld total they are withheld too, and
    so they are where a whole group is of one kind, which shows as a line of nothing but withheld numbers.
    """
    found: set[Cell] = set()
    for relation in relations:
        if not all(cell in public for cell in relation.parts):
            parts = [cell for cell in relation.parts if cell in public]
            if parts and relation.total in public and np.isnan(shown[relation.total]):
                found.update(parts)
            continue
        under = relation.total in public and np.isnan(shown[relation.total])
        kinds = len(relation.parts) > 1 and not in_time(relation)
        if under or (kinds and all(np.isnan(shown[cell]) for cell in relation.parts)):
            found.update(relation.parts)
    return found


class Web:
    """All numbers of a document and the sums that tie them, as a reader with a computer would set them up.

    Parameters
    ----------
    cells : iterable of Cell
    relations : iterable of Relation
    """

    def __init__(self, cells: Iterable[Cell], relations: Iterable[Relation]) -> None:
        self.relations = list(dict.fromkeys(relations))
        every = dict.fromkeys(cells)
        for relation in self.relations:
            every.update(dict.fromkeys((relation.total, *relation.parts)))
        self.cells = list(every)
        self.number = {cell: place for place, cell in enumerate(self.cells)}
        self.low = np.zeros(len(self.cells))
        self.high = np.full(len(self.cells), np.inf)
        self._parts, self._part_of = self._components()
        self.seen_low, self.seen_high = np.full(len(self.cells), np.inf), np.full(len(self.cells), -np.inf)

    def bound(self, cell: Cell, low: float, high: float) -> None:
        """Say between what a cell is known to lie."""
        place = self.number[cell]
        self.low[place], self.high[place] = low, high

    def _components(self) -> tuple[dict[int, tuple[np.ndarray, coo_array]], np.ndarray]:
        group = np.arange(len(self.cells))

        def root(place: int) -> int:
            while group[place] != place:
                group[place] = group[group[place]]
                place = group[place]
            return place

        for relation in self.relations:
            tied = [self.number[cell] for cell in (relation.total, *relation.parts)]
            for one, other in pairwise(tied):
                group[root(one)] = root(other)
        roots = np.array([root(place) for place in range(len(self.cells))])
        return {int(name): self._equations(np.flatnonzero(roots == name)) for name in np.unique(roots)}, roots

    def _equations(self, members: np.ndarray) -> tuple[np.ndarray, coo_array]:
        local = {int(place): here for here, place in enumerate(members)}
        rows, columns, values, count = [], [], [], 0
        for relation in self.relations:
            total = self.number[relation.total]
            if total not in local:
                continue
            for cell, sign in ((relation.total, -1.0), *((part, 1.0) for part in relation.parts)):
                rows.append(count)
                columns.append(local[self.number[cell]])
                values.append(sign)
            count += 1
        return members, coo_array((values, (rows, columns)), shape=(count, len(members)))

    def range_of(self, cell: Cell, limit: float = np.inf) -> tuple[float, float, list[Cell]]:
        """Return the least and the most a cell can be, and the cells whose bounds make it so.

        Parameters
        ----------
        cell : Cell
        limit : float
            How far up is worth knowing: no bound above it is looked for.

        Returns
        -------
        tuple
            NaN, NaN and no cells where the numbers contradict each other.
        """
        place = self.number[cell]
        members, equations = self._parts[int(self._part_of[place])]
        low, high = self.low[members], self.high[members].copy()
        here = int(np.flatnonzero(members == place)[0])
        high[here] = min(high[here], limit)
        if not equations.shape[0]:
            return float(low[here]), float(high[here]), []
        ends, tight = [], []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(members))
            goal[here] = sign
            found = linprog(goal, A_eq=equations, b_eq=np.zeros(equations.shape[0]), bounds=np.column_stack([low, high]),
                            method="highs")
            if found.status == 3:  # nothing bounds it from above
                ends.append(math.inf)
                continue
            if found.status != 0:
                return math.nan, math.nan, []
            ends.append(sign * float(found.fun))
            self.seen_low[members] = np.minimum(self.seen_low[members], found.x)
            self.seen_high[members] = np.maximum(self.seen_high[members], found.x)
            price = np.abs(found.lower.marginals) + np.abs(found.upper.marginals)
            tight += [self.cells[members[one]] for one in np.flatnonzero(price > 1e-9)]
        return ends[0], ends[1], list(dict.fromkeys(tight))


def feasible_ranges(
    tables: Sequence[CountTable], threshold: int = 6, base: int = 5, before: Sequence[CountTable] = ()
) -> pd.DataFrame:
    """Return what can be worked out about every withheld number, from the published tables alone.

    It sets up every sum of every table, the rounding of each number shown and the numbers of earlier releases, and asks by
    linear programming how small and how large each withheld number could be.

    Parameters
    ----------
    tables : sequence of CountTable
        As published: rounded numbers, NaN where withheld. Rows that are not shown are left out of what a reader knows.
    threshold, base : int
        As stated in the document.
    before : sequence of CountTable
        Tables of earlier releases, as published.

    Returns
    -------
    DataFrame
        `cell`, `low`, `high`, `published` (False for numbers that are in no table and follow from those that are).
    """
    own = [one for table in tables for one in relations_of(table)]
    web = Web([], [*own, *(one for table in before for one in relations_of(table))])
    shown, old = shown_in(tables), shown_in(before)
    noughts = may_be_nought(own, shown.keys(), shown)
    for cell in web.cells:
        low, high = 0.0, math.inf
        if cell in shown:
            value = shown[cell]
            low, high = (float(cell not in noughts), math.inf) if np.isnan(value) else interval_shown(value, threshold, base)
        web.bound(cell, *narrowed(low, high, old.get(cell, math.nan), threshold, base))
    rows = []
    for cell in web.cells:
        if counts_people(cell) and np.isnan(shown.get(cell, old.get(cell, math.nan))):
            low, high, _ = web.range_of(cell)
            rows.append({"cell": cell, "low": low, "high": high, "published": cell in shown})
    return pd.DataFrame(rows, columns=["cell", "low", "high", "published"])


def shown_in(tables: Sequence[CountTable]) -> dict[Cell, float]:
    """Return the numbers that tables show; NaN where withheld in all of them."""
    shown: dict[Cell, float] = {}
    for table in tables:
        for cell, value, public in zip(table.cells, table.counts["count"], table.rows_published(), strict=True):
            if public and np.isnan(shown.get(cell, math.nan)):
                shown[cell] = float(value)
    return shown


def narrowed(low: float, high: float, earlier: float, threshold: int, base: int) -> tuple[float, float]:
    """Return bounds together with those of an earlier release, unless it was revised since and no longer fits."""
    if np.isnan(earlier):
        return low, high
    from_before = interval_shown(earlier, threshold, base)
    both = max(low, from_before[0]), min(high, from_before[1])
    return both if both[0] <= both[1] else (low, high)
