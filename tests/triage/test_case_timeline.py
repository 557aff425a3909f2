"""The timelines of many cases together are those of each case by itself, fact by fact; what was told is not worked out twice."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from casebooks import random_casebook

from dispute_risk.explain.reasons import filled
from dispute_risk.explain.words import days_in_words
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.terms import PANEL_RESULT
from dispute_risk.timeline.days import NO_DAY, to_date
from dispute_risk.timeline.history import History
from dispute_risk.triage import told as told_module
from dispute_risk.triage.case_timeline import SAID, STILL_DUE, STILL_DUE_DAYS, case_timeline, case_timelines
from dispute_risk.triage.snapshot import open_cases
from dispute_risk.triage.told import told_of

MONDAY, BEFORE = dt.date(2024, 6, 3), dt.date(2024, 5, 27)


@pytest.fixture(scope="module")
def searches() -> Searches:
    return Searches(History.of(random_casebook(3, cases=80, rows=400)))


@pytest.fixture
def now(searches, fitted):
    return open_cases(searches, STANDARD, fitted, MONDAY)


def by_hand(now, row):
    """One fact after the other, as a clerk would go through the file."""
    case, on, lines = int(now.rows.case[row]), int(now.rows.on[row]), set()
    for name, sentence, latest, late, held in [
        *((name, said.sentence, said.latest_only, said.late, name == "draft_waiting") for name, said in SAID.items()),
        *((name, sentence, False, None, True) for name, sentence in STILL_DUE.items()),
    ]:
        facts = now.searches.history.facts[name]
        mine = []
        for place in np.flatnonzero(facts.case == case).tolist():
            ours = "kind" not in facts.labels or late is False or facts.label("kind", place) != "parent"
            if facts.known[place] <= on and (not held or facts.until[place] > on) and ours:
                decided = facts.label("result", place) if "result" in facts.labels else ""
                words = {"decided": PANEL_RESULT.label(decided) if decided else "not recorded"}
                text = filled(sentence, facts, place, np.nan, words).replace(", from not recorded", "")
                mine.append((int(facts.happened[place]), place, text))
        mine.sort(key=lambda one: one[0])
        for day, place, text in mine[-1:] if latest else mine:
            if late is None:
                due = int(facts.columns["due_on"][place])
                if due != NO_DAY and 0 < on - due <= STILL_DUE_DAYS:
                    lines.add((due, True, f"{text} in {days_in_words(on - due)}."))
            else:
                lines.add((day, late, text))
    return [{"on": to_date(day), "said": text, "broken": late} for day, late, text in sorted(lines)]


def test_together_as_one_by_one_as_by_hand(now):
    rows = np.arange(len(now.rows))
    together = case_timelines(now, rows[::-1])
    assert list(together) == rows.tolist()
    for row in rows.tolist():
        assert together[row] == case_timeline(now, row) == by_hand(now, row)
    broken = [line["broken"] for lines in together.values() for line in lines]
    assert any(broken) and not all(broken)


def test_no_case_has_no_timeline(now):
    assert case_timelines(now, np.zeros(0, np.int64)) == {}


def test_what_is_told_again_is_not_worked_out_again_and_is_the_same(now, searches, fitted, monkeypatch):
    scored = np.flatnonzero(~now.in_dispute)
    listed, likely = np.arange(min(30, len(now.rows))), scored[scored < 10]
    first = told_of(now, listed, likely, BEFORE)
    fresh = told_of(open_cases(searches, STANDARD, fitted, MONDAY), listed, scored[scored < 30], BEFORE)
    more = told_of(now, listed, scored[scored < 30], BEFORE)  # some of them by their risk now, who were not
    assert more == fresh
    for row, told in first.items():
        if row in set(likely.tolist()):
            assert told == more[row]
        else:
            assert told.reasons == [] and told.broken == more[row].broken
    monkeypatch.setattr(told_module, "_worked_out", None)
    assert told_of(now, listed, likely, BEFORE) == first
    with pytest.raises(TypeError):  # of another week it is another story
        told_of(now, listed, likely, dt.date(2024, 5, 20))
