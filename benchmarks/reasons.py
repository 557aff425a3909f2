"""Reasons for 10,000 cases, in sentences with dates: how long they take, beside the contributions of the shap package."""

from __future__ import annotations

from measuring import Took, arguments, keep, machine, say, took  # first: it sets the number of threads

# isort: split
import warnings

import numpy as np
from feature_build import case_dates

from dispute_risk.explain.reasons import Reason, reasons
from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.model.boosted import BoostedRisk, fit_trees
from dispute_risk.model.estimator import AppealRiskModel
from dispute_risk.model.landmarks import landmarks
from dispute_risk.model.rows import thinned, training_rows
from dispute_risk.model.trees import Trees
from dispute_risk.records.synthetic import simulate
from dispute_risk.timeline.history import History

CASES = 10_000
MOST_SECONDS = 1.0


def main() -> None:
    """Measure contributions and sentences, and the same trees explained by shap."""
    asked = arguments(__doc__)
    plans, years, count = (400, 2, 500) if asked.smoke else (3_500, 4, CASES)
    history = History.of(simulate(plans, years, seed=4).casebook)
    learned = landmarks(history, STANDARD)
    known = learned.known
    model = AppealRiskModel(STANDARD, "pair", n_refits=0)
    model.fit(learned.features[known], learned.outcome[known], learned.family[known])
    rows = case_dates(history, count).take(slice(0, count))  # type: ignore[arg-type]
    searches = Searches(history)
    features = build_features(history, rows, STANDARD, searches)
    values = features.to_numpy(np.float64)
    repeats = 1 if asked.smoke else 5

    def explained() -> list[list[Reason]]:
        return reasons(searches, rows, STANDARD, features, model.fitted_.contributions(values)[1])

    ours = took(explained, repeats)
    alone = took(lambda: model.fitted_.contributions(values), repeats)
    trees = model.fitted_.trees
    assert trees is not None
    rows_learned = training_rows(BoostedRisk(STANDARD), learned.features[known], learned.outcome[known],
                                 learned.family[known], None, STANDARD)
    booster = fit_trees(thinned(rows_learned, 0), STANDARD, len(trees))
    if Trees.of(booster).to_text(STANDARD.names) != trees.to_text(STANDARD.names):
        raise SystemExit("The trees fitted again for shap are not those of the pair.")
    theirs, gap = with_shap(booster, trees, values, repeats)
    sentences = sum(len(few) for few in ours.result)
    lines = [
        f"{len(rows):,} cases of an invented authority, {len(STANDARD)} features, the pair: {sentences:,} sentences in "
        f"{ours}; asked: at most {MOST_SECONDS:.0f} s.",
        f"Of that the contributions alone: {alone}.",
        f"shap.TreeExplainer on the trees alone, numbers without sentences: {theirs}. Reasons over shap, processor time: "
        f"{ours.best / theirs.best:.2f}; the trees' contributions differ by at most {gap:.1e} log-odds.",
    ]
    say("\n".join(lines))
    if not asked.smoke:
        keep("reasons.md", "\n\n".join(["# Reasons", "Invented data. Made by `python benchmarks/reasons.py`.", *lines,
                                        machine("lightgbm", "shap")]))
        if ours.best > MOST_SECONDS:
            raise SystemExit("Reasons are slower than asked.")


def with_shap(booster: object, trees: Trees, values: np.ndarray, repeats: int) -> tuple[Took, float]:
    """Return what the shap package takes for the same trees, and how far its numbers are from those of the package."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shap and of what it imports
        import shap

        explainer = shap.TreeExplainer(booster)
        theirs = took(lambda: explainer.shap_values(values), repeats)
    own = trees.contributions(values)[1]
    numbers = theirs.result[1] if isinstance(theirs.result, list) else theirs.result
    return theirs, float(np.abs(np.asarray(numbers) - own).max())


if __name__ == "__main__":
    main()
