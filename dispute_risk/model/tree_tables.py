"""What a shallow tree adds, feature by feature, for every pattern of answers to its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dispute_risk.model.trees import Trees

__all__ = ["pattern_tables"]


def pattern_tables(trees: Trees, some: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Work out some trees for every pattern of answers.

    Returns the features of each tree, shape (trees, slots), -1 where it has fewer; the value of the leaf, shape
    (trees, patterns); and what each feature adds, shape (trees, slots, patterns).

    A leaf is reached with weight w = product over the features of its path of o (1 if the case goes along, else 0)
    where the feature is known and z (the share of training rows that went along) where it is not. The Shapley value of
    a product is the integral over t from 0 to 1 of (o - z) * product over the others of (z + (o - z) t), a polynomial
    that Gauss-Legendre points integrate exactly.
    """
    feature, slot = _slots(trees, some)
    share, along = _along(trees, some)
    at = np.arange(len(some))
    shape = (len(some), feature.shape[1], *along.shape[2:])
    known, unknown = np.ones(shape, dtype=bool), np.ones((*shape[:3], 1))
    for split in range(slot.shape[1]):
        known[at, slot[:, split]] &= along[:, split]
        unknown[at, slot[:, split], :, 0] *= share[:, split]
    value = np.einsum("tl,tlp->tp", trees.leaf_value[some], known.all(axis=1))
    gain = known - unknown
    adds = np.zeros((shape[0], shape[1], shape[3]))
    points, weights = np.polynomial.legendre.leggauss(shape[1] // 2 + 1)
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        factor = unknown + gain * point
        for which in range(shape[1]):
            others = np.delete(factor, which, axis=1).prod(axis=1)
            adds[:, which] += weight * np.einsum("tl,tlp->tp", trees.leaf_value[some], gain[:, which] * others)
    return feature, value, adds


def _slots(trees: Trees, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different features of each tree, -1 for none, and the slot of each split among them."""
    most = trees.feature.shape[1]
    feature = np.full((len(some), most), -1)
    slot = np.zeros((len(some), most), dtype=np.int64)
    for mine, number in enumerate(some):
        used = trees.feature[number, : trees.splits[number]]
        different, slot[mine, : len(used)] = np.unique(used, return_inverse=True)
        feature[mine, : len(different)] = different
    return feature, slot


def _along(trees: Trees, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whether the answer to each split leads on towards each leaf, and the share of rows that went that way.

    Shapes (trees, splits, leaves) and (trees, splits, leaves, patterns); a split off the way to a leaf stops nobody.
    Leaves that are not there are reached by every pattern: their value is 0.
    """
    at, most = np.arange(len(some)), trees.feature.shape[1]
    patterns = np.arange(2 ** most)
    below = np.zeros((2, len(some), most, most + 1), dtype=bool)  # leaves below the left and the right of each split
    share = np.ones((len(some), most, most + 1))
    along = np.ones((*share.shape, len(patterns)), dtype=bool)
    for split in reversed(range(most)):
        there = split < trees.splits[some]
        answer = (patterns >> split & 1).astype(bool)
        for side, child in enumerate((trees.left[some, split], trees.right[some, split])):
            leaf = there & (child < 0)
            below[side, at[leaf], split, -child[leaf] - 1] = True
            inner = there & (child >= 0)
            below[side, at[inner], split] = below[:, at[inner], child[inner]].any(axis=0)
            rows = np.where(leaf, trees.leaf_rows[some, np.where(leaf, -child - 1, 0)],
                            trees.split_rows[some, np.where(inner, child, 0)])
            part = np.where(there, rows / np.where(there, trees.split_rows[some, split], 1), 1)
            mine = below[side, :, split]
            share[:, split] = np.where(mine, part[:, None], share[:, split])
            goes = answer[None, :] == (trees.blank_left[some, split] == bool(side))[:, None]
            along[:, split] &= ~mine[:, :, None] | goes[:, None, :]
    return share, along
