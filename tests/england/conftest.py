"""Where the published files lie for the tests that go back to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def published_files() -> Path:
    """The folder of published CSV files, or a loud skip where it is not beside the checkout."""
    named = os.environ.get("DISPUTE_RISK_SHARED")
    places = [Path(named)] if named else [folder / "shared" for folder in Path(__file__).resolve().parents[2:5]]
    for place in places:
        if (place / "england").is_dir():
            return place / "england"
    pytest.skip("the folder `shared/england` was not found; set DISPUTE_RISK_SHARED to run this test")
