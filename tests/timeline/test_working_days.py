"""Tribunal working days, counted by hand over August, Christmas, Easter and bank holidays."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.timeline.days import NO_DAY, day_number, to_date
from dispute_risk.timeline.working_days import add_working_days, next_working_day, working_days_between


def after(on: str, count: int) -> str:
    return str(to_date(int(add_working_days(np.array([day_number(on)]), count)[0])))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2025-07-25", 5, "2025-09-01"),  # 28, 29, 30, 31 July, then no day of August counts
        ("2025-06-30", 30, "2025-09-09"),  # 23 days in July, 7 in September
        ("2025-12-22", 3, "2026-01-02"),  # 23, 24 December, then 2 January
        ("2025-04-17", 1, "2025-04-22"),  # over Good Friday and Easter Monday
        ("2025-05-02", 1, "2025-05-06"),  # early May bank holiday
        ("2025-05-23", 1, "2025-05-27"),  # spring bank holiday
        ("2022-09-16", 1, "2022-09-20"),  # the bank holiday for the Queen's funeral
        ("2023-05-05", 1, "2023-05-09"),  # the coronation
        ("2026-11-27", 1, "2026-11-30"),  # St Andrew's Day is a holiday in Scotland only
        ("2025-09-08", -10, "2025-07-25"),  # 1 to 5 September, then 31, 30, 29, 28, 25 July
        ("2025-09-07", -1, "2025-09-04"),  # from a Sunday, counted from the Friday before
        ("2025-09-06", 1, "2025-09-09"),  # from a Saturday, counted from the Monday after
    ],
)
def test_counted_by_hand(start, count, end):
    assert after(start, count) == end


@pytest.mark.parametrize(
    ("day", "stands_or_moves_to"),
    [
        ("2025-07-31", "2025-07-31"),
        ("2025-08-01", "2025-09-01"),
        ("2026-08-31", "2026-09-01"),
        ("2025-12-24", "2025-12-24"),
        ("2025-12-25", "2026-01-02"),
        ("2025-12-29", "2026-01-02"),  # a Monday and no bank holiday, but between Christmas and New Year
        ("2027-12-31", "2028-01-04"),  # 1 and 2 January are a weekend, 3 January the substitute day
        ("2025-04-18", "2025-04-22"),
    ],
)
def test_a_day_that_does_not_count_moves_to_the_next_that_does(day, stands_or_moves_to):
    assert after(day, 0) == stands_or_moves_to


def test_days_between_leave_out_the_first_and_count_the_last():
    def between(start: str, end: str) -> int:
        return int(working_days_between(np.array([day_number(start)]), np.array([day_number(end)]))[0])

    assert between("2025-04-17", "2025-04-22") == 1
    assert between("2025-09-01", "2025-09-01") == 0
    assert between("2025-07-31", "2025-09-01") == 1
    assert between("2025-06-30", "2025-09-09") == 30


def test_a_blank_day_stays_blank():
    assert next_working_day(np.array([NO_DAY, day_number("2025-08-15")])).tolist() == [NO_DAY, day_number("2025-09-01")]


@given(on=st.dates(dt.date(2015, 1, 1), dt.date(2040, 1, 1)), count=st.integers(0, 60))
def test_adding_and_counting_agree(on, count):
    start = next_working_day(np.array([day_number(on)]))
    end = add_working_days(start, count)
    assert working_days_between(start, end).tolist() == [count]
    assert add_working_days(end, -count).tolist() == start.tolist()
