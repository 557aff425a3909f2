"""The command `demo`: the whole week in one call, and nothing of anybody's overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import cells, done, run


def test_another_folder_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    left = run("demo", "--out", tmp_path)
    assert left.code == 8 and "no earlier demo" in left.err
    assert [item.name for item in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow
def test_the_demo_makes_all_it_points_to(tmp_path):
    out = tmp_path / "demo"
    said = done("demo", "--out", out, "--plans", "300", "--years", "3", "--seed", "3").out
    assert "All of it is invented" in said
    places = [Path(line.split("   ")[0].strip()) for line in said.splitlines() if line.startswith(f"  {out}")]
    assert len(places) == 4 and all(place.is_file() for place in places)
    listed = cells(out / "monday" / "weekly.csv").query("list == 'likely_disputes'")
    assert f"Case {listed.iloc[0]['case_id']}, area {listed.iloc[0]['area']}" in said
