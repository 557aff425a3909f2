"""A release opens as it was made, or says why it cannot be used."""

import datetime as dt
import hashlib
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


def test_a_release_tells_risks_ranges_and_reasons_without_the_heavy_libraries(model, small, catalogue, tmp_path):
    folder = save(tmp_path / "one", model, catalogue)
    values = small.features.to_numpy(dtype=float)[:200]
    np.save(tmp_path / "values.npy", values)
    code = (f"import sys, datetime, numpy; from dispute_risk.model.released import load_release; "
            f"fitted = load_release({str(folder)!r}, datetime.date(2025, 9, 1)).fitted; "
            f"values = numpy.load({str(tmp_path / 'values.npy')!r}); "
            "risk, low, high = fitted.risk_and_interval(values); added = fitted.contributions(values)[1]; "
            f"numpy.save({str(tmp_path / 'told.npy')!r}, numpy.column_stack([risk, low, high, added])); "
            "print(sorted({'sklearn', 'lightgbm', 'scipy', 'shap'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    expected = [*model.fitted_.risk_and_interval(values), *model.fitted_.contributions(values)[1].T]
    assert np.abs(np.load(tmp_path / "told.npy").T - expected).max() <= 1e-12


def test_risk_and_range_at_once_are_those_told_apart(model, small):
    values = small.features.to_numpy(dtype=float)
    risk, low, high = model.fitted_.risk_and_interval(values)
    assert np.array_equal(risk, model.fitted_.risk(values))
    assert np.array_equal([low, high], model.fitted_.interval(values)) and (low <= risk).all() and (risk <= high).all()


def test_trees_that_are_none_are_named(model, catalogue, tmp_path):
    folder = save(tmp_path / "one", model, catalogue)
    assert (folder / "trees.json").exists() == (model.rung_ == "pair")
    if model.rung_ != "pair":
        return
    text = (folder / "trees.json").read_text()
    (folder / "trees.json").write_text(text.replace("window", "door"))
    with pytest.raises(ModelNotUsable, match=r"trees\.json: its content is not what the manifest says"):
        load_release(folder, LATER)
    manifest = json.loads((folder / "manifest.json").read_text())
    for content, words in ((text.replace("plan_issued_window", "plan_door"), "has not: plan_door"),
                           ('{"trees": [{"splits": [["age_years"]], "leaves": []}]}', "values to unpack"), ("{", "Expecting")):
        (folder / "trees.json").write_text(content)
        manifest["files"]["trees.json"] = hashlib.sha256(content.encode()).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(ModelNotUsable, match=rf"trees\.json does not hold a model(.|\n)*{words}"):
            load_release(folder, LATER)
