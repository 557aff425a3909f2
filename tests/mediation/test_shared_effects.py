"""What authorities tell each other of the effect of an offer: sums and no case, added up rightly, refused where it is wrong."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from trials import drawn

from dispute_risk.errors import NotEnoughHistory, UnreadableFile
from dispute_risk.mediation.benefit import causes_of, place_only
from dispute_risk.mediation.effect_by_cause import effect_to_share
from dispute_risk.mediation.learned_benefit import learn_benefit
from dispute_risk.mediation.shared_effects import (
    BETWEEN,
    SharedEffect,
    agreement,
    read_shared_effects,
    taken_together,
    write_shared_effect,
)
from dispute_risk.mediation.trial_by_cause import EFFECTS, Information, TrialByCause


def book(name: str, synthetic: bool = True) -> SimpleNamespace:
    return SimpleNamespace(name=name, recorded_to=dt.date(2025, 3, 1), synthetic=synthetic, fingerprint="0123456789abcdef")


def told_by(name: str, seed: int, where_advice: float = 0.5, elsewhere: float = 0.95, size: int = 6000) -> SharedEffect:
    return effect_to_share(drawn(size, where_advice, elsewhere, seed)[0], book(name))


@pytest.fixture(scope="module")
def others() -> list[SharedEffect]:
    return [told_by(f"Authority {seed}", seed) for seed in (31, 32, 33)]


def trial_of(size: int, seed: int) -> TrialByCause:
    offers, risk = drawn(size, 0.5, 0.95, seed)
    return TrialByCause(risk, offers.rows["offered"].to_numpy(bool), causes_of(offers.features), place_only(offers.features),
                        offers.rows["outcome"].to_numpy(float), np.ones(size), (-0.18, -0.03))


def test_what_the_offers_say_added_to_what_is_taken_before_is_what_is_learned_at_once():
    trial = trial_of(12_000, 4)
    before = Information.before(trial.centre)
    apart, at_once = (before + trial.information()).mean, trial.likeliest(before)[: len(EFFECTS)]
    assert apart == pytest.approx(at_once, abs=0.03)
    assert abs(at_once[2] + 0.64) < 0.45 and np.abs(apart - before.mean).max() > 0.1  # it did learn something


def test_two_halves_of_a_trial_say_together_what_the_whole_says():
    whole = trial_of(12_000, 5)
    first = np.arange(12_000) % 2 == 0
    before = Information.before(whole.centre)
    halves = before + whole.where(first).information() + whole.where(~first).information()
    assert halves.mean == pytest.approx((before + whole.information()).mean, abs=0.05)


def test_however_many_authorities_they_are_no_more_certain_than_authorities_differ(others):
    def least(shared: list[SharedEffect]) -> float:
        """Return the smallest variance in any direction."""
        return float(1 / np.linalg.eigvalsh(taken_together(shared).weight).max())

    assert least(others[:1]) > least(others) > BETWEEN**2
    assert least(others * 200) == pytest.approx(BETWEEN**2, rel=0.05)


def test_of_what_nobody_has_seen_nothing_is_taken(others):
    blind = others[0].known.weight.copy()
    blind[1, :] = blind[:, 1] = 0.0  # no dispute about the place alone
    known = Information(blind, others[0].known.pull * (np.arange(6) != 1))
    one = SharedEffect("A", dt.date(2025, 1, 1), True, "a", known, 2.0, 900, 90)
    together = taken_together([one])
    assert together.weight[1, 1] == pytest.approx(0, abs=1e-9) and together.pull[1] == pytest.approx(0, abs=1e-9)


def test_with_others_few_offers_of_ones_own_are_enough_to_go_by_cause(others):
    opened = {"alone": 0, "with others": 0}
    error = {"alone": 0.0, "with others": 0.0}
    for seed in range(8):
        offers, risk = drawn(900, 0.5, 0.95, seed=100 + seed)
        truth = np.where(offers.features["plan_without_asked_advice"] > 0, 0.5, 0.05)
        for name, shared in (("alone", []), ("with others", others)):
            learned = learn_benefit(offers, risk, shared=shared)
            opened[name] += learned.rests_on == "by_cause"
            error[name] += float(np.abs(learned.share_prevented(offers.features) - truth).mean())
            if shared and learned.rests_on == "by_cause":
                assert "Authority 31, Authority 32 and Authority 33" in learned.words
    assert opened["with others"] > opened["alone"] and error["with others"] < 0.8 * error["alone"]


def test_what_ones_own_offers_contradict_is_left_out_and_said(others):
    turned = [told_by(f"Other way {seed}", seed, 0.95, 0.45) for seed in (41, 42, 43)]
    left_out = agreed = 0
    for seed in range(8):
        offers, risk = drawn(4000, 0.5, 0.95, seed=200 + seed)
        learned = learn_benefit(offers, risk, shared=turned)
        if learned.left_out:
            left_out += 1
            assert learned.left_out == ("Other way 41", "Other way 42", "Other way 43") and not learned.shared_by
            assert "Other way 41, Other way 42 and Other way 43 are left out" in learned.words
            alone = learn_benefit(offers, risk)
            assert (alone.general, alone.by_cause, alone.rests_on) == (learned.general, learned.by_cause, learned.rests_on)
        agreed += not learn_benefit(offers, risk, shared=others).left_out
    assert left_out >= 7 and agreed == 8


def test_words_say_what_became_of_the_estimates(others):
    few, risk = drawn(60, 0.5, 0.9)
    assert "to learn from, or to test the estimates of Authority 31, Authority 32 and Authority 33 on" in learn_benefit(
        few, risk, shared=others).words
    same, risk = drawn(3000, 0.8, 0.8, seed=3)
    against = [replace(one, gain=-5.0) for one in others]
    shut = learn_benefit(same, risk, shared=against)
    assert shut.rests_on == "one_figure" and shut.gain_elsewhere == -3.0
    assert "cannot be told from them, even with the estimates of Authority 31" in shut.words


def test_chance_alone_seldom_looks_like_a_contradiction():
    rng = np.random.default_rng(0)
    weight = np.diag([20.0, 60.0, 25.0, 80.0, 70.0, 0.0])
    others = Information(np.eye(6) * 60.0, np.full(6, -12.0))
    truth = others.mean
    found = []
    for _ in range(400):
        usual = truth + rng.normal(size=6) / np.sqrt(60)
        noise = np.where(np.diag(weight) > 0, rng.normal(size=6) / np.sqrt(np.maximum(np.diag(weight), 1e-9)), 0.0)
        found.append(agreement(Information(weight, weight @ (usual + noise)), others))
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.05) and np.mean(found) == pytest.approx(0.5, abs=0.06)
    assert agreement(Information(np.zeros((6, 6)), np.zeros(6)), others) == 1.0


def test_too_few_offers_are_not_shared():
    with pytest.raises(NotEnoughHistory, match="50 with 10 are needed"):
        told_by("Small", 1, size=60)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_file_brings_back_what_was_written_and_holds_no_case(others, tmp_path):
    path = tmp_path / "north.json"
    write_shared_effect(others[0], path)
    (again,) = read_shared_effects([path], synthetic=True, own="Mine")
    assert (again.authority, again.recorded_to, again.synthetic, again.n_offered, again.n_appeals) == (
        "Authority 31", dt.date(2025, 3, 1), True, others[0].n_offered, others[0].n_appeals)
    assert again.known.weight == pytest.approx(others[0].known.weight, abs=1e-5)
    assert again.known.pull == pytest.approx(others[0].known.pull, abs=1e-5)
    told = json.loads(path.read_text("utf-8"))
    assert set(told) == {"kind", "authority", "recorded_to", "synthetic", "records", "effects", "weight", "pull", "gain",
                         "offers", "appeals"}
    assert np.size(told["weight"]) == len(EFFECTS) ** 2 and np.size(told["pull"]) == len(EFFECTS)
    assert [left.name for left in tmp_path.iterdir()] == ["north.json"]


def test_everything_that_is_wrong_in_any_file_is_said_at_once(others, tmp_path):
    def file(name: str, **changed: object) -> object:
        path = tmp_path / name
        write_shared_effect(others[0], path)
        told = json.loads(path.read_text("utf-8")) | changed
        path.write_text(json.dumps({key: value for key, value in told.items() if value is not None}), encoding="utf-8")
        return path

    (tmp_path / "text.json").write_text("not json", encoding="utf-8")
    weight = np.eye(6)
    weight[0, 0] = -4
    files = [tmp_path / "missing.json", tmp_path / "text.json", file("kind.json", kind="a plan"),
             file("causes.json", effects=["general"]), file("short.json", pull=[1.0]), file("gone.json", weight=None),
             file("negative.json", weight=weight.tolist()), file("real.json", synthetic=False),
             file("own.json", authority="Mine"), file("first.json"), file("second.json")]
    with pytest.raises(UnreadableFile) as told:
        read_shared_effects(files, synthetic=True, own="Mine")  # type: ignore[arg-type]
    assert [str(problem).split(":")[0].rsplit("/", 1)[-1] for problem in told.value.problems] == [
        "missing.json", "text.json", "kind.json", "causes.json", "short.json", "gone.json", "negative.json", "real.json",
        "own.json", "second.json"]
    said = "\n".join(told.value.problems)
    assert "real records, and yours are invented" in said and "Keep its newest file" in said and "weight is missing" in said
