"""By how much an offer of a meeting lowers the risk of a case: learned by cause where the records allow, else one figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispute_risk.explain.words import joined_in_words
from dispute_risk.mediation.time_left import TimeLeft

if TYPE_CHECKING:
    from dispute_risk.mediation.decision_risk import DecisionRisk

__all__ = ["CAUSES", "GATE", "MOST_LOG", "PUBLISHED", "TAKE_UP", "Benefit", "Cause", "about_the_place",
           "causes_of", "place_only", "prior_of", "spares_in_words"]

MEETING, MEETING_PLACE = 0.70, 0.95
"""By what a meeting held multiplies the appeals before any record is looked at: three in ten fewer, and next to none fewer
where the dispute is about the place alone, for which a meeting has nothing to give (methods 6.1)."""
GATE = 1.0
"""By so much the log-likelihood of cases left out must rise before effects by cause are used (methods 6.1)."""
TAKE_UP = 0.55
"""Share of offers that end in a meeting where the records do not say; a guess."""
MOST_LOG = 0.3
"""No offer is taken to raise the risk by more than this, on the log."""


@dataclass(frozen=True)
class Cause:
    """Something that may make a meeting do more or less, and the features of which one must be 1 or more."""

    name: str
    label: str
    any_of: tuple[str, ...]


CAUSES: tuple[Cause, ...] = (
    Cause("advice", "advice is missing from the plan, or not used in it",
          ("plan_without_asked_advice", "advice_not_cited", "ep_missing_at_plan", "salt_missing_at_plan")),
    Cause("silence", "messages have been unanswered for two weeks", ("unanswered_two_weeks",)),
    Cause("process", "the decision or the review came late, or nobody stays with the case",
          ("days_past_20_weeks", "decided_late_2y", "review_overdue_days", "officer_changes_6m", "no_officer_now")),
    Cause("refusal", "something was refused", (
        "refuse_to_assess_window", "refuse_to_issue_window", "refuse_to_reassess_window", "refuse_to_amend_window",
        "cease_to_maintain_window")),
)
"""What effects may differ by, declared: three failures of process and one kind of decision. All of it is on record on the day
of the offer, and none of it is about the family. Few, since each costs certainty."""

IN_DISPUTE_ABOUT_THE_PLACE = ("section_i_blank", "type_only", "preferred_setting_refused", "choice_not_followed",
                              "placement_differs_from_agreed")


def causes_of(features: pd.DataFrame) -> np.ndarray:
    """Return which causes hold for each row, one column a cause of `CAUSES`; a feature that is not there holds for nobody."""
    return np.column_stack([_any(features, cause.any_of) for cause in CAUSES]).astype(float)


def place_only(features: pd.DataFrame) -> np.ndarray:
    """Return which rows are disputes about the place alone: no refusal, and no advice missing or unused."""
    advice, *_, refusal = causes_of(features).T
    return about_the_place(features) & (advice == 0) & (refusal == 0)


def about_the_place(features: pd.DataFrame) -> np.ndarray:
    """Return where the place is in dispute, whatever else is."""
    return _any(features, IN_DISPUTE_ABOUT_THE_PLACE)


def _any(features: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    there = [name for name in names if name in features.columns]
    if not there:
        return np.zeros(len(features), bool)
    return np.asarray((features[there].fillna(0).to_numpy(float) >= 1).any(axis=1))


def prior_of(take_up: float) -> tuple[float, float]:
    """Return the logs of by what an offer multiplies the risk before any record is looked at: in general, and place alone.

    >>> tuple(round(float(np.exp(one)), 3) for one in prior_of(0.5))
    (0.85, 0.975)
    """
    return float(np.log(1 - take_up * (1 - MEETING))), float(np.log(1 - take_up * (1 - MEETING_PLACE)))


@dataclass(frozen=True)
class Benefit:
    """What an offer is expected to do to the risk of a case.

    Parameters
    ----------
    general, place : float
        Log of by what an offer multiplies the risk; the same for disputes about the place alone. Offers not taken up are in
        it, at one rate for all: nobody is passed over since families like theirs take fewer offers up.
    by_cause : tuple of float
        What each cause of `CAUSES` adds to it; empty where the gate is closed.
    take_up : float
        Meetings held per offer.
    left : TimeLeft
        How much of the risk is still to come by the day on which a meeting can be held.
    gain : float
        Log-likelihood that effects by cause gained on cases left out; NaN where it was not tried.
    n_offered, n_appeals : int
        Offers with a known outcome that were learned from, and the appeals among them.
    offered_after : float
        Days from the decision to the offers that were learned from.
    rests_on : {'by_cause', 'one_figure', 'published'}
    decisions : DecisionRisk, optional
        The risk without an offer, learned from the authority's own decisions.
    shared_by : tuple of str
        Other authorities whose estimates were looked at; they are in the effects by cause, where those are used.
    gain_elsewhere : float
        What effects by cause gained there, as far as it counts.
    left_out : tuple of str
        Authorities whose estimates were left out, since one's own offers contradict them.
    """

    general: float = prior_of(TAKE_UP)[0]
    place: float = prior_of(TAKE_UP)[1]
    by_cause: tuple[float, ...] = ()
    take_up: float = TAKE_UP
    left: TimeLeft = field(default_factory=TimeLeft)
    gain: float = float("nan")
    n_offered: int = 0
    n_appeals: int = 0
    offered_after: float = 7.0
    rests_on: str = "published"
    decisions: DecisionRisk | None = field(default=None, repr=False, compare=False)
    shared_by: tuple[str, ...] = ()
    gain_elsewhere: float = 0.0
    left_out: tuple[str, ...] = ()

    def log_ratio(self, features: pd.DataFrame) -> np.ndarray:
        """Return g(x) of each row: the log of by what an offer multiplies its risk."""
        flags = causes_of(features)
        base = np.where(place_only(features), self.place, self.general)
        added = flags @ np.array(self.by_cause) if self.by_cause else 0.0
        return np.minimum(base + added, MOST_LOG)

    def share_prevented(self, features: pd.DataFrame, days_since_notice: np.ndarray | None = None) -> np.ndarray:
        """Return what share of each row's risk an offer made today takes away.

        Parameters
        ----------
        features : DataFrame
        days_since_notice : ndarray of float, optional
            Days since the decision that can be appealed; NaN where none can: nothing of the risk is past.
        """
        share = 1 - np.exp(self.log_ratio(features))
        if days_since_notice is None:
            return share
        usual = float(self.left.after_a_meeting(np.array([self.offered_after]))[0])
        return share * np.minimum(self.left.after_a_meeting(days_since_notice) / max(usual, 1e-9), 1.0)

    def of(self, risk: np.ndarray, features: pd.DataFrame, days_since_notice: np.ndarray | None = None) -> np.ndarray:
        """Return the appeals an offer made today is expected to spare, for each row: R (1 - exp(g)), time gone by allowed for.

        >>> import pandas as pd
        >>> round(float(PUBLISHED.of(np.array([0.2]), pd.DataFrame({"type_only": [0]}))[0]), 3)
        0.033
        """
        return np.asarray(risk * self.share_prevented(features, days_since_notice))

    @property
    def words(self) -> str:
        """What the order of the list rests on, to stand on it."""
        told = self._rests_on()
        if self.left_out:
            told += f". The estimates of {joined_in_words(self.left_out)} are left out: your own offers contradict them"
        return told

    def _rests_on(self) -> str:
        others = f"the estimates of {joined_in_words(self.shared_by)}" if self.shared_by else ""
        risk = "" if self.decisions is None else (
            "The risk is half the model's, half that of your own decisions without an offer. ")
        if self.rests_on == "by_cause":
            how = "better" if self.gain >= 0 else "worse"
            elsewhere = f", and what that gained elsewhere counts for {self.gain_elsewhere:.1f}" if others else ""
            return (f"the risk times what an offer does in such a case. {risk}What an offer does goes by cause, learned from "
                    f"{self.n_offered:,} offers of your own{' and ' * bool(others)}{others}. On your cases left out that "
                    f"foretold {how} than one figure for all (by {abs(self.gain):.1f} in log-likelihood{elsewhere}; {GATE:g} was "
                    "asked)")
        fewer = f"{_fewer(self.general)}, next to none for disputes about the place alone"
        if self.rests_on == "one_figure":
            return (f"the risk times one effect of an offer: {fewer}. {risk}The effect is the published one with "
                    f"{self.n_offered:,} offers of your own. Whether it differs by cause cannot be told from them"
                    f"{', even with ' * bool(others)}{others}")
        return (f"the risk times the published effect of an offer: {fewer}. {risk}There are too few offers of your own with a "
                f"known outcome to learn from{', or to test ' * bool(others)}{others}{' on' * bool(others)}")

    def summary(self) -> str:
        """Return what was learned, in a sentence or two."""
        lines = [f"The order goes by {self.words}."]
        if self.by_cause:
            strong = [f"{cause.label} ({_fewer(self.general + added)})"
                      for cause, added in sorted(zip(CAUSES, self.by_cause, strict=True), key=lambda pair: pair[1])[:2]]
            lines.append(f"An offer is associated with most where {joined_in_words(strong)}.")
        return " ".join(lines)


PUBLISHED = Benefit()
"""What is taken before an authority has offers of its own with a known outcome."""


def spares_in_words(appeals: float, as_well: bool = False) -> str:
    """Say what a meeting offered in a case is expected to spare, of a hundred like it.

    Parameters
    ----------
    appeals : float
        Appeals spared by an offer in this case.
    as_well : bool
        Whether something else comes first.

    Examples
    --------
    >>> spares_in_words(0.043)
    'A meeting offered now is expected to spare about 4 in 100 such families an appeal.'
    """
    found = f"about {round(100 * appeals)}" if appeals >= 0.01 else "fewer than 1"
    return f"A meeting offered now{' as well' * as_well} is expected to spare {found} in 100 such families an appeal."


def _fewer(log_ratio: float) -> str:
    share = round(100 * (1 - np.exp(min(log_ratio, MOST_LOG))))
    return f"{abs(share)} in 100 {'fewer' if share >= 0 else 'more'} appeals"
