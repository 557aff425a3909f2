"""A history that was kept is the one that would be made, to the last fact, whatever was changed in the records meanwhile."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from casebooks import random_casebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispute_risk.records.kept import read_kept
from dispute_risk.records.known import known_by
from dispute_risk.records.read import read_casebook
from dispute_risk.records.write import write_casebook
from dispute_risk.timeline import kept_history as module
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.history import History
from dispute_risk.timeline.kept_history import kept_history

MONDAY = dt.date(2024, 6, 3)


def same(one: object, other: object) -> None:
    """Two histories, or parts of them, are alike in every value, every kind of number and every label."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype and one.shape == other.shape
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for name in one:
            same(one[name], other[name])
    elif isinstance(one, History | Facts):
        for part in dataclasses.fields(one):
            same(getattr(one, part.name), getattr(other, part.name))
    else:
        assert one == other


def refused() -> History:
    raise AssertionError("made anew")


@pytest.fixture
def history() -> History:
    return History.of(random_casebook(4))


def test_what_was_kept_is_what_was_made_and_is_not_made_again(history, tmp_path):
    same(kept_history(tmp_path, None, lambda: history), history)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == tmp_path.stat().st_mode & 0o666
    again = kept_history(tmp_path, None, refused)
    same(again, history)
    assert len(again.facts["family_message"]) and again.facts["family_message"].happened.flags.writeable


def test_another_day_is_another_history_and_the_two_last_are_kept(history, tmp_path):
    kept_history(tmp_path, None, lambda: history)
    for day in range(3):
        with pytest.raises(AssertionError, match="made anew"):
            kept_history(tmp_path, MONDAY + dt.timedelta(days=day), refused)
        kept_history(tmp_path, MONDAY + dt.timedelta(days=day), lambda: history)
    assert len(list(tmp_path.iterdir())) == 2
    kept_history(tmp_path, MONDAY + dt.timedelta(days=2), refused)


def test_other_rules_make_it_anew(history, tmp_path, monkeypatch):
    kept_history(tmp_path, None, lambda: history)
    monkeypatch.setattr(module, "_rules", lambda: "others")
    with pytest.raises(AssertionError, match="made anew"):
        kept_history(tmp_path, None, refused)


@pytest.mark.parametrize("at", [0, 30, 60, -1, 0.3, 0.8])
def test_a_byte_altered_or_cut_off_is_seen_and_the_history_is_made_anew(history, tmp_path, at):
    kept_history(tmp_path, None, lambda: history)
    (file,) = tmp_path.iterdir()
    whole = bytearray(file.read_bytes())
    place = int(at * len(whole)) if isinstance(at, float) else at
    file.write_bytes(whole[: max(place, 10)])
    same(kept_history(tmp_path, None, lambda: history), history)
    whole[place] ^= 1
    file.write_bytes(whole)
    with pytest.raises(AssertionError, match="made anew"):
        kept_history(tmp_path, None, refused)


def test_what_is_no_number_is_never_taken_from_a_file():
    with pytest.raises(ValueError, match="O"):
        module._arrays([["|O", [1]]], np.zeros(8, np.uint8))


def test_nothing_is_kept_where_nothing_may_be_or_the_disk_is_full(history, tmp_path, monkeypatch):
    assert kept_history(None, None, lambda: history) is history
    assert kept_history(tmp_path / "no such folder", None, lambda: history) is history

    def full(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module.os, "replace", full)
    same(kept_history(tmp_path, None, lambda: history), history)
    assert not list(tmp_path.iterdir())


EDITS = ("birth_date", "received_on", "happened_on", "area", "direction", "sent_on", "closed_on", "opened_on", "arrived_on")


@given(st.integers(0, 10**4))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_edits_of_random_cases_never_leave_an_old_history(tmp_path_factory, seed):
    """After each edit the history is the one of the records as they are now; an edit taken back gives the first again."""
    draw = np.random.default_rng(seed)
    place = tmp_path_factory.mktemp("edited") / "records"
    write_casebook(random_casebook(seed % 5, cases=20, rows=40), place)
    for file in sorted(place.glob("*.csv")):  # half of the tables, others each time: reading goes by the table
        if file.stem not in ("cases", "appeals", "contacts") and draw.random() < 0.5:
            file.unlink()
    first = {file: file.read_bytes() for file in place.glob("*.csv")}
    for day in (None, MONDAY, None, MONDAY, "taken back"):  # each day a second time: what was kept of it then is old
        if day == "taken back":
            day = None
            for file, content in first.items():
                file.write_bytes(content)
        else:
            _edit(place, draw)
        wanted = _made(read_casebook(place).casebook, day)
        for _ in range(2):  # the second is the one kept
            read = read_kept(place)
            same(kept_history(read.kept_in, day, lambda read=read, day=day: _made(read.casebook, day)), wanted)


def _made(book, day):
    return History.of(book if day is None else known_by(book, day))


def _edit(place, draw) -> None:
    """Blank a cell, move a date or take a row away, in one table."""
    files = sorted(file for file in place.glob("*.csv") if file.stem not in ("cases", "appeals"))
    file = files[draw.integers(len(files))]
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    if len(lines) < 3:
        return
    headings, row = lines[0].split(","), int(draw.integers(1, len(lines)))
    cells = lines[row].split(",")
    wanted = [number for number, name in enumerate(headings) if name in EDITS and number < len(cells)]
    if draw.random() < 0.4 or not wanted:
        del lines[row]
    else:
        number = wanted[draw.integers(len(wanted))]
        cells[number] = "" if draw.random() < 0.5 else "2024-02-29"
        lines[row] = ",".join(cells)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
