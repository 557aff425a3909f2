"""What can be chosen about the invented authority, and the published figures it is set to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from dispute_risk.errors import UnknownName

__all__ = ["MECHANISMS", "SCENARIOS", "TARGETS", "Settings", "Target"]

WARM_UP_WEEKS = 78
"""Weeks lived before the records begin, so that queues, reviews and old plans exist on the first day."""

MECHANISMS = ("siblings", "phase_transfer", "officer_churn", "panel_deferrals", "complaints", "reassessments",
              "repeat_requests", "pilot", "mediation", "recovery_team", "recording_lag", "under_recording",
              "missing_fields")
"""Mechanisms that can be switched off one by one."""


@dataclass(frozen=True)
class Target:
    """A published figure that the invented authority is set to.

    Parameters
    ----------
    name : str
        Key of the figure in `dispute_risk.records.synthetic.figures`.
    value, tolerance : float
        Published value and how far an average over seeds may be from it, in the unit given.
    unit, source : str
    """

    name: str
    value: float
    tolerance: float
    unit: str
    source: str


SEN2_2025 = "Department for Education, Education, health and care plans 2025, England, calendar year 2024"
MOJ_BASE = ("Ministry of Justice and DfE appeal rate 2024, England: 22,276 appeals of 689,739; base is refusals to "
            "assess, refusals to issue, plans maintained in the January that follows, plans ceased as needs met")
MOJ_2025 = "Ministry of Justice, Tribunal Statistics Quarterly, academic years 2022/23 to 2024/25"

TARGETS = (
    Target("appeals_percent_of_base", 3.2, 0.4, "%", MOJ_BASE),
    Target("refusals_to_assess_appealed", 12.0, 2.0, "%", SEN2_2025 + ": 4,655 of 38,889"),
    Target("refusals_to_issue_appealed", 22.6, 4.0, "%", SEN2_2025 + ": 1,445 of 6,404"),
    Target("grounds_refuse_to_assess", 27.0, 3.5, "%", MOJ_2025 + ": 24 to 28 %"),
    Target("grounds_refuse_to_issue", 8.5, 2.5, "%", MOJ_2025 + ": 8.5 % in 2022/23"),
    Target("grounds_contents", 60.0, 5.0, "%", MOJ_2025 + ": 58 to 61 %"),
    Target("requests_refused", 25.2, 2.0, "%", SEN2_2025 + ": 38,889 of 154,489 requests"),
    Target("assessments_refused", 6.1, 1.5, "%", SEN2_2025 + ": 6,404 of 105,340"),
    Target("plans_within_20_weeks", 45.9, 4.0, "%", SEN2_2025),
    Target("plans_over_52_weeks", 7.2, 2.0, "%", SEN2_2025),
    Target("decided_lost_at_least_in_part", 98.5, 1.5, "%", MOJ_2025 + ": 98.3 % and 98.9 %"),
    Target("outcomes_decided", 66.7, 6.0, "%", MOJ_2025 + ": about two thirds"),
    Target("refusals_to_assess_mediated", 27.0, 4.0, "%", SEN2_2025 + ": 10,507 of 38,889"),
    Target("review_decisions_within_4_weeks", 44.4, 4.0, "%", SEN2_2025),
)
"""England figures and the tolerance within which averages over seeds must lie."""


@dataclass(frozen=True)
class Settings:
    """Choices about the invented authority; the defaults are set to England's published averages.

    Parameters
    ----------
    appeals_percent : float
        Appeals a year as a percentage of the old base, 2 to 5.
    growth : float
        Yearly growth of the appeal hazard, 0 to 0.55; the last year keeps `appeals_percent`.
    areas : int
        Number of area teams, 1 or more.
    area_spread : float
        Standard deviation, on the log scale, of how ready families of an area are to appeal.
    law_change_on : date or None
        Day from which placement appeals fall to three tenths and mediation is used half as much again.
    officer_churn : float
        Share of officers who leave in a year.
    ep_shortage, place_shortage : float
        Share of educational psychology capacity, and of special places asked for, that is lacking, 0 to 0.9.
    advocacy : float
        Strength of voice in the appeal hazard, 0 to 2; the level of appeals does not move with it.
    advocacy_deprivation : float
        Correlation of voice with the deprivation decile (10 is least deprived), -0.9 to 0.9.
    under_recording : float
        Share of contacts never recorded, 0 to 0.6, on average over areas.
    missing_at_random : bool
        False: the quieter the family, the less is recorded.
    pilot_from_on : date or None
        First day of early-resolution offers; None is 78 weeks before the records end.
    pilot_share, hold_out : float
        Share of fresh notices offered early resolution, and share of cases never offered it by lot.
    pilot_slots : int
        Offers an area can make in a week, drawn by lot among the cases that could be offered; 0: no limit, by share.
    pilot_area_weeks : tuple of int
        Weeks after the first day of offers from which each area makes them, in the order of the areas; an area past the
        end of the tuple never does. Empty: every area from the first day.
    confounding : float
        0 to 1: how far offers go to the families most set on appealing, for reasons nobody recorded.
    routing_by_risk : float
        0 to 2: how far offers go to the cases with the highest recorded risk.
    mediation_reduction : float
        Share by which a held early-resolution meeting lowers the weekly appeal hazard from then on, 0 to 0.5.
    mediation_modifier : {'none', 'cause', 'cause_not_place', 'advocacy'}
        Whether the reduction is the same for all, mostly for failures of process (and with `cause_not_place` next to none for
        disputes about the school alone), or larger for louder families.
    take_up_gap : float
        How much less often a quiet family takes up an offer than a loud one.
    recovery_from_on : date or None
        Day the recovery team arrives; None: it was always there.
    recovery_share : float
        Share of new plans that the recovery team writes.
    refusals_jump_on : date or None
        Day from which the odds of refusing to assess are 1.8 times as high.
    history_lost_before_on : date or None
        Day of a system migration: contacts before it are lost and older facts are recorded on it.
    claimed_replies : float
        Share of unanswered contacts that are recorded as answered although nothing was sent.
    ends_on : date
        Monday on which the records end.
    switched_off : frozenset of str
        Mechanisms switched off, from `MECHANISMS`.
    """

    appeals_percent: float = 3.2
    growth: float = 0.0
    areas: int = 4
    area_spread: float = 0.45
    law_change_on: dt.date | None = None
    officer_churn: float = 0.25
    ep_shortage: float = 0.0
    place_shortage: float = 0.3
    advocacy: float = 1.0
    advocacy_deprivation: float = 0.4
    under_recording: float = 0.08
    missing_at_random: bool = True
    pilot_from_on: dt.date | None = None
    pilot_share: float = 0.5
    hold_out: float = 0.15
    pilot_slots: int = 0
    pilot_area_weeks: tuple[int, ...] = ()
    confounding: float = 0.0
    routing_by_risk: float = 0.0
    mediation_reduction: float = 0.3
    mediation_modifier: str = "none"
    take_up_gap: float = 0.2
    recovery_from_on: dt.date | None = None
    recovery_share: float = 0.15
    refusals_jump_on: dt.date | None = None
    history_lost_before_on: dt.date | None = None
    claimed_replies: float = 0.0
    ends_on: dt.date = dt.date(2026, 6, 29)
    switched_off: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        problems = [f"{name} is {getattr(self, name)}; allowed: {low} to {high}"
                    for name, (low, high) in LIMITS.items() if not low <= getattr(self, name) <= high]
        if self.mediation_modifier not in MODIFIERS:
            problems.append(f"mediation_modifier is {self.mediation_modifier!r}; allowed: {', '.join(MODIFIERS)}")
        if min(self.pilot_area_weeks, default=0) < 0:
            problems.append(f"pilot_area_weeks is {self.pilot_area_weeks}; weeks are 0 or more")
        if self.ends_on.weekday() != 0:
            problems.append(f"ends_on is {self.ends_on:%A} {self.ends_on}; choose a Monday")
        problems += [f"switched_off names {name!r}; allowed: {', '.join(MECHANISMS)}"
                     for name in sorted(self.switched_off - set(MECHANISMS))]
        if problems:
            raise ValueError("settings of the invented authority: " + "; ".join(problems))

    def on(self, mechanism: str) -> bool:
        """Whether a mechanism is at work."""
        return mechanism not in self.switched_off

    @classmethod
    def scenario(cls, name: str) -> Settings:
        """Return the settings of a named scenario, S0 to S10.

        Raises
        ------
        UnknownName
            Where there is no such scenario.

        Examples
        --------
        >>> Settings.scenario("S1").growth
        0.25
        """
        if name.upper() not in SCENARIOS:
            raise UnknownName(f"There is no scenario {name!r}. Allowed: {', '.join(SCENARIOS)}.")
        return replace(cls(), **SCENARIOS[name.upper()][1])


MODIFIERS = ("none", "cause", "cause_not_place", "advocacy")
LIMITS = {
    "appeals_percent": (0.2, 10), "growth": (-0.5, 1), "areas": (1, 200), "area_spread": (0, 1.5),
    "officer_churn": (0, 2), "ep_shortage": (0, 0.9), "place_shortage": (0, 0.9), "advocacy": (0, 2),
    "advocacy_deprivation": (-0.9, 0.9), "under_recording": (0, 0.6), "pilot_share": (0, 1), "hold_out": (0, 0.9),
    "pilot_slots": (0, 1_000),
    "confounding": (0, 1), "routing_by_risk": (0, 2), "mediation_reduction": (0, 0.9), "take_up_gap": (0, 1),
    "recovery_share": (0, 0.9), "claimed_replies": (0, 1),
}

SCENARIOS: dict[str, tuple[str, dict]] = {
    "S0": ("nothing changes over the years", {}),
    "S1": ("appeals grow by a quarter a year", {"growth": 0.25}),
    "S2": ("the law changes nine months before the end", {"law_change_on": dt.date(2025, 9, 29)}),
    "S3": ("quiet families' contacts go unrecorded", {"under_recording": 0.4, "missing_at_random": False}),
    "S4": ("offers follow risk, with a hold-out", {"routing_by_risk": 1.0}),
    "S5": ("early resolution has no effect", {"mediation_reduction": 0.0}),
    "S6": ("early resolution works for louder families", {"mediation_modifier": "advocacy"}),
    "S7": ("the pilot went to the most determined", {"confounding": 1.0}),
    "S8": ("a tiny authority; use with 900 plans", {"areas": 2}),
    "S9": ("a system migration lost the history", {"history_lost_before_on": dt.date(2024, 9, 2)}),
    "S10": ("contacts are logged and nothing is done", {"claimed_replies": 0.7}),
}
"""Scenario to what it is about and the settings that differ."""
