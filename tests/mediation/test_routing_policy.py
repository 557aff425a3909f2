"""Who is offered first: places shared out, fair shares, the hold-out and what it must never touch, and the record of the lot."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from casebooks import random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st
from trials import drawn

from dispute_risk.errors import UnreadableFile
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.mediation import routing_policy
from dispute_risk.mediation.benefit import PUBLISHED, Benefit, spares_in_words
from dispute_risk.mediation.fair_shares import FAIR_PART, fair_order, owed_places, shares_behind
from dispute_risk.mediation.learned_benefit import learn_benefit
from dispute_risk.mediation.lottery import Lottery
from dispute_risk.mediation.offer_facts import closes, days_since_notice, decision_type, late, lately
from dispute_risk.mediation.routing_policy import EXTRA, HELD, OPTED_OUT, RoutingPolicy, learned_from, routing_for
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.history import History
from dispute_risk.triage.actions import STEPS, Situation, choose_steps
from dispute_risk.triage.routing import DECLARED_RULES
from dispute_risk.triage.selection import Policy, select
from dispute_risk.triage.snapshot import OpenCases, open_cases
from dispute_risk.triage.weekly import lists_of

MONDAY = dt.date(2024, 6, 3)
SIGNED = Lottery(0.3, 0.3, "a word", "head of SEND")
SAID = {"authority": "Invented", "release": "test", "data_note": "random records", "synthetic": True}


class ByWindow:
    """A risk that can be worked out by hand. Invented."""

    line = SimpleNamespace(refits=np.zeros((0, 3)))

    def risk(self, values):
        weight = np.zeros(len(STANDARD.names))
        for name, size in {"window_open": 2.0, "unanswered_two_weeks": 0.4, "family_messages_90d": 0.5}.items():
            weight[list(STANDARD.names).index(name)] = size
        return 1 / (1 + np.exp(3 - np.nan_to_num(np.asarray(values, float)) @ weight))

    def contributions(self, values):
        return -3.0, np.zeros_like(np.asarray(values, float))


@pytest.fixture(scope="module")
def week() -> OpenCases:
    records = random_casebook(3, cases=160, rows=400)
    few = {name: records.tables[name].iloc[:15].reset_index(drop=True) for name in ("appeals", "mediations")}
    history = History.of(records.with_tables({**records.tables, **few}))
    return open_cases(Searches(history), STANDARD, ByWindow(), MONDAY)


# --- fair shares ------------------------------------------------------------------------------------------------------


def a_year(gain_of_the_first: float, keep: bool, weeks: int = 52) -> dict[str, float]:
    """Return each group's places over its share, where one group gains so many times as much as the others. Invented."""
    rng = np.random.default_rng(5)
    offered: dict[tuple[str, str], float] = {}
    owed: dict[str, float] = {}
    for _ in range(weeks):
        group, need = rng.choice(["1", "3", "5"], 24, p=[0.4, 0.3, 0.3]), rng.integers(2, 6, 24).astype(float)
        gain, area = rng.random(24) * np.where(group == "5", gain_of_the_first, 1.0), np.full(24, "N")
        if keep:
            gain = fair_order(gain, np.ones(24, bool), need, group, area, {"N": 3}, offered)
        for name in group[np.argsort(-gain)[:3]]:
            offered["N", str(name)] = offered.get(("N", str(name)), 0) + 1
        for name in ("1", "3", "5"):
            owed[name] = owed.get(name, 0) + need[group == name].sum()
    total = sum(offered.values())
    return {name: offered.get(("N", name), 0) / total / (need / sum(owed.values())) for name, need in owed.items()}


@pytest.mark.parametrize(("times", "least"), [(1.0, 0.9), (3.0, 0.79), (50.0, 0.75)])
def test_over_a_year_each_group_gets_its_part_of_the_places(times, least):
    # At fifty times the floor alone holds, which takes over four places late: of 50 places owed, eight in a hundred.
    assert min(a_year(times, keep=True).values()) >= least
    if times > 1:
        assert min(a_year(times, keep=False).values()) < 0.2  # left alone, nearly all go to one group


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_within_a_group_of_an_area_fair_shares_leave_the_order_as_it_is(seed):
    rng = np.random.default_rng(seed)
    worth, need = rng.random(30), rng.integers(0, 5, 30).astype(float)
    group, area = rng.choice(["1", "3", ""], 30), rng.choice(["N", "S"], 30)
    offered = {(where, name): float(rng.integers(0, 30)) for where in "NS" for name in ("1", "3", "")}
    found = fair_order(worth, np.ones(30, bool), need, group, area, {"N": 3, "S": 2}, offered)
    assert (found >= worth).all()
    for where in "NS":
        for name in ("1", "3", ""):
            mine = (area == where) & (group == name)
            assert np.argsort(-found[mine]).tolist() == np.argsort(-worth[mine]).tolist()


def test_a_group_that_is_far_behind_comes_first_with_as_many_as_it_is_late_and_only_who_can():
    worth, area, group = np.array([0.9, 0.8, 0.3, 0.2, 0.1]), np.full(5, "N"), np.array(list("55111"))
    can = np.array([True, True, False, True, True])
    behind = shares_behind(np.ones(5), group, area, {"N": 2}, {("N", "5"): 10.0}, FAIR_PART)
    late = owed_places(behind)["N", "1"]
    assert late == int(0.8 * 0.6 * 12 - 4) == 1
    found = fair_order(worth, can, np.ones(5), group, area, {"N": 2}, {("N", "5"): 10.0})
    assert np.argsort(-found).tolist()[0] == 3 and (found > found[0]).sum() == 1
    nobody = fair_order(np.zeros(5), can, np.ones(5), group, area, {"N": 2}, {("N", "5"): 10.0})
    assert (nobody == 0).all()  # where nothing is gained nobody is sent


# --- the routing in a week -----------------------------------------------------------------------------------------------


def test_order_is_risk_times_what_an_offer_takes_away_and_the_name_says_what_it_rests_on(week):
    routing = RoutingPolicy(places=4)
    order = routing.benefit(week)
    expected = PUBLISHED.of(week.risk, week.features, days_since_notice(week))
    free = ~week.in_dispute & ~lately(week)
    assert order[free] == pytest.approx(np.maximum(expected[free], 1e-12), rel=1e-5)
    assert np.isnan(order[week.in_dispute]).all()
    assert "published effect" in routing.name and "too few offers of your own" in routing.name
    by_cause = RoutingPolicy(Benefit(by_cause=(-0.4, 0, 0, 0), n_offered=900, gain=3.2, rests_on="by_cause"))
    assert "learned from 900 offers of your own" in by_cause.name and "3.2" in by_cause.name


def test_every_list_says_which_effect_its_order_rests_on(week):
    lists = lists_of(week, 8, routing=RoutingPolicy(places=5), **SAID)
    assert any(note.startswith("Order and steps follow the appeals that an offer is expected to spare") for note in lists.notes)
    assert not any("Order and steps follow" in note for note in lists_of(week, 8, **SAID).notes)


def test_a_deadline_before_the_earliest_meeting_is_flagged_on_every_routed_case(week):
    lead = 40  # so long that several windows close before
    routing = RoutingPolicy(Benefit(left=type(PUBLISHED.left)(lead_days=lead)), places=50)
    last, meeting = closes(week), day_number(MONDAY) + lead
    early = np.flatnonzero((last >= day_number(MONDAY)) & (last < meeting) & ~week.in_dispute & ~lately(week))
    assert len(early) >= 3
    for row in np.flatnonzero(~week.in_dispute).tolist():
        situation = Situation(float(week.risk[row]), (), ("plan_issued",) if last[row] > 0 else ())
        said = routing.choice(week, row, situation, "likely_disputes").why_first
        offered = any(step.name in EXTRA for step in (choose_steps(situation, "likely_disputes").first,))
        assert ("comes before the earliest meeting" in said) == (row in early and offered), row
    assert "right of appeal does not wait" in late(MONDAY, last, lead)[early[0]]


def test_held_out_cases_lose_the_extra_step_only(week):
    routing = RoutingPolicy(places=6, lottery=Lottery(0.5, 0.2, "a word", "head of SEND"))
    held = np.flatnonzero(routing._week(week).without == HELD)
    assert len(held) >= 5
    situation = Situation(0.4, (("duty_final_plan", "issue_decision"),), ("refuse_to_assess",), unanswered=True)
    for row in held.tolist():
        choice = routing.choice(week, row, situation, "likely_disputes")
        names = [step.name for step in (choice.first, *choice.others)]
        assert names[:2] == ["issue_decision", "reply"] and "review_decision" in names and not set(names) & set(EXTRA)
        for which in ("unheard", "random_audit", "duties_outstanding", "already_in_dispute"):
            assert routing.choice(week, row, situation, which) == choose_steps(situation, which)
        alone = routing.choice(week, row, Situation(0.4, (), ("plan_issued",)), "likely_disputes")
        assert alone.first is STEPS["keep_for_next_week"] and "by lot" in alone.why_first and "goes on" in alone.why_first


def test_those_the_list_of_the_unheard_is_for_are_never_held_out(week):
    routing = RoutingPolicy(places=6, lottery=Lottery(0.5, 0.2, "a word", "head of SEND"), quiet_from=0.0)
    failed = ~week.in_dispute & (week.breach >= 2.0)
    assert failed.any() and not routing._week(week).held_out[failed].any()
    before = select(week, 10, Policy())["unheard"]
    after = select(week, 10, Policy(), benefit=routing.benefit(week))["unheard"]
    assert sum(map(len, before.values())) == sum(map(len, after.values()))


def test_places_left_by_the_held_out_are_filled_down_the_list(week):
    with_lot = RoutingPolicy(places=5, lottery=SIGNED)
    for routing in (RoutingPolicy(places=5), with_lot):
        chosen = select(week, 5, Policy(1.0, 0.0, 0.0), benefit=routing.benefit(week))["likely_disputes"]
        assert all(len(rows) == 5 for rows in chosen.values())
    state = with_lot._week(week)
    for rows in chosen.values():
        aside = rows[state.held_out[rows]]
        assert week.statutory[aside].all()  # only where a duty is put right


def test_those_who_won_the_draw_are_on_the_list_and_it_can_be_drawn_again(week):
    places, capacity = 10, 10
    routing = RoutingPolicy(places=places, lottery=SIGNED)
    chosen = select(week, capacity, Policy(1.0, 0.0, 0.0), benefit=routing.benefit(week))["likely_disputes"]
    listed = {str(week.case_id[row]) for rows in chosen.values() for row in rows}
    record = routing.drawn(week)
    assert listed == {row["case_id"] for row in record if row["got_a_place"]}
    again = RoutingPolicy(places=places, lottery=SIGNED)
    assert again.drawn(week) == record and again.about(week) == routing.about(week)
    other = RoutingPolicy(places=places, lottery=Lottery(0.3, 0.3, "another word", "head of SEND"))
    assert other.drawn(week) != record


def test_record_holds_the_chance_of_every_case_that_had_one(week):
    routing = RoutingPolicy(places=10, lottery=SIGNED)
    record = pd.DataFrame(routing.drawn(week))
    assert record["chance"].between(0, 0.7 + 1e-9).all() and (record["chance"] > 0).all()
    assert record["held_out"].any() and record["in_band"].any()
    sure = record[~record["in_band"] & record["got_a_place"]]
    assert np.allclose(sure["chance"], 0.7)
    about = routing.about(week)["routing"]
    assert about["signed_by"] == "head of SEND" and set(about["seeds"]) == set(map(str, week.searches.history.area_names))
    assert "a word" not in str(about)  # the salt stays with the authority


def test_an_opt_out_stops_offers_and_nothing_else(week):
    case_id = str(week.case_id[0])
    routing = RoutingPolicy(places=6, opted_out=frozenset({case_id}))
    situation = Situation(0.4, (("duty_final_plan", "issue_decision"),), ("plan_issued",))
    choice = routing.choice(week, 0, situation, "likely_disputes")
    assert [step.name for step in (choice.first, *choice.others)] == ["issue_decision"]
    assert routing._week(week).without[0] == OPTED_OUT


def test_a_case_says_what_an_offer_is_expected_to_spare_and_only_where_one_is_to_be_made(week):
    routing = RoutingPolicy(places=6)
    spared = routing._week(week).spared
    row = int(np.argmax(np.where(routing._week(week).without == "", spared, 0.0)))
    offered = routing.choice(week, row, Situation(0.4, (), ("plan_issued",)), "likely_disputes")
    assert any(step.name in EXTRA for step in (offered.first, *offered.others))
    assert f"expected to spare about {round(100 * spared[row])} in 100 such families" in offered.why_first
    assert "expected to spare" not in routing.choice(week, row, Situation(0.4, (), ("plan_issued",)), "unheard").why_first
    assert "spare fewer than 1 in 100" in spares_in_words(0.004) and "about 1 in 100" in spares_in_words(0.01)
    owed = Situation(0.4, (("duty_final_plan", "issue_decision"),), ("plan_issued",))
    assert "A meeting offered now as well is" in routing.choice(week, row, owed, "likely_disputes").why_first


def test_no_second_offer_within_sixty_days(week):
    facts = week.searches.history.facts["mediation_held"]
    met = {int(case) for case, day, known in zip(facts.case, facts.happened, facts.known, strict=True)
           if day_number(MONDAY) - 60 < day <= day_number(MONDAY) and known <= day_number(MONDAY)}
    found = lately(week)
    assert {int(case) for case in week.rows.case[found]} >= met & {int(case) for case in week.rows.case}


def test_a_fifth_far_behind_is_on_the_list_though_it_gains_least(week):
    """The records' offers of the quarter all went to one fifth; the other's best cases come first."""
    plain = RoutingPolicy(places=2)
    order = plain.benefit(week)
    listed = {row["case_id"] for row in plain.drawn(week) if row["got_a_place"]}
    group = {str(case_id): ("5" if str(case_id) in listed else "1") for case_id in week.case_id}
    assert np.isfinite(order).sum() > 10
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(routing_policy, "offers_of_the_quarter",
                        lambda cases: [(case_id, where) for case_id in list(listed)[:1]
                                       for where in map(str, cases.searches.history.area_names) for _ in range(40)])
        got = [row["case_id"] for row in RoutingPolicy(places=2, group=group).drawn(week) if row["got_a_place"]]
    assert got and all(group[case_id] == "1" for case_id in got)


def test_fifths_that_are_behind_are_moved_up(week):
    plain = RoutingPolicy(places=4).benefit(week)
    group = {str(case_id): ("1" if number % 2 else "5") for number, case_id in enumerate(week.case_id)}
    fair = RoutingPolicy(places=4, group=group).benefit(week)
    listed = np.isfinite(plain)
    assert (fair[listed] >= plain[listed] * (1 - 1e-6)).all() and (fair[listed] > plain[listed] * 1.01).any()
    assert "Fifths of deprivation" in RoutingPolicy(places=4, group=group).name


# --- the signed policy ---------------------------------------------------------------------------------------------------


def test_without_a_word_in_the_policy_the_declared_rules_hold():
    assert routing_for({}, places=6) is DECLARED_RULES and routing_for({"by": "risk"}, places=6) is DECLARED_RULES
    assert not routing_for({"by": "benefit"}, places=6).lottery.on


def test_everything_wrong_in_the_section_is_said_at_once():
    with pytest.raises(UnreadableFile) as told:
        routing_for({"by": "age", "hold_out": "much", "word": 1, "fair_shares": 2, "band": True}, places=6, where="policy.toml")
    assert "policy.toml: [routing] cannot be used." in str(told.value) and len(told.value.problems) == 5


@pytest.mark.parametrize("section", [{"hold_out": 0.15}, {"salt": "a", "signed_by": "b"},
                                     {"by": "benefit", "hold_out": 0.15, "salt": "a"}])
def test_a_lottery_must_be_asked_for_in_full_and_signed(section):
    with pytest.raises(UnreadableFile):
        routing_for(section, places=6)


def test_records_without_offers_leave_the_published_effect():
    records = random_casebook(4, cases=40, rows=80)
    few = {"mediations": records.tables["mediations"].iloc[:0]}
    assert learned_from(records.with_tables({**records.tables, **few})) == PUBLISHED or (
        learned_from(records.with_tables({**records.tables, **few})).rests_on == "published")


def test_a_risk_of_ones_own_decisions_is_met_half_way_where_a_decision_can_be_appealed(week):
    learned = learn_benefit(drawn(3000, 0.5, 0.95)[0])
    routing = RoutingPolicy(learned, places=6)
    days = days_since_notice(week)
    asked = (week.features, np.full(len(days), np.datetime64(MONDAY, "D")), week.area.astype(str), decision_type(week), days)
    half = learned.decisions.met_half_way(np.nan_to_num(week.risk), *asked)
    expected = learned.of(half, week.features, days)
    said = {one["case_id"]: one for one in routing.drawn(week)}
    rows = [row for row, case_id in enumerate(week.case_id) if str(case_id) in said]
    assert [said[str(week.case_id[row])]["benefit"] for row in rows] == pytest.approx(expected[rows], abs=1e-6)
    # The risk on record stays that of the release, by which other rules are judged.
    assert [said[str(week.case_id[row])]["risk"] for row in rows] == pytest.approx(week.risk[rows], abs=1e-6)
    alone = replace(learned, decisions=None).of(np.nan_to_num(week.risk), week.features, days)
    assert (expected[np.isnan(days)] == alone[np.isnan(days)]).all() and np.abs(expected - alone)[~np.isnan(days)].max() > 0.001
    assert "half the model's" in routing.name
