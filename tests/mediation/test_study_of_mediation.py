"""The study of a whole pilot, from the records of an invented authority to the page and the command."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from dispute_risk.errors import NotEnoughHistory
from dispute_risk.mediation import challenges as attacks
from dispute_risk.mediation.comparison import study_mediation
from dispute_risk.mediation.effect_by_cause import effect_by_cause
from dispute_risk.mediation.eligible import eligible_offers
from dispute_risk.mediation.hidden_bias import e_value, hidden_bias, robustness_value, sensitivity_curve
from dispute_risk.mediation.offers import as_it_happened
from dispute_risk.mediation.shared_effects import read_shared_effects
from dispute_risk.records.synthetic.offers import simulate_pilot
from dispute_risk.records.synthetic.run import simulate
from dispute_risk.records.synthetic.settings import Settings
from tests.casebooks import casebook

SETTINGS = replace(Settings(), routing_by_risk=1.0, mediation_reduction=0.5, pilot_from_on=dt.date(2024, 1, 1))


@pytest.fixture(scope="module")
def pilot():
    return simulate_pilot(1500, 3, 3, SETTINGS)


@pytest.fixture(scope="module")
def study(pilot):
    return study_mediation(pilot.casebook)


def test_the_lived_authority_is_the_one_of_simulate_and_slots_and_areas_hold():
    settings = replace(SETTINGS, pilot_slots=1, pilot_area_weeks=(0, 40))
    made = simulate_pilot(600, 2, 5, settings)
    same = simulate(600, 2, 5, settings).casebook
    assert all(same.tables[name].equals(made.casebook.tables[name]) for name in same.tables)
    won = made.offers[made.offers["offered"] == 1]
    assert (won.groupby(["area", "on"]).size() == 1).all() and set(made.offers["area"]) <= {"NE", "NW"}
    assert made.offers.groupby("area")["on"].min().diff().dt.days.iloc[1] >= 7 * 39


def test_truth_agrees_with_what_happens_when_the_pilot_is_played_again(pilot):
    offered = pilot.offers["offered"].to_numpy(bool)
    played = [pilot.played_again(offered, 0.5, seed) for seed in range(40)]
    seen = np.mean([one["outcome"][offered].mean() for one in played])
    told = played[0]["risk_offered"][offered].mean()
    assert seen == pytest.approx(told, abs=4 * np.sqrt(told / (40 * offered.sum())))
    apart = (played[0]["risk_offered"] - played[0]["risk_not_offered"])[offered]
    assert pilot.effect() == pytest.approx(100 * apart.mean(), abs=0.02)
    assert pilot.played_again(offered, 0.0, 1)["attended"].mean() > 0


def test_trials_start_on_the_day_of_the_offer_and_nobody_is_followed_before(pilot):
    eligible = eligible_offers(pilot.casebook)
    rows = eligible.rows
    assert (rows["on"] >= rows["notice_on"]).all() and not rows.duplicated(["case_id", "on"]).any()
    assert rows.groupby("notice")["offered"].sum().max() == 1
    made = pilot.offers[pilot.offers["offered"] == 1]
    found = rows[rows["offered"]].merge(made, on=["case_id", "on"])
    assert len(found) > 0.9 * len(made) and sum(eligible.left_out.values()) < 0.1 * len(made)
    last = pd.Timestamp(pilot.casebook.recorded_to) - pd.Timedelta(days=182 + 28)
    assert rows.loc[rows["on"] > last, "outcome"].isna().all()


def test_recording_dates_play_no_part_in_a_study_that_looks_back(pilot):
    happened = as_it_happened(pilot.casebook)
    assert not [name for frame in happened.tables.values() for name in frame.columns if name.endswith("_recorded_on")]


def test_study_answers_or_says_why_not_and_every_attack_reports(study):
    assert [one.design for one in study.effects] == ["doubly_robust", "encouragement", "staggered"]
    assert all(one.answers or one.refusal for one in study.effects)
    assert all(one.words for one in study.challenges) and study.challenges[-1].name.startswith("What would another")
    assert {one.passed for one in study.challenges} <= {True, False, None}
    assert study.pooled.answers and "attacks on the figure" in study.summary()
    assert "naive" in study.table


def test_a_figure_that_fails_an_attack_is_pooled_with_nothing(study):
    stands = any(one.answers for one in study.effects) and not study.failed
    assert bool(study.pooled.n_offered) is stands
    assert study.summary().startswith("Not to be relied on") is (study.headline.answers and bool(study.failed))


def test_meeting_is_shown_to_take_time_for_effect(study):
    table = attacks.other_definitions(study.eligible, study.effects[0]).table
    if study.effects[0].answers:
        assert table["note"].str.startswith("wrong").sum() == 3


def test_balance_names_what_differs_and_overlap_counts_everyone(study):
    found = study.effects[0]
    if not found.answers:
        pytest.skip("this authority is too small for the comparison of cases")
    table = attacks.balance(study.eligible, found).table
    assert table["after"].abs().is_monotonic_decreasing and np.isfinite(table["after"]).all()
    counts = attacks.overlap(found).table
    assert counts["offered"].sum() == found.n_offered


def test_hidden_bias_by_hand():
    assert e_value(2.0) == pytest.approx(2 + np.sqrt(2)) and e_value(0.5) == pytest.approx(2 + np.sqrt(2))
    assert np.isnan(e_value(0.0))
    assert robustness_value(1.5, 500, beyond=1.96) == 0
    from dispute_risk.mediation.effect import Effect

    one = Effect("doubly_robust", -4.0, -6.0, -2.0, 1.02, 8.0, 12.0, 500, 500)
    curve = sensitivity_curve(one).set_index(["more_common", "appeals_more"])
    assert curve.loc[(0, 10), "left"] == -4.0 and curve.loc[(-20, 20), "left"] == 0.0
    assert hidden_bias(one).passed is None and "1.0 for its range" not in hidden_bias(one).words
    assert hidden_bias(Effect("doubly_robust", answers=False)).passed is None


def test_no_offers_is_said_plainly():
    with pytest.raises(NotEnoughHistory, match="no offer of a meeting under the pilot"):
        eligible_offers(casebook(cases=[{"case_id": "C1", "area": "N", "opened_on": "2020-01-01"}]))


def test_page_is_marked_whole_and_safe(study, tmp_path):
    from dispute_risk.reports.mediation_page import write_mediation

    written = write_mediation(study, tmp_path / "out", authority="<b>Here</b>", as_of=dt.date(2026, 6, 29), synthetic=True,
                              data_note="drawn", by_cause=effect_by_cause(study.eligible))
    page = written[0].read_text(encoding="utf-8")
    assert '<h2 id="causes">By what had gone wrong' in page and (tmp_path / "out" / "by_cause.csv") in written
    assert "&lt;b&gt;Here" in page and "<b>Here" not in page and "Invented records" in page
    assert "http" not in page.replace("http://www.w3.org", "") and " nan" not in page.lower().replace("finance", "")
    assert all("invented" in path.read_text(encoding="utf-8").splitlines()[0] for path in written[1:])
    assert not list((tmp_path / "out").glob(".*"))


def test_command_writes_the_report_and_tells_json(pilot, tmp_path):
    from dispute_risk.commands.mediation import command
    from dispute_risk.records.write import write_casebook

    write_casebook(pilot.casebook, tmp_path / "book")
    lottery = tmp_path / "lottery.csv"
    pilot.offers[["case_id", "on", "offered"]].rename(columns={"offered": "drawn"}).to_csv(lottery, index=False)
    done = CliRunner().invoke(command, [str(tmp_path / "book"), "--out", str(tmp_path / "report"), "--lottery", str(lottery),
                                        "--share", str(tmp_path / "effect.json"), "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    (shared,) = read_shared_effects([tmp_path / "effect.json"], synthetic=True, own="another")
    assert shared.n_offered > 50 and {one["name"] for one in told["by_cause"]} >= {"advice", "silence", "refusal"}
    assert [one["design"] for one in told["designs"]] == ["encouragement", "doubly_robust", "staggered", "pooled"]
    assert (tmp_path / "report" / "mediation.html").exists()
