"""Every verb against a plain loop over the facts of each case, on random records with late recording."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from casebooks import one_case, random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.features.searches import Searches
from dispute_risk.features.verbs import (
    Age,
    AgeOfChild,
    Both,
    Count,
    CountSince,
    DaysCovered,
    DaysUntil,
    Flag,
    LatestIs,
    Mean,
    OfCase,
    PerTeam,
    SchoolTerm,
)
from dispute_risk.timeline.days import NO_DAY, day_number, to_date
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History

seeds = st.integers(0, 9)  # ten histories, drawn once each
few = settings(max_examples=15, deadline=None)


@cache
def drawn(seed: int) -> tuple[Searches, Snapshots]:
    """Return a random history of six cases and five dates of each."""
    history = History.of(random_casebook(seed, cases=6, rows=40))
    days = day_number("2023-02-01") + np.array([0, 150, 320, 500, 900])
    return Searches(history), Snapshots.of(np.repeat(np.arange(6), len(days)), np.tile(days, 6))


def holding(searches: Searches, verb, case: int, on: int) -> list[int]:
    """Return the positions of the facts that are known, hold, are of the codes, and are recent enough: by a loop."""
    facts = searches.history.facts[verb.facts]
    chosen = []
    for place in range(len(facts)):
        if facts.case[place] != case or not facts.known[place] <= on < facts.until[place]:
            continue
        if verb.where is not None:
            codes = (verb.where[1],) if isinstance(verb.where[1], str) else verb.where[1]
            if facts.label(verb.where[0], place) not in codes:
                continue
        if verb.within_days is not None and on - facts.happened[place] >= verb.within_days:
            continue
        chosen.append(place)
    return chosen


def by_a_loop(searches: Searches, rows: Snapshots, verb, one_row) -> np.ndarray:
    facts = searches.history.facts[verb.facts]
    return np.array([
        one_row(facts, holding(searches, verb, int(case), int(on)), int(on))
        for case, on in zip(rows.case, rows.on, strict=True)
    ], np.float32)


KINDS = [("family_message", None, 90), ("notice", ("decision_type", ("plan_issued", "plan_amended")), 365),
         ("duty_advice", ("kind", "speech_language"), 400), ("unanswered", None, 182), ("plan_made", None, None),
         ("window", None, None), ("in_dispute", None, None), ("officer_change", None, 365)]


@few
@given(seed=seeds, kind=st.sampled_from(KINDS))
def test_count_and_flag(seed, kind):
    searches, rows = drawn(seed)
    expected = by_a_loop(searches, rows, Count(*kind), lambda facts, here, on: len(here))
    assert Count(*kind).values(searches, rows).tolist() == expected.tolist()
    assert Flag(*kind).values(searches, rows).tolist() == (expected > 0).astype(float).tolist()


@few
@given(seed=seeds, kind=st.sampled_from(KINDS), latest=st.booleans())
def test_age(seed, kind, latest):
    searches, rows = drawn(seed)
    pick = max if latest else min
    expected = by_a_loop(searches, rows, Count(*kind), lambda facts, here, on: (
        on - pick(facts.happened[place] for place in here) if here else np.nan))
    verb = Age(*kind, of="latest" if latest else "oldest")
    np.testing.assert_array_equal(verb.values(searches, rows), expected)


@few
@given(seed=seeds, kind=st.sampled_from([("duty_advice", None, 400), ("duty_final_plan",), ("duty_review",)]))
def test_age_past_a_due_date_is_never_below_nought(seed, kind):
    searches, rows = drawn(seed)
    expected = by_a_loop(searches, rows, Count(*kind), lambda facts, here, on: (
        max(on - min(facts.columns["due_on"][place] for place in here), 0) if here else np.nan))
    np.testing.assert_array_equal(Age(*kind, column="due_on").values(searches, rows), expected)


@few
@given(seed=seeds, last=st.booleans())
def test_days_until(seed, last):
    searches, rows = drawn(seed)
    pick = max if last else min
    expected = by_a_loop(searches, rows, Count("window"), lambda facts, here, on: (
        max(pick(facts.columns["closes_on"][place] for place in here) - on, 0) if here else np.nan))
    verb = DaysUntil("window", column="closes_on", of="last" if last else "soonest")
    np.testing.assert_array_equal(verb.values(searches, rows), expected)


@few
@given(seed=seeds)
def test_latest_is(seed):
    searches, rows = drawn(seed)

    def told(facts, here, on):
        said = [facts.label("section_i", place) for place in here]
        return float("type_only" in said) if any(said) else np.nan

    expected = by_a_loop(searches, rows, Count("latest_plan"), told)
    verb = LatestIs("latest_plan", column="section_i", codes=("type_only",))
    np.testing.assert_array_equal(verb.values(searches, rows), expected)


@few
@given(seed=seeds)
def test_mean(seed):
    searches, rows = drawn(seed)
    verb = Mean("reply", within_days=182, column="reply_days")
    expected = by_a_loop(searches, rows, verb, lambda facts, here, on: (
        np.mean([facts.columns["reply_days"][place] for place in here]) if here else np.nan))
    np.testing.assert_allclose(verb.values(searches, rows), expected, rtol=1e-5)


@few
@given(seed=seeds, every=st.integers(1, 4))
def test_the_mean_leaves_blanks_out_and_a_blank_reaches_no_other_case(seed, every):
    whole, rows = drawn(seed)
    reply = whole.history.facts["reply"]
    days = np.where(np.arange(len(reply)) % every == 0, np.nan, reply.columns["reply_days"])
    blanked = replace(reply, columns={**reply.columns, "reply_days": days})
    searches = Searches(replace(whole.history, facts={**whole.history.facts, "reply": blanked}))
    verb = Mean("reply", within_days=900, column="reply_days")

    def mean(facts, here, on):
        filled = [value for value in (facts.columns["reply_days"][place] for place in here) if not np.isnan(value)]
        return np.mean(filled) if filled else np.nan

    expected = by_a_loop(searches, rows, verb, mean)
    np.testing.assert_allclose(verb.values(searches, rows), expected, rtol=1e-5)


@few
@given(seed=seeds)
def test_days_covered(seed):
    searches, rows = drawn(seed)
    facts = searches.history.facts["no_officer_spell"]

    def covered(case: int, on: int) -> int:
        days = 0
        for place in np.flatnonzero((facts.case == case) & (facts.known <= on)):
            ends, over = facts.columns["to_on"][place], facts.columns["over"][place]
            stop = ends if ends != NO_DAY and over <= on else on - 1  # its last day, as it was known
            days += sum(facts.happened[place] <= day <= min(stop, on - 1) for day in range(on - 365, on))
        return days

    expected = [covered(int(case), int(on)) for case, on in zip(rows.case, rows.on, strict=True)]
    assert DaysCovered("no_officer_spell", within_days=365).values(searches, rows).tolist() == expected


@few
@given(seed=seeds)
def test_count_since(seed):
    searches, rows = drawn(seed)
    verb = CountSince("family_message", within_days=90, since="we_wrote")
    ours = searches.history.facts["we_wrote"]
    expected = []
    for case, on in zip(rows.case, rows.on, strict=True):
        last = max(ours.happened[(ours.case == case) & (ours.known <= on)], default=NO_DAY)
        facts = searches.history.facts["family_message"]
        expected.append(sum(facts.happened[place] > last for place in holding(searches, verb, int(case), int(on))))
    assert verb.values(searches, rows).tolist() == expected


@few
@given(seed=seeds)
def test_per_team(seed):
    searches, rows = drawn(seed)
    history = searches.history

    def team(kind: str, area: int, on: int, within: int | None = None) -> int:
        facts = history.area_facts[kind]
        here = (facts.case == area) & (facts.known <= on) & (on < facts.until)
        return int((here & (on - facts.happened < within) if within else here).sum())

    expected = []
    for case, on in zip(rows.case, rows.on, strict=True):
        area = int(history.area_of_case[case])
        per = team("team_case_open", area, int(on))
        expected.append(100 * team("team_appeal", area, int(on), 365) / per if per else np.nan)
    found = PerTeam("team_appeal", "team_case_open", 365, 100.0).values(searches, rows)
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-6)


@few
@given(seed=seeds, kind=st.sampled_from(KINDS))
def test_the_fact_cited_is_one_that_was_counted_and_the_latest(seed, kind):
    searches, rows = drawn(seed)
    verb = Count(*kind)
    facts, cited = verb.facts_for(searches), verb.cited(searches, rows)
    latest = by_a_loop(searches, rows, verb, lambda all_facts, here, on: (
        max(all_facts.happened[place] for place in here) if here else -1))
    for row, place in enumerate(cited):
        assert (place == -1) == (latest[row] == -1)
        if place >= 0:
            assert facts.case[place] == rows.case[row] and facts.happened[place] == latest[row]
            assert facts.known[place] <= rows.on[row] < facts.until[place]


@few
@given(seed=seeds)
def test_an_age_past_due_cites_the_one_that_is_longest_due(seed):
    searches, rows = drawn(seed)
    verb = Age("duty_advice", within_days=400, column="due_on")
    facts, cited, values = verb.facts_for(searches), verb.cited(searches, rows), verb.values(searches, rows)
    assert ((cited == -1) == np.isnan(values)).all()
    for row in np.flatnonzero(cited >= 0):
        assert values[row] == max(rows.on[row] - facts.columns["due_on"][cited[row]], 0)


@few
@given(seed=seeds)
def test_both_is_one_and_the_other_and_cites_the_first(seed):
    searches, rows = drawn(seed)
    one, other = Flag("latest_plan"), Flag("window")
    found = Both(one, other).values(searches, rows)
    assert found.tolist() == (one.values(searches, rows) * other.values(searches, rows)).tolist()
    assert Both(one, other).cited(searches, rows).tolist() == one.cited(searches, rows).tolist()
    assert Both(one, other).needs() == ("latest_plan", "window")


# --- blanks and edges, by hand ----------------------------------------------------------------------------------------


def value(verb, history: History, on: str) -> float:
    return float(verb.values(Searches(history), Snapshots.of(np.array([0]), day_number(on)))[0])


TYPE_ONLY = LatestIs("latest_plan", column="section_i", codes=("type_only",))


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ([], np.nan),  # no plan: nothing can be said
        ([{"kind": "final", "issued_on": "2025-01-06"}], np.nan),  # section I not recorded
        ([{"kind": "final", "issued_on": "2025-01-06", "section_i": "type_only"}], 1.0),
        ([{"kind": "final", "issued_on": "2025-01-06", "section_i": "setting_named"}], 0.0),
        ([{"kind": "final", "issued_on": "2025-01-06", "section_i": "type_only"},
          {"kind": "amended_final", "issued_on": "2025-03-03", "section_i": "setting_named"}], 0.0),
        ([{"kind": "final", "issued_on": "2025-01-06", "section_i": "type_only"},
          {"kind": "amended_final", "issued_on": "2025-03-03"}], np.nan),
    ],
)
def test_no_school_named_is_told_of_the_latest_plan_only(plans, expected):
    found = value(TYPE_ONLY, History.of(one_case(plans=plans)), "2025-06-02")
    assert found == expected or (np.isnan(found) and np.isnan(expected))


def test_within_a_year_is_365_days_with_the_day_itself():
    history = History.of(one_case(complaints=[{"received_on": "2024-06-03"}]))
    assert value(Count("complaint", within_days=365), history, "2025-06-02") == 1  # 364 days later
    assert value(Count("complaint", within_days=365), history, "2025-06-03") == 0  # 365 days later


@pytest.mark.parametrize(
    ("on", "covered"),
    [("2025-03-01", 0), ("2025-03-02", 1), ("2025-03-31", 30), ("2025-04-01", 31), ("2025-06-02", 31),
     ("2026-03-01", 31), ("2026-03-02", 30), ("2026-03-31", 1), ("2026-04-01", 0)],
)
def test_days_without_an_officer_leave_the_year_one_by_one(on, covered):
    history = History.of(one_case(allocations=[{"officer_id": None, "from_on": "2025-03-01", "to_on": "2025-03-31"}]))
    assert value(DaysCovered("no_officer_spell", within_days=365), history, on) == covered


def test_an_end_recorded_late_shortens_the_gap_only_from_then():
    history = History.of(one_case(allocations=[{"officer_id": None, "from_on": "2025-03-01", "to_on": "2025-03-31",
                                                "to_recorded_on": "2025-05-12"}]))
    verb = DaysCovered("no_officer_spell", within_days=365)
    assert value(verb, history, "2025-05-11") == 71  # as far as anyone knew, it went on
    assert value(verb, history, "2025-05-12") == 31


def test_messages_since_we_last_wrote():
    family = {"direction": "in", "party": "family", "channel": "email"}
    history = History.of(one_case(contacts=[
        {**family, "happened_on": "2025-05-01"}, {**family, "happened_on": "2025-05-20"},
        {**family, "happened_on": "2025-05-12", "direction": "out"},
    ]))
    verb = CountSince("family_message", within_days=90, since="we_wrote")
    assert [value(verb, history, on) for on in ("2025-05-02", "2025-05-12", "2025-05-20", "2025-08-18")] == [1, 0, 1, 0]


def test_a_message_of_the_day_we_wrote_is_not_counted_as_after_it():
    family = {"party": "family", "channel": "email", "happened_on": "2025-05-12"}
    history = History.of(one_case(contacts=[{**family, "direction": "in"}, {**family, "direction": "out"}]))
    assert value(CountSince("family_message", within_days=90, since="we_wrote"), history, "2025-05-20") == 0


def test_the_message_cited_is_one_since_we_last_wrote():
    family = {"direction": "in", "party": "family", "channel": "email", "happened_on": "2025-05-20"}
    searches = Searches(History.of(one_case(contacts=[family])))
    verb = CountSince("family_message", within_days=90, since="we_wrote")
    rows = Snapshots.of(np.array([0]), day_number("2025-06-02"))
    place = int(verb.cited(searches, rows)[0])
    assert str(to_date(int(verb.facts_for(searches).happened[place]))) == "2025-05-20"


@pytest.mark.parametrize(
    ("on", "under_five", "sixteen"),
    [("2025-05-09", 1.0, 0.0), ("2025-05-10", 0.0, 0.0), ("2036-05-09", 0.0, 0.0), ("2036-05-10", 0.0, 1.0)],
)
def test_a_birthday_counts_on_the_day(on, under_five, sixteen):
    history = History.of(one_case(case={"birth_date": "2020-05-10"}))
    assert value(AgeOfChild(None, 5), history, on) == under_five
    assert value(AgeOfChild(16, None), history, on) == sixteen


def test_what_is_not_recorded_of_the_child_is_blank():
    history = History.of(one_case(case={"birth_date": None, "primary_need": None, "looked_after": None}))
    for verb in (AgeOfChild(), AgeOfChild(16, None), OfCase("primary_need", ("ASD",)), OfCase("looked_after")):
        assert np.isnan(value(verb, history, "2025-06-02")), verb


def test_the_need_of_the_case():
    history = History.of(one_case(case={"primary_need": "ASD"}))
    assert value(OfCase("primary_need", ("ASD",)), history, "2025-06-02") == 1
    assert value(OfCase("primary_need", ("SLCN", "MLD")), history, "2025-06-02") == 0


def test_a_team_with_nobody_at_work_has_no_caseload():
    history = History.of(one_case())
    assert np.isnan(value(PerTeam("team_case_held", "team_officer"), history, "2025-06-02"))


@pytest.mark.parametrize(("on", "spring"), [("2024-12-31", 0), ("2025-01-01", 1), ("2025-04-30", 1), ("2025-05-01", 0)])
def test_the_spring_term(on, spring):
    assert value(SchoolTerm((1, 2, 3, 4)), History.of(one_case()), on) == spring
