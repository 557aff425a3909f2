"""How good the risks are: are they at the right level, do they put the right cases first, and how sure can we be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.model.level import chance, fit_line, level_difference, log_odds

__all__ = [
    "CalibrationLine", "area_under_curve", "average_precision", "bootstrap_average_precision", "bootstrap_families",
    "calibration_line", "calibration_table", "curve_differences", "log_loss", "net_benefit", "observed_over_expected",
    "scaled_brier", "skill",
]

# Accuracy and F1 are not here: with 2 appeals in 100 rows both are best where nobody is listed.


def log_loss(outcome: np.ndarray, risk: np.ndarray) -> float:
    """Return the mean log loss; the measure decisions are made on.

    Examples
    --------
    >>> round(log_loss(np.array([1, 0]), np.array([0.5, 0.5])), 3)
    0.693
    """
    reach = log_odds(risk)
    return float(np.mean(np.logaddexp(0.0, reach) - outcome * reach))


def skill(outcome: np.ndarray, risk: np.ndarray) -> float:
    """Return the share of the base rate's log loss that the risks save; 0 knows only the base rate, 1 is certainty."""
    base = log_loss(outcome, np.full(len(outcome), np.mean(outcome)))
    return 1.0 - log_loss(outcome, risk) / base if base > 0 else np.nan


def scaled_brier(outcome: np.ndarray, risk: np.ndarray) -> float:
    """Return one minus the Brier loss over that of the base rate."""
    base = float(np.mean((outcome - np.mean(outcome)) ** 2))
    return 1.0 - float(np.mean((outcome - risk) ** 2)) / base if base > 0 else np.nan


def _tied_ends(ordered: np.ndarray) -> np.ndarray:
    """Return for each place of a sorted array the last place with the same value."""
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return np.asarray(ends[np.searchsorted(ends, np.arange(len(ordered)))])


def average_precision(outcome: np.ndarray, risk: np.ndarray) -> float:
    """Return the average precision; tied risks count as one step, as in scikit-learn.

    Examples
    --------
    >>> average_precision(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.5]))
    0.8333333333333333
    """
    order = np.argsort(-risk, kind="stable")
    yes = outcome[order]
    ends = _tied_ends(risk[order])
    found = np.cumsum(yes)
    return float(np.sum(yes * found[ends] / (ends + 1.0)) / found[-1]) if found[-1] > 0 else np.nan


def area_under_curve(outcome: np.ndarray, risk: np.ndarray) -> float:
    """Return the chance that a row with an appeal lies above one without (AUROC); ties count half."""
    _, place, count = np.unique(risk, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[place]
    yes = float(np.sum(outcome))
    no = len(outcome) - yes
    return float((rank[outcome == 1].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else np.nan


def observed_over_expected(outcome: np.ndarray, risk: np.ndarray, share: np.ndarray | None = None) -> float:
    """Return appeals seen over appeals expected; `share` says how much of each row is on the list."""
    share = np.ones(len(outcome)) if share is None else share
    expected = float(share @ risk)
    return float(share @ outcome) / expected if expected > 0 else np.nan


@dataclass(frozen=True)
class CalibrationLine:
    """Intercept (at slope 1) and slope of the observed on the predicted log-odds, with 95 % ranges over families.

    Parameters
    ----------
    intercept, slope : float
        0 and 1 where the risks are right.
    intercept_range, slope_range : tuple of float
    """

    intercept: float
    slope: float
    intercept_range: tuple[float, float]
    slope_range: tuple[float, float]


def calibration_line(outcome: np.ndarray, risk: np.ndarray, family: np.ndarray) -> CalibrationLine:
    """Fit the calibration line; standard errors take families, not rows, as independent (sandwich)."""
    reach = log_odds(risk)
    intercept = level_difference(reach, outcome)
    level, slope = fit_line(reach, outcome)
    families = np.unique(family, return_inverse=True)[1]

    def errors(columns: np.ndarray, fitted: np.ndarray) -> np.ndarray:
        p = chance(fitted)
        bread = np.linalg.pinv((columns * (p * (1 - p))[:, None]).T @ columns)
        sums = np.column_stack([np.bincount(families, weights=column * (outcome - p)) for column in columns.T])
        return np.asarray(np.sqrt(np.diag(bread @ (sums.T @ sums) @ bread)))

    one = np.ones((len(reach), 1))
    of_level = 1.96 * float(errors(one, intercept + reach)[0])
    of_slope = 1.96 * float(errors(np.column_stack([one, reach]), level + slope * reach)[1])
    return CalibrationLine(
        intercept, slope, (intercept - of_level, intercept + of_level), (slope - of_slope, slope + of_slope)
    )


def curve_differences(outcome: np.ndarray, risk: np.ndarray) -> tuple[float, float]:
    """Return the mean and the 90th percentile of the difference between risk and smoothed observed rate (ICI, E90).

    The smooth curve is a logistic regression on a linear spline of the log-odds with 4 knots at the 5th, 35th, 65th
    and 95th percentile (Austin and Steyerberg 2019, with a spline in place of loess).
    """
    reach = np.maximum(log_odds(risk), -14.0)  # one in a million
    knots = np.unique(np.quantile(reach, [0.05, 0.35, 0.65, 0.95]))
    columns = np.column_stack([np.ones(len(reach)), reach, *(np.maximum(reach - knot, 0) for knot in knots)])
    curve = np.zeros(columns.shape[1])
    curve[1] = 1.0
    as_it_is, pull = curve.copy(), 1e-3  # a touch of pull to the risks as they are, for empty stretches of the curve

    def loss(at: np.ndarray) -> float:
        line = columns @ at
        return float(np.sum(np.logaddexp(0.0, line) - outcome * line) + pull / 2 * np.sum((at - as_it_is) ** 2))

    now = loss(curve)
    for _ in range(30):
        p = chance(columns @ curve)
        bent = (columns * (p * (1 - p))[:, None]).T @ columns + pull * np.eye(len(curve))
        step = np.linalg.solve(bent, columns.T @ (p - outcome) + pull * (curve - as_it_is))
        size = 1.0
        while size > 1e-4 and loss(curve - size * step) > now:
            size /= 2
        curve, before = curve - size * step, now
        now = loss(curve)
        if before - now < 1e-7 * abs(before):
            break
    difference = np.abs(chance(columns @ curve) - risk)
    return float(difference.mean()), float(np.quantile(difference, 0.9))


def calibration_table(outcome: np.ndarray, risk: np.ndarray, groups: int = 10) -> dict[str, np.ndarray]:
    """Return rows, mean risk, observed rate and its 95 % Wilson range in groups of equal expected appeals.

    Groups of equal *expected appeals*, not of equal rows: with 2 appeals in 100 rows, nine of ten groups of equal
    rows would say nothing.
    """
    order = np.argsort(risk, kind="stable")
    reached = np.cumsum(risk[order])
    group = np.empty(len(risk), dtype=int)
    group[order] = np.minimum((groups * (reached - risk[order] / 2) / max(reached[-1], 1e-300)).astype(int), groups - 1)
    rows = np.bincount(group, minlength=groups).astype(float)
    kept = rows > 0
    seen = np.bincount(group, weights=outcome, minlength=groups)[kept]
    rows, mean = rows[kept], np.bincount(group, weights=risk, minlength=groups)[kept] / rows[kept]
    rate, z2 = seen / rows, 1.96**2
    centre = (rate + z2 / (2 * rows)) / (1 + z2 / rows)
    half = 1.96 * np.sqrt(rate * (1 - rate) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return {"rows": rows.astype(int), "risk": mean, "observed": rate, "low": centre - half, "high": centre + half}


def net_benefit(outcome: np.ndarray, risk: np.ndarray, threshold: float) -> float:
    """Return the net benefit per row of acting at `risk >= threshold`: TP/n - FP/n * t / (1 - t)."""
    acted = risk >= threshold
    return float(np.mean(acted * outcome) - np.mean(acted * (1 - outcome)) * threshold / (1 - threshold))


def bootstrap_families(
    family: np.ndarray, columns: dict[str, np.ndarray], repeats: int = 1000, random_state: int = 0
) -> dict[str, np.ndarray]:
    """Return sums of columns over families drawn with replacement, each an array of shape (repeats,).

    Means, ratios and paired differences of anything that adds up over rows follow from these sums; families, not
    rows, are drawn, because the rows of a case and of its siblings stand or fall together.

    Examples
    --------
    >>> sums = bootstrap_families(np.array([0, 0, 1]), {"rows": np.ones(3)}, repeats=4)
    >>> sorted(set(sums["rows"].tolist())) in ([2.0, 3.0], [2.0, 3.0, 4.0], [2.0, 4.0], [3.0, 4.0], [3.0])
    True
    """
    which = np.unique(family, return_inverse=True)[1]
    families = int(which.max()) + 1
    table = np.column_stack([np.bincount(which, weights=column, minlength=families) for column in columns.values()])
    rng = np.random.default_rng(random_state)
    parts = [
        rng.multinomial(families, np.full(families, 1.0 / families), size=min(100, repeats - start)) @ table
        for start in range(0, repeats, 100)
    ]
    sums = np.vstack(parts)
    return {name: sums[:, place] for place, name in enumerate(columns)}


def bootstrap_average_precision(
    outcome: np.ndarray, risk: np.ndarray, family: np.ndarray, repeats: int = 1000, random_state: int = 0
) -> np.ndarray:
    """Return the average precision on families drawn with replacement (whole-number weights, nothing copied)."""
    order = np.argsort(-risk, kind="stable")
    yes_places = np.flatnonzero(outcome[order] == 1)
    ends = _tied_ends(risk[order])[yes_places]
    last_yes = np.searchsorted(yes_places, ends, "right") - 1
    which = np.unique(family, return_inverse=True)[1][order]
    families = int(which.max()) + 1
    rng, out = np.random.default_rng(random_state), []
    for start in range(0, repeats, 50):
        drawn = rng.multinomial(families, np.full(families, 1.0 / families), size=min(50, repeats - start))
        weight = drawn.astype(np.float32)[:, which]
        listed = np.cumsum(weight, axis=1)[:, ends]
        own = weight[:, yes_places]
        found = np.cumsum(own, axis=1)[:, last_yes]
        total = own.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            out.append(np.where(listed > 0, own * found / np.maximum(listed, 1e-9), 0).sum(axis=1) / total)
    return np.concatenate(out)
