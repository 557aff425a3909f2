"""The shallow trees of the pair as plain numbers: what they add to the log-odds of a case, feature by feature."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dispute_risk.model.tree_tables import pattern_tables

__all__ = ["MOST_LEAVES", "Trees"]

MOST_LEAVES = 8
"""Trees with more leaves are refused: what a tree adds is looked up among 2 ** (leaves - 1) patterns of answers."""
NEARLY_ZERO = float(np.float32(1e-35))
"""LightGBM takes values this close to 0 for 0."""
NO_LIMIT = 1e300
"""LightGBM's dump writes this for a limit of infinity, where every value goes left and only blanks go right."""
ROWS_AT_ONCE = 8192
TREES_AT_ONCE = 64

BLANKS = {
    "left": ("NaN", True), "right": ("NaN", False), "as 0": ("None", False),
    "left, and 0 too": ("Zero", True), "right, and 0 too": ("Zero", False),
}
"""Where a blank goes at a split, in words, and what LightGBM calls it: missing_type and default_left."""
READING = (
    "A case begins at split 0 of a tree and goes left where its value is at most the limit. "
    "A limit of null is above every value: only blanks go right. "
    "left and right: a number from 0 is a split; -1 is leaf 0, -2 is leaf 1, and so on. "
    "rows: training rows that came by. The log-odds is the sum of one leaf of each tree."
)


@dataclass(frozen=True)
class _Tree:
    """One tree, looked up: its questions, and by the pattern of their answers what it adds."""

    questions: Sequence[tuple[int, float, Callable[..., Any]]]  # column, limit, comparison
    value: np.ndarray  # by pattern
    adds: list[tuple[int, np.ndarray]]  # feature, what it adds by pattern


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees with numeric splits, summed; they answer exactly as LightGBM does, and need nothing but numpy.

    Splits and leaves are numbered as in LightGBM: split 0 is the root, a split comes before the splits below it, and a
    negative child is the leaf `-child - 1`. Arrays are padded to the largest tree.

    Parameters
    ----------
    n_features : int
        Columns of the values.
    splits : ndarray of int, shape (trees,)
        Number of splits of each tree; a tree has one leaf more.
    feature, left, right : ndarray of int, shape (trees, splits)
    limit : ndarray of shape (trees, splits)
        Values at most the limit go left.
    blank : ndarray of int, shape (trees, splits)
        Where a blank goes: a place in `BLANKS`.
    split_rows : ndarray of shape (trees, splits)
        Training rows that came by each split.
    leaf_value, leaf_rows : ndarray of shape (trees, splits + 1)

    Raises
    ------
    ValueError
        The numbers are not trees, or a tree has more than `MOST_LEAVES` leaves.

    Examples
    --------
    One tree with one split: 0.2 where the first of two values is at most 30 or blank, else 0.8.

    >>> one = Trees.of_splits(2, [([(0, 30.0, "left", -1, -2, 100)], [(0.2, 75), (0.8, 25)])])
    >>> one.raw(np.array([[10.0, 1.0], [40.0, 1.0], [np.nan, 1.0]]))
    array([0.2, 0.8, 0.2])
    >>> base, added = one.contributions(np.array([[40.0, 1.0]]))
    >>> round(base, 6), added.round(6).tolist()
    (0.35, [[0.45, 0.0]])
    """

    n_features: int
    splits: np.ndarray
    feature: np.ndarray
    limit: np.ndarray
    blank: np.ndarray
    left: np.ndarray
    right: np.ndarray
    split_rows: np.ndarray
    leaf_value: np.ndarray
    leaf_rows: np.ndarray

    @classmethod
    def of(cls, booster: Any) -> Trees:
        """Return the trees of a `lightgbm.Booster` with one score a row and numeric splits."""
        model = booster.dump_model()
        if model["num_tree_per_iteration"] != 1 or model.get("average_output"):
            raise ValueError("only a booster with one score a row, summed over its trees, can be turned into Trees")
        return cls.of_splits(model["max_feature_idx"] + 1, [_read_tree(tree) for tree in model["tree_info"]])

    @classmethod
    def of_splits(cls, n_features: int, trees: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> Trees:
        """Return trees from rows: each a list of splits and a list of leaves.

        A split is (feature, limit, blank, left, right, rows), its `blank` a word of `BLANKS`; a leaf is (value, rows).
        """
        counts = np.array([len(splits) for splits, _ in trees], dtype=np.int64)
        problems = [problem for number, (splits, leaves) in enumerate(trees)
                    for problem in _problems(number, splits, leaves, n_features)]
        if problems:
            raise ValueError("; ".join(problems))
        words = {word: place for place, word in enumerate(BLANKS)}
        most = int(counts.max(initial=0))
        split = np.zeros((6, len(trees), most))
        leaf = np.zeros((2, len(trees), most + 1))
        for number, (splits, leaves) in enumerate(trees):
            if splits:
                split[:, number, : len(splits)] = np.array(
                    [(where, limit, words[blank], *rest) for where, limit, blank, *rest in splits]).T
            leaf[:, number, : len(leaves)] = np.array(leaves, dtype=float).T
        feature, blank, left, right = (split[row].astype(np.int64) for row in (0, 2, 3, 4))
        return cls(int(n_features), counts, feature, split[1], blank, left, right, split[5], leaf[0], leaf[1])

    def to_text(self, names: Sequence[str]) -> str:
        """Return the trees as JSON, a tree a line, with the names of the features; numbers read back unchanged."""
        words = list(BLANKS)
        lines = []
        for number, count in enumerate(self.splits.tolist()):
            splits = [
                [names[where], None if limit == np.inf else limit, words[blank], left, right, int(rows)]
                for where, limit, blank, left, right, rows in zip(*self._rows(
                    number, self.feature, self.limit, self.blank, self.left, self.right, self.split_rows), strict=True)
            ]
            leaves = [[value, int(rows)] for value, rows in zip(
                self.leaf_value[number, : count + 1].tolist(), self.leaf_rows[number, : count + 1].tolist(),
                strict=True)]
            lines.append(json.dumps({"splits": splits, "leaves": leaves}, allow_nan=False))
        head = {"reading": READING, "split": ["feature", "limit", "blank_goes", "left", "right", "rows"],
                "leaf": ["adds", "rows"]}
        opening = json.dumps(head, indent=1)[:-2]
        return f'{opening},\n "trees": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"

    @classmethod
    def from_text(cls, text: str, names: Sequence[str]) -> Trees:
        """Return the trees of a text made by `to_text`; the names give the order of the columns."""
        place = {name: column for column, name in enumerate(names)}
        stored = json.loads(text)["trees"]
        unknown = sorted({split[0] for tree in stored for split in tree["splits"]} - set(place))
        if unknown:
            raise ValueError(f"the trees ask for features the model has not: {', '.join(unknown)}")
        return cls.of_splits(len(names), [
            ([[place[name], np.inf if limit is None else limit, *rest] for name, limit, *rest in tree["splits"]],
             tree["leaves"]) for tree in stored
        ])

    def __len__(self) -> int:
        """Return the number of trees."""
        return len(self.splits)

    def raw(self, values: np.ndarray) -> np.ndarray:
        """Return the log-odds of each row, shape (rows,): LightGBM's raw score."""
        total = np.zeros(len(values))
        for rows, columns in self._pieces(values):
            mine = total[rows]
            for tree in self._looked_up:
                mine += tree.value.take(_pattern(tree, columns))
        return total

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the mean log-odds in training and what each feature adds to it, shape (rows, features).

        The Shapley values of each tree, where a feature that is not known is averaged over the training rows that came
        by (path-dependent TreeSHAP, Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9): LightGBM's `pred_contrib`.
        """
        added = np.zeros((self.n_features, len(values)))
        for rows, columns in self._pieces(values):
            taken = np.empty(columns.shape[1])
            for tree in self._looked_up:
                pattern = _pattern(tree, columns)
                for feature, adds in tree.adds:
                    adds.take(pattern, out=taken, mode="clip")  # no pattern is out of bounds; clip spares a copy
                    added[feature, rows] += taken
        return self._base, added.T

    @cached_property
    def blank_left(self) -> np.ndarray:
        """Whether blanks go left at each split, shape (trees, splits); where they are taken for 0, False."""
        return np.array([left for _, left in BLANKS.values()])[self.blank]

    @cached_property
    def _base(self) -> float:
        return float((self.leaf_value * self.leaf_rows / self.leaf_rows.sum(axis=1, keepdims=True)).sum())

    @cached_property
    def _asked(self) -> list[tuple[int, str]]:
        """Return the columns the questions are asked of: a feature, and what its blanks and zeros are taken for."""
        kinds = [kind for kind, _ in BLANKS.values()]
        return sorted({(where, kinds[blank]) for number in range(len(self))
                       for where, blank in zip(*self._rows(number, self.feature, self.blank), strict=True)})

    def _rows(self, number: int, *parts: np.ndarray) -> list[list[Any]]:
        """Return what the parts say of the splits of one tree."""
        return [part[number, : self.splits[number]].tolist() for part in parts]

    def _pieces(self, values: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Cut the rows into pieces, and turn each into the columns that are asked for, shape (columns, rows)."""
        values = np.asarray(values, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != self.n_features:
            raise ValueError(f"the trees were fitted on {self.n_features} columns; the values are {values.shape}")
        for start in range(0, len(values), ROWS_AT_ONCE):
            rows = slice(start, min(start + ROWS_AT_ONCE, len(values)))
            columns = values[rows, [feature for feature, _ in self._asked]].T.copy()
            columns[np.abs(columns) <= NEARLY_ZERO] = 0.0
            for column, (_, kind) in zip(columns, self._asked, strict=True):
                if kind == "None":
                    column[np.isnan(column)] = 0.0
                elif kind == "Zero":
                    column[column == 0] = np.nan
            yield rows, columns

    @cached_property
    def _looked_up(self) -> list[_Tree]:
        """Return what each tree adds, feature by feature, for every pattern of answers to its questions."""
        place = {column: number for number, column in enumerate(self._asked)}
        kinds = list(BLANKS.values())
        found: list[_Tree] = []
        for first in range(0, len(self), TREES_AT_ONCE):
            some = np.arange(first, min(first + TREES_AT_ONCE, len(self)))
            feature, value, adds = pattern_tables(self, some)
            for mine, number in enumerate(some.tolist()):
                count = int(self.splits[number])
                questions = [
                    (place[where, kinds[blank][0]], limit, np.greater if kinds[blank][1] else np.less_equal)
                    for where, blank, limit in zip(*self._rows(number, self.feature, self.blank, self.limit),
                                                   strict=True)
                ]  # either comparison is false of a blank: it goes left as not greater, right as not at most
                slots = [(which, adds[mine, slot, : 2 ** count].copy())
                         for slot, which in enumerate(feature[mine].tolist()) if which >= 0]
                found.append(_Tree(questions, value[mine, : 2 ** count].copy(), slots))
        return found


def _pattern(tree: _Tree, columns: np.ndarray) -> np.ndarray:
    """Return the answers of each row to the questions of a tree, a bit each, as one number."""
    pattern = np.zeros(columns.shape[1], dtype=np.uint8)
    for bit, (column, limit, compare) in enumerate(tree.questions):
        pattern |= compare(columns[column], limit).view(np.uint8) << np.uint8(bit)
    return pattern.astype(np.intp)


def _read_tree(tree: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the splits and leaves of a tree of LightGBM's `dump_model`."""
    splits: dict[int, Any] = {}
    leaves: dict[int, Any] = {}
    words = {meaning: word for word, meaning in BLANKS.items()}

    def visit(node: dict[str, Any]) -> int:
        if "split_index" not in node:
            if "leaf_const" in node:
                raise ValueError("linear trees cannot be turned into Trees")
            alone = "leaf_index" not in node  # a tree that is one leaf; how many rows it saw matters to nothing
            leaves[0 if alone else node["leaf_index"]] = (node["leaf_value"], 1 if alone else node["leaf_count"])
            return -1 if alone else -node["leaf_index"] - 1
        if node["decision_type"] != "<=":
            raise ValueError(f"split with decision {node['decision_type']!r}; only numeric splits ('<=') are read")
        kind = node["missing_type"]
        blank = words[kind, kind != "None" and node["default_left"]]
        left, right = visit(node["left_child"]), visit(node["right_child"])
        limit = node["threshold"] if node["threshold"] < NO_LIMIT else np.inf
        splits[node["split_index"]] = (node["split_feature"], limit, blank, left, right, node["internal_count"])
        return int(node["split_index"])

    visit(tree["tree_structure"])
    return [splits[number] for number in sorted(splits)], [leaves[number] for number in sorted(leaves)]


def _problems(number: int, splits: Sequence[Any], leaves: Sequence[Any], n_features: int) -> list[str]:
    """Return why splits and leaves are not a tree that can be looked up."""
    if not 1 <= len(leaves) <= MOST_LEAVES:
        return [f"tree {number} has {len(leaves)} leaves; 1 to {MOST_LEAVES} are allowed"]
    reached = sorted(child for split in splits for child in (split[3], split[4]))
    if splits and reached != [*range(-len(leaves), 0), *range(1, len(splits))]:
        return [f"tree {number}: its splits do not lead to each of its splits and leaves once"]
    if len(leaves) != len(splits) + 1:
        return [f"tree {number} has {len(splits)} splits and {len(leaves)} leaves; one leaf more than splits is a tree"]
    found = []
    for place, (feature, limit, blank, left, right, rows) in enumerate(splits):
        if not 0 <= feature < n_features:
            found.append(f"tree {number}, split {place}: feature {feature}; there are {n_features}")
        if blank not in BLANKS:
            found.append(f"tree {number}, split {place}: blank goes {blank!r}; allowed: {'; '.join(BLANKS)}")
        if not limit > -np.inf or rows <= 0:
            found.append(f"tree {number}, split {place}: limit {limit}, rows {rows}; a number and at least 1 are needed")
        if any(0 <= child <= place for child in (left, right)):
            found.append(f"tree {number}, split {place}: leads back to an earlier split")
    found += [f"tree {number}, leaf {place}: adds {value}, rows {rows}; numbers, rows at least 1, are needed"
              for place, (value, rows) in enumerate(leaves) if not np.isfinite(value) or rows <= 0]
    return found
