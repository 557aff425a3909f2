"""How the past is cut to test the model as it would be used: learn up to a date, wait, predict what came later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.model.rows import TrainingRows, folds_of

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.model.landmarks import Landmarks

__all__ = ["REGISTRATION_LAG_DAYS", "Block", "Plan", "rolling_blocks", "rows_of", "validation_plan"]

REGISTRATION_LAG_DAYS = 28
"""An appeal may reach the register this much later; until then an outcome is not yet known."""
TEST_MONTHS = 3
FEWEST_BLOCKS = 4
FEWEST_TRAINING_MONTHS = 12


@dataclass(frozen=True)
class Block:
    """One cut: rows to learn from and rows to test on.

    Parameters
    ----------
    train, test : ndarray of bool, shape (rows,)
    test_from, test_to : datetime64[D]
        First and last landmark tested.
    """

    train: np.ndarray
    test: np.ndarray
    test_from: np.datetime64
    test_to: np.datetime64


@dataclass(frozen=True)
class Plan:
    """The cuts, and what has to be said about them.

    Parameters
    ----------
    kind : {'rolling', 'grouped'}
        Later dates, or other families on the same dates.
    blocks : tuple of Block
    banner : str
        Empty for a full test on later dates; otherwise the sentence every report of it must carry.
    """

    kind: str
    blocks: tuple[Block, ...]
    banner: str


def rolling_blocks(
    on: np.ndarray,
    known: np.ndarray,
    horizon_days: int,
    registration_lag_days: int = REGISTRATION_LAG_DAYS,
    most_blocks: int = 4,
) -> list[Block]:
    """Cut the past into tests of three months, oldest first, each learning only from outcomes known by its start.

    Parameters
    ----------
    on : ndarray of datetime64[D], shape (rows,)
    known : ndarray of bool, shape (rows,)
        Rows whose outcome is known; no others are learned from or tested on.
    horizon_days, registration_lag_days : int
        A row is learned from where `on + horizon + lag <= first landmark of the test`.
    most_blocks : int
        The latest so many.

    Examples
    --------
    >>> on = np.arange("2022-01", "2024-07", dtype="datetime64[M]").astype("datetime64[D]")
    >>> blocks = rolling_blocks(on, np.ones(30, dtype=bool), horizon_days=182)
    >>> [(str(block.test_from), int(block.train.sum())) for block in blocks]
    [('2023-07-01', 12), ('2023-10-01', 15), ('2024-01-01', 18), ('2024-04-01', 21)]
    """
    if not known.any():
        return []
    month = on.astype("datetime64[M]")
    last = month[known].max()
    gap = np.timedelta64(horizon_days + registration_lag_days, "D")
    blocks: list[Block] = []
    for number in range(most_blocks):
        ends = last - number * TEST_MONTHS
        test = known & (month <= ends) & (month > ends - TEST_MONTHS)
        if not test.any():
            break
        test_from = on[test].min()
        train = known & (on + gap <= test_from)
        if len(np.unique(month[train])) < FEWEST_TRAINING_MONTHS:
            break
        blocks.append(Block(train, test, test_from, on[test].max()))
    return blocks[::-1]


def validation_plan(
    landmarks: Landmarks,
    registration_lag_days: int = REGISTRATION_LAG_DAYS,
    most_blocks: int = 4,
    random_state: int = 0,
) -> Plan:
    """Return the cuts the history allows: later dates where it is long enough, other families where it is not."""
    known = landmarks.known
    blocks = rolling_blocks(landmarks.on, known, landmarks.horizon_days, registration_lag_days, max(most_blocks, 4))
    if len(blocks) >= FEWEST_BLOCKS:
        return Plan("rolling", tuple(blocks), "")
    months = int((landmarks.on.max().astype("datetime64[M]") - landmarks.on.min().astype("datetime64[M]")).astype(int))
    weeks = round(landmarks.horizon_days / 7)
    banner = (
        f"No temporal validation: {months + 1} months of landmarks are too few to test {weeks} weeks ahead on later "
        "dates. The model was tested on families it had not seen, on the same dates."
    )
    if months + 1 >= 24 and landmarks.horizon_days > 90:
        banner += " Validate the 90-day model on later dates as well: the history is long enough for that."
    fold = np.full(len(landmarks), -1)
    rows = TrainingRows((), np.zeros((int(known.sum()), 0)), landmarks.outcome[known].astype(float),
                        np.ones(int(known.sum())), np.unique(landmarks.family[known], return_inverse=True)[1],
                        np.array([0, 1]))
    fold[known] = folds_of(rows, FEWEST_BLOCKS, random_state)
    first, last = landmarks.on.min(), landmarks.on.max()
    return Plan("grouped", tuple(
        Block(known & (fold != number), known & (fold == number), first, last) for number in range(FEWEST_BLOCKS)
    ), banner)


def rows_of(landmarks: Landmarks, catalogue: Catalogue, mask: np.ndarray) -> TrainingRows:
    """Return the rows of a mask in the form the rungs are fitted on."""
    from dispute_risk.model.design import feature_values

    family = np.unique(landmarks.family[mask], return_inverse=True)[1]
    outcome = landmarks.outcome[mask].astype(float)
    values = feature_values(landmarks.features.loc[mask], catalogue.names)
    return TrainingRows(tuple(catalogue.names), values, outcome, np.ones(len(outcome)), family, np.array([0, 1]))
