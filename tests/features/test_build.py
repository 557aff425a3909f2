"""Building the table of features: its shape, its order, its chunks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from casebooks import random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 9), size=st.integers(1, 60), cut=st.integers(1, 9), drop=st.integers(0, 9))
def test_neither_chunks_nor_partitions_change_a_byte(seed, size, cut, drop):
    """Rows with gaps, in chunks of any size, and the cases in two parts: the same bytes as all at once."""
    history = with_broken_lengths(History.of(random_casebook(seed, cases=10, rows=60)))
    days = day_number("2023-02-01") + np.arange(0, 1000, 50)
    every = Snapshots.of(np.repeat(np.arange(10), len(days)), np.tile(days, 10))
    rows = every.take(np.random.default_rng(drop).random(len(every)) < 0.1 * (drop + 1))
    whole = build_features(history, rows, STANDARD).to_numpy().tobytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "ROWS_IN_A_CHUNK", size)
        assert build_features(history, rows, STANDARD).to_numpy().tobytes() == whole
    parts = []
    for cases in (np.arange(cut), np.arange(cut, 10)):
        mine = rows.take(np.isin(rows.case, cases))
        own = Snapshots.of(mine.case - cases[0], mine.on)
        parts.append(build_features(history.only(cases), own, STANDARD).to_numpy())
    assert np.concatenate(parts).tobytes() == whole


def with_broken_lengths(history: History) -> History:
    """Return the history with days to a reply that no binary number is exact for: sums then show their order."""
    reply = history.facts["reply"]
    days = np.random.default_rng(1).lognormal(1, 2, len(reply)) / 3
    days[::5] = np.nan
    broken = replace(reply, columns={**reply.columns, "reply_days": days})
    return replace(history, facts={**history.facts, "reply": broken})


def test_no_rows_give_an_empty_table(history):
    table = build_features(history, Snapshots.of(np.array([], int), np.array([], int)), STANDARD)
    assert table.shape == (0, len(STANDARD))


def test_a_feature_without_a_verb_cannot_be_taken_from_records(history, rows):
    told = Catalogue((Feature("told", "told by someone", "need", "flag", "nowhere"),))
    with pytest.raises(ValueError, match="feature told has no verb"):
        build_features(history, rows, told)
