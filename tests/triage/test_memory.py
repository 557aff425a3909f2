"""Lists that remember: a case keeps its place until it is acted on, resolved or four weeks old; what was done is told."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import casebook

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.timeline.history import History
from dispute_risk.triage.ledger import open_ledger, record, record_run
from dispute_risk.triage.memory import CLEARLY, NOTHING, STAYS_DAYS, Memory, remember
from dispute_risk.triage.selection import Policy, select
from dispute_risk.triage.snapshot import open_cases
from dispute_risk.triage.weekly import weekly_lists

FIRST = dt.date(2025, 6, 16)
SECOND, FIFTH = FIRST + dt.timedelta(weeks=1), FIRST + dt.timedelta(weeks=4)
SAID = {"authority": "Invented", "release": "one", "data_note": "", "synthetic": True}
LIKELY = Policy(1.0, 0.0, 0.0)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def searches() -> Searches:
    """Six cases alike but for the messages of the family: C0 the quietest, C5 the loudest; C0 writes a lot on 20 June."""
    cases = [f"C{n}" for n in range(6)]
    messages = [(case, f"2025-06-{2 + day:02}") for n, case in enumerate(cases) for day in range(n)]
    messages += [("C0", "2025-06-20")] * 10
    return Searches(History.of(casebook(
        cases=[{"case_id": case, "area": "North", "opened_on": "2020-01-01"} for case in cases],
        plans=[{"case_id": case, "plan_id": f"P{case}", "kind": "final", "issued_on": "2025-06-09", "section_i": "setting_named"}
               for case in cases],
        contacts=[{"case_id": case, "contact_id": f"M{n}", "happened_on": day, "direction": "in", "channel": "email",
                   "party": "family", "replied_on": day} for n, (case, day) in enumerate(messages)],
    )))


@pytest.fixture
def ledger(tmp_path):
    return open_ledger(tmp_path / "ledger.sqlite")


def week(searches, fitted, ledger, as_of: dt.date, capacity: int = 3):
    memory = remember(ledger, as_of, capacity=capacity)
    lists = weekly_lists(searches, STANDARD, fitted, as_of, capacity, policy=LIKELY, memory=memory, **SAID)
    record_run(ledger, lists, inputs_fingerprint="x", at=at(as_of), who="clerk", capacity=capacity)
    return lists


def likely(lists) -> list[str]:
    return lists.cases.loc[lists.cases["list"] == "likely_disputes", "case_id"].tolist()


def moved(lists) -> dict[str, tuple[str, str]]:
    return {row.case_id: (row.movement, row.why) for row in lists.movement.itertuples()}


def test_the_first_list_goes_by_risk_and_nothing_is_remembered(searches, fitted, ledger):
    assert remember(ledger, FIRST, capacity=3) == NOTHING
    first = week(searches, fitted, ledger, FIRST)
    assert likely(first) == ["C5", "C4", "C3"]
    assert set(first.cases["weeks_on_list"]) == {0} and set(first.cases["recorded"]) == {""}


def test_what_is_done_leaves_as_done_and_makes_room(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST)
    record(ledger, "did", "C5", who="clerk", at=at(FIRST + dt.timedelta(days=2)), run=1, step="meet_family")
    second = week(searches, fitted, ledger, SECOND)
    assert "C5" not in likely(second) and {"C4", "C3"} < set(likely(second))
    movement, why = moved(second)["C5"]
    assert movement == "done" and why.startswith("Done on 18 June 2025: Meet the family face to face")
    assert "(case officer with someone who can decide)" in why and "clerk" not in why
    rows = second.cases.set_index("case_id")
    assert rows.loc["C4", "weeks_on_list"] == 1 and str(rows.loc["C4", "on_list_since"].date()) == str(FIRST)
    assert second.last_as_of == FIRST


def test_a_case_whose_risk_has_clearly_risen_comes_back_at_once_and_says_what_was_done(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST, capacity=6)
    record(ledger, "did", "C0", who="clerk", at=at(FIRST + dt.timedelta(days=1)), run=1, step="call_family")
    second = week(searches, fitted, ledger, SECOND, capacity=6)
    assert likely(second)[0] == "C0"  # ten messages since
    assert second.cases.set_index("case_id").loc["C0", "recorded"].startswith("Done on 17 June 2025: Call the family")


def test_after_four_weeks_a_case_acted_on_may_be_listed_again(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST)
    record(ledger, "did", "C5", who="clerk", at=at(FIRST), run=1, step="meet_family")
    assert "C5" not in likely(week(searches, fitted, ledger, FIFTH - dt.timedelta(days=7)))
    assert "C5" in likely(week(searches, fitted, ledger, FIFTH))


def test_put_off_and_overridden_are_told_and_a_last_day_that_comes_before_is_pointed_out(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST)
    record(ledger, "snoozed", "C5", who="clerk", at=at(FIRST), run=1, until="2025-09-15")
    record(ledger, "override", "C4", who="clerk", at=at(FIRST), run=1, why="family moved away")
    record(ledger, "knew", "C3", who="clerk", at=at(FIRST), run=1)
    second = week(searches, fitted, ledger, SECOND)
    found = moved(second)
    assert found["C5"] == ("put_off", "Put off on 16 June 2025 until 15 September 2025. Beware: the last day for an appeal, "
                           "1 September 2025, comes before.")
    assert found["C4"] == ("overridden", "List overridden on 16 June 2025: family moved away.")
    assert "C3" in likely(second)
    assert second.cases.set_index("case_id").loc["C3", "recorded"] == "Already known to the officer on 16 June 2025."


def test_what_was_recorded_after_the_day_of_the_list_is_not_known_to_it(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST)
    record(ledger, "did", "C5", who="clerk", at=at(SECOND), run=1, step="meet_family", on="2025-06-30")
    assert remember(ledger, SECOND, capacity=3).acted.keys() == {"C5"}  # worked through later: it counts for its own week
    week(searches, fitted, ledger, SECOND)
    record(ledger, "did", "C4", who="clerk", at=at(FIFTH), run=2, step="meet_family")
    assert "C4" not in remember(ledger, FIRST + dt.timedelta(days=3), capacity=3).acted


def test_another_capacity_or_a_list_of_more_than_four_weeks_ago_is_not_compared_with(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST)
    assert remember(ledger, SECOND, capacity=4).run is None
    assert remember(ledger, FIRST, capacity=3).run is None
    assert remember(ledger, FIRST + dt.timedelta(days=STAYS_DAYS), capacity=3).run == 1
    assert remember(ledger, FIRST + dt.timedelta(days=STAYS_DAYS + 1), capacity=3).run is None


def test_a_list_made_with_another_model_says_so(searches, fitted, ledger):
    week(searches, fitted, ledger, FIRST)
    memory = remember(ledger, SECOND, capacity=3)
    lists = weekly_lists(searches, STANDARD, fitted, SECOND, 3, memory=memory, **{**SAID, "release": "two"})
    assert any("made with release one" in note for note in lists.notes)


def kept(name: str, *case_ids: str, since: dt.date) -> Memory:
    rows = tuple({"list": name, "case_id": case, "area": "North", "rank": rank, "on_list_since": since.isoformat()}
                 for rank, case in enumerate(case_ids, 1))
    return Memory(1, FIRST, "one", rows)


def test_a_place_is_kept_against_a_little_more_risk_and_given_up_to_clearly_more(searches, fitted):
    cases = open_cases(searches, STANDARD, fitted, SECOND)
    risk = dict(zip(cases.case_id.astype(str), cases.risk, strict=True))
    assert risk["C0"] > CLEARLY * risk["C1"] and risk["C1"] < risk["C2"] < CLEARLY * risk["C1"]

    def chosen(memory: Memory, capacity: int) -> list[str]:
        return [str(cases.case_id[row]) for row in select(cases, capacity, LIKELY, memory)["likely_disputes"]["North"]]

    assert chosen(NOTHING, 2) == ["C0", "C5"]
    assert chosen(kept("likely_disputes", "C1", "C4", since=FIRST), 2) == ["C0", "C4"]
    assert chosen(kept("likely_disputes", "C4", since=FIRST), 2) == ["C0", "C4"]
    assert chosen(kept("likely_disputes", "C4", since=SECOND - dt.timedelta(days=STAYS_DAYS)), 2) == ["C0", "C5"]


def test_a_list_never_holds_more_than_its_places_whatever_is_remembered(searches, fitted):
    cases = open_cases(searches, STANDARD, fitted, SECOND)
    everyone = kept("likely_disputes", *cases.case_id.astype(str), since=FIRST)
    for capacity in range(7):
        found = select(cases, capacity, LIKELY, everyone)["likely_disputes"]["North"]
        assert len(found) == min(capacity, 6) == len(np.unique(found))


def test_lists_whose_risks_no_longer_matter_are_not_looked_up(searches, fitted, ledger, monkeypatch):
    """What was done in the first week is still told in the ninth; the list it was done from need not be read for it."""
    from dispute_risk.triage import memory as module

    for number in range(1, 9):
        on = FIRST + dt.timedelta(weeks=number - 1)
        week(searches, fitted, ledger, on)
        record(ledger, "did", f"C{number % 6}", who="o", at=at(on), run=number, step="answer_family", on=on.isoformat())
    read: list[int] = []
    run_of = module.run_of
    monkeypatch.setattr(module, "run_of", lambda ledger, number: read.append(number) or run_of(ledger, number))
    found = remember(ledger, FIRST + dt.timedelta(weeks=8), capacity=3)
    assert set(read) == {6, 7, 8}  # what was done in the fifth is four weeks old and rests no longer
    assert "16 June 2025" in found.told["C1"]
