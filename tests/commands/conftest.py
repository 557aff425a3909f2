"""A small invented authority and a release trained on it, made once for all tests of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import TRAINED_ON, done


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("authority") / "records"
    done("simulate", place, "--plans", "250", "--years", "3", "--seed", "3")
    return place


@pytest.fixture(scope="session")
def release(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("releases") / "small"
    done("train", records, "--as-of", TRAINED_ON, "--out", place, "--skip-test", "--national", "none")
    return place


@pytest.fixture(scope="session")
def own_features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("own") / "ours.py"
    place.write_text('''"""Our own feature: calls from a provider."""
from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Count

FEATURES = (
    Feature("provider_calls_90d", "calls from a provider in three months", "contact", "count", "contacts table",
            Count("provider_call", within_days=90), sentence="A provider called on {on}."),
)


def facts(recorded):
    from dispute_risk.timeline.facts import Facts
    mask = recorded.is_code("contacts", "party", "provider")
    return {"provider_call": Facts.of(recorded.case("contacts")[mask], recorded.day("contacts", "happened_on")[mask],
                                      recorded.known("contacts", "happened_on")[mask])}


FACTS = (facts,)
''', encoding="utf-8")
    return place
