"""The breach index: duties by rule, worse when later, and deaf to who the family is."""

from __future__ import annotations

import numpy as np
import pytest
from casebooks import casebook, one_case, random_casebook
from hypothesis import given, settings
from hypothesis import strategies as st

from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.breach_index import DUTIES, breach_index, outstanding_duties

REQUEST = {"received_on": "2025-01-06", "kind": "assessment"}
DECIDED = {"decision": "assess", "decision_sent_on": "2025-02-10"}


def index(on: str, **tables) -> float:
    return float(breach_index(History.of(one_case(**tables)), Snapshots.of(np.array([0]), day_number(on)))[0])


def duties(on: str, **tables):
    return outstanding_duties(History.of(one_case(**tables)), Snapshots.of(np.array([0]), day_number(on)))


def test_a_duty_is_broken_from_the_day_after_its_date():
    assert index("2025-02-17", requests=[REQUEST]) == 0
    assert index("2025-02-18", requests=[REQUEST]) == pytest.approx(1.0 * np.log1p(1 / 20))


def test_a_late_plan_grows_with_the_logarithm_and_levels_off():
    asked = {"requests": [{**REQUEST, **DECIDED}]}
    assert index("2025-05-26", **asked) == 0
    assert index("2025-06-15", **asked) == pytest.approx(1.4 * np.log(2))  # 20 days late
    assert index("2025-12-01", **asked) == pytest.approx(1.4 * 2.2)  # log(1 + 189/20) is above 2.2
    assert index("2025-12-31", **asked) == pytest.approx(1.4 * 2.2)


def test_what_is_not_in_place_counts_as_long_as_it_is_not():
    plans = [{"kind": "final", "issued_on": "2025-06-09", "section_i": "type_only"},
             {"kind": "amended_final", "issued_on": "2025-09-15", "section_i": "setting_named"}]
    assert [index(on, plans=plans) for on in ("2025-06-08", "2025-06-09", "2025-09-14", "2025-09-15")] == [0, 3, 3, 0]


def test_several_duties_add_up_and_the_worst_comes_first():
    tables = {"plans": [{"kind": "final", "issued_on": "2025-06-09", "section_i": "blank"}],
              "advice": [{"kind": "educational_psychology", "requested_on": "2025-03-03"},
                         {"kind": "speech_language", "requested_on": "2025-03-03"},
                         {"kind": "health", "requested_on": "2025-03-03"}]}
    assert index("2025-06-10", **tables) == pytest.approx(3 + 2 + 1.5 + 1)
    table = duties("2025-06-10", **tables)
    assert table["duty"].tolist() == ["no_school_named", "ep_missing", "salt_missing", "other_advice_missing"]
    assert (table["days_over"] == 1).all()


def test_one_duty_broken_twice_counts_once_at_its_worst():
    asked = {"requests": [{**REQUEST, **DECIDED}, {**REQUEST, "received_on": "2025-03-03", **DECIDED,
                                                  "decision_sent_on": "2025-04-07"}]}
    table = duties("2025-08-11", **asked)
    assert table["duty"].tolist() == ["final_plan_late"]
    assert table["due_on"].dt.strftime("%Y-%m-%d").tolist() == ["2025-05-26"]
    assert table["days_over"].tolist() == [77]


def test_no_lateness_outweighs_a_child_without_a_school():
    worst = {duty.name: duty.weight * (2.2 if duty.how == "past_due" else 1) for duty in DUTIES}
    assert max(worst, key=worst.get) in ("final_plan_late", "no_school_named", "out_of_school")
    assert worst["final_plan_late"] < 1.05 * worst["no_school_named"]
    assert worst["no_school_named"] == worst["out_of_school"] == 3


PLAN_WITHOUT_SCHOOL = [{"kind": "final", "issued_on": "2025-03-03", "section_i": "type_only"}]


def wrote(*days: str) -> list[dict]:
    return [{"happened_on": day, "direction": "out", "party": "family", "channel": "email"} for day in days]


def test_a_silence_counts_from_thirty_days_to_twice_its_weight_while_a_duty_is_broken():
    silent = {"plans": PLAN_WITHOUT_SCHOOL, "contacts": wrote("2025-03-03")}
    for on, days in (("2025-04-01", 0), ("2025-04-02", 30), ("2025-05-02", 60), ("2025-12-01", 120)):
        assert index(on, **silent) == pytest.approx(3 + 0.5 * days / 60)


def test_a_silence_is_nothing_where_nothing_is_owed():
    assert index("2025-12-01", contacts=wrote("2025-03-03")) == 0


def test_of_a_silence_the_latest_word_counts():
    assert index("2025-12-01", plans=PLAN_WITHOUT_SCHOOL, contacts=wrote("2025-03-03", "2025-11-24")) == 3


def two_plans_without_a_school(**contacts: str):
    """Two cases alike, opened on 3 March; the family of the second alone was ever written to, where a day is given."""
    ids = ("C1", "C2")
    return casebook(
        cases=[{"case_id": one, "area": "North", "opened_on": "2025-03-03"} for one in ids],
        plans=[{"case_id": one, "plan_id": one, **PLAN_WITHOUT_SCHOOL[0]} for one in ids],
        **{"contacts": [{"case_id": one, "contact_id": one, **wrote(day)[0]} for one, day in contacts.items()]},
    )


def test_a_family_never_written_to_waits_from_the_opening_of_its_file():
    both = Snapshots.of(np.array([0, 1]), day_number("2025-07-01"))
    never, heard = breach_index(History.of(two_plans_without_a_school(C2="2025-03-03")), both)
    assert never == heard == pytest.approx(3 + 0.5 * 2)  # 120 days for both
    never, heard = breach_index(History.of(two_plans_without_a_school(C2="2025-06-23")), both)
    assert never >= heard == 3
    table = outstanding_duties(History.of(two_plans_without_a_school(C2="2025-03-10")), both)
    assert table.loc[table["duty"] == "silence", "row"].tolist() == [0, 1]


def test_where_no_message_is_recorded_nobody_is_called_forgotten():
    both = Snapshots.of(np.array([0, 1]), day_number("2025-07-01"))
    assert breach_index(History.of(two_plans_without_a_school()), both).tolist() == [3, 3]


def test_a_specialist_place_found_since_leaves_the_plan_wrong_on_paper_only():
    def place(kind: str, day: str) -> list[dict]:
        return [{"from_on": day, "setting_type": kind}]

    assert index("2025-09-01", plans=PLAN_WITHOUT_SCHOOL, placements=place("special", "2025-06-02")) == 0.5
    assert index("2025-06-01", plans=PLAN_WITHOUT_SCHOOL, placements=place("special", "2025-06-02")) == 3  # the day before
    assert index("2025-09-01", plans=PLAN_WITHOUT_SCHOOL, placements=place("mainstream", "2025-06-02")) == 3
    assert index("2025-09-01", plans=PLAN_WITHOUT_SCHOOL, placements=place("special", "2024-06-03")) == 3  # before the plan


def test_alternative_provision_is_a_breach_only_where_the_plan_names_another_type():
    there = [{"from_on": "2025-06-02", "setting_type": "alternative_provision"}]

    def with_plan(kind: str) -> float:
        plan = [{"kind": "final", "issued_on": "2025-03-03", "section_i": "setting_named", "setting_type": kind}]
        return index("2025-09-01", plans=plan, placements=there)

    assert index("2025-09-01", placements=there) == 0
    assert with_plan("alternative_provision") == 0
    assert with_plan("special") == 1.5
    assert index("2025-09-01", placements=[{"from_on": "2025-06-02", "setting_type": "none"}]) == 3


@pytest.mark.parametrize(
    ("duty", "on", "tables"),
    [
        ("advice_not_used", "2025-06-09", {"plans": [{"kind": "final", "issued_on": "2025-06-09"}], "advice": [
            {"kind": "health", "requested_on": "2025-03-03", "received_on": "2025-04-07", "cited_in_plan": 0}]}),
        ("not_as_agreed", "2025-01-06", {"placements": [
            {"from_on": "2025-01-06", "setting_type": "mainstream", "agreed_type": "special"}]}),
        ("out_of_school", "2025-01-06", {"placements": [{"from_on": "2025-01-06", "setting_type": "none"}]}),
        ("review_overdue", "2025-05-14", {"plans": [{"kind": "final", "issued_on": "2024-05-13"}]}),
        ("review_undecided", "2025-07-01", {"reviews": [{"meeting_on": "2025-06-02"}]}),
        ("amendment_unfinished", "2025-08-26", {"plans": [{"kind": "amended_draft", "issued_on": "2025-06-30"}]}),
        ("phase_transfer_missed", "2025-02-15", {"case": {"birth_date": "2014-05-10"},
                                                 "plans": [{"kind": "final", "issued_on": "2024-05-13"}]}),
    ],
)
def test_each_duty_is_broken_from_its_first_day(duty, on, tables):
    assert duty in duties(on, **tables)["duty"].tolist()
    eve = str(np.datetime64(on) - 1)
    assert duty not in duties(eve, **tables)["duty"].tolist()


def test_duties_say_where_they_come_from_and_what_puts_them_right():
    assert len({duty.name for duty in DUTIES}) == len(DUTIES)
    for duty in DUTIES:
        assert duty.source and duty.weight > 0 and duty.step in STEPS and duty.sentence, duty.name


def test_a_weight_doubled_doubles_the_points_of_that_duty_alone():
    history = History.of(random_casebook(1))
    rows = Snapshots.of(np.arange(len(history.case_id)), day_number("2024-06-03"))
    plain = breach_index(history, rows)
    table = outstanding_duties(history, rows)
    own = np.bincount(table["row"], weights=table["points"] * (table["duty"] == "no_school_named"), minlength=len(rows))
    np.testing.assert_allclose(breach_index(history, rows, weights={"no_school_named": 2.0}), plain + own)


@settings(max_examples=25, deadline=None)
@given(later=st.integers(0, 300), more=st.integers(0, 300))
def test_a_longer_delay_never_lowers_the_index(later, more):
    on = day_number("2025-02-18") + np.array([later, later + more])
    history = History.of(one_case(
        requests=[REQUEST], reviews=[{"meeting_on": "2025-01-06"}],
        plans=[{"kind": "amended_draft", "issued_on": "2025-01-06"}],
        placements=[{"from_on": "2025-01-06", "setting_type": "none"}],
        contacts=[{"happened_on": "2025-01-06", "direction": "out", "party": "family", "channel": "email"}]))
    early, late = breach_index(history, Snapshots.of(np.array([0, 0]), on))
    assert late >= early > 0


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_nothing_about_the_family_moves_the_index(seed):
    """Other messages, advocates, complaints, appeals, another sex, language or neighbourhood: the same index."""
    records = random_casebook(seed, cases=10, rows=60)
    rng = np.random.default_rng(seed)
    tables = {name: frame.copy() for name, frame in records.tables.items()}
    cases = tables["cases"]
    for column in ("sex", "ethnicity", "home_language_not_english", "deprivation_decile", "primary_need", "looked_after",
                   "family_id"):
        cases[column] = cases[column].iloc[rng.permutation(len(cases))].to_numpy()
    contacts = tables["contacts"]
    # every incoming contact without an answer goes; what we wrote stays
    tables["contacts"] = contacts[~((contacts["direction"] == "in") & contacts["replied_on"].isna())].reset_index(drop=True)
    tables["complaints"] = tables["complaints"].iloc[:0]
    tables["appeals"] = tables["appeals"].iloc[:0]
    tables["mediations"] = tables["mediations"].iloc[:0]
    tables["requests"]["source"] = "school"
    tables["consultations"]["preferred_by_family"] = np.float32(0)
    history, other = History.of(records), History.of(records.with_tables(tables))
    rows = Snapshots.of(np.arange(10), day_number("2024-06-03"))
    assert breach_index(history, rows).tolist() == breach_index(other, rows).tolist()
    assert breach_index(history, rows).sum() > 0
