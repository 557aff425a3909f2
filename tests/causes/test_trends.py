"""Change from quarter to quarter: against statsmodels, found where planted, not found where there is none."""

import datetime as dt

import numpy as np
import pytest

from dispute_risk.causes.decision_rows import decision_rows
from dispute_risk.causes.trends import slope_of_counts, trend
from dispute_risk.records.synthetic import Settings, simulate

PERIOD = (dt.date(2022, 1, 1), dt.date(2026, 6, 29))


def test_the_slope_is_that_of_a_quasi_poisson_regression():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(0)
    year, time = np.arange(12) / 4, rng.uniform(100, 300, 12)
    count = rng.poisson(time * 0.3 * np.exp(0.2 * year) * rng.gamma(10, 0.1, 12)).astype(float)
    ours = slope_of_counts(year, count, time)
    theirs = sm.GLM(count, sm.add_constant(year), sm.families.Poisson(), offset=np.log(time)).fit(scale="X2", use_t=True)
    assert theirs.scale > 1
    low, high = np.exp(np.asarray(theirs.conf_int())[1])
    assert np.allclose([ours["times_a_year"], ours["low"], ours["high"]], [np.exp(theirs.params[1]), low, high], rtol=1e-5)
    assert ours["p"] == pytest.approx(theirs.pvalues[1], rel=1e-4)


def test_counts_more_even_than_chance_are_not_taken_for_sure():
    year = np.arange(8) / 4
    even = slope_of_counts(year, np.full(8, 25.0), np.ones(8))
    assert even["times_a_year"] == pytest.approx(1)
    assert even["high"] > 1.15


@pytest.mark.parametrize(("count", "quarters"), [(np.full(5, 40.0), 5), (np.full(8, 1.0), 8)])
def test_too_few_quarters_or_too_few_counted_give_no_slope(count, quarters):
    found = slope_of_counts(np.arange(len(count)) / 4, count, np.ones(len(count)))
    assert np.isnan(found["times_a_year"])
    assert found["quarters"] == quarters


def test_a_recovery_team_that_arrives_is_seen_and_the_quarters_add_up():
    settings = Settings(recovery_from_on=dt.date(2024, 6, 3), recovery_share=0.4)
    rows = decision_rows(simulate(plans=900, years=4, seed=5, settings=settings).casebook)
    found = trend(rows, *PERIOD)
    slope = found.slopes.set_index(["exposure", "measure"])
    assert slope.loc[("recovery_team", "share"), "verdict"] == "changed: more"
    assert slope.loc[("recovery_team", "share"), "low"] > 1
    assert "recovery team" in found.summary()
    table = found.table[found.table["exposure"].eq("recovery_team")]
    assert np.allclose(table["share"], table["months_exposed"] / table["months"])
    assert (table["months_exposed"] <= table["months"]).all()
    assert table["quarter"].is_monotonic_increasing


def test_a_quarter_barely_covered_is_left_out_of_the_slopes():
    rows = decision_rows(simulate(plans=200, years=2, seed=5).casebook)
    until = [dt.date(2025, 9, 30), dt.date(2025, 10, 20), dt.date(2025, 11, 30)]
    assert [trend(rows, dt.date(2025, 1, 1), end).slopes["quarters"].max() for end in until] == [3, 3, 4]
