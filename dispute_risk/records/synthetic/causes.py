"""What makes an appeal more likely in the invented authority, and what does not: what an analysis should find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk.records.synthetic.ledger import LIMB
from dispute_risk.records.synthetic.notices import WINDOW_WEEKS, window_is_open
from dispute_risk.records.synthetic.world import World

__all__ = ["CAUSES", "NOT_CAUSES", "Planted", "cause_values", "observed_log_hazard", "voice_log_hazard"]


@dataclass(frozen=True)
class Planted:
    """One planted cause, or one thing that varies, is recorded and has no effect.

    Parameters
    ----------
    name : str
    rate_ratio : float
        What one unit multiplies the weekly hazard of starting an appeal by, all else the same; 1 for no effect.
    computed : str
        How to compute it from the tables.
    applies_to : str
        `plans`, `refusals` or `all`: the decisions for which it counts.
    """

    name: str
    rate_ratio: float
    computed: str
    applies_to: str = "all"


CAUSES = (
    Planted("preference_refused", 3.2, "at the final plan: a consultation with preferred_by_family 1 whose "
            "setting_type differs from the plan's, or answered no_full, no_cannot_meet_need or not at all", "plans"),
    Planted("no_school_named", 2.6, "the live final plan has section_i type_only or blank and no special placement "
            "has begun since", "plans"),
    Planted("advice_missing_at_final", 2.2, "at the final plan: advice asked for in the assessment and not received",
            "plans"),
    Planted("advice_not_used", 1.5, "at the final plan: advice received with cited_in_plan 0", "plans"),
    Planted("rushed_to_the_date", 1.5, "final plan issued in the last two of the 20 weeks", "plans"),
    Planted("recovery_team", 1.4, "the live plan has written_by recovery_team", "plans"),
    Planted("unanswered_contacts", 1.35, "messages in, unanswered after 14 days, not older than 13 weeks; each, up to "
            "4"),
    Planted("officer_changes", 1.2, "new officers on the case in the last 26 weeks; each, up to 3"),
    Planted("asd", 1.5, "primary_need ASD"),
    Planted("earlier_appeal", 1.6, "an appeal registered before"),
)
"""Planted causes with their true rate ratios on the weekly hazard of starting an appeal while a window is open."""

NOT_CAUSES = (
    Planted("days_late", 1.0, "days from request to final plan beyond 140"),
    Planted("birth_month", 1.0, "month of birth_date"),
    Planted("papers_complete", 1.0, "papers_complete of the last panel"),
    Planted("decision_weekday", 1.0, "weekday of the decision's date"),
    Planted("setting_number", 1.0, "last two figures of setting_id"),
    Planted("officer_caseload", 1.0, "open cases of the officer who holds the case"),
    Planted("messages_out", 1.0, "contacts from the authority in the last 26 weeks"),
    Planted("request_reference", 1.0, "last figure of request_id"),
)
"""Things that vary and are recorded and have no effect of their own; some go with true causes."""

LIMB_CHANCE = {"refuse_to_assess": 0.297, "refuse_to_issue": 0.395, "plan_issued": 0.0101, "plan_amended": 0.0082,
               "refuse_to_reassess": 0.06, "refuse_to_amend": 0.0030, "cease_to_maintain": 0.06}
"""Chance of starting an appeal within the window for a case with no planted cause; tuned to `TARGETS`."""
WITHIN_WINDOW = np.array([0.04, 0.06, 0.08, 0.10, 0.12, 0.14, 0.16, 0.17, 0.13])
"""Share of appeals started in each week of the window: later weeks more; invented."""
VOICE, FRAILTY, RESOLVE, WRONG, VAGUE = 0.55, 0.40, 0.65, 0.6, 0.5
"""Log rate ratios of what nobody records: voice and family frailty per sd, resolve per sd, an unlawful decision, and
plan vagueness per unit."""

STOCK_GROWTH = 0.06
"""Yearly fall of the hazard, refusals apart, that offsets the growing number of plans: appeals stay about level."""

_PLANS = np.array([limb in ("plan_issued", "plan_amended") for limb in LIMB])
_CHANCE = np.log(np.array([LIMB_CHANCE[limb] for limb in LIMB]))


def cause_values(world: World) -> dict[str, np.ndarray]:
    """Return the value of every planted cause for every case this week."""
    state = world.state
    return {
        "preference_refused": state.preference_refused, "no_school_named": state.unnamed,
        "advice_missing_at_final": (state.missing > 0).astype(np.int32),
        "advice_not_used": (state.ignored > 0).astype(np.int32), "rushed_to_the_date": state.rushed,
        "recovery_team": state.recovery, "unanswered_contacts": np.minimum(state.overdue, 4),
        "officer_changes": np.minimum(world.desks.changes[world.desks.of_case, world.week], 3),
        "asd": (world.people.need == 10).astype(np.int32), "earlier_appeal": np.minimum(state.prior, 1),
    }


def observed_log_hazard(world: World, who: np.ndarray) -> np.ndarray:
    """Return the part of the log hazard that the records show: decision, week of the window and planted causes."""
    state = world.state
    limb = state.limb[who]
    share = WITHIN_WINDOW[np.clip(world.week - state.notice_wk[who], 0, WINDOW_WEEKS - 1)]
    total = _CHANCE[limb] + np.log(share)
    values = cause_values(world)
    plans = _PLANS[limb]
    for cause in CAUSES:
        counts = plans if cause.applies_to == "plans" else True
        total = total + np.log(cause.rate_ratio) * np.where(counts, values[cause.name][who], 0)
    return total


def voice_log_hazard(world: World, who: np.ndarray) -> np.ndarray:
    """Return what the family's voice adds to the log hazard; on average it multiplies the hazard by one."""
    size = VOICE * world.settings.advocacy
    return size * world.people.voice[who] - size**2 / 2


def hidden_log_hazard(world: World, who: np.ndarray) -> np.ndarray:
    """Return what no record shows, voice apart: area, family, resolve, unlawful decisions, vagueness, level and law."""
    people, state, settings = world.people, world.state, world.settings
    plans, refusal = _PLANS[state.limb[who]], state.limb[who] <= LIMB["refuse_to_issue"]
    total = people.area_readiness[who] + FRAILTY * people.frailty[who] - FRAILTY**2 / 2
    total = total + RESOLVE * people.resolve[who] - RESOLVE**2 / 2 + WRONG * state.wrong[who]
    total = total + VAGUE * np.where(plans, state.vague[who], 0)
    years = (world.week - (world.calendar.weeks - 26)) / 52.18
    total = total + np.log(settings.appeals_percent / 3.2)
    total = total + years * (np.log1p(settings.growth) - STOCK_GROWTH * ~refusal)
    return total + np.log(0.3) * (plans & world.since(settings.law_change_on))


def open_windows(world: World) -> np.ndarray:
    """Return the cases that could start an appeal this week."""
    return np.flatnonzero(window_is_open(world) & (world.state.dispute == 0))
