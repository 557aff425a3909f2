"""What appealed cases have in common, compared with cases that could have appealed in the same month and did not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dispute_risk.causes.at_risk import AtRisk, adjusters, at_risk
from dispute_risk.causes.crude import exact_rate_ratio, false_discovery_rates
from dispute_risk.causes.exposures import EXPOSURES, ON, Exposure, exposed, on_what, recorded_in
from dispute_risk.causes.penalised import RateFit, fit_rates
from dispute_risk.causes.shares import appeal_shares
from dispute_risk.errors import NotEnoughHistory, UnknownName
from dispute_risk.features.declare import FAMILIES
from dispute_risk.model.landmarks import Landmarks

__all__ = ["FALSE_DISCOVERIES", "VERDICTS", "Patterns", "patterns"]

FALSE_DISCOVERIES = 0.05
"""Of the associations reported, at most this share is expected to be chance (Benjamini and Hochberg)."""
FEW_APPEALS, LEAST_APPEALS = 5, 10
STEP_MONTHS = 1_000
Z95 = 1.959964
SAME_DAYS = 16
"""Rows this near in date, and in the time since the decision, count as the same date for a file review."""

VERDICTS: dict[str, str] = {
    "more": "associated with more appeals",
    "fewer": "associated with fewer appeals",
    "none": "no association shown",
    "few": "too few appeals to say",
    "absent": "not recorded in this period",
}
"""What can be said of one exposure; an association is no proof that putting it right would prevent an appeal."""


@dataclass(frozen=True)
class Patterns:
    """Associations over cases between what went wrong and appeals; never the effect of putting it right.

    Parameters
    ----------
    table : DataFrame
        One row an exposure, the surest association with more appeals first. `exposure`, `label`, `family`, `broken_duty`,
        `source`, `base` (the decisions on which it is judged), `appeals_exposed`, `appeals`, `months_exposed`, `months` (all
        within the base), `prevalence_appeals`, `prevalence_at_risk`, `rate_exposed`, `rate_unexposed` (per 1,000
        case-months), `crude_ratio`, `crude_low`, `crude_high`, `per` (`yes or no`, or `each`), `ratio`, `low`, `high` (all
        exposures and adjusters held equal, 95 %), `q`, `share`, `share_low`, `share_high` (of all appeals), `verdict`.
    joint_share, joint_share_low, joint_share_high : float
        Share of appeals statistically associated with any of the exposures; less than the sum of the shares.
    appeals : int
    months : float
        Case-months at risk.
    start_on, end_on : date
        First and last date of the rows compared; later rows are left out where their outcome is not yet known.
    left_out : tuple of str
        Exposures that the rows have no columns for.
    adjusted_for : tuple of str
        Columns held equal beside the exposures.
    unplaced : int
        Appeals that no row on which the decision could be appealed comes before.
    cases : mapping of str to tuple of str
        Exposure to the appealed cases behind it, for those who may see case numbers; never for publication.
    """

    table: pd.DataFrame
    joint_share: float
    joint_share_low: float
    joint_share_high: float
    appeals: int
    months: float
    start_on: dt.date
    end_on: dt.date
    left_out: tuple[str, ...]
    adjusted_for: tuple[str, ...]
    unplaced: int
    cases: Mapping[str, tuple[str, ...]]
    risk: AtRisk = field(repr=False)
    exposures: tuple[Exposure, ...] = field(repr=False)
    random_state: int = 0

    def summary(self) -> str:
        """Return a few lines: the base, the associations found, the joint share."""
        found = self.table[self.table["verdict"].eq(VERDICTS["more"])]
        lines = [f"{self.appeals:,} appeals in {self.months:,.0f} case-months with a decision open to appeal, "
                 f"{self.start_on} to {self.end_on}."]
        lines += [f"- {row.label}: {row.ratio:.2f} times the rate ({row.low:.2f} to {row.high:.2f}); "
                  f"{row.appeals_exposed} of {row.appeals} appeals about {row.base}" for row in found.itertuples()]
        if not len(found):
            lines.append("- no association with more appeals shown")
        lines.append(f"Share of appeals statistically associated with all of them together: {100 * self.joint_share:.0f} % "
                     f"({100 * self.joint_share_low:.0f} to {100 * self.joint_share_high:.0f}).")
        return "\n".join(lines)

    def matched(self, case_id: str, controls: int = 5) -> pd.DataFrame:
        """Return an appealed case beside cases that could have appealed at the same time and did not.

        For reading files side by side only: every figure of `table` comes from all rows, not from these.

        Parameters
        ----------
        case_id : str
        controls : int
            Drawn at random among rows of the same kind of decision, as long after it, within 16 days.

        Returns
        -------
        DataFrame
            `case_id`, `on`, `appealed`, and a column for each exposure.

        Raises
        ------
        UnknownName
            Where no appeal of the case began in the period.
        """
        rows = self.risk.rows
        found = np.flatnonzero((rows.case_id == case_id) & (self.risk.event > 0))
        if not len(found):
            raise UnknownName(f"case_id: no appeal of {case_id!r} began between {self.start_on} and {self.end_on}. "
                              "The cases are in `cases`.")
        place = int(found[-1])
        others = _alike(self.risk, place)
        rng = np.random.default_rng([self.random_state, place])
        drawn = rng.permutation(others)
        first = np.sort(np.unique(rows.case_id[drawn], return_index=True)[1])[:controls]
        chosen = np.r_[place, drawn[first]]
        features = rows.where(np.isin(np.arange(len(rows)), chosen)).features.iloc[np.argsort(np.argsort(chosen))]
        return pd.DataFrame({
            "case_id": rows.case_id[chosen], "on": rows.on[chosen].astype("datetime64[s]"),
            "appealed": np.arange(len(chosen)) == 0,
            **{one.name: exposed(features, one) for one in self.exposures},
        })


def patterns(
    rows: Landmarks, start_on: dt.date, end_on: dt.date, *, exposures: Sequence[Exposure] = EXPOSURES, random_state: int = 0
) -> Patterns:
    """Compare appealed cases with cases at risk that did not appeal.

    Rate ratios come from all rows at once, by proportional hazards in discrete time (`fit_rates`), with all exposures, the
    kind of decision, the time since it, phase, need, area, quarter and the number of messages held equal (methods,
    section 4). Nothing is sampled. Ratios compare *registered* appeals: whatever keeps a dispute from being registered, such
    as an agreement in mediation, is part of them.

    Parameters
    ----------
    rows : Landmarks
        Of `decision_rows`, which know every exposure; monthly landmarks know fewer (`left_out`).
    start_on, end_on : date
        Dates of the rows. An appeal counts on the last date before its dispute showed, not on that of its registration.
    exposures : sequence of Exposure
    random_state : int

    Returns
    -------
    Patterns

    Raises
    ------
    NotEnoughHistory
        Where fewer than 10 appeals began in the period.

    Examples
    --------
    >>> from dispute_risk.causes.decision_rows import decision_rows
    >>> from dispute_risk.records.synthetic import simulate
    >>> rows = decision_rows(simulate(plans=300, years=2, seed=1).casebook)
    >>> found = patterns(rows, dt.date(2024, 1, 1), dt.date(2026, 1, 1))
    >>> bool(0 < found.appeals == found.risk.event.sum())
    True
    """
    risk = at_risk(rows, start_on, end_on)
    if risk.appeals < LEAST_APPEALS:
        raise NotEnoughHistory(
            f"{risk.appeals} appeals began between {start_on} and {end_on}; at least {LEAST_APPEALS} are needed to compare. "
            "Choose a longer period or take areas together."
        )
    judged, missing = recorded_in(risk.rows.features, exposures)
    amount = np.column_stack([exposed(risk.rows.features, one) for one in judged])
    counts = pd.DataFrame([_counts(risk, one, amount[:, place]) for place, one in enumerate(judged)])
    comparable = np.flatnonzero((counts["months_exposed"] > 0) & (counts["months_exposed"] < counts["months"]))
    # What is looked for is not held equal as well.
    held = adjusters(risk).drop(columns=[name for one in judged for name in one.any_of], errors="ignore")
    design = np.column_stack([np.ones(len(held)), amount[:, comparable], held.to_numpy()])
    fit = fit_rates(design, risk.event, risk.months, risk.rows.family)
    table, joint = _with_ratios(counts, fit, risk, amount, comparable, random_state)
    happened = risk.event > 0
    cases = {one.name: tuple(sorted(set(risk.rows.case_id[happened & (amount[:, place] > 0)].tolist())))
             for place, one in enumerate(judged)}
    return Patterns(table, *joint, risk.appeals, float(risk.months.sum()), risk.start_on, risk.end_on,
                    tuple(one.name for one in missing), tuple(held.columns), risk.unplaced, cases, risk, tuple(judged),
                    random_state)


def _counts(risk: AtRisk, exposure: Exposure, amount: np.ndarray) -> dict[str, object]:
    """Return counts, rates and the crude ratio of one exposure among the decisions on which it is judged."""
    base, has = on_what(risk.rows.features, exposure.on), amount > 0
    appeals, months = int(risk.event[base].sum()), float(risk.months[base].sum())
    ours, time = int(risk.event[has].sum()), float(risk.months[has].sum())
    crude = exact_rate_ratio(ours, time, appeals - ours, months - time)
    return {
        "exposure": exposure.name, "label": exposure.label, "family": FAMILIES[exposure.family],
        "broken_duty": exposure.broken_duty, "source": exposure.source, "base": ON[exposure.on],
        "appeals_exposed": ours, "appeals": appeals, "months_exposed": time, "months": months,
        "prevalence_appeals": ours / appeals if appeals else np.nan,
        "prevalence_at_risk": time / months if months else np.nan,
        "rate_exposed": STEP_MONTHS * ours / time if time else np.nan,
        "rate_unexposed": STEP_MONTHS * (appeals - ours) / (months - time) if months > time else np.nan,
        "crude_ratio": crude[0], "crude_low": crude[1], "crude_high": crude[2],
        "per": "each" if exposure.up_to > 1 else "yes or no",
    }


def _with_ratios(
    counts: pd.DataFrame, fit: RateFit, risk: AtRisk, amount: np.ndarray, comparable: np.ndarray, random_state: int
) -> tuple[pd.DataFrame, tuple[float, float, float]]:
    """Return the table with adjusted ratios, q, shares and verdicts, the surest first, and the joint share."""
    from scipy.special import ndtr

    columns = 1 + np.arange(len(comparable))
    log_ratio, error = fit.coefficient[columns], fit.standard_error[columns]
    happened = risk.event > 0
    families = np.unique(risk.rows.family)
    shares = appeal_shares(amount[happened][:, comparable], np.searchsorted(families, risk.rows.family[happened]),
                           log_ratio, fit.influence[:, columns], random_state)
    p = np.full(len(counts), np.nan)
    p[comparable] = 2 * ndtr(-np.abs(log_ratio) / error)
    table = counts.assign(q=false_discovery_rates(p))
    for name, value in (("ratio", np.exp(log_ratio)), ("low", np.exp(log_ratio - Z95 * error)),
                        ("high", np.exp(log_ratio + Z95 * error)), ("share", shares.share),
                        ("share_low", shares.low), ("share_high", shares.high)):
        table[name] = np.nan
        table.loc[comparable, name] = value
    table["verdict"] = [_verdict(int(ours), ratio, q) for ours, ratio, q in
                        zip(table["appeals_exposed"], table["ratio"], table["q"], strict=True)]
    order = ["per", "ratio", "low", "high", "q", "share", "share_low", "share_high", "verdict"]
    table = table[[name for name in table if name not in order] + order]
    shown = table.sort_values("low", ascending=False, kind="stable", na_position="last", ignore_index=True)
    return shown, (shares.joint, shares.joint_low, shares.joint_high)


def _verdict(appeals_exposed: int, ratio: float, q: float) -> str:
    if np.isnan(ratio):
        return VERDICTS["absent"]
    if appeals_exposed < FEW_APPEALS:
        return VERDICTS["few"]
    if q >= FALSE_DISCOVERIES:
        return VERDICTS["none"]
    return VERDICTS["more" if ratio > 1 else "fewer"]


def _alike(risk: AtRisk, place: int) -> np.ndarray:
    """Return rows of other families near in date, of the same kind of decision, as long after it, with no appeal."""
    rows = risk.rows
    assert rows.wait_days is not None
    names = [str(name) for name in rows.features]
    kinds = [name for name in names if name.startswith("latest_")] or [name for name in names if name.endswith("_window")]
    kind = rows.features[kinds].to_numpy()
    since = rows.features["days_since_notice"].to_numpy()
    near = np.abs((rows.on - rows.on[place]).astype("timedelta64[D]").astype(int)) <= SAME_DAYS
    alike = near & (np.abs(since - since[place]) <= SAME_DAYS) & (kind == kind[place]).all(axis=1)
    quiet = rows.wait_days > rows.horizon_days
    return np.flatnonzero(alike & quiet & (rows.family != rows.family[place]))
