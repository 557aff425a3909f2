"""Facts count from the day they were recorded to the day before they were ended or put right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.timeline import facts as facts_module
from dispute_risk.timeline.days import FOREVER, NO_DAY, day_number
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.pairs import active_pairs


def days(*texts: str | None) -> np.ndarray:
    return np.array([NO_DAY if text is None else day_number(text) for text in texts])


def counts_on(facts: Facts, on: str) -> bool:
    row, _ = active_pairs(facts, Snapshots.of(np.array([0]), day_number(on)))
    return bool(len(row))


def test_a_letter_recorded_late_counts_from_the_day_of_recording():
    letter = Facts.of(np.array([0]), days("2025-03-03"), days("2025-03-20"))
    assert not counts_on(letter, "2025-03-19")
    assert counts_on(letter, "2025-03-20") and counts_on(letter, "2030-01-01")


def test_nothing_is_known_before_it_happened_whatever_the_record_says():
    typed_in_advance = Facts.of(np.array([0]), days("2025-03-03"), days("2025-02-01"))
    assert not counts_on(typed_in_advance, "2025-03-02")
    assert counts_on(typed_in_advance, "2025-03-03")


def test_what_was_put_right_counts_until_the_day_before():
    duty = Facts.of(np.array([0]), days("2025-03-03"), None, days("2025-04-01"))
    assert counts_on(duty, "2025-03-31")
    assert not counts_on(duty, "2025-04-01")


def test_what_was_over_before_it_was_recorded_never_counted():
    facts = Facts.of(np.array([0]), days("2025-03-03"), days("2025-05-01"), days("2025-04-01"))
    assert len(facts) == 0


def test_a_blank_day_an_unknown_case_and_a_day_never_known_are_left_out():
    facts = Facts.of(
        np.array([0, -1, 0, 0]), days(None, "2025-01-01", "2025-01-01", "2025-01-01"),
        np.array([0, 0, FOREVER, 0]),
    )
    assert len(facts) == 1


def test_columns_follow_their_facts_when_these_are_sorted():
    facts = Facts.of(
        np.array([1, 0, 0]), days("2025-01-01", "2025-02-01", "2025-01-15"), None, None,
        {"kind": np.array([2, 0, 1])}, {"kind": ["a", "b", "c"]},
    )
    assert facts.case.tolist() == [0, 0, 1]
    assert [facts.label("kind", place) for place in range(3)] == ["b", "a", "c"]
    assert facts.where("kind", ("a", "c")).case.tolist() == [0, 1]


def test_a_code_that_is_not_on_the_list_is_a_mistake_and_not_an_empty_answer():
    facts = Facts.of(np.array([0]), days("2025-01-01"), None, None, {"kind": np.array([0])}, {"kind": ["a"]})
    with pytest.raises(KeyError, match="psychology"):
        facts.where("kind", "psychology")


def test_a_blank_code_is_of_no_kind():
    facts = Facts.of(np.array([0]), days("2025-01-01"), None, None, {"kind": np.array([-1])}, {"kind": ["a"]})
    assert facts.label("kind", 0) == ""
    assert len(facts.where("kind", "a")) == 0


def test_within_a_year_counts_from_the_day_it_happened_not_from_its_recording():
    letter = Facts.of(np.array([0]), days("2025-03-03"), days("2025-03-20")).within(30)
    assert counts_on(letter, "2025-04-01")
    assert not counts_on(letter, "2025-04-02")
    assert len(Facts.of(np.array([0]), days("2025-03-03"), days("2025-06-01")).within(30)) == 0


def test_facts_are_regrouped_by_area():
    facts = Facts.of(np.array([0, 1, 2]), days("2025-01-03", "2025-01-02", "2025-01-01"))
    by_area = facts.regrouped(np.array([7, 7, 3]))
    assert by_area.case.tolist() == [3, 7, 7]
    assert by_area.known.tolist() == days("2025-01-01", "2025-01-02", "2025-01-03").tolist()


def test_rows_must_be_sorted():
    with pytest.raises(ValueError, match="sorted"):
        Snapshots.of(np.array([1, 0]), day_number("2025-01-01"))
    with pytest.raises(ValueError, match="sorted"):
        Snapshots.of(np.array([0, 0]), days("2025-02-01", "2025-01-01"))


case_and_day = st.tuples(st.integers(0, 6), st.integers(0, 12))


@given(st.lists(case_and_day, max_size=20), st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 70_000)), min_size=1),
       st.integers(0, 8))
def test_the_table_of_cases_by_dates_finds_the_row_that_a_search_finds(rows, asked, most):
    rows = sorted((case + 1, day) for case, day in rows)
    case, on = (np.array([row[part] for row in rows], int) for part in (0, 1))
    wanted, day = (np.array([one[part] for one in asked], np.int32) for part in (0, 1))
    expected = [sum(row < (one, min(max(after, 0), FOREVER)) for row in rows)
                for one, after in zip(wanted.tolist(), day.tolist(), strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts_module, "MOST_CELLS_A_ROW", most)  # 0: always searched
        assert Snapshots.of(case, on).first_from(wanted, day).tolist() == expected


def test_both_ways_of_finding_a_row_are_tried(monkeypatch):
    weekly = Snapshots.of(np.repeat([0, 1], 3), np.tile([7, 14, 21], 2))
    assert weekly._places is not None
    scattered = Snapshots.of(np.array([0, 900]), np.array([3, 700]))
    assert scattered._places is None
    assert scattered.first_from(np.array([0, 5, 900]), np.array([3, 0, 701])).tolist() == [0, 1, 2]
