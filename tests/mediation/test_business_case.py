"""The business case: the switching value comes first, a borrowed effect is said, inputs come back as they went."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from casebooks import SHARED, casebook

from dispute_risk.england.published import LATEST_YEAR, published
from dispute_risk.errors import ProblemsFound, RefusedUse, UnreadableFile
from dispute_risk.mediation.business_case import drafted_inputs
from dispute_risk.mediation.case_inputs import inputs_as_toml, read_inputs
from dispute_risk.mediation.effect import CEDAR
from dispute_risk.mediation.naive import naive_lines, naive_national
from dispute_risk.mediation.pilot_facts import pilot_facts
from dispute_risk.mediation.unit_costs import NORMAL_90
from dispute_risk.timeline.history import History
from dispute_risk.tribunal.costs import unit_costs

sys.path.insert(0, str(Path(__file__).parent))
from business_case_sample import AS_OF, NATIONAL, OWN, REFUSES, case, facts


@pytest.fixture(scope="module")
def borrowed():
    return case()


@pytest.fixture(scope="module")
def studied():
    return case((OWN, REFUSES))


# --- the first paragraph ----------------------------------------------------------------------------------------------


def test_the_first_sentence_holds_the_switching_value_and_the_estimate(borrowed):
    switch = borrowed.effect_switching
    assert switch.found
    first = borrowed.lead[0]
    assert f"at least {switch.value:.1f} fewer appeals" in first and "East and North" in first
    used = borrowed.inputs.uprated
    assert f"{used['effect_per_100_meetings'].central * used['take_up'].central:.1f} fewer" in first


def test_where_the_designs_refuse_it_rests_on_the_published_study_and_says_so(borrowed):
    effect = borrowed.inputs.stated["effect_per_100_meetings"]
    assert not borrowed.studies_answer and effect.status == "published"
    assert effect.central == pytest.approx(-CEDAR.per_100_mediated)
    assert effect.low == pytest.approx(-CEDAR.per_100_mediated - NORMAL_90 * CEDAR.sd, abs=1e-3)
    assert "no study of this authority's own offers answers" in borrowed.summary()
    assert "5 of 19 inputs are placeholders" in borrowed.summary()


def test_an_own_study_is_drawn_towards_the_published_one(studied):
    effect = studied.inputs.stated["effect_per_100_meetings"]
    assert studied.studies_answer and effect.status == "study"
    # By hand: 6.0 (sd 1.53) and 13.58 x 0.4 = 5.432 (sd 2.72) per 100 offers.
    own, prior = 1 / 1.53**2, 1 / 2.72**2
    assert effect.central == pytest.approx((6.0 * own + 5.432 * prior) / (own + prior) / 0.4, abs=1e-3)
    assert "own study, drawn towards the published one" in studied.summary()


def test_an_own_study_that_points_the_other_way_is_said_in_the_first_paragraph():
    worse = replace(OWN, risk_difference=3.0, low=0.4, high=5.6)
    assert "3.0 more appeals per 100 offers, not fewer" in case((worse,)).summary()


def test_the_same_seed_gives_the_same_case_and_the_verdict_follows_the_draws(borrowed):
    assert case().summary() == borrowed.summary()
    spread = borrowed.spread["extend"]
    verdict = ("it pays." if spread.pays >= 0.9 else "it does not pay." if spread.pays <= 0.1 else "cannot be told")
    assert verdict in borrowed.summary()


def test_each_basis_for_the_effect_stands_beside_the_others(studied):
    bases = studied.bases.set_index("basis")
    assert bases.loc["the published study alone", "fewer_per_100_offers"] == pytest.approx(0.4 * 13.58, abs=0.02)
    own = next(name for name in bases.index if "own study alone" in name)
    assert bases.loc[own, "fewer_per_100_offers"] == 6.0
    assert bases.loc["used here", "net_society"] == pytest.approx(float(studied.worths["extend"].net()))


# --- inputs -----------------------------------------------------------------------------------------------------------


def test_the_local_inputs_are_those_of_the_records(borrowed):
    stated = borrowed.inputs.stated
    assert stated["offers_pilot"].central == 250 and stated["areas_pilot"].central == 2 and stated["areas_new"].central == 1
    # 250 offers on 2,500 decisions; 3,000 decisions in all.
    assert stated["offers_everywhere"].central == 300
    assert stated["take_up"].central == pytest.approx(0.4, abs=0.001) and "160 of 400" in stated["take_up"].source
    assert stated["take_up"].low < 0.4 < stated["take_up"].high
    assert stated["hearing_share"].central == pytest.approx(0.65, abs=0.001)


def test_without_records_enough_the_published_shares_stand_in_and_offers_wait_to_be_entered():
    empty = facts(offers_followed=0, meetings_held=0, appeals_closed=3, appeals_decided=1,
                  by_area=facts().by_area.assign(offers=0, ever_offered=0))
    drafted, _ = drafted_inputs(empty, (), unit_costs())
    assert drafted.stated["take_up"].central == 0.42 and drafted.stated["take_up"].status == "published"
    assert drafted.stated["offers_pilot"].to_complete and drafted.stated["hearing_share"].central == pytest.approx(0.667)


def test_a_draft_read_back_gives_the_same_inputs(borrowed, tmp_path):
    path = tmp_path / "inputs.toml"
    path.write_text(inputs_as_toml(borrowed.inputs, authority='A "quoted"\nname', as_of=AS_OF), encoding="utf-8")
    again = read_inputs(path, borrowed.inputs)
    assert again == borrowed.inputs
    assert case(inputs=again).summary() == borrowed.summary()
    text = path.read_text(encoding="utf-8")
    assert text.count("TO BE COMPLETED. ") == 5
    for one in borrowed.inputs.stated.values():
        assert f"[inputs.{one.code}]" in text


def read(text: str, place: Path, drafted):
    path = place / "inputs.toml"
    path.write_text(text, encoding="utf-8")
    return read_inputs(path, drafted)


def test_a_changed_input_and_a_newer_deflator_are_used(borrowed, tmp_path):
    changed = read('[inputs.fee_per_meeting]\ncentral = 900\nlow = 800\nhigh = 1000\nprice_year = "2025"\nstatus = "entered"\n'
                   "[deflator.index]\n2025 = 103.0\n[rules]\ndiscount_rate = 0.03\n", tmp_path, borrowed.inputs)
    assert changed.price_year == 2025 and changed.rules.discount_rate == 0.03
    assert changed.uprated["fee_per_meeting"].central == 900
    assert changed.uprated["casework_no_hearing"].central == pytest.approx(
        borrowed.inputs.uprated["casework_no_hearing"].central * 1.03)


@pytest.mark.parametrize("name", ["placement_saving", "provision_avoided", "school_transport", "package_cost"])
def test_savings_on_provision_or_placement_are_refused(name, borrowed, tmp_path):
    with pytest.raises(RefusedUse, match="never counted, either way"):
        read(f"[inputs.{name}]\ncentral = 50000\n", tmp_path, borrowed.inputs)


def test_every_problem_of_an_inputs_file_is_told_at_once(borrowed, tmp_path):
    text = ('[inputs.fee_per_meeting]\ncentral = "a lot"\nprice_year = "1066"\ncolour = "red"\n[inputs.take_up]\nhigh = 1.5\n'
            "[inputs.tea]\ncentral = 1\n[rules]\ndiscount_rate = 3.5\nluck = 1\n[deflator.index]\n2025 = -1\n[extra]\nx = 1\n")
    with pytest.raises(ProblemsFound) as told:
        read(text, tmp_path, borrowed.inputs)
    for words in ("'a lot' is not a number", "colour is unknown", "between 0 and 1", "tea: no such input", "discount_rate: 3.5",
                  "luck: unknown", "every level must be above 0", "[extra]", "1066"):
        assert words in str(told.value), words


@pytest.mark.parametrize("text", ["inputs = 3\n", "[inputs]\nfee_per_meeting = 3\n", "[rules]\ndiscount_rate = true\n",
                                  "[deflator]\nindex = 3\n", "[deflator.index]\nlast = 3\n"])
def test_a_file_of_another_shape_is_told_and_never_a_traceback(text, borrowed, tmp_path):
    with pytest.raises(ProblemsFound):
        read(text, tmp_path, borrowed.inputs)


def test_a_file_that_is_no_toml_or_not_there_is_told(borrowed, tmp_path):
    with pytest.raises(UnreadableFile):
        read("this is not = = toml", tmp_path, borrowed.inputs)
    with pytest.raises(UnreadableFile):
        read_inputs(tmp_path / "nowhere.toml", borrowed.inputs)


# --- naive comparisons and counts -------------------------------------------------------------------------------------


def test_seventy_five_in_a_hundred_is_named_as_no_saving_and_the_national_figure_as_selection():
    lines = naive_lines(facts(), NATIONAL)
    assert "75 in 100 meetings settle it" in lines[0][0] and lines[0][2].startswith("Not a saving.")
    assert "14.0 of 100" in lines[2][0] and "11.2 of 100" in lines[2][0] and lines[2][2].startswith("Selection")


def test_the_national_figures_are_those_published():
    national = naive_national(published().figures, LATEST_YEAR)
    assert (round(national.rate_with, 1), round(national.rate_without, 1)) == (14.0, 11.2)
    assert naive_national(published().figures, 2019) is None


def test_counts_of_a_pilot_drawn_by_hand():
    book = casebook(
        "2025-06-30",
        cases=[{"case_id": name, "area": area, "opened_on": "2022-01-01"} for name, area in
               (("C1", "North"), ("C2", "North"), ("C3", "North"), ("C4", "South"))],
        requests=[{"case_id": name, "request_id": f"R{name}", "received_on": "2024-06-01", "kind": "assessment",
                   "decision": "refuse", "decision_sent_on": "2024-09-02"} for name in ("C1", "C2", "C3", "C4")],
        mediations=[
            {"case_id": "C1", "decision_type": "refuse_to_assess", "offered_on": "2024-09-05", "held_on": "2024-09-20",
             "pilot": 1},
            {"case_id": "C2", "decision_type": "refuse_to_assess", "offered_on": "2024-09-02", "pilot": 1}],
        appeals=[{"case_id": "C1", "appeal_id": "A1", "registered_on": "2024-11-01", "outcome": "conceded",
                  "outcome_on": "2025-02-01"},
                 {"case_id": "C3", "appeal_id": "A2", "registered_on": "2024-11-15", "outcome": "upheld_family",
                  "outcome_on": "2025-05-01"}])
    found = pilot_facts(History.of(book), book.tables["appeals"], dt.date(2025, 6, 30))
    assert (found.offers_followed, found.meetings_held) == (2, 1)
    assert (found.appeals_closed, found.appeals_decided) == (2, 1)
    assert (found.offered_decisions, found.offered_appealed) == (2, 1)
    # C3 only: the South makes no offers, so its decision is no comparison.
    assert (found.other_decisions, found.other_appealed) == (1, 1)
    assert (found.met, found.met_appealed) == (1, 1)
    assert found.by_area.loc["North"].tolist() == [3, 2, 2, 2] and found.pilot_areas == ["North"]
    assert found.offers_everywhere == pytest.approx(2 / 3 * 4)


def test_northmoor_has_its_switching_value_in_the_first_sentence():
    folder = SHARED / "casebooks" / "northmoor"
    if not folder.is_dir():
        pytest.skip("shared/casebooks/northmoor is not here")
    from dispute_risk.mediation.business_case import business_case
    from dispute_risk.records.known import known_by
    from dispute_risk.records.read import read_casebook

    as_of = dt.date(2025, 12, 29)
    book = known_by(read_casebook(folder).casebook, as_of)
    pilot = pilot_facts(History.of(book), book.tables["appeals"], as_of)
    drafted, effect = drafted_inputs(pilot, (), unit_costs())
    found = business_case(drafted, pilot, effect, (), authority=book.name, as_of=as_of, synthetic=book.synthetic,
                          costs=unit_costs(), draws=1000)
    assert found.effect_switching.found and f"{found.effect_switching.value:.1f} fewer appeals" in found.lead[0]
    assert pilot.pilot_areas == ["E", "N"] and np.isfinite(found.effect_switching.value)
