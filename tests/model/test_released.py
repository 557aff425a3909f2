"""A release opens as it was made, or says why it cannot be used."""

import datetime as dt
import json
import subprocess
import sys

import numpy as np
import pytest

from dispute_risk.errors import ModelNotUsable, OutputNotWritten
from dispute_risk.features.declare import Catalogue
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.released import load_release, save_release

AS_OF, LATER = dt.date(2025, 3, 31), dt.date(2025, 9, 1)


@pytest.fixture(scope="module")
def small(landmarks):
    return landmarks.where(landmarks.family % 2 == 0)


@pytest.fixture(scope="module", params=["points", "ridge", "pair"])
def model(request, small, catalogue):
    return AppealRiskModel(catalogue, request.param, n_refits=5).fit(small.features, small.outcome, small.family)


@pytest.fixture(scope="module")
def ridge(small, catalogue):
    return AppealRiskModel(catalogue, "ridge", n_refits=5).fit(small.features, small.outcome, small.family)


def save(folder, model, catalogue, as_of=AS_OF):
    return save_release(
        folder, model.fitted_, catalogue, name="test release", as_of=as_of, horizon_days=182, synthetic=True,
        data_fingerprints={"cases": "0" * 64}, random_state=0, metrics={"log_loss": np.float64(0.1), "lead": np.nan},
        verdict="not proven", reasons=("Too few appeals.",),
    )


def test_it_opens_with_the_same_risks(model, small, catalogue, tmp_path):
    release = load_release(save(tmp_path / "one", model, catalogue), LATER, catalogue)
    expected = model.predict_proba(small.features)[:, 1]
    assert np.abs(release.risk(small.features) - expected).max() <= 1e-12
    for mine, theirs in zip(release.interval(small.features), model.interval(small.features), strict=True):
        assert np.abs(mine - theirs).max() <= 1e-12
    assert release.manifest["rung"] == model.rung_ and release.expires_on == dt.date(2026, 3, 31)
    assert "invented" in release.summary()


def test_the_card_says_what_it_is(ridge, catalogue, tmp_path):
    card = (save(tmp_path / "one", ridge, catalogue) / "CARD.md").read_text(encoding="utf-8")
    for words in ("synthetic", "must not be used for", "2026-03-31", "not proven", "TO BE COMPLETED BY", "s.51(2)(a)"):
        assert words in card


@pytest.mark.parametrize("file", ["model.json", "CARD.md"])
def test_a_missing_file_is_named(ridge, catalogue, tmp_path, file):
    folder = save(tmp_path / "one", ridge, catalogue)
    (folder / file).unlink()
    with pytest.raises(ModelNotUsable, match=rf"{file}: missing"):
        load_release(folder, LATER)


def test_a_folder_without_a_manifest_is_no_release(tmp_path):
    with pytest.raises(ModelNotUsable, match=r"is not a released model: manifest\.json is missing"):
        load_release(tmp_path, LATER)


def test_a_changed_number_is_found(ridge, catalogue, tmp_path):
    folder = save(tmp_path / "one", ridge, catalogue)
    stored = json.loads((folder / "model.json").read_text())
    stored["design"]["columns"][0]["coefficient"] += 0.1
    (folder / "model.json").write_text(json.dumps(stored))
    with pytest.raises(ModelNotUsable, match=r"damaged(.|\n)*model\.json: its content is not what the manifest says"):
        load_release(folder, LATER)


def test_a_cut_off_manifest_and_a_foreign_one_are_refused(ridge, catalogue, tmp_path):
    folder = save(tmp_path / "one", ridge, catalogue)
    text = (folder / "manifest.json").read_text()
    for content, words in ((text[: len(text) // 2], "cannot be read"), ('{"name": "x"}', "lacks format"),
                           ("[]", "not the manifest"), (text.replace('"format": 1', '"format": 99'), "layout 99")):
        (folder / "manifest.json").write_text(content)
        with pytest.raises(ModelNotUsable, match=words):
            load_release(folder, LATER)


def test_a_release_is_used_between_its_dates_only(ridge, catalogue, tmp_path):
    folder = save(tmp_path / "one", ridge, catalogue)
    load_release(folder, dt.date(2026, 3, 31))
    with pytest.raises(ModelNotUsable, match="expired on 2026-03-31"):
        load_release(folder, dt.date(2026, 4, 1))
    with pytest.raises(ModelNotUsable, match="knows what came later"):
        load_release(folder, dt.date(2025, 3, 30))


def test_a_leap_day_expires_at_the_end_of_february(ridge, catalogue, tmp_path):
    folder = save(tmp_path / "one", ridge, catalogue, dt.date(2024, 2, 29))
    assert load_release(folder, dt.date(2025, 1, 1)).expires_on == dt.date(2025, 2, 28)


def test_other_features_are_refused_and_named(ridge, catalogue, tmp_path):
    folder = save(tmp_path / "one", ridge, catalogue)
    fewer = Catalogue(catalogue.features[1:])
    with pytest.raises(ModelNotUsable, match="the release has refuse_to_assess_window, the catalogue has not"):
        load_release(folder, LATER, fewer)


def test_a_release_is_never_overwritten_and_nothing_is_left_half_written(ridge, catalogue, tmp_path):
    save(tmp_path / "one", ridge, catalogue)
    with pytest.raises(OutputNotWritten, match="never overwritten"):
        save(tmp_path / "one", ridge, catalogue)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritten):
        save(tmp_path / "file" / "two", ridge, catalogue)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "one"]


def test_a_simple_release_opens_without_the_heavy_libraries(ridge, catalogue, tmp_path):
    folder = save(tmp_path / "one", ridge, catalogue)
    code = (f"import sys, datetime; from dispute_risk.model.released import load_release; "
            f"load_release({str(folder)!r}, datetime.date(2025, 9, 1)); "
            "sys.exit(len({'sklearn', 'lightgbm', 'scipy'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
