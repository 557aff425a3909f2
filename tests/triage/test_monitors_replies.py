"""Response times: every number of small cases drawn by hand; who still waits is never left out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.timeline.days import NO_DAY, day_number
from dispute_risk.triage.monitors.office_days import office_days_between
from dispute_risk.triage.monitors.response_times import ALL_AREAS, response_times
from dispute_risk.triage.monitors.waiting_times import waits_of, wilson

CASES = [{"case_id": f"C{n}", "area": "North" if n < 20 else "South", "opened_on": "2020-01-01"} for n in range(30)]


def days(*texts: str) -> np.ndarray:
    return np.array([day_number(text) for text in texts])


@pytest.mark.parametrize(("start", "end", "expected"), [
    ("2025-06-02", "2025-06-02", 0),  # answered on the day
    ("2025-06-06", "2025-06-09", 1),  # Friday to Monday
    ("2025-06-07", "2025-06-09", 1),  # a Saturday message answered on Monday
    ("2025-08-01", "2025-08-08", 5),  # August counts: families wait in August too
    ("2025-08-22", "2025-08-26", 1),  # over the late summer bank holiday
    ("2025-12-24", "2025-12-29", 1),  # Christmas Day and Boxing Day are bank holidays, the days after are not
    ("2025-04-17", "2025-04-22", 1),  # Good Friday and Easter Monday
])
def test_office_days_are_counted_by_hand(start, end, expected):
    assert office_days_between(days(start), days(end)).tolist() == [expected]


def test_a_day_not_recorded_gives_no_number():
    assert office_days_between(np.array([NO_DAY, 5]), np.array([5, NO_DAY])).tolist() == [-1, -1]


def test_the_share_waiting_follows_kaplan_and_meier_by_hand():
    # answers on days 1, 2, 2, 4; still waiting after 2 and 5 days: S = 5/6, then 5/6 * 3/5, then * 1/2
    waits = waits_of(np.array([1, 2, 2, 2, 4, 5]), np.array([True, True, True, False, True, False]))
    assert waits.waiting == pytest.approx([1, 5 / 6, 0.5, 0.5, 0.25, 0.25])
    assert waits.answered_by(2)[0] == pytest.approx(0.5)
    assert waits.median()[0] == 2
    # the last one was followed for 5 days: of day 6 nothing is known
    assert not np.isnan(waits.answered_by(5)[0])
    assert np.isnan(waits.answered_by(6)[0])


def test_with_nobody_waiting_the_range_is_that_of_a_plain_share():
    waits = waits_of(np.array([0] * 6 + [9] * 14), np.ones(20, bool))
    share, low, high = waits.answered_by(5)
    assert share == pytest.approx(0.3)
    assert (low, high) == pytest.approx(wilson(0.3, 20))
    assert (low, high) == pytest.approx((0.1455, 0.5190), abs=5e-4)  # Wilson, worked by hand
    assert waits.answered_by(30)[0] == 1.0  # all were answered: nothing is open later


def test_half_never_answered_is_said_so():
    waits = waits_of(np.array([1, 60, 60, 60]), np.array([True, False, False, False]))
    assert waits.median()[0] == np.inf


def test_messages_of_one_family_widen_the_range():
    lasting, answered = np.array([1] * 10 + [8] * 10), np.ones(20, bool)
    plain, wide = waits_of(lasting, answered).answered_by(5), waits_of(lasting, answered, 2.0).answered_by(5)
    assert wide[0] == plain[0]
    assert wide[1] < plain[1]
    assert plain[2] < wide[2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=60))
def test_the_curve_is_that_of_another_programme(pairs):
    from statsmodels.duration.survfunc import SurvfuncRight

    lasting, answered = np.array([day for day, _ in pairs]), np.array([done for _, done in pairs])
    waits = waits_of(lasting, answered)
    if not answered.any():
        assert (waits.waiting == 1).all()
        return
    # their days begin above 0
    theirs = SurvfuncRight(lasting + 1, answered.astype(int))
    ours = waits.waiting[np.asarray(theirs.surv_times, int) - 1]
    assert ours == pytest.approx(np.asarray(theirs.surv_prob))


def message(number: int, on: str, replied: str | None = None, case: int = 0, **more) -> dict:
    return {"case_id": f"C{case}", "contact_id": f"M{number}", "happened_on": on, "direction": "in", "channel": "email",
            "party": "family", "replied_on": replied, **more}


def june() -> list[dict]:
    """Twelve messages of Monday 2 June 2025: 3 answered on the day, 4 after 4 days, 2 after 8, 3 with no reply date."""
    replies = ["2025-06-02"] * 3 + ["2025-06-06"] * 4 + ["2025-06-12"] * 2 + [None] * 3
    return [message(n, "2025-06-02", reply, case=n) for n, reply in enumerate(replies)]


def row_of(found, area: str, month: str):
    table = found.table
    return table[(table["area"] == area) & (table["month"] == month)].iloc[0]


def test_every_figure_of_a_month_by_hand():
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=june()), dt.date(2025, 9, 1))
    row = row_of(found, ALL_AREAS, "2025-06-01")
    assert (row["messages"], row["no_reply_date"]) == (12, 3)
    assert row["no_reply_share"] == pytest.approx(3 / 12)
    assert [row[f"within_{limit}"] for limit in (2, 5, 10, 15)] == pytest.approx([3 / 12, 7 / 12, 9 / 12, 9 / 12])
    assert (row["within_5_low"], row["within_5_high"]) == pytest.approx(wilson(7 / 12, 12))
    assert [row[f"of_dated_{limit}"] for limit in (2, 5)] == [pytest.approx(np.nan, nan_ok=True)] * 2  # nine: too few
    assert row["median_days"] == 4
    waiting = found.waiting.set_index("area").loc[ALL_AREAS]
    assert (waiting["no_reply_date"], waiting["waiting_over_15"]) == (3, 3)
    assert waiting["longest_days"] == 64  # working days from 2 June to 1 September, less 25 August


def test_a_reply_not_recorded_does_not_make_the_team_look_quick():
    quick = [message(n, "2025-06-02", "2025-06-03", case=n) for n in range(10)]
    silent = [message(10 + n, "2025-06-02", None, case=n) for n in range(10)]
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=quick + silent), dt.date(2025, 9, 1))
    row = row_of(found, ALL_AREAS, "2025-06-01")
    assert row["within_5"] == pytest.approx(0.5)
    assert row["of_dated_5"] == pytest.approx(1.0)
    assert row["no_reply_share"] == pytest.approx(0.5)


def test_messages_not_yet_followed_to_the_day_are_not_called_late():
    on_friday = [message(n, "2025-08-29", "2025-08-29" if n < 5 else None, case=n) for n in range(12)]
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=on_friday), dt.date(2025, 9, 2))
    row = row_of(found, ALL_AREAS, "2025-08-01")
    assert row["within_2"] == pytest.approx(5 / 12)  # Tuesday is the second working day
    assert np.isnan(row["within_5"])
    assert row["over"]
    assert not row_of(found, ALL_AREAS, "2025-09-01")["over"]


def test_a_small_month_shows_counts_and_no_shares():
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=june()[:9]), dt.date(2025, 9, 1))
    row = row_of(found, ALL_AREAS, "2025-06-01")
    assert row["few"] and row["messages"] == 9
    assert np.isnan(row["within_5"]) and np.isnan(row["no_reply_share"]) and np.isnan(row["median_days"])


def test_only_messages_from_families_that_expect_a_reply_are_counted_and_the_unclear_are_told():
    others = [message(20, "2025-06-03", None, party="school"), message(21, "2025-06-03", None, channel="face_to_face"),
              message(22, "2025-06-03", None, direction="out"), message(23, "2025-06-03", None, party=None)]
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=june() + others), dt.date(2025, 9, 1))
    assert row_of(found, ALL_AREAS, "2025-06-01")["messages"] == 12
    assert found.unused == 1


def test_areas_are_apart_and_add_up():
    south = [message(50 + n, "2025-06-02", "2025-06-03", case=20 + n % 10) for n in range(10)]
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=june() + south), dt.date(2025, 9, 1))
    assert row_of(found, "South", "2025-06-01")["within_5"] == 1
    assert row_of(found, "North", "2025-06-01")["within_5"] == pytest.approx(7 / 12)
    assert row_of(found, ALL_AREAS, "2025-06-01")["messages"] == 22


def test_a_message_we_sent_soon_after_is_told_as_what_may_be_the_answer():
    wrote = [{"case_id": "C10", "contact_id": "W1", "happened_on": "2025-06-20", "direction": "out", "channel": "email",
              "party": "family"}]
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=june() + wrote), dt.date(2025, 9, 1))
    assert found.waiting.iloc[0]["wrote_after"] == 1


def test_a_reply_recorded_later_is_not_known_yet():
    late = [message(n, "2025-06-02", "2025-06-03", case=n, replied_recorded_on="2025-09-15") for n in range(12)]
    book = casebook("2025-09-30", cases=CASES, contacts=late)
    assert row_of(response_times(book, dt.date(2025, 9, 1)), ALL_AREAS, "2025-06-01")["no_reply_date"] == 12
    assert row_of(response_times(book, dt.date(2025, 9, 20)), ALL_AREAS, "2025-06-01")["no_reply_date"] == 0


def test_one_family_that_writes_often_counts_for_less():
    apart = [message(n, "2025-06-02", "2025-06-03" if n % 2 else None, case=n) for n in range(20)]
    together = [message(n, "2025-06-02", "2025-06-03" if n % 2 else None, case=n % 2) for n in range(20)]
    of_many = response_times(casebook("2025-09-30", cases=CASES, contacts=apart), dt.date(2025, 9, 1))
    of_two = response_times(casebook("2025-09-30", cases=CASES, contacts=together), dt.date(2025, 9, 1))
    assert of_many.design_effect == pytest.approx(1)
    assert of_two.design_effect == pytest.approx(10)


def test_the_sentence_says_the_base_and_the_share_without_a_reply_date():
    found = response_times(casebook("2025-09-30", cases=CASES, contacts=june()), dt.date(2025, 7, 31))
    assert found.summary().startswith("In June 2025, 58% of 12 messages from families were answered within 5 working days")
    assert "25% carry no reply date" in found.summary()


def test_records_without_contacts_give_no_figure():
    found = response_times(casebook("2025-09-30", cases=CASES), dt.date(2025, 7, 31))
    assert not found.table["messages"].any()
    assert "too few messages" in found.summary()
