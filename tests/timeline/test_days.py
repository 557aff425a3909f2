"""Days as whole numbers: blank dates, months that end early, and the school year."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.timeline.days import (
    FOREVER,
    NO_DAY,
    academic_year_start,
    add_months,
    day_number,
    day_numbers,
    to_date,
    to_dates,
)


def months_after(on: str, months: int) -> str:
    return str(to_date(int(add_months(np.array([day_number(on)]), months)[0])))


@pytest.mark.parametrize(
    ("sent", "months", "ends"),
    [
        ("2025-01-06", 2, "2025-03-06"),
        ("2024-12-31", 2, "2025-02-28"),  # February has no 31st
        ("2023-12-31", 2, "2024-02-29"),  # leap year
        ("2024-12-30", 2, "2025-02-28"),
        ("2025-06-30", 2, "2025-08-30"),  # not the last day of August: the same number
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2025-03-31", -1, "2025-02-28"),
    ],
)
def test_a_month_later_is_the_day_of_the_same_number_or_the_last_of_the_month(sent, months, ends):
    assert months_after(sent, months) == ends


@given(
    on=st.dates(dt.date(1950, 1, 1), dt.date(2070, 12, 31)),
    months=st.integers(-24, 60),
)
def test_months_agree_with_a_calendar_written_by_others(on, months):
    assert months_after(on.isoformat(), months) == str(on + relativedelta(months=months))


def test_a_blank_date_stays_blank():
    days = day_numbers(pd.to_datetime(pd.Series(["2025-03-03", None])))
    assert days.tolist() == [45717, NO_DAY]
    assert add_months(days, 2).tolist() == [day_number("2025-05-03"), NO_DAY]
    assert np.isnat(to_dates(days)[1]) and to_date(NO_DAY) is None


def test_for_ever_is_no_date():
    assert to_date(FOREVER) is None
    assert np.isnat(to_dates(np.array([FOREVER]))[0])


@given(on=st.dates(dt.date(1901, 1, 1), dt.date(2079, 6, 5)))
def test_a_day_comes_back_as_it_went_in(on):
    assert to_date(day_number(on)) == on


@pytest.mark.parametrize(
    ("on", "year"),
    [("2025-08-31", 2024), ("2025-09-01", 2025), ("2025-12-31", 2025), ("2026-01-01", 2025), ("1969-09-01", 1969)],
)
def test_the_school_year_begins_on_the_first_of_september(on, year):
    assert academic_year_start(np.array([day_number(on)])).tolist() == [year]
