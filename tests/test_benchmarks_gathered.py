"""The page of results is made of the pages in results/, and the engines beside the package are asked the same columns."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from casebooks import random_casebook

from dispute_risk.features.build import build_features
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_page_of_results_is_the_one_the_pages_give() -> None:
    done = subprocess.run([sys.executable, str(BENCHMARKS / "gather.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_page_is_in_the_table_with_its_text_under_it() -> None:
    from gather import gathered

    speed = "# Speed, *twice*\n\nMade by `python benchmarks/speed.py`. 3 s; asked: at most 4 s.\n\n## Why\n\nRows."
    page = gathered({"b.md": speed, "c.md": "# Truth\n\nNothing was promised."})
    assert "| [Speed, *twice*](#speed-twice) | `speed.py` | yes |" in page
    assert "| [Truth](#truth) | see the page | no |" in page
    assert page.index("## Speed") < page.index("#### Why") < page.index("Rows.") < page.index("## Truth")


def test_a_page_without_a_title_is_refused() -> None:
    from gather import title_and_rest

    with pytest.raises(SystemExit, match="begins with '# '"):
        title_and_rest("No title.")


def given() -> tuple[History, Snapshots]:
    history = History.of(random_casebook(5, cases=12, rows=90))
    days = day_number("2023-02-01") + np.arange(0, 900, 60)
    return history, Snapshots.of(np.repeat(np.arange(12), len(days)), np.tile(days, 12))


@pytest.mark.slow
@pytest.mark.parametrize(("package", "module", "engine"), [
    ("duckdb", "engine_duckdb", "DuckEngine"), ("polars", "engine_polars", "PolarsEngine")])
def test_another_engine_says_what_the_package_says(package: str, module: str, engine: str) -> None:
    pytest.importorskip(package)
    from feature_build import compared_features

    (history, rows), catalogue = given(), compared_features()
    ours = build_features(history, rows, catalogue).to_numpy().T
    theirs = getattr(importlib.import_module(module), engine)(history, rows, catalogue).build()
    np.testing.assert_allclose(theirs, ours, rtol=1e-6)
    assert len({column.tobytes() for column in ours}) > 30  # the columns say something


def test_copies_of_an_authority_have_its_features_and_areas_of_their_own() -> None:
    from growth import exponent, of_size

    from dispute_risk.features.catalogue import STANDARD

    history, rows = given()
    three = of_size(history, 36, 12)
    copied = Snapshots.of(np.concatenate([rows.case + 12 * copy for copy in range(3)]), np.tile(rows.on, 3))
    once, whole = build_features(history, rows, STANDARD), build_features(three, copied, STANDARD)
    teams = [name for name in STANDARD.names if name.startswith("team_")]
    assert len(set(three.area_names)) == 3 * len(history.area_names) and len(set(three.case_id)) == 36
    for name in STANDARD.names:
        if name not in teams:  # a rate beside that of all areas adds up another number of areas, and may round otherwise
            np.testing.assert_array_equal(whole[name], np.tile(once[name], 3), err_msg=name)
    for name in teams:
        np.testing.assert_allclose(whole[name], np.tile(once[name], 3), rtol=1e-6, err_msg=name)
    assert len(of_size(history, 6, 12).case_id) == 6
    assert exponent([10, 100, 1000], [2.0, 20.0, 200.0]) == pytest.approx(1.0)
    assert exponent([10, 100, 1000], [1.0, 100.0, 10_000.0]) == pytest.approx(2.0)
