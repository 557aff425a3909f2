"""Reasons are given only where they would be given again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.explain.reasons import fold_to_families
from dispute_risk.explain.stability import stable_families
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import Catalogue
from dispute_risk.model.estimator import AppealRiskModel

NAMES = ("type_only", "unanswered_contacts", "officer_changes_1y", "refuse_to_assess_window", "age_years")
FEW = Catalogue(tuple(STANDARD[name] for name in NAMES))


def fitted(refits: int):
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.integers(0, 2, (1500, len(NAMES))).astype(float), columns=NAMES)
    reach = -3 + 2.5 * table["type_only"] + 0.02 * table["officer_changes_1y"]
    outcome = (rng.random(1500) < 1 / (1 + np.exp(-reach))).astype(int)
    model = AppealRiskModel(FEW, "ridge", n_refits=refits, random_state=0).fit(table, outcome)
    return model.fitted_, table.to_numpy()


def test_what_truly_tells_is_stable_and_what_hardly_tells_is_not():
    model, values = fitted(30)
    present, _ = fold_to_families(FEW, np.zeros((1, len(NAMES))))
    stable = stable_families(model, FEW, values, most=1)
    named = values[:, 0] == 1
    assert stable[named, present.index("placement")].mean() > 0.95
    assert stable[:, present.index("caseload")].mean() < 0.05
    assert not stable[:, present.index("need")].any(), "context is never a reason"


def test_without_refits_nothing_is_held_back():
    model, values = fitted(0)
    assert stable_families(model, FEW, values[:5]).all()
