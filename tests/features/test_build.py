"""Building the table of features: its shape, its order, its chunks."""

import numpy as np
import pandas as pd
import pytest
from casebooks import random_casebook

from dispute_risk.features import build
from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import Catalogue, Feature
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History


@pytest.fixture(scope="module")
def history() -> History:
    return History.of(random_casebook(4))


@pytest.fixture(scope="module")
def rows(history) -> Snapshots:
    days = day_number("2023-06-01") + np.array([0, 30, 400])
    return Snapshots.of(np.repeat(np.arange(len(history.case_id)), 3), np.tile(days, len(history.case_id)))


def test_one_row_a_snapshot_one_column_a_feature(history, rows):
    table = build_features(history, rows, STANDARD)
    assert list(table.columns) == STANDARD.names and len(table) == len(rows)
    assert set(table.dtypes) == {np.dtype(np.float32)}


def test_random_records_move_every_feature():
    """A feature that is the same everywhere would pass every property drawn on random records."""
    days = day_number("2023-06-01") + np.arange(0, 900, 60)
    tables = []
    for seed in range(4):
        history = History.of(random_casebook(seed))
        count = len(history.case_id)
        rows = Snapshots.of(np.repeat(np.arange(count), len(days)), np.tile(days, count))
        tables.append(build_features(history, rows, STANDARD))
    table = pd.concat(tables)
    first = table.iloc[0]
    still = [name for name in table if ((table[name] == first[name]) | (table[name].isna() & np.isnan(first[name]))).all()]
    assert still == []


def test_the_size_of_a_chunk_changes_nothing(history, rows, monkeypatch):
    whole = build_features(history, rows, STANDARD)
    for size in (1, 4, 7):
        monkeypatch.setattr(build, "ROWS_IN_A_CHUNK", size)
        pd.testing.assert_frame_equal(build_features(history, rows, STANDARD), whole)


def test_no_rows_give_an_empty_table(history):
    table = build_features(history, Snapshots.of(np.array([], int), np.array([], int)), STANDARD)
    assert table.shape == (0, len(STANDARD))


def test_a_feature_without_a_verb_cannot_be_taken_from_records(history, rows):
    told = Catalogue((Feature("told", "told by someone", "need", "flag", "nowhere"),))
    with pytest.raises(ValueError, match="feature told has no verb"):
        build_features(history, rows, told)
