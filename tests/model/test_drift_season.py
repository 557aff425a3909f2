"""The season in appeals seen over expected: learned from earlier years, drawn towards none, and nothing else moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.model.appeals_by_month import seasonal


def months(first: str, count: int, observed: np.ndarray | float, expected: float = 12.0) -> pd.DataFrame:
    begin = np.arange(np.datetime64(first), np.datetime64(first) + count).astype("datetime64[s]")
    return pd.DataFrame({"month": begin, "observed": np.broadcast_to(observed, count).astype(float), "expected": expected})


def wave(count: int, height: float) -> np.ndarray:
    return 1 + height * np.cos(2 * np.pi * (np.arange(count) + 0.5) / 12)


def test_a_season_of_earlier_years_is_taken_into_what_is_expected():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(40):
        past = months("2021-01", 36, rng.poisson(12 * wave(36, 0.5)))
        found.append(seasonal(months("2024-01", 12, 0.0), past)["expected"].to_numpy() / 12)
    mean = np.mean(found, axis=0)
    assert mean[0] > 1.25 and mean[6] < 0.75  # three quarters and more of what was planted
    assert np.allclose([one.mean() for one in found], 1.0)  # over a year the season gives and takes the same


def test_without_a_season_little_moves_and_the_level_of_the_past_plays_no_part():
    rng = np.random.default_rng(2)
    spread = [seasonal(months("2024-01", 12, 0.0), months("2021-01", 36, rng.poisson(12, 36)))["expected"].std() / 12
              for _ in range(40)]
    assert np.mean(spread) < 0.1
    past = months("2021-01", 36, 12 * wave(36, 0.3))
    low, high = (seasonal(months("2024-01", 12, 0.0), past.assign(expected=level))["expected"] for level in (6.0, 24.0))
    assert np.allclose(low, high, rtol=0.02)


def test_a_short_or_thin_past_shows_no_season():
    now = months("2024-01", 12, 0.0)
    assert seasonal(now, months("2023-01", 12, 20 * wave(12, 0.9))).equals(now)
    assert seasonal(now, months("2021-01", 36, wave(36, 0.9))).equals(now)
    assert seasonal(now, months("2021-01", 36, 20.0, expected=0.0)).equals(now)
