"""The lot of the weekly lists joined with what came of it: chances known, other rules judged, nothing certain counted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from casebooks import casebook

from dispute_risk.errors import UnusableRecords
from dispute_risk.mediation.logged_places import RULES, logged_places

MONDAY = dt.date(2025, 1, 6)


def lived(seed: int, cases: int = 3_000, places: int = 300) -> tuple[list[tuple[dt.date, dict]], object, dict[str, float]]:
    """Return what a ledger would hold of one Monday, the records after it, and the true appeals in 100 under two rules.

    A place halves the risk of every second case and leaves the others; risk and benefit are recorded as they are.
    """
    rng = np.random.default_rng(seed)
    risk = rng.beta(1.5, 6, cases)
    helped = np.arange(cases) % 2 == 0
    benefit = np.where(helped, 0.7 * risk, 0.02 * risk)
    chance = np.clip(0.1 + risk, 0.1, 0.85)
    got = rng.random(cases) < chance
    appealed = rng.random(cases) < np.where(got, risk - benefit, risk)
    drawn = [(MONDAY, {"case_id": f"C{number}", "area": "N", "chance": float(chance[number]), "held_out": False,
                       "got_a_place": bool(got[number]), "risk": float(risk[number]), "benefit": float(benefit[number])})
             for number in range(cases)]
    book = casebook(
        cases=[{"case_id": f"C{number}", "area": "N", "opened_on": "2024-01-08"} for number in range(cases)],
        appeals=[{"appeal_id": f"A{number}", "case_id": f"C{number}", "registered_on": "2025-03-03"}
                 for number in np.flatnonzero(appealed)])
    some = int(got.sum())
    first = {name: np.argsort(-by, kind="stable")[:some] for name, by in (("benefit", benefit), ("risk", risk))}
    truth = {name: 100 * (risk.sum() - benefit[rows].sum()) / cases for name, rows in first.items()}
    return drawn, book, truth | {"nobody": 100 * risk.mean()}


def test_what_other_rules_would_have_done_is_found_from_the_lot():
    inside, gaps = 0, []
    for seed in range(12):
        drawn, book, truth = lived(seed)
        rules = logged_places(drawn, book).rules(draws=200)
        said = {one.name: one for one in rules.judged}
        assert set(said) == set(RULES.values()) and all(one.answers for one in rules.judged)
        for name, value in truth.items():
            inside += said[RULES[name]].low <= value <= said[RULES[name]].high
        gaps.append(rules.differences[0].robust - (truth["benefit"] - truth["risk"]))
        assert rules.differences[0].name == "most appeals spared first against highest risk first"
    assert "Most appeals spared first against highest risk first: about" in rules.summary() and " fewer " in rules.summary()
    assert inside >= 31  # of 36; 95 in 100 ranges
    assert abs(np.mean(gaps)) < 3 * np.std(gaps, ddof=1) / np.sqrt(len(gaps)) + 0.2


def test_what_was_certain_or_is_not_yet_known_says_nothing_of_another_rule():
    drawn, book, _ = lived(1, cases=400)
    sure = [(MONDAY, {**said, "chance": 1.0, "got_a_place": True}) for _, said in drawn[:50]]
    late = [(dt.date(2025, 12, 1), said) for _, said in drawn[50:120]]
    places = logged_places([*sure, *late, *drawn[120:]], book)
    rules = places.rules(draws=50)
    assert (rules.n_sure, rules.n_rows, rules.weeks) == (50, 280, 1)
    assert places.rows["outcome"].isna().sum() == 70
    assert len(places.listed) == 350 and set(places.listed.columns) == {"case_id", "on", "drawn", "stratum"}
    assert f"{rules.n_rows:,} cases" in rules.summary()


def test_a_ledger_kept_before_risks_were_recorded_judges_the_lot_alone():
    drawn, book, _ = lived(2, cases=600)
    bare = [(on, {name: value for name, value in said.items() if name not in ("risk", "benefit")}) for on, said in drawn]
    rules = logged_places(bare, book).rules(draws=50)
    assert [one.name for one in rules.judged] == [RULES["drawn"], RULES["lot"], RULES["nobody"]]


def test_an_appeal_counts_from_the_day_after_to_the_end_of_the_horizon():
    book = casebook(cases=[{"case_id": f"C{n}", "area": "N", "opened_on": "2024-01-08"} for n in range(4)],
                    appeals=[{"appeal_id": f"A{n}", "case_id": f"C{n}", "registered_on": day} for n, day in
                             enumerate(("2025-01-06", "2025-01-07", "2025-07-07", "2025-07-08"))])
    drawn = [(MONDAY, {"case_id": f"C{n}", "area": "N", "chance": 0.5, "got_a_place": True}) for n in range(4)]
    assert logged_places(drawn, book).rows["outcome"].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(("drawn", "said"), [
    ([], "holds no lottery"),
    ([(MONDAY, {"case_id": "C1"})], "lacks area, chance, got_a_place"),
    ([(MONDAY, {"case_id": "elsewhere", "area": "N", "chance": 0.5, "got_a_place": True})], "ledger of another casebook"),
])
def test_what_cannot_be_used_is_said(drawn, said):
    book = casebook(cases=[{"case_id": "C1", "area": "N", "opened_on": "2024-01-08"}])
    with pytest.raises(UnusableRecords, match=said):
        logged_places(drawn, book)


def test_nothing_with_a_chance_and_an_outcome_is_a_refusal_and_no_figure():
    book = casebook(cases=[{"case_id": "C1", "area": "N", "opened_on": "2024-01-08"}])
    rules = logged_places([(MONDAY, {"case_id": "C1", "area": "N", "chance": 1.0, "got_a_place": True})], book).rules()
    assert not rules.judged[0].answers and rules.differences == ()
    assert isinstance(rules.table, pd.DataFrame)
