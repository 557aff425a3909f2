"""Training and its test on later dates, 80,000 rows, five rolling folds: how long, beside scikit-learn's boosting."""

from __future__ import annotations

from measuring import Took, arguments, between, keep, machine, say, took  # first: it sets the number of threads

# isort: split
import argparse

import numpy as np

from dispute_risk.features.catalogue import STANDARD
from dispute_risk.model.boosted import HELD_OUT_TREES, binned, fit_trees, trees_for, trees_out_of_fold
from dispute_risk.model.estimator import AppealRiskModel, admitted_rungs
from dispute_risk.model.landmarks import Landmarks, landmarks
from dispute_risk.model.ridge import fit_ridge
from dispute_risk.model.rolling import rows_of, validation_plan
from dispute_risk.model.rows import TrainingRows, folds_of, thinned
from dispute_risk.model.validate import Validation, validate
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.history import History

ROWS, FOLDS, CAPACITY = 80_000, 5, 10
MOST_SECONDS = 30.0
USUAL_ROUNDS = 100
"""As scikit-learn's boosting comes."""


def landmark_rows(plans: int, years: int, most: int) -> Landmarks:
    """Return the latest landmarks of an invented authority that together give about so many rows."""
    rows = landmarks(History.of(simulate(plans, years, seed=5).casebook), STANDARD)
    days, number = np.unique(rows.on, return_counts=True)
    enough = np.flatnonzero(np.cumsum(number[::-1]) <= most)
    return rows.where(rows.on >= days[::-1][enough[-1]])


def tested(rows: Landmarks) -> Validation:
    """Test every rung on five later quarters, as `validate` does."""
    return validate(rows, STANDARD, CAPACITY, most_blocks=FOLDS)


def fitted(rows: Landmarks, estimator: str) -> AppealRiskModel:
    """Fit the rung that goes live on every row whose outcome is known, with its refits for the ranges."""
    return AppealRiskModel(STANDARD, estimator).fit(rows.features, rows.outcome, groups=rows.family)


def learned_from(rows: Landmarks) -> list[TrainingRows]:
    """Return the rows the trees and the ridge see: those of each fold, and last those of the fit that goes live."""
    blocks = validation_plan(rows, most_blocks=FOLDS).blocks
    return [thinned(rows_of(rows, STANDARD, mask), 0) for mask in (*(block.train for block in blocks), rows.known)]


def trees_alone(samples: list[TrainingRows]) -> int:
    """Grow the trees of every fit, held-out ones included, and do nothing else with them; return how many."""
    grown = 0
    for sample in (sample for sample in samples if "pair" in admitted_rungs(sample.appeals)):
        trees, dataset = trees_for(sample.appeals), binned(sample)
        trees_out_of_fold(sample, STANDARD, trees, folds_of(sample, 4, 0), 0, dataset)
        grown += fit_trees(sample, STANDARD, trees, 0, dataset).num_trees()
    return grown


def ridges_alone(samples: list[TrainingRows]) -> None:
    """Fit the ridge of every fit; the last fold and the one that goes live are fitted again on 30 draws of families."""
    for number, sample in enumerate(samples):
        if "ridge" in admitted_rungs(sample.appeals):
            fit_ridge(sample, STANDARD, n_refits=30 if number >= len(samples) - 2 else 0)


def where_it_goes(rows: Landmarks, whole: Took) -> str:
    """Return a table of the parts, each measured alone: what is left is figures, redrawn samples, rules and levels."""
    samples = learned_from(rows)
    trees, ridges = took(lambda: trees_alone(samples), 1), took(lambda: ridges_alone(samples), 1)
    left = whole.best - trees.best - ridges.best
    return "\n".join([
        f"Where the seconds go ({len(samples)} samples of {min(len(sample.outcome) for sample in samples):,} to "
        f"{max(len(sample.outcome) for sample in samples):,} rows; trees and ridge measured alone, "
        "once, after the whole: on a busy machine they do not add up to it):", "",
        "| part | seconds of processor | share |", "|---|---|---|",
        *(f"| {part} | {seconds:.1f} | {seconds / whole.best:.0%} |" for part, seconds in (
            (f"trees: LightGBM, {trees.result:,} used, {HELD_OUT_TREES:g} times as many for each fold held out", trees.best),
            ("ridge: penalty on held-out families, fit, 30 refits twice", ridges.best),
            ("the rest: points, level, figures, redrawn samples, officers' rules", left))),
    ])


def boosted_by_time(rows: Landmarks, calibrated: bool, rounds: int) -> np.ndarray:
    """Do what a user would: scikit-learn's histogram boosting as it comes, over its time splits, and once on all rows.

    Calibrated: the same with its levels put right on four held-out groups of families, which the package always does.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import GroupKFold, TimeSeriesSplit

    order = np.argsort(rows.on, kind="stable")
    values = np.nan_to_num(rows.features.to_numpy()[order], nan=-1.0)  # it fails where a column of a fold is blank throughout
    outcome, family = rows.outcome[order].astype(int), rows.family[order]

    def fit(kept: np.ndarray) -> object:
        model = HistGradientBoostingClassifier(max_iter=rounds, random_state=0)
        if not calibrated:
            return model.fit(values[kept], outcome[kept])
        folds = list(GroupKFold(4).split(kept, groups=family[kept]))
        return CalibratedClassifierCV(model, method="sigmoid", cv=folds).fit(values[kept], outcome[kept])

    risks = [fit(train).predict_proba(values[test])[:, 1]  # type: ignore[attr-defined]
             for train, test in TimeSeriesSplit(FOLDS).split(values)]
    fit(np.arange(len(values)))
    return np.concatenate(risks)


def main() -> None:
    """Measure the test, the fit, and scikit-learn's way on the same rows."""
    asked = arguments(__doc__, _more)
    plans, years, most, rounds = (500, 4, 9_000, 5) if asked.smoke else (1_300, 6, ROWS, USUAL_ROUNDS)
    repeats = asked.repeats
    rows = landmark_rows(plans, years, most)
    known = rows.where(rows.known)
    appeals = len(np.unique(known.case_id[known.outcome == 1]))
    test = took(lambda: tested(rows), repeats)
    candidate = test.result.candidate
    final = took(lambda: fitted(known, candidate), repeats)
    plain = took(lambda: boosted_by_time(known, calibrated=False, rounds=rounds), repeats)
    level = None if asked.without_levels else took(lambda: boosted_by_time(known, calibrated=True, rounds=rounds), 1)
    whole = Took(tuple(np.add(test.wall, final.wall)), tuple(np.add(test.processor, final.processor)))
    lines = [
        f"{len(rows):,} rows ({len(known):,} with a known outcome, {appeals:,} cases with an appeal) x {len(STANDARD)} features "
        f"of an invented authority ({plans:,} plans, {years} years); {len(test.result.plan.blocks)} rolling folds "
        f"({test.result.plan.kind}).",
        f"`validate` (three rungs a fold, 30 refits, ranges from 1,000 redrawn samples, the officers' rules): {test}.",
        f"The fit that goes live ({candidate}, 30 refits): {final}.",
        f"Together: {whole}; asked: at most {MOST_SECONDS:.0f} s of one thread.",
        where_it_goes(rows, whole),
        f"scikit-learn HistGradientBoosting, TimeSeriesSplit({FOLDS}) and a fit on all rows, no figures: {plain}. Package over "
        f"this, processor time: {between(whole, plain)}.",
    ]
    if level is not None:
        lines.append(f"The same, its levels put right on four held-out groups of families: {level}. Package over this: "
                     f"{between(whole, level)}.")
    say("\n".join(lines))
    if not asked.smoke:
        keep("training_time.md", "\n\n".join([
            "# Training", "Invented data. Made by `python benchmarks/training_time.py`.", *lines,
            machine("lightgbm", "scikit-learn")]))
        if whole.best > MOST_SECONDS:
            raise SystemExit(f"Training took {whole.best:.1f} s; asked: at most {MOST_SECONDS:.0f} s.")


def _more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=1, help="how often each way is measured")
    parser.add_argument("--without-levels", action="store_true", help="leave out the slowest comparison")


if __name__ == "__main__":
    main()
