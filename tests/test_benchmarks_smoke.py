"""The benchmarks run, tell what they measured, and the one on real appeals looks at nothing later than notification."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def _kept() -> dict[str, float]:
    return {path.name: path.stat().st_mtime for path in (BENCHMARKS / "results").glob("*")}


@pytest.mark.slow
@pytest.mark.parametrize(("script", "says"), [
    ("real_appeals.py", "untuned LightGBM"),
    ("feature_build.py", "Package over pandas loop"),
    ("weekly_cold.py", "dispute-risk --help"),
    ("reasons.py", "Reasons over shap"),
    ("feature_engines.py", "Every value of every column is the same"),
    ("training_time.py", "Package over this"),
    ("growth.py", "Time grows with the power"),
])
def test_smoke_run_says_what_it_measured_and_keeps_nothing(script: str, says: str) -> None:
    if os.environ.get("BENCHMARKS_RUN_APART"):
        pytest.skip("the smoke run of the benchmarks is a step of its own in this run")
    before = _kept()
    done = subprocess.run([sys.executable, str(BENCHMARKS / script), "--smoke"], capture_output=True, text=True,
                          check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    if "SKIPPED" in done.stdout:
        pytest.skip(done.stdout)
    assert says in done.stdout
    assert _kept() == before


def test_amount_over_usual_looks_at_earlier_days_only() -> None:
    from real_appeals import over_usual

    day = np.array([10, 10, 11, 12, 12, 400])
    value = np.array([35.0, 70.0, 35.0, 70.0, 36.0, 72.0])
    # Nothing is earlier than day 10; on day 11 both amounts were seen once and the smaller stands; on day 12 the usual
    # amount is 35; by day 400 all of these are more than a year old, but for those of 35 days before the year ran out.
    found = over_usual(day, value)
    assert np.isnan(found[:2]).all()
    np.testing.assert_allclose(found[2:5], [1.0, 2.0, 36 / 35])
    assert np.isnan(found[5])


def _log() -> pd.DataFrame:
    from measuring import shared
    from real_appeals import LOG, events

    place = shared(*LOG)
    if place is None:
        pytest.skip("shared/real is not here; set DISPUTE_RISK_SHARED to the folder that holds it")
    log = events(place)
    return log[log["fine"] % 40 == 0].assign(fine=lambda rows: pd.factorize(rows["fine"])[0])


def test_features_of_real_fines_do_not_change_when_later_events_are_deleted() -> None:
    from real_appeals import fines_notified, history_of

    log = _log()
    whole, _ = fines_notified(history_of(log), log)
    cut = int(np.sort(whole.on[whole.appealed == 1])[60])  # a day after which a fine notified on it was appealed
    earlier = log[log["day"] <= cut]
    part, _ = fines_notified(history_of(earlier), earlier)
    told_by_then = whole.where(whole.on <= cut)
    assert len(part.on) == len(told_by_then.on) > 500
    pd.testing.assert_frame_equal(part.features, told_by_then.features.reset_index(drop=True))
    # The outcome, on the other hand, is learned later: it must have changed for some.
    assert part.appealed.sum() < told_by_then.appealed.sum()


def test_columns_that_tell_the_outcome_are_never_read() -> None:
    assert not {"dismissal", "matricola", "lastSent"} & set(_log().columns)


def test_pandas_loop_gives_a_wrong_value_away() -> None:
    from feature_build import differences

    right = pd.DataFrame({"a": [1.0, np.nan], "b": [0.0, 2.0]})
    assert differences(right, right.copy()) == []
    assert differences(right, right.assign(b=[0.0, np.nan])) == ["b: 1 values differ"]
