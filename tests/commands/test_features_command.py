"""The command `features`: the catalogue as it is declared, whole or one family, with an authority's own."""

from __future__ import annotations

import json

from calling import done

from dispute_risk.features.catalogue import STANDARD


def test_every_feature_is_told_with_its_source():
    rows = json.loads(done("features", "--json").out)
    assert [row["name"] for row in rows] == list(STANDARD.names)
    assert [row["name"] for row in rows if not (row["label"] and row["unit"] and row["source"])] == []
    assert done("features").out.rstrip().endswith(f"{len(rows)} features.")


def test_one_family_is_a_part_of_the_whole():
    every = json.loads(done("features", "--json").out)
    some = json.loads(done("features", "--family", "placement", "--json").out)
    assert 0 < len(some) < len(every) and len({row["family"] for row in some}) == 1
    assert all(row in every for row in some)


def test_the_page_holds_every_feature(tmp_path):
    page = tmp_path / "CATALOGUE.md"
    assert f"{len(STANDARD.names)} features" in done("features", "--write", page).out
    text = page.read_text(encoding="utf-8")
    assert [name for name in STANDARD.names if f"`{name}`" not in text] == []


def test_own_features_stand_beside_the_standard_ones(own_features, tmp_path):
    rows = json.loads(done("features", "--also", own_features, "--json").out)
    assert rows[-1]["name"] == "provider_calls_90d" and len(rows) == len(STANDARD.names) + 1
