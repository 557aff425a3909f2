"""Rows and outcomes become a risk that can be checked, and a release anyone can read.

Open first: `training` (from a history to a release) and `estimator` (the ladder: `points`, `ridge`, and their average with
the trees of `boosted`). `validate` tests it on later dates, `released` keeps it, `fairness*` says who it passes over, and
`drift*`, `cusum` and `early_signals` whether it still fits.
"""
