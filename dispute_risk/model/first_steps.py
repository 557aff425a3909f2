"""The first steps families take towards an appeal, and the appeals themselves, held against the notices they may answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk.records.known import known_from
from dispute_risk.terms import DECISION_TYPE
from dispute_risk.timeline.days import day_numbers

if TYPE_CHECKING:
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.timeline.history import History

__all__ = ["AFTER_NOTICE", "AfterNotice"]

NEVER = 1 << 19
"""Beyond every day number."""

ABOUT_REFUSALS = ("refuse_to_assess", "refuse_to_issue", "refuse_to_reassess")
ABOUT_PLANS = ("plan_issued", "plan_amended", "refuse_to_amend", "cease_to_maintain")
STEP_DAYS, APPEAL_DAYS = (0, 14, 35, 63, 100), (0, 35, 70, 105, 150, 210)
"""Ages of a notice within which families act alike: most first steps come early or at the end of the two months."""
SAME_DISPUTE_DAYS = 182
"""An appeal sent so soon after the family spoke to a mediation adviser is the same dispute."""


@dataclass(frozen=True)
class AfterNotice:
    """Something that happens some time after an appealable notice.

    Parameters
    ----------
    days : ndarray of int, shape (events,)
        Day on which each became known.
    kind : ndarray of int, shape (events,)
        Kind of notice and its age; -1 where no notice on record fits.
    given : ndarray of int, shape (notices,)
        Day on which each notice became known.
    decision : ndarray of int, shape (notices,)
        Kind of decision.
    ages : tuple of int
        Ends of the ages told apart, in days.
    decisions : int
        How many kinds of decision are told apart.
    """

    days: np.ndarray
    kind: np.ndarray
    given: np.ndarray
    decision: np.ndarray
    ages: tuple[int, ...]
    decisions: int

    @property
    def kinds(self) -> int:
        """Kinds of notice times ages."""
        return self.decisions * (len(self.ages) - 1)

    def notices(self, on: np.ndarray) -> np.ndarray:
        """Return how many notices of each kind and age there were on each day: shape (kinds, days)."""
        found = []
        for decision in range(self.decisions):
            given = np.sort(self.given[self.decision == decision])
            upto = [np.searchsorted(given, on - age, "right") for age in self.ages]
            found += [upto[number] - upto[number + 1] for number in range(len(self.ages) - 1)]
        return np.array(found, float)


def _after(history: History, case: np.ndarray, days: np.ndarray, about: tuple[str, ...], ages: tuple[int, ...]) -> AfterNotice:
    """Give each event to the latest notice of its case, and keep those about some decisions."""
    notice = history.facts["notice"]
    wanted = np.array([about.index(one) if one in about else -1 for one in notice.labels["decision_type"]])
    decision = wanted[notice.columns["decision_type"]]
    order = np.lexsort((notice.known, notice.case))
    span = 2 * NEVER
    keys = notice.case[order].astype(np.int64) * span + notice.known[order]
    place = np.searchsorted(keys, case.astype(np.int64) * span + days, "right") - 1
    row = order[np.maximum(place, 0)]
    fits = (place >= 0) & (notice.case[row] == case)
    age = days - notice.known[row]
    band = np.searchsorted(np.array(ages), age, "right") - 1
    fits &= (decision[row] >= 0) & (age >= 0) & (age < ages[-1])
    kind = np.where(fits, decision[row] * (len(ages) - 1) + band, -1)
    mine = decision >= 0
    return AfterNotice(days, kind, notice.known[mine], decision[mine], ages, len(about))


def _first_steps(casebook: Casebook, history: History) -> tuple[np.ndarray, np.ndarray]:
    """Return case and day of the families' own approaches to mediation, and of appeals sent without one.

    Meetings that the authority offered first are left out: they follow its own capacity, and a pilot that begins is no
    change of the families. An appeal about the school alone needs no certificate, so its sending is the first step.
    """
    case, days = _own_approaches(casebook, history)
    dispute = history.facts["in_dispute"]
    sent = dispute.columns["appeal"] == 1
    sent_case, sent_known = dispute.case[sent], dispute.known[sent]
    span = 2 * NEVER
    keys = np.sort(case.astype(np.int64) * span + days)
    mine = sent_case.astype(np.int64) * span + sent_known
    # An approach within the half year before: the step was taken then.
    before = np.searchsorted(keys, mine, "right") - np.searchsorted(keys, mine - SAME_DISPUTE_DAYS, "left")
    alone = before == 0
    return np.concatenate([case, sent_case[alone]]), np.concatenate([days, sent_known[alone]])


def _own_approaches(casebook: Casebook, history: History) -> tuple[np.ndarray, np.ndarray]:
    dated = [name for name in ("requested_on", "certificate_on") if casebook.has("mediations", name)]
    if not dated:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    frame = casebook.tables["mediations"]
    own = np.ones(len(frame), bool)
    if "offered_on" in frame:
        own &= frame["offered_on"].isna().to_numpy()
    if "pilot" in frame:
        own &= ~(frame["pilot"] == 1).to_numpy(bool, na_value=False)
    each = np.array([day_numbers(known_from(frame, name).to_numpy()) for name in dated])
    known = np.where(each >= 0, each, NEVER).min(axis=0)  # where only the certificate is recorded, its day
    names = np.asarray(history.case_id)
    order = np.argsort(names)
    place = np.clip(np.searchsorted(names[order], frame["case_id"].to_numpy(str)), 0, max(len(names) - 1, 0))
    case = order[place]
    own &= (known < NEVER) & (names[case] == frame["case_id"].to_numpy(str))
    return case[own], known[own].astype(np.int64)


def _steps_about(about: tuple[str, ...]) -> Callable[[Casebook, History], AfterNotice]:
    def found(casebook: Casebook, history: History) -> AfterNotice:
        case, days = _first_steps(casebook, history)
        return _after(history, case, days, about, STEP_DAYS)
    return found


def _appeals(casebook: Casebook, history: History) -> AfterNotice:
    appeal = history.facts["appeal"]
    return _after(history, appeal.case, appeal.known, tuple(DECISION_TYPE), APPEAL_DAYS)


AFTER_NOTICE: dict[str, Callable[[Casebook, History], AfterNotice]] = {
    "disputes_about_plans": _steps_about(ABOUT_PLANS),
    "disputes_about_refusals": _steps_about(ABOUT_REFUSALS),
    "appeals_of_notices": _appeals,
}
"""What is counted for each notice, by the name of its signal."""
