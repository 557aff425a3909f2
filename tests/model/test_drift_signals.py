"""Appeals by month, early signals, the whole watch and what is made after it, on a small invented authority."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dispute_risk.errors import OutputNotWritten
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model import drift_checks
from dispute_risk.model.appeals_by_month import appeals_by_month, calibration_over_time, waiting_shares
from dispute_risk.model.drift import drift_watch
from dispute_risk.model.early_signals import EARLY_SIGNALS, _weekly, early_charts
from dispute_risk.model.landmarks import Landmarks, landmarks
from dispute_risk.model.recalibrated import SIGNALLED_DRIFT, level_since, points_alone, save_changed
from dispute_risk.model.released import load_release
from dispute_risk.model.training import release_trained, train
from dispute_risk.records.known import known_by
from dispute_risk.records.synthetic import simulate
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.timeline.history import History

RELEASED, NOW = dt.date(2025, 9, 1), dt.date(2026, 6, 1)


@pytest.fixture(scope="module")
def book():
    return simulate(300, 4, 4, Settings(recovery_from_on=dt.date(2025, 11, 3), recovery_share=0.9)).casebook


@pytest.fixture(scope="module")
def release(book, tmp_path_factory):
    cut = known_by(book, RELEASED)
    trained = train(History.of(cut), STANDARD, RELEASED, estimator="points", test=False)
    place = tmp_path_factory.mktemp("drift") / "release"
    release_trained(trained, place, STANDARD, name="small", synthetic=True, data_fingerprints={"casebook": book.fingerprint},
                    random_state=0)
    return load_release(place, RELEASED, STANDARD)


@pytest.fixture(scope="module")
def watched(book, release):
    cut = known_by(book, NOW)
    return drift_watch(cut, History.of(cut), STANDARD, release, NOW)


def few_rows() -> Landmarks:
    """Two cases on two landmarks; one appeal, 40 days after the first and 12 after the second."""
    on = np.array(["2024-01-01", "2024-01-01", "2024-01-29", "2024-01-29"], dtype="datetime64[D]")
    return Landmarks(pd.DataFrame({"a": np.zeros(4)}), np.array([1, 0, 1, 0], np.float32), on, np.array(["A", "B", "A", "B"]),
                     np.array([0, 1, 0, 1]), np.full(4, "NE"), np.full(4, "window_open"), 182,
                     np.array([40.0, np.inf, 12.0, np.inf]))


def test_an_appeal_foreseen_twice_counts_once():
    rows, even = few_rows(), {"window_open": np.arange(183) / 182}
    found = appeals_by_month(rows, np.full(4, 0.1), even, dt.date(2024, 1, 1), dt.date(2024, 8, 1)).set_index("month")
    assert found["observed"].sum() == pytest.approx(1.0)
    assert found.loc["2024-02-01", "observed"] == pytest.approx(1.0)
    # four rows of risk 0.1, each spread over its 182 days, twice over: 0.2 appeals in all, but for the month not counted yet
    assert found["expected"].sum() == pytest.approx(0.2, abs=0.02)


def test_months_whose_registrations_may_be_missing_are_left_out():
    found = appeals_by_month(few_rows(), np.full(4, 0.1), {"window_open": np.arange(183) / 182}, dt.date(2024, 1, 15),
                             dt.date(2024, 4, 20))
    assert found["month"].dt.strftime("%Y-%m").tolist() == ["2024-02"]


def test_appeals_of_routed_rows_can_be_weighted_away():
    rows, even = few_rows(), {"window_open": np.arange(183) / 182}
    found = appeals_by_month(rows, np.full(4, 0.1), even, dt.date(2024, 1, 1), dt.date(2024, 8, 1),
                             weight=np.array([0.0, 1, 0, 1]))
    assert found["observed"].sum() == 0


def test_a_horizon_that_has_not_run_out_is_not_known():
    found = calibration_over_time(few_rows(), np.full(4, 0.1), dt.date(2024, 7, 30))
    assert found["observed"].notna().tolist() == [True, False]
    assert found["early_observed"].tolist() == [1.0, 1.0]


def test_expected_appeals_by_month_meet_the_observed_over_the_years(book, release):
    cut = known_by(book, NOW)
    rows = landmarks(History.of(cut), STANDARD, first=dt.date(2023, 6, 1))
    risk = release.fitted.risk(rows.features.to_numpy(np.float64))
    found = appeals_by_month(rows, risk, waiting_shares(rows, RELEASED), dt.date(2023, 12, 1), RELEASED)
    assert 0.5 < found["observed"].sum() / found["expected"].sum() < 1.6


def test_weeks_are_counted_to_their_last_day_by_kind():
    days, kind = np.array([0, 1, 7, 8, 14, 15, 14]), np.array([0, 0, 0, 0, 1, 0, -1])
    assert _weekly(days, np.array([7, 14]), kind, 2).tolist() == [[2, 1], [0, 1]]


def test_an_absent_table_cannot_tell(book):
    cut = known_by(book, NOW)
    without = cut.with_tables({name: frame for name, frame in cut.tables.items() if name not in ("plans", "reviews")}, NOW)
    found = {one.signal.name: one.chart for one in early_charts(without, History.of(without), RELEASED, NOW)}
    assert found["no_school_named"] is None and found["no_change_at_review"] is None
    assert found["refusals_to_assess"] is not None


def test_every_check_says_what_it_found_and_what_to_do_when_raised(watched):
    table = watched.table
    assert {one.name for one in EARLY_SIGNALS} <= set(table["check"])
    assert set(table["status"]) <= {"in order", "look into", "act", "cannot tell"}
    assert (table["found"].str.len() > 3).all()
    raised = table[table["status"].isin(["look into", "act"])]
    assert (raised["to_do"].str.len() > 10).all()


def test_the_recovery_team_is_noticed(watched):
    told = watched.table.set_index("check").loc["codes"]
    assert told["status"] == "look into" and "recovery_team" in told["found"]
    assert watched.status == "look into" and watched.use == "model"
    assert "recovery_team" in watched.summary()


def test_an_expired_release_sends_the_lists_back_to_the_points(book, release):
    cut = known_by(book, NOW)
    old = replace(release, manifest={**release.manifest, "expires_on": "2026-05-01"})
    found = drift_watch(cut, History.of(cut), STANDARD, old, NOW)
    assert found.status == "act" and found.use == "points"
    assert "points" in found.summary()


def test_a_new_law_in_force_sends_the_lists_back_and_a_proposal_does_not(monkeypatch):
    law = drift_checks.LegalDate(dt.date(2026, 1, 1), "A new right of appeal", "an Act", True)
    for in_force, status in ((True, "act"), (False, "look into")):
        monkeypatch.setattr(drift_checks, "LEGAL_DATES", (replace(law, in_force=in_force),))
        assert drift_checks._law(NOW)[0]["status"] == status


def test_recalibration_meets_the_appeals_and_shrinks_with_few(book, release):
    rows = landmarks(History.of(known_by(book, NOW)), STANDARD, first=dt.date(2023, 6, 1))
    shares, first = waiting_shares(rows, RELEASED), dt.date(2024, 9, 1)
    low = release.fitted.moved(-1.0)
    delta = level_since(low, rows, shares, first, NOW)
    appeals = appeals_by_month(rows, np.zeros(len(rows)), shares, first, NOW)["observed"].sum()
    whole = delta / (0.3**2 / (0.3**2 + 1 / appeals))
    values = rows.features.to_numpy(np.float64)
    found = appeals_by_month(rows, low.moved(whole).risk(values), shares, first, NOW)
    assert found["observed"].sum() / found["expected"].sum() == pytest.approx(1, abs=0.01)
    assert 0 < delta < level_since(low, rows, shares, first, NOW, SIGNALLED_DRIFT) < whole
    assert level_since(low, rows, shares, dt.date(2026, 5, 15), NOW) == 0.0


def test_a_changed_release_opens_keeps_its_expiry_and_is_never_overwritten(release, tmp_path):
    place = save_changed(release, tmp_path / "moved", release.fitted.moved(0.25), name="small, moved", on=NOW, why="A signal.",
                         level_moved=0.25)
    opened = load_release(place, NOW, STANDARD)
    assert opened.expires_on == release.expires_on and opened.manifest["made_from"] == "small"
    assert opened.fitted.level == pytest.approx(release.fitted.level + 0.25)
    assert "A signal." in (place / "CARD.md").read_text()
    with pytest.raises(OutputNotWritten, match="never overwritten"):
        save_changed(release, place, release.fitted, name="x", on=NOW, why="")


def test_the_points_alone_are_the_points(release):
    values = np.random.default_rng(0).random((20, len(release.fitted.names)))
    bare = points_alone(release.fitted)
    assert np.allclose(bare.line.log_odds(values), release.fitted.line.points.log_odds(release.fitted.names, values))
    assert bare.rung == "points"
