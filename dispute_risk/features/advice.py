"""Features of professional advice: outstanding, late, missing when the plan was finalised, received and not used."""

from dispute_risk.features.declare import Feature
from dispute_risk.features.verbs import Age, Count, Flag

REG8 = "SEND Regulations 2014 reg 8(1)"
REG6 = "SEND Regulations 2014 reg 6(1); causes table T3"
HELD = 400
"""Advice asked for longer ago than this is no longer counted as outstanding."""

MISSING = (
    "{kind} advice was asked for on {asked_on} and had not arrived when the plan was finalised on {on}."
)


def _missing(name: str, label: str, *kinds: str, direction: int = 1) -> Feature:
    return Feature(
        f"{name}_missing_at_plan", f"{label} advice was asked for and missing when the latest plan was finalised",
        "advice", "flag", REG6, Flag("plan_without_advice", ("kind", kinds)), direction, "", met=0.0, sentence=MISSING,
    )


def _outstanding(name: str, label: str, *kinds: str) -> Feature:
    return Feature(
        f"{name}_outstanding", f"{label} advice is asked for and has not arrived", "advice", "flag", REG8,
        Flag("duty_advice", ("kind", kinds), HELD), 0, "", met=0.0,
        sentence="{kind} advice was asked for on {on} and has not arrived; it was due on {due_on}.",
    )


FEATURES = (
    Feature("advice_outstanding", "pieces of advice asked for and not arrived", "advice", "count", REG8,
            Count("duty_advice", within_days=HELD), 0, "", met=0.0,
            sentence="Advice asked for and not arrived: {value}, the latest asked for on {on}."),
    Feature("oldest_advice_past_due_days", "days past the 6-week date of the oldest advice outstanding", "advice", "days",
            REG8, Age("duty_advice", within_days=HELD, column="due_on"), 0, "no advice is outstanding",
            thresholds=(1.0,), met=0.0,
            sentence="{kind} advice was asked for on {on}, was due on {due_on} and is {days} late."),
    _outstanding("ep", "educational psychology", "educational_psychology"),
    _outstanding("salt", "speech and language", "speech_language"),
    _outstanding("ot", "occupational therapy", "occupational_therapy"),
    _outstanding("health_or_care", "health or social care", "health", "social_care", "camhs"),
    Feature("advice_arrived_late_1y", "advice that arrived after its 6 weeks, in the last year", "advice", "count", REG8,
            Count("advice_arrived_late", within_days=365), 0, "",
            sentence="{kind} advice was due on {due_on} and arrived on {on}."),
    Feature("plan_without_asked_advice", "pieces of advice missing when the latest plan was finalised", "advice", "count",
            REG6, Count("plan_without_advice"), 1, "", met=0.0, sentence=MISSING),
    _missing("ep", "educational psychology", "educational_psychology"),
    _missing("salt", "speech and language", "speech_language"),
    _missing("ot", "occupational therapy", "occupational_therapy"),
    _missing("health_or_care", "health or social care", "health", "social_care", "camhs"),
    Feature("advice_not_cited", "pieces of advice received and not used in the plan that followed", "advice", "count",
            "causes table T4", Count("advice_not_cited", within_days=730), 1, "", met=0.0,
            sentence="{kind} advice arrived on {on} and the plan that followed does not use it."),
)
