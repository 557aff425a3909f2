"""The attacks a finance officer or a scrutiny panel would make on the figure, one function each, with what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.explain.words import joined_in_words
from dispute_risk.mediation.area_quarters import AreaQuarters
from dispute_risk.mediation.confounders import CONFOUNDERS
from dispute_risk.mediation.doubly_robust import NEARLY_CERTAIN, doubly_robust, kish
from dispute_risk.mediation.effect import Effect, in_words, range_words
from dispute_risk.mediation.eligible import Eligible
from dispute_risk.mediation.staggered import ALARM, FEWEST_BEFORE, event_study, pre_trend, staggered

__all__ = ["Challenge", "balance", "leave_one_area_out", "negative_control", "other_definitions", "overlap", "placebo_date",
           "placebo_outcome", "pre_trends"]

ALIKE, FAR_APART = 0.1, 0.25
"""Standardised differences: below the first alike, above the second not (Austin 2009; Rubin 2001)."""
AMPLE_EFFECTIVE, BARE_EFFECTIVE = 100, 50


@dataclass(frozen=True)
class Challenge:
    """One attack on the figure and what came of it.

    Parameters
    ----------
    name : str
    passed : bool or None
        None: it cannot be told with these records.
    table : DataFrame
    words : str
    """

    name: str
    passed: bool | None
    table: pd.DataFrame
    words: str

    def summary(self) -> str:
        """Return name, result and words in one line."""
        said = {True: "stands", False: "does not stand", None: "cannot be told"}[self.passed]
        return f"{self.name}: {said}. {self.words}"


def _cannot(name: str, words: str) -> Challenge:
    return Challenge(name, None, pd.DataFrame(), words)


def balance(eligible: Eligible, effect: Effect) -> Challenge:
    """Ask whether those offered and those set beside them were alike in what is recorded, before and after weighting."""
    name = "Were the two groups alike?"
    if "propensity" not in effect.details:
        return _cannot(name, "No comparison of cases was made.")
    told, columns = effect.details["propensity"], eligible.where(eligible.known).columns
    offered = told["offered"].to_numpy(bool)
    overlapping = "overlap" in effect.whom
    weight = told["stays"].to_numpy() * told["chance"].to_numpy() / (1 if overlapping else 1 - told["chance"].to_numpy())
    mine = (1 - told["chance"].to_numpy()[offered]) if overlapping else np.ones(offered.sum())
    spread = np.sqrt((columns[offered].var(axis=0) + columns[~offered].var(axis=0)) / 2)
    spread = np.where(spread > 1e-6, spread, np.inf)
    own = np.average(columns[offered], axis=0, weights=mine)
    before = (columns[offered].mean(axis=0) - columns[~offered].mean(axis=0)) / spread
    after = (own - np.average(columns[~offered], axis=0, weights=weight[~offered])) / spread
    table = pd.DataFrame({"what": eligible.names, "before": before, "after": after})
    table = table.reindex(table["after"].abs().sort_values(ascending=False).index).reset_index(drop=True)
    worst, over = float(np.abs(after).max()), int((np.abs(after) > ALIKE).sum())
    passed = True if worst < ALIKE else False if worst > FAR_APART else None
    differed = int((np.abs(before) > ALIKE).sum())
    words = (f"Of {len(table)} things compared, {differed} differed by more than a tenth of a standard deviation before "
             f"weighting and {over} after; the largest left is {worst:.2f} ({table['what'].iloc[0]}).")
    if passed is None:
        words += " What is left is taken up by the model of appeals, if that is right."
    return Challenge(name, passed, table, words)


def overlap(effect: Effect) -> Challenge:
    """Ask whether there were cases like those offered that went without an offer."""
    name = "Was there anyone to compare with?"
    if "propensity" not in effect.details:
        return _cannot(name, effect.refusal or "No comparison of cases was made.")
    told = effect.details["propensity"]
    edges = np.linspace(0, 1, 11)
    counts = {who: np.histogram(told.loc[told["offered"] == value, "chance"], edges)[0]
              for who, value in (("offered", True), ("not_offered", False))}
    table = pd.DataFrame({"chance_from": edges[:-1], "chance_to": edges[1:], **counts})
    rest = told[~told["offered"].astype(bool)]
    effective = kish((rest["stays"] * rest["chance"] / (1 - rest["chance"])).to_numpy())
    certain = float((told.loc[told["offered"], "chance"] > NEARLY_CERTAIN).mean())
    passed = effective >= AMPLE_EFFECTIVE or (None if effective >= BARE_EFFECTIVE else False)
    return Challenge(name, passed, table, (
        f"The {len(rest):,} rows without an offer are worth {effective:.0f} cases like those offered; "
        f"{100 * certain:.0f} in 100 of those offered were all but certain to be."))


def _placebo(eligible: Eligible, outcome: np.ndarray, dropped: Sequence[str], name: str, what: str, seed: int) -> Challenge:
    """Compare the groups on something the offer cannot have changed, without adjusting for it."""
    keep = np.array([not any(one.startswith(lost) for lost in dropped) for one in eligible.names])
    kept = eligible.where(eligible.known)
    from dataclasses import replace

    tested = replace(eligible, columns=eligible.columns[:, keep],
                     names=[one for one, stays in zip(eligible.names, keep, strict=True) if stays])
    found = doubly_robust(tested.with_outcome(np.where(eligible.known, outcome, np.nan)), folds=3, repeats=1, random_state=seed)
    if not found.answers:
        return Challenge(name, None, found.table, f"{what}: {found.refusal}")
    words = (f"{what}: {found.rate_offered:.1f} in 100 among those offered, {found.rate_comparison:.1f} among those set beside "
             f"them; difference {found.risk_difference:+.1f} ({found.low:+.1f} to {found.high:+.1f}) over {len(kept):,} rows. ")
    words += ("The groups differ before the offer in a way that is not adjusted for." if found.clear else
              "No difference that chance does not make: as it should be.")
    return Challenge(name, not found.clear, found.table, words)


def placebo_outcome(eligible: Eligible, random_state: int = 0) -> Challenge:
    """Ask whether the offer seems to change what came before it: messages from the family in the 90 days before."""
    if "family_messages_90d" not in eligible.features:
        return _cannot("Does the offer change the past? (messages)", "No messages from families are recorded.")
    wrote = (eligible.features["family_messages_90d"].fillna(0) >= 2).to_numpy(float)
    dropped = (*CONFOUNDERS["contact"], *CONFOUNDERS["the family's voice on record"])
    return _placebo(eligible, wrote, dropped, "Does the offer change the past? (messages)",
                    "Families who had written twice or more in the 90 days before, contact and voice not adjusted for",
                    random_state)


def negative_control(eligible: Eligible, random_state: int = 0) -> Challenge:
    """Ask whether the offer seems to change appeals on decisions made before it."""
    from dispute_risk.timeline.facts import keys

    appeals = eligible.history.facts["appeal"]
    registered = np.sort(keys(appeals.case, appeals.happened))
    case, day = eligible.rows["case"].to_numpy(np.int64), eligible.rows["day"].to_numpy(np.int64)
    seen = np.searchsorted(registered, keys(case, day), "right") - np.searchsorted(registered, keys(case, day - 1096), "right")
    return _placebo(eligible, (seen > 0).astype(float), CONFOUNDERS["before"], "Does the offer change earlier appeals?",
                    "Appeals registered in the three years before, with earlier disputes not adjusted for", random_state)


def pre_trends(panel: AreaQuarters) -> Challenge:
    """Ask whether areas moved apart before they began."""
    name = "Did the areas move alike before?"
    if not panel.begun.any() or panel.count < 3:
        return _cannot(name, "Too few areas, or none that began.")
    trend, table = pre_trend(panel), event_study(panel)
    if not np.isfinite(trend.p):
        return Challenge(name, None, table, "Too few quarters or areas before the start to say.")
    return Challenge(name, trend.p >= ALARM, table[table["quarter"] < 0], (
        f"Before the start the areas moved apart by {trend.slope:+.2f} appeals in 100 decisions a quarter (p = {trend.p:.2f}). "
        + ("With few areas a trend that matters is often missed." if trend.p >= ALARM else
           "What came after cannot be put down to the offers.")))


def placebo_date(panel: AreaQuarters, quarters: int = 4, random_state: int = 0) -> Challenge:
    """Ask whether there is an effect where there was no offer: each start moved earlier, later quarters left out."""
    from dataclasses import replace

    name = "Is there an effect a year before the offers?"
    first = panel.start[panel.begun].min() if panel.begun.any() else 0
    if not panel.begun.any() or first - quarters < FEWEST_BEFORE:
        return _cannot(name, f"Fewer than {FEWEST_BEFORE + quarters} quarters are recorded before the first area began.")
    end = int(first)
    early = replace(panel, quarters=panel.quarters[:end], decisions=panel.decisions[:, :end], appeals=panel.appeals[:, :end],
                    offered=np.zeros_like(panel.offered[:, :end]), start=panel.start - quarters)
    # Nobody was offered anything: counted as if all decisions had been, so the figure is per 100 decisions.
    early = replace(early, offered=early.decisions * early.after)
    found = staggered(early, random_state=random_state)
    if not found.answers:
        return Challenge(name, None, found.table, found.refusal)
    return Challenge(name, not found.clear, found.table, (
        f"With each start {quarters} quarters too early: {in_words(found.risk_difference).lower()} in 100 decisions "
        f"({range_words(found.low, found.high)}). " + ("There should be none." if found.clear else "None, as it should be.")))


def leave_one_area_out(eligible: Eligible, effect: Effect, random_state: int = 0) -> Challenge:
    """Ask whether one area makes the figure: the same without each."""
    name = "Does one area make the figure?"
    areas = eligible.rows["area"].to_numpy()
    if not effect.answers or len(np.unique(areas)) < 2:
        return _cannot(name, "The figure is not given, or comes from one area alone.")
    lines = []
    for area in np.unique(areas):
        found = doubly_robust(eligible.where(areas != area), folds=3, repeats=1, random_state=random_state)
        lines.append((area, found.risk_difference, found.low, found.high, found.n_offered, found.refusal))
    table = pd.DataFrame(lines, columns=["left_out", "risk_difference", "low", "high", "n_offered", "why_not"])
    told = table["risk_difference"].dropna()
    if told.empty:
        return Challenge(name, None, table, "Without any one area too few cases are left.")
    turned = bool((np.sign(told) != np.sign(effect.risk_difference)).any())
    outside = bool(((told < effect.low) | (told > effect.high)).any())
    words = f"Without one area at a time the figure lies between {told.min():+.1f} and {told.max():+.1f} in 100."
    if len(told) < len(table):
        words += f" {len(table) - len(told)} could not be worked out: too few cases."
    # A sign that turns matters only where the figure itself is clear of nought.
    stands = not outside and not (turned and effect.clear)
    return Challenge(name, stands if len(told) == len(table) or not stands else None, table, words)


def other_definitions(eligible: Eligible, effect: Effect) -> Challenge:
    """Show what other meanings of "mediated" would have said, the one that takes time for effect among them.

    "Ever met" against "never met" counts the weeks a family must stay out of the Tribunal to reach its meeting as if the
    meeting had kept it out: with no effect at all that alone halves the rate (methods 7.1, E14).
    """
    name = "What would another meaning of mediated say?"
    rows = eligible.rows[eligible.known]
    decisions = rows.sort_values("day").groupby("notice").agg(
        outcome=("outcome", "max"), offered=("offered", "max"), attended=("attended", "max"))
    met = decisions["attended"].to_numpy(bool)
    offered = decisions["offered"].to_numpy(bool)
    pairs = [
        ("offered against not offered, as they stand", offered, ~offered, "wrong: those chosen differ from those not chosen"),
        ("met against everybody who did not", met, ~met,
         "wrong: only families not yet at the Tribunal can meet, and those who chose to meet differ"),
        ("met against offered and not met", met, offered & ~met, "wrong: families who take an offer up differ from others"),
    ]
    lines = [("offered, against those alike on the day", effect.risk_difference, effect.rate_offered, effect.rate_comparison,
              effect.n_offered, "the figure of this study" if effect.answers else effect.refusal)]
    values = decisions["outcome"].to_numpy()
    for what, one, other, why in pairs:
        if one.any() and other.any():
            mine, theirs = 100 * values[one].mean(), 100 * values[other].mean()
            lines.append((what, mine - theirs, mine, theirs, int(one.sum()), why))
    table = pd.DataFrame(lines, columns=["definition", "difference", "rate", "rate_other", "cases", "note"])
    if not effect.answers or len(table) < 4:
        return Challenge(name, None, table, "Too few meetings, or no figure, to set beside each other.")
    inside = [line[0] for line in lines[1:] if effect.low <= line[1] <= effect.high]
    others = table["difference"][1:]
    words = (f"By the wrong comparisons the difference would be {range_words(others.min(), others.max())} in 100; "
             f"the figure of this study is {effect.risk_difference:+.1f}. ")
    words += (f"Within its range lies {joined_in_words(inside)}, by chance or not." if inside else "None lies within its range.")
    return Challenge(name, None, table, words + " This is shown, not tested: it says how much hangs on the definition.")
